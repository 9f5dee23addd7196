"""UDIM tiles: which square of the UV plane is which picture.

Tile 1001 + column + 10 row holds the UVs of that column (0 to 9) and row (0 to 99): Mari's numbers, which Blender
takes from 1001 to 2000. Pictures of several tiles lie on top of one another in one array, in the order of their
numbers.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["ONE_TILE", "number_at", "tile_corner", "used_tiles"]

_FIRST, _COLUMNS, _ROWS = 1001, 10, 100
ONE_TILE = (_FIRST,)  # a picture of 0 to 1, which repeats
_TOLERANCE = 1e-3  # packing tools leave corners this far outside


def used_tiles(uvs: NDArray[np.float32]) -> tuple[int, ...] | None:
    """Numbers of the tiles that the triangles (T, 3, 2) may reach, ascending; None where UVs lie in no tile."""
    low, high = uvs.min(axis=1).astype(np.float64), uvs.max(axis=1).astype(np.float64)
    if (low < -_TOLERANCE).any() or (high > np.array([_COLUMNS, _ROWS]) + _TOLERANCE).any():
        return None
    last = np.floor(high - _TOLERANCE).clip(0).astype(np.int64)
    first = np.minimum(np.floor(low + _TOLERANCE).astype(np.int64), last)
    boxes = np.unique(np.concatenate([first, last], axis=1), axis=0)
    return tuple(sorted({_FIRST + column + _COLUMNS * row for left, bottom, right, top in boxes.tolist()
                         for row in range(bottom, top + 1) for column in range(left, right + 1)}))


def tile_corner(number: int) -> tuple[int, int]:
    """u and v of its lower left corner."""
    row, column = divmod(number - _FIRST, _COLUMNS)
    return column, row


def number_at(uvs: NDArray[np.float64]) -> NDArray[np.int64]:
    """Number (P,) of the tile at each of the UVs (P, 2)."""
    column, row = np.floor(uvs).astype(np.int64).T
    return _FIRST + column + _COLUMNS * row
