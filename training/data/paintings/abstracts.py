"""Abstraction: fields, grids, circles and lines, floating forms, drips, rhythms, facets."""

from itertools import pairwise

import numpy as np
from scipy.ndimage import gaussian_filter

from training.data.noise import Rng, clouds, smoothstep
from training.data.paintings import scenes
from training.data.paintings.canvas import Canvas, blob, curve, rotated, unit_grid
from training.data.paintings.composition import Work, choose
from training.data.paintings.palettes import Colour, Palette, luminance, mix
from training.data.paintings.strokes import lit_paint, stamp_discs
from training.data.surface import Image, over


def canvas_weave(rng: Rng, image: Image, amount: float = 0.03) -> Image:
    """The picture with a trace of canvas and uneven paint, 0–1."""
    size = image.shape[0]
    uneven = clouds(rng, size, 50 * size / 256) * 0.6 + clouds(rng, size, 3 * size / 256) * 0.4
    return np.clip(image * (1 + amount * uneven)[..., None], 0, 1).astype(np.float32)


def colour_field(rng: Rng, size_px: int, p: Palette) -> Work:
    """Two or three soft-edged rectangles that float on a ground of near colour (after Rothko)."""
    x, y = unit_grid(size_px)
    scale = size_px / 256
    hues = [p.bright[i] for i in rng.permutation(4)]
    ground = mix(hues[0], p.dark if rng.random() < 0.6 else p.light, rng.uniform(0.35, 0.7))
    image = np.broadcast_to(ground, (size_px, size_px, 3)) * (1 + 0.05 * clouds(rng, size_px, 60 * scale))[..., None]
    count = int(rng.choice([2, 2, 3]))
    heights = rng.uniform(0.6, 1.6, count)
    heights *= (0.86 - 0.035 * (count - 1)) / heights.sum()
    margin, top = rng.uniform(0.06, 0.11), 0.07
    for k in range(count):
        rough = 0.005 * clouds(rng, size_px, 22 * scale, falloff=3.0)
        inside = np.minimum(np.minimum(x - margin, 1 - margin - x), np.minimum(y - top, top + heights[k] - y)) + rough
        soft = rng.uniform(0.022, 0.04)
        colour = mix(hues[1 + k], (p.light, p.dark)[k % 2], rng.uniform(0, 0.3))
        wash = (
            1 + 0.06 * clouds(rng, size_px, 70 * scale, 40 * scale) + 0.03 * clouds(rng, size_px, 8 * scale, 25 * scale)
        )
        image = over(
            image, colour * wash[..., None], smoothstep(-soft, soft, inside) * np.float32(rng.uniform(0.85, 0.97))
        )
        top += heights[k] + 0.035
    what = {
        2: ("two soft rectangles", "two floating rectangles", "two fields of colour"),
        3: ("three soft rectangles", "three bands of colour"),
    }[count]
    return np.clip(image, 0, 1).astype(np.float32), str(rng.choice(what))


