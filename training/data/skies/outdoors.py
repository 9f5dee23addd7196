"""Places under the open sky: a sky (clear, cloudy, closed, dusk, night) over a land (plain, sea, hills, town …)."""

from dataclasses import dataclass, replace

import numpy as np

from training.data.skies import clouds, land, night, town
from training.data.skies.atmosphere import SUN_RADIUS_RAD, Atmosphere, atmosphere
from training.data.skies.land import Light
from training.data.skies.sphere import Field, Rng, direction, directions, disc, luminance, mix, new_seed, solid_angles

LEAVES = ((0.05, 0.09, 0.02), (0.09, 0.12, 0.03), (0.035, 0.06, 0.025), (0.22, 0.11, 0.03), (0.16, 0.13, 0.04))


@dataclass(frozen=True)
class Sky:
    """A sky before any land: `radiance` (H, 2H, 3) without the sun, `air`, the sun's `share` of each pixel (H, 2H),
    `passed` (H, 2H) what clouds let through, `grey` 0–1 how closed it is, `lamps_on` as at dusk and night."""

    radiance: Field
    air: Atmosphere
    share: Field
    passed: Field
    grey: float
    lamps_on: bool
    words: str


def _mean(radiance: Field) -> Field:
    """(3,) mean radiance of the upper half."""
    half = len(radiance) // 2
    return (radiance[:half] * solid_angles(len(radiance))[:half, :, None]).sum((0, 1)) / np.float32(2 * np.pi)


def _at(rng: Rng, low_deg: float, high_deg: float) -> Field:
    return direction(float(rng.uniform(-np.pi, np.pi)), float(np.radians(rng.uniform(low_deg, high_deg))))


def _by_sun(rng: Rng, height_px: int, sun: Field, haze: float, cover: float, veil: float, words: str) -> Sky:
    """A sky lit by the sun: `cover` 0–1 of cumulus, `veil` 0–1 of cirrus, 0 for none."""
    towards, air = directions(height_px), atmosphere(sun, haze)
    radiance, horizon = air.radiance(towards), air.horizon(towards)
    passed = np.ones(towards.shape[:2], np.float32)
    mean = _mean(radiance)
    # High clouds still see the sun when the ground does not, and see it redder.
    high = atmosphere(direction(float(np.arctan2(sun[1], sun[0])), max(float(np.arcsin(sun[2])) + 0.03, 0.012)), haze).sunlight
    high = high * np.float32(np.clip((np.degrees(np.arcsin(sun[2])) + 4.0) / 5.0, 0.0, 1.0))
    if veil > 0:
        layer = clouds.cirrus(towards, sun, new_seed(rng), cover=veil, thickness=float(rng.uniform(0.2, 1.2)),
                              along_rad=float(rng.uniform(0, np.pi)))
        radiance, passed = clouds.overlaid(radiance, layer, high, mean, horizon), passed * layer.passed
    if cover > 0:
        layer = clouds.cumulus(towards, sun, new_seed(rng), base_km=float(rng.uniform(0.8, 2.0)),
                               depth_km=float(rng.uniform(0.5, 1.8)), size_km=float(rng.uniform(0.8, 3.2)), cover=cover,
                               thickness=float(2 ** rng.uniform(2, 5)))
        radiance, passed = clouds.overlaid(radiance, layer, high, mean, horizon), passed * layer.passed
    share = disc(height_px, sun, SUN_RADIUS_RAD)
    return Sky(radiance, air, share, passed, 0.0, sun[2] < 0.0, words)


def clear(rng: Rng, height_px: int) -> Sky:
    sun = _at(rng, 18, 75)
    return _by_sun(rng, height_px, sun, float(rng.uniform(0.4, 3.0)), 0.0, 0.0,
                   str(rng.choice(["clear sky", "clear blue sky", "cloudless day", "bright midday sun", "sunny day"])))


def fair(rng: Rng, height_px: int) -> Sky:
    words = ["partly cloudy sky", "white cumulus clouds", "blue sky with clouds", "fair weather", "sunny with scattered clouds"]
    return _by_sun(rng, height_px, _at(rng, 12, 70), float(rng.uniform(0.5, 2.5)), float(rng.uniform(0.22, 0.62)),
                   float(rng.choice([0, 0, 0.3])), str(rng.choice(words)))


