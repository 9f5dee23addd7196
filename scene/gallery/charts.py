"""A second UV map of what a room is made of: charts of whole texels, each seen from one side, in one atlas."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

__all__ = ["PADDING", "Atlas", "Chart", "Faces", "chart_faces", "map_onto", "pack_charts"]

PADDING = 4  # texels around a chart, of which filtering reaches one, and half as many where they are twice as large
_WELD_M = 1e-4
_FLAT_M = 1e-3
_LEAST_M, _INSET_M = 1e-4, 1e-3


@dataclass(frozen=True, eq=False)
class Faces:
    """Of one mesh, in world space.

    Attributes:
        corners: (L, 3) m, of the faces one after the other.
        counts: (F,) of corners of each.
        normals: (F, 3).
        axes: (3, 3) unit rows that its charts are seen along: those of its object.
    """

    corners: NDArray[np.float64]
    counts: NDArray[np.int64]
    normals: NDArray[np.float64]
    axes: NDArray[np.float64]


@dataclass(eq=False)
class Chart:
    """A rectangle in the world, and in the atlas.

    Attributes:
        origin: (3,) m, its lower left corner.
        across, up, facing: (3,) unit vectors.
        size_m: width and height.
        texels: columns and rows, each even.
        loops: (n,) which corners of its mesh are on it.
        is_flat: all of it lies in one plane.
        is_inside: it is to be seen from within the room.
        at: column and row of its lower left texel in the atlas.
    """

    origin: NDArray[np.float64]
    across: NDArray[np.float64]
    up: NDArray[np.float64]
    facing: NDArray[np.float64]
    size_m: tuple[float, float]
    texels: tuple[int, int] = (2, 2)
    loops: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    is_flat: bool = True
    is_inside: bool = True
    at: tuple[int, int] = (0, 0)

    @property
    def middle(self) -> NDArray[np.float64]:
        return self.origin + self.across * self.size_m[0] / 2 + self.up * self.size_m[1] / 2

    def place(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """(n, 2) of points (n, 3) as they are seen on it, 0 to 1 within it."""
        apart = points - self.origin
        return np.stack([apart @ self.across / self.size_m[0], apart @ self.up / self.size_m[1]], axis=1)

    def texel_corners(self) -> NDArray[np.float64]:
        """(rows + 1, columns + 1, 3) m; those at its border a little inside."""
        x, y = (np.linspace(0, side, count + 1).clip(_INSET_M, max(side - _INSET_M, side / 2))
                for side, count in zip(self.size_m, self.texels, strict=True))
        return self.origin + x[None, :, None] * self.across + y[:, None, None] * self.up


@dataclass(frozen=True)
class Atlas:
    """Its size in texels; row 0 is at the bottom."""

    width: int
    height: int

    def uvs(self, chart: Chart, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """(n, 2), v upwards, of points (n, 3)."""
        inside = chart.place(points).clip(0, 1)
        return (np.array(chart.at) + inside * chart.texels) / (self.width, self.height)

    def rows_of(self, chart: Chart, size: int = 1) -> tuple[slice, slice]:
        """Of an array of the atlas with texels that are `size` times as large: a chart and its padding."""
        (column, row), (columns, rows) = chart.at, chart.texels
        return (slice((row - PADDING) // size, (row + rows + PADDING) // size),
                slice((column - PADDING) // size, (column + columns + PADDING) // size))


def chart_faces(faces: Faces) -> list[Chart]:
    """Faces that hang together and look to the same of the six sides of the object share a chart."""
    if not len(faces.counts):
        return []
    slant = faces.normals @ faces.axes.T
    axis = np.abs(slant).argmax(axis=1)
    side = 2 * axis + (np.take_along_axis(slant, axis[:, None], axis=1)[:, 0] < 0)
    owner = np.repeat(np.arange(len(faces.counts)), faces.counts)
    group = _groups(faces, owner, side)
    order = np.argsort(group[owner], kind="stable")
    ends = np.flatnonzero(np.diff(group[owner][order])) + 1
    return [_chart(faces, loops, int(side[owner[loops[0]]])) for loops in np.split(order, ends)]


def _groups(faces: Faces, owner: NDArray[np.int64], side: NDArray[np.int64]) -> NDArray[np.int64]:
    """(F,) the lowest number of a face that each hangs together with: by edges in one place, of the same side. (By
    corners all bars of a grid would, and most of their chart would be empty.)"""
    keys = np.floor(faces.corners / _WELD_M + 0.29).astype(np.int64)
    place = np.unique(keys, axis=0, return_inverse=True)[1].reshape(-1)
    following = np.arange(1, len(owner) + 1)
    starts = np.cumsum(faces.counts) - faces.counts
    following[starts + faces.counts - 1] = starts
    ends = np.sort(np.stack([place, place[following]], axis=1), axis=1)
    edge = np.unique(np.column_stack([ends, side[owner]]), axis=0, return_inverse=True)[1].reshape(-1)
    group = np.arange(len(side))
    while True:
        least = np.full(edge.max() + 1, len(side))
        np.minimum.at(least, edge, group[owner])
        new = group.copy()
        np.minimum.at(new, owner, least[edge])
        new = new[new]
        if np.array_equal(new, group):
            return group
        group = new


def _chart(faces: Faces, loops: NDArray[np.int64], side: int) -> Chart:
    axis = side // 2
    facing = faces.axes[axis] * (-1 if side % 2 else 1)
    across, up = faces.axes[(axis + 1) % 3], faces.axes[(axis + 2) % 3]
    points = faces.corners[loops]
    spans = [(float((points @ each).min()), float((points @ each).max())) for each in (across, up, facing)]
    if spans[1][1] - spans[1][0] > spans[0][1] - spans[0][0]:  # lying, they fill shelves better
        across, up = up, across
        spans[:2] = spans[1::-1]
    # the axes need not be at right angles: an object may be sheared
    origin = np.linalg.solve(np.stack([across, up, facing]), [spans[0][0], spans[1][0], spans[2][1]])
    size = max(spans[0][1] - spans[0][0], _LEAST_M), max(spans[1][1] - spans[1][0], _LEAST_M)
    return Chart(origin, across, up, facing, size, loops=loops, is_flat=spans[2][1] - spans[2][0] < _FLAT_M)


def pack_charts(charts: Sequence[Chart]) -> Atlas:
    """Put them on shelves, the highest first; their `at` is set."""
    widest = max((chart.texels[0] for chart in charts), default=1) + 2 * PADDING
    area = sum((chart.texels[0] + 2 * PADDING) * (chart.texels[1] + 2 * PADDING) for chart in charts)
    width = -(-max(widest, math.isqrt(int(area * 1.05)) + 1) // 4) * 4
    column = row = high = 0
    for chart in sorted(charts, key=lambda each: (-each.texels[1], -each.texels[0])):
        columns, rows = (texels + 2 * PADDING for texels in chart.texels)
        if column + columns > width:
            column, row, high = 0, row + high, 0
        chart.at = column + PADDING, row + PADDING
        column, high = column + columns, max(high, rows)
    return Atlas(width, -(-max(row + high, 4) // 4) * 4)


def map_onto(charts: Sequence[Chart], corners: NDArray[np.float64], facing: NDArray[np.float64], reach_m: float
             ) -> Chart | None:
    """The chart that letters lie on: the nearest behind their middle, looking the same way.

    Args:
        corners: (L, 3) m, of the letters.
        facing: (3,) the way they are read from.
        reach_m: how far behind them it may be.
    """
    middle = (corners.min(axis=0) + corners.max(axis=0)) / 2
    found, nearest = None, reach_m
    for chart in charts:
        away = float((middle - chart.origin) @ facing)
        if chart.is_flat and chart.facing @ facing > 0.99 and -_FLAT_M < away < nearest:
            inside = chart.place(middle[None])[0]
            if (inside > 0).all() and (inside < 1).all():
                found, nearest = chart, away
    return found
