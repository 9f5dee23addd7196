"""Compositions: what a picture shows, sketched in flat colour, with the direction a brush would take.

A medium (oil, chalk, mosaic, …) then turns a scene into a painting of its kind.
"""

import numpy as np

from training.data.noise import Field, Rng, clouds, smoothstep
from training.data.paintings import motifs
from training.data.paintings.canvas import Canvas, blob, curve, unit_grid
from training.data.paintings.composition import Scene, below, profile
from training.data.paintings.palettes import Colour, Palette, mix
from training.data.surface import Image, over


def sky(rng: Rng, size_px: int, p: Palette, horizon: float, hour: str) -> tuple[Image, Field, tuple[float, float]]:
    """Day, dusk or night above the horizon: (image, flow, (x, y) of the sun or moon)."""
    x, y = unit_grid(size_px)
    top, low, cloud = {
        "day": (mix(p.tones[0], p.light, 0.15), mix(p.tones[0], p.light, 0.75), p.light),
        "dusk": (mix(p.tones[0], p.dark, 0.25), p.accent, mix(p.tones[2], p.light, 0.35)),
        "night": (p.dark, mix(p.dark, p.tones[0], 0.75), mix(p.tones[0], p.light, 0.25)),
    }[hour]
    t = np.clip(y / horizon, 0, 1) ** 1.3
    image = top + (low - top) * t[..., None]
    scale = size_px / 256
    band = smoothstep(0.35, 1.5, clouds(rng, size_px, 70 * scale, 24 * scale)) * np.float32(
        0.4 if hour == "night" else 0.75
    )
    image = over(image, cloud, band)
    sun = (float(rng.uniform(0.15, 0.85)), float(horizon * rng.uniform(0.2, 0.45 if hour == "night" else 0.7)))
    far = np.hypot(x - sun[0], y - sun[1])
    radius = float(rng.uniform(0.04, 0.075))
    glow = p.light if hour == "day" else p.accent
    image = over(image, glow, 0.6 * np.exp(-((far / (3.2 * radius)) ** 2)).astype(np.float32))
    image = over(image, mix(p.accent, p.light, 0.6), smoothstep(radius + 0.004, radius - 0.004, far))
    flow = 0.25 * clouds(rng, size_px, 80 * scale, falloff=4.0)
    return image, flow.astype(np.float32), sun


def _land(image: Image, flow: Field, ridge: Field, colour: Image | Colour) -> tuple[Image, Field]:
    """Lay ground under a ridge; strokes follow the slope, level out below it."""
    size = flow.shape[0]
    y = unit_grid(size)[1]
    inside = below(ridge, y)
    slope = np.arctan(np.gradient(ridge) * size).astype(np.float32)[None, :]
    depth = np.maximum(y - ridge[None, :], 0)
    turned = slope * np.exp(-depth / 0.25)
    return over(image, colour, inside), np.where(inside > 0.5, turned, flow).astype(np.float32)


def _hour(rng: Rng) -> tuple[str, str]:
    hour = str(rng.choice(["day", "dusk", "night"], p=[0.55, 0.3, 0.15]))
    words = {
        "day": ("", "", " in daylight", " on a sunny day"),
        "dusk": (" at dusk", " at sunset", " in the evening"),
        "night": (" at night", " by moonlight", " under the moon"),
    }[hour]
    return hour, str(rng.choice(words))


def _dim(p: Palette, hour: str, colour: Colour) -> Colour:
    return mix(colour, p.dark, {"day": 0.0, "dusk": 0.3, "night": 0.6}[hour])