def veiled(rng: Rng, height_px: int) -> Sky:
    words = ["high thin clouds", "cirrus clouds", "wispy clouds", "hazy sun through thin cloud"]
    return _by_sun(rng, height_px, _at(rng, 10, 65), float(rng.uniform(0.6, 4.0)), 0.0, float(rng.uniform(0.4, 0.9)),
                   str(rng.choice(words)))


def low_sun(rng: Rng, height_px: int, words: tuple[str, ...], haze: tuple[float, float]) -> Sky:
    cover = float(rng.choice([0.0, rng.uniform(0.25, 0.6)], p=[0.35, 0.65]))
    return _by_sun(rng, height_px, _at(rng, -1.0, 9), float(rng.uniform(*haze)), cover,
                   float(rng.choice([0, rng.uniform(0.3, 0.8)])), str(rng.choice(np.asarray(words))))


def sunset(rng: Rng, height_px: int) -> Sky:
    return low_sun(rng, height_px, ("sunset", "golden hour", "evening sun", "warm sunset sky", "low evening sun"), (0.5, 3.0))


def dawn(rng: Rng, height_px: int) -> Sky:
    return low_sun(rng, height_px, ("sunrise", "dawn", "misty morning", "early morning light", "foggy sunrise"), (3.0, 8.0))


def dusk(rng: Rng, height_px: int) -> Sky:
    """The sun below the horizon: the blue hour."""
    words = ["dusk", "blue hour", "twilight", "after sunset", "evening twilight"]
    return _by_sun(rng, height_px, _at(rng, -7.5, -1.2), float(rng.uniform(0.5, 3.0)),
                   float(rng.choice([0, rng.uniform(0.2, 0.5)])), float(rng.choice([0, rng.uniform(0.3, 0.7)])),
                   str(rng.choice(words)))


def _closed(rng: Rng, height_px: int, level: float, contrast: float, glow: float, tint: Field, words: list[str]) -> Sky:
    towards, sun = directions(height_px), _at(rng, 15, 60)
    air = atmosphere(sun, 4.0)
    form = clouds.closed_cover(towards, sun, new_seed(rng), height_km=float(rng.uniform(0.6, 1.8)), contrast=contrast, glow=glow)
    radiance = form[..., None] * (tint * level).astype(np.float32)
    dark = Atmosphere(sun, air.sunlight * 0, np.broadcast_to(_mean(radiance) * 0.75, air.table.shape))
    return Sky(radiance, dark, np.zeros_like(form), np.zeros_like(form), 1.0, level < 0.05, str(rng.choice(words)))


def overcast(rng: Rng, height_px: int) -> Sky:
    words = ["overcast sky", "grey overcast day", "cloudy sky", "soft overcast light", "dull grey sky"]
    return _closed(rng, height_px, float(rng.uniform(0.1, 0.35)), float(rng.uniform(0.1, 0.5)),
                   float(rng.choice([0, rng.uniform(0, 0.6)])), np.asarray((0.96, 1.0, 1.06)), words)


def storm(rng: Rng, height_px: int) -> Sky:
    words = ["stormy sky", "dark storm clouds", "thunderstorm", "threatening rain clouds"]
    return _closed(rng, height_px, float(rng.uniform(0.03, 0.12)), float(rng.uniform(0.8, 1.5)), float(rng.uniform(0, 0.5)),
                   np.asarray((0.86, 0.98, 1.12)), words)


def starry(rng: Rng, height_px: int) -> Sky:
    moon = _at(rng, 8, 65) if rng.random() < 0.55 else None
    radiance, air = night.night(rng, height_px, moon, float(rng.choice([0, rng.uniform(0.1, 1.0)])))
    empty = np.zeros(radiance.shape[:2], np.float32)
    named = "night sky with stars and moon, moonlit night, full moon night" if moon is not None else \
        "starry night, night sky with stars, milky way at night"
    return Sky(radiance, air, empty, empty, 0.0, True, str(rng.choice(named.split(", "))))


