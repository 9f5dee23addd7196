"""A panorama as perspective views that overlap: what a network of flat pictures can paint without the bend."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from math import asin, atan, ceil, cos, floor, pi, sin, sqrt, tan

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


class _Footprint:
    """The pixels of a panorama of `height` rows that a view sees.

    Attributes:
        at: (M,) where they are in the flattened panorama.
        back: columns and rows (M,) in the view's picture.
        weight: (M, 1) float32. The middle counts most: there a view is as fine as the panorama, towards its corners
            finer and stretched.
    """

    def __init__(self, view: View, height: int) -> None:
        reach = atan(sqrt(2) * tan(view.fov / 2))  # of the corners
        first, last = (height * (0.5 - (view.pitch + side * reach) / pi) for side in (1, -1))
        rows = np.arange(max(0, floor(first) - 1), min(height, ceil(last) + 1))
        columns = np.arange(2 * height)
        if abs(view.pitch) + reach < pi / 2:
            wide = ceil(asin(sin(reach) / cos(view.pitch)) / pi * height) + 1
            middle = round((0.5 - view.yaw / (2 * pi)) * 2 * height)
            columns = np.arange(middle - wide, middle + min(wide, 2 * height - wide)) % (2 * height)
        across, down, inside = view.pixels(directions(height, rows, columns))
        seen = inside > 0.5  # between the centres of its pixels
        self.at = (rows[:, None] * (2 * height) + columns)[seen]
        self.back = across[seen], down[seen]
        self.weight = (inside[seen][:, None] / view.width).astype(np.float32) ** 2

    def add(self, total: NDArray[np.float32], colours: NDArray[np.float32]) -> None:
        """Colours (M, C), weighted, and their weights, to a flattened panorama (2H², C + 1)."""
        total[self.at] += np.concatenate([self.weight * colours, self.weight], axis=-1)


class SphereViews:
    """Views of a panorama of `height` rows: what they show of it, and what of it they show together."""

    def __init__(self, views: Sequence[View], height: int) -> None:
        self._views, self._height = views, height

    def look(self, panorama: NDArray[np.float32], number: int) -> NDArray[np.float32]:
        """(size, size, C) what a view shows of a panorama (H, 2H, C)."""
        return sample_sphere(panorama, *sphere_pixels(self._views[number].directions(), self._height))

    def joined(self, pictures: Iterable[NDArray[np.float32]]) -> NDArray[np.float32]:
        """(H, 2H, C) the panorama that views (size, size, C) show, where more than one looks their mean. One after
        another, as all of a large panorama's take more memory than there is."""
        total = np.zeros((0, 0), np.float32)
        for view, picture in zip(self._views, pictures, strict=True):
            if not total.size:
                total = np.zeros((2 * self._height ** 2, picture.shape[-1] + 1), np.float32)
            footprint = _Footprint(view, self._height)
            footprint.add(total, sample_view(picture, *footprint.back))
        return np.divide(total[:, :-1], total[:, -1:]).reshape(self._height, 2 * self._height, -1)

    def differences(self, pictures: Sequence[NDArray[np.float32]]) -> list[NDArray[np.float32]]:
        """For each view (size, size, C) what the mean of all differs from its own."""
        shape = self._height, 2 * self._height, pictures[0].shape[-1]
        total = np.zeros((shape[0] * shape[1], shape[2] + 1), np.float32)
        own = [sample_view(picture, *footprint.back)
               for picture, footprint in zip(pictures, self._footprints, strict=True)]
        for footprint, colours in zip(self._footprints, own, strict=True):
            footprint.add(total, colours)
        result = []
        for number, (footprint, colours) in enumerate(zip(self._footprints, own, strict=True)):
            apart = np.zeros((shape[0] * shape[1], shape[2]), np.float32)
            apart[footprint.at] = total[footprint.at, :-1] / total[footprint.at, -1:] - colours
            result.append(self.look(apart.reshape(shape), number))
        return result

    @cached_property
    def _footprints(self) -> list[_Footprint]:
        return [_Footprint(view, self._height) for view in self._views]
