"""Sculptures of GLB files as one mesh each."""

from __future__ import annotations

from pathlib import Path

import bmesh
import bpy
import numpy as np

from ...protocol.errors import BadInput
from ...protocol.exhibition_plan import PlannedWork

__all__ = ["sculpture_mesh"]


def sculpture_mesh(work: PlannedWork, file: Path) -> bpy.types.Mesh:
    """All of a file in one mesh, exactly as large as the plan says; the middle of its underside is the origin.

    Raises:
        BadInput: it cannot be read, or has no faces.
    """
    before = {name: set(getattr(bpy.data, name)) for name in ("objects", "collections", "actions", "cameras", "lights")}
    meshes_before = set(bpy.data.meshes)
    mesh = None
    try:
        bpy.ops.import_scene.gltf(filepath=str(file))  # no data API reads a GLB
        mesh = _joined(work.id, [each for each in bpy.data.objects if each not in before["objects"]])
    except RuntimeError as error:
        raise BadInput("{name} is not a GLB file that can be read: {reason}.", "Export it again.", name=file.name,
                       reason=str(error).strip().splitlines()[-1].rstrip(".")) from error
    finally:
        for name, old in before.items():
            bpy.data.batch_remove([each for each in getattr(bpy.data, name) if each not in old])
        bpy.data.batch_remove([each for each in bpy.data.meshes if each not in meshes_before and not each.users
                               and each != mesh])
    if not mesh.polygons:
        raise BadInput("{name} shows nothing: it has no faces.", "Export it again, with its meshes.", name=file.name)
    values = np.empty(3 * len(mesh.vertices), np.float32)
    mesh.vertices.foreach_get("co", values)
    points = values.reshape(-1, 3).astype(np.float64)
    low, high = points.min(axis=0), points.max(axis=0)
    wanted = np.array([work.width_m, work.depth_m, work.height_m])
    middle = (low + high) / 2
    middle[2] = low[2]
    scale = np.divide(wanted, high - low, out=np.ones(3), where=high - low > 1e-9)
    mesh.vertices.foreach_set("co", ((points - middle) * scale).astype(np.float32).ravel())
    mesh.update()
    return mesh


def _joined(name: str, objects: list[bpy.types.Object]) -> bpy.types.Mesh:
    """What they show at the current frame, in world space, with their materials."""
    depsgraph = bpy.context.evaluated_depsgraph_get()
    depsgraph.update()
    whole, materials = bmesh.new(), []
    for each in objects:
        if each.type != "MESH":
            continue
        piece = bpy.data.meshes.new_from_object(each.evaluated_get(depsgraph), depsgraph=depsgraph)
        piece.transform(each.matrix_world)
        places = []
        for material in piece.materials:
            if material not in materials:
                materials.append(material)
            places.append(materials.index(material))
        if places:
            indices = np.zeros(len(piece.polygons), np.int32)
            piece.polygons.foreach_get("material_index", indices)
            piece.polygons.foreach_set("material_index", np.asarray(places)[indices.clip(0, len(places) - 1)])
        whole.from_mesh(piece)
        bpy.data.meshes.remove(piece)
    mesh = bpy.data.meshes.new(name)
    whole.to_mesh(mesh)
    whole.free()
    for material in materials:
        mesh.materials.append(material)
    return mesh
