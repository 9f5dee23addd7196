"""The sky after dusk: stars, the band of the galaxy, the moon, and the glow of towns."""

import numpy as np

from training.data.skies.atmosphere import Atmosphere, atmosphere
from training.data.skies.chance import Rng, between, new_seed
from training.data.skies.sphere import Field, directions, disc, fractal, smoothstep, solid_angles

MOON_RADIUS_RAD = np.radians(0.26)
MOONLIT = (0.72, 0.9, 1.2)  # night as pictures show it: cooler than the moon's light, which is the sun's
STAR_TINTS = np.asarray(((0.75, 0.85, 1.25), (0.9, 0.95, 1.1), (1.0, 1.0, 1.0), (1.1, 1.0, 0.8), (1.3, 0.95, 0.65)))


def stars(rng: Rng, height_px: int, count: int) -> Field:
    """(H, 2H, 3) radiance of points of light, each wholly in one pixel, so that a smaller map has the same energy.

    Brightness follows the counts of the real sky: 10^(0.5 m) stars brighter than magnitude m, so flux^-1.25.
    """
    points = rng.standard_normal((count, 3))
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    flux = np.minimum(rng.random(count) ** (-1 / 1.25), 300.0) * 3e-7
    colour = STAR_TINTS[rng.integers(len(STAR_TINTS), size=count)] * flux[:, None]
    row = np.minimum((np.arccos(points[:, 2]) / np.pi * height_px).astype(int), height_px - 1)
    column = ((np.pi - np.arctan2(points[:, 1], points[:, 0])) / np.pi * height_px).astype(int) % (2 * height_px)
    picture = np.zeros((height_px, 2 * height_px, 3), np.float32)
    np.add.at(picture, (row, column), colour / solid_angles(height_px)[row])
    return picture * smoothstep(0.0, 0.25, directions(height_px)[..., 2])[..., None]  # lost in the air near the horizon


def galaxy(rng: Rng, towards: Field, strength: float) -> Field:
    """(…, 3): a band along a great circle, wider and warmer at its heart, torn by dust."""
    pole, heart = rng.standard_normal(3), rng.standard_normal(3)
    pole[2] *= 0.4
    pole /= np.linalg.norm(pole)
    heart -= pole * (heart @ pole)
    heart /= np.linalg.norm(heart)
    across, along = towards @ pole.astype(np.float32), towards @ heart.astype(np.float32)
    bulge = 0.5 + 0.5 * along
    band = np.exp(-((across / (0.10 + 0.14 * bulge**3)) ** 2)) * (0.35 + bulge**2)
    folds = fractal(towards * 5.0, new_seed(rng), 6)
    dust = smoothstep(-0.1, 0.35, fractal(towards * 4.0, new_seed(rng), 6) + np.abs(across) * 4 - 0.05)
    tint = np.asarray((0.8, 0.85, 1.0), np.float32) + bulge[..., None] ** 2 * np.asarray((0.5, 0.2, -0.15), np.float32)
    return (strength * (band * (0.7 + folds) * (0.25 + 0.75 * dust)).clip(0)[..., None] * tint).astype(np.float32)


def glow(towards: Field, azimuth_rad: float, width: float, colour: tuple[float, float, float]) -> Field:
    """(…, 3): the light of a town behind the horizon, or of a town all about for a great `width`."""
    level = np.hypot(towards[..., 0], towards[..., 1]) + 1e-6
    cosine = (towards[..., 0] * np.cos(azimuth_rad) + towards[..., 1] * np.sin(azimuth_rad)) / level
    up = np.maximum(towards[..., 2], 0.0)
    form = np.exp((cosine - 1) / width) * np.exp(-up / 0.14)
    return (form[..., None] * np.asarray(colour, np.float32)).astype(np.float32)


def night(rng: Rng, height_px: int, moon: Field | None, town: float) -> tuple[Field, Atmosphere]:
    """(H, 2H, 3) of a clear night and the air in the moon's light (for clouds and land); `town` 0–1 is its glow.

    The unit is near the brightness of a moonlit sky. Without a moon the air is lit by stars alone.
    """
    towards = directions(height_px)
    lamp = moon if moon is not None else np.asarray((0.0, 0.0, 1.0), np.float32)
    air = atmosphere(lamp, between(rng, 0.5, 2.0))
    strength = between(rng, 0.15, 1.0) if moon is not None else 0.03  # from a sickle to the full moon
    air = Atmosphere(lamp, air.sunlight * strength, air.table * strength)
    up = np.maximum(towards[..., 2:], 0.0)
    airglow = 0.006 * np.asarray((0.55, 0.75, 1.0), np.float32) * (1.4 - up)
    sky = air.radiance(towards) + airglow + stars(rng, height_px, int(rng.integers(1500, 5000)))
    sky += galaxy(rng, towards, between(rng, 0.01, 0.035)) * (0.2 if moon is not None else 1.0)
    warm = np.asarray((1.0, 0.62, 0.3)) * town * 0.12
    sky += glow(towards, between(rng, -np.pi, np.pi), between(rng, 0.1, 2.0), tuple(warm))
    sky = sky * np.asarray(MOONLIT, np.float32)
    air = Atmosphere(lamp, air.sunlight * np.float32(MOONLIT), air.table * np.float32(MOONLIT))
    if moon is not None:
        share = disc(height_px, moon, MOON_RADIUS_RAD)
        radiance = air.sunlight / (2 * np.pi * (1 - np.cos(MOON_RADIUS_RAD)))
        sky += share[..., None] * radiance
    return sky.astype(np.float32), air
