"""Ink, water and dye: kinds whose mark is a wash that dries, fades or is resisted."""

import numpy as np
from scipy.ndimage import gaussian_filter

from training.data.noise import Field, Rng, cells, clouds, grid, smoothstep
from training.data.paintings import motifs
from training.data.paintings.canvas import Canvas, blob, curve, mask, rotated, unit_grid
from training.data.paintings.composition import Work, below, profile
from training.data.paintings.palettes import Colour, Palette, chroma, mix
from training.data.paintings.strokes import stamp_discs
from training.data.surface import Image, over

VERMILION = np.float32([0.74, 0.17, 0.13])


def paper(rng: Rng, size_px: int, tone: Colour, mottle: float = 0.015) -> Image:
    """A sheet of paper, (H, W, 3): slightly clouded, faintly grained."""
    scale = size_px / 256
    field = 0.8 * clouds(rng, size_px, 60 * scale) + 0.6 * clouds(rng, size_px, 2.5 * scale)
    return np.clip(tone * (1 + mottle * field)[..., None], 0, 1).astype(np.float32)


def inked(sheet: Image, ink: Colour, density: Field) -> Image:
    """Transparent ink over a sheet: light passes it twice, so that densities add up and never turn chalky."""
    return (sheet * np.exp(-np.clip(density, 0, 4)[..., None] * (1.0 - ink) * 2.2)).astype(np.float32)


def ink_of(p: Palette) -> Colour:
    """The palette's ink: its dark, as coloured as the palette is."""
    return mix(p.dark, p.tones[0], min(0.7, 1.5 * float(chroma(p.tones[0])[0])))


def _seal(canvas: Canvas, x: float, y: float, size: float) -> None:
    """A red seal with pale strokes."""
    canvas.box(x, y, x + size, y + size, VERMILION)
    for u in (0.22, 0.48, 0.74):
        canvas.line([(x + u * size, y + 0.18 * size), (x + u * size, y + 0.82 * size)], 0.1 * size, (0.95, 0.88, 0.8))
    canvas.line([(x + 0.2 * size, y + 0.5 * size), (x + 0.8 * size, y + 0.5 * size)], 0.1 * size, (0.95, 0.88, 0.8))


def _crag(rng: Rng, size_px: int, level: float, height: float) -> Field:
    """The outline of steep rounded peaks, (size_px,) in 0–1 from the top."""
    x = np.linspace(0, 1, size_px)
    top = np.full(size_px, level)
    for _ in range(int(rng.integers(2, 6))):
        at, half, tall = rng.uniform(-0.05, 1.05), rng.uniform(0.07, 0.17), height * rng.uniform(0.5, 1.0)
        top = np.minimum(top, level - tall * np.exp(-(np.abs((x - at) / half) ** rng.uniform(1.6, 2.6))))
    rough = np.interp(x, np.linspace(0, 1, 40), rng.normal(0, 0.006, 40)) + np.interp(
        x, np.linspace(0, 1, 90), rng.normal(0, 0.003, 90)
    )
    return (top + rough).astype(np.float32)


