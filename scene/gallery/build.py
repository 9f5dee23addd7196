"""A plan becomes an exhibition in the scene; an edited plan changes the one that is there."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import bpy

from ...protocol.errors import BadInput
from ...protocol.exhibition_plan import ExhibitionPlan, Hung, PlannedWork, Room, Wall, plan_from_json, plan_to_json
from ...protocol.remarks import Remark
from ..asset import Catalogue, mark_asset
from .contents import Renewed, remarks_of_renewed, renew
from .eevee_light import add_eevee_output
from .evaluated import all_evaluated
from .frames import Border, Rect, border_of
from .labels import LABEL, label_parts, poster_parts, title_parts
from .lamps import lamp_parts
from .lamps_aimed import LitRoom
from .looks import LOOKS, Paint
from .parts import EXHIBITION, PART, Built, Part, build_parts, exhibition_collection, find_parts, is_touched, was_built
from .rooms import FLOOR_M, Finish, room_parts
from .settings import cycles, film_file, put
from .shapes import Shape
from .spots import EVEN, light_room
from .standing import as_it_stands, remarks_of_unseen, standing_plan
from .surfaces import radiance
from .surroundings import covers_of, outside_world
from .tour import Stop, connect_tour, stops_of, tour_parts
from .visit import unreached
from .wall_text import wall_text_parts
from .works import find_picture, work_file, work_parts

__all__ = ["EXPOSURE", "Exhibition", "build_exhibition", "check_built", "plain_sky", "remark_world",
           "remarks_of_ways", "set_up_scene", "shown_works"]

_NAME = "Exhibition"
_PLAN, _OUTSIDE = "vernissage_plan", "vernissage_outside"  # of what plan, and which panorama: custom properties
EXPOSURE = 3.4  # stops: a white wall under 200 lx is light, and not white
_GROUND_M = 30.0  # beyond the house
_SAMPLES = 64  # of Cycles, denoised: 4096 is what a new scene has


@dataclass(eq=False)
class Exhibition:
    """What was built.

    Attributes:
        collection: of all.
        plan: without the works that are not there: those that could not be built, and those that the artist has
            deleted.
        stands: the same as it stands in the scene, where the artist may have moved works.
        lit: by the ID of a room.
        last_frame: of the tour; 0 for none.
        remarks: what the artist should know.
    """

    collection: bpy.types.Collection
    plan: ExhibitionPlan
    stands: ExhibitionPlan
    built: Built
    lit: dict[str, LitRoom]
    stops: list[Stop]
    last_frame: int
    remarks: tuple[Remark, ...]


def build_exhibition(scene: bpy.types.Scene, plan: ExhibitionPlan, folder: Path) -> Exhibition:
    """Build a plan, or bring what was built up to date with it; what an artist has changed stays.

    Args:
        folder: that of the plan, beside which works may lie. A work that is not there, or cannot be read, is among
            what failed.
    """
    covers = covers_of(plan, folder)
    finishes = {room.id: Finish(plan, room, covers) for room in plan.rooms}
    top = exhibition_collection(scene)
    hangs, renewed = plan, Renewed()
    if top is not None:
        own = [next(work_parts(plan, work, Border(), finishes[work.room], folder)) for work in plan.works]
        renewed = renew(top, own)
        hangs = _left(plan, top, was_built(top, own) - find_parts(top).keys())
    lit = {room.id: light_room(hangs, room, LOOKS[plan.architecture]) for room in plan.rooms}
    parts = list(_parts(plan, folder, finishes, lit))
    if top is None:
        top = bpy.data.collections.new(_NAME)
        top[EXHIBITION] = "{}"
        scene.collection.children.link(top)
        mark_asset(top, Catalogue.EXHIBITIONS, plan.title, "", (str(plan.architecture),))
    top[_PLAN] = _digest(plan)
    built = build_parts(top, itertools.chain(parts, _tour(plan, top)), [room.id for room in plan.rooms])
    built.replaced += renewed.moved
    built.same = [name for name in built.same if name not in renewed.moved]
    found = find_parts(top)
    shown, last = shown_works(plan, top), connect_tour(found)
    for work in shown.works:
        find_picture(found[work.id], work_file(folder, work))
    stands = as_it_stands(top, shown)
    remarks = *covers.remarks, *remarks_of_renewed(plan, renewed), \
        *_remarks(plan, lit, parts, built), *remarks_of_ways(shown, stands), \
        *remarks_of_unseen(top), *(
        _change_outside(scene, plan, folder) if scene.world else ())
    return Exhibition(top, shown, stands, built, lit, stops_of(stands), last, remarks)


def _left(plan: ExhibitionPlan, top: bpy.types.Collection, deleted: set[str]) -> ExhibitionPlan:
    """With works where an artist has put them, which stay there whatever the plan says, and without those that were
    deleted; the others are put anew."""
    plan = replace(plan, works=tuple(work for work in plan.works if work.id not in deleted))
    found = find_parts(top)
    there = (found[work.id] for work in plan.works if work.id in found)
    with all_evaluated(top):
        return standing_plan(plan, {each[PART]: each for each in there if each.parent or is_touched(each)})


def remarks_of_ways(plan: ExhibitionPlan, stands: ExhibitionPlan) -> Iterator[Remark]:
    """Of works that visitors do not come to, because of what an artist has moved or added. Args:
        stands: the plan as it stands in the scene.
    """
    away = unreached(stands) if stands != plan else []
    if away:
        yield Remark("Number of works that visitors cannot come to, because of what was moved or added: {count}, the "
                     "first of them {name}. Leave a way of 1.5 m to it.",
                     {"count": len(away), "name": away[0].title or away[0].id})


def set_up_scene(scene: bpy.types.Scene, exhibition: Exhibition, plan: ExhibitionPlan, folder: Path) -> None:
    """A sky, an exposure for the light on works, the length of the tour, and a render of it that is a film: of a scene
    that has nothing else.

    Args:
        folder: the plan's.
    """
    scene.world = None
    exhibition.remarks += tuple(_change_outside(scene, plan, folder))
    scene.view_settings.view_transform = "AgX"
    scene.view_settings.look = "AgX - Medium High Contrast"
    scene.view_settings.exposure = EXPOSURE
    scene.unit_settings.system, scene.unit_settings.length_unit = "METRIC", "METERS"
    put([*cycles(scene, _SAMPLES), *film_file(scene), (scene.render, "filepath", "//tour.mp4"),
         (scene.render, "resolution_x", 1280), (scene.render, "resolution_y", 720),
         (scene.render, "use_persistent_data", True)])  # all but the camera stays
    if exhibition.last_frame:
        scene.frame_start, scene.frame_end = 1, exhibition.last_frame
        scene.camera = find_parts(exhibition.collection)["tour camera"]


def remark_world(scene: bpy.types.Scene, plan: ExhibitionPlan) -> tuple[Remark, ...]:
    """Of a scene that had something else: its World is the artist's."""
    if plan.outside and (scene.world is None or scene.world.get(_OUTSIDE) is None):
        return Remark("What lies outside is not shown, because the scene has a World of its own. Build in an empty "
                      "scene, or add the panorama with the World panel."),
    return ()


