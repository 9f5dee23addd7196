"""What lies under the sky: level ground, water, ridges and tree lines, each lit by the sky above it."""

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import map_coordinates

from training.data.skies.chance import Rng, between, new_seed
from training.data.skies.sphere import Field, directions, fractal, mix, smoothstep, solid_angles

# Albedo, linear Rec.709: the darker and the lighter of the two colours that a ground is mixed from.
GROUNDS: dict[str, tuple[tuple[float, float, float], tuple[float, float, float]]] = {
    "grass": ((0.035, 0.065, 0.016), (0.12, 0.16, 0.045)), "dry grass": ((0.16, 0.12, 0.06), (0.38, 0.31, 0.16)),
    "sand": ((0.38, 0.27, 0.16), (0.56, 0.43, 0.28)), "snow": ((0.70, 0.74, 0.80), (0.88, 0.89, 0.91)),
    "rock": ((0.10, 0.09, 0.085), (0.28, 0.25, 0.22)), "soil": ((0.09, 0.06, 0.04), (0.21, 0.15, 0.10)),
    "asphalt": ((0.045, 0.045, 0.048), (0.10, 0.10, 0.10)), "paving": ((0.20, 0.19, 0.175), (0.38, 0.36, 0.33)),
    "forest floor": ((0.045, 0.033, 0.018), (0.15, 0.11, 0.055)),
}
RELIEF = {"sand": 0.35, "snow": 0.35, "asphalt": 0.12, "paving": 0.15}


@dataclass(frozen=True)
class Light:
    """What falls on the land: the sun's irradiance across its rays and the sky's on level ground, (3,) each.

    `horizon` (…, 3) is what distance fades into, `visibility_m` how far one sees.
    """

    sun: Field
    sunlight: Field
    skylight: Field
    horizon: Field
    visibility_m: float

    def on(self, facing: Field) -> Field:
        """Irradiance (…, 3) for the cosine between a surface's normal and the sun (…)."""
        return np.maximum(facing, 0.0)[..., None] * self.sunlight + self.skylight

    def through_air(self, colour: Field, distance_m: Field | float) -> Field:
        """`colour` (…, 3) seen from a distance."""
        return mix(colour, self.horizon, 1 - np.exp(-np.asarray(distance_m, np.float32) / self.visibility_m))


def skylight(sky: Field) -> Field:
    """(3,) irradiance of level ground by the upper half of a map (H, 2H, 3) without its sun."""
    half = len(sky) // 2
    up = directions(len(sky))[:half, :, 2]
    return (sky[:half] * (up * solid_angles(len(sky))[:half])[..., None]).sum((0, 1)).astype(np.float32)


def _footing(towards: Field, eye_m: float) -> tuple[Field, Field]:
    """Points (…, 3) in metres where the rays meet the ground, and their distance; far ones for rays above it."""
    distance = eye_m / np.maximum(-towards[..., 2], 0.004)
    return (towards * distance[..., None]).astype(np.float32), distance.astype(np.float32)


def ground(rng: Rng, towards: Field, name: str, light: Light, eye_m: float = 1.7) -> Field:
    """(…, 3) radiance of level ground; its unevenness throws light and shade, finer parts vanish with distance."""
    point, distance = _footing(towards, eye_m)
    low, high = (np.asarray(c, np.float32) for c in GROUNDS[name])
    seed, drifts = new_seed(rng), name in ("sand", "snow")
    size_m = between(rng, 4.0, 9.0) if drifts else between(rng, 0.3, 0.8)
    near = np.exp(-distance / (60 * size_m))
    patches = fractal(point / 30.0, seed, 4)
    fine = fractal(point / size_m, seed + 40, 6) * near
    towards_sun = light.sun * np.asarray((1, 1, 0), np.float32)
    towards_sun /= np.linalg.norm(towards_sun) + 1e-6
    ahead = fractal((point + towards_sun * 0.2 * size_m) / size_m, seed + 40, 6) * near
    slope = (ahead - fine) * RELIEF.get(name, 0.45)  # rises towards the sun: turned away from it
    blend = np.clip(0.5 + 0.6 * patches + 0.55 * fine, 0, 1)
    facing = light.sun[2] - slope * np.hypot(light.sun[0], light.sun[1])
    radiance = mix(np.broadcast_to(low, towards.shape), high, blend) * light.on(facing) / np.pi
    return light.through_air(radiance, distance)


def looked_up(picture: Field, towards: Field) -> Field:
    """A map (H, 2H, 3) read at directions (…, 3), bilinear, wrapping in x."""
    height = len(picture)
    row = np.arccos(np.clip(towards[..., 2], -1, 1)) / np.pi * height - 0.5
    column = (np.pi - np.arctan2(towards[..., 1], towards[..., 0])) / np.pi * height - 0.5
    wide = np.concatenate([picture[:, -1:], picture, picture[:, :1]], 1)
    place = (np.clip(row, 0, height - 1), column + 1)
    return np.stack([map_coordinates(wide[..., c], place, order=1, mode="nearest") for c in range(3)], -1)


