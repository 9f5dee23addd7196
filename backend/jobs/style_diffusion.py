"""The part of style jobs that is done by a diffusion model: it is chosen, and pictures are brought to its size."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from protocol.errors import ModelError
from protocol.style import Manner

from ..diffusion.families import Family
from ..diffusion.ip_adapter import Showing, adapting, check_layers, see_styles
from ..diffusion.ip_adapter_folder import check_adapts, check_family, read_ip_adapter_folder
from ..diffusion.loading import LoadedModel, Models
from ..diffusion.transfer import (
    Begun,
    Transfer,
    begin_together,
    evaluations,
    evaluations_together,
    side_step_px,
    transfer_style,
)
from ..job import Job
from ..style.meeting import Meeting
from ..style.motion import Origin
from ..style.pictures import resized

__all__ = ["Diffusion", "Given", "diffusion_of"]

_Picture = NDArray[np.float32]

_FIRST_SIDE = 1.5  # longer side of what is painted, in sides of the model's own pictures: strokes become finer so
_SIDES = (0.5, 4.0)


class Given(NamedTuple):
    """What is to be painted.

    Attributes:
        picture: (H, W, 3) float32, sRGB.
        control: (h, w, 3) what the ControlNet follows, of any size.
        held: (H, W, 3) a picture in the look of the styles, and (H, W) float32, 1 where it stays, else 0.
    """

    picture: _Picture
    control: _Picture | None = None
    held: tuple[_Picture, NDArray[np.float32]] | None = None


@dataclass(frozen=True, eq=False)
class Diffusion:
    """A loaded model, and what is to be done with it.

    Attributes:
        styles: pictures (H, W, 3) float32, sRGB, with weights that add up to 1.
        shown: what an IP-Adapter shows of them; None without one.
    """

    request: Manner
    loaded: LoadedModel
    styles: list[tuple[_Picture, float]]
    shown: Showing | None

    def steps(self, *, is_held: bool = False, is_begun: bool = False) -> int:
        """How many steps of the job `paint` takes."""
        return evaluations(len(self.styles), self.request.step_count, is_guided=self._is_guided, is_held=is_held,
                           is_begun=is_begun)

    def steps_together(self, pictures: Sequence[Given]) -> int:
        """As `steps`, of `begin`."""
        return evaluations_together(len(self.styles), self.request.step_count, is_guided=self._is_guided,
                                    are_held=[given.held is not None for given in pictures])

    @property
    def _is_guided(self) -> bool:
        return bool(self.request.prompt) or self.shown is not None

    def paint(self, given: Given, job: Job, show: Callable[[_Picture], None], begun: Begun | None = None) -> _Picture:
        """(H, W, 3) float32, sRGB, a picture in the look of the styles.

        It is painted at a size that suits the model and the stroke scale, and scaled back.

        Args:
            begun: by `begin`.
        """
        with self._fitting(transfer := self._transfer(given, self._fitted_styles())):
            styled = transfer_style(self.loaded, transfer, job, lambda now: show(now[0].numpy()), begun)
        return resized(styled[0].numpy(), *given.picture.shape[:2])

    def begin(self, pictures: Sequence[Given], origins: Sequence[tuple[int, Origin]], job: Job) -> list[Begun]:
        """Pictures of one size, denoised together at first; where each was made says what they show in common."""
        styles = self._fitted_styles()
        transfers = [self._transfer(given, styles) for given in pictures]
        scale = self.loaded.pipe.vae_scale_factor
        height, width = (side // scale for side in transfers[0].content.shape[1:3])
        meeting = Meeting(origins, height, width)

        def meet(clean: Sequence[torch.Tensor]) -> list[torch.Tensor]:
            changes = meeting.differences([np.ascontiguousarray(now[0].permute(1, 2, 0).float().cpu().numpy())
                                           for now in clean])
            return [_batch(change).permute(0, 3, 1, 2).to(now) for change, now in zip(changes, clean, strict=True)]

        with self._fitting(transfers[0]):
            return begin_together(self.loaded, transfers, meet, job)

    @contextmanager
    def _fitting(self, transfer: Transfer) -> Iterator[None]:
        with adapting(self.loaded, None if self.shown is None else self.shown.folder):
            self.loaded.fit(max(transfer.content.shape[1:3]))
            yield

    def _transfer(self, given: Given, styles: list[torch.Tensor]) -> Transfer:
        content = self._fitted(given.picture, self._side_px())
        fitted = content.shape[1:3]
        kept = where = None
        if given.held is not None:
            kept = _batch(resized(given.held[0], *fitted))
            where = _batch(resized(given.held[1][..., None], *fitted)).permute(0, 3, 1, 2).clamp(0, 1)
        control = None if given.control is None else _batch(resized(given.control, *fitted)).permute(0, 3, 1, 2)
        return Transfer(content, styles, [weight for _, weight in self.styles], self.request.step_count,
                        self.request.content_weight, self.request.prompt, control, self.shown, kept, where)

    def _fitted_styles(self) -> list[torch.Tensor]:
        return [self._fitted(style, self._side_px()) for style, _ in self.styles]

    def _side_px(self) -> float:
        low, high = _SIDES
        return self.loaded.native_size_px * min(max(_FIRST_SIDE / self.request.stroke_scale, low), high)

    def _fitted(self, picture: _Picture, side_px: float) -> torch.Tensor:
        """(1, h, w, 3): the longer side near to that, both as the model can take them."""
        step = side_step_px(self.loaded)
        scale = side_px / max(picture.shape[:2])
        return _batch(resized(picture, *(max(2, round(length * scale / step)) * step for length in picture.shape[:2])))


def diffusion_of(request: Manner, styles: list[tuple[_Picture, float]], models: Models) -> Diffusion:
    """Load the request's model, and let its IP-Adapter see pictures (H, W, 3) float32, sRGB, with their weights.

    Raises:
        ModelError: one of them is not there, is broken, does not fit the other, or the model is none that styles can be
            injected into.
    """
    folder = models.folder_of(request.model)
    adapter = None
    if request.ip_adapter:
        check_family(folder)
        adapter = read_ip_adapter_folder(Path(request.ip_adapter))
        check_adapts(folder, adapter)
    if folder.family is Family.FLUX:
        raise ModelError("Styles are injected into UNets, and {model} is {found}, a transformer.",
                         "Choose mini, or a Stable Diffusion or SDXL model.", model=Path(request.model).name,
                         found=folder.family)
    loaded = models.get(request.model, request.controlnet)
    total = sum(weight for _, weight in styles)
    styles = [(picture, weight / total) for picture, weight in styles]
    shown = None
    if adapter is not None:
        check_layers(loaded, adapter)
        shown = see_styles(loaded, adapter, [picture for picture, _ in styles], [weight for _, weight in styles],
                           request.ip_adapter_scale)
    return Diffusion(request, loaded, styles, shown)


def _batch(picture: _Picture) -> torch.Tensor:
    return torch.from_numpy(np.ascontiguousarray(picture))[None]
