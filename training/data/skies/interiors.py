"""Lit rooms: studios with softboxes, a gallery, a room with windows, one in neon, a hall."""

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from training.data.skies import rooms
from training.data.skies.atmosphere import atmosphere
from training.data.skies.chance import Rng, between, new_seed, one_of
from training.data.skies.rooms import Box, Hit, Lamp, Room, irradiance, meet, render
from training.data.skies.sphere import Field, direction, directions, fractal

Drawn = tuple[Field, str]
FACES = {0: (0, -1), 1: (0, 1), 2: (1, -1), 3: (1, 1)}  # wall → (axis, side)


def _tint(rng: Rng, kelvin: float | None = None) -> NDArray:
    """(3,) colour of a lamp from warm to cold, luminance about 1 (a fit to Planck's curve in Rec.709)."""
    k = kelvin or float(rng.choice([2700, 3000, 3500, 4200, 5600, 6500], p=[0.2, 0.25, 0.1, 0.15, 0.2, 0.1]))
    t = np.clip((k - 2500) / 4000, 0, 1)
    colour = (1 - t) * np.asarray((1.65, 0.85, 0.30)) + t * np.asarray((0.98, 1.0, 1.05))
    return colour / (colour @ np.asarray((0.2126, 0.7152, 0.0722)))


def _grey(value: float) -> NDArray:
    return np.full(3, value)


def _turned(azimuth: float, elevation: float, distance: float, half_u: float, half_v: float, radiance: NDArray,
            **kind: object) -> Lamp:
    """A lamp that faces the viewer from a direction."""
    out = direction(azimuth, elevation).astype(float)
    side = np.asarray((-np.sin(azimuth), np.cos(azimuth), 0.0))
    up = np.cross(out, side)
    return Lamp(out * distance, side * half_u, -up * half_v, radiance, **kind)  # type: ignore[arg-type]


def _room(
    rng: Rng, half: NDArray, floor_m: float, ceiling_m: float, colours: tuple[NDArray, NDArray, NDArray], gloss: float,
    texture: float,
) -> Room:
    """A room about the viewer, `half` (2,) its half sides; `colours` of its walls, floor and ceiling."""
    wall, floor, ceiling = colours
    low, high = np.append(-half, floor_m), np.append(half, ceiling_m)
    albedos = np.stack([wall] * 4 + [floor, ceiling])
    # In half of the rooms the lamps that are seen are all the light there is.
    beyond = 2 ** between(rng, -1, 4) if rng.random() < 0.5 else 0.0
    return Room(low, high, albedos, gloss=gloss, texture=texture, texture_seed=new_seed(rng), beyond=beyond)


def _from_above(x: float, y: float, z: float, half_x: float, half_y: float, radiance: NDArray, **kind: object) -> Lamp:
    """A lamp that shines down."""
    centre, u, v = np.asarray((x, y, z)), np.asarray((0, half_y, 0)), np.asarray((half_x, 0, 0))
    return Lamp(centre, u, v, radiance, **kind)  # type: ignore[arg-type]


def _on_wall(
    room: Room, wall: int, along: float, height: float, half_along: float, half_height: float, radiance: NDArray,
    inset: float = 0.01,
) -> Lamp:
    """A pane or a tube on a wall, `along` it from its middle, that shines into the room."""
    axis, side = FACES[wall]
    centre, u, v = np.zeros(3), np.zeros(3), np.zeros(3)
    centre[axis] = (room.high if side > 0 else room.low)[axis] - side * inset
    centre[1 - axis], centre[2] = along, height
    u[1 - axis], v[2] = half_along, half_height
    if np.cross(u, v)[axis] * side > 0:
        u = -u
    return Lamp(centre, u, v, radiance, solid_back=False)


