"""A film in one style: each stroke is made once and carried along by the motion that the renderer knows.

What a frame shows comes from one stylised frame (see `origins`), at a place that is followed exactly from frame to
frame: the place is carried, never the colours, so that nothing is blurred by being carried on and on. Where the light
changes, strokes take on the broad tone of the frame's own stylised picture, and where a shadow comes, they are its
own. Without motion nothing changes, bit by bit.

Ruder, Dosovitskiy and Brox, "Artistic style transfer for videos" (2016) carry colours and test motion forwards and
backwards, as this does.
"""

# ruff: noqa: ANN001, ANN202 -- the kernels at the end: numba takes the types from what is passed in.
from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from math import ceil
from typing import NamedTuple, Protocol

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from .apart import stylised_apart
from .instant import MARGIN_PX
from .motion import UNKNOWN, Frame, Origin, follow
from .origins import Traced, traced_frames

__all__ = ["EachFrame", "Strokes", "Stylised", "carried", "change_of_light", "stylised_frames", "warp_error"]

_FADE_FRAMES = 6  # in which strokes that are made anew take over
_TONE_SHARE = 1 / 16  # of the width: what changes over more than this is tone
_SAME_LIGHT = 0.02  # a tone that changes by twice as much is another light; the network's own moods are not
_STROKE_SHARE = 1 / 80
_NEAR_PX = 2  # a place that lies so far beside its surface is still of it
_SAME_STROKE = 0.05  # strokes of what has changed by twice as much are made anew

Picture = NDArray[np.float32]
Stylised = tuple[Picture, NDArray[np.int32]]  # (H, W, C) a picture, (H, W) its surfaces


class Strokes(Protocol):
    """Where the strokes of a film come from."""

    def frames(self) -> Iterator[Traced]:
        """All frames from 0 on, in order."""

    def keep(self, numbers: Collection[int]) -> None:
        """From now on only strokes that were made in these frames are asked for, or in later ones."""

    def made(self, number: int) -> Stylised:
        """The strokes (H, W, 3) of a frame, then its colours (H, W, 3)."""

    def lit(self, strokes: Picture, traced: Traced) -> Picture:
        """(H, W, 3) of carried strokes (H, W, 6), the picture that they were made of behind them, what the frame shows
        by its own light.
        """


class EachFrame:
    """Strokes of a method that is quick enough for every frame.

    Args:
        count: how many frames there are, from 0 on.
        read: a frame by its number; may be asked twice for the same.
        stylise: a picture of any size; the same for the same one, and alike for alike ones.
        stroke_scale: of the strokes of `stylise`.
    """

    def __init__(self, count: int, read: Callable[[int], Frame], stylise: Callable[[Picture], Picture],
                 stroke_scale: float = 1.0) -> None:
        self._count = count
        self._read = read
        self._stylise = stylise
        self._stroke_scale = stroke_scale
        self._now: Traced | None = None
        self._made: dict[int, Stylised] = {}

    def frames(self) -> Iterator[Traced]:
        for traced in traced_frames(self._count, self._read):
            self._now = traced
            yield traced

    def keep(self, numbers: Collection[int]) -> None:
        self._made = {number: self._made[number] for number in self._made if number in numbers}

    def made(self, number: int) -> Stylised:
        if number not in self._made:
            now = self._now
            frame = now.frame if now is not None and now.number == number else self._read(number)
            strokes = stylised_apart(frame, self._stylise, ceil(MARGIN_PX * self._stroke_scale),
                                     in_parts=self._stroke_scale == 1)
            self._made[number] = np.concatenate([strokes, frame.colours], axis=2), frame.surface
        return self._made[number]

    def lit(self, strokes: Picture, traced: Traced) -> Picture:
        """In the tone of the frame's own stylised picture where its light is another than when they were made; where it
        is quite another at the scale of strokes, as where a shadow falls, the frame's own.
        """
        change = change_of_light(strokes, traced.frame.colours)
        if change is None:
            return strokes[..., :3]
        styled = self.made(traced.number)[0][..., :3]
        lit = strokes[..., :3] + change.is_lit * _blurred(styled - strokes[..., :3], _TONE_SHARE)
        return lit + change.is_other * (styled - lit)


def carried(origin: Origin, surface: NDArray[np.int32], stylised: Mapping[int, Stylised]) -> Picture:
    """(H, W, C) the strokes where they are now, and 0 where they were made in a frame that is not given; those of one
    surface never run into another.

    Args:
        surface: (H, W) int32, which object each pixel shows.
        stylised: by the number of the frame.
    """
    channels = next(iter(stylised.values()))[0].shape[2]
    result = np.zeros((*origin.frame.shape, channels), np.float32)
    for number, (picture, there) in stylised.items():
        _sample(picture, there, origin.frame, origin.place, surface, number, result)
    return result


