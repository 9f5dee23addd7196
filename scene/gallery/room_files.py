"""The files of an exhibition's rooms for a browser: a GLB of each, and a picture of its light."""

from __future__ import annotations

import functools
import json
import os
import re
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bpy
import numpy as np

from ...protocol.errors import BadInput, StorageError
from ...protocol.exhibition import LightQuality
from ...protocol.exhibition_plan import ExhibitionPlan, Hung, Room
from ...protocol.remarks import Remark
from .evaluated import all_evaluated
from .labels import LABEL
from .light_layout import lay_out
from .light_map import EFFORTS, MOST_LIGHT, as_seen, bake_light
from .light_probes import PROBE, bake_probes
from .parts import PART, left_behind
from .pieces import Piece, joined
from .portals import portals
from .settings import changed_settings
from .smaller import Smaller
from .standing import objects_in
from .surfaced import surfaces_of
from .works import WORK, work_file

__all__ = ["RoomFile", "check_apart", "files_of_page", "remarks_of_dark", "write_rooms"]

_QUALITY = 82
_DARK = 0.01  # on a screen: a room that nothing lights is shown in plain light
_NAME = "Vernissage Web"
_OURS = re.compile(r"(rooms/[^/\\]+\.(glb|webp)|films/\d+\.(mp4|m4v|webm)|made/\d+-[a-z]+\.webp|sky\.webp)")


@dataclass(frozen=True)
class RoomFile:
    """
    Attributes:
        light: as a picture on the second UV map, sRGB, whose white is `MOST_LIGHT`; None for a plain light.
    """

    glb: Path
    light: Path | None = None


@dataclass(frozen=True, eq=False)
class _Group:
    """What becomes one node.

    Attributes:
        extras: its custom properties.
        size_m: the longest side of what it shows.
        is_lit: by the room's light. What hangs is shown in even light, what stands in that of its probe.
    """

    name: str
    extras: dict[str, Any]
    pieces: list[Piece]
    size_m: float
    is_lit: bool


def write_rooms(top: bpy.types.Collection, plan: ExhibitionPlan, folder: Path,
                quality: LightQuality = LightQuality.OFF, tick: Callable[[str, float], None] = lambda *_: None
                ) -> list[RoomFile]:
    """Write `rooms/ID.glb` of each room, and `rooms/ID.webp` of its light, in place of those that a `house.json` of
    the folder names, once all are made. The scene is as it was.

    Args:
        tick: called now and then with the room's ID and how much of it is done; what it raises ends all, and nothing
            has been replaced.

    Raises:
        StorageError: they cannot be written.
    """
    target = folder / "rooms"
    try:
        target.mkdir(parents=True, exist_ok=True)
        with all_evaluated(top), changed_settings([(each, "hide_render", True) for each in left_behind(top)]), \
                tempfile.TemporaryDirectory(prefix=f".{os.getpid()}.part", dir=folder) as scratch:
            made: list[RoomFile] = []
            for number, room in enumerate(plan.rooms, 1):
                name = bpy.path.clean_name(room.id)
                is_taken = any(each.glb.stem.lower() == name.lower() for each in made)
                glb = Path(scratch) / f"{name}{f'-{number}' if is_taken else ''}.glb"
                made.append(_write_room(top, plan, room, glb, quality, functools.partial(tick, room.id)))
            before = {path for path in files_of_page(folder) if path.parent == target}
            written = [RoomFile(_moved(each.glb, target), each.light and _moved(each.light, target)) for each in made]
    except OSError as error:
        raise StorageError.from_os_error(target, error) from error
    for path in before - {path for each in written for path in (each.glb, each.light)}:
        path.unlink(missing_ok=True)
    return written


def remarks_of_dark(plan: ExhibitionPlan, rooms: Sequence[RoomFile]) -> Iterator[Remark]:
    """Of rooms whose light was baked, and is none."""
    for room, file in zip(plan.rooms, rooms, strict=True):
        if file.light is None:
            yield Remark("No light comes into {room}: the page shows it in plain light.",
                         {"room": room.title or room.id})


def _moved(path: Path, folder: Path) -> Path:
    os.replace(path, folder / path.name)
    return folder / path.name


