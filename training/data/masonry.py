"""Walls and floors laid from pieces: brick, stone, cobbles, tiles, mosaic, roofs."""

import numpy as np
from numpy.typing import NDArray

from training.data.colours import Tones
from training.data.noise import Field, Rng, cells, clouds, grid, smoothstep
from training.data.surface import Surface, flat, over, ramp, tinted


def _scale(traits: frozenset[str]) -> float:
    return 1.55 if "large" in traits else 0.62 if "small" in traits else 1.0


def _relief(traits: frozenset[str]) -> float:
    return 1.8 if "rough" in traits else 0.3 if "smooth" in traits else 1.0


def _courses(
    rng: Rng, x: Field, y: Field, length_px: float, height_px: float, offset: float
) -> tuple[Field, Field, NDArray[np.int32]]:
    """Rows of blocks, each row shifted by `offset` lengths against the last.

    Returns the distance in pixels to the block's ends and to its beds, and the block's number (below 64 × 64).
    """
    y = y + rng.uniform(0, height_px)
    row = np.floor(y / height_px)
    along = x / length_px + (row % 2) * offset + rng.uniform(0, 1)
    column = np.floor(along)
    across = y / height_px - row
    inside = along - column
    ends = np.minimum(inside, 1 - inside) * length_px
    beds = np.minimum(across, 1 - across) * height_px
    return ends, beds, ((row.astype(np.int32) % 64) * 64 + column.astype(np.int32) % 64)


def _rounded(ends: Field, beds: Field, radius_px: float) -> Field:
    """Distance from inside a rectangle to its outline with corners rounded by `radius_px`."""
    dx, dy = np.maximum(radius_px - ends, 0), np.maximum(radius_px - beds, 0)
    return np.where((ends < radius_px) & (beds < radius_px), radius_px - np.hypot(dx, dy), np.minimum(ends, beds))


def _each(rng: Rng, number: NDArray[np.int32], count: int = 4096) -> Field:
    """A standard normal number for every piece, (H, W)."""
    return np.clip(rng.standard_normal(count), -2, 2).astype(np.float32)[number % count]


