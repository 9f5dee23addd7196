"""Rooms as a ray tracer's smallest scene: a box with boxes in it, and lamps that light what they face.

Lengths in metres, z up, the viewer at the origin. A wall's light is the sum over the lamps' own sample points, so that
what a lamp shows and what it throws agree; the light that walls throw on each other is taken as even.
"""

from dataclasses import dataclass, field
from typing import NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from training.data.skies.sphere import Field, disc, fractal, solid_angles

SMALL_RAD = 0.03  # a lamp narrower than this is drawn as discs of its own solid angle, which no row of pixels misses


class Box(NamedTuple):
    """Axis-aligned, corners `low` and `high` (3,), `albedo` (3,)."""

    low: NDArray
    high: NDArray
    albedo: NDArray


@dataclass(frozen=True)
class Lamp:
    """A rectangle, or an ellipse if `round`: `centre`, half sides `u` and `v` (3,) each; it shines along u × v.

    `radiance` (3,) is seen head on; away from the axis it falls with cosine^`focus` (0: even, Lambert's lamp). A solid
    back is black and hides what is behind it; a pane of glass has no back of its own.
    """

    centre: NDArray
    u: NDArray
    v: NDArray
    radiance: NDArray
    round: bool = False
    focus: float = 0.0
    solid_back: bool = True

    @property
    def normal(self) -> NDArray:
        across = np.cross(self.u, self.v)
        return across / np.linalg.norm(across)

    @property
    def area_m2(self) -> float:
        return float(np.linalg.norm(np.cross(self.u, self.v)) * (np.pi if self.round else 4.0))


@dataclass
class Room:
    """A box from `low` to `high` (3,); `albedos` (6, 3) of −x, +x, −y, +y, floor, ceiling; the floor's `gloss` 0–1."""

    low: NDArray
    high: NDArray
    albedos: NDArray
    lamps: list[Lamp] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)
    gloss: float = 0.0
    texture_seed: int = 0
    texture: float = 0.1  # unevenness of the floor, 0–1
    beyond: float = 0.0  # even light from doors and rooms behind the viewer, as a multiple of the room's own


class Hit(NamedTuple):
    """What rays meet: `point`, `normal`, `albedo` (…, 3) and `face` (…): 0–5 walls as in Room, 6 a box."""

    point: Field
    normal: Field
    albedo: Field
    face: NDArray


def meet(room: Room, origin: Field | float, towards: Field) -> Hit:
    """The first wall or box along each ray from a point inside the room."""
    with np.errstate(divide="ignore"):
        inverse = (1.0 / np.where(np.abs(towards) < 1e-6, 1e-6, towards)).astype(np.float32)
    to_low, to_high = (room.low - origin) * inverse, (room.high - origin) * inverse
    leave = np.maximum(to_low, to_high)
    axis = leave.argmin(-1)
    distance = leave.min(-1)
    face = 2 * axis + (np.take_along_axis(towards, axis[..., None], -1)[..., 0] > 0)
    albedo = room.albedos[face].astype(np.float32)
    normal = np.zeros_like(towards)
    sign = np.where(face % 2 == 0, 1.0, -1.0).astype(np.float32)
    np.put_along_axis(normal, axis[..., None], sign[..., None], -1)
    for box in room.boxes:
        a, b = (box.low - origin) * inverse, (box.high - origin) * inverse
        enter, out = np.minimum(a, b), np.maximum(a, b).min(-1)
        side, at = enter.argmax(-1), enter.max(-1)
        seen = (at < out) & (at > 1e-3) & (at < distance)
        distance = np.where(seen, at, distance)
        face = np.where(seen, 6, face)
        albedo = np.where(seen[..., None], box.albedo, albedo).astype(np.float32)
        turned = np.zeros_like(towards)
        np.put_along_axis(turned, side[..., None], -np.sign(np.take_along_axis(towards, side[..., None], -1)), -1)
        normal = np.where(seen[..., None], turned, normal)
    return Hit((origin + towards * distance[..., None]).astype(np.float32), normal, albedo, face)


