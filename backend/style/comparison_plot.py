"""The plot of a comparison: a map on which pictures that are alike lie together, and a card for each."""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from .fingerprint import ANGLES, SCALES, Fingerprint

__all__ = ["Shown", "draw_comparison", "spread_out"]

_WIDTH, _MAP_HEIGHT = 1600, 900
_CARD_WIDTH, _CARD_HEIGHT = 400, 170
_CARDS = 60  # at most; the map shows all
_MARGIN = 24
_NAME_LETTERS = 36  # that fit on a card
_FINER = 2  # drawn so much larger, then reduced: lines get soft edges
_PAPER, _INK, _FAINT, _ACCENT = (247, 246, 242), (40, 40, 44), (205, 202, 194), (196, 62, 40)


@dataclass(frozen=True, eq=False)
class Shown:
    """
    Attributes:
        thumbnail: (H, W, 3) uint8 sRGB.
    """

    name: str
    thumbnail: NDArray[np.uint8]
    print: Fingerprint


@dataclass(frozen=True)
class _Letters:
    """
    Attributes:
        path: of a font; None for one that has Latin letters only.
    """

    path: Path | None

    def of(self, size_px: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
        if self.path is None:
            return ImageFont.load_default(size_px * _FINER)
        return _read_font(self.path, size_px * _FINER)

    def written(self, name: str) -> str:
        """A name as far as there are letters for it."""
        plain = "".join(letter if letter.isprintable() and (self.path or ord(letter) < 0x250) else "·"
                        for letter in name)
        return plain if len(plain) <= _NAME_LETTERS else f"{plain[:_NAME_LETTERS - 1]}…"


def draw_comparison(pictures: Sequence[Shown], apart: NDArray[np.float64], order: Sequence[int], *, has_target: bool,
                    font: Path | None = None) -> NDArray[np.uint8]:
    """(H, 1600, 3) uint8 sRGB.

    Args:
        apart: (n, n) their distances.
        order: of the cards, places in `pictures`; cards beyond sixty are left out.
        has_target: the first picture is what the others are compared with.
        font: that has the letters of the names; None for one with Latin letters only.
    """
    letters = _letters(font)
    cards = list(order)[:_CARDS]
    rows = -(-len(cards) * _CARD_WIDTH // _WIDTH)
    sheet = Image.new("RGB", (_WIDTH * _FINER, (_MAP_HEIGHT + rows * _CARD_HEIGHT + _MARGIN) * _FINER), _PAPER)
    numbers = {place: number for number, place in enumerate(order, 0 if has_target else 1)}
    _draw_map(sheet, pictures, apart, numbers, has_target, letters)
    for slot, place in enumerate(cards):
        row, column = divmod(slot, _WIDTH // _CARD_WIDTH)
        distance = float(apart[0, place]) if has_target and place else None
        _draw_card(sheet, column * _CARD_WIDTH + _MARGIN // 2, _MAP_HEIGHT + row * _CARD_HEIGHT, pictures[place],
                   numbers[place], distance, letters, is_target=has_target and place == 0)
    return np.asarray(sheet.reduce(_FINER))


def spread_out(apart: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n, 2) places whose distances are as near to (n, n) as a plane allows: classical scaling (Torgerson, 1952)."""
    count = len(apart)
    centring = np.eye(count) - 1 / count
    values, vectors = np.linalg.eigh(-0.5 * centring @ apart ** 2 @ centring)
    axes = vectors[:, ::-1][:, :2] * np.sqrt(values[::-1][:2].clip(0, None))
    if axes.shape[1] < 2:
        axes = np.column_stack([axes, np.zeros(count)])
    # Of an axis and its mirror image the one whose farthest place is on the right.
    return axes * np.sign(axes[np.abs(axes).argmax(axis=0), [0, 1]] + 1e-300)


def _draw_map(sheet: Image.Image, pictures: Sequence[Shown], apart: NDArray[np.float64], numbers: dict[int, int],
              has_target: bool, letters: _Letters) -> None:
    side = min(150.0, 760.0 / math.sqrt(len(pictures)))
    places = spread_out(apart)
    span = np.ptp(places, axis=0)
    places = (places - places.min(axis=0)) / np.maximum(span, span.max() * 0.2 + 1e-9)
    low = np.full(2, _MARGIN + side / 2)
    room = np.array([_WIDTH, _MAP_HEIGHT]) - 2 * low
    places = _pushed_apart(low + places * room, side * 1.04, low, low + room)
    draw = ImageDraw.Draw(sheet)
    for place in sorted(numbers, key=numbers.__getitem__, reverse=True):
        shown, (x, y) = pictures[place], places[place]
        scale = side / max(shown.thumbnail.shape[:2])
        height, width = (max(1, round(length * scale * _FINER)) for length in shown.thumbnail.shape[:2])
        left, top = round(x * _FINER - width / 2), round(y * _FINER - height / 2)
        sheet.paste(Image.fromarray(shown.thumbnail).resize((width, height), Image.Resampling.LANCZOS), (left, top))
        is_target = has_target and place == 0
        draw.rectangle((left - 2, top - 2, left + width + 1, top + height + 1),
                       outline=_ACCENT if is_target else _INK, width=6 if is_target else 2)
        tag = (left, top, left + 34, top + 26)
        draw.rectangle(tag, fill=_PAPER)
        draw.text((left + 17, top + 13), str(numbers[place]), _ACCENT if is_target else _INK, letters.of(10),
                  anchor="mm")


def _pushed_apart(places: NDArray[np.float64], least: float, low: NDArray[np.float64], high: NDArray[np.float64]
                  ) -> NDArray[np.float64]:
    """Moved as little as makes most of them legible: those nearer than `least` give way to each other."""
    angles = np.arange(len(places)) * 2.4
    places = places + 1e-3 * np.stack([np.cos(angles), np.sin(angles)], axis=1)  # for those at the very same place
    for _ in range(200):
        away = places[:, None] - places
        length = np.hypot(away[..., 0], away[..., 1]) + np.diag(np.full(len(places), np.inf))
        push = np.maximum(least - length, 0) / length / 4
        places = np.clip(places + (away * push[..., None]).sum(axis=1), low, high)
    return places


def _draw_card(sheet: Image.Image, left: int, top: int, shown: Shown, number: int, distance: float | None,
               letters: _Letters, *, is_target: bool) -> None:
    draw = ImageDraw.Draw(sheet)

    def at(x: float, y: float) -> tuple[int, int]:
        return round((left + x) * _FINER), round((top + y) * _FINER)

    height, width = shown.thumbnail.shape[:2]
    scale = 118 / max(height, width)
    size = (max(1, round(width * scale * _FINER)), max(1, round(height * scale * _FINER)))
    sheet.paste(Image.fromarray(shown.thumbnail).resize(size, Image.Resampling.LANCZOS), at(0, 24))
    text = f"{number}  {letters.written(shown.name)}" + ("" if distance is None else f"   {distance:.2f}")
    draw.text(at(0, 12), text, _ACCENT if is_target else _INK, letters.of(12), anchor="lm")
    x = 130.0
    for tone, share in zip(shown.print.colours, shown.print.shares, strict=True):
        draw.rectangle((*at(x, 24), *at(x + 240 * share, 46)), fill=tuple(tone.tolist()))
        x += 240 * float(share)
    draw.rectangle((*at(130, 24), *at(370, 46)), outline=_FAINT, width=_FINER // 2)
    _draw_rose(draw, at(175, 98), 42 * _FINER, shown.print)
    _draw_curve(draw, (*at(232, 58), *at(370, 132)), shown.print, letters)


def _draw_rose(draw: ImageDraw.ImageDraw, centre: tuple[int, int], radius: float, print_: Fingerprint) -> None:
    """How much of the strokes runs at each angle; an even circle where they run everywhere."""
    x, y = centre
    draw.ellipse((x - radius, y - radius, x + radius, y + radius), outline=_FAINT, width=_FINER)
    lengths = radius * np.sqrt(print_.rose / print_.rose.max())
    angles = np.arange(2 * ANGLES) * math.pi / ANGLES
    outline = [(x + length * math.cos(angle), y - length * math.sin(angle))
               for angle, length in zip(angles, np.tile(lengths, 2), strict=True)]
    draw.polygon(outline, fill=(170, 180, 196), outline=_INK)


def _draw_curve(draw: ImageDraw.ImageDraw, box: tuple[int, int, int, int], print_: Fingerprint, letters: _Letters
                ) -> None:
    """How much changes at each scale, from fine on the left to coarse; a mark where strokes are on average."""
    left, top, right, bottom = box
    across = np.log(SCALES / SCALES[0]) / math.log(SCALES[-1] / SCALES[0])
    heights = print_.scales / 0.35
    line = [(left + x * (right - left), bottom - min(1.0, y) * (bottom - top))
            for x, y in zip(across, heights, strict=True)]
    draw.line((left, bottom, right, bottom), fill=_FAINT, width=_FINER)
    mark = left + math.log(print_.stroke_share / SCALES[0]) / math.log(SCALES[-1] / SCALES[0]) * (right - left)
    draw.line((mark, top, mark, bottom), fill=_ACCENT, width=_FINER)
    draw.line(line, fill=_INK, width=2 * _FINER, joint="curve")
    draw.text(((left + right) / 2, bottom + 9 * _FINER), f"{100 * print_.stroke_share:.1f} %", _INK, letters.of(10),
              anchor="mm")


@functools.cache
def _read_font(path: Path, size_px: int) -> ImageFont.FreeTypeFont:
    """Raises `OSError`."""
    return ImageFont.truetype(str(path), size_px)


def _letters(font: Path | None) -> _Letters:
    """Of that font, if it can be read."""
    letters = _Letters(font)
    try:
        letters.of(10)
    except OSError:
        return _Letters(None)
    return letters
