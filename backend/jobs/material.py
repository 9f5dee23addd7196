"""Make a material of a prompt or of a picture: the recipe."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numpy.typing import NDArray

from protocol.errors import ModelError
from protocol.material import MaterialReader, MaterialRequest, MaterialResult
from protocol.messages import Stage

from ..job import Job
from ..libraries import prepare_libraries
from ..material.files import height_range, write_maps
from ..material.maps import Maps, Reading, agreeing, guess
from ..material.measure import border_ratio, calm_origin, repetition, wrap_ratio
from ..material.relief import curl
from ..material.seamless import cropped, make_seamless, resampled
from ..style.mix import over_mean
from ..style.pictures import read_picture

if TYPE_CHECKING:
    from ..diffusion.loading import Models
    from .painter import Painter

__all__ = ["material"]

READER = Path(__file__).resolve().parents[2] / "models" / "mini-pbr"
# Side of the pictures that show about as much as the embedded network has learnt from. By looking at photos of gravel
# and of bricks: read at 1024 px, stones are flat with a rim, at 256 px their rims are lost.
_READ_PX = 512
_STRENGTH = 0.6  # of painting over: the forms beside it lead on, and what was cut can still become something else
_SHARES = {Stage.PICTURES: 0.03, Stage.LOAD: 0.05, Stage.PAINT: 0.72, Stage.READ: 0.15, Stage.WRITE: 0.05}

Picture = NDArray[np.float32]
_F = TypeVar("_F", int, float)


def material(request: MaterialRequest, job: Job, models: Models) -> MaterialResult:
    """Paint the surface, or join the borders of its picture, tell the maps from it, and write them."""
    job.follow(_SHARES)
    painter = None
    with job.stage(Stage.PICTURES):
        photo, enlarged = _photographed(request, job) if request.picture else (None, (1, 1))
    if request.is_painted:
        painter = _painter(request, job, models)
        with job.stage(Stage.PAINT, steps=painter.steps):
            picture = _painted(request, painter, photo)
    else:
        assert photo is not None, "a request has a prompt or a picture"
        picture = photo[0]
    borders = _along_wraps(request, border_ratio, picture)
    with job.stage(Stage.READ):
        # A photo shows as much at any size, a painting as much more as it is larger than the model's own.
        shown_px = painter.loaded.native_size_px if painter and not request.picture else min(picture.shape[:2])
        maps, reader = _told(request, picture, max(1.0, shown_px / _READ_PX), job, models)
        is_rolled = not request.picture or request.change > 0
        if is_rolled:
            maps = maps.rolled(*(shift or 0 for shift in _along_wraps(request, calm_origin, maps.base_colour)))
    with job.stage(Stage.WRITE):
        names = write_maps(job.folder, maps, request.normals)
        low, high = height_range(maps)
        reach = (1, 1) if is_rolled else enlarged
        ratios = _along_wraps(request, lambda colours, axis: wrap_ratio(colours, axis, reach[axis]), maps.base_colour)
        stored = np.rint((maps.normal / 2 + 0.5) * 65535) / 65535 * 2 - 1
        figures = {"repetition": repetition(maps.base_colour),
                   "normal_curl": curl(stored, wraps_x=request.wrap.along_x, wraps_y=request.wrap.along_y)}
    return MaterialResult(
        maps=names, width_px=request.width_px, height_px=request.height_px, height_low_px=low, height_high_px=high,
        reader=reader, wrap_ratio_x=ratios[1], wrap_ratio_y=ratios[0], border_ratio_x=borders[1],
        border_ratio_y=borders[0], **figures, model=painter.loaded.name if painter else "",
        licence=painter.licence if painter else "", seed=request.seed,
        steps=painter.sampling.steps if painter else None,
        guidance_scale=painter.sampling.guidance_scale if painter else None,
        device=str(painter.loaded.device.type) if painter else "cpu", seconds=job.seconds, remarks=tuple(job.remarks))


def _photographed(request: MaterialRequest, job: Job) -> tuple[tuple[Picture, Picture], tuple[int, int]]:
    """The picture as it tiles, (H, W, 3), and how near each pixel is to where it was joined, (H, W), at the request's
    size; and how many of their rows and columns show one of the picture's."""
    wraps = {"wraps_x": request.wrap.along_x, "wraps_y": request.wrap.along_y}
    kept = read_picture(job.folder / request.picture, request.picture_name or request.picture)
    colours = over_mean(kept.colours, kept.alpha)
    whole = cropped(colours, request.width_px, request.height_px, request.change, **wraps)
    if min(whole.shape[0] / request.height_px, whole.shape[1] / request.width_px) < 0.5:
        job.remark("{name} has {width} × {height} px to be used, and is enlarged to {wanted_width} × {wanted_height}: "
                   "it will be soft.", name=request.picture_name or request.picture, width=whole.shape[1],
                   height=whole.shape[0], wanted_width=request.width_px, wanted_height=request.height_px)
    joined, near = make_seamless(whole, request.change, **wraps)
    size = request.height_px, request.width_px
    enlarged = math.ceil(size[0] / joined.shape[0]), math.ceil(size[1] / joined.shape[1])
    return (resampled(joined, *size, **wraps).clip(0, 1), resampled(near, *size, **wraps).clip(0, 1)), enlarged


