"""The texture that an object shows now, and the view that the artist has of it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import bpy
import numpy as np

from ..protocol.errors import BadInput
from ..protocol.requests import SIZE_STEP_PX, TEXTURE_SIZE_PX, PictureFormat, ViewCamera
from .pixels import LINEAR, check_working_space, colours_of, pixels_of, save, to_bytes

__all__ = ["PresentTexture", "present_texture", "viewport_camera", "write_mask", "write_texture"]

_FILES = {"PNG": (".png", "sRGB"), "OPEN_EXR": (".exr", LINEAR)}


@dataclass(frozen=True)
class PresentTexture:
    """
    Attributes:
        image: as the material shows it.
        uv_layer: that it is laid out in; "" for the one that renders use.
        slot: number of the material slot.
        picture_format: that holds all that the image does.
    """

    image: bpy.types.Image
    uv_layer: str
    slot: int
    picture_format: PictureFormat


def present_texture(obj: bpy.types.Object) -> PresentTexture:
    """The image texture of the active material slot: the one that Vernissage painted, else the active node's.

    Raises:
        BadInput: there is none that can be changed.
    """
    slot = obj.active_material_index
    material = obj.active_material
    nodes = [] if material is None or material.node_tree is None else [
        node for node in material.node_tree.nodes if node.bl_idname == "ShaderNodeTexImage" and node.image is not None]
    ours = [node for node in nodes if node.image.get("vernissage_version")]
    chosen = next(iter(ours), None) or next((node for node in nodes if node == material.node_tree.nodes.active), None)
    if chosen is None:
        raise BadInput("{name} shows no texture that could be changed.",
                       "Generate one first, or make an image texture the active node of its active material.",
                       name=obj.name)
    image = chosen.image
    if image.source == "TILED":
        raise BadInput("The image {image} has UDIM tiles, which cannot be changed in place.",
                       "Paint the object anew, or give it a texture in a UV layer within 0 to 1 (New UV Layer).",
                       image=image.name)
    _check_image(image)
    width, height = image.size
    low, high = TEXTURE_SIZE_PX
    if width != height or width % SIZE_STEP_PX or not low <= width <= high:
        raise BadInput("The image {image} cannot be changed in place: it is {width} x {height} pixels.",
                       "Only square images of a multiple of {step} pixels from {low} to {high} can.",
                       image=image.name, width=width, height=height, step=SIZE_STEP_PX, low=low, high=high)
    link = next(iter(chosen.inputs["Vector"].links), None)
    source = link.from_node if link is not None else None
    return PresentTexture(image, source.uv_map if source is not None and source.bl_idname == "ShaderNodeUVMap" else "",
                          slot, _format_of(image))


def write_texture(image: bpy.types.Image, folder: Path) -> str:
    """Write what an image holds, for the backend, which reads just that; returns the file's name.

    Of an image of 8 bit its numbers (H, W, 3) uint8, row 0 at the top. Of one of more bits its file, because Blender's
    way there and back is off by one at two thirds of the tones of 16 bit; or, where it was painted on or is kept in
    another way, its linear light (H, W, 3) float32.

    Raises:
        BadInput: its pixels cannot be read.
        StorageError: the file cannot be written.
    """
    _check_opaque(image)
    suffix, space = _FILES.get(image.file_format, ("", ""))
    is_file = image.is_float and not image.is_dirty and image.colorspace_settings.name == space
    content = _file_of(image) if is_file else b""
    path = folder / f"before{suffix if content else '.npy'}"
    if content:
        save(path, lambda: path.write_bytes(content))
        return path.name
    pixels = colours_of(image)
    if image.is_float:
        check_working_space(image)
    else:
        pixels = to_bytes(pixels)
    save(path, lambda: np.save(path, pixels))
    return path.name


def write_mask(image: bpy.types.Image, path: Path) -> None:
    """Write the first channel of an image as `.npy`: (H, W) uint8, row 0 at the top.

    Raises:
        BadInput: its pixels cannot be read.
        StorageError: the file cannot be written.
    """
    grey = to_bytes(pixels_of(image)[..., 0])
    save(path, lambda: np.save(path, grey))


def _check_opaque(image: bpy.types.Image) -> None:
    """Raises:
        BadInput: some of it is transparent, which what is painted is not.
    """
    has_alpha = image.alpha_mode != "NONE" and image.depth in (32, 64, 128)  # bits of RGBA; without alpha 24, 48, 96
    if has_alpha and pixels_of(image)[..., -1].min() < 1 - 1 / 512:
        raise BadInput("The image {image} is transparent in places, which would be lost.",
                       "Give the object a texture without alpha first, or paint it anew.", image=image.name)


def _check_image(image: bpy.types.Image) -> None:
    """Raises:
        BadInput: its file is missing, or its numbers are no colours: they would become other ones.
    """
    if 0 in image.size:
        raise BadInput("The image {image} cannot be read: {path} is missing or broken.",
                       "Find its file again (File > External Data > Find Missing Files).", image=image.name,
                       path=image.filepath or image.name)
    space = image.colorspace_settings.name
    if not image.is_float and not space.startswith("sRGB"):
        raise BadInput("The image {image} is in the colour space {space}, in which a painting would look wrong.",
                       "Set its colour space to sRGB, if it shows colours.", image=image.name, space=space)


def _format_of(image: bpy.types.Image) -> PictureFormat:
    if not image.is_float:
        return PictureFormat.PNG_8
    if image.file_format == "PNG" and image.source == "FILE":
        return PictureFormat.PNG_16
    is_ours = image.get("picture_format") == PictureFormat.EXR_HALF and image.file_format == "OPEN_EXR"
    return PictureFormat.EXR_HALF if is_ours else PictureFormat.EXR_FLOAT


def _file_of(image: bpy.types.Image) -> bytes:
    """What was packed, or lies on the disk; b"" where there is none."""
    if image.packed_file is not None:
        return bytes(image.packed_file.data)
    try:
        return Path(bpy.path.abspath(image.filepath, library=image.library)).read_bytes()
    except OSError:
        return b""


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
