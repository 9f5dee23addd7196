"""Where rooms of given sizes and their doors lie."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

from protocol.exhibition_plan import Door, Room, Wall

from .architecture import PlanType

__all__ = ["WALL_M", "Layout", "lay_out"]

WALL_M = 0.3
_PASSAGE_M = 3.0  # its width
_MIRRORED = {Wall.EAST: Wall.WEST, Wall.WEST: Wall.EAST, Wall.NORTH: Wall.NORTH, Wall.SOUTH: Wall.SOUTH}


@dataclass(frozen=True)
class Layout:
    """
    Attributes:
        rooms: in the order of the visit; passages among them.
        doors: those by which rooms are entered first.
        places: of each room that has works, its place in `rooms`.
    """

    rooms: tuple[Room, ...]
    doors: tuple[Door, ...]
    places: tuple[int, ...]


def lay_out(sizes: Sequence[tuple[float, float]], titles: Sequence[str], kind: PlanType, seed: int) -> Layout:
    """Rooms of at least these sizes (width, depth; at least one), joined in their order by doors, the first with a door
    to out of doors. Half of all seeds give the mirror image of what the others do.
    """
    layout = (_hall if kind.has_hall else _rows)(sizes, titles, kind)
    return _mirrored(layout) if random.Random(seed).random() < 0.5 else layout


def _rows(sizes: Sequence[tuple[float, float]], titles: Sequence[str], kind: PlanType) -> Layout:
    """Rows of rooms one north of the other, each beginning above the end of the one before."""
    rooms: list[Room] = []
    doors: list[Door] = []
    places: list[int] = []
    edge, south = 0.0, 0.0  # from where on a row goes on, and its southern side
    per_row = -(-len(sizes) // -(-len(sizes) // kind.rooms_in_row))  # rows are about as long
    for first in range(0, len(sizes), per_row):
        row = range(first, min(first + per_row, len(sizes)))
        goes_east = (first // per_row) % 2 == 0
        depth = _mm(max(sizes[number][1] for number in row))
        if first and kind.garden_m:
            rooms.append(_passage(rooms[-1], sizes[first][0], edge, south - kind.garden_m + WALL_M, kind, goes_east))
            doors.append(_turn(rooms[-2], rooms[-1], kind))
        for number in row:
            width = _mm(sizes[number][0])
            room = Room(id=f"room-{number + 1}", title=titles[number], x_m=_mm(edge if goes_east else edge - width),
                        y_m=_mm(south), width_m=width, depth_m=depth, height_m=kind.height_m, glazed=kind.glazed)
            at = _at(kind, number, depth)
            if not rooms:
                doors.append(Door(room=room.id, to="", wall=Wall.WEST, along_m=at, width_m=kind.door_m[0],
                                  height_m=kind.door_m[1]))
            elif number == first:
                doors.append(_turn(rooms[-1], room, kind))
            else:
                wall = Wall.EAST if goes_east else Wall.WEST
                doors.append(Door(room=rooms[-1].id, to=room.id, wall=wall, width_m=kind.door_m[0],
                                  along_m=_mm(depth - at) if goes_east else at, height_m=kind.door_m[1]))
            places.append(len(rooms))
            rooms.append(room)
            edge += (width + WALL_M) * (1 if goes_east else -1)
        edge = rooms[-1].x_m + (rooms[-1].width_m if goes_east else 0.0)
        south = _mm(south + depth + (kind.garden_m or WALL_M))
    return Layout(tuple(rooms), tuple(doors), tuple(places))


def _at(kind: PlanType, number: int, depth: float) -> float:
    """From the south: where the door into a room of a row is."""
    least = kind.door_m[0] / 2 + 0.6
    return _mm(min(max(kind.doors_at[number % len(kind.doors_at)] * depth, least), depth - least))


def _turn(before: Room, after: Room, kind: PlanType) -> Door:
    """In the middle of what two rooms, one north of the other, have in common."""
    low = max(before.x_m, after.x_m)
    high = min(before.x_m + before.width_m, after.x_m + after.width_m)
    return Door(room=before.id, to=after.id, wall=Wall.NORTH, along_m=_mm((low + high) / 2 - before.x_m),
                width_m=kind.door_m[0], height_m=kind.door_m[1])


def _passage(before: Room, next_width: float, edge: float, south: float, kind: PlanType, goes_east: bool) -> Room:
    """Of glass, across the garden, in the middle of what the rooms on both sides have in common."""
    shared = min(before.width_m, next_width)
    middle = edge + (shared if goes_east else -shared) / 2
    return Room(id=f"passage-{before.id}", title="", x_m=_mm(middle - _PASSAGE_M / 2), y_m=_mm(south),
                width_m=_PASSAGE_M, depth_m=_mm(kind.garden_m - 2 * WALL_M), height_m=kind.height_m,
                glazed=(Wall.EAST, Wall.WEST))


def _hall(sizes: Sequence[tuple[float, float]], titles: Sequence[str], kind: PlanType) -> Layout:
    """A hall from west to east with rooms on both sides: visitors come by those in the north on their way, by those in
    the south on their way back.
    """
    count = len(sizes)
    north = range(1, 1 + count // 2)
    sides = (north, range(north.stop, count)[::-1])
    lengths = [sum(sizes[number][0] for number in side) + WALL_M * (len(side) - 1) for side in sides]
    length, depth = _mm(max(sizes[0][0], *lengths)), _mm(sizes[0][1])
    hall = Room(id="room-1", title=titles[0], x_m=0.0, y_m=0.0, width_m=length, depth_m=depth,
                height_m=kind.height_m + 2)
    door = {"width_m": kind.door_m[0], "height_m": kind.door_m[1]}
    rooms = {0: hall}
    doors = {0: Door(room=hall.id, to="", wall=Wall.WEST, along_m=_mm(depth / 2), **door)}
    for side, used, wall in zip(sides, lengths, (Wall.NORTH, Wall.SOUTH), strict=True):
        slack = (length - used) / max(len(side), 1)
        west = slack / 2
        for number in side:
            width, deep = map(_mm, sizes[number])
            room = Room(id=f"room-{number + 1}", title=titles[number], x_m=_mm(west),
                        y_m=_mm(depth + WALL_M if wall is Wall.NORTH else -WALL_M - deep), width_m=width, depth_m=deep,
                        height_m=kind.height_m)
            middle = _mm(room.x_m + width / 2)
            rooms[number] = room
            doors[number] = Door(room=hall.id, to=room.id, wall=wall, **door,
                                 along_m=middle if wall is Wall.NORTH else _mm(length - middle))
            west += width + WALL_M + slack
    order = sorted(rooms)
    return Layout(tuple(rooms[number] for number in order), tuple(doors[number] for number in order),
                  tuple(range(count)))


def _mirrored(layout: Layout) -> Layout:
    """West becomes east."""
    lengths = {(room.id, wall): room.width_m if wall in (Wall.NORTH, Wall.SOUTH) else room.depth_m
               for room in layout.rooms for wall in Wall}
    rooms = tuple(replace(room, x_m=_mm(-room.x_m - room.width_m),
                          glazed=tuple(_MIRRORED[wall] for wall in room.glazed)) for room in layout.rooms)
    doors = tuple(replace(door, wall=_MIRRORED[door.wall], along_m=_mm(lengths[door.room, door.wall] - door.along_m))
                  for door in layout.doors)
    return Layout(rooms, doors, layout.places)


def _mm(metres: float) -> float:
    return round(metres, 3)
