"""A frame of a film stylised so that nothing leaves a mark on what lies behind it.

Networks draw an outline round a thing, half of it on what lies behind. In a film that half would stay there when the
thing moves on. So what lies behind is stylised as if nothing stood before it: there the surface's own colours go on.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import binary_erosion, distance_transform_edt, minimum_filter

from .motion import Frame

__all__ = ["stylised_apart"]

_REACH_SHARE = 1 / 16  # of the width: as far as a network's outline reaches
_ALIGNED_PX = 8  # a part of a picture begins at a multiple of this: networks halve sizes three times at most

_Picture = NDArray[np.float32]


def stylised_apart(frame: Frame, stylise: Callable[[_Picture], _Picture]) -> _Picture:
    """A frame (H, W, 3) in its style. Without depth, or of a single surface, just `stylise` of its colours.

    Args:
        stylise: a picture of any size; the same wherever it begins, but for a few pixels at its border.
    """
    result = stylise(frame.colours)
    if frame.depth is None:
        return result
    reach = max(2, round(frame.colours.shape[1] * _REACH_SHARE))
    for number in np.unique(frame.surface):
        part = _around(frame.surface == number, 3 * reach)
        own, depth = frame.surface[part] == number, frame.depth[part]
        nearest = minimum_filter(np.where(own, np.float32(np.inf), depth), 2 * reach + 1)
        behind = own & (nearest < depth)
        if behind.any():
            shown = stylise(_alone(frame.colours[part], depth, own, behind))
            result[part] = np.where(behind[..., None], shown, result[part])
    return result


def _alone(colours: _Picture, depth: NDArray[np.float32], own: NDArray[np.bool_], behind: NDArray[np.bool_]
           ) -> _Picture:
    """The surface's nearest colours in place of what stands before it, and of its own rim, which shows something of
    that.
    """
    inner = binary_erosion(own, np.ones((3, 3), bool), border_value=1)
    inner = inner if inner.any() else own
    row, column = distance_transform_edt(~inner, return_distances=False, return_indices=True)
    before = (~own & (depth < depth[row, column])) | (behind & ~inner)
    return np.where(before[..., None], colours[row, column], colours)


def _around(chosen: NDArray[np.bool_], margin: int) -> tuple[slice, slice]:
    """Rows and columns of what is chosen, and so much around it."""
    parts = []
    for axis in (1, 0):
        places = np.flatnonzero(chosen.any(axis=axis))
        first = max(0, places[0] - margin) // _ALIGNED_PX * _ALIGNED_PX
        parts.append(slice(first, min(chosen.shape[1 - axis], places[-1] + 1 + margin)))
    return parts[0], parts[1]
