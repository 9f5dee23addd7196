"""Places under the open sky: a sky (clear, cloudy, closed, dusk, night) over a land (plain, sea, hills, town …)."""

from dataclasses import dataclass, replace

import numpy as np

from training.data.skies import clouds, land, night, town
from training.data.skies.atmosphere import SUN_RADIUS_RAD, Atmosphere, atmosphere
from training.data.skies.chance import Rng, between, new_seed, one_of
from training.data.skies.land import Light
from training.data.skies.sphere import Field, direction, directions, disc, luminance, mix, solid_angles

ROCK = np.asarray(((0.07, 0.066, 0.064), (0.22, 0.20, 0.18)))
SNOW = np.asarray(((0.61, 0.64, 0.70), (0.85, 0.86, 0.88)))
SUN_SEEKERS = 0.6  # share of cloudy skies that are taken, as photographers do, when the sun is out
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
    return direction(between(rng, -np.pi, np.pi), float(np.radians(rng.uniform(low_deg, high_deg))))


def _sun_seen_first(sun: Field, seeds: list[int], form: dict[str, float]) -> int:
    """The first of the seeds whose clouds leave the sun free; the last if none does."""
    for seed in seeds[:-1]:
        if clouds.cumulus(sun[None], sun, seed, **form).passed[0] > 0.8:
            return seed
    return seeds[-1]


def _by_sun(rng: Rng, height_px: int, sun: Field, haze: float, cover: float, veil: float, words: str) -> Sky:
    """A sky lit by the sun: `cover` 0–1 of cumulus, `veil` 0–1 of cirrus, 0 for none."""
    towards, air = directions(height_px), atmosphere(sun, haze)
    radiance, horizon = air.radiance(towards), air.horizon(towards)
    passed = np.ones(towards.shape[:2], np.float32)
    mean = _mean(radiance)
    # High clouds still see the sun when the ground does not, and see it redder.
    azimuth, elevation = float(np.arctan2(sun[1], sun[0])), float(np.arcsin(sun[2]))
    high = atmosphere(direction(azimuth, max(elevation + 0.03, 0.012)), haze).sunlight
    high = high * np.float32(np.clip((np.degrees(elevation) + 4.0) / 5.0, 0.0, 1.0))
    if veil > 0:
        layer = clouds.cirrus(towards, sun, new_seed(rng), cover=veil, thickness=between(rng, 0.2, 1.2),
                              along_rad=between(rng, 0, np.pi))
        radiance, passed = clouds.overlaid(radiance, layer, high, mean, horizon), passed * layer.passed
    if cover > 0:
        form = {"base_km": between(rng, 0.8, 2.0), "depth_km": between(rng, 0.5, 1.8), "size_km": between(rng, 0.8, 3.2),
                "cover": cover, "thickness": 2 ** between(rng, 2, 5)}
        seeds = [new_seed(rng) for _ in range(8 if rng.random() < SUN_SEEKERS else 1)]
        layer = clouds.cumulus(towards, sun, _sun_seen_first(sun, seeds, form), **form)
        radiance, passed = clouds.overlaid(radiance, layer, high, mean, horizon), passed * layer.passed
    share = disc(height_px, sun, SUN_RADIUS_RAD)
    return Sky(radiance, air, share, passed, 0.0, sun[2] < 0.0, words)


def clear(rng: Rng, height_px: int) -> Sky:
    sun = _at(rng, 18, 75)
    return _by_sun(rng, height_px, sun, between(rng, 0.4, 3.0), 0.0, 0.0,
                   one_of(rng, ["clear sky", "clear blue sky", "cloudless day", "bright midday sun", "sunny day"]))


def fair(rng: Rng, height_px: int) -> Sky:
    words = ["partly cloudy sky", "white cumulus clouds", "blue sky with clouds", "fair weather",
             "sunny with scattered clouds"]
    return _by_sun(rng, height_px, _at(rng, 12, 70), between(rng, 0.5, 2.5), between(rng, 0.22, 0.62),
                   float(rng.choice([0, 0, 0.3])), one_of(rng, words))


