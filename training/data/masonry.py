"""Walls and floors laid from pieces: brick, stone, cobbles, tiles, mosaic, roofs."""

import numpy as np
from numpy.typing import NDArray

from training.data.colours import BRICK, DYE, METAL, Tones
from training.data.noise import Field, Rng, cells, clouds, each, fitted, grid, smoothstep
from training.data.surface import Surface, flat, material, mixed, over, ramp, tinted


def _scale(traits: frozenset[str]) -> float:
    return 1.55 if "large" in traits else 0.62 if "small" in traits else 1.0


def _relief(traits: frozenset[str]) -> float:
    return 1.8 if "rough" in traits else 0.3 if "smooth" in traits else 1.0


def _irregularity(traits: frozenset[str]) -> float:
    return 2.2 if "irregular" in traits else 0.3 if "regular" in traits else 1.0


def _courses(
    rng: Rng, x: Field, y: Field, length_px: float, height_px: float, offset: float
) -> tuple[Field, Field, NDArray[np.int32]]:
    """Rows of blocks, each row shifted by `offset` lengths against the last; the pitches are `fitted` by the caller.

    Returns the distance in pixels to the block's ends and to its beds, and the block's number (below 64 × 64).
    """
    size = x.shape[0]
    columns, rows = round(size / length_px), round(size / height_px)
    y = y + rng.uniform(0, height_px)
    row = np.floor(y / height_px)
    along = x / length_px + (row % 2) * offset + rng.uniform(0, 1)
    column = np.floor(along)
    across = y / height_px - row
    inside = along - column
    ends = np.minimum(inside, 1 - inside) * length_px
    beds = np.minimum(across, 1 - across) * height_px
    return ends, beds, (row.astype(np.int32) % rows) * 64 + column.astype(np.int32) % columns


def _rounded(ends: Field, beds: Field, radius_px: float) -> Field:
    """Distance from inside a rectangle to its outline with corners rounded by `radius_px`."""
    dx, dy = np.maximum(radius_px - ends, 0), np.maximum(radius_px - beds, 0)
    return np.where((ends < radius_px) & (beds < radius_px), radius_px - np.hypot(dx, dy), np.minimum(ends, beds))


def _bond(rng: Rng, size_px: int, traits: frozenset[str]) -> tuple[Field, Field, NDArray[np.int32]]:
    """Running bond, about eight courses in 200 pixels: depth inside the brick (pixels), brick 0–1, number."""
    x, y = grid(size_px)
    height = fitted(size_px, rng.uniform(23, 29) * _scale(traits), 2)
    length = fitted(size_px, height * rng.uniform(2.2, 2.6))
    joint = np.clip(height * rng.uniform(0.11, 0.16), 2.2, 6.0)
    wobble = 0.6 * _relief(traits) * _irregularity(traits)
    ends, beds, number = _courses(
        rng, x + wobble * clouds(rng, size_px, 14), y + wobble * clouds(rng, size_px, 14), length, height, 0.5
    )
    inside = _rounded(ends, beds, joint * 0.5 + 2.5) - joint * 0.5 - 0.3 * _irregularity(traits) * each(rng, number)
    return inside, smoothstep(-0.8, 0.8, inside), number


