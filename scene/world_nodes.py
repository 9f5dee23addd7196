"""The nodes of a World that a panorama lights: one placement, one picture that lights and one that the camera sees."""

from __future__ import annotations

import math

import bpy

from ..protocol.world import Sun

__all__ = ["PLACEMENT", "follow_rotation", "new_world", "sun_lamp", "sun_rotation"]

PLACEMENT = "Rotation"  # the node whose turn about z the lamp of the sun follows
_COLUMN_WIDTH = 260
_MAP_PX = 4096
_ROWS = {"place": 200, "light": 320, "seen": 0}


def new_world(name: str, radiance: bpy.types.Image, picture: bpy.types.Image, *, rotation_rad: float, strength: float,
              background: float, width_px: int, ground: bpy.types.NodeTree | None = None) -> bpy.types.World:
    """A World with one Mapping that turns all of it, counterclockwise as seen from above.

    Args:
        radiance: OpenEXR: what lights the scene, and what reflections show.
        picture: low range: what the camera sees behind everything.
        strength: of the light.
        background: of what the camera sees.
        width_px: of the radiance.
        ground: the group by which the camera sees its lower half as a ground; None where all of it is far away.
    """
    world = bpy.data.worlds.new(name)
    if world.node_tree is None:  # before Blender 5.0; from there on a world always has nodes
        world.use_nodes = True
    tree = world.node_tree
    tree.nodes.clear()
    frames = {what: _frame(tree, label) for what, label in (
        ("place", "Placement"), ("light", "Lighting"), ("seen", "Background"))}

    def add(kind: str, frame: str, column: int, label: str = "") -> bpy.types.Node:
        node = tree.nodes.new(kind)
        node.parent = frames.get(frame)
        node.label = label
        node.location = (column * _COLUMN_WIDTH, _ROWS.get(frame, 160))
        node.select = False
        return node

    toward = add("ShaderNodeTexCoord", "place", 0)
    place = add("ShaderNodeMapping", "place", 1, "Rotation")
    place.name = PLACEMENT
    place.vector_type = "TEXTURE"  # turns the picture; as a point it would turn what looks at it
    place.inputs["Rotation"].default_value[2] = rotation_rad
    path = add("ShaderNodeLightPath", "", 3)
    path.location[1] = 640
    if ground is None:
        tree.links.new(toward.outputs["Generated"], place.inputs["Vector"])
    else:
        _stand_on(tree, ground, toward, path, place, frames["place"])
    shaders = []
    for what, image, value in (("light", radiance, strength), ("seen", picture, background)):
        texture = add("ShaderNodeTexEnvironment", what, 2)
        texture.image = image
        shader = add("ShaderNodeBackground", what, 3)
        shader.inputs["Strength"].default_value = value
        tree.links.new(place.outputs["Vector"], texture.inputs["Vector"])
        tree.links.new(texture.outputs["Color"], shader.inputs["Color"])
        shaders.append(shader)
    mix, output = (add(kind, "", column) for kind, column in (("ShaderNodeMixShader", 4), ("ShaderNodeOutputWorld", 5)))
    tree.links.new(path.outputs["Is Camera Ray"], mix.inputs[0])
    for number, shader in enumerate(shaders, 1):
        tree.links.new(shader.outputs["Background"], mix.inputs[number])
    tree.links.new(mix.outputs["Shader"], output.inputs["Surface"])
    if hasattr(world, "cycles"):  # it can be disabled
        # A sun of a pixel and a half is found by importance alone, and its rim at half a pixel. What Cycles chooses by
        # itself is 4096 wide even for a small map, which takes 2 s at the start of each render.
        world.cycles.sampling_method = "MANUAL"
        world.cycles.sample_map_resolution = min(2 * width_px, max(width_px, _MAP_PX))
    return world


def _stand_on(tree: bpy.types.NodeTree, ground: bpy.types.NodeTree, toward: bpy.types.Node, path: bpy.types.Node,
              place: bpy.types.Node, frame: bpy.types.Node) -> None:
    """What the camera sees is looked up by the ground's group, and all else by its direction."""
    group, mix = tree.nodes.new("ShaderNodeGroup"), tree.nodes.new("ShaderNodeMix")
    group.node_tree, group.label = ground, "Ground"
    mix.data_type = "VECTOR"
    for row, node in enumerate((group, mix), 1):
        node.parent, node.select = frame, False
        node.location = 0, _ROWS["place"] - 240 * row
    tree.links.new(path.outputs["Is Camera Ray"], mix.inputs["Factor"])
    # A Mix node has inputs of the same names for every type.
    tree.links.new(toward.outputs["Generated"], next(s for s in mix.inputs if s.identifier == "A_Vector"))
    tree.links.new(group.outputs["Vector"], next(s for s in mix.inputs if s.identifier == "B_Vector"))
    tree.links.new(next(s for s in mix.outputs if s.identifier == "Result_Vector"), place.inputs["Vector"])


def sun_lamp(name: str, sun: Sun, strength: float) -> bpy.types.SunLight:
    """A Sun lamp that gives a sun's light, so many times; it shines from where its object looks."""
    lamp = bpy.data.lights.new(name[:63], "SUN")
    brightest = max(*sun.irradiance, 1e-9)
    lamp.energy = brightest * strength
    lamp.color = [channel / brightest for channel in sun.irradiance]
    lamp.angle = sun.angle_rad
    return lamp


def sun_rotation(direction: tuple[float, float, float], rotation_rad: float) -> tuple[float, float, float]:
    """Euler angles, XYZ, of a lamp that shines from a direction of the panorama in a World that is turned so far: the
    turn is added to the last one."""
    x, y, z = direction
    return math.acos(max(-1.0, min(1.0, z))), 0.0, math.atan2(y, x) + math.pi / 2 + rotation_rad


def follow_rotation(lamp: bpy.types.Object, world: bpy.types.World, still_rad: float) -> None:
    """Let a lamp, which is turned by `still_rad` about z in a World that is not, turn with it: by a driver that is no
    script."""
    driver = lamp.driver_add("rotation_euler", 2).driver
    driver.type = "SCRIPTED"
    turn = driver.variables.new()
    turn.name = "turn"
    turn.type = "SINGLE_PROP"
    turn.targets[0].id_type = "WORLD"
    turn.targets[0].id = world
    turn.targets[0].data_path = f'node_tree.nodes["{PLACEMENT}"].inputs["Rotation"].default_value[2]'
    driver.expression = f"turn + {still_rad:.9f}"


def _frame(tree: bpy.types.NodeTree, label: str) -> bpy.types.Node:
    frame = tree.nodes.new("NodeFrame")
    frame.label = label
    frame.select = False
    return frame
