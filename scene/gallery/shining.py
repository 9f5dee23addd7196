"""Surfaces that shine with the light that lamps throw on them: whoever gathers it need not look for the lamps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager

import bpy
import numpy as np

from ..pixels import LINEAR
from .light_layout import LIGHT_LAYER
from .settings import changed_settings

__all__ = ["shining"]

_NAME = "Vernissage Shining"


@contextmanager
def shining(each: bpy.types.Object, light: np.ndarray, lamps: Sequence[bpy.types.Object]) -> Iterator[None]:
    """Within the block the object gives off what it gives back of the light of lamps, these light all else alone, and
    no other light is there.

    Args:
        each: its materials are its own.
        light: (H, W, 3) f32, row 0 at the bottom: what a white surface would give back, in W/(sr m²), on its second
            UV map.
        lamps: those whose light it is.
    """
    scene = bpy.context.scene
    with ExitStack() as undo:
        height, width = light.shape[:2]
        image = bpy.data.images.new(_NAME, width, height, float_buffer=True)
        undo.callback(bpy.data.images.remove, image)
        image.colorspace_settings.name = LINEAR  # before its pixels, which it would clear
        pixels = np.ones((height, width, 4), np.float32)
        pixels[..., :3] = light
        image.pixels.foreach_set(pixels.ravel())
        for material in each.data.materials:
            _shine(material, image, undo)
        others = bpy.data.collections.new(_NAME)
        undo.callback(bpy.data.collections.remove, others)
        others.objects.link(each)
        others.collection_objects[0].light_linking.link_state = "EXCLUDE"
        undo.enter_context(changed_settings([
            *((other, "hide_render", other not in lamps) for other in scene.objects if other.type == "LIGHT"),
            *((lamp.light_linking, "receiver_collection", others) for lamp in lamps),
            *((other, "visible_diffuse", False) for other in scene.objects if other is not each and _gives_off(other)),
            (scene, "world", None)]))
        yield


def _shine(material: bpy.types.Material, image: bpy.types.Image, undo: ExitStack) -> None:
    """It gives off its diffuse share of the image, and nothing else."""
    nodes, links = material.node_tree.nodes, material.node_tree.links
    output = material.node_tree.get_output_node("CYCLES")
    base = next((node for node in nodes if node.type == "BSDF_PRINCIPLED"), None)
    if output is None or base is None or not output.inputs["Surface"].is_linked:
        return
    before, active = output.inputs["Surface"].links[0].from_socket, nodes.active
    where, texture, share, emission, both = made = [nodes.new(kind) for kind in (
        "ShaderNodeUVMap", "ShaderNodeTexImage", "ShaderNodeVectorMath", "ShaderNodeEmission", "ShaderNodeAddShader")]
    nodes.active = active
    where.uv_map, texture.image, texture.interpolation, share.operation = LIGHT_LAYER, image, "Closest", "MULTIPLY"
    links.new(where.outputs["UV"], texture.inputs["Vector"])
    links.new(texture.outputs["Color"], share.inputs[0])
    colour = base.inputs["Base Color"]
    if colour.is_linked:
        links.new(colour.links[0].from_socket, share.inputs[1])
    else:
        share.inputs[1].default_value = colour.default_value[:3]
    links.new(share.outputs["Vector"], emission.inputs["Color"])
    emission.inputs["Strength"].default_value = (
        (1 - base.inputs["Metallic"].default_value) * base.inputs["Alpha"].default_value)
    links.new(before, both.inputs[0])
    links.new(emission.outputs["Emission"], both.inputs[1])
    links.new(both.outputs["Shader"], output.inputs["Surface"])
    undo.callback(links.new, before, output.inputs["Surface"])
    for node in made:
        undo.callback(nodes.remove, node)
    undo.enter_context(changed_settings([(base.inputs["Emission Strength"], "default_value", 0.0),
                                         (material.cycles, "emission_sampling", "NONE")]))


def _gives_off(each: bpy.types.Object) -> bool:
    """A screen, or what shines in a room next door."""
    return each.type == "MESH" and any(
        node.type == "EMISSION" or (node.type == "BSDF_PRINCIPLED" and node.inputs["Emission Strength"].default_value)
        for slot in each.material_slots if slot.material and slot.material.node_tree
        for node in slot.material.node_tree.nodes)
