"""The views of the surfaces: where from, and what each sees of the texture. No torch here: a plan shall be quick."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from protocol.errors import BadInput
from protocol.requests import ViewCamera, ViewRequest

from ..geometry.bake import ViewMap, map_view
from ..geometry.camera import Camera
from ..geometry.mesh import Mesh
from ..geometry.threads import side_by_side
from ..geometry.uv_raster import Texels
from ..geometry.view_plan import plan_views
from ..geometry.view_raster import ViewRaster, rasterise_view
from ..job import Job
from .surface import Surface

__all__ = ["View", "camera_of", "look_at_surfaces", "request_of", "strayed_texels"]


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


def look_at_surfaces(request: ViewRequest, mesh: Mesh, surfaces: Sequence[Surface], job: Job,
                     wanted: Callable[[Texels], Texels] | None = None, aimed: Camera | None = None) -> list[View]:
    """Take the artist's cameras and plan further views, at most `view_count` of all that has one prompt, and map them
    onto the texels.

    Args:
        wanted: which of a surface's texels the views are to see; None for all of them.
        aimed: the one view that is taken of all of them, planned already.
    """
    views = []
    given = [aimed] if aimed else [camera_of(camera, request.view_size_px) for camera in request.cameras]
    for prompt in dict.fromkeys(surface.prompt for surface in surfaces):
        group = [surface for surface in surfaces if surface.prompt == prompt]
        texels = [wanted(surface.texels) if wanted else surface.texels for surface in group]
        plan = plan_views(mesh, texels, size_px=request.view_size_px, given=given,
                          max_views=1 if aimed else request.view_count, check=job.check)
        look = partial(_look, mesh, group, prompt, plan.coverage, job.check)
        views += side_by_side(look, plan.cameras)
    used = {id(view.raster.camera) for view in views}
    for camera, square in zip(request.cameras, given, strict=False):
        if id(square) not in used:
            job.remark("The camera {camera} sees nothing that is painted, and was left out.", camera=camera.name)
    return views


def camera_of(given: ViewCamera, size_px: int) -> Camera:
    """Of a square view."""
    if len(given.world_to_camera) != 16:
        raise BadInput("The camera's matrix is not 4 by 4 finite numbers.", "Reset the camera's transform.")
    return Camera(np.reshape(given.world_to_camera, (4, 4)), size_px, size_px, given.fov_rad, given.scale,
                  given.clip_near, given.clip_far, (given.shift_x, given.shift_y))


def request_of(camera: Camera, name: str) -> ViewCamera:
    """What asks for a square camera; undoes `camera_of`."""
    return ViewCamera(
        name=name, world_to_camera=tuple(camera.world_to_camera.ravel().tolist()), fov_rad=camera.fov_rad,
        scale=camera.scale, clip_near=float(camera.clip_near), clip_far=float(camera.clip_far), shift_x=camera.shift[0],
        shift_y=camera.shift[1])


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
