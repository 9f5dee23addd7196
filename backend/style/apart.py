"""A frame of a film stylised so that nothing leaves a mark on what lies behind it.

Networks draw an outline round a thing, half of it on what lies behind. In a film that half would stay there when the
thing moves on. So what lies behind is stylised as if nothing stood before it: there the surface's own colours go on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import binary_erosion, distance_transform_edt, find_objects, maximum_filter, minimum_filter

from .motion import Frame

__all__ = ["Held", "Plate", "painted_apart", "stylised_apart", "whole_plate"]

_ALIGNED_PX = 8  # a part of a picture begins at a multiple of this: networks halve sizes three times at most
_FEWEST_PX = 16  # of a surface that lie behind another, to be worth a picture of its part
_ALIKE_SHARE = 0.002  # of all pixels: what is there of a surface can be compared
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
        surface: (h, w) int32, which object it shows.
        begun: what was made of it together with other frames; None if nothing.
    """

    colours: _Picture
    depth: NDArray[np.float32] | None
    part: _Part
    is_bare: NDArray[np.bool_]
    surface: NDArray[np.int32]
    begun: Any = None


class Held(NamedTuple):
    """What of a picture is painted already.

    Attributes:
        picture: (H, W, 3) float32, sRGB; where nothing is, other strokes in the same look.
        where: (H, W) float32, 1 where it stays, else 0.
        alike: (H, W) float32, 1 in a part of what is to be painted, and where the picture shows the same surface: the
            one shall look like the other, as what is dark against another thing stays so.
    """

    picture: _Picture
    where: NDArray[np.float32]
    alike: Sequence[tuple[NDArray[np.float32], NDArray[np.float32]]] = ()


def stylised_apart(frame: Frame, stylise: Callable[[_Picture], _Picture], reach_px: int, *, in_parts: bool
                   ) -> _Picture:
    """A frame (H, W, 3) in its style. Without depth, or of a single surface, just `stylise` of its colours.

    Args:
        stylise: a picture of any size; what is far from where two differ becomes the same.
        reach_px: how far the outline of a thing may lie from it.
        in_parts: strokes of a part are as large as those of the whole.
    """
    result = stylise(frame.colours)
    for plate, behind in _plates(frame, reach_px, in_parts=in_parts, fewest=_FEWEST_PX):
        result[plate.part] = np.where(behind[plate.part][..., None], stylise(plate.colours), result[plate.part])
    return result


def painted_apart(frame: Frame, paint: Callable[[Plate, Held | None], _Picture], reach_px: int,
                  wanted: NDArray[np.bool_], known: Held | None = None) -> _Picture:
    """A frame (H, W, 3) as it is painted: all in one picture, by which forms stand out from what is behind them; then
    what lies behind, with nothing before it, so that it fits to the rest.

    Args:
        paint: what a plate becomes.
        reach_px: as in `stylised_apart`.
        wanted: (H, W) where the result is of account; some of it is.
        known: what is painted already.
    """
    result, done = (None, np.zeros(wanted.shape, bool)) if known is None else (known.picture, known.where > 0)

    def painted(plate: Plate, stays: NDArray[np.bool_]) -> _Picture:
        where = stays & ~plate.is_bare
        if result is None or not where.any():
            return paint(plate, None)
        return paint(plate, Held(result, where.astype(np.float32), _alike(plate, frame.surface, ~where, done)))

    fewest = max(_FEWEST_PX, round(_FEWEST_SHARE * wanted.size))
    near = [(_bare_near(behind, plate, frame, 2 * reach_px), behind & wanted)
            for plate, behind in _plates(frame, reach_px, in_parts=False, fewest=fewest, wanted=wanted)]
    plates = [(plate, behind) for plate, behind in near if plate.is_bare.any()]  # any other is the frame itself
    is_whole = result is None or bool((wanted & ~np.logical_or.reduce([done, *(each for _, each in plates)])).any())
    if is_whole:
        new = painted(whole_plate(frame), done)
        result, done = new if result is None else np.where(done[..., None], result, new), np.ones_like(done)
    assert result is not None
    for plate, behind in plates:
        new = painted(plate, done & ~behind)
        share = _inwards(behind, frame.surface, reach_px / 2) if is_whole else behind
        result = np.where(behind[..., None], result + share[..., None] * (new - result), result)
        done = done | behind
    return result


