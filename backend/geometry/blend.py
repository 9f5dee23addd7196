"""What several views saw of a texture, blended texel by texel, and how far they disagreed."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from .bake import ViewMap

__all__ = ["Blend"]


class Blend:
    """A weighted mean that grows view by view (West, "Updating mean and variance estimates", 1979).

    It adds differences, never products: where all views agree, the mean is exactly that.

    Attributes:
        colours: (N, C) mean, 0 where unseen.
        total: (N,) sum of the weights, 0 where unseen.
    """

    def __init__(self, count: int, channels: int, dtype: torch.dtype = torch.float32, *,
                 device: torch.device | str = "cpu") -> None:
        """For `count` texels of `channels` colour channels."""
        self.colours = torch.zeros((count, channels), dtype=dtype, device=device)
        self.total = self.colours.new_zeros(count)
        self._squares = self.colours.new_zeros(count)
        self._several = torch.zeros(count, dtype=torch.bool, device=device)

    def add(self, view_map: ViewMap, seen: torch.Tensor, weight: NDArray[np.float32] | None = None) -> None:
        """Blend in the colours (M, C) that a view saw of its texels, with its own weights (M,) or others."""
        texel = torch.from_numpy(view_map.texel).to(seen.device).long()
        weights = torch.from_numpy(view_map.weight if weight is None else weight).to(seen.device, seen.dtype)
        # A texel occurs once a view, so that the sums do not depend on any order.
        before = self.total.index_select(0, texel)
        after = before + weights
        difference = seen - self.colours.index_select(0, texel)
        step = (weights / after)[:, None] * difference
        self.total.index_copy_(0, texel, after)
        self.colours.index_add_(0, texel, step)
        self._squares.index_add_(0, texel, before * (step * difference).mean(dim=1))
        self._several.index_copy_(0, texel, self._several.index_select(0, texel) | (before > 0))

    def coverage(self) -> float:
        """Share of the texels that any view saw."""
        return float((self.total > 0).double().mean()) if len(self.total) else 0.0

    def disagreement(self) -> float:
        """Root mean square of the weighted standard deviation between views, over the texels that at least two saw,
        in the units of the colours; 0 if there are none.
        """
        variance = self._squares[self._several] / self.total[self._several]
        return float(variance.double().mean().sqrt()) if len(variance) else 0.0
