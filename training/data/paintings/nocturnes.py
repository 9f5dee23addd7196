"""Brush and oil by night: the starry sky, the lamps of a city."""

import numpy as np
from scipy.ndimage import gaussian_filter

from training.data.noise import Rng, smoothstep
from training.data.paintings import motifs, scenes
from training.data.paintings.canvas import Canvas, blob, unit_grid
from training.data.paintings.composition import Scene, Work, below, choose, profile
from training.data.paintings.palettes import Palette, luminance, mix
from training.data.paintings.strokes import Brush, painted
from training.data.surface import over


def swirling_impasto(rng: Rng, size_px: int, p: Palette) -> Work:
    """Thick strokes that wheel about stars and a moon, over hills, a cypress and a village."""
    x, y = unit_grid(size_px)
    horizon = float(rng.uniform(0.56, 0.68))
    angle_x, angle_y = np.ones_like(x), 0.25 * np.sin(7 * x + rng.uniform(0, 6))
    image = np.asarray(
        mix(p.dark, p.tones[0], 0.85)
        + (mix(p.tones[0], p.light, 0.3) - mix(p.dark, p.tones[0], 0.85)) * y[..., None] / horizon,
        np.float32,
    )
    wave = np.sin(22 * y + 3.2 * np.sin(5.5 * x + rng.uniform(0, 6)) + rng.uniform(0, 6))
    image = over(image, mix(p.tones[0], p.light, 0.55), 0.55 * smoothstep(0.2, 0.95, wave))
    lights = [(rng.uniform(0.72, 0.88), rng.uniform(0.12, 0.2), rng.uniform(0.05, 0.07))]
    lights += [
        (rng.uniform(0.05, 0.95), rng.uniform(0.05, horizon - 0.18), rng.uniform(0.014, 0.026))
        for _ in range(int(rng.integers(5, 10)))
    ]
    swirls = [
        (rng.uniform(0.3, 0.6), horizon * rng.uniform(0.4, 0.6), 0.13),
        (rng.uniform(0.1, 0.3), horizon * 0.6, 0.09),
    ]
    for cx, cy, radius in [*lights, *swirls]:
        dx, dy = x - cx, y - cy
        far = np.hypot(dx, dy) + 1e-4
        pull = 3.5 * np.exp(-((far / (radius * (3.0 if radius < 0.08 else 1.3))) ** 2))
        angle_x, angle_y = angle_x - pull * dy / far, angle_y + pull * dx / far
    for cx, cy, radius in swirls:
        far = np.hypot(x - cx, y - cy)
        ring = np.sin(far / radius * 9 + np.arctan2(y - cy, x - cx)) * np.exp(-((far / (1.2 * radius)) ** 2))
        image = over(image, p.light, 0.8 * np.maximum(ring, 0).astype(np.float32))
    for cx, cy, radius in lights:
        far = np.hypot(x - cx, y - cy)
        halo = np.exp(-((far / (2.1 * radius)) ** 2)) * (0.75 + 0.25 * np.cos(far / radius * 4))
        image = over(image, p.accent, np.clip(halo, 0, 1).astype(np.float32))
        image = over(image, mix(p.accent, p.light, 0.75), smoothstep(radius, 0.6 * radius, far))
    flow = np.arctan2(angle_y, angle_x).astype(np.float32)
    for i in range(3):
        ridge = profile(rng, size_px, horizon + 0.11 * i, 0.05)
        tone = mix(mix(p.tones[1], p.tones[0], 0.6 - 0.3 * i), p.dark, 0.2 + 0.12 * i)
        image = over(image, tone, below(ridge, y))
        slope = np.arctan(np.gradient(ridge) * size_px)[None, :] + 0.5 * np.sin(14 * y + 9 * x)
        flow = np.where(y > ridge[None, :], slope, flow).astype(np.float32)
    canvas = Canvas(image)
    village = rng.random() < 0.7
    if village:
        for at in np.arange(rng.uniform(0.35, 0.5), 0.9, 0.11):
            motifs.house(
                rng,
                canvas,
                at,
                horizon + rng.uniform(0.2, 0.26),
                rng.uniform(0.08, 0.11),
                mix(p.tones[0], p.light, 0.5),
                mix(p.tones[2], p.dark, 0.3),
                p.accent,
            )
    cypress = rng.random() < 0.7
    if cypress:
        at = rng.uniform(0.1, 0.26)
        for shift, height in ((0, rng.uniform(0.6, 0.85)), (0.08, 0.4)):
            motifs.poplar(rng, canvas, at + shift, 1.03, height, mix(p.tones[1], p.dark, 0.7), p.dark)
            flow = np.where(
                np.abs(x - at - shift) < 0.09 * height * np.clip((y - 1.03 + height) * 3, 0, 1),
                np.pi / 2 + 0.5 * np.sin(18 * y),
                flow,
            ).astype(np.float32)
    sketch = canvas.array()
    if rng.random() < 0.5:
        sketch, flow = np.ascontiguousarray(sketch[:, ::-1]), np.ascontiguousarray(-flow[:, ::-1])
    picture = painted(
        rng,
        sketch,
        flow,
        (Brush(9, 30, 1.8, 0.06, 0.02, 0.06, 0.14), Brush(5.5, 26, 1.8, 0.10, 0.035, 0.06, 0.16, tolerance=0.3)),
        0.75,
    )
    what = "a starry sky over hills" if not village else "a starry night over a village"
    return picture, str(rng.choice([what, "a swirling sky over hills"])) + (" with a cypress" if cypress else "")