def ink_wash(rng: Rng, size_px: int, p: Palette) -> Work:
    """Mountains that rise out of mist, range behind range, a pine, a boat, a seal (shan shui)."""
    scale = size_px / 256
    x, y = unit_grid(size_px)
    ink = ink_of(p)
    sheet = paper(rng, size_px, mix(p.light, np.float32([0.95, 0.92, 0.84]), 0.5))
    if rng.random() < 0.4:
        far = np.hypot(x - rng.uniform(0.2, 0.8), y - rng.uniform(0.1, 0.25))
        sheet = over(sheet, VERMILION if rng.random() < 0.5 else sheet * 0.86, 0.8 * smoothstep(0.062, 0.052, far))
    shift = rng.uniform(-0.06, 0.12)
    absent = int(rng.choice([-1, 0, 1, 2]))
    for i in range(4):
        if i == absent:
            continue
        ridge = _crag(rng, size_px, shift + 0.42 + 0.16 * i, (0.26, 0.34, 0.32, 0.14)[i] * rng.uniform(0.7, 1.2))
        depth = y - ridge[None, :]
        strength = (0.22, 0.42, 0.75, 1.15)[i]
        texture = (
            1
            + 0.36 * clouds(rng, size_px, 26 * scale, 6 * scale, rng.choice([1.2, 1.9]))
            + 0.2 * clouds(rng, size_px, 5 * scale)
        )
        fade = np.exp(-np.maximum(depth, 0) / (0.09, 0.12, 0.15, 0.14)[i])
        line = np.exp(-((depth / 0.006) ** 2)) * smoothstep(-0.8, 0.8, clouds(rng, size_px, 18 * scale))
        density = below(ridge, y) * fade * strength * np.clip(texture, 0.25, 2) + 0.6 * strength * line
        mist = 1 - 0.75 * smoothstep(0.4, 1.5, clouds(rng, size_px, 80 * scale, 22 * scale))
        sheet = inked(sheet, ink, gaussian_filter(density * mist, 0.6 * scale))
    things = mask(size_px)
    thing = str(rng.choice(["a pine", "a boat", "birds", "a pavilion"]))
    if thing == "a pine":
        side = rng.choice([-1, 1])
        root = 0.5 + 0.36 * side
        trunk = curve([(root, 1.0), (root - 0.1 * side, 0.85), (root + 0.06 * side, 0.75), (root - 0.05 * side, 0.6)])
        things.line(trunk, 0.018, 0.95)
        for t in (23, 18, 14, 10):
            bx, by = trunk[t]
            reach = rng.choice([-1, 1]) * rng.uniform(0.06, 0.13)
            things.line([(bx, by), (bx + reach, by - 0.01)], 0.008, 0.95)
            for u in (0.3, 0.65, 1.0):
                for _ in range(4):
                    nx, ny = bx + u * reach + rng.normal(0, 0.02), by - 0.015 + rng.normal(0, 0.008)
                    things.polygon(blob(rng, nx, ny, 0.022, 0.012, 0.25), rng.uniform(0.35, 0.8))
    elif thing == "a boat":
        bx, by = rng.uniform(0.25, 0.75), rng.uniform(0.86, 0.92)
        things.polygon(curve([(bx - 0.1, by - 0.015), (bx, by + 0.05), (bx + 0.1, by - 0.015)]), 0.95)
        things.line([(bx + 0.02, by), (bx + 0.03, by - 0.05)], 0.014, 0.95)
        things.polygon([(bx + 0.0, by - 0.042), (bx + 0.03, by - 0.065), (bx + 0.06, by - 0.042)], 0.95)
        for k in range(3):
            things.line(
                [(bx - 0.15 + 0.05 * k, by + 0.035 + 0.018 * k), (bx + 0.1 + 0.04 * k, by + 0.035 + 0.018 * k)],
                0.004,
                0.35,
            )
    elif thing == "a pavilion":
        bx, by = rng.uniform(0.25, 0.75), rng.uniform(0.8, 0.86)
        for k in range(2):
            low = by - 0.07 * k
            things.polygon(
                np.concatenate(
                    [
                        curve([(bx - 0.09 + 0.02 * k, low - 0.03), (bx - 0.03, low - 0.035), (bx, low - 0.075)], 8),
                        curve([(bx, low - 0.075), (bx + 0.03, low - 0.035), (bx + 0.09 - 0.02 * k, low - 0.03)], 8),
                    ]
                ),
                0.95,
            )
            for u in (-0.045, 0.045):
                things.line([(bx + u, low - 0.03), (bx + u, low + 0.02)], 0.008, 0.95)
    else:
        for _ in range(6):
            bx, by, w = rng.uniform(0.2, 0.8), rng.uniform(0.08, 0.3), rng.uniform(0.015, 0.028)
            things.line([(bx - w, by - 0.6 * w), (bx, by), (bx + w, by - 0.6 * w)], 0.005, 0.9)
    sheet = inked(sheet, ink, 1.5 * things.array())
    sealed = Canvas(sheet)
    _seal(sealed, rng.choice([0.06, 0.86]), 0.07 if thing == "a pine" else rng.choice([0.07, 0.86]), 0.06)
    what = str(rng.choice(["mountains in mist", "misty peaks", "mountains and mist", "steep mountains in fog"]))
    return np.clip(sealed.array(), 0, 1), what + f" with {thing}"


