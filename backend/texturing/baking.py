"""From pictures of the views to one texture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from protocol.messages import Tile
from protocol.requests import PictureFormat

from ..geometry.exposure import match_views
from ..geometry.fill import fill_unseen
from ..geometry.gutter import fill_gutter
from ..geometry.mesh import Mesh
from ..geometry.seams import Seams, SeamStep, close_seams, find_seams, seam_step
from ..geometry.threads import both, side_by_side
from ..geometry.tiles import ONE_TILE
from ..geometry.uv_raster import Texels
from ..textures import stored
from .bands import blend_bands, tone_of
from .views import View

__all__ = ["Baked", "bake_views", "complete_texture", "extend_charts", "tile_coverage"]

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
        disagreement: as `Exposures.disagreement`.
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
    exposures = match_views(seen, maps, count)
    sigma_px = pictures.shape[2] * _TONE_SHARE_OF_VIEW

    def tone(place: int) -> torch.Tensor:
        shown = views[place].raster.object_ids(mesh) == texels.object_id
        return tone_of(pictures[place], torch.from_numpy(shown), sigma_px)

    blended = blend_bands(seen, side_by_side(tone, own), maps, count, _DETAIL_POWER,
                          exposures.gains, exposures.biases)
    return Baked(blended.colours, blended.weights, blended.coverage, exposures.disagreement)


def complete_texture(baked: Baked, mesh: Mesh, texels: Texels) -> tuple[NDArray[np.float32], SeamStep]:
    """The whole texture (H, S, 3) in sRGB from 0 to 1, its tiles on top of one another, and its seam step (see
    `seams.seam_step`) as a screen of 8 bit shows it.

    Unseen texels are filled, charts extended beyond their borders, and what the cuts between them part is joined.
    """
    image, seams = extend_charts(fill_unseen(texels, baked.colours, baked.weights), mesh, texels)
    texture = close_seams(image, seams).clip(0, 1)
    return texture, seam_step(stored(texture, PictureFormat.PNG_8), seams, texels.covered)


def extend_charts(colours: NDArray[np.float32], mesh: Mesh, texels: Texels) -> tuple[NDArray[np.float32], Seams]:
    """The texture (H, S, C) of colours (N, C) with its charts extended beyond their borders; and its cuts."""

    def extended() -> NDArray[np.float32]:
        return _extended(texels.to_image(colours), texels)

    def cuts() -> Seams:
        seams = find_seams(mesh, texels.size_px, texels.object_id, texels.tiles)
        seams.system  # noqa: B018 -- made meanwhile
        return seams

    return both(extended, cuts)


def _extended(image: NDArray[np.float32], texels: Texels) -> NDArray[np.float32]:
    """The charts of each tile extended within it."""
    if len(texels.tiles) == 1:
        return fill_gutter(image, texels.covered)
    tiles = zip(texels.split(image), texels.split(texels.covered), strict=True)
    return np.concatenate([fill_gutter(picture, covered) for picture, covered in tiles])


def tile_coverage(baked: Baked, texels: Texels) -> tuple[Tile, ...]:
    """How many texels each UDIM tile has, and the share that was seen; none for a texture without tiles."""
    if texels.tiles == ONE_TILE:
        return ()
    ends = np.searchsorted(texels.index, np.arange(len(texels.tiles) + 1) * texels.size_px**2)
    return tuple(Tile(number=number, texels=int(end - start), coverage=float((baked.weights[start:end] > 0).mean()))
                 for number, start, end in zip(texels.tiles, ends[:-1], ends[1:], strict=True))