def _painter(request: MaterialRequest, job: Job, models: Models) -> Painter:
    with job.stage(Stage.LOAD):
        from .painter import painter_of

        painter = painter_of(request, job, models)
        if request.picture and not painter.can_repaint:
            raise ModelError("{model} cannot paint over a picture: how its scheduler works is not known.",
                             "Choose another model, or leave the prompt empty.", model=painter.loaded.name)
        return painter


def _painted(request: MaterialRequest, painter: Painter, photo: tuple[Picture, Picture] | None) -> Picture:
    from ..diffusion.canvas import Canvas

    canvas = Canvas(request.height_px, request.width_px, request.wrap.along_x, request.wrap.along_y)
    return painter.paint(canvas) if photo is None else painter.paint_over(canvas, *photo, _STRENGTH)


def _along_wraps(request: MaterialRequest, figure: Callable[[Picture, int], _F], picture: Picture
                 ) -> tuple[_F | None, _F | None]:
    """A figure of a picture along y and along x; None where it does not wrap."""
    return (figure(picture, 0) if request.wrap.along_y else None, figure(picture, 1) if request.wrap.along_x else None)


def _told(request: MaterialRequest, picture: Picture, scale: float, job: Job, models: Models
          ) -> tuple[Maps, MaterialReader]:
    """Args:
        scale: how much larger its forms are than those that the embedded network has learnt from.
    """
    wraps = {"wraps_x": request.wrap.along_x, "wraps_y": request.wrap.along_y}
    prepare_libraries()
    if request.intrinsics_model:
        from ..diffusion.marigold import see_appearance, see_normals

        models.release()  # a graphics card may not hold all three
        seen = see_appearance(Path(request.intrinsics_model), picture, seed=request.seed, check=job.check, **wraps)
        normal = see_normals(Path(request.normals_model), picture, seed=request.seed, check=job.check, **wraps)
        return agreeing(Reading(seen.base_colour, seen.roughness, seen.metallic, normal=normal), **wraps), \
            MaterialReader.MARIGOLD
    if (READER / "config.json").is_file():
        from ..material.network import load
        from ..material.read import read_coarse_and_fine

        reading = read_coarse_and_fine(load(READER), picture, scale, check=job.check, **wraps)
        return agreeing(reading, **wraps), MaterialReader.EMBEDDED
    job.remark("There is no network to tell the maps: they are guessed from light and dark. Nothing is metal, and all "
               "of it is equally rough.")
    return agreeing(guess(picture, **wraps), **wraps), MaterialReader.GUESS
