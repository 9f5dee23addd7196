"""The plan of an exhibition: rooms as large as their works need."""

from __future__ import annotations

import itertools
import math
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace

from protocol.exhibition import Architecture
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
)

from .architecture import PLAN_TYPES, PlanType
from .artworks import Artwork
from .curation import RoomOfWorks
from .hanging import ABOVE_M, BODY_M, CORNER_M, DOOR_M, Canvas, breathing_m, centre_m, hang, viewing_m
from .layout import WALL_M, Layout, lay_out
from .standing import AISLE_M, Box, bench_in, plinth_for, stand

__all__ = ["plan_exhibition"]

_GROWTH, _GROWTH_M = 1.04, 0.2  # of a room that is too small, each time
_OVER_SCULPTURE_M = 0.6
_MIDDLE = 0.25  # how far from the middle of a row a focal work may be, of half the row
_FULL = 0.8  # how full walls are that are begun with


_Places = list[Hung | Standing]  # of works, in their order


def plan_exhibition(title: str, rooms: Sequence[RoomOfWorks], architecture: Architecture, seed: int) -> ExhibitionPlan:
    """The same input gives the same plan. Rooms grow until their works fit."""
    kind = PLAN_TYPES[architecture]
    focals = [_focal(each) for each in rooms]
    sizes = [_first_size(each.works, kind) for each in rooms]
    if kind.has_hall:
        sizes[0] = (sizes[0][0] * 1.5, max(sizes[0][1] * 0.75, kind.least_m))
    known: dict[int, tuple[object, _Places | None]] = {}
    while True:
        layout = lay_out(sizes, [each.title for each in rooms], kind, seed)
        furnished = []
        for number, each in enumerate(rooms):
            room = layout.rooms[layout.places[number]]
            doors = _doors_of(layout, room)
            key = (room.width_m, room.depth_m, tuple((door.wall, door.along_m) for door in doors))
            if number not in known or known[number][0] != key:
                here = replace(room, x_m=0.0, y_m=0.0)  # it is the same wherever the room lies
                known[number] = (key, _furnish(here, doors, each, focals[number]))
            found = known[number][1]
            if found is None:
                sizes[number] = (room.width_m * _GROWTH + _GROWTH_M, sizes[number][1] * _GROWTH + _GROWTH_M)
            else:
                furnished.append(_moved(found, room))
        if len(furnished) == len(rooms):
            return _assembled(title, rooms, focals, architecture, seed, layout, furnished)


def _focal(room: RoomOfWorks) -> int:
    """The one that its artist chose; else the largest of what hangs, or of what stands where nothing hangs. Where the
    order counts, of what hangs in the middle of the row: as much wall is on its left as on its right.
    """
    works = room.works
    numbers: Sequence[int] = range(len(works))
    if room.keeps_order and not any(work.is_focal for work in works):
        hanging = [number for number in numbers if works[number].kind is not WorkKind.SCULPTURE] or [*numbers]
        ends = [0.0, *itertools.accumulate(_wall_m(works[number]) for number in hanging)]
        aside = {number: abs(start + end - ends[-1]) / ends[-1]
                 for number, (start, end) in zip(hanging, itertools.pairwise(ends), strict=True)}
        numbers = [number for number in hanging if aside[number] <= max(min(aside.values()), _MIDDLE)]
    return max(numbers, key=lambda number: (
        works[number].is_focal, works[number].kind is not WorkKind.SCULPTURE,
        works[number].width_m * works[number].height_m, -number))


def _wall_m(work: Artwork) -> float:
    """How much wall it takes."""
    return work.width_m + breathing_m(work.width_m, work.width_m)


def _first_size(works: Sequence[Artwork], kind: PlanType) -> tuple[float, float]:
    """Width and depth of a room that is not too large for its works."""
    canvases = [Canvas(work.width_m, work.height_m) for work in works if work.kind is not WorkKind.SCULPTURE]
    wall = sum(_wall_m(work) for work in works if work.kind is not WorkKind.SCULPTURE)
    around = wall / _FULL + 8 * CORNER_M + 2 * (kind.door_m[0] + 2 * DOOR_M)
    deep = max((viewing_m(each) + BODY_M for each in canvases), default=0.0)
    stands = sum((plinth_for(_box(work))[1] + AISLE_M) ** 2 for work in works if work.kind is WorkKind.SCULPTURE)
    depth = max(kind.least_m, around / (2 * (1 + kind.aspect)), deep, math.sqrt(stands / kind.aspect) + 2 * AISLE_M)
    return max(depth * kind.aspect, kind.least_m), depth


