"""The methods of style that take their time: by steps that change a picture, or that denoise it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from protocol.style import MIN_SIDE_PX, Manner, StyleMethod

from ..job import Job
from ..style.adain import vgg19
from ..style.optimised import level_sizes, optimise
from ..style.pictures import resized

if TYPE_CHECKING:
    from ..diffusion.loading import Models
    from ..style.apart import Held
    from ..style.motion import Origin

__all__ = ["Around", "Show", "Slow", "StylePictures", "slow_method"]

StylePictures = list[tuple[NDArray[np.float32], float]]  # (H, W, 3) sRGB, and the weight
Show = Callable[[NDArray[np.float32]], None]  # is given what a picture looks like so far


@dataclass(frozen=True, eq=False)
class Around:
    """What is known of a picture that is to be painted.

    Attributes:
        cover: (H, W) or (1, 1) float32: of what it leaves bare, nothing will be seen.
        held: what of it is painted already; None where nothing is.
        control: (h, w, 3) what a ControlNet follows, of any size; None without one.
        begun: what `Together` made of it; None if nothing.
    """

    cover: NDArray[np.float32]
    held: Held | None = None
    control: NDArray[np.float32] | None = None
    begun: Any = None


Pictures = Sequence[tuple[NDArray[np.float32], Around]]


@dataclass(frozen=True, eq=False)
class Together:
    """
    Attributes:
        steps: of the job, for pictures.
        begin: what pictures (H, W, 3) of one size that show the same in part are begun as, for `Around`; by the frames
            that they are, and where what each of these shows is made.
    """

    steps: Callable[[Pictures], int]
    begin: Callable[[Pictures, Sequence[tuple[int, Origin]]], Sequence[Any]]


@dataclass(frozen=True, eq=False)
class Slow:
    """
    Attributes:
        steps: of the job, for a picture.
        paint: a picture (H, W, 3) float32, sRGB, in the look of the styles; same size.
        together: how several are begun; None if each is by itself.
    """

    steps: Callable[[Around], int]
    paint: Callable[[NDArray[np.float32], Around, Show], NDArray[np.float32]]
    together: Together | None = None


def slow_method(manner: Manner, styles: StylePictures, height: int, width: int, job: Job, models: Models) -> Slow:
    """What a request's method makes of pictures of that size.

    Raises:
        ModelError: the request's diffusion model or its IP-Adapter is none that can be used.
    """
    if manner.method is StyleMethod.DIFFUSION:
        return _diffused(manner, styles, job, models)
    steps = manner.step_count * len(level_sizes(*_seen_size(height, width, manner)))
    return Slow(lambda around: steps,
                lambda picture, around, show: _optimised(picture, around, styles, manner, job, show))


def _diffused(manner: Manner, styles: StylePictures, job: Job, models: Models) -> Slow:
    from .style_diffusion import Given, diffusion_of

    diffusion = diffusion_of(manner, styles, models)

    def given(picture: NDArray[np.float32], around: Around) -> Given:
        return Given(picture, around.control, None if around.held is None else around.held[:2])

    return Slow(
        lambda around: diffusion.steps(is_held=around.held is not None, is_begun=around.begun is not None),
        lambda picture, around, show: diffusion.paint(given(picture, around), job, show, around.begun),
        Together(lambda pictures: diffusion.steps_together([given(*each) for each in pictures]),
                 lambda pictures, origins: diffusion.begin([given(*each) for each in pictures], origins, job)))


def _optimised(picture: NDArray[np.float32], around: Around, styles: StylePictures, manner: Manner, job: Job,
               show: Show) -> NDArray[np.float32]:
    height, width = picture.shape[:2]
    seen = _seen_size(height, width, manner)
    held = None if around.held is None else (resized(around.held.picture, *seen),
                                             resized(around.held.where[..., None], *seen)[..., 0])
    styled = optimise(resized(picture, *seen), styles, transport=manner.method is StyleMethod.TRANSPORT,
                      cover=around.cover, held=held, alike=() if around.held is None else around.held.alike,
                      content_weight=manner.content_weight, steps=manner.step_count, seed=manner.seed,
                      network=vgg19(Path(manner.encoder)) if manner.encoder else None,
                      step=job.step, show=show)
    return resized(styled, height, width)


def _seen_size(height: int, width: int, manner: Manner) -> tuple[int, int]:
    """In which a picture is optimised, so that strokes come out as large as was asked for."""
    return (max(MIN_SIDE_PX, round(height / manner.stroke_scale)),
            max(MIN_SIDE_PX, round(width / manner.stroke_scale)))
