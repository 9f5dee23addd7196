"""Give a picture the look of others: the recipe."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from protocol.messages import Stage
from protocol.style import StyleRequest, StyleResult

from ..job import Job
from ..style.instant import Look, look_of, stylise, tile_count
from ..style.mix import keep_colours, over_mean
from ..style.pictures import Picture, read_mask, read_picture, write_picture

__all__ = ["STYLED_NAME", "style"]

STYLED_NAME = "styled.png"
_SHARES = {Stage.PICTURES: 0.15, Stage.STYLISE: 0.75, Stage.WRITE: 0.1}


def style(request: StyleRequest, job: Job) -> StyleResult:
    """Transfer the request's styles to its content, and write `styled.png` of the same size and alpha."""
    job.follow(_SHARES)
    with job.stage(Stage.PICTURES):
        content = read_picture(job.folder / request.content, request.name)
        height, width = content.colours.shape[:2]
        mask = read_mask(job.folder / request.mask, height, width)[..., None] if request.mask else np.float32(1)
        _remark_on_content(content, request, job)
        look = _look(request, content, job) if request.strength > 0 else Look(())
    with job.stage(Stage.STYLISE, steps=tile_count(height, width, request.stroke_scale, look)):
        colours = content.colours
        if look.parts:
            styled = stylise(over_mean(colours, content.alpha), look, request.stroke_scale, job.step)
            styled = keep_colours(styled, colours, request.keep_colours)
            colours = colours + np.float32(request.strength) * mask * (styled - colours)
    with job.stage(Stage.WRITE):
        write_picture(job.folder / STYLED_NAME, colours, content.alpha, deep=content.deep)
    return StyleResult(picture=STYLED_NAME, width_px=width, height_px=height, seconds=job.seconds,
                       remarks=tuple(job.remarks))


def _look(request: StyleRequest, content: Picture, job: Job) -> Look:
    pictures: list[tuple[NDArray[np.float32], float]] = []
    for wanted in request.styles:
        if not wanted.picture:
            continue
        job.check()
        picture = read_picture(job.folder / wanted.picture, wanted.picture)
        colours = over_mean(picture.colours, picture.alpha)
        if colours.shape == content.colours.shape and np.array_equal(colours, content.colours):
            job.remark("The style is the picture itself: little will change.")
        pictures.append((colours, wanted.weight))
    return look_of(pictures, [(wanted.fixed, wanted.weight) for wanted in request.styles if wanted.fixed is not None])


def _remark_on_content(content: Picture, request: StyleRequest, job: Job) -> None:
    if content.frames > 1:
        job.remark("{name} holds {count} pictures: only the first is stylised.", name=request.name,
                   count=content.frames)
    if content.clipped > 0.001:
        job.remark("{percent} % of {name} is brighter than white and was cut: save it with its view transform.",
                   name=request.name, percent=round(100 * content.clipped, 1))
