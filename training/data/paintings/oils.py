"""Brush and oil: kinds whose mark is the stroke."""

import numpy as np
from scipy.ndimage import gaussian_filter

from training.data.noise import Rng, clouds, smoothstep
from training.data.paintings import motifs, scenes
from training.data.paintings.canvas import Canvas, blob, unit_grid
from training.data.paintings.composition import Scene, Work, below, choose, profile
from training.data.paintings.palettes import Palette, chroma, luminance, mix
from training.data.paintings.strokes import Brush, brushed, contours, lit_paint, painted, stamp_discs
from training.data.surface import over


def impressionist(rng: Rng, size_px: int, p: Palette) -> Work:
    """Short broken strokes of neighbouring hues: light on water."""
    scene = choose(rng, scenes.river, scenes.river, scenes.sea, lily_pond)(rng, size_px, p)
    tint = (
        0.05
        * np.stack([clouds(rng, size_px, 26 * size_px / 256) for _ in range(3)], -1)
        * np.minimum(chroma(scene.image) / 0.12, 1)
    )
    tinted = np.clip(scene.image + tint, 0, 1)
    picture = painted(
        rng,
        tinted.astype(np.float32),
        scene.flow,
        (
            Brush(11, 16, 1.7, 0.05, 0.03, 0.2, 0.07, tolerance=0.8),
            Brush(6.5, 10, 1.9, 0.07, 0.045, 0.22, 0.08, tolerance=0.45),
        ),
        0.35,
    )
    return picture, scene.subject


def lily_pond(rng: Rng, size_px: int, p: Palette) -> Scene:
    """A pond seen from above, sky and willows mirrored in it, with islands of leaves and flowers."""
    x, _ = unit_grid(size_px)
    depth = 0.45 + 0.2 * clouds(rng, size_px, 40 * size_px / 256, 130 * size_px / 256, 0.0, 4.0)
    water = np.asarray(
        mix(p.tones[1], p.dark, 0.35)
        + (mix(p.tones[0], p.light, 0.3) - mix(p.tones[1], p.dark, 0.35)) * np.clip(depth, 0, 1)[..., None],
        np.float32,
    )
    canvas = Canvas(water)
    for _ in range(int(rng.integers(6, 10))):
        cy = rng.uniform(0.12, 0.95)
        near, cx = 0.75 + 0.85 * cy, rng.uniform(0.05, 0.95)
        for _ in range(int(rng.integers(4, 9))):
            lx, ly = cx + rng.normal(0, 0.09) * near, cy + rng.normal(0, 0.018)
            leaf = mix(mix(p.tones[1], p.accent, rng.uniform(0, 0.4)), p.light, rng.uniform(0, 0.3))
            canvas.ellipse(lx, ly + 0.008, 0.06 * near, 0.021 * near, leaf * 0.6)
            canvas.ellipse(lx, ly, 0.06 * near, 0.019 * near, leaf)
        petal = mix(p.tones[2], p.light, rng.uniform(0.1, 0.7))
        for shift in (-0.018, 0, 0.018):
            canvas.polygon(
                blob(rng, cx + shift * near, cy - 0.018, 0.017 * near, 0.03 * near), petal * (1 - 5 * abs(shift))
            )
        canvas.disc(cx, cy - 0.012, 0.009 * near, p.accent)
    flow = np.where(clouds(rng, size_px, 50 * size_px / 256) > 0.8, 1.4, 0.08 * np.sin(9 * x)).astype(np.float32)
    return Scene(
        canvas.array(),
        flow,
        str(rng.choice(["water lilies", "a pond with water lilies", "a lily pond with reflections"])),
    )


