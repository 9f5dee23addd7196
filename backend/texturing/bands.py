"""Two bands of a picture: tone, which views blend widely, and detail, of which the best view has its own way.

Burt and Adelson, "A Multiresolution Spline with Application to Image Mosaics" (1983), with two bands. Views that
were painted apart disagree in every detail: a wide blend would show a mush of all of them, a narrow one of
everything a patchwork of tones.

More bands were tried on a texture that is known, with views warped by 2 pixels and off by 12 % in exposure. With
three (sigma of 1/80 and 1/20 of a view, powers 16, 4 and 1) detail where views meet is 5 % sharper and steps over 6
texels are 2 % smaller, but those over one texel are 3 % larger, and blending takes over twice as long; five octaves
take four to ten times as long and are no better.
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

from ..geometry.bake import ViewMap, filter_pixels
from ..geometry.threads import side_by_side

__all__ = ["Blended", "blend_bands", "tone_of"]

_SMALLEST_WEIGHT = 1e-12
_COARSE = (8, 4, 2)  # a wide blur is made at such a part of the size, with at least so many pixels of sigma:
_WIDE_PX = 4.0
_RANGES = 64  # of texels, which threads share out: what one needs stays in the processor's own memory


@dataclass(frozen=True, eq=False)
class Blended:
    """What several views saw of N texels.

    Attributes:
        colours: (N, C) float32, 0 where unseen.
        weights: (N,) float32, sum of the views' weights; 0 where unseen.
        coverage: as `Blend.coverage`.
    """

    colours: NDArray[np.float32]
    weights: NDArray[np.float32]
    coverage: float


def blend_bands(pictures: Sequence[torch.Tensor], tones: Sequence[torch.Tensor], maps: Sequence[ViewMap], count: int,
                power: int, gains: NDArray[np.float64] | None = None, biases: NDArray[np.float64] | None = None
                ) -> Blended:
    """The tones of the views blended by their weights, and the rest of the pictures by (w / best w of the texel) **
    `power`: a large one leaves each texel to its best view.

    One pass over all views, for a range of texels at a time. As in `geometry.blend` and `geometry.transfer` only
    differences are added: where all views agree, their colour comes out as it is.

    Args:
        pictures, tones: of each view (H, W, C) float32 on the processor. A tone changes so slowly that it is taken
            from the pixel that counts most, without a filter.
        maps: of each view; texels in rising order.
        count: N, the number of texels.
        gains, biases: (n, C) of the views, from `match_views`; default: pictures and tones stay as they are.
    """
    channels = pictures[0].shape[2]
    exposures = np.ones((len(pictures), 2, channels), np.float32)
    exposures[:, 0], exposures[:, 1] = 1 if gains is None else gains, 0 if biases is None else biases
    colours = np.zeros((count, channels), np.float32)
    weights = np.zeros(count, np.float32)
    flat = [(picture.reshape(-1, channels).contiguous().numpy(), blurred.reshape(-1, channels).contiguous().numpy())
            for picture, blurred in zip(pictures, tones, strict=True)]
    bounds = np.linspace(0, count, _RANGES + 1).astype(np.int32)
    cuts = [np.searchsorted(view_map.texel, bounds) for view_map in maps]

    def blend(place: int) -> int:
        first, length = bounds[place], bounds[place + 1] - bounds[place]
        here = slice(first, bounds[place + 1])
        parts = [view_map.part(slice(cut[place], cut[place + 1])) for view_map, cut in zip(maps, cuts, strict=True)]
        best, sharp, details = (np.zeros(shape, np.float32) for shape in (length, length, (length, channels)))
        for part in parts:
            _find_best(part.texel, first, part.weight, best)
        for part, (picture, blurred), exposure in zip(parts, flat, exposures, strict=True):
            _blend(part.texel, first, part.tap, part.tap_weights, part.weight, part.width_px, best, power, picture,
                   blurred, exposure, colours[here], details, weights[here], sharp)
        colours[here] += details
        return int(np.count_nonzero(best))

    return Blended(colours, weights, sum(side_by_side(blend, range(_RANGES))) / max(count, 1))


def tone_of(picture: torch.Tensor, mask: torch.Tensor, sigma_px: float) -> torch.Tensor:
    """A picture (H, W, C) blurred within its mask (H, W) by a Gaussian; the background does not bleed in.

    Where the mask is empty for three sigma around, the tone is 0. A wide blur is made at a lower resolution: what that
    leaves out is smooth, and stays in the detail.
    """
    parts = (part for part in _COARSE if sigma_px >= _WIDE_PX * part and not any(side % part for side in mask.shape))
    part = next(parts, 1)
    layers = np.zeros((picture.shape[2] + 1, mask.shape[0] // part, mask.shape[1] // part), np.float32)
    _shrink(picture.numpy(), mask.numpy(), part, layers)
    tone = _normalised(_blur(torch.from_numpy(layers)[None], sigma_px / part))[0].permute(1, 2, 0).contiguous()
    if part == 1:
        return tone
    result = np.empty(picture.shape, np.float32)  # numpy asks for large pages of memory, torch does not
    _enlarge(tone.numpy(), part, result)
    return torch.from_numpy(result)


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
def _shrink(picture, mask, part, layers):
    """The mean of each square of so many pixels, 0 beyond the mask; the last layer is that of the mask itself."""
    channels, scale = picture.shape[2], np.float32(1.0 / (part * part))
    for row in range(picture.shape[0]):
        small_row = row // part
        for square in range(layers.shape[2]):
            first, count = square * part, np.float32(0.0)
            for column in range(first, first + part):
                if mask[row, column]:
                    count += scale
                    for c in range(channels):
                        layers[c, small_row, square] += picture[row, column, c] * scale
            layers[channels, small_row, square] += count


@njit(cache=True, nogil=True, error_model="numpy")
def _enlarge(small, part, large):
    """Bilinear between the middles of the squares that `_shrink` made; even beyond the outermost."""
    height, width, channels = small.shape
    between, rise = np.empty((width, channels), np.float32), np.zeros(channels, np.float32)
    for row in range(large.shape[0]):
        y = min(max((row + 0.5) / part - 0.5, 0.0), height - 1.0)
        above = int(y)
        below, fy = min(above + 1, height - 1), np.float32(y - above)
        for column in range(width):
            for c in range(channels):
                between[column, c] = small[above, column, c] + fy * (small[below, column, c] - small[above, column, c])
        for right in range(width + 1):  # from the middle of one square to that of the next
            left = max(right - 1, 0)
            first = right * part - part // 2
            for c in range(channels):
                rise[c] = between[min(right, width - 1), c] - between[left, c]
            for column in range(max(first, 0), min(first + part, large.shape[1])):
                fx = np.float32((column - first + 0.5) / part)
                for c in range(channels):
                    large[row, column, c] = between[left, c] + fx * rise[c]


@njit(cache=True, nogil=True, error_model="numpy")
def _find_best(texel, first, weight, best):
    for m in range(len(texel)):
        n = texel[m] - first
        best[n] = max(best[n], weight[m])


@njit(cache=True, nogil=True, error_model="numpy", inline="always")
def _blend_channels(channels, texel, first, taps, tap_weights, weight, width, best, power, picture, blurred, exposure,
                    tone, details, weights, sharp):
    for m in range(len(texel)):
        n = texel[m] - first
        ratio, sharpened = weight[m] / best[n], np.float32(1.0)
        for _ in range(power):
            sharpened *= ratio
        sharpened = max(sharpened, np.float32(_SMALLEST_WEIGHT))
        weights[n] += weight[m]
        sharp[n] += sharpened
        share, sharp_share = weight[m] / weights[n], sharpened / sharp[n]
        main, beside, other, opposite = filter_pixels(taps[m], tap_weights[m], width)
        w1, w2, w3 = tap_weights[m, 0], tap_weights[m, 1], tap_weights[m, 2]
        for c in range(channels):
            here, gain, bias = picture[main, c], exposure[0, c], exposure[1, c]
            seen_tone = gain * blurred[main, c] + bias
            seen = bias + gain * (here + w1 * (picture[beside, c] - here) + w2 * (picture[other, c] - here)
                    + w3 * (picture[opposite, c] - here))
            tone[n, c] += share * (seen_tone - tone[n, c])
            details[n, c] += sharp_share * (seen - seen_tone - details[n, c])


@njit(cache=True, nogil=True, error_model="numpy")
def _blend(texel, first, taps, tap_weights, weight, width, best, power, picture, blurred, exposure, tone,
           details, weights, sharp):
    # The usual number of channels as a constant: the compiler then writes a loop over them out.
    if picture.shape[1] == 3:
        _blend_channels(3, texel, first, taps, tap_weights, weight, width, best, power, picture, blurred, exposure,
                        tone, details, weights, sharp)
    else:
        _blend_channels(picture.shape[1], texel, first, taps, tap_weights, weight, width, best, power, picture, blurred,
                        exposure, tone, details, weights, sharp)