def check_built(top: bpy.types.Collection, plan: ExhibitionPlan) -> None:
    """Raises:
        BadInput: the exhibition was built from another plan.
    """
    if top.get(_PLAN, _digest(plan)) != _digest(plan):  # those of earlier versions do not say
        raise BadInput("The plan has changed since the exhibition was built.", "Build the exhibition again.")


def _digest(plan: ExhibitionPlan) -> str:
    as_read = plan_to_json(plan_from_json(plan_to_json(plan)))  # where 2 is 2.0
    return hashlib.sha256(as_read.encode()).hexdigest()[:24]


def _change_outside(scene: bpy.types.Scene, plan: ExhibitionPlan, folder: Path) -> Iterator[Remark]:
    """Where the scene's World is that of another plan: the new one's."""
    if scene.world is not None and scene.world.get(_OUTSIDE) in (None, plan.outside):
        return
    sky_lx = LOOKS[plan.architecture].sky_lx
    try:
        world = outside_world(folder / plan.outside, sky_lx, EXPOSURE) if plan.outside else plain_sky(sky_lx)
    except BadInput as error:
        world = plain_sky(sky_lx)
        yield Remark("The panorama outside cannot be read, and a plain sky is there in its place: {reason}",
                     {"reason": str(error)})
    add_eevee_output(world, plan)
    world[_OUTSIDE] = plan.outside
    scene.world = world


def _tour(plan: ExhibitionPlan, top: bpy.types.Collection) -> Iterator[Part]:
    stands = as_it_stands(top, shown_works(plan, top))
    yield from tour_parts(stands, stops_of(stands))


