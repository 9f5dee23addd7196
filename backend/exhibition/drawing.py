"""The plan of an exhibition as a picture: floor plan, walls, list of works."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from protocol.exhibition_plan import ExhibitionPlan, PlannedWork, WorkKind

from .floor_drawing import draw_floor
from .letters import Letters
from .sheet import ACCENT, FAINT, INK, Panel
from .wall_drawing import draw_walls

__all__ = ["WIDTH_PX", "draw_head", "draw_plan"]

WIDTH_PX = 2400
_MARGIN_PX = 40
_COLUMNS = 4
_ROW_PX = 84
_GREY = (110, 108, 104)


def draw_plan(plan: ExhibitionPlan, thumbnails: Mapping[str, NDArray[np.uint8]], fonts: Sequence[Path] = ()
              ) -> NDArray[np.uint8]:
    """(H, 2400, 3) uint8 sRGB. Numbers are those of the works; the focal ones are red. There are no words but those of
    the plan.

    Args:
        thumbnails: (H, W, 3) uint8 sRGB by the ID of the work; not all need one.
        fonts: the preferred first; see `Letters`.
    """
    letters = Letters(fonts)
    pieces = [draw_head(plan, letters), draw_floor(plan, thumbnails, letters, WIDTH_PX).pixels()]
    shown = [room for room in plan.rooms if any(work.room == room.id for work in plan.works)]
    for number, room in enumerate(shown, 1):
        pieces.append(draw_walls(plan, room, number, thumbnails, letters, WIDTH_PX).pixels())
    return np.concatenate([*pieces, _list(plan, thumbnails, letters)])


def draw_head(plan: ExhibitionPlan, letters: Letters) -> NDArray[np.uint8]:
    """(h, 2400, 3) uint8 sRGB: the title."""
    panel = Panel(WIDTH_PX, 110 if plan.title else 30, letters)
    if plan.title:
        panel.text(WIDTH_PX / 2, 62, panel.fitted(plan.title, 44, WIDTH_PX - 2 * _MARGIN_PX), 44, INK, "m")
    return panel.pixels()


def _list(plan: ExhibitionPlan, thumbnails: Mapping[str, NDArray[np.uint8]], letters: Letters) -> NDArray[np.uint8]:
    """Down the columns."""
    rows = math.ceil(len(plan.works) / _COLUMNS)
    panel = Panel(WIDTH_PX, rows * _ROW_PX + 2 * _MARGIN_PX, letters)
    panel.line([(_MARGIN_PX, _MARGIN_PX / 2), (WIDTH_PX - _MARGIN_PX, _MARGIN_PX / 2)], FAINT)
    width = (WIDTH_PX - 2 * _MARGIN_PX) / _COLUMNS
    for place, work in enumerate(plan.works):
        column, row = divmod(place, rows)
        _draw_entry(work, thumbnails.get(work.id), panel, _MARGIN_PX + column * width, _MARGIN_PX + row * _ROW_PX,
                    width - 24)
    return panel.pixels()


def _draw_entry(work: PlannedWork, thumbnail: NDArray[np.uint8] | None, panel: Panel, left: float, top: float,
                width: float) -> None:
    panel.text(left + 44, top + 36, str(work.number), 19, ACCENT if work.is_focal else INK, "r")
    side, x = 68.0, left + 58
    scale = side / max(work.width_m, work.height_m)
    wide, high = max(work.width_m * scale, 2), max(work.height_m * scale, 2)
    box = (x + (side - wide) / 2, top + 2 + (side - high) / 2)
    if thumbnail is None:
        panel.rectangle(*box, box[0] + wide, box[1] + high, fill=FAINT)
    else:
        panel.picture(thumbnail, *box, wide, high)
    x += side + 14
    most = left + width - x
    panel.text(x, top + 15, panel.fitted(work.title, 17, most), 17, INK)
    by = ", ".join(part for part in (work.artist, work.year) if part)
    depth = (work.depth_m,) if work.kind is WorkKind.SCULPTURE else ()
    size = " × ".join(f"{metres * 100:.4g}" for metres in (work.width_m, *depth, work.height_m))
    panel.text(x, top + 38, panel.fitted(by or work.medium, 14, most), 14, _GREY)
    made_of = f"{work.medium}, " if by and work.medium else ""
    panel.text(x, top + 58, panel.fitted(f"{made_of}{size} cm", 14, most), 14, _GREY)
