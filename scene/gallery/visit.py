"""Where visitors stand, what they look at, and how they get from one work to the next. Numpy only."""

from __future__ import annotations

import heapq
import itertools
import math
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...protocol.exhibition_plan import (
    VIEWING_DIAGONALS,
    Detached,
    Door,
    ExhibitionPlan,
    Hung,
    PlannedWork,
    Room,
    Standing,
    centre_of,
    inward,
    point_on_wall,
)

__all__ = ["BODY_M", "EYES_M", "Point", "Rect", "WalkGrid", "from_start", "front_of", "is_clear", "start_of", "stop_at",
           "unreached", "walk_grid", "way"]

BODY_M = 0.4  # from a visitor's middle to a wall
EYES_M = 1.6
_NEAREST_M = 1.0
_FARTHER_M = 1.0  # than twice as far from a work as one stands to see it: nobody comes to it
_CELL_M = 0.1
_MOST_CELLS = 4_000_000  # of the whole house; cells grow beyond that
_ROOM_CELL_M = 0.2
_CURVE_M = 0.3  # that a way keeps away from what stands, besides, where it can
_SLACK_M = 0.02
Point = tuple[float, float]
Rect = tuple[float, float, float, float]  # west, south, east, north


@dataclass(frozen=True, eq=False)
class WalkGrid:
    """Where a visitor's middle can be, in all of the house and a step before its way in.

    Attributes:
        west, south: of the first cell's corner.
        free: (H, W) bool, rows to the north.
    """

    cell_m: float
    west: float
    south: float
    free: NDArray[np.bool_]


def front_of(plan: ExhibitionPlan, work: PlannedWork) -> Point:
    """The direction that a work looks in; a sculpture along an axis, towards its room's entrance."""
    room = plan.room(work.room)
    if isinstance(work.place, Detached):
        return work.place.ahead
    if isinstance(work.place, Hung):
        return inward(work.place.wall)
    entrance = plan.entrance(room)
    x, y = point_on_wall(room, entrance.wall, entrance.along_m) if entrance else (room.x_m, room.y_m)
    dx, dy = x - work.place.x_m, y - work.place.y_m
    return (math.copysign(1.0, dx), 0.0) if abs(dx) > abs(dy) else (0.0, math.copysign(1.0, dy))


def stop_at(plan: ExhibitionPlan, work: PlannedWork) -> Point:
    """Where a visitor stands to see a work, within its room and clear of all that stands there."""
    room = plan.room(work.room)
    obstacles = _obstacles(plan, room)
    x, y, _ = centre_of(plan, work)
    far = _from_where(work)
    dx, dy = front_of(plan, work)
    turns = (0.0,) if isinstance(work.place, Hung) else tuple(np.arange(8) * math.pi / 4)
    for share, angle in itertools.product((1.0, 0.9, 0.8, 0.7, 0.6), turns):
        ahead = dx * math.cos(angle) - dy * math.sin(angle), dx * math.sin(angle) + dy * math.cos(angle)
        point = x + ahead[0] * far * share, y + ahead[1] * far * share
        if _is_free(room, obstacles, point):
            return point
    return _nearest_free(room, obstacles, (x + dx * far, y + dy * far))


def _from_where(work: PlannedWork) -> float:
    """How far from its middle a visitor stands to see a work."""
    across = math.hypot(max(work.width_m, work.depth_m), work.height_m)
    return max(_NEAREST_M, VIEWING_DIAGONALS * across) + (
        0.0 if isinstance(work.place, Hung) else work.place.side_m / 2)


def start_of(plan: ExhibitionPlan) -> tuple[Point, Point]:
    """Where a visit begins, inside the way in, and the direction of the first look."""
    room = plan.rooms[0]
    obstacles = _obstacles(plan, room)
    door = plan.entrance(room)
    point, ahead = ((room.x_m + room.width_m / 2, room.y_m + room.depth_m / 2), (0.0, 1.0)) if door is None else \
        (point_on_wall(room, door.wall, door.along_m, 0.9), inward(door.wall))
    return point if _is_free(room, obstacles, point) else _nearest_free(room, obstacles, point), ahead


