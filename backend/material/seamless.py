"""A picture of a surface made to tile: its opposite borders are laid over each other, and cut where they differ least.

Efros and Freeman, "Image Quilting for Texture Synthesis and Transfer" (2001): the boundary of least error, by dynamic
programming. Burt and Adelson, "A Multiresolution Spline" (1983): what is left of a difference goes over widely where
it is wide, and narrowly where it is fine. Everything outside of the overlap stays pixel by pixel as it is.
"""

from __future__ import annotations

import numpy as np
import scipy.ndimage
from numpy.typing import NDArray

__all__ = ["cropped", "make_seamless", "resampled"]

Picture = NDArray[np.float32]

_WIDEST = 0.5  # share of a side that is laid over the other, at a change of 1
_LEAST_PX = 8
_SOFTER = 4.0  # each wider band of the blend is by so much wider


def cropped(picture: Picture, width: int, height: int, change: float, *, wraps_x: bool, wraps_y: bool) -> Picture:
    """The middle of a picture (H, W, 3), of such a shape that `make_seamless` leaves one of `width` to `height`."""
    rows, columns = picture.shape[:2]
    share = change * _WIDEST
    wanted = (width * (1 - share if wraps_y else 1)) / (height * (1 - share if wraps_x else 1))
    across = min(columns, max(1, round(rows * wanted)))
    down = min(rows, max(1, round(columns / wanted)))
    top, left = (rows - down) // 2, (columns - across) // 2
    return picture[top:top + down, left:left + across]


def make_seamless(picture: Picture, change: float, *, wraps_x: bool, wraps_y: bool) -> tuple[Picture, Picture]:
    """A picture (h, w, 3) float32 that tiles along the axes that shall wrap, made of one (H, W, 3), and how near each
    pixel (h, w) is to a cut: 1 on it, 0 from where nothing is blended.

    Args:
        change: how much of the picture may be used for it, 0 to 1: half as much of each side is laid over the other
            side, and the picture becomes shorter by it. 0 changes nothing.
    """
    near = np.zeros(picture.shape[:2], np.float32)
    if change <= 0:
        return picture, near
    if wraps_x:
        picture, near = _joined(picture, near, change, closed=False)
    if wraps_y:
        turned, near = _joined(picture.swapaxes(0, 1), near.T, change, closed=wraps_x)
        picture, near = turned.swapaxes(0, 1), near.T
    return np.ascontiguousarray(picture), np.ascontiguousarray(near)


def _joined(picture: Picture, near: Picture, change: float, *, closed: bool) -> tuple[Picture, Picture]:
    """The left and the right border joined; the cut ends where it began, if the picture goes on above and below."""
    width = picture.shape[1]
    band = min(max(round(change * _WIDEST * width), _LEAST_PX), width // 2)
    left, right = picture[:, :band], picture[:, width - band:]
    # What is darker towards one side, as a photo in slanting light, would show at each repetition.
    ramp = ((np.arange(width) + 0.5) / width - 0.5).astype(np.float32)
    picture = picture + ramp[:, None] * (left.mean((0, 1)) - right.mean((0, 1)))
    left, right = picture[:, :band], picture[:, width - band:]
    cut = _cut(np.square(left - right).sum(axis=2), closed=closed)
    distance = np.arange(band) - cut[:, None]
    is_left = (distance >= 0).astype(np.float32)
    over = right + _blend(left - right, is_left, band, closed)
    result = np.concatenate([over, picture[:, band:width - band]], axis=1)
    soft = np.clip(1 - np.abs(distance + 0.5) / (band / 4), 0, 1).astype(np.float32)
    fresh = np.maximum(soft, np.maximum(near[:, :band], near[:, width - band:]))
    return result.clip(0, 1), np.concatenate([fresh, near[:, band:width - band]], axis=1)


def _cut(error: NDArray[np.floating], *, closed: bool) -> NDArray[np.int64]:
    """(H,): for each row of (H, band) the column at which the path of least error from top to bottom crosses it. It
    keeps to the middle half, so that there is room to blend on both sides."""
    rows, band = error.shape
    cost = error.astype(np.float64)
    margin = max(1, band // 4)
    cost[:, :margin] = cost[:, band - margin:] = np.inf
    if not closed:
        return _path(cost)
    # Twice around: where it is in the middle of that is a place to begin and to end.
    place = _path(np.concatenate([cost, cost]))[rows]
    fixed = cost.copy()
    fixed[[0, -1]] = np.inf
    fixed[[0, -1], place] = cost[[0, -1], place]
    return _path(fixed)


def _path(cost: NDArray[np.float64]) -> NDArray[np.int64]:
    rows = len(cost)
    total = np.empty_like(cost)
    total[0] = cost[0]
    for row in range(1, rows):
        before = np.pad(total[row - 1], 1, constant_values=np.inf)
        total[row] = cost[row] + np.minimum(np.minimum(before[:-2], before[1:-1]), before[2:])
    path = np.empty(rows, np.int64)
    path[-1] = np.argmin(total[-1])
    for row in range(rows - 2, -1, -1):
        low = max(path[row + 1] - 1, 0)
        path[row] = low + np.argmin(total[row, low:path[row + 1] + 2])
    return path


def _blend(difference: Picture, is_left: Picture, band: int, closed: bool) -> Picture:
    """What of (left - right) is to be added to the right: each band of it over as far as its waves are long."""
    modes = ("wrap" if closed else "nearest", "nearest")
    result = np.zeros_like(difference)
    rest, sigma = difference, 1.0
    while True:
        mask = scipy.ndimage.gaussian_filter(is_left, sigma, mode=modes, truncate=2.0)[..., None]
        if sigma * _SOFTER * 2 > band / 4:  # a wider one would not have gone over within the band
            return result + mask * rest
        smooth = scipy.ndimage.gaussian_filter(rest, (sigma * 2, sigma * 2, 0), mode=(*modes, "nearest"), truncate=3.0)
        result += mask * (rest - smooth)
        rest, sigma = smooth, sigma * _SOFTER


def resampled(picture: Picture, height: int, width: int, *, wraps_x: bool, wraps_y: bool) -> Picture:
    """(height, width, C) of (H, W, C) by Lanczos' filter of three lobes, which sees the other side where it wraps."""
    for axis, length, wraps in ((0, height, wraps_y), (1, width, wraps_x)):
        if picture.shape[axis] != length:
            picture = np.swapaxes(_resampled_rows(np.swapaxes(picture, 0, axis), length, wraps), 0, axis)
    return np.ascontiguousarray(picture)


def _resampled_rows(picture: Picture, length: int, wraps: bool) -> Picture:
    source = len(picture)
    step = source / length
    wide = max(1.0, step)  # a reduction takes the mean of more
    centres = (np.arange(length) + 0.5) * step - 0.5
    taps = int(np.ceil(3 * wide)) * 2
    places = np.floor(centres)[:, None].astype(np.int64) + np.arange(1 - taps // 2, taps // 2 + 1)
    apart = (places - centres[:, None]) / wide
    weights = np.where(np.abs(apart) < 3, np.sinc(apart) * np.sinc(apart / 3), 0)
    weights = (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)
    places = places % source if wraps else places.clip(0, source - 1)
    result = np.zeros((length, *picture.shape[1:]), np.float32)
    for tap in range(taps):
        result += weights[:, tap].reshape(-1, *[1] * (picture.ndim - 1)) * picture[places[:, tap]]
    return result
