"""Plastic and rubber: cast, moulded, pressed."""

import numpy as np

from training.data.colours import Tones
from training.data.noise import Rng, cells, clouds, each, fitted, grid, smoothstep
from training.data.surface import Surface, material, over, ramp


def _scale(traits: frozenset[str]) -> float:
    return 1.5 if "large" in traits else 0.65 if "small" in traits else 1.0


def plastic(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Moulded plastic: even colour, a fine pebble grain, panel seams with round edges, a few hairline scratches."""
    x, y = grid(size_px)
    pitch = fitted(size_px, rng.uniform(80, 130) * _scale(traits))
    start = rng.uniform(0, pitch, 2)
    u, v = (x + start[0]) % pitch, (y + start[1]) % pitch
    ends, beds = np.minimum(u, pitch - u), np.minimum(v, pitch - v)
    corner = np.where((ends < 9) & (beds < 9), 9 - np.hypot(9 - ends, 9 - beds), np.minimum(ends, beds))
    _, edge, _ = cells(rng, x, y, 4.0)
    grain = smoothstep(0.0, 1.6, edge)
    scratch = smoothstep(2.6, 3.1, clouds(rng, size_px, 70, 1.6, rng.uniform(0, 3), falloff=2.4))
    textured = 0.0 if "smooth" in traits else 0.35 if "rough" in traits else 0.18
    albedo = ramp(tones, 0.52 + 0.03 * clouds(rng, size_px, 90))
    albedo = over(albedo, tones[2], 0.35 * scratch)
    relief = 2.4 * smoothstep(0.6, 4.0, corner) + textured * grain - 0.2 * scratch
    return material(albedo, relief, 0.16 + 1.1 * textured + 0.25 * scratch)


def rubber(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Rubber matting: rows of round studs on a dull, faintly pitted sheet."""
    x, y = grid(size_px)
    pitch = fitted(size_px, rng.uniform(28, 38) * _scale(traits), 2)
    row = np.floor(y / pitch)
    u = x / pitch + (row % 2) * 0.5
    away = np.hypot(u - np.floor(u) - 0.5, y / pitch - row - 0.5) * pitch
    stud = smoothstep(0.37 * pitch, 0.28 * pitch, away)
    grain = clouds(rng, size_px, 3, falloff=1.8)
    scuffed = clouds(rng, size_px, 50, falloff=2.3)
    tone = 0.42 + 0.05 * grain + 0.08 * scuffed + 0.07 * stud
    pits = smoothstep(2.2, 2.7, clouds(rng, size_px, 5, falloff=3.0))
    return material(ramp(tones, tone), 3.6 * stud + 0.12 * grain - 0.8 * pits, 0.74 + 0.06 * scuffed - 0.10 * stud)


def resin(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Clear resin, hardened: deep glow, flowing swirls, and bubbles with a dark rim and a bright heart."""
    x, y = grid(size_px)
    angle = rng.uniform(-0.6, 0.6)
    depth = clouds(rng, size_px, 110 * _scale(traits), falloff=5.0)
    swirl = clouds(rng, size_px, 110, 24, angle, falloff=4.5)
    albedo = ramp(tones, 0.56 + 0.20 * depth + 0.10 * swirl)
    for pitch, share in ((70 * _scale(traits), 0.6), (34 * _scale(traits), -0.9)):
        near, _, number = cells(rng, x, y, pitch, 0.75)
        radius = pitch * (0.17 + 0.05 * each(rng, number)) * (each(rng, number) < share)
        away = near / np.maximum(radius, 0.1)
        albedo = over(albedo, tones[3], 0.45 * smoothstep(0.9, 0.1, away))
        albedo = over(albedo, np.asarray(tones[0]), 0.42 * smoothstep(0.34, 0.10, np.abs(away - 1.0)) * (radius > 1))
    return material(albedo, 1.2 * clouds(rng, size_px, 90, falloff=5.0), 0.06)