def studio(rng: Rng, height_px: int) -> Drawn:
    """Key, fill and rim panels before a black, grey or white cyclorama."""
    tone, value = [("black", 0.03), ("grey", 0.25), ("white", 0.8)][int(rng.integers(3))]
    size = rng.uniform(3.5, 7.0)
    floor = _grey(value * between(rng, 0.7, 1.1))
    ceiling_m, ceiling = rng.uniform(2.2, 4.5), _grey(float(rng.choice([0.04, value])))
    gloss = float(rng.choice([0, 0.6, 1.0]))
    room = _room(rng, np.full(2, size), -1.5, ceiling_m, (_grey(value), floor, ceiling), gloss, 0.04)
    key = between(rng, -np.pi, np.pi)
    tint, power = _tint(rng, float(rng.choice([3200, 5600]))), 2 ** between(rng, 3.0, 7.0)
    parts = [  # azimuth, elevation, share of the key's power
        (key, rng.uniform(0.2, 0.8), 1.0),
        (key + rng.uniform(1.3, 2.4), rng.uniform(0.0, 0.6), rng.uniform(0.1, 0.4)),
        (key + np.pi + rng.uniform(-0.5, 0.5), rng.uniform(0.3, 0.9), rng.uniform(0.4, 1.5)),
    ]
    names = ("key", "key and fill", "key, fill and rim")
    count = int(rng.integers(1, 4))
    for azimuth, elevation, share in parts[:count]:
        shape = one_of(rng, ["softbox", "octabox", "strip"], p=[0.5, 0.3, 0.2])
        u, v = {"softbox": (0.6, 0.45), "octabox": (0.6, 0.6), "strip": (0.14, 0.8)}[shape]
        scale, away = rng.uniform(0.7, 1.6), rng.uniform(1.8, 3.2)
        radiance = tint * power * share
        lamp = _turned(azimuth, elevation, away, u * scale, v * scale, radiance, round=shape == "octabox")
        room.lamps.append(lamp)
        pole = lamp.centre[:2] * 1.08
        low, high = np.append(pole - 0.025, -1.5), np.append(pole + 0.025, lamp.centre[2] - 0.3)
        room.boxes.append(Box(low, high, _grey(0.03)))
    if rng.random() < 0.35:
        top = between(rng, 0.5, 1.5)
        room.lamps.append(_from_above(0, 0, room.high[2] - 0.1, top, top, tint * power * rng.uniform(0.2, 0.8)))
    dim = "" if power < 40 else one_of(rng, ["bright ", "strong ", ""])
    light, boxes = names[count - 1], "1 softbox" if count == 1 else f"{count} softboxes"
    words = (f"{tone} photo studio with {light} light", f"softbox studio, {tone} cyclorama, {dim}{light} light",
             f"product photography studio, {tone} backdrop", f"studio lighting, {boxes}, {tone} background")
    return render(room, directions(height_px)), one_of(rng, words)


def _ceiling_grid(room: Room, count_x: int, count_y: int) -> Iterator[tuple[float, float]]:
    """Places for rows of lamps, none at the walls."""
    for x in np.linspace(room.low[0], room.high[0], count_x + 2)[1:-1]:
        for y in np.linspace(room.low[1], room.high[1], count_y + 2)[1:-1]:
            yield x, y


def _downlights(room: Room, counts: tuple[int, int], radius: float, power: NDArray, focus: float) -> None:
    """A grid of round lamps in the ceiling; `power` (3,) is a lamp's radiance × area."""
    for x, y in _ceiling_grid(room, *counts):
        radiance = power / (np.pi * radius**2)
        room.lamps.append(_from_above(x, y, room.high[2] - 0.02, radius, radius, radiance, round=True, focus=focus))


def _picture_wall(rng: Rng, room: Room, wall: int) -> None:
    """Framed pictures on a wall: flat boxes, each of one colour."""
    axis, side = FACES[wall]
    other = 1 - axis
    length = room.high[other] - room.low[other]
    at = room.low[other] + rng.uniform(0.6, 1.4)
    while at < room.low[other] + length - 1.5:
        wide, tall = rng.uniform(0.7, 1.6), rng.uniform(0.7, 1.5)
        plane = room.high[axis] if side > 0 else room.low[axis]
        middle = rng.uniform(-0.1, 0.2)
        low, high = np.empty(3), np.empty(3)
        low[axis], high[axis] = sorted((plane - side * 0.05, plane - side * 0.001))
        low[other], high[other], low[2], high[2] = at, at + wide, middle - tall / 2, middle + tall / 2
        frame = _grey(float(rng.choice([0.02, 0.3, 0.7])))
        room.boxes.append(Box(low.copy(), high.copy(), frame))
        low[axis], high[axis] = sorted((plane - side * 0.06, plane - side * 0.04))
        for c in (other, 2):
            low[c], high[c] = low[c] + 0.07, high[c] - 0.07
        room.boxes.append(Box(low, high, rng.uniform(0.02, 0.75, 3) ** 1.3))
        at += wide + rng.uniform(0.7, 1.6)


