"""Floors, walls with their openings, ceilings with their skylights, skirting and benches."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path

import bpy

from ...protocol.exhibition import Architecture
from ...protocol.exhibition_plan import Bench, Door, ExhibitionPlan, Room, Wall, point_on_wall, wall_length
from .looks import LOOKS, Look, Paint
from .parts import Part
from .shapes import Hole, Shape
from .surfaces import painted
from .surroundings import Covers

__all__ = ["FLOOR_M", "Finish", "ceiling_height", "on_wall", "room_parts", "skylights", "turn"]

FLOOR_M = 0.02  # of the slab that all stands on
_CEILING_M = {Architecture.BRUTALIST: 0.6}
_PANE_LX = 420.0  # as bright as skylights look
_SKIRTING_M, _CORNICE_M = 0.012, 0.09  # how far they stand out
_MULLION_M, _PANE_EVERY_M = 0.06, 1.6
_BENCH_M = 0.45


class Finish:
    """The materials of one room.

    Attributes:
        look: of the architecture.
        paints: by the names of surfaces.
    """

    def __init__(self, plan: ExhibitionPlan, room: Room, covers: Covers) -> None:
        self.look: Look = LOOKS[plan.architecture]
        turn_ = [each.id for each in plan.rooms].index(room.id) % len(self.look.walls)
        look = self.look
        kind = plan.architecture
        self._wall_name = f"{kind} wall {turn_ + 1}"
        wall = covers.over("wall", look.walls[turn_])
        self.paints: dict[str, Paint] = {
            "wall": wall, "floor": covers.over("floor", look.floor), "ceiling": look.ceiling, "skirting": look.skirting,
            "outside": look.outside, "frame": look.frame_paint, "mount": Paint((0.84, 0.82, 0.77), 0.95),
            "canvas": Paint((0.62, 0.58, 0.5), 0.9), "glass": Paint((0.9, 0.96, 0.97), 0.04, alpha=0.12),
            "steel": Paint((0.05, 0.05, 0.052), 0.4, 0.6), "pane": Paint((1, 1, 1), 0.9, emission_lx=_PANE_LX),
            "bench": Paint((0.36, 0.23, 0.12), 0.4, pattern="planks"), "plinth": Paint((0.72, 0.72, 0.71), 0.6),
            "card": Paint((0.85, 0.85, 0.83), 0.7), "ink": Paint((0.01, 0.01, 0.011), 0.8),
            "lettering": Paint((0.02, 0.02, 0.022), 0.8) if sum(wall.colour) > 1 else
            Paint((0.8, 0.77, 0.7), 0.6)}
        self._kind = kind

    def material(self, surface: str) -> bpy.types.Material:
        named = self._wall_name if surface == "wall" else f"{self._kind} {surface}"
        if surface == "lettering":
            named = f"{self._wall_name} lettering"
        paint = self.paints[surface]
        if paint.maps:
            named += f" {Path(paint.maps).name} {paint.width_m:g} m"
        return painted(named, paint)

    def made(self, name: str, shape: Shape) -> Callable[[], bpy.types.Object]:
        """What makes an object of a shape."""
        def make() -> bpy.types.Object:
            return bpy.data.objects.new(name, shape.mesh(name, [self.material(each) for each in shape.surfaces]))
        return make

    def part(self, name: str, room: str, shape: Shape, made_of: object, *, entry: str = "", parent: str = "",
             place: tuple[tuple[float, float, float], float] | None = None, extras: dict[str, str] | None = None,
             shadowless: bool = False) -> Part:
        """Args:
            place: location and turn about z.
            shadowless: it is seen, but light goes by without it.
        """
        def make() -> bpy.types.Object:
            each = self.made(name, shape)()
            if place is not None:
                each.location, each.rotation_euler = place[0], (0, 0, place[1])
            if shadowless:
                each.visible_diffuse = each.visible_shadow = False
            return each
        return Part(name, room, entry or room, [made_of, place, {surface: asdict(self.paints[surface])
                                                                for surface in shape.surfaces}], make, parent,
                    extras or {})


def turn(wall: Wall) -> float:
    """About z, of what hangs on a wall: x goes along the wall, y into it."""
    return {Wall.NORTH: 0.0, Wall.EAST: -math.pi / 2, Wall.SOUTH: math.pi, Wall.WEST: math.pi / 2}[wall]


def on_wall(room: Room, wall: Wall, along_m: float, height_m: float, out_m: float = 0.0
            ) -> tuple[tuple[float, float, float], float]:
    """Location and turn of what hangs there."""
    x, y = point_on_wall(room, wall, along_m, out_m)
    return (x, y, height_m), turn(wall)


def ceiling_height(room: Room, architecture: Architecture) -> float:
    """Of what lies on top of a room."""
    return room.height_m + _CEILING_M.get(architecture, 0.25)


def skylights(room: Room, look: Look, clear_m: float) -> list[Hole]:
    """West, south, east, north of openings in its ceiling, from its south-western corner.

    Args:
        clear_m: how far from walls lamps hang.
    """
    margin = max(clear_m + 0.35, 0.27 * min(room.width_m, room.depth_m))
    width, depth = room.width_m - 2 * margin, room.depth_m - 2 * margin
    if not look.skylight or min(width, depth) < 0.8:
        return []
    if look.skylight == "laylight":
        return [(margin, margin, margin + width, margin + depth)]
    count = max(int(depth / 1.3), 1)
    step = depth / count
    return [(margin, margin + step * (number + 0.25), margin + width, margin + step * (number + 0.75))
            for number in range(count)]


def room_parts(plan: ExhibitionPlan, room: Room, finish: Finish, clear_m: float) -> Iterator[Part]:
    """Its architecture. Args as those of `skylights`."""
    look, thick = finish.look, plan.wall_m / 2
    doors = plan.doors_of(room)
    sides = {wall: [door for door in doors if door.wall is wall] for wall in Wall}
    size = asdict(room) | {"title": "", "thick": thick}
    floor = Shape()
    floor.box((-thick, -thick, -FLOOR_M), (room.width_m + thick, room.depth_m + thick, 0), "floor")
    place = (room.x_m, room.y_m, 0.0), 0.0
    yield finish.part(f"{room.id} floor", room.id, floor, size, place=place)
    for wall in Wall:
        name = f"{room.id} {wall}"
        shape = (_glass_wall if wall in room.glazed else _wall)(room, wall, sides[wall], thick)
        yield finish.part(name, room.id, shape, [size, [asdict(door) for door in sides[wall]]],
                          place=on_wall(room, wall, 0, 0))
    holes = skylights(room, look, clear_m)
    top = ceiling_height(room, plan.architecture)
    ceiling = Shape()
    ceiling.slab((-thick, -thick, room.height_m), (room.width_m + thick, room.depth_m + thick, top), 2, holes,
                 "outside", front="ceiling", reveal="ceiling")
    yield finish.part(f"{room.id} ceiling", room.id, ceiling, [size, holes], place=place)
    if holes:
        yield finish.part(f"{room.id} skylight", room.id, _panes(holes, top), [size, holes], place=place,
                          shadowless=True)
        yield finish.part(f"{room.id} glazing bars", room.id, _bars(holes, top), [size, holes], place=place)
    for name, high, low in (("skirting", look.skirting_m, 0.0),
                            ("cornice", look.cornice_m, room.height_m - look.cornice_m)):
        if high:
            out = _SKIRTING_M if name == "skirting" else _CORNICE_M
            yield finish.part(f"{room.id} {name}", room.id, _strip(room, sides, low, low + high, out),
                              [size, [asdict(door) for door in doors], high], place=place)
    for number, bench in enumerate((each for each in plan.benches if each.room == room.id), 1):
        yield finish.part(f"{room.id} bench {number}", room.id, _bench(bench), asdict(bench),
                          place=((bench.x_m, bench.y_m, 0.0), 0.0))


def _wall(room: Room, wall: Wall, doors: list[Door], thick: float) -> Shape:
    """Without the sides that lie on a floor, a ceiling or another wall: through joints they would be seen as dots."""
    shape = Shape()
    length = wall_length(room, wall)
    beyond, without = thick, "bt"
    if wall in (Wall.EAST, Wall.WEST):  # these end at the others
        ends = (Wall.NORTH, Wall.SOUTH) if wall is Wall.EAST else (Wall.SOUTH, Wall.NORTH)
        beyond, without = 0.0, without + "".join(side for side, end in zip("lr", ends, strict=True)
                                                 if end not in room.glazed)
    holes = [(door.along_m - door.width_m / 2, 0.0, door.along_m + door.width_m / 2, door.height_m) for door in doors]
    shape.slab((-beyond, 0, 0), (length + beyond, thick, room.height_m), 1, holes, "outside", front="wall",
               reveal="wall", without=without)
    return shape


def _glass_wall(room: Room, wall: Wall, doors: list[Door], thick: float) -> Shape:
    """Panes between mullions, a rail above and below."""
    shape = Shape()
    length = wall_length(room, wall)
    beyond = thick if wall in (Wall.NORTH, Wall.SOUTH) else 0.0
    edges = {-beyond, length + beyond}
    openings = {}
    for door in doors:
        low, high = door.along_m - door.width_m / 2, door.along_m + door.width_m / 2
        edges |= {low, high}
        openings[low] = door.height_m
    stops = sorted(edges)
    middle, half, top = thick / 2, _MULLION_M / 2, room.height_m
    columns = []
    for start, end in itertools.pairwise(stops):
        count = 1 if start in openings else max(round((end - start) / _PANE_EVERY_M), 1)
        columns += [(start + (end - start) * n / count, start + (end - start) * (n + 1) / count,
                     openings.get(start, 0.0)) for n in range(count)]
    for number, (start, end, opening) in enumerate(columns):
        # a mullion stands beside an opening, not in it
        left = start + (0 if number == 0 else half) - (half if opening else 0)
        right = end - (0 if number == len(columns) - 1 else half) + (half if opening else 0)
        if not opening:
            if number == 0 or columns[number - 1][2]:
                shape.box((start, middle - 0.05, 0), (start + _MULLION_M, middle + 0.05, top), "steel")
                left = start + _MULLION_M
            if number == len(columns) - 1 or columns[number + 1][2]:
                shape.box((end - _MULLION_M, middle - 0.05, 0), (end, middle + 0.05, top), "steel")
                right = end - _MULLION_M
            else:
                shape.box((end - half, middle - 0.05, 0), (end + half, middle + 0.05, top), "steel")
        bottom = opening
        shape.box((left, middle - 0.05, bottom), (right, middle + 0.05, bottom + _MULLION_M), "steel")
        shape.box((left, middle - 0.05, top - _MULLION_M), (right, middle + 0.05, top), "steel")
        shape.quad([(left, middle, bottom + _MULLION_M), (right, middle, bottom + _MULLION_M),
                    (right, middle, top - _MULLION_M), (left, middle, top - _MULLION_M)], "glass")
    return shape


def _panes(holes: list[Hole], top: float) -> Shape:
    shape = Shape()
    for west, south, east, north in holes:
        shape.quad([(west, north, top), (east, north, top), (east, south, top), (west, south, top)], "pane")
    return shape


def _bars(holes: list[Hole], top: float) -> Shape:
    """Under the panes, about 1.2 m apart."""
    shape = Shape()
    low, high = top - 0.10, top - 0.04
    for west, south, east, north in holes:
        columns, rows = max(round((east - west) / 1.2), 1), max(round((north - south) / 1.2), 1)
        xs = [west + (east - west) * number / columns for number in range(1, columns)]
        for x in xs:
            shape.box((x - 0.02, south, low), (x + 0.02, north, high), "skirting")
        for number in range(1, rows):
            y = south + (north - south) * number / rows
            for start, end in zip([west, *(x + 0.02 for x in xs)], [*(x - 0.02 for x in xs), east], strict=True):
                shape.box((start, y - 0.02, low), (end, y + 0.02, high), "skirting")
    return shape


def _strip(room: Room, sides: dict[Wall, list[Door]], low: float, high: float, out: float) -> Shape:
    """Around the room at its walls, but for openings that reach there and walls of glass."""
    shape = Shape()
    for wall in Wall:
        if wall in room.glazed:
            continue
        inset = 0.0 if wall in (Wall.NORTH, Wall.SOUTH) else out
        start = inset
        stops = []
        for door in sorted(sides[wall], key=lambda each: each.along_m):
            if low < door.height_m:
                stops.append((start, door.along_m - door.width_m / 2))
                start = door.along_m + door.width_m / 2
        stops.append((start, wall_length(room, wall) - inset))
        for first, last in stops:
            points = [point_on_wall(room, wall, first), point_on_wall(room, wall, last, out)]
            (x0, x1), (y0, y1) = (sorted(each) for each in zip(*points, strict=True))
            if x1 - x0 > 1e-4 and y1 - y0 > 1e-4:
                shape.box((x0 - room.x_m, y0 - room.y_m, low), (x1 - room.x_m, y1 - room.y_m, high), "skirting")
    return shape


def _bench(bench: Bench) -> Shape:
    shape = Shape()
    x, y = bench.width_m / 2, bench.depth_m / 2
    shape.box((-x, -y, _BENCH_M - 0.07), (x, y, _BENCH_M), "bench")
    for side in (-1, 1):
        if x > y:
            low, high = sorted((side * (x - 0.25), side * (x - 0.20)))
            shape.box((low, -y + 0.04, 0), (high, y - 0.04, _BENCH_M - 0.07), "steel")
        else:
            low, high = sorted((side * (y - 0.25), side * (y - 0.20)))
            shape.box((-x + 0.04, low, 0), (x - 0.04, high, _BENCH_M - 0.07), "steel")
    return shape
