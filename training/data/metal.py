"""Metals: brushed, beaten, rusted, painted. Their base colour is nearly flat: what gleams in a picture is mirrored."""

import numpy as np

from training.data.colours import RUST, Tones
from training.data.noise import Rng, cells, clouds, each, fitted, grid, smoothstep
from training.data.surface import Surface, material, mixed, over, ramp, tinted


def _scale(traits: frozenset[str]) -> float:
    return 1.5 if "large" in traits else 0.65 if "small" in traits else 1.0


def brushed_metal(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Fine horizontal brushing: hairlines that scatter the light across them."""
    fine = clouds(rng, size_px, 160, 2.4, falloff=2.0)
    broad = clouds(rng, size_px, 300, 9, falloff=2.6)
    strength = 1.7 if "rough" in traits else 0.5 if "smooth" in traits else 1.0
    tone = 0.68 + strength * (0.07 * fine + 0.04 * broad) + 0.04 * clouds(rng, size_px, 120, 200, falloff=4.0)
    scratch = smoothstep(2.3, 3.0, clouds(rng, size_px, 90, 2.0, falloff=2.2))
    albedo = over(ramp(tones, tone), tones[3], 0.5 * scratch)
    return material(albedo, strength * 0.06 * fine - 0.15 * scratch, 0.36 + strength * (0.03 * fine + 0.02 * broad), 1.0)


def polished_metal(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Polished by hand: soft waves, faint circular wipe marks, blurred reflections."""
    wave = clouds(rng, size_px, 130, 70, rng.uniform(-0.5, 0.5), falloff=4.5)
    wiped = clouds(rng, size_px, 40, 3, rng.uniform(0, 3), falloff=2.2)
    tone = 0.72 + 0.03 * clouds(rng, size_px, 90) + 0.012 * wiped
    return material(ramp(tones, tone), 2.2 * wave + 0.02 * wiped, 0.20 + 0.03 * wiped, 1.0)


def chrome(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """A perfect mirror over liquid bulges."""
    bulge = clouds(rng, size_px, 80 * _scale(traits), 60 * _scale(traits), rng.uniform(-0.8, 0.8), falloff=5.0)
    return material(ramp(tones, 0.82 + 0.02 * clouds(rng, size_px, 80)), 9.0 * bulge, 0.05, 1.0)


def foil(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Crumpled foil: flat facets meeting at sharp creases of every size."""
    x, y = grid(size_px)
    relief = np.zeros_like(x)
    for pitch, depth in ((52, 0.36), (27, 0.30), (13, 0.2)):
        bend = 0.18 * pitch * clouds(rng, size_px, pitch)
        near, _, number = cells(rng, x + bend, y + np.roll(bend, 17), pitch * _scale(traits))
        relief = relief + depth * (near + 0.12 * pitch * each(rng, number) * smoothstep(0.6 * pitch, 0.0, near))
    tone = 0.74 + 0.03 * clouds(rng, size_px, 60)
    return material(ramp(tones, tone), relief, 0.17 + 0.03 * clouds(rng, size_px, 30), 1.0)


def hammered_metal(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Overlapping round dents of the hammer."""
    x, y = grid(size_px)
    scale = _scale(traits)
    near, edge, number = cells(rng, x, y, rng.uniform(17, 22) * scale, 0.8)
    tone = 0.62 + 0.04 * each(rng, number) + 0.07 * clouds(rng, size_px, 90) - 0.10 * smoothstep(2.5, 0.0, edge)
    return material(ramp(tones, tone), 0.030 * near**2 / scale, 0.30 + 0.03 * each(rng, number), 1.0)


def rust(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Corroded iron: flaking patches from dark brown to orange; an oxide, no longer a metal."""
    patch = clouds(rng, size_px, 60, falloff=2.2)
    grain = clouds(rng, size_px, 7, falloff=1.8)
    tone = 0.50 + 0.22 * patch + 0.11 * grain
    flake = smoothstep(0.9, 1.15, clouds(rng, size_px, 26, falloff=2.4))
    albedo = over(ramp(tones, tone), np.asarray(tones[0]) * 0.8, 0.7 * flake)
    return material(albedo, 0.55 * grain - 1.6 * flake, 0.90 + 0.04 * grain - 0.10 * flake)


def rusty_metal(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Sheet metal with rust spreading over it and running down."""
    fine = clouds(rng, size_px, 120, 3)
    base = tinted(ramp(tones, 0.58 + 0.07 * fine), 0.05 * clouds(rng, size_px, 80))
    spread = clouds(rng, size_px, 60, falloff=2.2) + 0.45 * clouds(rng, size_px, 6, 60, falloff=2.4)
    amount = smoothstep(0.0, 0.8, spread)
    grain = clouds(rng, size_px, 7, falloff=1.8)
    rusted = ramp(RUST["brown"], 0.5 + 0.1 * spread + 0.14 * grain)
    relief = amount * (1.2 + 0.5 * grain) + 0.06 * fine
    return material(over(base, rusted, amount), relief, mixed(0.42 + 0.04 * fine, 0.91 + 0.04 * grain, amount), 1 - amount)


def chipped_paint(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Paint flaking off rusty metal: clean edges, a pale primer rim."""
    field = clouds(rng, size_px, 55, falloff=2.1) + 0.4 * clouds(rng, size_px, 10, falloff=2.0)
    bare = smoothstep(0.85, 0.95, field)
    rim = smoothstep(0.62, 0.72, field) * (1 - bare)
    paint = tinted(ramp(tones, 0.55 + 0.05 * clouds(rng, size_px, 80)), 0.05 * clouds(rng, size_px, 6, falloff=2))
    grain = clouds(rng, size_px, 9, falloff=1.9)
    rusted = ramp(RUST["brown"], 0.45 + 0.2 * grain)
    albedo = over(over(paint, (0.74, 0.70, 0.62), 0.75 * rim), rusted, bare)
    roughness = mixed(mixed(rng.uniform(0.25, 0.5), 0.75, rim), 0.92, bare)
    # Here and there the rust is not through yet: a little steel is left at the middle of a chip.
    steel = smoothstep(1.9, 2.2, field) * bare
    albedo = over(albedo, (0.55, 0.55, 0.56), 0.8 * steel)
    relief = 2.0 * (1 - bare) - 0.4 * rim + 0.3 * clouds(rng, size_px, 8) * (0.3 + bare)
    return material(albedo, relief, mixed(roughness, 0.5, steel), steel)


def diamond_plate(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Tread plate: raised lozenges turned left and right in a checker, rubbed bright by shoes."""
    x, y = grid(size_px)
    pitch = fitted(size_px, rng.uniform(24, 30) * _scale(traits), 2)
    column, row = np.floor(x / pitch), np.floor(y / pitch)
    turn = np.where((column + row) % 2 == 0, 1.0, -1.0)
    u, v = x - (column + 0.5) * pitch, y - (row + 0.5) * pitch
    along, across = (u + turn * v) * 0.7071, (v - turn * u) * 0.7071
    inside = 1 - (np.abs(along) / (0.56 * pitch)) ** 1.6 - (np.abs(across) / (0.17 * pitch)) ** 1.6
    bump = smoothstep(0.0, 0.5, inside)
    grain = clouds(rng, size_px, 4)
    tone = 0.56 + 0.14 * bump + 0.06 * clouds(rng, size_px, 100) + 0.03 * grain
    return material(ramp(tones, tone), 2.8 * bump + 0.05 * grain, 0.46 - 0.16 * bump + 0.03 * grain, 1.0)


def corrugated_metal(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Upright round corrugations of zinc sheet, dull in streaks."""
    x, _ = grid(size_px)
    pitch = fitted(size_px, rng.uniform(20, 26) * _scale(traits))
    wave = np.sin(2 * np.pi * (x + 0.5 * clouds(rng, size_px, 90)) / pitch)
    streak = clouds(rng, size_px, 4, 40)
    tone = 0.62 + 0.03 * wave + 0.05 * clouds(rng, size_px, 70) + 0.03 * streak
    return material(ramp(tones, tone), 3.0 * wave, 0.42 + 0.05 * streak, 1.0)


def ring_mesh(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Mail: rings in staggered rows, those of each row leaning the other way, so that each goes through four others."""
    x, y = grid(size_px)
    pitch = fitted(size_px, rng.uniform(40, 48) * _scale(traits))
    rise = fitted(size_px, 0.58 * pitch, 2)
    rows, columns = round(size_px / rise), round(size_px / pitch)
    x, y = x + rng.uniform(0, pitch), y + rng.uniform(0, rise)
    radius, wire = 0.47 * pitch, 0.115 * pitch
    number = np.zeros_like(x, np.int32)
    height = np.full_like(x, -wire)
    for below in (-1, 0, 1):
        row = np.floor(y / rise) + below
        odd = row % 2
        for aside in (-1, 0, 1):
            column = np.floor(x / pitch - 0.5 * odd) + aside
            dx, dy = x - (column + 0.5 + 0.5 * odd) * pitch, y - (row + 0.5) * rise
            tube = 1 - ((np.hypot(dx, dy) - radius) / wire) ** 2
            top = wire * np.sqrt(np.maximum(tube, 0)) + 0.28 * dx * np.where(odd, 1, -1)
            higher = (tube > 0) & (top > height)
            height = np.where(higher, top, height)
            number = np.where(higher, (row % rows * columns + column % columns).astype(np.int32), number)
    gap = smoothstep(-0.8 * wire, -wire, height)
    grain = clouds(rng, size_px, 4)
    tone = 0.62 + 0.06 * each(rng, number) + 0.05 * clouds(rng, size_px, 100) + 0.03 * grain + 0.03 * height
    albedo = over(ramp(tones, tone), np.asarray(tones[0], np.float32) * 0.25, gap)
    return material(albedo, 1.3 * height + 0.05 * grain, mixed(0.32 + 0.03 * grain, 0.9, gap), 1 - gap)