class _Washes:
    """Watercolour on one sheet. The two random fields are periodic: every wash reads them from another place."""

    def __init__(self, rng: Rng, size_px: int) -> None:
        self._rng, self._size_px = rng, size_px
        scale = size_px / 256
        self._edges = clouds(rng, size_px, 22 * scale, falloff=2.8)
        self._pools = 0.24 * clouds(rng, size_px, 45 * scale) + 0.035 * clouds(rng, size_px, 2 * scale, falloff=1.5)

    def lay(self, sheet: Image, shape: Field, pigment: Colour, strength: float, bleed: float) -> Image:
        """One wash of `shape` 0–1: its edge wanders and dries dark. `bleed`: 0 dry, 1 wet in wet."""
        scale = self._size_px / 256
        dy, dx = (int(v) for v in self._rng.integers(0, self._size_px, 2))
        edges, pools = np.roll(self._edges, (dy, dx), (0, 1)), np.roll(self._pools, (dx, dy), (0, 1))
        field = gaussian_filter(shape, (0.8 + 6 * bleed) * scale) + (0.08 + 0.12 * bleed) * edges
        inside = smoothstep(0.45 - 0.45 * bleed, 0.55 + 0.45 * bleed, field)
        rim = np.clip(inside - gaussian_filter(inside, 2.4 * scale), 0, 1) * (1 - bleed)
        return inked(sheet, pigment, strength * (inside * np.clip(0.8 + pools, 0.25, 1.5) + 1.1 * rim))


def watercolour(rng: Rng, size_px: int, p: Palette) -> Work:
    """Wet sky, washes of hill upon hill, a few trees, bare paper at the rim and for the sun."""
    scale = size_px / 256
    x, y = unit_grid(size_px)
    bare = sheet = paper(rng, size_px, np.float32([0.975, 0.968, 0.945]), 0.008)
    washes = _Washes(rng, size_px)
    horizon = float(rng.uniform(0.42, 0.55))
    sun = smoothstep(0.055, 0.05, np.hypot(x - rng.uniform(0.2, 0.8), y - horizon * rng.uniform(0.35, 0.7)))
    gaps = smoothstep(-0.2, 1.4, clouds(rng, size_px, 90 * scale, 34 * scale, falloff=4))
    blue = mix(p.tones[0], p.light, 0.15)
    sheet = washes.lay(sheet, (1.25 - y / horizon).clip(0, 1) * (1 - gaps) * (1 - sun), blue, 0.8, 0.85)
    warm = np.exp(-(((y - horizon) / 0.13) ** 2)) * (1 - sun)
    sheet = washes.lay(sheet, warm.astype(np.float32), mix(mix(p.accent, p.tones[2], 0.3), p.light, 0.2), 0.5, 0.9)
    thing = str(rng.choice(["hills", "a lake", "trees"]))
    tones = (
        mix(p.tones[0], p.tones[1], 0.4),
        p.tones[1],
        mix(p.tones[1], p.tones[2], 0.6),
        mix(p.tones[1], p.dark, 0.15),
    )
    jagged = rng.random() < 0.4
    for i in range(4):
        if thing == "a lake" and i == 2:
            shore = profile(rng, size_px, horizon + 0.14, 0.004)
            streaks = smoothstep(1.3, 0.5, clouds(rng, size_px, 60 * scale, 4 * scale))
            sheet = washes.lay(sheet, below(shore, y) * (y < 0.86) * streaks, blue, 0.8, 0.1)
            continue
        ridge = profile(
            rng,
            size_px,
            horizon + (-0.03, 0.08, 0.22, 0.4)[i],
            (0.10 if jagged else 0.06, 0.05, 0.05, 0.03)[i],
            i == 0 and jagged,
        )
        low = horizon + (0.24, 0.38, 0.6, 0.9)[i]
        sheet = washes.lay(
            sheet,
            below(ridge, y) * smoothstep(low, low - 0.24, y),
            tones[i],
            (0.36, 0.40, 0.42, 0.42)[i],
            (0.2, 0.1, 0.06, 0.04)[i],
        )
    crowns, trunks = (mask(size_px), mask(size_px)), mask(size_px)
    for k in range(int(rng.integers(4, 8)) if thing == "trees" else 2):
        at, ground, height = rng.uniform(0.08, 0.92), horizon + rng.uniform(0.12, 0.3), rng.uniform(0.15, 0.3)
        trunks.line([(at, ground), (at + 0.01, ground - 0.6 * height)], 0.013, 1.0)
        for _ in range(5):
            crowns[k % 2].polygon(
                blob(
                    rng,
                    at + rng.normal(0, 0.19) * height,
                    ground - rng.uniform(0.5, 0.95) * height,
                    0.22 * height,
                    0.19 * height,
                ),
                1.0,
            )
    sheet = washes.lay(sheet, trunks.array(), mix(p.dark, p.tones[2], 0.35), 0.5, 0.0)
    for k, crown in enumerate(crowns):
        sheet = washes.lay(sheet, crown.array(), tones[1 + k], 0.5, 0.08)
    rim = np.minimum(np.minimum(x, 1 - x), np.minimum(y, 1 - y)) + 0.010 * clouds(rng, size_px, 20 * scale, falloff=4)
    sheet = over(bare, sheet, smoothstep(0.04, 0.055, rim))
    spots = mask(size_px)
    for cx, cy, r in zip(*rng.uniform(0.08, 0.92, (2, 12)), rng.exponential(0.005, 12), strict=True):
        spots.disc(cx, cy, min(r, 0.012), 0.25)
    return np.clip(inked(sheet, tones[1], spots.array()), 0, 1), {
        "hills": "misty hills",
        "a lake": "a lake and hills",
        "trees": "trees on a hillside",
    }[thing]


