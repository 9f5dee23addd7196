"""Pictures to learn on where the artist gives none: bodies in light, drawn by casting rays.

They have what a training must hold fast: outlines, round and flat shading, shadows, patterns in perspective, a horizon.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...colours import to_srgb

__all__ = ["DRAWN", "draw_content"]

DRAWN = 24  # as many as `benchmarks/style_training.py` learns on
_FINER = 2  # rays along each side of a pixel
_AMBIENT = 0.35
_HAZE_M = 40.0
_FLOATS = NDArray[np.floating]


@dataclass(frozen=True, eq=False)
class _Body:
    """
    Attributes:
        kind: "sphere", "box", "cylinder", or "ground", the plane z = 0.
        centre: (3,) metres.
        size: (3,) half of its sides.
        turn_rad: about the upright axis.
        pattern: of its surface.
        colours: (2, 3) linear, that the pattern goes between.
        grain: how fine the pattern is, per metre.
    """

    kind: str
    centre: _FLOATS
    size: _FLOATS
    turn_rad: float
    pattern: str
    colours: _FLOATS
    grain: float


def draw_content(number: int, side_px: int) -> NDArray[np.float32]:
    """(side_px, side_px, 3) float32 in 0 to 1, sRGB: the picture of a number; the same number gives the same bytes."""
    rng = np.random.default_rng((20261126, number))
    ground = _Body("ground", np.zeros(3, np.float32), np.ones(3, np.float32), 0.0, _pattern(rng), _colours(rng),
                   float(rng.uniform(0.4, 1.5)))
    bodies = [ground, *(_body(rng) for _ in range(int(rng.integers(3, 8))))]
    eye = np.array([0, -float(rng.uniform(5, 8)), rng.uniform(0.8, 3.2)], np.float32)
    height = math.radians(float(rng.uniform(20, 65)))
    turn = float(rng.uniform(-math.pi, math.pi))
    sun = np.array([math.cos(height) * math.sin(turn), math.cos(height) * math.cos(turn), math.sin(height)], np.float32)
    sky = _colours(rng, pale=True)
    rays = _rays(side_px * _FINER, pitch_rad=-math.atan2(float(eye[2]) - 0.8, float(-eye[1])))
    light = _seen(bodies, eye, rays, sun, sky)
    light = light.reshape(side_px, _FINER, side_px, _FINER, 3).mean(axis=(1, 3))
    return to_srgb(light.clip(0, 1)).astype(np.float32)


def _rays(side_px: int, pitch_rad: float) -> _FLOATS:
    """(n, 3) of length 1, row by row from the top; y is ahead."""
    at = ((np.arange(side_px, dtype=np.float32) + 0.5) / side_px * 2 - 1) * math.tan(math.radians(22))
    across, up = np.meshgrid(at, -at)
    sine, cosine = math.sin(pitch_rad), math.cos(pitch_rad)
    rays = np.stack([across, cosine - up * sine, sine + up * cosine], axis=2).reshape(-1, 3)
    return (rays / np.linalg.norm(rays, axis=1, keepdims=True)).astype(np.float32)


def _seen(bodies: list[_Body], eye: _FLOATS, rays: _FLOATS, sun: _FLOATS, sky: _FLOATS) -> _FLOATS:
    """(n, 3) linear light along rays."""
    rise = rays[:, 2:].clip(0, 1)
    clouds = _marbled(rays[:, :2] / (rays[:, 2:].clip(0.02, 1) * 4))[:, None] * (rise > 0.01)
    light = sky[0] + (sky[1] - sky[0]) * np.sqrt(rise)
    light = light + (1 - light) * 0.5 * clouds ** 2
    nearest = np.full(len(rays), np.inf, np.float32)
    for body in bodies:
        distance, normal = _hits(body, np.broadcast_to(eye, rays.shape), rays)
        front = np.flatnonzero(distance < nearest)
        nearest[front] = distance[front]
        points = eye + rays[front] * distance[front, None]
        lit = (normal[front] @ sun).clip(0, 1) * ~_is_in_shadow(bodies, points + normal[front] * 1e-3, sun)
        shade = _AMBIENT * (0.7 + 0.3 * normal[front, 2]) + (1 - _AMBIENT) * 1.3 * lit
        colour = _albedo(body, points) * shade[:, None]
        haze = 1 - np.exp(-distance[front, None] / _HAZE_M)
        light[front] = colour + (sky[0] - colour) * haze
    return light


def _is_in_shadow(bodies: list[_Body], points: _FLOATS, sun: _FLOATS) -> NDArray[np.bool_]:
    shadow = np.zeros(len(points), bool)
    for body in bodies[1:]:  # the ground shades nothing
        shadow |= np.isfinite(_hits(body, points, np.broadcast_to(sun, points.shape))[0])
    return shadow


def _hits(body: _Body, origins: _FLOATS, rays: _FLOATS) -> tuple[_FLOATS, _FLOATS]:
    """How far along each ray the body is, infinite where it is not, and its normal there."""
    distance: _FLOATS
    normal: _FLOATS
    with np.errstate(divide="ignore", invalid="ignore"):
        if body.kind == "ground":
            distance = -origins[:, 2] / rays[:, 2]
            normal = np.broadcast_to(np.array([0, 0, 1], np.float32), rays.shape)
        else:
            turn = _turn(body.turn_rad)
            origin, ray = (origins - body.centre) @ turn / body.size, rays @ turn / body.size
            distance, normal = {"sphere": _sphere, "box": _box, "cylinder": _cylinder}[body.kind](origin, ray)
            normal = normal / body.size
            normal = (normal / np.linalg.norm(normal, axis=1, keepdims=True)) @ turn.T
        return np.where(distance > 1e-4, distance, np.inf).astype(np.float32), np.nan_to_num(normal)


def _sphere(origin: _FLOATS, ray: _FLOATS) -> tuple[_FLOATS, _FLOATS]:
    distance = _round(origin, ray)
    return distance, origin + ray * distance[:, None]


def _box(origin: _FLOATS, ray: _FLOATS) -> tuple[_FLOATS, _FLOATS]:
    near = np.minimum((-1 - origin) / ray, (1 - origin) / ray)
    far = np.maximum((-1 - origin) / ray, (1 - origin) / ray).min(axis=1)
    side = near.argmax(axis=1)
    distance = near.max(axis=1)
    normal = np.eye(3, dtype=np.float32)[side] * -np.sign(ray)
    return np.where(distance <= far, distance, np.inf), normal


def _cylinder(origin: _FLOATS, ray: _FLOATS) -> tuple[_FLOATS, _FLOATS]:
    flat = np.array([1, 1, 0], np.float32)
    wall = _round(origin * flat, ray * flat)
    lid = (1 - origin[:, 2]) / ray[:, 2]
    above = origin + ray * lid[:, None]
    wall = np.where(np.abs(origin[:, 2] + ray[:, 2] * wall) <= 1, wall, np.inf)
    lid = np.where((above[:, 0] ** 2 + above[:, 1] ** 2 <= 1) & (lid > 0) & (ray[:, 2] < 0), lid, np.inf)
    normal = np.where((lid < wall)[:, None], np.array([0, 0, 1], np.float32), (origin + ray * wall[:, None]) * flat)
    return np.minimum(wall, lid), normal


def _round(origin: _FLOATS, ray: _FLOATS) -> _FLOATS:
    """Where rays enter the round of radius 1; infinite where they miss it."""
    square, half = (ray * ray).sum(axis=1), (origin * ray).sum(axis=1)
    under = half * half - square * ((origin * origin).sum(axis=1) - 1)
    return np.where(under >= 0, (-half - np.sqrt(under.clip(0, None))) / square, np.inf)


def _albedo(body: _Body, points: _FLOATS) -> _FLOATS:
    """(n, 3) linear."""
    local = (points - body.centre) @ _turn(body.turn_rad) * np.float32(body.grain)
    if body.pattern == "checks":
        share = np.floor(local + 0.01).sum(axis=1) % 2
    elif body.pattern == "stripes":
        share = (np.sin(local @ np.array([2.0, 1.0, 3.0], np.float32) * 2) > 0).astype(np.float32)
    elif body.pattern == "marble":
        share = _marbled(local[:, :2] + local[:, 2:])
    else:
        share = np.zeros(len(local), np.float32)
    return body.colours[0] + (body.colours[1] - body.colours[0]) * share[:, None]


def _marbled(places: _FLOATS) -> _FLOATS:
    """(n,) in 0 to 1 of places (n, 2): waves that are bent by waves."""
    x, y = places[:, 0], places[:, 1]
    bent = x + 0.6 * y + 1.3 * np.sin(1.7 * y + 0.8 * np.sin(2.3 * x)) + 0.5 * np.sin(4.1 * x - 3.3 * y)
    return 0.5 + 0.5 * np.sin(2 * bent)


def _body(rng: np.random.Generator) -> _Body:
    kind = str(rng.choice(["sphere", "box", "cylinder"]))
    size = rng.uniform(0.35, 1.1) * np.exp(rng.normal(0, 0.25, 3))
    size[1] = size[0] if kind != "box" else size[1]
    away = float(rng.uniform(-2, 6))
    centre = np.array([rng.uniform(-1, 1) * (2.2 + 0.3 * away), away, size[2]])
    return _Body(kind, centre.astype(np.float32), size.astype(np.float32), float(rng.uniform(0, math.pi)),
                 _pattern(rng), _colours(rng), float(rng.uniform(1.5, 5)))


def _pattern(rng: np.random.Generator) -> str:
    return str(rng.choice(["plain", "checks", "stripes", "marble"], p=[0.45, 0.15, 0.15, 0.25]))


def _colours(rng: np.random.Generator, *, pale: bool = False) -> _FLOATS:
    """(2, 3) linear."""
    return (rng.uniform(0.55 if pale else 0.1, 0.95, (2, 3)) ** 2).astype(np.float32)


def _turn(angle_rad: float) -> _FLOATS:
    """(3, 3) about the upright axis."""
    sine, cosine = math.sin(angle_rad), math.cos(angle_rad)
    return np.array([[cosine, -sine, 0], [sine, cosine, 0], [0, 0, 1]], np.float32)
