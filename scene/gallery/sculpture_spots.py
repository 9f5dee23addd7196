"""The two spots of a sculpture, and of a picture that hangs on no wall."""

from __future__ import annotations

import itertools
import math

import numpy as np
from numpy.typing import NDArray

from ...protocol.exhibition_plan import (
    Detached,
    ExhibitionPlan,
    PlannedWork,
    Room,
    centre_of,
    point_on_wall,
    wall_length,
)
from .lamps_aimed import CONES, HEADS_APART_M, PIVOT_M, Aimed, LitRoom, LitWork
from .lighting import Spot, spot_irradiance
from .surfaces import LUMENS_PER_WATT

__all__ = ["light_sculpture"]

_SCULPTURE_CONE, _SCULPTURE_ANGLE = math.radians(34), math.radians(40)  # at least; from the vertical
_MOST_OF_LUX = 1.5  # at the brightest place of a sculpture's box, of what its middle gets
_MIDDLE, _BESIDE_M = 364, 0.3  # of 729 places in a box; at least, of a lamp and the box


def light_sculpture(plan: ExhibitionPlan, work: PlannedWork, lux: float, lit: LitRoom, room: Room) -> None:
    """From two places on the tracks, apart and neither steep nor flat, past the heads of others: from straight above
    its top would glow and its sides be dark. What comes near a lamp is not lit more than `_MOST_OF_LUX` times."""
    middle = np.array(centre_of(plan, work))
    sides, axes = np.array([work.width_m, work.depth_m, work.height_m]) / 2, np.eye(3)
    if isinstance(work.place, Detached):
        x, y = work.place.ahead
        axes[:2, :2] = (-y, x), (x, y)
    half = sides @ np.abs(axes)  # of a box around it
    high = lit.track_m - PIVOT_M
    free = _free_places(room, lit, high)
    if isinstance(work.place, Detached):  # a picture, which is lit from before it
        before = (free - middle)[:, :2] @ work.place.ahead > 0.3
        free = free[before] if before.any() else free
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
    box = np.array([*np.array(list(itertools.product(np.linspace(-1, 1, 9), repeat=3))) * sides @ axes + middle,
                    *free[lamps, :].clip(middle - half, middle + half)])  # its nearest to each
    spots, light = [], []
    for place, share in zip(lamps, (0.65, 0.35), strict=True):
        distance = float(np.linalg.norm(away[place]))
        cone = min(max(2 * math.atan(1.6 * float(np.linalg.norm(sides)) / distance), _SCULPTURE_CONE), CONES[1])
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
        places = places[np.linalg.norm(places - other.spot.at, axis=1) >= HEADS_APART_M]
    return places