def gallery(rng: Rng, height_px: int) -> Drawn:
    """White walls with pictures, a wooden or concrete floor, spots and often a skylight."""
    half = rng.uniform(2.5, 6.0, 2)
    wood = rng.random() < 0.5
    floor = np.asarray((0.34, 0.21, 0.11)) * rng.uniform(0.6, 1.3) if wood else _grey(rng.uniform(0.15, 0.4))
    ceiling_m, gloss = rng.uniform(1.9, 3.4), between(rng, 0, 1.0)
    room = _room(rng, half, -1.6, ceiling_m, (_grey(0.82), floor, _grey(0.8)), gloss, 0.22 if wood else 0.06)
    for wall in rng.permutation(4)[: int(rng.integers(2, 5))]:
        _picture_wall(rng, room, int(wall))
    skylight = rng.random() < 0.6
    if skylight:
        blue, power = np.asarray((0.85, 1.0, 1.2)), 2 ** between(rng, 1.5, 4.5)
        half_y, half_x = half[1] * rng.uniform(0.3, 0.7), half[0] * rng.uniform(0.3, 0.6)
        room.lamps.append(_from_above(0, 0, room.high[2] - 0.03, half_x, half_y, blue * power, solid_back=False))
    spots = not skylight or rng.random() < 0.7
    if spots:
        counts, radius = (int(rng.integers(2, 5)), int(rng.integers(2, 6))), between(rng, 0.04, 0.09)
        _downlights(room, counts, radius, between(rng, 2.0, 6.0) * _tint(rng), between(rng, 1, 8))
    light = " and ".join(w for w, on in (("ceiling spots", spots), ("a skylight", skylight)) if on)
    kind = "wooden" if wood else "concrete"
    words = (f"white art gallery with {light}", f"gallery interior, white walls, {kind} floor, {light}",
             f"museum room with paintings, {light}", f"exhibition space with {kind} floor")
    return render(room, directions(height_px)), one_of(rng, words)


def _furniture(rng: Rng, room: Room, count: int) -> None:
    """Boxes on the floor, none about the viewer."""
    for _ in range(count):
        size = np.asarray((rng.uniform(0.4, 1.8), rng.uniform(0.4, 1.2), rng.uniform(0.3, 1.0)))
        at = np.asarray([rng.uniform(room.low[i] + 0.1, room.high[i] - 0.1 - size[i]) for i in range(2)])
        if np.all(np.abs(at + size[:2] / 2) < size[:2] / 2 + 0.5):
            continue
        low = np.append(at, room.low[2])
        room.boxes.append(Box(low, low + size, rng.uniform(0.05, 0.6) * rng.uniform(0.55, 1.3, 3)))


def _sun_through(hit: Hit, panes: list[Lamp], sun: Field, sunlight: Field) -> Field:
    """(…, 3) irradiance by the sun where it comes through a pane."""
    out = np.zeros(hit.point.shape, np.float32)
    for pane in panes:
        normal = pane.normal
        facing = -float(sun @ normal)
        if facing <= 0.02:
            continue
        way = ((pane.centre - hit.point) @ normal) / -facing
        offset = hit.point + sun * way[..., None] - pane.centre
        a, b = offset @ (pane.u / (pane.u @ pane.u)), offset @ (pane.v / (pane.v @ pane.v))
        through = (np.abs(a) < 1) & (np.abs(b) < 1) & (way > 0)
        out += (through * np.maximum((hit.normal * sun).sum(-1), 0))[..., None] * sunlight
    return out


def _glazed(pane: Lamp, picture: Field, towards: Field, hit: Hit, view: Field, bar: float) -> Field:
    """The picture (H, 2H, 3) with the `view` through a pane, crossed by bars of radiance `bar`."""
    offset = towards * ((pane.centre @ pane.normal) / (towards @ pane.normal + 1e-9))[..., None] - pane.centre
    a, b = np.abs(offset @ (pane.u / (pane.u @ pane.u))), np.abs(offset @ (pane.v / (pane.v @ pane.v)))
    glass = (a < 1) & (b < 1) & (towards @ pane.normal < 0)
    free = glass & (np.linalg.norm(hit.point, axis=-1) > np.linalg.norm(offset + pane.centre, axis=-1) * 0.97)
    bars = (a < 0.03) | (b < 0.03) | (a > 0.96) | (b > 0.97)
    return np.where(free[..., None], np.where(bars[..., None], bar, view), picture)


