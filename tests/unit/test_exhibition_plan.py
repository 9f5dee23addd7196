"""A plan is the same after it was written and read, and its geometry is that of a room seen from within."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.errors import BadInput
from protocol.exhibition import Architecture, ExhibitionPlanRequest
from protocol.exhibition_plan import (
    Bench,
    Door,
    ExhibitionPlan,
    Hung,
    PlannedWork,
    Room,
    Standing,
    Wall,
    WorkKind,
    centre_of,
    facing,
    inward,
    plan_from_json,
    plan_to_json,
    point_on_wall,
    wall_length,
)

ONE = Room(id="one", title="Sea 海", x_m=0.0, y_m=0.0, width_m=8.0, depth_m=6.0, height_m=4.0)
TWO = Room(id="two", title="", x_m=8.3, y_m=-1.0, width_m=5.0, depth_m=7.0, height_m=4.0, glazed=(Wall.SOUTH,))
WAY_IN = Door(room="one", to="", wall=Wall.WEST, along_m=2.0, width_m=1.6, height_m=2.6)
BETWEEN = Door(room="one", to="two", wall=Wall.EAST, along_m=1.5, width_m=1.6, height_m=2.6)
SEA = PlannedWork(id="sea", number=1, kind=WorkKind.PICTURE, file="/a/sea.png", title="<b>بحر</b> 🌊", width_m=1.2,
                  height_m=0.8, depth_m=0.03, room="one", place=Hung(wall=Wall.NORTH, along_m=3.0, centre_m=1.5))
EGG = PlannedWork(id="egg", number=2, kind=WorkKind.SCULPTURE, file="/a/egg.glb", title="Egg", width_m=0.4,
                  height_m=0.6, depth_m=0.4, room="two", place=Standing(x_m=10.0, y_m=3.0, plinth_m=1.1, side_m=0.5))
PLAN = ExhibitionPlan(title="Two", architecture=Architecture.PAVILION, seed=3, wall_m=0.3, rooms=(ONE, TWO),
                      doors=(WAY_IN, BETWEEN), works=(SEA, EGG),
                      benches=(Bench(room="one", x_m=4.0, y_m=2.0, width_m=1.8, depth_m=0.45),))
LENGTHS = st.floats(1, 50).map(lambda metres: round(metres, 3))


def test_a_plan_is_the_same_after_it_was_written_and_read() -> None:
    text = plan_to_json(PLAN)
    assert plan_from_json(text) == PLAN
    assert plan_to_json(plan_from_json(text)) == text
    assert "<b>بحر</b> 🌊" in text  # legible, and as it was


@given(LENGTHS, LENGTHS, st.sampled_from(Wall), st.floats(0, 1))
def test_whoever_faces_a_wall_has_its_left_end_at_the_left(width: float, depth: float, wall: Wall, share: float
                                                           ) -> None:
    room = dataclasses.replace(ONE, width_m=width, depth_m=depth, x_m=3.0, y_m=-2.0)
    along = share * wall_length(room, wall)
    x, y = point_on_wall(room, wall, along)
    left_x, left_y = point_on_wall(room, wall, 0.0)
    dx, dy = inward(wall)
    assert (x - left_x, y - left_y) == pytest.approx((-dy * along, dx * along), abs=1e-9)  # a quarter turn
    into_x, into_y = point_on_wall(room, wall, along, facing(room, wall))
    assert point_on_wall(room, wall.opposite, wall_length(room, wall) - along) == pytest.approx((into_x, into_y))


def test_a_door_is_at_one_place_from_both_sides() -> None:
    other = PLAN.other_side(BETWEEN)
    assert (other.room, other.to, other.wall) == ("two", "one", Wall.WEST)
    x, y = point_on_wall(ONE, Wall.EAST, BETWEEN.along_m)
    assert point_on_wall(TWO, Wall.WEST, other.along_m) == pytest.approx((x + PLAN.wall_m, y))
    assert PLAN.other_side(other) == BETWEEN
    assert PLAN.entrance(ONE) == WAY_IN
    assert PLAN.entrance(TWO) == other
    assert PLAN.doors_of(ONE) == (WAY_IN, BETWEEN)


def test_the_middle_of_a_work_is_on_its_wall_or_over_its_plinth() -> None:
    assert centre_of(PLAN, SEA) == pytest.approx((3.0, 6.0, 1.5))
    assert centre_of(PLAN, EGG) == pytest.approx((10.0, 3.0, 1.4))


def _set(body: Any, *path_and_value: Any) -> None:
    *path, name, value = path_and_value
    for step in path:
        body = body[step]
    body[name] = value


@pytest.mark.parametrize(("change", "said"), [
    (("version", 2), "The plan is of version 2, this is 1."),
    (("rooms", []), "The plan has no rooms."),
    (("rooms", 0, "colour", "red"), "rooms[0].colour is not known"),
    (("rooms", 0, "width_m", "8 m"), "rooms[0].width_m"),
    (("rooms", 0, "width_m", 0.2), "Room one is 0.2 × 6.0 × 4.0 m"),
    (("rooms", 0, "x_m", float("nan")), "NaN is no number of metres"),
    (("rooms", 1, "id", "one"), "2 have the ID one."),
    (("works", 1, "id", "sea"), "2 have the ID sea."),
    (("works", 0, "room", "three"), "There is no room three, which sea names. Name a room of the plan: one, two."),
    (("works", 0, "width_m", -1.0), "Work sea is -1.0 × 0.8 × 0.03 m"),
    (("works", 0, "place", {"wall": "up", "along_m": 1.0, "centre_m": 1.5}), "works[0].place"),
    (("doors", 1, "to", "three"), "There is no room three"),
    (("rooms", 0, "x_m", float("nan")), "one: rooms[0].x_m must be a number"),
    (("rooms", 0, "x_m", 10 ** 400), "is no number of metres"),
    (("rooms", 1, "glazed", ["up"]), 'two: rooms[1].glazed[0] is "up", and must be one of north, east, south, west'),
    (("works", 0, "place", "wall", "up"), 'sea: works[0].place.wall is "up", and must be one of north, east, south'),
    (("works", 1, "place", "x_m", "3"), 'egg: works[1].place.x_m is "3", and must be a number'),
    (("works", 1, "place", "wall", "north"), "egg: works[1].place.wall is not known"),
    (("works", 0, "place", "north"), 'sea: works[0].place is "north", and must be fields in braces'),
    (("works", 0, "number", 1.5), "sea: works[0].number is 1.5, and must be a whole number"),
    (("works", 0, "number", True), "sea: works[0].number is true, and must be a whole number"),
    (("works", 0, "title", 3), "sea: works[0].title is 3, and must be a text in quotation marks"),
    (("works", 0, "is_focal", 1), "sea: works[0].is_focal is 1, and must be true or false"),
    (("works", 0, 7), "works[0] is 7, and must be fields in braces"),
    (("works", {}), "works is {}, and must be a list in square brackets"),
    (("floor", "wood"), 'floor is "wood", and must be fields in braces'),
    (("floor", {}), "floor.folder is missing"),
])
def test_what_is_no_plan_is_refused_in_a_sentence(change: tuple, said: str) -> None:
    body = json.loads(plan_to_json(PLAN))
    _set(body, *change)
    with pytest.raises(BadInput) as caught:
        plan_from_json(json.dumps(body))
    assert said in str(caught.value)
    assert "class" not in str(caught.value) and "|" not in str(caught.value)


@pytest.mark.parametrize("text", ["", "[]", "{", "[" * 100_000, '{"version": 1, "wall_m": 1e999}',
                                  '{"version": 1, "title": ' + "[" * 990 + "]" * 990 + "}"])
def test_what_is_no_json_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="The plan"):
        plan_from_json(text)


@pytest.mark.parametrize(("fields", "said"), [
    ({}, "There are no works to exhibit."),
    ({"works": ("/a",), "plan": "/b.json"}, "There are no works to exhibit."),
    ({"works": ("a",)}, "The path a is not absolute."),
    ({"works": ("/a",), "works_per_room": 0}, "Works per Room is 0: must be from 1 to 30."),
    ({"works": ("/a",), "seed": -1}, "Seed is -1"),
    ({"works": ("/a",), "stills": {"/a/f.mp4": "../f.png"}}, "is not a plain file name"),
])
def test_a_request_that_cannot_be_is_refused(fields: dict[str, Any], said: str) -> None:
    with pytest.raises(BadInput) as caught:
        ExhibitionPlanRequest(**fields)
    assert said in str(caught.value)


def test_a_room_without_works_is_none_of_those_that_are_counted() -> None:
    assert PLAN.numbered == (ONE, TWO)
    assert dataclasses.replace(PLAN, works=(EGG,)).numbered == (TWO,)
    assert PLAN.is_chinese  # by the title of its first room
    assert not dataclasses.replace(PLAN, rooms=(dataclasses.replace(ONE, title="Sea"), TWO)).is_chinese
