"""A frame of a film stylised so that nothing leaves a mark on what lies behind it.

Networks draw an outline round a thing, half of it on what lies behind. In a film that half would stay there when the
thing moves on. So what lies behind is stylised as if nothing stood before it: there the surface's own colours go on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import binary_erosion, distance_transform_edt, find_objects, minimum_filter

from .motion import Frame

__all__ = ["Plate", "painted_apart", "stylised_apart"]

_ALIGNED_PX = 8  # a part of a picture begins at a multiple of this: networks halve sizes three times at most
_FEWEST_PX = 16  # of a surface that lie behind another, to be worth a picture of its part
_FEWEST_SHARE = 0.01  # of all pixels, to be worth one that takes minutes: floors and walls are

_Picture = NDArray[np.float32]
_Part = tuple[slice, slice]


@dataclass(frozen=True, eq=False)
class Plate:
    """What is to be stylised at once: a frame, or a part of it with what stood before a surface taken away.

    Attributes:
        colours: (h, w, 3) float32, sRGB.
        depth: (h, w) float32, how far away that is; None where it is not known.
        part: where it is in the frame.
        is_bare: (h, w) bool, where it is not the frame itself.
    """

    colours: _Picture
    depth: NDArray[np.float32] | None
    part: _Part
    is_bare: NDArray[np.bool_]


def stylised_apart(frame: Frame, stylise: Callable[[_Picture], _Picture], reach_px: int, *, in_parts: bool
                   ) -> _Picture:
    """A frame (H, W, 3) in its style. Without depth, or of a single surface, just `stylise` of its colours.

    Args:
        stylise: a picture of any size; what is far from where two differ becomes the same.
        reach_px: how far the outline of a thing may lie from it.
        in_parts: strokes of a part are as large as those of the whole.
    """
    result = stylise(frame.colours)
    for plate, behind, _ in _plates(frame, reach_px, in_parts=in_parts, fewest=_FEWEST_PX):
        result[plate.part] = np.where(behind[plate.part][..., None], stylise(plate.colours), result[plate.part])
    return result


def painted_apart(frame: Frame, paint: Callable[[Plate, _Picture, NDArray[np.bool_]], _Picture], reach_px: int,
                  wanted: NDArray[np.bool_]) -> _Picture:
    """A frame (H, W, 3) as it is painted: first what lies behind, with nothing before it, then the rest over it.

    Args:
        paint: what a plate becomes, given what of it is painted already: (H, W, 3), and (H, W) where it is.
        reach_px: as in `stylised_apart`.
        wanted: (H, W) where the result is of account.
    """
    result, done = frame.colours, np.zeros(frame.surface.shape, bool)
    fewest = max(_FEWEST_PX, round(_FEWEST_SHARE * frame.surface.size))
    for plate, _, own in _plates(frame, reach_px, in_parts=False, fewest=fewest, wanted=wanted):
        result = np.where((own & ~done)[..., None], paint(plate, result, done), result)
        done = done | own
    if (wanted & ~done).any():
        whole = Plate(frame.colours, frame.depth, _all_of(frame), np.zeros(frame.surface.shape, bool))
        result = np.where(done[..., None], result, paint(whole, result, done))
    return result


def _plates(frame: Frame, reach_px: int, *, in_parts: bool, fewest: int, wanted: NDArray[np.bool_] | None = None
            ) -> Iterator[tuple[Plate, NDArray[np.bool_], NDArray[np.bool_]]]:
    """For each surface that lies behind another, the plate without that; where (H, W) it lies behind, and where it is.
    From the largest to the smallest.

    Args:
        fewest: pixels that must lie behind.
        wanted: (H, W) of which only those count. Default: all.
    """
    if frame.depth is None:
        return
    numbers, surface = np.unique(frame.surface, return_inverse=True)
    surface = surface.reshape(frame.surface.shape)
    boxes = find_objects(surface + 1)
    depth = _without_rims(frame.depth, surface, boxes)
    for place in np.argsort(-np.bincount(surface.ravel(), minlength=len(numbers)), kind="stable"):
        part = _grown(boxes[place], reach_px, surface.shape)
        own, behind = surface[part] == place, np.zeros(surface.shape, bool)
        nearest = minimum_filter(np.where(own, np.float32(np.inf), depth[part]), 2 * reach_px + 1)
        behind[part] = own & (nearest < depth[part])
        if np.count_nonzero(behind if wanted is None else behind & wanted) < fewest:
            continue
        part = _grown(find_objects(behind.view(np.uint8))[0], reach_px, surface.shape) if in_parts else _all_of(frame)
        yield (_alone(frame.colours[part], depth[part], surface[part] == place, behind[part], part), behind,
               surface == place)


def _all_of(frame: Frame) -> _Part:
    height, width = frame.surface.shape
    return slice(0, height), slice(0, width)


def _without_rims(depth: NDArray[np.float32], surface: NDArray[np.int64], boxes: Sequence[_Part]
                  ) -> NDArray[np.float32]:
    """The depth with that of each surface's rim taken from within: a renderer that finds the depth of a pixel at one
    point, and its object by many, may say there that it is the one and as far as the other.
    """
    result = depth.copy()
    for place, box in enumerate(boxes):
        part = _grown(box, 1, surface.shape)
        own = surface[part] == place
        inner = binary_erosion(own, np.ones((3, 3), bool), border_value=1)
        if inner.any():
            row, column = distance_transform_edt(~inner, return_distances=False, return_indices=True)
            result[part] = np.where(own, depth[part][row, column], result[part])
    return result


def _alone(colours: _Picture, depth: NDArray[np.float32], own: NDArray[np.bool_], behind: NDArray[np.bool_],
           part: _Part) -> Plate:
    """With the surface's nearest colours in place of what stands before it, and of its own rim, which shows something
    of that.
    """
    inner = binary_erosion(own, np.ones((3, 3), bool), border_value=1)
    inner = inner if inner.any() else own
    row, column = distance_transform_edt(~inner, return_distances=False, return_indices=True)
    before = (~own & (depth < depth[row, column])) | (behind & ~inner)
    return Plate(np.where(before[..., None], colours[row, column], colours),
                 np.where(before, depth[row, column], depth), part, before)


def _grown(box: _Part, margin: int, shape: tuple[int, ...]) -> _Part:
    """The box and so much around it, within the picture."""
    rows, columns = (slice(max(0, side.start - margin) // _ALIGNED_PX * _ALIGNED_PX, min(length, side.stop + margin))
                     for side, length in zip(box, shape, strict=True))
    return rows, columns
