"""Every plan can be built: measured here by the coordinates of the world, and by what its checker finds."""

from __future__ import annotations

import dataclasses
import functools
import itertools
import math
import random
from collections import deque
from pathlib import Path

import pytest

from backend.exhibition.architecture import LARGEST_WORK_M, PLAN_TYPES
from backend.exhibition.artworks import Artwork
from backend.exhibition.checking import faults
from backend.exhibition.curation import RoomOfWorks
from backend.exhibition.planning import plan_exhibition
from protocol.errors import fill
from protocol.exhibition import Architecture
from protocol.exhibition_plan import (
    Door,
    ExhibitionPlan,
    Hung,
    PlannedWork,
    Room,
    Standing,
    Wall,
    WorkKind,
    centre_of,
    inward,
    plan_from_json,
    plan_to_json,
    point_on_wall,
    wall_length,
)

BLOCKS = range(0, 200, 20)  # of seeds
MM = 0.001


def block(first: int) -> range:
    return range(first, first + BLOCKS.step)


def count_of(seed: int) -> int:
    """1 to 300, small ones more often."""
    return round(300 ** ((seed / 199) ** 2))


def drawn_work(rng: random.Random, number: int) -> Artwork:
    """Of any size that a wall takes: strips of 1:20, miniatures, now and then the largest."""
    if rng.random() < 0.12:
        width, height, depth = (round(rng.uniform(0.05, 1.4), 3) for _ in range(3))
        if rng.random() < 0.05:
            width, height, depth = 4.0, 5.0, 3.0
        return dataclasses.replace(artwork(number, width, height, depth, WorkKind.SCULPTURE),
                                   is_focal=rng.random() < 0.2)
    diagonal, aspect = rng.lognormvariate(0, 0.6), rng.choice([20, 0.05, 1, 1.4, 0.7, 1.6])
    height = min(max(diagonal / math.hypot(1, aspect), 0.01), LARGEST_WORK_M[1])
    width = min(max(height * aspect, 0.01), LARGEST_WORK_M[0])
    if rng.random() < 0.005:
        width, height = LARGEST_WORK_M
    return dataclasses.replace(artwork(number, round(width, 3), round(height, 3)), is_focal=rng.random() < 0.1)


def artwork(number: int, width: float, height: float, depth: float = 0.03, kind: WorkKind = WorkKind.PICTURE
            ) -> Artwork:
    return Artwork(path=Path(f"/works/{number % 40}.png"), kind=kind, title="Untitled", width_m=width, height_m=height,
                   depth_m=depth)  # names come several times


@functools.cache
def planned(seed: int) -> ExhibitionPlan:
    rng = random.Random(seed)
    works = [drawn_work(rng, number) for number in range(count_of(seed))]
    per_room = rng.choice([4, 7, 9, 9, 14]) if seed % 20 else 1
    rooms = [RoomOfWorks(f"Room {first}", works[first:first + per_room]) for first in range(0, len(works), per_room)]
    return plan_exhibition("All", rooms, list(Architecture)[seed % len(Architecture)], seed)


def on_walls(plan: ExhibitionPlan) -> list[tuple[PlannedWork, Hung]]:
    return [(work, work.place) for work in plan.works if isinstance(work.place, Hung)]


def standing(plan: ExhibitionPlan) -> list[tuple[PlannedWork, Standing]]:
    return [(work, work.place) for work in plan.works if isinstance(work.place, Standing)]


def walls_left(x: float, y: float, room: Room) -> float:
    """How far a point is from the nearest line of the room's walls; negative outside."""
    return min(x - room.x_m, room.x_m + room.width_m - x, y - room.y_m, room.y_m + room.depth_m - y)