def hills(rng: Rng, size_px: int, p: Palette) -> Scene:
    """Rolling fields under a sky, with trees and often a house."""
    hour, when = _hour(rng)
    horizon = rng.uniform(0.38, 0.55)
    image, flow, _ = sky(rng, size_px, p, horizon, hour)
    y = unit_grid(size_px)[1]
    tones = (
        mix(p.tones[1], p.tones[0], 0.55),
        mix(p.tones[1], p.light, 0.2),
        p.tones[1],
        mix(p.tones[1], p.dark, 0.35),
    )
    ridges = []
    for i, tone in enumerate(tones):
        ridge = profile(
            rng, size_px, horizon + (1 - horizon) * (0.02, 0.18, 0.42, 0.78)[i], (0.05, 0.05, 0.05, 0.04)[i]
        )
        ridges.append(ridge)
        field = np.broadcast_to(_dim(p, hour, tone), (size_px, size_px, 3))
        if i in (1, 2):
            rows = smoothstep(-0.3, 0.3, np.sin((y - ridge[None, :]) * rng.uniform(50, 90)))
            other = mix(tone, p.bright[int(rng.integers(2, 4))], 0.55)
            field = over(np.asarray(field), _dim(p, hour, other), rows * np.float32(rng.uniform(0.4, 0.9)))
        image, flow = _land(image, flow, ridge, field)
    canvas = Canvas(image)
    with_house = rng.random() < 0.6
    if with_house:
        at = rng.uniform(0.15, 0.7)
        motifs.house(
            rng,
            canvas,
            at,
            float(ridges[2][int(at * size_px)]) + 0.05,
            rng.uniform(0.13, 0.2),
            _dim(p, hour, p.light),
            _dim(p, hour, p.tones[2]),
            p.accent if hour == "night" else p.dark,
        )
    tree = motifs.TREES[int(rng.integers(3))]
    for _ in range(int(rng.integers(2, 5))):
        at, row = rng.uniform(0.05, 0.95), int(rng.integers(2, 4))
        ground = float(ridges[row][int(at * size_px)]) + 0.03
        tree(
            rng,
            canvas,
            at,
            ground,
            rng.uniform(0.16, 0.24) * (1 + 0.8 * (row == 3)),
            _dim(p, hour, mix(p.tones[1], p.dark, 0.25)),
            p.dark,
        )
    what = str(rng.choice(["rolling hills", "hills and fields", "a valley with trees", "a countryside landscape"]))
    return Scene(canvas.array(), flow, what + (" and a house" if with_house else "") + when)


def mountains(rng: Rng, size_px: int, p: Palette) -> Scene:
    """Peaks with lit and shaded flanks, often snow, over a dark line of pines and sometimes a lake."""
    hour, when = _hour(rng)
    horizon = rng.uniform(0.55, 0.68)
    image, flow, _ = sky(rng, size_px, p, horizon, hour)
    x, y = unit_grid(size_px)
    snow = rng.random() < 0.6
    for i in range(3):
        ridge = profile(rng, size_px, horizon - (0.25, 0.12, 0.02)[i], (0.15, 0.12, 0.06)[i], jagged=True)
        depth = y - ridge[None, :]
        lean = np.clip(((x + 0.35 * depth * np.sin(40 * depth + 9 * x)) * size_px).astype(int), 0, size_px - 1)
        lit = (np.gradient(ridge)[lean] < 0).astype(np.float32)
        rock = mix(mix(p.tones[1], p.tones[0], (0.6, 0.35, 0.1)[i]), p.dark, 0.1)
        face = over(
            np.broadcast_to(_dim(p, hour, mix(rock, p.dark, 0.35)), image.shape),
            _dim(p, hour, mix(rock, p.light, 0.3)),
            lit,
        )
        if snow and i < 2:
            cap = smoothstep(0.11, 0.07, depth + 0.04 * np.sin(x * 55) * np.sin(x * 23))
            face = over(face, _dim(p, hour, p.light), cap * (0.55 + 0.45 * lit))
        image, flow = _land(image, flow, ridge, face)
    shore = profile(rng, size_px, horizon + 0.1, 0.015)
    lake = rng.random() < 0.5
    ground = mix(p.tones[0], p.light, 0.2) if lake else mix(p.tones[1], p.tones[2], 0.3)
    if lake:
        mirrored = image[
            np.clip((2 * shore[None, :] - y) * size_px, 0, size_px - 1).astype(int), (x * size_px).astype(int)
        ]
        image = over(image, 0.65 * mirrored + 0.3 * _dim(p, hour, ground), below(shore, y))
        flow = np.where(below(shore, y) > 0.5, 0.0, flow).astype(np.float32)
    else:
        image, flow = _land(image, flow, shore, _dim(p, hour, ground))
    canvas = Canvas(image)
    for at in np.linspace(0.02, 0.98, int(rng.integers(7, 13))):
        motifs.pine(
            rng,
            canvas,
            at + rng.normal(0, 0.03),
            float(shore.mean()) + rng.uniform(0.0, 0.03),
            rng.uniform(0.09, 0.17),
            mix(p.tones[1], p.dark, 0.6),
            p.dark,
        )
    what = "snowy mountains" if snow else str(rng.choice(["mountains", "mountain peaks", "an alpine valley"]))
    return Scene(canvas.array(), flow, what + (" and a lake" if lake else " and pines") + when)


