"""What several views saw of a texture, blended texel by texel, and how far they disagreed."""

# ruff: noqa: ANN001, ANN202 -- the kernel at the end: numba takes the types from what is passed in.
from __future__ import annotations

import numpy as np
import torch
from numba import njit
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
        """Blend in the colours (M, C) that a view saw of its texels, with its own weights (M,) or others.

        Raises:
            ValueError: there are not as many colours or weights as the view sees texels.
        """
        weights = view_map.weight if weight is None else weight
        if seen.shape != (len(view_map), self.colours.shape[1]) or len(weights) != len(view_map):
            raise ValueError(f"{tuple(seen.shape)} colours and {len(weights)} weights for {len(view_map)} texels of "
                             f"{self.colours.shape[1]} channels")
        if seen.device.type == "cpu":
            _add(view_map.texel, weights, seen.contiguous().numpy(), self.colours.numpy(), self.total.numpy(),
                 self._squares.numpy(), self._several.numpy())
        else:
            self._add_on_device(view_map.texel, weights, seen)

    def _add_on_device(self, texel: NDArray[np.int32], weight: NDArray[np.float32], seen: torch.Tensor) -> None:
        index = torch.from_numpy(texel).to(seen.device).long()
        weights = torch.from_numpy(weight).to(seen.device, seen.dtype)
        # A texel occurs once a view, so that the sums do not depend on any order.
        before = self.total.index_select(0, index)
        after = before + weights
        difference = seen - self.colours.index_select(0, index)
        step = (weights / after)[:, None] * difference
        self.total.index_copy_(0, index, after)
        self.colours.index_add_(0, index, step)
        self._squares.index_add_(0, index, before * (step * difference).mean(dim=1))
        self._several.index_copy_(0, index, self._several.index_select(0, index) | (before > 0))

    def of(self, view_map: ViewMap) -> torch.Tensor:
        """(M, C) the mean at the texels that a view sees."""
        return self.colours.index_select(0, torch.from_numpy(view_map.texel).to(self.colours.device).long())

    def coverage(self) -> float:
        """Share of the texels that any view saw."""
        return float((self.total > 0).double().mean()) if len(self.total) else 0.0

    def disagreement(self) -> float:
        """Root mean square of the weighted standard deviation between views, over the texels that at least two saw,
        in the units of the colours; 0 if there are none.
        """
        variance = self._squares[self._several] / self.total[self._several]
        return float(variance.double().mean().sqrt()) if len(variance) else 0.0


@njit(cache=True, nogil=True, error_model="numpy")
def _add(texel, weights, seen, colours, total, squares, several):
    channels = seen.shape[1]
    for m in range(len(texel)):
        n = texel[m]
        before = total[n]
        after = before + weights[m]
        share = weights[m] / after
        square = 0.0
        for c in range(channels):
            difference = seen[m, c] - colours[n, c]
            step = share * difference
            colours[n, c] += step
            square += step * difference
        total[n] = after
        squares[n] += before * square / channels
        if before > 0:
            several[n] = True
