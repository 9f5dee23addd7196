"""The part of world jobs that is painted: a whole panorama of the model's own size, its poles, then larger ones."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional as F

from protocol.errors import ModelError
from protocol.world import WorldRequest

from ..diffusion.canvas import Canvas, Repaint, decode_canvas, encode_canvas
from ..diffusion.families import Family, Sampling
from ..diffusion.generate import Painting, paint_views, step_count
from ..diffusion.joint import is_understood
from ..diffusion.loading import LoadedModel
from ..diffusion.memory import Tier
from ..diffusion.prompts import remark_unread
from ..job import Job
from ..panorama.poles import pole_views
from ..panorama.views import views_around
from .world_source import Known
from .world_views import ViewPainting

__all__ = ["Painter", "painter_of"]

_POLE_STRENGTH = 0.7  # less keeps the rays that meet in a pole, more forgets the sky around
_WHOLE, _POLES, _LARGER = 0, 1, 3  # numbers of the pictures' noise
_SHOWN_EVERY = 4  # calls
# Times its own rows that a model of panoramas is shown at once: in windows it painted the horizon of each.
_SEEN_WHOLE = 4


@dataclass(frozen=True, eq=False)
class Painter:
    """A model on its device, and the panorama that it is to paint.

    Attributes:
        sampling: as asked for, or as suits the model.
        calls: of the network, for one picture of noise.
        larger: rows of the panoramas that are painted into after they were enlarged; what is larger is only enlarged.
        sees_views: models of flat pictures make rays at the poles and know no bend, and can paint a view; `mini-sky`
            knows panoramas alone.
        noise: (1, C, h, w) that the whole panorama starts from, in place of its seed's; None for that.
    """

    request: WorldRequest
    loaded: LoadedModel
    job: Job
    sampling: Sampling
    calls: int
    larger: tuple[int, ...]
    sees_views: bool
    noise: torch.Tensor | None = None

    @property
    def base(self) -> int:
        """Rows of the panorama that is seen whole."""
        return self.loaded.native_size_px

    @property
    def steps(self) -> int:
        """That `paint_whole` tells the job."""
        return self.calls * (3 if self.sees_views else 1)

    def paint_whole(self, known: Known | None) -> NDArray[np.float32]:
        """(H, 2H, 3) float32 in 0 to 1, sRGB: a panorama of the model's own height, and its poles."""
        canvas = self._canvas(self.base, 1.0 if known is None else known.strength)
        if known is None:
            picture = self._painted(canvas, _WHOLE, noise=self.noise)
        else:
            known = known.at(self.base)
            picture = self._painted(canvas, _WHOLE, known.panorama, 1 - known.stays)
        return pole_views(picture, self.base, self._pole) if self.sees_views else picture

    def steps_into(self, height: int) -> int:
        """That `paint_into` tells the job."""
        return self._views(height).steps if self.sees_views else self.calls

    def paint_into(self, picture: NDArray[np.float32], number: int) -> NDArray[np.float32]:
        """A panorama (H, 2H, 3), painted into as far as the request's detail says."""
        if self.sees_views:
            return self._finite(self._views(len(picture)).paint(picture, self.job))
        everywhere = np.ones((*picture.shape[:2], 1), np.float32)
        canvas = self._canvas(len(picture), self.request.detail)
        return self._painted(canvas, _LARGER + number, picture, everywhere)

    def _views(self, height: int) -> ViewPainting:
        views = len(views_around(height, self.base))
        return ViewPainting(self.loaded, self._painting(views), height, self.calls, self._first(self.request.detail))

    def _pole(self, seen: NDArray[np.float32], free: NDArray[np.float32], number: int) -> NDArray[np.float32]:
        canvas = Canvas(len(seen), len(seen), wraps_x=False, wraps_y=False, first=self._first(_POLE_STRENGTH))
        return self._painted(canvas, _POLES + number, seen.clip(0, 1), free[..., None])

    def _canvas(self, height: int, strength: float) -> Canvas:
        return Canvas(height, 2 * height, wraps_x=True, wraps_y=False, first=self._first(strength), is_whole=True)

    def _first(self, strength: float) -> int:
        return min(self.calls - 1, round(self.calls * (1 - strength)))

    def _painted(self, canvas: Canvas, number: int, picture: NDArray[np.float32] | None = None,
                 free: NDArray[np.float32] | None = None, noise: torch.Tensor | None = None) -> NDArray[np.float32]:
        """A picture of the canvas; where there is one (H, W, 3), it changes as far as `free` (H, W, 1) says."""
        request, loaded = self.request, self.loaded
        scale = loaded.pipe.vae_scale_factor
        shape = loaded.latent_channels, canvas.height_px // scale, canvas.width_px // scale
        known = None
        if picture is not None and free is not None:
            share = F.max_pool2d(torch.from_numpy(free).permute(2, 0, 1)[None], scale)
            known = encode_canvas(loaded, torch.from_numpy(picture), canvas, self.job), share
        agree = None
        if is_understood(loaded.pipe.scheduler):
            agree = Repaint(shape, request.seed, self.calls, known=known, first=canvas.first, number=number,
                            show=partial(self._show, canvas) if canvas.is_whole else None)
            agree.noise = agree.noise if noise is None else noise
        latents = paint_views(loaded, self._painting(1, canvas), self.job, agree)
        return self._finite(decode_canvas(loaded, latents, canvas, self.job).numpy())

    def _painting(self, views: int, canvas: Canvas | None = None) -> Painting:
        request = self.request
        return Painting((request.prompt,) * views, request.negative_prompt, self.base, self.sampling.steps,
                        self.sampling.guidance_scale, request.seed, canvas=canvas)

    def _finite(self, picture: NDArray[np.float32]) -> NDArray[np.float32]:
        self.loaded.pipe.maybe_free_model_hooks()
        if not np.isfinite(picture).all():
            raise ModelError("{model} painted pictures that are not finite.",
                             "Download its folder again, or choose another model or another guidance scale.",
                             model=self.loaded.name)
        return picture

    def _show(self, canvas: Canvas, call: int, clean: torch.Tensor) -> None:
        if call % _SHOWN_EVERY == _SHOWN_EVERY - 1:
            shown = decode_canvas(self.loaded, clean, canvas, self.job).numpy()
            self.job.preview(np.rint(shown * 255).astype(np.uint8))


