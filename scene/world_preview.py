"""How a world lights: its panorama, and under it a chrome and a grey ball that Cycles renders in its light."""

from __future__ import annotations

import math
from contextlib import ExitStack
from pathlib import Path

import bpy
import numpy as np
from mathutils import Euler

from ..protocol.errors import StorageError
from ..protocol.world import Sun, WorldRequest, WorldResult
from .studio import encoded, studio, write_png
from .world_nodes import new_world, sun_lamp, sun_rotation

__all__ = ["render_balls", "write_world_preview"]

_NAME = "Vernissage Ball"
_GREY = 0.18  # the card of photographers
_APART = 1.2  # from the middle to the middle of a ball of radius 1
_SAMPLES = 16


def write_world_preview(path: Path, folder: Path, request: WorldRequest, result: WorldResult, size_px: int = 512
                        ) -> None:
    """A square PNG: the panorama as it was painted, and below it the balls in its light, seen with its middle behind
    them.

    Args:
        folder: of the result's files.

    Raises:
        StorageError: a picture cannot be read, or the PNG cannot be written.
    """
    half = size_px // 2
    with ExitStack() as undo:
        radiance, picture = (_loaded(folder / name, undo) for name in (result.radiance, result.picture))
        # Whatever the exposure: as bright as the panorama above them.
        balls = render_balls(radiance, result.sun if request.sun_apart else None, half,
                             strength=2.0**-request.exposure_ev)
        try:
            picture.scale(size_px, half)
            above = np.empty(size_px * half * 4, np.float32)
            picture.pixels.foreach_get(above)
            write_png(path, np.concatenate([above.reshape(half, size_px, 4)[::-1], encoded(balls)]))
        except RuntimeError as error:
            raise StorageError("The preview {path} cannot be written: {reason}.", "Make the world again.", path=path,
                               reason=str(error).strip()) from error


def render_balls(radiance: bpy.types.Image, sun: Sun | None, size_px: int, *, strength: float = 1.0,
                 samples: int = _SAMPLES) -> np.ndarray:
    """(size_px, 2 size_px, 4) float32, linear Rec.709, multiplied by alpha, row 0 at the top: a chrome ball, and a grey
    one that gives back 18 % of the light.

    Args:
        radiance: the panorama, which stands behind them with its middle.
        sun: that a lamp gives; None where it is in the panorama.
    """
    with studio(2 * size_px, size_px, samples) as room:
        world = new_world(_NAME, radiance, radiance, rotation_rad=0.0, strength=strength, background=strength,
                          width_px=radiance.size[0])
        room.undo.callback(bpy.data.worlds.remove, world)
        room.scene.world = world
        if sun is not None:
            lamp = sun_lamp(_NAME, sun, strength)
            room.undo.callback(bpy.data.lights.remove, lamp)
            room.place(lamp, rotation=Euler(sun_rotation(sun.direction, 0.0)))
        for side, kind, colour in ((1, "ShaderNodeBsdfGlossy", 1.0), (-1, "ShaderNodeBsdfDiffuse", _GREY)):
            ball = room.place_ball(_plain(kind, colour, room.undo), (0, side * _APART, 0))
            # Neither sees the other: each shows the light, and nothing else.
            ball.visible_glossy = ball.visible_diffuse = ball.visible_shadow = False
        room.scene.cycles.use_denoising = True
        room.camera.type, room.camera.ortho_scale = "ORTHO", 4 * _APART
        room.eye.location, room.eye.rotation_euler = (-6, 0, 0), (math.pi / 2, 0, -math.pi / 2)
        return room.rendered()


def _loaded(path: Path, undo: ExitStack) -> bpy.types.Image:
    """For a while: neither packed nor copied."""
    try:
        image = bpy.data.images.load(str(path), check_existing=False)
    except RuntimeError as error:
        raise StorageError("The picture {path} cannot be read: {reason}.", "Make the world again.", path=path,
                           reason=str(error).strip()) from error
    undo.callback(bpy.data.images.remove, image)
    return image


def _plain(kind: str, colour: float, undo: ExitStack) -> bpy.types.Material:
    material = bpy.data.materials.new(_NAME)
    undo.callback(bpy.data.materials.remove, material)
    if material.node_tree is None:  # before Blender 5.0
        material.use_nodes = True
    tree = material.node_tree
    tree.nodes.clear()
    shader, output = tree.nodes.new(kind), tree.nodes.new("ShaderNodeOutputMaterial")
    shader.inputs["Color"].default_value = (colour, colour, colour, 1.0)
    if "Roughness" in shader.inputs:
        shader.inputs["Roughness"].default_value = 0.0
    tree.links.new(shader.outputs[0], output.inputs["Surface"])
    return material
