"""Pictures put together or worked into a wall or a cloth: mosaic, stained glass, fresco, tapestry."""

import numpy as np
from scipy.ndimage import distance_transform_edt, gaussian_filter

from training.data.noise import Rng, cells, clouds, grid, smoothstep
from training.data.paintings import motifs, scenes
from training.data.paintings.canvas import Canvas, blob, curve, mask, moved, rotated, unit_grid
from training.data.paintings.composition import Scene, Work, choose
from training.data.paintings.palettes import Palette, luminance, mix
from training.data.surface import Image, over


def _emblem(rng: Rng, size_px: int, p: Palette) -> Scene:
    """One bold thing in a square border: fish, bird, sun, flower or hills; for crafts of small pieces."""
    canvas = Canvas(np.broadcast_to(mix(p.tones[0], p.light, rng.uniform(0, 0.4)), (size_px, size_px, 3)))
    kind = str(rng.choice(["a fish", "a bird", "a sun", "a flower", "a sun over hills"]))
    if kind in ("a fish", "a bird"):
        for k in range(4):
            wave = [(u, 0.3 + 0.2 * k + 0.03 * np.sin(9 * u + 2 * k)) for u in np.linspace(0, 1, 30)]
            canvas.line(wave, 0.03, mix(p.tones[0], (p.light, p.tones[1])[k % 2], 0.5))
    if kind == "a fish":
        turn = rng.choice([0, np.pi]) + rng.normal(0, 0.15)
        body = np.concatenate(
            [
                curve([(0.75, 0), (0.2, -0.85), (-0.5, 0)]),
                [(-0.9, 0.42), (-0.75, 0), (-0.9, -0.42), (-0.5, 0)],
                curve([(-0.5, 0), (0.2, 0.85), (0.75, 0)]),
            ]
        )
        canvas.polygon(rotated(body * 1.1, turn, 0.5, 0.5, 0.42), p.dark)
        canvas.polygon(rotated(body, turn, 0.5, 0.5, 0.42), p.tones[2])
        canvas.polygon(rotated(moved(body * (0.7, 0.45), 0.02, 0.12), turn, 0.5, 0.5, 0.42), p.accent)
        canvas.disc(*rotated([(0.42, -0.08)], turn, 0.5, 0.5, 0.42)[0], 0.04, p.light)
        canvas.disc(*rotated([(0.42, -0.08)], turn, 0.5, 0.5, 0.42)[0], 0.02, p.dark)
    elif kind == "a bird":
        side = rng.choice([-1, 1])
        flip = np.asarray([side, 1.0])
        body = np.concatenate(
            [
                curve([(0.75, -0.42), (0.5, -0.75), (0.15, -0.5), (-0.3, 0.0), (-0.9, 0.3)]),
                curve([(-0.9, 0.3), (-0.2, 0.55), (0.5, 0.5), (0.55, -0.3)]),
            ]
        )
        canvas.polygon(moved(body * 1.08 * flip * 0.42, 0.5, 0.5), p.dark)
        canvas.polygon(moved(body * flip * 0.42, 0.5, 0.5), p.tones[2])
        wing = curve([(0.3, -0.1), (-0.3, -0.2), (-0.75, 0.25), (0.1, 0.5), (0.3, -0.1)])
        canvas.polygon(moved(wing * flip * 0.42, 0.5, 0.5), p.accent)
        canvas.polygon(moved(np.asarray([(0.7, -0.5), (1.0, -0.38), (0.7, -0.35)]) * flip * 0.42, 0.5, 0.5), p.accent)
        canvas.disc(0.5 + 0.24 * side, 0.5 - 0.2, 0.022, p.dark)
        canvas.line([(0.05, 0.76), (0.95, 0.74)], 0.03, mix(p.tones[1], p.dark, 0.4))
    elif kind == "a sun":
        for k, turn in enumerate(np.linspace(0, 2 * np.pi, 16, endpoint=False)):
            ray = np.asarray([(0.2, -0.07), (0.4 if k % 2 else 0.46, 0), (0.2, 0.07)])
            canvas.polygon(rotated(ray, turn, 0.5, 0.5), (p.accent, p.tones[2])[k % 2])
        canvas.disc(0.5, 0.5, 0.22, p.dark)
        canvas.disc(0.5, 0.5, 0.205, p.accent)
        canvas.disc(0.5, 0.5, 0.12, mix(p.accent, p.light, 0.5))
    elif kind == "a sun over hills":
        at = rng.uniform(0.3, 0.7)
        for k in range(12):
            canvas.polygon(
                rotated([(0, -0.06), (0.9, -0.16), (0.9, 0.16), (0, 0.06)], (k + 0.5) * np.pi / 6, at, 0.36),
                mix(p.tones[0], p.accent, 0.35 * (k % 2)),
            )
        canvas.disc(at, 0.36, 0.17, p.accent)
        canvas.disc(at, 0.36, 0.12, mix(p.accent, p.light, 0.6))
        for k, tone in enumerate((mix(p.tones[1], p.tones[0], 0.5), p.tones[1], mix(p.tones[2], p.dark, 0.1))):
            start, level = rng.uniform(0, 6.3), 0.52 + 0.14 * k
            hill = [(u, level + 0.07 * np.sin(6 * u + start)) for u in np.linspace(0, 1, 40)]
            canvas.polygon([*hill, (1, 1), (0, 1)], tone)
    else:
        motifs.flower(rng, canvas, 0.5, 0.5, 0.33, p.tones[2], p.accent)
        motifs.flower(rng, canvas, 0.5, 0.5, 0.15, mix(p.tones[2], p.light, 0.6), p.accent)
    size = 0.045
    for inset, colour in ((0.0, p.dark), (size, p.accent), (1.6 * size, p.tones[1])):
        near, far = inset + size / 2, 1 - inset - size / 2
        canvas.line(
            [(near, near), (far, near), (far, far), (near, far), (near, near)],
            size if inset != size else 0.6 * size,
            colour,
        )
    x, y = unit_grid(size_px)
    return Scene(canvas.array(), (np.arctan2(y - 0.5, x - 0.5) + np.pi / 2).astype(np.float32), kind)


