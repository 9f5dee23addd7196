"""A plane that is worked on in overlapping windows, whose results are joined without a seam.

Bar-Tal et al., "MultiDiffusion" (arXiv:2302.08113), joins what a network says of each window by the mean; here the
mean is weighted, so that a window's rim, of which its network knows least, counts least.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

__all__ = ["Windows", "window_starts"]

OVERLAP = 0.25  # of a window's side, at least


@dataclass(frozen=True)
class _Axis:
    """Along one axis: the places that each window sees, (m,) int64, and its weights there, (m · scale,), which add up
    to 1 over all windows."""

    places: list[Tensor]
    weights: list[Tensor]


class Windows:
    """Windows over a plane of `high` by `wide` cells.

    Args:
        side: of a window, in cells; a plane that is no longer along an axis is seen whole along it.
        wraps_y, wraps_x: a window that leaves the plane along that axis comes in at the other side.
        scale: how many cells of the result one cell becomes, along each axis.
        shift: cells by which all windows are moved along the axes that wrap, (down, right).
    """

    def __init__(self, high: int, wide: int, side: int, *, wraps_y: bool, wraps_x: bool, scale: int = 1,
                 shift: tuple[int, int] = (0, 0)) -> None:
        self._size = high * scale, wide * scale
        self._scale = scale
        self._rows = _axis(high, side, wraps_y, scale, shift[0])
        self._columns = _axis(wide, side, wraps_x, scale, shift[1])

    def __len__(self) -> int:
        return len(self._rows.places) * len(self._columns.places)

    def join(self, work: Callable[[Tensor, Tensor], Tensor]) -> Tensor:
        """(…, high · scale, wide · scale): what `work` makes of each window, in the type that it has.

        Args:
            work: is given the rows (m,) and columns (m,) of a window, int64, and returns (…, m · scale, m · scale).
        """
        whole: Tensor | None = None
        for rows, down in zip(self._rows.places, self._rows.weights, strict=True):
            for columns, across in zip(self._columns.places, self._columns.weights, strict=True):
                part = work(rows, columns)
                if whole is None:
                    whole = part.new_zeros((*part.shape[:-2], *self._size))
                weight = (down[:, None] * across).to(part)
                index = self._spread(rows)[:, None], self._spread(columns)[None]
                whole[(..., *index)] += part * weight
        assert whole is not None
        return whole

    def _spread(self, places: Tensor) -> Tensor:
        return (places[:, None] * self._scale + torch.arange(self._scale)).reshape(-1)


def window_starts(length: int, side: int, wraps: bool) -> list[int]:
    """Where windows of a side begin along an axis, evenly spaced, so that two overlap by a quarter at least."""
    if length <= side:
        return [0]
    stride = side * (1 - OVERLAP)
    if wraps:
        count = max(2, -(-length // stride))
        return [round(place * length / count) for place in range(int(count))]
    count = int(-(-(length - side) // stride))
    return [round(place * (length - side) / count) for place in range(count + 1)]


def _axis(length: int, side: int, wraps: bool, scale: int, shift: int) -> _Axis:
    starts = window_starts(length, side, wraps)
    shift = shift if wraps else 0
    if length <= side:
        return _Axis([(torch.arange(length) + shift) % length], [torch.ones(length * scale)])
    places = [(torch.arange(side) + start + shift) % length for start in starts]
    ramp = max(1, round(side * OVERLAP)) * scale
    distance = torch.arange(side * scale) + 0.5
    weight = (torch.minimum(distance, side * scale - distance) / ramp).clamp(max=1.0).double()
    total = torch.zeros(length * scale, dtype=torch.float64)
    finer = [(window[:, None] * scale + torch.arange(scale)).reshape(-1) for window in places]
    for cells in finer:
        total[cells] += weight
    return _Axis(places, [weight / total[cells] for cells in finer])
