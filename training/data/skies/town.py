"""Rows of buildings about the viewer, by day and with lit windows by night, and street lamps."""

from typing import NamedTuple

import numpy as np

from training.data.skies.chance import Rng, between, new_seed
from training.data.skies.land import Light
from training.data.skies.sphere import Field, direction, disc, fractal, mix, smoothstep

FLOOR_M, BAY_M = 3.2, 3.0
WARM, COOL = np.asarray((1.0, 0.66, 0.32), np.float32), np.asarray((0.8, 0.95, 1.0), np.float32)


class Row(NamedTuple):
    """Fields (…): `colour` (…, 3) radiance and `alpha` 0–1 of one row of houses."""

    colour: Field
    alpha: Field


def _hashed(*numbers: Field) -> Field:
    """(…) 0–1, the same for the same whole numbers."""
    mixed = sum(n * k for n, k in zip(numbers, (12.9898, 78.233, 37.719), strict=False))
    return np.asarray(np.abs(np.sin(mixed)) * 43758.5453 % 1.0, np.float32)


def row(
    rng: Rng, towards: Field, light: Light, distance_m: float, tallest_m: float, gaps: float, lit: float,
    lamp_radiance: float,
) -> Row:
    """Houses at `distance_m` all round, up to about `tallest_m` high, a share `gaps` of the places left free.

    A share `lit` of the windows shines with about `lamp_radiance`; the others mirror the sky.
    """
    count = int(np.clip(2 * np.pi * distance_m / rng.uniform(18, 34), 12, 160))
    starts = np.sort(rng.uniform(0, 2 * np.pi, count))
    heights = tallest_m * np.clip(rng.beta(2.0, 3.2, count) + 0.12, 0.1, 1.0) * (rng.random(count) > gaps)
    tones = rng.uniform(0.08, 0.55, (count, 1)) * np.asarray((1.0, 0.94, 0.86)) ** rng.uniform(-0.6, 2.2, (count, 1))
    depths = distance_m * rng.uniform(0.85, 1.25, count)
    azimuth = np.arctan2(towards[..., 1], towards[..., 0]) % (2 * np.pi)
    which = np.searchsorted(starts, azimuth) % count
    depth = depths[which].astype(np.float32)
    level = np.hypot(towards[..., 0], towards[..., 1])
    across = (azimuth - starts[which - 1]) % (2 * np.pi) * depth
    up = towards[..., 2] / np.maximum(level, 1e-4) * depth + 1.7
    pixel_m = np.pi / len(towards) * depth
    alpha = smoothstep(-0.6, 0.6, (heights[which] - up) / pixel_m) * (heights[which] > 0)
    facing = 0.25 - 0.75 * (towards[..., :2] * light.sun[:2]).sum(-1) / np.maximum(level, 1e-4)
    facing = facing + 0.35 * (_hashed(which) - 0.5)  # houses stand askew
    wall = tones[which].astype(np.float32) * light.on(np.clip(facing, 0, 1))[..., :] * 0.7 / np.pi
    bay, storey = np.floor(across / BAY_M), np.floor(up / FLOOR_M)
    x, y = across / BAY_M - bay, up / FLOOR_M - storey
    # A window narrower than a pixel is drawn as its share of the wall.
    soft = np.clip(pixel_m / BAY_M, 0.05, 1.0)
    pane = smoothstep(0.5 + soft / 2, 0.5 - soft / 2, np.abs(x - 0.5) * 2 - 0.12)
    pane = pane * smoothstep(0.5 + soft / 2, 0.5 - soft / 2, np.abs(y - 0.5) * 2 - 0.1)
    colour = mix(wall, 0.25 * light.horizon + 0.02 * light.skylight, 0.8 * pane)
    if lit > 0:
        on = _hashed(bay, storey, which) < lit
        strength = lamp_radiance * (0.25 + 1.5 * _hashed(storey, which, bay) ** 2)
        tint = mix(np.broadcast_to(WARM, towards.shape), COOL, (_hashed(which, bay, storey) < 0.3).astype(np.float32))
        colour = colour + (pane * on * strength)[..., None] * tint
    return Row(light.through_air(colour.astype(np.float32), depth), alpha)


