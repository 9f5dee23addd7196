"""Lit rooms: studios with softboxes, a gallery, a room with windows, one in neon, a hall."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from training.data.skies.atmosphere import atmosphere
from training.data.skies.rooms import Box, Hit, Lamp, Room, irradiance, even_light, lit, meet, mirrored, render, with_lamps
from training.data.skies.sphere import Field, Rng, direction, directions, fractal, new_seed

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


def _walls(colour: NDArray, floor: NDArray, ceiling: NDArray) -> NDArray:
    return np.stack([colour, colour, colour, colour, floor, ceiling])


def studio(rng: Rng, height_px: int) -> Drawn:
    """Key, fill and rim panels before a black, grey or white cyclorama."""
    tone, value = [("black", 0.03), ("grey", 0.25), ("white", 0.8)][int(rng.integers(3))]
    size = rng.uniform(3.5, 7.0)
    floor = _grey(value * float(rng.uniform(0.7, 1.1)))
    room = Room(np.asarray((-size, -size, -1.5)), np.asarray((size, size, rng.uniform(2.2, 4.5))),
                _walls(_grey(value), floor, _grey(float(rng.choice([0.04, value])))), gloss=float(rng.choice([0, 0.6, 1.0])),
                texture=0.04, texture_seed=new_seed(rng))
    key = float(rng.uniform(-np.pi, np.pi))
    tint, power = _tint(rng, float(rng.choice([3200, 5600]))), float(2 ** rng.uniform(3.0, 7.0))
    parts = [(key, rng.uniform(0.2, 0.8), 1.0), (key + rng.uniform(1.3, 2.4), rng.uniform(0.0, 0.6), rng.uniform(0.1, 0.4)),
             (key + np.pi + rng.uniform(-0.5, 0.5), rng.uniform(0.3, 0.9), rng.uniform(0.4, 1.5))]
    names = ("key", "key and fill", "key, fill and rim")
    count = int(rng.integers(1, 4))
    for azimuth, elevation, share in parts[:count]:
        shape = str(rng.choice(["softbox", "octabox", "strip"], p=[0.5, 0.3, 0.2]))
        u, v = {"softbox": (0.6, 0.45), "octabox": (0.6, 0.6), "strip": (0.14, 0.8)}[shape]
        scale, away = rng.uniform(0.7, 1.6), rng.uniform(1.8, 3.2)
        room.lamps.append(_turned(azimuth, elevation, away, u * scale, v * scale, tint * power * share, round=shape == "octabox"))
        foot = room.lamps[-1].centre * np.asarray((1.08, 1.08, 1.0))
        room.boxes.append(Box(np.append(foot[:2] - 0.025, -1.5), np.append(foot[:2] + 0.025, foot[2] - 0.3), _grey(0.03)))
    if rng.random() < 0.35:
        top = float(rng.uniform(0.5, 1.5))
        room.lamps.append(Lamp(np.asarray((0, 0, room.high[2] - 0.1)), np.asarray((0, top, 0)), np.asarray((top, 0, 0)),
                               tint * power * rng.uniform(0.2, 0.8)))
    dim = "" if power < 40 else str(rng.choice(["bright ", "strong ", ""]))
    words = (f"{tone} photo studio with {names[count - 1]} light", f"softbox studio, {tone} cyclorama, {dim}{names[count - 1]} light",
             f"product photography studio, {tone} backdrop", f"studio lighting, {count} softbox{'es' if count > 1 else ''}, {tone} background")
    return render(room, directions(height_px)), str(rng.choice(np.asarray(words)))


def _downlights(rng: Rng, room: Room, count_x: int, count_y: int, radius: float, power: float, tint: NDArray, focus: float) -> None:
    """A grid of round lamps in the ceiling; `power` is a lamp's radiance × area."""
    area = np.pi * radius**2
    for x in np.linspace(room.low[0], room.high[0], count_x + 2)[1:-1]:
        for y in np.linspace(room.low[1], room.high[1], count_y + 2)[1:-1]:
            room.lamps.append(Lamp(np.asarray((x, y, room.high[2] - 0.02)), np.asarray((0, radius, 0)),
                                   np.asarray((radius, 0, 0)), tint * power / area, round=True, focus=focus))


