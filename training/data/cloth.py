"""Cloth, hides and paper."""

import numpy as np

from training.data.colours import Tones
from training.data.noise import Rng, cells, clouds, grid, smoothstep
from training.data.surface import Surface, over, ramp, tinted


def _scale(traits: frozenset[str]) -> float:
    return 1.5 if "large" in traits else 0.65 if "small" in traits else 1.0


def woven_fabric(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Plain weave, each thread a small cushion, with uneven yarn."""
    x, y = grid(size_px)
    pitch = rng.uniform(7.5, 9.5) * _scale(traits)
    warp = 0.7 * clouds(rng, size_px, 30)
    u, v = (x + warp) / pitch, (y + np.roll(warp, 20)) / pitch
    column, row = np.floor(u), np.floor(v)
    over_thread = (column + row) % 2 == 0
    a, b = (u - column - 0.5) * 2, (v - row - 0.5) * 2
    across, along = np.where(over_thread, b, a), np.where(over_thread, a, b)
    cushion = (1 - 0.85 * across**2) * (1 - 0.55 * along**2)
    yarn = np.where(over_thread, clouds(rng, size_px, 120, 6), clouds(rng, size_px, 6, 120))
    tone = 0.16 + 0.55 * cushion + 0.08 * yarn - 0.06 * over_thread
    return Surface(ramp(tones, tone), 1.8 * cushion)


def knit(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Stocking stitch: columns of V-shaped loops of soft yarn."""
    x, y = grid(size_px)
    width = rng.uniform(14, 18) * _scale(traits)
    height = width * 0.72
    u = (x + 0.8 * clouds(rng, size_px, 40)) / width
    column = np.floor(u)
    a = (u - column - 0.5) * 2
    v = (y + 0.6 * clouds(rng, size_px, 40)) / height - np.abs(a) * 0.95
    b = (v - np.floor(v) - 0.5) * 2
    side = np.abs(a)
    loop = np.sqrt(np.maximum(1 - (np.abs(b)) ** 2.2, 0)) * smoothstep(1.02, 0.80, side) * smoothstep(0.0, 0.22, side)
    fuzz = clouds(rng, size_px, 3, falloff=1.8)
    tone = 0.08 + 0.62 * loop + 0.06 * fuzz + 0.05 * clouds(rng, size_px, 60)
    return Surface(ramp(tones, tone), 2.6 * loop)


def velvet(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Soft pile in wide folds, bright along the crests."""
    fold = clouds(rng, size_px, 150, 55, rng.uniform(0.6, 1.0), falloff=4.0)
    pile = clouds(rng, size_px, 4, falloff=1.8)
    tone = 0.30 + 0.30 * np.abs(np.tanh(fold)) * 1.2 + 0.035 * pile
    return Surface(ramp(tones, tone), 3.5 * fold)


def leather(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Pebbled hide: small rounded cells between fine creases."""
    x, y = grid(size_px)
    warp = 2.0 * clouds(rng, size_px, 20)
    pitch = rng.uniform(8, 11) * _scale(traits)
    _, edge, _ = cells(rng, x + warp, y + np.roll(warp, 11), pitch)
    pebble = np.sqrt(smoothstep(0.0, pitch * 0.45, edge))
    wear = clouds(rng, size_px, 70, falloff=2.5)
    tone = 0.28 + 0.25 * pebble + 0.09 * wear + 0.03 * clouds(rng, size_px, 4)
    return Surface(ramp(tones, tone), 1.7 * pebble, 0.28)


def fur(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Short hair combed downwards in tufts."""
    angle = 1.35 + rng.uniform(-0.15, 0.15)
    tuft = clouds(rng, size_px, 60, 16, angle, falloff=2.6)
    hair = clouds(rng, size_px, 34, 2.6, angle + 0.12, falloff=2.0)
    hair2 = clouds(rng, size_px, 34, 2.6, angle - 0.16, falloff=2.0)
    strand = np.where(tuft > 0, hair, hair2)
    tone = 0.48 + 0.15 * tuft + 0.15 * strand
    return Surface(ramp(tones, tone), 1.2 * tuft + 0.6 * strand)


def quilt(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Padded diamonds drawn in by stitching."""
    x, y = grid(size_px)
    pitch = rng.uniform(40, 50) * _scale(traits)
    a, b = (x + y) / pitch, (x - y) / pitch
    da, db = np.abs(a - np.round(a)) * pitch * 0.7, np.abs(b - np.round(b)) * pitch * 0.7
    puff = np.sqrt(np.clip(np.minimum(da, db) / (pitch * 0.35), 0, 1))
    tone = 0.25 + 0.42 * puff + 0.03 * clouds(rng, size_px, 4)
    return Surface(ramp(tones, tone), 7.0 * puff, 0.2)


def plaid(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Tartan: broad crossing bands with thin pale lines."""
    x, y = grid(size_px)
    pitch = rng.uniform(52, 64) * _scale(traits)
    u, v = x / pitch, y / pitch
    fu, fv = u - np.floor(u), v - np.floor(v)
    band = 0.5 * (smoothstep(0.0, 0.02, fu - 0.4) + smoothstep(0.0, 0.02, fv - 0.4))
    line = np.maximum(smoothstep(0.03, 0.018, np.abs(fu - 0.7)), smoothstep(0.03, 0.018, np.abs(fv - 0.7)))
    twill = np.sin((x + y) * 2 * np.pi / 5)
    albedo = over(ramp(tones, 0.62 - 0.55 * band + 0.03 * twill), (0.92, 0.88, 0.78), 0.7 * line)
    return Surface(tinted(albedo, 0.04 * twill), 0.2 * twill)


def paper(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Paper: faint fibres; crumpled into flat facets when rough."""
    x, y = grid(size_px)
    fibre = clouds(rng, size_px, 14, 4, rng.uniform(0, 3), falloff=2.2)
    tone = 0.62 + 0.03 * fibre + 0.05 * clouds(rng, size_px, 90)
    relief = 0.12 * fibre
    if "rough" in traits:
        near, _, _ = cells(rng, x + 8 * clouds(rng, size_px, 60), y, 44)
        near2, _, _ = cells(rng, x, y + 6 * clouds(rng, size_px, 50), 27)
        relief = relief + 0.30 * near - 0.22 * near2
    return Surface(ramp(tones, tone), relief)
