"""Crops for training, drawn by chance that can be told and taken up again."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from ..pictures import resized

__all__ = ["crops", "scaled"]


def scaled(picture: NDArray[np.float32], shorter_px: int, longest_px: int = 4096) -> Tensor:
    """(3, H, W) uint8 of a picture (H, W, 3) float32 in 0 to 1, scaled so that its shorter side is `shorter_px`; the
    middle of it where it is longer than `longest_px`.
    """
    scale = shorter_px / min(picture.shape[:2])
    small = resized(picture, *(max(shorter_px, round(side * scale)) for side in picture.shape[:2]))
    top, left = (max(0, side - longest_px) // 2 for side in small.shape[:2])
    small = small[top:top + longest_px, left:left + longest_px]
    return torch.from_numpy(np.rint(small * 255).astype(np.uint8)).permute(2, 0, 1).contiguous()


def crops(pictures: Sequence[Tensor], count: int, side_px: int, scales: tuple[float, float],
          generator: torch.Generator) -> Tensor:
    """(count, 3, side_px, side_px) float32 in 0 to 1 of pictures (3, H, W) uint8: each of a picture, scale, place and
    side that chance chooses; no larger than the picture.
    """
    result = []
    for _ in range(count):
        number, size, down, right, flip = torch.rand(5, generator=generator, dtype=torch.float64).tolist()
        picture = pictures[int(number * len(pictures))]
        height, width = picture.shape[1:]
        low, high = scales
        side = min(max(8, round(side_px / (low * (high / low) ** size))), height, width)
        top, left = int(down * (height - side + 1)), int(right * (width - side + 1))
        crop = picture[None, :, top:top + side, left:left + side].float() / 255
        if side != side_px:
            crop = F.interpolate(crop, size=(side_px, side_px), mode="bilinear", antialias=True, align_corners=False)
        result.append(crop.flip(3) if flip < 0.5 else crop)
    return torch.cat(result)
