"""A picture laid over an object in the 3D viewports, while the object itself stays as it is.

Drawn by the graphics card behind Blender's back, and not through a material: what is no data-block cannot be saved
with the file, comes back with no undo, needs no undo step of its own, restarts no render, and is gone when nobody draws
it any more, whatever ended that. It looks alike in Solid, Material Preview and Rendered, with a light of its own that
comes over the viewer's shoulder. What that costs: it neither casts nor receives shadows, and a mesh that is deformed
meanwhile shows the shape that it had when it was read.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import bpy
import numpy as np
from mathutils import Matrix, Vector

from .meshes import MeshArrays

if TYPE_CHECKING:
    from gpu.types import GPUBatch, GPUShader, GPUTexture

__all__ = ["Overlay", "Skin", "is_laid_over", "skin_of"]

MOST_TRIANGLES = 400_000  # handing over more takes the window longer than a frame
_NEARER = 5e-4  # of the distance to the viewer: in front of the surface that it covers, behind all else
_LIGHT = Vector((-0.35, 0.5, 0.8)).normalized()  # in the viewer's space
_VERTEX = """
void main()
{
  gl_Position = matrix * vec4(position, 1.0);
  place = uv;
  float facing = dot(normalize(normal), normalize(light.xyz));
  shade = mix(1.0, 0.72 + 0.33 * facing, light.w);
}
"""
_FRAGMENT = """
void main()
{
  vec3 shown = texture(picture, place).rgb;
  vec3 linear = mix(shown / 12.92, pow((shown + 0.055) / 1.055, vec3(2.4)), step(0.04045, shown));
  colour = vec4(linear * shade * shade, 1.0);
}
"""


@dataclass(frozen=True, eq=False)
class Skin:
    """The faces of an object that are painted, as they were when it was read.

    Attributes:
        positions: (3 T, 3) f32, of each triangle's corners, world space.
        normals: (3 T, 3) f32.
        uvs: (3 T, 2) f32, v up.
        matrix: of the object.
    """

    positions: np.ndarray
    normals: np.ndarray
    uvs: np.ndarray
    matrix: Matrix


def skin_of(obj: bpy.types.Object, arrays: MeshArrays) -> Skin | None:
    """None for a mesh of so many triangles that showing it would make the window wait."""
    chosen = np.flatnonzero(arrays.paintable)
    if not 0 < len(chosen) <= MOST_TRIANGLES:
        return None
    triangles, normals, uvs = arrays.triangles, arrays.corner_normals, arrays.corner_uvs
    if len(chosen) < len(triangles):  # otherwise nothing is copied
        triangles, normals, uvs = (np.take(values, chosen, axis=0) for values in (triangles, normals, uvs))
    return Skin(np.take(arrays.positions, triangles, axis=0).reshape(-1, 3), normals.reshape(-1, 3), uvs.reshape(-1, 2),
                obj.matrix_world.copy())


def is_laid_over(obj: bpy.types.Object, context: bpy.types.Context) -> bool:
    """Whether a viewport shows the object in a way that a picture fits on."""
    space = context.space_data
    return (space.shading.type != "WIREFRAME" and obj.mode == "OBJECT" and obj.display_type in ("TEXTURED", "SOLID")
            and obj.visible_get(view_layer=context.view_layer, viewport=space))


class Overlay:
    """What the graphics card holds of a skin and its picture. Made and drawn in a viewport's draw handler only."""

    def __init__(self, skin: Skin) -> None:
        self.skin = skin
        self._shader = _shader()
        self._batch = _batch(skin)
        self._picture: GPUTexture | None = None

    def set_picture(self, picture: np.ndarray) -> None:
        """(S, S, 3) uint8 sRGB, row 0 at the top."""
        import gpu

        size = len(picture)
        pixels = np.ones((size, size, 4), np.float32)
        np.divide(picture[::-1], 255, out=pixels[..., :3])  # its rows begin at the bottom
        buffer = gpu.types.Buffer("FLOAT", pixels.size, pixels.ravel())
        self._picture = gpu.types.GPUTexture((size, size), format="RGBA8", data=buffer)

    def draw(self, obj: bpy.types.Object, shading: bpy.types.View3DShading) -> None:
        """Over the object, where it is now. The card is left in the state in which it was."""
        import gpu

        if self._picture is None:
            return
        moved = obj.matrix_world @ self.skin.matrix.inverted_safe()
        view, lens = gpu.matrix.get_model_view_matrix(), gpu.matrix.get_projection_matrix()
        light = (view @ moved).to_3x3().inverted_safe() @ _LIGHT
        is_flat = shading.type == "SOLID" and shading.light == "FLAT"
        depth_test, depth_mask = gpu.state.depth_test_get(), gpu.state.depth_mask_get()
        gpu.state.depth_test_set("LESS_EQUAL")
        gpu.state.depth_mask_set(True)
        try:
            self._shader.bind()
            self._shader.uniform_float("matrix", lens @ _nearer(view, lens) @ view @ moved)
            self._shader.uniform_float("light", (*light, 0.0 if is_flat else 1.0))
            self._shader.uniform_sampler("picture", self._picture)
            self._batch.draw(self._shader)
        finally:
            gpu.state.depth_test_set(depth_test)
            gpu.state.depth_mask_set(depth_mask)


def _nearer(view: Matrix, lens: Matrix) -> Matrix:
    """Brings what is before the viewer a little nearer, so that nothing moves on the screen."""
    if lens[3][3] == 0:  # perspective
        return Matrix.Diagonal((1 - _NEARER, 1 - _NEARER, 1 - _NEARER, 1))
    return Matrix.Translation((0, 0, _NEARER * 2 / abs(lens[1][1])))


def _shader() -> GPUShader:
    import gpu

    info = gpu.types.GPUShaderCreateInfo()
    info.push_constant("MAT4", "matrix")
    info.push_constant("VEC4", "light")
    info.sampler(0, "FLOAT_2D", "picture")
    info.vertex_in(0, "VEC3", "position")
    info.vertex_in(1, "VEC3", "normal")
    info.vertex_in(2, "VEC2", "uv")
    passed = gpu.types.GPUStageInterfaceInfo("vernissage_overlay")
    passed.smooth("VEC2", "place")
    passed.smooth("FLOAT", "shade")
    info.vertex_out(passed)
    info.fragment_out(0, "VEC4", "colour")
    info.vertex_source(_VERTEX)
    info.fragment_source(_FRAGMENT)
    return gpu.shader.create_from_info(info)


def _batch(skin: Skin) -> GPUBatch:
    import gpu

    attributes = {"position": skin.positions, "normal": skin.normals, "uv": skin.uvs}
    layout = gpu.types.GPUVertFormat()
    for name, values in attributes.items():
        layout.attr_add(id=name, comp_type="F32", len=values.shape[1], fetch_mode="FLOAT")
    corners = gpu.types.GPUVertBuf(layout, len(skin.positions))
    for name, values in attributes.items():
        corners.attr_fill(name, np.ascontiguousarray(values, np.float32))
    return gpu.types.GPUBatch(type="TRIS", buf=corners)
