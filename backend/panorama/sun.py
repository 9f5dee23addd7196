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

from ..colours import to_linear, to_srgb
from .measure import LUMINANCE
from .sphere import directions, solid_angles

__all__ = ["FoundSun", "clear_sun", "disc_angle", "find_sun", "set_sun", "sun_place", "with_glow",
           "without_excess", "without_sun"]

_SUN_ANGLE = 0.53 * pi / 180  # across, as seen from the Earth
_REACH = 5 * pi / 180  # around its middle: what a camera makes of it with its glare
_RING = 8 * pi / 180  # up to here lies the sky that it stands before
_STANDS_OUT = 8.0  # times as bright as that sky, or it is no sun
_SHARE_LEAST = 0.02  # of the light of the whole sphere
_BLUEST = 1.2  # blue over red
_SAMPLES = 4  # a side of each texel, of the disc's rim
_LOWEST, _NOON, _HIGHEST = 25 * pi / 180, 45 * pi / 180, 70 * pi / 180  # where a sun is sought that is not painted
_PLACE_SIGMA = 1.0  # degrees
# The sun's irradiance over that of the whole sky on level ground: of the clear skies that `training/data/skies` draws,
# 10.3 to 11.7 with the sun from 30° to 64° up, of those with cumulus clouds 1.3 to 7.4, 5.5 in the median. Table 1 of
# ASHRAE's clear-sky model has 7.4 to 17.5 over the year (its 1 / C).
_OVER_CLEAR_SKY, _OVER_CLOUDS = 10.5, 5.5
_ABOVE_AIR = np.array([0.92, 1.0, 1.08])  # the sun's colour
_AIR = np.array([0.095, 0.137, 0.228])  # optical depth of clean air and ozone at the zenith, at 630, 550 and 460 nm
_GLOW, _GLOW_ANGLE = 3.0, 1.6 * pi / 180  # in the picture: radiance at its middle, and where it has fallen to 1/e


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
    def is_blue(self) -> bool:
        """Bluer than any sun: the air takes blue out of its light."""
        return self.irradiance[2] > _BLUEST * self.irradiance[0]

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


def sun_place(radiance: NDArray[np.float32], *, at_noon: bool) -> tuple[float, float, float]:
    """Towards the place of the sky of a panorama (H, 2H, 3), linear Rec.709, that is brightest against what is as high:
    all of a clear sky is brighter near the horizon. Neither low nor overhead."""
    height = len(radiance)
    toward = directions(height)
    light = gaussian_filter(radiance.astype(np.float64) @ LUMINANCE, _PLACE_SIGMA * height / 180,
                            mode=("nearest", "wrap"))
    light -= np.median(light, axis=1, keepdims=True)
    low = _NOON if at_noon else _LOWEST
    light[(toward[..., 2] < np.sin(low)) | (toward[..., 2] > np.sin(_HIGHEST))] = -np.inf
    return tuple(toward.reshape(-1, 3)[int(np.argmax(light))].tolist())


def clear_sun(radiance: NDArray[np.float32], direction: tuple[float, float, float], *, among_clouds: bool) -> FoundSun:
    """The sun that a clear sky has, by how bright that sky is. Of twelve sunny skies that `training/data/skies` drew,
    shown as 8-bit pictures, within 22 % of the truth and 3 % in the median; what is restored of a clipped sun was 29
    times too weak in the median.

    Args:
        radiance: (H, 2H, 3) linear Rec.709, without its sun; more than white is taken for restored, and counts as
            white.
        among_clouds: a sky with clouds is brighter.
    """
    height = len(radiance)
    up = directions(height)[..., 2].clip(0)
    sky = float(((radiance.clip(0, 1) @ LUMINANCE) * up * solid_angles(height)).sum())
    elevation = max(float(np.degrees(np.arcsin(direction[2]))), 0.0)
    # Kasten and Young, "Revised optical air mass tables and approximation formula", Applied Optics 28, 1989.
    air_mass = 1 / (np.sin(np.radians(elevation)) + 0.50572 * (elevation + 6.07995) ** -1.6364)
    colour = _ABOVE_AIR * np.exp(-_AIR * air_mass)
    colour *= sky * (_OVER_CLOUDS if among_clouds else _OVER_CLEAR_SKY) / (colour @ LUMINANCE)
    return FoundSun(direction, tuple(colour.tolist()))


def without_excess(radiance: NDArray[np.float32], picture: NDArray[np.float32], sun: FoundSun | None
                   ) -> NDArray[np.float32]:
    """The panorama of an open place by day with nothing below the horizon brighter than white ground would be that the
    sky and a sun light, unless it is painted (`picture`, sRGB) so: what was restored there can be of nothing else."""
    height = len(radiance)
    toward = directions(height)
    gets = float(((radiance @ LUMINANCE) * toward[..., 2].clip(0) * solid_angles(height)).sum())
    gets += 0.0 if sun is None else sun.luminance * max(sun.direction[2], 0.0)
    most = np.maximum(to_linear(picture), np.float32(gets / pi))
    below = toward[..., 2] < 0
    result = radiance.copy()
    result[below] = np.minimum(radiance, most)[below]
    return result


def with_glow(radiance: NDArray[np.float32], picture: NDArray[np.float32], sun: FoundSun
              ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """A panorama's radiance and its picture (both (H, 2H, 3), linear and sRGB) with the glow about a sun, which has
    next to none of its light but is what is seen of it in the picture."""
    cosine = (directions(len(radiance)) @ np.asarray(sun.direction)).clip(-1, 1)
    colour = np.asarray(sun.irradiance) / max(max(sun.irradiance), 1e-9)
    glow = _GLOW * np.exp(-np.arccos(cosine) / _GLOW_ANGLE)[..., None] * colour
    seen = to_srgb((to_linear(picture.astype(np.float64)) + glow).clip(0, 1))
    return (radiance + glow).astype(np.float32), seen.astype(np.float32)


def _rings(toward: NDArray[np.float64], direction: NDArray[np.float64]
           ) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """(H, 2H) within the sun's reach; and around it, but above the horizon."""
    cosine = toward @ direction
    near = cosine > cos(_REACH)
    return near, (cosine > cos(_RING)) & ~near & (toward[..., 2] > 0)
