"""Texture one mesh from a prompt: the recipe."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protocol.messages import Stage, TextureResult
from protocol.requests import TextureRequest

from ..diffusion.decode import decode_views
from ..diffusion.generate import paint_views, step_count
from ..job import Job
from ..pictures import write_png
from ..texturing.agreement import meet_on_surface
from ..texturing.baking import Baked, bake_views, complete_texture
from ..texturing.brief import brief_painter
from ..texturing.previews import Previews
from ..texturing.surface import read_surface
from ..texturing.views import Views, look_at_surface

if TYPE_CHECKING:
    from ..diffusion.generate import Painting
    from ..diffusion.loading import LoadedModel, Models

__all__ = ["TEXTURE_NAME", "texture"]

TEXTURE_NAME = "texture.png"
_LOW_COVERAGE = 0.9


def texture(request: TextureRequest, job: Job, models: Models) -> TextureResult:
    """Paint views of the job's mesh, bake them into its UV layout and write `texture.png`."""
    with job.stage(Stage.PREPARE):
        models.begin(request.model, request.controlnet)
        mesh, texels = read_surface(request, job)
    with job.stage(Stage.PLAN):
        views = look_at_surface(request, mesh, texels, job.check)
    with job.stage(Stage.LOAD):
        loaded = models.get(request.model, request.controlnet)
        painting = brief_painter(request, loaded, mesh, views, job)
        previews = Previews(job, len(views))
        calls = step_count(loaded, painting.steps)
        agreement = meet_on_surface(loaded, mesh, views, request.texture_size_px, calls, job, previews.show_all)
        evaluations = agreement.evaluations if agreement else len(views) * calls
    with job.stage(Stage.DENOISE, steps=evaluations):
        latents = paint_views(loaded, painting, job, agreement)
    with job.stage(Stage.DECODE, steps=len(views)):
        pictures = decode_views(loaded, latents, job, previews.show)
    with job.stage(Stage.BAKE):
        baked = bake_views(pictures, views, texels)
    with job.stage(Stage.FILL):
        image, seam_step = complete_texture(baked, mesh, texels)
    with job.stage(Stage.WRITE):
        write_png(job.folder / TEXTURE_NAME, image)
    return _result(request, job, loaded, painting, views, baked, evaluations, seam_step)


def _result(request: TextureRequest, job: Job, loaded: LoadedModel, painting: Painting, views: Views,
            baked: Baked, evaluations: int, seam_step: float) -> TextureResult:
    if baked.coverage < _LOW_COVERAGE:
        job.remark("The views saw {percent} % of {name}; the rest was filled in from what is beside it. "
                   "More views may see more.", percent=round(100 * baked.coverage), name=request.object_name)
    return TextureResult(
        texture=TEXTURE_NAME, size_px=request.texture_size_px, coverage=baked.coverage,
        planned_coverage=views.planned_coverage, view_disagreement=baked.disagreement, view_count=len(views),
        evaluations=evaluations, seam_step=seam_step,
        model=loaded.name, seed=request.seed, steps=painting.steps, guidance_scale=painting.guidance_scale,
        device=loaded.device.type, seconds=dict(job.seconds), remarks=tuple(job.remarks))