def check_apart(plan: ExhibitionPlan, beside: Path, page: Path) -> None:
    """Args:
        beside: the plan's folder.
        page: the folder of a page that shall be written.

    Raises:
        BadInput: a work of the plan lies there.
    """
    for work in plan.works:
        if work_file(beside, work).resolve().is_relative_to(page.resolve()):
            raise BadInput("{name} lies in the page's folder, and could be written over.",
                           "Choose another folder for the page.", name=work.file)


def files_of_page(folder: Path) -> set[Path]:
    """Those that the `house.json` of a page names: its rooms and their light, films, strips, the sky."""
    try:
        house = json.loads((folder / "house.json").read_text(encoding="utf-8"))
        names = [file for room in house["rooms"] for file in (room["glb"], room.get("light"))]
        for work in house.get("works", ()):
            names += [(work.get("film") or {}).get("file"),
                      *(image["file"] for image in (work.get("made") or {}).get("images", ()))]
        names.append(house.get("sky"))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return set()
    return {folder / name for name in map(str, filter(None, names)) if _OURS.fullmatch(name)}


def _write_room(top: bpy.types.Collection, plan: ExhibitionPlan, room: Room, target: Path, quality: LightQuality,
                tick: Callable[[float], None]) -> RoomFile:
    tick(0.0)
    exposure = bpy.context.scene.view_settings.exposure
    with ExitStack() as undo:
        meshes: list[bpy.types.Mesh] = []
        undo.callback(bpy.data.batch_remove, meshes)  # one after another, Blender looks through its file for each
        depsgraph = bpy.context.evaluated_depsgraph_get()  # once: it is made anew whenever there is a new mesh
        fields = list(_groups(top, plan, room))
        pieces = _pieces([each for _, _, objects, _, _ in fields for each in objects], depsgraph, meshes)
        groups = [_Group(name, extras, [piece for each in objects for piece in pieces.get(each, ())], size_m, is_lit)
                  for name, extras, objects, size_m, is_lit in fields]
        groups = [group for group in groups if any(piece.mesh.polygons for piece in group.pieces)]
        smaller = Smaller(undo, 2.0 ** exposure if quality is not LightQuality.OFF else 1.0)
        picture = target.with_suffix(".webp")
        has_light = quality is not LightQuality.OFF and _write_light(plan, room, groups, picture, quality, smaller,
                                                                     exposure, tick)
        if quality is not LightQuality.OFF and not has_light:
            smaller = Smaller(undo)
            for piece in (piece for group in groups for piece in group.pieces):
                _remove_light_layer(piece)
        collection = bpy.data.collections.new(_NAME)
        undo.callback(bpy.data.collections.remove, collection)
        bpy.context.scene.collection.children.link(collection)
        for group in groups:
            mesh = joined(group.name, group.pieces,
                          [smaller.materials(piece, group.size_m) for piece in group.pieces])
            undo.callback(bpy.data.meshes.remove, mesh)
            each = bpy.data.objects.new(group.name, mesh)
            for key, value in group.extras.items():
                each[key] = value
            collection.objects.link(each)
        bpy.context.view_layer.update()
        try:
            bpy.ops.export_scene.gltf(
                filepath=str(target), export_format="GLB", collection=collection.name, export_extras=True,
                export_lights=False, export_cameras=False, export_animations=False, export_skins=False,
                export_morph=False, export_image_format="WEBP", export_image_quality=_QUALITY, export_yup=True)
        except RuntimeError as error:
            raise StorageError("{path} could not be written.", "Name another folder, or make room on the disk.",
                               path=target) from error
    return RoomFile(target, picture if has_light else None)


def _pieces(objects: Sequence[bpy.types.Object], depsgraph: bpy.types.Depsgraph, meshes: list[bpy.types.Mesh]
            ) -> dict[bpy.types.Object, list[Piece]]:
    made: dict[bpy.types.Object, list[Piece]] = {}
    for each, seen, matrix in surfaces_of(objects, depsgraph):
        piece = Piece(each, depsgraph, seen, matrix)
        meshes.append(piece.mesh)
        made.setdefault(each, []).append(piece)
    return made


