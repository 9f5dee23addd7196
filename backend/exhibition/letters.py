"""Text of any script, drawn with the fonts that have its letters."""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Sequence
from pathlib import Path

from PIL import ImageDraw, ImageFont

__all__ = ["Letters"]

_MISSING = "\U0010ffff"  # no font has it
_PROBE_PX = 16
_LATIN_END = 0x250  # Pillow's own font has letters up to there
_STANDS_FOR_UNKNOWN = "·"
_Colour = tuple[int, int, int]


class Letters:
    """Args:
        fonts: the preferred first. Those that cannot be read are left out; without any there are Latin letters only.
    """

    def __init__(self, fonts: Sequence[Path]) -> None:
        self._fonts: list[Path | None] = [path for path in fonts if _can_read(path)] or [None]

    def draw(self, draw: ImageDraw.ImageDraw, at: tuple[float, float], text: str, size_px: float, colour: _Colour,
             anchor: str = "l") -> None:
        """One line, whose middle is at that height; `anchor`: l, m or r of it is at that place."""
        runs = self._runs(text, round(size_px))
        x = at[0] - {"l": 0.0, "m": 0.5, "r": 1.0}[anchor] * sum(font.getlength(part) for font, part in runs)
        baseline = at[1] + 0.36 * round(size_px)
        for font, part in runs:
            if isinstance(font, ImageFont.FreeTypeFont):
                draw.text((x, baseline), part, colour, font, anchor="ls")
            else:
                draw.text((x, at[1] - 5), part, colour, font)
            x += font.getlength(part)

    def width(self, text: str, size_px: float) -> float:
        return sum(font.getlength(part) for font, part in self._runs(text, round(size_px)))

    def cut(self, text: str, size_px: float, most_px: float) -> str:
        """As much of it as is not wider than that."""
        if self.width(text, size_px) <= most_px:
            return text
        low, high = 0, len(text)
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (middle, high) if self.width(f"{text[:middle]}…", size_px) <= most_px else (low, middle - 1)
        return f"{text[:low].rstrip()}…"

    def _runs(self, text: str, size_px: int) -> list[tuple[ImageFont.FreeTypeFont | ImageFont.ImageFont, str]]:
        """Pieces that one font has the letters of, from left to right as they are seen."""
        runs: list[tuple[Path | None, str]] = []
        for wanted in text:
            letter = wanted
            font = runs[-1][0] if runs and _leans(letter) else None
            if font is None or not _has(font, letter):
                font = next((path for path in self._fonts if _has(path, letter)), _NO_FONT)
            if font is _NO_FONT:
                font = runs[-1][0] if runs else self._fonts[0]
                letter = "" if _leans(letter) else _STANDS_FOR_UNKNOWN
            if runs and runs[-1][0] == font:
                runs[-1] = (font, runs[-1][1] + letter)
            else:
                runs.append((font, letter))
        if next((kind for kind in map(unicodedata.bidirectional, text) if kind in ("L", "R", "AL")), "L") != "L":
            runs.reverse()
        return [(_font(font, size_px), part) for font, part in runs]


_NO_FONT = Path()


def _leans(letter: str) -> bool:
    """Whether it goes with the letter before it: spaces, marks, joiners."""
    return letter == " " or unicodedata.category(letter) in ("Mn", "Me", "Mc", "Cf", "Zs")


@functools.cache
def _font(path: Path | None, size_px: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """Raises `OSError`."""
    return ImageFont.load_default(size_px) if path is None else ImageFont.truetype(str(path), size_px)


@functools.lru_cache(maxsize=20_000)
def _has(path: Path | None, letter: str) -> bool:
    if path is None:
        return ord(letter) < _LATIN_END and letter.isprintable()
    if letter == " ":
        return True
    found, missing = (_picture(path, each) for each in (letter, _MISSING))
    return found != missing


@functools.lru_cache(maxsize=1000)
def _picture(path: Path, letter: str) -> tuple[tuple[int, int], bytes]:
    mask = _font(path, _PROBE_PX).getmask(letter)
    return mask.size, bytes(mask)


def _can_read(path: Path) -> bool:
    try:
        _font(path, _PROBE_PX)
    except OSError:
        return False
    return True