def _picture_wall(rng: Rng, room: Room, wall: int) -> None:
    """Framed pictures on a wall, each in the beam of a spot, as flat boxes of one colour."""
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
    room = Room(np.asarray((-half[0], -half[1], -1.6)), np.asarray((half[0], half[1], rng.uniform(1.9, 3.4))),
                _walls(_grey(0.82), floor, _grey(0.8)), gloss=float(rng.uniform(0, 1.0)), texture=0.22 if wood else 0.06,
                texture_seed=new_seed(rng))
    for wall in rng.permutation(4)[: int(rng.integers(2, 5))]:
        _picture_wall(rng, room, int(wall))
    skylight = rng.random() < 0.6
    if skylight:
        blue, power = np.asarray((0.85, 1.0, 1.2)), float(2 ** rng.uniform(1.5, 4.5))
        room.lamps.append(Lamp(np.asarray((0, 0, room.high[2] - 0.03)), np.asarray((0, half[1] * rng.uniform(0.3, 0.7), 0)),
                               np.asarray((half[0] * rng.uniform(0.3, 0.6), 0, 0)), blue * power, solid_back=False))
    spots = not skylight or rng.random() < 0.7
    if spots:
        _downlights(rng, room, int(rng.integers(2, 5)), int(rng.integers(2, 6)), float(rng.uniform(0.04, 0.09)),
                    float(rng.uniform(2.0, 6.0)), _tint(rng), float(rng.uniform(1, 8)))
    light = " and ".join(w for w, on in (("ceiling spots", spots), ("a skylight", skylight)) if on)
    kind = "wooden" if wood else "concrete"
    words = (f"white art gallery with {light}", f"gallery interior, white walls, {kind} floor, {light}",
             f"museum room with paintings, {light}", f"exhibition space with {kind} floor")
    return render(room, directions(height_px)), str(rng.choice(np.asarray(words)))


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


