"""Which share of each pixel do objects cover, as a renderer's filter weighs it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from .camera import Camera
from .threads import side_by_side
from .view_raster import nearest_triangles

__all__ = ["cover_of"]

_SAMPLES = 32  # of a pixel's filter: a power of 2
_AT_ONCE = 4
_FILTER_PX = 3.0  # from end to end, of what Cycles and EEVEE call 1.5 pixels wide, their default


def cover_of(positions: NDArray[np.float32], triangles: NDArray[np.int32], chosen: NDArray[np.bool_], camera: Camera,
             check: Callable[[], None] = lambda: None) -> NDArray[np.float32]:
    """(A, H, W) float32 in 0 to 1: of each pixel the share that shows chosen triangles.

    The view is looked at from `_SAMPLES` places within the filter of a pixel, which is Blackman and Harris', as that of
    Cycles and EEVEE: Hammersley's points, as dense as the filter is heavy, so that each counts alike.

    Args:
        positions, triangles: (V, 3) and (T, 3), of all that is seen and hides.
        chosen: (A, T), for each cover its triangles.
        check: called now and then; may raise to stop.
    """
    longer = max(camera.width_px, camera.height_px)
    with_none = np.concatenate([chosen, np.zeros((len(chosen), 1), np.bool_)], axis=1)  # -1 is the last
    total = np.zeros((len(chosen), camera.height_px, camera.width_px), np.float32)
    # A view that is shifted to the right shows at its pixels' centres what lies to the right of them here.
    views = [replace(camera, shift=(camera.shift[0] + right / longer, camera.shift[1] + up / longer))
             for right, up in _filter_places()]
    for start in range(0, _SAMPLES, _AT_ONCE):
        check()
        for nearest in side_by_side(lambda view: nearest_triangles(positions, triangles, view),
                                    views[start:start + _AT_ONCE]):
            total += with_none[:, nearest]
    return total / np.float32(_SAMPLES)


def _filter_places() -> NDArray[np.float64]:
    """(_SAMPLES, 2) pixels from a pixel's centre."""
    number = np.arange(_SAMPLES)
    turned = np.zeros(_SAMPLES)  # the numbers' bits the other way round, as a fraction
    for bit in range(_SAMPLES.bit_length() - 1):
        turned += (number >> bit & 1) / 2 ** (bit + 1)
    even = np.stack([number / _SAMPLES, turned], axis=1) + 0.5 / _SAMPLES
    steps = np.linspace(0, 1, 1001)
    turns = 2 * np.pi * steps
    # The integral of 0.35875 - 0.48829 cos t + 0.14128 cos 2t - 0.01168 cos 3t
    below = (0.35875 * turns - 0.48829 * np.sin(turns) + 0.14128 / 2 * np.sin(2 * turns)
             - 0.01168 / 3 * np.sin(3 * turns)) / (0.35875 * 2 * np.pi)
    return (np.interp(even, below, steps) - 0.5) * _FILTER_PX
