"""Two bands of a picture: tone, which views blend widely, and detail, of which the best view has its own way.

Burt and Adelson, "A Multiresolution Spline with Application to Image Mosaics" (1983), with two bands. Views that
were painted apart disagree in every detail: a wide blend would show a mush of all of them, a narrow one of
everything a patchwork of tones.
"""

# ruff: noqa: ANN001, ANN202 -- the kernels at the end: numba takes the types from what is passed in.
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numba import njit
from numpy.typing import NDArray
from torch.nn import functional as F

from ..geometry.bake import ViewMap
from ..geometry.threads import side_by_side

__all__ = ["Blended", "blend_bands", "tone_of"]

_SMALLEST_WEIGHT = 1e-12
_COARSE = (8, 4, 2)  # a wide blur is made at such a part of the size, with at least so many pixels of sigma:
_WIDE_PX = 4.0
_RANGES = 8  # of texels, which threads share out


@dataclass(frozen=True, eq=False)
class Blended:
    """What several views saw of N texels.

    Attributes:
        colours: (N, C) float32, 0 where unseen.
        weights: (N,) float32, sum of the views' weights; 0 where unseen.
        squares: (N,) float32, sum of the weighted squared differences from the mean, over the channels' number.
        several: (N,) bool, at least two views saw it.
    """

    colours: NDArray[np.float32]
    weights: NDArray[np.float32]
    squares: NDArray[np.float32]
    several: NDArray[np.bool_]

    def coverage(self) -> float:
        """Share of the texels that any view saw."""
        return float((self.weights > 0).mean()) if len(self.weights) else 0.0

    def disagreement(self) -> float:
        """As `Blend.disagreement`."""
        variance = self.squares[self.several] / self.weights[self.several]
        return float(np.sqrt(variance.mean(dtype=np.float64))) if len(variance) else 0.0


def blend_bands(pictures: Sequence[torch.Tensor], tones: Sequence[torch.Tensor], maps: Sequence[ViewMap], count: int,
                power: int) -> Blended:
    """The tones of the views blended by their weights, and the rest of the pictures by (w / best w of the texel) **
    `power`: a large one leaves each texel to its best view.

    One pass over all views, for a range of texels at a time. As in `geometry.blend` and `geometry.transfer` only
    differences are added: where all views agree, their colour comes out as it is.

    Args:
        pictures, tones: of each view (H, W, C) float32 on the processor.
        maps: of each view; texels in rising order.
        count: N, the number of texels.
    """
    channels = pictures[0].shape[2]
    colours, details = np.zeros((count, channels), np.float32), np.zeros((count, channels), np.float32)
    tone = np.zeros((count, channels), np.float32)
    weights, sharp, squares = (np.zeros(count, np.float32) for _ in range(3))
    best, several = np.zeros(count, np.float32), np.zeros(count, np.bool_)
    flat = [(picture.reshape(-1, channels).contiguous().numpy(), blurred.reshape(-1, channels).contiguous().numpy())
            for picture, blurred in zip(pictures, tones, strict=True)]
    bounds = np.linspace(0, count, _RANGES + 1).astype(np.int64)

    def blend(place: int) -> None:
        parts = [slice(*np.searchsorted(view_map.texel, bounds[place:place + 2])) for view_map in maps]
        for view_map, part in zip(maps, parts, strict=True):
            _find_best(view_map.texel[part], view_map.weight[part], best)
        for view_map, part, (picture, blurred) in zip(maps, parts, flat, strict=True):
            _blend(view_map.texel[part], view_map.pixels[part], view_map.tap_weights[part], view_map.weight[part], best,
                   power, picture, blurred, colours, tone, details, weights, sharp, squares, several)

    side_by_side(blend, range(_RANGES))
    return Blended(tone + details, weights, squares, several)


def tone_of(picture: torch.Tensor, mask: torch.Tensor, sigma_px: float) -> torch.Tensor:
    """A picture (H, W, C) blurred within its mask (H, W) by a Gaussian; the background does not bleed in.

    Where the mask is empty for three sigma around, the tone is 0. A wide blur is made at a lower resolution: what that
    leaves out is smooth, and stays in the detail.
    """
    inside = mask.to(picture.dtype)[None, None]
    layers = torch.cat([picture.permute(2, 0, 1)[None] * inside, inside], dim=1)
    parts = (part for part in _COARSE if sigma_px >= _WIDE_PX * part and not any(side % part for side in mask.shape))
    part = next(parts, 1)
    tone = _normalised(_blur(F.avg_pool2d(layers, part), sigma_px / part))
    if part > 1:
        tone = F.interpolate(tone, scale_factor=part, mode="bilinear", align_corners=False)
    return tone[0].permute(1, 2, 0).contiguous()


def _normalised(blurred: torch.Tensor) -> torch.Tensor:
    """Layers (1, C + 1, H, W), of which the last is the blurred mask: (1, C, H, W)."""
    weight = blurred[:, -1:]
    return torch.where(weight > 0, blurred[:, :-1] / weight.clamp(min=torch.finfo(weight.dtype).tiny), 0)


def _blur(layers: torch.Tensor, sigma_px: float) -> torch.Tensor:
    """Gaussian blur of (1, C, H, W), zero beyond the border."""
    radius = max(1, round(3 * sigma_px))
    offset = torch.arange(-radius, radius + 1, dtype=layers.dtype)
    kernel = torch.exp(-offset.square() / (2 * sigma_px**2))
    kernel = (kernel / kernel.sum())[None, None]
    channels = layers.shape[1]
    wide = F.conv2d(layers.transpose(0, 1), kernel[:, :, None, :], padding=(0, radius))
    high = F.conv2d(wide, kernel[:, :, :, None], padding=(radius, 0))
    return high.reshape(1, channels, *layers.shape[2:])


@njit(cache=True, nogil=True, error_model="numpy")
def _find_best(texel, weight, best):
    for m in range(len(texel)):
        best[texel[m]] = max(best[texel[m]], weight[m])


@njit(cache=True, nogil=True, error_model="numpy")
def _blend(texel, pixels, taps, weight, best, power, picture, blurred, colours, tone, details, weights, sharp, squares,
           several):
    channels = picture.shape[1]
    for m in range(len(texel)):
        n = texel[m]
        ratio, sharpened = weight[m] / best[n], np.float32(1.0)
        for _ in range(power):
            sharpened *= ratio
        sharpened = max(sharpened, np.float32(_SMALLEST_WEIGHT))
        before = weights[n]
        weights[n] = before + weight[m]
        sharp[n] += sharpened
        share, sharp_share = weight[m] / weights[n], sharpened / sharp[n]
        main, square = pixels[m, 0], np.float32(0.0)
        for c in range(channels):
            tone_here = blurred[main, c]
            detail_here = picture[main, c] - tone_here
            seen_tone, seen_detail = tone_here, detail_here
            for tap in range(3):
                other = pixels[m, tap + 1]
                seen_tone += taps[m, tap] * (blurred[other, c] - tone_here)
                seen_detail += taps[m, tap] * (picture[other, c] - blurred[other, c] - detail_here)
            difference = seen_tone + seen_detail - colours[n, c]
            step = share * difference
            colours[n, c] += step
            square += step * difference
            tone[n, c] += share * (seen_tone - tone[n, c])
            details[n, c] += sharp_share * (seen_detail - details[n, c])
        squares[n] += before * square / channels
        if before > 0:
            several[n] = True
