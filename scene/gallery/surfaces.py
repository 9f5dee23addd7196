"""Materials of an exhibition: one of each surface, which an artist may change for all that has it."""

from __future__ import annotations

import functools
import math
from pathlib import Path

import bpy
import numpy as np

from ...protocol.errors import BadInput
from .looks import Colour, Paint

__all__ = ["LUMENS_PER_WATT", "film_material", "painted", "picture_material", "radiance"]

LUMENS_PER_WATT = 683.0  # as Blender's glTF exporter has it
_SURFACE = "vernissage_surface"
_PATTERN_PX = 1024
_PATTERN_M = 2.4


def radiance(lux: float) -> float:
    """W/(sr m²) of a white surface under so much light."""
    return lux / LUMENS_PER_WATT / math.pi


def painted(name: str, paint: Paint) -> bpy.types.Material:
    """The material of a surface; as it was, where the exhibition has one of that name."""
    for material in bpy.data.materials:
        if material.get(_SURFACE) == name and material.library is None:
            return material
    material, shader = _new(f"Gallery {name}")
    material[_SURFACE] = name
    inputs = shader.inputs
    inputs["Roughness"].default_value, inputs["Metallic"].default_value = paint.roughness, paint.metallic
    inputs["Base Color"].default_value = (*paint.colour, 1)
    material.diffuse_color = (*paint.colour, 1)
    if paint.pattern:
        _add_pattern(material, shader, paint)
    if paint.emission_lx:
        inputs["Emission Color"].default_value = (1, 1, 1, 1)
        inputs["Emission Strength"].default_value = radiance(paint.emission_lx)
    if paint.alpha < 1:
        inputs["Alpha"].default_value = paint.alpha
        if hasattr(material, "surface_render_method"):
            material.surface_render_method = "BLENDED"
    return material


def picture_material(name: str, file: Path) -> bpy.types.Material:
    """What a picture shows.

    Raises:
        BadInput: Blender cannot read it.
    """
    material, shader = _new(name)
    image = _loaded(file)
    texture = _add_image(material, image)
    material.node_tree.links.new(texture.outputs["Color"], shader.inputs["Base Color"])
    shader.inputs["Roughness"].default_value = 0.55
    shader.inputs["Specular IOR Level"].default_value = 0.25
    return material


def film_material(name: str, file: Path, lux: float) -> bpy.types.Material:
    """A screen that shows a film, from its first frame on, and begins again.

    Raises:
        BadInput: Blender cannot read it.
    """
    material, shader = _new(name)
    image = _loaded(file)
    texture = _add_image(material, image)
    user = texture.image_user
    user.frame_duration, user.frame_start = max(image.frame_duration, 1), 1
    user.use_auto_refresh = user.use_cyclic = True
    shader.inputs["Base Color"].default_value = (0, 0, 0, 1)
    shader.inputs["Roughness"].default_value = 0.3
    material.node_tree.links.new(texture.outputs["Color"], shader.inputs["Emission Color"])
    shader.inputs["Emission Strength"].default_value = radiance(lux)
    return material


def _new(name: str) -> tuple[bpy.types.Material, bpy.types.Node]:
    material = bpy.data.materials.new(name)
    if material.node_tree is None:  # before Blender 5.0; from there on a material always has nodes
        material.use_nodes = True
    nodes = material.node_tree.nodes
    nodes.clear()
    shader, output = nodes.new("ShaderNodeBsdfPrincipled"), nodes.new("ShaderNodeOutputMaterial")
    shader.location, output.location = (0, 0), (300, 0)
    material.node_tree.links.new(shader.outputs["BSDF"], output.inputs["Surface"])
    return material, shader


def _add_image(material: bpy.types.Material, image: bpy.types.Image) -> bpy.types.Node:
    texture = material.node_tree.nodes.new("ShaderNodeTexImage")
    texture.image, texture.location = image, (-320, 0)
    material.node_tree.nodes.active = texture
    return texture


def _loaded(file: Path) -> bpy.types.Image:
    try:
        image = bpy.data.images.load(str(file), check_existing=True)
        if not image.users and bpy.data.filepath and file.is_relative_to(Path(bpy.data.filepath).parent):
            image.filepath = bpy.path.relpath(str(file))  # so that their folder can be moved
    except RuntimeError as error:
        raise BadInput("{name} cannot be read as a picture.", "Choose another copy of it.", name=file.name) from error
    if not image.size[0]:
        raise BadInput("{name} cannot be read as a picture.", "Choose another copy of it.", name=file.name)
    return image


