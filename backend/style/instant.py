"""Style at once: one pass of a network, in tiles where a picture is large."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from protocol.style import FIXED_STYLES

from .adain import AdainNetwork
from .networks import STEP_PX, any_style_network, fixed_style_network, style_vector, trained_style_network
from .pictures import resized
from .too_large import told_if_too_large

__all__ = ["MARGIN_PX", "Look", "Statistics", "look_of", "measure_look", "stylise", "tile_count"]

MARGIN_PX = 80  # beyond a tile: more than any pixel of a network sees
_TILE_PX = 1024
_WHOLE_PX = 1536 * 1536  # what is larger is measured at this size, and stylised in tiles
_STYLE_PX = 256
_BROUGHT_STYLE_PX = 512  # longer side, for a network that the artist brings


Statistics = list[list[NDArray[np.float32]]]  # for each part of a look what its network is told


class PictureNetwork(Protocol):
    """As `networks.StyleNetwork`."""

    def measure(self, pictures: NDArray[np.float32], style: NDArray[np.float32]
                ) -> tuple[NDArray[np.float32], list[NDArray[np.float32]]]: ...

    def apply(self, pictures: NDArray[np.float32], style: NDArray[np.float32],
              statistics: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]: ...


@dataclass(frozen=True, eq=False)
class Look:
    """Styles mixed to one.

    Attributes:
        parts: of the result, one for each network: its share, the network and its style.
    """

    parts: tuple[tuple[float, PictureNetwork, NDArray[np.float32]], ...]


def look_of(pictures: Sequence[tuple[NDArray[np.float32], float]], fixed: Sequence[tuple[int, float]],
            trained: Sequence[tuple[Mapping[str, NDArray[np.float32]], float]] = (),
            brought: AdainNetwork | None = None) -> Look:
    """The look of style pictures (H, W, 3) float32, sRGB, of numbered styles, and of the weights of trained ones
    (`adversarial.styles.read_style`), each with its weight among all.

    Args:
        brought: for the pictures, in place of the network that comes along.
    """
    parts: list[tuple[float, PictureNetwork, NDArray[np.float32]]] = []
    total = sum(weight for group in (pictures, fixed, trained) for _, weight in group)
    if pictures:
        share = sum(weight for _, weight in pictures)
        seen = _vector if brought is None else lambda picture: brought.style_of(_bounded(picture))
        vectors = [weight / share * seen(picture) for picture, weight in pictures]
        parts.append((share / total, brought or any_style_network(), np.sum(vectors, axis=0, dtype=np.float32)))
    if fixed:
        share = sum(weight for _, weight in fixed)
        weights = np.zeros(FIXED_STYLES, np.float32)
        for number, weight in fixed:
            weights[number] += weight / share
        parts.append((share / total, fixed_style_network(), weights))
    parts += [(weight / total, trained_style_network(learnt), np.ones(1, np.float32)) for learnt, weight in trained]
    return Look(tuple(parts))


def measure_look(pictures: Sequence[NDArray[np.float32]], look: Look, stroke_scale: float = 1.0) -> Statistics:
    """What all frames of a film (H, W, 3) are normalised by, from some of them: the mean of theirs, for each part of
    the look. Normalised by its own, a frame would be brighter or duller than the one before it.
    """
    result: Statistics = []
    for _, network, style in look.parts:
        each = [network.measure(_fitting(_seen(picture, stroke_scale))[None], style)[1] for picture in pictures]
        result.append([np.mean(np.stack(values), axis=0).astype(np.float32) for values in zip(*each, strict=True)])
    return result


@told_if_too_large
def stylise(picture: NDArray[np.float32], look: Look, stroke_scale: float = 1.0,
            step: Callable[[], None] = lambda: None, statistics: Statistics | None = None) -> NDArray[np.float32]:
    """The picture (H, W, 3) float32, sRGB, in a look; same size.

    Args:
        stroke_scale: strokes are so many times as large: the network sees the picture that much smaller.
        step: called after each tile; may raise to stop.
        statistics: from `measure_look`; default: the picture's own.
    """
    height, width = picture.shape[:2]
    seen = _seen(picture, stroke_scale)
    result = np.zeros_like(seen)
    for place, (share, network, style) in enumerate(look.parts):
        result += np.float32(share) * _run(seen, network, style, step, statistics[place] if statistics else None)
    if stroke_scale == 1:
        return result[:height, :width]
    high, wide = _size(height, width, stroke_scale)
    return resized(result[:high, :wide], height, width)


def tile_count(height: int, width: int, stroke_scale: float, look: Look) -> int:
    """How many steps `stylise` takes without statistics."""
    height, width = _size(height, width, stroke_scale)
    tiles = 1 if height * width <= _WHOLE_PX else 1 + -(-height // _TILE_PX) * -(-width // _TILE_PX)
    return tiles * len(look.parts)


def _size(height: int, width: int, stroke_scale: float) -> tuple[int, int]:
    """In which the network sees a picture."""
    return (height, width) if stroke_scale == 1 else (
        max(STEP_PX * 8, round(height / stroke_scale)), max(STEP_PX * 8, round(width / stroke_scale)))


def _seen(picture: NDArray[np.float32], stroke_scale: float) -> NDArray[np.float32]:
    """The picture in that size, its sides extended to multiples of what networks take."""
    small = picture if stroke_scale == 1 else resized(picture, *_size(picture.shape[0], picture.shape[1], stroke_scale))
    return np.pad(small, [(0, -small.shape[0] % STEP_PX), (0, -small.shape[1] % STEP_PX), (0, 0)], mode="edge")


def _fitting(picture: NDArray[np.float32]) -> NDArray[np.float32]:
    """No larger than what is measured at once."""
    height, width = picture.shape[:2]
    if height * width <= _WHOLE_PX:
        return picture
    scale = (_WHOLE_PX / (height * width)) ** 0.5
    return resized(picture, *(int(side * scale) // STEP_PX * STEP_PX for side in (height, width)))


def _run(picture: NDArray[np.float32], network: PictureNetwork, style: NDArray[np.float32], step: Callable[[], None],
         statistics: Sequence[NDArray[np.float32]] | None) -> NDArray[np.float32]:
    height, width = picture.shape[:2]
    fits = height * width <= _WHOLE_PX
    if statistics is None:
        (whole,), statistics = network.measure(_fitting(picture)[None], style)
        step()
        if fits:
            return whole
    if fits:
        return network.apply(picture[None], style, statistics)[0]
    result = np.empty_like(picture)
    for top in range(0, height, _TILE_PX):
        for left in range(0, width, _TILE_PX):
            bottom, right = min(top + _TILE_PX, height), min(left + _TILE_PX, width)
            up, west = min(top, MARGIN_PX), min(left, MARGIN_PX)
            (tile,) = network.apply(picture[None, top - up:bottom + MARGIN_PX, left - west:right + MARGIN_PX], style,
                                    statistics)
            result[top:bottom, left:right] = tile[up:up + bottom - top, west:west + right - left]
            step()
    return result


def _vector(picture: NDArray[np.float32]) -> NDArray[np.float32]:
    return style_vector(_square(picture))


def _bounded(picture: NDArray[np.float32]) -> NDArray[np.float32]:
    scale = min(1.0, _BROUGHT_STYLE_PX / max(picture.shape[:2]))
    return resized(picture, *(max(MARGIN_PX, round(side * scale)) for side in picture.shape[:2]))


def _square(picture: NDArray[np.float32]) -> NDArray[np.float32]:
    """The middle of a picture, of the size that the network for styles takes."""
    side = min(picture.shape[:2])
    top, left = (picture.shape[0] - side) // 2, (picture.shape[1] - side) // 2
    return resized(picture[top:top + side, left:left + side], _STYLE_PX, _STYLE_PX)
