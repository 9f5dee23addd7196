"""Where the spots of a room hang, what each is aimed at, and how strong it is."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from ...protocol.exhibition_plan import (
    CENTRE_LINE_M,
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
    point_on_wall,
    wall_length,
)
from .lighting import Spot, area_irradiance, cone_irradiance, deviation, levelled, solved, spot_irradiance
from .looks import Look
from .rooms import ceiling_height, skylights
from .surfaces import LUMENS_PER_WATT

__all__ = ["HEAD_M", "RAIL_M", "EVEN", "Aimed", "LitRoom", "LitWork", "day_height", "light_room", "lux_on",
           "track_distance", "track_height"]

HEAD_M = (0.036, 0.15)  # radius and length of a spot's head
RAIL_M = (0.034, 0.03)  # width and height of the track
EVEN = 0.15  # how far the light on a work may be from its mean
_PIVOT_M = 0.19  # from the middle of the track down to the front of a head
_UNDER_CEILING_M, _LOWEST_M, _OVER_WORK_M = 0.12, 4.0, 0.45
_ANGLES = tuple(math.radians(angle) for angle in (30, 33, 36, 40, 45))  # from the vertical: the first that is even
_LAMP_EVERY_M, _HEADS_APART_M = 0.5, 0.16
_HEADS_LEAST_M, _STEPS = 0.13, 50  # between heads of rails that cross; of 2 cm, to look for a free place
_LEAST_ROWS, _ROW_M = 13, 0.25  # of places that are looked at: between fewer, light is half as strong again
_HIGH_M, _VERY_HIGH_M = 0.9, 5.5  # a row of spots more before a work for each; one is aimed under its lower edge
_LOWER, _WIDER, _APART = (-0.4, 0.0, 0.4, 0.8, 1.2, 1.7), (0.6, 0.85, 1.2, 1.7, 2.4), (0.75, 1.1, 1.4)
_CONES = math.radians(10), math.radians(120)
_ROWS = 2  # of spots before a work, one aimed higher than the other; and more before large ones
_MORE_ROWS = 2  # of spots before a work, one aimed higher than the other; and more before large ones
_LARGE_M2 = (0.8, 1.8, *6 * (40.0,))  # a wall of a picture takes ten
_SCULPTURE_CONE, _SCULPTURE_ANGLE = math.radians(34), math.radians(40)  # at least; from the vertical
_MOST_OF_LUX = 1.5  # at the brightest place of a sculpture's box, of what its middle gets
_MIDDLE, _BESIDE_M = 364, 0.3  # of 729 places in a box; at least, of a lamp and the box
_DAY_SHARE = 0.6  # of a skylight's light that comes to the floor at once


@dataclass(frozen=True)
class Aimed:
    """A spot of a work, and its power in W."""

    work: str
    number: int
    spot: Spot
    watts: float


@dataclass(frozen=True)
class LitWork:
    """
    Attributes:
        lux: the mean of the light that comes straight from spots and skylights.
        deviation: the farthest from it that any place is, over it; None for a sculpture.
        angle_deg: of the axis that its middle is lit by, from the vertical.
    """

    work: str
    lux: float
    deviation: float | None
    angle_deg: float


@dataclass
class LitRoom:
    """
    Attributes:
        track_m: height of its track.
        clear_m: how far from walls skylights keep, at least.
        rails: how far from its wall each is.
        day_w: power of each skylight, in their order.
    """

    track_m: float
    clear_m: float = 0.0
    rails: dict[Wall, float] = field(default_factory=dict)
    spots: list[Aimed] = field(default_factory=list)
    works: list[LitWork] = field(default_factory=list)
    day_w: list[float] = field(default_factory=list)


def track_height(room: Room, works: Sequence[PlannedWork]) -> float:
    """Under the ceiling, or hung from it."""
    top = max((work.place.centre_m + work.height_m / 2 if isinstance(work.place, Hung)
               else work.place.plinth_m + work.height_m for work in works), default=0.0)
    return min(room.height_m - _UNDER_CEILING_M, max(_LOWEST_M, top + _OVER_WORK_M))


def track_distance(room: Room, wall: Wall, track_m: float, angle: float) -> float:
    """How far from a wall spots hang that light the height of the eyes at that angle from the vertical."""
    return min((track_m - _PIVOT_M - CENTRE_LINE_M) * math.tan(angle), facing(room, wall) / 2 - 0.15)


def light_room(plan: ExhibitionPlan, room: Room, look: Look) -> LitRoom:
    """Spots for all of its works, so strong that each gets the architecture's lux, as even as can be. A film's screen
    shines by itself."""
    works = [work for work in plan.works if work.room == room.id]
    lit = LitRoom(track_height(room, works))
    hung = {wall: [work for work in works if isinstance(work.place, Hung) and work.place.wall is wall
                   and work.kind is not WorkKind.FILM] for wall in Wall}
    stands = [work for work in works if isinstance(work.place, Standing)]
    for wall in Wall:
        if wall not in room.glazed and (hung[wall] or stands):
            lit.rails[wall] = track_distance(room, wall, lit.track_m, _ANGLES[0])
    lit.clear_m = max(lit.rails.values(), default=0.0)
    holes = skylights(room, look, lit.clear_m)
    area = sum((east - west) * (north - south) for west, south, east, north in holes)
    day_w = look.daylight_lx / LUMENS_PER_WATT * room.width_m * room.depth_m / _DAY_SHARE
    lit.day_w = [day_w * (east - west) * (north - south) / area for west, south, east, north in holes]
    day = _Day(room, day_height(plan, room), holes, lit.day_w)
    for wall, here in hung.items():
        if here:
            _light_wall(room, wall, here, look.lux, lit, day)
    for work in stands:
        _light_sculpture(plan, work, look.lux, lit, room)
    return lit


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
        daylight: (n,) W/m² on them.
    """

    room: Room
    wall: Wall
    works: Sequence[PlannedWork]
    high: float
    wanted: float
    lit: LitRoom
    grids: Sequence[NDArray[np.float64]]
    daylight: Sequence[NDArray[np.float64]]

    @property
    def normal(self) -> NDArray[np.float64]:
        return np.array([*inward(self.wall), 0.0])