def areas_that_stand(plan: ExhibitionPlan, room: Room) -> list[tuple[float, float, float, float]]:
    """West, south, east, north of plinths, what is on them, and benches."""
    found = [(bench.x_m, bench.y_m, bench.width_m, bench.depth_m) for bench in plan.benches if bench.room == room.id]
    found += [(place.x_m, place.y_m, max(place.side_m, work.width_m), max(place.side_m, work.depth_m))
              for work, place in standing(plan) if work.room == room.id]
    return [(x - width / 2, y - depth / 2, x + width / 2, y + depth / 2) for x, y, width, depth in found]


@pytest.mark.parametrize("first", BLOCKS)
def test_a_plan_has_no_faults(first: int) -> None:
    for seed in block(first):
        plan = planned(seed)
        assert told(plan) == []
        assert len(plan.works) == count_of(seed)
        assert [work.number for work in plan.works] == list(range(1, len(plan.works) + 1))
        assert len({work.id for work in plan.works}) == len(plan.works)
        assert plan_from_json(plan_to_json(plan)) == plan


@pytest.mark.parametrize("first", BLOCKS)
def test_works_hang_at_eye_level_on_their_walls_and_clear_of_all_else(first: int) -> None:
    for plan in map(planned, block(first)):
        spans: dict[tuple[str, Wall], list[tuple[float, float]]] = {}
        for work, place in on_walls(plan):
            room = plan.room(work.room)
            x, y, z = centre_of(plan, work)
            assert abs(walls_left(x, y, room)) < MM
            assert abs(z - max(1.5, work.height_m / 2 + 0.25)) < MM
            assert z + work.height_m / 2 < room.height_m - 0.3
            assert place.wall not in room.glazed
            ends = [point_on_wall(room, place.wall, place.along_m + side * work.width_m / 2) for side in (-1, 1)]
            low, high = sorted(end[0] if place.wall in (Wall.NORTH, Wall.SOUTH) else end[1] for end in ends)
            spans.setdefault((room.id, place.wall), []).append((low, high))
        for door in plan.doors:
            for side in [door, plan.other_side(door)] if door.to else [door]:
                room = plan.room(side.room)
                ends = [point_on_wall(room, side.wall, side.along_m + half * side.width_m / 2) for half in (-1, 1)]
                low, high = sorted(end[0] if side.wall in (Wall.NORTH, Wall.SOUTH) else end[1] for end in ends)
                spans.setdefault((room.id, side.wall), []).append((low - 0.1, high + 0.1))  # at least a frame
        for (name, wall), found in spans.items():
            room = plan.room(name)
            low = room.x_m if wall in (Wall.NORTH, Wall.SOUTH) else room.y_m
            edges = [(low, low + 0.3), *sorted(found),
                     (low + wall_length(room, wall) - 0.3, low + wall_length(room, wall))]  # free corners
            assert all(after[0] - before[1] > 0.04 for before, after in itertools.pairwise(edges)), (name, wall, edges)


@pytest.mark.parametrize("first", BLOCKS)
def test_works_are_seen_from_one_and_a_half_diagonals_with_nothing_between(first: int) -> None:
    for plan in map(planned, block(first)):
        for room in plan.rooms:
            areas = areas_that_stand(plan, room)
            for work, place in on_walls(plan):
                if work.room != room.id:
                    continue
                away = 1.5 * math.hypot(work.width_m, work.height_m)
                x, y = point_on_wall(room, place.wall, place.along_m, away)
                assert walls_left(x, y, room) > 0.45 or away < 1
                for step in range(21):
                    x, y = point_on_wall(room, place.wall, place.along_m, away * step / 20)
                    assert not any(west < x < east and south < y < north for west, south, east, north in areas)