SKIES = {"clear": clear, "fair": fair, "veiled": veiled, "sunset": sunset, "dawn": dawn, "dusk": dusk,
         "overcast": overcast, "storm": storm, "starry": starry}


def light_of(sky: Sky, visibility_m: float) -> Light:
    """What the sky throws on the land; clouds before the sun dim it."""
    height = len(sky.radiance)
    towards = directions(height)
    free = land.cover_of_sun(1 - sky.passed, sky.share) if sky.share.any() else float(sky.air.sunlight.any() and sky.lamps_on)
    horizon = sky.air.horizon(towards) + 0.35 * (_mean(sky.radiance) - _mean(sky.air.radiance(towards))).clip(0)
    return Light(sky.air.sun, sky.air.sunlight * np.float32(free), land.skylight(sky.radiance), horizon, visibility_m)


@dataclass
class Scene:
    """A picture that grows from the back to the front: `colour` (H, 2H, 3), `free` (H, 2H) what still sees the sky."""

    colour: Field
    free: Field

    def lay(self, colour: Field, alpha: Field) -> None:
        self.colour = mix(self.colour, colour, alpha)
        self.free = self.free * (1 - alpha)


def _below(towards: Field) -> Field:
    pixel = np.pi / len(towards)
    return np.clip(0.5 - towards[..., 2] / pixel, 0, 1).astype(np.float32)


def _hills(rng: Rng, scene: Scene, light: Light, low: tuple[float, ...], high: tuple[float, ...], tall: float, rows: int) -> None:
    towards = directions(len(scene.colour))
    for k in range(rows, 0, -1):
        line = land.ridge(rng, towards, tall * (0.45 + 0.55 * k / rows), float(rng.uniform(0.8, 2.0)), 5)
        colour = land.slope(rng, towards, light, np.asarray(low), np.asarray(high), 14.0, 1.2)
        scene.lay(light.through_air(colour, 900.0 * k * k), line.alpha)


def plain(rng: Rng, scene: Scene, light: Light, sky: Sky) -> str:
    towards = directions(len(scene.colour))
    name, words = [("grass", "meadow"), ("dry grass", "dry field"), ("soil", "bare field"), ("grass", "grass field"),
                   ("paving", "paved square"), ("asphalt", "empty car park")][int(rng.integers(6))]
    if rng.random() < 0.6:
        _hills(rng, scene, light, (0.03, 0.05, 0.02), (0.09, 0.11, 0.05), float(rng.uniform(0.02, 0.08)), 1)
    if rng.random() < 0.6:
        scene.lay(*land.wooded(rng, towards, light, float(rng.uniform(0.03, 0.14)), np.asarray(LEAVES[int(rng.integers(3))])))
    scene.lay(land.ground(rng, towards, name, light), _below(towards))
    return words


def sea(rng: Rng, scene: Scene, light: Light, sky: Sky) -> str:
    towards = directions(len(scene.colour))
    words = "open sea"
    if rng.random() < 0.35:
        _hills(rng, scene, light, (0.05, 0.06, 0.04), (0.12, 0.12, 0.08), float(rng.uniform(0.02, 0.1)), 2)
        words = "sea with a distant coast"
    wind = float(rng.uniform(0.5, 9))
    colour = (0.012, 0.05, 0.06) if rng.random() < 0.6 else (0.015, 0.03, 0.04)
    scene.lay(land.water(rng, towards, scene.colour, light, wind, colour), _below(towards))
    return str(rng.choice([words, "ocean" if words == "open sea" else words, "calm sea" if wind < 3 else "choppy sea"]))


def hills(rng: Rng, scene: Scene, light: Light, sky: Sky) -> str:
    towards = directions(len(scene.colour))
    leaf = LEAVES[int(rng.integers(len(LEAVES)))]
    _hills(rng, scene, light, (0.03, 0.05, 0.018), tuple(1.6 * c for c in leaf), float(rng.uniform(0.18, 0.4)), 3)
    if rng.random() < 0.5:
        scene.lay(*land.wooded(rng, towards, light, float(rng.uniform(0.03, 0.12)), np.asarray(leaf)))
    scene.lay(land.ground(rng, towards, str(rng.choice(["grass", "dry grass"])), light), _below(towards))
    return str(rng.choice(["rolling hills", "green hills", "hilly countryside"]))


