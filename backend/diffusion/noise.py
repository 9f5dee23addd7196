"""The noise that views start from."""

from __future__ import annotations

import hashlib

import torch

__all__ = ["view_generator", "view_noise"]


def view_generator(seed: int, index: int | str) -> torch.Generator:
    """The random numbers of one view, the same on every machine. Hashed, so that neighbouring seeds share none."""
    digest = hashlib.sha256(f"{seed}/{index}".encode()).digest()
    return torch.Generator("cpu").manual_seed(int.from_bytes(digest[:8], "little") >> 1)


def view_noise(seed: int, index: int | str, shape: tuple[int, int, int]) -> torch.Tensor:
    """White noise (C, h, w) of one view.

    Views share none of it; those of one surface do (see `texturing.relations`).
    """
    return torch.randn(shape, generator=view_generator(seed, index))