def veiled(rng: Rng, height_px: int) -> Sky:
    words = ["high thin clouds", "cirrus clouds", "wispy clouds", "hazy sun through thin cloud"]
    return _by_sun(rng, height_px, _at(rng, 10, 65), between(rng, 0.6, 4.0), 0.0, between(rng, 0.4, 0.9),
                   one_of(rng, words))


def low_sun(rng: Rng, height_px: int, words: tuple[str, ...], haze: tuple[float, float]) -> Sky:
    cover = float(rng.choice([0.0, rng.uniform(0.25, 0.6)], p=[0.35, 0.65]))
    return _by_sun(rng, height_px, _at(rng, -1.0, 9), between(rng, *haze), cover,
                   float(rng.choice([0, rng.uniform(0.3, 0.8)])), one_of(rng, words))


def sunset(rng: Rng, height_px: int) -> Sky:
    words = ("sunset", "golden hour", "evening sun", "warm sunset sky", "low evening sun")
    return low_sun(rng, height_px, words, (0.5, 3.0))


def dawn(rng: Rng, height_px: int) -> Sky:
    words = ("sunrise", "dawn", "misty morning", "early morning light", "foggy sunrise")
    return low_sun(rng, height_px, words, (3.0, 8.0))


def dusk(rng: Rng, height_px: int) -> Sky:
    """The sun below the horizon: the blue hour."""
    words = ["dusk", "blue hour", "twilight", "after sunset", "evening twilight"]
    return _by_sun(rng, height_px, _at(rng, -7.5, -1.2), between(rng, 0.5, 3.0),
                   float(rng.choice([0, rng.uniform(0.2, 0.5)])), float(rng.choice([0, rng.uniform(0.3, 0.7)])),
                   one_of(rng, words))


def afterglow(rng: Rng, height_px: int) -> Sky:
    """The sun has just gone, or is behind far clouds: a bright horizon, and no disc."""
    words = ["afterglow", "just after sunset", "last light of the day", "bright evening horizon"]
    sky = _by_sun(rng, height_px, _at(rng, -2.5, 0.5), between(rng, 0.5, 4.0),
                  float(rng.choice([0, rng.uniform(0.2, 0.6)], p=[0.3, 0.7])),
                  float(rng.choice([0, rng.uniform(0.3, 0.8)])), one_of(rng, words))
    return replace(sky, share=np.zeros_like(sky.share))


def _closed(rng: Rng, height_px: int, level: float, contrast: float, glow: float, tint: Field, words: list[str]) -> Sky:
    towards, sun = directions(height_px), _at(rng, 15, 60)
    air = atmosphere(sun, 4.0)
    seed, height_km = new_seed(rng), between(rng, 0.6, 1.8)
    form = clouds.closed_cover(towards, sun, seed, height_km=height_km, contrast=contrast, glow=glow)
    radiance = form[..., None] * (tint * level).astype(np.float32)
    dark = Atmosphere(sun, air.sunlight * 0, np.broadcast_to(_mean(radiance) * 0.75, air.table.shape))
    return Sky(radiance, dark, np.zeros_like(form), np.zeros_like(form), 1.0, level < 0.05, one_of(rng, words))


def overcast(rng: Rng, height_px: int) -> Sky:
    words = ["overcast sky", "grey overcast day", "cloudy sky", "soft overcast light", "dull grey sky"]
    return _closed(rng, height_px, between(rng, 0.1, 0.35), between(rng, 0.1, 0.5),
                   float(rng.choice([0, rng.uniform(0, 0.6)])), np.asarray((0.96, 1.0, 1.06)), words)


def storm(rng: Rng, height_px: int) -> Sky:
    words = ["stormy sky", "dark storm clouds", "thunderstorm", "threatening rain clouds"]
    return _closed(rng, height_px, between(rng, 0.03, 0.12), between(rng, 0.8, 1.5), between(rng, 0, 0.5),
                   np.asarray((0.86, 0.98, 1.12)), words)


