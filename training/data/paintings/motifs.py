"""Things that stand in pictures: trees, houses, boats, suns, fruit, vases, faces. Each draws on a canvas; sizes 0–1."""

import numpy as np

from training.data.noise import Rng
from training.data.paintings.canvas import Canvas, blob, curve, moved, rotated
from training.data.paintings.palettes import Colour, Palette, mix


def round_tree(rng: Rng, canvas: Canvas, x: float, ground: float, height: float, leaf: Colour, bark: Colour) -> None:
    """A trunk and a crown of clumps, lit from the upper left."""
    canvas.polygon(
        [
            (x - 0.05 * height, ground),
            (x - 0.03 * height, ground - 0.6 * height),
            (x + 0.03 * height, ground - 0.6 * height),
            (x + 0.06 * height, ground),
        ],
        bark,
    )
    shadow, shine = leaf * 0.68, mix(leaf, np.float32([1, 0.97, 0.8]), 0.25)
    clumps = [(rng.uniform(-0.27, 0.27), rng.uniform(-0.92, -0.48)) for _ in range(6)]
    for colour, shift, size in ((shadow, 0.035, 0.21), (leaf, 0.0, 0.19), (shine, -0.05, 0.11)):
        for cx, cy in clumps:
            canvas.polygon(
                blob(
                    rng,
                    x + (cx + shift) * height,
                    ground + (cy + shift) * height,
                    size * height,
                    size * 0.85 * height,
                    0.10,
                ),
                colour,
            )


def poplar(rng: Rng, canvas: Canvas, x: float, ground: float, height: float, leaf: Colour, bark: Colour) -> None:
    """A tall flame of a tree: poplar or cypress."""
    canvas.box(x - 0.02 * height, ground - 0.15 * height, x + 0.02 * height, ground, bark)
    for shift, tone, width in ((0.02, 0.7, 0.15), (0.0, 1.0, 0.13), (-0.035, 1.25, 0.05)):
        side = curve([(0, -0.06), (width * 2.1, -0.25), (width * 0.7, -0.7), (0, -1)])
        outline = np.concatenate([side, side[::-1] * (-1, 1)]) * height
        canvas.polygon(moved(outline, x + shift * height, ground), np.clip(leaf * tone, 0, 1))


def pine(rng: Rng, canvas: Canvas, x: float, ground: float, height: float, leaf: Colour, bark: Colour) -> None:
    """Three or four tiers of branches."""
    canvas.box(x - 0.03 * height, ground - 0.2 * height, x + 0.03 * height, ground, bark)
    for tier in range(4):
        low, half = ground - (0.12 + 0.2 * tier) * height, (0.27 - 0.055 * tier) * height
        top = low - 0.36 * height
        canvas.polygon([(x - half, low), (x, top), (x + half, low)], leaf)
        canvas.polygon([(x + 0.1 * half, low), (x, top), (x + half, low)], leaf * 0.72)


TREES = (round_tree, poplar, pine)


def house(
    rng: Rng, canvas: Canvas, x: float, ground: float, width: float, wall: Colour, roof: Colour, hole: Colour
) -> None:
    """A cottage with a pitched roof, a shaded side, a door and a window."""
    height = width * rng.uniform(0.55, 0.75)
    split = x + 0.55 * width
    canvas.box(x, ground - height, split, ground, wall)
    canvas.box(split, ground - height, x + width, ground, wall * 0.75)
    ridge = ground - height - 0.45 * width
    canvas.polygon(
        [(x - 0.05 * width, ground - height), (x + 0.27 * width, ridge), (split + 0.02 * width, ground - height)], wall
    )
    canvas.polygon(
        [
            (x + 0.27 * width, ridge),
            (x + 0.78 * width, ridge),
            (x + 1.06 * width, ground - height),
            (split, ground - height),
        ],
        roof,
    )
    canvas.polygon(
        [
            (x - 0.07 * width, ground - height + 0.03 * width),
            (x + 0.27 * width, ridge),
            (x + 0.27 * width, ridge + 0.1 * width),
        ],
        roof,
    )
    canvas.box(x + 0.2 * width, ground - 0.6 * height, x + 0.36 * width, ground, hole)
    canvas.box(x + 0.68 * width, ground - 0.7 * height, x + 0.84 * width, ground - 0.35 * height, hole)


