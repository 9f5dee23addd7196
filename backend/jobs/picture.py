"""Paint a picture from a prompt, and keep how it came about: the recipe."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from protocol.making import facts_of_picture
from protocol.messages import Stage
from protocol.picture import PictureRequest, PictureResult

from ..job import Job
from ..strips import strips_text
from ..style.pictures import resized, write_picture

if TYPE_CHECKING:
    from ..diffusion.loading import Models

__all__ = ["grown", "picture"]

_NAME = "picture.png"
_LARGEST = 1.6  # times the pixels of the model's own pictures: what is larger shows things twice
_STRENGTH = 0.5  # of painting into what was enlarged: less stays soft, more paints other things
_GRAIN_PX = 64
_LOAD, _WRITE = 0.05, 0.02


def picture(request: PictureRequest, job: Job, models: Models) -> PictureResult:
    """Paint it near the model's own size, then larger and larger; write it with small pictures of how it came about."""
    job.follow({Stage.LOAD: 1.0})  # how long the rest takes is known with the model
    with job.stage(Stage.LOAD):
        from ..diffusion.canvas import Canvas
        from .painter import painter_of
        from .picture_strips import Strips

        painter = painter_of(request, job, models)
        wanted = request.height_px, request.width_px
        sizes = grown(*wanted, painter.loaded.native_size_px) if painter.can_repaint else [wanted]
        canvas = Canvas(*sizes[0], wraps_x=False, wraps_y=False, is_whole=painter.can_repaint)
        strips = Strips(painter, canvas)
    job.follow(_shares(sizes))
    with job.stage(Stage.PICTURE, steps=painter.steps):
        painted = small = painter.paint(canvas, strips)
    if sizes[1:]:
        with job.stage(Stage.DETAIL, steps=painter.steps * (len(sizes) - 1)):
            for number, (height, width) in enumerate(sizes[1:], 1):
                everywhere = np.ones((height, width), np.float32)
                painted = painter.paint_over(Canvas(height, width, wraps_x=False, wraps_y=False),
                                             resized(painted, height, width), everywhere, _STRENGTH, number)
    with job.stage(Stage.WRITE):
        sampling = painter.sampling
        written = strips.write(job.folder, small)
        write_picture(job.folder / _NAME, painted, None, deep=False, strips=strips_text(job.folder, written),
                      made=facts_of_picture(request, painter.licence, sampling.steps, sampling.guidance_scale))
    return PictureResult(
        picture=_NAME, strips=written, width_px=request.width_px, height_px=request.height_px,
        model=painter.loaded.name, licence=painter.licence, seed=request.seed, steps=sampling.steps,
        guidance_scale=sampling.guidance_scale, device=str(painter.loaded.device.type), seconds=job.seconds,
        remarks=tuple(job.remarks))


def grown(height: int, width: int, native: int) -> list[tuple[int, int]]:
    """Rows and columns of a picture as it grows, the wanted ones last: halved until it has about as many pixels as the
    model's own, in multiples of 64."""
    sizes = [(height, width)]
    while math.prod(sizes[0]) > _LARGEST * native**2 and max(sizes[0]) > _GRAIN_PX:
        sizes.insert(0, (_half(sizes[0][0]), _half(sizes[0][1])))
    return sizes


def _half(side: int) -> int:
    return max(_GRAIN_PX, round(side / 2 / _GRAIN_PX) * _GRAIN_PX)


def _shares(sizes: list[tuple[int, int]]) -> dict[Stage, float]:
    """Pixels that go through the network; windows overlap by a quarter along both axes."""
    whole, *larger = (math.prod(size) for size in sizes)
    detail = sum(larger) * _STRENGTH * (4 / 3) ** 2
    rest = (1 - _LOAD - _WRITE) / (whole + detail)
    return {Stage.LOAD: _LOAD, Stage.PICTURE: whole * rest, Stage.DETAIL: detail * rest, Stage.WRITE: _WRITE}