def brick_wall(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Running bond of fired bricks in pale mortar; about eight courses in 200 pixels."""
    x, y = grid(size_px)
    scale = _scale(traits)
    height = rng.uniform(23, 29) * scale
    length = height * rng.uniform(2.2, 2.6)
    joint = np.clip(height * rng.uniform(0.11, 0.16), 2.2, 6.0)
    rough = _relief(traits)
    wobble = 0.6 * rough
    ends, beds, number = _courses(
        rng, x + wobble * clouds(rng, size_px, 14), y + wobble * clouds(rng, size_px, 14), length, height, 0.5
    )
    inside = _rounded(ends, beds, joint * 0.5 + 2.5) - joint * 0.5
    brick = smoothstep(-0.8, 0.8, inside)
    grain = clouds(rng, size_px, 9, falloff=1.9)
    tone = 0.5 + 0.20 * _each(rng, number) + 0.09 * grain + 0.05 * clouds(rng, size_px, 50)
    fired = ramp(tones[:3], tone)
    fired = tinted(fired, 0.10 * _each(rng, number * 7 + 3))
    speck = smoothstep(1.7, 2.4, clouds(rng, size_px, 5, falloff=2.5))
    fired = over(fired, fired * 0.55, speck * 0.7)
    mortar = tinted(flat(tones[3], size_px), 0.06 * clouds(rng, size_px, 5, falloff=2.0))
    relief = 2.4 * smoothstep(-1.0, 2.5, inside) + 0.16 * rough * grain * brick
    return Surface(over(mortar, fired, brick), relief)


def stone_wall(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Squared rubble of uneven blocks with recessed joints."""
    x, y = grid(size_px)
    pitch = rng.uniform(40, 50) * _scale(traits)
    warp = 3.0 * clouds(rng, size_px, 40)
    _, edge, number = cells(rng, (x + warp) / 1.55, y * 1.1 + np.roll(warp, 17), pitch * 0.75, 0.72, square=True)
    inside = edge - pitch * 0.05
    stone = smoothstep(-0.6, 1.6, inside)
    grain = clouds(rng, size_px, 16, falloff=2.0)
    tone = 0.5 + 0.20 * _each(rng, number) + 0.12 * grain
    mortar = tinted(flat(tones[0], size_px), 0.25 + 0.08 * clouds(rng, size_px, 6, falloff=2.0))
    relief = 4.5 * smoothstep(-1, pitch * 0.22, inside) + 0.8 * _relief(traits) * grain * stone
    return Surface(over(mortar, ramp(tones, tone), stone), relief)


def cobblestone(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Rounded setts, domed, dark in the joints."""
    x, y = grid(size_px)
    pitch = rng.uniform(25, 31) * _scale(traits)
    x = x + (np.floor(y / pitch) % 2) * pitch / 2
    _, edge, number = cells(rng, x, y, pitch, 0.5)
    inside = edge - 2.0
    dome = smoothstep(-1.0, pitch * 0.42, inside)
    grain = clouds(rng, size_px, 10, falloff=2.0)
    tone = 0.5 + 0.18 * _each(rng, number) + 0.10 * grain
    joint = tinted(flat(tones[0], size_px), -0.35 + 0.1 * clouds(rng, size_px, 5))
    albedo = over(joint, ramp(tones, tone), smoothstep(-0.8, 1.2, inside))
    return Surface(albedo, 7.0 * np.sqrt(dome) + 0.35 * _relief(traits) * grain)


def pebbles(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Loose round stones of two sizes."""
    x, y = grid(size_px)
    pitch = rng.uniform(14, 20) * _scale(traits)
    _, edge, number = cells(rng, x, y, pitch, 0.9)
    dome = np.sqrt(smoothstep(-0.5, pitch * 0.5, edge - 0.6))
    tone = 0.5 + 0.26 * _each(rng, number) + 0.06 * clouds(rng, size_px, 6, falloff=2.0)
    hue = 1.0 + 0.06 * np.stack([_each(rng, number), 0 * edge, -_each(rng, number + 7)], axis=-1)
    albedo = over(flat(tones[0], size_px) * 0.5, ramp(tones, tone) * hue, smoothstep(0.2, 1.8, edge))
    return Surface(albedo, 5.0 * dome, 0.15)


def ceramic_tiles(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Square glazed tiles with pale, straight grout."""
    x, y = grid(size_px)
    pitch = rng.uniform(38, 48) * _scale(traits)
    ends, beds, number = _courses(rng, x, y, pitch, pitch, 0.0)
    inside = _rounded(ends, beds, 4.0) - 1.5
    tile = smoothstep(-0.7, 0.7, inside)
    glaze = 0.5 + 0.10 * _each(rng, number) + 0.07 * clouds(rng, size_px, 60, falloff=4) + 0.02 * clouds(rng, size_px, 8)
    luma = float(np.mean(tones[1]))
    grout = (0.84, 0.83, 0.79) if luma < 0.72 else (0.55, 0.54, 0.52)
    grout = tinted(flat(grout, size_px), 0.03 * clouds(rng, size_px, 5))
    return Surface(over(grout, ramp(tones, glaze), tile), 2.2 * smoothstep(-0.5, 4.0, inside), 0.55)


def mosaic(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Small tesserae, each a tone of its own, a few in a neighbouring colour."""
    x, y = grid(size_px)
    pitch = rng.uniform(13, 17) * _scale(traits)
    warp = clouds(rng, size_px, 40)
    ends, beds, number = _courses(rng, x + warp, y + np.roll(warp, 9), pitch, pitch, 0.0)
    inside = np.minimum(ends, beds) - 1.0
    tone = 0.5 + 0.33 * _each(rng, number)
    albedo = ramp(tones, tone)
    odd = (_each(rng, number + 11) > 1.35).astype(np.float32)
    albedo = over(albedo, (0.88, 0.84, 0.74), odd)
    grout = flat((0.30, 0.29, 0.27), size_px) if np.mean(tones[1]) > 0.45 else flat((0.72, 0.70, 0.66), size_px)
    return Surface(over(grout, albedo, smoothstep(-0.5, 0.7, inside)), 1.6 * smoothstep(-0.5, 2.0, inside), 0.25)


def roof_tiles(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Staggered courses of clay tiles with round lower ends, each over the one below."""
    x, y = grid(size_px)
    width = rng.uniform(24, 30) * _scale(traits)
    height = width * rng.uniform(0.85, 1.05)
    y = y + rng.uniform(0, 2 * height)
    first = np.floor(y / height)
    wear = clouds(rng, size_px, 12, falloff=2.2)
    table = np.clip(rng.standard_normal(4096), -2, 2).astype(np.float32)
    albedo, relief = flat(tones[0], size_px), np.zeros_like(x)
    for back in (0, 1):  # the course above hangs over the one below
        row = first - back
        along = x / width + (row % 2) * 0.5
        column = np.floor(along)
        u, v = (along - column - 0.5) * 2, y / height - row
        below_rim = 1.02 + 0.40 * np.sqrt(np.maximum(1 - u * u, 0)) - v
        inside = smoothstep(0.0, 0.05, below_rim) if back else np.ones_like(x)
        number = ((row.astype(np.int32) + 2) % 64) * 64 + column.astype(np.int32) % 64
        shadow = 0.55 * smoothstep(0.8, 0.4, v) * (1 - back)
        tone = 0.52 + 0.17 * table[number] + 0.09 * wear
        colour = ramp(tones, tone) * (1 - shadow - 0.35 * smoothstep(0.10, 0.0, below_rim) * back)[..., None]
        colour = colour * (1 - 0.4 * smoothstep(0.88, 1.0, np.abs(u)))[..., None]
        albedo = over(albedo, colour, inside)
        relief = relief + (2.5 * v - 1.4 * u * u - relief) * inside
    return Surface(albedo, relief)


def fish_scales(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Scales in staggered rows, each dark at its root and bright at its round rim."""
    x, y = grid(size_px)
    width = rng.uniform(21, 27) * _scale(traits)
    step = width * 0.5
    y = y + rng.uniform(0, 2 * step)
    first = np.floor(y / step)
    tone = np.zeros_like(x)
    relief = np.zeros_like(x)
    table = np.clip(rng.standard_normal(4096), -2, 2).astype(np.float32)
    for back in (0, 1, 2):  # upper rows are laid over lower ones
        row = first - back
        along = x / width + (row % 2) * 0.5
        column = np.floor(along)
        u, v = (along - column - 0.5) * 2, (y / step - row) * step / (width / 2)
        radius = np.hypot(u, v)
        inside = smoothstep(1.02, 0.94, radius) if back else np.ones_like(x)
        number = ((row.astype(np.int32) + 2) % 64) * 64 + column.astype(np.int32) % 64
        scale = 0.18 + 0.55 * np.clip(radius, 0, 1) ** 1.5 - 0.35 * smoothstep(0.88, 1.0, radius) + 0.07 * table[number]
        tone = tone + (scale - tone) * inside
        relief = relief + (2.5 * radius - relief) * inside
    tone = tone + 0.04 * clouds(rng, size_px, 6)
    return Surface(ramp(tones, tone), relief, 0.35)


def paving(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Large rectangular slabs with thin dark joints."""
    x, y = grid(size_px)
    pitch = rng.uniform(56, 72) * _scale(traits)
    ends, beds, number = _courses(rng, x, y, pitch * 1.5, pitch, 0.5)
    inside = np.minimum(ends, beds) - 1.3
    grain = clouds(rng, size_px, 8, falloff=1.8)
    tone = 0.5 + 0.12 * _each(rng, number) + 0.08 * grain + 0.06 * clouds(rng, size_px, 60)
    slab = smoothstep(-0.6, 0.8, inside)
    albedo = over(flat(tones[0], size_px) * 0.7, ramp(tones, tone), slab)
    return Surface(albedo, 1.8 * smoothstep(-1, 1.5, inside) + 0.3 * _relief(traits) * grain)
