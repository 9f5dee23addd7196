"""The part of material jobs that a diffusion model does: it paints a surface, or over where a picture was joined."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional as F

from protocol.errors import ModelError
from protocol.material import MaterialRequest

from ..diffusion.canvas import Canvas, Repaint, decode_canvas, encode_canvas
from ..diffusion.catalogue import licence_of
from ..diffusion.decode import decode_latents
from ..diffusion.families import Sampling
from ..diffusion.generate import Painting, paint_views, step_count
from ..diffusion.joint import is_understood
from ..diffusion.loading import LoadedModel, Models
from ..job import Job

__all__ = ["Painter", "painter_of"]

_SHOWN_SIDE = 48  # latents: a preview is no larger
_SHOWN_EVERY = 4  # calls
_STRENGTH = 0.6  # of painting over: the forms beside it lead on, and what was cut can still become something else


@dataclass(frozen=True, eq=False)
class Painter:
    """A model on its device, and what it is to paint.

    Attributes:
        sampling: as asked for, or as suits the model.
        steps: that `paint` or `paint_over` tell the job.
        licence: of the model, as the catalogue has it; "" for others.
    """

    request: MaterialRequest
    loaded: LoadedModel
    sampling: Sampling
    steps: int
    licence: str
    job: Job

    def paint(self) -> NDArray[np.float32]:
        """(H, W, 3), sRGB: the request's prompt at its size, tiling where it wraps."""
        return self._painted(self._canvas(), None)

    def paint_over(self, picture: NDArray[np.float32], near: NDArray[np.float32]) -> NDArray[np.float32]:
        """A picture (H, W, 3), sRGB, painted anew as far as `near` (H, W) says, 0 to 1; the rest stays, to the bit."""
        canvas = self._canvas(first=self.steps - max(1, round(self.steps * _STRENGTH)))
        known = encode_canvas(self.loaded, torch.from_numpy(picture), canvas, self.job)
        share = F.adaptive_max_pool2d(torch.from_numpy(near)[None, None], known.shape[2:])
        fresh = self._painted(canvas, (known, share))
        return picture + near[..., None] * (fresh - picture)

    def _painted(self, canvas: Canvas, known: tuple[torch.Tensor, torch.Tensor] | None) -> NDArray[np.float32]:
        request, loaded = self.request, self.loaded
        scale = loaded.pipe.vae_scale_factor
        shape = loaded.latent_channels, canvas.height_px // scale, canvas.width_px // scale
        agree = None
        if known is not None or is_understood(loaded.pipe.scheduler):
            agree = Repaint(shape, request.seed, self.steps, known=known, first=canvas.first, show=self._show)
        painting = Painting((request.prompt,), request.negative_prompt,
                            min(loaded.native_size_px, max(request.width_px, request.height_px)),
                            self.sampling.steps, self.sampling.guidance_scale, request.seed, canvas=canvas)
        picture = decode_canvas(loaded, paint_views(loaded, painting, self.job, agree), canvas, self.job)
        loaded.pipe.maybe_free_model_hooks()
        if not torch.isfinite(picture).all():
            raise ModelError("{model} painted pictures that are not finite.",
                             "Download its folder again, or choose another model or another guidance scale.",
                             model=loaded.name)
        return picture.numpy()

    def _canvas(self, first: int = 0) -> Canvas:
        request = self.request
        return Canvas(request.height_px, request.width_px, request.wrap.along_x, request.wrap.along_y, first)

    def _show(self, call: int, clean: torch.Tensor) -> None:
        if call % _SHOWN_EVERY == _SHOWN_EVERY - 1:
            part = clean[..., :_SHOWN_SIDE, :_SHOWN_SIDE]
            self.job.preview(np.rint(decode_latents(self.loaded, part)[0].numpy() * 255).astype(np.uint8))


def painter_of(request: MaterialRequest, job: Job, models: Models) -> Painter:
    """Load the request's model, and fill in what the request leaves open.

    Raises:
        ModelError: it is not there, is broken, or cannot paint over a picture.
    """
    loaded = models.get(request.model)
    loaded.fit(min(loaded.native_size_px, max(request.width_px, request.height_px)))
    own = loaded.sampling
    sampling = Sampling(own.steps if request.steps is None else request.steps,
                        own.guidance_scale if request.guidance_scale is None else request.guidance_scale)
    if request.picture and not is_understood(loaded.pipe.scheduler):
        raise ModelError("{model} cannot paint over a picture: how its scheduler works is not known.",
                         "Choose another model, or leave the prompt empty.", model=loaded.name)
    return Painter(request, loaded, sampling, step_count(loaded, sampling.steps), licence_of(request.model), job)
