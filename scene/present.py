"""The texture that an object shows now, and the view that the artist has of it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import bpy
import numpy as np

from ..protocol.errors import BadInput, StorageError
from ..protocol.requests import SIZE_STEP_PX, TEXTURE_SIZE_PX, ViewCamera

__all__ = ["PresentTexture", "present_texture", "viewport_camera", "write_pixels"]


@dataclass(frozen=True)
class PresentTexture:
    """
    Attributes:
        image: as the material shows it.
        uv_layer: that it is laid out in; "" for the one that renders use.
        slot: number of the material slot.
    """

    image: bpy.types.Image
    uv_layer: str
    slot: int


def present_texture(obj: bpy.types.Object) -> PresentTexture:
    """The image texture of the active material slot: the one that Vernissage painted, else the active node's.

    Raises:
        BadInput: there is none that can be touched up.
    """
    slot = obj.active_material_index
    material = obj.active_material
    nodes = [] if material is None or material.node_tree is None else [
        node for node in material.node_tree.nodes if node.bl_idname == "ShaderNodeTexImage" and node.image is not None]
    ours = [node for node in nodes if node.image.get("vernissage_version")]
    chosen = next(iter(ours), None) or next((node for node in nodes if node == material.node_tree.nodes.active), None)
    if chosen is None:
        raise BadInput("{name} shows no texture that could be touched up.",
                       "Generate one first, or make an image texture the active node of its active material.",
                       name=obj.name)
    image = chosen.image
    width, height = image.size
    low, high = TEXTURE_SIZE_PX
    if width != height or width % SIZE_STEP_PX or not low <= width <= high or image.is_float:
        raise BadInput("The image {image} cannot be touched up: it is {width} x {height} pixels.",
                       "Only square 8-bit images of a multiple of {step} pixels from {low} to {high} can.",
                       image=image.name, width=width, height=height, step=SIZE_STEP_PX, low=low, high=high)
    link = next(iter(chosen.inputs["Vector"].links), None)
    source = link.from_node if link is not None else None
    return PresentTexture(image, source.uv_map if source is not None and source.bl_idname == "ShaderNodeUVMap" else "",
                          slot)


def write_pixels(image: bpy.types.Image, path: Path, *, grey: bool = False) -> None:
    """Write an 8-bit image's own numbers as `.npy`: (H, W, 3) uint8, or (H, W) of its first channel; row 0 at the top.

    Raises:
        BadInput: its pixels cannot be read.
        StorageError: the file cannot be written.
    """
    width, height = image.size
    values = np.empty(width * height * image.channels, np.float32)
    if not values.size:
        raise BadInput("The image {image} has no pixels.", "Load it again, or choose another one.", image=image.name)
    image.pixels.foreach_get(values)
    pixels = values.reshape(height, width, image.channels)[::-1]
    pixels = pixels[..., 0] if grey else pixels[..., [0, 1, 2] if image.channels >= 3 else [0, 0, 0]]
    try:
        np.save(path, np.rint(pixels.clip(0, 1) * 255).astype(np.uint8))
    except OSError as error:
        raise StorageError.from_os_error(path, error) from error


def viewport_camera(space: bpy.types.SpaceView3D) -> ViewCamera:
    """What a 3D viewport shows. Changes nothing."""
    view = space.region_3d
    matrix, lens = view.view_matrix, view.window_matrix
    half = max(1 / lens[0][0], 1 / lens[1][1])  # of the longer side, at one metre or for all depths
    centre = ([lens[axis][2] / lens[axis][axis] for axis in range(2)] if view.is_perspective
              else [-lens[axis][3] / lens[axis][axis] for axis in range(2)])
    return ViewCamera(
        name="Viewport", world_to_camera=tuple(value for row in matrix for value in row),
        fov_rad=2 * math.atan(half) if view.is_perspective else None,
        scale=None if view.is_perspective else 2 * half,
        clip_near=space.clip_start if view.is_perspective else -space.clip_end, clip_far=space.clip_end,
        shift_x=centre[0] / (2 * half), shift_y=centre[1] / (2 * half))
