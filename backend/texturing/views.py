"""The views of an object: where from, what each sees of the texture, and what guides its picture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from protocol.requests import TextureRequest

from ..diffusion.folders import Guide
from ..geometry.bake import ViewMap, map_view
from ..geometry.camera import Camera
from ..geometry.control import render_control
from ..geometry.mesh import Mesh
from ..geometry.threads import side_by_side
from ..geometry.uv_raster import Texels
from ..geometry.view_plan import plan_views
from ..geometry.view_raster import ViewRaster, rasterise_view
from .surface import PAINTED

__all__ = ["Views", "control_images", "direction_words", "look_at_surface"]

_STEEP = 0.8  # sine of the elevation from which on a view is one from above or below


@dataclass(frozen=True, eq=False)
class Views:
    """The planned views, in the order of choice.

    Attributes:
        rasters: what each view shows.
        maps: which texels it sees, and where.
        planned_coverage: share of the texels that the plan expected to be seen.
    """

    rasters: list[ViewRaster]
    maps: list[ViewMap]
    planned_coverage: float

    def __len__(self) -> int:
        return len(self.rasters)


def look_at_surface(request: TextureRequest, mesh: Mesh, texels: Texels, check: Callable[[], None]) -> Views:
    """Plan at most `view_count` views and map them onto the texels."""
    plan = plan_views(mesh, [texels], size_px=request.view_size_px, max_views=request.view_count, check=check)

    def look(camera: Camera) -> tuple[ViewRaster, ViewMap]:
        check()
        raster = rasterise_view(mesh, camera)
        return raster, map_view(mesh, texels, raster)

    rasters, maps = zip(*side_by_side(look, plan.cameras), strict=True)
    return Views(list(rasters), list(maps), plan.coverage)


def direction_words(views: Views) -> tuple[str, ...]:
    """Where each view is taken from, in the words that models of things know. Blender's front is from -y."""
    return tuple(_direction_words(raster.camera.world_to_camera[2, :3]) for raster in views.rasters)


def _direction_words(backward: NDArray[np.float64]) -> str:
    x, y, z = backward
    if abs(z) > _STEEP:
        return "top view" if z > 0 else "bottom view"
    if abs(x) > abs(y):
        return "side view, from the right" if x > 0 else "side view, from the left"
    return "front view" if y < 0 else "back view"


def control_images(mesh: Mesh, views: Views, guide: Guide) -> torch.Tensor:
    """(n, 3, H, W) float32 in 0 to 1: the depth or the normals of each view, as ControlNets read them."""
    images = []
    for raster in views.rasters:
        control = render_control(mesh, raster, [PAINTED])
        images.append(control.normal_image() if guide is Guide.NORMAL else control.depth_image())
    return torch.from_numpy(np.stack(images)).permute(0, 3, 1, 2).float() / 255