def window_room(rng: Rng, height_px: int) -> Drawn:
    """A room with tall windows on one or two walls, daylight outside, at times the sun on the floor, a lamp or none."""
    half = rng.uniform(2.0, 4.5, 2)
    tone = rng.uniform(0.45, 0.8) * np.asarray((1.0, 0.97, 0.92)) ** rng.uniform(0, 3)
    floor = np.asarray((0.32, 0.2, 0.11)) * rng.uniform(0.5, 1.4) if rng.random() < 0.7 else _grey(rng.uniform(0.1, 0.4))
    room = Room(np.asarray((-half[0], -half[1], -1.5)), np.asarray((half[0], half[1], rng.uniform(1.1, 2.2))),
                _walls(tone, floor, _grey(0.78)), gloss=float(rng.uniform(0, 0.8)), texture=0.18, texture_seed=new_seed(rng))
    _furniture(rng, room, int(rng.integers(2, 7)))
    sunny = rng.random() < 0.6
    elevation = float(rng.uniform(0.2, 0.9))
    air = atmosphere(direction(0.0, elevation), float(rng.uniform(0.8, 4)))
    outside = 0.35 * (np.asarray((1.0, 1.02, 1.05)) if not sunny else np.asarray((0.9, 1.0, 1.15)))
    panes, walls = [], rng.permutation(4)[: int(rng.integers(1, 3))]
    for wall in walls:
        axis, side = FACES[int(wall)]
        other = 1 - axis
        count = int(rng.integers(1, 4))
        span = (room.high[other] - room.low[other]) / count
        bottom, top = rng.uniform(-1.45, -0.4), room.high[2] - rng.uniform(0.1, 0.6)
        for k in range(count):
            centre, u, v = np.zeros(3), np.zeros(3), np.zeros(3)
            centre[axis] = (room.high if side > 0 else room.low)[axis] - side * 0.01
            centre[other], centre[2] = room.low[other] + span * (k + 0.5), (bottom + top) / 2
            u[other], v[2] = span * rng.uniform(0.25, 0.42), (top - bottom) / 2
            if np.cross(u, v)[axis] * side > 0:
                u = -u
            panes.append(Lamp(centre, u, v, outside, solid_back=False))
    room.lamps.extend(panes)
    towards = directions(height_px)
    hit = meet(room, 0.0, towards)
    azimuth = np.arctan2(panes[0].centre[1], panes[0].centre[0]) + rng.uniform(-0.8, 0.8)
    sun = direction(float(azimuth), elevation)
    direct = irradiance(room, hit)
    if sunny:
        direct = direct + _sun_through(hit, panes, sun, air.sunlight)
    even = even_light(room, hit, direct)
    picture = lit(room, hit, even, direct) + mirrored(room, towards, hit, even)
    picture = with_lamps(room, picture, towards, hit)
    view = air.radiance(towards) if sunny else np.broadcast_to(outside, towards.shape)
    view = np.where((towards[..., 2] < 0.06 + 0.12 * fractal(towards * 6, new_seed(rng), 5))[..., None],
                    np.asarray((0.10, 0.13, 0.07)) * rng.uniform(0.5, 1.5), view)
    for pane in panes:  # the view through the glass, crossed by bars
        offset = towards * ((pane.centre @ pane.normal) / (towards @ pane.normal + 1e-9))[..., None] - pane.centre
        a, b = np.abs(offset @ (pane.u / (pane.u @ pane.u))), np.abs(offset @ (pane.v / (pane.v @ pane.v)))
        glass = (a < 1) & (b < 1) & (towards @ pane.normal < 0)
        free = glass & (np.linalg.norm(hit.point, axis=-1) > np.linalg.norm(offset + pane.centre, axis=-1) * 0.97)
        bar = (a < 0.03) | (b < 0.03) | (a > 0.96) | (b > 0.97)
        picture = np.where(free[..., None], np.where(bar[..., None], 0.12 * float(even.mean()), view), picture)
    day = "sunny" if sunny else "overcast"
    words = (f"room with large windows on a {day} day", f"bright interior, daylight through the window, {day} outside",
             f"living room by daylight, {day}", f"empty apartment with {'sunlight on the floor' if sunny else 'soft window light'}")
    return picture.astype(np.float32), str(rng.choice(np.asarray(words)))


NEON = {"magenta": (1.0, 0.05, 0.55), "cyan": (0.05, 0.8, 1.0), "red": (1.0, 0.06, 0.04), "blue": (0.08, 0.15, 1.0),
        "green": (0.08, 1.0, 0.25), "violet": (0.45, 0.08, 1.0), "orange": (1.0, 0.35, 0.05)}


def neon_room(rng: Rng, height_px: int) -> Drawn:
    """A dark room with coloured tubes along the walls and a shining floor."""
    half = rng.uniform(2.5, 5.0, 2)
    room = Room(np.asarray((-half[0], -half[1], -1.5)), np.asarray((half[0], half[1], rng.uniform(1.4, 2.6))),
                _walls(_grey(rng.uniform(0.12, 0.4)), _grey(rng.uniform(0.03, 0.12)), _grey(0.1)),
                gloss=float(rng.uniform(0.5, 1.0)), texture=0.1, texture_seed=new_seed(rng))
    names = [str(n) for n in rng.permutation(np.asarray(list(NEON)))[: int(rng.integers(2, 4))]]
    for k in range(int(rng.integers(3, 9))):
        axis, side = FACES[int(rng.integers(4))]
        other = 1 - axis
        centre, u, v = np.zeros(3), np.zeros(3), np.zeros(3)
        centre[axis] = (room.high if side > 0 else room.low)[axis] - side * 0.08
        upright = rng.random() < 0.5
        centre[other] = rng.uniform(room.low[other] * 0.8, room.high[other] * 0.8)
        centre[2] = 0.1 if upright else rng.uniform(-1.0, room.high[2] - 0.2)
        long, short = (rng.uniform(0.6, 1.1) if upright else rng.uniform(0.7, half[other] * 0.6)), 0.05
        u[other], v[2] = (short, long) if upright else (long, short)
        if np.cross(u, v)[axis] * side > 0:
            u = -u
        colour = np.asarray(NEON[names[k % len(names)]])
        room.lamps.append(Lamp(centre, u, v, (colour + 0.02) * float(2 ** rng.uniform(3.5, 6.0)), solid_back=False))
    _furniture(rng, room, int(rng.integers(0, 4)))
    colours = " and ".join(names)
    words = (f"neon-lit room, {colours}", f"dark room with {colours} neon tubes", f"nightclub with {colours} neon light",
             f"cyberpunk interior, {colours} light")
    return render(room, directions(height_px)), str(rng.choice(np.asarray(words)))


