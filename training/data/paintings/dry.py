"""Chalk, charcoal, wax crayon and gouache: kinds whose mark sits on the paper's grain or covers it flat."""

import numpy as np
from scipy.ndimage import gaussian_filter

from training.data.noise import Rng, clouds, smoothstep
from training.data.paintings import scenes
from training.data.paintings.canvas import Canvas, blob, mask, unit_grid
from training.data.paintings.composition import Work, choose
from training.data.paintings.palettes import Palette, luminance, mix
from training.data.paintings.strokes import Brush, brushed, contours, paper_tooth
from training.data.paintings.waters import ink_of, paper
from training.data.surface import over


def charcoal(rng: Rng, size_px: int, p: Palette) -> Work:
    """Rubbed greys, hatched darks along the forms and broken contours on paper."""
    scale = size_px / 256
    scene = choose(
        rng, scenes.portrait, scenes.portrait, scenes.still_life, scenes.hills, scenes.river, scenes.bouquet
    )(rng, size_px, p)
    light = luminance(scene.image)
    low, high = np.quantile(light, (0.02, 0.98))
    dark = 1 - np.clip((light - low) / (high - low + 1e-3), 0, 1)
    rubbed = gaussian_filter(dark, 2.5 * scale) + 0.06 * clouds(rng, size_px, 30 * scale)
    slant = (rng.uniform(-1.1, -0.6) + 0.12 * clouds(rng, size_px, 80 * scale)).astype(np.float32)
    hatched, relief = np.zeros((size_px, size_px, 3), np.float32), np.zeros_like(light)
    tones = np.repeat(smoothstep(0.15, 0.9, dark)[..., None], 3, -1)
    for brush, pressure in (
        (Brush(7, 40, 1.6, 0.12, 0, 0.08, 0.12, 0.75, 0.6), 0.85),
        (Brush(3.6, 34, 0.9, 0.15, 0, 0.1, 0.12, 0.85, 0.6), 0.7),
    ):
        brushed(rng, hatched, relief, tones, slant, brush, tones[..., 0], paper_tooth(rng, size_px, pressure))
    outline = contours(scene.image, 1.0 * scale, 0.13) * smoothstep(-1.4, 0.0, clouds(rng, size_px, 35 * scale))
    tooth = paper_tooth(rng, size_px, 0.8)
    density = 0.30 * rubbed + 0.62 * hatched[..., 0] + 0.7 * outline * (0.3 + 0.7 * tooth)
    x, y = unit_grid(size_px)
    rim = np.minimum(np.minimum(x, 1 - x), np.minimum(y, 1 - y)) + 0.02 * clouds(rng, size_px, 30 * scale)
    density = density * smoothstep(0.0, 0.07, rim)
    sheet = paper(rng, size_px, mix(p.light, np.float32([0.93, 0.90, 0.84]), 0.5), 0.02)
    return over(
        sheet, mix(ink_of(p), np.float32([0.09, 0.08, 0.08]), 0.5), np.clip(density, 0, 0.94).astype(np.float32)
    ), scene.subject


def pastel(rng: Rng, size_px: int, p: Palette) -> Work:
    """Soft chalk, stroke beside stroke, on a toned paper that shows between them."""
    scene = choose(rng, scenes.hills, scenes.bouquet, scenes.still_life, scenes.portrait, scenes.river)(rng, size_px, p)
    ground = mix(mix(p.tones[1], p.tones[0], rng.uniform(0, 1)), np.float32([0.66, 0.63, 0.60]), 0.55)
    picture = paper(rng, size_px, ground, 0.03)
    grey = luminance(scene.image)[..., None]
    chalk = np.clip(0.9 * (grey + 1.2 * (scene.image - grey)) + 0.14 * p.light, 0, 1).astype(np.float32)
    picture = over(picture, gaussian_filter(chalk, (2, 2, 0)), 0.85 * paper_tooth(rng, size_px, 1.0))
    flow = np.full_like(scene.flow, rng.uniform(-1.0, -0.5)) + 0.35 * np.sin(scene.flow)
    relief = np.zeros_like(flow)
    for brush, pressure in (
        (Brush(8, 32, 1.4, 0.05, 0.02, 0.12, 0.10, 0.85, 0.2), 0.85),
        (Brush(4.5, 22, 1.2, 0.09, 0.03, 0.15, 0.12, 0.8, 0.15), 0.7),
    ):
        brushed(rng, picture, relief, chalk, flow.astype(np.float32), brush, tooth=paper_tooth(rng, size_px, pressure))
    return np.clip(picture, 0, 1), scene.subject


