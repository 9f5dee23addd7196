"""Wood, sawn and growing, and what is made of its fibres."""

import numpy as np

from training.data.colours import Tones
from training.data.noise import Field, Rng, cells, clouds, each, fitted, grid, shifted, smoothstep, wrapped
from training.data.surface import Surface, material, mixed, over, ramp, tinted


def _scale(traits: frozenset[str]) -> float:
    return 1.5 if "large" in traits else 0.64 if "small" in traits else 1.0


def _relief(traits: frozenset[str]) -> float:
    return 2.0 if "rough" in traits else 0.4 if "smooth" in traits else 1.0


def _grain(rng: Rng, size_px: int, y: Field, ring_px: float, wave_px: float) -> Field:
    """Growth rings cut lengthwise: bands along x that swell around each other; about 0–1, dark late wood high."""
    bend = clouds(rng, size_px, 170, 34, falloff=4.0) * wave_px
    phase = (y + bend) / fitted(size_px, ring_px)
    saw = phase - np.floor(phase)
    return (saw**2.2 * smoothstep(1.0, 0.86, saw)).astype(np.float32)


def wood_planks(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Horizontal boards with dark gaps, staggered butt ends with nails, grain along each board."""
    x, y = grid(size_px)
    width = fitted(size_px, rng.uniform(31, 40) * _scale(traits))
    length = fitted(size_px, width * rng.uniform(5.0, 7.0))
    rows, columns = round(size_px / width), round(size_px / length)
    y0 = y + rng.uniform(0, width)
    row = np.floor(y0 / width).astype(np.int32) % rows
    starts = rng.random(64).astype(np.float32)
    along = x / length + starts[row % 64]
    column = np.floor(along).astype(np.int32)
    number = row * 64 + column % columns
    table = np.clip(rng.standard_normal((4, 4096)), -2, 2).astype(np.float32)
    dx, dy = (table[0][number] * 97).astype(np.int32), (table[1][number] * 53).astype(np.int32)
    rings = shifted(_grain(rng, size_px, y, rng.uniform(5.0, 8.5), rng.uniform(5, 9)), dx, dy)
    fibre = shifted(clouds(rng, size_px, 130, 2.6, falloff=2.2), dx, dy)
    streak = shifted(clouds(rng, size_px, 220, 12, falloff=3.0), dx, dy)
    tone = 0.56 + 0.15 * table[2][number] - 0.34 * rings + 0.085 * fibre + 0.08 * streak
    albedo = ramp(tones, tone)
    across, inside = y0 % width, (along - column) * length
    bed, end = np.minimum(across, width - across), np.minimum(inside, length - inside)
    gap = np.minimum(bed, end + 0.4)
    open_gap = 1 - smoothstep(0.7, 1.9, gap)
    nail = smoothstep(2.1, 1.2, np.hypot(end - 6.0, bed - width * 0.24))
    albedo = over(albedo, albedo * 0.3, open_gap)
    albedo = over(albedo, (0.36, 0.34, 0.32), 0.9 * nail)
    relief = (2.8 + 0.35 * table[3][number]) * smoothstep(0.4, 3.2, gap)
    relief = relief + _relief(traits) * (0.22 * fibre - 0.35 * rings) - 0.8 * nail
    sawn = 0.62 + 0.10 * _relief(traits) - 0.08 * rings + 0.03 * fibre
    roughness = mixed(mixed(sawn, 0.95, open_gap), 0.45, nail)
    return material(albedo, relief, roughness, 0.9 * nail)


def wood_grain(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """One board, close up: long rings, fine fibre, now and then a knot; varnished when smooth."""
    x, y = grid(size_px)
    scale = _scale(traits)
    ring = fitted(size_px, rng.uniform(9, 14) * scale)
    bend = clouds(rng, size_px, 200, 60, falloff=4.0) * ring * 1.3
    for _ in range(rng.poisson(0.8 * (size_px / 256) ** 2)):
        cx, cy, r = rng.uniform(0, size_px), rng.uniform(0, size_px), rng.uniform(7, 12) * scale
        u, v = wrapped(x - cx, size_px), wrapped(y - cy, size_px)
        bend = bend + np.sign(v) * -r * np.exp(-((u / 3.2) ** 2 + v**2) / (2 * (1.6 * r) ** 2))
        bend = bend + 2.2 * ring * np.exp(-((u / 1.5) ** 2 + v**2) / (2 * (0.55 * r) ** 2))
    phase = (y + bend) / ring
    saw = phase - np.floor(phase)
    rings = saw**1.8 * smoothstep(1.0, 0.85, saw)
    fibre = clouds(rng, size_px, 120, 2.4, falloff=2.2)
    tone = 0.60 - 0.46 * rings + 0.075 * fibre + 0.06 * clouds(rng, size_px, 150, 40)
    relief = _relief(traits) * (0.25 * fibre - 0.3 * rings)
    varnish = 0.18 if "smooth" in traits else 0.78 if "rough" in traits else rng.uniform(0.35, 0.65)
    return material(ramp(tones, tone), relief, varnish + 0.05 * fibre - 0.05 * rings)


def parquet(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Basket-weave parquet: squares of four strips, the grain turned from square to square; lacquered."""
    x, y = grid(size_px)
    pitch = fitted(size_px, rng.uniform(50, 62), 2)
    column, row = np.floor(x / pitch).astype(np.int32), np.floor(y / pitch).astype(np.int32)
    turned = (column + row) % 2 == 1
    u, v = x - column * pitch, y - row * pitch
    across = np.where(turned, u, v)
    along = np.where(turned, v, u)
    strip = np.floor(across / (pitch / 4)).astype(np.int32)
    number = ((column % 16) * 16 + row % 16) * 4 + strip
    fibre = np.where(turned, clouds(rng, size_px, 3, 110, falloff=2.4), clouds(rng, size_px, 110, 3, falloff=2.4))
    tone = 0.52 + 0.16 * each(rng, number) + 0.10 * fibre
    inside = across - strip * (pitch / 4)
    joint = np.minimum(np.minimum(inside, pitch / 4 - inside), np.minimum(along, pitch - along))
    albedo = ramp(tones, tone)
    dark = 1 - smoothstep(0.3, 1.3, joint)
    relief = smoothstep(0, 2, joint) + 0.08 * fibre + 0.10 * each(rng, number)
    lacquer = rng.uniform(0.2, 0.4) + 0.03 * fibre + 0.03 * each(rng, number)
    return material(over(albedo, albedo * 0.35, dark), relief, mixed(lacquer, 0.9, dark))


def bark(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Rough upright plates of bark with deep fissures."""
    x, y = grid(size_px)
    warp = 7.0 * clouds(rng, size_px, 45, falloff=2.8)
    pitch = rng.uniform(16, 22) * _scale(traits)
    # cells stretch along x only: the axes change places, for bark splits lengthwise.
    _, edge, number = cells(rng, y + np.roll(warp, 40), x + warp, pitch, aspect=2.8)
    plate = smoothstep(0.5, 6.0, edge)
    grain = clouds(rng, size_px, 5, 24, falloff=2.2)
    tone = 0.30 + 0.24 * plate + 0.08 * each(rng, number) + 0.11 * grain + 0.06 * clouds(rng, size_px, 40)
    relief = (4.5 + 0.8 * each(rng, number)) * plate + 0.6 * grain
    return material(ramp(tones, tone), relief, 0.95 - 0.10 * plate + 0.03 * grain)


def wicker(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Round rods woven over and under upright stakes."""
    x, y = grid(size_px)
    rod = fitted(size_px, rng.uniform(9, 11) * _scale(traits), 2)
    stake = fitted(size_px, rng.uniform(20, 25) * _scale(traits), 2)
    row = np.floor(y / rod)
    wave = np.sin(np.pi * (x / stake + row % 2))
    v = (y / rod - row - 0.5) * 2
    tube = np.sqrt(np.maximum(1 - v * v, 0))
    number = row.astype(np.int32) % 64 * 64 + np.floor(x / stake).astype(np.int32) % 64
    fibre = clouds(rng, size_px, 60, 2.5)
    tone = 0.50 + 0.10 * each(rng, number) + 0.07 * fibre + 0.08 * wave
    albedo = tinted(ramp(tones, tone), -0.45 * smoothstep(0.8, 1.0, np.abs(v)))
    rise = (0.35 + 0.65 * smoothstep(-0.9, 0.5, wave)) * tube
    return material(albedo, 5.0 * rise + 0.12 * fibre, 0.50 + 0.04 * fibre + 0.25 * (1 - tube))


def cork(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Pressed cork: granules of many browns with small dark pores."""
    x, y = grid(size_px)
    warp = 1.5 * clouds(rng, size_px, 8)
    _, edge, number = cells(rng, x + warp, y + np.roll(warp, 7), rng.uniform(9, 12) * _scale(traits))
    grain = clouds(rng, size_px, 4, falloff=1.8)
    pores = smoothstep(1.5, 2.1, clouds(rng, size_px, 6, falloff=2.4))
    albedo = ramp(tones, 0.60 + 0.17 * each(rng, number) + 0.07 * grain)
    albedo = over(albedo, np.asarray(tones[0], np.float32) * 0.7, np.maximum(0.55 * smoothstep(1.2, 0.2, edge), 0.8 * pores))
    relief = 0.7 * smoothstep(0.0, 2.0, edge) + 0.3 * grain - 1.6 * pores
    return material(albedo, relief, 0.90 + 0.04 * grain)


def thatch(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Straw laid in layers down a roof: bundles of stalks, ragged at each course."""
    x, y = grid(size_px)
    scale = _scale(traits)
    stalks = np.zeros_like(x)
    tone = np.full_like(x, 0.2)
    for lean in rng.permutation([-0.22, -0.08, 0.05, 0.2]):
        stalk = clouds(rng, size_px, 70 * scale, 2.6 * scale, 1.5708 + lean, falloff=2.4)
        shown = smoothstep(0.0, 0.5, stalk)
        tone = tone + (0.48 + 0.16 * np.clip(stalk, -1, 2) + 0.10 * clouds(rng, size_px, 30) - tone) * shown
        stalks = stalks + (stalk + 1.0 - stalks) * shown
    course = fitted(size_px, rng.uniform(70, 95) * scale)
    ragged = (y + 7.0 * clouds(rng, size_px, 4, 40, falloff=2.2) + rng.uniform(0, course)) / course
    drop = ragged - np.floor(ragged)
    tone = tone + 0.10 * drop - 0.22 * smoothstep(0.10, 0.0, drop)
    return material(ramp(tones, tone), 1.3 * stalks + 5.0 * drop, 0.82 - 0.05 * np.clip(stalks, 0, 2))


def poles(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Smooth round poles standing side by side, each with swollen joints at its own heights."""
    x, y = grid(size_px)
    width = fitted(size_px, rng.uniform(27, 34) * _scale(traits))
    pole = np.floor(x / width).astype(np.int32)
    across = (x / width - pole - 0.5) * 2
    length = fitted(size_px, rng.uniform(75, 105) * _scale(traits))
    along = (y + rng.uniform(0, length, 64).astype(np.float32)[pole % 64]) / length
    away = np.abs(along - np.round(along)) * length  # from the nearest joint, in pixels
    joint = smoothstep(5.0, 2.0, away)
    line = smoothstep(1.9, 0.9, away)
    tube = np.sqrt(np.maximum(1 - across**2, 0))
    fibre = clouds(rng, size_px, 2.4, 80, falloff=2.2)
    tone = 0.56 + 0.11 * each(rng, pole) + 0.06 * fibre + 0.05 * clouds(rng, size_px, 40) + 0.14 * joint
    albedo = over(ramp(tones, tone), np.asarray(tones[0], np.float32) * 0.8, 0.85 * line)
    albedo = over(albedo, np.asarray(tones[0], np.float32) * 0.35, smoothstep(0.88, 0.98, np.abs(across)))
    return material(albedo, 0.42 * width * tube + 1.6 * joint - 1.8 * line, 0.38 + 0.04 * fibre)
