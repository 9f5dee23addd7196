"""Metals: brushed, beaten, rusted, painted."""

import numpy as np

from training.data.colours import RUST, Tones
from training.data.noise import Rng, cells, clouds, grid, smoothstep
from training.data.surface import Surface, over, ramp, tinted


def brushed_metal(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Fine horizontal brushing under a broad soft sheen."""
    fine = clouds(rng, size_px, 160, 2.4, falloff=2.0)
    broad = clouds(rng, size_px, 300, 9, falloff=2.6)
    sheen = clouds(rng, size_px, 120, 200, falloff=4.0)
    strength = 1.7 if "rough" in traits else 0.5 if "smooth" in traits else 1.0
    tone = 0.58 + 0.15 * sheen + strength * (0.085 * fine + 0.05 * broad)
    scratch = smoothstep(2.3, 3.0, clouds(rng, size_px, 90, 2.0, falloff=2.2))
    return Surface(over(ramp(tones, tone), tones[3], 0.5 * scratch), 0.12 * fine)


def polished_metal(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Smooth metal with soft reflections."""
    field = clouds(rng, size_px, 130, 70, rng.uniform(-0.5, 0.5), falloff=4.5)
    bands = 0.5 + 0.5 * np.sin(1.8 * field + rng.uniform(0, 6))
    tone = 0.25 + 0.62 * bands + 0.015 * clouds(rng, size_px, 4)
    return Surface(ramp(tones, tone), 0.02 * clouds(rng, size_px, 30))


def hammered_metal(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Overlapping round dents of the hammer."""
    x, y = grid(size_px)
    scale = 1.5 if "large" in traits else 0.65 if "small" in traits else 1.0
    near, _, number = cells(rng, x, y, rng.uniform(17, 22) * scale, 0.8)
    tone = 0.52 + 0.07 * np.sin(number * 3.3) + 0.09 * clouds(rng, size_px, 90) + 0.02 * clouds(rng, size_px, 4)
    return Surface(ramp(tones, tone), 0.030 * near**2 / scale, 0.45)


def rust(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Corroded iron: flaking patches from dark brown to orange."""
    patch = clouds(rng, size_px, 60, falloff=2.2)
    grain = clouds(rng, size_px, 7, falloff=1.8)
    tone = 0.48 + 0.22 * patch + 0.13 * grain
    flake = smoothstep(0.9, 1.15, clouds(rng, size_px, 26, falloff=2.4))
    albedo = over(ramp(tones, tone), np.asarray(tones[0]) * 0.8, 0.7 * flake)
    return Surface(albedo, 0.55 * grain - 1.6 * flake)


def rusty_metal(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Sheet metal with rust spreading over it and running down."""
    base = tinted(ramp(tones, 0.5 + 0.08 * clouds(rng, size_px, 120, 3)), 0.05 * clouds(rng, size_px, 80))
    spread = clouds(rng, size_px, 60, falloff=2.2) + 0.45 * clouds(rng, size_px, 6, 60, falloff=2.4)
    amount = smoothstep(0.0, 0.8, spread)
    grain = clouds(rng, size_px, 7, falloff=1.8)
    rusted = ramp(RUST["brown"], 0.5 + 0.2 * spread * 0.5 + 0.14 * grain)
    return Surface(over(base, rusted, amount), amount * (1.2 + 0.5 * grain))


def chipped_paint(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Paint flaking off rusty metal: clean edges, a pale primer rim."""
    field = clouds(rng, size_px, 55, falloff=2.1) + 0.4 * clouds(rng, size_px, 10, falloff=2.0)
    bare = smoothstep(0.85, 0.95, field)
    rim = smoothstep(0.62, 0.72, field) * (1 - bare)
    paint = tinted(ramp(tones, 0.55 + 0.05 * clouds(rng, size_px, 80)), 0.05 * clouds(rng, size_px, 6, falloff=2))
    rusted = ramp(RUST["brown"], 0.45 + 0.2 * clouds(rng, size_px, 9, falloff=1.9))
    albedo = over(over(paint, (0.74, 0.70, 0.62), 0.75 * rim), rusted, bare)
    return Surface(albedo, 2.0 * (1 - bare) + 0.3 * clouds(rng, size_px, 8) * (0.4 + bare))


def diamond_plate(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Tread plate: raised lozenges turned left and right in a checker."""
    x, y = grid(size_px)
    pitch = rng.uniform(24, 30) * (1.5 if "large" in traits else 0.65 if "small" in traits else 1.0)
    column, row = np.floor(x / pitch), np.floor(y / pitch)
    turn = np.where((column + row) % 2 == 0, 1.0, -1.0)
    u, v = x - (column + 0.5) * pitch, y - (row + 0.5) * pitch
    along, across = (u + turn * v) * 0.7071, (v - turn * u) * 0.7071
    inside = 1 - (np.abs(along) / (0.56 * pitch)) ** 1.6 - (np.abs(across) / (0.17 * pitch)) ** 1.6
    bump = smoothstep(0.0, 0.5, inside)
    tone = 0.45 + 0.22 * bump + 0.06 * clouds(rng, size_px, 100) + 0.03 * clouds(rng, size_px, 4)
    return Surface(ramp(tones, tone), 2.8 * bump, 0.4)


def corrugated_metal(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Upright round corrugations."""
    x, _ = grid(size_px)
    pitch = rng.uniform(20, 26) * (1.5 if "large" in traits else 0.65 if "small" in traits else 1.0)
    wave = np.sin(2 * np.pi * (x + 0.5 * clouds(rng, size_px, 90)) / pitch)
    tone = 0.5 + 0.16 * wave + 0.06 * clouds(rng, size_px, 70) + 0.03 * clouds(rng, size_px, 4, 40)
    return Surface(ramp(tones, tone), 3.0 * wave, 0.1)
