"""Flat, anti-aliased shapes: Pillow draws them at twice the size, in coordinates from 0 to 1."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PIL import Image as Pillow
from PIL import ImageDraw

from training.data.noise import Field, Rng

OVERSAMPLING = 2
Points = NDArray[np.float64]


class Canvas:
    """A picture to draw on. x and y run from 0 to 1, y downwards; widths and radii are in the same unit."""

    def __init__(self, ground: NDArray[np.float32]) -> None:
        """`ground`: (H, W, 3) sRGB 0–1, or (H, W) for a mask; it is copied."""
        self.size_px = ground.shape[0]
        self._scale = self.size_px * OVERSAMPLING
        picture = Pillow.fromarray((np.clip(ground, 0, 1) * 255 + 0.5).astype(np.uint8))
        self._picture = picture.resize((self._scale, self._scale), Pillow.Resampling.NEAREST)
        self._pen = ImageDraw.Draw(self._picture)

    def polygon(self, points: ArrayLike, colour: ArrayLike) -> None:
        """Fill the polygon through (N, 2) points."""
        self._pen.polygon(self._pixels(points), fill=_fill(colour))

    def line(self, points: ArrayLike, width: float, colour: ArrayLike) -> None:
        """A line through (N, 2) points with round joints and ends."""
        pixels, thickness = self._pixels(points), max(1, round(width * self._scale))
        self._pen.line(pixels, fill=_fill(colour), width=thickness, joint="curve")
        if thickness > 3:
            for x, y in (pixels[0], pixels[-1]):
                r = thickness / 2 - 0.5
                self._pen.ellipse((x - r, y - r, x + r, y + r), fill=_fill(colour))

    def ellipse(self, x: float, y: float, rx: float, ry: float, colour: ArrayLike) -> None:
        """A filled ellipse with upright axes about (x, y)."""
        s = self._scale
        right, low = (
            max((x + rx) * s - 1, (x - rx) * s),
            max((y + ry) * s - 1, (y - ry) * s),
        )  # Pillow fills the last pixel too
        self._pen.ellipse(((x - rx) * s, (y - ry) * s, right, low), fill=_fill(colour))

    def disc(self, x: float, y: float, radius: float, colour: ArrayLike) -> None:
        """A filled circle about (x, y)."""
        self.ellipse(x, y, radius, radius, colour)

    def box(self, x0: float, y0: float, x1: float, y1: float, colour: ArrayLike) -> None:
        """A filled rectangle with upright sides."""
        self.polygon([(x0, y0), (x1, y0), (x1, y1), (x0, y1)], colour)

    def array(self) -> NDArray[np.float32]:
        """What has been drawn, the ground's shape, float32 in 0–1."""
        return np.asarray(self._picture.reduce(OVERSAMPLING), np.float32) / np.float32(255.0)

    def _pixels(self, points: ArrayLike) -> list[tuple[float, float]]:
        return [(float(x), float(y)) for x, y in np.asarray(points, np.float64) * self._scale]


def _fill(colour: ArrayLike) -> tuple[int, ...] | int:
    values = (np.clip(np.asarray(colour, np.float32), 0, 1) * 255 + 0.5).astype(int)
    return tuple(int(v) for v in values) if values.ndim else int(values)


def mask(size_px: int) -> Canvas:
    """An empty canvas for a mask."""
    return Canvas(np.zeros((size_px, size_px), np.float32))


def blob(rng: Rng, x: float, y: float, rx: float, ry: float, wobble: float = 0.15, count: int = 36) -> Points:
    """A rounded outline about (x, y), (count, 2): an ellipse whose radius swings by `wobble` in slow waves."""
    turn = np.linspace(0, 2 * np.pi, count, endpoint=False)
    radius = np.ones(count)
    for wave in (2, 3, 5):
        radius += wobble * rng.normal(0, 0.6) / wave**0.5 * np.cos(wave * turn + rng.uniform(0, 6.3))
    return np.stack([x + rx * radius * np.cos(turn), y + ry * radius * np.sin(turn)], axis=-1)


def rotated(points: ArrayLike, angle_rad: float, x: float, y: float, scale: float = 1.0) -> Points:
    """(N, 2) points about the origin, scaled, turned and moved to (x, y)."""
    c, s = np.cos(angle_rad) * scale, np.sin(angle_rad) * scale
    return np.asarray(points, np.float64) @ np.asarray([[c, s], [-s, c]]) + np.asarray([x, y])


def moved(points: ArrayLike, x: float, y: float) -> Points:
    """(N, 2) points, or one, shifted by (x, y)."""
    return np.asarray(points, np.float64) + np.asarray([x, y])


def curve(points: Sequence[tuple[float, float]], count: int = 24) -> Points:
    """A Bézier curve (de Casteljau) with the given control points, (count, 2)."""
    t = np.linspace(0, 1, count)[:, None]
    levels = [np.broadcast_to(np.asarray(p, np.float64), (count, 2)) for p in points]
    while len(levels) > 1:
        levels = [a * (1 - t) + b * t for a, b in pairwise(levels)]
    return levels[0]


def unit_grid(size_px: int) -> tuple[Field, Field]:
    """(x, y) of the pixel centres in 0–1, each (size_px, size_px) float32."""
    axis = (np.arange(size_px, dtype=np.float32) + np.float32(0.5)) / np.float32(size_px)
    x, y = np.meshgrid(axis, axis)
    return x, y
