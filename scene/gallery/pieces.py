"""What a room is made of as it is seen: evaluated, in world space, ready to be joined."""

from __future__ import annotations

import functools
from collections.abc import Sequence

import bmesh
import bpy
import numpy as np
from mathutils import Matrix
from numpy.typing import NDArray

from .charts import Faces
from .filled_letters import LETTERS

__all__ = ["Piece", "joined"]

_UVS = "UVMap"


class Piece:
    """One object.

    Attributes:
        source: the object, or what it is an instance by.
        mesh: its own, with one UV map; whoever made the piece removes it.
        is_text: letters, which lie on something else.
        is_solid: light does not go by without it; if it does, it is not baked, and as light as things are on average.
    """

    def __init__(self, source: bpy.types.Object, depsgraph: bpy.types.Depsgraph,
                 seen: bpy.types.Object | None = None, matrix: Matrix | None = None) -> None:
        """Args:
            seen: evaluated, what of the source this is; None for itself.
            matrix: where that is in the world.
        """
        self.source = source
        self._matrix = (source.matrix_world if matrix is None else matrix).copy()
        self.is_text = source.type == "FONT" or LETTERS in source
        self.is_solid = not self.is_text and source.visible_diffuse
        self.mesh = bpy.data.meshes.new_from_object(seen or source.evaluated_get(depsgraph), depsgraph=depsgraph)
        self.mesh.transform(self._matrix)
        layers = self.mesh.uv_layers
        if not layers:
            layers.new(name=_UVS)
        for name in [layer.name for layer in layers][1:]:
            layers.remove(layers[name])
        layers[0].name = _UVS

    @functools.cached_property
    def faces(self) -> Faces:
        mesh = self.mesh
        points, vertices = np.empty(3 * len(mesh.vertices), np.float32), np.empty(len(mesh.loops), np.int32)
        mesh.vertices.foreach_get("co", points)
        mesh.loops.foreach_get("vertex_index", vertices)
        counts, normals = np.empty(len(mesh.polygons), np.int32), np.empty(3 * len(mesh.polygons), np.float32)
        mesh.polygons.foreach_get("loop_total", counts)
        mesh.polygons.foreach_get("normal", normals)
        axes = np.array(self._matrix.to_3x3().transposed(), np.float64)
        axes /= np.linalg.norm(axes, axis=1, keepdims=True).clip(1e-9)
        if abs(np.linalg.det(axes)) < 0.2:  # flattened, or sheared: the world's will do
            axes = np.eye(3)
        return Faces(points.reshape(-1, 3)[vertices].astype(np.float64), counts.astype(np.int64),
                     normals.reshape(-1, 3).astype(np.float64), axes)

    def remove_faces(self, loops: NDArray[np.int64]) -> None:
        """Those of its mesh that have these corners; `faces` stays."""
        owner = np.repeat(np.arange(len(self.faces.counts)), self.faces.counts)
        body = bmesh.new()
        body.from_mesh(self.mesh)
        body.faces.ensure_lookup_table()
        bmesh.ops.delete(body, geom=[body.faces[face] for face in np.unique(owner[loops])], context="FACES")
        body.to_mesh(self.mesh)
        body.free()


def joined(name: str, pieces: Sequence[Piece], materials: Sequence[Sequence[bpy.types.Material]]) -> bpy.types.Mesh:
    """One mesh of them all.

    Args:
        materials: of the slots of each piece.
    """
    whole = bmesh.new()
    slots: list[bpy.types.Material] = []
    for piece, own in zip(pieces, materials, strict=True):
        for material in own:
            if material not in slots:
                slots.append(material)
        polygons = piece.mesh.polygons
        indices = np.zeros(len(polygons), np.int32)
        polygons.foreach_get("material_index", indices)
        if own and len(polygons):
            places = np.array([slots.index(material) for material in own], np.int32)
            polygons.foreach_set("material_index", places[indices.clip(0, len(own) - 1)])
        whole.from_mesh(piece.mesh)
        polygons.foreach_set("material_index", indices)
    mesh = bpy.data.meshes.new(name)
    whole.to_mesh(mesh)
    whole.free()
    for material in slots:
        mesh.materials.append(material)
    return mesh