@pytest.mark.parametrize("first", BLOCKS)
def test_each_room_has_one_focal_work_that_is_seen_before_one_comes_in(first: int) -> None:
    for plan in map(planned, block(first)):
        for room in plan.rooms:
            works = [work for work in plan.works if work.room == room.id]
            focal = [work for work in works if work.is_focal]
            assert len(focal) == min(len(works), 1)
            entrance = plan.entrance(room)
            assert entrance is not None
            for work in focal:
                x, y, _ = centre_of(plan, work)
                from_x, from_y = point_on_wall(room, entrance.wall, entrance.along_m, -plan.wall_m - 1.0)
                dx, dy = inward(entrance.wall)
                deep = (x - from_x) * dx + (y - from_y) * dy
                for plane in (1.0, 1.0 + plan.wall_m):  # of the opening: its outer and its inner side
                    share = plane / deep
                    aside = abs(((x - from_x) * dy - (y - from_y) * dx) * share)
                    assert aside < entrance.width_m / 2


@pytest.mark.parametrize("first", BLOCKS)
def test_doors_are_wide_enough_and_free_and_rooms_are_a_wall_apart(first: int) -> None:
    for plan in map(planned, block(first)):
        for door in plan.doors:
            assert door.width_m >= 1.2
            assert door.height_m >= 2.2
            for side in [door, plan.other_side(door)] if door.to else [door]:
                room = plan.room(side.room)
                assert side.height_m < room.height_m
                for out in (0.1, 0.5, 1.0):
                    for share in (-0.45, 0, 0.45):
                        x, y = point_on_wall(room, side.wall, side.along_m + share * side.width_m, out)
                        assert walls_left(x, y, room) > 0
                        assert not any(west < x < east and south < y < north
                                       for west, south, east, north in areas_that_stand(plan, room))
        for one, other in itertools.combinations(plan.rooms, 2):
            apart = max(other.x_m - one.x_m - one.width_m, one.x_m - other.x_m - other.width_m,
                        other.y_m - one.y_m - one.depth_m, one.y_m - other.y_m - other.depth_m)
            assert apart > plan.wall_m - MM


@pytest.mark.parametrize("seed", range(3, 150, 12))
def test_a_visitor_gets_to_every_work_step_by_step(seed: int) -> None:
    """A search of its own, over the whole house in steps of 0.15 m, through walls of solid matter."""
    plan = planned(seed)
    step, body = 0.15, 0.45
    solid = {room.id: areas_that_stand(plan, room) for room in plan.rooms}
    ways = []
    for door in plan.doors:
        room = plan.room(door.room)
        ends = [point_on_wall(room, door.wall, door.along_m + side * (door.width_m / 2 - body), out)
                for side, out in ((-1, -plan.wall_m - body), (1, body))]
        ways.append((min(x for x, _ in ends), min(y for _, y in ends), max(x for x, _ in ends),
                     max(y for _, y in ends)))

    def is_free(x: float, y: float) -> bool:
        if any(west <= x <= east and south <= y <= north for west, south, east, north in ways):
            return True
        for room in plan.rooms:
            if walls_left(x, y, room) >= body:
                return not any(west - body < x < east + body and south - body < y < north + body
                               for west, south, east, north in solid[room.id])
        return False

    first = plan.doors[0]
    start = tuple(round(value / step) for value in point_on_wall(plan.room(first.room), first.wall, first.along_m, 0.4))
    reached, waiting = {start}, deque([start])
    while waiting:
        column, row = waiting.popleft()
        for near in ((column + 1, row), (column - 1, row), (column, row + 1), (column, row - 1)):
            if near not in reached and is_free(near[0] * step, near[1] * step):
                reached.add(near)
                waiting.append(near)
    for work in plan.works:
        room = plan.room(work.room)
        if isinstance(work.place, Hung):
            away = max(1.0, 1.5 * math.hypot(work.width_m, work.height_m))
            x, y = point_on_wall(room, work.place.wall, work.place.along_m, away)
        else:
            x, y = work.place.x_m + work.place.side_m / 2 + 0.5, work.place.y_m
        assert any((round(x / step) + dx, round(y / step) + dy) in reached for dx in (-1, 0, 1) for dy in (-1, 0, 1)), (
            work.number)


@pytest.mark.parametrize("seed", [20, 80, 140])
def test_the_same_seed_gives_the_same_bytes(seed: int) -> None:
    text = plan_to_json(planned(seed))
    planned.cache_clear()
    assert plan_to_json(planned(seed)) == text


