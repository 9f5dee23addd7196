"""The part of material and picture jobs that a diffusion model does: it paints a canvas, or over what is on it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional as F

from protocol.errors import ModelError
from protocol.material import MaterialRequest
from protocol.picture import PictureRequest

from ..diffusion.canvas import Canvas, Repaint, decode_canvas, encode_canvas
from ..diffusion.catalogue import licence_of
from ..diffusion.decode import smaller_picture
from ..diffusion.families import Sampling
from ..diffusion.generate import Painting, paint_views, step_count
from ..diffusion.joint import is_understood
from ..diffusion.loading import LoadedModel, Models
from ..diffusion.prompts import remark_unread
from ..job import Job

__all__ = ["Painter", "Watch", "painter_of"]

_SHOWN_EVERY = 2  # calls


class Watch(Protocol):
    """Looks at a picture while it is painted."""

    def looking(self, network: torch.nn.Module) -> AbstractContextManager[None]:
        """Entered while the network paints."""

    def __call__(self, call: int, clean: torch.Tensor) -> None:
        """Is given x̂0 (1, C, h, w) after each call of the network; from call 0 again, where memory ran out."""


@dataclass(frozen=True, eq=False)
class Painter:
    """A model on its device, and what it is to paint.

    Attributes:
        sampling: as asked for, or as suits the model.
        steps: that `paint` and `paint_over` tell the job, each.
        licence: of the model, as the catalogue has it; "" for others.
    """

    request: MaterialRequest | PictureRequest
    loaded: LoadedModel
    sampling: Sampling
    steps: int
    licence: str
    job: Job

    @property
    def can_repaint(self) -> bool:
        """Whether it can paint over a picture, and be watched."""
        return is_understood(self.loaded.pipe.scheduler)

    def paint(self, canvas: Canvas, watch: Watch | None = None) -> NDArray[np.float32]:
        """(H, W, 3), sRGB: the request's prompt on a canvas.

        Args:
            watch: sees nothing where the model cannot repaint.
        """
        return self._painted(canvas, None, watch=watch)

    def paint_over(self, canvas: Canvas, picture: NDArray[np.float32], near: NDArray[np.float32], strength: float,
                   number: int = 0) -> NDArray[np.float32]:
        """A picture (H, W, 3), sRGB, painted anew as far as `near` (H, W) says, 0 to 1; the rest stays, to the bit.

        Args:
            strength: share of the steps that are painted, 0 to 1: how far what is new may leave what was there.
            number: of the noise, where several pictures of a job start from one seed.
        """
        canvas = replace(canvas, first=self.steps - max(1, round(self.steps * strength)))
        known = encode_canvas(self.loaded, torch.from_numpy(picture), canvas, self.job)
        share = F.adaptive_max_pool2d(torch.from_numpy(near)[None, None], known.shape[2:])
        fresh = self._painted(canvas, (known, share), number=number)
        return picture + near[..., None] * (fresh - picture)

    def _painted(self, canvas: Canvas, known: tuple[torch.Tensor, torch.Tensor] | None, *, number: int = 0,
                 watch: Watch | None = None) -> NDArray[np.float32]:
        request, loaded = self.request, self.loaded
        scale = loaded.pipe.vae_scale_factor
        shape = loaded.latent_channels, canvas.height_px // scale, canvas.width_px // scale
        agree = None
        if self.can_repaint:
            agree = Repaint(shape, request.seed, self.steps, known=known, first=canvas.first, number=number,
                            show=self._shown_to(watch), carried=(canvas.wraps_y, canvas.wraps_x))
        painting = Painting((request.prompt,), request.negative_prompt, _seen_px(loaded, canvas),
                            self.sampling.steps, self.sampling.guidance_scale, request.seed, canvas=canvas)
        with nullcontext() if watch is None or agree is None else watch.looking(loaded.network):
            latents = paint_views(loaded, painting, self.job, agree)
        picture = decode_canvas(loaded, latents, canvas, self.job)
        loaded.pipe.maybe_free_model_hooks()
        if not torch.isfinite(picture).all():
            raise ModelError("{model} painted pictures that are not finite.",
                             "Download its folder again, or choose another model or another guidance scale.",
                             model=loaded.name)
        return picture.numpy()

    def _shown_to(self, watch: Watch | None) -> Callable[[int, torch.Tensor], None]:
        def show(call: int, clean: torch.Tensor) -> None:
            if watch is not None:
                watch(call, clean)
            if call % _SHOWN_EVERY == _SHOWN_EVERY - 1:
                self.job.preview(np.rint(smaller_picture(self.loaded, clean) * 255).astype(np.uint8))

        return show


def _seen_px(loaded: LoadedModel, canvas: Canvas) -> int:
    """The longer side of what the network sees at once."""
    longest = max(canvas.height_px, canvas.width_px)
    return longest if canvas.is_whole else min(loaded.native_size_px, longest)


def painter_of(request: MaterialRequest | PictureRequest, job: Job, models: Models) -> Painter:
    """Load the request's model, and fill in what the request leaves open.

    Raises:
        ModelError: it is not there, or is broken.
    """
    loaded = models.get(request.model)
    loaded.fit(min(loaded.native_size_px, max(request.width_px, request.height_px)))
    remark_unread(loaded, (request.prompt, request.negative_prompt), job)
    own = loaded.sampling
    sampling = Sampling(own.steps if request.steps is None else request.steps,
                        own.guidance_scale if request.guidance_scale is None else request.guidance_scale)
    return Painter(request, loaded, sampling, step_count(loaded, sampling.steps), licence_of(request.model), job)
