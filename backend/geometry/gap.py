"""The largest area that no view saw well, and the view that shows most of it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import label

from .bake import map_view
from .camera import Camera
from .mesh import Mesh
from .threads import side_by_side
from .uv_raster import Texels
from .view_plan import GOOD_COSINE, cosines_of, frame_camera, level_direction, outline_of, ring_directions
from .view_raster import rasterise_view

__all__ = ["Gap", "find_gap"]

# What lies in neighbouring cells of so many to the object's longest side is one area, whatever charts it is cut into.
_CELLS, _TEXELS = 48, 3  # and a cell is never smaller than so many texels
_MIN_SHARE = 1e-3  # of the surface: what is smaller is the rim of a chart
_MAX_AREAS = 8  # are tried, the largest first
_MAX_SAMPLES = 2048
_MAX_NORMALS = 8
_COARSE_PX = 128
# A view that something is cut away from shows an object in half: it must show that much more.
_CUT_WORTH = 0.7
_BETTER = 0.05  # by how much the cosine must grow for a texel to be worth touching


@dataclass(frozen=True, slots=True, eq=False)
class Gap:
    """An area and its view.

    Attributes:
        texels: (K,) int64, ascending: the area's texels that the view sees better than any did, by their numbers.
        camera: as far away as the views of the whole object, so that what is painted has their grain. Its clip start
            may lie within the object, where something hides the area.
    """

    texels: NDArray[np.int64]
    camera: Camera


def find_gap(mesh: Mesh, texels: Texels, quality: NDArray[np.float32], least: float, *, size_px: int,
             fov_rad: float = math.radians(40), check: Callable[[], None] | None = None) -> Gap | None:
    """The largest area of texels that no view saw at a cosine of `least` or better, among those that a view can show
    better. Deterministic.

    Args:
        texels: of the one object that is looked at.
        quality: (N,) the best cosine at which a view saw each, 0 where none did.
        least: above 0.
        size_px: side of the square view.
        check: called between candidates; may raise to cancel.

    Returns:
        None where every such area is below a thousandth of the surface, or no view shows it better.
    """
    count = np.maximum(np.bincount(texels.triangle, minlength=len(mesh.triangles)), 1)
    area = (mesh.face_areas / count)[texels.triangle].astype(np.float32)
    smallest = _MIN_SHARE * float(area.sum())
    for chosen in _areas(texels, np.flatnonzero(quality < least), area, smallest):
        camera = _best_view(mesh, texels.subset(chosen), quality[chosen], area[chosen], size_px, fov_rad, check)
        seen = map_view(mesh, texels, rasterise_view(mesh, camera))
        cosine = np.zeros(len(texels), np.float32)
        cosine[seen.texel] = seen.cosine
        shown = chosen[(cosine[chosen] > quality[chosen] + _BETTER) & (cosine[chosen] >= least)]
        if area[shown].sum() >= smallest:
            return Gap(shown, camera)
    return None


def _areas(texels: Texels, poor: NDArray[np.int64], area: NDArray[np.float32], smallest: float
           ) -> Iterator[NDArray[np.int64]]:
    """The connected areas of the poor texels, the largest first, down to the smallest that is worth a view."""
    if not len(poor):
        return
    low, high = texels.positions.min(axis=0), texels.positions.max(axis=0)
    cell = max(float((high - low).max()) / _CELLS, _TEXELS * float(np.quantile(area[poor], 0.95)) ** 0.5, 1e-30)
    place = np.floor((texels.positions[poor] - low) / cell).astype(np.int64)
    grid = np.zeros(tuple(place.max(axis=0) + 1), bool)
    grid[tuple(place.T)] = True
    numbers, count = label(grid, np.ones((3, 3, 3), bool))
    number = numbers[tuple(place.T)]
    sizes = np.bincount(number, area[poor], count + 1)
    for largest in np.argsort(-sizes, kind="stable")[:_MAX_AREAS]:
        if sizes[largest] < smallest:
            return
        yield poor[number == largest]


def _best_view(mesh: Mesh, area: Texels, quality: NDArray[np.float32], weight: NDArray[np.float32], size_px: int,
               fov_rad: float, check: Callable[[], None] | None) -> Camera:
    """The view of the whole object that improves most of an area, by area times cosine."""
    few = np.unique(np.linspace(0, len(area) - 1, min(_MAX_SAMPLES, len(area))).astype(np.int64))
    samples, before = area.subset(few), np.minimum(quality[few] / GOOD_COSINE, 1)
    outline, level = outline_of(mesh, [area.object_id]), level_direction(mesh, [area.object_id])
    cameras: list[Camera] = []
    for direction in np.concatenate([_facing(area, weight), ring_directions()]):
        camera = frame_camera(direction, outline, mesh.center, size_px=size_px, fov_rad=fov_rad, vertical_up=level)
        cameras += [camera, _cut(camera, area, mesh)]

    def gain(camera: Camera) -> float:
        if check is not None:
            check()
        cosine = cosines_of(mesh, [samples], replace(camera, width_px=_COARSE_PX, height_px=_COARSE_PX))
        return float(np.maximum(np.minimum(cosine / GOOD_COSINE, 1) - before, 0) @ weight[few])

    gains = np.array(side_by_side(gain, cameras))
    gains[1::2] *= _CUT_WORTH
    return cameras[int(np.argmax(gains))]


def _facing(area: Texels, weight: NDArray[np.float32]) -> NDArray[np.float64]:
    """(n, 3) directions from which an area is met frontally: its mean normal, and those of its largest parts."""
    keys, group = np.unique(np.rint(area.normals * 4).astype(np.int64), axis=0, return_inverse=True)
    size = np.bincount(group.ravel(), weight, len(keys))
    parts = np.argsort(-size, kind="stable")[:_MAX_NORMALS]
    normals = area.normals.astype(np.float64)
    sums = [weight @ normals, *(weight[group.ravel() == part] @ normals[group.ravel() == part] for part in parts)]
    least = 1e-6 * float(weight.sum())
    return np.array([total / length for total in sums if (length := float(np.linalg.norm(total))) > least])


def _cut(camera: Camera, area: Texels, mesh: Mesh) -> Camera:
    """The same view without what lies before the area."""
    depth = -camera.to_camera(area.positions + mesh.center)[:, 2]
    nearest = float(depth.min())
    return replace(camera, clip_near=max(nearest - 0.02 * float(np.ptp(depth)) - 1e-3 * nearest, camera.clip_near))
