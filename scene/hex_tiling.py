"""A node group by which a picture that tiles shows no repetition.

Heitz and Neyret, "High-Performance By-Example Noise using a Histogram-Preserving Blending Operator" (2018), as hexagons
of Mikkelsen, "Practical Real-Time Hex-Tiling" (JCGT 2022): the plane is cut into triangles, each corner shows the
picture moved by chance, and a place blends the pictures of its three corners, sharply, so that their contrast stays.
"""

from __future__ import annotations

from contextlib import ExitStack

import bpy

from .adder import Adder

__all__ = ["HEX_TILING", "hex_tiling"]

HEX_TILING = "Vernissage Hex Tiling"
_DENSITY = 2 * 3**0.5  # triangles along a picture's side, as in both papers
_SHARPNESS = 7.0  # the exponent of Mikkelsen


def hex_tiling(undo: ExitStack) -> bpy.types.NodeTree:
    """The group of that name, made if there is none: Vector in; Vector 1 to 3 and Weight 1 to 3 out, which add up to 1.

    What would take a new one back is pushed on `undo`.
    """
    known = bpy.data.node_groups.get(HEX_TILING)
    if known is not None and known.library is None:
        return known
    group = bpy.data.node_groups.new(HEX_TILING, "ShaderNodeTree")
    undo.callback(bpy.data.node_groups.remove, group)
    group.interface.new_socket("Vector", in_out="INPUT", socket_type="NodeSocketVector")
    for number in "123":
        group.interface.new_socket(f"Vector {number}", in_out="OUTPUT", socket_type="NodeSocketVector")
    for number in "123":
        group.interface.new_socket(f"Weight {number}", in_out="OUTPUT", socket_type="NodeSocketFloat")
    place = group.nodes.new("NodeGroupInput")
    add = Adder(group)
    u, v, _ = add.split(place.outputs["Vector"])
    # To a grid whose cells are two triangles each.
    x = add.math("MULTIPLY", add.math("MULTIPLY_ADD", v, -(3**-0.5), u), _DENSITY)
    y = add.math("MULTIPLY", v, 2 * 3**-0.5 * _DENSITY)
    across, down = add.math("FRACT", x), add.math("FRACT", y)
    left, low = add.math("FLOOR", x), add.math("FLOOR", y)
    rest = add.math("SUBTRACT", add.math("SUBTRACT", 1.0, across), down)
    upper = add.math("LESS_THAN", rest, 0.0)  # 1 in a cell's upper triangle
    lower = add.math("SUBTRACT", 1.0, upper)
    corners = ((upper, upper), (upper, lower), (lower, upper))
    nearness = (add.math("ABSOLUTE", rest), add.math("ABSOLUTE", add.math("SUBTRACT", upper, down)),
                add.math("ABSOLUTE", add.math("SUBTRACT", upper, across)))
    sharp = [add.math("POWER", near, _SHARPNESS) for near in nearness]
    total = add.math("ADD", add.math("ADD", sharp[0], sharp[1]), sharp[2])
    end = group.nodes.new("NodeGroupOutput")
    for number, (right, up), weight in zip("123", corners, sharp, strict=True):
        corner = add.join(add.math("ADD", left, right), add.math("ADD", low, up))
        moved = _moved(add, place.outputs["Vector"], corner)
        group.links.new(moved, end.inputs[f"Vector {number}"])
        group.links.new(add.math("DIVIDE", weight, total), end.inputs[f"Weight {number}"])
    end.location = add.next_place()
    place.location = -300, 0
    return group


def _moved(add: Adder, vector: bpy.types.NodeSocket, corner: bpy.types.NodeSocket) -> bpy.types.NodeSocket:
    """The vector, moved by what chance gives to the corner."""
    chance = add.node("ShaderNodeTexWhiteNoise", corner, noise_dimensions="2D")
    return add.vector("ADD", vector, chance.outputs["Color"])
