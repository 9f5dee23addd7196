"""The material that shows a texture: Principled BSDF, the image, and the UV layer by name."""

from __future__ import annotations

import bpy

__all__ = ["new_material"]

ROUGHNESS = 0.65  # the picture holds its own highlights; a glossier surface would add a second set
COLUMN_WIDTH = 300


def new_material(name: str, image: bpy.types.Image, uv_layer: str, label: str) -> bpy.types.Material:
    """A material that shows the image in the UV layer, whatever layer is the active one.

    Args:
        label: what the image's node is called in the node editor.
    """
    material = bpy.data.materials.new(name)
    if material.node_tree is None:  # before Blender 5.0; from there on a material always has nodes
        material.use_nodes = True
    nodes, links = material.node_tree.nodes, material.node_tree.links
    nodes.clear()
    uv_map = nodes.new("ShaderNodeUVMap")
    uv_map.uv_map = uv_layer
    picture = nodes.new("ShaderNodeTexImage")
    picture.image = image
    if image.source == "TILED":
        picture.extension = "EXTEND"  # a tile ends at its border: what repeats there is its other side
    picture.label = label
    picture.width = COLUMN_WIDTH - 40
    shader = nodes.new("ShaderNodeBsdfPrincipled")
    shader.inputs["Roughness"].default_value = ROUGHNESS
    shader.inputs["Metallic"].default_value = 0.0
    output = nodes.new("ShaderNodeOutputMaterial")
    for column, node in enumerate((uv_map, picture, shader, output)):
        node.location = ((column - 2) * COLUMN_WIDTH, 300)
        node.select = False
    links.new(uv_map.outputs["UV"], picture.inputs["Vector"])
    links.new(picture.outputs["Color"], shader.inputs["Base Color"])
    links.new(shader.outputs["BSDF"], output.inputs["Surface"])
    nodes.active = picture  # what Texture Paint and the solid view's Texture colour take
    return material