def _furnish(room: Room, doors: Sequence[Door], shown: RoomOfWorks, focal: int) -> _Places | None:
    """Every work in its place; None where the room is too small."""
    works = shown.works
    hanging = [number for number, work in enumerate(works) if work.kind is not WorkKind.SCULPTURE]
    standing = [number for number, work in enumerate(works) if work.kind is WorkKind.SCULPTURE]
    canvases = [_canvas(works[number]) for number in hanging]
    hung = hang(room, doors, doors[0], canvases, hanging.index(focal) if focal in hanging else None, WALL_M,
                keeps_order=shown.keeps_order)
    if hung is None:
        return None
    stood = stand(room, doors, doors[0], [_box(works[number]) for number in standing],
                  list(zip(hung, canvases, strict=True)), standing.index(focal) if focal in standing else None,
                  hung[hanging.index(focal)] if focal in hanging else None, WALL_M)
    if stood is None:
        return None
    places: dict[int, Hung | Standing] = {**dict(zip(hanging, hung, strict=True)),
                                          **dict(zip(standing, stood, strict=True))}
    return [places[number] for number in range(len(works))]


def _moved(places: _Places, room: Room) -> _Places:
    """What was found for a room at the origin, where it lies."""
    return [replace(place, x_m=round(room.x_m + place.x_m, 3), y_m=round(room.y_m + place.y_m, 3))
            if isinstance(place, Standing) else place for place in places]


def _canvas(work: Artwork) -> Canvas:
    return Canvas(work.width_m, work.height_m)


def _box(work: Artwork) -> Box:
    return Box(work.width_m, work.depth_m, work.height_m)


def _doors_of(layout: Layout, room: Room) -> list[Door]:
    """As doors of that room, its entrance first."""
    bare = ExhibitionPlan(title="", architecture=Architecture.WHITE_CUBE, seed=0, wall_m=WALL_M, rooms=layout.rooms,
                          doors=layout.doors)
    entrance = bare.entrance(room)
    assert entrance is not None
    return sorted(bare.doors_of(room), key=lambda door: door != entrance)


def _assembled(title: str, rooms: Sequence[RoomOfWorks], focals: Sequence[int], architecture: Architecture, seed: int,
               layout: Layout, furnished: Sequence[_Places]) -> ExhibitionPlan:
    planned = list(layout.rooms)
    works: list[PlannedWork] = []
    benches: list[Bench | None] = []
    taken: set[str] = set()
    for number, (each, places) in enumerate(zip(rooms, furnished, strict=True)):
        room = layout.rooms[layout.places[number]]
        doors = _doors_of(layout, room)
        planned[layout.places[number]] = replace(
            room, height_m=max(room.height_m, _height(each.works, places)),
            text=next((work.room_text for work in each.works if work.room_text), ""))
        benches.append(_bench(room, doors, each.works, places, focals[number]))
        for index in _visited(doors[0], places):
            works.append(_planned(each.works[index], len(works) + 1, room.id, places[index],
                                  is_focal=index == focals[number], taken=taken))
    return ExhibitionPlan(title=title, architecture=architecture, seed=seed, wall_m=WALL_M, rooms=tuple(planned),
                          doors=layout.doors, works=tuple(works),
                          benches=tuple(bench for bench in benches if bench is not None))


def _visited(entrance: Door, places: _Places) -> list[int]:
    """The order in which visitors come by: clockwise from the entrance; what stands comes last."""
    walls = list(Wall)

    def passed(index: int) -> tuple[float, float]:
        place = places[index]
        if isinstance(place, Standing):
            return 5, index
        turns = (walls.index(place.wall) - walls.index(entrance.wall)) % 4
        return 4 if turns == 0 and place.along_m < entrance.along_m else turns, place.along_m

    return sorted(range(len(places)), key=passed)


def _bench(room: Room, doors: Sequence[Door], works: Sequence[Artwork], places: _Places, focal: int) -> Bench | None:
    """Before the focal work, if that hangs, else before another."""
    order = [focal, *(number for number in range(len(works)) if number != focal)]
    hung = [(place, _canvas(works[number])) for number in order if isinstance(place := places[number], Hung)]
    return bench_in(room, doors, hung, [place for place in places if isinstance(place, Standing)])


def _height(works: Sequence[Artwork], places: Sequence[Hung | Standing]) -> float:
    """Of the ceiling that the works need."""
    return round(max(centre_m(work.height_m) + work.height_m / 2 + ABOVE_M if isinstance(place, Hung)
                     else place.plinth_m + work.height_m + _OVER_SCULPTURE_M
                     for work, place in zip(works, places, strict=True)), 3)


def _planned(work: Artwork, number: int, room: str, place: Hung | Standing, *, is_focal: bool, taken: set[str]
             ) -> PlannedWork:
    return PlannedWork(
        id=_new_id(work.path.stem, taken), number=number, kind=work.kind, file=str(work.path), title=work.title,
        artist=work.artist, year=work.year, medium=work.medium, text=work.text, alt=work.alt, rights=work.rights,
        provenance=work.provenance, language=work.language, width_m=work.width_m, height_m=work.height_m,
        depth_m=work.depth_m, orientation=work.orientation, is_focal=is_focal, room=room, place=place,
        made=dict(work.made))


def _new_id(name: str, taken: set[str]) -> str:
    """Of a file's name, in letters and digits of any script; another for each."""
    plain = re.sub(r"[\W_]+", "-", unicodedata.normalize("NFC", name).lower()).strip("-")[:60] or "work"
    found, number = plain, 1
    while found in taken:
        number += 1
        found = f"{plain}-{number}"
    taken.add(found)
    return found