def unreached(plan: ExhibitionPlan) -> list[PlannedWork]:
    """Those that visitors do not come to, or not near: what stands in the house closes all ways."""
    grid = walk_grid(plan)
    there = from_start(plan, grid)

    def is_away(work: PlannedWork) -> bool:
        x, y, _ = centre_of(plan, work)
        stop = stop_at(plan, work)
        return not there[_around_cell(grid, stop)].any() or math.dist(stop, (x, y)) > 2 * _from_where(work) + _FARTHER_M

    return [work for work in plan.works if is_away(work)]


def from_start(plan: ExhibitionPlan, grid: WalkGrid) -> NDArray[np.bool_]:
    """(H, W) which of the grid's cells visitors come to; none, where the start is closed in."""
    rows, columns = _around_cell(grid, start_of(plan)[0])
    down, right = np.nonzero(grid.free[rows, columns])
    if not len(down):
        return np.zeros_like(grid.free)
    nearest = np.hypot(down - 1, right - 1).argmin()
    return _reached(grid.free, (rows.start + int(down[nearest]), columns.start + int(right[nearest])))


def _around_cell(grid: WalkGrid, point: Point) -> tuple[slice, slice]:
    """That of a place and those next to it, of which a page takes the nearest that is free."""
    row, column = int((point[1] - grid.south) / grid.cell_m), int((point[0] - grid.west) / grid.cell_m)
    return slice(max(row - 1, 0), row + 2), slice(max(column - 1, 0), column + 2)


def _reached(free: NDArray[np.bool_], start: tuple[int, int]) -> NDArray[np.bool_]:
    """(H, W) which cells are joined to a free one by sides of free ones."""
    rows, columns = free.shape
    width = columns + 2
    open_ = np.pad(free, 1).ravel()  # which ends ways at the edges
    found = np.zeros(len(open_), bool)
    ends = np.array([(start[0] + 1) * width + start[1] + 1])
    while len(ends):
        open_[ends], found[ends] = False, True
        ends = np.unique(np.concatenate([ends - width, ends - 1, ends + 1, ends + width]))
        ends = ends[open_[ends]]
    return found.reshape(rows + 2, width)[1:-1, 1:-1]


def way(plan: ExhibitionPlan, room: str, start: Point, to_room: str, end: Point) -> list[list[Point]]:
    """The points of a way from one place to another, around what stands; both ends with it. Those of each room, from
    door to door. Straight where no door leads there."""
    legs = []
    here = plan.room(room)
    for door in _doors_between(plan, room, to_room):
        legs.append(_in_room(plan, here, start, point_on_wall(here, door.wall, door.along_m, BODY_M + 0.1)))
        here, other = plan.room(door.to), plan.other_side(door)
        start = point_on_wall(here, other.wall, other.along_m, BODY_M + 0.1)
    return [*legs, _in_room(plan, here, start, end)]


def is_clear(plan: ExhibitionPlan, points: NDArray[np.float64]) -> bool:
    """Whether a visitor's middle can be at all of (n, 2) points."""
    def inside(rects: Iterable[Rect]) -> NDArray[np.bool_]:
        x, y = points[:, 0], points[:, 1]
        return np.any([(x >= west) & (x <= east) & (y >= south) & (y <= north)
                       for west, south, east, north in rects] or [np.zeros(len(points), bool)], axis=0)

    obstacles = (each for room in plan.rooms for each in _obstacles(plan, room))
    return bool((inside(_floors(plan, 0.01)) & ~inside(_grown(obstacles, BODY_M - _SLACK_M))).all())