def enso(rng: Rng, size_px: int, p: Palette) -> Work:
    """One circle in one breath: a loaded brush that runs dry."""
    scale = size_px / 256
    x, y = unit_grid(size_px)
    ink = ink_of(p)
    sheet = paper(rng, size_px, mix(p.light, np.float32([0.96, 0.94, 0.88]), 0.4))
    cx, cy, radius = rng.uniform(0.46, 0.54), rng.uniform(0.46, 0.54), rng.uniform(0.27, 0.34)
    begin, sweep, spin = rng.uniform(0, 6.3), rng.uniform(5.4, 6.2), rng.choice([-1, 1])
    travelled = ((np.arctan2(y - cy, (x - cx)) * spin - begin) % (2 * np.pi)) / sweep
    reach = radius + 0.02 * np.cos(np.arctan2(y - cy, x - cx) * 2 + rng.uniform(0, 6)) + 0.025 * (travelled - 0.5)
    half = rng.uniform(0.045, 0.07) * (1.15 - 0.45 * travelled) * np.clip(travelled * 14 + 0.55, 0, 1)
    across = (np.hypot(x - cx, y - cy) - reach) / half
    lane = np.clip(((across + 1.2) * 40).astype(int), 0, 99)
    hairs = gaussian_filter(rng.standard_normal(100), 0.8)[lane] * 1.4 + 0.3 * clouds(rng, size_px, 12 * scale)
    dry = smoothstep(-0.25, 0.35, 1.75 - 2.3 * travelled + 0.85 * hairs)
    edge = smoothstep(1.05, 0.9, np.abs(across) + 0.06 * hairs)
    end = smoothstep(1.0, 0.97, travelled + 0.03 * hairs)
    density = edge * dry * end * (1.3 - 0.35 * travelled) * (1 + 0.12 * hairs)
    drops = int(rng.integers(3, 12))
    turn = begin + rng.normal(0, 0.5, drops)
    far = (radius + rng.normal(0, 0.07, drops)) * size_px
    spots = np.zeros((size_px, size_px, 1), np.float32)
    stamp_discs(
        spots,
        cx * size_px + far * np.cos(turn * spin),
        cy * size_px + far * np.sin(turn * spin),
        np.clip(rng.exponential(1.1, drops), 0.4, 3.5) * scale,
        np.ones((drops, 1), np.float32),
        np.ones(drops),
        scale,
    )
    canvas = Canvas(over(sheet, ink, np.clip(1.1 * np.maximum(density, spots[..., 0]), 0, 1)))
    if rng.random() < 0.7:
        _seal(canvas, *((0.84, 0.84) if rng.random() < 0.6 else (0.1, 0.84)), 0.065)
    return canvas.array(), str(
        rng.choice(["a single brush circle", "a brush-drawn circle", "one ink circle", "an open circle"])
    )


