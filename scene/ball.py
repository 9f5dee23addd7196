"""A material on a ball, rendered by Cycles in a scene of its own: as it looks, and how much light it gives back."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import bmesh
import bpy
import numpy as np

__all__ = ["furnace", "render_ball", "write_ball"]

_SEGMENTS = (64, 32)
_PICTURES_AROUND = 4  # of a material: a ball shows two across
_NAME = "Vernissage Ball"
_BLOCKS = 8


def render_ball(material: bpy.types.Material, size_px: int = 256, samples: int = 32, *, size_m: float = 1.0
                ) -> np.ndarray:
    """(size_px, size_px, 4) float32, linear Rec.709, multiplied by alpha, row 0 at the top: the ball in the light of a
    lamp and a grey sky.

    Args:
        size_m: how wide the picture is that the material shows.
    """
    def light(scene: bpy.types.Scene, undo: ExitStack) -> None:
        lamp = bpy.data.lights.new(_NAME, "AREA")
        undo.callback(bpy.data.lights.remove, lamp)
        lamp.energy, lamp.size = 420.0, 2.0
        holder = bpy.data.objects.new(_NAME, lamp)
        undo.callback(bpy.data.objects.remove, holder)
        holder.location, holder.rotation_euler = (-2.6, -3.0, 3.4), (math.radians(48), 0, math.radians(-41))
        scene.collection.objects.link(holder)

    return _render(material, size_px, samples, 0.35, light, size_m)


def furnace(material: bpy.types.Material, size_px: int = 64, samples: int = 64, *, size_m: float = 1.0) -> float:
    """How bright the brightest eighth by eighth of the ball's picture is in a world of 1: a material that gives back
    no more light than it gets is nowhere brighter than that.

    A single pixel says less: at 16 samples those of white metal are up to 1.25 by chance, at 2048 still up to 1.02,
    which is how far Cycles' own tables are from the truth.
    """
    pixels = _render(material, size_px, samples, 1.0, None, size_m)
    side = size_px // _BLOCKS
    blocks = pixels.reshape(_BLOCKS, side, _BLOCKS, side, 4).mean(axis=(1, 3))
    return float(blocks[..., :3][blocks[..., 3] > 0.999].max())


def write_ball(path: Path, pixels: np.ndarray) -> None:
    """A PNG of what `render_ball` gives.

    Raises:
        RuntimeError: it cannot be written.
    """
    image = bpy.data.images.new(_NAME, pixels.shape[1], pixels.shape[0], alpha=True)
    try:
        image.pixels.foreach_set(_encoded(pixels)[::-1].ravel())
        image.file_format, image.filepath_raw = "PNG", str(path)
        image.save()
    finally:
        bpy.data.images.remove(image)


def _encoded(pixels: np.ndarray) -> np.ndarray:
    """(H, W, 4) float32 in 0 to 1, sRGB and alpha beside it, of linear light that is multiplied by alpha
    (IEC 61966-2-1)."""
    alpha = pixels[..., 3:].clip(0, 1)
    light = (pixels[..., :3] / np.maximum(alpha, 1e-6)).clip(0, 1)
    colours = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    return np.concatenate([colours, alpha], axis=-1).astype(np.float32)


def _render(material: bpy.types.Material, size_px: int, samples: int, sky: float,
            light: Callable[[bpy.types.Scene, ExitStack], None] | None, size_m: float) -> np.ndarray:
    with ExitStack() as undo:
        scene = bpy.data.scenes.new(_NAME)
        undo.callback(bpy.data.scenes.remove, scene)
        _set_up(scene, size_px, samples)
        world = bpy.data.worlds.new(_NAME)
        undo.callback(bpy.data.worlds.remove, world)
        if world.node_tree is None:  # before Blender 5.0
            world.use_nodes = True
        background = next(node for node in world.node_tree.nodes if node.bl_idname == "ShaderNodeBackground")
        background.inputs["Color"].default_value = (sky, sky, sky, 1.0)
        scene.world = world
        mesh = _ball(material, size_m)
        undo.callback(bpy.data.meshes.remove, mesh)
        ball = bpy.data.objects.new(_NAME, mesh)
        scene.collection.objects.link(ball)
        camera = bpy.data.cameras.new(_NAME)
        undo.callback(bpy.data.cameras.remove, camera)
        eye = bpy.data.objects.new(_NAME, camera)
        eye.location, eye.rotation_euler = (0, -6, 0), (math.radians(90), 0, 0)
        camera.lens = 80
        scene.collection.objects.link(eye)
        scene.camera = eye
        if light is not None:
            light(scene, undo)
        had_result = "Render Result" in bpy.data.images
        pixels = _rendered(scene, undo)
        if not had_result and (rendered := bpy.data.images.get("Render Result")) is not None:
            bpy.data.images.remove(rendered)
        return pixels


def _set_up(scene: bpy.types.Scene, size_px: int, samples: int) -> None:
    render, cycles = scene.render, scene.cycles
    render.engine = "CYCLES"
    render.resolution_x = render.resolution_y = size_px
    render.resolution_percentage = 100
    render.film_transparent = True
    render.use_compositing = render.use_sequencer = False
    cycles.device = "CPU"
    cycles.samples, cycles.seed = samples, 0
    cycles.use_denoising = cycles.use_adaptive_sampling = False
    cycles.sample_clamp_indirect = 0.0


def _ball(material: bpy.types.Material, size_m: float) -> bpy.types.Mesh:
    """A ball of radius 1 whose UVs show the material as often, however large its picture is."""
    made = bmesh.new()
    layer = made.loops.layers.uv.new("UVMap")
    bmesh.ops.create_uvsphere(made, u_segments=_SEGMENTS[0], v_segments=_SEGMENTS[1], radius=1.0, calc_uvs=True)
    for face in made.faces:
        face.smooth = True
        for loop in face.loops:
            u, v = loop[layer].uv
            loop[layer].uv = u * _PICTURES_AROUND * size_m, v * _PICTURES_AROUND / 2 * size_m
    mesh = bpy.data.meshes.new(_NAME)
    made.to_mesh(mesh)
    made.free()
    mesh.materials.append(material)
    return mesh


def _rendered(scene: bpy.types.Scene, undo: ExitStack) -> np.ndarray:
    with tempfile.TemporaryDirectory() as folder:
        settings = scene.render.image_settings
        settings.file_format, settings.color_mode, settings.color_depth = "OPEN_EXR", "RGBA", "32"
        path = Path(folder, "ball.exr")
        scene.render.filepath = str(path)
        bpy.ops.render.render(write_still=True, scene=scene.name)
        image = bpy.data.images.load(str(path))
        undo.callback(bpy.data.images.remove, image)
        image.colorspace_settings.name = "Linear Rec.709"
        values = np.empty(len(image.pixels), np.float32)
        image.pixels.foreach_get(values)
    return values.reshape(image.size[1], image.size[0], 4)[::-1].copy()