def test_seeds_give_a_plan_and_its_mirror_image() -> None:
    rooms = [RoomOfWorks("", [artwork(number, 1.0, 0.8) for number in range(6)]) for _ in range(3)]
    plans = {plan_to_json(dataclasses.replace(plan_exhibition("", rooms, Architecture.WHITE_CUBE, seed), seed=0))
             for seed in range(12)}
    assert len(plans) == 2


@pytest.mark.parametrize("architecture", Architecture)
def test_works_are_numbered_clockwise_from_the_entrance(architecture: Architecture) -> None:
    rooms = [RoomOfWorks("", [artwork(number, 0.8, 0.8) for number in range(9)]) for _ in range(4)]
    plan = plan_exhibition("", rooms, architecture, 1)
    for room in plan.rooms:
        entrance = plan.entrance(room)
        assert entrance is not None
        places = [work.place for work in plan.works if work.room == room.id and isinstance(work.place, Hung)]
        round_ = [_around(room, place.wall, place.along_m) - _around(room, entrance.wall, entrance.along_m)
                  for place in places]
        whole = 2 * (room.width_m + room.depth_m)
        assert [turn % whole for turn in round_] == sorted(turn % whole for turn in round_)
    assert plan.doors[0].width_m == PLAN_TYPES[architecture].door_m[0]


def _around(room: Room, wall: Wall, along: float) -> float:
    return sum(wall_length(room, before) for before in list(Wall)[:list(Wall).index(wall)]) + along


# What an artist might do to a plan.

@pytest.fixture(scope="module")
def plain() -> ExhibitionPlan:
    pictures = [artwork(number, 1.0, 0.8) for number in range(6)]
    egg = artwork(9, 0.5, 0.7, 0.5, WorkKind.SCULPTURE)
    rooms = [RoomOfWorks("", [*pictures, egg]), RoomOfWorks("", pictures)]
    return plan_exhibition("", rooms, Architecture.WHITE_CUBE, 1)


def changed(plan: ExhibitionPlan, number: int, **place: object) -> ExhibitionPlan:
    works = list(plan.works)
    works[number - 1] = dataclasses.replace(works[number - 1],
                                            place=dataclasses.replace(works[number - 1].place, **place))
    return dataclasses.replace(plan, works=tuple(works))


def told(plan: ExhibitionPlan) -> list[str]:
    return [fill(fault.sentence, fault.values) for fault in faults(plan)]


def test_a_work_that_was_moved_wrongly_is_told(plain: ExhibitionPlan) -> None:
    hung = next(work for work in plain.works if isinstance(work.place, Hung) and not work.is_focal)
    other = next(work for work in plain.works if work.room == hung.room and work is not hung
                 and isinstance(work.place, Hung))
    assert isinstance(other.place, Hung)
    room = plain.room(hung.room)
    entrance = plain.entrance(room)
    assert entrance is not None
    assert "reaches beyond the" in told(changed(plain, hung.number, along_m=0.2))[0]
    assert "floor or the ceiling" in told(changed(plain, hung.number, centre_m=0.3))[0]
    assert "hangs across a door" in told(changed(plain, hung.number, wall=entrance.wall, along_m=entrance.along_m))[0]
    on_other = changed(plain, hung.number, wall=other.place.wall, along_m=other.place.along_m + 0.9)
    assert any("overlap on the" in sentence for sentence in told(on_other))
    assert told(changed(plain, hung.number, centre_m=1.6)) == []  # is as the artist likes