def crayon(rng: Rng, size_px: int, p: Palette) -> Work:
    """A child's drawing: house, tree, sun with rays, a figure, wax scribbles that miss the outlines."""
    scale = size_px / 256
    white = np.float32([0.98, 0.975, 0.96])
    colour, line = Canvas(np.broadcast_to(white, (size_px, size_px, 3))), mask(size_px)
    grass, skyline = mix(p.tones[1], p.light, 0.1), rng.uniform(0.78, 0.84)

    def wobbly(points: np.ndarray) -> np.ndarray:
        return np.asarray(points) + rng.normal(0, 0.006, np.shape(points))

    def shape(points: np.ndarray, fill: np.ndarray) -> None:
        colour.polygon(np.asarray(points) + rng.normal(0, 0.008, 2), fill)
        closed = [*points, points[0]]
        line.line(wobbly(closed), 0.012, 1.0)

    colour.box(0, skyline, 1, 1, grass)
    if rng.random() < 0.6:
        colour.box(0, 0, 1, rng.uniform(0.08, 0.16), mix(p.tones[0], p.light, 0.25))
    side = rng.choice([0.0, 1.0])
    sun = blob(rng, side, 0.04, 0.17, 0.17, 0.03)
    shape(sun, p.accent)
    for turn in np.linspace(0.15, 1.45, 5):
        ray = np.asarray([np.cos(turn) * (1 - 2 * side), np.sin(turn)])
        line.line([(side, 0.04) + ray * 0.2, (side, 0.04) + ray * 0.29], 0.013, 1.0)
    things = ["a sun"]
    left = rng.uniform(0.12, 0.5)
    if rng.random() < 0.88:
        w, h = rng.uniform(0.26, 0.34), rng.uniform(0.22, 0.28)
        shape(
            [(left, skyline - h), (left + w, skyline - h), (left + w, skyline), (left, skyline)],
            mix(p.tones[2], p.light, 0.3),
        )
        shape(
            [(left - 0.04, skyline - h), (left + w / 2, skyline - h - 0.18), (left + w + 0.04, skyline - h)], p.tones[2]
        )
        shape(
            [
                (left + 0.4 * w, skyline - 0.5 * h),
                (left + 0.62 * w, skyline - 0.5 * h),
                (left + 0.62 * w, skyline),
                (left + 0.4 * w, skyline),
            ],
            p.tones[0],
        )
        for u in (0.08, 0.7):
            shape(
                [
                    (left + u * w, skyline - 0.8 * h),
                    (left + (u + 0.2) * w, skyline - 0.8 * h),
                    (left + (u + 0.2) * w, skyline - 0.5 * h),
                    (left + u * w, skyline - 0.5 * h),
                ],
                p.accent,
            )
        things.append("a house")
    if rng.random() < 0.8:
        at = (left + 0.55) % 0.9 + 0.05
        shape(
            [
                (at - 0.025, skyline + 0.03),
                (at - 0.02, skyline - 0.2),
                (at + 0.02, skyline - 0.2),
                (at + 0.025, skyline + 0.03),
            ],
            mix(p.dark, p.tones[2], 0.4),
        )
        shape(blob(rng, at, skyline - 0.28, 0.12, 0.13, 0.12), p.tones[1])
        things.append("a tree")
    if rng.random() < 0.6 or len(things) == 1:
        at = rng.uniform(0.1, 0.9)
        shape(blob(rng, at, skyline - 0.16, 0.04, 0.04, 0.04), mix(p.light, p.accent, 0.4))
        for a, b in (
            ((0, -0.12), (0, 0.0)),
            ((0, -0.08), (-0.06, -0.11)),
            ((0, -0.08), (0.06, -0.11)),
            ((0, 0), (-0.04, 0.08)),
            ((0, 0), (0.04, 0.08)),
        ):
            line.line(wobbly([(at + a[0], skyline + a[1]), (at + b[0], skyline + b[1])]), 0.012, 1.0)
        things.append("a stick figure")
    for at in rng.uniform(0.05, 0.95, int(rng.integers(1, 4))):
        line.line([(at, skyline + 0.12), (at, skyline + 0.03)], 0.011, 1.0)
        shape(blob(rng, at, skyline + 0.02, 0.032, 0.032, 0.2), p.bright[int(rng.integers(2, 4))])
    flat = colour.array()
    bare = np.abs(flat - white).sum(-1) < 0.03
    picture, relief = paper(rng, size_px, white, 0.006), np.zeros((size_px, size_px), np.float32)
    slant = (rng.uniform(-1.2, -0.4) + 0.5 * clouds(rng, size_px, 60 * scale, falloff=4)).astype(np.float32)
    for pressure in (0.65, 0.8):
        brushed(
            rng,
            picture,
            relief,
            flat,
            slant,
            Brush(5.5, 46, 1.5, 0.05, 0.015, 0.15, 0.05, 0.9, 0.25),
            (~bare).astype(np.float32),
            paper_tooth(rng, size_px, pressure),
        )
    drawn = line.array() * (0.3 + 0.7 * paper_tooth(rng, size_px, 0.8))
    ink = mix(p.dark, p.tones[0], 0.15) if rng.random() < 0.8 else p.tones[0] * 0.8
    return np.clip(over(picture, ink, 0.92 * drawn), 0, 1), " and ".join(
        [", ".join(things[:-1]), things[-1]] if len(things) > 1 else things
    )


def gouache(rng: Rng, size_px: int, p: Palette) -> Work:
    """Flat opaque shapes, matt, with the odd dry brush mark: a still life."""
    scale = size_px / 256
    scene = scenes.still_life(rng, size_px, p)
    milk = 0.9 * scene.image + 0.1 * mix(p.light, np.float32([1, 1, 1]), 0.3)
    steps = 9.0
    value = luminance(milk)[..., None]
    flat = np.clip(milk * (np.round(value * steps) / steps + 0.02) / (value + 0.02), 0, 1).astype(np.float32)
    picture, relief = flat.copy(), np.zeros_like(scene.flow)
    brushed(rng, picture, relief, flat, scene.flow, Brush(22, 46, 1.1, 0.035, 0.012, 0.08, 0.05, 0.6, 0.12))
    matt = 1 + 0.02 * clouds(rng, size_px, 2.5 * scale) + 0.025 * clouds(rng, size_px, 50 * scale)
    return np.clip(picture * matt[..., None], 0, 1).astype(np.float32), scene.subject
