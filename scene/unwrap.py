"""UVs of our own, for meshes that have none or none of use: Blender's Smart UV Project, on a copy.

The copy lives in a scene of its own, so that no mode, selection, tool setting or undo step of the artist's is
touched, and it is gone when the function returns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import bpy
import numpy as np

from ..protocol.errors import BadInput, InternalError
from .evaluated import OWN_UV_LAYER, corner_vertices, evaluated_mesh, face_starts, layer_uvs, values_of
from .overlaps import find_overlaps, separate

__all__ = ["through_modifiers", "unwrap_base"]

GUTTER_PX = 16
_WELL_USED = 0.35  # of the square: a margin that leaves less than this to the islands is halved


def unwrap_base(obj: bpy.types.Object, texture_size_px: int) -> np.ndarray:
    """(L,2) f32: UVs within 0–1 for the loops of the object's base mesh, in the proportions that it has in the
    world. Faces do not overlap, and islands keep a margin that is made for the gutter.

    Raises:
        BadInput: the base mesh has no faces.
    """
    if not obj.data.polygons:
        raise BadInput("{name} has no faces of its own to unwrap: its modifiers make them.",
                       "Apply the modifiers, or let them store a UV layer.", name=obj.name)
    with _temporary_scene() as scene:
        mesh = _bare_copy(obj)
        copy = bpy.data.objects.new("Vernissage Unwrap", mesh)
        try:
            scene.collection.objects.link(copy)
            _operate(scene, copy, bpy.ops.uv.smart_project)
            uvs = _without_overlaps(mesh, layer_uvs(mesh, OWN_UV_LAYER))
            return _packed(scene, copy, uvs, texture_size_px)
        finally:
            bpy.data.objects.remove(copy)
            bpy.data.meshes.remove(mesh)


def _operate(scene: bpy.types.Scene, copy: bpy.types.Object, operator: Callable, **options: object) -> None:
    """Run a UV operator on all of the copy's faces, in Edit Mode, in its own scene."""
    view_layer = scene.view_layers[0]
    view_layer.objects.active = copy
    copy.select_set(True, view_layer=view_layer)
    scene.tool_settings.use_uv_select_sync = True  # what is selected in the mesh is selected in its UVs
    context = {"scene": scene, "view_layer": view_layer, "object": copy, "active_object": copy,
               "selected_objects": [copy], "selected_editable_objects": [copy]}
    with bpy.context.temp_override(**context):
        bpy.ops.object.mode_set(mode="EDIT")
        try:
            with bpy.context.temp_override(**context, edit_object=copy):
                bpy.ops.mesh.select_all(action="SELECT")
                operator(**options)
        finally:
            bpy.ops.object.mode_set(mode="OBJECT")


def _without_overlaps(mesh: bpy.types.Mesh, uvs: np.ndarray) -> np.ndarray:
    uvs = _within_unit_square(np.nan_to_num(uvs, nan=0.0, posinf=0.0, neginf=0.0))  # one island is left unscaled
    mesh.calc_loop_triangles()
    triangles = mesh.loop_triangles
    loops, faces = np.empty((len(triangles), 3), np.int32), np.empty(len(triangles), np.int32)
    triangles.foreach_get("loops", loops.ravel())
    triangles.foreach_get("polygon_index", faces)
    pairs = find_overlaps(uvs[loops], faces)
    return separate(uvs, corner_vertices(mesh), face_starts(mesh), pairs) if len(pairs) else uvs


def _packed(scene: bpy.types.Scene, copy: bpy.types.Object, uvs: np.ndarray, texture_size_px: int) -> np.ndarray:
    """(L,2) f32: the islands packed with a margin of 16 px around each, the gutter's width. Many small islands
    would be left no texels by that: then the margin is halved, until they fill 35 % of the square or the
    space gained is small.

    The shapes are packed by their bounding boxes: by their outlines, Suzanne takes 100 s.
    """
    tried: list[tuple[float, np.ndarray]] = []
    margin_px = GUTTER_PX
    while margin_px >= 1 and not (tried and tried[-1][0] >= _WELL_USED):
        # from the same UVs every time: where the margin is too wide, Blender packs beyond 0–1 or onto a point
        copy.data.uv_layers[OWN_UV_LAYER].uv.foreach_set("vector", uvs.ravel())
        _operate(scene, copy, bpy.ops.uv.pack_islands, shape_method="AABB", margin_method="FRACTION",
                 margin=margin_px / texture_size_px)
        packed = layer_uvs(copy.data, OWN_UV_LAYER)
        tried.append((_used_area(copy.data, packed), packed))
        margin_px //= 2
    best = max(area for area, _ in tried)
    if not best:  # thousands of islands on a small texture: closer than a texel, then
        return _within_unit_square(tried[-1][1])
    return next(packed for area, packed in tried if area >= min(_WELL_USED, 0.6 * best))


