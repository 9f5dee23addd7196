"""The poles of a panorama: seen straight on, painted there, and freed of what pinches."""

from __future__ import annotations

from collections.abc import Callable
from math import pi

import numpy as np
from numpy.typing import NDArray

from .sphere import View, directions, sample_sphere, sample_view, sphere_pixels

__all__ = ["PoleView", "pole_views", "without_pinch"]

_FOV = pi / 2
_NEW, _KEPT = 22 * pi / 180, 38 * pi / 180  # from the pole: within, all is new; beyond, nothing; a smooth way between
_FINEST = 1.25  # times as fine as the rows


def without_pinch(picture: NDArray[np.float32]) -> NDArray[np.float32]:
    """A panorama (H, 2H, C) whose rows hold nothing finer than about a row's height, measured on the sphere.

    A row near a pole is a small circle with as many pixels as the equator: what is finer along it than the rows are
    apart can only be seen as rays. A function on the sphere of degree H has no more than about H · sin θ waves in the
    row at θ from the pole.
    """
    height, width = picture.shape[:2]
    waves = np.arange(width // 2 + 1)
    limit = _FINEST * height * np.sin((np.arange(height) + 0.5) * pi / height)[:, None]
    kept = np.clip((1.5 * limit - waves) / (0.5 * limit), 0, 1)
    kept[limit[:, 0] >= width // 2] = 1
    spectrum = np.fft.rfft(picture, axis=1) * (kept * kept * (3 - 2 * kept))[..., None]
    return np.fft.irfft(spectrum, width, axis=1).astype(np.float32)


class PoleView:
    """The view straight up (`sign` 1) or down (-1) from a panorama of `height` rows, square, `size` pixels wide."""

    def __init__(self, sign: int, height: int, size: int) -> None:
        self._view = View(0.0, sign * pi / 2, _FOV, size, size)
        self._places = sphere_pixels(self._view.directions(), height)
        toward = directions(height)
        columns, rows, inside = self._view.pixels(toward)
        self._inside = inside >= 0
        self._back = columns[self._inside], rows[self._inside]
        self._share = _share(np.arccos(np.clip(sign * toward[..., 2], -1, 1)))[self._inside][:, None]

    def look(self, panorama: NDArray[np.float32]) -> NDArray[np.float32]:
        """(size, size, C) what the view shows of a panorama (H, 2H, C)."""
        return sample_sphere(panorama, *self._places)

    def free(self) -> NDArray[np.float32]:
        """(size, size) in 0 to 1: how much of the view is new."""
        ahead = self._view.directions()
        angle = np.arccos(np.clip(np.abs(ahead[..., 2]) / np.linalg.norm(ahead, axis=-1), -1, 1))
        return _share(angle).astype(np.float32)

    def put_back(self, panorama: NDArray[np.float32], seen: NDArray[np.float32]) -> NDArray[np.float32]:
        """The panorama with the view's picture (size, size, C) about its pole."""
        result = panorama.copy()
        new = sample_view(seen, *self._back)
        result[self._inside] += self._share.astype(np.float32) * (new - result[self._inside])
        return result


def pole_views(panorama: NDArray[np.float32], size: int,
               paint: Callable[[NDArray[np.float32], NDArray[np.float32], int], NDArray[np.float32]]
               ) -> NDArray[np.float32]:
    """The panorama (H, 2H, C) with both poles painted as views of `size` pixels see them.

    Args:
        paint: given what a view shows (size, size, C), how much of it may be new (size, size) and its number, 0 for the
            zenith, gives its new picture.
    """
    for number, sign in enumerate((1, -1)):
        view = PoleView(sign, len(panorama), size)
        panorama = view.put_back(panorama, paint(view.look(panorama), view.free(), number))
    return panorama


def _share(angle: NDArray[np.float64]) -> NDArray[np.float64]:
    t = np.clip((_KEPT - angle) / (_KEPT - _NEW), 0, 1)
    return t * t * (3 - 2 * t)
