"""What can be walked to: a grid of each room's floor, joined at the doors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import label
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from protocol.exhibition_plan import Door, ExhibitionPlan, Room, Standing, point_on_wall

from .standing import Rect

__all__ = ["Floor", "walk"]

_BODY_M = 0.45  # half of what a wheelchair needs (ISO 21542)
_CELL_M = 0.1
_MOST_CELLS = 2000  # on a side
_OUTDOORS, _BLOCKED = 0, -1

_Grid = tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]  # x, y, free: see `Floor`


@dataclass(frozen=True, eq=False)
class Floor:
    """Of a room, where a visitor's middle can come to.

    Attributes:
        x_m, y_m: (W,), (H,) of the cells' middles.
        reached: (H, W) bool, rows to the north.
    """

    x_m: NDArray[np.float64]
    y_m: NDArray[np.float64]
    reached: NDArray[np.bool_]

    def is_reached(self, x: float, y: float) -> bool:
        """Whether the cell of a point is."""
        if not len(self.x_m) or not len(self.y_m):
            return False
        row, column = int(np.abs(self.y_m - y).argmin()), int(np.abs(self.x_m - x).argmin())
        half = max(np.ptp(self.x_m) / max(len(self.x_m) - 1, 1), np.ptp(self.y_m) / max(len(self.y_m) - 1, 1)) / 2
        is_here = abs(self.x_m[column] - x) <= half + 1e-6 and abs(self.y_m[row] - y) <= half + 1e-6
        return bool(is_here and self.reached[row, column])

    def farthest_m(self, x: float, y: float) -> float:
        """How far from a point one can get; 0 where one gets nowhere."""
        rows, columns = np.nonzero(self.reached)
        return float(np.hypot(self.y_m[rows] - y, self.x_m[columns] - x).max(initial=0.0))


def walk(plan: ExhibitionPlan) -> dict[str, Floor]:
    """By the ID of each room what of it is reached from out of doors."""
    grids = {room.id: _free(room, _obstacles(plan, room)) for room in plan.rooms}
    labels = {}
    count = 1 + _OUTDOORS
    for room, (_, _, free) in grids.items():
        found, number = label(free)
        labels[room] = np.where(found > 0, found + (count - 1), 0)
        count += number
    joined = np.array([(_behind(plan, door, grids, labels),
                        _behind(plan, plan.other_side(door), grids, labels) if door.to else _OUTDOORS)
                       for door in plan.doors], int).reshape(-1, 2)
    joined = joined[(joined != _BLOCKED).all(axis=1)]
    _, parts = connected_components(coo_array((np.ones(len(joined)), joined.T), shape=(count, count)), directed=False)
    return {room: Floor(x, y, free & (parts[labels[room]] == parts[0])) for room, (x, y, free) in grids.items()}


def _free(room: Room, obstacles: Sequence[Rect]) -> _Grid:
    x, y = (low + _BODY_M + np.linspace(0, max(length - 2 * _BODY_M, 0),
                                        min(int(max(length - 2 * _BODY_M, 0) / _CELL_M) + 1, _MOST_CELLS))
            for low, length in ((room.x_m, room.width_m), (room.y_m, room.depth_m)))
    free = np.ones((len(y), len(x)), bool)
    for rect in obstacles:
        wide = rect.grown(_BODY_M)
        free[np.ix_((y > wide.south) & (y < wide.north), (x > wide.west) & (x < wide.east))] = False
    return x, y, free


def _obstacles(plan: ExhibitionPlan, room: Room) -> list[Rect]:
    return [*(Rect.around(bench.x_m, bench.y_m, bench.width_m, bench.depth_m) for bench in plan.benches
              if bench.room == room.id),
            *(Rect.around(work.place.x_m, work.place.y_m, max(work.place.side_m, work.width_m),
                          max(work.place.side_m, work.depth_m)) for work in plan.works
              if work.room == room.id and isinstance(work.place, Standing))]


def _behind(plan: ExhibitionPlan, door: Door, grids: dict[str, _Grid], labels: dict[str, NDArray[np.int64]]) -> int:
    """The label of the floor behind a door, as one of that room; `_BLOCKED` where something stands there."""
    at_x, at_y = point_on_wall(plan.room(door.room), door.wall, door.along_m, _BODY_M)
    x, y, free = grids[door.room]
    row, column = int(np.abs(y - at_y).argmin()), int(np.abs(x - at_x).argmin())
    return int(labels[door.room][row, column]) if free[row, column] else _BLOCKED
