"""A material on a ball, rendered by Cycles: as it looks, and how much light it gives back."""

from __future__ import annotations

import math

import bpy
import numpy as np

from .studio import Studio, studio

__all__ = ["furnace", "render_ball"]

_PICTURES_AROUND = 4  # of a material: a ball shows two across
_NAME = "Vernissage Ball"
_LENS_MM = 80
_BLOCKS = 8


def render_ball(material: bpy.types.Material, size_px: int = 256, samples: int = 32, *, size_m: float = 1.0
                ) -> np.ndarray:
    """(size_px, size_px, 4) float32, linear Rec.709, multiplied by alpha, row 0 at the top: the ball in the light of a
    lamp and a grey sky.

    Args:
        size_m: how wide the picture is that the material shows.
    """
    with studio(size_px, size_px, samples) as room:
        lamp = bpy.data.lights.new(_NAME, "AREA")
        room.undo.callback(bpy.data.lights.remove, lamp)
        lamp.energy, lamp.size = 420.0, 2.0
        room.place(lamp, (-2.6, -3.0, 3.4), (math.radians(48), 0, math.radians(-41)))
        return _ball_in(room, material, 0.35, size_m)


def furnace(material: bpy.types.Material, size_px: int = 64, samples: int = 64, *, size_m: float = 1.0) -> float:
    """How bright the brightest eighth by eighth of the ball's picture is in a world of 1: a material that gives back
    no more light than it gets is nowhere brighter than that.

    A single pixel says less, by chance: of a perfectly white metal the brightest one is 1.02 at 64 samples and 1.003 at
    1024, of any roughness, while the mean is 1.0002 throughout (Blender 4.2 to 5.0): Cycles makes no light.
    """
    with studio(size_px, size_px, samples) as room:
        pixels = _ball_in(room, material, 1.0, size_m)
    side = size_px // _BLOCKS
    blocks = pixels.reshape(_BLOCKS, side, _BLOCKS, side, 4).mean(axis=(1, 3))
    return float(blocks[..., :3][blocks[..., 3] > 0.999].max())


def _ball_in(room: Studio, material: bpy.types.Material, sky: float, size_m: float) -> np.ndarray:
    """A ball that shows the material as often however large its picture is, under a sky of one brightness."""
    world = bpy.data.worlds.new(_NAME)
    room.undo.callback(bpy.data.worlds.remove, world)
    if world.node_tree is None:  # before Blender 5.0
        world.use_nodes = True
    background = next(node for node in world.node_tree.nodes if node.bl_idname == "ShaderNodeBackground")
    background.inputs["Color"].default_value = (sky, sky, sky, 1.0)
    room.scene.world = world
    room.camera.lens = _LENS_MM
    room.place_ball(material, repeats=_PICTURES_AROUND * size_m)
    return room.rendered()
