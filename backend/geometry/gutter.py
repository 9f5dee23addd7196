"""Colours for the texels that no triangle covers, so that neither filtering nor mipmaps show a seam."""

# ruff: noqa: ANN001, ANN202 -- the kernels at the end: numba takes the types from what is passed in.
from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from .threads import side_by_side

__all__ = ["GUTTER_PX", "fill_gutter"]

GUTTER_PX = 16

_BANDS = 16  # of rows, which threads share out


def fill_gutter(image: NDArray, covered: NDArray[np.bool_], gutter_px: int = GUTTER_PX) -> NDArray:
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
    bands = [slice(rows[0], rows[-1] + 1) for rows in np.array_split(np.arange(len(image)), min(_BANDS, len(image)))]
    away, sums = _nearest_row(covered, gutter_px), side_by_side(lambda band: _sum(image[band], covered[band]), bands)
    mean = (np.sum(sums, axis=0) / np.count_nonzero(covered)).astype(image.dtype)
    side_by_side(lambda band: _extend(result, covered, away, gutter_px, mean, band.start, band.stop), bands)
    return result


@njit(cache=True, nogil=True, error_model="numpy")
def _sum(image, covered):
    """(C,) float64 over the covered texels."""
    total = np.zeros(image.shape[2])
    for row in range(image.shape[0]):
        for column in range(image.shape[1]):
            if covered[row, column]:
                for c in range(image.shape[2]):
                    total[c] += image[row, column, c]
    return total


@njit(cache=True, nogil=True, error_model="numpy")
def _nearest_row(covered, reach):
    """(S, S) int16: by how many rows the nearest covered texel of the column is away; more than `reach` if none is
    that near.
    """
    height, width = covered.shape
    away = np.full((height, width), reach + 1, np.int16)
    for row in range(height):
        for column in range(width):
            if covered[row, column]:
                away[row, column] = 0
            elif row and away[row - 1, column] <= reach:
                away[row, column] = away[row - 1, column] + 1
    for row in range(height - 2, -1, -1):
        for column in range(width):
            # What is nearest of the row below lies below it, or is that row: otherwise it is known already.
            below = 1 - away[row + 1, column] if away[row + 1, column] <= 0 else reach + 1
            if below <= reach and below < away[row, column]:
                away[row, column] = -below
    return away


@njit(cache=True, nogil=True, error_model="numpy")
def _extend(image, covered, away, reach, rest, first, end):
    """Of the columns within reach, the one whose nearest covered texel is nearest of all (Felzenszwalb and
    Huttenlocher, "Distance Transforms of Sampled Functions", 2012, without what a bounded distance does not need).
    """
    width = covered.shape[1]
    for row in range(first, end):
        for column in range(width):
            if covered[row, column]:
                continue
            best, at_row, at_column = reach * reach + 1, 0, 0
            for other in range(max(column - reach, 0), min(column + reach + 1, width)):
                rows = away[row, other]
                if abs(rows) > reach:
                    continue
                distance = (other - column) ** 2 + np.int64(rows) ** 2
                if distance < best:
                    best, at_row, at_column = distance, row - rows, other
            for c in range(image.shape[2]):
                image[row, column, c] = image[at_row, at_column, c] if best <= reach * reach else rest[c]
