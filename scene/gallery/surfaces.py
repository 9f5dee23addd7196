"""Materials of an exhibition: one of each surface, which an artist may change for all that has it."""

from __future__ import annotations

import functools
import math
from pathlib import Path

import bpy
import numpy as np

from ...protocol.errors import BadInput
from ...protocol.material import MapNames
from ..asset import Catalogue, mark_asset
from ..pixels import colours_of, pixels_of
from .looks import Colour, Paint
from .parts import SURFACE

__all__ = ["LUMENS_PER_WATT", "film_material", "loaded", "mean_colour", "painted", "picture_material", "radiance"]

LUMENS_PER_WATT = 683.0  # as Blender's glTF exporter has it
_PATTERN_PX = 1024
_PATTERN_M = 2.4
_UVS = "UVMap"  # in metres


def radiance(lux: float) -> float:
    """W/(sr m²) of a white surface under so much light."""
    return lux / LUMENS_PER_WATT / math.pi


def painted(name: str, paint: Paint) -> bpy.types.Material:
    """The material of a surface; as it was, where the exhibition has one of that name.

    Raises:
        BadInput: Blender cannot read its pictures.
    """
    for material in bpy.data.materials:
        if material.get(SURFACE) == name and material.library is None:
            return material
    material, shader = _new(f"Gallery {name}")
    material[SURFACE] = name
    mark_asset(material, Catalogue.EXHIBITIONS, name.replace("-", " "), "", ("material",))
    inputs = shader.inputs
    inputs["Roughness"].default_value, inputs["Metallic"].default_value = paint.roughness, paint.metallic
    inputs["Base Color"].default_value = (*paint.colour, 1)
    material.diffuse_color = (*paint.colour, 1)
    if paint.maps:
        _add_maps(material, shader, Path(paint.maps), paint.width_m)
    elif paint.pattern:
        _add_pattern(material, shader, paint)
    if paint.emission_lx:
        inputs["Emission Color"].default_value = (1, 1, 1, 1)
        inputs["Emission Strength"].default_value = radiance(paint.emission_lx)
    if paint.alpha < 1:
        inputs["Alpha"].default_value = paint.alpha
        if hasattr(material, "surface_render_method"):
            material.surface_render_method = "BLENDED"
    return material


def mean_colour(folder: Path) -> Colour:
    """Linear Rec.709, of the base colour that lies there.

    Raises:
        BadInput: Blender cannot read it.
    """
    coded = colours_of(loaded(folder / MapNames().base_colour)).reshape(-1, 3)
    light = np.where(coded <= 0.04045, coded / 12.92, ((coded + 0.055) / 1.055) ** 2.4).mean(0)
    return float(light[0]), float(light[1]), float(light[2])


def picture_material(name: str, file: Path) -> bpy.types.Material:
    """What a picture shows.

    Raises:
        BadInput: Blender cannot read it.
    """
    material, shader = _new(name)
    image = _on_paper(loaded(file))
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
    image = loaded(file)
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


def loaded(file: Path) -> bpy.types.Image:
    """A picture of that file, which a saved .blend names as beside it.

    Raises:
        BadInput: Blender cannot read it.
    """
    try:
        image = bpy.data.images.load(str(file), check_existing=True)
        if image.users and not image.is_dirty and image.packed_file is None:
            image.reload()  # the file may be another by now
        if not image.users and bpy.data.filepath and file.is_relative_to(Path(bpy.data.filepath).parent):
            image.filepath = bpy.path.relpath(str(file))  # so that their folder can be moved
    except RuntimeError as error:
        raise BadInput("{name} cannot be read as a picture.", "Choose another copy of it.", name=file.name) from error
    if not image.size[0]:
        raise BadInput("{name} cannot be read as a picture.", "Choose another copy of it.", name=file.name)
    return image


