"""Give a picture the look of others: the recipe."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from protocol.messages import Stage
from protocol.style import MIN_SIDE_PX, StyleMethod, StyleRequest, StyleResult

from ..job import Job
from ..style.adain import adain_of, vgg19
from ..style.adversarial.styles import read_trained
from ..style.instant import look_of, stylise, tile_count
from ..style.mix import keep_colours, over_mean
from ..style.optimised import level_sizes, optimise
from ..style.pictures import Picture, read_mask, read_picture, resized, write_picture

__all__ = ["STYLED_NAME", "style"]

STYLED_NAME = "styled.png"
_Styles = list[tuple[NDArray[np.float32], float]]  # (H, W, 3) sRGB, and the weight
_SHARES = {Stage.PICTURES: 0.15, Stage.STYLISE: 0.75, Stage.WRITE: 0.1}


def style(request: StyleRequest, job: Job) -> StyleResult:
    """Transfer the request's styles to its content, and write `styled.png` of the same size and alpha."""
    job.follow(_SHARES)
    with job.stage(Stage.PICTURES):
        content = read_picture(job.folder / request.content, request.name)
        height, width = content.colours.shape[:2]
        mask = read_mask(job.folder / request.mask, height, width)[..., None] if request.mask else np.float32(1)
        _remark_on_content(content, request, job)
        styles = _read_styles(request, content, job)
    colours = content.colours
    if request.strength > 0:
        filled = over_mean(colours, content.alpha)
        styled = (_at_once if request.method is StyleMethod.INSTANT else _step_by_step)(filled, styles, request, job)
        styled = keep_colours(styled, colours, request.keep_colours)
        colours = colours + np.float32(request.strength) * mask * (styled - colours)
    with job.stage(Stage.WRITE):
        write_picture(job.folder / STYLED_NAME, colours, content.alpha, deep=content.deep)
    return StyleResult(picture=STYLED_NAME, width_px=width, height_px=height, seconds=job.seconds,
                       remarks=tuple(job.remarks))


def _at_once(content: NDArray[np.float32], styles: _Styles, request: StyleRequest, job: Job) -> NDArray[np.float32]:
    look = look_of(styles, [(wanted.fixed, wanted.weight) for wanted in request.styles if wanted.fixed is not None],
                   read_trained(request.styles, job.folder), adain_of(request.encoder))
    height, width = content.shape[:2]
    with job.stage(Stage.STYLISE, steps=tile_count(height, width, request.stroke_scale, look)):
        return stylise(content, look, request.stroke_scale, job.step)


def _step_by_step(content: NDArray[np.float32], styles: _Styles, request: StyleRequest, job: Job
                  ) -> NDArray[np.float32]:
    height, width = content.shape[:2]
    small = resized(content, *(max(MIN_SIDE_PX, round(side / request.stroke_scale)) for side in (height, width)))
    steps = request.steps * len(level_sizes(*small.shape[:2]))
    with job.stage(Stage.STYLISE, steps=steps):
        styled = optimise(small, styles, transport=request.method is StyleMethod.TRANSPORT,
                          content_weight=request.content_weight, steps=request.steps, seed=request.seed,
                          network=vgg19(Path(request.encoder)) if request.encoder else None, step=job.step,
                          show=lambda picture: job.preview(np.rint(picture * 255).astype(np.uint8)))
    return resized(styled, height, width)


def _read_styles(request: StyleRequest, content: Picture, job: Job) -> _Styles:
    pictures: _Styles = []
    for wanted in request.styles:
        if not wanted.picture:
            continue
        job.check()
        picture = read_picture(job.folder / wanted.picture, wanted.picture)
        colours = over_mean(picture.colours, picture.alpha)
        if colours.shape == content.colours.shape and np.array_equal(colours, content.colours):
            job.remark("The style is the picture itself: little will change.")
        pictures.append((colours, wanted.weight))
    return pictures


def _remark_on_content(content: Picture, request: StyleRequest, job: Job) -> None:
    if content.frames > 1:
        job.remark("{name} holds {count} pictures: only the first is stylised.", name=request.name,
                   count=content.frames)
    if content.clipped > 0.001:
        job.remark("{percent} % of {name} is brighter than white and was cut: save it with its view transform.",
                   name=request.name, percent=round(100 * content.clipped, 1))
