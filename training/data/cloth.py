"""Cloth, hides and paper."""

import numpy as np

from training.data.colours import Tones
from training.data.noise import Field, Rng, cells, clouds, each, fitted, grid, smoothstep
from training.data.surface import Surface, material, over, ramp, tinted

WEFT = (0.86, 0.86, 0.84)  # undyed cotton


def _scale(traits: frozenset[str]) -> float:
    return 1.5 if "large" in traits else 0.65 if "small" in traits else 1.0


def woven_fabric(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Plain weave, each thread a small cushion, with uneven yarn."""
    x, y = grid(size_px)
    pitch = fitted(size_px, rng.uniform(7.5, 9.5) * _scale(traits), 2)
    warp = 0.7 * clouds(rng, size_px, 30)
    u, v = (x + warp) / pitch, (y + np.roll(warp, 20)) / pitch
    column, row = np.floor(u), np.floor(v)
    over_thread = (column + row) % 2 == 0
    a, b = (u - column - 0.5) * 2, (v - row - 0.5) * 2
    across, along = np.where(over_thread, b, a), np.where(over_thread, a, b)
    cushion = (1 - 0.85 * across**2) * (1 - 0.55 * along**2)
    yarn = np.where(over_thread, clouds(rng, size_px, 120, 6), clouds(rng, size_px, 6, 120))
    tone = 0.34 + 0.26 * cushion + 0.08 * yarn - 0.06 * over_thread
    return material(ramp(tones, tone), 2.4 * cushion + 0.15 * yarn, 0.88 + 0.03 * yarn)


def denim(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Twill of dyed warp over white weft: fine steep diagonals, slubs down the cloth, faded where it stands out."""
    x, y = grid(size_px)
    pitch = fitted(size_px, rng.uniform(5.0, 6.5) * _scale(traits))
    bend = 0.5 * clouds(rng, size_px, 30)
    diagonal = (x + bend) / pitch + 2.0 * np.floor(y / pitch) / 3.0 + y / pitch / 3.0
    saw = np.abs(diagonal - np.floor(diagonal) - 0.5) * 2
    thread = np.sqrt(np.clip(1 - (saw * 1.05) ** 2, 0, 1))
    slub = clouds(rng, size_px, 2.5, 60, falloff=2.2)
    fade = clouds(rng, size_px, 70, falloff=2.6)
    tone = 0.40 + 0.12 * slub + 0.10 * fade
    albedo = over(ramp(tones, tone), WEFT, np.clip(0.50 - 0.5 * thread + 0.06 * fade, 0, 0.6).astype(np.float32))
    return material(albedo, 1.6 * thread + 0.2 * slub, 0.90 + 0.02 * slub)


def felt(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Pressed wool: short fibres lying every way, no weave."""
    fibres = np.full((size_px, size_px), -2.0, np.float32)
    for angle in rng.uniform(0, np.pi, 5):
        fibres = np.maximum(fibres, clouds(rng, size_px, 14 * _scale(traits), 1.6, angle, falloff=2.4))
    matted = clouds(rng, size_px, 30, falloff=2.2)
    tone = 0.34 + 0.09 * fibres + 0.05 * matted
    return material(ramp(tones, tone), 0.55 * fibres + 0.9 * matted, 0.97)


def carpet(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Loop pile: round tufts in rows, a few of another tone."""
    x, y = grid(size_px)
    pitch = rng.uniform(7.5, 10.0) * _scale(traits)
    near, _, number = cells(rng, x, y, pitch, 0.45, stagger=True)
    tuft = np.sqrt(np.clip(1 - (near / (0.62 * pitch)) ** 2, 0, 1))
    shade = np.clip(rng.standard_normal(4096), -2, 2).astype(np.float32)[number % 4096]
    twist = clouds(rng, size_px, 5, 2, rng.uniform(0, 3), falloff=2.0)
    tone = 0.34 + 0.16 * tuft + 0.09 * shade + 0.06 * twist + 0.05 * clouds(rng, size_px, 70)
    return material(ramp(tones, tone), 4.2 * tuft + 0.25 * twist, 0.97)


def knit(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Stocking stitch: columns of V-shaped loops of soft yarn."""
    x, y = grid(size_px)
    width = fitted(size_px, rng.uniform(14, 18) * _scale(traits))
    height = fitted(size_px, width * 0.72)
    u = (x + 0.8 * clouds(rng, size_px, 40)) / width
    column = np.floor(u)
    a = (u - column - 0.5) * 2
    v = (y + 0.6 * clouds(rng, size_px, 40)) / height - np.abs(a) * 0.95
    b = (v - np.floor(v) - 0.5) * 2
    side = np.abs(a)
    loop = np.sqrt(np.maximum(1 - (np.abs(b)) ** 2.2, 0)) * smoothstep(1.02, 0.80, side) * smoothstep(0.0, 0.22, side)
    fuzz = clouds(rng, size_px, 3, falloff=1.8)
    tone = 0.26 + 0.32 * loop + 0.06 * fuzz + 0.05 * clouds(rng, size_px, 60)
    return material(ramp(tones, tone), 3.4 * loop + 0.15 * fuzz, 0.95)


def velvet(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Soft pile in wide folds, pale where the pile leans away."""
    fold = clouds(rng, size_px, 150, 55, rng.uniform(0.6, 1.0), falloff=4.0)
    pile = clouds(rng, size_px, 4, falloff=1.8)
    tone = 0.36 + 0.16 * np.abs(np.tanh(fold)) + 0.035 * pile
    return material(ramp(tones, tone), 6.0 * fold + 0.08 * pile, 0.80 + 0.03 * pile)


def leather(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Pebbled hide: small rounded cells between fine creases, waxed where it is rubbed."""
    x, y = grid(size_px)
    warp = 2.0 * clouds(rng, size_px, 20)
    pitch = rng.uniform(8, 11) * _scale(traits)
    _, edge, _ = cells(rng, x + warp, y + np.roll(warp, 11), pitch)
    pebble = np.sqrt(smoothstep(0.0, pitch * 0.45, edge))
    wear = clouds(rng, size_px, 70, falloff=2.5)
    tone = 0.36 + 0.13 * pebble + 0.09 * wear + 0.03 * clouds(rng, size_px, 4)
    return material(ramp(tones, tone), 1.7 * pebble, 0.58 - 0.14 * pebble - 0.05 * wear)


def fur(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Short hair combed downwards in tufts."""
    scale = _scale(traits)
    angle = 1.35 + rng.uniform(-0.15, 0.15)
    tuft = clouds(rng, size_px, 60 * scale, 16 * scale, angle, falloff=2.6)
    hair = clouds(rng, size_px, 34 * scale, 2.6, angle + 0.12, falloff=2.0)
    hair2 = clouds(rng, size_px, 34 * scale, 2.6, angle - 0.16, falloff=2.0)
    strand = np.where(tuft > 0, hair, hair2)
    tone = 0.48 + 0.13 * tuft + 0.15 * strand
    return material(ramp(tones, tone), 1.4 * tuft + 0.6 * strand, 0.72 - 0.04 * strand)


def quilt(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Padded diamonds drawn in by stitching."""
    x, y = grid(size_px)
    pitch = fitted(size_px, rng.uniform(40, 50) * _scale(traits))
    a, b = (x + y) / pitch, (x - y) / pitch
    da, db = np.abs(a - np.round(a)), np.abs(b - np.round(b))
    seam = np.minimum(da, db) * pitch * 0.7
    puff = np.sqrt(np.sin(np.pi * da) * np.sin(np.pi * db))
    hide = clouds(rng, size_px, 4)
    stitches = smoothstep(1.3, 0.5, seam) * (np.sin((x - y) * 2 * np.pi * round(size_px / 5) / size_px) > 0)
    albedo = over(ramp(tones, 0.40 + 0.08 * puff + 0.03 * hide), np.asarray(tones[2]), 0.6 * stitches)
    return material(albedo, 9.0 * puff + 0.08 * hide, 0.42 + 0.04 * hide + 0.3 * stitches)


def _twill(size_px: int) -> Field:
    x, y = grid(size_px)
    return np.sin((x + y) * 2 * np.pi * round(size_px / 5) / size_px)


def plaid(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Tartan: broad crossing bands with thin pale lines."""
    x, y = grid(size_px)
    pitch = fitted(size_px, rng.uniform(52, 64) * _scale(traits))
    u, v = x / pitch, y / pitch
    fu, fv = u - np.floor(u), v - np.floor(v)
    band = 0.5 * (smoothstep(0.0, 0.02, fu - 0.4) + smoothstep(0.0, 0.02, fv - 0.4))
    line = np.maximum(smoothstep(0.03, 0.018, np.abs(fu - 0.7)), smoothstep(0.03, 0.018, np.abs(fv - 0.7)))
    twill = _twill(size_px)
    albedo = over(ramp(tones, 0.62 - 0.55 * band + 0.03 * twill), (0.92, 0.88, 0.78), 0.7 * line)
    return material(tinted(albedo, 0.04 * twill), 0.25 * twill + 0.1 * clouds(rng, size_px, 3), 0.92)


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
    sized = 0.55 if "smooth" in traits else 0.85
    return material(ramp(tones, tone), relief, sized + 0.03 * fibre)


def ribbed_cloth(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Cut pile in upright round cords, straight and even, with a dark furrow between each two."""
    x, _ = grid(size_px)
    pitch = fitted(size_px, rng.uniform(15, 19) * _scale(traits))
    across = ((x + 0.5 * clouds(rng, size_px, 20, 60)) / pitch) % 1 * 2 - 1
    cord = np.sqrt(np.maximum(1 - across**2, 0))
    tuft = clouds(rng, size_px, 5, 2.2, falloff=2.0)
    rubbed = clouds(rng, size_px, 60, falloff=2.4)
    tone = 0.04 + 0.50 * cord + 0.07 * tuft * cord + 0.06 * rubbed
    return material(ramp(tones, tone), 4.6 * cord + 0.35 * tuft, 0.92 + 0.02 * tuft)


def sacking(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Open plain weave of thick hairy yarns, uneven from thread to thread, with dark holes between them."""
    x, y = grid(size_px)
    pitch = fitted(size_px, rng.uniform(15, 18) * _scale(traits), 2)
    bend = 1.3 * clouds(rng, size_px, 30)
    u, v = (x + bend) / pitch, (y + np.roll(bend, 31)) / pitch
    column, row = np.floor(u).astype(np.int32), np.floor(v).astype(np.int32)
    a, b = (u - column - 0.5) * 2, (v - row - 0.5) * 2
    column, row = column % round(size_px / pitch), row % round(size_px / pitch)
    half = 0.66 + 0.10 * each(rng, column), 0.66 + 0.10 * each(rng, row)
    upright, level = (np.sqrt(np.maximum(1 - (one / wide) ** 2, 0)) for one, wide in zip((a, b), half, strict=True))
    wave = np.cos(np.pi * a / 2) * np.cos(np.pi * b / 2) * np.where((column + row) % 2 == 0, 1, -1)
    upright_top = np.where(upright > 0, 1.4 * upright + wave, -2.0)
    level_top = np.where(level > 0, 1.4 * level - wave, -2.0)
    top = np.maximum(upright_top, level_top)
    hole = smoothstep(-0.9, -1.6, top)
    hairs = clouds(rng, size_px, 3, 12, falloff=2.0), clouds(rng, size_px, 12, 3, falloff=2.0)
    hair = np.where(upright_top > level_top, *hairs)
    thread = np.where(upright_top > level_top, each(rng, column), each(rng, row))
    tone = 0.44 + 0.13 * np.clip(top, -1, 2) + 0.10 * hair + 0.07 * thread
    albedo = over(ramp(tones, tone), np.asarray(tones[0], np.float32) * 0.45, hole)
    return material(albedo, 2.6 * np.maximum(top, -1.5) + 0.3 * hair, 0.94 + 0.02 * hair)
