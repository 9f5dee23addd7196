"""Stone that is cut, poured or lying about; earth and gems."""

import numpy as np

from training.data.colours import Tones
from training.data.noise import Field, Rng, blurred, cells, clouds, each, fitted, grid, shifted, smoothstep
from training.data.surface import Surface, flat, material, mixed, over, ramp, tinted


def _scale(traits: frozenset[str]) -> float:
    return 1.6 if "large" in traits else 0.6 if "small" in traits else 1.0


def _relief(traits: frozenset[str]) -> float:
    return 1.9 if "rough" in traits else 0.3 if "smooth" in traits else 1.0


def _vein(rng: Rng, size_px: int, length_px: float, angle_rad: float, width_px: float, cover: float) -> Field:
    """Thin wandering lines 0–1: the zero crossings of a warped field, fading in and out."""
    field = clouds(rng, size_px, length_px * 4.5, length_px, angle_rad, falloff=4.2)
    bend = 2.6 * clouds(rng, size_px, 40, falloff=2.2)
    field = shifted(field, np.round(bend), np.round(np.roll(bend, 37, axis=0)))
    field = blurred(field, 0.8)
    gx, gy = (np.roll(field, -1, 1) - np.roll(field, 1, 1)) / 2, (np.roll(field, -1, 0) - np.roll(field, 1, 0)) / 2
    distance = np.abs(field) / (np.hypot(gx, gy) + 0.5 / length_px)
    swell = clouds(rng, size_px, length_px * 0.8, falloff=2.5)
    width = width_px * np.exp(0.55 * swell)
    strength = smoothstep(1.0 - 2 * cover, 1.8 - 2 * cover, clouds(rng, size_px, length_px * 1.6, falloff=3.0))
    return (np.exp(-((distance / width) ** 2)) * strength).astype(np.float32)


