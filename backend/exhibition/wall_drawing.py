"""The walls of an exhibition as they are seen from within the rooms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from protocol.exhibition_plan import (
    CENTRE_LINE_M,
    ExhibitionPlan,
    Hung,
    PlannedWork,
    Room,
    Standing,
    Wall,
    wall_length,
)

from .letters import Letters
from .sheet import ACCENT, FAINT, FLOOR, INK, PAPER, STONE, Panel

__all__ = ["draw_walls"]

_SCALES = (40.0, 70.0)  # pixels a metre: all walls of a room in one row, as far as they are legible there
_GAP_PX, _FOOT_PX = 26, 26
_OPENING = (188, 186, 182)
_VISITOR_M = 1.7
_BETWEEN_M = 0.6  # what stands, side by side
_LETTER = {Wall.NORTH: "N", Wall.EAST: "E", Wall.SOUTH: "S", Wall.WEST: "W"}


@dataclass(frozen=True)
class _Strip:
    """A wall with its works, or what stands in a room."""

    wall: Wall | None
    works: Sequence[PlannedWork]
    length_m: float


def draw_walls(plan: ExhibitionPlan, room: Room, number: int, thumbnails: Mapping[str, NDArray[np.uint8]],
               letters: Letters, width_px: int) -> Panel:
    """Each wall of a room on which something hangs, from the entrance on, and what stands in it.

    Args:
        number: of the room.
        thumbnails: (H, W, 3) uint8 sRGB by the ID of the work.
    """
    strips = _strips(plan, room)
    low, largest = _SCALES
    in_a_row = (width_px - (len(strips) + 1) * _GAP_PX - 1) / sum(strip.length_m for strip in strips)
    scale = min(max(in_a_row, low), largest, *((width_px - 2 * _GAP_PX) / strip.length_m for strip in strips))
    high = room.height_m * scale
    rows: list[list[_Strip]] = [[]]
    x = float(_GAP_PX)
    for strip in strips:
        if rows[-1] and x + strip.length_m * scale > width_px - _GAP_PX:
            rows.append([])
            x = _GAP_PX
        rows[-1].append(strip)
        x += strip.length_m * scale + _GAP_PX
    panel = Panel(width_px, round(40 + len(rows) * (high + _FOOT_PX + 14)), letters)
    panel.text(_GAP_PX, 18, panel.fitted(f"{number}  {room.title}".rstrip(), 20, width_px - 2 * _GAP_PX), 20, INK)
    for row, here in enumerate(rows):
        x, floor = float(_GAP_PX), 40 + high + row * (high + _FOOT_PX + 14)
        for strip in here:
            _draw_strip(plan, room, strip, thumbnails, panel, x, floor, scale)
            x += strip.length_m * scale + _GAP_PX
    return panel


def _strips(plan: ExhibitionPlan, room: Room) -> list[_Strip]:
    works = [work for work in plan.works if work.room == room.id]
    entrance = plan.entrance(room)
    walls = list(Wall)
    first = 0 if entrance is None else walls.index(entrance.wall)
    strips = []
    for wall in (*walls[first:], *walls[:first]):
        here = [work for work in works if isinstance(work.place, Hung) and work.place.wall is wall]
        if here:
            strips.append(_Strip(wall, here, wall_length(room, wall)))
    standing = [work for work in works if isinstance(work.place, Standing)]
    if standing:
        strips.append(_Strip(None, standing, sum(_wide(work) + _BETWEEN_M for work in standing) + 1.5))
    return strips


def _draw_strip(plan: ExhibitionPlan, room: Room, strip: _Strip, thumbnails: Mapping[str, NDArray[np.uint8]],
                panel: Panel, left: float, floor: float, scale: float) -> None:
    right, top = left + strip.length_m * scale, floor - room.height_m * scale
    if strip.wall is not None:
        panel.rectangle(left, top, right, floor, fill=FLOOR, outline=FAINT)
        for door in plan.doors_of(room):
            if door.wall is strip.wall:
                half = door.width_m / 2
                panel.rectangle(left + (door.along_m - half) * scale, floor - door.height_m * scale,
                                left + (door.along_m + half) * scale, floor, fill=_OPENING)
        line = floor - CENTRE_LINE_M * scale
        panel.dashes((left, line), (right, line), FAINT)
        panel.text(left + 6, top + 12, _LETTER[strip.wall], 13, (150, 146, 138))
    panel.line([(left, floor), (right, floor)], STONE, 2)
    x = left + _BETWEEN_M * scale
    for work in strip.works:
        if isinstance(work.place, Hung):
            middle, centre = left + work.place.along_m * scale, floor - work.place.centre_m * scale
        else:
            middle = x + _wide(work) * scale / 2
            x += (_wide(work) + _BETWEEN_M) * scale
            plinth = floor - work.place.plinth_m * scale
            half = work.place.side_m / 2 * scale
            panel.rectangle(middle - half, plinth, middle + half, floor, fill=PAPER, outline=STONE)
            centre = plinth - work.height_m / 2 * scale
        _draw_picture(work, thumbnails.get(work.id), panel, middle, centre, scale)
        panel.text(middle, floor + 14, str(work.number), 13, ACCENT if work.is_focal else INK, "m")
    _draw_visitor(panel, right - 0.35 * scale, floor, scale)


def _draw_picture(work: PlannedWork, thumbnail: NDArray[np.uint8] | None, panel: Panel, x: float, y: float,
                  scale: float) -> None:
    wide, high = work.width_m * scale, work.height_m * scale
    if thumbnail is None:
        panel.rectangle(x - wide / 2, y - high / 2, x + wide / 2, y + high / 2, fill=FAINT)
    else:
        panel.picture(thumbnail, x - wide / 2, y - high / 2, wide, high)
    if thumbnail is None or isinstance(work.place, Hung):
        panel.rectangle(x - wide / 2, y - high / 2, x + wide / 2, y + high / 2,
                        outline=ACCENT if work.is_focal else STONE)


def _draw_visitor(panel: Panel, x: float, floor: float, scale: float) -> None:
    """Somebody of usual height, to see how large things are."""
    top, head = floor - _VISITOR_M * scale, 0.22 * scale
    panel.ellipse(x - head / 2, top, x + head / 2, top + head, fill=FAINT)
    panel.polygon([(x - 0.22 * scale, top + head * 1.25), (x + 0.22 * scale, top + head * 1.25),
                   (x + 0.13 * scale, floor - 2), (x - 0.13 * scale, floor - 2)], FAINT)


def _wide(work: PlannedWork) -> float:
    return max(work.width_m, work.place.side_m) if isinstance(work.place, Standing) else work.width_m
