"""What is seen through a door."""

from __future__ import annotations

from protocol.exhibition_plan import Door, Room, Wall, inward, point_on_wall

__all__ = ["axis_along", "is_in_sight", "offset_in_sight"]

_BEFORE_M = 1.0  # how far before the opening visitors stand
_EDGE_M = 0.05


def is_in_sight(room: Room, entrance: Door, wall_m: float, x: float, y: float) -> bool:
    """Whether a visitor a step before the entrance sees a point of the room, past the edges of the opening.

    Args:
        entrance: as a door of that room.
        wall_m: how thick the wall is.
    """
    at_x, at_y = point_on_wall(room, entrance.wall, entrance.along_m)
    dx, dy = inward(entrance.wall)
    deep = (x - at_x) * dx + (y - at_y) * dy
    aside = (x - at_x) * dy - (y - at_y) * dx
    return deep > 0 and abs(aside) <= offset_in_sight(entrance.width_m, deep, wall_m) + 1e-6


def offset_in_sight(door_m: float, deep_m: float, wall_m: float) -> float:
    """How far from the axis of a door of that width what lies that deep in the room may be."""
    before = _BEFORE_M + wall_m
    return (door_m / 2 - _EDGE_M) * (before + deep_m) / before


def axis_along(room: Room, entrance: Door) -> tuple[Wall, float]:
    """The wall that faces whoever comes in, and where on it the axis of the entrance ends."""
    length = room.width_m if entrance.wall in (Wall.NORTH, Wall.SOUTH) else room.depth_m
    return entrance.wall.opposite, length - entrance.along_m
