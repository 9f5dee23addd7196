"""The horizon of a panorama: whether there is one, how far it is from level, and the panorama turned upright."""

from __future__ import annotations

from dataclasses import dataclass
from math import pi

import numpy as np
from numpy.typing import NDArray

from .sphere import directions, enlarged, sample_sphere, sphere_pixels

__all__ = ["Horizon", "find_horizon", "upright"]

_LUMINANCE = np.array([0.2126, 0.7152, 0.0722])
_ROWS = 256  # that it is looked for in
_NEAR = 30 * pi / 180  # of the middle row, where it is looked for
_ROUNDS = 10
_SURE_SHARE, _SURE = 0.6, 2 * pi / 180  # so many columns lie so near to one circle
_ROUND = 3 * pi / 180  # from the middle of the sphere: a hillside around the viewer makes a smaller circle
_STEP = 0.04  # of the full range: less is a gradient


@dataclass(frozen=True)
class Horizon:
    """
    Attributes:
        up: unit vector (3,), the direction that is up if the horizon is level.
        tilt_rad: from the zenith.
    """

    up: NDArray[np.float64]
    tilt_rad: float


def find_horizon(picture: NDArray[np.float32]) -> Horizon | None:
    """Of a panorama (H, 2H, 3) float32, sRGB: the great circle that the strongest step of each column lies on, by
    least squares without the columns that lie far from it; None where they lie on none, as indoors or among trees."""
    if len(picture) > _ROWS:
        picture = enlarged(picture, _ROWS)
    light = picture.astype(np.float64) @ _LUMINANCE
    height = len(light)
    reach = max(1, height // 64)
    sums = np.concatenate([np.zeros((1, 2 * height)), light.cumsum(axis=0)])
    near = round(height * _NEAR / pi)
    rows = np.arange(max(reach, height // 2 - near), min(height - reach, height // 2 + near) + 1)
    steps = np.abs(sums[rows + reach] - 2 * sums[rows] + sums[rows - reach])
    if np.median(steps.max(axis=0)) < _STEP * reach:
        return None
    latitude = pi * (0.5 - rows[steps.argmax(axis=0)] / height)
    azimuth = pi * (1 - 2 * (np.arange(2 * height) + 0.5) / (2 * height))
    waves = np.stack([np.ones_like(azimuth), np.cos(azimuth), np.sin(azimuth)], axis=1)
    kept = np.abs(latitude - np.median(latitude)) < _NEAR / 2
    for _ in range(_ROUNDS):
        found = np.linalg.lstsq(waves[kept], latitude[kept], rcond=None)[0]
        apart = np.abs(waves @ found - latitude)
        kept = apart <= max(_SURE / 2, 2 * float(np.median(apart)))
    if abs(found[0]) > _ROUND or np.median(apart) > _SURE or (apart <= _SURE).mean() < _SURE_SHARE:
        return None
    slope = found[1:]
    up = np.array([-slope[0], -slope[1], 1.0])  # the horizon rises where up leans away from
    up /= np.linalg.norm(up)
    return Horizon(up, float(np.arccos(up[2])))


def upright(picture: NDArray[np.float32], horizon: Horizon) -> NDArray[np.float32]:
    """The panorama (H, 2H, C) turned about the shortest way, so that its horizon is level."""
    x, y, z = horizon.up
    axis = np.array([-y, x, 0.0])  # turns the zenith to `up`
    sine = float(np.hypot(x, y))
    if sine < 1e-9:
        return picture
    axis /= sine
    toward = directions(len(picture))
    across = np.cross(axis, toward)
    turned = z * toward + sine * across + (1 - z) * (toward @ axis)[..., None] * axis  # Rodrigues
    return sample_sphere(picture, *sphere_pixels(turned, len(picture)))
