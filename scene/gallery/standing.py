"""The plan as the scene has it, where an artist may have moved, turned or scaled works, and added things."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

import bpy
import numpy as np
from mathutils import Vector
from numpy.typing import NDArray

from ...protocol.exhibition_plan import (
    Bench,
    Detached,
    ExhibitionPlan,
    Hung,
    PlannedWork,
    Room,
    Standing,
    centre_of,
    hung_at,
)
from ...protocol.remarks import Remark
from .evaluated import all_evaluated
from .footprints import footprint, rects_of, triangles_of
from .labels import LABEL
from .measure import box_of
from .parts import ENTRY, PART, find_parts
from .surfaced import has_surface, is_without_surface, surfaces_of
from .visit import Rect, from_start, front_of, walk_grid
from .works import WORK

__all__ = ["as_it_stands", "objects_in", "remarks_of_unseen", "room_of", "standing_plan"]

_MOVED_M = 0.001
_BEFORE_M = 0.05  # what hangs belongs to the room that lies so far before it
_SIDES_M = 0.001, 100.0  # that a work may have


def as_it_stands(top: bpy.types.Collection, plan: ExhibitionPlan) -> ExhibitionPlan:
    """Works where they are in the scene, in the size that they have there, and as benches all else that visitors walk
    around: benches, plinths, and what an artist has added. What is where the plan has it, to a millimetre, is as the
    plan says."""
    found = find_parts(top)
    with all_evaluated(top):
        stands = standing_plan(plan, found)
        stands = replace(stands, benches=tuple(_benches(plan, stands, top, found)))
    return stands if stands == plan else replace(stands, benches=(*stands.benches, *_closed(stands)))


def remarks_of_unseen(top: bpy.types.Collection) -> Iterator[Remark]:
    """Of what an artist has added that the page cannot show."""
    names = sorted(each.name for each in top.all_objects if is_without_surface(each) and not each.hide_render)
    if names:
        yield Remark("Number of objects that the page cannot show, because no mesh can be made of them: {count}, the "
                     "first of them {name}. They are in renders.", {"count": len(names), "name": names[0]})


def standing_plan(plan: ExhibitionPlan, found: Mapping[str, bpy.types.Object]) -> ExhibitionPlan:
    """The works alone. Args:
        found: by the IDs of works, those that are looked at.
    """
    return replace(plan, works=tuple(
        (_standing if isinstance(work.place, Standing) else _hanging)(plan, work, found[work.id])
        if work.id in found and found[work.id].type == "MESH" and len(found[work.id].data.polygons) else work
        for work in plan.works))


def room_of(plan: ExhibitionPlan, x: float, y: float) -> Room:
    """The one that a place is in, or is nearest to."""
    def off(room: Room) -> float:
        return math.hypot(max(room.x_m - x, x - room.x_m - room.width_m, 0.0),
                          max(room.y_m - y, y - room.y_m - room.depth_m, 0.0))
    return min(plan.rooms, key=off)


def _standing(plan: ExhibitionPlan, work: PlannedWork, each: bpy.types.Object) -> PlannedWork:
    assert isinstance(work.place, Standing)
    low, high = box_of(each)
    half = np.array([work.width_m, work.depth_m, work.height_m]) / 2
    middle = np.array(centre_of(plan, work))
    if max(np.abs(low - middle + half).max(), np.abs(high - middle - half).max()) <= _MOVED_M:
        return work
    x, y, _ = ((low + high) / 2).tolist()
    width, depth, height = (high - low).tolist()
    return replace(work, room=room_of(plan, x, y).id, width_m=_side(width), depth_m=_side(depth),
                   height_m=_side(height), place=replace(work.place, x_m=round(x, 4), y_m=round(y, 4),
                                                         plinth_m=round(float(low[2]), 4)))


def _hanging(plan: ExhibitionPlan, work: PlannedWork, each: bpy.types.Object) -> PlannedWork:
    assert isinstance(work.place, Hung)
    planned = np.array(front_of(plan, work))
    points, front, ahead = _front(each, planned)
    across = np.array([-ahead[1], ahead[0]])
    spans = [front[:, :2] @ across, front[:, 2]]
    width, height = (float(np.ptp(span)) for span in spans)
    deep = float(np.ptp(points[:, :2] @ ahead))
    middle = (float(np.mean([span.min(), span.max()])) for span in spans)
    sideways, level = middle
    outward = float((front[:, :2] @ ahead).mean())
    at = across * sideways + ahead * outward
    x, y, z = centre_of(plan, work)
    moved = [*(at - np.array([x, y]) - planned * work.depth_m), level - z, width - work.width_m,
             height - work.height_m, np.linalg.norm(ahead - planned) * width / 2]
    if np.abs(moved).max() <= _MOVED_M:
        return work
    room, back = room_of(plan, *(at + ahead * _BEFORE_M)), at - ahead * deep
    place = hung_at(room, (float(back[0]), float(back[1])), round(level, 4),
                    (round(float(ahead[0]), 5), round(float(ahead[1]), 5)))
    return replace(work, room=room.id, place=place, width_m=_side(width), height_m=_side(height), depth_m=_side(deep))


def _front(each: bpy.types.Object, planned: NDArray[np.float64]
           ) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """All points of a picture, those of the faces that show it, and the direction that these look in, on the floor: the
    planned one where they look up or down."""
    mesh, turned = each.data, np.array(each.matrix_world, np.float64)
    values = np.empty(3 * len(mesh.vertices), np.float32)
    mesh.vertices.foreach_get("co", values)
    points = values.reshape(-1, 3) @ turned[:3, :3].T + turned[:3, 3]
    faces = [face for face in mesh.polygons if face.material_index == 0] or list(mesh.polygons)
    normal = sum((np.array(face.normal) * face.area for face in faces), np.zeros(3))
    normal = np.linalg.pinv(turned[:3, :3]).T @ normal
    flat = float(np.hypot(*normal[:2]))
    ahead = normal[:2] / flat if flat > 0.3 * float(np.linalg.norm(normal)) and flat > 0 else planned
    return points, points[sorted({vertex for face in faces for vertex in face.vertices})], ahead


def _side(metres: float) -> float:
    return min(max(round(metres, 4), _SIDES_M[0]), _SIDES_M[1])


def _benches(plan: ExhibitionPlan, stands: ExhibitionPlan, top: bpy.types.Collection,
             found: Mapping[str, bpy.types.Object]) -> Iterator[Bench]:
    there = {each for room in top.children_recursive if ENTRY in room for each in room.all_objects} | set(top.objects)
    others = [each for each in _shown(there) if found.get(each.get(PART)) is not each]
    for room in plan.rooms:
        for number, bench in enumerate((each for each in plan.benches if each.room == room.id), 1):
            each = found.get(f"{room.id} bench {number}")
            if each is not None and _is_at(each, _rect(bench.x_m, bench.y_m, bench.width_m, bench.depth_m)):
                yield bench
            elif each is not None:
                others.append(each)
    for before, work in zip(plan.works, stands.works, strict=True):
        plinth = found.get(f"{work.id} plinth")
        if isinstance(before.place, Standing) and plinth is not None:
            place = before.place
            if work is not before or not _is_at(plinth, _rect(place.x_m, place.y_m, place.side_m, place.side_m)):
                others.append(plinth)
        if isinstance(work.place, Detached):
            others.append(found[work.id])
    depsgraph = bpy.context.evaluated_depsgraph_get()
    for _, seen, matrix in surfaces_of(others, depsgraph):
        yield from _as_benches(plan, footprint(triangles_of(seen, matrix), _bounds(plan)))


def _closed(stands: ExhibitionPlan) -> Iterator[Bench]:
    """Floor that nobody comes to, as within a hollow column: nobody shall be put there."""
    grid = walk_grid(stands)
    there = from_start(stands, grid)
    if there.any():
        yield from _as_benches(stands, rects_of(grid.free & ~there, grid.cell_m, grid.west, grid.south))


def _as_benches(plan: ExhibitionPlan, rects: Iterable[Rect]) -> Iterator[Bench]:
    for west, south, east, north in rects:
        for room in plan.rooms:
            if west < room.x_m + room.width_m and east > room.x_m and south < room.y_m + room.depth_m \
                    and north > room.y_m:
                yield Bench(room=room.id, x_m=(west + east) / 2, y_m=(south + north) / 2, width_m=east - west,
                            depth_m=north - south)


def objects_in(top: bpy.types.Collection, plan: ExhibitionPlan, room: Room) -> list[bpy.types.Object]:
    """What the page shows of a room, by name: works that the plan has there, with their labels and frames; of all else
    what is in its collection but not in another room, and what was moved here from there; with the first one, what is
    in the collection of all."""
    found = set(top.objects) if room is plan.rooms[0] else set()  # the ground
    works = {work.id: work.room for work in plan.works}
    # an object's own `users_collection` looks through all collections of the file
    for home in (each for each in top.children_recursive if ENTRY in each):
        for each in home.all_objects:
            if (work := _work_of(each)) in works:
                if works[work] == room.id:
                    found.add(each)
                continue
            x, y = _middle(each)
            is_here = _is_in(room, x, y)
            if is_here or (home[ENTRY] == room.id and not any(_is_in(other, x, y) for other in plan.rooms)):
                found.add(each)
    return _shown(found)


def _shown(objects: Iterable[bpy.types.Object]) -> list[bpy.types.Object]:
    return sorted((each for each in objects if has_surface(each) and not each.hide_render), key=lambda each: each.name)


def _work_of(each: bpy.types.Object) -> str | None:
    """The ID of the work that it shows, tells of or frames."""
    return each.get(WORK) or each.get(LABEL) or (each.parent.get(WORK) if each.parent and PART in each else None)


def _middle(each: bpy.types.Object) -> tuple[float, float]:
    """(x, y) of its box; of what has none, where it is."""
    if each.type == "EMPTY":
        return each.matrix_world.translation.x, each.matrix_world.translation.y
    x, y, _ = each.matrix_world @ ((Vector(each.bound_box[0]) + Vector(each.bound_box[6])) / 2)
    return x, y


def _is_in(room: Room, x: float, y: float) -> bool:
    return room.x_m < x < room.x_m + room.width_m and room.y_m < y < room.y_m + room.depth_m


def _is_at(each: bpy.types.Object, rect: Rect) -> bool:
    low, high = box_of(each)
    return bool(np.abs(np.array([*low[:2], *high[:2]]) - rect).max() <= _MOVED_M)


def _rect(x: float, y: float, width: float, depth: float) -> Rect:
    return x - width / 2, y - depth / 2, x + width / 2, y + depth / 2


def _bounds(plan: ExhibitionPlan) -> Rect:
    return (min(room.x_m for room in plan.rooms), min(room.y_m for room in plan.rooms),
            max(room.x_m + room.width_m for room in plan.rooms), max(room.y_m + room.depth_m for room in plan.rooms))