def pointillism(rng: Rng, size_px: int, p: Palette) -> Work:
    """Dots of pure colour side by side, each a little off, some from across the palette (after Seurat)."""
    scene = choose(rng, scenes.river, scenes.sea, scenes.hills, scenes.bouquet, scenes.portrait)(rng, size_px, p)
    scale = size_px / 256
    picture = np.asarray(0.5 * p.light + 0.5 * gaussian_filter(scene.image, (4 * scale, 4 * scale, 0)), np.float32)
    poles = np.stack([p.dark, *p.bright, p.light])
    for pitch, radius in ((5.6, 2.6), (5.0, 1.9)):
        axis = np.arange(0, size_px, pitch * scale)
        x, y = (a.ravel() + rng.normal(0, 0.22 * pitch * scale, a.size) for a in np.meshgrid(axis, axis))
        order = rng.permutation(x.size)
        x, y = np.clip(x[order], 0, size_px - 1), np.clip(y[order], 0, size_px - 1)
        seen = scene.image[y.astype(int), x.astype(int)]
        pull = np.where(rng.random((x.size, 1)) < 0.2, 0.5, 0.14) * rng.random((x.size, 1))
        colours = seen + (poles[rng.integers(0, len(poles), x.size)] - seen) * pull
        colours = np.clip(
            colours
            + rng.normal(0, 0.05, (x.size, 3)) * np.minimum(chroma(colours) / 0.12, 1)
            + rng.normal(0, 0.05, (x.size, 1)),
            0,
            1,
        ).astype(np.float32)
        stamp_discs(
            picture,
            x,
            y,
            radius * scale * rng.uniform(0.85, 1.15, x.size),
            colours,
            np.full(x.size, 0.96),
            max(1.0, scale),
        )
    return np.clip(picture, 0, 1), scene.subject


def fauvist(rng: Rng, size_px: int, p: Palette) -> Work:
    """A landscape in colours that nature does not have, broad flat strokes and dark contours (after Derain)."""
    order = rng.permutation(3)
    wild = Palette(p.name, mix(p.dark, p.tones[0], 0.25), tuple(p.bright[i] for i in order), p.accent, p.light, (), ())
    scene = choose(rng, scenes.hills, scenes.hills, scenes.river)(rng, size_px, wild)
    flat = gaussian_filter(scene.image, (1.5, 1.5, 0)).astype(np.float32)
    grey = luminance(flat)[..., None]
    strong = np.clip(grey + 1.45 * (flat - grey), 0, 1).astype(np.float32)
    picture, relief = strong.copy(), np.zeros_like(scene.flow)
    for brush in (
        Brush(17, 34, 2.0, 0.08, 0.05, 0.2, 0.12, tolerance=0.45),
        Brush(11, 22, 0.9, 0.12, 0.08, 0.25, 0.14, tolerance=0.4),
    ):
        brushed(rng, picture, relief, strong, scene.flow, brush)
    picture = over(picture, wild.dark, 0.85 * contours(scene.image, 1.7 * size_px / 256, 0.17))
    return lit_paint(picture, relief, 0.35), scene.subject


def seascape(rng: Rng, size_px: int, p: Palette) -> Work:
    """Waves, foam and boats in broad oil strokes."""
    scene = scenes.sea(rng, size_px, p)
    x, y = unit_grid(size_px)
    image = scene.image
    for k in range(int(rng.integers(2, 4))):
        crest = profile(rng, size_px, 0.66 + 0.14 * k, 0.025)
        depth = y - crest[None, :]
        height = 0.05 + 0.025 * k
        swell = np.where(depth > 0, np.exp(-depth / height), 0) * smoothstep(
            -0.2, 0.6, np.sin(4 * x + rng.uniform(0, 6)) + 0.4
        )
        image = over(image, mix(p.tones[1], p.dark, 0.35), (0.8 * swell).astype(np.float32))
        foam = np.exp(-(((depth + 0.006) / (0.3 * height)) ** 2)) * smoothstep(
            -0.4, 0.5, clouds(rng, size_px, 14 * size_px / 256) + 2 * swell
        )
        image = over(image, p.light, (0.9 * foam).astype(np.float32))
    flow = scene.flow + np.where(y > 0.6, 0.25 * np.sin(8 * x + 30 * y), 0)
    picture = painted(
        rng,
        image,
        flow.astype(np.float32),
        (Brush(13, 34, 1.6, 0.05, 0.02, 0.1, 0.12), Brush(6, 20, 1.8, 0.06, 0.025, 0.1, 0.12, tolerance=0.3)),
        0.45,
    )
    return picture, scene.subject