def mosaic(rng: Rng, size_px: int, p: Palette) -> Work:
    """Small stones of one colour each in pale or dark mortar."""
    scale = size_px / 256
    scene = choose(rng, _emblem, _emblem, scenes.portrait, scenes.bouquet)(rng, size_px, p)
    x, y = grid(size_px)
    pitch = rng.uniform(8.5, 10.5) * scale
    bend = 3 * scale * clouds(rng, size_px, 70 * scale, falloff=4)
    _, edge, number = cells(rng, x + bend, y - bend, pitch, 0.42, square=True)
    _, stone = np.unique(number, return_inverse=True)
    stone = stone.reshape(number.shape)
    area = np.bincount(stone.ravel())
    mean = np.stack([np.bincount(stone.ravel(), scene.image[..., c].ravel()) / area for c in range(3)], -1)
    mean = mean * rng.normal(1, 0.085, (len(area), 1)) + rng.normal(0, 0.02, (len(area), 3))
    image = np.clip(mean, 0, 1).astype(np.float32)[stone]
    mortar = (
        mix(p.light, np.float32([0.6, 0.57, 0.52]), 0.5)
        if rng.random() < 0.6
        else mix(p.dark, np.float32([0.25, 0.23, 0.21]), 0.6)
    )
    joint = smoothstep(1.9 * scale, 1.0 * scale, edge)
    height = gaussian_filter(1 - joint, 0.8 * scale)
    gy, gx = np.gradient(height)
    image = over(image, mortar, joint) * (1 + 0.35 * np.tanh(gx + gy))[..., None]
    return np.clip(image, 0, 1).astype(np.float32), scene.subject