def sea(rng: Rng, size_px: int, p: Palette) -> Scene:
    """Water to the horizon with the sun's path on it, and a boat, an island or a lighthouse."""
    hour, when = _hour(rng)
    horizon = float(rng.uniform(0.38, 0.55))
    image, flow, sun = sky(rng, size_px, p, horizon, hour)
    x, y = unit_grid(size_px)
    water = y > horizon
    t = np.clip((y - horizon) / (1 - horizon), 0, 1)[..., None]
    far, near = mix(p.tones[0], p.light, 0.25), mix(p.tones[1], p.dark, 0.3)
    body = _dim(p, hour, far) * (1 - t) + _dim(p, hour, near) * t
    rows = np.sin((1 / (y - horizon + 0.08)) * 14 + 2.0 * clouds(rng, size_px, 40 * size_px / 256, 10 * size_px / 256))
    body = over(
        body.astype(np.float32), _dim(p, hour, mix(p.tones[0], p.light, 0.45)), 0.55 * smoothstep(0.3, 1.0, rows)
    )
    path = np.exp(-(((x - sun[0]) / (0.05 + 0.12 * t[..., 0])) ** 2)) * smoothstep(-0.6, 0.5, rows)
    body = over(body, mix(p.accent, p.light, 0.3), (0.85 * path).astype(np.float32))
    image = np.where(water[..., None], body, image).astype(np.float32)
    flow = np.where(water, 0.15 * np.sin(y * 60) * np.sin(x * 17), flow).astype(np.float32)
    canvas = Canvas(image)
    thing = str(rng.choice(["a sailing boat", "a lighthouse", "an island", "boats"]))
    if thing in ("a sailing boat", "boats"):
        for _ in range(1 if thing == "a sailing boat" else 3):
            size = rng.uniform(0.16, 0.24) if thing == "a sailing boat" else rng.uniform(0.09, 0.16)
            motifs.sailing_boat(
                canvas,
                rng.uniform(0.18, 0.82),
                horizon + rng.uniform(0.08, 0.28),
                size,
                p.dark,
                _dim(p, hour, mix(p.light, p.tones[2], rng.uniform(0, 0.6))),
            )
    else:
        side = rng.choice([-1, 1])
        at = 0.5 + side * rng.uniform(0.25, 0.35)
        cliff = blob(rng, at + 0.1 * side, horizon + 0.02, 0.26, 0.1 if thing == "an island" else 0.07, 0.12)
        cliff[:, 1] = np.minimum(cliff[:, 1], horizon + 0.03)
        canvas.polygon(cliff, _dim(p, hour, mix(p.tones[2], p.dark, 0.5)))
        if thing == "a lighthouse":
            motifs.lighthouse(
                canvas, at, horizon - 0.03, 0.25, _dim(p, hour, p.light), _dim(p, hour, p.tones[2]), p.accent
            )
    what = str(rng.choice(["the sea with {}", "{} on the ocean", "{} at sea"])).format(thing)
    return Scene(canvas.array(), flow, what + when)


def river(rng: Rng, size_px: int, p: Palette) -> Scene:
    """Trees along calm water that mirrors them."""
    hour, when = _hour(rng)
    bank = float(rng.uniform(0.48, 0.58))
    image, flow, _ = sky(rng, size_px, p, bank, hour)
    canvas = Canvas(image)
    canvas.polygon([*blob(rng, 0.5, bank + 0.05, 0.75, 0.13, 0.08)], _dim(p, hour, mix(p.tones[1], p.tones[0], 0.4)))
    canvas.box(0, bank - 0.04, 1, 1, _dim(p, hour, p.tones[1]))
    tree = motifs.TREES[int(rng.integers(2))]
    for at in np.sort(rng.uniform(0, 1, int(rng.integers(4, 8)))):
        leaf = mix(mix(p.tones[1], p.tones[2], rng.uniform(0, 0.6)), p.dark, rng.uniform(0, 0.3))
        tree(rng, canvas, at, bank - 0.01, rng.uniform(0.2, 0.42), _dim(p, hour, leaf), p.dark)
    image = canvas.array()
    x, y = unit_grid(size_px)
    sway = 0.012 * np.sin(y * rng.uniform(70, 110)) * np.clip((y - bank) * 8, 0, 1)
    rows = np.clip((bank - (y - bank) * 1.05) * size_px, 0, size_px - 1).astype(int)
    columns = np.clip((x + sway) * size_px, 0, size_px - 1).astype(int)
    water = mix(p.tones[0], p.dark, 0.15)
    mirrored = 0.72 * image[rows, columns] + 0.28 * _dim(p, hour, water)
    image = np.where((y > bank)[..., None], mirrored, image).astype(np.float32)
    flow = np.where(y > bank, 0.1 * np.sin(x * 20), np.where(y > bank - 0.3, 0.8 + flow, flow)).astype(np.float32)
    return Scene(
        image,
        flow,
        str(rng.choice(["a river with trees", "trees by the water", "a quiet river", "reflections in a river"])) + when,
    )


