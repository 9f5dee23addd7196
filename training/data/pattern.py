"""Made patterns and paint."""

import numpy as np

from training.data.colours import DYE, Tones
from training.data.noise import Rng, cells, clouds, grid, smoothstep
from training.data.surface import Surface, flat, over, ramp, tinted

CREAM = (0.93, 0.90, 0.83)


def _scale(traits: frozenset[str]) -> float:
    return 1.6 if "large" in traits else 0.6 if "small" in traits else 1.0


def _ground(tones: Tones) -> tuple[float, float, float]:
    """A pale partner for a colour, a dark one when the colour itself is pale."""
    return CREAM if float(np.mean(tones[1])) < 0.72 else (0.22, 0.22, 0.24)


def checker(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Squares in two colours."""
    x, y = grid(size_px)
    pitch = rng.uniform(26, 34) * _scale(traits)
    wave = np.sin(np.pi * (x / pitch + rng.uniform(0, 1))) * np.sin(np.pi * (y / pitch + rng.uniform(0, 1)))
    amount = smoothstep(-0.06, 0.06, wave)
    base = tinted(flat(_ground(tones), size_px), 0.02 * clouds(rng, size_px, 40))
    return Surface(over(base, ramp(tones, 0.5 + 0.06 * clouds(rng, size_px, 40)), amount), np.zeros_like(x))


def stripes(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Even stripes; upright unless the caption says horizontal or diagonal."""
    x, y = grid(size_px)
    pitch = rng.uniform(26, 34) * _scale(traits)
    along = y if "horizontal" in traits else (x + y) * 0.7071 if "diagonal" in traits else x
    wave = np.sin(2 * np.pi * (along / pitch + rng.uniform(0, 1)))
    base = tinted(flat(_ground(tones), size_px), 0.02 * clouds(rng, size_px, 40))
    amount = smoothstep(-0.15, 0.15, wave)
    return Surface(over(base, ramp(tones, 0.5 + 0.06 * clouds(rng, size_px, 40)), amount), 0.1 * clouds(rng, size_px, 4))


def dots(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Polka dots in staggered rows."""
    x, y = grid(size_px)
    pitch = rng.uniform(28, 36) * _scale(traits)
    y = y + rng.uniform(0, pitch)
    row = np.floor(y / (pitch * 0.75))
    u = x / pitch + (row % 2) * 0.5
    distance = np.hypot((u - np.floor(u) - 0.5) * pitch, (y / (pitch * 0.75) - row - 0.5) * pitch * 0.75)
    amount = smoothstep(0.8, -0.8, distance - pitch * 0.25)
    base = tinted(flat(_ground(tones), size_px), 0.02 * clouds(rng, size_px, 40))
    return Surface(over(base, ramp(tones, 0.5 + 0.05 * clouds(rng, size_px, 40)), amount), 0.1 * clouds(rng, size_px, 4))


def brush_strokes(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Impasto: overlapping bristled strokes, some in warmer and cooler neighbours of the colour."""
    x, y = grid(size_px)
    albedo = ramp(tones, 0.5 + 0.15 * clouds(rng, size_px, 40))
    relief = np.zeros_like(x)
    scale = _scale(traits)
    length, width = 34.0 * scale, 9.0 * scale
    flow = 0.9 * clouds(rng, size_px, 120, falloff=4.0) + rng.uniform(0, 3.1)
    bristle_noise = rng.standard_normal(64).astype(np.float32)
    reach = int(length) + 2
    for _ in range(int(5.0 * (size_px / length) ** 2)):
        cx, cy = rng.uniform(0, size_px), rng.uniform(0, size_px)
        turn = float(flow[int(cy), int(cx)]) + rng.normal(0, 0.25)
        box = np.s_[max(int(cy) - reach, 0) : int(cy) + reach, max(int(cx) - reach, 0) : int(cx) + reach]
        u = (x[box] - cx) * np.cos(turn) + (y[box] - cy) * np.sin(turn)
        v = (y[box] - cy) * np.cos(turn) - (x[box] - cx) * np.sin(turn) + 0.004 * u * u
        bristle = bristle_noise[np.floor((v + width) / (1.6 * scale)).astype(int) % 64]
        inside = smoothstep(0, 1.5, width - np.abs(v)) * smoothstep(0, 4, length * 0.8 + 3 * bristle - np.abs(u))
        tone = rng.normal(0.5, 0.26)
        colour = np.clip(ramp(tones, np.clip(tone + 0.05 * bristle, 0, 1)) * (1 + rng.normal(0, 0.05, 3)), 0, 1)
        albedo[box] = over(albedo[box], colour.astype(np.float32), inside * 0.93)
        relief[box] = relief[box] * (1 - inside) + inside * (1.8 + 0.5 * bristle - 0.02 * v * v / scale)
    return Surface(albedo, relief * 1.1, 0.15)


def watercolour(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Washes with dark drying edges on white paper."""
    albedo = flat((0.96, 0.95, 0.92), size_px)
    for _ in range(3):
        field = clouds(rng, size_px, 80 * _scale(traits), falloff=2.5) + 0.05 * clouds(rng, size_px, 8)
        wash = smoothstep(-0.30, -0.20, field)
        edge = np.exp(-(((field + 0.22) / 0.07) ** 2))
        pigment = ramp(tones, 0.75 + 0.12 * clouds(rng, size_px, 50) - 0.3 * edge)
        albedo = over(albedo, albedo * pigment, 0.75 * wash)
    return Surface(albedo, 0.25 * clouds(rng, size_px, 4, falloff=2.0))


def camouflage(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Four-colour blobs with hard edges."""
    albedo = flat(tones[0], size_px)
    for tone in tones[1:]:
        blob = smoothstep(-0.03, 0.03, clouds(rng, size_px, 60 * _scale(traits), 40 * _scale(traits), falloff=3.0) - 0.35)
        albedo = over(albedo, tone, blob)
    return Surface(tinted(albedo, 0.03 * clouds(rng, size_px, 4)), 0.15 * clouds(rng, size_px, 4))


def stained_glass(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Coloured panes between black leads, lit from behind."""
    x, y = grid(size_px)
    _, edge, number = cells(rng, x, y, rng.uniform(34, 44) * _scale(traits))
    pane = rng.random(4096).astype(np.float32)[number % 4096]
    albedo = ramp(tones, 0.25 + 0.6 * pane + 0.08 * clouds(rng, size_px, 30))
    others = list(DYE.values())
    for i in range(2):
        other = others[int(rng.integers(0, 10))]
        albedo = over(albedo, ramp(other, 0.3 + 0.5 * pane), ((pane > 0.8 - 0.1 * i) & (pane < 0.9 - 0.1 * i)).astype(np.float32))
    albedo = over(albedo, (0.05, 0.05, 0.06), smoothstep(4.2, 2.6, edge))
    return Surface(albedo, 2.0 * smoothstep(5, 2, edge))


def honeycomb(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Even hexagonal cells with raised walls."""
    x, y = grid(size_px)
    pitch = rng.uniform(21, 26) * _scale(traits)
    step = np.float32([pitch, pitch * 3**0.5])
    a = np.stack([x, y], axis=-1) / step
    first, second = (a - np.round(a)) * step, (a - np.floor(a) - 0.5) * step
    d1, d2 = np.abs(first), np.abs(second)
    hexagon = [np.maximum(d[..., 0], d[..., 0] * 0.5 + d[..., 1] * 0.866) for d in (d1, d2)]
    edge = pitch * 0.5 - np.minimum(hexagon[0], hexagon[1])
    wall = smoothstep(3.4, 1.0, edge)
    tone = 0.30 + 0.09 * clouds(rng, size_px, 40) + 0.42 * wall
    return Surface(ramp(tones, tone), 4.0 * wall, 0.25)
