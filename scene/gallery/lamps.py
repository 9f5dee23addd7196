"""The lamps of a room, the heads that they shine from, and the track that these hang on."""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict

import bpy
import numpy as np
from mathutils import Matrix, Vector

from ...protocol.exhibition_plan import ExhibitionPlan, Room, Wall
from .lamps_aimed import Aimed, LitRoom
from .parts import Part
from .rooms import Finish, skylights
from .shapes import Hole, Shape
from .spots import HEAD_M, RAIL_M, day_height

__all__ = ["lamp_parts"]

_WARM = (1.0, 0.86, 0.70)  # 3500 K beside daylight, of the same luminance as white once scaled
_RADIUS_M = 0.02
_RAIL_BACK_M = 0.045  # the middle of a tilted head lies so far behind its front
_STEM_M, _ROD_M, _ROD_EVERY_M = 0.004, 0.005, 2.0  # half widths, and how far rods are apart


def lamp_parts(plan: ExhibitionPlan, room: Room, lit: LitRoom, finish: Finish) -> Iterator[Part]:
    """Spots, their heads, their track, and the daylight of skylights."""
    holes = skylights(room, finish.look, lit.clear_m)
    for number, ((west, south, east, north), watts) in enumerate(zip(holes, lit.day_w, strict=True), 1):
        yield _daylight(plan, room, number, (west, south, east, north), watts)
    if not lit.rails:
        return
    yield finish.part(f"{room.id} track", room.id, _track(room, lit, holes),
                      [asdict(room) | {"title": ""}, {str(wall): out for wall, out in lit.rails.items()}, lit.track_m,
                       [asdict(each.spot) for each in lit.spots]], place=((room.x_m, room.y_m, 0.0), 0.0))
    for each in lit.spots:
        name = f"{each.work} spot {each.number}"
        yield Part(name, room.id, each.work, asdict(each), functools.partial(_spot, each, name))
        yield finish.part(f"{name} head", room.id, _head(), HEAD_M, entry=each.work, parent=name)


def _axis(each: Aimed) -> Vector:
    return (Vector(each.spot.aim) - Vector(each.spot.at)).normalized()


def _luminance(colour: tuple[float, float, float]) -> float:
    return float(np.dot(colour, (0.2126, 0.7152, 0.0722)))


def _spot(each: Aimed, name: str) -> bpy.types.Object:
    lamp = bpy.data.lights.new(name, "SPOT")
    lamp.energy, lamp.spot_size, lamp.spot_blend = each.watts / _luminance(_WARM), each.spot.size_rad, each.spot.blend
    lamp.color, lamp.shadow_soft_size = _WARM, _RADIUS_M
    holder = bpy.data.objects.new(name, lamp)
    turned = _axis(each).to_track_quat("-Z", "Y").to_matrix().to_4x4()
    holder.matrix_basis = Matrix.Translation(each.spot.at) @ turned
    return holder


def _daylight(plan: ExhibitionPlan, room: Room, number: int, hole: tuple[float, float, float, float], watts: float
              ) -> Part:
    west, south, east, north = hole
    name = f"{room.id} daylight {number}"
    at = room.x_m + (west + east) / 2, room.y_m + (south + north) / 2, day_height(plan, room)

    def make() -> bpy.types.Object:
        lamp = bpy.data.lights.new(name, "AREA")
        lamp.shape, lamp.size, lamp.size_y, lamp.energy = "RECTANGLE", east - west, north - south, watts
        holder = bpy.data.objects.new(name, lamp)
        holder.location, holder.visible_camera = at, False
        return holder
    return Part(name, room.id, room.id, [hole, at, watts], make)


