"""A node group by which the lower half of a panorama is the ground that things stand on.

What the camera sees is looked up as if the panorama were a dome that stands on the plane of height 0: its floor has
what the panorama's own camera, at its height above the middle, saw of the ground. Light is not touched: it comes from
far away.
"""

from __future__ import annotations

from contextlib import ExitStack

import bpy

from .adder import Adder

__all__ = ["GROUND", "ground_projection"]

GROUND = "Vernissage Ground"
_SOCKETS = (
    ("Height", 1.6, 0.01, "How high the panorama's camera stood: from higher up, the ground's forms are larger"),
    ("Radius", 50.0, 1.0, "How far the ground goes before it rises as a dome; the scene's camera has to be within"),
)


def ground_projection(undo: ExitStack) -> bpy.types.NodeTree:
    """The group of that name, made if there is none: Height and Radius in; Vector out, a direction for the panorama.

    What would take a new one back is pushed on `undo`.
    """
    known = bpy.data.node_groups.get(GROUND)
    if known is not None and known.library is None:
        return known
    group = bpy.data.node_groups.new(GROUND, "ShaderNodeTree")
    undo.callback(bpy.data.node_groups.remove, group)
    for name, value, least, hint in _SOCKETS:
        socket = group.interface.new_socket(name, in_out="INPUT", socket_type="NodeSocketFloat")
        socket.default_value, socket.min_value, socket.subtype, socket.description = value, least, "DISTANCE", hint
    group.interface.new_socket("Vector", in_out="OUTPUT", socket_type="NodeSocketVector")
    given = group.nodes.new("NodeGroupInput")
    given.location = -300, 0
    add = Adder(group)
    toward = add.vector("NORMALIZE", add.node("ShaderNodeTexCoord").outputs["Generated"])
    eye = add.node("ShaderNodeVectorTransform", (0.0, 0.0, 0.0), vector_type="POINT", convert_from="CAMERA",
                   convert_to="WORLD").outputs[0]
    # Where a ray meets the sphere about the middle of the scene, and where it meets the ground: the nearer one.
    along = add.vector("DOT_PRODUCT", eye, toward)
    beyond = add.math("SUBTRACT", add.math("POWER", given.outputs["Radius"], 2.0), add.vector("DOT_PRODUCT", eye, eye))
    dome = add.math("SUBTRACT", add.math("SQRT", add.math("ADD", add.math("POWER", along, 2.0), beyond)), along)
    down = add.math("MAXIMUM", add.math("MULTIPLY", add.split(toward)["Z"], -1.0), 1e-6)
    ground = add.math("DIVIDE", add.math("MAXIMUM", add.split(eye)["Z"], 1e-3), down)
    met = add.vector("MULTIPLY_ADD", toward, add.math("MINIMUM", dome, ground), eye)
    seen = add.vector("SUBTRACT", met, add.join(0.0, 0.0, given.outputs["Height"]))
    end = add.node("NodeGroupOutput", seen)
    end.location = add.next_place()
    return group
