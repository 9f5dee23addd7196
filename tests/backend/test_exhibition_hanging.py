"""The rules by which works hang and stand, one by one: what does not keep them does not fit."""

from __future__ import annotations

import dataclasses
import itertools

import pytest

from backend.exhibition.hanging import Canvas, breathing_m, hang
from backend.exhibition.sight import is_in_sight
from backend.exhibition.standing import Box, bench_in, plinth_for, stand
from protocol.exhibition_plan import Door, Hung, Room, Wall, point_on_wall

ROOM = Room(id="room", title="", x_m=0.0, y_m=0.0, width_m=10.0, depth_m=8.0, height_m=4.0)
WAY_IN = Door(room="room", to="", wall=Wall.WEST, along_m=4.0, width_m=1.6, height_m=2.6)
SMALL = Canvas(0.6, 0.4)


def placed(works: list[Canvas], focal: int | None = None, room: Room = ROOM, doors: tuple[Door, ...] = (WAY_IN,)
           ) -> list[Hung] | None:
    return hang(room, doors, doors[0], works, focal, 0.3)


def test_the_focal_work_hangs_on_the_axis_of_the_entrance() -> None:
    hung = placed([SMALL, Canvas(2.0, 1.5), SMALL], 1)
    assert hung is not None
    assert hung[1] == Hung(wall=Wall.EAST, along_m=4.0, centre_m=1.5)


def test_the_focal_work_gives_way_to_a_door_but_stays_in_sight() -> None:
    door = Door(room="room", to="next", wall=Wall.EAST, along_m=4.0, width_m=1.6, height_m=2.6)
    hung = placed([Canvas(2.0, 1.5)], 0, doors=(WAY_IN, door))
    assert hung is not None
    assert hung[0].wall is Wall.EAST
    assert abs(hung[0].along_m - 4.0) == pytest.approx(0.8 + 0.45 + 1.0)
    assert is_in_sight(ROOM, WAY_IN, 0.3, *point_on_wall(ROOM, Wall.EAST, hung[0].along_m))


def test_where_no_place_is_in_sight_of_the_entrance_the_room_is_too_small() -> None:
    """The far wall is close, so little of it is seen; and what is seen of it has a door."""
    shallow = dataclasses.replace(ROOM, width_m=4.0)
    doors = [WAY_IN, *(Door(room="room", to=name, wall=Wall.EAST, along_m=along, width_m=2.5, height_m=2.6)
                       for name, along in (("a", 2.8), ("b", 5.2)))]
    assert placed([SMALL], 0, room=shallow, doors=tuple(doors)) is None
    assert placed([SMALL], None, room=shallow, doors=tuple(doors)) is not None


def test_a_work_hangs_only_where_it_can_be_seen_as_a_whole() -> None:
    """3 × 2 m want 5.4 m and a visitor: from the long walls of a room that is 5.5 m deep there is too little."""
    large = Canvas(3.0, 2.0)
    hall = dataclasses.replace(ROOM, depth_m=5.5)
    entrance = dataclasses.replace(WAY_IN, along_m=1.6)
    hung = placed([large], room=hall, doors=(entrance,))
    assert hung is not None
    assert hung[0].wall in (Wall.EAST, Wall.WEST)
    assert placed([large], room=dataclasses.replace(hall, width_m=5.5), doors=(entrance,)) is None
    assert placed([large], 0, room=dataclasses.replace(hall, width_m=5.5), doors=(entrance,)) is None


def test_nothing_hangs_on_glass() -> None:
    hung = placed([SMALL] * 8, room=dataclasses.replace(ROOM, glazed=(Wall.NORTH, Wall.EAST)))
    assert hung is not None
    assert {each.wall for each in hung} == {Wall.SOUTH, Wall.WEST}
    assert placed([SMALL], room=dataclasses.replace(ROOM, glazed=tuple(Wall))) is None