def water(
    rng: Rng, towards: Field, sky: Field, light: Light, wind_m_s: float, colour: tuple[float, float, float],
    eye_m: float = 4.0,
) -> Field:
    """(…, 3): the mirrored sky, the sun's glitter and the water's own `colour` (albedo).

    `sky` (H, 2H, 3) is without the sun's disc. Slopes are distributed as Cox and Munk measured them from the air
    (1954): variance 0.003 + 0.00512 wind; reflectance after Schlick (1994).
    """
    point, distance = _footing(towards, eye_m)
    seed = new_seed(rng)
    variance = 0.003 + 0.00512 * wind_m_s
    ripple = np.stack([fractal(point / np.asarray((2.5, 2.5, 1.0), np.float32), seed + 9 * k, 5) for k in range(2)], -1)
    ripple *= np.float32(np.sqrt(variance) * 1.6) * np.exp(-distance / 150.0)[..., None]
    normal = np.concatenate([ripple, np.ones_like(ripple[..., :1])], -1)
    normal /= np.linalg.norm(normal, axis=-1, keepdims=True)
    facing = np.maximum(-(towards * normal).sum(-1), 0.02)
    # Far away waves hide each other, and what is seen leans towards the eye: less than a flat mirror gives.
    reflectance = 0.02 + 0.98 * (1 - np.maximum(facing, 0.6 * np.sqrt(variance))) ** 5
    mirrored = towards + 2 * facing[..., None] * normal
    mirrored[..., 2] = np.maximum(mirrored[..., 2], 0.01 + 0.5 * np.sqrt(variance))
    mirrored /= np.linalg.norm(mirrored, axis=-1, keepdims=True)
    radiance = looked_up(sky, mirrored) * reflectance[..., None]
    radiance += (1 - reflectance[..., None]) * np.asarray(colour, np.float32) * light.on(light.sun[2]) / np.pi
    half = light.sun - towards
    half /= np.linalg.norm(half, axis=-1, keepdims=True)
    upright = np.maximum(half[..., 2], 0.05)
    tilt = (1 - upright**2) / upright**2 / variance
    sparkle = np.exp(1.2 * fractal(point / 0.6, seed + 30, 4) * np.exp(-distance / 80.0))
    glitter = np.exp(-tilt) / (np.pi * variance) / (4 * np.maximum(-towards[..., 2], 0.03) * upright**4) * sparkle
    mirror = 0.02 + 0.98 * (1 - np.maximum((half * light.sun).sum(-1), 0.0)) ** 5
    radiance += (glitter * mirror)[..., None] * light.sunlight
    return light.through_air(radiance.astype(np.float32), distance)


@dataclass(frozen=True)
class Ridge:
    """The edge of a mass of land above the horizon, `alpha` (…) 0–1, and its `edge` (W,) in radians."""

    alpha: Field
    edge: Field


def ridge(rng: Rng, towards: Field, height_rad: float, frequency: float, octaves: int, sharp: bool = False) -> Ridge:
    """A line about the horizon of heights up to about `height_rad`; `sharp` gives peaks in place of rounded hills."""
    ring = towards[len(towards) // 2] * np.asarray((1, 1, 0), np.float32)
    profile = fractal(ring * np.float32(frequency), new_seed(rng), octaves)
    if sharp:
        fine = fractal(ring * np.float32(frequency * 2.3), new_seed(rng), octaves)
        profile = 0.85 - 1.7 * np.abs(profile) + 0.12 * fine
    else:
        profile = 0.5 + 0.9 * profile
    edge = np.maximum(profile, 0.03) * height_rad
    latitude = np.arcsin(np.clip(towards[..., 2], -1, 1))
    pixel = np.pi / len(towards)
    alpha = smoothstep(-0.7 * pixel, 0.7 * pixel, edge - latitude)
    return Ridge(alpha, edge.astype(np.float32))


def slope(rng: Rng, towards: Field, light: Light, low: Field, high: Field, frequency: float, relief: float) -> Field:
    """(…, 3) radiance of a hillside that faces the viewer, mixed from two albedos, folded by `relief`."""
    seed = new_seed(rng)
    texture = fractal(towards * np.float32(frequency), seed, 6)
    ahead = fractal((towards + light.sun * np.float32(0.25 / frequency)) * np.float32(frequency), seed, 6)
    level = towards * np.asarray((1, 1, 0), np.float32)
    facing = 0.45 * light.sun[2] - 0.6 * (level @ light.sun) - relief * (ahead - texture) + 0.15
    albedo = mix(np.broadcast_to(np.asarray(low, np.float32), towards.shape), np.asarray(high, np.float32),
                 np.clip(0.5 + texture, 0, 1))
    return (albedo * light.on(np.clip(facing, 0, 1)) * 0.85 / np.pi).astype(np.float32)


def wooded(
    rng: Rng, towards: Field, light: Light, height_rad: float, leaf: Field, bare: bool = False
) -> tuple[Field, Field]:
    """A tree line against the sky: (colour (…, 3), alpha (…)); ragged crowns, darker below, airy at the rim."""
    crowns = ridge(rng, towards, height_rad, between(rng, 6, 14), 7)
    seed = new_seed(rng)
    leaves = fractal(towards * 45.0, seed, 4)
    height = np.arcsin(np.clip(towards[..., 2], -1, 1)) / np.maximum(crowns.edge, 1e-3)
    airy = smoothstep(0.55, 1.05, height) * (0.9 if bare else 0.6)
    alpha = crowns.alpha * (1 - airy * smoothstep(-0.1, 0.25, leaves))
    facing = 0.3 + 0.5 * leaves + 0.3 * height - 0.4 * (towards @ light.sun)
    albedo = np.asarray(leaf, np.float32) * np.clip(0.35 + 0.5 * height + 0.6 * leaves, 0.08, 1.3)[..., None]
    through = 0.4 * np.maximum(towards @ light.sun, 0.0) ** 6  # leaves before the sun glow
    return (albedo * light.on(np.clip(facing, 0, 1) + through) / np.pi).astype(np.float32), alpha


def sun_left_free(alpha: Field, share: Field) -> float:
    """The part of the sun's disc that nothing stands before, 0–1; `share` (H, 2H) is its part of each pixel."""
    weight = share * solid_angles(len(share))
    return float(((1 - alpha) * weight).sum() / max(float(weight.sum()), 1e-12))


