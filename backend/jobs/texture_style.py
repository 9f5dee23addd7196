"""Give the texture of a mesh the look of pictures, on the surface: the recipe."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray

from protocol.errors import BadInput
from protocol.messages import Stage
from protocol.requests import PictureFormat
from protocol.style import ControlKind, StyleMethod, StyleRequest
from protocol.style_texture import TextureStyleRequest, TextureStyleResult

from ..geometry.control import render_control
from ..geometry.fill import fill_unseen
from ..geometry.mesh import Mesh
from ..geometry.seams import SeamStep, close_seams, find_seams, seam_step
from ..geometry.tiles import ONE_TILE
from ..geometry.uv_raster import Texels
from ..job import Job
from ..style.adain import adain_of
from ..style.adversarial.styles import read_trained
from ..style.instant import look_of, measure_look, stylise, tile_count
from ..style.mix import keep_colours
from ..style.pictures import read_mask
from ..textures import shown, stored, write_texture
from ..texturing.baking import Baked, extend_charts
from ..texturing.previews import Previews
from ..texturing.restyle import Pictures, agree_in_style
from ..texturing.surface import Surface, read_surfaces
from ..texturing.touch_up import Present, changed_outside, gutter_of, read_kept, show_present
from ..texturing.views import View, look_at_surfaces
from .style import read_styles
from .style_slow import Around, slow_method

if TYPE_CHECKING:
    from ..diffusion.loading import Models

__all__ = ["texture_style"]

_SHARES = {Stage.PREPARE: 0.02, Stage.PLAN: 0.08, Stage.PICTURES: 0.05, Stage.STYLISE: 0.75, Stage.FILL: 0.05,
           Stage.WRITE: 0.05}
_ROUNDS, _SLOW_ROUNDS = 2, 1  # in which views are stylised again from what was joined; of slow methods it takes minutes
_LOW_COVERAGE = 0.9


def texture_style(request: TextureStyleRequest, job: Job, models: Models) -> TextureStyleResult:
    """Transfer the styles to what views show of the texture, join them on the surface, and write `styled.png` (or
    `.exr`): outside of the charts and their gutter it keeps every bit; without strength everywhere.
    """
    job.follow(_SHARES)
    wanted = request.style
    with job.stage(Stage.PREPARE):
        mesh, (surface,), _ = read_surfaces(request, job)
        present = _read_present(request, surface, job)
        texels = surface.texels
    after, coverage, views, before, apart = present.kept, 1.0, [], 0.0, 0.0
    if present.share.any():
        with job.stage(Stage.PLAN):
            views = look_at_surfaces(request, mesh, [surface], job, present.subset)
            pictures = [picture.numpy() for picture in show_present(present, mesh, texels, views)[0]]
        with job.stage(Stage.PICTURES):
            show = Previews(job, len(views))
            around = [_around(wanted, view, mesh, texels.object_id) for view in views]
            work, steps = _stylist(wanted, pictures, around, show, job, models)
        rounds = _ROUNDS if wanted.method is StyleMethod.INSTANT else _SLOW_ROUNDS
        with job.stage(Stage.STYLISE, steps=steps * (rounds + 1)):
            baked, before = agree_in_style(present, pictures, work, rounds, mesh, texels, views)
        with job.stage(Stage.FILL):
            after, step = _joined(present, baked, wanted, mesh, texels)
        coverage, apart = present.coverage(baked, texels), baked.disagreement
    else:
        step = seam_step(stored(shown(after), PictureFormat.PNG_8), find_seams(mesh, texels.size_px), texels.covered)
    if coverage < _LOW_COVERAGE:
        job.remark("The views saw {percent} % of {name}; the rest was filled in from what is beside it. "
                   "More views may see more.", percent=round(100 * coverage), name=wanted.name)
    name = f"styled{request.picture_format.suffix}"
    with job.stage(Stage.WRITE):
        write_texture(job.folder / name, after)
    return TextureStyleResult(
        picture=name, width_px=texels.size_px, height_px=texels.size_px, coverage=coverage, view_count=len(views),
        disagreement_before=before, disagreement=apart, seam_step=step.overall, seam_step_worst=step.worst,
        seam_step_most=step.most, changed_outside=changed_outside(present, after, texels), seconds=job.seconds,
        remarks=tuple(job.remarks))


def _read_present(request: TextureStyleRequest, surface: Surface, job: Job) -> Present:
    """The texture, and by how much each texel shall change."""
    wanted, texels = request.style, surface.texels
    if texels.tiles != ONE_TILE:
        raise BadInput("The UVs of {name} reach beyond 0 to 1: its texture repeats, or has UDIM tiles.",
                       "Lay it out within 0 to 1, and bake the texture there first.", name=surface.name)
    size = texels.size_px
    kept = read_kept(job.folder / wanted.content, size, request.picture_format)
    share = np.where(texels.covered, np.float32(wanted.strength), np.float32(0))
    if wanted.mask:
        share *= read_mask(job.folder / wanted.mask, size, size, wanted.mask_name)
    return Present(kept, request.picture_format, shown(kept), share, wanted.strength)


def _around(wanted: StyleRequest, view: View, mesh: Mesh, object_id: int) -> Around:
    """Where a view shows the object, and for a ControlNet how far away it is or which way it faces."""
    cover = (view.raster.object_ids(mesh) == object_id).astype(np.float32)
    if not wanted.controlnet:
        return Around(cover)
    control = render_control(mesh, view.raster, [object_id])
    image = control.normal_image() if wanted.control_kind is ControlKind.NORMAL else control.depth_image()
    return Around(cover, control=image.astype(np.float32) / np.float32(255))


def _stylist(wanted: StyleRequest, pictures: Sequence[NDArray[np.float32]], around: Sequence[Around],
             previews: Previews, job: Job, models: Models) -> tuple[Callable[[Pictures], Pictures], int]:
    """What stylises pictures of the views, and in how many steps. By a network all are, by the same statistics: by its
    own one would be brighter than its neighbour.
    """
    styles = read_styles(wanted.styles, job, pictures[0])
    height, width = pictures[0].shape[:2]
    if wanted.method is StyleMethod.INSTANT:
        look = look_of(styles, [(one.fixed, one.weight) for one in wanted.styles if one.fixed is not None],
                       read_trained(wanted.styles, job.folder), adain_of(wanted.encoder) if styles else None)
        statistics = measure_look(pictures, look, wanted.stroke_scale)
        steps = tile_count(height, width, wanted.stroke_scale, look)

        def paint(place: int, picture: NDArray[np.float32]) -> NDArray[np.float32]:
            styled = stylise(picture, look, wanted.stroke_scale, statistics=statistics).clip(0, 1)
            for _ in range(steps):
                job.step()
            return styled
    else:
        slow = slow_method(wanted, styles, height, width, job, models)
        steps = slow.steps(around[0])

        def paint(place: int, picture: NDArray[np.float32]) -> NDArray[np.float32]:
            return slow.paint(picture, around[place], lambda styled: previews.show([place], _batch(styled)))

    def paint_all(given: Pictures) -> Pictures:
        result = []
        for place, picture in enumerate(given):
            result.append(paint(place, picture))
            previews.show([place], _batch(result[-1]))
        return result

    return paint_all, steps * len(pictures)


def _batch(picture: NDArray[np.float32]) -> torch.Tensor:
    return torch.from_numpy(np.ascontiguousarray(picture))[None]


def _joined(present: Present, baked: Baked, wanted: StyleRequest, mesh: Mesh, texels: Texels
            ) -> tuple[NDArray, SeamStep]:
    """The texture (S, S, 3) as it is kept, its cuts joined, and its seam step as a screen of 8 bit shows it."""
    was = present.image.reshape(-1, 3)[texels.index]
    styled = keep_colours(fill_unseen(texels, baked.colours, baked.weights), was, wanted.keep_colours)
    share = present.share.reshape(-1, 1)[texels.index]
    image, seams = extend_charts(was + share * (styled - was), mesh, texels)
    inside = present.share > 0
    changed = inside | gutter_of(inside, texels)
    now = close_seams(image, seams.within(changed)).clip(0, 1)
    after = np.where(changed[..., None], stored(now, present.kind), present.kept)
    return after, seam_step(stored(shown(after), PictureFormat.PNG_8), seams, texels.covered)
