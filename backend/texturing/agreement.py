"""Makes the views of an object agree while they are denoised: through the texture that they have in common.

At each step every view's clean picture is laid onto the surface and blended; what the blend differs from a view's own
is what this view is told to change. Where only one view looks, nothing changes. Blending x̂0 and never the noisy
latents keeps the noise white (averaged noise loses its variance; SyncMVD, Liu et al., arXiv:2311.12891).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from protocol.messages import Stage
from protocol.requests import PaintRequest

from ..diffusion.decode import encode_pictures
from ..diffusion.families import Family
from ..diffusion.joint import anchor_views, is_understood
from ..diffusion.latent_colours import latent_colours
from ..diffusion.loading import LoadedModel
from ..geometry.bake import ViewMap, join_maps, map_view
from ..geometry.blend import Blend
from ..geometry.mesh import Mesh
from ..geometry.threads import side_by_side
from ..geometry.transfer import Spread, sample
from ..geometry.uv_raster import rasterise_uv
from ..geometry.view_raster import rasterise_view
from ..job import Job
from .live import LivePictures
from .relations import reference_views, shared_noise
from .surface import Surface
from .touch_up import Present, show_present
from .views import View

__all__ = ["Agreement", "Canvas", "meet_on_surfaces"]

# Views meet to the end: with a parting at 0.8 those of eight steps disagreed three times as much in pictures, half as
# much again in latents, and the cuts between them showed.
# What a view is told, its pixels take on only nearly: they are fewer than the texels. Told again, latents disagreed by
# 12 % less; pictures, which have more pixels, gain nothing from it.
_LATENT_ROUNDS = 3
# No network follows the last meeting, and smooths what the autoencoder loses or a bilinear step mixes. Held again:
# pictures part by 14 % less. Latents of untrained networks part by half; what a trained one paints then is as sharp.
_LAST_IN_PICTURES, _LAST_IN_LATENTS = 3, 8
# Of the weight cos(angle)**e, at the first step and at the last: all views count alike at first, if the model knows the
# shape from a ControlNet. One that does not paints level courses in every view, onto a turned wall too: then the most
# frontal view must lead from the start. With 4 to 8, bricks ran askew, and marble lost its veins.
_GUIDED_EXPONENTS = (0.0, 6.0)
_UNGUIDED_EXPONENTS = (16.0, 24.0)
_ALWAYS_UP_TO = 10  # calls; of more, every second one is enough: a meeting costs as much as half of the network's call
_CARRIED_WEIGHT = 0.1  # of a view that the network did not compute this time: the others bring the news
_MIN_COSINE = 0.05
_SMALLEST_TEXTURE_PX = 256  # small charts need a texel's centre


class Canvas:
    """Where views meet: the pictures of a cheap autoencoder, or the latents themselves.

    Args:
        vae: decodes and encodes pictures in -1 to 1; None to meet in the latents, at their resolution.
        reduction: how many pixels of a picture are one latent.
    """

    def __init__(self, vae: Any | None, reduction: int) -> None:
        self._vae = vae
        self.has_pictures = vae is not None
        self.reduction = 1 if self.has_pictures else reduction

    def to_pictures(self, latents: Tensor) -> Tensor:
        """(n, H, W, C), in 0 to 1 where they are pictures."""
        if self._vae is None:
            return latents.permute(0, 2, 3, 1).contiguous()
        return (self._vae.decode(latents.to(self._vae.dtype)).sample.float() / 2 + 0.5).permute(0, 2, 3, 1).contiguous()

    def to_change(self, pictures: Tensor, changes: Tensor) -> Tensor:
        """What a change of the pictures (n, H, W, C) is as a change of the latents (n, c, h, w).

        The difference of two encodings, so that the autoencoder's own error cancels.
        """
        if self._vae is None:
            return changes.permute(0, 3, 1, 2)
        after, before = (self._vae.encode((2 * picture - 1).permute(0, 3, 1, 2).to(self._vae.dtype)).latents.float()
                         for picture in (pictures + changes, pictures))
        return after - before


@dataclass(frozen=True, eq=False)
class Known:
    """What the views show before they are painted, and how much of it stays.

    Attributes:
        latents: (n, c, h, w) float32.
        pictures: (n, H, W, C) float32 of the canvas.
        stays: (n, H, W) float32 in 0 to 1.
        calls: at so many calls of the network all of it stays.
    """

    latents: Tensor
    pictures: Tensor
    stays: Tensor
    calls: int


class Agreement:
    """What `joint.JointScheduler` asks between two steps.

    Attributes:
        anchors: which views the network computes at each of its calls.
        deviations: for each step so far at which views met, how far they disagreed (see `Blend.disagreement`), in
            the canvas' units.
        known, noise, references: see `joint.Agree`.

    Args:
        calls: how often the network is called in all.
        show: is given the clean pictures (n, H, W, 3) of all views in 0 to 1, where the canvas has pictures.
        show_blend: is given what all views together show of the texels (N, C), and which of them any sees (N,) bool.
        present: what is there already; None where everything is new.
        is_guided: the model knows the object's shape.
        noise, references: see `joint.Agree`.
        timed: entered around what is done beside the networks.
    """

    def __init__(self, canvas: Canvas, maps: Sequence[ViewMap], texel_count: int, calls: int,
                 show: Callable[[Tensor], None] | None = None, *,
                 show_blend: Callable[[Tensor, Tensor], None] = lambda colours, seen: None,
                 present: Known | None = None, is_guided: bool = False, noise: Tensor | None = None,
                 references: Sequence[Sequence[int]] = (),
                 timed: Callable[[], AbstractContextManager[None]] = nullcontext) -> None:
        self._exponents = _GUIDED_EXPONENTS if is_guided else _UNGUIDED_EXPONENTS
        self._interval = 1 if calls <= _ALWAYS_UP_TO else 2
        self._present = present
        self.known = present.latents if present else None
        self.noise = noise
        self.references = references
        free = calls - (present.calls if present else 0)
        # While all stays as it is, what the network says does not count, but the pipeline asks it.
        self.anchors = [[0]] * (calls - free) + anchor_views(len(maps), free, self._interval)
        self.deviations: list[float] = []
        self._canvas = canvas
        self._maps = maps
        self._count = texel_count
        self._calls = calls
        self._timed = timed
        self._show = show if canvas.has_pictures else None
        self._show_blend = show_blend
        self._spreads = [Spread(view_map) for view_map in maps]

    @property
    def evaluations(self) -> int:
        """How many views the network computes in all."""
        return sum(map(len, self.anchors))

    def __call__(self, call: int, clean: Tensor) -> Tensor | None:
        """The change of x̂0 (n, C, h, w) float32 that brings the views together; None where they do not meet."""
        if self._present is not None and call < self._present.calls:
            return self._present.latents.to(clean.device) - clean
        if call and (self._calls - 1 - call) % self._interval:
            return None
        change = self._meet(call, clean, is_first=True)
        if call == self._calls - 1:
            for _ in range((_LAST_IN_PICTURES if self._canvas.has_pictures else _LAST_IN_LATENTS) - 1):
                change += self._meet(call, clean + change, is_first=False)
        return change

    def _meet(self, call: int, clean: Tensor, *, is_first: bool) -> Tensor:
        """The change of one meeting; the first one of a call is what is shown and counted."""
        pictures = self._canvas.to_pictures(clean)
        with self._timed():
            if self._show is not None and is_first:
                self._show(pictures.clamp(0, 1))
            first, last = self._exponents
            exponent = first + (last - first) * call / max(1, self._calls - 1)
            seen = self._seen(pictures)
            blend = self._blended(seen, exponent, set(self.anchors[call]))
            if is_first:
                self.deviations.append(blend.disagreement())
                self._show_blend(blend.colours, blend.total > 0)
            changes = self._differences(blend, seen)
            for _ in range(0 if self._canvas.has_pictures else _LATENT_ROUNDS - 1):
                changes += self._differences(blend, self._seen(pictures + changes))
            if self._present is not None:
                stays = self._present.stays[..., None].to(pictures.device)
                changes += stays * (self._present.pictures.to(pictures.device) - pictures - changes)
        return self._canvas.to_change(pictures, changes)

    def _seen(self, pictures: Tensor) -> list[Tensor]:
        """For each view the colours (M, C) of its texels."""
        return [sample(picture, view_map) for picture, view_map in zip(pictures, self._maps, strict=True)]

    def _blended(self, seen: Sequence[Tensor], exponent: float, computed: set[int]) -> Blend:
        blend = Blend(self._count, seen[0].shape[1], device=seen[0].device)
        for place, (view_map, colours) in enumerate(zip(self._maps, seen, strict=True)):
            weight = view_map.weight * np.maximum(view_map.cosine, _MIN_COSINE) ** exponent
            blend.add(view_map, colours, (weight * (1.0 if place in computed else _CARRIED_WEIGHT)).astype(np.float32))
        return blend

    def _differences(self, blend: Blend, seen: Sequence[Tensor]) -> Tensor:
        """(n, H, W, C): how the blend of all differs from each."""
        return torch.stack([spread.onto_pixels(blend.of(view_map) - colours) for spread, view_map, colours in
                            zip(self._spreads, self._maps, seen, strict=True)])


def meet_on_surfaces(loaded: LoadedModel, mesh: Mesh, surfaces: Sequence[Surface], views: Sequence[View],
                     request: PaintRequest, calls: int, job: Job, show: Callable[[Tensor], None],
                     present: Present | None = None) -> Agreement | None:
    """The agreement of all views, on textures of about their own resolution, and with what is there already.

    In the pictures for the embedded model, whose autoencoder costs next to nothing; in the latents for the others.
    None, with a remark, where the model's scheduler is not understood.
    """
    if not is_understood(loaded.pipe.scheduler):
        job.remark("The views are painted one by one: how the scheduler {scheduler} works is not known.",
                   scheduler=type(loaded.pipe.scheduler).__name__)
        return None
    known = None if present is None else _known(loaded, present, mesh, surfaces[0], views, calls)
    canvas = Canvas(loaded.pipe.vae if loaded.family is Family.MINI else None, loaded.pipe.vae_scale_factor)
    side = views[0].raster.camera.width_px // canvas.reduction
    texels = {}
    for surface in surfaces:
        tiles = surface.texels.tiles
        own_px = max(round(2 * side / len(tiles) ** 0.5), _SMALLEST_TEXTURE_PX)
        texels[surface.object_id] = rasterise_uv(mesh, min(request.texture_size_px, own_px), surface.object_id, tiles)
    live = LivePictures(job, texels, present, None if canvas.has_pictures else latent_colours(loaded))
    starts = dict(zip(texels, accumulate(map(len, texels.values()), initial=0), strict=False))

    def look(view: View) -> ViewMap:
        raster = view.raster
        if canvas.reduction > 1:
            raster = rasterise_view(mesh, replace(raster.camera, width_px=side, height_px=side))
        return join_maps([(starts[number], map_view(mesh, texels[number], raster, exponent=0,
                                                    feather_px=4 // canvas.reduction)) for number in view.maps])

    maps, count = side_by_side(look, views), sum(map(len, texels.values()))
    noise = shared_noise(maps, count, request.seed, loaded.latent_channels,
                         cell_px=loaded.pipe.vae_scale_factor // canvas.reduction)
    if request.share_attention and loaded.family is Family.FLUX:
        job.remark("Share Attention has no effect: {model} has no UNet.", model=loaded.name)
    return Agreement(canvas, maps, count, calls, show, show_blend=live.show, present=known,
                     is_guided=loaded.controlnet is not None, noise=noise,
                     references=reference_views(views, maps) if request.share_attention else (),
                     timed=lambda: job.aside(Stage.AGREE))


def _known(loaded: LoadedModel, present: Present, mesh: Mesh, surface: Surface, views: Sequence[View],
           calls: int) -> Known:
    """What the views show of a texture, on the canvas of the model's family."""
    forced = calls - max(1, round(calls * present.strength))
    pictures, stays = show_present(present, mesh, surface.texels, views)
    latents = encode_pictures(loaded, pictures)
    if loaded.family is Family.MINI:
        return Known(latents, pictures, stays, forced)
    return Known(latents, latents.permute(0, 2, 3, 1).contiguous(),
                 F.avg_pool2d(stays[:, None], loaded.pipe.vae_scale_factor)[:, 0], forced)
