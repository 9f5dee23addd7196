"""Wood, sawn and growing, and what is woven from it."""

import numpy as np

from training.data.colours import Tones
from training.data.noise import Field, Rng, cells, clouds, grid, shifted, smoothstep
from training.data.surface import Surface, over, ramp, tinted


def _grain(rng: Rng, size_px: int, x: Field, y: Field, ring_px: float, wave_px: float) -> Field:
    """Growth rings cut lengthwise: bands along x that swell around each other; about 0–1, dark late wood high."""
    bend = clouds(rng, size_px, 170, 34, falloff=4.0) * wave_px
    phase = (y + bend) / ring_px
    saw = phase - np.floor(phase)
    return (saw**2.2 * smoothstep(1.0, 0.86, saw)).astype(np.float32)


def wood_planks(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Horizontal boards with dark gaps, staggered butt ends with nails, grain along each board."""
    x, y = grid(size_px)
    scale = 1.5 if "large" in traits else 0.62 if "small" in traits else 1.0
    width = rng.uniform(31, 40) * scale
    length = width * rng.uniform(5.0, 7.0)
    y0 = y + rng.uniform(0, width)
    row = np.floor(y0 / width).astype(np.int32)
    starts = rng.random(64).astype(np.float32)
    along = x / length + starts[row % 64]
    column = np.floor(along).astype(np.int32)
    number = (row % 64) * 64 + column % 64
    table = np.clip(rng.standard_normal((4, 4096)), -2, 2).astype(np.float32)
    dx, dy = (table[0][number] * 97).astype(np.int32), (table[1][number] * 53).astype(np.int32)
    ring = rng.uniform(5.0, 8.5)
    rings = shifted(_grain(rng, size_px, x, y, ring, rng.uniform(5, 9)), dx, dy)
    fibre = shifted(clouds(rng, size_px, 130, 2.6, falloff=2.2), dx, dy)
    streak = shifted(clouds(rng, size_px, 220, 12, falloff=3.0), dx, dy)
    tone = 0.56 + 0.15 * table[2][number] - 0.34 * rings + 0.085 * fibre + 0.08 * streak
    albedo = ramp(tones, tone)
    across, inside = (y0 / width - row) * width, (along - column) * length
    bed, end = np.minimum(across, width - across), np.minimum(inside, length - inside)
    gap = np.minimum(bed, end + 0.4)
    open_gap = 1 - smoothstep(0.7, 1.9, gap)
    nail = np.hypot(end - 6.0, bed - width * 0.24)
    albedo = over(albedo, albedo * 0.22, open_gap)
    albedo = over(albedo, (0.13, 0.11, 0.10), 0.9 * smoothstep(2.1, 1.2, nail))
    rough = 2.0 if "rough" in traits else 0.4 if "smooth" in traits else 1.0
    relief = 2.6 * smoothstep(0.4, 3.2, gap) + rough * (0.22 * fibre - 0.35 * rings)
    return Surface(albedo, relief)


def wood_grain(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """One board, close up: long rings, fine fibre, now and then a knot."""
    x, y = grid(size_px)
    scale = 1.5 if "large" in traits else 0.65 if "small" in traits else 1.0
    ring = rng.uniform(9, 14) * scale
    bend = clouds(rng, size_px, 200, 60, falloff=4.0) * ring * 1.3
    for _ in range(rng.poisson(0.8 * (size_px / 256) ** 2)):
        cx, cy, r = rng.uniform(0, size_px), rng.uniform(0, size_px), rng.uniform(7, 12) * scale
        d = ((x - cx) / 3.2) ** 2 + (y - cy) ** 2
        bend = bend + np.sign(y - cy) * -r * np.exp(-d / (2 * (1.6 * r) ** 2))
        bend = bend + 2.2 * ring * np.exp(-(((x - cx) / 1.5) ** 2 + (y - cy) ** 2) / (2 * (0.55 * r) ** 2))
    phase = (y + bend) / ring
    saw = phase - np.floor(phase)
    rings = saw**1.8 * smoothstep(1.0, 0.85, saw)
    fibre = clouds(rng, size_px, 120, 2.4, falloff=2.2)
    tone = 0.60 - 0.46 * rings + 0.075 * fibre + 0.06 * clouds(rng, size_px, 150, 40)
    polish = 0.12 if "smooth" in traits else 0.0
    return Surface(ramp(tones, tone), 0.25 * fibre * (2.2 if "rough" in traits else 1.0) - 0.3 * rings, polish)


def parquet(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Basket-weave parquet: squares of four strips, the grain turned from square to square."""
    x, y = grid(size_px)
    pitch = rng.uniform(50, 62)
    column, row = np.floor(x / pitch).astype(np.int32), np.floor(y / pitch).astype(np.int32)
    turned = (column + row) % 2 == 1
    u, v = x - column * pitch, y - row * pitch
    across = np.where(turned, u, v)
    along = np.where(turned, v, u)
    strip = np.floor(across / (pitch / 4)).astype(np.int32)
    number = ((column % 16) * 16 + row % 16) * 4 + strip
    table = np.clip(rng.standard_normal((2, 1024)), -2, 2).astype(np.float32)
    flat_grain = clouds(rng, size_px, 110, 3, falloff=2.4)
    up_grain = clouds(rng, size_px, 3, 110, falloff=2.4)
    fibre = np.where(turned, up_grain, flat_grain)
    tone = 0.52 + 0.16 * table[0][number] + 0.10 * fibre
    inside = across - strip * (pitch / 4)
    joint = np.minimum(np.minimum(inside, pitch / 4 - inside), np.minimum(along, pitch - along))
    albedo = ramp(tones, tone)
    return Surface(over(albedo, albedo * 0.35, 1 - smoothstep(0.3, 1.3, joint)), smoothstep(0, 2, joint), 0.1)


def bark(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Rough upright plates of bark with deep fissures."""
    x, y = grid(size_px)
    scale = 1.5 if "large" in traits else 0.65 if "small" in traits else 1.0
    warp = 7.0 * clouds(rng, size_px, 45, falloff=2.8)
    _, edge, _ = cells(rng, x + warp, (y + np.roll(warp, 40)) / 2.8, rng.uniform(16, 22) * scale)
    plate = smoothstep(0.5, 6.0, edge)
    grain = clouds(rng, size_px, 5, 24, falloff=2.2)
    tone = 0.12 + 0.52 * plate + 0.11 * grain + 0.06 * clouds(rng, size_px, 40)
    return Surface(ramp(tones, tone), 4.0 * plate + 0.5 * grain)


def wicker(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Round rods woven over and under upright stakes."""
    x, y = grid(size_px)
    scale = 1.5 if "large" in traits else 0.7 if "small" in traits else 1.0
    rod, stake = rng.uniform(9, 11) * scale, rng.uniform(20, 25) * scale
    row = np.floor(y / rod)
    wave = np.sin(np.pi * (x / stake + row % 2))
    v = (y / rod - row - 0.5) * 2
    tube = np.sqrt(np.maximum(1 - v * v, 0))
    table = np.clip(rng.standard_normal(4096), -2, 2).astype(np.float32)
    number = (row.astype(np.int32) % 64) * 64 + np.floor(x / stake).astype(np.int32) % 64
    tone = 0.30 + 0.30 * tube + 0.20 * wave * tube + 0.06 * table[number] + 0.05 * clouds(rng, size_px, 60, 2.5)
    albedo = tinted(ramp(tones, tone), -0.6 * smoothstep(0.75, 1.0, np.abs(v)))
    return Surface(albedo, 2.6 * tube + 2.2 * wave)
