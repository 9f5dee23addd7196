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

from collections.abc import Callable, Iterator, Mapping
from functools import partial

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from .apart import stylised_apart
from .motion import Frame, Origin, follow
from .origins import Traced, traced_frames

__all__ = ["carried", "stylised_frames", "warp_error"]

_FADE_FRAMES = 6  # in which strokes that are made anew take over
_TONE_SHARE = 1 / 16  # of the width: what changes over more than this is tone
_SAME_LIGHT = 0.02  # a tone that changes by twice as much is another light; the network's own moods are not
_STROKE_SHARE = 1 / 80
_SAME_STROKE = 0.05  # strokes of what has changed by twice as much are made anew

Stylised = tuple[NDArray[np.float32], NDArray[np.int32]]  # (H, W, C) a picture, (H, W) its surfaces


def carried(origin: Origin, surface: NDArray[np.int32], stylised: Mapping[int, Stylised]) -> NDArray[np.float32]:
    """(H, W, C) the strokes where they are now; those of one surface never run into another.

    Args:
        surface: (H, W) int32, which object each pixel shows.
        stylised: by the number of the frame.
    """
    numbers = np.unique(origin.frame).tolist()
    result = np.empty((*origin.frame.shape, stylised[numbers[0]][0].shape[2]), np.float32)
    for number in numbers:
        picture, there = stylised[number]
        _sample(picture, there, origin.frame, origin.place, surface, number, result)
    return result


def stylised_frames(count: int, read: Callable[[int], Frame],
                    stylise: Callable[[NDArray[np.float32]], NDArray[np.float32]],
                    is_done: Callable[[int], bool] = lambda number: False,
                    on_cut: Callable[[int], None] = lambda number: None, stroke_scale: float = 1.0
                    ) -> Iterator[NDArray[np.float32] | None]:
    """Each frame (H, W, 3) in its style, one after another; None for those that are done already, for which places are
    followed but nothing is stylised.

    Args:
        count: how many frames there are, from 0 on.
        read: a frame by its number; may be asked twice for the same.
        stylise: a frame's own picture; it shall be the same for the same frame, and alike for alike ones.
        on_cut: called with the number of a frame with which another scene begins.
        stroke_scale: of the strokes of `stylise`.
    """
    own: dict[int, Stylised] = {}
    last: Traced | None = None
    fading: Origin | None = None
    left = 0

    def made(number: int, frame: Frame) -> Stylised:
        if number not in own:
            strokes = stylised_apart(frame, stylise, stroke_scale)
            own[number] = np.concatenate([strokes, frame.colours], axis=2), frame.surface
        return own[number]

    for traced in traced_frames(count, read):
        number, frame, origin, is_cut, is_renewed = traced
        if is_cut:
            left = 0
            if number:
                on_cut(number)
        if is_renewed:
            assert last is not None
            fading, left = last.origin, _FADE_FRAMES
        if left:
            assert last is not None and fading is not None
            fading = follow(fading, last.frame, frame, number)[0]
        layers = [origin, fading] if left and fading is not None else [origin]
        own = {other: own[other] for other in own if any((layer.frame == other).any() for layer in layers)}
        if is_done(number):
            yield None
        else:
            for other in {int(other) for layer in layers for other in np.unique(layer.frame)} - own.keys():
                made(other, frame if other == number else read(other))
            shown = [_lit(carried(layer, frame.surface, own), frame.colours, partial(made, number, frame))
                     for layer in layers]
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


def _lit(strokes: NDArray[np.float32], colours: NDArray[np.float32], own: Callable[[], Stylised]
         ) -> NDArray[np.float32]:
    """(H, W, 3) the carried strokes (H, W, 6), the picture that they were made of behind them, in the tone of a frame's
    own where its light, by its colours (H, W, 3), is another than when they were made. Where it is quite another at the
    scale of strokes, as where a shadow falls, the frame's own.
    """
    difference = colours - strokes[..., 3:]
    tone = _blurred(difference, _TONE_SHARE)
    is_lit = _beyond(tone, _SAME_LIGHT)
    is_other = _beyond(_blurred(difference - is_lit * tone, _STROKE_SHARE), _SAME_STROKE)
    if not is_lit.any() and not is_other.any():
        return strokes[..., :3]
    styled = own()[0][..., :3]
    lit = strokes[..., :3] + is_lit * _blurred(styled - strokes[..., :3], _TONE_SHARE)
    return lit + is_other * (styled - lit)


def _beyond(difference: NDArray[np.float32], limit: float) -> NDArray[np.float32]:
    """(H, W, 1) from 0 where no channel of a difference (H, W, 3) is beyond a limit to 1 at twice as much."""
    return ((np.abs(difference).max(axis=2, keepdims=True) - limit) / np.float32(limit)).clip(0, 1)


def _blurred(picture: NDArray[np.float32], share_of_width: float) -> NDArray[np.float32]:
    sigma = picture.shape[1] * share_of_width
    return gaussian_filter(picture, (sigma, sigma, 0), mode="nearest")


@njit(cache=True, nogil=True, error_model="numpy")
def _sample(picture, there, frame, place, surface, number, out):
    """Bilinear, of the pixels of the same surface only; as differences, so that a place on a pixel is just that."""
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
