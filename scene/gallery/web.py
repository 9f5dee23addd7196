"""The exhibition for a browser: a GLB of each room, and `house.json`, which tells what is where."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import MappingProxyType
from typing import Any

import bmesh
import bpy
import numpy as np

from ...protocol.errors import StorageError
from ...protocol.exhibition_plan import ExhibitionPlan, PlannedWork, Room, Standing, centre_of, point_on_wall
from ..pixels import colours_of
from .labels import LABEL
from .parts import ENTRY, find_parts
from .tour import Stop
from .visit import EYES_M, front_of, start_of, walk_grid
from .works import WORK

__all__ = ["house_of", "write_house", "write_rooms"]

_FORMAT = 1
_PX_PER_M, _LEAST_PX, _MOST_PX = 900, 256, 2048
_QUALITY = 82
_NAME = "Vernissage Web"


def write_rooms(top: bpy.types.Collection, plan: ExhibitionPlan, folder: Path) -> list[Path]:
    """Write `rooms/ID.glb` of each room, in place of those that a `house.json` of the folder names; their paths. The
    scene is as it was.

    Raises:
        StorageError: they cannot be written.
    """
    try:
        (folder / "rooms").mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError.from_os_error(folder, error) from error
    written: list[Path] = []
    for number, room in enumerate(plan.rooms, 1):
        name = bpy.path.clean_name(room.id)
        is_taken = any(path.stem.lower() == name.lower() for path in written)
        target = folder / "rooms" / f"{name}{f'-{number}' if is_taken else ''}.glb"
        _write_room(top, plan, room, target)
        written.append(target)
    for path in _rooms_before(folder) - set(written):
        path.unlink(missing_ok=True)
    return written


def write_house(plan: ExhibitionPlan, stops: Sequence[Stop], rooms: Sequence[Path], folder: Path, visits_to: str = "",
                strips: Mapping[str, Sequence[Mapping[str, Any]]] = MappingProxyType({})) -> Path:
    """Write `house.json`; its path.

    Args:
        rooms: the files of the rooms, as they will stay.
        visits_to: the address that takes what visitors send of their looking times; "" for none.
        strips: of works, by their ID, as `write_strips` tells them.

    Raises:
        StorageError: it cannot be written.
    """
    target = folder / "house.json"
    try:
        body = house_of(plan, stops, rooms) | ({"visits": visits_to} if visits_to else {})
        for work in body["works"]:
            if work["id"] in strips:
                work["made"]["images"] = strips[work["id"]]
        target.write_text(json.dumps(body, ensure_ascii=False, indent=1) + "\n",
                          encoding="utf-8")
    except OSError as error:
        raise StorageError.from_os_error(target, error) from error
    return target


def _rooms_before(folder: Path) -> set[Path]:
    """The files of rooms that were written there before."""
    try:
        rooms = json.loads((folder / "house.json").read_text(encoding="utf-8"))["rooms"]
        names = [Path(room["glb"]).name for room in rooms]
    except (OSError, ValueError, KeyError, TypeError):
        return set()
    return {folder / "rooms" / name for name in names if name.endswith(".glb")}


def house_of(plan: ExhibitionPlan, stops: Sequence[Stop], files: Sequence[Path]) -> dict[str, Any]:
    """The body of `house.json`: positions as glTF has them, in metres, y up.

    Args:
        files: of the rooms, in their order.
    """
    at = {stop.work: stop for stop in stops}
    start, (dx, dy) = start_of(plan)
    grid = walk_grid(plan)
    # rows go along +z, which is to the south
    bits = np.packbits(grid.free[::-1].ravel()).tobytes()
    rows, columns = grid.free.shape
    text = plan.title + "".join(room.title for room in plan.rooms)
    return {
        "format": _FORMAT, "title": plan.title, "text": "",
        "language": "zh" if any("\u3400" <= letter <= "\u9fff" for letter in text) else "en",
        "rooms": [_room(plan, room, file) for room, file in zip(plan.rooms, files, strict=True)],
        "works": [_work(plan, work, at[work.id]) for work in plan.works],
        "walk": {"cell_m": grid.cell_m, "origin": _rounded(grid.west, -(grid.south + rows * grid.cell_m)),
                 "columns": columns, "rows": rows, "bits": base64.b64encode(bits).decode("ascii")},
        "tour": [{"work": stop.work, "stand": _point((*stop.at, 0.0)), "look": _point(stop.look)} for stop in stops],
        "start": {"stand": _point((*start, 0.0)), "look": _point((start[0] + 4 * dx, start[1] + 4 * dy, EYES_M))}}


def _room(plan: ExhibitionPlan, room: Room, file: Path) -> dict[str, Any]:
    east, north = room.x_m + room.width_m, room.y_m + room.depth_m
    return {"id": room.id, "title": room.title, "text": "", "glb": f"rooms/{file.name}", "bytes": file.stat().st_size,
            "height_m": room.height_m,
            "floor": [_rounded(x, -y) for x, y in ((room.x_m, room.y_m), (east, room.y_m), (east, north),
                                                   (room.x_m, north))],
            "light": None, "light_scale": 1.0,
            "doors": [{"to": door.to or None, "at": _point((*point_on_wall(room, door.wall, door.along_m), 0.0)),
                       "width_m": door.width_m} for door in plan.doors_of(room)]}


def _work(plan: ExhibitionPlan, work: PlannedWork, stop: Stop) -> dict[str, Any]:
    x, y, z = centre_of(plan, work)
    dx, dy = front_of(plan, work)
    size = [work.width_m, work.height_m]
    if isinstance(work.place, Standing):
        if dx:
            size[0] = work.depth_m
        sides = [work.width_m, work.height_m, work.depth_m]
    else:
        x, y = x + dx * work.depth_m, y + dy * work.depth_m
        sides = size
    return {"id": work.id, "room": work.room, "title": work.title, "artist": work.artist, "year": work.year,
            "medium": work.medium, "size_cm": _rounded(*(side * 100 for side in sides)), "text": work.text,
            "rights": work.rights, "alt": work.alt, "made": work.made or None, "at": _point((x, y, z)),
            "normal": _point((dx, dy, 0.0)), "size_m": size, "stand": _point((*stop.at, 0.0))}


def _point(at: tuple[float, float, float]) -> list[float]:
    return _rounded(at[0], at[2], -at[1])


def _rounded(*values: float) -> list[float]:
    return [round(value, 4) + 0.0 for value in values]


def _write_room(top: bpy.types.Collection, plan: ExhibitionPlan, room: Room, target: Path) -> None:
    with ExitStack() as undo:
        collection = bpy.data.collections.new(_NAME)
        undo.callback(bpy.data.collections.remove, collection)
        bpy.context.scene.collection.children.link(collection)
        smaller = _Smaller(undo)
        for name, extras, sources, size_m in _groups(top, plan, room):
            mesh = _joined(name, sources, smaller, size_m)
            undo.callback(bpy.data.meshes.remove, mesh)
            each = bpy.data.objects.new(name, mesh)
            for key, value in extras.items():
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


def _groups(top: bpy.types.Collection, plan: ExhibitionPlan, room: Room
            ) -> Iterator[tuple[str, dict[str, str], list[bpy.types.Object], float]]:
    """Name, extras, what is in it, and the longest side of what it shows: each work, each label, and all else as one,
    so that there are few draw calls."""
    works = {work.id: work for work in plan.works if work.room == room.id}
    shown: dict[str, list[bpy.types.Object]] = {}
    labels: dict[str, list[bpy.types.Object]] = {}
    rest = []
    for each in find_parts(top).values():
        is_here = any(one.get(ENTRY) == room.id for one in each.users_collection)
        is_ground = room is plan.rooms[0] and top in each.users_collection
        if each.type not in ("MESH", "FONT") or each.hide_render or not (is_here or is_ground):
            continue
        if each.get(WORK) in works:
            shown.setdefault(each[WORK], []).append(each)
        elif each.get(LABEL) in works:
            labels.setdefault(each[LABEL], []).append(each)
        else:
            rest.append(each)
    for work, objects in shown.items():
        planned = works[work]
        yield work, {WORK: work}, objects, max(planned.width_m, planned.height_m)
    for work, objects in labels.items():
        yield f"{work} label", {LABEL: work}, objects, 1.0
    if rest:
        yield room.id, {}, rest, 1.0


class _Smaller:
    """Materials and images for browsers, for as long as they are needed."""

    def __init__(self, undo: ExitStack) -> None:
        self._undo = undo
        self._materials: dict[tuple[str, int], bpy.types.Material] = {}
        self._images: dict[tuple[str, int], bpy.types.Image] = {}

    def material(self, material: bpy.types.Material, size_m: float) -> bpy.types.Material:
        """With images of at most as many pixels as the size of what it is on wants."""
        most = int(min(max(size_m * _PX_PER_M, _LEAST_PX), _MOST_PX))
        key = (material.name_full, most)
        if key not in self._materials:
            copy = material.copy()
            self._undo.callback(bpy.data.materials.remove, copy)
            for node in copy.node_tree.nodes if copy.node_tree else ():
                if node.type == "TEX_IMAGE" and node.image is not None:
                    node.image = self._image(node.image, most)
            self._materials[key] = copy
        return self._materials[key]

    def _image(self, image: bpy.types.Image, most: int) -> bpy.types.Image:
        key = (image.name_full, most)
        if key in self._images:
            return self._images[key]
        colours = colours_of(image)
        if image.is_float:
            colours = np.where(colours <= 0.0031308, 12.92 * colours,
                               1.055 * colours.clip(0.0031308) ** (1 / 2.4) - 0.055).clip(0, 1)
        height, width = colours.shape[:2]
        small = bpy.data.images.new(f"{_NAME} {len(self._images)}", width, height, alpha=False)
        self._undo.callback(bpy.data.images.remove, small)
        pixels = np.ones((height, width, 4), np.float32)
        pixels[..., :3] = colours[::-1]
        small.pixels.foreach_set(pixels.ravel())
        share = most / max(width, height)
        if share < 1:
            small.scale(max(round(width * share), 1), max(round(height * share), 1))
        small.pack()
        self._images[key] = small
        return small


def _joined(name: str, objects: Sequence[bpy.types.Object], smaller: _Smaller, size_m: float) -> bpy.types.Mesh:
    """As they are seen, in world space."""
    depsgraph = bpy.context.evaluated_depsgraph_get()
    whole, materials = bmesh.new(), []
    for each in objects:
        piece = bpy.data.meshes.new_from_object(each.evaluated_get(depsgraph), depsgraph=depsgraph)
        piece.transform(each.matrix_world)
        places = []
        for material in piece.materials:
            small = smaller.material(material, size_m)
            if small not in materials:
                materials.append(small)
            places.append(materials.index(small))
        if places and piece.polygons:
            indices = np.zeros(len(piece.polygons), np.int32)
            piece.polygons.foreach_get("material_index", indices)
            piece.polygons.foreach_set("material_index", np.asarray(places)[indices.clip(0, len(places) - 1)])
        if not piece.uv_layers:
            piece.uv_layers.new(name="UVMap")
        piece.uv_layers[0].name = "UVMap"
        whole.from_mesh(piece)
        bpy.data.meshes.remove(piece)
    mesh = bpy.data.meshes.new(name)
    whole.to_mesh(mesh)
    whole.free()
    for material in materials:
        mesh.materials.append(material)
    return mesh