def _head() -> Shape:
    """A tube behind its lamp, which shines along -z; twelve sides."""
    shape = Shape()
    radius, length = HEAD_M
    ring = [(radius * math.cos(angle), radius * math.sin(angle)) for angle in np.arange(12) * math.pi / 6]
    gap = _RADIUS_M  # behind the lamp, of which a wide cone sees all: what is held back is noise in baked light
    for (x0, y0), (x1, y1) in zip(ring, ring[1:] + ring[:1], strict=True):
        shape.quad([(x0, y0, gap), (x1, y1, gap), (x1, y1, length), (x0, y0, length)], "steel",
                   [(0, 0), (1, 0), (1, 1), (0, 1)])
    flat = [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)]
    for corners in ((0, 1, 2, 3), (0, 3, 4, 11), (4, 5, 10, 11), (5, 6, 9, 10), (6, 7, 8, 9)):
        shape.quad([(*ring[corner], length) for corner in corners], "steel", flat)
        shape.quad([(*ring[corner], gap) for corner in corners[::-1]], "steel", flat)
    return shape


def _track(room: Room, lit: LitRoom, holes: Sequence[Hole]) -> Shape:
    """Rails along walls, rods to the ceiling where it is higher, and a stem to each head. From the room's corner."""
    shape = Shape()
    half, (low, high) = RAIL_M[0] / 2, (lit.track_m - RAIL_M[1] / 2, lit.track_m + RAIL_M[1] / 2)
    out = {wall: distance + _RAIL_BACK_M for wall, distance in lit.rails.items()}
    rows = _apart([(Wall.SOUTH in out, out.get(Wall.SOUTH, 0.0)),
                   (Wall.NORTH in out, room.depth_m - out.get(Wall.NORTH, 0.0))])
    columns = _apart([(Wall.WEST in out, out.get(Wall.WEST, 0.0)),
                      (Wall.EAST in out, room.width_m - out.get(Wall.EAST, 0.0))])
    margin = 0.12  # rails end before the walls, and their cornices
    ends = []
    for y in rows:
        shape.box((margin, y - half, low), (room.width_m - margin, y + half, high), "steel")
        ends += [(at, y) for at in _spaced(margin + 0.05, room.width_m - margin - 0.05)]
    stops = [margin, *(edge for y in rows for edge in (y - half, y + half)), room.depth_m - margin]
    for x in columns:
        for start, end in zip(stops[::2], stops[1::2], strict=True):
            if end - start > 1e-3:
                shape.box((x - half, start, low), (x + half, end, high), "steel")
        ends += [(x, at) for at in _spaced(margin + 0.05, room.depth_m - margin - 0.05)]
    if room.height_m - high > 1e-3:
        for x, y in ends:
            if any(west - _ROD_M < x < east + _ROD_M and south - _ROD_M < y < north + _ROD_M
                   for west, south, east, north in holes):
                continue  # nothing is there to hang from
            shape.box((x - _ROD_M, y - _ROD_M, high), (x + _ROD_M, y + _ROD_M, room.height_m), "steel", without="bt")
    for each in lit.spots:
        axis = _axis(each)
        middle = Vector(each.spot.at) - axis * HEAD_M[1] / 2 - Vector((room.x_m, room.y_m, 0))
        tilt = math.acos(min(abs(axis.z), 1.0))
        above = min(HEAD_M[1] / 2 / max(math.cos(tilt), 1e-6), HEAD_M[0] / max(math.sin(tilt), 1e-6))
        if middle.z + above < low:
            shape.box((middle.x - _STEM_M, middle.y - _STEM_M, middle.z + above),
                      (middle.x + _STEM_M, middle.y + _STEM_M, low), "steel", without="t")
    return shape


def _apart(rails: Sequence[tuple[bool, float]]) -> list[float]:
    """Where those that there are lie; two in the same place are one."""
    places = sorted(place for is_there, place in rails if is_there)
    return places[:1] if len(places) == 2 and places[1] - places[0] < RAIL_M[0] else places


def _spaced(start: float, end: float) -> list[float]:
    count = max(round((end - start) / _ROD_EVERY_M), 1)
    return [start + (end - start) * number / count for number in range(count + 1)]
