"""Whether what is built stands within something else: oriented boxes, and how deep they reach into each other."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import bpy
import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Box:
    """
    Attributes:
        axes: (3, 3) of length 1, in rows.
        half: (3,) metres along them.
    """

    name: str
    centre: NDArray[np.float64]
    axes: NDArray[np.float64]
    half: NDArray[np.float64]

    @property
    def reach(self) -> NDArray[np.float64]:
        """(3,) half of the box along the world's axes that has it in."""
        return np.abs(self.axes.T) @ self.half


def boxes_of(name: str, each: bpy.types.Object, *, by_faces: bool) -> Iterator[Box]:
    """Of a mesh object, along its own axes; or flat ones of its faces, of what is hollow or made of many pieces."""
    points = np.empty(3 * len(each.data.vertices))
    each.data.vertices.foreach_get("co", points)
    turned = np.array(each.matrix_world, np.float64)
    points = points.reshape(-1, 3) @ turned[:3, :3].T + turned[:3, 3]
    if not by_faces:
        yield _box(name, points, turned[:3, :3].T)
        return
    for face in each.data.polygons:
        corners = points[list(face.vertices)]
        along = corners[1] - corners[0]
        normal = np.cross(along, corners[-1] - corners[0])
        along, normal = along / np.linalg.norm(along), normal / np.linalg.norm(normal)
        yield _box(name, corners, np.array([along, normal, np.cross(along, normal)]))


def _box(name: str, points: NDArray[np.float64], axes: NDArray[np.float64]) -> Box:
    low, high = (points @ axes.T).min(axis=0), (points @ axes.T).max(axis=0)
    return Box(name, (low + high) / 2 @ axes, axes, (high - low) / 2)


def overlaps(boxes: Sequence[Box], deeper_m: float) -> Iterator[tuple[str, str, float]]:
    """The names of those that reach into each other by more, and how far; not of faces of one object."""
    centres, reaches = (np.array([getattr(box, name) for box in boxes]) for name in ("centre", "reach"))
    for number, one in enumerate(boxes[:-1]):
        near = (reaches[number] + reaches[number + 1:] - np.abs(centres[number] - centres[number + 1:])).min(axis=1)
        for other in np.nonzero(near > deeper_m)[0] + number + 1:
            deep = _depth(one, boxes[other])
            if deep > deeper_m and one.name != boxes[other].name:
                yield one.name, boxes[other].name, deep


def _depth(one: Box, other: Box) -> float:
    """By the axes that could part them (Gottschalk 1996); below 0 where one does."""
    crossed = [np.cross(a, b) for a, b in itertools.product(one.axes, other.axes)]
    axes = np.array([*one.axes, *other.axes, *(axis / length for axis in crossed
                                               if (length := np.linalg.norm(axis)) > 1e-6)])
    apart = np.abs(axes @ (one.centre - other.centre))
    return float((np.abs(axes @ one.axes.T) @ one.half + np.abs(axes @ other.axes.T) @ other.half - apart).min())