def _light_wall(room: Room, wall: Wall, works: Sequence[PlannedWork], lux: float, lit: LitRoom, day: _Day) -> None:
    """With as few spots as can be, at the steepest angle at which all are even; as even as can be where none is."""
    grids = [_grid(room, work, wall, 4 * _count(work) + 3,
                   max(_LEAST_ROWS, math.ceil(work.height_m / _ROW_M) + 1)) for work in works]
    front = _Front(room, wall, works, lit.track_m - _PIVOT_M, lux / LUMENS_PER_WATT, lit, grids,
                   [day.on(grid, np.array([*inward(wall), 0.0])) for grid in grids])
    best: tuple[float, float, list[Aimed], list[LitWork]] | None = None
    outs = [track_distance(room, wall, lit.track_m, angle) for angle in _ANGLES]
    rows: dict[float, list[_Rows]] = {}
    for more, out in itertools.product(range(_MORE_ROWS + 1), outs):
        if out not in rows:
            rows[out] = [_rows_of(front, number, out) for number in range(len(works))]
        spots, told = _try(front, out, rows[out], more)
        worst = max(each.deviation or 0.0 for each in told)
        if best is None or worst < best[0] - 1e-3:
            best = worst, out, spots, told
        if worst <= EVEN * 0.9:
            break
    assert best is not None
    _, lit.rails[wall], spots, told = best
    lit.spots += spots
    lit.works += told


