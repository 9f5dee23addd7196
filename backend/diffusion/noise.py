"""The noise that views start from."""

from __future__ import annotations

import hashlib

import torch

__all__ = ["view_generator", "view_noise"]


def view_generator(seed: int, index: int | str) -> torch.Generator:
    """The random numbers of one view, the same on every machine. Hashed, so that neighbouring seeds share none."""
    digest = hashlib.sha256(f"{seed}/{index}".encode()).digest()
    return torch.Generator("cpu").manual_seed(int.from_bytes(digest[:8], "little") >> 1)


def view_noise(seed: int, index: int, shape: tuple[int, int, int], shared_cycles: float = 0.0) -> torch.Tensor:
    """White noise (C, h, w) of one view, whose lowest frequencies all views of a seed have in common.

    Tone and colour of a picture follow from the lowest frequencies of its noise, so that views which share
    them agree in tone. Each frequency comes whole from one source: the sum is as white as its parts.

    Args:
        shared_cycles: frequencies up to so many cycles over the view are shared; 0 shares nothing.
    """
    own = torch.randn(shape, generator=view_generator(seed, index))
    if shared_cycles <= 0:
        return own
    shared = torch.randn(shape, generator=view_generator(seed, "shared"))
    _, height, width = shape
    rows = torch.fft.fftfreq(height, 1 / height)[:, None]
    columns = torch.fft.rfftfreq(width, 1 / width)[None, :]
    low = rows.square() + columns.square() <= shared_cycles**2
    spectrum = torch.where(low, torch.fft.rfft2(shared), torch.fft.rfft2(own))
    return torch.fft.irfft2(spectrum, s=(height, width))
