"""Colours on their way between a view's pixels and the texels that it sees.

Numba where the colours are in the processor's memory, which is several times as fast as torch's gathers; torch on
every other device. Both compute the same.
"""

# ruff: noqa: ANN001, ANN202 -- the kernels at the end: numba takes the types from what is passed in.
from __future__ import annotations

import numpy as np
import torch
from numba import njit
from torch import Tensor

from .bake import ViewMap, filter_pixels

__all__ = ["Spread", "sample"]


def sample(image: Tensor, view_map: ViewMap) -> Tensor:
    """Colours (M, C) of a view's image (H, W, C) at the texels of its map, on the image's device.

    In the image's dtype, or float32 for the half-precision ones, which cannot hold the weights.

    Interpolated as differences to the main tap: a constant comes out as exactly that constant.
    """
    if image.shape[:2] != (view_map.height_px, view_map.width_px):
        raise ValueError(f"image is {tuple(image.shape[:2])}: the map was made for "
                         f"{(view_map.height_px, view_map.width_px)}")
    flat = image.reshape(-1, image.shape[2])
    if flat.dtype in (torch.float16, torch.bfloat16):
        flat = flat.float()
    if flat.device.type == "cpu":
        result = torch.empty((len(view_map), flat.shape[1]), dtype=flat.dtype)
        _sample(flat.contiguous().numpy(), view_map.tap, view_map.tap_weights, view_map.width_px, result.numpy())
        return result
    return _sample_on_device(flat, view_map)


class Spread:
    """From the texels that a view sees back to its pixels: each pixel gets the weighted mean of its texels.

    Attributes:
        density: (H, W) float32, how many texels each pixel is the mean of, by their weights.
    """

    def __init__(self, view_map: ViewMap) -> None:
        self._map = view_map
        total = np.zeros((view_map.height_px * view_map.width_px, 1), np.float32)
        _spread(np.ones((len(view_map), 1), np.float32), view_map.tap, view_map.tap_weights, view_map.width_px, total)
        self.density = total.reshape(view_map.height_px, view_map.width_px)
        self._total = total.clip(1e-3)

    def onto_pixels(self, seen: Tensor) -> Tensor:
        """(H, W, C) of what its texels hold (M, C) float32; 0 where it sees no texel.

        Raises:
            ValueError: there are not as many colours as it sees texels.
        """
        if len(seen) != len(self._map):
            raise ValueError(f"{len(seen)} colours for {len(self._map)} texels")
        result = seen.new_zeros((len(self._total), seen.shape[1]))
        if seen.device.type == "cpu":
            _spread(seen.contiguous().numpy(), self._map.tap, self._map.tap_weights, self._map.width_px,
                    result.numpy())
        else:
            _spread_on_device(seen, self._map, result)
        result /= torch.from_numpy(self._total).to(seen.device)
        return result.reshape(self._map.height_px, self._map.width_px, -1)


def _sample_on_device(flat: Tensor, view_map: ViewMap) -> Tensor:
    # Gathers and sums with 64-bit indices are several times faster in torch than with 32-bit ones.
    pixels = torch.from_numpy(view_map.pixels).to(flat.device).T.long()
    weights = torch.from_numpy(view_map.tap_weights).to(flat.device, flat.dtype)
    main = flat.index_select(0, pixels[0])
    result = main.clone()
    for tap in range(3):
        result += weights[:, tap, None] * (flat.index_select(0, pixels[tap + 1]) - main)
    return result


def _spread_on_device(seen: Tensor, view_map: ViewMap, result: Tensor) -> None:
    pixels = torch.from_numpy(view_map.pixels).to(seen.device).T.long()
    taps = torch.from_numpy(view_map.tap_weights).to(seen.device)
    weights = torch.cat([1 - taps.sum(dim=1, keepdim=True), taps], dim=1)
    for tap in range(4):
        result.index_add_(0, pixels[tap], weights[:, tap, None] * seen)


@njit(cache=True, nogil=True, error_model="numpy")
def _sample(flat, taps, weights, width, out):
    for m in range(len(taps)):
        main, beside, other, opposite = filter_pixels(taps[m], weights[m], width)
        for c in range(flat.shape[1]):
            here = flat[main, c]
            out[m, c] = (here + weights[m, 0] * (flat[beside, c] - here) + weights[m, 1] * (flat[other, c] - here)
                         + weights[m, 2] * (flat[opposite, c] - here))


@njit(cache=True, nogil=True, error_model="numpy")
def _spread(seen, taps, weights, width, out):
    for m in range(len(taps)):
        first = np.float32(1.0) - (weights[m, 0] + weights[m, 1] + weights[m, 2])
        main, beside, other, opposite = filter_pixels(taps[m], weights[m], width)
        for c in range(seen.shape[1]):
            value = seen[m, c]
            out[main, c] += first * value
            out[beside, c] += weights[m, 0] * value
            out[other, c] += weights[m, 1] * value
            out[opposite, c] += weights[m, 2] * value
