"""What of a plan cannot be so: one sentence for each fault, with a remedy."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence

from protocol.exhibition_plan import (
    DOOR_LEAST_M,
    VIEWING_DIAGONALS,
    Door,
    ExhibitionPlan,
    Hung,
    PlannedWork,
    Room,
    Standing,
    Wall,
    centre_of,
    facing,
    point_on_wall,
    wall_length,
)
from protocol.remarks import Remark

from .hanging import Canvas, viewing_m
from .sight import is_in_sight
from .standing import Rect
from .walking import Floor, walk

__all__ = ["faults"]

_TOLERANCE_M = 0.0015  # each number is kept to a millimetre
_AISLE_M = 0.9  # least width of a way: what a wheelchair needs (ISO 21542)


def faults(plan: ExhibitionPlan) -> list[Remark]:
    """Of the rooms, the doors, what hangs, what stands, and of the ways to it; none for a plan that can be built."""
    found = [*_room_faults(plan)]
    for door in plan.doors:
        found += _door_faults(plan, door)
    for room in plan.rooms:
        works = [work for work in plan.works if work.room == room.id]
        found += _hung_faults(plan, room, works)
        found += _standing_faults(plan, room, works)
        found += _focal_faults(plan, room, works)
    if not found:  # ways through walls that do not meet mean nothing
        found += _way_faults(plan, walk(plan))
    return found


def _room_faults(plan: ExhibitionPlan) -> Iterator[Remark]:
    if not any(door.to == "" for door in plan.doors):
        yield Remark("No door leads out of doors. Add one whose “to” is empty.")
    areas = [(room, _floor(room)) for room in plan.rooms]
    for (one, here), (other, there) in itertools.combinations(areas, 2):
        if here.grown(plan.wall_m / 2).meets(there.grown(plan.wall_m / 2), _TOLERANCE_M):
            yield Remark("{one} and {other} are less than a wall apart. Move one of them.",
                         {"one": one.id, "other": other.id})


def _door_faults(plan: ExhibitionPlan, door: Door) -> Iterator[Remark]:
    names: dict[str, str | int | float] = {"room": door.room, "to": door.to or "—"}
    least_width, least_height = DOOR_LEAST_M
    if not (door.width_m >= least_width and door.height_m >= least_height):
        yield Remark("The door from {room} to {to} is {width} × {height} m: it must be at least {least} × {high} m.",
                     {**names, "width": door.width_m, "height": door.height_m, "least": least_width,
                      "high": least_height})
    sides = [door, plan.other_side(door)] if door.to else [door]
    for side in sides:
        room = plan.room(side.room)
        half = side.width_m / 2
        if not half <= side.along_m <= wall_length(room, side.wall) - half or side.height_m > room.height_m:
            yield Remark("The door from {room} to {to} is not within the {wall} wall of {where}. Move it along the "
                         "wall.", {**names, "wall": side.wall.value, "where": room.id})
            return
    if door.to:
        here, there = plan.room(door.room), plan.room(door.to)
        x, y = point_on_wall(here, door.wall, door.along_m, -plan.wall_m)
        other_x, other_y = point_on_wall(there, door.wall.opposite, sides[1].along_m)
        if math.hypot(x - other_x, y - other_y) > _TOLERANCE_M:
            yield Remark("The door from {room} to {to} does not meet that room's wall. Set the rooms {wall_m} m apart.",
                         {**names, "wall_m": plan.wall_m})


def _hung_faults(plan: ExhibitionPlan, room: Room, works: Sequence[PlannedWork]) -> Iterator[Remark]:
    hung = [(work, work.place) for work in works if isinstance(work.place, Hung)]
    for work, place in hung:
        half, half_height = work.width_m / 2, work.height_m / 2
        names: dict[str, str | int | float] = {"name": _name(work), "wall": place.wall.value, "room": room.id}
        if place.wall in room.glazed:
            yield Remark("{name} hangs on the {wall} wall of {room}, which is of glass. Hang it on another.", names)
        if not (half - _TOLERANCE_M <= place.along_m <= wall_length(room, place.wall) - half + _TOLERANCE_M):
            yield Remark("{name} reaches beyond the {wall} wall of {room}, which is {length} m long. Change its "
                         "along_m.", {**names, "length": wall_length(room, place.wall)})
        if not half_height - _TOLERANCE_M <= place.centre_m <= room.height_m - half_height + _TOLERANCE_M:
            yield Remark("{name} reaches into the floor or the ceiling of {room}, which is {height} m high. Change its "
                         "centre_m.", {"name": _name(work), "room": room.id, "height": room.height_m})
        if facing(room, place.wall) < VIEWING_DIAGONALS * work.diagonal_m:
            yield Remark("{name} can be seen from {depth} m at most: it wants {least} m. Hang it in a larger room.",
                         {"name": _name(work), "depth": facing(room, place.wall),
                          "least": round(VIEWING_DIAGONALS * work.diagonal_m, 2)})
        for door in plan.doors_of(room):
            if (door.wall is place.wall and abs(door.along_m - place.along_m) < door.width_m / 2 + half - _TOLERANCE_M
                    and place.centre_m - half_height < door.height_m):
                yield Remark("{name} hangs across a door of {room}. Change its along_m.",
                             {"name": _name(work), "room": room.id})
    for (one, here), (other, there) in itertools.combinations(hung, 2):
        if (here.wall is there.wall
                and abs(here.along_m - there.along_m) < (one.width_m + other.width_m) / 2 - _TOLERANCE_M
                and abs(here.centre_m - there.centre_m) < (one.height_m + other.height_m) / 2 - _TOLERANCE_M):
            yield Remark("{one} and {other} overlap on the {wall} wall of {room}. Change the along_m of one.",
                         {"one": _name(one), "other": _name(other), "wall": here.wall.value, "room": room.id})


def _standing_faults(plan: ExhibitionPlan, room: Room, works: Sequence[PlannedWork]) -> Iterator[Remark]:
    stands = [(_name(work), _footprint(work, work.place)) for work in works if isinstance(work.place, Standing)]
    for work in works:
        if isinstance(work.place, Standing) and not (
                work.place.plinth_m >= 0 and work.place.plinth_m + work.height_m <= room.height_m + _TOLERANCE_M):
            yield Remark("{name} reaches into the floor or the ceiling of {room}, which is {height} m high. Change its "
                         "plinth_m.", {"name": _name(work), "room": room.id, "height": room.height_m})
    benches = [("bench", Rect.around(bench.x_m, bench.y_m, bench.width_m, bench.depth_m))
               for bench in plan.benches if bench.room == room.id]
    floor = _floor(room)
    for name, rect in (*stands, *benches):
        if not (floor.west - _TOLERANCE_M <= rect.west and rect.east <= floor.east + _TOLERANCE_M
                and floor.south - _TOLERANCE_M <= rect.south and rect.north <= floor.north + _TOLERANCE_M):
            yield Remark("{name} does not stand within {room}. Change its x_m and y_m.",
                         {"name": name, "room": room.id})
        for door in plan.doors_of(room):
            if _before(room, door).meets(rect, _TOLERANCE_M):
                yield Remark("{name} stands before a door of {room}. Change its x_m and y_m.",
                             {"name": name, "room": room.id})
    for (one, here), (other, there) in itertools.combinations((*stands, *benches), 2):
        if here.meets(there, _TOLERANCE_M):
            yield Remark("{one} and {other} stand in each other in {room}. Move one of them.",
                         {"one": one, "other": other, "room": room.id})


def _focal_faults(plan: ExhibitionPlan, room: Room, works: Sequence[PlannedWork]) -> Iterator[Remark]:
    focal = [work for work in works if work.is_focal]
    if len(focal) > 1:
        yield Remark("{room} has {count} focal works. Leave is_focal to one of them.",
                     {"room": room.id, "count": len(focal)})
    entrance = plan.entrance(room)
    if entrance is None:
        yield Remark("No door leads to {room} from a room before it. Add one, or order the rooms as they are visited.",
                     {"room": room.id})
        return
    for work in focal:
        x, y, _ = centre_of(plan, work)
        if not is_in_sight(room, entrance, plan.wall_m, x, y):
            yield Remark("{name} is the focal work of {room}, but is not seen from its entrance. Hang it opposite the "
                         "entrance.", {"name": _name(work), "room": room.id})


def _way_faults(plan: ExhibitionPlan, floors: dict[str, Floor]) -> Iterator[Remark]:
    for room in plan.rooms:
        if not floors[room.id].reached.any():
            yield Remark("Nobody gets into {room}. Add a door, or clear the way to it.", {"room": room.id})
    for work in plan.works:
        room, floor = plan.room(work.room), floors[work.room]
        if not floor.reached.any():
            continue
        if isinstance(work.place, Hung):
            x, y = point_on_wall(room, work.place.wall, work.place.along_m,
                                 viewing_m(Canvas(work.width_m, work.height_m)))
            is_seen = floor.is_reached(x, y)
        else:
            diagonal = math.hypot(max(work.width_m, work.depth_m), work.height_m)
            is_seen = floor.farthest_m(work.place.x_m, work.place.y_m) >= VIEWING_DIAGONALS * diagonal
        if not is_seen:
            yield Remark("Nobody can stand where {name} is to be looked at from. Move it, or what stands in the way.",
                         {"name": _name(work)})


def _floor(room: Room) -> Rect:
    return Rect(room.x_m, room.y_m, room.x_m + room.width_m, room.y_m + room.depth_m)


def _footprint(work: PlannedWork, place: Standing) -> Rect:
    return Rect.around(place.x_m, place.y_m, max(place.side_m, work.width_m), max(place.side_m, work.depth_m))


def _before(room: Room, door: Door) -> Rect:
    """The floor that a way needs behind an opening."""
    x, y = point_on_wall(room, door.wall, door.along_m, _AISLE_M / 2)
    is_across = door.wall in (Wall.NORTH, Wall.SOUTH)
    return Rect.around(x, y, door.width_m if is_across else _AISLE_M, _AISLE_M if is_across else door.width_m)


def _name(work: PlannedWork) -> str:
    return f"{work.number} {work.title}"
