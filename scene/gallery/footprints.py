"""What an object takes of the floor: whatever of it visitors would walk into. Numpy, besides reading the mesh."""

from __future__ import annotations

from collections.abc import Iterator

import bpy
import numpy as np
from mathutils import Matrix
from numpy.typing import NDArray

from .visit import Rect

__all__ = ["footprint", "rects_of", "triangles_of"]

_LOW_M, _HIGH_M = 0.1, 1.9  # above it; rugs are stepped on, and lamps walked under
_CELL_M = 0.05
_AT_ONCE = 1_000_000  # places
_MOST_STEPS = 1000  # of a triangle's longest side: of one longer than 50 m places are further apart


def triangles_of(evaluated: bpy.types.Object, matrix: Matrix) -> NDArray[np.float64]:
    """(n, 3, 3) corners in the world, as an evaluated object is shown with that matrix."""
    mesh = evaluated.to_mesh()
    if mesh is None:
        return np.empty((0, 3, 3))
    try:
        mesh.calc_loop_triangles()
        points, corners = np.empty(3 * len(mesh.vertices), np.float32), np.empty(3 * len(mesh.loop_triangles), np.int32)
        mesh.vertices.foreach_get("co", points)
        mesh.loop_triangles.foreach_get("vertices", corners)
    finally:
        evaluated.to_mesh_clear()
    turned = np.array(matrix, np.float64)
    return (points.reshape(-1, 3) @ turned[:3, :3].T + turned[:3, 3])[corners.reshape(-1, 3)]


def footprint(triangles: NDArray[np.float64], bounds: Rect) -> list[Rect]:
    """Of (n, 3, 3) triangles, as rectangles that are made of cells.

    Args:
        bounds: outside of which nothing matters.
    """
    low, high = triangles.min(axis=1), triangles.max(axis=1)
    west, south, east, north = bounds
    near = ((high > (west, south, _LOW_M)) & (low < (east, north, _HIGH_M))).all(axis=1)
    found = [np.empty((0, 2), int)]
    for places in _places(triangles[near]):
        inside = ((places > (west, south, _LOW_M)) & (places < (east, north, _HIGH_M))).all(axis=1)
        found.append(np.unique(np.floor(places[inside, :2] / _CELL_M).astype(int), axis=0))
    cells = np.concatenate(found)
    if not len(cells):
        return []
    first = cells.min(axis=0)
    taken = np.zeros((cells.max(axis=0) - first + 1)[::-1], bool)
    taken[tuple((cells - first).T[::-1])] = True
    return rects_of(taken, _CELL_M, float(first[0] * _CELL_M), float(first[1] * _CELL_M))


def _places(triangles: NDArray[np.float64]) -> Iterator[NDArray[np.float64]]:
    """(k, 3) points at a time on triangles, of which none are further apart than a cell is wide: along the longest side
    of each, and across."""
    sides = np.linalg.norm(np.roll(triangles, -1, axis=1) - triangles, axis=2)
    turned = (sides.argmax(axis=1)[:, None] + np.arange(3)) % 3
    corners = np.take_along_axis(triangles, turned[..., None], axis=1)
    along = sides.max(axis=1, initial=0.0)
    area = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1)
    steps = np.ceil(np.stack([along, area / along.clip(1e-9)], axis=1) / _CELL_M).clip(1, _MOST_STEPS).astype(int)
    for count in np.unique(steps, axis=0):
        s, t = (each.ravel() for each in np.meshgrid(*(np.linspace(0, 1, each + 1) for each in count.tolist())))
        shares = np.stack([(1 - s) * (1 - t), s * (1 - t), t], axis=1)
        own = corners[(steps == count).all(axis=1)]
        some = max(_AT_ONCE // len(shares), 1)
        for first in range(0, len(own), some):
            yield (shares @ own[first : first + some]).reshape(-1, 3)


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
