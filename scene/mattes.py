"""Which objects a render shows where: what the render says of it, or the scene's meshes for the backend to look at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bpy
import numpy as np

from ..protocol.errors import BadInput
from ..protocol.requests import ViewCamera
from ..protocol.style import Matte
from .cameras import read_camera
from .evaluated import corner_vertices, values_of
from .meshes import corner_normals_of, triangle_loops, turned_normals
from .pictures import render_format
from .pixels import save

__all__ = ["MATTE_MESH", "has_cryptomatte", "object_names", "read_matte", "write_mesh", "write_passes"]

MATTE_MESH = "scene.npz"
_SURFACES = {"CURVE", "FONT", "MESH", "META", "SURFACE"}
_HEAD_BYTES = 1 << 22  # of an OpenEXR file, which begins with the names of its channels
_MAX_TRIANGLES = 30_000_000  # half a GB


@dataclass(frozen=True)
class _Seen:
    """One mesh that a picture shows.

    Attributes:
        name: of its object.
        positions: (V,3) f32.
        triangles: (T,3) i32; with normals counter-clockwise seen from outside.
        normals: (T,3,3) f32 of length 1, of their corners; None where they are not asked for.
    """

    name: str
    positions: np.ndarray
    triangles: np.ndarray
    normals: np.ndarray | None

    def placed(self, matrix: np.ndarray) -> _Seen:
        """Where a matrix (4,4) f64 leads; a mirror turns the winding, so that what is outside stays there."""
        positions = (self.positions @ matrix[:3, :3].T + matrix[:3, 3]).astype(np.float32)
        triangles, normals = self.triangles, self.normals
        if normals is not None:
            normals = turned_normals(normals.reshape(-1, 3), matrix).reshape(-1, 3, 3)
            if np.linalg.det(matrix[:3, :3]) < 0:
                triangles, normals = triangles[:, [0, 2, 1]], normals[:, [0, 2, 1]]
        return _Seen(self.name, positions, triangles, normals)


def object_names(objects: Iterable[bpy.types.Object]) -> tuple[str, ...]:
    """The names by which a render knows what is meant: an empty stands for what hangs on it, and for the objects of the
    collection that it shows.
    """
    names: dict[str, None] = {}
    waiting = list(objects)
    while waiting:
        obj = waiting.pop(0)
        if obj.name in names:
            continue
        names[obj.name] = None
        if obj.type == "EMPTY":
            waiting += [*obj.children, *(obj.instance_collection.all_objects if obj.instance_collection else ())]
    return tuple(names)


def has_cryptomatte(path: Path) -> bool:
    """Whether a file holds a Cryptomatte of objects; false where there is no such file."""
    if path.suffix.lower() != ".exr" or not path.is_file():
        return False
    with open(path, "rb") as file:
        return b"CryptoObject0" in file.read(_HEAD_BYTES)


def write_passes(image: bpy.types.Image, scene: bpy.types.Scene, path: Path) -> bool:
    """Write all passes of the Render Result as a multilayer OpenEXR, if its Cryptomatte is among them; returns whether
    it is. The scene's own choice of a file format is as it was afterwards.
    """
    if not any(layer.use_pass_cryptomatte_object for layer in scene.view_layers):
        return False
    settings = scene.render.image_settings
    try:
        with render_format(settings, media_type="MULTI_LAYER_IMAGE", file_format="OPEN_EXR_MULTILAYER",
                           color_depth="32", exr_codec="ZIP"):
            image.save_render(str(path), scene=scene)
    except RuntimeError:  # nothing is rendered: the picture itself says so in its sentence
        return False
    return has_cryptomatte(path)


def read_matte(scene: bpy.types.Scene, *, is_cropped: bool = False, view: tuple[ViewCamera, float] | None = None,
               with_normals: bool = False) -> tuple[Matte, dict[str, np.ndarray]]:
    """What a camera sees now, and the arrays that `Matte.mesh` is to hold. Changes nothing.

    Args:
        is_cropped: of a render region that is cropped to, only that.
        view: the camera, and its picture's width over its height; default: the scene's, and a render's.
        with_normals: `corner_normals` too.

    Raises:
        BadInput: there is no camera that can be looked through, no mesh, or too much.
    """
    if view is not None:
        with _context_of(scene):
            names, arrays = _joined(_meshes(bpy.context.evaluated_depsgraph_get(), with_normals, as_rendered=False))
        return Matte(mesh=MATTE_MESH, names=names, camera=view[0], aspect=view[1]), arrays
    if scene.camera is None:
        raise BadInput("There is no camera that the render could be from.", "Give the scene a camera.")
    render = scene.render
    with _context_of(scene):
        depsgraph = bpy.context.evaluated_depsgraph_get()
        size = [side * render.resolution_percentage // 100 for side in (render.resolution_x, render.resolution_y)]
        part = (0.0, 1.0, 0.0, 1.0)
        if is_cropped and render.use_border and render.use_crop_to_border:
            part = tuple(int(share * side) / side for share, side in zip(
                (render.border_min_x, render.border_max_x, render.border_min_y, render.border_max_y),
                (size[0], size[0], size[1], size[1]), strict=True))
        pixel_aspect = render.pixel_aspect_x / render.pixel_aspect_y
        camera = read_camera(scene.camera, scene, depsgraph, part=part, stretch=pixel_aspect)
        names, arrays = _joined(_meshes(depsgraph, with_normals))
    aspect = size[0] * (part[1] - part[0]) / (size[1] * (part[3] - part[2]))
    return Matte(mesh=MATTE_MESH, names=names, camera=camera, aspect=aspect, pixel_aspect=pixel_aspect), arrays


def write_mesh(arrays: Mapping[str, Any], folder: Path) -> None:
    """Touches nothing of Blender's, so it may run on any thread.

    Raises:
        StorageError: the file cannot be written.
    """
    path = folder / MATTE_MESH
    save(path, lambda: np.savez(path, **arrays))


def _context_of(scene: bpy.types.Scene) -> Any:
    """The current one, or that of another scene's first view layer."""
    if scene == bpy.context.scene:
        return bpy.context.temp_override()
    return bpy.context.temp_override(scene=scene, view_layer=scene.view_layers[0])


