"""Where the spots of a room hang, what each is aimed at, and how strong it is."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ...protocol.exhibition_plan import (
    CENTRE_LINE_M,
    Detached,
    ExhibitionPlan,
    Hung,
    PlannedWork,
    Room,
    Wall,
    WorkKind,
    centre_of,
    facing,
    inward,
    point_on_wall,
    wall_length,
)
from .lamps_aimed import CONES, HEADS_APART_M, PIVOT_M, Aimed, LitRoom, LitWork
from .lighting import Spot, area_irradiance, cone_irradiance, deviation, levelled, solved, spot_irradiance
from .looks import Look
from .rooms import ceiling_height, skylights
from .sculpture_spots import light_sculpture
from .surfaces import LUMENS_PER_WATT

__all__ = ["EVEN", "HEAD_M", "RAIL_M", "day_height", "light_room", "lux_on", "track_distance", "track_height"]

HEAD_M = (0.036, 0.15)  # radius and length of a spot's head
RAIL_M = (0.034, 0.03)  # width and height of the track
EVEN = 0.15  # how far the light on a work may be from its mean
_UNDER_CEILING_M, _LOWEST_M, _OVER_WORK_M = 0.12, 4.0, 0.45
_ROUNDS = 2  # over all walls: their spots light each other's works
_SURELY = 0.87  # of what is even: there is more between the places that are looked at
_TOLD = 25  # places in a row and in a column of a work, of which its evenness is told
_ANGLES = tuple(math.radians(angle) for angle in (30, 33, 36, 40, 45))  # from the vertical: the first that is even
_LAMP_EVERY_M = 0.5
_HEADS_LEAST_M, _STEPS = 0.13, 50  # between heads of rails that cross; of 2 cm, to look for a free place
_LEAST_ROWS, _ROW_M = 25, 0.125  # of places that are looked at: between fewer, light is half as strong again
_HIGH_M, _VERY_HIGH_M = 0.9, 5.5  # a row of spots more before a work for each; one is aimed under its lower edge
_LOWER, _WIDER, _APART = (-0.4, 0.0, 0.4, 0.8, 1.2, 1.7), (0.6, 0.85, 1.2, 1.7, 2.4), (0.75, 1.1, 1.4)
_ROWS = 2  # of spots before a work, one aimed higher than the other
_MORE_ROWS = 4  # that are tried besides; and more before large ones
_LARGE_M2 = (0.8, 1.8, *6 * (40.0,))  # a wall of a picture takes ten
_SLACK_M = 0.01  # of what hangs on a wall
_NEARLY_M, _NEARLY_COS = 0.25, math.cos(math.radians(20))  # off a wall, and turned from it
_DAY_SHARE = 0.6  # of a skylight's light that comes to the floor at once


def track_height(room: Room, works: Sequence[PlannedWork]) -> float:
    """Under the ceiling, or hung from it."""
    top = max((work.place.centre_m + work.height_m / 2 if isinstance(work.place, Hung)
               else work.place.plinth_m + work.height_m for work in works), default=0.0)
    return min(room.height_m - _UNDER_CEILING_M, max(_LOWEST_M, top + _OVER_WORK_M))


def track_distance(room: Room, wall: Wall, track_m: float, angle: float) -> float:
    """How far from a wall spots hang that light the height of the eyes at that angle from the vertical."""
    return min((track_m - PIVOT_M - CENTRE_LINE_M) * math.tan(angle), facing(room, wall) / 2 - 0.15)


def light_room(plan: ExhibitionPlan, room: Room, look: Look) -> LitRoom:
    """Spots for all of its works, so strong that each gets the architecture's lux, as even as can be. A film's screen
    shines by itself, and what an artist has put outside, or made larger than the room, has none."""
    works = [work for work in plan.works if work.room == room.id and _is_within(plan, room, work)]
    lit = LitRoom(track_height(room, works))
    hung = {wall: [work for work in works if _is_on(wall, work) and work.kind is not WorkKind.FILM] for wall in Wall}
    stands = [work for work in works if work.kind is not WorkKind.FILM and not any(_is_on(wall, work) for wall in Wall)]
    for wall in Wall:
        if wall not in room.glazed and (hung[wall] or stands):
            lit.rails[wall] = track_distance(room, wall, lit.track_m, _ANGLES[0])
    lit.clear_m = max(lit.rails.values(), default=0.0)
    holes = skylights(room, look, lit.clear_m)
    area = sum((east - west) * (north - south) for west, south, east, north in holes)
    day_w = look.daylight_lx / LUMENS_PER_WATT * room.width_m * room.depth_m / _DAY_SHARE
    lit.day_w = [day_w * (east - west) * (north - south) / area for west, south, east, north in holes]
    day = _Day(room, day_height(plan, room), holes, lit.day_w)
    flat = [work for here in hung.values() for work in here]
    angles: dict[str, float] = {}
    for _ in range(_ROUNDS):
        for wall, here in hung.items():
            if here:
                own = {work.id for work in here}
                lit.spots = [each for each in lit.spots if each.work not in own]
                angles |= _light_wall(room, wall, here, look.lux, lit, day)
        lit.works = _levelled(plan, room, look, lit, flat, angles)
        if all((each.deviation or 0.0) <= EVEN for each in lit.works):
            break
    for work in stands:
        light_sculpture(plan, work, look.lux, lit, room)
    if stands:
        sculptures = [each for each in lit.works if each.deviation is None]
        lit.works = sculptures + _levelled(plan, room, look, lit, flat, angles)
    return lit


def _is_within(plan: ExhibitionPlan, room: Room, work: PlannedWork) -> bool:
    x, y, z = centre_of(plan, work)
    across = max(room.width_m, room.depth_m)
    return (0 <= x - room.x_m + _SLACK_M <= room.width_m + 2 * _SLACK_M
            and 0 <= y - room.y_m + _SLACK_M <= room.depth_m + 2 * _SLACK_M and 0 <= z <= room.height_m
            and max(work.width_m, work.depth_m) <= across and work.height_m <= room.height_m)


def _is_on(wall: Wall, work: PlannedWork) -> bool:
    """Whether a work hangs there, or nearly there, as its spots have it."""
    if not isinstance(work.place, Hung) or work.place.wall is not wall:
        return False
    return not isinstance(work.place, Detached) or (
        abs(work.place.out_m) < _NEARLY_M and float(np.dot(work.place.ahead, inward(wall))) > _NEARLY_COS)


def _levelled(plan: ExhibitionPlan, room: Room, look: Look, lit: LitRoom, works: Sequence[PlannedWork],
              angles: Mapping[str, float]) -> list[LitWork]:
    """The powers anew of all spots of works that hang, together: each wall gets light of the spots of others, too."""
    _level(plan, room, look, lit, works)
    told = []
    for work in works:
        lux = lux_on(plan, room, look, lit, work, _TOLD)
        told.append(LitWork(work.id, float(lux.mean()), deviation(lux), angles[work.id]))
    return told


def _level(plan: ExhibitionPlan, room: Room, look: Look, lit: LitRoom, works: Sequence[PlannedWork]) -> None:
    free = np.isin([each.work for each in lit.spots], [work.id for work in works])
    if not free.any():
        return
    fronts = [(_places(room, work), np.array([*inward(work.place.wall), 0.0])) for work in works
              if isinstance(work.place, Hung)]
    day = _Day(room, day_height(plan, room), skylights(room, look, lit.clear_m), lit.day_w)
    light = np.concatenate([spot_irradiance([each.spot for each in lit.spots], *front) for front in fronts])
    watts = np.array([each.watts for each in lit.spots])
    wanted = look.lux / LUMENS_PER_WATT - np.concatenate([day.on(*front) for front in fronts])
    wanted -= light[:, ~free] @ watts[~free]
    powers = levelled(light[:, free], wanted)
    if np.abs(light[:, free] @ powers - wanted).max() >= np.abs(light[:, free] @ watts[free] - wanted).max():
        return
    watts[free] = powers
    lit.spots = [replace(each, watts=float(f"{power:.4g}")) for each, power in zip(lit.spots, watts, strict=True)
                 if power > 0]


def lux_on(plan: ExhibitionPlan, room: Room, look: Look, lit: LitRoom, work: PlannedWork, steps: int
           ) -> NDArray[np.float64]:
    """(steps²,) lx all over a work that hangs, from all spots and skylights of its room, as if nothing stood in their
    way; closer together than the places that `light_room` looks at."""
    assert isinstance(work.place, Hung)
    points = _grid(room, work, work.place.wall, steps, steps)
    normal = np.array([*inward(work.place.wall), 0.0])
    day = _Day(room, day_height(plan, room), skylights(room, look, lit.clear_m), lit.day_w)
    by_spots = spot_irradiance([each.spot for each in lit.spots], points, normal) @ [each.watts for each in lit.spots]
    return LUMENS_PER_WATT * (by_spots + day.on(points, normal))


def day_height(plan: ExhibitionPlan, room: Room) -> float:
    """Of the lamps of skylights: under their glazing bars."""
    return ceiling_height(room, plan.architecture) - 0.11


@dataclass(frozen=True)
class _Day:
    room: Room
    top: float
    holes: Sequence[tuple[float, float, float, float]]
    watts: Sequence[float]

    def on(self, points: NDArray[np.float64], normal: NDArray[np.float64]) -> NDArray[np.float64]:
        total = np.zeros(len(points))
        for (west, south, east, north), watts in zip(self.holes, self.watts, strict=True):
            corner = np.array([self.room.x_m + west, self.room.y_m + south, self.top])
            total += watts * area_irradiance(corner, east - west, north - south, points, normal)
        return total


@dataclass(frozen=True, eq=False)
class _Front:
    """A wall with its works, as spots light it.

    Attributes:
        high: of the spots' fronts, m.
        lit: what is lit of the room so far.
        grids: (n, 3) points of each work.
        background: (n,) W/m² on them, of daylight and of spots of other walls.
    """

    room: Room
    wall: Wall
    works: Sequence[PlannedWork]
    high: float
    wanted: float
    lit: LitRoom
    grids: Sequence[NDArray[np.float64]]
    background: Sequence[NDArray[np.float64]]

    @property
    def normal(self) -> NDArray[np.float64]:
        return np.array([*inward(self.wall), 0.0])


def _light_wall(room: Room, wall: Wall, works: Sequence[PlannedWork], lux: float, lit: LitRoom, day: _Day
                ) -> dict[str, float]:
    """With as few spots as can be, at the steepest angle at which all are even; as even as can be where none is. Those
    of other walls are as they are. The angle of each work: of a high one, whose middle is above the eyes, it is larger.
    """
    grids = [_places(room, work) for work in works]
    normal = np.array([*inward(wall), 0.0])
    watts = np.array([each.watts for each in lit.spots])
    front = _Front(room, wall, works, lit.track_m - PIVOT_M, lux / LUMENS_PER_WATT, lit, grids, [
        day.on(grid, normal) + (spot_irradiance([each.spot for each in lit.spots], grid, normal) @ watts
                                if len(watts) else 0.0) for grid in grids])
    best: tuple[float, float, list[Aimed]] | None = None
    outs = [track_distance(room, wall, lit.track_m, angle) for angle in _ANGLES]
    rows: dict[float, list[_Rows]] = {}
    for more, out in itertools.product(range(_MORE_ROWS + 1), outs):
        if out not in rows:
            rows[out] = [_rows_of(front, number, out) for number in range(len(works))]
        worst, spots = _try(front, out, rows[out], more)
        if best is None or worst < best[0] - 1e-3:
            best = worst, out, spots
        if worst <= EVEN * _SURELY:
            break
    assert best is not None
    _, lit.rails[wall], spots = best
    lit.spots += spots
    return {work.id: math.degrees(math.atan2(lit.rails[wall], front.high - work.place.centre_m)) for work in works
            if isinstance(work.place, Hung)}


def _try(front: _Front, out: float, rows: Sequence[_Rows], more: int) -> tuple[float, list[Aimed]]:
    """How uneven the worst work is, and the spots."""
    chosen = [(work, spot) for work, own in zip(front.works, rows, strict=True)
              for spot in _chosen(front, work, out, own, more)]
    chosen = _apart(front.room, front.wall, chosen, [other.spot.at for other in front.lit.spots])
    light = spot_irradiance([spot for _, spot in chosen], np.concatenate(front.grids), front.normal)
    background = np.concatenate(front.background)
    wanted = front.wanted - background
    powers = levelled(light, wanted)
    kept = powers > 0.05 * np.median(powers[powers > 0]) if (powers > 0).any() else powers > 0
    chosen = [each for each, is_kept in zip(chosen, kept, strict=True) if is_kept]
    powers = levelled(light[:, kept], wanted)
    total = light[:, kept] @ powers + background
    aimed = [Aimed(work.id, number, spot, float(f"{watts:.4g}"))
             for (work, spot), number, watts in zip(chosen, _numbers(chosen), powers, strict=True) if watts > 0]
    ends = np.cumsum([len(grid) for grid in front.grids])[:-1]
    return max(deviation(part) for part in np.split(total, ends)), aimed


def _apart(room: Room, wall: Wall, chosen: Sequence[tuple[PlannedWork, Spot]],
           others: Sequence[tuple[float, float, float]]) -> list[tuple[PlannedWork, Spot]]:
    """Moved along their rail, all in one direction, where they would hang in heads of another one or in those that were
    moved before them; in that order."""
    dx, dy = inward(wall)
    taken, moved = list(others), []
    for work, spot in sorted(chosen, key=lambda each: each[1].at[1] * dx - each[1].at[0] * dy):
        x, y, z = spot.at
        places = ((round(x - dy * step * 0.02, 4), round(y + dx * step * 0.02, 4), z) for step in range(_STEPS))
        inside = (place for place in places if room.x_m < place[0] < room.x_m + room.width_m
                  and room.y_m < place[1] < room.y_m + room.depth_m)
        at = next((place for place in inside if all(math.dist(place, other) >= _HEADS_LEAST_M for other in taken)),
                  spot.at)
        taken.append(at)
        moved.append((work, replace(spot, at=at)))
    return moved


def _numbers(chosen: Sequence[tuple[PlannedWork, Spot]]) -> list[int]:
    """Of the spots of each work, from 1."""
    seen: Counter[str] = Counter()
    numbers = []
    for work, _ in chosen:
        seen[work.id] += 1
        numbers.append(seen[work.id])
    return numbers


def _count(work: PlannedWork) -> int:
    """Of spots in a row before it."""
    return max(2, math.ceil(work.width_m / _LAMP_EVERY_M))


def _places(room: Room, work: PlannedWork) -> NDArray[np.float64]:
    """(n, 3) points of a work that hangs, as close together as its light needs."""
    assert isinstance(work.place, Hung)
    rows = max(_LEAST_ROWS, math.ceil(work.height_m / _ROW_M) + 1)
    return _grid(room, work, work.place.wall, 4 * _count(work) + 3, rows)


def _grid(room: Room, work: PlannedWork, wall: Wall, columns: int, rows: int) -> NDArray[np.float64]:
    """(n, 3) points all over the front of a work, its edges with it."""
    assert isinstance(work.place, Hung)
    along = work.place.along_m + np.linspace(-0.5, 0.5, columns) * work.width_m
    heights = work.place.centre_m + np.linspace(-0.5, 0.5, rows) * work.height_m
    return np.array([(*point_on_wall(room, wall, x, work.depth_m), z) for x in along for z in heights])


def _chosen(front: _Front, work: PlannedWork, out: float, rows: _Rows, more: int) -> list[Spot]:
    """Of all rows of spots that could light a work those few, and so many more, that do it most evenly together."""
    large = sum(work.width_m * work.height_m > area for area in _LARGE_M2)
    most = _ROWS + more + max(large, math.ceil(work.height_m / _HIGH_M) - 1)
    strongest = sorted(np.argsort(-rows.powers)[:most].tolist())
    count = rows.aim.shape[1]
    # those of several rows hang side by side, in the order of the wall
    hung = _along(front.room, front.wall, work, count * len(strongest))
    spots = []
    for number, row in enumerate(strongest):
        for column, aim in enumerate(rows.aim[row].tolist()):
            x, y = point_on_wall(front.room, front.wall, hung[column * len(strongest) + number], out)
            spots.append(Spot((round(x, 4), round(y, 4), round(front.high, 4)), tuple(aim), float(rows.cone[row]), 1.0))
    return spots


def _along(room: Room, wall: Wall, work: PlannedWork, count: int) -> list[float]:
    """Metres along a wall of so many spots of a work."""
    assert isinstance(work.place, Hung)
    spread = max(work.width_m * (count - 1) / count, HEADS_APART_M * (count - 1))
    middle = min(max(work.place.along_m, spread / 2 + 0.15), wall_length(room, wall) - spread / 2 - 0.15)
    return [middle + share * spread for share in np.linspace(-0.5, 0.5, count).tolist()]


@dataclass(frozen=True, eq=False)
class _Rows:
    """Rows of spots before a work, of which each could light it.

    Attributes:
        aim: (rows, spots of each, 3) m.
        cone: (rows,) rad.
        powers: (rows,) of those that light it most evenly together.
    """

    aim: NDArray[np.float64]
    cone: NDArray[np.float64]
    powers: NDArray[np.float64]


def _rows_of(front: _Front, number: int, out: float) -> _Rows:
    """Those of a work: aimed from higher to lower than its middle, with cones that take in more and less than their
    share of it, and closer together and further apart than their shares are."""
    work = front.works[number]
    assert isinstance(work.place, Hung)
    count = _count(work)
    along = _along(front.room, front.wall, work, count)
    at = np.array([(*point_on_wall(front.room, front.wall, each, out), front.high) for each in along])
    lower, wider, apart = (np.array(each) for each in zip(*itertools.product(
        _LOWER + (2.2,) * (work.height_m > _VERY_HIGH_M), _WIDER, _APART), strict=True))
    aim_z = work.place.centre_m - lower * work.height_m / 2
    reach = math.hypot(work.width_m / count, work.height_m) / 2 * (1 + lower / 2)
    cone = (2 * np.arctan(wider * reach / np.hypot(out, front.high - aim_z))).clip(*CONES).round(4)
    shares = np.linspace(-0.5, 0.5, count) * work.width_m * (count - 1) / count
    middle, end = (np.array(point_on_wall(front.room, front.wall, work.place.along_m + step, work.depth_m))
                   for step in (0.0, 1.0))
    aim = np.empty((len(cone), count, 3))
    aim[..., :2] = middle + (apart[:, None] * shares)[..., None] * (end - middle)
    aim[..., 2] = aim_z[:, None]
    aim = aim.round(4)
    light = cone_irradiance(at, aim, cone[:, None], 1.0, front.grids[number], front.normal).sum(axis=2)
    return _Rows(aim, cone, solved(light, front.wanted - front.background[number]))
