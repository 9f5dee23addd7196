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
from .lighting import Spot, area_irradiance, deviation, levelled, solved, spot_irradiance
from .looks import Look
from .rooms import ceiling_height, skylights
from .surfaces import LUMENS_PER_WATT

__all__ = ["HEAD_M", "RAIL_M", "EVEN", "Aimed", "LitRoom", "LitWork", "day_height", "light_room",
           "track_distance", "track_height"]

HEAD_M = (0.036, 0.15)  # radius and length of a spot's head
RAIL_M = (0.034, 0.03)  # width and height of the track
EVEN = 0.15  # how far the light on a work may be from its mean
_PIVOT_M = 0.19  # from the middle of the track down to the front of a head
_UNDER_CEILING_M, _LOWEST_M, _OVER_WORK_M = 0.12, 4.0, 0.45
_ANGLES = tuple(math.radians(angle) for angle in (30, 33, 36, 40, 45))  # from the vertical: the first that is even
_LAMP_EVERY_M, _HEADS_APART_M = 0.5, 0.16
_HEADS_LEAST_M, _STEPS = 0.13, 50  # between heads of rails that cross; of 2 cm, to look for a free place
_GRID = 7
_ROWS = 2  # of spots before a work, one aimed higher than the other; and more before large ones
_MORE_ROWS = 2  # of spots before a work, one aimed higher than the other; and more before large ones
_LARGE_M2 = (0.8, 1.8, *6 * (40.0,))  # a wall of a picture takes ten
_SCULPTURE_CONE = math.radians(34)
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


def _light_wall(room: Room, wall: Wall, works: Sequence[PlannedWork], lux: float, lit: LitRoom, day: _Day) -> None:
    """With as few spots as can be, at the steepest angle at which all are even; as even as can be where none is."""
    best: tuple[float, float, list[Aimed], list[LitWork]] | None = None
    for more, angle in itertools.product(range(_MORE_ROWS + 1), _ANGLES):
        out = track_distance(room, wall, lit.track_m, angle)
        spots, told = _try(room, wall, works, lux, lit, out, day, more)
        worst = max(each.deviation or 0.0 for each in told)
        if best is None or worst < best[0] - 1e-3:
            best = worst, out, spots, told
        if worst <= EVEN * 0.9:
            break
    assert best is not None
    _, lit.rails[wall], spots, told = best
    lit.spots += spots
    lit.works += told


def _try(room: Room, wall: Wall, works: Sequence[PlannedWork], lux: float, lit: LitRoom, out: float, day: _Day,
         more: int) -> tuple[list[Aimed], list[LitWork]]:
    wanted, high = lux / LUMENS_PER_WATT, lit.track_m - _PIVOT_M
    normal = np.array([*inward(wall), 0.0])
    grids = [_grid(room, work, wall) for work in works]
    daylight = [day.on(grid, normal) for grid in grids]
    chosen = [(work, spot) for work, grid, there in zip(works, grids, daylight, strict=True)
              for spot in _chosen(room, wall, work, high, out, grid, wanted - there, more)]
    chosen = _apart(room, wall, chosen, [other.spot.at for other in lit.spots])
    points = np.concatenate(grids)
    light = np.stack([spot_irradiance(spot, points, normal) for _, spot in chosen], axis=1)
    background = np.concatenate(daylight)
    powers = levelled(light, wanted - background)
    total = light @ powers + background
    aimed = [Aimed(work.id, number, spot, float(f"{watts:.4g}"))
             for (work, spot), number, watts in zip(chosen, _numbers(chosen), powers, strict=True)
             if watts > 0.02 * powers.max()]
    told = []
    for work, part in zip(works, np.split(total, len(works)), strict=True):
        assert isinstance(work.place, Hung)
        told.append(LitWork(work.id, float(part.mean() * LUMENS_PER_WATT), deviation(part),
                            math.degrees(math.atan2(out, high - work.place.centre_m))))
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


def _grid(room: Room, work: PlannedWork, wall: Wall) -> NDArray[np.float64]:
    """(n, 3) points all over the front of a work, its edges with it."""
    assert isinstance(work.place, Hung)
    along = work.place.along_m + np.linspace(-0.5, 0.5, _GRID) * work.width_m
    heights = work.place.centre_m + np.linspace(-0.5, 0.5, _GRID) * work.height_m
    return np.array([(*point_on_wall(room, wall, x, work.depth_m), z) for x in along for z in heights])