def samples(lamps: list[Lamp]) -> tuple[NDArray, NDArray, NDArray, NDArray]:
    """The lamps' sample points (n, 3), normals (n, 3), radiance × area (n, 3) and focus (n,)."""
    points, normals, powers, focus = [], [], [], []
    for lamp in lamps:
        side = np.linalg.norm(lamp.u), np.linalg.norm(lamp.v)
        counts = [int(np.clip(np.ceil(2 * s / 0.5), 1, 5)) for s in side]
        for i in range(counts[0]):
            for j in range(counts[1]):
                a, b = (2 * i + 1) / counts[0] - 1, (2 * j + 1) / counts[1] - 1
                points.append(lamp.centre + 0.9 * (a * lamp.u + b * lamp.v))
                normals.append(lamp.normal)
                powers.append(lamp.radiance * lamp.area_m2 / (counts[0] * counts[1]))
                focus.append(lamp.focus)
    return tuple(np.asarray(x, np.float32) for x in (points, normals, powers, focus))  # type: ignore[return-value]


@numba.njit(cache=True)
def _irradiance(
    points: NDArray, normals: NDArray, lamps: NDArray, lamp_normals: NDArray, powers: NDArray, focus: NDArray,
    out: NDArray,
) -> None:
    for i in range(len(points)):
        for k in range(len(lamps)):
            x, y, z = lamps[k, 0] - points[i, 0], lamps[k, 1] - points[i, 1], lamps[k, 2] - points[i, 2]
            square = x * x + y * y + z * z + 0.02
            here = x * normals[i, 0] + y * normals[i, 1] + z * normals[i, 2]
            there = -(x * lamp_normals[k, 0] + y * lamp_normals[k, 1] + z * lamp_normals[k, 2])
            if here <= 0.0 or there <= 0.0:
                continue
            gain = here * there / (square * square)
            if focus[k] > 0.0:
                gain *= (there / np.sqrt(square)) ** focus[k]
            for c in range(3):
                out[i, c] += powers[k, c] * gain


def irradiance(room: Room, hit: Hit) -> Field:
    """(…, 3) from the lamps, without shadows."""
    out = np.zeros(hit.point.shape, np.float32)
    if room.lamps:
        _irradiance(hit.point.reshape(-1, 3), np.ascontiguousarray(hit.normal, np.float32).reshape(-1, 3),
                    *samples(room.lamps), out.reshape(-1, 3))
    return out


def _corners(room: Room, hit: Hit) -> Field:
    """(…) 0.5–1: even light is weaker in the corners."""
    reach = np.minimum(hit.point - room.low, room.high - hit.point)
    second = np.sort(reach, -1)[..., 1]  # the least is the wall itself
    return (0.55 + 0.45 * (1 - np.exp(-second / 0.45))).astype(np.float32)


def lit(room: Room, hit: Hit, even: Field, direct: Field | None = None) -> Field:
    """(…, 3) radiance of matt walls and boxes in the lamps' light and an `even` irradiance (3,)."""
    light = irradiance(room, hit) if direct is None else direct
    grain = 1 + room.texture * 1.5 * fractal(hit.point * np.asarray((6.0, 1.2, 6.0), np.float32), room.texture_seed, 4)
    rough = np.where(((hit.face == 4) | (hit.face == 6))[..., None], np.clip(grain, 0.3, 1.8)[..., None], 1.0)
    return (hit.albedo * rough * (light + even * _corners(room, hit)[..., None]) / np.pi).astype(np.float32)


def even_light(room: Room, hit: Hit, direct: Field) -> Field:
    """(3,) irradiance of the light that has met a wall before: the geometric series of the mean first bounce."""
    weight = solid_angles(len(direct))[..., None]
    albedo = (hit.albedo * weight).sum((0, 1)) / (4 * np.pi)
    first = (hit.albedo * direct * weight).sum((0, 1)) / (4 * np.pi)
    return ((1 + room.beyond) * first / np.maximum(1 - albedo, 0.15)).astype(np.float32)


