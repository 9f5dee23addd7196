"""The part of world jobs that is light: whether there is a sun, where, how strong, and where its light goes."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from math import cos, pi, sin

import numpy as np
from numpy.typing import NDArray

from protocol.world import Sun, SunChoice, WorldRequest

from ..job import Job
from ..panorama.sun import (
    FoundSun,
    clear_sun,
    disc_angle,
    find_sun,
    set_sun,
    sun_place,
    with_glow,
    without_excess,
    without_sun,
)

__all__ = ["Lit", "lit", "sun_by_prompt"]

_SUN = re.compile(
    r"\b(sun|sunny|sunshine|sunlight|sunlit|noon|midday|cloudless|clear (blue )?(sky|skies|day)|bright day(light)?)\b"
    "|晴|阳光|正午|烈日", re.IGNORECASE)
_LOW_SUN = re.compile(
    r"\b(sunset|sunrise|dawn|evening|morning|golden hour|low sun|haz[ey])\b|日落|日出|黄昏|清晨", re.IGNORECASE)
_NO_SUN = re.compile(
    r"\b(nights?|midnight|moon\w*|star(s|ry)|milky way|dusk|twilight|blue hour|after sunset|overcast|gr[ae]y sky|"
    r"storm\w*|thunder\w*|rain(y|s|ing|storm)?|fog(gy)?|mist(y)?|interior|indoors?|(bed|bath|class|show)?rooms?|apartment|studio|"
    r"softbox(es)?|gallery|museum|exhibition|hall|corridor|workshop|factory|warehouse|office|kitchen|church|cave|"
    r"nightclub|neon)\b|夜|星空|月|阴天|雨|雾|室内|房间|摄影棚|画廊", re.IGNORECASE)
_NOON = re.compile(r"\b(noon|midday)\b|正午", re.IGNORECASE)
_CLOUDS = re.compile(r"\b(cloud(s|y)?|cumulus|cirrus)\b|云", re.IGNORECASE)


@dataclass(frozen=True, eq=False)
class Lit:
    """
    Attributes:
        radiance: (H, 2H, 3) float32, linear Rec.709.
        picture: (H, 2H, 3) float32 in 0 to 1, sRGB, with the glow of a sun that was added.
        sun: None where there is none.
    """

    radiance: NDArray[np.float32]
    picture: NDArray[np.float32]
    sun: Sun | None

    def turned(self, columns: int) -> Lit:
        """With everything so many columns further to the right."""
        sun = self.sun
        if sun is not None:
            angle = -2 * pi * columns / self.picture.shape[1]  # azimuths run to the left
            x, y, z = sun.direction
            sun = replace(sun, direction=(x * cos(angle) - y * sin(angle), x * sin(angle) + y * cos(angle), z))
        return Lit(np.roll(self.radiance, columns, axis=1), np.roll(self.picture, columns, axis=1), sun)


def sun_by_prompt(prompt: str) -> SunChoice:
    """What "automatic" is for a prompt: a sun under a clear sky, none by night, in bad weather and indoors, and the one
    that is painted where the prompt leaves it open or the sun is low."""
    if _NO_SUN.search(prompt):
        return SunChoice.NONE
    return SunChoice.ADDED if _SUN.search(prompt) and not _LOW_SUN.search(prompt) else SunChoice.PAINTED


def lit(radiance: NDArray[np.float32], picture: NDArray[np.float32], request: WorldRequest, job: Job) -> Lit:
    """A panorama with its sun as the request wants it.

    Args:
        radiance: as it was restored from the picture.
    """
    factor = np.float32(2.0**request.exposure_ev)
    by_prompt = SunChoice.PAINTED if request.source is not None else sun_by_prompt(request.prompt)
    choice = request.sun
    if choice is SunChoice.AUTOMATIC:
        choice = by_prompt if request.sun_irradiance is None else SunChoice.ADDED
    is_open = request.source is None and by_prompt is not SunChoice.NONE
    painted = None if choice is SunChoice.NONE else find_sun(radiance)
    bare = radiance if painted is None else without_sun(radiance, painted)
    if painted is not None and painted.is_blue:
        bare, painted = bare if is_open else radiance, None
    sun = None
    if painted is not None or choice is SunChoice.ADDED:
        sun = _estimated(bare, painted, request, is_open=is_open or choice is SunChoice.ADDED)
        wanted = sun.luminance if request.sun_irradiance is None else request.sun_irradiance
        sun = sun.scaled(wanted / sun.luminance * 2.0**request.sun_ev)
        _remark(sun, painted, request, job)
    elif request.sun_ev or request.sun_apart:
        job.remark("There is no sun in this panorama that could be set or taken out.")
    if is_open:
        bare = without_excess(bare, picture, sun)
    if sun is None:
        return Lit(bare * factor, picture, None)
    if painted is None and request.source is None:
        bare, picture = with_glow(bare, picture, sun)
    told = sun.scaled(float(factor))
    return Lit((bare if request.sun_apart else set_sun(bare, sun)) * factor, picture,
               Sun(direction=told.direction, irradiance=told.irradiance, angle_rad=disc_angle(len(radiance)),
                   is_estimated=request.sun_irradiance is None, is_added=painted is None))


def _estimated(bare: NDArray[np.float32], painted: FoundSun | None, request: WorldRequest, *, is_open: bool
               ) -> FoundSun:
    """The sun as it was restored, or under an open sky by how bright that is, which is nearer to the truth."""
    if painted is not None and not is_open:
        return painted
    is_clear = sun_by_prompt(request.prompt) is SunChoice.ADDED and not _CLOUDS.search(request.prompt)
    direction = painted.direction if painted else sun_place(bare, at_noon=_NOON.search(request.prompt) is not None)
    return clear_sun(bare, direction, among_clouds=not is_clear)


def _remark(sun: FoundSun, painted: FoundSun | None, request: WorldRequest, job: Job) -> None:
    irradiance = round(sun.luminance, 2)
    if painted is None:
        job.remark("No sun is painted: one was added where the sky is brightest.")
    if request.sun_irradiance is None:
        job.remark("The sun's {irradiance} W/m² are estimated from the picture.", irradiance=irradiance)