def brick_wall(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Running bond of fired bricks in pale mortar, each brick standing a little differently."""
    inside, brick, number = _bond(rng, size_px, traits)
    grain = clouds(rng, size_px, 9, falloff=1.9)
    fired = ramp(tones[:3], 0.5 + 0.20 * each(rng, number) + 0.09 * grain + 0.05 * clouds(rng, size_px, 50))
    fired = tinted(fired, 0.10 * each(rng, number))
    speck = smoothstep(1.7, 2.4, clouds(rng, size_px, 5, falloff=2.5))
    fired = over(fired, fired * 0.55, speck * 0.7)
    sandy = clouds(rng, size_px, 3, falloff=1.8)
    mortar = tinted(flat(tones[3], size_px), 0.06 * clouds(rng, size_px, 5, falloff=2.0))
    relief = (2.4 + 0.35 * each(rng, number)) * smoothstep(-1.0, 2.5, inside)
    relief = relief + 0.16 * _relief(traits) * grain * brick + 0.2 * sandy * (1 - brick) - 0.6 * speck * brick
    faces = 0.74 + 0.05 * each(rng, number) + 0.04 * grain + (0.06 if "rough" in traits else 0.0)
    return material(over(mortar, fired, brick), relief, mixed(0.93 + 0.03 * sandy, faces, brick))


def painted_brick(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Brick and joints under one coat of paint, softened by it, worn off some arrises."""
    inside, brick, number = _bond(rng, size_px, traits)
    grain = clouds(rng, size_px, 7, falloff=1.9)
    relief = 1.7 * smoothstep(-2.0, 3.0, inside) + 0.12 * _relief(traits) * grain
    coat = ramp(tones, 0.60 + 0.05 * each(rng, number) + 0.04 * grain + 0.06 * clouds(rng, size_px, 70))
    wear = clouds(rng, size_px, 40, falloff=2.1) + 0.3 * clouds(rng, size_px, 5, falloff=2.0)
    bare = smoothstep(1.45, 1.6, wear) * brick
    clay = ramp(BRICK["red"][:3], 0.5 + 0.15 * each(rng, number) + 0.1 * grain)
    return material(over(coat, clay, bare), relief - 0.5 * bare, mixed(0.48 + 0.05 * grain, 0.85, bare))


def stone_wall(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Squared rubble of uneven blocks with recessed joints."""
    x, y = grid(size_px)
    pitch = rng.uniform(30, 38) * _scale(traits)
    warp = 3.0 * clouds(rng, size_px, 40)
    jitter = 0.5 if "regular" in traits else 0.95 if "irregular" in traits else 0.72
    _, edge, number = cells(rng, x + warp, y + np.roll(warp, 17), pitch, jitter, square=True, aspect=1.6)
    inside = edge - pitch * 0.07
    stone = smoothstep(-0.6, 1.6, inside)
    grain = clouds(rng, size_px, 16, falloff=2.0)
    sandy = clouds(rng, size_px, 6, falloff=2.0)
    mortar = tinted(flat(tones[0], size_px), 0.08 * sandy)
    blocks = ramp(tones, 0.5 + 0.20 * each(rng, number) + 0.12 * grain)
    relief = (4.2 + each(rng, number)) * smoothstep(-1, pitch * 0.28, inside) + 0.8 * _relief(traits) * grain * stone
    return material(over(mortar, blocks, stone), relief + 0.2 * sandy, mixed(0.95, 0.80 + 0.05 * grain, stone))


def cobblestone(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Rounded setts, domed and polished by feet, sandy in the joints."""
    x, y = grid(size_px)
    pitch = rng.uniform(25, 31) * _scale(traits)
    jitter = min(0.5 * _irregularity(traits), 0.85)
    _, edge, number = cells(rng, x, y, pitch, jitter, stagger=True)
    inside = edge - 2.0
    dome = smoothstep(-1.0, pitch * 0.42, inside)
    grain = clouds(rng, size_px, 10, falloff=2.0)
    joint = tinted(flat(tones[0], size_px), -0.15 + 0.1 * clouds(rng, size_px, 5))
    setts = ramp(tones, 0.5 + 0.18 * each(rng, number) + 0.10 * grain)
    sett = smoothstep(-0.8, 1.2, inside)
    relief = (6.0 + 0.5 * each(rng, number)) * np.sqrt(dome) + 0.35 * _relief(traits) * grain
    return material(over(joint, setts, sett), relief, mixed(0.95, 0.78 - 0.25 * dome + 0.04 * grain, sett))


def pebbles(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Loose round stones, smooth from the water, each of a stone of its own."""
    x, y = grid(size_px)
    pitch = rng.uniform(14, 20) * _scale(traits)
    _, edge, number = cells(rng, x, y, pitch, 0.9)
    dome = np.sqrt(smoothstep(-0.5, pitch * 0.5, edge - 0.6))
    tone = 0.5 + 0.26 * each(rng, number) + 0.06 * clouds(rng, size_px, 6, falloff=2.0)
    warm = each(rng, number)
    hue = 1.0 + 0.05 * np.stack([warm, 0 * edge, -warm], axis=-1)
    stone = smoothstep(0.2, 1.8, edge)
    albedo = over(flat(tones[0], size_px) * 0.75, ramp(tones, tone) * hue, stone)
    return material(albedo, 5.0 * dome, mixed(0.95, 0.42 + 0.10 * each(rng, number), stone))


def ceramic_tiles(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Square glazed tiles with pale, straight, matt grout; no two lie quite level."""
    x, y = grid(size_px)
    pitch = fitted(size_px, rng.uniform(38, 48) * _scale(traits))
    ends, beds, number = _courses(rng, x, y, pitch, pitch, 0.0)
    inside = _rounded(ends, beds, 4.0) - 1.5
    tile = smoothstep(-0.7, 0.7, inside)
    glaze = 0.5 + 0.10 * each(rng, number) + 0.05 * clouds(rng, size_px, 60, falloff=4) + 0.02 * clouds(rng, size_px, 8)
    pale = float(np.mean(tones[1])) < 0.72
    grout = tinted(flat((0.84, 0.83, 0.79) if pale else (0.55, 0.54, 0.52), size_px), 0.03 * clouds(rng, size_px, 5))
    relief = (2.2 + 0.2 * each(rng, number)) * smoothstep(-0.5, 4.0, inside) + 0.25 * clouds(rng, size_px, 40, falloff=4)
    return material(over(grout, ramp(tones, glaze), tile), relief, mixed(0.9, 0.10 + 0.02 * each(rng, number), tile))


def mosaic(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Small stone tesserae, each a tone of its own, a few in a neighbouring colour."""
    x, y = grid(size_px)
    pitch = fitted(size_px, rng.uniform(13, 17) * _scale(traits))
    warp = _irregularity(traits) * clouds(rng, size_px, 40)
    ends, beds, number = _courses(rng, x + warp, y + np.roll(warp, 9), pitch, pitch, 0.0)
    inside = np.minimum(ends, beds) - 1.0
    albedo = ramp(tones, 0.5 + 0.33 * each(rng, number))
    odd = (each(rng, number) > 1.35).astype(np.float32)
    albedo = over(albedo, (0.88, 0.84, 0.74), odd)
    grout = (0.30, 0.29, 0.27) if np.mean(tones[1]) > 0.45 else (0.72, 0.70, 0.66)
    piece = smoothstep(-0.5, 0.7, inside)
    relief = (1.6 + 0.25 * each(rng, number)) * smoothstep(-0.5, 2.0, inside)
    return material(over(flat(grout, size_px), albedo, piece), relief, mixed(0.92, 0.45 + 0.08 * each(rng, number), piece))


def glass_mosaic(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """A pool's glass tiles: rounded, mirror-smooth, three hues in play, some with a metal foil behind the glass."""
    x, y = grid(size_px)
    pitch = fitted(size_px, rng.uniform(19, 25) * _scale(traits))
    ends, beds, number = _courses(rng, x, y, pitch, pitch, 0.0)
    inside = _rounded(ends, beds, 3.5) - 1.1
    glass = smoothstep(-0.6, 0.6, inside)
    pick = each(rng, number)
    albedo = ramp(tones, 0.5 + 0.36 * each(rng, number) + 0.06 * clouds(rng, size_px, 9, falloff=3))
    names = list(DYE)
    other = DYE[names[int(rng.integers(len(names)))]]
    albedo = over(albedo, ramp(other, 0.55 + 0.2 * each(rng, number)), (pick > 1.1).astype(np.float32))
    foil = (pick < -1.3).astype(np.float32) * glass
    albedo = over(albedo, 0.35 * albedo + 0.65 * np.float32([0.86, 0.78, 0.58]), foil)
    grout = tinted(flat((0.86, 0.86, 0.84), size_px), 0.03 * clouds(rng, size_px, 4))
    relief = 2.0 * np.sqrt(smoothstep(-0.4, 3.6, inside)) + 0.15 * clouds(rng, size_px, 14, falloff=4) * glass
    return material(over(grout, albedo, glass), relief, mixed(0.9, 0.05 + 0.1 * foil, glass), foil)


def roof_tiles(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Staggered courses of clay tiles with round lower ends, each over the one below."""
    x, y = grid(size_px)
    width = fitted(size_px, rng.uniform(24, 30) * _scale(traits))
    height = fitted(size_px, width * rng.uniform(0.85, 1.05), 2)
    columns, rows = round(size_px / width), round(size_px / height)
    y = y + rng.uniform(0, 2 * height)
    first = np.floor(y / height)
    wear = clouds(rng, size_px, 12, falloff=2.2)
    table = np.clip(rng.standard_normal(4096), -2, 2).astype(np.float32)
    tone, relief = np.zeros_like(x), np.zeros_like(x)
    for back in (0, 1):  # the course above hangs over the one below
        row = first - back
        along = x / width + (row % 2) * 0.5
        column = np.floor(along)
        u, v = (along - column - 0.5) * 2, y / height - row
        below_rim = 1.02 + 0.40 * np.sqrt(np.maximum(1 - u * u, 0)) - v
        inside = smoothstep(0.0, 0.05, below_rim) if back else np.ones_like(x)
        number = (row.astype(np.int32) % rows) * 64 + column.astype(np.int32) % columns
        gap = smoothstep(0.88, 1.0, np.abs(u))
        tone = tone + (0.55 + 0.17 * table[number] + 0.09 * wear - 0.2 * gap - tone) * inside
        relief = relief + (1.5 + 3.4 * v - 1.8 * u * u - 1.2 * gap - relief) * inside
    return material(ramp(tones, tone), relief + 0.15 * wear, 0.80 + 0.05 * wear)


def fish_scales(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Scales in staggered rows, each dark at its root and bright at its round rim."""
    x, y = grid(size_px)
    width = fitted(size_px, rng.uniform(21, 27) * _scale(traits))
    step = fitted(size_px, width * 0.5, 2)
    columns, rows = round(size_px / width), round(size_px / step)
    y = y + rng.uniform(0, 2 * step)
    first = np.floor(y / step)
    tone, relief = np.zeros_like(x), np.zeros_like(x)
    table = np.clip(rng.standard_normal(4096), -2, 2).astype(np.float32)
    for back in (0, 1, 2):  # upper rows are laid over lower ones
        row = first - back
        along = x / width + (row % 2) * 0.5
        column = np.floor(along)
        u, v = (along - column - 0.5) * 2, (y / step - row) * step / (width / 2)
        radius = np.hypot(u, v)
        inside = smoothstep(1.02, 0.94, radius) if back else np.ones_like(x)
        number = (row.astype(np.int32) % rows) * 64 + column.astype(np.int32) % columns
        scale = 0.26 + 0.42 * np.clip(radius, 0, 1) ** 1.5 - 0.12 * smoothstep(0.9, 1.0, radius) + 0.07 * table[number]
        tone = tone + (scale - tone) * inside
        relief = relief + (3.0 * radius - 2.0 * smoothstep(0.90, 1.02, radius) - relief) * inside
    tone = tone + 0.04 * clouds(rng, size_px, 6)
    metallic = 0.9 if tones in (METAL["gold"], METAL["silver"]) else 0.0
    return material(ramp(tones, tone), relief, 0.30 + 0.03 * clouds(rng, size_px, 20), metallic)


def paving(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Large rectangular slabs with thin dark joints."""
    x, y = grid(size_px)
    pitch = fitted(size_px, rng.uniform(56, 72) * _scale(traits), 2)
    wobble = 0.5 * (_irregularity(traits) - 0.3) * clouds(rng, size_px, 25)
    ends, beds, number = _courses(rng, x + wobble, y + wobble, fitted(size_px, pitch * 1.5), pitch, 0.5)
    inside = np.minimum(ends, beds) - 1.3
    grain = clouds(rng, size_px, 8, falloff=1.8)
    tone = 0.5 + 0.12 * each(rng, number) + 0.08 * grain + 0.06 * clouds(rng, size_px, 60)
    slab = smoothstep(-0.6, 0.8, inside)
    albedo = over(flat(tones[0], size_px) * 0.85, ramp(tones, tone), slab)
    relief = (1.8 + 0.3 * each(rng, number)) * smoothstep(-1, 1.5, inside) + 0.3 * _relief(traits) * grain
    return material(albedo, relief, mixed(0.95, 0.75 + 0.06 * grain, slab))