def walk_grid(plan: ExhibitionPlan) -> WalkGrid:
    """Of all rooms and the openings between them."""
    low = np.array([min(room.x_m for room in plan.rooms), min(room.y_m for room in plan.rooms)]) - 2.0
    high = np.array([max(room.x_m + room.width_m for room in plan.rooms),
                     max(room.y_m + room.depth_m for room in plan.rooms)]) + 2.0
    cell = max(_CELL_M, math.sqrt(float(np.prod(high - low)) / _MOST_CELLS))
    columns, rows = np.ceil((high - low) / cell).astype(int)
    x, y = low[0] + (np.arange(columns) + 0.5) * cell, low[1] + (np.arange(rows) + 0.5) * cell
    free = np.zeros((rows, columns), bool)

    def mark(rect: Rect, value: bool) -> None:
        free[np.ix_((y > rect[1]) & (y < rect[3]), (x > rect[0]) & (x < rect[2]))] = value

    for rect in _floors(plan, cell):
        mark(rect, True)
    for room in plan.rooms:
        for rect in _grown(_obstacles(plan, room), BODY_M):
            mark(rect, False)
    return WalkGrid(cell, float(low[0]), float(low[1]), free)


def _floors(plan: ExhibitionPlan, overlap: float) -> Iterator[Rect]:
    """Where a visitor's middle can be if nothing stands there: of rooms, and of doors, which reach into these."""
    for room in plan.rooms:
        yield (room.x_m + BODY_M, room.y_m + BODY_M, room.x_m + room.width_m - BODY_M,
               room.y_m + room.depth_m - BODY_M)
        for door in plan.doors_of(room):
            half = door.width_m / 2 - BODY_M
            deep = plan.wall_m / 2 if door.to else plan.wall_m / 2 + BODY_M + 0.6
            ends = [point_on_wall(room, door.wall, door.along_m + side * half, out)
                    for side in (-1, 1) for out in (-deep - overlap, BODY_M + overlap)]
            yield (min(each[0] for each in ends), min(each[1] for each in ends), max(each[0] for each in ends),
                   max(each[1] for each in ends))


def _grown(rects: Iterable[Rect], by: float) -> list[Rect]:
    return [(west - by, south - by, east + by, north + by) for west, south, east, north in rects]


def _obstacles(plan: ExhibitionPlan, room: Room) -> list[Rect]:
    found = [(bench.x_m, bench.y_m, bench.width_m, bench.depth_m) for bench in plan.benches if bench.room == room.id]
    found += [(work.place.x_m, work.place.y_m, max(work.place.side_m, work.width_m),
               max(work.place.side_m, work.depth_m)) for work in plan.works
              if work.room == room.id and isinstance(work.place, Standing)]
    return [(x - width / 2, y - depth / 2, x + width / 2, y + depth / 2) for x, y, width, depth in found]


def _is_free(room: Room, obstacles: list[Rect], point: Point) -> bool:
    x, y = point
    return (room.x_m + BODY_M <= x <= room.x_m + room.width_m - BODY_M
            and room.y_m + BODY_M <= y <= room.y_m + room.depth_m - BODY_M
            and not any(west - BODY_M < x < east + BODY_M and south - BODY_M < y < north + BODY_M
                        for west, south, east, north in obstacles))


def _nearest_free(room: Room, obstacles: list[Rect], point: Point) -> Point:
    """On the room's grid; its middle, where nothing is free."""
    x, y, free = _room_grid(room, obstacles)
    rows, columns = np.nonzero(free)
    if not len(rows):
        return room.x_m + room.width_m / 2, room.y_m + room.depth_m / 2
    nearest = np.hypot(x[columns] - point[0], y[rows] - point[1]).argmin()
    return float(x[columns[nearest]]), float(y[rows[nearest]])


