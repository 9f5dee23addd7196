"""The methods of style that take their time: by steps that change a picture, or that denoise it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from protocol.style import MIN_SIDE_PX, StyleMethod, StyleRequest

from ..job import Job
from ..style.adain import vgg19
from ..style.optimised import level_sizes, optimise
from ..style.pictures import resized

if TYPE_CHECKING:
    from ..diffusion.loading import Models

__all__ = ["Show", "Slow", "StylePictures", "slow_method"]

StylePictures = list[tuple[NDArray[np.float32], float]]  # (H, W, 3) sRGB, and the weight
Show = Callable[[NDArray[np.float32]], None]  # is given what a picture looks like so far


@dataclass(frozen=True, eq=False)
class Slow:
    """
    Attributes:
        steps: of the job, for each picture.
        paint: a picture (H, W, 3) float32, sRGB, in the look of the styles; same size. Of what a cover (H, W) or
            (1, 1) float32 leaves bare, nothing will be seen.
    """

    steps: int
    paint: Callable[[NDArray[np.float32], NDArray[np.float32], Show], NDArray[np.float32]]


def slow_method(request: StyleRequest, styles: StylePictures, height: int, width: int, job: Job, models: Models
                ) -> Slow:
    """What a request's method makes of pictures of that size.

    Raises:
        ModelError: the request's diffusion model or its IP-Adapter is none that can be used.
    """
    if request.method is StyleMethod.DIFFUSION:
        from .style_diffusion import diffusion_of

        diffusion = diffusion_of(request, styles, models)
        return Slow(diffusion.steps, lambda picture, _, show: diffusion.paint(picture, job, show))
    return Slow(request.step_count * len(level_sizes(*_seen_size(height, width, request))),
                lambda picture, cover, show: _optimised(picture, cover, styles, request, job, show))


def _optimised(picture: NDArray[np.float32], cover: NDArray[np.float32], styles: StylePictures, request: StyleRequest,
               job: Job, show: Show) -> NDArray[np.float32]:
    height, width = picture.shape[:2]
    styled = optimise(resized(picture, *_seen_size(height, width, request)), styles,
                      transport=request.method is StyleMethod.TRANSPORT, cover=cover,
                      content_weight=request.content_weight, steps=request.step_count, seed=request.seed,
                      network=vgg19(Path(request.encoder)) if request.encoder else None, step=job.step, show=show)
    return resized(styled, height, width)


def _seen_size(height: int, width: int, request: StyleRequest) -> tuple[int, int]:
    """In which a picture is optimised, so that strokes come out as large as was asked for."""
    return (max(MIN_SIDE_PX, round(height / request.stroke_scale)),
            max(MIN_SIDE_PX, round(width / request.stroke_scale)))