def starry(rng: Rng, height_px: int) -> Sky:
    moon = _at(rng, 8, 65) if rng.random() < 0.55 else None
    radiance, air = night.night(rng, height_px, moon, float(rng.choice([0, rng.uniform(0.1, 1.0)])))
    empty = np.zeros(radiance.shape[:2], np.float32)
    named = "night sky with stars and moon, moonlit night, full moon night" if moon is not None else \
        "starry night, night sky with stars, milky way at night"
    return Sky(radiance, air, empty, empty, 0.0, True, one_of(rng, named.split(", ")))


SKIES = {"clear": clear, "fair": fair, "veiled": veiled, "sunset": sunset, "dawn": dawn, "dusk": dusk,
         "overcast": overcast, "storm": storm, "starry": starry, "afterglow": afterglow}


def light_of(sky: Sky, visibility_m: float) -> Light:
    """What the sky throws on the land; clouds before the sun dim it."""
    height = len(sky.radiance)
    towards = directions(height)
    free = float(sky.air.sunlight.any() and sky.lamps_on)  # the moon
    if sky.share.any():
        free = land.sun_left_free(1 - sky.passed, sky.share)
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


def _hills(
    rng: Rng, scene: Scene, light: Light, low: tuple[float, ...], high: tuple[float, ...], tall: float, rows: int
) -> None:
    towards = directions(len(scene.colour))
    for k in range(rows, 0, -1):
        line = land.ridge(rng, towards, tall * (0.45 + 0.55 * k / rows), between(rng, 0.8, 2.0), 5)
        colour = land.slope(rng, towards, light, np.asarray(low), np.asarray(high), 14.0, 1.2)
        scene.lay(light.through_air(colour, 900.0 * k * k), line.alpha)


def plain(rng: Rng, scene: Scene, light: Light, sky: Sky) -> str:
    towards = directions(len(scene.colour))
    name, words = [("grass", "meadow"), ("dry grass", "dry field"), ("soil", "bare field"), ("grass", "grass field"),
                   ("paving", "paved square"), ("asphalt", "empty car park")][int(rng.integers(6))]
    if rng.random() < 0.6:
        _hills(rng, scene, light, (0.03, 0.05, 0.02), (0.09, 0.11, 0.05), between(rng, 0.02, 0.08), 1)
    if rng.random() < 0.6:
        height_rad, leaf = between(rng, 0.03, 0.14), np.asarray(LEAVES[int(rng.integers(3))])
        scene.lay(*land.wooded(rng, towards, light, height_rad, leaf))
    scene.lay(land.ground(rng, towards, name, light), _below(towards))
    return words


def sea(rng: Rng, scene: Scene, light: Light, sky: Sky) -> str:
    towards = directions(len(scene.colour))
    words = "open sea"
    if rng.random() < 0.35:
        _hills(rng, scene, light, (0.05, 0.06, 0.04), (0.12, 0.12, 0.08), between(rng, 0.02, 0.1), 2)
        words = "sea with a distant coast"
    wind = between(rng, 0.5, 9)
    colour = (0.012, 0.05, 0.06) if rng.random() < 0.6 else (0.015, 0.03, 0.04)
    scene.lay(land.water(rng, towards, scene.colour, light, wind, colour), _below(towards))
    return one_of(rng, [words, "ocean" if words == "open sea" else words, "calm sea" if wind < 3 else "choppy sea"])


def hills(rng: Rng, scene: Scene, light: Light, sky: Sky) -> str:
    towards = directions(len(scene.colour))
    leaf = LEAVES[int(rng.integers(len(LEAVES)))]
    _hills(rng, scene, light, (0.03, 0.05, 0.018), tuple(1.6 * c for c in leaf), between(rng, 0.18, 0.4), 3)
    if rng.random() < 0.5:
        scene.lay(*land.wooded(rng, towards, light, between(rng, 0.03, 0.12), np.asarray(leaf)))
    scene.lay(land.ground(rng, towards, one_of(rng, ["grass", "dry grass"]), light), _below(towards))
    return one_of(rng, ["rolling hills", "green hills", "hilly countryside"])