def city(rng: Rng, size_px: int, p: Palette) -> Scene:
    """A skyline by day or by night."""
    return skyline(rng, size_px, p, night=rng.random() < 0.6)


def skyline(rng: Rng, size_px: int, p: Palette, night: bool) -> Scene:
    """Towers with windows, lit at night, over water that mirrors them."""
    ground = float(rng.uniform(0.66, 0.76))
    image, flow, _ = sky(rng, size_px, p, ground, "night" if night else str(rng.choice(["day", "dusk"])))
    canvas = Canvas(image)
    for layer in range(2):
        left = -0.05
        while left < 1.0:
            width = rng.uniform(0.08, 0.17)
            top = ground - (rng.uniform(0.25, 0.52) if layer == 0 else rng.uniform(0.1, 0.34))
            wall = mix(p.bright[int(rng.integers(3))], p.dark, (0.62, 0.9)[layer] if night else (0.1, 0.35)[layer])
            canvas.box(left, top, left + width, ground, wall)
            canvas.box(left + 0.62 * width, top, left + width, ground, wall * 0.75)
            if rng.random() < 0.2:
                canvas.line([(left + width / 2, top), (left + width / 2, top - 0.08)], 0.008, wall)
            pitch = width / 3.2
            for row in np.arange(top + 0.03, ground - 0.03, 0.05):
                for column in range(3):
                    if rng.random() < (0.6 if night else 0.75):
                        pane = mix(p.accent, p.light, rng.uniform(0, 0.5)) if night else mix(p.dark, p.tones[0], 0.4)
                        canvas.box(
                            left + (column + 0.25) * pitch, row, left + (column + 0.8) * pitch, row + 0.025, pane
                        )
            left += width + rng.uniform(-0.01, 0.02)
    image = canvas.array()
    x, y = unit_grid(size_px)
    rows = np.clip((2 * ground - y) * size_px, 0, size_px - 1).astype(int)
    columns = np.clip((x + 0.01 * np.sin(y * 90)) * size_px, 0, size_px - 1).astype(int)
    mirrored = 0.7 * image[rows, columns] + 0.3 * mix(p.dark, p.tones[0], 0.3 if night else 0.6)
    image = np.where((y > ground)[..., None], mirrored, image).astype(np.float32)
    flow = np.where(y > ground, 0.0, np.where(image.mean(-1) < 0.6, np.pi / 2, flow)).astype(np.float32)
    what = str(rng.choice(["a city", "a city skyline", "skyscrapers", "a town by the water"]))
    return Scene(image, flow, what + (" at night" if night else ""))


def still_life(rng: Rng, size_px: int, p: Palette) -> Scene:
    """Fruit, a bowl and a vessel on a table before a wall."""
    x, y = unit_grid(size_px)
    table = float(rng.uniform(0.58, 0.66))
    wall, cloth = mix(p.tones[0], p.dark, rng.uniform(0, 0.35)), mix(p.light, p.tones[1], rng.uniform(0.1, 0.5))
    lightness = (1.08 - 0.35 * x - 0.1 * y)[..., None]
    image = np.where((y > table)[..., None], cloth * (1.05 - 0.25 * x[..., None]), wall * lightness).astype(np.float32)
    canvas = Canvas(image)
    centre = rng.uniform(0.42, 0.58)
    place = centre + rng.choice([-1, 1]) * rng.uniform(0.2, 0.26)
    skins = [mix(c, p.dark, 0.05) for c in (p.accent, p.tones[2], p.tones[1], mix(p.accent, p.tones[2], 0.5))]
    base = table + 0.15
    vessel_at_back = rng.random() < 0.75
    for at, width in ((place, 0.16), (centre, 0.24)):
        canvas.ellipse(at + 0.06, base - 0.01, width, 0.035, cloth * 0.62)
    if vessel_at_back:
        motifs.vessel(
            canvas, place, base - 0.03, rng.uniform(0.36, 0.46), rng.uniform(0.2, 0.26), mix(p.tones[1], p.dark, 0.15)
        )
    with_bowl = rng.random() < 0.6
    if with_bowl:
        for k in range(5):
            motifs.fruit(
                rng,
                canvas,
                centre + (k - 2) * 0.075,
                base - 0.125 - 0.045 * (k % 2),
                0.066,
                skins[int(rng.integers(4))],
                p.dark,
                p.light,
            )
        motifs.bowl(canvas, centre, base + 0.02, 0.44, mix(p.light, p.tones[0], rng.uniform(0.1, 0.6)))
    for k in range(int(rng.integers(2, 4)) + 2 * (not with_bowl)):
        at = centre + (k - 1.2) * rng.uniform(0.13, 0.17)
        low = base + (0.09 if with_bowl else 0.0) + rng.uniform(-0.01, 0.03)
        canvas.ellipse(at + 0.03, low + 0.055, 0.075, 0.018, cloth * 0.62)
        shape = motifs.pear if rng.random() < 0.3 else motifs.fruit
        shape(rng, canvas, at, low, rng.uniform(0.055, 0.075), skins[int(rng.integers(4))], p.dark, p.light)
    flow = np.where(y > table, 0.05, 1.2 + 0.3 * np.sin(5 * x)).astype(np.float32)
    what = "a bowl of fruit" if with_bowl else "fruit"
    what += " and a jug" if vessel_at_back else " on a table"
    return Scene(canvas.array(), flow, what)