def _doors_between(plan: ExhibitionPlan, room: str, to_room: str) -> list[Door]:
    """The fewest doors, each as one of the room that is left by it."""
    before: dict[str, Door | None] = {room: None}
    queue = deque([room])
    while queue and to_room not in before:
        here = queue.popleft()
        for leaving in plan.doors_of(plan.room(here)):
            if leaving.to and leaving.to not in before:
                before[leaving.to] = leaving
                queue.append(leaving.to)
    doors = []
    here = to_room
    while (door := before.get(here)) is not None:
        doors.append(door)
        here = door.room
    return doors[::-1]


def _room_grid(room: Room, obstacles: list[Rect]) -> tuple[NDArray[np.float64], NDArray[np.float64],
                                                           NDArray[np.bool_]]:
    x, y = (low + BODY_M + np.linspace(0, max(length - 2 * BODY_M, 0),
                                       max(int((length - 2 * BODY_M) / _ROOM_CELL_M), 0) + 1)
            for low, length in ((room.x_m, room.width_m), (room.y_m, room.depth_m)))
    free = np.ones((len(y), len(x)), bool)
    for west, south, east, north in obstacles:
        free[np.ix_((y > south - BODY_M) & (y < north + BODY_M), (x > west - BODY_M) & (x < east + BODY_M))] = False
    return x, y, free


def _in_room(plan: ExhibitionPlan, room: Room, start: Point, end: Point) -> list[Point]:
    """Straight, else the shortest way on a grid, without its needless corners; with room for curves, if there is."""
    obstacles = _obstacles(plan, room)
    if _sees(obstacles, start, end):
        return [start, end]
    points = _around(room, _grown(obstacles, _CURVE_M), start, end)
    if all(_sees(obstacles, *two) for two in itertools.pairwise(points)):
        return points
    return _around(room, obstacles, start, end)


def _around(room: Room, obstacles: list[Rect], start: Point, end: Point) -> list[Point]:
    x, y, free = _room_grid(room, obstacles)
    if not free.any():
        return [start, end]

    def nearest(point: Point) -> tuple[int, int]:
        off = np.hypot(x[None] - point[0], y[:, None] - point[1])
        row, column = np.unravel_index(np.where(free, off, np.inf).argmin(), free.shape)
        return int(row), int(column)

    cells = _shortest(free, nearest(start), nearest(end))
    points = [start, *((float(x[column]), float(y[row])) for row, column in cells), end]
    kept = [start]
    while kept[-1] != end:
        at = points.index(kept[-1])
        kept.append(next((point for point in points[:at:-1] if _sees(obstacles, kept[-1], point)), points[at + 1]))
    return kept


def _sees(obstacles: list[Rect], start: Point, end: Point) -> bool:
    steps = np.linspace(0, 1, max(int(math.dist(start, end) / 0.1), 1) + 1)[:, None]
    points = np.asarray(start) + steps * np.subtract(end, start)
    return not any(((points[:, 0] > west) & (points[:, 0] < east) & (points[:, 1] > south) & (points[:, 1] < north)
                    ).any() for west, south, east, north in _grown(obstacles, BODY_M - _SLACK_M))


def _shortest(free: NDArray[np.bool_], start: tuple[int, int], end: tuple[int, int]) -> list[tuple[int, int]]:
    """A* over eight neighbours; nothing where there is no way."""
    rows, columns = free.shape
    queue = [(0.0, 0.0, start)]
    before: dict[tuple[int, int], tuple[int, int] | None] = {start: None}
    costs = {start: 0.0}
    while queue:
        _, cost, here = heapq.heappop(queue)
        if here == end:
            path = [here]
            while (previous := before[path[-1]]) is not None:
                path.append(previous)
            return path[::-1]
        for down, right in itertools.product((-1, 0, 1), repeat=2):
            there = here[0] + down, here[1] + right
            if not (0 <= there[0] < rows and 0 <= there[1] < columns and free[there]):
                continue
            new = cost + math.hypot(down, right)
            if new < costs.get(there, math.inf):
                costs[there], before[there] = new, here
                heapq.heappush(queue, (new + math.dist(there, end), new, there))
    return []

