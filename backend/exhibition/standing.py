"""Where plinths and benches stand: clear of walls, doors, each other and of those who look at pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from protocol.exhibition_plan import (
    CENTRE_LINE_M,
    VIEWING_DIAGONALS,
    Bench,
    Door,
    Hung,
    Room,
    Standing,
    Wall,
    inward,
    point_on_wall,
)

from .hanging import BODY_M, Canvas, viewing_m
from .sight import is_in_sight

__all__ = ["AISLE_M", "Box", "Rect", "bench_in", "door_zone", "plinth_for", "stand", "viewing_zone"]

AISLE_M = 1.2  # to walk between what stands and all else; two wheelchairs do not pass, one turns
DOOR_ZONE_M = 1.5  # free floor in front of an opening
_VIEW_WIDTH_M = 2 * BODY_M
_SIGHT_WIDTH_M = 1.0
_EDGE_M, _LEAST_PLINTH_M, _HIGHEST_PLINTH_M, _LOWEST_PLINTH_M = 0.05, 0.3, 1.1, 0.1
_STEP_M = 0.25
_BENCH_M = (1.8, 0.45)
_BENCH_FLOOR_M2 = 36.0  # rooms smaller than that have none


@dataclass(frozen=True)
class Box:
    """What stands: its size to the east, to the north, and up, in metres."""

    width_m: float
    depth_m: float
    height_m: float


@dataclass(frozen=True)
class Rect:
    """An area of floor."""

    west: float
    south: float
    east: float
    north: float

    @classmethod
    def around(cls, x: float, y: float, width: float, depth: float) -> Rect:
        return cls(x - width / 2, y - depth / 2, x + width / 2, y + depth / 2)

    def grown(self, by: float) -> Rect:
        return Rect(self.west - by, self.south - by, self.east + by, self.north + by)

    def meets(self, other: Rect, tolerance: float = 1e-6) -> bool:
        return (self.west < other.east - tolerance and other.west < self.east - tolerance
                and self.south < other.north - tolerance and other.south < self.north - tolerance)


def plinth_for(box: Box) -> tuple[float, float]:
    """Height and side: the middle of a small work comes to the eyes, a tall one stands on a low one."""
    height = min(max(CENTRE_LINE_M - box.height_m / 2, _LOWEST_PLINTH_M), _HIGHEST_PLINTH_M)
    return round(height * 20) / 20, round(max(box.width_m, box.depth_m, _LEAST_PLINTH_M) + 2 * _EDGE_M, 3)


def door_zone(room: Room, door: Door) -> Rect:
    """The floor in front of an opening, as a door of that room."""
    return _ahead(room, door.wall, door.along_m, door.width_m, DOOR_ZONE_M)


def viewing_zone(room: Room, hung: Hung, canvas: Canvas) -> Rect:
    """The floor between a work on a wall and whoever looks at it."""
    return _ahead(room, hung.wall, hung.along_m, _VIEW_WIDTH_M, viewing_m(canvas) + BODY_M)


def stand(room: Room, doors: Sequence[Door], entrance: Door, boxes: Sequence[Box], hung: Sequence[tuple[Hung, Canvas]],
          focal: int | None, seen: Hung | None, wall_m: float) -> list[Standing] | None:
    """The place of each, in their order; None where the room is too small for them.

    Args:
        hung: what hangs in the room.
        focal: place among the boxes of the one that stands in sight of the entrance, if it is one of them.
        seen: the focal work, where it hangs: the way that the eye takes to it stays free.
        wall_m: how thick walls are.
    """
    taken = [*(door_zone(room, door) for door in doors), *(viewing_zone(room, *each) for each in hung)]
    way = None if seen is None else (point_on_wall(room, entrance.wall, entrance.along_m),
                                     point_on_wall(room, seen.wall, seen.along_m))
    placed: dict[int, Standing] = {}
    order = sorted(range(len(boxes)), key=lambda number: (number != focal, -max(boxes[number].width_m,
                                                                                  boxes[number].depth_m), number))
    for number in order:
        height, side = plinth_for(boxes[number])
        points = _free_points(room, side, side, taken)
        if way is not None:
            points = points[_distance(points, *way) > side * 0.71 + _SIGHT_WIDTH_M / 2]
        diagonal = np.hypot(max(boxes[number].width_m, boxes[number].depth_m), boxes[number].height_m)
        points = points[_farthest(room, points) > VIEWING_DIAGONALS * diagonal + 0.3]
        if not len(points):
            return None
        if number == focal:
            x, y = _on_the_axis(room, entrance, points)
            if not is_in_sight(room, entrance, wall_m, x, y):
                return None
            way = point_on_wall(room, entrance.wall, entrance.along_m), (x, y)
        else:
            x, y = _farthest_from(points, room, [(each.x_m, each.y_m) for each in placed.values()])
        placed[number] = Standing(x_m=round(x, 3), y_m=round(y, 3), plinth_m=height, side_m=side)
        taken.append(Rect.around(x, y, side, side).grown(AISLE_M))
    return [placed[number] for number in range(len(boxes))]


def bench_in(room: Room, doors: Sequence[Door], hung: Sequence[tuple[Hung, Canvas]], standing: Sequence[Standing]
             ) -> Bench | None:
    """A bench across the way to the first of what hangs; None where there is no room for one."""
    if not hung or room.width_m * room.depth_m < _BENCH_FLOOR_M2:
        return None
    place, canvas = hung[0]
    dx, _ = inward(place.wall)
    width, depth = _BENCH_M[::-1] if dx else _BENCH_M
    taken = [*(door_zone(room, door) for door in doors), *(viewing_zone(room, *each) for each in hung),
             *(Rect.around(each.x_m, each.y_m, each.side_m, each.side_m).grown(AISLE_M) for each in standing)]
    points = _free_points(room, width, depth, taken)
    if not len(points):
        return None
    target = point_on_wall(room, place.wall, place.along_m, viewing_m(canvas) + BODY_M + _BENCH_M[1])
    x, y = points[np.hypot(*(points - target).T).argmin()].tolist()
    return Bench(room=room.id, x_m=round(x, 3), y_m=round(y, 3), width_m=width, depth_m=depth)


def _ahead(room: Room, wall: Wall, along_m: float, width_m: float, out_m: float) -> Rect:
    (x, y), (ahead_x, ahead_y) = (point_on_wall(room, wall, along_m, out) for out in (0.0, out_m))
    half = width_m / 2
    across_x, across_y = (0.0, half) if x != ahead_x else (half, 0.0)
    return Rect(min(x, ahead_x) - across_x, min(y, ahead_y) - across_y, max(x, ahead_x) + across_x,
                max(y, ahead_y) + across_y)


def _free_points(room: Room, width: float, depth: float, taken: Sequence[Rect]) -> NDArray[np.float64]:
    """(n, 2) middles of an area of that size that is an aisle away from walls, and clear of what is taken.
    """
    spans = []
    for low, length, size in ((room.x_m, room.width_m, width), (room.y_m, room.depth_m, depth)):
        free = length - size - 2 * AISLE_M
        if free < 0:
            return np.zeros((0, 2))
        steps = int(free / _STEP_M)
        spans.append(low + AISLE_M + size / 2 + (free - steps * _STEP_M) / 2 + np.arange(steps + 1) * _STEP_M)
    x, y = (axis.ravel() for axis in np.meshgrid(*spans))
    is_free = np.ones(len(x), bool)
    for rect in taken:
        is_free &= ~((x - width / 2 < rect.east) & (x + width / 2 > rect.west)
                     & (y - depth / 2 < rect.north) & (y + depth / 2 > rect.south))
    return np.stack([x, y], axis=1)[is_free]


def _distance(points: NDArray[np.float64], one: tuple[float, float], other: tuple[float, float]) -> NDArray[np.float64]:
    """(n,) how far points (n, 2) are from a stretch of line."""
    start, along = np.asarray(one), np.subtract(other, one)
    share = ((points - start) @ along / (along @ along)).clip(0, 1)
    return np.hypot(*(points - start - share[:, None] * along).T)


def _farthest(room: Room, points: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n,) how far away one can stand from points (n, 2) and still be in the room."""
    wide = np.maximum(points[:, 0] - room.x_m, room.x_m + room.width_m - points[:, 0]) - BODY_M
    deep = np.maximum(points[:, 1] - room.y_m, room.y_m + room.depth_m - points[:, 1]) - BODY_M
    return np.hypot(wide, deep)


def _on_the_axis(room: Room, entrance: Door, points: NDArray[np.float64]) -> tuple[float, float]:
    """The point that is nearest to the entrance's axis, in the middle of the room."""
    at = np.asarray(point_on_wall(room, entrance.wall, entrance.along_m))
    ahead = np.asarray(inward(entrance.wall))
    deep = (points - at) @ ahead
    aside = np.abs((points - at) @ ahead[::-1])
    length = room.depth_m if ahead[1] else room.width_m
    x, y = points[np.lexsort((np.abs(deep - length * 0.55), aside))[0]].tolist()
    return x, y


def _farthest_from(points: NDArray[np.float64], room: Room, others: Sequence[tuple[float, float]]
                   ) -> tuple[float, float]:
    """The point that is farthest from the others; without any the one in the middle of the room."""
    middle = np.array([room.x_m + room.width_m / 2, room.y_m + room.depth_m / 2])
    if others:
        apart = np.min([np.hypot(*(points - other).T) for other in others], axis=0)
        at = int(np.lexsort((np.hypot(*(points - middle).T), -apart.round(3)))[0])
    else:
        at = int(np.hypot(*(points - middle).T).argmin())
    x, y = points[at].tolist()
    return x, y
