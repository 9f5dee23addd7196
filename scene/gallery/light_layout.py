"""Where the light of each of a room's pieces is in the picture of it: their second UV map."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...protocol.exhibition_plan import ExhibitionPlan, Room, point_on_wall, wall_length
from .charts import Atlas, Chart, chart_faces, map_onto, pack_charts
from .pieces import Piece

__all__ = ["LIGHT_LAYER", "LightMap", "lay_out"]

LIGHT_LAYER = "Light"
_MOST_TEXELS = 400_000  # of a room
_SMALL_M = 2.2  # the longest side of what is small
_OUTSIDE_TEXELS = 24  # along what nobody sees from within
_PLACES = 9  # across a door or a wall of glass, and up
_LETTERS_M = 0.06  # behind letters there is what they are on


@dataclass(frozen=True, eq=False)
class LightMap:
    """Where the light of a room's pieces is in its atlas.

    Attributes:
        charts: those that are baked.
        pieces: which each of them is of.
        low, high: (3,) m, corners of the room with its walls and its ceiling.
        openings: (n, 3) m, places in its doors and its walls of glass.
    """

    atlas: Atlas
    charts: list[Chart]
    pieces: list[Piece]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    openings: NDArray[np.float64]


def lay_out(pieces: Sequence[Piece], plan: ExhibitionPlan, room: Room, texel_m: float, small_texel_m: float
            ) -> LightMap:
    """Give each piece a second UV map. Letters share the light of what they are on.

    Args:
        texel_m, small_texel_m: size of texels on walls, and on what is small; of a large room they are larger.
    """
    charts: list[list[Chart]] = [[] if piece.is_text else chart_faces(piece.faces) for piece in pieces]
    everything = [chart for own in charts for chart in own]
    hosts: dict[int, Chart] = {}
    for number, piece in enumerate(pieces):
        if piece.is_text and len(piece.faces.counts):
            found = map_onto(everything, piece.faces.corners, piece.faces.axes[2], _LETTERS_M)
            if found is not None:
                hosts[number] = found
            else:
                charts[number] = chart_faces(piece.faces)
    baked = [chart for own in charts for chart in own]
    longest = max(room.width_m, room.depth_m, room.height_m) + 2 * plan.wall_m  # the ground under it is larger
    for chart in baked:
        chart.is_inside = max(chart.size_m) <= longest and _is_within(chart.middle + chart.facing * 0.05, plan, room)
    grain = 1.0
    while True:
        for chart in baked:
            chart.texels = _texels(chart, texel_m * grain, small_texel_m * grain)
        if sum(chart.texels[0] * chart.texels[1] for chart in baked) <= _MOST_TEXELS:
            break
        grain *= 1.15
    atlas = pack_charts(baked)
    for number, piece in enumerate(pieces):
        corners = piece.faces.corners
        uvs = np.zeros((len(corners), 2))
        if number in hosts:
            uvs = atlas.uvs(hosts[number], corners)
        for chart in charts[number]:
            uvs[chart.loops] = atlas.uvs(chart, corners[chart.loops])
        layer = piece.mesh.uv_layers.new(name=LIGHT_LAYER, do_init=False)
        layer.uv.foreach_set("vector", uvs.astype(np.float32).ravel())
    thick = np.array([plan.wall_m, plan.wall_m, 1.0])
    low = np.array([room.x_m, room.y_m, 0.0])
    high = low + np.array([room.width_m, room.depth_m, room.height_m])
    owners = [piece for piece, own in zip(pieces, charts, strict=True) for _ in own]
    return LightMap(atlas, baked, owners, low - thick, high + thick, _openings(plan, room))


def _openings(plan: ExhibitionPlan, room: Room) -> NDArray[np.float64]:
    rects = [(door.wall, door.along_m - door.width_m / 2, door.along_m + door.width_m / 2, door.height_m)
             for door in plan.doors_of(room)]
    rects += [(wall, 0.0, wall_length(room, wall), room.height_m) for wall in room.glazed]
    return np.array([(*point_on_wall(room, wall, along), height) for wall, first, last, top in rects
                     for along in np.linspace(first, last, _PLACES) for height in np.linspace(0, top, _PLACES)]
                    ).reshape(-1, 3)


def _texels(chart: Chart, texel_m: float, small_texel_m: float) -> tuple[int, int]:
    longest = max(chart.size_m)
    texel = small_texel_m if longest <= _SMALL_M else texel_m
    if not chart.is_inside:
        texel = max(texel, longest / _OUTSIDE_TEXELS)
    columns, rows = (2 * max(math.ceil(side / texel / 2 - 1e-3), 1) for side in chart.size_m)
    return columns, rows


def _is_within(point: NDArray[np.float64], plan: ExhibitionPlan, room: Room) -> bool:
    """In the room, or in the thickness of its walls, as the sides of a door are."""
    x, y, z = point - (room.x_m, room.y_m, 0.0)
    out = plan.wall_m / 2 - 0.01
    return bool(-out < x < room.width_m + out and -out < y < room.depth_m + out and -0.01 < z < room.height_m + 0.5)
