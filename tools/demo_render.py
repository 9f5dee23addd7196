"""Renders the demo's scene with Cycles on the processor. Runs inside Blender.

    blender -b SCENE.blend --python tools/demo_render.py -- OUT.png WIDTH HEIGHT SAMPLES [EXPORT.glb]
"""

from __future__ import annotations

import sys

import bpy


def render(path: str, width_px: int, height_px: int, samples: int) -> None:
    scene = bpy.context.scene
    scene.render.engine = "CYCLES"
    scene.cycles.device = "CPU"
    scene.cycles.samples = samples
    scene.cycles.use_denoising = True
    scene.cycles.max_bounces = 6
    scene.render.resolution_x, scene.render.resolution_y = width_px, height_px
    scene.render.resolution_percentage = 100
    scene.render.image_settings.file_format = "PNG"
    scene.render.image_settings.color_mode = "RGB"
    scene.view_settings.view_transform = "Standard"  # a photograph of paint: the texture's own colours
    scene.view_settings.look = "None"
    scene.render.filepath = path
    bpy.ops.render.render(write_still=True)


def export(path: str) -> None:
    """The exhibits as a GLB, without the studio."""
    for obj in bpy.context.view_layer.objects:
        obj.select_set(obj.type == "MESH" and obj.name != "Backdrop")
    bpy.ops.export_scene.gltf(filepath=path, export_format="GLB", use_selection=True, export_apply=True)


if __name__ == "__main__":
    picture, width, height, samples, *exports = sys.argv[sys.argv.index("--") + 1:]
    render(picture, int(width), int(height), int(samples))
    for export_path in exports:
        export(export_path)
