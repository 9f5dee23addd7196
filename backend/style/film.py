"""A film in one style: each stroke is made once and carried along by the motion that the renderer knows.

What a frame shows comes from the stylised frame in which it was first seen, at a place that is followed exactly from
frame to frame: the place is carried, never the colours, so that nothing is blurred by being carried on and on. What
comes into view is stylised there and then. The broad tone of each frame's own stylised picture is kept, so that light
may change. Without motion nothing changes, bit by bit.

Ruder, Dosovitskiy and Brox, "Artistic style transfer for videos" (2016) carry colours and test motion forwards and
backwards, as this does.
"""

# ruff: noqa: ANN001, ANN202 -- the kernels at the end: numba takes the types from what is passed in.
from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

__all__ = ["Frame", "Origin", "carried", "follow", "stretched_share", "stylised_frames", "warp_error"]

_STILL_PX = 1e-3  # a motion that is only the rounding of none
_LOST_PX = 0.7  # forth and back again, a place that is still seen comes back this near
_CUT_SHARE = 0.85  # of new pixels: from then on it is another scene
_STRETCH = 2.0  # strokes that are drawn longer or shorter than this are made anew
_STRETCHED_SHARE = 0.2  # of the picture, before that is done
_FADE_FRAMES = 6  # in which they take over
_TONE_SHARE = 1 / 16  # of the width: what changes over more than this is tone


@dataclass(frozen=True, eq=False)
class Frame:
    """
    Attributes:
        colours: (H, W, 3) float32, sRGB.
        backward: (H, W, 2) float32, from each pixel to where it was in the frame before, in pixels to the right and
            downwards; None in the first.
        forward: (H, W, 2) float32, to where it will be in the next; None in the last.
        surface: (H, W) int32, which object each pixel shows.
    """

    colours: NDArray[np.float32]
    backward: NDArray[np.float32] | None
    forward: NDArray[np.float32] | None
    surface: NDArray[np.int32]


Stylised = tuple[NDArray[np.float32], NDArray[np.int32]]  # (H, W, 3) a picture, (H, W) its surfaces


@dataclass(frozen=True, eq=False)
class Origin:
    """Where the strokes of a frame were made.

    Attributes:
        frame: (H, W) int32, number of the stylised frame.
        place: (H, W, 2) float32, x and y of the pixel's centre in it; a whole number is a pixel's own.
    """

    frame: NDArray[np.int32]
    place: NDArray[np.float32]

    @classmethod
    def new(cls, number: int, height: int, width: int) -> Origin:
        """All of it made in this frame."""
        rows, columns = np.mgrid[:height, :width].astype(np.float32)
        return cls(np.full((height, width), number, np.int32), np.stack([columns, rows], axis=2))


def follow(before: Origin, last: Frame, frame: Frame, number: int) -> tuple[Origin, float]:
    """The origin of a frame's pixels, from that of the frame before; and the share that is new.

    A pixel is known if it comes back to where it is by way of the frame before, onto the same surface.
    """
    height, width = frame.surface.shape
    if frame.backward is None or last.forward is None:
        return Origin.new(number, height, width), 1.0
    result = Origin.new(number, height, width)
    count = _follow(before.frame, before.place, last.forward, last.surface, frame.backward, frame.surface,
                    result.frame, result.place)
    return result, 1 - count / (height * width)


def stretched_share(origin: Origin) -> float:
    """Share of the pixels whose strokes are more than `_STRETCH` times as long or as short as they were made."""
    across, down = np.diff(origin.place, axis=1)[:-1], np.diff(origin.place, axis=0)[:, :-1]
    same = (np.diff(origin.frame, axis=1)[:-1] == 0) & (np.diff(origin.frame, axis=0)[:, :-1] == 0)
    area = np.abs(across[..., 0] * down[..., 1] - across[..., 1] * down[..., 0])
    far = (area < _STRETCH ** -2) | (area > _STRETCH ** 2)
    return float((far & same).mean())


def carried(origin: Origin, surface: NDArray[np.int32], stylised: Mapping[int, Stylised]) -> NDArray[np.float32]:
    """(H, W, 3) the strokes where they are now; those of one surface never run into another.

    Args:
        surface: (H, W) int32, which object each pixel shows.
        stylised: by the number of the frame.
    """
    result = np.empty((*origin.frame.shape, 3), np.float32)
    for number in np.unique(origin.frame).tolist():
        picture, there = stylised[number]
        _sample(picture, there, origin.frame, origin.place, surface, number, result)
    return result