def _on_paper(image: bpy.types.Image) -> bpy.types.Image:
    """A picture that is transparent somewhere as it looks on white paper, in the file; any other as it is."""
    if image.channels < 4 or image.depth % 32:  # 24 and 48 bits: without alpha
        return image
    pixels = pixels_of(image)
    clear = 1 - pixels[..., 3:]
    if not clear.any():
        return image
    seen = np.ones_like(pixels)
    seen[..., :3] = clear + pixels[..., :3] * (1 if image.is_float else 1 - clear)  # of light it has its share already
    paper = bpy.data.images.new(f"{image.name} on paper", *image.size, alpha=False, float_buffer=image.is_float)
    paper.colorspace_settings.name = image.colorspace_settings.name
    paper.pixels.foreach_set(seen[::-1].ravel())
    paper.pack()
    if not image.users:
        bpy.data.images.remove(image)
    return paper


def _add_pattern(material: bpy.types.Material, shader: bpy.types.Node, paint: Paint) -> None:
    name = f"Gallery {paint.pattern} {'-'.join(f'{value:.3f}' for value in paint.colour)}"
    image = bpy.data.images.get(name)
    if image is None:
        image = bpy.data.images.new(name, _PATTERN_PX, _PATTERN_PX, alpha=False)
        image.pixels.foreach_set(_coded(paint.pattern, paint.colour))
        image.pack()
    texture = _add_image(material, image)
    material.node_tree.links.new(_place(material, _PATTERN_M, _PATTERN_M), texture.inputs["Vector"])
    material.node_tree.links.new(texture.outputs["Color"], shader.inputs["Base Color"])


def _add_maps(material: bpy.types.Material, shader: bpy.types.Node, folder: Path, width_m: float) -> None:
    """Those that the folder has, by the names of `MapNames`, as glTF's exporter knows them."""
    names, nodes, links = MapNames(), material.node_tree.nodes, material.node_tree.links
    image = loaded(folder / names.base_colour)
    place = _place(material, width_m, width_m * image.size[1] / image.size[0])
    for row, (name, join) in enumerate(((names.normal, _join_normal), (names.orm, _join_orm))):
        if (folder / name).is_file():
            data = loaded(folder / name)
            data.colorspace_settings.is_data = True
            texture = _add_image(material, data)
            texture.location = (-560, -300 * (row + 1))
            links.new(place, texture.inputs["Vector"])
            join(material, shader, texture.outputs["Color"])
    texture = _add_image(material, image)
    links.new(place, texture.inputs["Vector"])
    links.new(texture.outputs["Color"], shader.inputs["Base Color"])
    nodes.active = texture


def _join_normal(material: bpy.types.Material, shader: bpy.types.Node, colour: bpy.types.NodeSocket) -> None:
    node = material.node_tree.nodes.new("ShaderNodeNormalMap")
    node.uv_map, node.location = _UVS, (-260, -300)
    material.node_tree.links.new(colour, node.inputs["Color"])
    material.node_tree.links.new(node.outputs["Normal"], shader.inputs["Normal"])


def _join_orm(material: bpy.types.Material, shader: bpy.types.Node, colour: bpy.types.NodeSocket) -> None:
    node = material.node_tree.nodes.new("ShaderNodeSeparateColor")
    node.location = (-260, -600)
    material.node_tree.links.new(colour, node.inputs[0])
    for channel, name in ((1, "Roughness"), (2, "Metallic")):
        material.node_tree.links.new(node.outputs[channel], shader.inputs[name])


def _place(material: bpy.types.Material, width_m: float, height_m: float) -> bpy.types.NodeSocket:
    """Where a picture of that size is looked up, by UVs in metres."""
    nodes = material.node_tree.nodes
    place, uv = nodes.new("ShaderNodeMapping"), nodes.new("ShaderNodeUVMap")
    uv.uv_map = _UVS
    place.inputs["Scale"].default_value = (1 / width_m, 1 / height_m, 1)
    place.location, uv.location = (-840, 0), (-1040, 0)
    material.node_tree.links.new(uv.outputs[0], place.inputs["Vector"])
    return place.outputs[0]


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
