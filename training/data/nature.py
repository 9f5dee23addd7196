"""What grows, flows, falls and burns."""

import numpy as np

from training.data import scatter
from training.data.colours import Tones
from training.data.noise import Field, Rng, blurred, cells, clouds, each, grid, lozenges, smoothstep
from training.data.surface import Surface, material, mixed, over, ramp, tinted, to_linear


def _scale(traits: frozenset[str]) -> float:
    return 1.5 if "large" in traits else 0.65 if "small" in traits else 1.0


def grass(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Blades from below upwards, layer over layer, darker between."""
    scale = _scale(traits)
    tone = 0.18 + 0.1 * clouds(rng, size_px, 30)
    relief = np.zeros_like(tone)
    for lean in rng.permutation([-0.45, -0.18, 0.12, 0.4]):
        blade = clouds(rng, size_px, 34 * scale, 4.2 * scale, 1.5708 + lean, falloff=2.6)
        shown = smoothstep(0.35, 0.75, blade)
        colour = 0.42 + 0.2 * np.clip(blade - 0.5, 0, 1.5) + 0.14 * clouds(rng, size_px, 18)
        tone, relief = tone + (colour - tone) * shown, relief + (blade + 1.0 - relief) * shown
    return material(ramp(tones, tone + 0.06 * clouds(rng, size_px, 90)), 1.7 * relief, 0.68 - 0.04 * relief)


def moss(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Soft cushions with a fine velvety grain."""
    x, y = grid(size_px)
    cushion = clouds(rng, size_px, 38 * _scale(traits), falloff=2.6)
    near, _, _ = cells(rng, x, y, 6.5 * _scale(traits))
    sprig = 1 - near / (5.0 * _scale(traits))
    tone = 0.40 + 0.09 * cushion + 0.14 * sprig + 0.06 * clouds(rng, size_px, 4) + 0.05 * clouds(rng, size_px, 60)
    return material(ramp(tones, tone), 3.4 * cushion + 2.4 * sprig, 0.96)


def leaves(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Overlapping pointed leaves with a midrib, lying every way."""
    tone, relief = scatter.leaves(rng, size_px, 30.0 * _scale(traits))
    ground = (tone == 0).astype(np.float32)
    albedo = over(ramp(tones, tone + 0.03 * clouds(rng, size_px, 12)), np.asarray(tones[0]) * 0.7, ground)
    waxy = rng.uniform(0.35, 0.6)
    return material(albedo, relief, mixed(waxy + 0.1 * tone, 0.95, ground))


def flowers(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Five-petalled blossoms scattered over green leaves."""
    green, relief = scatter.leaves(rng, size_px, 19.5)
    ground = ramp(((0.08, 0.15, 0.05), (0.18, 0.32, 0.11), (0.32, 0.47, 0.19)), green)
    tone, cover, heart = scatter.blossoms(rng, relief, 14.0 * _scale(traits))
    albedo = over(over(ground, ramp(tones, tone), cover), (0.90, 0.72, 0.22), heart)
    return material(albedo, relief, mixed(mixed(0.5, 0.68, cover), 0.95, heart))


def snow(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Fresh snow: soft drifts, bluish hollows, a little sparkle."""
    drift = clouds(rng, size_px, 90 * _scale(traits), falloff=3.0)
    grain = clouds(rng, size_px, 3, falloff=1.6)
    albedo = ramp(tones, 0.55 + 0.17 * drift + 0.035 * grain)
    crust = 0.55 if "smooth" in traits else 0.75
    return material(albedo, 5.5 * drift + (0.5 if "rough" in traits else 0.2) * grain, crust + 0.06 * grain)


def ice(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Frozen water: clear depth, white cracks in long lines."""
    x, y = grid(size_px)
    warp = 5.0 * clouds(rng, size_px, 60)
    _, edge, _ = cells(rng, x + warp, y + np.roll(warp, 13), 62 * _scale(traits))
    crack = smoothstep(1.8, 0.2, edge) * smoothstep(-0.8, 0.6, clouds(rng, size_px, 60))
    tone = 0.36 + 0.16 * clouds(rng, size_px, 70, falloff=2.4) + 0.04 * clouds(rng, size_px, 8)
    frost = smoothstep(0.6, 2.2, clouds(rng, size_px, 40, falloff=2.0))
    albedo = over(over(ramp(tones, tone), tones[3], 0.5 * frost), (0.97, 0.98, 0.99), 0.85 * crack)
    roughness = mixed(mixed(0.06, 0.55, frost), 0.45, crack)
    return material(albedo, 0.8 * clouds(rng, size_px, 50) - 0.5 * crack + 0.3 * frost, roughness)


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
    molten = smoothstep(0.1, 0.6, heat)
    glow = over(np.broadcast_to(np.float32(tones[2]), crust.shape), tones[3], smoothstep(0.6, 1.0, heat + 0.06 * grain))
    relief = (1 - smoothstep(0.05, 0.3, heat)) * (2.5 + 0.7 * grain)
    emission = 1.25 * to_linear(glow) * molten[..., None]
    return material(over(crust, np.asarray(tones[0]) * 0.6, molten), relief, mixed(0.88, 0.55, molten), 0.0, emission)


def water(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """A rippled surface with bright crossing caustic lines."""
    a = clouds(rng, size_px, 60 * _scale(traits), 24 * _scale(traits), 0.15, falloff=4.0)
    b = clouds(rng, size_px, 38 * _scale(traits), 18 * _scale(traits), -0.2, falloff=4.0)
    ridge = np.exp(-np.abs(a + 0.5 * b) * 2.6)
    tone = 0.32 + 0.07 * b + 0.34 * ridge**2 + 0.05 * clouds(rng, size_px, 120)
    return material(ramp(tones, tone), 2.2 * b + 0.8 * a, 0.05)


def sky(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Heaped clouds lit from above in an open sky: it gives light and takes none, so all of it is emission."""
    body = clouds(rng, size_px, 130 * _scale(traits), 80 * _scale(traits), falloff=2.15)
    puff = smoothstep(-0.1, 1.1, body + 0.12 * clouds(rng, size_px, 14, falloff=2.2))
    light = body - np.roll(body, -7, axis=0)
    blue = ramp(tones[:2], 0.55 + 0.12 * clouds(rng, size_px, 200, falloff=4))
    white = ramp(tones[2:], 0.55 - 0.9 * light)
    colours = to_linear(over(blue, white, puff))
    return material(np.zeros_like(colours), np.zeros_like(body), 1.0, 0.0, colours)


def hide(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Reptile skin: rows of lozenge scales, each a cushion with a ridge across its middle."""
    x, y = grid(size_px)
    scale = _scale(traits)
    bend = 1.2 * clouds(rng, size_px, 40)
    a, b, number = lozenges(rng, x + bend, y + np.roll(bend, 23), rng.uniform(30, 36) * scale, rng.uniform(36, 44) * scale)
    edge = 2 * np.minimum(np.minimum(a, 1 - a), np.minimum(b, 1 - b))
    dome = smoothstep(0.06, 0.55, edge)
    ridge = smoothstep(0.22, 0.05, np.abs(a - b)) * smoothstep(0.1, 0.5, edge)
    pattern = smoothstep(-0.3, 0.5, clouds(rng, size_px, 60, falloff=3))
    tone = 0.14 + 0.28 * dome + 0.10 * ridge + 0.24 * pattern * dome + 0.05 * each(rng, number)
    return material(ramp(tones, tone), 4.0 * dome + 0.8 * ridge, 0.60 - 0.22 * dome)


def animal_spots(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Leopard coat: broken dark rosettes on golden fur."""
    x, y = grid(size_px)
    pitch = rng.uniform(24, 30) * _scale(traits)
    warp = 3.0 * clouds(rng, size_px, 16)
    near, _, _ = cells(rng, x + warp, y + np.roll(warp, 19), pitch, 0.6)
    ring: Field = smoothstep(pitch * 0.13, 0.0, np.abs(near - pitch * 0.30)) * smoothstep(-0.9, 0.0, clouds(rng, size_px, 12))
    base = ramp(tones, 0.62 + 0.08 * clouds(rng, size_px, 3, 14) + 0.08 * clouds(rng, size_px, 80))
    base = over(base, ramp(tones, np.full_like(x, 0.35)), smoothstep(pitch * 0.26, pitch * 0.1, near) * 0.8)
    albedo = over(base, (0.10, 0.07, 0.05), 0.92 * np.clip(ring * 1.6, 0, 1))
    hair = clouds(rng, size_px, 3, 14)
    return material(tinted(albedo, 0.05 * hair), 0.45 * hair, 0.75)


def coral(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Brain coral: winding ridges of even width with furrows between."""
    width = rng.uniform(2.4, 3.2) * _scale(traits)
    # A narrow band of wavelengths has its zero crossings at even distances, as a reaction-diffusion pattern has.
    white = clouds(rng, size_px, 1.0, falloff=0.0)
    field = blurred(white, width) - blurred(white, 1.25 * width)
    ridge = smoothstep(-0.8, 0.8, field / field.std())
    polyps = clouds(rng, size_px, 3, falloff=2.2)
    tone = 0.34 + 0.26 * ridge + 0.07 * polyps + 0.06 * clouds(rng, size_px, 60)
    return material(ramp(tones, tone), 5.5 * ridge + 0.4 * polyps * ridge, 0.86 + 0.03 * polyps)


def bone(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Bone and ivory: pale, waxy, with long hairline checks, small pores and brownish growth lines."""
    angle = rng.uniform(-0.3, 0.3)
    growth = clouds(rng, size_px, 220, 18, angle, falloff=3.0)
    line = clouds(rng, size_px, 150, 7, angle + 0.05, falloff=4.0)
    check = np.exp(-((line / 0.06) ** 2)) * smoothstep(-0.3, 0.9, clouds(rng, size_px, 60))
    pores = smoothstep(2.0, 2.6, clouds(rng, size_px, 9, 4, angle, falloff=3.0))
    stain = smoothstep(0.4, 2.2, clouds(rng, size_px, 70, falloff=2.4))
    albedo = ramp(tones, 0.72 + 0.10 * growth - 0.25 * stain)
    albedo = over(albedo, np.asarray(tones[0]) * 0.6, np.clip(0.7 * check + 0.8 * pores, 0, 0.85))
    waxy = 0.30 if "smooth" in traits else 0.46
    return material(albedo, 0.35 * growth - 0.8 * check - 1.6 * pores, waxy + 0.2 * stain + 0.3 * pores)


def frost(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Needles of ice that shoot out from many points like stars, white on bluish glass."""
    scale = _scale(traits)
    stars, needles = int(95 * (size_px / 256 / scale) ** 2), 11
    centre = rng.uniform(0, size_px, (stars, 1, 2))
    turn = rng.uniform(0, 2 * np.pi, (stars, 1)) + 2 * np.pi * (np.arange(needles) + rng.normal(0, 0.18, (stars, needles))) / needles
    half = rng.uniform(9, 17, (stars, needles)) * scale
    x, y = centre[..., 0] + half * np.cos(turn), centre[..., 1] + half * np.sin(turn)
    shade = 0.78 + rng.normal(0, 0.09, (stars, needles))
    places = np.stack([x, y, turn, half, np.full_like(half, 2.3 * scale), np.zeros_like(half), shade], axis=-1).reshape(-1, 7)
    tone, relief = scatter.ribbons(places, size_px)
    bare = (tone == 0).astype(np.float32)
    albedo = over(ramp(tones, tone + 0.04 * clouds(rng, size_px, 30)),
                  ramp(tones, 0.14 + 0.06 * clouds(rng, size_px, 60)), bare)
    return material(albedo, 0.8 * relief, mixed(0.42, 0.12, bare))


def fronds(rng: Rng, size_px: int, tones: Tones, traits: frozenset[str]) -> Surface:
    """Long wavy blades of a water plant, hanging side by side over each other."""
    scale = _scale(traits)
    count = int(95 * (size_px / 256 / scale) ** 2)
    shade = 0.32 + 0.26 * np.arange(count) / count + rng.normal(0, 0.10, count)
    places = np.stack([*rng.uniform(0, size_px, (2, count)), np.pi / 2 + rng.normal(0, 0.22, count),
                       rng.uniform(48, 80, count) * scale, rng.uniform(6.5, 10, count) * scale,
                       rng.uniform(-7, 7, count) * scale, shade], axis=-1)
    tone, relief = scatter.ribbons(places, size_px)
    ground = (tone == 0).astype(np.float32)
    albedo = over(ramp(tones, tone + 0.03 * clouds(rng, size_px, 12)), np.asarray(tones[0]) * 0.5, ground)
    return material(albedo, relief, mixed(0.35, 0.9, ground))