def _chosen(room: Room, wall: Wall, work: PlannedWork, high: float, out: float, grid: NDArray[np.float64],
            wanted: NDArray[np.float64], more: int) -> list[Spot]:
    """Of all rows of spots that could light a work those few, and so many more, that do it most evenly together."""
    rows = [_row(room, wall, work, high, out, lower, wider, apart) for lower, wider, apart in
            itertools.product((-0.4, 0.0, 0.4, 0.8, 1.2, 1.7), (0.6, 0.85, 1.2, 1.7, 2.4), (0.75, 1.1, 1.4))]
    normal = np.array([*inward(wall), 0.0])
    light = np.stack([sum(spot_irradiance(spot, grid, normal) for spot in row) for row in rows], axis=1)
    powers = solved(light, wanted)
    most = _ROWS + more + sum(work.width_m * work.height_m > large for large in _LARGE_M2)
    strongest = sorted(np.argsort(-powers)[:most].tolist())
    count = len(rows[0])
    # those of several rows hang side by side, in the order of the wall
    hung = _along(room, wall, work, count * len(strongest))
    spots = []
    for number, row in enumerate(strongest):
        for column, spot in enumerate(rows[row]):
            x, y = point_on_wall(room, wall, hung[column * len(strongest) + number], out)
            spots.append(replace(spot, at=(round(x, 4), round(y, 4), round(high, 4))))
    return spots


def _along(room: Room, wall: Wall, work: PlannedWork, count: int) -> list[float]:
    """Metres along a wall of so many spots of a work."""
    assert isinstance(work.place, Hung)
    spread = max(work.width_m * (count - 1) / count, _HEADS_APART_M * (count - 1))
    middle = min(max(work.place.along_m, spread / 2 + 0.15), wall_length(room, wall) - spread / 2 - 0.15)
    return [middle + share * spread for share in np.linspace(-0.5, 0.5, count).tolist()]


def _row(room: Room, wall: Wall, work: PlannedWork, high: float, out: float, lower: float, wider: float, apart: float
         ) -> list[Spot]:
    """Spots before a work.

    Args:
        lower: how far under the middle they are aimed, in half heights of the work.
        wider: cone, over what takes their share of the work in.
        apart: how far they are aimed apart, over the width of their shares.
    """
    assert isinstance(work.place, Hung)
    count = max(2, math.ceil(work.width_m / _LAMP_EVERY_M))
    spots = []
    for along, share in zip(_along(room, wall, work, count), np.linspace(-0.5, 0.5, count).tolist(), strict=True):
        x, y = point_on_wall(room, wall, along, out)
        aim_z = work.place.centre_m - lower * work.height_m / 2
        far = math.hypot(out, high - aim_z)
        reach = math.hypot(work.width_m / count, work.height_m) / 2 * (1 + lower / 2)
        cone = min(max(2 * math.atan(wider * reach / far), math.radians(10)), math.radians(120))
        aim = point_on_wall(room, wall, work.place.along_m + share * work.width_m * apart * (count - 1) / count,
                            work.depth_m)
        spots.append(Spot((x, y, high), (round(aim[0], 4), round(aim[1], 4), round(aim_z, 4)), round(cone, 4), 1.0))
    return spots


def _light_sculpture(plan: ExhibitionPlan, work: PlannedWork, lux: float, lit: LitRoom, room: Room) -> None:
    """From the tracks of the two walls that are nearest, past each other's heads."""
    middle = np.array(centre_of(plan, work))
    high = lit.track_m - _PIVOT_M
    places = []
    for wall, out in lit.rails.items():
        start, end = (np.array(point_on_wall(room, wall, along, out)) for along in (0.0, wall_length(room, wall)))
        along = float((middle[:2] - start) @ (end - start) / np.linalg.norm(end - start))
        for shift in sorted(np.arange(-20, 21) * 0.1, key=abs):
            if not 0.2 <= along + shift <= wall_length(room, wall) - 0.2:
                continue
            at = np.array(point_on_wall(room, wall, along + shift, out))
            if all(np.hypot(*(at - other.spot.at[:2])) >= _HEADS_APART_M for other in lit.spots):
                places.append((float(np.hypot(*(at - middle[:2]))), at))
                break
    places.sort(key=lambda place: place[0])
    for number, (far, at) in enumerate(places[:2], 1):
        reach = math.hypot(work.width_m, work.height_m, work.depth_m) / 2
        distance = math.hypot(far, high - middle[2])
        cone = max(2 * math.atan(1.6 * reach / distance), _SCULPTURE_CONE)
        spot = Spot((float(at[0]), float(at[1]), high), tuple(middle.tolist()), cone, 0.8)
        toward = np.subtract(spot.at, middle) / distance
        per_watt = spot_irradiance(spot, middle[None] + 1e-6, toward)[0]
        share = (0.65, 0.35)[number - 1]
        lit.spots.append(Aimed(work.id, number, spot, float(f"{lux * share / LUMENS_PER_WATT / per_watt:.4g}")))
    if places:
        lit.works.append(LitWork(work.id, lux, None, math.degrees(math.atan2(places[0][0], high - middle[2]))))