def sailing_boat(canvas: Canvas, x: float, water: float, size: float, hull: Colour, sail: Colour) -> None:
    """A hull with a mast, a mainsail and a jib."""
    canvas.polygon(
        [
            (x - 0.5 * size, water - 0.16 * size),
            (x + 0.55 * size, water - 0.16 * size),
            (x + 0.36 * size, water),
            (x - 0.36 * size, water),
        ],
        hull,
    )
    canvas.line([(x, water - 0.15 * size), (x, water - 1.25 * size)], 0.035 * size, hull)
    canvas.polygon(
        [
            (x + 0.04 * size, water - 1.2 * size),
            (x + 0.52 * size, water - 0.25 * size),
            (x + 0.04 * size, water - 0.25 * size),
        ],
        sail,
    )
    canvas.polygon(
        [
            (x - 0.04 * size, water - 1.1 * size),
            (x - 0.42 * size, water - 0.25 * size),
            (x - 0.04 * size, water - 0.25 * size),
        ],
        sail * 0.86,
    )


def lighthouse(
    canvas: Canvas, x: float, ground: float, height: float, wall: Colour, stripe: Colour, lamp: Colour
) -> None:
    """A tapering striped tower with a lamp."""

    def half(level: float) -> float:
        return height * (0.11 - 0.05 * level)

    for band in range(5):
        a, b = band / 5, (band + 1) / 5
        canvas.polygon(
            [
                (x - half(a), ground - a * height),
                (x + half(a), ground - a * height),
                (x + half(b), ground - b * height),
                (x - half(b), ground - b * height),
            ],
            stripe if band % 2 else wall,
        )
    canvas.box(x - 0.05 * height, ground - 1.12 * height, x + 0.05 * height, ground - height, lamp)
    canvas.polygon(
        [
            (x - 0.075 * height, ground - 1.12 * height),
            (x, ground - 1.23 * height),
            (x + 0.075 * height, ground - 1.12 * height),
        ],
        stripe,
    )


def flower(rng: Rng, canvas: Canvas, x: float, y: float, radius: float, petal: Colour, heart: Colour) -> None:
    """Five to eight petals about a heart."""
    petals, start = int(rng.integers(5, 9)), rng.uniform(0, 6.3)
    for k in range(petals):
        angle = start + 2 * np.pi * k / petals
        tone = 0.85 + 0.3 * (k % 2)
        outline = blob(rng, 0.6, 0, 0.55, 0.36, 0.06, 16)
        canvas.polygon(rotated(outline, angle, x, y, radius), np.clip(petal * tone, 0, 1))
    canvas.disc(x, y, 0.3 * radius, heart)


def fruit(
    rng: Rng, canvas: Canvas, x: float, y: float, radius: float, skin: Colour, dark: Colour, light: Colour
) -> None:
    """A rounded fruit with a shaded side, a highlight and, often, a stalk: apple, orange, plum."""
    outline = blob(rng, 0, 0, 1, 0.95, 0.04)
    canvas.polygon(moved(outline * radius, x, y), skin * 0.7)
    canvas.polygon(moved(outline * 0.86 * radius, x - 0.1 * radius, y - 0.1 * radius), skin)
    canvas.polygon(moved(outline * 0.3 * radius, x - 0.38 * radius, y - 0.38 * radius), mix(skin, light, 0.6))
    if rng.random() < 0.7:
        canvas.line(
            curve(
                [(x, y - 0.85 * radius), (x + 0.05 * radius, y - 1.1 * radius), (x + 0.25 * radius, y - 1.3 * radius)],
                8,
            ),
            0.10 * radius,
            dark,
        )


def pear(
    rng: Rng, canvas: Canvas, x: float, y: float, radius: float, skin: Colour, dark: Colour, light: Colour
) -> None:
    """A pear standing on its base, y at the middle of its belly."""
    side = curve([(0, 1.0), (1.5, 1.0), (0.9, -0.6), (0.42, -0.8), (0.35, -1.9), (0, -1.75)])
    outline = np.concatenate([side, side[::-1] * (-1, 1)])
    canvas.polygon(moved(outline * radius, x, y), skin * 0.72)
    canvas.polygon(moved(outline * 0.84 * radius, x - 0.1 * radius, y - 0.06 * radius), skin)
    canvas.polygon(blob(rng, x - 0.3 * radius, y - 0.1 * radius, 0.2 * radius, 0.35 * radius), mix(skin, light, 0.55))
    canvas.line([(x, y - 1.5 * radius), (x + 0.15 * radius, y - 2.1 * radius)], 0.09 * radius, dark)