def mountains(rng: Rng, scene: Scene, light: Light, sky: Sky) -> str:
    towards = directions(len(scene.colour))
    latitude = np.arcsin(np.clip(towards[..., 2], -1, 1))
    snowy = rng.random() < 0.65
    for k in (3, 2, 1):
        tall = between(rng, 0.35, 0.6) * (0.5 + k / 6)
        line = land.ridge(rng, towards, tall, between(rng, 0.7, 1.2), 4, sharp=True)
        rock = land.slope(rng, towards, light, *ROCK, 9.0, 2.2)
        if snowy:
            snow = land.slope(rng, towards, light, *SNOW, 9.0, 1.6)
            height = latitude / 0.3 + 0.7 * land.fractal(towards * 12.0, new_seed(rng), 5)
            rock = mix(rock, snow, land.smoothstep(0.45, 0.75, height))
        scene.lay(light.through_air(rock, 1800.0 * k), line.alpha)
    if rng.random() < 0.5:
        scene.lay(*land.wooded(rng, towards, light, between(rng, 0.04, 0.1), np.asarray(LEAVES[2])))
    scene.lay(land.ground(rng, towards, one_of(rng, ["grass", "rock", "dry grass"]), light), _below(towards))
    return "snowy mountains" if snowy else one_of(rng, ["mountains", "rocky mountains", "alpine valley"])


def snow(rng: Rng, scene: Scene, light: Light, sky: Sky) -> str:
    towards = directions(len(scene.colour))
    line = land.ridge(rng, towards, between(rng, 0.05, 0.2), between(rng, 1.5, 3), 6)
    slope = land.slope(rng, towards, light, *SNOW, 8.0, 0.8)
    scene.lay(light.through_air(slope, 1500.0), line.alpha)
    if rng.random() < 0.6:
        bark = np.asarray((0.04, 0.05, 0.045))
        scene.lay(*land.wooded(rng, towards, light, between(rng, 0.04, 0.16), bark, bare=True))
    scene.lay(land.ground(rng, towards, "snow", light), _below(towards))
    return one_of(rng, ["snowy field", "snow landscape", "winter landscape", "snow-covered ground"])


def desert(rng: Rng, scene: Scene, light: Light, sky: Sky) -> str:
    towards = directions(len(scene.colour))
    for k in (3, 2, 1):
        line = land.ridge(rng, towards, between(rng, 0.05, 0.14) * (0.5 + k / 6), between(rng, 1.2, 2.5), 3)
        dune = land.slope(rng, towards, light, np.asarray((0.34, 0.24, 0.14)), np.asarray((0.52, 0.39, 0.25)), 4.0, 1.2)
        scene.lay(light.through_air(dune, 700.0 * k), line.alpha)
    scene.lay(land.ground(rng, towards, "sand", light), _below(towards))
    return one_of(rng, ["desert", "sand dunes", "sandy desert", "desert dunes"])


def city(rng: Rng, scene: Scene, light: Light, sky: Sky) -> str:
    towards = directions(len(scene.colour))
    lit, lamp = 0.0, 0.0
    shine, pools = np.zeros_like(towards), np.zeros_like(towards)
    if sky.lamps_on:
        lit, lamp = between(rng, 0.15, 0.5), mean_key(light) * 2 ** between(rng, 2.0, 4.5)
        count, intensity = int(rng.integers(8, 30)), mean_key(light) * 2 ** between(rng, 4.5, 7)
        shine, pools = town.street_lamps(rng, towards, count, intensity)
    smog = replace(light, visibility_m=light.visibility_m * 0.5)
    for away, tall, gaps in ((420.0, 130.0, 0.15), (180.0, 60.0, 0.35), (60.0, 24.0, 0.6)):
        scene.lay(*town.row(rng, towards, smog, away, tall * between(rng, 0.5, 1.3), gaps, lit, lamp))
    floor = "asphalt" if rng.random() < 0.5 else "paving"
    albedo = 0.08 if floor == "asphalt" else 0.28
    scene.lay(land.ground(rng, towards, floor, light) + pools * albedo / np.pi, _below(towards))
    scene.colour = scene.colour + shine
    by_night = ("city with lit windows", "city lights", "street lamps and lit windows")
    by_day = ("city square", "city skyline", "high-rise buildings", "urban street")
    return one_of(rng, by_night if sky.lamps_on else by_day)