def _meshes(depsgraph: bpy.types.Depsgraph, with_normals: bool, *, as_rendered: bool = True) -> Iterator[_Seen]:
    """Each mesh that a render or else a viewport shows, instances too, in the world."""
    known: dict[tuple[int, int], _Seen] = {}
    rendered = _rendered(depsgraph.view_layer_eval.layer_collection)
    for instance in depsgraph.object_instances:
        obj, original = instance.object, instance.object.original
        if obj.type not in _SURFACES or not instance.show_self:
            continue
        root = instance.parent.original if instance.is_instance else original
        if as_rendered and (not original.visible_camera or root.session_uid not in rendered or root.hide_render or (
                root.instance_type == "COLLECTION" and original.hide_render)):
            continue
        key = original.session_uid, obj.data.as_pointer()
        if key not in known:
            known[key] = _own(obj, with_normals)
        own, matrix = known[key], np.array(instance.matrix_world, np.float64)
        if len(own.triangles) and np.isfinite(matrix).all() and np.isfinite(own.positions).all():
            yield own.placed(matrix)


def _rendered(layer: bpy.types.LayerCollection) -> set[int]:
    """The session UIDs of the objects whose collections renders show."""
    if layer.exclude or layer.collection.hide_render:
        return set()
    found = {obj.original.session_uid for obj in layer.collection.objects}
    return found.union(*(_rendered(child) for child in layer.children))


def _own(obj: bpy.types.Object, with_normals: bool) -> _Seen:
    """In the object's own space; without triangles what has no face."""
    mesh = obj.to_mesh()
    try:
        if mesh is None or not mesh.polygons:
            return _Seen(obj.name, np.zeros((0, 3), np.float32), np.zeros((0, 3), np.int32), None)
        loops = triangle_loops(mesh)
        return _Seen(obj.name, values_of(mesh, "position", "vector", np.float32, 3),
                     np.take(corner_vertices(mesh), loops),
                     np.take(corner_normals_of(mesh), loops, axis=0) if with_normals else None)
    finally:
        obj.to_mesh_clear()


def _joined(meshes: Iterable[_Seen]) -> tuple[tuple[str, ...], dict[str, np.ndarray]]:
    """The names, each once, and all meshes as one."""
    numbers: dict[str, int] = {}
    positions, triangles, owners, normals = [], [], [], []
    start = count = 0
    for seen in meshes:
        positions.append(seen.positions)
        triangles.append(seen.triangles + np.int32(start))
        owners.append(np.full(len(seen.triangles), numbers.setdefault(seen.name, len(numbers)), np.int32))
        if seen.normals is not None:
            normals.append(seen.normals)
        start, count = start + len(seen.positions), count + len(seen.triangles)
        if count > _MAX_TRIANGLES:
            if seen.normals is not None:
                raise BadInput("The scene has more than {most} million triangles: too many to draw normals of.",
                               "Let the ControlNet follow the depth, or hide what the picture does not show.",
                               most=_MAX_TRIANGLES // 10**6)
            raise BadInput("The scene has more than {most} million triangles: too many to find an object by.",
                           "Turn on Cryptomatte: Object in the view layer's passes, and render again.",
                           most=_MAX_TRIANGLES // 10**6)
    if not count:
        raise BadInput("The scene shows no mesh.", "Unhide what the style is for.")
    arrays = {"positions": positions, "triangles": triangles, "object_ids": owners, "corner_normals": normals}
    return tuple(numbers), {name: np.concatenate(parts) for name, parts in arrays.items() if parts}
