"""A panorama as perspective views that overlap: what a network of flat pictures can paint without the bend."""

from __future__ import annotations

from collections.abc import Sequence
from math import atan, ceil, cos, pi

import numpy as np
from numpy.typing import NDArray

from .sphere import View, directions, sample_sphere, sample_view, sphere_pixels

__all__ = ["SphereViews", "views_around"]

_APART = 0.8  # of a view's angle: how far rings, and views in a ring, may be apart, so that neighbours overlap


def views_around(height: int, size: int) -> list[View]:
    """Square views, `size` pixels wide, of all of a panorama of `height` rows, in their middle as finely as it is.

    Rings of views about the vertical, and one view of each pole: 14 for twice as many rows as a view has, 51 for four
    times.
    """
    fov = 2 * atan(size * pi / (2 * height))
    apart = _APART * fov
    rings = ceil(pi / apart)
    views = []
    for ring in range(rings + 1):
        pitch = pi * (ring / rings - 0.5)
        widest = max(0.0, abs(pitch) - pi / rings / 2)  # the latitude where the ring is longest
        count = 1 if ring in (0, rings) else ceil(2 * pi * cos(widest) / apart)
        views += [View(2 * pi * (place + ring % 2 / 2) / count, pitch, fov, size, size) for place in range(count)]
    return views


class SphereViews:
    """Where the pixels of views lie in a panorama of `height` rows, and its pixels in them."""

    def __init__(self, views: Sequence[View], height: int) -> None:
        toward = directions(height)
        self._shape = height, 2 * height
        self._places = [sphere_pixels(view.directions(), height) for view in views]
        self._inside, self._back, self._weights = [], [], []
        for view in views:
            columns, rows, inside = view.pixels(toward)
            seen = inside > 0.5  # between the centres of its pixels
            self._inside.append(seen)
            self._back.append((columns[seen], rows[seen]))
            # The middle counts most: there a view is as fine as the panorama, towards its corners finer and stretched.
            self._weights.append((inside[seen][:, None] / view.width).astype(np.float32) ** 2)

    def look(self, panorama: NDArray[np.float32], number: int) -> NDArray[np.float32]:
        """(size, size, C) what a view shows of a panorama (H, 2H, C)."""
        return sample_sphere(panorama, *self._places[number])

    def joined(self, pictures: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
        """(H, 2H, C) the panorama that views (size, size, C) show, where more than one looks their mean."""
        total = np.zeros((*self._shape, pictures[0].shape[-1] + 1), np.float32)
        for number, picture in enumerate(pictures):
            self._add(total, number, sample_view(picture, *self._back[number]))
        return np.divide(total[..., :-1], total[..., -1:], dtype=np.float32)

    def differences(self, pictures: Sequence[NDArray[np.float32]]) -> list[NDArray[np.float32]]:
        """For each view (size, size, C) what the mean of all differs from its own."""
        total = np.zeros((*self._shape, pictures[0].shape[-1] + 1), np.float32)
        own = [sample_view(picture, *back) for picture, back in zip(pictures, self._back, strict=True)]
        for number, colours in enumerate(own):
            self._add(total, number, colours)
        result = []
        for inside, colours, places in zip(self._inside, own, self._places, strict=True):
            apart = np.zeros((*self._shape, colours.shape[-1]), np.float32)
            apart[inside] = total[inside][:, :-1] / total[inside][:, -1:] - colours
            result.append(sample_sphere(apart, *places))
        return result

    def _add(self, total: NDArray[np.float32], number: int, colours: NDArray[np.float32]) -> None:
        weights = self._weights[number]
        total[self._inside[number]] += np.concatenate([weights * colours, weights], axis=-1)