def mountains(rng: Rng, scene: Scene, light: Light, sky: Sky) -> str:
    towards = directions(len(scene.colour))
    latitude = np.arcsin(np.clip(towards[..., 2], -1, 1))
    snowy = rng.random() < 0.65
    for k in (3, 2, 1):
        line = land.ridge(rng, towards, float(rng.uniform(0.35, 0.6)) * (0.5 + k / 6), float(rng.uniform(0.7, 1.2)), 4, sharp=True)
        rock = land.slope(rng, towards, light, np.asarray((0.07, 0.066, 0.064)), np.asarray((0.22, 0.20, 0.18)), 9.0, 2.2)
        if snowy:
            snow = land.slope(rng, towards, light, np.asarray((0.6, 0.63, 0.68)), np.asarray((0.85, 0.86, 0.88)), 9.0, 1.6)
            height = latitude / 0.3 + 0.7 * land.fractal(towards * 12.0, new_seed(rng), 5)
            rock = mix(rock, snow, land.smoothstep(0.45, 0.75, height))
        scene.lay(light.through_air(rock, 1800.0 * k), line.alpha)
    if rng.random() < 0.5:
        scene.lay(*land.wooded(rng, towards, light, float(rng.uniform(0.04, 0.1)), np.asarray(LEAVES[2])))
    scene.lay(land.ground(rng, towards, str(rng.choice(["grass", "rock", "dry grass"])), light), _below(towards))
    return "snowy mountains" if snowy else str(rng.choice(["mountains", "rocky mountains", "alpine valley"]))


def snow(rng: Rng, scene: Scene, light: Light, sky: Sky) -> str:
    towards = directions(len(scene.colour))
    line = land.ridge(rng, towards, float(rng.uniform(0.05, 0.2)), float(rng.uniform(1.5, 3)), 6)
    slope = land.slope(rng, towards, light, np.asarray((0.62, 0.66, 0.72)), np.asarray((0.86, 0.87, 0.89)), 8.0, 0.8)
    scene.lay(light.through_air(slope, 1500.0), line.alpha)
    if rng.random() < 0.6:
        scene.lay(*land.wooded(rng, towards, light, float(rng.uniform(0.04, 0.16)), np.asarray((0.04, 0.05, 0.045)), bare=True))
    scene.lay(land.ground(rng, towards, "snow", light), _below(towards))
    return str(rng.choice(["snowy field", "snow landscape", "winter landscape", "snow-covered ground"]))


def desert(rng: Rng, scene: Scene, light: Light, sky: Sky) -> str:
    towards = directions(len(scene.colour))
    for k in (3, 2, 1):
        line = land.ridge(rng, towards, float(rng.uniform(0.05, 0.14)) * (0.5 + k / 6), float(rng.uniform(1.2, 2.5)), 3)
        dune = land.slope(rng, towards, light, np.asarray((0.34, 0.24, 0.14)), np.asarray((0.52, 0.39, 0.25)), 4.0, 1.2)
        scene.lay(light.through_air(dune, 700.0 * k), line.alpha)
    scene.lay(land.ground(rng, towards, "sand", light), _below(towards))
    return str(rng.choice(["desert", "sand dunes", "sandy desert", "desert dunes"]))


def city(rng: Rng, scene: Scene, light: Light, sky: Sky) -> str:
    towards = directions(len(scene.colour))
    lit, lamp = (float(rng.uniform(0.15, 0.5)), mean_key(light) * float(2 ** rng.uniform(2.0, 4.5))) if sky.lamps_on else (0.0, 0.0)
    glare = replace(light, visibility_m=light.visibility_m * 0.5)
    pools = np.zeros_like(towards)
    shine = np.zeros_like(towards)
    if sky.lamps_on:
        shine, pools = town.street_lamps(rng, towards, int(rng.integers(8, 30)), mean_key(light) * float(2 ** rng.uniform(4.5, 7)))
    for away, tall, gaps in ((420.0, 130.0, 0.15), (180.0, 60.0, 0.35), (60.0, 24.0, 0.6)):
        scene.lay(*town.row(rng, towards, glare, away, tall * float(rng.uniform(0.5, 1.3)), gaps, lit, lamp))
    floor = "asphalt" if rng.random() < 0.5 else "paving"
    albedo = 0.08 if floor == "asphalt" else 0.28
    scene.lay(land.ground(rng, towards, floor, light) + pools * albedo / np.pi, _below(towards))
    scene.colour = scene.colour + shine
    return str(rng.choice(["city with lit windows", "city lights", "street lamps and lit windows"] if sky.lamps_on else
                          ["city square", "city skyline", "high-rise buildings", "urban street"]))