def hall(rng: Rng, height_px: int) -> Drawn:
    """A large hall or workshop: rows of lamps under a dark or light roof, pillars, at times high windows."""
    half = rng.uniform(6.0, 14.0, 2)
    roof = _grey(float(rng.choice([0.08, 0.3, 0.6])))
    wall = rng.uniform(0.2, 0.7) * np.asarray((1.0, 0.97, 0.9)) ** rng.uniform(0, 3)
    room = Room(np.asarray((-half[0], -half[1], -1.6)), np.asarray((half[0], half[1], rng.uniform(2.5, 6.0))),
                _walls(wall, _grey(rng.uniform(0.12, 0.4)), roof), gloss=float(rng.uniform(0, 0.7)), texture=0.06,
                texture_seed=new_seed(rng))
    lamps = str(rng.choice(["tubes", "bulbs", "panels"]))
    tint = _tint(rng)
    nx, ny = int(rng.integers(2, 5)), int(rng.integers(2, 5))
    if lamps == "bulbs":
        _downlights(rng, room, nx, ny, 0.2, float(rng.uniform(8, 40)), tint, 0.5)
    else:
        size = (0.08, 1.2) if lamps == "tubes" else (0.6, 0.6)
        for x in np.linspace(room.low[0], room.high[0], nx + 2)[1:-1]:
            for y in np.linspace(room.low[1], room.high[1], ny + 2)[1:-1]:
                room.lamps.append(Lamp(np.asarray((x, y, room.high[2] - 0.05)), np.asarray((0, size[1], 0)),
                                       np.asarray((size[0], 0, 0)), tint * float(2 ** rng.uniform(3, 5.5)), solid_back=False))
    windows = rng.random() < 0.55
    if windows:
        axis, side = FACES[int(rng.integers(4))]
        other = 1 - axis
        for at in np.linspace(room.low[other], room.high[other], int(rng.integers(4, 8)))[1:-1]:
            centre, u, v = np.zeros(3), np.zeros(3), np.zeros(3)
            centre[axis] = (room.high if side > 0 else room.low)[axis] - side * 0.02
            centre[other], centre[2] = at, room.high[2] * 0.55
            u[other], v[2] = rng.uniform(0.5, 1.0), room.high[2] * 0.3
            if np.cross(u, v)[axis] * side > 0:
                u = -u
            room.lamps.append(Lamp(centre, u, v, np.asarray((0.9, 1.0, 1.1)) * float(2 ** rng.uniform(2, 5)), solid_back=False))
    for _ in range(int(rng.integers(0, 7))):
        x, y = rng.uniform(room.low[0], room.high[0]), rng.uniform(room.low[1], room.high[1])
        if np.hypot(x, y) > 1.5:
            room.boxes.append(Box(np.asarray((x - 0.2, y - 0.2, -1.6)), np.asarray((x + 0.2, y + 0.2, room.high[2])), wall * 0.8))
    _furniture(rng, room, int(rng.integers(2, 9)))
    words = (f"large hall with {lamps} on the ceiling", f"empty warehouse{', high windows' if windows else ''}, {lamps} overhead",
             f"industrial workshop lit by {lamps}", f"factory hall{' with windows' if windows else ''}")
    return render(room, directions(height_px)), str(rng.choice(np.asarray(words)))


INTERIORS: dict[str, Callable[[Rng, int], Drawn]] = {
    "studio": studio, "gallery": gallery, "window room": window_room, "neon room": neon_room, "hall": hall,
}