def painter_of(request: WorldRequest, loaded: LoadedModel, job: Job) -> Painter:
    """Fill in what the request leaves open, place the model on its device, and say what will hurt the picture.

    Raises:
        BadInput: the model cannot paint in so many steps.
        ModelError: it cannot paint over a picture.
    """
    loaded.fit(2 * loaded.native_size_px)
    if loaded.tier is not Tier.WHOLE:
        job.remark("The graphics card has too little free memory for the whole model: painting more slowly, with "
                   "part of it in the machine's memory.")
    if loaded.family is not Family.MINI and not request.lora:
        job.remark("Without a LoRA for panoramas, {model} may not keep the horizon level.", model=loaded.name)
    remark_unread(loaded, (request.prompt, request.negative_prompt), job)
    can_repaint = is_understood(loaded.pipe.scheduler)
    if request.source is not None and not can_repaint:
        raise ModelError("{model} cannot paint over a picture: how its scheduler works is not known.",
                         "Choose another model, or leave the picture out.", model=loaded.name)
    own, heights, height = loaded.sampling, [], 2 * loaded.native_size_px
    sees_views = can_repaint and loaded.family is not Family.MINI
    most = request.height_px if sees_views else min(request.height_px, _SEEN_WHOLE * loaded.native_size_px)
    while height <= most and request.detail and can_repaint:
        heights.append(height)
        height *= 2
    sampling = Sampling(own.steps if request.steps is None else request.steps,
                        own.guidance_scale if request.guidance_scale is None else request.guidance_scale)
    return Painter(request, loaded, job, sampling, step_count(loaded, sampling.steps), tuple(heights),
                   sees_views)
