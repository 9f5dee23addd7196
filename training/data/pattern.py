"""Made patterns and paint."""

import numpy as np

from training.data import scatter
from training.data.colours import DYE, Tones
from training.data.noise import Rng, cells, clouds, each, fitted, grid, smoothstep
from training.data.surface import Surface, flat, material, mixed, over, ramp, tinted

CREAM = (0.93, 0.90, 0.83)


def _scale(traits: frozenset[str]) -> float:
    return 1.6 if "large" in traits else 0.6 if "small" in traits else 1.0


def _ground(tones: Tones) -> tuple[float, float, float]:
    """A pale partner for a colour, a dark one when the colour itself is pale."""
    return CREAM if float(np.mean(tones[1])) < 0.72 else (0.22, 0.22, 0.24)


def checker(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Squares in two colours."""
    x, y = grid(size_px)
    pitch = fitted(size_px, rng.uniform(26, 34) * _scale(traits), 2)
    wave = np.sin(np.pi * (x / pitch + rng.uniform(0, 1))) * np.sin(np.pi * (y / pitch + rng.uniform(0, 1)))
    amount = smoothstep(-0.06, 0.06, wave)
    base = tinted(flat(_ground(tones), size_px), 0.02 * clouds(rng, size_px, 40))
    albedo = over(base, ramp(tones, 0.5 + 0.06 * clouds(rng, size_px, 40)), amount)
    seam = smoothstep(0.0, 0.10, np.abs(wave))
    return material(albedo, 0.5 * seam, rng.uniform(0.15, 0.6) + 0.03 * clouds(rng, size_px, 20))


def stripes(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Even stripes; upright unless the caption says horizontal or diagonal."""
    x, y = grid(size_px)
    # Diagonal stripes meet their own ends when as many cross the top as the side.
    diagonal = "diagonal" in traits
    pitch = fitted(size_px, rng.uniform(26, 34) * _scale(traits) * (1.4142 if diagonal else 1.0))
    along = y if "horizontal" in traits else x + y if diagonal else x
    wave = np.sin(2 * np.pi * (along / pitch + rng.uniform(0, 1)))
    base = tinted(flat(_ground(tones), size_px), 0.02 * clouds(rng, size_px, 40))
    amount = smoothstep(-0.15, 0.15, wave)
    albedo = over(base, ramp(tones, 0.5 + 0.06 * clouds(rng, size_px, 40)), amount)
    return material(albedo, 0.1 * clouds(rng, size_px, 4), 0.8 + 0.02 * clouds(rng, size_px, 9))


def dots(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Polka dots in staggered rows."""
    x, y = grid(size_px)
    pitch = fitted(size_px, rng.uniform(28, 36) * _scale(traits))
    step = fitted(size_px, pitch * 0.75, 2)
    y = y + rng.uniform(0, pitch)
    row = np.floor(y / step)
    u = x / pitch + (row % 2) * 0.5
    distance = np.hypot((u - np.floor(u) - 0.5) * pitch, (y / step - row - 0.5) * step)
    amount = smoothstep(0.8, -0.8, distance - pitch * 0.25)
    base = tinted(flat(_ground(tones), size_px), 0.02 * clouds(rng, size_px, 40))
    albedo = over(base, ramp(tones, 0.5 + 0.05 * clouds(rng, size_px, 40)), amount)
    return material(albedo, 0.1 * clouds(rng, size_px, 4), 0.8 + 0.02 * clouds(rng, size_px, 9))


def brush_strokes(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Impasto: overlapping bristled strokes, some in warmer and cooler neighbours of the colour."""
    scale = _scale(traits)
    length, width = 34.0 * scale, 9.0 * scale
    flow = 0.9 * clouds(rng, size_px, 120, falloff=4.0) + rng.uniform(0, 3.1)
    count = int(5.0 * (size_px / length) ** 2)
    shades = ramp(tones, rng.normal(0.5, 0.26, count).clip(0, 1)) * (1 + rng.normal(0, 0.05, (count, 3)))
    albedo = ramp(tones, 0.5 + 0.15 * clouds(rng, size_px, 40))
    relief = scatter.strokes(rng, albedo, flow.astype(np.float32), shades.clip(0, 1).astype(np.float32), length, width)
    return material(albedo, 1.1 * relief, rng.uniform(0.3, 0.45) + 0.03 * clouds(rng, size_px, 20))


def watercolour(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Washes with dark drying edges on white paper."""
    albedo = flat((0.96, 0.95, 0.92), size_px)
    for _ in range(3):
        field = clouds(rng, size_px, 80 * _scale(traits), falloff=2.5) + 0.05 * clouds(rng, size_px, 8)
        wash = smoothstep(-0.30, -0.20, field)
        edge = np.exp(-(((field + 0.22) / 0.07) ** 2))
        pigment = ramp(tones, 0.75 + 0.12 * clouds(rng, size_px, 50) - 0.3 * edge)
        albedo = over(albedo, albedo * pigment, 0.75 * wash)
    return material(albedo, 0.25 * clouds(rng, size_px, 4, falloff=2.0), 0.92)


def camouflage(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Four-colour blobs with hard edges."""
    albedo = flat(tones[0], size_px)
    for tone in tones[1:]:
        blob = smoothstep(-0.03, 0.03, clouds(rng, size_px, 60 * _scale(traits), 40 * _scale(traits), falloff=3.0) - 0.35)
        albedo = over(albedo, tone, blob)
    weave = clouds(rng, size_px, 4)
    return material(tinted(albedo, 0.03 * weave), 0.25 * weave, 0.88)


def stained_glass(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Coloured panes between black leads, lit from behind."""
    x, y = grid(size_px)
    _, edge, number = cells(rng, x, y, rng.uniform(34, 44) * _scale(traits))
    pane = rng.random(4096).astype(np.float32)[number % 4096]
    ripple = clouds(rng, size_px, 16, falloff=4.0)
    albedo = ramp(tones, 0.25 + 0.6 * pane + 0.08 * clouds(rng, size_px, 30))
    others = list(DYE.values())
    for i in range(2):
        other = others[int(rng.integers(0, 10))]
        albedo = over(albedo, ramp(other, 0.3 + 0.5 * pane), ((pane > 0.8 - 0.1 * i) & (pane < 0.9 - 0.1 * i)).astype(np.float32))
    lead = smoothstep(4.2, 2.6, edge)
    albedo = over(albedo, (0.20, 0.20, 0.21), lead)
    relief = 3.0 * np.sqrt(smoothstep(4.6, 0.5, edge)) + 0.25 * ripple * (1 - lead) + 0.3 * each(rng, number)
    return material(albedo, relief, mixed(0.07, 0.55, lead), lead)


def honeycomb(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Even hexagonal cells with raised walls."""
    x, y = grid(size_px)
    across = fitted(size_px, rng.uniform(21, 26) * _scale(traits))
    down = fitted(size_px, across * 3**0.5)
    pitch, step = across, np.float32([across, across * 3**0.5])
    a = np.stack([x / across, y / down], axis=-1)
    first, second = (a - np.round(a)) * step, (a - np.floor(a) - 0.5) * step
    d1, d2 = np.abs(first), np.abs(second)
    hexagon = [np.maximum(d[..., 0], d[..., 0] * 0.5 + d[..., 1] * 0.866) for d in (d1, d2)]
    edge = pitch * 0.5 - np.minimum(hexagon[0], hexagon[1])
    wall = smoothstep(3.4, 1.0, edge)
    tone = 0.38 + 0.09 * clouds(rng, size_px, 40) + 0.30 * wall
    return material(ramp(tones, tone), 4.2 * wall, 0.42 - 0.06 * wall)
