"""What views have to do with each other before any is painted: what they see of the same surface."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from ..diffusion.noise import view_generator, view_noise
from ..geometry.bake import ViewMap
from .views import View

__all__ = ["reference_views", "shared_noise"]

_REFERENCES = 2  # each adds to the cost of attention as much as the view's own


def shared_noise(maps: Sequence[ViewMap], texel_count: int, seed: int, channels: int, cell_px: int) -> torch.Tensor:
    """White noise (n, C, h, w) of the views, drawn on the surface: correlated where views see the same texels.

    A latent is the sum of the noise of the texels in it over the root of their number (Chang et al., "How I Warped
    Your Noise", 2024). A texel is in one latent of a view only, so that each view's latents are independent and of
    unit variance; a latent that shows no texel has noise of its own. On the embedded model the views disagree as
    before, but their textures are 1 to 7 % sharper, and lines go on from view to view.

    Args:
        cell_px: pixels of the maps along a latent.
    """
    texel_noise = torch.randn((texel_count, channels), generator=view_generator(seed, "surface")).numpy()
    result = []
    for place, view_map in enumerate(maps):
        high, wide = view_map.height_px // cell_px, view_map.width_px // cell_px
        row, column = np.divmod(view_map.pixels[:, 0], view_map.width_px)
        latent = row // cell_px * wide + column // cell_px
        count = np.bincount(latent, minlength=high * wide)
        summed = np.stack([np.bincount(latent, texel_noise[view_map.texel, channel], high * wide)
                           for channel in range(channels)])
        drawn = torch.from_numpy((summed / np.sqrt(count.clip(1))).astype(np.float32)).reshape(channels, high, wide)
        shows = torch.from_numpy(count > 0).reshape(high, wide)
        result.append(torch.where(shows, drawn, view_noise(seed, place, (channels, high, wide))))
    return torch.stack(result)


def reference_views(views: Sequence[View], maps: Sequence[ViewMap]) -> list[tuple[int, ...]]:
    """For each view the views of its prompt that it may look at: the front one, and the one that shows most of the
    same; the front view has two such neighbours.
    """
    common = _common_texels(maps)
    towards = [float(view.raster.camera.world_to_camera[2, 1]) for view in views]
    result = []
    for place, view in enumerate(views):
        group = [other for other, candidate in enumerate(views) if candidate.prompt == view.prompt]
        front = min(group, key=lambda other: towards[other])  # Blender's front is from -y
        others = sorted(set(group) - {place, front}, key=lambda other: (-common[place, other], other))
        result.append(tuple([*([front] if front != place else []), *others][:_REFERENCES]))
    return result


def _common_texels(maps: Sequence[ViewMap]) -> NDArray[np.int64]:
    """(n, n) about how many texels two views have in common, counted on some of them."""
    count = 1 + max((int(view_map.texel[-1]) for view_map in maps if len(view_map)), default=0)
    stride = max(1, count // 50_000)
    sees = np.zeros((len(maps), -(-count // stride)), np.float32)
    for row, view_map in zip(sees, maps, strict=True):
        row[view_map.texel[view_map.texel % stride == 0] // stride] = 1
    return (sees @ sees.T).astype(np.int64)
