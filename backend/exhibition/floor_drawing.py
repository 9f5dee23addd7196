"""The floor plan of an exhibition as a picture."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from protocol.exhibition_plan import (
    VIEWING_DIAGONALS,
    Detached,
    ExhibitionPlan,
    Hung,
    PlannedWork,
    Room,
    Standing,
    Wall,
    centre_of,
    facing,
    inward,
    point_on_wall,
)

from .letters import Letters
from .sheet import ACCENT, FAINT, FLOOR, GLASS, INK, PAPER, STONE, Panel

__all__ = ["draw_floor"]

_HIGHEST_PX, _LARGEST_SCALE = 1700, 90.0
_AROUND_M = 1.8  # of ground around the house
_HEAT_M, _HOTTEST, _NEAR_M = 0.1, 0.75, 1.5  # pixel, share of the colour, distance of who looks at a small work
_THICK_M = 0.14  # of a work's bar on its wall


def draw_floor(plan: ExhibitionPlan, thumbnails: Mapping[str, NDArray[np.uint8]], letters: Letters, width_px: int,
               warmth: Mapping[str, float] | None = None) -> Panel:
    """Rooms, doors, benches and works with their numbers; from each entrance the way of the eye to the focal work.

    Args:
        thumbnails: (H, W, 3) uint8 sRGB by the ID of the work; not all have one.
        warmth: 0 to 1 by the ID of the work: how warm the floor before it is.
    """
    west = min(room.x_m for room in plan.rooms) - _AROUND_M
    south = min(room.y_m for room in plan.rooms) - _AROUND_M
    east = max(room.x_m + room.width_m for room in plan.rooms) + _AROUND_M
    north = max(room.y_m + room.depth_m for room in plan.rooms) + _AROUND_M
    scale = min(width_px / (east - west), _HIGHEST_PX / (north - south), _LARGEST_SCALE)
    panel = Panel(width_px, math.ceil((north - south) * scale), letters)
    left = (width_px - (east - west) * scale) / 2
    floor = _Floor(panel, scale, left - west * scale, north * scale)
    for room in plan.rooms:
        floor.area(room.x_m - plan.wall_m, room.y_m - plan.wall_m, room.x_m + room.width_m + plan.wall_m,
                   room.y_m + room.depth_m + plan.wall_m, fill=STONE)
    for room in plan.rooms:
        floor.area(room.x_m, room.y_m, room.x_m + room.width_m, room.y_m + room.depth_m, fill=FLOOR)
        if warmth:
            low, high = floor.at(room.x_m, room.y_m), floor.at(room.x_m + room.width_m, room.y_m + room.depth_m)
            panel.picture(_heat(plan, room, warmth), low[0], high[1], high[0] - low[0], low[1] - high[1])
        for wall in room.glazed:
            floor.along_wall(room, wall, 0.0, 1e9, -plan.wall_m, 0.0, GLASS)
    for door in plan.doors:
        room = plan.room(door.room)
        floor.along_wall(room, door.wall, door.along_m - door.width_m / 2, door.along_m + door.width_m / 2,
                         -plan.wall_m, 0.0, FLOOR)
        if not door.to:
            floor.arrow(room, door.wall, door.along_m, plan.wall_m)
    for bench in plan.benches:
        floor.area(bench.x_m - bench.width_m / 2, bench.y_m - bench.depth_m / 2, bench.x_m + bench.width_m / 2,
                   bench.y_m + bench.depth_m / 2, fill=FAINT)
    _draw_titles(plan, floor)
    for room in plan.rooms:
        _draw_sight(plan, room, floor)
    for work in plan.works:
        _draw_work(plan, work, thumbnails.get(work.id), floor)
    floor.scale_bar(left, panel.height_px)
    return panel


class _Floor:
    """Metres of the plan on the panel."""

    def __init__(self, panel: Panel, scale: float, left: float, top: float) -> None:
        self.panel, self.scale, self._left, self._top = panel, scale, left, top

    def at(self, x: float, y: float) -> tuple[float, float]:
        return self._left + x * self.scale, self._top - y * self.scale

    def area(self, west: float, south: float, east: float, north: float, fill: tuple[int, int, int]) -> None:
        (left, bottom), (right, top) = self.at(west, south), self.at(east, north)
        self.panel.rectangle(left, top, right, bottom, fill=fill)

    def along_wall(self, room: Room, wall: Wall, low: float, high: float, out: float, into: float,
                   fill: tuple[int, int, int], *, outline: tuple[int, int, int] | None = None) -> None:
        length = room.width_m if wall in (Wall.NORTH, Wall.SOUTH) else room.depth_m
        corners = [self.at(*point_on_wall(room, wall, min(along, length), deep))
                   for along, deep in ((low, out), (high, into))]
        (left, right), (top, bottom) = (sorted(pair) for pair in zip(*corners, strict=True))
        self.panel.rectangle(left, top, right, bottom, fill=fill, outline=outline)

    def arrow(self, room: Room, wall: Wall, along: float, wall_m: float) -> None:
        """The way in."""
        dx, dy = inward(wall)
        x, y = point_on_wall(room, wall, along, -wall_m - 0.35)
        size = 0.45
        self.panel.polygon([self.at(x, y), self.at(x - dx * size * 1.5 - dy * size, y - dy * size * 1.5 + dx * size),
                            self.at(x - dx * size * 1.5 + dy * size, y - dy * size * 1.5 - dx * size)], ACCENT)

    def scale_bar(self, left: float, bottom: float) -> None:
        length = 5.0 if self.scale > 12 else 20.0
        y = bottom - 22
        self.panel.line([(left + 20, y), (left + 20 + length * self.scale, y)], INK, 2)
        for end in (left + 20, left + 20 + length * self.scale):
            self.panel.line([(end, y - 6), (end, y + 6)], INK, 2)
        self.panel.text(left + 32 + length * self.scale, y, f"{length:.0f} m", 16, INK)


def _heat(plan: ExhibitionPlan, room: Room, warmth: Mapping[str, float]) -> NDArray[np.uint8]:
    """(h, w, 3) uint8 sRGB of a room's floor, row 0 in the north. Who looks at a work stands about so far before it."""
    x, y = np.meshgrid(np.arange(_HEAT_M / 2, room.width_m, _HEAT_M) + room.x_m,
                       np.arange(room.depth_m - _HEAT_M / 2, 0, -_HEAT_M) + room.y_m)
    heat = np.zeros(x.shape)
    for work in plan.works:
        if work.room != room.id or not warmth.get(work.id):
            continue
        near, far = 0.0, max(_NEAR_M, VIEWING_DIAGONALS * work.diagonal_m)
        at_x, at_y, _ = centre_of(plan, work)
        if isinstance(work.place, Hung):
            dx, dy = work.place.ahead if isinstance(work.place, Detached) else inward(work.place.wall)
            near = min(far / 2, facing(room, work.place.wall) / 2)
            at_x, at_y = at_x + dx * near, at_y + dy * near
        heat += warmth[work.id] * np.exp(-((x - at_x) ** 2 + (y - at_y) ** 2) / (2 * (far / 2) ** 2))
    share = (1 - np.exp(-1.5 * heat))[..., None] * _HOTTEST
    return (np.array(FLOOR) * (1 - share) + np.array(ACCENT) * share).astype(np.uint8)