def mean_key(light: Light) -> float:
    """What a white board on the ground shows: the measure for lamps that are switched on when it gets dark."""
    return float(luminance(light.on(np.asarray(light.sun[2]))) / np.pi) * 0.6


def forest(rng: Rng, scene: Scene, light: Light, sky: Sky) -> str:
    towards = directions(len(scene.colour))
    leaf = np.asarray(LEAVES[int(rng.integers(len(LEAVES)))])
    shade = replace(light, sunlight=light.sunlight * 0.35, skylight=light.skylight * 0.6)
    scene.lay(land.ground(rng, towards, one_of(rng, ["forest floor", "grass", "forest floor"]), shade), _below(towards))
    colour, alpha = town.clearing(rng, towards, light, leaf)
    scene.lay(colour, alpha)
    return one_of(rng, ["forest clearing", "woodland glade", "in a forest", "clearing among trees"])


LANDS = {"plain": plain, "sea": sea, "hills": hills, "mountains": mountains, "snow": snow, "desert": desert,
         "city": city, "forest": forest}
DAY = ("clear", "fair", "veiled", "overcast", "sunset")
# kind → skies and lands that it is drawn from
OUTDOORS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "clear day": (("clear",), ("plain", "hills")), "cumulus": (("fair",), ("plain", "hills", "sea")),
    "cirrus": (("veiled",), ("plain", "hills", "sea")), "overcast": (("overcast",), ("plain", "hills", "city")),
    "storm": (("storm",), ("plain", "sea", "hills")), "sunset": (("sunset",), ("plain", "hills", "city")),
    "dawn": (("dawn",), ("plain", "hills")), "dusk": (("dusk",), ("plain", "hills", "sea")),
    "night": (("starry",), ("plain", "hills", "mountains")),
    "sea": (("clear", "fair", "sunset", "veiled", "sunset"), ("sea",)), "hills": (DAY, ("hills",)),
    "mountains": ((*DAY, "dusk"), ("mountains",)), "snow": ((*DAY, "dusk", "starry"), ("snow",)),
    "desert": (("clear", "clear", "veiled", "sunset", "dusk", "starry"), ("desert",)), "city": (DAY, ("city",)),
    "city at night": (("dusk", "starry"), ("city",)), "forest": (DAY, ("forest",)),
}
EVENINGS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {  # which came later
    "afterglow": (("afterglow",), ("sea", "city", "hills", "plain", "mountains"))}


def outdoor(rng: Rng, height_px: int, kind: str) -> tuple[Field, str, Field | None]:
    """(H, 2H, 3) radiance, caption, and where the sun stands if it is in the sky."""
    skies, lands = (OUTDOORS | EVENINGS)[kind]
    sky = SKIES[one_of(rng, skies)](rng, height_px)
    misty = "mist" in sky.words or "fog" in sky.words
    light = light_of(sky, 2 ** between(rng, 12.5, 15.5) * (0.4 if misty else 1.0))
    scene = Scene(sky.radiance, np.ones(sky.radiance.shape[:2], np.float32))
    place = LANDS[one_of(rng, lands)](rng, scene, light, sky)
    radiance = scene.colour
    sun = None
    if sky.share.any() and sky.air.sunlight.any():
        disc_radiance = sky.air.sunlight / np.float32(2 * np.pi * (1 - np.cos(SUN_RADIUS_RAD)))
        radiance = radiance + (sky.share * sky.passed * scene.free)[..., None] * disc_radiance
        sun = sky.air.sun
    weather = sky.words
    words = (f"{place}, {weather}", f"{weather} over {place}", f"{place} under {weather}", f"{weather}, {place}")
    return radiance.astype(np.float32), one_of(rng, words), sun
