"""How well the views see a surface, as a picture in its own UV layout."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt

from ..colours import to_srgb
from ..geometry.bake import ViewMap
from ..geometry.gutter import GUTTER_PX, fill_gutter
from ..geometry.uv_raster import Texels

__all__ = ["heat_colours", "heat_picture", "view_quality"]

_AROUND = 96  # grey, beyond the charts and their gutter
_STRIPES = (16, 240)  # black and white: no colour of the scale, for any eye
_STRIPES_ACROSS = 96  # of each kind, over the picture's side

# From dark violet over blue, green and yellow: lightness, chroma and hue of Oklab at even places.
_LIGHTNESS = (0.30, 0.94)
_CHROMA = 0.14
_HUE = (305.0, 100.0)  # degrees
_SAMPLES = 1024


def view_quality(maps: Sequence[ViewMap], count: int) -> NDArray[np.float32]:
    """(count,) of each texel: cosine of the angle at which the most frontal of the views that see it does; 0 where
    none does.
    """
    best = np.zeros(count, np.float32)
    for view_map in maps:
        best[view_map.texel] = np.maximum(best[view_map.texel], view_map.cosine)
    return best


def heat_picture(quality: NDArray[np.float32], texels: Texels) -> NDArray[np.uint8]:
    """(H, S, 3) sRGB: dark violet where a view sees a texel edgewise, bright yellow where it looks straight at it;
    black and white stripes where none sees it.
    """
    scale = heat_colours(256)
    colours = scale[np.rint(quality.clip(0, 1) * 255).astype(np.int64)]
    row, column = np.divmod(texels.index.astype(np.int64), texels.size_px)
    stripe = (row + column) * _STRIPES_ACROSS // texels.size_px % 2
    colours = np.where(quality[:, None] > 0, colours, np.take(np.array(_STRIPES, np.uint8), stripe)[:, None])
    tiles = zip(texels.split(texels.to_image(colours)), texels.split(texels.covered), strict=True)
    return np.concatenate([_framed(picture, covered) for picture, covered in tiles])


def _framed(picture: NDArray[np.uint8], covered: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """The charts with their gutter, and grey beyond it."""
    framed: NDArray[np.uint8] = fill_gutter(picture, covered)
    framed[distance_transform_edt(~covered) > GUTTER_PX] = _AROUND
    return framed


def heat_colours(count: int) -> NDArray[np.uint8]:
    """(count, 3) sRGB from poor to good, in steps that look alike: equal distances in Oklab (Ottosson, "A perceptual
    color space for image processing", 2020), of rising lightness, so that it reads in grey, too.
    """
    along = np.linspace(0, 1, _SAMPLES)
    hue = np.radians(_HUE[0] + along * (_HUE[1] - _HUE[0]))
    lightness = _LIGHTNESS[0] + along * (_LIGHTNESS[1] - _LIGHTNESS[0])
    chroma = np.full(_SAMPLES, _CHROMA)
    for _ in range(60):  # into what a screen can show
        lab = np.stack([lightness, chroma * np.cos(hue), chroma * np.sin(hue)], axis=1)
        linear = _linear_of(lab)
        chroma = np.where(((linear < 0) | (linear > 1)).any(axis=1), 0.96 * chroma, chroma)
    chroma = np.convolve(np.pad(chroma, 32, mode="edge"), np.full(65, 1 / 65), mode="valid")
    lab = np.stack([lightness, chroma * np.cos(hue), chroma * np.sin(hue)], axis=1)
    length = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(lab, axis=0), axis=1))])
    even = np.linspace(0, length[-1], count)
    linear = _linear_of(np.stack([np.interp(even, length, axis) for axis in lab.T], axis=1)).clip(0, 1)
    return np.rint(255 * to_srgb(linear)).astype(np.uint8)


def _linear_of(lab: NDArray[np.float64]) -> NDArray[np.float64]:
    """Linear sRGB (n, 3) of Oklab (n, 3)."""
    cones = lab @ np.array([[1, 1, 1], [0.3963377774, -0.1055613458, -0.0894841775],
                            [0.2158037573, -0.0638541728, -1.2914855480]])
    linear: NDArray[np.float64] = cones**3 @ np.array([[4.0767416621, -1.2684380046, -0.0041960863],
                                                       [-3.3077115913, 2.6097574011, -0.7034186147],
                                                       [0.2309699292, -0.3413193965, 1.7076147010]])
    return linear