def street_lamps(rng: Rng, towards: Field, count: int, intensity: float) -> tuple[Field, Field]:
    """Lamps on poles about the viewer: (their radiance (H, 2H, 3), their light on the level ground, irradiance).

    `intensity` is a lamp's radiance times its area: what it sends out and what it throws on the ground agree.
    """
    height = len(towards)
    shine, pools = np.zeros_like(towards), np.zeros_like(towards)
    foot = towards * (1.7 / np.maximum(-towards[..., 2:], 0.004))
    tint = WARM if rng.random() < 0.7 else COOL
    for _ in range(count):
        away, azimuth, tall = between(rng, 7, 70), between(rng, -np.pi, np.pi), between(rng, 4, 9)
        radius_m = 0.16
        solid = np.pi * radius_m**2 / (away**2 + (tall - 1.7) ** 2)
        share = disc(height, direction(azimuth, np.arctan2(tall - 1.7, away)), np.sqrt(solid / np.pi))
        shine += share[..., None] * tint * np.float32(intensity / (np.pi * radius_m**2))
        offset = foot[..., :2] - np.asarray((np.cos(azimuth) * away, np.sin(azimuth) * away), np.float32)
        square = (offset**2).sum(-1) + tall**2
        pools += (np.float32(intensity * tall) * tall / square**2)[..., None] * tint
    return shine, pools


def clearing(rng: Rng, towards: Field, light: Light, leaf: Field) -> tuple[Field, Field]:
    """A wood about a glade: (colour (…, 3), alpha (…)) of trunks and of a crown that opens towards the zenith."""
    up, azimuth = towards[..., 2], np.arctan2(towards[..., 1], towards[..., 0])
    leaves = fractal(towards * 40.0, new_seed(rng), 5)
    boughs = fractal(towards * 5.5, new_seed(rng), 5)
    opening = between(rng, 0.45, 0.95)
    alpha = smoothstep(-0.15, 0.15, leaves * 0.7 + boughs * 0.9 + 1.5 * (opening - np.maximum(up, 0.0) * 1.25))
    alpha = alpha * smoothstep(-0.03, 0.02, up + 0.12 * boughs)  # shrubs end where the ground begins
    against = towards @ light.sun
    depth = np.clip(0.35 + 0.9 * boughs + 0.6 * np.maximum(up, 0), 0.05, 1)  # the wood is dark within
    shade = np.clip(depth * (0.8 + 1.2 * leaves), 0.02, 1.2)
    through = 0.55 * np.maximum(against, 0.0) ** 5
    albedo = np.asarray(leaf, np.float32) * shade[..., None]
    colour = albedo * light.on((np.clip(0.15 + leaves - 0.35 * against, 0, 1) + through) * depth) / np.pi
    for _ in range(int(rng.integers(25, 70))):
        away, at = between(rng, 4, 40) , between(rng, -np.pi, np.pi)
        half = between(rng, 0.1, 0.35) / away
        lean = float(rng.normal(0, 0.06))
        turned = (azimuth - at + lean * up + np.pi) % (2 * np.pi) - np.pi
        pixel = np.pi / len(towards)
        trunk = smoothstep(half + pixel / 2, half - pixel / 2, np.abs(turned)) * smoothstep(0.75, 0.35, up)
        trunk = trunk * smoothstep(-1.9 / away, -1.5 / away, up)
        lit_side = np.sign(np.sin(np.arctan2(light.sun[1], light.sun[0]) - at))
        round_ = 0.5 + 0.5 * np.clip(turned / half, -1, 1) * lit_side
        bark = np.asarray((0.10, 0.075, 0.055), np.float32) * light.on(0.45 * round_ * (1 - np.maximum(against, 0)))
        colour = mix(colour, bark * between(rng, 0.5, 1.2) / np.pi, trunk)
        alpha = np.maximum(alpha, trunk)
    return colour.astype(np.float32), alpha.astype(np.float32)


