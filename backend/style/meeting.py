"""Frames of a film that are denoised together: where they show the same, they go over to what they show on average.

As views of an object meet on its surface (`texturing.agreement`), and those of a panorama on its sphere; here on the
frames in which strokes are made, by the exact motion.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from .motion import Origin

__all__ = ["Meeting"]

_Picture = NDArray[np.float32]


class Meeting:
    """
    Args:
        origins: of some frames, by their numbers.
        height, width: of the pictures that meet, which may be smaller than the frames.
    """

    def __init__(self, origins: Sequence[tuple[int, Origin]], height: int, width: int) -> None:
        numbers = [number for number, _ in origins]
        self._looks = [_look(origin, numbers, height, width) for _, origin in origins]

    def differences(self, pictures: Sequence[_Picture]) -> list[_Picture]:
        """Of each frame's picture (h, w, C) what the mean of all that show the same differs from it; 0 where none other
        does.
        """
        shape, channels = pictures[0].shape, pictures[0].shape[2]
        seen = [look.T @ np.ones((look.shape[0], 1), np.float32) for look in self._looks]
        own = [look.T @ picture.reshape(-1, channels) for look, picture in zip(self._looks, pictures, strict=True)]
        mean = _over(sum(own), sum(seen))
        return [(look @ np.where(there > 0, mean - _over(colours, there), 0)).reshape(shape)
                for look, colours, there in zip(self._looks, own, seen, strict=True)]


def _over(total: _Picture, weight: _Picture) -> _Picture:
    return np.divide(total, weight, out=np.zeros_like(total), where=weight > 0)


def _look(origin: Origin, numbers: Sequence[int], height: int, width: int) -> csr_array:
    """(h w, n h w) where each pixel of a frame's picture was made, in the pictures of all; bilinear. What was made in
    other frames has none.
    """
    rows, columns = ((np.arange(small) + 0.5) * large / small - 0.5
                     for small, large in zip((height, width), origin.frame.shape, strict=True))
    near = np.ix_(np.rint(rows).astype(int), np.rint(columns).astype(int))
    place = origin.place[near] + np.stack([columns - np.rint(columns), np.zeros_like(columns)], axis=1)[None]
    place[..., 1] += (rows - np.rint(rows))[:, None]
    scale = np.array([width, height]) / origin.frame.shape[::-1]
    x, y = np.moveaxis(((place + 0.5) * scale - 0.5).clip(0, [width - 1, height - 1]), 2, 0)
    left, top = np.floor(x).astype(int), np.floor(y).astype(int)
    entries: list[tuple[NDArray, NDArray, NDArray]] = []
    for turn, number in enumerate(numbers):
        here = np.flatnonzero(origin.frame[near] == number)
        for down in (0, 1):
            for right in (0, 1):
                weight = (1 - np.abs(x - left - right)) * (1 - np.abs(y - top - down))
                at = ((turn * height + np.minimum(top + down, height - 1)) * width
                      + np.minimum(left + right, width - 1))
                entries.append((weight.ravel()[here], here, at.ravel()[here]))
    weights, pixels, places = (np.concatenate(each) for each in zip(*entries, strict=True))
    return csr_array((weights.astype(np.float32), (pixels, places)), (height * width, len(numbers) * height * width))
