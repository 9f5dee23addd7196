"""Colours for the texels that no triangle covers, so that neither filtering nor mipmaps show a seam."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt

__all__ = ["fill_gutter"]


def fill_gutter(image: NDArray, covered: NDArray[np.bool_], gutter_px: int = 16) -> NDArray:
    """Extend the charts outwards by their nearest texels, and fill the rest with their mean colour.

    Args:
        image: (S, S, C) float.
        covered: (S, S) bool: the texels that hold a colour.
        gutter_px: how far the charts are extended, in texels.

    Returns:
        (S, S, C), same dtype; covered texels are unchanged. Unchanged altogether if nothing is covered.
    """
    result = image.copy()
    if covered.all() or not covered.any():
        return result
    distance, (row, column) = distance_transform_edt(~covered, return_indices=True)
    flat = result.reshape(-1, result.shape[2])
    flat[np.flatnonzero(distance > gutter_px)] = image[covered].mean(axis=0, dtype=np.float64)
    edge = np.flatnonzero(~covered & (distance <= gutter_px))
    flat[edge] = image[row.ravel()[edge], column.ravel()[edge]]
    return result
