"""How much light spots and skylights throw on walls, and how strong spots must be for it to be even. Numpy only."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Spot", "area_irradiance", "cone_irradiance", "deviation", "levelled", "solved", "spot_irradiance"]

_ROUNDS = 12


@dataclass(frozen=True)
class Spot:
    """A lamp that is aimed.

    Attributes:
        at, aim: (x, y, z) in metres.
        size_rad: full angle of its cone.
        blend: share of the cone in which its light fades.
    """

    at: tuple[float, float, float]
    aim: tuple[float, float, float]
    size_rad: float
    blend: float


def cone_irradiance(at: NDArray[np.float64], aim: NDArray[np.float64], size_rad: NDArray[np.float64],
                    blend: NDArray[np.float64] | float, points: NDArray[np.float64], normal: NDArray[np.float64]
                    ) -> NDArray[np.float64]:
    """(n, …, lamps) W/m² per W of each lamp at points (n, 3). As Cycles has it: a lamp of P W shines with
    P / 4π W/sr along its axis, and fades over its cone by a smoothstep of the cosine.

    Args:
        at: (lamps, 3) m.
        normal: (3,) or (n, 3), of the surface there.
        aim: (…, lamps, 3) m: they may be tried in many ways at once.
        size_rad, blend: as `Spot` has them; of a shape that goes with (…, lamps).
    """
    ray = points[:, None, :] - at
    far = np.linalg.norm(ray, axis=2)
    axis = aim - at
    axis /= np.linalg.norm(axis, axis=-1, keepdims=True)
    edge = np.cos(size_rad / 2)
    straight = np.einsum("nli,...li->n...l", ray / far[..., None], axis)
    inside = ((straight - edge) / np.maximum((1 - edge) * blend, 1e-3)).clip(0, 1)
    facing = (-(ray * np.broadcast_to(normal, points.shape)[:, None]).sum(axis=2) / far).clip(0)
    arriving = facing / (4 * math.pi * far * far)
    return inside * inside * (3 - 2 * inside) * arriving.reshape(len(points), *(1,) * (aim.ndim - 2), len(at))


def spot_irradiance(spots: Sequence[Spot], points: NDArray[np.float64], normal: NDArray[np.float64]
                    ) -> NDArray[np.float64]:
    """(n, spots) W/m² per W of each at points (n, 3)."""
    at, aim, size_rad, blend = (np.array([getattr(spot, name) for spot in spots])
                                for name in ("at", "aim", "size_rad", "blend"))
    return cone_irradiance(at, aim, size_rad, blend, points, normal)


def area_irradiance(corner: NDArray[np.float64], width: float, depth: float, points: NDArray[np.float64],
                    normal: NDArray[np.float64], samples: int = 12) -> NDArray[np.float64]:
    """(n,) W/m² per W of a rectangle that looks down, by a grid of samples on it.

    Args:
        corner: (3,) its south-western one.
    """
    steps = (np.arange(samples) + 0.5) / samples
    x, y = (each.ravel() for each in np.meshgrid(corner[0] + steps * width, corner[1] + steps * depth))
    ray = points[:, None, :] - np.stack([x, y, np.full_like(x, corner[2])], axis=1)
    far = np.linalg.norm(ray, axis=2)
    facing = (-(ray @ normal) / far).clip(0)
    leaving = (-ray[..., 2] / far).clip(0)
    return (facing * leaving / (far * far)).mean(axis=1) / math.pi


def solved(light: NDArray[np.float64], wanted: NDArray[np.float64]) -> NDArray[np.float64]:
    """(lamps,) powers of at least 0 by which `light @ powers` is as near to what is wanted as can be, by least squares.

    The active set method of Lawson and Hanson (1974): few powers are above 0 where few are enough.

    Args:
        light: (points, lamps) per W.
        wanted: (points,).
    """
    count = light.shape[1]
    gram, target = light.T @ light, light.T @ wanted
    gram += np.eye(count) * np.trace(gram) / max(count, 1) * 1e-5  # lamps that do the same share it
    powers, active = np.zeros(count), np.zeros(count, bool)
    for _ in range(3 * count):
        slope = np.where(active, -np.inf, target - gram @ powers)
        if count == 0 or slope.max() <= 1e-9 * np.abs(target).max():
            break
        active[slope.argmax()] = True
        while True:
            trial = np.zeros(count)
            trial[active] = np.linalg.solve(gram[np.ix_(active, active)], target[active])
            below = active & (trial <= 0)
            if not below.any():
                powers = trial
                break
            share = (powers[below] / (powers[below] - trial[below])).min()
            powers = powers + share * (trial - powers)
            active &= powers > 1e-12
            powers[~active] = 0
    return powers


def levelled(light: NDArray[np.float64], wanted: NDArray[np.float64]) -> NDArray[np.float64]:
    """As `solved`, with the points that are farthest off weighing more each time: what is farthest off comes nearer
    (Lawson's weights)."""
    weights = np.full(len(wanted), 1.0)
    best, least = np.zeros(light.shape[1]), math.inf
    for _ in range(_ROUNDS):
        powers = solved(light * weights[:, None], wanted * weights)
        off = np.abs(light @ powers - wanted)
        if off.max() < least:
            best, least = powers, float(off.max())
        weights *= np.sqrt(0.3 + off / max(off.max(), 1e-12))
        weights /= weights.mean()
    return best


def deviation(light: NDArray[np.float64]) -> float:
    """The farthest that any of it is from its mean, over the mean."""
    mean = float(light.mean())
    return float(np.abs(light - mean).max() / mean) if mean > 0 else math.inf