def window_room(rng: Rng, height_px: int) -> Drawn:
    """A room with tall windows on one or two walls, daylight outside, at times the sun on the floor."""
    half = rng.uniform(2.0, 4.5, 2)
    tone = rng.uniform(0.45, 0.8) * np.asarray((1.0, 0.97, 0.92)) ** rng.uniform(0, 3)
    wood = rng.random() < 0.7
    floor = np.asarray((0.32, 0.2, 0.11)) * rng.uniform(0.5, 1.4) if wood else _grey(rng.uniform(0.1, 0.4))
    ceiling_m, gloss = rng.uniform(1.1, 2.2), between(rng, 0, 0.8)
    room = _room(rng, half, -1.5, ceiling_m, (tone, floor, _grey(0.78)), gloss, 0.18)
    _furniture(rng, room, int(rng.integers(2, 7)))
    sunny = rng.random() < 0.6
    elevation = between(rng, 0.2, 0.9)
    air = atmosphere(direction(0.0, elevation), between(rng, 0.8, 4))
    outside = 0.35 * (np.asarray((1.0, 1.02, 1.05)) if not sunny else np.asarray((0.9, 1.0, 1.15)))
    panes, walls = [], rng.permutation(4)[: int(rng.integers(1, 3))]
    for wall in walls:
        other = 1 - FACES[int(wall)][0]
        count = int(rng.integers(1, 4))
        span = 2 * half[other] / count
        bottom, top = rng.uniform(-1.45, -0.4), room.high[2] - rng.uniform(0.1, 0.6)
        for k in range(count):
            along, half_along = span * (k + 0.5) - half[other], span * rng.uniform(0.25, 0.42)
            panes.append(_on_wall(room, int(wall), along, (bottom + top) / 2, half_along, (top - bottom) / 2, outside))
    room.lamps.extend(panes)
    towards = directions(height_px)
    hit = meet(room, 0.0, towards)
    azimuth = np.arctan2(panes[0].centre[1], panes[0].centre[0]) + rng.uniform(-0.8, 0.8)
    sun = direction(float(azimuth), elevation)
    direct = irradiance(room, hit)
    if sunny:
        direct = direct + _sun_through(hit, panes, sun, air.sunlight)
    even = rooms.even_light(room, hit, direct)
    picture = rooms.lit(room, hit, even, direct) + rooms.mirrored(room, towards, hit, even)
    picture = rooms.with_lamps(room, picture, towards, hit)
    view = air.radiance(towards) if sunny else np.broadcast_to(outside, towards.shape)
    trees = towards[..., 2] < 0.06 + 0.12 * fractal(towards * 6, new_seed(rng), 5)
    view = np.where(trees[..., None], np.asarray((0.10, 0.13, 0.07)) * rng.uniform(0.5, 1.5), view)
    # Curtains, reveals and dark furniture, which are not drawn, keep real rooms darker against their windows.
    view = view * 2 ** between(rng, 0, 4)
    for pane in panes:
        picture = _glazed(pane, picture, towards, hit, view, 0.12 * float(even.mean()))
    day, light = ("sunny", "sunlight on the floor") if sunny else ("overcast", "soft window light")
    words = (f"room with large windows on a {day} day", f"bright interior, daylight through the window, {day} outside",
             f"living room by daylight, {day}", f"empty apartment with {light}")
    return picture.astype(np.float32), one_of(rng, words)


NEON = {"magenta": (1.0, 0.05, 0.55), "cyan": (0.05, 0.8, 1.0), "red": (1.0, 0.06, 0.04), "blue": (0.08, 0.15, 1.0),
        "green": (0.08, 1.0, 0.25), "violet": (0.45, 0.08, 1.0), "orange": (1.0, 0.35, 0.05)}


