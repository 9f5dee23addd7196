"""How good a baked texture is, in numbers for the report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from .bake import ViewMap, sample

__all__ = ["BakeMeasures", "measure_bake"]


@dataclass(frozen=True, slots=True)
class BakeMeasures:
    """Attributes:
        coverage: share of the covered texels that at least one view sees.
        views_per_texel: mean number of views that see a seen texel.
        disagreement: root mean square of the weighted standard deviation between views, over the texels that
            at least two see, in the images' units; 0 if there are none.
    """

    coverage: float
    views_per_texel: float
    disagreement: float


def measure_bake(images: Sequence[torch.Tensor], maps: Sequence[ViewMap], colours: torch.Tensor,
                 total: torch.Tensor) -> BakeMeasures:
    """Measure what `blend` made.

    Args:
        images: per view (H, W, C); maps: the views' maps; colours (N, C) and total (N,): the blend.
    """
    count = len(total)
    views = np.zeros(count, np.int32)
    squares = torch.zeros(count, dtype=colours.dtype, device=colours.device)
    for image, view_map in zip(images, maps, strict=True):
        views[view_map.texel] += 1
        texel = torch.from_numpy(view_map.texel).to(colours.device).long()
        weight = torch.from_numpy(view_map.weight).to(colours.device, colours.dtype)
        error = (sample(image, view_map) - colours.index_select(0, texel)).square().mean(dim=1)
        squares.index_add_(0, texel, weight * error)
    seen = views > 0
    several = torch.from_numpy(views > 1).to(colours.device)
    variance = squares[several] / total[several]
    return BakeMeasures(coverage=float(seen.mean()) if count else 0.0,
                        views_per_texel=float(views[seen].mean()) if seen.any() else 0.0,
                        disagreement=float(variance.double().mean().sqrt()) if len(variance) else 0.0)