def _try(front: _Front, out: float, rows: Sequence[_Rows], more: int) -> tuple[list[Aimed], list[LitWork]]:
    chosen = [(work, spot) for work, own in zip(front.works, rows, strict=True)
              for spot in _chosen(front, work, out, own, more)]
    chosen = _apart(front.room, front.wall, chosen, [other.spot.at for other in front.lit.spots])
    light = spot_irradiance([spot for _, spot in chosen], np.concatenate(front.grids), front.normal)
    background = np.concatenate(front.daylight)
    wanted = front.wanted - background
    powers = levelled(light, wanted)
    kept = powers > 0.05 * np.median(powers[powers > 0]) if (powers > 0).any() else powers > 0
    chosen = [each for each, is_kept in zip(chosen, kept, strict=True) if is_kept]
    powers = levelled(light[:, kept], wanted)
    total = light[:, kept] @ powers + background
    aimed = [Aimed(work.id, number, spot, float(f"{watts:.4g}"))
             for (work, spot), number, watts in zip(chosen, _numbers(chosen), powers, strict=True) if watts > 0]
    told = []
    ends = np.cumsum([len(grid) for grid in front.grids])[:-1]
    for work, part in zip(front.works, np.split(total, ends), strict=True):
        assert isinstance(work.place, Hung)
        told.append(LitWork(work.id, float(part.mean() * LUMENS_PER_WATT), deviation(part),
                            math.degrees(math.atan2(out, front.high - work.place.centre_m))))
    return aimed, told


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
    spread = max(work.width_m * (count - 1) / count, _HEADS_APART_M * (count - 1))
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
    cone = (2 * np.arctan(wider * reach / np.hypot(out, front.high - aim_z))).clip(*_CONES).round(4)
    shares = np.linspace(-0.5, 0.5, count) * work.width_m * (count - 1) / count
    middle, end = (np.array(point_on_wall(front.room, front.wall, work.place.along_m + step, work.depth_m))
                   for step in (0.0, 1.0))
    aim = np.empty((len(cone), count, 3))
    aim[..., :2] = middle + (apart[:, None] * shares)[..., None] * (end - middle)
    aim[..., 2] = aim_z[:, None]
    aim = aim.round(4)
    light = cone_irradiance(at, aim, cone[:, None], 1.0, front.grids[number], front.normal).sum(axis=2)
    return _Rows(aim, cone, solved(light, front.wanted - front.daylight[number]))


def _light_sculpture(plan: ExhibitionPlan, work: PlannedWork, lux: float, lit: LitRoom, room: Room) -> None:
    """From two places on the tracks, apart and neither steep nor flat, past the heads of others: from straight above
    its top would glow and its sides be dark. What comes near a lamp is not lit more than `_MOST_OF_LUX` times."""
    middle = np.array(centre_of(plan, work))
    half = np.array([work.width_m, work.depth_m, work.height_m]) / 2
    high = lit.track_m - _PIVOT_M
    free = _free_places(room, lit, high)
    beside = (np.abs(free - middle)[:, :2] > half[:2] + _BESIDE_M).any(axis=1)
    free = free[beside] if beside.any() else free
    if not len(free):
        return
    away = free - middle
    angle = np.arctan2(np.hypot(away[:, 0], away[:, 1]), away[:, 2])
    azimuth = np.arctan2(away[:, 1], away[:, 0])
    cost = np.abs(angle - _SCULPTURE_ANGLE)
    first = int(cost.argmin())
    second = int((cost + 0.35 * (1 + np.cos(azimuth - azimuth[first])) + (angle == angle[first])).argmin())
    lamps = first, second
    box = np.array([*np.array(list(itertools.product(np.linspace(-1, 1, 9), repeat=3))) * half + middle,
                    *free[lamps, :].clip(middle - half, middle + half)])  # its nearest to each
    spots, light = [], []
    for place, share in zip(lamps, (0.65, 0.35), strict=True):
        distance = float(np.linalg.norm(away[place]))
        cone = min(max(2 * math.atan(1.6 * float(np.linalg.norm(half)) / distance), _SCULPTURE_CONE), _CONES[1])
        spot = Spot(tuple(free[place].tolist()), tuple(middle.tolist()), cone, 0.8)
        toward = free[place] - box
        per_watt = spot_irradiance([spot], box, toward / np.linalg.norm(toward, axis=1, keepdims=True))[:, 0]
        light.append(lux * share * per_watt / per_watt[_MIDDLE])
        spots.append((spot, lux * share / LUMENS_PER_WATT / per_watt[_MIDDLE]))
    share = min(1.0, _MOST_OF_LUX * lux / float(np.sum(light, axis=0).max()))
    lit.spots += [Aimed(work.id, number, spot, float(f"{watts * share:.4g}"))
                  for number, (spot, watts) in enumerate(spots, 1)]
    lit.works.append(LitWork(work.id, lux * share, None, math.degrees(angle[first])))


def _free_places(room: Room, lit: LitRoom, high: float) -> NDArray[np.float64]:
    """(n, 3) m, along all rails, that are no other head's."""
    places = np.array([(*point_on_wall(room, wall, along, out), high) for wall, out in lit.rails.items()
                       for along in np.arange(0.2, wall_length(room, wall) - 0.2, 0.1)]).reshape(-1, 3)
    for other in lit.spots:
        places = places[np.linalg.norm(places - other.spot.at, axis=1) >= _HEADS_APART_M]
    return places
