"""Sentences in a layout, broken to its width: Blender's labels end in an ellipsis instead."""

from __future__ import annotations

import blf
import bpy
from bpy.types import UILayout

__all__ = ["column_width_px", "draw_sentence", "wrap"]

_FONT = 0  # the interface's
_MARGIN_PX = 64  # the strip of tabs, and the borders of panel, box and label
_ICON_PX = 24


def draw_sentence(layout: UILayout, sentence: str, width_px: float, icon: str = "NONE") -> None:
    """Labels for the sentence (translated already), the icon before the first line."""
    column = layout.column(align=True)
    column.scale_y = 0.8
    for line in wrap(sentence, width_px - (0.0 if icon == "NONE" else _ICON_PX * _ui_scale())):
        column.label(text=line, icon=icon, translate=False)
        icon = "NONE" if icon == "NONE" else "BLANK1"


def column_width_px(region_width_px: int) -> float:
    """What a line of text has in a sidebar of this width."""
    return max(region_width_px - _MARGIN_PX * _ui_scale(), 80.0)


def wrap(sentence: str, width_px: float) -> list[str]:
    """Lines that fit. Words stay whole, except those that are wider than a line; Chinese breaks anywhere."""
    blf.size(_FONT, 11.0 * _ui_scale())
    lines, line = [], ""
    for piece in _pieces(sentence):
        if line and _width_px(line + piece.rstrip()) > width_px:
            lines.append(line.rstrip())
            line = ""
        line += piece
        while _width_px(line.rstrip()) > width_px and len(line) > 1:
            fit = next((end for end in range(len(line) - 1, 1, -1) if _width_px(line[:end]) <= width_px), 1)
            lines.append(line[:fit])
            line = line[fit:]
    return [*lines, line.rstrip()] if line.strip() else lines


def _pieces(sentence: str) -> list[str]:
    """Where a line may break: after a space, and around each character of East Asian scripts."""
    pieces, piece = [], ""
    for character in sentence:
        if character > "\u2e7f" and character not in "，。：；、！？）》”":
            pieces.append(piece)
            piece = ""
        piece += character
        if character == " " or (character > "\u2e7f" and character not in "（《“"):
            pieces.append(piece)
            piece = ""
    pieces.append(piece)
    joined: list[str] = []
    for item in filter(None, pieces):
        if joined and item[0] in "，。：；、！？）》”":  # never at the start of a line
            joined[-1] += item
        else:
            joined.append(item)
    return joined


def _width_px(text: str) -> float:
    return blf.dimensions(_FONT, text)[0]


def _ui_scale() -> float:
    return bpy.context.preferences.system.ui_scale
