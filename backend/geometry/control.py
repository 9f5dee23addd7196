"""Depth, normal and ID images of a view, in the form that ControlNets were trained on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .mesh import Mesh
from .view_raster import ViewRaster

__all__ = ["Control", "render_control"]


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
        return np.repeat(np.rint(self.depth[..., None] * 255).astype(np.uint8), 3, axis=2)

    def normal_image(self) -> NDArray[np.uint8]:
        """(H, W, 3) uint8."""
        return np.rint(self.normal * 255).astype(np.uint8)


def render_control(mesh: Mesh, raster: ViewRaster, object_ids: Sequence[int] | None = None,
                   far_value: float = 0.2) -> Control:
    """Draw the control images of a view that has been rasterised.

    Args:
        object_ids: the objects that are painted (default: all that have a texture). Depth is spread over
            them alone, so that a wide floor behind them does not flatten it.
        far_value: depth value of their farthest point, above 0 so that it stands out from the background
            (TEXTure, Richardson et al. 2023, does the same).
    """
    hit = raster.hit
    triangle = raster.triangle[hit]
    object_id = np.full(raster.triangle.shape, -2, np.int32)
    object_id[hit] = mesh.object_ids[triangle]
    mask = object_id >= 0 if object_ids is None else np.isin(object_id, list(object_ids))

    depth = np.zeros(raster.depth.shape, np.float32)
    if mask.any():
        nearness = raster.nearness
        far, near = nearness[mask].min(), nearness[mask].max()
        span = near - far
        depth[hit] = far_value + (1 - far_value) * ((nearness[hit] - far) / span if span > 0 else 1)
        np.clip(depth, 0, 1, out=depth)

    normal = np.empty((*raster.triangle.shape, 3), np.float32)
    normal[:] = 0, 0, 1
    barycentrics = raster.barycentrics[hit]
    world = sum(barycentrics[:, c, None] * mesh.corner_normals[triangle, c] for c in range(3))
    local = world @ raster.camera.world_to_camera[:3, :3].T.astype(np.float32)
    local[~raster.front[hit]] *= -1
    normal[hit] = local / np.maximum(np.linalg.norm(local, axis=1, keepdims=True), 1e-12)
    return Control(depth, np.clip(normal * 0.5 + 0.5, 0, 1), object_id, mask)
