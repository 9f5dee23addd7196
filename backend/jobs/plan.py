"""Say from where meshes would be painted, and how much of them that shows: the recipe. No model is needed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from protocol.errors import BadInput
from protocol.messages import PlannedViews, Stage
from protocol.requests import PlanRequest

from ..job import Job
from ..texturing.surface import read_surfaces
from ..texturing.views import look_at_surfaces, request_of

__all__ = ["plan"]

_TEXTURE_PX = 2048  # of a larger one a share is the same to four digits, and takes seconds


def plan(request: PlanRequest, job: Job) -> tuple[list[PlannedViews | BadInput], int]:
    """For each object its views, or why it cannot be painted; and how many views there are.

    Up to textures of 2048 texels the views are those that a job would paint from, and the shares what it would report.
    """
    with job.stage(Stage.PREPARE):
        mesh, surfaces, refused = read_surfaces(request, job, _TEXTURE_PX)
    with job.stage(Stage.PLAN):
        views = look_at_surfaces(request, mesh, surfaces, job)
    names = {replace(camera, name=""): camera.name for camera in request.cameras}
    results: dict[int, PlannedViews | BadInput] = dict(refused)
    for surface in surfaces:
        own = [view for view in views if surface.object_id in view.maps]
        seen = np.zeros(len(surface.texels), bool)
        for view in own:
            seen[view.maps[surface.object_id].texel] = True
        if not seen.any():
            results[surface.object_id] = BadInput(
                "No view sees anything of {name}.", "Move what hides it, or paint it alone.", name=surface.name)
            continue
        seen_from = [request_of(view.raster.camera, "") for view in own]
        results[surface.object_id] = PlannedViews(
            coverage=float(seen.mean()), area=float(mesh.face_areas[mesh.object_ids == surface.object_id].sum()),
            cameras=tuple(replace(camera, name=names.get(camera, "")) for camera in seen_from))
    return [results[number] for number in sorted(results)], len(views)