def mean_key(light: Light) -> float:
    """What a white board on the ground shows: the measure for lamps that are switched on when it gets dark."""
    return float(luminance(light.on(np.asarray(light.sun[2]))) / np.pi) * 0.6


def forest(rng: Rng, scene: Scene, light: Light, sky: Sky) -> str:
    towards = directions(len(scene.colour))
    leaf = np.asarray(LEAVES[int(rng.integers(len(LEAVES)))])
    scene.lay(land.ground(rng, towards, str(rng.choice(["forest floor", "grass", "forest floor"])),
                          replace(light, sunlight=light.sunlight * 0.35, skylight=light.skylight * 0.6)), _below(towards))
    colour, alpha = town.clearing(rng, towards, light, leaf)
    scene.lay(colour, alpha)
    return str(rng.choice(["forest clearing", "woodland glade", "in a forest", "clearing among trees"]))


LANDS = {"plain": plain, "sea": sea, "hills": hills, "mountains": mountains, "snow": snow, "desert": desert, "city": city,
         "forest": forest}
DAY = ("clear", "fair", "veiled", "overcast", "sunset")
# kind → skies and lands that it is drawn from
OUTDOORS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "clear day": (("clear",), ("plain", "hills")), "cumulus": (("fair",), ("plain", "hills", "sea")),
    "cirrus": (("veiled",), ("plain", "hills", "sea")), "overcast": (("overcast",), ("plain", "hills", "city")),
    "storm": (("storm",), ("plain", "sea", "hills")), "sunset": (("sunset",), ("plain", "hills", "city")),
    "dawn": (("dawn",), ("plain", "hills")), "dusk": (("dusk",), ("plain", "hills", "sea")),
    "night": (("starry",), ("plain", "hills", "mountains")), "sea": (("clear", "fair", "sunset", "veiled", "sunset"), ("sea",)),
    "hills": (DAY, ("hills",)), "mountains": ((*DAY, "dusk"), ("mountains",)), "snow": ((*DAY, "dusk", "starry"), ("snow",)),
    "desert": (("clear", "clear", "veiled", "sunset", "dusk", "starry"), ("desert",)), "city": (DAY, ("city",)),
    "city at night": (("dusk", "starry"), ("city",)), "forest": (DAY, ("forest",)),
}


def outdoor(rng: Rng, height_px: int, kind: str) -> tuple[Field, str, Field | None]:
    """(H, 2H, 3) radiance, caption, and where the sun stands if it is in the sky."""
    skies, lands = OUTDOORS[kind]
    sky = SKIES[str(rng.choice(np.asarray(skies)))](rng, height_px)
    light = light_of(sky, float(2 ** rng.uniform(12.5, 15.5)) * (0.4 if "mist" in sky.words or "fog" in sky.words else 1.0))
    scene = Scene(sky.radiance, np.ones(sky.radiance.shape[:2], np.float32))
    place = LANDS[str(rng.choice(np.asarray(lands)))](rng, scene, light, sky)
    radiance = scene.colour
    sun = None
    if sky.share.any() and sky.air.sunlight.any():
        disc_radiance = sky.air.sunlight / np.float32(2 * np.pi * (1 - np.cos(SUN_RADIUS_RAD)))
        radiance = radiance + (sky.share * sky.passed * scene.free)[..., None] * disc_radiance
        sun = sky.air.sun
    words = (f"{place}, {sky.words}", f"{sky.words} over {place}", f"{place} under {sky.words}", f"{sky.words}, {place}")
    return radiance.astype(np.float32), str(rng.choice(np.asarray(words))), sun
