"""Texture one or several meshes from prompts: the recipe."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from protocol.errors import BadInput
from protocol.messages import Remark, Stage, TextureResult
from protocol.picture import SourceKind, Strip
from protocol.requests import PaintingRequest, PictureFormat, Region, TextureRequest

from ..diffusion.decode import decode_views
from ..diffusion.folders import Guide
from ..diffusion.generate import Painting, paint_views, step_count
from ..geometry.bake import map_view
from ..geometry.gap import find_gap
from ..geometry.mesh import Mesh
from ..geometry.tiles import ONE_TILE
from ..geometry.view_raster import rasterise_view
from ..job import Job
from ..style.sources import write_sources
from ..textures import stored, write_texture
from ..texturing.agreement import meet_on_surfaces
from ..texturing.baking import bake_views, complete_texture, tile_coverage
from ..texturing.brief import brief_painter
from ..texturing.heat import heat_picture, view_quality
from ..texturing.previews import Previews
from ..texturing.seen import read_seen, write_seen
from ..texturing.surface import Surface, read_surfaces
from ..texturing.touch_up import Present, changed_outside, join_region, read_present
from ..texturing.views import camera_of, look_at_surfaces, strayed_texels

if TYPE_CHECKING:
    from ..diffusion.loading import LoadedModel, Models

__all__ = ["texture"]

_LOW_COVERAGE = 0.9
_MOST_SOURCES = 8  # views that are shown
_TURNED_COVERAGE = 0.6  # what views see of an object that merely hides much of itself is more


def texture(request: PaintingRequest, job: Job, models: Models) -> list[TextureResult | BadInput]:
    """Paint views of the job's meshes, bake them into their UV layouts and write a picture for each: `texture.png` (or
    `.exr`) for the first, `texture-1.png` for the second. For each object its result, or why there is none.
    """
    with job.stage(Stage.PREPARE):
        controlnet = request.controlnet.strip() or (
            models.own_controlnet(request.model) if request.follow_shape else "")
        models.begin(request.model, controlnet)
        mesh, surfaces, refused = read_surfaces(request, job)
        present = _read_present(request, mesh, surfaces[0], job)
    with job.stage(Stage.PLAN):
        views = look_at_surfaces(request, mesh, surfaces, job, present.subset if present else None,
                                 present.camera if present else None)
    with job.stage(Stage.LOAD):
        loaded = models.get(request.model, controlnet)
        painting = brief_painter(request, loaded, mesh, views, job)
        previews = Previews(job, len(views))
        calls = step_count(loaded, painting.steps)
        agreement = meet_on_surfaces(loaded, mesh, surfaces, views, request, calls, job,
                                     previews.show_all, present)
        if present and agreement is None:
            raise BadInput("Nothing can be touched up with the scheduler of {model}.",
                           "Choose another model, or paint the whole texture.", model=loaded.name)
        evaluations = agreement.evaluations if agreement else len(views) * calls
    with job.stage(Stage.DENOISE, steps=evaluations):
        latents = paint_views(loaded, painting, job, agreement)
    with job.stage(Stage.DECODE, steps=len(views)):
        pictures = decode_views(loaded, latents, job, previews.show)
        strips = _write_sources(painting, loaded, job)
    results: dict[int, TextureResult | BadInput] = dict(refused)
    for surface in surfaces:
        with job.stage(Stage.BAKE):
            baked = bake_views(pictures, mesh, views, surface.texels)
            strayed = strayed_texels(mesh, views, surface.object_id)
        if baked.coverage == 0:
            results[surface.object_id] = BadInput(
                "No view sees anything of {name}.", "Move what hides it, or paint it alone.", name=surface.name)
            continue
        with job.stage(Stage.FILL):
            if present:
                picture, seam_step = join_region(present, baked, mesh, surface.texels)
                coverage = present.coverage(baked, surface.texels)
                changed = changed_outside(present, picture, surface.texels)
            else:
                image, seam_step = complete_texture(baked, mesh, surface.texels)
                picture, changed = stored(image, request.picture_format), None
                coverage = baked.coverage
        name = _file_name("texture", surface, request.picture_format)
        own = [view for view in views if surface.object_id in view.maps]
        quality = view_quality([view.maps[surface.object_id] for view in own], len(surface.texels))
        seen = present.seen_after(quality, surface.texels) if present else quality
        if surface.texels.tiles != ONE_TILE:
            seen = None  # they cannot be touched up
        with job.stage(Stage.WRITE):
            _write(picture, name, surface, job)
            if seen is not None:
                write_seen(job.folder / _seen_name(surface), seen, surface.texels)
            heat = _write_heat(quality if seen is None else seen, surface, job) if request.quality_map else ""
        if coverage < _LOW_COVERAGE:
            job.remark("The views saw {percent} % of the region of {name}; the rest stays as it was. "
                       "More views may see more." if present else
                       "The views saw {percent} % of {name}; the rest was filled in from what is beside it. "
                       "More views may see more.", percent=round(100 * coverage), name=surface.name)
        if coverage < _TURNED_COVERAGE and not present:
            job.remark("Faces of {name} may be turned inwards: no view sees those. If they are, choose Mesh > Normals "
                       "> Recalculate Outside in Edit Mode.", name=surface.name)
        results[surface.object_id] = TextureResult(
            texture=name, size_px=request.texture_size_px, coverage=coverage,
            planned_coverage=own[0].planned_coverage, view_disagreement=baked.disagreement, view_count=len(own),
            evaluations=evaluations, crossview_by_step=tuple(agreement.deviations) if agreement else (),
            strayed=strayed, seam_step=seam_step.overall, seam_step_worst=seam_step.worst,
            seam_step_most=seam_step.most, changed_outside=changed, model=loaded.name, seed=request.seed,
            steps=painting.steps, guidance_scale=painting.guidance_scale, device=loaded.device.type,
            seconds=job.seconds, remarks=_remarks_on(surface, surfaces, job.remarks), quality_map=heat,
            tiles=tile_coverage(baked, surface.texels), seen="" if seen is None else _seen_name(surface), strips=strips)
    return [results[number] for number in sorted(results)]


def _read_present(request: PaintingRequest, mesh: Mesh, surface: Surface, job: Job) -> Present | None:
    """What is to be touched up; None where all is new."""
    if not isinstance(request, TextureRequest) or request.touch_up is None:
        return None
    touch_up, texels = request.touch_up, surface.texels
    if texels.tiles != ONE_TILE:
        raise BadInput("The UVs of {name} lie in UDIM tiles, which cannot be touched up.",
                       "Paint the object anew, or touch it up in a UV layer within 0 to 1 (New UV Layer).",
                       name=surface.name)
    chosen: NDArray | None = None
    camera = None
    if touch_up.region is Region.VIEW:
        chosen = map_view(mesh, texels, rasterise_view(mesh, camera_of(request.cameras[0], request.view_size_px))).texel
    elif touch_up.region is Region.MISSING:
        gap = find_gap(mesh, texels, read_seen(job.folder / touch_up.seen, texels), touch_up.least_cosine,
                       size_px=request.view_size_px, check=job.check)
        if gap is None:
            raise BadInput("Views saw every part of {name} that they can see well.",
                           "Raise Seen Below (--missing) to have more painted anew, or touch up faces of it.",
                           name=surface.name)
        chosen, camera = gap.texels, gap.camera
    return read_present(request, touch_up, job.folder, texels, chosen, camera)


def _write_sources(painting: Painting, loaded: LoadedModel, job: Job) -> tuple[Strip, ...]:
    """What the first views followed; nothing without a ControlNet."""
    if painting.control is None or loaded.controlnet is None:
        return ()
    kind = SourceKind.NORMAL if loaded.controlnet.guide is Guide.NORMAL else SourceKind.DEPTH
    followed = painting.control[:_MOST_SOURCES].permute(0, 2, 3, 1).float().cpu().numpy()
    return (write_sources(job.folder, [(kind, np.ascontiguousarray(picture)) for picture in followed]),)


def _write_heat(quality: NDArray[np.float32], surface: Surface, job: Job) -> str:
    """Returns the name of the file."""
    name = _file_name("quality", surface, PictureFormat.PNG_8)
    _write(heat_picture(quality, surface.texels), name, surface, job)
    return name


def _write(picture: NDArray, name: str, surface: Surface, job: Job) -> None:
    """A file for each tile, with its number in place of <UDIM>."""
    for number, tile in zip(surface.texels.tiles, surface.texels.split(picture), strict=True):
        write_texture(job.folder / name.replace("<UDIM>", str(number)), tile)


def _file_name(what: str, surface: Surface, kind: PictureFormat) -> str:
    number = f"-{surface.object_id}" if surface.object_id else ""
    tile = "" if surface.texels.tiles == ONE_TILE else ".<UDIM>"
    return f"{what}{number}{tile}{kind.suffix}"


def _seen_name(surface: Surface) -> str:
    return "seen.png" if surface.object_id == 0 else f"seen-{surface.object_id}.png"


def _remarks_on(surface: Surface, surfaces: Sequence[Surface], remarks: Sequence[Remark]) -> tuple[Remark, ...]:
    """Those that name the object; the first one also has those that name none."""
    others = {other.name for other in surfaces} - {surface.name}
    return tuple(remark for remark in remarks if remark.values.get("name") not in others
                 and (surface is surfaces[0] or remark.values.get("name") == surface.name))