def stylised_frames(count: int, read: Callable[[int], Frame],
                    stylise: Callable[[NDArray[np.float32]], NDArray[np.float32]],
                    is_done: Callable[[int], bool] = lambda number: False,
                    on_cut: Callable[[int], None] = lambda number: None) -> Iterator[NDArray[np.float32] | None]:
    """Each frame (H, W, 3) in its style, one after another; None for those that are done already, for which places are
    followed but nothing is stylised.

    Args:
        count: how many frames there are, from 0 on.
        read: a frame by its number; may be asked twice for the same.
        stylise: a frame's own picture; it shall be the same for the same frame, and alike for alike ones.
        on_cut: called with the number of a frame with which another scene begins.
    """
    own: dict[int, Stylised] = {}
    origin: Origin | None = None
    fading: Origin | None = None
    left = 0
    last: Frame | None = None
    for number in range(count):
        frame = read(number)
        height, width = frame.surface.shape
        is_cut = origin is None or last is None or last.surface.shape != frame.surface.shape
        if not is_cut:
            assert origin is not None and last is not None
            fading = follow(fading, last, frame, number)[0] if fading is not None and left else None
            origin, new = follow(origin, last, frame, number)
            is_cut = new > _CUT_SHARE
        if is_cut:
            origin, fading, left = Origin.new(number, height, width), None, 0
            if number:
                on_cut(number)
        assert origin is not None
        if not left and stretched_share(origin) > _STRETCHED_SHARE:
            origin, fading, left = Origin.new(number, height, width), origin, _FADE_FRAMES
        layers = [origin] if fading is None or not left else [origin, fading]
        own = {other: own[other] for other in own if any((layer.frame == other).any() for layer in layers)}
        if is_done(number):
            yield None
        else:
            for other in {number, *(int(other) for layer in layers for other in np.unique(layer.frame))} - own.keys():
                made = frame if other == number else read(other)
                own[other] = stylise(made.colours), made.surface
            shown = [_with_tone(carried(layer, frame.surface, own), own[number][0]) for layer in layers]
            if len(shown) == 2:
                shown[0] += np.float32(left / _FADE_FRAMES) * (shown[1] - shown[0])
            yield shown[0].clip(0, 1)
        left = max(left - 1, 0)
        last = frame


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


def _with_tone(picture: NDArray[np.float32], own: NDArray[np.float32]) -> NDArray[np.float32]:
    sigma = picture.shape[1] * _TONE_SHARE
    return picture + gaussian_filter(own - picture, (sigma, sigma, 0), mode="nearest")


@njit(cache=True, nogil=True, error_model="numpy")
def _follow(from_frame, from_place, forward, from_surface, backward, surface, to_frame, to_place):
    height, width = surface.shape
    count = 0
    for row in range(height):
        for column in range(width):
            x, y = np.float64(backward[row, column, 0]), np.float64(backward[row, column, 1])
            if abs(x) < _STILL_PX and abs(y) < _STILL_PX:
                x, y = np.float64(0.0), np.float64(0.0)
            x, y = x + column, y + row
            if not (-0.5 <= x <= width - 0.5 and -0.5 <= y <= height - 0.5):
                continue
            near_x, near_y = min(max(int(np.rint(x)), 0), width - 1), min(max(int(np.rint(y)), 0), height - 1)
            if from_surface[near_y, near_x] != surface[row, column]:
                continue
            back_x = near_x + forward[near_y, near_x, 0] + (x - near_x) - column
            back_y = near_y + forward[near_y, near_x, 1] + (y - near_y) - row
            if back_x * back_x + back_y * back_y > _LOST_PX * _LOST_PX:
                continue
            number = from_frame[near_y, near_x]
            left, top = min(max(int(np.floor(x)), 0), width - 1), min(max(int(np.floor(y)), 0), height - 1)
            right, below = min(left + 1, width - 1), min(top + 1, height - 1)
            fx, fy = min(max(x - left, 0.0), 1.0), min(max(y - top, 0.0), 1.0)
            whole = True
            for k in range(4):
                r, c = below if k // 2 else top, right if k % 2 else left
                if from_frame[r, c] != number or from_surface[r, c] != surface[row, column]:
                    whole = False
            to_frame[row, column] = number
            for axis in range(2):
                if whole:
                    upper = from_place[top, left, axis] * (1 - fx) + from_place[top, right, axis] * fx
                    lower = from_place[below, left, axis] * (1 - fx) + from_place[below, right, axis] * fx
                    to_place[row, column, axis] = upper * (1 - fy) + lower * fy
                else:
                    to_place[row, column, axis] = from_place[near_y, near_x, axis] + ((x - near_x) if axis == 0
                                                                                      else (y - near_y))
            count += 1
    return count


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