def sunset(rng: Rng, size_px: int, p: Palette) -> Work:
    """A low sun, burning clouds and dark land or water, in oil."""
    x, y = unit_grid(size_px)
    horizon = float(rng.uniform(0.58, 0.7))
    sun = (rng.uniform(0.25, 0.75), horizon - rng.uniform(0.05, 0.15))
    hot, cold = mix(p.accent, p.tones[2], 0.55), mix(p.tones[0], p.dark, 0.4)
    t = np.clip(y / horizon, 0, 1)[..., None]
    image = cold * (1 - t) ** 1.2 + hot * (1 - (1 - t) ** 1.2)
    bands = clouds(rng, size_px, 90 * size_px / 256, 13 * size_px / 256, rng.uniform(-0.12, 0.12))
    image = over(
        image.astype(np.float32),
        mix(p.tones[2], p.dark, 0.35),
        0.8 * smoothstep(0.3, 1.3, bands) * (1 - 0.5 * t[..., 0]),
    )
    image = over(
        image, mix(p.accent, p.light, 0.2), 0.8 * smoothstep(0.7, 1.6, np.roll(bands, -4, axis=0) - bands + 0.6)
    )
    far = np.hypot(x - sun[0], (y - sun[1]) * 1.1)
    image = over(image, p.accent, 0.9 * np.exp(-((far / 0.15) ** 2)).astype(np.float32))
    image = over(image, mix(p.light, np.float32([1, 0.98, 0.9]), 0.5), smoothstep(0.078, 0.07, far))
    flow = (0.2 * clouds(rng, size_px, 60 * size_px / 256, falloff=4)).astype(np.float32)
    thing = str(rng.choice(["the sea", "hills", "trees", "a sailing boat"]))
    if thing in ("the sea", "a sailing boat"):
        rows = np.clip((2 * horizon - y) * size_px, 0, size_px - 1).astype(int)
        mirrored = 0.62 * image[rows, (x * (size_px - 1)).astype(int)] + 0.25 * mix(p.dark, p.tones[0], 0.3)
        path = np.exp(-(((x - sun[0]) / 0.075) ** 2)) * smoothstep(-0.5, 0.4, np.sin(130 * y + 5 * np.sin(23 * x)))
        mirrored = over(mirrored, mix(p.accent, p.light, 0.5), (0.9 * path).astype(np.float32))
        image = np.where((y > horizon)[..., None], mirrored, image).astype(np.float32)
    else:
        for i in range(3):
            ridge = profile(rng, size_px, horizon + 0.1 * i, 0.04)
            image = over(image, mix(mix(p.tones[2], p.tones[1], 0.5), p.dark, 0.45 + 0.22 * i), below(ridge, y))
    canvas = Canvas(image)
    if thing == "a sailing boat":
        motifs.sailing_boat(
            canvas, rng.uniform(0.2, 0.8), horizon + 0.1, rng.uniform(0.2, 0.28), p.dark, mix(p.dark, p.tones[2], 0.4)
        )
    if thing == "trees":
        tree = motifs.TREES[int(rng.integers(3))]
        for at in rng.uniform(0.05, 0.95, int(rng.integers(3, 6))):
            tree(rng, canvas, at, horizon + 0.16, rng.uniform(0.25, 0.5), mix(p.dark, p.tones[1], 0.15), p.dark)
    picture = painted(
        rng,
        canvas.array(),
        flow,
        (Brush(14, 40, 1.6, 0.05, 0.025, 0.08, 0.12), Brush(6.5, 22, 1.8, 0.06, 0.03, 0.1, 0.12, tolerance=0.3)),
        0.4,
    )
    return picture, {"the sea": "the sun over the sea", "hills": "hills under a low sun", "trees": "dark trees"}.get(
        thing, thing
    )


def flower_piece(rng: Rng, size_px: int, p: Palette) -> Work:
    """A bouquet in thick oil."""
    scene = scenes.bouquet(rng, size_px, p)
    picture = painted(
        rng,
        scene.image,
        scene.flow,
        (Brush(13, 26, 1.6, 0.06, 0.02, 0.2, 0.13), Brush(6, 14, 2.0, 0.07, 0.03, 0.2, 0.14, tolerance=0.3)),
        0.6,
    )
    return picture, scene.subject


def oil_portrait(rng: Rng, size_px: int, p: Palette) -> Work:
    """A face in broad, agitated strokes (after the Expressionists)."""
    scene = scenes.portrait(rng, size_px, p)
    mood = over(
        scene.image,
        p.bright[int(rng.integers(4))],
        0.35 * smoothstep(0.3, 1.2, clouds(rng, size_px, 30 * size_px / 256)),
    )
    picture = painted(
        rng,
        mood,
        scene.flow + 0.3 * clouds(rng, size_px, 40 * size_px / 256, falloff=4),
        (
            Brush(14, 24, 1.6, 0.08, 0.05, 0.25, 0.14, tolerance=0.5),
            Brush(6, 13, 1.7, 0.10, 0.045, 0.2, 0.14, tolerance=0.28),
        ),
        0.6,
    )
    return over(picture, p.dark, 0.55 * contours(scene.image, 1.3 * size_px / 256, 0.14)), scene.subject
