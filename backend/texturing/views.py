"""The views of the surfaces: where from, what each sees of the texture, and what guides its picture."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch

from protocol.errors import BadInput
from protocol.requests import Request, ViewCamera

from ..diffusion.folders import Guide
from ..geometry.bake import ViewMap, map_view
from ..geometry.camera import Camera
from ..geometry.control import render_control
from ..geometry.mesh import Mesh
from ..geometry.threads import side_by_side
from ..geometry.uv_raster import Texels
from ..geometry.view_plan import plan_views
from ..geometry.view_raster import ViewRaster, rasterise_view
from ..job import Job
from .surface import Surface

__all__ = ["View", "camera_of", "control_images", "look_at_surfaces", "strayed_texels"]


@dataclass(frozen=True, eq=False)
class View:
    """One picture to be painted.

    Attributes:
        prompt: of all surfaces that it paints.
        raster: what it shows.
        maps: for each surface that it paints, by its object ID, the texels that it sees, and where.
        planned_coverage: share of those surfaces' texels that their views were expected to see.
    """

    prompt: str
    raster: ViewRaster
    maps: dict[int, ViewMap]
    planned_coverage: float


def look_at_surfaces(request: Request, mesh: Mesh, surfaces: Sequence[Surface], job: Job,
                     wanted: Callable[[Texels], Texels] = lambda texels: texels) -> list[View]:
    """Take the artist's cameras and plan further views, at most `view_count` of all that has one prompt, and map them
    onto the texels.

    Args:
        wanted: which of a surface's texels the views are to see.
    """
    views = []
    given = [camera_of(camera, request.view_size_px) for camera in request.cameras]
    for prompt in dict.fromkeys(surface.prompt for surface in surfaces):
        group = [surface for surface in surfaces if surface.prompt == prompt]
        plan = plan_views(mesh, [wanted(surface.texels) for surface in group], size_px=request.view_size_px,
                          given=given, max_views=request.view_count, check=job.check)
        look = partial(_look, mesh, group, prompt, plan.coverage, job.check)
        views += side_by_side(look, plan.cameras)
    used = {id(view.raster.camera) for view in views}
    for camera, square in zip(request.cameras, given, strict=True):
        if id(square) not in used:
            job.remark("The camera {camera} sees nothing that is painted, and was left out.", camera=camera.name)
    return views


def camera_of(given: ViewCamera, size_px: int) -> Camera:
    """Of a square view."""
    if len(given.world_to_camera) != 16:
        raise BadInput("The camera's matrix is not 4 by 4 finite numbers.", "Reset the camera's transform.")
    return Camera(np.reshape(given.world_to_camera, (4, 4)), size_px, size_px, given.fov_rad, given.scale,
                  given.clip_near, given.clip_far, (given.shift_x, given.shift_y))


def _look(mesh: Mesh, group: Sequence[Surface], prompt: str, coverage: float, check: Callable[[], None],
          camera: Camera) -> View:
    check()
    raster = rasterise_view(mesh, camera)
    return View(prompt, raster, {surface.object_id: map_view(mesh, surface.texels, raster) for surface in group},
                coverage)


def strayed_texels(mesh: Mesh, views: Sequence[View], object_id: int) -> int:
    """How many texels of an object the views colour from a pixel that shows another: none, by `map_view`."""
    count = 0
    for view in views:
        if (view_map := view.maps.get(object_id)) is not None:
            shown = view.raster.object_ids(mesh).ravel()[view_map.pixels]
            count += int((shown != object_id).any(axis=1).sum())
    return count


def control_images(mesh: Mesh, views: Sequence[View], guide: Guide) -> torch.Tensor:
    """(n, 3, H, W) float32 in 0 to 1: the depth or the normals of each view, as ControlNets read them."""
    images = []
    for view in views:
        control = render_control(mesh, view.raster, list(view.maps))
        images.append(control.normal_image() if guide is Guide.NORMAL else control.depth_image())
    return torch.from_numpy(np.stack(images)).permute(0, 3, 1, 2).float() / 255
