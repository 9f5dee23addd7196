"""Depth, normal and ID images of a view, in the form that ControlNets were trained on."""

# ruff: noqa: ANN001, ANN202 -- the kernel at the end: numba takes the types from what is passed in.
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from .camera import Camera
from .mesh import Mesh
from .view_raster import ViewRaster, barycentrics_of, nearest_triangles

__all__ = ["Control", "depth_picture", "normals_of", "render_control", "spread_depth"]

_FAR = 0.2  # depth value of the farthest point, above 0 so that it stands out from the background, as TEXTure has it


@dataclass(frozen=True, slots=True, eq=False)
class Control:
    """What guides the picture of one view.

    Attributes:
        depth: (H, W) float32 in 0 to 1: near is white, the background is 0 (as MiDaS draws disparity).
        normal: (H, W, 3) float32 in 0 to 1, camera space: x right is red, y up is green, z to the viewer is
            blue; the background faces the viewer (0.5, 0.5, 1).
        object_id: (H, W) int32: the object at each pixel, -1 for occluders, -2 for the background.
        mask: (H, W) bool: one of the painted objects is seen here.
    """

    depth: NDArray[np.float32]
    normal: NDArray[np.float32]
    object_id: NDArray[np.int32]
    mask: NDArray[np.bool_]

    def depth_image(self) -> NDArray[np.uint8]:
        """(H, W, 3) uint8, grey: the depth as ControlNets read it."""
        return depth_picture(self.depth)

    def normal_image(self) -> NDArray[np.uint8]:
        """(H, W, 3) uint8."""
        return np.rint(self.normal * 255).astype(np.uint8)


def depth_picture(depth: NDArray[np.float32]) -> NDArray[np.uint8]:
    """(H, W, 3) uint8, grey, of depth (H, W) in 0 to 1."""
    return np.repeat(np.rint(depth[..., None] * 255).astype(np.uint8), 3, axis=2)


def spread_depth(nearness: NDArray[np.float32], hit: NDArray[np.bool_], mask: NDArray[np.bool_] | None = None,
                 far_value: float = _FAR) -> NDArray[np.float32]:
    """`Control.depth` of nearness (H, W), the larger the nearer, of what is hit; spread over a mask (default: all that
    is hit).
    """
    mask = hit if mask is None else mask
    if not mask.any():
        return np.zeros(nearness.shape, np.float32)
    far, near = nearness[mask].min(), nearness[mask].max()
    span = near - far
    relative = (nearness - far) / span if span > 0 else np.ones_like(nearness)
    return np.where(hit, np.clip(far_value + (1 - far_value) * relative, 0, 1), 0).astype(np.float32)


def render_control(mesh: Mesh, raster: ViewRaster, object_ids: Sequence[int] | None = None,
                   far_value: float = _FAR) -> Control:
    """Draw the control images of a view that has been rasterised.

    Args:
        object_ids: the objects that are painted (default: all that have a texture). Depth is spread over
            them alone, so that a wide floor behind them does not flatten it.
        far_value: depth value of their farthest point, above 0 so that it stands out from the background
            (TEXTure, Richardson et al. 2023, does the same).
    """
    object_id = raster.object_ids(mesh)
    mask = object_id >= 0 if object_ids is None else np.isin(object_id, list(object_ids))
    depth = spread_depth(raster.nearness, raster.hit, mask, far_value)
    normal = _drawn(raster.triangle, raster.barycentrics(mesh), raster.front(mesh), mesh.corner_normals, raster.camera)
    return Control(depth, normal, object_id, mask)


def normals_of(positions: NDArray[np.float32], triangles: NDArray[np.int32], corner_normals: NDArray[np.float32],
               camera: Camera) -> NDArray[np.float32]:
    """`Control.normal` alone, of positions (V, 3), triangles (T, 3) and corner normals (T, 3, 3) that need not be a
    checked mesh.
    """
    nearest = nearest_triangles(positions, triangles, camera)
    barycentrics = barycentrics_of(positions, triangles, camera, nearest)
    seen, place = np.unique(nearest, return_inverse=True)  # of millions of triangles few are seen
    corners = positions[triangles[seen]].astype(np.float64)
    outwards = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    towards = camera.world_to_camera[2, :3] if camera.is_orthographic else camera.position - corners[:, 0]
    front = ((outwards * towards).sum(axis=1) > 0)[place].reshape(nearest.shape)
    return _drawn(nearest, barycentrics, front, corner_normals, camera)


def _drawn(triangle: NDArray[np.int32], barycentrics: NDArray[np.float32], front: NDArray[np.bool_],
           corner_normals: NDArray[np.float32], camera: Camera) -> NDArray[np.float32]:
    """`Control.normal`."""
    normal = np.empty((*triangle.shape, 3), np.float32)
    rotation = np.ascontiguousarray(camera.world_to_camera[:3, :3])
    _draw_normals(triangle, barycentrics, front, corner_normals, rotation, normal)
    return normal


@njit(cache=True, nogil=True, error_model="numpy")
def _draw_normals(triangle, barycentrics, front, corner_normals, rotation, out):
    height, width = triangle.shape
    for row in range(height):
        for column in range(width):
            t = triangle[row, column]
            if t < 0:
                out[row, column, 0] = out[row, column, 1] = 0.5
                out[row, column, 2] = 1.0
                continue
            x = y = z = 0.0
            for c in range(3):
                w = barycentrics[row, column, c]
                x += w * corner_normals[t, c, 0]
                y += w * corner_normals[t, c, 1]
                z += w * corner_normals[t, c, 2]
            # Half of the unit vector; a back face turns towards the viewer.
            length = np.sqrt(x * x + y * y + z * z)
            scale = (0.5 if front[row, column] else -0.5) / length if length > 1e-9 else 0.0
            for axis in range(3):
                value = rotation[axis, 0] * x + rotation[axis, 1] * y + rotation[axis, 2] * z
                out[row, column, axis] = min(max(0.5 + scale * value, 0.0), 1.0)