def _remove_light_layer(piece: Piece) -> None:
    layers = piece.mesh.uv_layers
    for layer in list(layers)[1:]:
        layers.remove(layer)


def _groups(top: bpy.types.Collection, plan: ExhibitionPlan, room: Room
            ) -> Iterator[tuple[str, dict[str, str], list[bpy.types.Object], float, bool]]:
    """The fields of each `_Group`: each work, each label, and all else as one, so that there are few draw calls; last
    what an artist has added to the room's collection, which may have more faces than its light has room for."""
    works = {work.id: work for work in plan.works if work.room == room.id}
    shown: dict[str, list[bpy.types.Object]] = {}
    labels: dict[str, list[bpy.types.Object]] = {}
    rest, added = [], []
    for each in objects_in(top, plan, room):
        if each.get(WORK) in works:
            shown.setdefault(each[WORK], []).append(each)
        elif each.get(LABEL) in works:
            labels.setdefault(each[LABEL], []).append(each)
        elif PART in each:
            rest.append(each)
        else:
            added.append(each)
    for work, objects in shown.items():
        planned = works[work]
        yield work, {WORK: work}, objects, max(planned.width_m, planned.height_m), False
    for work, objects in labels.items():
        yield f"{work} label", {LABEL: work}, objects, 1.0, True
    if rest:
        yield room.id, {}, rest, 1.0, True
    for each in added:
        yield each.name, {}, [each], max(each.dimensions) or 1.0, False


def _write_light(plan: ExhibitionPlan, room: Room, groups: Sequence[_Group], target: Path, quality: LightQuality,
                 smaller: Smaller, exposure: float, tick: Callable[[float], None]) -> bool:
    """Whether there is any."""
    lit = [piece for group in groups if group.is_lit for piece in group.pieces if piece.mesh.polygons]
    solid = [piece for piece in lit if piece.is_solid]
    if not solid:  # somebody has hidden all walls
        return False
    effort = EFFORTS[quality]
    layout = lay_out(lit, plan, room, effort.texel_m, effort.small_texel_m)
    whole = joined(_NAME, solid, [smaller.materials(piece, 1.0) for piece in solid])
    away = [piece.source for piece in lit if piece.is_solid or piece.is_text]
    all_solid = [*solid, *(piece for group in groups if not group.is_lit for piece in group.pieces)]
    try:
        with portals(plan, room):
            light, sealed = bake_light(layout, whole, away, all_solid, effort, tick)
            hung = {work.id for work in plan.works if isinstance(work.place, Hung)}
            standing = [group for group in groups if not group.is_lit and group.extras.get(WORK) not in hung]
            for group, probe in zip(standing, bake_probes([group.pieces for group in standing], effort, exposure),
                                    strict=True):
                group.extras[PROBE] = probe
    finally:
        bpy.data.meshes.remove(whole)
    bright = as_seen(light, exposure)
    if bright.max() < _DARK:
        return False
    loops: dict[Piece, list[np.ndarray]] = {}
    for number in sealed:  # in joints they would show as pale lines
        loops.setdefault(layout.pieces[number], []).append(layout.charts[number].loops)
    for piece, own in loops.items():
        piece.remove_faces(np.concatenate(own))
    _write_picture(bright / MOST_LIGHT, target)
    return True


def _write_picture(linear: np.ndarray, target: Path) -> None:
    """Lossless: smooth walls show the blocks of what is lossy.

    Raises:
        StorageError: it cannot be written.
    """
    height, width = linear.shape[:2]
    picture = bpy.data.images.new(_NAME, width, height, alpha=False)
    try:
        rgba = np.ones((height, width, 4), np.float32)
        rgba[..., :3] = np.where(linear <= 0.0031308, 12.92 * linear,
                                 1.055 * linear.clip(0.0031308) ** (1 / 2.4) - 0.055).clip(0, 1)[::-1]
        picture.pixels.foreach_set(rgba.ravel())
        picture.file_format = "WEBP"
        picture.save(filepath=str(target), quality=100)
    except RuntimeError as error:
        raise StorageError("{path} could not be written.", "Name another folder, or make room on the disk.",
                           path=target) from error
    finally:
        bpy.data.images.remove(picture)
