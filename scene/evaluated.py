"""The mesh that an object has after its modifiers, and the arrays in it.

Arrays are read through attributes, which numpy copies in one piece (1 ms a million vertices); the same values
through `loops` or `polygons` pass one by one (170 ms a million quads).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import bpy
import numpy as np

from ..protocol.errors import BadInput

__all__ = ["OWN_UV_LAYER", "corner_vertices", "evaluated_mesh", "face_starts", "layer_uvs", "values_of"]

OWN_UV_LAYER = "Vernissage"


@contextmanager
def evaluated_mesh(obj: bpy.types.Object, depsgraph: bpy.types.Depsgraph) -> Iterator[bpy.types.Mesh]:
    """The object's mesh after its modifiers, for as long as the block lasts. (`evaluated.data` would be the
    coarse mesh where the graphics card subdivides.)

    Raises:
        BadInput: nothing with a face is left of it.
    """
    evaluated = obj.evaluated_get(depsgraph)
    mesh = evaluated.to_mesh(preserve_all_data_layers=True, depsgraph=depsgraph)
    try:
        if mesh is None or not mesh.polygons:
            if not obj.data.polygons:
                raise BadInput("{name} has no faces.", "Choose an object with faces.", name=obj.name)
            raise BadInput("The modifiers of {name} leave no faces.",
                           "Check its modifiers; geometry nodes need Realize Instances at their end.",
                           name=obj.name)
        yield mesh
    finally:
        evaluated.to_mesh_clear()


def values_of(mesh: bpy.types.Mesh, attribute: str, field: str, dtype: type, width: int = 0) -> np.ndarray:
    """An attribute's values: (N,), or (N,width)."""
    data = mesh.attributes[attribute].data
    values: np.ndarray = np.empty((len(data), width) if width else len(data), dtype)
    data.foreach_get(field, values.ravel())
    return values


def corner_vertices(mesh: bpy.types.Mesh) -> np.ndarray:
    """(L,) i32: the vertex of each loop."""
    return values_of(mesh, ".corner_vert", "value", np.int32)


def face_starts(mesh: bpy.types.Mesh) -> np.ndarray:
    """(F,) i32: the first loop of each face."""
    starts = np.empty(len(mesh.polygons), np.int32)
    mesh.polygons.foreach_get("loop_start", starts)
    return starts


def layer_uvs(mesh: bpy.types.Mesh, layer: str) -> np.ndarray:
    """(L,2) f32."""
    uvs = np.empty((len(mesh.loops), 2), np.float32)
    mesh.uv_layers[layer].uv.foreach_get("vector", uvs.ravel())
    return uvs
