"""Paper to draw a plan on: pieces that are drawn larger than they are shown, so that lines get soft edges."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from .letters import Letters

__all__ = ["ACCENT", "FAINT", "FLOOR", "GLASS", "INK", "PAPER", "STONE", "Panel"]

Colour = tuple[int, int, int]
PAPER, FLOOR, INK, FAINT = (247, 246, 242), (255, 255, 255), (40, 40, 44), (216, 213, 206)
STONE, GLASS, ACCENT = (74, 74, 80), (176, 208, 222), (196, 62, 40)
_FINER = 2


class Panel:
    """A piece of the sheet; places and sizes in pixels as it is shown, row 0 at the top."""

    def __init__(self, width_px: int, height_px: int, letters: Letters) -> None:
        self.width_px, self.height_px, self.letters = width_px, height_px, letters
        self._image = Image.new("RGB", (width_px * _FINER, height_px * _FINER), PAPER)
        self._draw = ImageDraw.Draw(self._image)

    def rectangle(self, left: float, top: float, right: float, bottom: float, *, fill: Colour | None = None,
                  outline: Colour | None = None) -> None:
        self._draw.rectangle(self._box(left, top, right, bottom), fill=fill, outline=outline, width=_FINER)

    def ellipse(self, left: float, top: float, right: float, bottom: float, *, fill: Colour) -> None:
        self._draw.ellipse(self._box(left, top, right, bottom), fill=fill)

    def polygon(self, points: Sequence[tuple[float, float]], fill: Colour) -> None:
        self._draw.polygon([(x * _FINER, y * _FINER) for x, y in points], fill=fill)

    def line(self, points: Sequence[tuple[float, float]], fill: Colour, width_px: float = 1) -> None:
        self._draw.line([(x * _FINER, y * _FINER) for x, y in points], fill=fill, width=round(width_px * _FINER))

    def dashes(self, start: tuple[float, float], end: tuple[float, float], fill: Colour) -> None:
        length = math.dist(start, end)
        for at in np.arange(0, length, 12):
            shares = at / length, min(at + 6, length) / length
            self.line([(start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share)
                       for share in shares], fill, 1.5)

    def text(self, x: float, y: float, words: str, size_px: float, colour: Colour, anchor: str = "l") -> None:
        self.letters.draw(self._draw, (x * _FINER, y * _FINER), words, size_px * _FINER, colour, anchor)

    def fitted(self, words: str, size_px: float, most_px: float) -> str:
        """As much of a text as is not wider than that."""
        return self.letters.cut(words, size_px * _FINER, most_px * _FINER)

    def picture(self, image: NDArray[np.uint8], left: float, top: float, width: float, height: float) -> None:
        """(H, W, 3) uint8 sRGB, stretched to that size."""
        size = max(1, round(width * _FINER)), max(1, round(height * _FINER))
        self._image.paste(Image.fromarray(image).resize(size, Image.Resampling.LANCZOS),
                          (round(left * _FINER), round(top * _FINER)))

    def pixels(self) -> NDArray[np.uint8]:
        """(height_px, width_px, 3) uint8 sRGB."""
        return np.asarray(self._image.reduce(_FINER))

    @staticmethod
    def _box(left: float, top: float, right: float, bottom: float) -> tuple[int, int, int, int]:
        x0, y0 = round(left * _FINER), round(top * _FINER)
        return x0, y0, max(round(right * _FINER) - 1, x0), max(round(bottom * _FINER) - 1, y0)
