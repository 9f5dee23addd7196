"""Print, poster, paper and spray: kinds with flat colour and hard edges."""

import numpy as np
from scipy.ndimage import gaussian_filter

from training.data.noise import Field, Rng, clouds, grid, smoothstep
from training.data.paintings import motifs, scenes
from training.data.paintings.abstracts import canvas_weave
from training.data.paintings.canvas import Canvas, blob, curve, mask, moved, rotated, unit_grid
from training.data.paintings.composition import Work, below, choose, profile
from training.data.paintings.palettes import Colour, Palette, luminance, mix
from training.data.paintings.strokes import contours, hatching, stamp_discs
from training.data.paintings.waters import paper
from training.data.surface import over


def woodcut(rng: Rng, size_px: int, p: Palette) -> Work:
    """Black ink with gouged white lines along the forms, over one flat colour in coloured palettes; a rough border."""
    scale = size_px / 256
    scene = choose(rng, scenes.hills, scenes.mountains, scenes.sea, scenes.river, scenes.portrait, scenes.bouquet)(
        rng, size_px, p
    )
    light = luminance(scene.image)
    local = light - gaussian_filter(light, 30 * scale)
    seen = light + 0.9 * local + 0.02 * clouds(rng, size_px, 60 * scale)
    tone = np.searchsorted(np.sort(seen[::4, ::4], axis=None), seen) / (-(-size_px // 4)) ** 2
    lines = hatching(rng, scene.flow, 6.0 * scale, 22 * scale)
    white = smoothstep(-0.08, 0.08, 1.3 * tone - 0.15 - lines)
    white = np.maximum(white, smoothstep(0.74, 0.8, tone)) * smoothstep(0.10, 0.18, tone)
    around = smoothstep(0.4, 0.6, gaussian_filter(tone, 3 * scale))
    drawn = contours(scene.image, 0.9 * scale, 0.10)
    white = white + (1 - around - white) * drawn  # a black line where it is light, a gouged one where it is dark
    x, y = unit_grid(size_px)
    rim = np.minimum(np.minimum(x, 1 - x), np.minimum(y, 1 - y)) + 0.004 * clouds(rng, size_px, 8 * scale)
    frame = smoothstep(0.055, 0.048, rim) * smoothstep(0.03, 0.036, rim)
    black = np.maximum((1 - white) * smoothstep(0.048, 0.055, rim), frame)
    sheet = paper(rng, size_px, mix(p.light, np.float32([0.93, 0.90, 0.82]), 0.4), 0.012)
    flat = p.bright[int(rng.integers(4))]
    if np.ptp(flat) > 0.12:  # in greys the woodcut stays black and white
        sheet = over(
            sheet, sheet * mix(flat, p.light, 0.25), smoothstep(0.048, 0.055, rim) * smoothstep(0.85, 0.7, tone)
        )
    worn = 0.93 - 0.10 * smoothstep(0.8, 1.8, clouds(rng, size_px, 5 * scale, falloff=2.2))
    return np.clip(over(sheet, mix(p.dark, np.float32([0.07, 0.06, 0.06]), 0.6), black * worn), 0, 1), scene.subject


def halftone(rng: Rng, tone: Field, pitch_px: float) -> Field:
    """Halftone dots, 0–1, on a grid turned by 45° or so: the share of a cell that is covered is `tone` 0–1."""
    x, y = grid(tone.shape[0])
    turn = np.float32(rng.choice([0.26, 0.785, 1.31]))
    u, v = (x * np.cos(turn) + y * np.sin(turn)) / pitch_px, (y * np.cos(turn) - x * np.sin(turn)) / pitch_px
    far = np.hypot(u - np.round(u), v - np.round(v))
    radius = np.sqrt(np.clip(tone, 0, 1) / np.pi)
    return np.clip((radius - far) * pitch_px + 0.5, 0, 1).astype(np.float32)


def pop_art(rng: Rng, size_px: int, p: Palette) -> Work:
    """Flat colour, black contours, printed dots: a face, a burst, one thing four times (after Lichtenstein, Warhol)."""
    scale = size_px / 256
    x, y = unit_grid(size_px)
    ink = mix(p.dark, np.float32([0.03, 0.03, 0.04]), 0.7)
    kind = str(rng.choice(["face", "burst", "panels", "panels"]))
    if kind == "panels":
        half = size_px // 2
        image = np.empty((size_px, size_px, 3), np.float32)
        fruit = rng.random() < 0.4
        state = rng.integers(2**31)
        for k, (r, c) in enumerate(((0, 0), (0, half), (half, 0), (half, half))):
            hues = [(*p.bright, p.light)[(i + k) % 5] for i in (0, 2, 3, 4)]
            again = np.random.default_rng(state)
            side = size_px - half if r or c else half
            tile = Canvas(np.broadcast_to(hues[0], (side, side, 3)))
            if fruit:
                motifs.pear(again, tile, 0.5, 0.62, 0.25, hues[1], ink, hues[2])
            else:
                motifs.head(again, tile, p, hues[1], hues[2], hues[3])
            drawn = tile.array()
            dots = halftone(rng, np.full(drawn.shape[:2], 0.24, np.float32), 6 * scale)
            drawn = over(drawn, hues[3], dots * (np.abs(drawn - hues[0]).sum(-1) < 0.05))
            drawn = over(drawn, ink, contours(tile.array(), 0.9 * scale, 0.25))
            image[r : r + half, c : c + half] = drawn[:half, :half]
        return image, "four pears" if fruit else "four portraits"
    if kind == "face":
        scene = scenes.portrait(rng, size_px, p)
        light = luminance(scene.image)[..., None]
        flat = np.clip(light + 1.4 * (scene.image - light), 0, 1).astype(np.float32)
        ground = halftone(rng, 0.55 - 0.4 * y, 9 * scale)
        outside = np.abs(scene.image - scene.image[3, 3]).sum(-1) < 0.45 * y + 0.02
        flat = np.where(
            outside[..., None], over(np.broadcast_to(p.light, flat.shape), p.bright[int(rng.integers(4))], ground), flat
        ).astype(np.float32)
        skin = (luminance(scene.image) > 0.5) & ~outside
        flat = over(flat, p.tones[2], 0.75 * halftone(rng, np.full_like(x, 0.22), 6 * scale) * skin)
        return over(flat, ink, contours(scene.image, 1.5 * scale, 0.16)), scene.subject
    rays = np.sin(np.arctan2(y - 0.5, x - 0.5) * int(rng.integers(7, 11)) + rng.uniform(0, 6)) > 0
    image = np.where(rays[..., None], p.tones[0], mix(p.tones[0], p.light, 0.45)).astype(np.float32)
    image = over(image, p.light, halftone(rng, smoothstep(0.2, 0.75, np.hypot(x - 0.5, y - 0.5)) * 0.5, 9 * scale))
    canvas = Canvas(image)
    points = int(rng.integers(10, 15))
    turn = np.linspace(0, 2 * np.pi, 2 * points, endpoint=False)
    far = np.where(np.arange(2 * points) % 2, 0.24, 0.40) * rng.uniform(0.9, 1.15, 2 * points)
    star = np.stack([np.cos(turn) * 1.12, np.sin(turn)], -1) * far[:, None]
    for size, colour in ((1.12, ink), (1.06, p.tones[2]), (0.82, ink), (0.78, p.accent), (0.55, p.light)):
        canvas.polygon(moved(star * size, 0.5, 0.5), colour)
    return canvas.array(), str(rng.choice(["an explosion", "a comic burst", "a star-shaped burst"]))


def art_deco(rng: Rng, size_px: int, p: Palette) -> Work:
    """Symmetry, sunrays, stepped towers or fans, thin bright lines and a frame."""
    ground, metal = mix(p.dark, p.tones[1], 0.15), mix(p.accent, p.light, 0.15)
    x, y = unit_grid(size_px)
    low = float(rng.uniform(0.66, 0.76))
    centre_y = low - rng.uniform(0.0, 0.25)
    rays = np.sin(np.arctan2(y - centre_y, x - 0.5) * int(rng.choice([16, 20, 24]))) > 0
    fade = np.exp(-np.hypot(x - 0.5, y - centre_y) * 1.1)[..., None]
    image = np.where(rays[..., None], mix(p.tones[0], p.accent, 0.35), mix(p.tones[0], p.dark, 0.35)) * (
        0.55 + 0.6 * fade
    )
    canvas = Canvas(np.clip(image, 0, 1).astype(np.float32))
    kind = str(rng.choice(["skyscrapers", "a sun over the sea", "fans", "an ocean liner"]))
    if kind == "skyscrapers":
        canvas.disc(0.5, centre_y - 0.15, 0.2, metal)
        for side in (-1, 1):
            for k in range(3):
                at, top = 0.5 + side * (0.36 - 0.11 * k), low - 0.12 - 0.1 * k
                canvas.box(at - 0.07, top, at + 0.07, 1, mix(p.tones[1], p.dark, 0.55 - 0.2 * k))
                canvas.box(at - 0.04, top - 0.05, at + 0.04, 1, mix(p.tones[1], p.dark, 0.5 - 0.2 * k))
        for k in range(5):
            half, top = 0.12 - 0.022 * k, 0.55 - 0.1 * k
            canvas.box(0.5 - half, top, 0.5 + half, 1, (p.light, mix(p.light, p.tones[1], 0.25))[k % 2])
            canvas.box(0.5, top, 0.5 + half, 1, mix(mix(p.light, p.tones[1], 0.6), p.dark, 0.1 + 0.05 * k))
        canvas.polygon([(0.485, 0.16), (0.5, 0.06), (0.515, 0.16)], metal)
        for u in (-0.06, -0.03, 0.03, 0.06):
            canvas.line([(0.5 + u, 0.4), (0.5 + u, 1)], 0.006, ground)
    elif kind == "fans":
        for row in range(5):
            for column in range(-1, 4):
                cx, cy = (column + 0.5 * (row % 2)) / 3 + 0.17, 0.3 + 0.2 * row
                for k, radius in enumerate((0.168, 0.155, 0.12, 0.107, 0.07, 0.057)):
                    tone = metal if k % 2 == 0 else (p.tones[1], mix(p.tones[0], p.dark, 0.2), p.tones[2])[k // 2]
                    canvas.disc(cx, cy, radius, tone)
    else:
        canvas.box(0, low, 1, 1, mix(p.tones[1], p.dark, 0.3))
        canvas.disc(0.5, low - 0.1, 0.24, metal)
        canvas.disc(0.5, low - 0.1, 0.2, p.light)
        for k in range(5):
            wave = np.asarray(
                [(u, low + 0.03 + 0.055 * k + 0.012 * np.sin(u * 40 + 1.6 * k)) for u in np.linspace(0, 1, 60)]
            )
            canvas.polygon([*wave, (1, 1), (0, 1)], (mix(p.tones[0], p.light, 0.3), p.tones[1], p.dark)[k % 3])
        if kind == "an ocean liner":
            canvas.polygon(
                [(0.3, low + 0.06), (0.26, low - 0.2), (0.5, low - 0.14), (0.74, low - 0.2), (0.7, low + 0.06)], p.dark
            )
            canvas.polygon(
                [(0.5, low + 0.06), (0.5, low - 0.14), (0.74, low - 0.2), (0.7, low + 0.06)],
                mix(p.dark, p.tones[2], 0.3),
            )
            canvas.box(0.36, low - 0.3, 0.64, low - 0.17, p.light)
            for k in range(3):
                canvas.polygon(
                    [
                        (0.385 + 0.085 * k, low - 0.3),
                        (0.395 + 0.085 * k, low - 0.46),
                        (0.44 + 0.085 * k, low - 0.46),
                        (0.445 + 0.085 * k, low - 0.3),
                    ],
                    p.tones[2],
                )
                canvas.box(0.395 + 0.085 * k, low - 0.46, 0.44 + 0.085 * k, low - 0.42, p.dark)
    for inset, width in ((0.02, 0.04), (0.065, 0.008)):
        frame = [(inset, inset), (1 - inset, inset), (1 - inset, 1 - inset), (inset, 1 - inset), (inset, inset)]
        canvas.line(frame, width, ground if width > 0.02 else metal)
    for cx, cy in ((0.02, 0.02), (0.98, 0.02), (0.02, 0.98), (0.98, 0.98)):
        for k, radius in enumerate((0.13, 0.115, 0.09, 0.075)):
            canvas.disc(cx, cy, radius, metal if k % 2 == 0 else ground)
    return canvas_weave(rng, canvas.array(), 0.012), kind


def paper_cut(rng: Rng, size_px: int, p: Palette) -> Work:
    """Layers of cut paper that throw shadows on each other: hills, or leaves and algae (after Matisse)."""
    scale = size_px / 256
    y = unit_grid(size_px)[1]
    shapes: list[tuple[Field, Colour]] = []
    kind = str(rng.choice(["layered hills", "leaves", "waves and a fish", "layered mountains"]))
    if kind.startswith("layered"):
        sun = mask(size_px)
        sun.disc(rng.uniform(0.25, 0.75), rng.uniform(0.18, 0.32), rng.uniform(0.08, 0.13), 1.0)
        shapes.append((sun.array(), p.accent))
        cloud = mask(size_px)
        for _ in range(2):
            cx, cy = rng.uniform(0.1, 0.9), rng.uniform(0.1, 0.35)
            for u in (-0.07, 0, 0.07):
                cloud.ellipse(cx + u, cy - 0.02 * (u == 0), 0.06, 0.035, 1.0)
        shapes.append((cloud.array(), p.light))
        for i in range(5):
            ridge = profile(rng, size_px, 0.4 + 0.13 * i, 0.07, kind == "layered mountains" and i < 4)
            shapes.append((below(ridge, y), mix(mix(p.tones[0], p.light, 0.3), mix(p.tones[1], p.dark, 0.4), i / 4)))
    elif kind == "leaves":
        for k in range(int(rng.integers(7, 10))):
            cut = mask(size_px)
            cx, cy, turn = (
                0.2 + 0.3 * (k % 3) + rng.normal(0, 0.04),
                0.2 + 0.3 * (k // 3) + rng.normal(0, 0.04),
                rng.uniform(0, 6.3),
            )
            cut.line(rotated(curve([(-0.9, 0), (0, 0.25), (0.8, 0)]), turn, cx, cy, 0.17), 0.03, 1.0)
            for u in np.linspace(-0.6, 0.6, 5):
                for side in (-1, 1):
                    lobe = blob(rng, 0.26, 0, 0.3, 0.12, 0.08, 20)
                    lobe = rotated(lobe, side * 1.0, u, 0.12 * (1 - u * u))
                    cut.polygon(rotated(lobe, turn, cx, cy, 0.2), 1.0)
            shapes.append((cut.array(), p.bright[k % 4]))
    else:
        for i in range(6):
            wave = profile(rng, size_px, 0.25 + 0.14 * i, 0.05)
            shapes.append((below(wave, y), mix(mix(p.tones[0], p.light, 0.45), mix(p.tones[1], p.dark, 0.45), i / 5)))
            if i in (2, 4):
                cut = mask(size_px)
                fish = np.concatenate(
                    [
                        curve([(0.7, 0), (0.2, -0.7), (-0.5, 0)]),
                        [(-0.85, 0.35), (-0.85, -0.35)],
                        curve([(-0.5, 0), (0.2, 0.7), (0.7, 0)]),
                    ]
                )
                cut.polygon(rotated(fish, rng.normal(0, 0.15), rng.uniform(0.25, 0.75), 0.33 + 0.14 * i, 0.17), 1.0)
                shapes.append((cut.array(), (p.accent, p.tones[2])[i // 4]))
    ground = mix(p.light, p.tones[0], 0.12)
    image = np.broadcast_to(ground, (size_px, size_px, 3)).astype(np.float32)
    offset = max(1, round(3 * scale))
    for shape, colour in shapes:
        shadow = gaussian_filter(np.pad(shape, offset, mode="edge")[:size_px, :size_px], 2.5 * scale)
        image = over(image, image * 0.5, 0.75 * shadow)
        image = over(image, colour, shape)
        image = over(image, np.float32([1, 1, 1]), 0.25 * np.clip(shape - np.roll(shape, 1, 0), 0, 1))
    return canvas_weave(rng, image, 0.018), kind


GLYPHS: dict[str, tuple[tuple[tuple[float, float], ...], ...]] = {
    "A": (((0, 1), (0.5, 0), (1, 1)), ((0.2, 0.65), (0.8, 0.65))),
    "K": (((0.1, 0), (0.1, 1)), ((0.9, 0), (0.15, 0.5), (0.9, 1))),
    "O": (((0.5, 0), (0.05, 0.3), (0.1, 0.8), (0.5, 1), (0.9, 0.8), (0.95, 0.3), (0.5, 0)),),
    "R": (((0.1, 1), (0.1, 0.05), (0.8, 0.1), (0.85, 0.4), (0.15, 0.52), (0.9, 1)),),
    "S": (((0.9, 0.1), (0.4, 0), (0.1, 0.28), (0.85, 0.68), (0.6, 1), (0.05, 0.9)),),
    "W": (((0, 0), (0.25, 1), (0.5, 0.4), (0.75, 1), (1, 0)),),
    "Z": (((0.05, 0.05), (0.95, 0), (0.1, 1), (1, 0.95)),),
}


def graffiti(rng: Rng, size_px: int, p: Palette) -> Work:
    """Fat outlined letters, spray haloes, drips and arrows on a wall."""
    scale = size_px / 256
    x, y = unit_grid(size_px)
    wall = np.float32([0.62, 0.60, 0.57]) if rng.random() < 0.6 else mix(p.light, np.float32([0.55, 0.35, 0.28]), 0.75)
    image = wall * (1 + 0.05 * clouds(rng, size_px, 40 * scale) + 0.02 * clouds(rng, size_px, 2 * scale))[..., None]
    row = np.floor(y * 12)
    joint = np.minimum(
        np.abs(y * 12 - np.round(y * 12)) * 2, np.abs(x * 6 + 0.5 * (row % 2) - np.round(x * 6 + 0.5 * (row % 2))) * 4
    )
    image = (image * (1 - 0.16 * smoothstep(0.16, 0.08, joint))[..., None]).astype(np.float32)
    clouds_of = 9
    haze = [p.bright[int(i)] for i in rng.integers(0, 4, clouds_of)]
    stamp_discs(
        image,
        rng.uniform(0, size_px, clouds_of),
        rng.uniform(0.2, 0.8, clouds_of) * size_px,
        rng.uniform(20, 45, clouds_of) * scale,
        np.stack(haze),
        np.full(clouds_of, 0.75),
        45 * scale,
    )
    ink = mix(p.dark, np.float32([0.03, 0.03, 0.04]), 0.6)
    letters = rng.choice(list(GLYPHS), int(rng.integers(3, 5)), replace=False)
    pitch, top, tall = 0.84 / len(letters), rng.uniform(0.26, 0.36), rng.uniform(0.32, 0.42)
    fat = 0.085 if len(letters) == 4 else 0.105
    paths = []
    for k, letter in enumerate(letters):
        lean, shift = rng.normal(0, 0.10), rng.normal(0, 0.03)
        for stroke in GLYPHS[str(letter)]:
            points = np.asarray(stroke) * (pitch * 0.78, tall)
            paths.append(rotated(points, lean, 0.10 + k * pitch, top + shift))
    body, edge = mask(size_px), Canvas(image)
    for colour, extra, drift in ((p.light, 0.055, 0.0), (ink, 0.035, 0.02), (ink, 0.03, 0.0)):
        for path in paths:
            edge.line(moved(path, drift, drift), fat + extra, colour)
    for path in paths:
        body.line(path, fat, 1.0)
    for _ in range(int(rng.integers(4, 9))):
        at = paths[int(rng.integers(len(paths)))][-1]
        edge.line([at, moved(at, 0, rng.uniform(0.08, 0.24))], 0.012, ink)
    if rng.random() < 0.6:
        ay, tail = rng.uniform(0.84, 0.9), rng.uniform(0.1, 0.25)
        for width, colour in ((0.06, ink), (0.035, p.accent)):
            edge.line(curve([(tail, ay), (0.4, ay - 0.08), (0.78, ay)]), width, colour)
            edge.polygon(rotated([(-1, -1), (1.2, 0), (-1, 1)], 0.25, 0.8, ay, 0.045 + width * 0.5), colour)
    first, second = (p.bright[int(i)] for i in rng.permutation(4)[:2])
    t = smoothstep(top, top + tall, y + 0.03 * np.sin(x * 25))[..., None]
    fill = first * (1 - t) + second * t
    inside = body.array()
    image = over(edge.array(), fill.astype(np.float32), inside)
    glint = np.clip(
        gaussian_filter(inside, 1.2 * scale)
        - np.roll(gaussian_filter(inside, 1.2 * scale), (round(4 * scale), round(4 * scale)), (0, 1)),
        0,
        1,
    )
    return np.clip(over(image, p.light, 0.55 * glint * inside), 0, 1), str(
        rng.choice(["letters on a wall", "bubble letters", "spray-painted letters", "a tag on a brick wall"])
    )