def _bare_copy(obj: bpy.types.Object) -> bpy.types.Mesh:
    """A mesh of the same faces and loops and nothing else, in the proportions that it has in the world, of size 1:
    Smart UV Project hangs on what is a million times larger, and finds nothing on what is that much smaller.
    """
    source = obj.data
    mesh = bpy.data.meshes.new("Vernissage Unwrap")
    mesh.vertices.add(len(source.vertices))
    mesh.loops.add(len(source.loops))
    mesh.polygons.add(len(source.polygons))
    positions = np.nan_to_num(values_of(source, "position", "vector", np.float32, 3), posinf=0, neginf=0)
    positions = positions.astype(np.float64) @ np.array(obj.matrix_world, np.float64)[:3, :3].T
    positions -= (positions.min(axis=0) + positions.max(axis=0)) / 2
    positions = np.ascontiguousarray(positions / (np.abs(positions).max() or 1.0), np.float32)
    mesh.attributes["position"].data.foreach_set("vector", positions.ravel())
    mesh.loops.foreach_set("vertex_index", corner_vertices(source))
    mesh.polygons.foreach_set("loop_start", face_starts(source))
    mesh.update(calc_edges=True)
    mesh.uv_layers.new(name=OWN_UV_LAYER, do_init=False)
    return mesh


def through_modifiers(obj: bpy.types.Object, own_uvs: np.ndarray, evaluated_corners: np.ndarray,
                      depsgraph: bpy.types.Depsgraph) -> np.ndarray:
    """(L',2) f32: the UVs of the base mesh for the loops of the evaluated mesh.

    Args:
        own_uvs: (L,2) f32.
        evaluated_corners: (L',) i32, the vertex of each loop of the evaluated mesh.

    Raises:
        BadInput: the modifiers drop UV layers.
    """
    if np.array_equal(corner_vertices(obj.data), evaluated_corners):  # they only move vertices, if there are any
        return own_uvs
    return _evaluated_copy(obj, own_uvs, len(evaluated_corners), depsgraph)


def _evaluated_copy(obj: bpy.types.Object, own_uvs: np.ndarray, loop_count: int,
                    depsgraph: bpy.types.Depsgraph) -> np.ndarray:
    """(loop_count,2) f32: the UVs after the modifiers of a copy of the object."""
    with _temporary_scene() as scene:
        scene.frame_current = depsgraph.scene.frame_current  # not frame_set(): it runs the artist's handlers
        scene.frame_subframe = depsgraph.scene.frame_subframe
        copy = obj.copy()
        mesh = obj.data.copy()
        try:
            copy.data = mesh
            layer = mesh.uv_layers.new(name=OWN_UV_LAYER, do_init=False)
            name = layer.name
            layer.uv.foreach_set("vector", own_uvs.ravel())
            scene.collection.objects.link(copy)
            view_layer = scene.view_layers[0]
            view_layer.update()
            with evaluated_mesh(copy, view_layer.depsgraph) as evaluated:
                if name not in evaluated.uv_layers:
                    raise BadInput("The modifiers of {name} drop UV layers.", "Apply the modifiers first.",
                                   name=obj.name)
                if len(evaluated.loops) != loop_count:
                    raise BadInput("The modifiers of {name} give a different mesh each time.",
                                   "Apply the modifiers first.", name=obj.name)
                return layer_uvs(evaluated, name)
        finally:
            bpy.data.objects.remove(copy)
            bpy.data.meshes.remove(mesh)


@contextmanager
def _temporary_scene() -> Iterator[bpy.types.Scene]:
    scene = bpy.data.scenes.new("Vernissage Unwrap")
    try:
        yield scene
    finally:
        bpy.data.scenes.remove(scene)


def _used_area(mesh: bpy.types.Mesh, uvs: np.ndarray) -> float:
    """The share of the unit square that the faces fill; 0 if they leave it."""
    if uvs.min() < 0 or uvs.max() > 1:
        return 0.0
    starts = face_starts(mesh)
    following = np.arange(1, len(uvs) + 1)
    following[np.append(starts[1:], len(uvs)) - 1] = starts
    crosses = uvs[:, 0] * uvs[following, 1] - uvs[following, 0] * uvs[:, 1]
    return float(np.abs(np.add.reduceat(crosses.astype(np.float64), starts)).sum() / 2)


def _within_unit_square(uvs: np.ndarray) -> np.ndarray:
    """The UVs moved and scaled, evenly, so that they fill the unit square one way."""
    low, high = uvs.min(axis=0), uvs.max(axis=0)
    size = float((high - low).max())
    if not size:
        raise InternalError("The unwrap came out empty.", "Unwrap the object by hand.")
    return np.clip((uvs - low) / size, 0, 1).astype(np.float32)
