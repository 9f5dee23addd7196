"""The maps of a material, whoever told them, and what can be told without having learnt anything."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import scipy.ndimage
from numpy.typing import NDArray

from ..colours import LUMA, to_linear, to_srgb
from .relief import height_from, normals_of

__all__ = ["Maps", "Reading", "agreeing", "guess", "occlusion_of"]

_GUESSED_ROUGHNESS = 0.65
_GUESSED_DEPTH_PX = 3.0  # from the darkest to the brightest of a picture 256 px wide
_GUESSED_LIGHT = 1 / 6  # share of a side beyond which a change of brightness is taken to be light


@dataclass(frozen=True, eq=False)
class Reading:
    """What a reader says of a picture, row 0 at the top, float32; parts that it has no opinion on are None.

    Attributes:
        base_colour: (H, W, 3), sRGB, 0 to 1.
        roughness, metallic, occlusion: (H, W), 0 to 1.
        normal: (H, W, 3) unit vectors, x right, y up.
        height: (H, W) in pixels.
    """

    base_colour: NDArray[np.float32]
    roughness: NDArray[np.float32]
    metallic: NDArray[np.float32]
    occlusion: NDArray[np.float32] | None = None
    normal: NDArray[np.float32] | None = None
    height: NDArray[np.float32] | None = None


@dataclass(frozen=True, eq=False)
class Maps:
    """A whole material, as `network.Material` has it, but the normals are exactly those of the height: float32, and
    float64 for these two."""

    base_colour: NDArray[np.float32]
    roughness: NDArray[np.float32]
    metallic: NDArray[np.float32]
    occlusion: NDArray[np.float32]
    normal: NDArray[np.float64]
    height: NDArray[np.float64]

    def rolled(self, down: int, right: int) -> Maps:
        """With another origin, where it wraps."""
        return Maps(*(np.roll(getattr(self, part.name), (down, right), (0, 1)) for part in fields(self)))


def agreeing(reading: Reading, *, wraps_x: bool, wraps_y: bool) -> Maps:
    """The reading with one relief: a height, and the normals of it."""
    if reading.normal is None:
        assert reading.height is not None, "a relief is normals, a height or both"
        height = reading.height.astype(np.float64)
        height = height - height.mean()
    else:
        height = height_from(reading.normal, reading.height, wraps_x=wraps_x, wraps_y=wraps_y)
    occlusion = reading.occlusion
    if occlusion is None:
        occlusion = occlusion_of(height, wraps_x=wraps_x, wraps_y=wraps_y)
    return Maps(reading.base_colour, reading.roughness, reading.metallic, occlusion,
                normals_of(height, wraps_x=wraps_x, wraps_y=wraps_y), height)


def guess(picture: NDArray[np.float32], *, wraps_x: bool, wraps_y: bool) -> Reading:
    """What can be said of a picture (H, W, 3), sRGB, without having learnt anything: its dark is deep, what changes
    over a sixth of it is light, nothing is metal and everything is about equally rough. For where no network is."""
    modes = ("wrap" if wraps_y else "reflect", "wrap" if wraps_x else "reflect")
    light = to_linear(picture.astype(np.float64))
    luminance = light @ LUMA
    sigma = min(picture.shape[:2]) * _GUESSED_LIGHT
    shade = scipy.ndimage.gaussian_filter(luminance, sigma, mode=modes, truncate=2.0)
    flat = light / np.maximum(shade, 1e-3)[..., None] * shade.mean()
    lightness = (flat.clip(0, 1) ** (1 / 2.4)) @ LUMA
    lightness = scipy.ndimage.gaussian_filter(lightness, max(1.0, min(picture.shape[:2]) / 256), mode=modes)
    depth = _GUESSED_DEPTH_PX * min(picture.shape[:2]) / 256
    spread = max(float(np.ptp(lightness)), 1e-3)
    return Reading(
        base_colour=to_srgb(flat.clip(0, 1)).astype(np.float32),
        roughness=np.full(picture.shape[:2], _GUESSED_ROUGHNESS, np.float32),
        metallic=np.zeros(picture.shape[:2], np.float32),
        height=(depth * (lightness - lightness.mean()) / spread).astype(np.float32))


def occlusion_of(height: NDArray[np.floating], *, wraps_x: bool, wraps_y: bool) -> NDArray[np.float32]:
    """(H, W) in 0 to 1: how much of the sky each place of a height (H, W) sees, by how far it lies below its
    surroundings of 4, 16 and 64 pixels. An estimate: a place at the foot of a wall of 45° sees about half."""
    modes = ("wrap" if wraps_y else "reflect", "wrap" if wraps_x else "reflect")
    open_sky = np.ones(height.shape)
    for reach in (4, 16, 64):
        if reach * 2 > min(height.shape):
            break
        around = scipy.ndimage.gaussian_filter(height.astype(np.float64), reach / 2, mode=modes, truncate=2.0)
        open_sky *= 1 / (1 + np.maximum(around - height, 0) / reach)
    return open_sky.astype(np.float32)