def _batik_motif(rng: Rng, canvas: Canvas, kind: str, cx: float, cy: float, wax: Colour, dye: Colour) -> None:
    """A flower, a fish or a leaf, outlined in wax."""
    if kind == "flowers":
        motifs.flower(rng, canvas, cx, cy, 0.125, wax * 0.87, wax)
        motifs.flower(rng, canvas, cx, cy, 0.085, dye, wax)
    elif kind == "fish":
        turn = rng.choice([0, np.pi]) + rng.normal(0, 0.25)
        body = np.concatenate(
            [
                curve([(0.65, 0), (0.2, -0.75), (-0.5, 0)]),
                [(-0.85, 0.34), (-0.75, 0), (-0.85, -0.34), (-0.5, 0)],
                curve([(-0.5, 0), (0.2, 0.75), (0.65, 0)]),
            ]
        )
        canvas.polygon(rotated(body, turn, cx, cy, 0.22), wax)
        canvas.polygon(rotated(body * (0.8, 0.72), turn, cx, cy, 0.22), dye)
        canvas.disc(*rotated([(0.33, -0.06)], turn, cx, cy, 0.22)[0], 0.014, wax)
        for u in (-0.25, -0.05, 0.13):
            canvas.line(rotated([(u, -0.17), (u + 0.06, 0), (u, 0.17)], turn, cx, cy, 0.22), 0.011, wax)
    else:
        turn = rng.uniform(0, 6.3)
        leaf = curve([(-0.75, 0), (0, -0.8), (0.75, 0), (0, 0.8), (-0.75, 0)], 36)
        canvas.polygon(rotated(leaf, turn, cx, cy, 0.22), wax)
        canvas.polygon(rotated(leaf * 0.8, turn, cx, cy, 0.22), dye)
        canvas.line(rotated([(-0.9, 0), (0.6, 0)], turn, cx, cy, 0.22), 0.013, wax)
        for u in (-0.3, 0.0, 0.25):
            canvas.line(rotated([(u + 0.12, -0.15), (u, 0), (u + 0.12, 0.15)], turn, cx, cy, 0.22), 0.010, wax)


def batik(rng: Rng, size_px: int, p: Palette) -> Work:
    """Motifs drawn in wax, dyed twice, crackled where the wax broke."""
    scale = size_px / 256
    x, y = grid(size_px)
    first, second = mix(p.tones[2], p.accent, rng.uniform(0, 0.5)), mix(p.tones[1], p.dark, 0.55)
    wax = mix(p.light, p.accent, 0.15)
    canvas = Canvas(np.broadcast_to(second, (size_px, size_px, 3)))
    kind = str(rng.choice(["flowers", "a mandala", "fish", "leaves"]))
    if kind == "a mandala":
        for ring in range(4, 0, -1):
            count, far = 6 + 2 * ring, 0.105 * ring
            for k in range(count):
                angle = 2 * np.pi * (k + 0.5 * (ring % 2)) / count
                place = (0.5 + far * np.cos(angle), 0.5 + far * np.sin(angle))
                petal = curve([(-0.5, 0), (0, -0.42), (0.6, 0), (0, 0.42), (-0.5, 0)])
                canvas.polygon(rotated(petal, angle, *place, 0.2), wax)
                canvas.polygon(rotated(petal, angle, *place, 0.15), (first, mix(first, second, 0.6))[ring % 2])
        canvas.disc(0.5, 0.5, 0.075, wax)
        canvas.disc(0.5, 0.5, 0.05, first)
    else:
        for gx, gy in ((i, j) for j in range(3) for i in range(4)):
            cx, cy = 0.04 + 0.31 * gx + 0.15 * (gy % 2) - 0.1 * (gy == 1), 0.22 + 0.28 * gy
            _batik_motif(rng, canvas, kind, cx, cy, wax, first)
    for cx in np.arange(0.0, 1.01, 0.1):  # a border of teeth above and below
        for base, tip in ((0.0, 0.065), (1.0, 0.935)):
            canvas.polygon([(cx - 0.045, base), (cx + 0.045, base), (cx, tip)], wax)
            canvas.polygon([(cx - 0.022, base), (cx + 0.022, base), (cx, 0.5 * (base + tip))], first)
    drawn = canvas.array()
    for cx, cy in rng.uniform(0.03, 0.97, (60, 2)):
        if np.abs(drawn[int(cy * size_px), int(cx * size_px)] - second).sum() < 0.05:
            canvas.disc(cx, cy, 0.011, wax)
    image = gaussian_filter(canvas.array(), (0.8 * scale, 0.8 * scale, 0))
    warp = 5 * scale * clouds(rng, size_px, 22 * scale)
    _, edge, _ = cells(rng, x + warp, y - warp, 26 * scale)
    vein = smoothstep(1.8 * scale, 0.2 * scale, edge) * (
        0.5 + 0.4 * smoothstep(-1, 1, clouds(rng, size_px, 40 * scale))
    )
    image = over(image, mix(second, first, 0.25), 0.8 * vein * smoothstep(0.1, 0.5, np.abs(image - second).sum(-1)))
    image = (
        image
        * (
            1
            + 0.06 * clouds(rng, size_px, 30 * scale)
            + 0.02 * np.sin(x * np.pi / (1.5 * scale)) * np.sin(y * np.pi / (1.5 * scale))
        )[..., None]
    )
    return np.clip(image, 0, 1).astype(np.float32), kind
