"""Materials and images for browsers, for as long as they are needed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import bpy
import numpy as np

from ..pixels import colours_of
from .pieces import Piece

__all__ = ["Smaller"]

_PX_PER_M, _LEAST_PX, _MOST_PX = 900, 256, 2048
_ENOUGH = 2  # times as many pixels as are wanted are read
_NAME = "Vernissage Web"


class Smaller:
    """Args:
        undo: takes everything back.
        brightness: by which what shines is stronger: of a white surface, on a screen, over its radiance.
    """

    def __init__(self, undo: ExitStack, brightness: float = 1.0) -> None:
        self._undo = undo
        self._brightness = brightness
        self._materials: dict[tuple[str, int], bpy.types.Material] = {}
        self._images: dict[tuple[str, int], bpy.types.Image] = {}

    def materials(self, piece: Piece, size_m: float) -> list[bpy.types.Material]:
        """Of its slots, with images of at most as many pixels as the size of what it is on wants. What has none gets a
        plain one: without, glTF has it be of metal."""
        return [self._material(material, size_m) for material in list(piece.mesh.materials) or [None]]

    def _material(self, material: bpy.types.Material | None, size_m: float) -> bpy.types.Material:
        most = int(min(max(size_m * _PX_PER_M, _LEAST_PX), _MOST_PX))
        key = (material.name_full if material else "", most)
        if key not in self._materials:
            copy: Any = material.copy() if material else bpy.data.materials.new(_NAME)
            self._undo.callback(bpy.data.materials.remove, copy)
            has_nodes = copy.node_tree is not None  # before Blender 5.0 it need not; from there on it always has
            if not has_nodes:
                copy.use_nodes = True
                copy.node_tree.nodes["Principled BSDF"].inputs["Base Color"].default_value = tuple(copy.diffuse_color)
            for node in list(copy.node_tree.nodes):
                if node.type == "TEX_IMAGE" and node.image is not None and node.image.colorspace_settings.is_data:
                    copy.node_tree.nodes.remove(node)  # relief and shine: a page has no light that would show them
                elif node.type == "TEX_IMAGE" and node.image is not None:
                    small = self._image(node.image, most)
                    if small is None:
                        copy.node_tree.nodes.remove(node)
                    else:
                        node.image = small
                elif node.type == "BSDF_PRINCIPLED" and self._brightness != 1:
                    strength = node.inputs["Emission Strength"]
                    strength.default_value = min(strength.default_value * self._brightness, 1.0)
            self._materials[key] = copy
        return self._materials[key]

    def _image(self, image: bpy.types.Image, most: int) -> bpy.types.Image | None:
        """None of one whose file is not there."""
        key = (image.name_full, most)
        if key in self._images:
            return self._images[key]
        with _read(image, most) as small_enough:
            if not small_enough.size[0]:
                return None
            colours, is_light = colours_of(small_enough), small_enough.is_float  # which reads all of an image
        if is_light:
            colours = np.where(colours <= 0.0031308, 12.92 * colours,
                               1.055 * colours.clip(0.0031308) ** (1 / 2.4) - 0.055).clip(0, 1)
        height, width = colours.shape[:2]
        small = bpy.data.images.new(f"{_NAME} {len(self._images)}", width, height, alpha=False)
        self._undo.callback(bpy.data.images.remove, small)
        pixels = np.ones((height, width, 4), np.float32)
        pixels[..., :3] = colours[::-1]
        small.pixels.foreach_set(pixels.ravel())
        share = most / max(width, height)
        if share < 1:
            small.scale(max(round(width * share), 1), max(round(height * share), 1))
        small.pack()
        self._images[key] = small
        return small


@contextmanager
def _read(image: bpy.types.Image, most: int) -> Iterator[bpy.types.Image]:
    """The image, or of a large file a copy for a while that Blender has scaled down: as numbers of floating point, 100
    megapixels are 1.6 GB."""
    if image.source != "FILE" or image.is_dirty or (image.packed_file is None and not image.filepath):
        yield image
        return
    copy = image.copy()
    try:
        width, height = copy.size
        share = _ENOUGH * most / max(width, height, 1)
        if 0 < share < 1:
            copy.scale(max(round(width * share), 1), max(round(height * share), 1))
        yield copy
    finally:
        bpy.data.images.remove(copy)