def neon_room(rng: Rng, height_px: int) -> Drawn:
    """A dark room with coloured tubes along the walls and a shining floor."""
    half = rng.uniform(2.5, 5.0, 2)
    ceiling_m = rng.uniform(1.4, 2.6)
    colours = _grey(rng.uniform(0.12, 0.4)), _grey(rng.uniform(0.03, 0.12)), _grey(0.1)
    room = _room(rng, half, -1.5, ceiling_m, colours, between(rng, 0.5, 1.0), 0.1)
    names = [str(n) for n in rng.permutation(np.asarray(list(NEON)))[: int(rng.integers(2, 4))]]
    for k in range(int(rng.integers(3, 9))):
        wall = int(rng.integers(4))
        other = 1 - FACES[wall][0]
        upright, along = rng.random() < 0.5, rng.uniform(-0.8, 0.8) * half[other]
        height = 0.1 if upright else rng.uniform(-1.0, ceiling_m - 0.2)
        long, short = (rng.uniform(0.6, 1.1) if upright else rng.uniform(0.7, half[other] * 0.6)), 0.05
        sides = (short, long) if upright else (long, short)
        radiance = (np.asarray(NEON[names[k % len(names)]]) + 0.02) * 2 ** between(rng, 3.5, 6.0)
        room.lamps.append(_on_wall(room, wall, along, height, *sides, radiance, inset=0.08))
    _furniture(rng, room, int(rng.integers(0, 4)))
    tubes = " and ".join(names)
    words = (f"neon-lit room, {tubes}", f"dark room with {tubes} neon tubes", f"nightclub with {tubes} neon light",
             f"cyberpunk interior, {tubes} light")
    return render(room, directions(height_px)), one_of(rng, words)


def hall(rng: Rng, height_px: int) -> Drawn:
    """A large hall or workshop: rows of lamps under a dark or light roof, pillars, at times high windows."""
    half = rng.uniform(6.0, 14.0, 2)
    roof = _grey(float(rng.choice([0.08, 0.3, 0.6])))
    wall = rng.uniform(0.2, 0.7) * np.asarray((1.0, 0.97, 0.9)) ** rng.uniform(0, 3)
    ceiling_m, floor = rng.uniform(2.5, 6.0), _grey(rng.uniform(0.12, 0.4))
    room = _room(rng, half, -1.6, ceiling_m, (wall, floor, roof), between(rng, 0, 0.7), 0.06)
    lamps = one_of(rng, ["tubes", "bulbs", "panels"])
    tint = _tint(rng)
    counts = int(rng.integers(2, 5)), int(rng.integers(2, 5))
    if lamps == "bulbs":
        _downlights(room, counts, 0.2, between(rng, 8, 40) * tint, 0.5)
    else:
        size = (0.08, 1.2) if lamps == "tubes" else (0.6, 0.6)
        for x, y in _ceiling_grid(room, *counts):
            radiance = tint * 2 ** between(rng, 3, 5.5)
            room.lamps.append(_from_above(x, y, ceiling_m - 0.05, *size, radiance, solid_back=False))
    windows = rng.random() < 0.55
    if windows:
        side = int(rng.integers(4))
        length = half[1 - FACES[side][0]]
        for along in np.linspace(-length, length, int(rng.integers(4, 8)))[1:-1]:
            half_along, daylight = rng.uniform(0.5, 1.0), np.asarray((0.9, 1.0, 1.1)) * 2 ** between(rng, 2, 5)
            room.lamps.append(_on_wall(room, side, along, ceiling_m * 0.55, half_along, ceiling_m * 0.3, daylight))
    for _ in range(int(rng.integers(0, 7))):
        x, y = rng.uniform(room.low[0], room.high[0]), rng.uniform(room.low[1], room.high[1])
        if np.hypot(x, y) > 1.5:
            low, high = np.asarray((x - 0.2, y - 0.2, -1.6)), np.asarray((x + 0.2, y + 0.2, ceiling_m))
            room.boxes.append(Box(low, high, wall * 0.8))
    _furniture(rng, room, int(rng.integers(2, 9)))
    glass = "high windows" if windows else "no windows"
    words = (f"large hall with {lamps} on the ceiling", f"empty warehouse, {glass}, {lamps} overhead",
             f"industrial workshop lit by {lamps}", f"factory hall with {glass}")
    return render(room, directions(height_px)), one_of(rng, words)


INTERIORS: dict[str, Callable[[Rng, int], Drawn]] = {
    "studio": studio, "gallery": gallery, "window room": window_room, "neon room": neon_room, "hall": hall,
}