def stained_glass(rng: Rng, size_px: int, p: Palette) -> Work:
    """Glowing panes in black lead: a rose window, or a picture in an arch."""
    scale = size_px / 256
    x, y = unit_grid(size_px)
    rose = rng.random() < 0.45
    hues = np.stack([*p.bright, mix(p.light, p.accent, 0.3), mix(p.tones[0], p.dark, 0.3)])
    if rose:
        dx, dy = x - 0.5, y - 0.5
        far, angle = np.hypot(dx, dy), np.arctan2(dy, dx) / (2 * np.pi) + rng.choice([0, 1 / 24])
        petals = int(rng.choice([8, 10, 12]))
        rings = np.asarray([0.0, 0.09, 0.2, 0.32, 0.45])
        ring = np.searchsorted(rings, far + 0.018 * np.cos(2 * np.pi * petals * angle) * (far > 0.12)) - 1
        sector = np.floor((angle + 0.5 / petals * (ring % 2)) * petals * np.where(ring >= 3, 2, 1)).astype(int)
        sector = np.where(ring < 1, 0, sector % (petals * np.where(ring >= 3, 2, 1)))
        order = rng.integers(0, len(hues), (6, 2))
        colour = hues[order[np.clip(ring, 0, 5), sector % 2]]
        label = ring * 100 + sector
        open_part = smoothstep(0.475, 0.465, far)
        subject = str(rng.choice(["a rose window", "a round church window"]))
    else:
        scene = _emblem(rng, size_px, p)
        sketch = gaussian_filter(scene.image, (2 * scale, 2 * scale, 0))
        px, py = grid(size_px)
        _, _, cell = cells(rng, px, py, rng.uniform(34, 44) * scale)
        step = np.linspace(0.2, 0.8, 3)
        tone = np.searchsorted(step, luminance(sketch)) * 7
        tone = tone + np.argmin(((sketch[..., None, :] - hues) ** 2).sum(-1), -1) * 31
        _, label = np.unique(cell.astype(np.int64) * 1000 + tone, return_inverse=True)
        label = label.reshape(cell.shape)
        area = np.bincount(label.ravel())
        mean = np.stack([np.bincount(label.ravel(), scene.image[..., c].ravel()) / area for c in range(3)], -1)
        colour = np.clip(mean * rng.normal(1, 0.12, (len(area), 1)), 0, 1)[label]
        arch = np.minimum(
            0.44 - np.abs(x - 0.5), np.where(y < 0.44, 0.44 - np.hypot(x - 0.5, (y - 0.48) * 1.05), 0.97 - y)
        )
        open_part = smoothstep(0.0, 0.01, arch)
        subject = scene.subject
    grey = luminance(np.asarray(colour, np.float32))[..., None]
    glass = np.clip(grey + 1.35 * (colour - grey), 0, 1)
    glass = glass * (1.05 + 0.14 * clouds(rng, size_px, 22 * scale))[..., None] + 0.06
    border = (np.diff(label, axis=0, append=label[-1:]) != 0) | (np.diff(label, axis=1, append=label[:, -1:]) != 0)
    away = distance_transform_edt(~border)
    lead = smoothstep(2.6 * scale, 1.5 * scale, away.astype(np.float32))
    if not rose:
        rim = np.exp(-(((arch - 0.03) / 0.008) ** 2))
        lead = np.maximum(lead, smoothstep(0.3, 0.7, rim))
    glow = 0.86 + 0.28 * np.exp(-((x - 0.5) ** 2 + (y - 0.42) ** 2) / 0.12)
    image = over(np.clip(glass * glow[..., None], 0, 1).astype(np.float32), (0.05, 0.05, 0.06), lead)
    stone = np.float32([0.10, 0.095, 0.10]) * (1 + 0.15 * clouds(rng, size_px, 20 * scale))[..., None]
    return np.clip(over(stone.astype(np.float32), image, open_part), 0, 1).astype(np.float32), subject