def shown_works(plan: ExhibitionPlan, top: bpy.types.Collection) -> ExhibitionPlan:
    """The plan without works that the scene does not have."""
    there = find_parts(top)
    return replace(plan, works=tuple(work for work in plan.works if work.id in there))


def plain_sky(sky_lx: float) -> bpy.types.World:
    """A World that is as bright everywhere, and gives so much light on a horizontal plane."""
    world = bpy.data.worlds.new(_NAME)
    if world.node_tree is None:  # before Blender 5.0; from there on a world always has nodes
        world.use_nodes = True
    background = next(node for node in world.node_tree.nodes if node.type == "BACKGROUND")
    background.inputs["Color"].default_value = (0.62, 0.78, 1.0, 1)
    background.inputs["Strength"].default_value = radiance(sky_lx)
    return world


def _parts(plan: ExhibitionPlan, folder: Path, finishes: dict[str, Finish], lit: dict[str, LitRoom]) -> Iterator[Part]:
    yield _ground(plan, finishes[plan.rooms[0].id])
    for room in plan.rooms:
        finish = finishes[room.id]
        works = [work for work in plan.works if work.room == room.id]
        yield from room_parts(plan, room, finish, lit[room.id].clear_m)
        yield from title_parts(plan, room, finish, _outer(plan, room, finishes))
        labels: dict[Wall | None, list[Rect]] = {wall: [] for wall in (*Wall, None)}
        for wall, taken in labels.items():
            for work in works:
                if (work.place.wall if isinstance(work.place, Hung) else None) is wall:
                    yield from _work(plan, work, finish, folder, taken)
        yield from wall_text_parts(plan, room, finish, labels)
        yield from lamp_parts(plan, room, lit[room.id], finish)
    yield from poster_parts(plan, finishes[plan.rooms[0].id])


def _work(plan: ExhibitionPlan, work: PlannedWork, finish: Finish, folder: Path,
          taken: list[Rect]) -> Iterator[Part]:
    border = border_of(plan, work, finish.look.frame) if isinstance(work.place, Hung) else Border()
    yield from work_parts(plan, work, border, finish, folder)
    yield from label_parts(plan, work, border, finish, taken)


def _outer(plan: ExhibitionPlan, room: Room, finishes: dict[str, Finish]) -> Finish | None:
    entrance = plan.entrance(room)
    return finishes[entrance.to] if entrance is not None and entrance.to else None


def _ground(plan: ExhibitionPlan, finish: Finish) -> Part:
    west, south = (min(getattr(room, axis) for room in plan.rooms) - _GROUND_M for axis in ("x_m", "y_m"))
    east = max(room.x_m + room.width_m for room in plan.rooms) + _GROUND_M
    north = max(room.y_m + room.depth_m for room in plan.rooms) + _GROUND_M
    finish.paints["ground"] = Paint((0.24, 0.25, 0.2), 0.9, pattern="concrete")
    shape = Shape()
    shape.quad([(west, south, -FLOOR_M), (east, south, -FLOOR_M), (east, north, -FLOOR_M), (west, north, -FLOOR_M)],
               "ground")
    return finish.part("ground", "", shape, [west, south, east, north])


def _remarks(plan: ExhibitionPlan, lit: dict[str, LitRoom], parts: Sequence[Part], built: Built) -> Iterator[Remark]:
    names = {work.id: work.title or work.id for work in plan.works}
    for lit_room in lit.values():
        for each in lit_room.works:
            if each.deviation is not None and each.deviation > EVEN:
                yield Remark("The light on {name} differs by {percent} % from its mean: no track is far enough away. "
                             "Give its room a higher ceiling.",
                             {"name": names[each.work], "percent": round(each.deviation * 100)})
    labelled = {part.extras[LABEL] for part in parts if LABEL in part.extras}
    bare = [names[work.id] for work in plan.works if work.id not in labelled]
    if bare:
        yield Remark("There is no room for the labels of {count} works, the first of them {name}. Hang them further "
                     "apart, or put them on higher plinths.", {"count": len(bare), "name": bare[0]})
    written = {part.room for part in parts if part.name.endswith(" text 1") and not part.parent}
    for room in plan.rooms:
        if (room.text or (plan.text and room is plan.rooms[0])) and room.id not in written:
            yield Remark("No wall of {room} has room for its text, which only the page shows.",
                         {"room": room.title or room.id})
    if built.kept:
        yield Remark("{count} objects that you have changed or deleted are kept, though the plan has changed.",
                     {"count": len(built.kept)})

