"""Letters whose outlines overlap, as in most of Blender's fonts for scripts but Latin and Chinese: Blender, by the
even-odd rule, leaves holes there, or fills what is open; a mesh by the non-zero rule has neither."""

from __future__ import annotations

import re

import bmesh
import bpy
import numpy as np
from mathutils.geometry import delaunay_2d_cdt
from numpy.typing import NDArray

__all__ = ["LETTERS", "filled_letters", "is_filled_badly"]

LETTERS = "vernissage_letters"  # custom property of such a mesh, with its text as it is written
_FILLED_WELL = re.compile("[\0-\u024f\u2000-\u20cf\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef"
                          "\U00020000-\U0003ffff]*")
_AT_ONCE = 256  # triangles, whose places are compared with all edges


def is_filled_badly(text: str) -> bool:
    """Whether Blender may leave holes in letters of it."""
    return not _FILLED_WELL.fullmatch(text)


def filled_letters(text: bpy.types.Object) -> bpy.types.Mesh:
    """A text object as a mesh, as flat or as deep, with its materials."""
    outlines = text.copy()
    outlines.data = curve = text.data.copy()
    deep, curve.extrude = curve.extrude, 0.0
    curve.dimensions, curve.fill_mode = "3D", "HALF"  # without faces
    lines = bpy.data.meshes.new_from_object(outlines)
    points, ends = np.empty(3 * len(lines.vertices), np.float32), np.empty(2 * len(lines.edges), np.int32)
    lines.vertices.foreach_get("co", points)
    lines.edges.foreach_get("vertices", ends)
    bpy.data.meshes.remove(lines)
    bpy.data.objects.remove(outlines)
    bpy.data.curves.remove(curve)
    flat = points.reshape(-1, 3)[:, :2].astype(np.float64) / text.data.size
    edges = ends.reshape(-1, 2)
    corners, _, triangles, *_ = delaunay_2d_cdt([tuple(point) for point in flat], edges.tolist(), [], 1, 1e-6, False)
    places = np.array(corners, np.float64).reshape(-1, 2)
    faces = np.array(triangles, np.int64).reshape(-1, 3)
    kept = faces[_windings(places[faces].mean(axis=1), flat[edges]) != 0]
    mesh = bpy.data.meshes.new(text.name)
    height = np.full((len(places), 1), deep / text.data.size)
    mesh.from_pydata((np.hstack([places, height]) * text.data.size).tolist(), [], kept.tolist())
    _finish(mesh, deep)
    for material in text.data.materials:
        mesh.materials.append(material)
    return mesh


def _windings(points: NDArray[np.float64], edges: NDArray[np.float64]) -> NDArray[np.int64]:
    """How often outlines go round each point (N, 2), by the edges (M, 2, 2) that a ray to its right meets."""
    (x, y), (next_x, next_y) = edges[:, 0].T, edges[:, 1].T
    slope = np.divide(next_x - x, next_y - y, out=np.zeros_like(x), where=next_y != y)
    found = []
    for begin in range(0, len(points), _AT_ONCE):
        at_x, at_y = points[begin:begin + _AT_ONCE].T[..., None]
        turns = ((y <= at_y) & (next_y > at_y)).astype(np.int64) - ((next_y <= at_y) & (y > at_y))
        found.append((turns * (x + (at_y - y) * slope > at_x)).sum(axis=1))
    return np.concatenate(found) if found else np.zeros(0, np.int64)


def _finish(mesh: bpy.types.Mesh, deep: float) -> None:
    """Without loose points, and with a back and sides where it is deep."""
    whole = bmesh.new()
    whole.from_mesh(mesh)
    bmesh.ops.delete(whole, geom=[point for point in whole.verts if not point.link_faces], context="VERTS")
    if deep:
        back = bmesh.ops.extrude_face_region(whole, geom=whole.faces[:], use_keep_orig=True)["geom"]
        points = [each for each in back if isinstance(each, bmesh.types.BMVert)]
        bmesh.ops.translate(whole, vec=(0, 0, -2 * deep), verts=points)
    bmesh.ops.recalc_face_normals(whole, faces=whole.faces[:])
    if not deep:
        bmesh.ops.reverse_faces(whole, faces=[face for face in whole.faces if face.normal.z < 0])
    whole.to_mesh(mesh)
    whole.free()