def stylised_frames(strokes: Strokes, is_done: Callable[[int], bool] = lambda number: False,
                    on_cut: Callable[[int], None] = lambda number: None) -> Iterator[Picture | None]:
    """Each frame (H, W, 3) in its style, one after another; None for those that are done already, for which places are
    followed but nothing is stylised.

    Args:
        on_cut: called with the number of a frame with which another scene begins.
    """
    last: Traced | None = None
    fading: Origin | None = None
    left = 0
    for traced in strokes.frames():
        number, frame, origin = traced.number, traced.frame, traced.origin
        if traced.is_cut:
            left = 0
            if number:
                on_cut(number)
        if traced.is_renewed:
            assert last is not None
            fading, left = last.origin, _FADE_FRAMES
        if left:
            assert last is not None and fading is not None
            fading = follow(fading, last.frame, frame, UNKNOWN)[0]
            fading = fading.under(origin, fading.frame == UNKNOWN)
        layers = [origin, fading] if left and fading is not None else [origin]
        needed = {int(other) for layer in layers for other in np.unique(layer.frame)}
        strokes.keep(needed)
        if is_done(number):
            yield None
        else:
            made = {other: strokes.made(other) for other in sorted(needed)}
            shown = [strokes.lit(carried(layer, frame.surface, made), traced) for layer in layers]
            if len(shown) == 2:
                shown[0] += np.float32(left / _FADE_FRAMES) * (shown[1] - shown[0])
            yield shown[0].clip(0, 1)
        left = max(left - 1, 0)
        last = traced


def warp_error(first: Stylised, second: Stylised, origin: Origin, number: int) -> float:
    """Root mean square difference of a frame (H, W, 3) to an earlier one, carried to it, where both show the same (Lai
    et al., "Learning Blind Video Temporal Consistency", 2018).

    Args:
        first: the earlier frame, whose number is `number`.
        origin: of the second, from the first on.
    """
    known = origin.frame == number
    if not known.any():
        return 0.0
    moved = np.zeros_like(second[0])
    _sample(*first, origin.frame, origin.place, second[1], number, moved)
    return float(np.sqrt(np.square(moved[known] - second[0][known], dtype=np.float64).mean()))


class Change(NamedTuple):
    """How the light of a picture differs from that of another.

    Attributes:
        tone: (H, W, 3) the difference of broad tones. is_lit: (H, W, 1) from 0 to 1 where it is seen.
        detail: (H, W, 3) the difference at the scale of strokes that is left. is_other: (H, W, 1) as is_lit.
    """

    tone: Picture
    is_lit: Picture
    detail: Picture
    is_other: Picture


def change_of_light(strokes: Picture, colours: Picture) -> Change | None:
    """From the picture behind carried strokes (H, W, 6) to the colours of a frame (H, W, 3); None if it is the same."""
    difference = colours - strokes[..., 3:]
    tone = _blurred(difference, _TONE_SHARE)
    is_lit = _beyond(tone, _SAME_LIGHT)
    detail = _blurred(difference - is_lit * tone, _STROKE_SHARE)
    is_other = _beyond(detail, _SAME_STROKE)
    return Change(tone, is_lit, detail, is_other) if is_lit.any() or is_other.any() else None


def _beyond(difference: Picture, limit: float) -> Picture:
    """(H, W, 1) from 0 where no channel of a difference (H, W, 3) is beyond a limit to 1 at twice as much."""
    return ((np.abs(difference).max(axis=2, keepdims=True) - limit) / np.float32(limit)).clip(0, 1)


def _blurred(picture: Picture, share_of_width: float) -> Picture:
    sigma = picture.shape[1] * share_of_width
    return gaussian_filter(picture, (sigma, sigma, 0), mode="nearest")


@njit(cache=True, nogil=True, error_model="numpy")
def _sample(picture, there, frame, place, surface, number, out):
    """Bilinear, of the pixels of the same surface only; as differences, so that a place on a pixel is just that. Where
    none of the four is, as at rims, the nearest that is.
    """
    height, width, channels = picture.shape
    for row in range(frame.shape[0]):
        for column in range(frame.shape[1]):
            if frame[row, column] != number:
                continue
            x = min(max(np.float64(place[row, column, 0]), 0.0), width - 1.0)
            y = min(max(np.float64(place[row, column, 1]), 0.0), height - 1.0)
            near_x, near_y = int(np.rint(x)), int(np.rint(y))
            left, top = int(x), int(y)
            fx, fy = np.float32(x - left), np.float32(y - top)
            for c in range(channels):
                out[row, column, c] = picture[near_y, near_x, c]
            total = np.float32(0.0)
            for k in range(4):
                r, c = min(top + k // 2, height - 1), min(left + k % 2, width - 1)
                weight = (fy if k // 2 else 1 - fy) * (fx if k % 2 else 1 - fx)
                if weight <= 0 or there[r, c] != surface[row, column]:
                    continue
                total += weight
                for c3 in range(channels):
                    out[row, column, c3] += (picture[r, c, c3] - out[row, column, c3]) * (weight / total)
            if total > 0:
                continue
            nearest = np.inf
            for r in range(max(near_y - _NEAR_PX, 0), min(near_y + _NEAR_PX + 1, height)):
                for c in range(max(near_x - _NEAR_PX, 0), min(near_x + _NEAR_PX + 1, width)):
                    away = (r - y) ** 2 + (c - x) ** 2
                    if there[r, c] == surface[row, column] and away < nearest:
                        nearest = away
                        for c3 in range(channels):
                            out[row, column, c3] = picture[r, c, c3]