def vessel(canvas: Canvas, x: float, base: float, height: float, width: float, clay: Colour, neck: float = 0.4) -> None:
    """A vase or jug: a belly, a neck and a lip, its right side in shade. `neck`: its width over the belly's."""
    side = curve([(0.5, 0), (1.35, -0.35), (1.05, -0.75), (neck * 0.7, -0.8), (neck, -1)])
    left, right = (moved(side * (half * width, height), x, base) for half in (-0.5, 0.5))
    canvas.polygon(np.concatenate([left, right[::-1]]), clay)
    inner = moved(side * (0.12 * width, height), x, base)
    canvas.polygon(np.concatenate([inner, right[::-1]]), clay * 0.72)
    glint = moved(side[6:16] * (-0.34 * width, height), x, base)
    canvas.line(glint, 0.05 * width, np.clip(clay * 1.35 + 0.08, 0, 1))
    canvas.ellipse(x, base - height, neck * 0.5 * width, 0.07 * width, clay * 0.5)


def bowl(canvas: Canvas, x: float, base: float, width: float, clay: Colour) -> None:
    """A footed bowl, its rim `0.32 width` above the base."""
    turn = np.linspace(0, np.pi, 24)
    outline = moved(np.stack([np.cos(turn) * 0.5, np.sin(turn) * 0.32 - 0.32], axis=-1) * width, x, base)
    canvas.box(x - 0.15 * width, base - 0.04 * width, x + 0.15 * width, base + 0.02 * width, clay * 0.6)
    canvas.polygon(outline, clay)
    canvas.polygon(np.concatenate([outline[:12], moved(outline[:12][::-1] * (0.35, 1), x * 0.65, 0)]), clay * 0.75)


def head(rng: Rng, canvas: Canvas, p: Palette, hair: Colour, skin: Colour, cloth: Colour) -> None:
    """A bust that fills the picture: shoulders, neck, an oval face with a shaded side, hair, eyes, nose and lips."""
    shade, dark = skin * 0.72, p.dark
    lean = rng.uniform(-0.03, 0.03)
    x = 0.5 + lean
    long_hair = rng.random() < 0.6
    canvas.polygon(blob(rng, x, 0.42 if long_hair else 0.34, 0.27, 0.36 if long_hair else 0.25, 0.05), hair)
    canvas.polygon(
        np.concatenate(
            [
                curve([(0.02, 1.02), (0.12, 0.78), (0.36, 0.82), (0.42, 0.72)]),
                curve([(0.58, 0.72), (0.66, 0.82), (0.9, 0.78), (0.98, 1.02)]),
            ]
        ),
        cloth,
    )
    canvas.polygon([(x - 0.08, 0.55), (x + 0.08, 0.55), (0.59, 0.78), (0.5, 0.86), (0.41, 0.78)], shade)
    face = curve([(0, 0.28), (0.2, 0.26), (0.26, -0.1), (0.16, -0.26), (0, -0.24)])
    canvas.polygon(moved(np.concatenate([face, face[::-1] * (-1, 1)]), x, 0.42), skin)
    canvas.polygon(moved(np.concatenate([face, face[::-1] * (0.18, 1)]), x, 0.42), shade)
    fringe = [
        (x - 0.19, 0.40),
        (x - 0.16, 0.19),
        (x, 0.13),
        (x + 0.17, 0.2),
        (x + 0.19, 0.42),
        (x + 0.11, 0.26),
        (x - 0.06, 0.24),
    ]
    canvas.polygon(fringe, hair)
    for side in (-1, 1):
        ex, ey = x + 0.075 * side, 0.40
        canvas.ellipse(ex, ey, 0.04, 0.019, p.light)
        canvas.disc(ex, ey, 0.018, dark)
        canvas.line(curve([(ex - 0.045, ey - 0.035), (ex, ey - 0.06), (ex + 0.045, ey - 0.035)], 8), 0.011, dark)
    canvas.line([(x + 0.01, 0.40), (x + 0.03, 0.51), (x - 0.01, 0.52)], 0.010, skin * 0.5)
    lips = curve([(-0.06, 0), (-0.02, -0.022), (0, -0.008), (0.02, -0.022), (0.06, 0)], 12)
    canvas.polygon(
        moved(np.concatenate([lips, curve([(0.06, 0), (0, 0.05), (-0.06, 0)], 12)]), x, 0.59),
        mix(p.bright[int(rng.integers(4))], np.float32([0.75, 0.1, 0.15]), 0.5),
    )