def test_a_plinth_that_was_moved_wrongly_is_told(plain: ExhibitionPlan) -> None:
    (egg,) = (work for work in plain.works if isinstance(work.place, Standing))
    assert isinstance(egg.place, Standing)
    room = plain.room(egg.room)
    entrance = plain.entrance(room)
    assert entrance is not None
    x, y = point_on_wall(room, entrance.wall, entrance.along_m, 0.4)
    assert any("stands before a door" in sentence for sentence in told(changed(plain, egg.number, x_m=x, y_m=y)))
    assert any("does not stand within" in sentence for sentence in told(changed(plain, egg.number, x_m=room.x_m)))
    bench = next(bench for bench in plain.benches if bench.room == room.id)
    assert any("stand in each other" in sentence
               for sentence in told(changed(plain, egg.number, x_m=bench.x_m, y_m=bench.y_m)))
    assert any("plinth_m" in sentence for sentence in told(changed(plain, egg.number, plinth_m=9.0)))
    hung = next(work for work in plain.works if work.room == room.id and isinstance(work.place, Hung))
    assert isinstance(hung.place, Hung)
    x, y = point_on_wall(room, hung.place.wall, hung.place.along_m, 1.5 * hung.diagonal_m)
    assert any("Nobody can stand where" in sentence for sentence in told(changed(plain, egg.number, x_m=x, y_m=y)))


def test_rooms_and_doors_that_were_changed_wrongly_are_told(plain: ExhibitionPlan) -> None:
    first, second = plain.rooms

    def with_door(place: int, **fields: object) -> ExhibitionPlan:
        doors: list[Door] = list(plain.doors)
        doors[place] = dataclasses.replace(doors[place], **fields)
        return dataclasses.replace(plain, doors=tuple(doors))

    def with_rooms(*rooms: Room) -> ExhibitionPlan:
        return dataclasses.replace(plain, rooms=rooms)

    assert "must be at least 1.2 × 2.2 m" in told(with_door(1, width_m=1.0))[0]
    assert "is not within the" in told(with_door(1, along_m=0.3))[0]
    assert "No door leads out of doors." in told(dataclasses.replace(plain, doors=plain.doors[1:]))[0]
    assert any("No door leads to room-2" in sentence
               for sentence in told(dataclasses.replace(plain, doors=plain.doors[:1])))
    away = 5.0 if second.x_m > first.x_m else -5.0
    assert any("does not meet" in sentence
               for sentence in told(with_rooms(first, dataclasses.replace(second, x_m=second.x_m + away))))
    assert any("less than a wall apart" in sentence
               for sentence in told(with_rooms(first, dataclasses.replace(second, x_m=first.x_m))))
    assert any("which is of glass" in sentence
               for sentence in told(with_rooms(dataclasses.replace(first, glazed=tuple(Wall)), second)))
    assert any("can be seen from" in sentence for sentence in told(with_rooms(
        dataclasses.replace(first, depth_m=1.5), second)))
    works = [dataclasses.replace(work, is_focal=True) for work in plain.works]
    assert any("focal works" in sentence for sentence in told(dataclasses.replace(plain, works=tuple(works))))
    focal = next(work for work in plain.works if work.is_focal)
    assert isinstance(focal.place, Hung)
    entrance = plain.entrance(plain.room(focal.room))
    assert entrance is not None
    moved = changed(plain, focal.number, wall=entrance.wall,
                    along_m=wall_length(first, entrance.wall) - entrance.along_m)
    assert any("is not seen from its entrance" in sentence for sentence in told(moved))


def test_a_room_that_benches_close_is_told(plain: ExhibitionPlan) -> None:
    room = plain.rooms[0]
    entrance = plain.entrance(room)
    assert entrance is not None
    x, _ = point_on_wall(room, entrance.wall, entrance.along_m, 1.3)
    bar = dataclasses.replace(plain.benches[0], x_m=x, y_m=room.y_m + room.depth_m / 2, width_m=0.4,
                              depth_m=room.depth_m)
    works = tuple(work for work in plain.works if isinstance(work.place, Hung))
    closed = dataclasses.replace(plain, benches=(bar,), works=works)
    assert any("Nobody can stand where" in sentence for sentence in told(closed))
    assert any("Nobody gets into room-2" in sentence for sentence in told(closed))
