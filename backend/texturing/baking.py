"""From pictures of the views to one texture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from ..geometry.exposure import match_views
from ..geometry.fill import fill_unseen
from ..geometry.gutter import fill_gutter
from ..geometry.mesh import Mesh
from ..geometry.seams import SeamStep, close_seams, find_seams, seam_step
from ..geometry.threads import side_by_side
from ..geometry.uv_raster import Texels
from .bands import blend_bands, tone_of
from .views import View

__all__ = ["Baked", "bake_views", "complete_texture", "seam_step_of"]

# A twentieth of a view divides the tone of a material from its bricks; cos**6 to this power is a seam a few texels
# wide for bricks and grain, while tone changes over a quarter of the object.
_TONE_SHARE_OF_VIEW = 1 / 20
_DETAIL_POWER = 8


@dataclass(frozen=True, eq=False)
class Baked:
    """
    Attributes:
        colours: (N, C) float32 of the texels, 0 where no view saw them.
        weights: (N,) float32, 0 where no view saw them.
        coverage: share of the texels that at least one view saw.
        disagreement: as `Blend.disagreement`, of the views after their tone was matched.
    """

    colours: NDArray[np.float32]
    weights: NDArray[np.float32]
    coverage: float
    disagreement: float


def bake_views(pictures: torch.Tensor, mesh: Mesh, views: Sequence[View], texels: Texels) -> Baked:
    """Match the tone of the pictures (n, H, W, 3) where they overlap, and blend them on one surface in two bands."""
    count = len(texels)
    own = [place for place, view in enumerate(views) if texels.object_id in view.maps]
    seen, maps = [pictures[place] for place in own], [views[place].maps[texels.object_id] for place in own]
    gains, biases = match_views(seen, maps, count)
    sigma_px = pictures.shape[2] * _TONE_SHARE_OF_VIEW

    def tone(place: int) -> torch.Tensor:
        shown = views[place].raster.object_ids(mesh) == texels.object_id
        return tone_of(pictures[place], torch.from_numpy(shown), sigma_px)

    blended = blend_bands(seen, side_by_side(tone, own), maps, count, _DETAIL_POWER, gains, biases)
    return Baked(blended.colours, blended.weights, blended.coverage(), blended.disagreement())


def complete_texture(baked: Baked, mesh: Mesh, texels: Texels) -> tuple[NDArray[np.uint8], SeamStep]:
    """The whole texture (S, S, 3), 8-bit sRGB, and its seam step (see `seams.seam_step`).

    Unseen texels are filled, charts extended beyond their borders, and what the cuts between them part is joined.
    """
    colours = fill_unseen(texels, baked.colours, baked.weights)
    seams = find_seams(mesh, texels.size_px, texels.object_id)
    image = close_seams(fill_gutter(texels.to_image(colours), texels.covered), seams)
    texture = np.rint(image.clip(0, 1) * 255).astype(np.uint8)
    return texture, seam_step(texture, seams, texels.covered)


def seam_step_of(texture: NDArray[np.uint8], mesh: Mesh, texels: Texels) -> SeamStep:
    """As `seams.seam_step`, of a texture (S, S, 3) whose seams were left as they are."""
    return seam_step(texture, find_seams(mesh, texels.size_px, texels.object_id), texels.covered)