def test_walls_are_about_as_full_as_each_other_and_works_come_clockwise() -> None:
    hung = placed([Canvas(1.0, 1.0)] * 14)
    assert hung is not None
    counts = {wall: sum(each.wall is wall for each in hung) for wall in Wall}
    assert counts[Wall.NORTH] == counts[Wall.SOUTH]
    assert counts[Wall.NORTH] >= counts[Wall.EAST] >= counts[Wall.WEST] >= 2
    walls = [wall for wall, _ in itertools.groupby(each.wall for each in hung)]
    assert walls == [Wall.WEST, Wall.NORTH, Wall.EAST, Wall.SOUTH, Wall.WEST]


def test_distances_are_in_proportion_to_the_works() -> None:
    hung = placed([Canvas(0.8, 0.5), Canvas(0.8, 0.5), Canvas(2.4, 1.0), Canvas(2.0, 1.0)], room=dataclasses.replace(
        ROOM, glazed=(Wall.EAST, Wall.SOUTH, Wall.WEST), width_m=14.0))
    assert hung is not None
    first, second, third, fourth = (each.along_m for each in hung)
    small, large = second - first - 0.8, fourth - third - 2.2
    assert large / small == pytest.approx(breathing_m(2.4, 2.0) / breathing_m(0.8, 0.8), rel=1e-2)


def test_plinths_bring_small_works_to_the_eyes() -> None:
    assert plinth_for(Box(0.3, 0.2, 1.0)) == (1.0, 0.4)
    assert plinth_for(Box(0.1, 0.1, 0.1)) == (1.1, 0.4)
    assert plinth_for(Box(1.0, 1.2, 2.6)) == (0.2, 1.3)
    assert plinth_for(Box(1.0, 1.0, 5.0)) == (0.1, 1.1)


def test_sculptures_stand_an_aisle_from_walls_doors_and_each_other() -> None:
    boxes = [Box(0.5, 0.5, 0.5)] * 6
    stood = stand(ROOM, (WAY_IN,), WAY_IN, boxes, (), 0, None, 0.3)
    assert stood is not None
    assert is_in_sight(ROOM, WAY_IN, 0.3, stood[0].x_m, stood[0].y_m)
    for place in stood:
        half = place.side_m / 2
        assert min(place.x_m, 10 - place.x_m, place.y_m, 8 - place.y_m) - half >= 1.2 - 1e-6
    for one, other in itertools.combinations(stood, 2):
        assert max(abs(one.x_m - other.x_m), abs(one.y_m - other.y_m)) - one.side_m >= 1.2 - 1e-6
    assert stand(ROOM, (WAY_IN,), WAY_IN, boxes * 9, (), 0, None, 0.3) is None


def test_nothing_stands_before_a_door() -> None:
    """In a room as wide as one plinth and its aisles, what stands nearest to the door is behind its free floor."""
    narrow = Room(id="room", title="", x_m=0.0, y_m=0.0, width_m=8.0, depth_m=3.0, height_m=4.0)
    door = dataclasses.replace(WAY_IN, along_m=1.5)
    stood = stand(narrow, (door,), door, [Box(0.4, 0.4, 0.4)] * 3, (), None, None, 0.3)
    assert stood is not None
    assert min(place.x_m - place.side_m / 2 for place in stood) >= 1.5


def test_nothing_stands_between_the_entrance_and_the_focal_work() -> None:
    hung = placed([Canvas(1.0, 0.8)], 0)
    assert hung is not None
    stood = stand(ROOM, (WAY_IN,), WAY_IN, [Box(0.5, 0.5, 0.5)] * 4, [(hung[0], Canvas(1.0, 0.8))], None, hung[0], 0.3)
    assert stood is not None
    assert all(abs(place.y_m - 4.0) - place.side_m / 2 > 0.5 for place in stood)


def test_a_bench_faces_the_focal_work_from_behind_its_viewers() -> None:
    hung = placed([Canvas(1.0, 0.8)], 0)
    assert hung is not None
    bench = bench_in(ROOM, (WAY_IN,), [(hung[0], Canvas(1.0, 0.8))], ())
    assert bench is not None
    assert (bench.width_m, bench.depth_m) == (0.45, 1.8)  # across the way of the eye
    assert bench.x_m + bench.width_m / 2 < 10 - 1.5 * 1.28
    assert bench_in(dataclasses.replace(ROOM, width_m=4.0), (WAY_IN,), [(hung[0], SMALL)], ()) is None
