"""Paint a panorama and restore its light: the recipe."""

from __future__ import annotations

from math import degrees, radians
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from protocol.messages import Stage
from protocol.world import WorldRequest, WorldResult

from ..diffusion.catalogue import licence_of
from ..diffusion.lora import painting_with
from ..job import Job
from ..panorama.horizon import find_horizon, upright
from ..panorama.measure import calm_turn, measure_light, measure_picture
from ..panorama.poles import without_pinch
from ..panorama.restore import load_network, restore_radiance
from ..panorama.sphere import enlarged
from ..pictures import write_jpeg
from ..textures import write_texture
from .world_light import lit
from .world_painting import Painter, painter_of
from .world_source import read_source

if TYPE_CHECKING:
    from ..diffusion.loading import Models

__all__ = ["PICTURE_NAME", "RADIANCE_NAME", "world"]

RADIANCE_NAME, PICTURE_NAME = "world.exr", "world.jpg"
_LARGER_COSTS = 6  # times the whole panorama, for each doubling: four times as large, in windows or views that overlap
_LEANS = radians(2), radians(15)  # less is not seen, and hills lean so far; more is something else than a horizon


def world(request: WorldRequest, job: Job, models: Models) -> WorldResult:
    """Paint what the prompt says around a viewer, larger and larger, and write `world.exr` and `world.jpg`."""
    job.follow({Stage.PICTURES: 0.1, Stage.LOAD: 0.9})  # how long the rest takes is known with the model
    with job.stage(Stage.PICTURES):
        known = read_source(request.source, job.folder, request.height_px, job) if request.source else None
        models.begin(request.model)
    with job.stage(Stage.LOAD):
        loaded = models.get(request.model)
        network = load_network()
    with painting_with(loaded, request.lora, request.lora_weight):
        painter = painter_of(request, loaded, job)
        job.follow(_shares(painter))
        with job.stage(Stage.PANORAMA, steps=painter.steps):
            picture = painter.paint_whole(known)
            if known is None and painter.sees_views:  # of models that know no panoramas
                picture = _level(picture, job)
        for number, height in enumerate(painter.larger):
            picture = enlarged(picture, height).clip(0, 1)
            with job.stage(Stage.DETAIL, steps=painter.steps_into(height)):
                picture = painter.paint_into(picture if known is None else known.kept_in(picture), number)
    with job.stage(Stage.LIGHT):
        picture = without_pinch(enlarged(picture, request.height_px)).clip(0, 1)
        if known is not None:
            picture = known.kept_in(picture)
        border_ratio = measure_picture(picture).border_ratio  # of the edge that it was painted with
        shown = lit(restore_radiance(network, picture), picture, request, job)
        if known is None:
            shown = shown.turned(calm_turn(shown.picture))
    with job.stage(Stage.WRITE):
        write_texture(job.folder / RADIANCE_NAME, shown.radiance)
        write_jpeg(job.folder / PICTURE_NAME, np.rint(shown.picture * 255).astype(np.uint8))
        figures = measure_picture(shown.picture)
        light, peak = measure_light(shown.radiance)
        horizon = find_horizon(shown.picture)
    return WorldResult(
        radiance=RADIANCE_NAME, picture=PICTURE_NAME, width_px=2 * request.height_px, height_px=request.height_px,
        sun=shown.sun, wrap_ratio=figures.wrap_ratio, seam_ratio=figures.seam_ratio, border_ratio=border_ratio,
        pole_deviation=figures.pole_deviation, light=light, peak_to_median=peak,
        horizon_tilt_deg=None if horizon is None else degrees(horizon.tilt_rad), model=loaded.name,
        licence=licence_of(request.model), seed=request.seed, steps=painter.sampling.steps,
        guidance_scale=painter.sampling.guidance_scale, device=loaded.device.type, seconds=job.seconds,
        remarks=tuple(job.remarks))


def _level(picture: NDArray[np.float32], job: Job) -> NDArray[np.float32]:
    """A panorama (H, 2H, 3), turned where its horizon leans."""
    horizon = find_horizon(picture)
    if horizon is None or not _LEANS[0] <= horizon.tilt_rad <= _LEANS[1]:
        return picture
    job.remark("The horizon leaned by {degrees}° and was made level.", degrees=round(degrees(horizon.tilt_rad), 1))
    return upright(picture, horizon)


def _shares(painter: Painter) -> dict[Stage, float]:
    """Of the whole job: a network's calls cost by the area that they see."""
    detail = sum(_LARGER_COSTS * 4.0**number for number in range(len(painter.larger))) * painter.request.detail
    whole = painter.steps / painter.calls
    shares = {Stage.PICTURES: 0.01, Stage.LOAD: 0.05, Stage.PANORAMA: 0.84 * whole / (whole + detail),
              Stage.DETAIL: 0.84 * detail / (whole + detail), Stage.LIGHT: 0.05, Stage.WRITE: 0.05}
    return {stage: share for stage, share in shares.items() if share}
