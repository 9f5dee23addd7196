"""Meshes of boxes and panels, with UVs in metres."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import bpy
import numpy as np

__all__ = ["Shape"]

Point = tuple[float, float, float]
Hole = tuple[float, float, float, float]  # left, bottom, right, top


class Shape:
    """Quads, each with a surface of its own."""

    def __init__(self) -> None:
        self._points: list[Point] = []
        self._uvs: list[tuple[float, float]] = []
        self._names: list[str] = []

    @property
    def surfaces(self) -> list[str]:
        """Names, as those of material slots."""
        return list(dict.fromkeys(self._names))

    def quad(self, corners: Sequence[Point], surface: str, uvs: Sequence[tuple[float, float]] | None = None) -> None:
        """Corners go counterclockwise as seen from the front. Without UVs these are metres along the two axes that it
        lies in most."""
        if uvs is None:
            one, two = np.subtract(corners[1], corners[0]), np.subtract(corners[3], corners[0])
            thin = int(np.abs(np.cross(one, two)).argmax())
            first, second = [axis for axis in range(3) if axis != thin]
            uvs = [(corner[first], corner[second]) for corner in corners]
        self._points += corners
        self._uvs += uvs
        self._names.append(surface)

    def box(self, low: Sequence[float], high: Sequence[float], surface: str, *, without: str = "",
            **sides: str) -> None:
        """Args:
            without: sides that it lacks, of "wensbt": west, east, north, south, bottom, top.
            sides: surfaces of sides, by these letters.
        """
        (x0, y0, z0), (x1, y1, z1) = low, high
        corners: dict[str, list[Point]] = {
            "w": [(x0, y1, z0), (x0, y0, z0), (x0, y0, z1), (x0, y1, z1)],
            "e": [(x1, y0, z0), (x1, y1, z0), (x1, y1, z1), (x1, y0, z1)],
            "s": [(x0, y0, z0), (x1, y0, z0), (x1, y0, z1), (x0, y0, z1)],
            "n": [(x1, y1, z0), (x0, y1, z0), (x0, y1, z1), (x1, y1, z1)],
            "b": [(x0, y1, z0), (x1, y1, z0), (x1, y0, z0), (x0, y0, z0)],
            "t": [(x0, y0, z1), (x1, y0, z1), (x1, y1, z1), (x0, y1, z1)]}
        for side, quad in corners.items():
            if side not in without:
                self.quad(quad, sides.get(side, surface))

    def slab(self, low: Sequence[float], high: Sequence[float], across: int, holes: Sequence[Hole], surface: str, *,
             front: str, reveal: str, without: str = "") -> None:
        """A box with holes through its thickness, in cells that share their corners.

        Args:
            across: the axis of its thickness: 1 (a wall along x, whose front looks to -y) or 2 (a ceiling, whose front
                looks down).
            holes: along x and the other axis, within the box.
            front: the surface of the side that looks into the room.
            reveal: the surface within the holes.
            without: sides of the box that it lacks, of "lrbt" as `holes` has them: left, right, bottom, top.
        """
        other = 3 - across
        columns = sorted({low[0], high[0], *(edge for hole in holes for edge in (hole[0], hole[2]))})
        rows = sorted({low[other], high[other], *(edge for hole in holes for edge in (hole[1], hole[3]))})
        front_at, back_at = low[across], high[across]

        def point(column: float, row: float, deep: float) -> Point:
            return (column, deep, row) if across == 1 else (column, row, deep)

        def is_open(column: int, row: int) -> bool:
            if not (0 <= column < len(columns) - 1 and 0 <= row < len(rows) - 1):
                return True
            x, y = (columns[column] + columns[column + 1]) / 2, (rows[row] + rows[row + 1]) / 2
            return any(hole[0] < x < hole[2] and hole[1] < y < hole[3] for hole in holes)

        for column, row in itertools.product(range(len(columns) - 1), range(len(rows) - 1)):
            if is_open(column, row):
                continue
            x0, x1, y0, y1 = columns[column], columns[column + 1], rows[row], rows[row + 1]
            face = [point(x0, y0, front_at), point(x1, y0, front_at), point(x1, y1, front_at), point(x0, y1, front_at)]
            back = [point(x1, y0, back_at), point(x0, y0, back_at), point(x0, y1, back_at), point(x1, y1, back_at)]
            edges = {"l": (-1, 0, (x0, y1), (x0, y0)), "r": (1, 0, (x1, y0), (x1, y1)),
                     "b": (0, -1, (x0, y0), (x1, y0)), "t": (0, 1, (x1, y1), (x0, y1))}
            quads = [(face, front), (back, surface)]
            for side, (right, up, start, end) in edges.items():
                at_rim = not (0 <= column + right < len(columns) - 1 and 0 <= row + up < len(rows) - 1)
                if is_open(column + right, row + up) and not (at_rim and side in without):
                    quads.append(([point(*end, front_at), point(*start, front_at), point(*start, back_at),
                                   point(*end, back_at)], surface if at_rim else reveal))
            for corners, name in quads:
                self.quad(corners if across == 1 else corners[::-1], name)

    def mesh(self, name: str, materials: Sequence[bpy.types.Material]) -> bpy.types.Mesh:
        """Args:
            materials: of the surfaces, in their order.
        """
        mesh = bpy.data.meshes.new(name)
        count = len(self._names)
        mesh.from_pydata(self._points, [], np.arange(4 * count).reshape(-1, 4).tolist())
        mesh.uv_layers.new(name="UVMap").data.foreach_set("uv", np.ravel(self._uvs).astype(np.float32))
        places = {surface: number for number, surface in enumerate(self.surfaces)}
        mesh.polygons.foreach_set("material_index", [places[surface] for surface in self._names])
        for material in materials:
            mesh.materials.append(material)
        return mesh
