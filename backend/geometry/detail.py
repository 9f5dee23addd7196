"""Grain for the texels that no view saw: the detail of the seen texels beside them, mirrored at their border.

A smooth fill alone looks like fog between bricks. So the seen texture is divided into its tone, which the fill
continues smoothly, and its detail, which is mirrored into the hole; at the border the two add up to what was seen.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt, uniform_filter
from torch.nn import functional as F

from .uv_raster import Texels

__all__ = ["local_tone", "mirror_detail"]

# Tone is what remains of a texture averaged over a 32nd of its side.
_TONE_SHARE = 1 / 32


def local_tone(texels: Texels, colours: NDArray[np.float32], seen: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Mean colour (N, C) of the seen texels around each seen texel in the texture; 0 for the unseen.

    Args:
        colours: (N, C) float32; seen: (N,) bool.
    """
    size = texels.size_px
    layers = np.zeros((texels.height_px * size, colours.shape[1] + 1), np.float32)
    layers[texels.index[seen], :-1] = colours[seen]
    layers[texels.index[seen], -1] = 1
    # At a quarter of the resolution: it is smooth. Twice a box is nearly a Gaussian.
    coarse = 4 if size % 4 == 0 and size >= 512 else 1
    image = F.avg_pool2d(torch.from_numpy(layers).reshape(-1, size, size, layers.shape[1]).permute(0, 3, 1, 2), coarse)
    radius = max(1, round(size * _TONE_SHARE / coarse / 2))
    for _ in range(2):
        for kernel, padding in (((2 * radius + 1, 1), (radius, 0)), ((1, 2 * radius + 1), (0, radius))):
            image = F.avg_pool2d(image, kernel, stride=1, padding=padding)
    if coarse > 1:
        image = F.interpolate(image, scale_factor=coarse, mode="bilinear", align_corners=False)
    flat = image.permute(1, 0, 2, 3).flatten(1)[:, torch.from_numpy(texels.index[seen]).long()].T.numpy()
    tone = np.zeros_like(colours)
    tone[seen] = flat[:, :-1] / np.maximum(flat[:, -1:], 1e-12)
    return tone


def mirror_detail(texels: Texels, detail: NDArray[np.float32], seen: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Detail (U, C) of the unseen texels: that of the seen texel at the other side of the nearest border.

    Up to three tone widths; farther in, back and forth over the last two of them, because within the first one
    the tone, and with it the detail, leans to the seen side. Where the mirrored texel is not seen either, a nearer
    one is taken, or else 0.

    Args:
        detail: (N, C) float32, read where seen; seen: (N,) bool, not all False.
    """
    size = texels.size_px
    number: NDArray[np.int32] = np.full((texels.height_px, size), -1, np.int32)
    number.ravel()[texels.index[seen]] = np.flatnonzero(seen)
    places = np.divmod(texels.index[~seen], size)
    result = np.zeros((len(places[0]), detail.shape[1]), np.float32)
    for tile in range(len(texels.tiles)):
        own = np.flatnonzero(places[0] // size == tile)
        picture = number[tile * size:(tile + 1) * size]
        if not len(own) or (picture < 0).all():
            continue
        source = _mirrored(picture, places[0][own] - tile * size, places[1][own])
        found = source >= 0
        result[own[found]] = detail[source[found]]
    return result


def _mirrored(number: NDArray[np.int32], row: NDArray, column: NDArray) -> NDArray[np.int32]:
    """For unseen texels (U,) of one picture (S, S) of the numbers of seen ones, -1 elsewhere: which one to take."""
    size = len(number)
    distances, nearest = distance_transform_edt(number < 0, return_indices=True)
    distance = distances[row, column]
    towards = np.stack([nearest[0][row, column] - row, nearest[1][row, column] - column]) / distance
    # Borders are stairs of texels, which would mirror as saws: towards them is downhill on the blurred distance.
    hill = np.pad(uniform_filter(uniform_filter(distances.astype(np.float32), 7), 7), 1, mode="edge")
    downhill = np.stack([hill[row, column + 1] - hill[row + 2, column + 1],
                         hill[row + 1, column] - hill[row + 1, column + 2]])
    steepness = np.hypot(*downhill)
    towards = np.where(steepness > 1, downhill / np.maximum(steepness, 1), towards)

    width = max(2.0, size * _TONE_SHARE)
    beyond = distance - 1
    back = (beyond - 3 * width) % (4 * width)
    beyond = np.where(beyond > 3 * width, 3 * width - np.minimum(back, 4 * width - back), beyond)
    source: NDArray[np.int32] = np.full(len(row), -1, np.int32)
    for share in (1.0, 0.5, 0.25):
        open_ = np.flatnonzero(source < 0)
        reach = distance[open_] + share * beyond[open_]
        at = np.rint(np.stack([row[open_], column[open_]]) + towards[:, open_] * reach).astype(np.int64) % size
        source[open_] = number[at[0], at[1]]
    return source
