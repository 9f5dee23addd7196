"""Cycles' own denoiser on any picture. Baking has none, and the compositor's differs from Blender to Blender."""

from __future__ import annotations

import tempfile
from pathlib import Path

import bpy
import numpy as np

from ..pixels import LINEAR, colours_of
from .settings import changed_settings

__all__ = ["denoised"]

_NAME = "Vernissage Denoising"


def denoised(pixels: np.ndarray) -> np.ndarray:
    """(H, W, 3) f32, linear: the picture without its noise, by OpenImageDenoise. It is rendered as it is seen from
    before it, one texel a pixel."""
    height, width = pixels.shape[:2]
    scene = bpy.data.scenes.new(_NAME)
    made: list[bpy.types.ID] = []
    try:
        image = bpy.data.images.new(_NAME, width, height, float_buffer=True)
        made.append(image)
        image.colorspace_settings.name = LINEAR
        rgba = np.ones((height, width, 4), np.float32)
        rgba[..., :3] = pixels[::-1]
        image.pixels.foreach_set(rgba.ravel())
        x, y = width / height / 2, 0.5
        mesh = bpy.data.meshes.new(_NAME)
        made.append(mesh)
        mesh.from_pydata([(-x, -y, 0), (x, -y, 0), (x, y, 0), (-x, y, 0)], [], [(0, 1, 2, 3)])
        mesh.uv_layers.new(name="UVMap").data.foreach_set("uv", [0, 0, 1, 0, 1, 1, 0, 1])
        material = _shining(image)
        made.append(material)
        mesh.materials.append(material)
        camera = bpy.data.cameras.new(_NAME)
        made.append(camera)
        camera.type, camera.ortho_scale, camera.sensor_fit = "ORTHO", 1.0, "VERTICAL"
        eye = bpy.data.objects.new(_NAME, camera)
        eye.location = 0, 0, 1
        plane = bpy.data.objects.new(_NAME, mesh)
        made[:0] = [plane, eye]
        for each in (plane, eye):
            scene.collection.objects.link(each)
        scene.camera = eye
        return _rendered(scene, width, height)
    finally:
        for each in made:
            bpy.data.batch_remove([each])
        bpy.data.scenes.remove(scene)


def _shining(image: bpy.types.Image) -> bpy.types.Material:
    material = bpy.data.materials.new(_NAME)
    if material.node_tree is None:  # before Blender 5.0; from there on a material always has nodes
        material.use_nodes = True
    nodes, links = material.node_tree.nodes, material.node_tree.links
    nodes.clear()
    texture, emission, output = (nodes.new(kind) for kind in (
        "ShaderNodeTexImage", "ShaderNodeEmission", "ShaderNodeOutputMaterial"))
    texture.image, texture.interpolation = image, "Closest"
    links.new(texture.outputs["Color"], emission.inputs["Color"])
    links.new(emission.outputs[0], output.inputs["Surface"])
    return material


def _rendered(scene: bpy.types.Scene, width: int, height: int) -> np.ndarray:
    settings = scene.render.image_settings
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "denoised.exr"
        wanted = [
            (scene.render, "engine", "CYCLES"), (scene.cycles, "device", "CPU"), (scene.cycles, "samples", 1),
            (scene.cycles, "use_adaptive_sampling", False), (scene.cycles, "pixel_filter_type", "BOX"),
            (scene.cycles, "use_denoising", True), (scene.cycles, "denoiser", "OPENIMAGEDENOISE"),
            (scene.cycles, "denoising_input_passes", "RGB"), (scene.render, "resolution_x", width),
            (scene.render, "resolution_y", height), (scene.render, "resolution_percentage", 100),
            (scene.render, "filepath", str(target)), (settings, "file_format", "OPEN_EXR"),
            (settings, "color_depth", "32")]
        if hasattr(settings, "media_type"):  # Blender 5.0
            wanted.insert(-2, (settings, "media_type", "IMAGE"))
        with changed_settings(wanted):
            bpy.ops.render.render(write_still=True, scene=scene.name)
        image = bpy.data.images.load(str(target), check_existing=False)
        try:
            return np.ascontiguousarray(colours_of(image))
        finally:
            bpy.data.images.remove(image)
