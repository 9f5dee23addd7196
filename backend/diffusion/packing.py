"""How FLUX writes latents: as a row of patches, each of 2 by 2 (Black Forest Labs' `sampling.prepare`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:  # a plan loads the shelf of models, but no torch
    from torch import Tensor

__all__ = ["PATCH", "pack", "unpack"]

PATCH = 2


def pack(latents: Tensor) -> Tensor:
    """(n, h/2 · w/2, 4 C) of latents (n, C, h, w)."""
    n, channels, high, wide = latents.shape
    patches = latents.reshape(n, channels, high // PATCH, PATCH, wide // PATCH, PATCH).permute(0, 2, 4, 1, 3, 5)
    return patches.reshape(n, -1, channels * PATCH**2)


def unpack(packed: Tensor, high: int | None = None) -> Tensor:
    """The latents (n, C, h, w) from what `pack` made, `high` of them down; None for a square view."""
    n, count, channels = packed.shape
    rows = round(count**0.5) if high is None else high // PATCH
    columns = count // rows
    patches = packed.reshape(n, rows, columns, channels // PATCH**2, PATCH, PATCH).permute(0, 3, 1, 4, 2, 5)
    return patches.reshape(n, channels // PATCH**2, rows * PATCH, columns * PATCH)
