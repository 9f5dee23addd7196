"""The sun of a panorama: found, measured, taken out, and set as a disc of the size that it has.

Irradiance is what a surface that faces the sun gets from it, in the units of the map times steradian; as Blender's
World and Sun lamps count both in W/m², it is the strength of a Sun lamp that lights as the disc does.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, pi

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from .measure import LUMINANCE
from .sphere import directions, solid_angles

__all__ = ["FoundSun", "disc_angle", "find_sun", "set_sun", "without_sun"]

_SUN_ANGLE = 0.53 * pi / 180  # across, as seen from the Earth
_REACH = 5 * pi / 180  # around its middle: what a camera makes of it with its glare
_RING = 8 * pi / 180  # up to here lies the sky that it stands before
_STANDS_OUT = 8.0  # times as bright as that sky, or it is no sun
_SHARE_LEAST = 0.02  # of the light of the whole sphere
_SAMPLES = 4  # a side of each texel, of the disc's rim


@dataclass(frozen=True)
class FoundSun:
    """
    Attributes:
        direction: unit vector towards it, Blender's world, z up.
        irradiance: (r, g, b) linear Rec.709 of a surface that faces it.
    """

    direction: tuple[float, float, float]
    irradiance: tuple[float, float, float]

    @property
    def luminance(self) -> float:
        return float(np.asarray(self.irradiance) @ LUMINANCE)

    def scaled(self, factor: float) -> FoundSun:
        red, green, blue = self.irradiance
        return FoundSun(self.direction, (red * factor, green * factor, blue * factor))


def disc_angle(height: int) -> float:
    """Radians across of the sun that `set_sun` sets into a panorama of so many rows: the sun's own, or a texel and a
    half where those are wider."""
    return max(_SUN_ANGLE, 1.5 * pi / height)


def find_sun(radiance: NDArray[np.float32]) -> FoundSun | None:
    """The sun of a panorama (H, 2H, 3) float32, linear Rec.709; None where nothing above the horizon outshines what is
    around it and gives a fair part of all light, as by night, under clouds and in rooms."""
    height = len(radiance)
    light = radiance.astype(np.float64) @ LUMINANCE
    angles, toward = solid_angles(height), directions(height)
    spread = gaussian_filter(light * angles, max(1.0, height / 180), mode=("nearest", "wrap")) / angles
    spread[height // 2:] = 0
    direction = toward.reshape(-1, 3)[int(np.argmax(spread))]
    for _ in range(3):  # to the middle of what shines there
        near = toward @ direction > cos(_REACH)
        power = np.where(near, light * angles, 0)
        middle = np.tensordot(power, toward, axes=2)
        direction = middle / np.linalg.norm(middle)
    near, around = _rings(toward, direction)
    if not around.any():
        return None
    sky = np.median(radiance[around], axis=0)
    excess = np.clip(radiance[near] - sky, 0, None) * (angles * np.ones_like(light))[near][:, None]
    irradiance = excess.sum(axis=0)
    gives = float(irradiance @ LUMINANCE)
    stands_out = light[near].max() >= _STANDS_OUT * max(float(sky @ LUMINANCE), 1e-6)
    if not stands_out or gives < _SHARE_LEAST * (light * angles).sum():
        return None
    return FoundSun(tuple(direction.tolist()), tuple(irradiance.tolist()))


def without_sun(radiance: NDArray[np.float32], sun: FoundSun) -> NDArray[np.float32]:
    """The panorama with the sun and its glare no brighter than the sky around."""
    near, around = _rings(directions(len(radiance)), np.asarray(sun.direction))
    sky = np.median(radiance[around], axis=0).astype(np.float32)
    result = radiance.copy()
    result[near] = np.minimum(result[near], sky)
    return result


def set_sun(radiance: NDArray[np.float32], sun: FoundSun) -> NDArray[np.float32]:
    """The panorama with an even disc added at the sun's place, `disc_angle` across, which gives just its irradiance."""
    height = len(radiance)
    toward, angles = directions(height), solid_angles(height)
    radius = disc_angle(height) / 2
    rows, columns = np.nonzero(toward @ np.asarray(sun.direction) > cos(radius + pi / height))
    offsets = (np.arange(_SAMPLES) + 0.5) / _SAMPLES - 0.5
    cover = np.zeros(len(rows))
    for down in offsets:  # the share of each texel that lies within the rim
        for across in offsets:
            latitude = pi * (0.5 - (rows + 0.5 + down) / height)
            azimuth = pi * (1 - (columns + 0.5 + across) / height)
            flat = np.cos(latitude)
            ray = np.stack([flat * np.cos(azimuth), flat * np.sin(azimuth), np.sin(latitude)], -1)
            cover += (ray @ np.asarray(sun.direction) > cos(radius)) / _SAMPLES**2
    faced = (cover * angles[rows, 0] * (toward[rows, columns] @ np.asarray(sun.direction))).sum()
    result = radiance.copy()
    result[rows, columns] += (cover[:, None] * (np.asarray(sun.irradiance) / faced)).astype(np.float32)
    return result


def _rings(toward: NDArray[np.float64], direction: NDArray[np.float64]
           ) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """(H, 2H) within the sun's reach; and around it, but above the horizon."""
    cosine = toward @ direction
    near = cosine > cos(_REACH)
    return near, (cosine > cos(_RING)) & ~near & (toward[..., 2] > 0)