def marble(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Polished marble: a deep mottled ground, and veins in three generations from broad and faint to fine and clear."""
    scale = _scale(traits)
    angle = rng.uniform(0.35, 1.2) * rng.choice([-1, 1])
    mottle = clouds(rng, size_px, 70 * scale, 45 * scale, angle, falloff=2.3)
    small = clouds(rng, size_px, 12 * scale, falloff=2.2)
    albedo = ramp(tones[:3], 0.42 + 0.20 * mottle + 0.07 * small)
    deep, vein = np.asarray(tones[0], np.float32), np.asarray(tones[3], np.float32)
    haze = (vein + np.asarray(tones[2], np.float32)) / 2
    albedo = over(albedo, haze, 0.36 * _vein(rng, size_px, 60 * scale, angle, 7.0, 0.62))
    albedo = over(albedo, deep, 0.45 * _vein(rng, size_px, 40 * scale, angle + 0.5, 2.2, 0.5))
    albedo = over(albedo, vein, 0.45 * _vein(rng, size_px, 34 * scale, angle - 0.5, 1.1, 0.5))
    albedo = over(albedo, vein, 0.70 * _vein(rng, size_px, 44 * scale, angle + 0.35, 1.3, 0.55))
    albedo = over(albedo, vein, 0.95 * _vein(rng, size_px, 52 * scale, angle, 2.0, 0.85))
    polish = rng.uniform(0.06, 0.25)
    return material(albedo, 0.05 * small, polish + 0.03 * mottle)


def granite(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Interlocked grains: feldspar in the stone's colour, pale quartz, black mica."""
    x, y = grid(size_px)
    pitch = rng.uniform(6.5, 8.5) * _scale(traits)
    _, _, number = cells(rng, x + clouds(rng, size_px, 6), y, pitch)
    kind = rng.random(8192).astype(np.float32)[number % 8192]
    albedo = ramp(tones, 0.5 + 0.28 * (kind * 7 % 1 - 0.5) + 0.08 * clouds(rng, size_px, 5, falloff=2))
    albedo = over(albedo, (0.86, 0.85, 0.83), (kind > 0.80).astype(np.float32) * 0.7)
    mica = (kind < 0.17).astype(np.float32)
    albedo = over(albedo, (0.08, 0.08, 0.09), mica * 0.85)
    rough = _relief(traits)
    cut = 0.15 if "smooth" in traits else 0.75 if "rough" in traits else rng.uniform(0.2, 0.6)
    return material(albedo, 0.25 * rough * clouds(rng, size_px, 6) - 0.15 * rough * mica, cut - 0.06 * mica)


def slate(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Cleft layers: low terraces with sharp, irregular edges."""
    field = clouds(rng, size_px, 150 * _scale(traits), 60 * _scale(traits), rng.uniform(-0.5, 0.5), falloff=2.6)
    steps = field * 3.2
    fraction = steps - np.floor(steps)
    terrace = np.floor(steps) + smoothstep(0.80, 1.0, fraction)
    grain = clouds(rng, size_px, 26, 6, rng.uniform(-0.4, 0.4), falloff=2.0)
    tone = 0.45 + 0.05 * terrace + 0.09 * grain + 0.06 * clouds(rng, size_px, 50)
    return material(ramp(tones, tone), 1.8 * terrace + 0.35 * _relief(traits) * grain, 0.62 + 0.06 * grain)


def rock(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """A broken rock face: faceted relief, rough at every scale."""
    x, y = grid(size_px)
    warp = 9.0 * clouds(rng, size_px, 50, falloff=2.4)
    near, _, number = cells(rng, x + warp, y + np.roll(warp, 23), 46 * _scale(traits))
    rough = clouds(rng, size_px, 40 * _scale(traits), falloff=2.0)
    relief = 0.34 * near + 2.6 * rough
    grain = clouds(rng, size_px, 9, falloff=1.8)
    tone = 0.5 + 0.04 * rough + 0.08 * grain + 0.05 * each(rng, number) + 0.06 * clouds(rng, size_px, 90)
    return material(ramp(tones, tone), relief * (0.6 + 0.5 * _relief(traits)), 0.86 + 0.05 * grain)


def concrete(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Cast concrete: soft stains, fine grain, scattered small holes."""
    pits = smoothstep(2.2, 2.7, clouds(rng, size_px, 9, falloff=4.0))
    grain = clouds(rng, size_px, 4, falloff=1.8)
    stain = clouds(rng, size_px, 90, falloff=2.3)
    albedo = over(ramp(tones, 0.55 + 0.10 * stain + 0.05 * grain), tones[0], 0.6 * pits)
    trowelled = 0.55 if "smooth" in traits else 0.80
    return material(albedo, 0.25 * _relief(traits) * grain - 2.0 * pits, trowelled + 0.06 * stain + 0.12 * pits)


def plaster(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Trowelled plaster: low sweeping ridges, uneven colour."""
    angle = rng.uniform(-0.8, 0.8)
    sweep = clouds(rng, size_px, 60 * _scale(traits), 16 * _scale(traits), angle, falloff=2.6)
    grain = clouds(rng, size_px, 4, falloff=1.9)
    tone = 0.58 + 0.07 * sweep + 0.10 * clouds(rng, size_px, 100, falloff=2.6) + 0.02 * grain
    return material(ramp(tones, tone), _relief(traits) * (1.1 * np.abs(sweep) + 0.28 * grain), 0.88 + 0.03 * grain)


def terrazzo(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Angular chips of several stones in a smooth ground."""
    x, y = grid(size_px)
    albedo = tinted(flat(tones[-1], size_px), 0.02 * clouds(rng, size_px, 5))
    stone = np.zeros_like(x)
    chips = np.asarray([tones[0], tones[1], tones[1], (0.35, 0.34, 0.33), (0.93, 0.92, 0.89), (0.62, 0.45, 0.36)],
                       np.float32)
    for pitch, share in ((24 * _scale(traits), 0.55), (11 * _scale(traits), 0.4)):
        _, edge, number = cells(rng, x, y, pitch)
        pick = rng.integers(0, len(chips), 4096)[number % 4096]
        there = (rng.random(4096) < share)[number % 4096]
        inner = pitch * rng.uniform(0.08, 0.35, 4096).astype(np.float32)[number % 4096]
        chip = smoothstep(-0.5, 0.7, edge - inner) * there
        albedo, stone = over(albedo, chips[pick], chip), np.maximum(stone, chip)
    ground = rng.uniform(0.30, 0.5)
    return material(albedo, 0.03 * clouds(rng, size_px, 20) + 0.12 * stone, mixed(ground, ground * 0.55, stone))


def sandstone(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Layered sediment: wavy strata across the picture."""
    _, y = grid(size_px)
    height = y + 7.0 * clouds(rng, size_px, 160, 50, falloff=3.2)
    profile = clouds(rng, size_px, 14 * _scale(traits))[:, 7]
    layers = np.interp(height, np.arange(size_px), profile, period=size_px).astype(np.float32)
    grain = clouds(rng, size_px, 4, falloff=1.8)
    tone = 0.5 + 0.20 * layers + 0.05 * grain + 0.05 * clouds(rng, size_px, 60)
    return material(ramp(tones, tone), _relief(traits) * (1.2 * layers + 0.25 * grain), 0.90 + 0.03 * grain)


def cracked_earth(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Dry mud shrunk to plates with dark gaps and curled rims."""
    x, y = grid(size_px)
    pitch = rng.uniform(30, 38) * _scale(traits)
    warp = 3.0 * clouds(rng, size_px, 18, falloff=2.6)
    _, edge, number = cells(rng, x + warp, y + np.roll(warp, 15), pitch)
    width = 1.6 + 0.8 * np.clip(clouds(rng, size_px, 50), -1, 2)
    plate = smoothstep(width - 0.6, width + 1.4, edge)
    grain = clouds(rng, size_px, 10, falloff=1.9)
    tone = 0.55 + 0.09 * grain + 0.05 * each(rng, number)
    albedo = over(flat(tones[0], size_px) * 0.75, ramp(tones, tone), plate)
    # Drying mud curls: each plate is highest at its rim.
    relief = 3.6 * smoothstep(0, 5, edge - width) - 1.4 * smoothstep(3, pitch * 0.45, edge)
    return material(albedo, relief + 0.4 * _relief(traits) * grain, 0.92 + 0.03 * grain)


def sand(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Wind ripples in fine sand."""
    x, y = grid(size_px)
    pitch = fitted(size_px, rng.uniform(15, 20) * _scale(traits))
    lean = float(rng.integers(-4, 5)) * pitch / size_px  # whole ripples more at one side than at the other
    phase = (lean * x + y + 9.0 * clouds(rng, size_px, 70, falloff=3.4)) / pitch
    saw = phase - np.floor(phase)
    ripple = smoothstep(0, 0.7, saw) * smoothstep(1.0, 0.72, saw)
    grain = clouds(rng, size_px, 3, falloff=1.6)
    flatness = 0.15 if "smooth" in traits else 1.0
    tone = 0.55 + 0.07 * grain + 0.05 * (ripple - 0.5) * flatness
    return material(ramp(tones, tone), 3.0 * ripple * flatness + 0.18 * grain, 0.92 + 0.03 * grain)


def soil(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Loose crumbs of earth with a few small stones."""
    x, y = grid(size_px)
    _, edge, number = cells(rng, x, y, 9 * _scale(traits))
    crumb = clouds(rng, size_px, 14 * _scale(traits), falloff=1.7)
    stone = (each(rng, number) > 1.5).astype(np.float32) * smoothstep(0.6, 2.0, edge)
    tone = 0.46 + 0.10 * crumb + 0.08 * clouds(rng, size_px, 60)
    albedo = over(ramp(tones, tone), (0.60, 0.56, 0.50), 0.8 * stone)
    return material(albedo, 1.7 * crumb + 2.5 * stone, mixed(0.96, 0.75, stone))


def gem(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Polished translucent stone: soft depth, wisps, faint cracks of light."""
    depth = clouds(rng, size_px, 80 * _scale(traits), falloff=2.8)
    wisp = _vein(rng, size_px, 45 * _scale(traits), rng.uniform(-1, 1), 5.0, 0.6)
    tone = 0.42 + 0.17 * depth + 0.05 * clouds(rng, size_px, 15, falloff=2.4)
    albedo = over(ramp(tones, tone), tones[3], 0.35 * wisp)
    return material(albedo, 2.0 * clouds(rng, size_px, 60, falloff=4.0), 0.08 + 0.02 * depth)


def crystal(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Cut stones set close: each a pyramid of four facets with bright edges."""
    x, y = grid(size_px)
    turn = 0.25 * clouds(rng, size_px, 160, falloff=5.0)
    pitch = rng.uniform(34, 44) * _scale(traits)
    near, edge, number = cells(rng, x + 12 * turn, y - 12 * np.roll(turn, 50), pitch, 0.9, square=True)
    tone = 0.42 + 0.17 * each(rng, number) + 0.10 * clouds(rng, size_px, 40, falloff=3.0)
    albedo = over(ramp(tones, tone), tones[3], 0.6 * smoothstep(1.6, 0.2, edge))
    steep = 0.42 + 0.10 * each(rng, number)
    return material(albedo, -steep * np.minimum(near, pitch * 0.7), 0.05)


def gravel(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Crushed stone: sharp-edged pieces of two sizes lying over each other."""
    x, y = grid(size_px)
    albedo, relief = flat(np.asarray(tones[0]) * 0.6, size_px), np.zeros_like(x)
    for pitch, low in ((9.0 * _scale(traits), 0.0), (15.0 * _scale(traits), 1.6)):
        bend = 1.6 * clouds(rng, size_px, 9)
        near, edge, number = cells(rng, x + bend, y + np.roll(bend, 21), pitch, 1.0)
        there = smoothstep(0.5, 1.5, edge) * ((each(rng, number) > -0.4) if low else 1.0)
        tilt = 0.9 * clouds(rng, size_px, pitch, falloff=4.0)
        piece = low + 4.0 * np.sqrt(smoothstep(0.0, 0.5 * pitch, edge)) + 0.9 * each(rng, number) + tilt - 0.05 * near
        tone = 0.5 + 0.22 * each(rng, number) + 0.08 * clouds(rng, size_px, 4, falloff=1.8)
        albedo, relief = over(albedo, ramp(tones, tone), there), mixed(relief, piece, there)
    return material(albedo, relief, 0.85 + 0.05 * clouds(rng, size_px, 5))


def tarmac(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Asphalt: grey aggregate worn bare in black bitumen, with oily patches."""
    x, y = grid(size_px)
    _, edge, number = cells(rng, x, y, rng.uniform(6.0, 8.0) * _scale(traits))
    stone = smoothstep(0.7, 1.8, edge) * (each(rng, number) > -0.2)
    worn = clouds(rng, size_px, 70, falloff=2.6)
    grain = clouds(rng, size_px, 3, falloff=1.7)
    tone = 0.34 + 0.06 * worn + 0.05 * grain + stone * (0.22 + 0.16 * each(rng, number))
    oil = smoothstep(1.2, 2.0, clouds(rng, size_px, 50, falloff=3.0))
    albedo = tinted(ramp(tones, tone), -0.4 * oil)
    return material(albedo, 1.1 * stone + 0.3 * grain, 0.86 + 0.06 * stone - 0.35 * oil)


def obsidian(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Volcanic glass: shell-shaped fractures with fine ripples, sharp arrises, mirror-smooth."""
    x, y = grid(size_px)
    bend = 6.0 * clouds(rng, size_px, 60, falloff=3.0)
    near, edge, number = cells(rng, x + bend, y + np.roll(bend, 33), rng.uniform(58, 80) * _scale(traits))
    shell = 0.0045 * near**2 + 0.22 * np.sin(near * 0.75) * smoothstep(8, 30, near)
    streak = clouds(rng, size_px, 120, 10, 0.4, falloff=3.0)
    tone = 0.30 + 0.12 * streak + 0.05 * each(rng, number) + 0.35 * smoothstep(1.6, 0.2, edge)
    return material(ramp(tones, tone), shell + 0.3 * each(rng, number), 0.05 + 0.05 * smoothstep(2.0, 0.0, edge))


def banded(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Polished stone that grew in layers: pale and dark bands run around each other like contours."""
    field = clouds(rng, size_px, 95 * _scale(traits), falloff=6.0) + 0.05 * clouds(rng, size_px, 22, falloff=4.0)
    phase = rng.uniform(2.4, 3.0) * field + rng.uniform(0, 1)
    shift = rng.uniform(0, 2 * np.pi)
    band = 0.65 * np.sin(2 * np.pi * phase) + 0.35 * np.sin(2 * np.pi * 0.43 * phase + shift)
    tone = 0.45 + 0.42 * np.clip(1.4 * band, -1, 1) + 0.03 * clouds(rng, size_px, 6)
    return material(ramp(tones, tone), 0.15 * band, 0.12 + 0.02 * band)