def _draw_titles(plan: ExhibitionPlan, floor: _Floor) -> None:
    for number, room in enumerate(plan.numbered, 1):
        x, y = floor.at(*_emptiest(plan, room))
        most = room.width_m * floor.scale * 0.6
        size = min(max(1.5 * floor.scale, 18), 64)
        floor.panel.text(x, y - (size * 0.35 if room.title else 0), str(number), size, FAINT, "m")
        if room.title:
            small = min(max(0.4 * floor.scale, 11), 20)
            floor.panel.text(x, y + size * 0.5, floor.panel.fitted(room.title, small, most), small,
                             (150, 146, 138), "m")


def _emptiest(plan: ExhibitionPlan, room: Room) -> tuple[float, float]:
    """Where in a room, away from its walls, least stands nearby; its middle, if nothing does."""
    things = [(bench.x_m, bench.y_m) for bench in plan.benches if bench.room == room.id]
    things += [(work.place.x_m, work.place.y_m) for work in plan.works
               if work.room == room.id and isinstance(work.place, Standing)]
    shares = (0.5, 0.38, 0.62, 0.28, 0.72)
    places = [(room.x_m + room.width_m * across, room.y_m + room.depth_m * up) for up in shares for across in shares]
    return max(places, key=lambda place: min((math.dist(place, thing) for thing in things), default=0.0))


def _draw_sight(plan: ExhibitionPlan, room: Room, floor: _Floor) -> None:
    entrance = plan.entrance(room)
    if entrance is None:
        return
    start = point_on_wall(room, entrance.wall, entrance.along_m)
    for work in plan.works:
        if work.room == room.id and work.is_focal:
            end = centre_of(plan, work)[:2]
            floor.panel.dashes(floor.at(*start), floor.at(*end), (226, 176, 162))


def _draw_work(plan: ExhibitionPlan, work: PlannedWork, thumbnail: NDArray[np.uint8] | None, floor: _Floor) -> None:
    room = plan.room(work.room)
    red, green, blue = ((150, 150, 152) if thumbnail is None else
                        np.median(thumbnail.reshape(-1, 3), axis=0).astype(int).tolist())
    size = min(max(0.42 * floor.scale, 11), 22)
    tint = ACCENT if work.is_focal else INK
    if isinstance(work.place, Detached):
        (x, y, _), (dx, dy), half = centre_of(plan, work), work.place.ahead, work.width_m / 2
        ends = [floor.at(x - side * dy * half, y + side * dx * half) for side in (-1, 1)]
        floor.panel.line(ends, tint, max(_THICK_M * floor.scale, 5))
        floor.panel.text(*floor.at(x + 0.35 * dx, y + 0.35 * dy), str(work.number), size, tint, "m")
        return
    if isinstance(work.place, Hung):
        thick = max(_THICK_M, 5 / floor.scale)
        half = max(work.width_m / 2, 2 / floor.scale)
        floor.along_wall(room, work.place.wall, work.place.along_m - half, work.place.along_m + half, 0.0, thick,
                         (red, green, blue), outline=tint)
        x, y = floor.at(*point_on_wall(room, work.place.wall, work.place.along_m, thick))
        dx, dy = inward(work.place.wall)
        away = size * (0.85 if dy else 0.45 + 0.3 * len(str(work.number)))
        floor.panel.text(x + dx * away, y - dy * away, str(work.number), size, tint, "m")
        return
    place = work.place
    x, y = floor.at(place.x_m, place.y_m)
    half_px = place.side_m / 2 * floor.scale
    floor.panel.rectangle(x - half_px, y - half_px, x + half_px, y + half_px, fill=PAPER, outline=tint)
    wide, deep = work.width_m / 2 * floor.scale, work.depth_m / 2 * floor.scale
    floor.panel.ellipse(x - wide, y - deep, x + wide, y + deep, fill=FAINT)
    floor.panel.text(x, y, str(work.number), size, tint, "m")
