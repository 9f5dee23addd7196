"""The light in closed rooms as EEVEE has it, which lets the sky in everywhere and gathers no light from surfaces."""

from __future__ import annotations

import bpy
import numpy as np

from ...protocol.exhibition_plan import ExhibitionPlan
from .looks import LOOKS
from .surfaces import radiance

__all__ = ["add_eevee_output", "ambient_lx"]

_OF_SPOTS, _OF_DAYLIGHT, _OF_SKY = 0.2, 0.3, 0.15  # of their lux: the mean on all surfaces of a room
_LUMINANCE = np.array([0.2126, 0.7152, 0.0722])


def add_eevee_output(world: bpy.types.World, plan: ExhibitionPlan) -> None:
    """Give a World a second output, for EEVEE alone: behind everything it is as it was, and it lights no more than
    what the surfaces of a room give back to each other."""
    tree = world.node_tree
    before = tree.get_output_node("ALL").inputs["Surface"].links[0].from_socket
    lux, colour = ambient_lx(plan)
    path, ambient, mix, output = (tree.nodes.new(f"ShaderNode{kind}")
                                  for kind in ("LightPath", "Background", "MixShader", "OutputWorld"))
    ambient.inputs["Color"].default_value = (*colour, 1)
    ambient.inputs["Strength"].default_value = radiance(lux)
    output.target, output.is_active_output = "EEVEE", False
    for column, node in enumerate((path, ambient, mix, output)):
        node.location, node.select, node.label = (220 * column + 400, -320), False, "EEVEE"
    tree.links.new(path.outputs["Is Camera Ray"], mix.inputs[0])
    tree.links.new(ambient.outputs["Background"], mix.inputs[1])
    tree.links.new(before, mix.inputs[2])
    tree.links.new(mix.outputs["Shader"], output.inputs["Surface"])


def ambient_lx(plan: ExhibitionPlan) -> tuple[float, tuple[float, float, float]]:
    """How much light surfaces get from surfaces, as in a closed sphere (ρ / (1 - ρ) of what comes straight), with what
    walls of glass let in; and its linear colour, of luminance 1."""
    look = LOOKS[plan.architecture]
    is_glazed = any(room.glazed for room in plan.rooms)
    sky = _OF_SKY * look.sky_lx if is_glazed else 0.0
    straight = _OF_SPOTS * look.lux + _OF_DAYLIGHT * look.daylight_lx
    walls = np.mean([paint.colour for paint in look.walls], axis=0)
    colour = (2 * walls + look.floor.colour + look.ceiling.colour) / 4
    share = float(colour @ _LUMINANCE)
    red, green, blue = (colour / share).tolist()
    return straight * share / (1 - share) + sky, (red, green, blue)