def _arcade(rng: Rng, size_px: int, p: Palette) -> Scene:
    """A hall of columns and arches open to hills, sometimes with a robed figure."""
    back = scenes.hills(rng, size_px, p)
    canvas, stone = Canvas(back.image), mix(p.light, p.accent, 0.25)
    count = int(rng.integers(2, 4))
    opening = mask(size_px)
    for k in range(count):
        cx, half = (k + 0.5) / count, 0.36 / count
        opening.disc(cx, 0.36, half, 1.0)
        opening.box(cx - half, 0.36, cx + half, 0.86, 1.0)
    image = over(np.broadcast_to(stone, (size_px, size_px, 3)).astype(np.float32), canvas.array(), opening.array())
    canvas = Canvas(image)
    for k in range(count + 1):
        cx = k / count
        canvas.box(cx - 0.035, 0.4, cx + 0.035, 0.84, mix(stone, p.dark, 0.12))
        canvas.box(cx + 0.01, 0.4, cx + 0.035, 0.84, mix(stone, p.dark, 0.3))
        canvas.box(cx - 0.055, 0.35, cx + 0.055, 0.4, mix(stone, p.tones[2], 0.4))
        canvas.box(cx - 0.055, 0.83, cx + 0.055, 0.87, mix(stone, p.dark, 0.3))
    canvas.box(0, 0.86, 1, 1, mix(stone, p.tones[1], 0.45))
    canvas.box(0, 0.0, 1, 0.06, mix(p.tones[2], p.dark, 0.1))
    canvas.box(0, 0.07, 1, 0.085, p.accent)
    figure = rng.random() < 0.6
    if figure:
        for k in range(int(rng.integers(1, count + 1))):
            cx = (k + 0.5) / count
            canvas.disc(cx, 0.475, 0.06, p.accent)
            canvas.polygon(
                moved(
                    np.concatenate(
                        [
                            curve([(-0.045, 0.53), (-0.13, 0.6), (-0.1, 0.95)], 8),
                            curve([(0.1, 0.95), (0.13, 0.6), (0.045, 0.53)], 8),
                        ]
                    ),
                    cx,
                    0,
                ),
                (p.tones[2], p.tones[0])[k % 2],
            )
            canvas.polygon(
                [(cx - 0.02, 0.55), (cx + 0.09, 0.6), (cx + 0.07, 0.95), (cx + 0.01, 0.95)],
                mix((p.tones[2], p.tones[0])[k % 2], p.dark, 0.3),
            )
            canvas.polygon(blob(rng, cx, 0.48, 0.033, 0.043, 0.03), mix(p.light, np.float32([0.75, 0.5, 0.35]), 0.5))
            canvas.polygon(curve([(cx - 0.04, 0.49), (cx, 0.40), (cx + 0.04, 0.49)]), mix(p.dark, p.tones[2], 0.25))
    return Scene(canvas.array(), back.flow, "arches and figures with haloes" if figure else "arches and columns")


def fresco(rng: Rng, size_px: int, p: Palette) -> Work:
    """Pale, chalky paint on an old wall: craquelure, rubbed patches, fallen plaster."""
    scale = size_px / 256
    scene = choose(rng, _arcade, _arcade, _arcade, scenes.portrait)(rng, size_px, p)
    x, y = grid(size_px)
    lime = mix(p.light, np.float32([0.87, 0.82, 0.72]), 0.7)
    ochre = np.float32([0.72, 0.60, 0.44])
    image = 0.74 * scene.image + 0.12 * lime + 0.14 * ochre * (0.5 + luminance(scene.image))[..., None]
    rubbed = smoothstep(-0.2, 1.8, clouds(rng, size_px, 40 * scale, falloff=2.3))
    image = over(image.astype(np.float32), lime, 0.42 * rubbed)
    warp = 4 * scale * clouds(rng, size_px, 16 * scale, falloff=2.4)
    for pitch, width, strength in ((46, 1.7, 0.62), (17, 1.0, 0.34)):
        _, edge, _ = cells(rng, x + warp, y - np.roll(warp, 40, 0), pitch * scale)
        fade = smoothstep(-0.9, 0.5, clouds(rng, size_px, 50 * scale))
        image = over(image, image * 0.42, strength * fade * smoothstep(width * scale, 0.3 * scale, edge))
    field = clouds(rng, size_px, 60 * scale, falloff=2.5)
    lost = smoothstep(1.95, 2.01, field)
    under = (
        np.float32([0.70, 0.64, 0.55])
        * (1 + 0.07 * clouds(rng, size_px, 3 * scale) + 0.06 * clouds(rng, size_px, 25 * scale))[..., None]
    )
    shadow = np.clip(lost - np.roll(lost, (-round(2 * scale), -round(2 * scale)), (0, 1)), 0, 1)
    image = over(image, under.astype(np.float32), lost) * (1 - 0.45 * shadow)[..., None]
    grain = 1 + 0.03 * clouds(rng, size_px, 2.5 * scale, falloff=2) + 0.04 * clouds(rng, size_px, 70 * scale)
    return np.clip(image * grain[..., None], 0, 1).astype(np.float32), scene.subject


