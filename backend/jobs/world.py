"""Paint a panorama and restore its light: the recipe."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from protocol.messages import Stage
from protocol.world import Sun, WorldRequest, WorldResult

from ..diffusion.lora import painting_with
from ..job import Job
from ..panorama.measure import calmest_turn, measure_light, measure_picture
from ..panorama.poles import without_pinch
from ..panorama.restore import load_network, restore_radiance
from ..panorama.sphere import enlarged
from ..panorama.sun import disc_angle, find_sun, set_sun, without_sun
from ..pictures import write_jpeg
from ..textures import write_texture
from .world_painting import Painter, painter_of
from .world_source import read_source

if TYPE_CHECKING:
    from ..diffusion.loading import Models

__all__ = ["PICTURE_NAME", "RADIANCE_NAME", "world"]

RADIANCE_NAME, PICTURE_NAME = "world.exr", "world.jpg"
_LARGER_COSTS = 5  # times the whole panorama, for each doubling: four times as large, seen in windows that overlap


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
        for number, height in enumerate(painter.larger):
            picture = enlarged(picture, height).clip(0, 1)
            with job.stage(Stage.DETAIL, steps=painter.calls):
                picture = painter.paint_into(picture if known is None else known.kept_in(picture), number)
    with job.stage(Stage.LIGHT):
        picture = without_pinch(enlarged(picture, request.height_px)).clip(0, 1)
        if known is not None:
            picture = known.kept_in(picture)
        wrap_ratio = measure_picture(picture).wrap_ratio  # at the edge that it was painted with
        if known is None:
            picture = np.roll(picture, calmest_turn(picture), axis=1)
        radiance, sun = _light(restore_radiance(network, picture), request, job)
    with job.stage(Stage.WRITE):
        write_texture(job.folder / RADIANCE_NAME, radiance)
        write_jpeg(job.folder / PICTURE_NAME, np.rint(picture * 255).astype(np.uint8))
        figures = measure_picture(picture)
        light, peak = measure_light(radiance)
    return WorldResult(
        radiance=RADIANCE_NAME, picture=PICTURE_NAME, width_px=2 * request.height_px, height_px=request.height_px,
        sun=sun, wrap_ratio=wrap_ratio, seam_ratio=figures.seam_ratio, pole_deviation=figures.pole_deviation,
        light=light, peak_to_median=peak, model=loaded.name, seed=request.seed,
        steps=painter.sampling.steps, guidance_scale=painter.sampling.guidance_scale, device=loaded.device.type,
        seconds=job.seconds, remarks=tuple(job.remarks))


def _shares(painter: Painter) -> dict[Stage, float]:
    """Of the whole job: a network's calls cost by the area that they see."""
    detail = sum(_LARGER_COSTS * 4.0**number for number in range(len(painter.larger))) * painter.request.detail
    whole = painter.steps / painter.calls
    shares = {Stage.PICTURES: 0.01, Stage.LOAD: 0.05, Stage.PANORAMA: 0.84 * whole / (whole + detail),
              Stage.DETAIL: 0.84 * detail / (whole + detail), Stage.LIGHT: 0.05, Stage.WRITE: 0.05}
    return {stage: share for stage, share in shares.items() if share}


def _light(radiance: NDArray[np.float32], request: WorldRequest, job: Job) -> tuple[NDArray[np.float32], Sun | None]:
    """The radiance with its sun as the request wants it, and that sun."""
    factor = 2.0**request.exposure_ev
    found = find_sun(radiance)
    if found is None:
        if request.sun_irradiance is not None or request.sun_ev or request.sun_apart:
            job.remark("There is no sun in this panorama that could be set or taken out.")
        return radiance * np.float32(factor), None
    is_estimated = request.sun_irradiance is None
    wanted = found.luminance if request.sun_irradiance is None else request.sun_irradiance
    sun = found.scaled(wanted / found.luminance * 2.0**request.sun_ev)
    if is_estimated:
        job.remark("The sun's {irradiance} W/m² are estimated from the picture.", irradiance=round(sun.luminance, 2))
    radiance = without_sun(radiance, found)
    if not request.sun_apart:
        radiance = set_sun(radiance, sun)
    told = sun.scaled(factor)
    return radiance * np.float32(factor), Sun(direction=told.direction, irradiance=told.irradiance,
                                              angle_rad=disc_angle(len(radiance)), is_estimated=is_estimated)
