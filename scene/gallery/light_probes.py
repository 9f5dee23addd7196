"""The light around what stands in a room, by Cycles: how bright a white surface is there, whichever way it faces."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack

import bmesh
import bpy
import numpy as np
from numpy.typing import NDArray

from .light_map import Effort, as_seen, only_selected
from .pieces import Piece
from .settings import changed_settings

__all__ = ["PROBE", "bake_probes", "directional"]

PROBE = "vernissage_light"  # of a node of a room's file: 27 numbers, see `bake_probes`
_NAME = "Vernissage Probe"
_RADIUS_M = 0.02
_SAMPLES = 12  # for each of the effort's: some dozens of corners cost nothing beside a wall


def bake_probes(standing: Sequence[Sequence[Piece]], effort: Effort, exposure: float) -> list[list[float]]:
    """Of each of those things, which are not there meanwhile: nine coefficients of `directional`, each of red, green
    and blue, linear as on a screen (see `as_seen`).

    The irradiance of a diffuse surface has hardly more than them: Ramamoorthi and Hanrahan, "An Efficient
    Representation for Irradiance Environment Maps", 2001.

    Args:
        exposure: of the scene, in stops.
    """
    if not standing:
        return []
    scene = bpy.context.scene
    mesh, normals = _spheres([_middle(pieces) for pieces in standing])
    with ExitStack() as undo:
        undo.callback(bpy.data.meshes.remove, mesh)
        white = bpy.data.materials.new(_NAME)
        undo.callback(bpy.data.materials.remove, white)
        if white.node_tree is None:  # before Blender 5.0; from there on a material always has nodes
            white.use_nodes = True
        mesh.materials.append(white)
        each = bpy.data.objects.new(_NAME, mesh)
        undo.callback(bpy.data.objects.remove, each)
        scene.collection.objects.link(each)
        undo.enter_context(changed_settings([
            *((piece.source, "hide_render", True) for pieces in standing for piece in pieces),
            (scene.render, "engine", "CYCLES"), (scene.cycles, "device", "CPU"),
            (scene.cycles, "use_adaptive_sampling", False), (scene.cycles, "use_animated_seed", False),
            (scene.cycles, "samples", _SAMPLES * effort.sky_samples), (scene.cycles, "seed", 0),
            (scene.cycles, "max_bounces", effort.bounces), (scene.cycles, "diffuse_bounces", effort.bounces),
            (scene.cycles, "caustics_reflective", False), (scene.cycles, "caustics_refractive", False)]))
        undo.enter_context(only_selected(each))
        bpy.ops.object.bake(type="DIFFUSE", pass_filter={"DIRECT", "INDIRECT"}, target="VERTEX_COLORS",
                            use_selected_to_active=False)
        rgba = np.empty(4 * len(mesh.vertices), np.float32)
        mesh.color_attributes[0].data.foreach_get("color", rgba)
    bright = as_seen(rgba.reshape(len(standing), len(normals), 4)[..., :3], exposure)
    basis = directional(normals)
    return [np.linalg.lstsq(basis, each, rcond=None)[0].ravel().round(4).tolist() for each in bright]


def directional(normals: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n, 9) polynomials of unit normals, (n, 3), y up as in glTF: those that spherical harmonics up to the second
    order are of."""
    x, y, z = normals.T
    return np.stack([np.ones_like(x), x, y, z, x * y, y * z, z * x, x * x - y * y, 3 * z * z - 1], axis=1)


def _middle(pieces: Sequence[Piece]) -> NDArray[np.float64]:
    corners = np.concatenate([piece.faces.corners for piece in pieces])
    return (corners.min(axis=0) + corners.max(axis=0)) / 2


def _spheres(places: Sequence[NDArray[np.float64]]) -> tuple[bpy.types.Mesh, NDArray[np.float64]]:
    """Small spheres there, as one mesh; and (n, 3) the normals of the corners of each, as glTF has them."""
    body = bmesh.new()
    bmesh.ops.create_icosphere(body, subdivisions=2, radius=1.0)
    points = np.array([vertex.co for vertex in body.verts], np.float64)
    faces = np.array([[vertex.index for vertex in face.verts] for face in body.faces])
    body.free()
    mesh = bpy.data.meshes.new(_NAME)
    mesh.from_pydata(np.concatenate([place + _RADIUS_M * points for place in places]).tolist(), [],
                     np.concatenate([faces + number * len(points) for number in range(len(places))]).tolist())
    mesh.shade_smooth()
    mesh.color_attributes.active_color = mesh.color_attributes.new(_NAME, "FLOAT_COLOR", "POINT")
    return mesh, points[:, [0, 2, 1]] * (1, 1, -1)