def colour_grid(rng: Rng, size_px: int, p: Palette) -> Work:
    """White rectangles and a few coloured ones between black bars (after Mondrian)."""
    canvas = Canvas(np.broadcast_to(mix(p.light, np.float32([1, 1, 1]), 0.3), (size_px, size_px, 3)))
    boxes: list[tuple[float, float, float, float]] = [(0.0, 0.0, 1.0, 1.0)]
    for _ in range(int(rng.integers(5, 10))):
        i = int(np.argmax([(b[2] - b[0]) * (b[3] - b[1]) * rng.uniform(0.4, 1) for b in boxes]))
        x0, y0, x1, y1 = boxes.pop(i)
        cut = rng.uniform(0.28, 0.72)
        if x1 - x0 > (y1 - y0) * rng.uniform(0.7, 1.4):
            at = x0 + cut * (x1 - x0)
            boxes += [(x0, y0, at, y1), (at, y0, x1, y1)]
        else:
            at = y0 + cut * (y1 - y0)
            boxes += [(x0, y0, x1, at), (x0, at, x1, y1)]
    coloured = rng.permutation(len(boxes))[: max(3, len(boxes) // 2)]
    for turn, i in enumerate(coloured):
        canvas.box(*boxes[i], p.tones[turn % 3] if turn < 4 else p.accent)
    bar = rng.uniform(0.018, 0.03)
    ink = mix(p.dark, np.float32([0.04, 0.04, 0.05]), 0.75)
    for x0, y0, x1, y1 in boxes:
        for a, b in (((x0, y0), (x1, y0)), ((x0, y0), (x0, y1))):
            if max(a[0], b[0]) > 0 and max(a[1], b[1]) > 0:
                if a[0] == b[0] and a[0] > 0:
                    canvas.box(a[0] - bar / 2, a[1], a[0] + bar / 2, b[1], ink)
                elif a[1] == b[1] and a[1] > 0:
                    canvas.box(a[0], a[1] - bar / 2, b[0], a[1] + bar / 2, ink)
    return canvas_weave(rng, canvas.array(), 0.012), str(
        rng.choice(
            ["coloured rectangles", "black lines and coloured squares", "a grid of rectangles", "squares and lines"]
        )
    )


def circles_and_lines(rng: Rng, size_px: int, p: Palette) -> Work:
    """Rings, rays, arcs, triangles and a chequered patch in balance on a pale ground (after Kandinsky)."""
    dark_ground = rng.random() < 0.2
    ground, ink = (mix(p.dark, p.tones[0], 0.1), p.light) if dark_ground else (mix(p.light, p.accent, 0.12), p.dark)
    x, y = unit_grid(size_px)
    halo = np.exp(-((x - 0.4) ** 2 + (y - 0.4) ** 2) / 0.12)
    canvas = Canvas(over(np.broadcast_to(ground, (size_px, size_px, 3)), p.tones[0], (0.3 * halo).astype(np.float32)))

    def hue() -> Colour:
        return p.bright[int(rng.integers(4))]

    for _ in range(int(rng.integers(2, 4))):  # tilted planes below
        wedge = rotated(
            [(-0.1, -0.5), (0.12, -0.5), (0.02, 0.6)],
            rng.uniform(0, 6.3),
            rng.uniform(0.2, 0.8),
            rng.uniform(0.2, 0.8),
            rng.uniform(0.5, 0.9),
        )
        canvas.polygon(wedge, mix(ground, hue(), 0.45))
    main = (rng.uniform(0.25, 0.45), rng.uniform(0.25, 0.45))
    for cx, cy, radius in (
        (*main, rng.uniform(0.16, 0.23)),
        *(
            (rng.uniform(0.1, 0.9), rng.uniform(0.1, 0.9), rng.uniform(0.03, 0.1))
            for _ in range(int(rng.integers(5, 9)))
        ),
    ):
        canvas.disc(cx, cy, radius * 1.15, mix(ground, hue(), 0.5))
        canvas.disc(cx, cy, radius, ink)
        canvas.disc(cx, cy, radius - 0.012, hue())
        if radius > 0.06:
            canvas.disc(cx + 0.1 * radius, cy, 0.6 * radius, hue())
            canvas.disc(cx, cy + 0.05 * radius, 0.28 * radius, ink if rng.random() < 0.5 else p.light)
    for _ in range(int(rng.integers(5, 9))):
        angle, half = rng.uniform(-0.9, 0.9), rng.uniform(0.2, 0.5)
        centre = np.asarray([rng.uniform(0.3, 0.7), rng.uniform(0.3, 0.7)])
        along = np.asarray([np.cos(angle), np.sin(angle)]) * half
        canvas.line([centre - along, centre + along], rng.uniform(0.006, 0.014), ink)
    for _ in range(int(rng.integers(2, 4))):
        arc = curve([(0, 0), (0.1, -0.3), (0.4, -0.3), (0.5, 0.05)])
        canvas.line(
            rotated(arc, rng.uniform(0, 6.3), rng.uniform(0.2, 0.8), rng.uniform(0.2, 0.8), rng.uniform(0.4, 0.9)),
            0.013,
            ink,
        )
    for _ in range(int(rng.integers(2, 4))):
        canvas.polygon(
            rotated(
                [(-0.5, 0.4), (0.5, 0.4), (0, -0.6)],
                rng.uniform(0, 6.3),
                rng.uniform(0.15, 0.85),
                rng.uniform(0.5, 0.9),
                rng.uniform(0.1, 0.2),
            ),
            hue(),
        )
    at, turn, cell = (rng.uniform(0.55, 0.8), rng.uniform(0.55, 0.8)), rng.uniform(0, 1.5), rng.uniform(0.035, 0.05)
    for i in range(4):
        for j in range(3):
            square = np.asarray([(i, j), (i + 1, j), (i + 1, j + 1), (i, j + 1)]) - (2, 1.5)
            canvas.polygon(rotated(square, turn, *at, cell), ink if (i + j) % 2 else hue())
    return canvas_weave(rng, canvas.array(), 0.02), str(
        rng.choice(
            ["circles and lines", "circles, lines and triangles", "rings and diagonal lines", "floating circles"]
        )
    )


def suprematism(rng: Rng, size_px: int, p: Palette) -> Work:
    """A few tilted flat bars, a square, a circle on white (after Malevich)."""
    canvas = Canvas(np.broadcast_to(mix(p.light, np.float32([1, 1, 0.98]), 0.4), (size_px, size_px, 3)))
    lean = rng.uniform(-0.9, 0.9)
    large = rng.choice(["quadrilateral", "circle", "cross"], p=[0.55, 0.25, 0.2])
    cx, cy = rng.uniform(0.36, 0.6), rng.uniform(0.34, 0.56)
    first = p.dark if rng.random() < 0.55 else p.tones[2]
    if large == "quadrilateral":
        box = np.asarray([(-0.5, -0.42), (0.5, -0.5), (0.46, 0.5), (-0.48, 0.44)])
        canvas.polygon(rotated(box, lean, cx, cy, rng.uniform(0.32, 0.44)), first)
    elif large == "circle":
        canvas.disc(cx, cy, rng.uniform(0.16, 0.22), first)
    else:
        for turn in (0, np.pi / 2):
            canvas.polygon(
                rotated([(-0.36, -0.07), (0.36, -0.07), (0.36, 0.07), (-0.36, 0.07)], lean + turn, cx, cy), first
            )
    for k in range(int(rng.integers(6, 12))):
        long, thick = rng.uniform(0.08, 0.3), rng.uniform(0.012, 0.055)
        turn = lean + (np.pi / 2 if rng.random() < 0.25 else 0) + rng.normal(0, 0.04)
        place = rng.normal(0.52, (0.27, 0.24))
        bar = np.asarray([(-long, -thick), (long, -thick), (long * 0.97, thick), (-long, thick)])
        canvas.polygon(rotated(bar, turn, *np.clip(place, 0.15, 0.85)), (*p.bright, p.dark)[k % 5])
    if rng.random() < 0.5:
        canvas.disc(rng.uniform(0.15, 0.85), rng.uniform(0.7, 0.88), rng.uniform(0.03, 0.06), p.tones[2])
    what = {
        "quadrilateral": "a square and floating bars",
        "circle": "a circle and tilted bars",
        "cross": "a cross and rectangles",
    }[str(large)]
    return canvas_weave(rng, canvas.array(), 0.02), what


def drip(rng: Rng, size_px: int, p: Palette) -> Work:
    """Skeins of poured paint, loops upon loops, and splashes (after Pollock)."""
    scale = size_px / 256
    on_dark = rng.random() < 0.25
    ground = mix(p.dark, p.tones[1], 0.2) if on_dark else mix(p.light, p.tones[1], rng.uniform(0.05, 0.3))
    picture = (ground * (1 + 0.04 * clouds(rng, size_px, 30 * scale))[..., None]).astype(np.float32)
    relief = np.zeros((size_px, size_px), np.float32)
    paints = [p.light if on_dark else p.dark, p.tones[2], p.light, p.accent, p.tones[0], p.light if on_dark else p.dark]
    for paint in paints:
        thickness = rng.uniform(0.7, 1.5)
        for _ in range(int(rng.integers(8, 13))):
            n = int(rng.integers(250, 600))
            turn = np.cumsum(gaussian_filter(rng.normal(0, 0.5, n), 9) * 0.9) + rng.uniform(0, 6.3)
            step = 1.1 * scale
            x = rng.uniform(-0.05, 1.05) * size_px + np.cumsum(np.cos(turn)) * step
            y = rng.uniform(-0.05, 1.05) * size_px + np.cumsum(np.sin(turn)) * step
            swell = np.exp(gaussian_filter(rng.normal(0, 1, n), 25) * 3.0)
            _pour(picture, relief, x, y, np.clip(thickness * swell, 0.45, 4.0) * scale, paint, scale)
        drops = int(rng.integers(25, 60))
        _pour(
            picture,
            relief,
            *rng.uniform(0, size_px, (2, drops)),
            np.clip(rng.exponential(1.3, drops), 0.5, 6) * scale,
            paint,
            scale,
        )
    return lit_paint(np.clip(picture, 0, 1), relief, 0.5), str(
        rng.choice(
            ["splashed and dripped paint", "tangled lines of paint", "splatters and drips", "loops of poured paint"]
        )
    )


def _pour(picture: Image, relief: Image, x: Image, y: Image, radii: Image, paint: Colour, scale: float) -> None:
    """Lay round drops of one paint, in place."""
    full = np.ones(len(x))
    stamp_discs(picture, x, y, radii, np.broadcast_to(paint, (len(x), 3)), full, max(1.0, scale))
    stamp_discs(relief[..., None], x, y, radii, np.ones((len(x), 1), np.float32), 0.7 * full, max(1.0, scale))


def op_art(rng: Rng, size_px: int, p: Palette) -> Work:
    """Stripes, rings or chequers bent until the plane bulges (after Riley and Vasarely)."""
    x, y = unit_grid(size_px)
    x, y = (x - 0.5) * 2, (y - 0.5) * 2
    kind = str(rng.choice(["wavy stripes", "concentric circles", "a bulging chequerboard", "a vortex"]))
    count = rng.uniform(8, 12)
    if kind == "wavy stripes":
        phase = x * count * 0.5 + rng.uniform(0.6, 1.3) * np.sin(y * rng.uniform(2.5, 4.5) + rng.uniform(0, 6)) * (
            0.6 + 0.5 * np.cos(x * 2)
        )
        wave = np.sin(2 * np.pi * phase)
    elif kind == "concentric circles":
        cx, cy = rng.uniform(-0.3, 0.3, 2)
        far = np.hypot(x - cx, y - cy)
        wave = np.sin(np.pi * count * far ** rng.uniform(0.75, 1.1)) * np.where(
            (x - cx) * np.cos(2) + (y - cy) * np.sin(2) > 0, 1, rng.choice([-1, 1])
        )
    elif kind == "a bulging chequerboard":
        cx, cy = rng.uniform(-0.25, 0.25, 2)
        far = np.hypot(x - cx, y - cy) / rng.uniform(0.75, 0.95)
        pull = np.where(far < 1, 0.42 + 0.58 * np.minimum(far, 1) ** 2, 1)
        u, v = cx + (x - cx) * pull, cy + (y - cy) * pull
        wave = np.sin(np.pi * count * 0.55 * u) * np.sin(np.pi * count * 0.55 * v)
    else:
        far, angle = np.hypot(x, y), np.arctan2(y, x)
        wave = np.sin(int(rng.integers(8, 14)) * angle + rng.uniform(6, 11) * far * rng.choice([-1, 1]))
    gy, gx = np.gradient(wave)
    amount = np.clip(0.5 + wave / (2 * np.hypot(gx, gy) + 1e-4), 0, 1).astype(
        np.float32
    )  # one pixel of softness at any scale
    low, high = mix(p.dark, p.tones[int(rng.integers(3))], 0.45), mix(p.light, p.accent, rng.uniform(0, 0.4))
    shade = np.clip(0.85 + 0.25 * np.cos(1.3 * np.hypot(x, y)), 0, 1)[..., None]
    image = low + (high - low) * amount[..., None]
    return np.clip(image * shade, 0, 1).astype(np.float32), kind


def cubist(rng: Rng, size_px: int, p: Palette) -> Work:
    """A still life or a face broken along straight cuts; each facet shows it shifted, turned, shaded (after Braque)."""
    x, y = unit_grid(size_px)
    scene = choose(rng, scenes.still_life, scenes.portrait, scenes.bouquet, scenes.city)(rng, size_px, p)
    key = np.zeros((size_px, size_px), np.int64)
    edge = np.ones((size_px, size_px), np.float32)
    for _ in range(int(rng.integers(7, 10))):
        angle = rng.choice([0.4, 1.1, 1.9, 2.7]) + rng.normal(0, 0.22)
        far = (x - rng.uniform(0.2, 0.8)) * np.cos(angle) + (y - rng.uniform(0.2, 0.8)) * np.sin(angle)
        key = key * 2 + (far > 0)
        edge = np.minimum(edge, np.abs(far))
    names, facet = np.unique(key, return_inverse=True)
    facet = facet.reshape(key.shape)
    count = len(names)
    shift = rng.normal(0, 0.045, (count, 2))
    zoom, turn = rng.uniform(0.8, 1.15, count)[facet], rng.normal(0, 0.22, count)[facet]
    dx, dy = x - 0.5, y - 0.5
    u = 0.5 + zoom * (dx * np.cos(turn) - dy * np.sin(turn)) + shift[facet, 0]
    v = 0.5 + zoom * (dx * np.sin(turn) + dy * np.cos(turn)) + shift[facet, 1]
    seen = scene.image[
        np.clip(v * size_px, 0, size_px - 1).astype(int), np.clip(u * size_px, 0, size_px - 1).astype(int)
    ]
    lean = rng.uniform(0, 6.3, count)[facet]
    shade = (
        rng.normal(0, 0.10, count)[facet]
        + 0.9 * (dx * np.cos(lean) + dy * np.sin(lean)) * rng.uniform(0.5, 1, count)[facet]
    )
    tint = np.stack([p.dark, p.tones[0], p.tones[1], p.tones[2], p.light])[rng.integers(0, 5, count)][facet]
    image = 0.82 * seen + 0.18 * tint
    image = image * (1 + np.clip(shade, -0.45, 0.45))[..., None]
    line = smoothstep(1.8, 0.5, edge * 256) * smoothstep(-1.0, 0.3, clouds(rng, size_px, 40 * size_px / 256))
    image = over(np.clip(image, 0, 1).astype(np.float32), p.dark * 0.6, 0.7 * line)
    grain = clouds(rng, size_px, 10 * size_px / 256, 3 * size_px / 256, 0.9)
    return np.clip(image * (1 + 0.035 * grain)[..., None], 0, 1).astype(np.float32), scene.subject


def biomorphic(rng: Rng, size_px: int, p: Palette) -> Work:
    """Rounded creatures, stars and thin lines adrift on a stained ground (after Miró)."""
    scale = size_px / 256
    base = mix(p.light, p.tones[0], rng.uniform(0.15, 0.7))
    ground = base * (1 + 0.07 * clouds(rng, size_px, 45 * scale, falloff=2.4))[..., None]
    canvas = Canvas(ground.astype(np.float32))
    ink = p.dark if luminance(base) > 0.4 else p.light
    places = [(rng.uniform(0.15, 0.85), rng.uniform(0.15, 0.85)) for _ in range(9)]
    for a, b in pairwise(places[:6]):
        middle = (rng.uniform(0.1, 0.9), rng.uniform(0.1, 0.9))
        canvas.line(curve([a, middle, b]), rng.uniform(0.006, 0.011), ink)
    for k, (cx, cy) in enumerate(places[:6]):
        size = rng.uniform(0.07, 0.15) if k else 0.2
        canvas.polygon(
            blob(rng, cx, cy, size, size * rng.uniform(0.5, 1), 0.35), ink if k % 3 == 0 else p.bright[k % 4]
        )
        canvas.disc(cx + 0.2 * size, cy - 0.1 * size, 0.3 * size, p.bright[(k + 1) % 4])
        canvas.disc(cx + 0.2 * size, cy - 0.1 * size, 0.12 * size, ink if k % 3 else p.light)
    for cx, cy in places[5:]:
        for ray in range(4):
            across = np.asarray([np.cos(ray * np.pi / 4), np.sin(ray * np.pi / 4)]) * 0.045
            canvas.line([np.asarray([cx, cy]) - across, np.asarray([cx, cy]) + across], 0.008, ink)
    return canvas_weave(rng, canvas.array(), 0.02), str(
        rng.choice(
            ["floating shapes and stars", "rounded creatures", "playful shapes and thin lines", "eyes and stars"]
        )
    )
