"""A frame of a film stylised so that nothing leaves a mark on what lies behind it.

Networks draw an outline round a thing, half of it on what lies behind. In a film that half would stay there when the
thing moves on. So what lies behind is stylised as if nothing stood before it: there the surface's own colours go on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import binary_erosion, distance_transform_edt, find_objects, maximum_filter, minimum_filter

from .motion import Frame

__all__ = ["Plate", "stylised_apart"]

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


def stylised_apart(frame: Frame, stylise: Callable[[Plate], _Picture], reach_px: int, *, in_parts: bool = True,
                   wanted: NDArray[np.bool_] | None = None) -> _Picture:
    """A frame (H, W, 3) in its style. Without depth, or of a single surface, just `stylise` of all of it.

    Args:
        stylise: (h, w, 3) what a plate becomes.
        reach_px: how far the outline of a thing may lie from it.
        in_parts: strokes of a part are as large as those of the whole, and each surface is stylised in its own part.
            Otherwise as many as are that far from each other are stylised in one picture.
        wanted: (H, W) where the result is of account. Default: everywhere.
    """
    everything = slice(0, frame.surface.shape[0]), slice(0, frame.surface.shape[1])
    whole = Plate(frame.colours, frame.depth, everything, np.zeros(frame.surface.shape, bool))
    if frame.depth is None:
        return stylise(whole)
    result = stylise(whole) if in_parts else frame.colours
    numbers, surface = np.unique(frame.surface, return_inverse=True)
    surface = surface.reshape(frame.surface.shape)
    boxes = find_objects(surface + 1)
    depth = _without_rims(frame.depth, surface, boxes)
    fewest = _FEWEST_PX if in_parts else max(_FEWEST_PX, round(_FEWEST_SHARE * surface.size))
    together: list[tuple[Plate, NDArray[np.bool_], NDArray[np.bool_]]] = []  # with what is seen of it, and all around
    for place in range(len(numbers)):
        part = _grown(boxes[place], reach_px, surface.shape)
        own, behind = surface[part] == place, np.zeros(surface.shape, bool)
        nearest = minimum_filter(np.where(own, np.float32(np.inf), depth[part]), 2 * reach_px + 1)
        behind[part] = own & (nearest < depth[part])
        if wanted is not None:
            behind &= wanted
        if np.count_nonzero(behind) < fewest:
            continue
        part = _grown(find_objects(behind.view(np.uint8))[0], reach_px, surface.shape) if in_parts else everything
        plate = _alone(frame.colours[part], depth[part], surface[part] == place, behind[part], part)
        if in_parts:
            result[part] = np.where(behind[part][..., None], stylise(plate), result[part])
        else:
            _add(together, plate, behind, maximum_filter(behind, 2 * reach_px + 1))
    shown = np.logical_or.reduce([behind for _, behind, _ in together] or [whole.is_bare])
    if not in_parts and (wanted is None or (wanted & ~shown).any()):
        result = stylise(whole)
    for plate, behind, _ in together:
        result = np.where(behind[..., None], stylise(plate), result)
    return result


def _add(together: list[tuple[Plate, NDArray[np.bool_], NDArray[np.bool_]]], plate: Plate, behind: NDArray[np.bool_],
         around: NDArray[np.bool_]) -> None:
    """To the first of the pictures in which nothing is taken that lies around what is seen of it, or as another."""
    for number, (other, shown, taken) in enumerate(together):
        if not (around & taken).any():
            bare = plate.is_bare & around
            assert plate.depth is not None and other.depth is not None
            both = Plate(np.where(bare[..., None], plate.colours, other.colours),
                         np.where(bare, plate.depth, other.depth), plate.part, bare | other.is_bare)
            together[number] = both, shown | behind, taken | around
            return
    bare = plate.is_bare & around
    together.append((Plate(plate.colours, plate.depth, plate.part, bare), behind, around))


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