def whole_plate(frame: Frame) -> Plate:
    """The frame as it is."""
    return Plate(frame.colours, frame.depth, _all_of(frame), np.zeros(frame.surface.shape, bool), frame.surface)


def _inwards(behind: NDArray[np.bool_], surface: NDArray[np.int32], over_px: float) -> NDArray[np.float32]:
    """(H, W) 1 where a part of a surface is that far from the rest of it, and less towards that."""
    rest = (surface == surface[behind][0]) & ~behind
    if not rest.any():
        return behind.astype(np.float32)
    return (distance_transform_edt(~rest) / over_px).clip(0, 1).astype(np.float32)


def _alike(plate: Plate, surface: NDArray[np.int32], new: NDArray[np.bool_], done: NDArray[np.bool_]
           ) -> list[tuple[NDArray[np.float32], NDArray[np.float32]]]:
    """`Held.alike`: of each surface, what of the plate is new (H, W), and what of the frame is done (H, W)."""
    fewest = max(_FEWEST_PX, round(_ALIKE_SHARE * new.size))
    found = []
    for number in np.unique(plate.surface[new]):
        here, there = new & (plate.surface == number), done & (surface == number)
        if np.count_nonzero(there) >= fewest:
            found.append((here.astype(np.float32), there.astype(np.float32)))
    return found


def _plates(frame: Frame, reach_px: int, *, in_parts: bool, fewest: int, wanted: NDArray[np.bool_] | None = None
            ) -> Iterator[tuple[Plate, NDArray[np.bool_]]]:
    """For each surface that lies behind another, the plate without that, and where (H, W) it lies behind. From the
    largest to the smallest.

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
        yield _alone(frame, depth, surface == place, behind, part), behind


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


def _alone(frame: Frame, depth: NDArray[np.float32], own: NDArray[np.bool_], behind: NDArray[np.bool_], part: _Part
           ) -> Plate:
    """The part with the surface's nearest colours in place of what stands before it, and of its own rim, which shows
    something of that.
    """
    colours, surface, depth = frame.colours[part], frame.surface[part], depth[part]
    own, behind = own[part], behind[part]
    inner = binary_erosion(own, np.ones((3, 3), bool), border_value=1)
    inner = inner if inner.any() else own
    row, column = distance_transform_edt(~inner, return_distances=False, return_indices=True)
    before = (~own & (depth < depth[row, column])) | (behind & ~inner)
    return Plate(np.where(before[..., None], colours[row, column], colours),
                 np.where(before, depth[row, column], depth), part, before,
                 np.where(before, surface[row, column], surface))


def _bare_near(where: NDArray[np.bool_], plate: Plate, frame: Frame, reach_px: int) -> Plate:
    """A plate of the whole frame that takes away what is no farther than that from where (H, W) it holds."""
    bare = plate.is_bare & maximum_filter(where, 2 * reach_px + 1)
    assert plate.depth is not None and frame.depth is not None
    return Plate(np.where(bare[..., None], plate.colours, frame.colours), np.where(bare, plate.depth, frame.depth),
                 plate.part, bare, np.where(bare, plate.surface, frame.surface))


def _grown(box: _Part, margin: int, shape: tuple[int, ...]) -> _Part:
    """The box and so much around it, within the picture."""
    rows, columns = (slice(max(0, side.start - margin) // _ALIGNED_PX * _ALIGNED_PX, min(length, side.stop + margin))
                     for side, length in zip(box, shape, strict=True))
    return rows, columns
