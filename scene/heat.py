"""The heat map of a texture's views: an image in the object's material, shown in place of the texture when asked."""

from __future__ import annotations

import bpy

__all__ = ["HEAT_KEY", "add_heat", "has_heat", "shows_heat", "toggle_heat"]

HEAT_KEY = "vernissage_view_quality"  # a custom property of the image


def add_heat(material: bpy.types.Material, image: bpy.types.Image) -> None:
    """Put the picture beside the texture, in the same UV layer, and connected to nothing."""
    image[HEAT_KEY] = True
    nodes, links = material.node_tree.nodes, material.node_tree.links
    texture = next(node for node in nodes if node.bl_idname == "ShaderNodeTexImage")
    heat = nodes.new("ShaderNodeTexImage")
    heat.image = image
    heat.label = image.name
    heat.extension = texture.extension
    heat.interpolation = "Closest"  # stripes and edges stay what they are
    heat.width = texture.width
    heat.location = (texture.location[0], texture.location[1] - 320)
    heat.select = False
    links.new(texture.inputs["Vector"].links[0].from_socket, heat.inputs["Vector"])
    nodes.active = texture


def has_heat(obj: bpy.types.Object) -> bool:
    """Whether a material of the object has a heat map."""
    return any(_pair(slot.material) is not None for slot in obj.material_slots)


def shows_heat(obj: bpy.types.Object) -> bool:
    """Whether all that can show a heat map do."""
    pairs = [pair for slot in obj.material_slots if (pair := _pair(slot.material)) is not None]
    return bool(pairs) and all(heat.outputs["Color"].is_linked for _, heat in pairs)


def toggle_heat(obj: bpy.types.Object, *, show: bool) -> None:
    """Let the object's materials show their heat map in place of their texture, or the texture again."""
    for slot in obj.material_slots:
        pair = _pair(slot.material)
        if pair is None:
            continue
        tree = slot.material.node_tree
        source, target = pair if show else reversed(pair)
        for link in list(source.outputs["Color"].links):
            tree.links.new(target.outputs["Color"], link.to_socket)  # takes the place of the other
        tree.nodes.active = target


def _pair(material: bpy.types.Material | None) -> tuple[bpy.types.Node, bpy.types.Node] | None:
    """The nodes of the texture and of its heat map."""
    if material is None or material.node_tree is None or material.library is not None:
        return None
    nodes = [node for node in material.node_tree.nodes if node.bl_idname == "ShaderNodeTexImage" and node.image]
    heat = next((node for node in nodes if node.image.get(HEAT_KEY)), None)
    texture = next((node for node in nodes if node.image.get("vernissage_version")), None)
    return None if heat is None or texture is None else (texture, heat)
