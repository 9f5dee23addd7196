"""What grows, flows, falls and burns."""

import numpy as np

from training.data.colours import Tones
from training.data.noise import Field, Rng, cells, clouds, grid, smoothstep
from training.data.surface import Surface, flat, over, ramp, tinted


def _scale(traits: frozenset[str]) -> float:
    return 1.5 if "large" in traits else 0.65 if "small" in traits else 1.0


def grass(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Blades from below upwards, layer over layer, darker between."""
    scale = _scale(traits)
    tone = 0.15 + 0.1 * clouds(rng, size_px, 30)
    relief = np.zeros_like(tone)
    for lean in rng.permutation([-0.45, -0.18, 0.12, 0.4]):
        blade = clouds(rng, size_px, 34 * scale, 4.2 * scale, 1.5708 + lean, falloff=2.6)
        shown = smoothstep(0.35, 0.75, blade)
        colour = 0.42 + 0.2 * np.clip(blade - 0.5, 0, 1.5) + 0.14 * clouds(rng, size_px, 18)
        tone, relief = tone + (colour - tone) * shown, relief + (blade + 1.0 - relief) * shown
    return Surface(ramp(tones, tone + 0.06 * clouds(rng, size_px, 90)), 1.5 * relief)


def moss(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Soft cushions with a fine velvety grain."""
    x, y = grid(size_px)
    cushion = clouds(rng, size_px, 38 * _scale(traits), falloff=2.6)
    near, _, _ = cells(rng, x, y, 6.5 * _scale(traits))
    sprig = 1 - near / (5.0 * _scale(traits))
    tone = 0.40 + 0.15 * cushion + 0.20 * sprig * 0.7 + 0.05 * clouds(rng, size_px, 4)
    return Surface(ramp(tones, tone), 3.2 * cushion + 1.5 * sprig)


def leaves(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Overlapping pointed leaves with a midrib, lying every way."""
    x, y = grid(size_px)
    scale = _scale(traits)
    albedo, relief = flat(np.asarray(tones[0]) * 0.55, size_px), np.zeros_like(x)
    length = 30.0 * scale
    reach = int(length) + 2
    count = int(2.6 * (size_px / length) ** 2 * 2.2)
    for i in range(count):
        cx, cy, turn = rng.uniform(0, size_px), rng.uniform(0, size_px), rng.uniform(0, 6.283)
        x0, x1 = max(int(cx) - reach, 0), min(int(cx) + reach, size_px)
        y0, y1 = max(int(cy) - reach, 0), min(int(cy) + reach, size_px)
        if x1 <= x0 or y1 <= y0:
            continue
        box = np.s_[y0:y1, x0:x1]
        u = ((x[box] - cx) * np.cos(turn) + (y[box] - cy) * np.sin(turn)) / (length * 0.8)
        v = ((y[box] - cy) * np.cos(turn) - (x[box] - cx) * np.sin(turn)) / (length * 0.8)
        half = 0.46 * np.clip(1 - u * u, 0, None) * (1.1 - 0.35 * u)
        inside = smoothstep(-0.02, 0.05, half - np.abs(v)) * (np.abs(u) < 1)
        rib = smoothstep(0.07, 0.02, np.abs(v))
        veins = smoothstep(0.75, 1.0, np.sin(18 * (u - 0.9 * np.abs(v))))
        tone = 0.30 + 0.45 * i / count + rng.normal(0, 0.10) + 0.13 * rib - 0.06 * veins - 0.10 * (v > 0)
        colour = ramp(tones, tone)
        shadow = smoothstep(-0.28, 0.0, half - np.abs(v)) * (np.abs(u) < 1.05) * 0.35
        albedo[box] = over(over(albedo[box], albedo[box] * 0.3, shadow), colour, inside)
        relief[box] = relief[box] + (2.0 - 2.5 * np.abs(v) - relief[box]) * inside
    return Surface(albedo, relief, 0.08)


def flowers(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Five-petalled blossoms scattered over green leaves."""
    ground = leaves(rng, size_px, ((0.08, 0.15, 0.05), (0.18, 0.32, 0.11), (0.32, 0.47, 0.19)), frozenset({"small"}))
    x, y = grid(size_px)
    albedo, relief = ground.albedo, ground.height
    radius = 14.0 * _scale(traits)
    for _ in range(int(1.1 * (size_px / (radius * 2.3)) ** 2)):
        cx, cy, turn, r = rng.uniform(0, size_px), rng.uniform(0, size_px), rng.uniform(0, 6.3), radius * rng.uniform(0.7, 1.15)
        reach = int(r) + 2
        y0, y1, x0, x1 = max(int(cy) - reach, 0), int(cy) + reach, max(int(cx) - reach, 0), int(cx) + reach
        box = np.s_[y0:y1, x0:x1]
        u, v = x[box] - cx, y[box] - cy
        if u.size == 0:
            continue
        d = np.hypot(u, v) / r
        wave = np.abs(np.cos(2.5 * (np.arctan2(v, u) + turn)))
        petal = smoothstep(0.0, 0.08, 0.42 + 0.55 * wave**0.7 - d)
        tone = 0.35 + 0.5 * d + 0.12 * wave + rng.normal(0, 0.06)
        albedo[box] = over(albedo[box], ramp(tones, tone), petal)
        albedo[box] = over(albedo[box], (0.90, 0.72, 0.22), smoothstep(0.26, 0.18, d))
        relief[box] = relief[box] + (3 + 2 * d - relief[box]) * petal
    return Surface(albedo, relief)


def snow(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Fresh snow: soft drifts, bluish hollows, a little sparkle."""
    drift = clouds(rng, size_px, 90 * _scale(traits), falloff=3.0)
    grain = clouds(rng, size_px, 3, falloff=1.6)
    albedo = ramp(tones, 0.55 + 0.17 * drift + 0.035 * grain)
    return Surface(albedo, 5.5 * drift + 0.2 * grain)


def ice(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Frozen water: clear depth, white cracks in long lines."""
    x, y = grid(size_px)
    warp = 5.0 * clouds(rng, size_px, 60)
    _, edge, _ = cells(rng, x + warp, y + np.roll(warp, 13), 62 * _scale(traits))
    crack = smoothstep(1.8, 0.2, edge) * smoothstep(-0.8, 0.6, clouds(rng, size_px, 60))
    tone = 0.36 + 0.16 * clouds(rng, size_px, 70, falloff=2.4) + 0.04 * clouds(rng, size_px, 8)
    frost = smoothstep(0.6, 2.2, clouds(rng, size_px, 40, falloff=2.0))
    albedo = over(over(ramp(tones, tone), tones[3], 0.5 * frost), (0.97, 0.98, 0.99), 0.85 * crack)
    return Surface(albedo, 0.8 * clouds(rng, size_px, 50), 0.2)


def lava(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Black crust broken into plates over glowing rock."""
    x, y = grid(size_px)
    warp = 7.0 * clouds(rng, size_px, 35, falloff=2.5)
    pitch = rng.uniform(38, 48) * _scale(traits)
    _, edge, _ = cells(rng, x + warp, y + np.roll(warp, 29), pitch)
    width = pitch * (0.10 + 0.05 * np.clip(clouds(rng, size_px, 60), -1.5, 2))
    heat = smoothstep(width * 2.6, 0.0, edge)
    grain = clouds(rng, size_px, 9, falloff=2.0)
    crust = ramp(tones[:2], 0.4 + 0.25 * grain)
    albedo = over(crust, tones[2], smoothstep(0.1, 0.6, heat))
    albedo = over(albedo, tones[3], smoothstep(0.6, 1.0, heat + 0.06 * grain))
    return Surface(albedo, (1 - smoothstep(0.05, 0.3, heat)) * (2.5 + 0.7 * grain))


def water(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """A rippled surface with bright crossing caustic lines."""
    a = clouds(rng, size_px, 60 * _scale(traits), 24 * _scale(traits), 0.15, falloff=4.0)
    b = clouds(rng, size_px, 38 * _scale(traits), 18 * _scale(traits), -0.2, falloff=4.0)
    ridge = np.exp(-np.abs(a + 0.5 * b) * 2.6)
    tone = 0.30 + 0.13 * b + 0.38 * ridge**2 + 0.05 * clouds(rng, size_px, 120)
    return Surface(ramp(tones, tone), 2.0 * b)


def sky(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Heaped clouds lit from above in an open sky."""
    body = clouds(rng, size_px, 130 * _scale(traits), 80 * _scale(traits), falloff=2.15)
    puff = smoothstep(-0.1, 1.1, body + 0.12 * clouds(rng, size_px, 14, falloff=2.2))
    light = body - np.roll(body, -7, axis=0)
    blue = ramp(tones[:2], 0.55 + 0.12 * clouds(rng, size_px, 200, falloff=4))
    white = ramp(tones[2:], 0.55 - 0.9 * light)
    return Surface(over(blue, white, puff), np.zeros_like(body))


def hide(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Reptile skin: rounded polygonal scutes."""
    x, y = grid(size_px)
    pitch = rng.uniform(13, 17) * _scale(traits)
    x = x + (np.floor(y / pitch) % 2) * pitch / 2
    _, edge, number = cells(rng, x, y, pitch, 0.45)
    dome = np.sqrt(smoothstep(0.3, pitch * 0.45, edge))
    pattern = smoothstep(-0.3, 0.5, clouds(rng, size_px, 60, falloff=3))
    tone = 0.12 + 0.35 * dome + 0.26 * pattern + 0.05 * np.sin(number * 7.7)
    return Surface(ramp(tones, tone), 3.0 * dome, 0.2)


def animal_spots(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Leopard coat: broken dark rosettes on golden fur."""
    x, y = grid(size_px)
    pitch = rng.uniform(24, 30) * _scale(traits)
    warp = 3.0 * clouds(rng, size_px, 16)
    near, _, _ = cells(rng, x + warp, y + np.roll(warp, 19), pitch, 0.6)
    ring: Field = smoothstep(pitch * 0.13, 0.0, np.abs(near - pitch * 0.30)) * smoothstep(-0.9, 0.0, clouds(rng, size_px, 12))
    base = ramp(tones, 0.62 + 0.08 * clouds(rng, size_px, 3, 14) + 0.08 * clouds(rng, size_px, 80))
    base = over(base, ramp(tones, np.full_like(x, 0.35)), smoothstep(pitch * 0.26, pitch * 0.1, near) * 0.8)
    return Surface(tinted(over(base, (0.10, 0.07, 0.05), 0.92 * np.clip(ring * 1.6, 0, 1)), 0.04 * clouds(rng, size_px, 3)),
                   0.3 * clouds(rng, size_px, 3, 14))
