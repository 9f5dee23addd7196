"""Two bands of a picture: tone, which views blend widely, and detail, of which the best view has its own way.

Burt and Adelson, "A Multiresolution Spline with Application to Image Mosaics" (1983), with two bands. Views that
were painted apart disagree in every detail: a wide blend would show a mush of all of them, a narrow one of
everything a patchwork of tones.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional as F

from ..geometry.bake import ViewMap

__all__ = ["sharpen_weights", "tone_of"]

_SMALLEST_WEIGHT = 1e-12
_COARSE, _WIDE_PX = 4, 8.0


def sharpen_weights(maps: Sequence[ViewMap], count: int, power: float) -> list[NDArray[np.float32]]:
    """Weights (M,) for each map, (w / best w of the texel) ** power: a large one leaves each texel to its best view.

    Args:
        count: N, the number of texels.
    """
    best = np.zeros(count, np.float32)
    for view_map in maps:
        best[view_map.texel] = np.maximum(best[view_map.texel], view_map.weight)
    return [np.maximum((view_map.weight / best[view_map.texel]) ** np.float32(power), np.float32(_SMALLEST_WEIGHT))
            for view_map in maps]


def tone_of(picture: torch.Tensor, mask: torch.Tensor, sigma_px: float) -> torch.Tensor:
    """A picture (H, W, C) blurred within its mask (H, W) by a Gaussian; the background does not bleed in.

    Where the mask is empty for three sigma around, the tone is 0. A wide blur is made at a quarter of the resolution:
    what that leaves out is smooth, and stays in the detail.
    """
    inside = mask.to(picture.dtype)[None, None]
    layers = torch.cat([picture.permute(2, 0, 1)[None] * inside, inside], dim=1)
    if sigma_px < _WIDE_PX or any(side % _COARSE for side in mask.shape):
        blurred = _blur(layers, sigma_px)
    else:
        blurred = _blur(F.avg_pool2d(layers, _COARSE), sigma_px / _COARSE)
        blurred = F.interpolate(blurred, scale_factor=_COARSE, mode="bilinear", align_corners=False)
    weight = blurred[:, -1:]
    tone = torch.where(weight > 0, blurred[:, :-1] / weight.clamp(min=torch.finfo(weight.dtype).tiny), 0)
    return tone[0].permute(1, 2, 0).contiguous()


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
