"""What an object takes of the floor: whatever of it visitors would walk into. Numpy, besides reading the mesh."""

from __future__ import annotations

import bpy
import numpy as np
from numpy.typing import NDArray

from .visit import Rect

__all__ = ["footprint", "rects_of", "triangles_of"]

_LOW_M, _HIGH_M = 0.1, 1.9  # above it; rugs are stepped on, and lamps walked under
_CELL_M = 0.05
_MOST_STEPS = 1000  # of a triangle's longest side: of one longer than 50 m places are further apart


def triangles_of(each: bpy.types.Object, depsgraph: bpy.types.Depsgraph) -> NDArray[np.float64]:
    """(n, 3, 3) corners in the world, as the object is shown."""
    evaluated = each.evaluated_get(depsgraph)
    mesh = evaluated.to_mesh()
    try:
        mesh.calc_loop_triangles()
        points, corners = np.empty(3 * len(mesh.vertices), np.float32), np.empty(3 * len(mesh.loop_triangles), np.int32)
        mesh.vertices.foreach_get("co", points)
        mesh.loop_triangles.foreach_get("vertices", corners)
    finally:
        evaluated.to_mesh_clear()
    turned = np.array(each.matrix_world, np.float64)
    return (points.reshape(-1, 3) @ turned[:3, :3].T + turned[:3, 3])[corners.reshape(-1, 3)]


def footprint(triangles: NDArray[np.float64], bounds: Rect) -> list[Rect]:
    """Of (n, 3, 3) triangles, as rectangles that are made of cells.

    Args:
        bounds: outside of which nothing matters.
    """
    low, high = triangles.min(axis=1), triangles.max(axis=1)
    west, south, east, north = bounds
    near = ((high > (west, south, _LOW_M)) & (low < (east, north, _HIGH_M))).all(axis=1)
    places = np.concatenate([np.empty((0, 3)), *_places(triangles[near])])
    places = places[((places > (west, south, _LOW_M)) & (places < (east, north, _HIGH_M))).all(axis=1)]
    if not len(places):
        return []
    cells = np.floor(places[:, :2] / _CELL_M).astype(int)
    first = cells.min(axis=0)
    taken = np.zeros((cells.max(axis=0) - first + 1)[::-1], bool)
    taken[tuple((cells - first).T[::-1])] = True
    return rects_of(taken, _CELL_M, float(first[0] * _CELL_M), float(first[1] * _CELL_M))


def _places(triangles: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    """Points on triangles, of which none are further apart than a cell is wide."""
    sides = np.linalg.norm(triangles - np.roll(triangles, 1, axis=1), axis=2).max(axis=1)
    steps = np.ceil(sides / _CELL_M).clip(1, _MOST_STEPS).astype(int)
    found = []
    for count in np.unique(steps):
        i, j = (each.ravel() for each in np.meshgrid(np.arange(count + 1), np.arange(count + 1)))
        shares = np.stack([i, j, count - i - j], axis=1)[i + j <= count] / count
        found.append((shares @ triangles[steps == count]).reshape(-1, 3))
    return found


def rects_of(taken: NDArray[np.bool_], cell_m: float, west: float, south: float) -> list[Rect]:
    """Those that cover (rows, columns) cells: what lies next to each other in a column is one, and so are columns that
    are the same.

    Args:
        west, south: of the first cell's corner; rows go to the north.
    """
    rects: list[Rect] = []
    begun: dict[tuple[int, int], int] = {}
    for column in range(taken.shape[1] + 1):
        here = taken[:, column] if column < taken.shape[1] else np.zeros(1, bool)
        edges = np.flatnonzero(np.diff(here, prepend=False, append=False)).reshape(-1, 2)
        runs = {(int(start), int(end)) for start, end in edges}
        for low, high in begun.keys() - runs:
            rects.append((west + begun.pop((low, high)) * cell_m, south + low * cell_m, west + column * cell_m,
                          south + high * cell_m))
        for run in runs - begun.keys():
            begun[run] = column
    return sorted(rects)
