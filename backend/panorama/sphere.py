"""Directions and pixels: equirectangular pictures as Blender reads them, and perspective views of them.

Directions are unit vectors in Blender's world, z up. The middle of a panorama looks along +x, its left quarter along
+y, its top row at the zenith. Coordinates of pixels are those of their centres: the first is at 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import pi, tan

import numba
import numpy as np
from numpy.typing import NDArray

__all__ = ["View", "directions", "enlarged", "sample_sphere", "sample_view", "solid_angles", "sphere_pixels"]

_CUBIC = -0.5  # Keys, "Cubic convolution interpolation", 1981: exact for parabolas


def directions(height: int, rows: NDArray[np.integer] | None = None, columns: NDArray[np.integer] | None = None
               ) -> NDArray[np.float64]:
    """(H, 2H, 3) the direction of each pixel of a panorama; (R, C, 3) of those in some rows (R,) and columns (C,)."""
    azimuth = pi * (1 - 2 * ((np.arange(2 * height) if columns is None else columns) + 0.5) / (2 * height))
    latitude = pi * (0.5 - ((np.arange(height) if rows is None else rows) + 0.5) / height)
    flat = np.cos(latitude)[:, None]
    up = np.broadcast_to(np.sin(latitude)[:, None], (len(latitude), len(azimuth)))
    return np.stack([flat * np.cos(azimuth), flat * np.sin(azimuth), up], axis=-1)


def sphere_pixels(toward: NDArray[np.floating], height: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Columns and rows (…) of directions (…, 3), which need no unit length, in a panorama of so many rows."""
    x, y, z = np.moveaxis(toward.astype(np.float64), -1, 0)
    column = (0.5 - np.arctan2(y, x) / (2 * pi)) * 2 * height - 0.5
    row = (0.5 - np.arctan2(z, np.hypot(x, y)) / pi) * height - 0.5
    return column, row


def solid_angles(height: int) -> NDArray[np.float64]:
    """(H, 1) steradians of one pixel of each row; all pixels together have 4π."""
    edges = np.cos(np.linspace(0, pi, height + 1))
    return (edges[:-1] - edges[1:])[:, None] * (pi / height)


@dataclass(frozen=True)
class View:
    """A perspective view from the middle of a panorama.

    Attributes:
        yaw: radians, counterclockwise from +x as seen from above.
        pitch: radians above the horizon.
        roll: radians, counterclockwise about the line of sight.
        fov: radians over the width.
        width, height: pixels.
    """

    yaw: float
    pitch: float
    fov: float
    width: int
    height: int
    roll: float = 0.0

    @property
    def axes(self) -> NDArray[np.float64]:
        """(3, 3) rows: forward, right and up."""
        cos_yaw, sin_yaw = np.cos(self.yaw), np.sin(self.yaw)
        cos_pitch, sin_pitch = np.cos(self.pitch), np.sin(self.pitch)
        forward = np.array([cos_pitch * cos_yaw, cos_pitch * sin_yaw, sin_pitch])
        right = np.array([sin_yaw, -cos_yaw, 0.0])
        up = np.cross(right, forward)
        cos_roll, sin_roll = np.cos(self.roll), np.sin(self.roll)
        return np.stack([forward, cos_roll * right + sin_roll * up, cos_roll * up - sin_roll * right])

    @property
    def _focal(self) -> float:
        return self.width / 2 / tan(self.fov / 2)

    def directions(self) -> NDArray[np.float64]:
        """(H, W, 3) of each pixel; not of unit length."""
        across = (np.arange(self.width) + 0.5 - self.width / 2) / self._focal
        down = (np.arange(self.height) + 0.5 - self.height / 2) / self._focal
        forward, right, up = self.axes
        return forward + across[None, :, None] * right - down[:, None, None] * up

    def pixels(self, toward: NDArray[np.floating]
               ) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """Columns and rows (…) of directions (…, 3), and how many pixels inside of the frame they lie: below 0 they are
        outside, or behind."""
        ahead, aside, above = np.moveaxis(toward @ self.axes.T, -1, 0)
        with np.errstate(divide="ignore", invalid="ignore"):
            column = self._focal * aside / ahead + self.width / 2
            row = self.height / 2 - self._focal * above / ahead
        inside = np.minimum(np.minimum(column, self.width - column), np.minimum(row, self.height - row))
        inside = np.where(ahead > 1e-6, inside, -np.inf)
        return column - 0.5, row - 0.5, inside


def sample_sphere(picture: NDArray[np.float32], columns: NDArray[np.floating], rows: NDArray[np.floating]
                  ) -> NDArray[np.float32]:
    """(…, C) cubic samples of a panorama (H, 2H, C) at pixels (…): it goes on round the sphere, over the poles too."""
    return _sampled(picture, columns, rows, True)


def sample_view(picture: NDArray[np.float32], columns: NDArray[np.floating], rows: NDArray[np.floating]
                ) -> NDArray[np.float32]:
    """(…, C) cubic samples of a picture (H, W, C) at pixels (…); its border goes on outside."""
    return _sampled(picture, columns, rows, False)


def enlarged(picture: NDArray[np.float32], height: int) -> NDArray[np.float32]:
    """A panorama (H, 2H, C) with so many rows: means of areas where it becomes smaller by a whole number."""
    old = len(picture)
    if old % height == 0:
        k = old // height
        return picture.reshape(height, k, 2 * height, k, -1).mean(axis=(1, 3), dtype=np.float64).astype(np.float32)
    place = (np.arange(2 * height) + 0.5) * (old / height) - 0.5
    columns, rows = np.meshgrid(place, place[:height])
    return sample_sphere(picture, columns, rows)


def _sampled(picture: NDArray[np.float32], columns: NDArray[np.floating], rows: NDArray[np.floating], goes_round: bool
             ) -> NDArray[np.float32]:
    result = np.empty((columns.size, picture.shape[2]), np.float32)
    _sample(np.ascontiguousarray(picture, np.float32), np.ascontiguousarray(columns, np.float64).ravel(),
            np.ascontiguousarray(rows, np.float64).ravel(), goes_round, result)
    return result.reshape(*columns.shape, -1)


@numba.njit(parallel=True, cache=True)
def _sample(picture: NDArray, columns: NDArray, rows: NDArray, goes_round: bool, result: NDArray) -> None:
    height, width, channels = picture.shape
    for place in numba.prange(len(columns)):
        left, top = int(np.floor(columns[place])), int(np.floor(rows[place]))
        across, down = _weights(columns[place] - left), _weights(rows[place] - top)
        for channel in range(channels):
            total = 0.0
            for i in range(4):
                row, shift = top - 1 + i, 0
                if goes_round and row < 0:
                    row, shift = -1 - row, width // 2  # over the pole, half a turn away
                elif goes_round and row >= height:
                    row, shift = 2 * height - 1 - row, width // 2
                row = min(max(row, 0), height - 1)
                line = 0.0
                for j in range(4):
                    column = left - 1 + j + shift
                    column = column % width if goes_round else min(max(column, 0), width - 1)
                    line += across[j] * picture[row, column, channel]
                total += down[i] * line
            result[place, channel] = total


@numba.njit(cache=True)
def _weights(t: float) -> tuple[float, float, float, float]:
    """Of the four neighbours of a place that lies `t` after the second."""
    a = _CUBIC
    return (a * (t**3 - 2 * t**2 + t), (a + 2) * t**3 - (a + 3) * t**2 + 1,
            -(a + 2) * t**3 + (2 * a + 3) * t**2 - a * t, a * (t**2 - t**3))