def _add_pattern(material: bpy.types.Material, shader: bpy.types.Node, paint: Paint) -> None:
    name = f"Gallery {paint.pattern} {'-'.join(f'{value:.3f}' for value in paint.colour)}"
    image = bpy.data.images.get(name)
    if image is None:
        image = bpy.data.images.new(name, _PATTERN_PX, _PATTERN_PX, alpha=False)
        image.pixels.foreach_set(_coded(paint.pattern, paint.colour))
        image.pack()
    texture = _add_image(material, image)
    nodes, links = material.node_tree.nodes, material.node_tree.links
    place, uv = nodes.new("ShaderNodeMapping"), nodes.new("ShaderNodeUVMap")
    uv.uv_map = "UVMap"
    place.inputs["Scale"].default_value = (1 / _PATTERN_M, 1 / _PATTERN_M, 1)
    place.location, uv.location = (-540, 0), (-740, 0)
    links.new(uv.outputs[0], place.inputs["Vector"])
    links.new(place.outputs[0], texture.inputs["Vector"])
    links.new(texture.outputs["Color"], shader.inputs["Base Color"])


@functools.lru_cache(8)
def _coded(pattern: str, colour: Colour) -> np.ndarray:
    """(4 P²,) float32, sRGB and alpha, as images of Blender have them."""
    light = {"planks": _planks, "concrete": _concrete}[pattern](colour)
    coded = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light.clip(1e-6) ** (1 / 2.4) - 0.055)
    pixels = np.ones((_PATTERN_PX, _PATTERN_PX, 4), np.float32)
    pixels[..., :3] = coded.clip(0, 1)
    return pixels.ravel()


def _noise(random: np.random.Generator, rows: int, columns: int) -> np.ndarray:
    """(P, P) float, smooth, that repeats; about from -1 to 1, of so many cells."""
    cells = random.standard_normal((rows, columns))
    spans = []
    for count in (rows, columns):
        at = np.arange(_PATTERN_PX) * count / _PATTERN_PX
        low = at.astype(int)
        share = at - low
        spans.append((low % count, (low + 1) % count, share * share * (3 - 2 * share)))
    (top, bottom, down), (left, right, across) = spans
    upper = cells[top][:, left] * (1 - across) + cells[top][:, right] * across
    lower = cells[bottom][:, left] * (1 - across) + cells[bottom][:, right] * across
    return upper * (1 - down[:, None]) + lower * down[:, None]


def _planks(colour: Colour) -> np.ndarray:
    """(P, P, 3) linear: boards along x, 0.15 m wide and 1.2 m long, each with a grain and a tone of its own."""
    random = np.random.default_rng(7)
    boards, length = 16, _PATTERN_PX // 2
    row = np.arange(_PATTERN_PX) * boards // _PATTERN_PX
    shift = random.integers(0, _PATTERN_PX, boards)
    place = (np.arange(_PATTERN_PX)[None, :] + shift[row][:, None]) % _PATTERN_PX
    tone = random.normal(0, 0.10, (boards, 2))[row[:, None], place // length]
    warm = random.normal(0, 0.03, (boards, 2))[row[:, None], place // length]
    grain = 0.05 * _noise(random, 256, 8) + 0.04 * _noise(random, 512, 16) + 0.05 * _noise(random, 64, 4)
    within = np.arange(_PATTERN_PX) % (_PATTERN_PX // boards)
    seam = np.minimum(np.where(within < 2, 0.55, 1.0)[:, None], np.where(place % length < 2, 0.6, 1.0))
    light = (1 + tone + grain).clip(0.3, 2) * seam
    return np.stack([light * (colour[0] + warm * colour[0]), light * colour[1],
                     light * (colour[2] - warm * colour[2])], axis=-1)


def _concrete(colour: Colour) -> np.ndarray:
    """(P, P, 3) linear: clouds, fine grain and a few pores."""
    random = np.random.default_rng(11)
    light = 1 + sum(weight * _noise(random, cells, cells) for cells, weight in
                    ((3, 0.05), (7, 0.045), (19, 0.035), (61, 0.025), (251, 0.03)))
    pores = _noise(random, 171, 171) > 2.6
    light = np.where(pores, light * 0.75, light)
    return light[..., None] * np.asarray(colour)