def night_city(rng: Rng, size_px: int, p: Palette) -> Work:
    """A street of lamps and windows, or a skyline over water, in oil."""
    scene = choose(rng, wet_street, wet_street, lit_skyline)(rng, size_px, p)
    picture = painted(
        rng,
        scene.image,
        scene.flow,
        (Brush(10, 20, 1.7, 0.08, 0.02, 0.12, 0.14), Brush(4.5, 12, 2.1, 0.08, 0.03, 0.12, 0.14, tolerance=0.3)),
        0.5,
    )
    return picture, scene.subject


def lit_skyline(rng: Rng, size_px: int, p: Palette) -> Scene:
    """Towers with lit windows over water."""
    image, flow, _ = scenes.skyline(rng, size_px, p, night=True)
    glow = gaussian_filter(
        image * smoothstep(0.4, 0.65, luminance(image))[..., None], (0.02 * size_px, 0.012 * size_px, 0)
    )
    image = np.clip(image + 0.7 * glow, 0, 1).astype(np.float32)
    return Scene(
        image,
        flow,
        str(rng.choice(["skyscrapers", "a skyline over the water", "lit towers", "reflections in the water"])),
    )


def wet_street(rng: Rng, size_px: int, p: Palette) -> Scene:
    """Lamps and windows mirrored in a wet street that runs to a vanishing point."""
    x, y = unit_grid(size_px)
    horizon, vanishing = float(rng.uniform(0.45, 0.62)), float(rng.uniform(0.3, 0.7))
    night = mix(p.dark, np.float32([0.03, 0.04, 0.10]), 0.5)
    image = night + (mix(p.dark, p.tones[0], 0.8) - night) * np.clip(y / horizon, 0, 1)[..., None] ** 2
    glow = np.exp(-((x - vanishing) ** 2 + (y - horizon + 0.04) ** 2) / 0.03)
    canvas = Canvas(over(image.astype(np.float32), mix(p.accent, p.tones[2], 0.3), (0.7 * glow).astype(np.float32)))
    canvas.box(0, horizon + 0.02, 1, 1, mix(night, p.tones[0], 0.12))
    for side in (-1, 1):
        for k in range(4, -1, -1):
            near, far = vanishing + side * 0.075 * 1.65 ** (k + 1), vanishing + side * 0.075 * 1.65**k
            top = horizon - rng.uniform(0.8, 1.2) * abs(near - vanishing) - 0.08
            low = horizon + 0.3 * abs(near - vanishing)
            wall = mix(p.bright[int(rng.integers(3))], night, 0.72)
            canvas.polygon(
                [
                    (near, top),
                    (far, top + 0.2 * (horizon - top)),
                    (far, horizon + 0.3 * abs(far - vanishing)),
                    (near, low),
                ],
                wall,
            )
            for u in np.linspace(0.2, 0.8, 3):
                for v in np.linspace(0.08, 0.92, 7):
                    if rng.random() < 0.5:
                        wx = far + u * (near - far)
                        wy = top + v * (horizon + 0.02 - top)
                        r = 0.09 * abs(near - far)
                        canvas.box(
                            wx - r, wy - 1.3 * r, wx + r, wy + 1.3 * r, mix(p.accent, p.tones[2], rng.uniform(0, 0.5))
                        )
    canvas.polygon(
        [(vanishing, horizon), (vanishing + 0.05, horizon), (1.1, 1.0), (-0.1, 1.0), (vanishing - 0.05, horizon)],
        mix(night, p.tones[0], 0.35),
    )
    lamps = [(vanishing + side * d, horizon + 0.22 * d) for side in (-1, 1) for d in (0.1, 0.2, 0.4)]
    for lx, ly in lamps:
        d = abs(lx - vanishing)
        canvas.line([(lx, ly), (lx, ly - 0.7 * d - 0.03)], 0.012 * (0.4 + 2 * d), night)
        canvas.disc(lx, ly - 0.7 * d - 0.03, 0.018 + 0.045 * d, mix(p.accent, p.light, 0.5))
    image = canvas.array()
    bright = gaussian_filter(
        image * smoothstep(0.45, 0.7, luminance(image))[..., None], (0.03 * size_px, 0.012 * size_px, 0)
    )
    rows = np.clip((2 * horizon + 0.1 - y) * size_px, 0, size_px - 1).astype(int)
    wet = np.where(
        (y > horizon + 0.05)[..., None],
        gaussian_filter(image[rows, (x * (size_px - 1)).astype(int)], (0.02 * size_px, 1, 0)),
        0,
    )
    image = np.clip(
        image + 0.9 * bright + 0.6 * wet * (0.55 + 0.45 * np.sin(70 * y + 4 * np.sin(9 * x)))[..., None], 0, 1
    ).astype(np.float32)
    people = Canvas(image)
    for _ in range(int(rng.integers(1, 4))):
        px, size = rng.uniform(0.3, 0.7), rng.uniform(0.12, 0.22)
        ground = horizon + 0.1 + 1.1 * (size - 0.1)
        people.polygon(blob(rng, px, ground - 0.4 * size, 0.13 * size, 0.42 * size, 0.05), night * 0.7)
        people.disc(px, ground - 0.88 * size, 0.09 * size, night * 0.7)
    flow = np.where(
        y > horizon, np.pi / 2 + 0.15 * np.sin(20 * x), np.where(luminance(image) < 0.12, 0.9, np.pi / 2)
    ).astype(np.float32)
    return Scene(
        people.array(),
        flow,
        str(
            rng.choice(
                [
                    "street lamps and wet pavement",
                    "a rainy street",
                    "lit windows",
                    "reflections in the street",
                    "lamps and passers-by",
                ]
            )
        ),
    )