def tapestry(rng: Rng, size_px: int, p: Palette) -> Work:
    """Wool weft over warp: stepped edges, ribs, a border of lozenges and flowers."""
    scale = size_px / 256
    scene = choose(rng, scenes.hills, scenes.river, _emblem, scenes.bouquet)(rng, size_px, p)
    edge = 0.11
    canvas = Canvas(np.broadcast_to(mix(p.tones[2], p.dark, 0.45), (size_px, size_px, 3)))
    count = 9
    for k in range(count):
        u = (k + 0.5) / count
        for cx, cy in ((u, edge / 2), (u, 1 - edge / 2), (edge / 2, u), (1 - edge / 2, u)):
            lozenge = np.asarray([(-0.043, 0), (0, -0.043), (0.043, 0), (0, 0.043)])
            canvas.polygon(moved(lozenge, cx, cy), (p.accent, mix(p.tones[0], p.light, 0.3))[k % 2])
            canvas.polygon(moved(lozenge * 0.5, cx, cy), p.tones[2])
    canvas.box(edge - 0.02, edge - 0.02, 1.02 - edge, 1.02 - edge, p.accent)
    canvas.box(edge - 0.01, edge - 0.01, 1.01 - edge, 1.01 - edge, p.dark)
    framed = canvas.array()
    x, y = unit_grid(size_px)
    inner = (np.minimum(np.minimum(x, 1 - x), np.minimum(y, 1 - y)) > edge)[..., None]
    inside = np.clip(((np.stack([y, x]) - edge) / (1 - 2 * edge)) * size_px, 0, size_px - 1).astype(int)
    design: Image = np.where(inner, scene.image[inside[0], inside[1]], framed)
    blocks = max(8, round(size_px / (3.4 * scale)))
    step = np.clip(((np.arange(size_px) + 0.5) * blocks / size_px).astype(int), 0, blocks - 1)
    source = np.clip(((np.arange(blocks) + 0.5) * size_px / blocks).astype(int), 0, size_px - 1)
    soft = gaussian_filter(design, (1.0 * scale, 1.0 * scale, 0))
    picks = soft[source][:, source]
    grey = luminance(picks)[..., None]
    picks = grey + 0.88 * (picks - grey)
    picks = np.clip(
        np.round(picks * 9) / 9 + rng.normal(0, 0.018, (blocks, blocks, 1)) + rng.normal(0, 0.012, (blocks, 1, 3)), 0, 1
    )
    woven = picks[step][:, step]
    ribs = np.abs(np.sin(np.pi * blocks * y)) ** 0.6 * (
        0.86 + 0.14 * np.cos(2 * np.pi * blocks * x + np.pi * (np.floor(y * blocks) % 2))
    )
    image = woven * (0.62 + 0.46 * ribs)[..., None] * (1 + 0.05 * clouds(rng, size_px, 60 * scale))[..., None]
    return np.clip(image, 0, 1).astype(np.float32), scene.subject