def seen_lamp(lamp: Lamp, origin: Field | float, towards: Field) -> tuple[Field, Field]:
    """(share of the ray's light 0/1, cosine to the lamp's axis) where rays meet the lamp's plane within its outline."""
    normal = lamp.normal
    facing = -(towards @ normal)
    facing = np.where(np.abs(facing) < 1e-5, 1e-5, facing)
    distance = ((origin - lamp.centre) @ normal if isinstance(origin, np.ndarray) else -(lamp.centre @ normal)) / facing
    offset = origin + towards * distance[..., None] - lamp.centre
    a, b = offset @ (lamp.u / (lamp.u @ lamp.u)), offset @ (lamp.v / (lamp.v @ lamp.v))
    inside = a * a + b * b < 1 if lamp.round else (np.abs(a) < 1) & (np.abs(b) < 1)
    return (inside & (distance > 0)).astype(np.float32), facing.astype(np.float32)


def _along(lamp: Lamp) -> list[NDArray]:
    """Centres of the squares that a long lamp is cut into."""
    long, short = sorted((lamp.u, lamp.v), key=lambda half: -float(np.linalg.norm(half)))
    count = max(1, round(float(np.linalg.norm(long) / np.linalg.norm(short))))
    return [lamp.centre + long * ((2 * i + 1) / count - 1) for i in range(count)]


def _bead(lamp: Lamp, centre: NDArray, height_px: int) -> Field:
    """(H, 2H): the share of each pixel for one square of a lamp."""
    away = float(np.linalg.norm(centre))
    solid = lamp.area_m2 / len(_along(lamp)) * max(float(-(centre @ lamp.normal)), 0.0) / away**3
    return disc(height_px, (centre / away).astype(np.float32), np.sqrt(solid / np.pi))


def with_lamps(room: Room, picture: Field, towards: Field, hit: Hit) -> Field:
    """The lamps drawn over the room (H, 2H, 3), from the farthest to the nearest; boxes stand before them."""
    height = len(picture)
    depth = np.linalg.norm(hit.point, axis=-1)
    for lamp in sorted(room.lamps, key=lambda one: -float(np.linalg.norm(one.centre))):
        away = float(np.linalg.norm(lamp.centre))
        cosine = float(-(lamp.centre @ lamp.normal) / away)
        free = depth > away * 0.97
        if min(np.linalg.norm(lamp.u), np.linalg.norm(lamp.v)) * 2 / away < SMALL_RAD:
            if cosine > 0:
                for centre in _along(lamp):
                    share = _bead(lamp, centre, height) * free
                    picture = picture + share[..., None] * (lamp.radiance * cosine**lamp.focus).astype(np.float32)
            continue
        inside, facing = seen_lamp(lamp, 0.0, towards)
        if cosine > 0:
            shine = lamp.radiance * np.maximum(facing, 0.0)[..., None] ** lamp.focus
        elif lamp.solid_back:
            shine = np.zeros_like(picture)
        else:
            continue
        picture = np.where((inside * free)[..., None] > 0, shine, picture)
    return picture.astype(np.float32)


def mirrored(room: Room, towards: Field, hit: Hit, even: Field) -> Field:
    """(…, 3) what a polished floor shows: walls and lamps met by the mirrored rays. Zero off the floor."""
    on_floor = hit.face == 4
    out = np.zeros_like(towards)
    if room.gloss <= 0 or not on_floor.any():
        return out
    ray, origin = towards[on_floor] * np.asarray((1, 1, -1), np.float32), hit.point[on_floor]
    second = meet(room, origin, ray)
    colour = lit(room, second, even)
    for lamp in room.lamps:
        inside, facing = seen_lamp(lamp, origin, ray)
        shine = lamp.radiance * np.maximum(facing, 0)[..., None] ** lamp.focus
        colour = np.where(((inside > 0) & (facing > 0))[..., None], np.minimum(shine, 60.0), colour)
    fresnel = 0.04 + 0.96 * (1 - np.maximum(-towards[on_floor][..., 2], 0)) ** 5
    out[on_floor] = colour * (room.gloss * fresnel)[..., None]
    return out


def render(room: Room, towards: Field) -> Field:
    """(H, 2H, 3) float32 radiance of the room seen from the origin."""
    hit = meet(room, 0.0, towards)
    direct = irradiance(room, hit)
    even = even_light(room, hit, direct)
    picture = lit(room, hit, even, direct) + mirrored(room, towards, hit, even)
    return with_lamps(room, picture, towards, hit)