def bouquet(rng: Rng, size_px: int, p: Palette) -> Scene:
    """Flowers in a vase on a table."""
    x, y = unit_grid(size_px)
    table, centre = float(rng.uniform(0.74, 0.8)), float(rng.uniform(0.46, 0.54))
    wall = mix(p.tones[0], p.dark if rng.random() < 0.5 else p.light, 0.4)
    glow = np.exp(-((x - 0.4) ** 2 + (y - 0.35) ** 2) / 0.18)[..., None]
    image = np.where((y > table)[..., None], mix(p.tones[1], p.dark, 0.3), wall * (0.8 + 0.3 * glow)).astype(np.float32)
    canvas = Canvas(image)
    canvas.ellipse(centre + 0.05, 0.91, 0.16, 0.025, mix(p.tones[1], p.dark, 0.6))
    leaf = mix(mix(p.tones[1], np.float32([0.2, 0.4, 0.15]), 0.3), p.dark, 0.25)
    heads = [
        (centre + 0.31 * np.cos(a) * r, 0.35 + 0.25 * np.sin(a) * r)
        for a, r in zip(rng.uniform(0, 6.3, 13), np.sqrt(rng.uniform(0, 1, 13)), strict=True)
    ]
    for hx, hy in heads:
        canvas.line(curve([(centre, 0.66), (centre + 0.3 * (hx - centre), 0.5), (hx, hy)], 10), 0.009, leaf)
        canvas.polygon(blob(rng, hx + rng.normal(0, 0.05), hy + 0.06, 0.06, 0.035, 0.2), leaf * rng.uniform(0.8, 1.3))
    motifs.vessel(canvas, centre, 0.92, 0.34, 0.28, mix(p.light, p.tones[0], rng.uniform(0.2, 0.8)), 0.55)
    for hx, hy in heads:
        petal = (p.accent, p.tones[2], p.light, mix(p.tones[2], p.light, 0.4))[int(rng.integers(4))]
        motifs.flower(
            rng, canvas, hx, hy, rng.uniform(0.055, 0.095), petal, mix(p.accent, p.dark, rng.uniform(0.1, 0.6))
        )
    flow = np.where(y > table, 0.0, np.arctan2(y - 0.4, x - centre) + np.pi / 2).astype(np.float32)
    return Scene(
        canvas.array(),
        flow,
        str(rng.choice(["flowers in a vase", "a bouquet", "a vase of flowers", "a bunch of flowers"])),
    )


def portrait(rng: Rng, size_px: int, p: Palette) -> Scene:
    """A face, frontal, before a plain wall."""
    x, y = unit_grid(size_px)
    ground = mix(p.tones[int(rng.integers(0, 2))], p.light if rng.random() < 0.4 else p.dark, 0.25)
    image = (ground * (1.1 - 0.3 * y[..., None])).astype(np.float32)
    canvas = Canvas(image)
    skin = mix(mix(p.light, p.accent, rng.uniform(0.15, 0.6)), np.float32([0.75, 0.5, 0.35]), rng.uniform(0, 0.3))
    motifs.head(rng, canvas, p, mix(p.dark, p.bright[int(rng.integers(3))], rng.uniform(0, 0.4)), skin, p.tones[2])
    flow = (np.arctan2(y - 0.42, (x - 0.5) * 1.3) + np.pi / 2).astype(np.float32)
    return Scene(canvas.array(), flow, str(rng.choice(["a portrait", "a face", "a woman's face", "a head"])))
