"""The nodes of a material that tiles: one group, to be read from left to right, in labelled frames."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import bpy

from .gltf import material_output
from .hex_tiling import hex_tiling

__all__ = ["Projection", "Relief", "SurfaceImages", "SurfaceLook", "new_surface"]

_COLUMN, _ROW = 320, 320
_BOX_BLEND = 0.25  # of a side's share: so that three sides go over into each other without a line


class Projection(enum.StrEnum):
    """How a picture is laid on: by the UV layer that renders use, or from three sides."""

    UV = "uv"
    TRIPLANAR = "triplanar"


@dataclass(frozen=True)
class SurfaceLook:
    """
    Attributes:
        size_m: how wide the picture is on the surface. A unit of UV counts as a metre.
        hex_tiling: no repetition is seen, for three times as many lookups; by UV only.
        displacement: the surface itself is moved in Cycles, in place of its normals.
    """

    size_m: float = 1.0
    projection: Projection = Projection.UV
    hex_tiling: bool = False
    displacement: bool = False


@dataclass(frozen=True)
class SurfaceImages:
    """
    Attributes:
        orm: occlusion, roughness and metallic as red, green and blue.
        normal: tangent space, green up.
    """

    base_colour: bpy.types.Image
    orm: bpy.types.Image
    normal: bpy.types.Image
    height: bpy.types.Image


@dataclass(frozen=True)
class Relief:
    """What the height image holds: its 0 and its 1, and its width and height, all in pixels."""

    low_px: float
    high_px: float
    width_px: int
    height_px: int


class _Sheet:
    """A node tree that nodes are laid out on in columns, each in a frame."""

    def __init__(self, tree: bpy.types.NodeTree) -> None:
        self.tree = tree
        self._frame: bpy.types.Node | None = None
        self._column = self._row = 0

    def frame(self, label: str, column: int) -> None:
        """The next nodes lie in a new frame, from a column on."""
        self._frame = self.tree.nodes.new("NodeFrame")
        self._frame.label = self._frame.name = label
        self._frame.label_size = 24
        self._column, self._row = column, 0

    def add(self, kind: str, label: str = "", column: int = 0, *, inputs: Mapping[str | int, Any] | None = None,
            **settings: Any) -> bpy.types.Node:
        """A node under the last one, or at the top of a column further right; inputs are values or sockets."""
        if column:
            self._column, self._row = self._column + column, 0
        node = self.tree.nodes.new(kind)
        node.label, node.parent, node.select = label, self._frame, False
        node.location = self._column * _COLUMN, -self._row * _ROW
        self._row += 1
        for name, value in settings.items():
            setattr(node, name, value)
        for place, value in (inputs or {}).items():
            if isinstance(value, bpy.types.NodeSocket):
                self.tree.links.new(value, node.inputs[place])
            else:
                node.inputs[place].default_value = value
        return node


def new_surface(name: str, images: SurfaceImages, relief: Relief, look: SurfaceLook, undo: ExitStack
                ) -> bpy.types.Material:
    """A material that shows the images at their size on the surface. What would take it back is pushed on `undo`."""
    group = _new_group(name, images, relief, look, undo)
    material = bpy.data.materials.new(name)
    undo.callback(bpy.data.materials.remove, material)
    if material.node_tree is None:  # before Blender 5.0; from there on a material always has nodes
        material.use_nodes = True
    nodes, links = material.node_tree.nodes, material.node_tree.links
    nodes.clear()
    surface = nodes.new("ShaderNodeGroup")
    surface.node_tree, surface.label, surface.width = group, name, 260
    output = nodes.new("ShaderNodeOutputMaterial")
    surface.location, output.location = (-_COLUMN, 0), (0, 0)
    links.new(surface.outputs["Surface"], output.inputs["Surface"])
    if look.displacement:
        links.new(surface.outputs["Displacement"], output.inputs["Displacement"])
        surface.inputs["Normal Strength"].default_value = 0.0  # the surface itself has the relief
        material.displacement_method = "DISPLACEMENT"
    for node in nodes:
        node.select = False
    return material


def _new_group(name: str, images: SurfaceImages, relief: Relief, look: SurfaceLook, undo: ExitStack
               ) -> bpy.types.NodeTree:
    group = bpy.data.node_groups.new(name, "ShaderNodeTree")
    undo.callback(bpy.data.node_groups.remove, group)
    _add_sockets(group, look)
    sheet = _Sheet(group)
    sheet.frame("Coordinates", -5)
    given = sheet.add("NodeGroupInput", "Inputs")
    size = given.outputs["Size"]
    across = sheet.add("ShaderNodeTexCoord", "Where")
    down = sheet.add("ShaderNodeMath", "Height of the Picture", 1, operation="MULTIPLY",
                     inputs={0: size, 1: relief.height_px / relief.width_px})
    whole = sheet.add("ShaderNodeCombineXYZ", "Metres of the Picture", 0,
                      inputs={"X": size, "Y": down.outputs[0], "Z": size})
    # By UVs alone where hexagons hide the repetition; otherwise a switch.
    from_sides = None if look.hex_tiling else given.outputs["Triplanar"]
    # Its scale is linked; the values below the links are what Blender's glTF exporter takes.
    where = across.outputs["UV"] if from_sides is None else _mixed(
        sheet, "UV or Object", from_sides, across.outputs["UV"], across.outputs["Object"])
    place = sheet.add("ShaderNodeMapping", "Real Size", 1, vector_type="TEXTURE", inputs={
        "Vector": where, "Scale": whole.outputs[0]})
    place.inputs["Scale"].default_value = (look.size_m, look.size_m * relief.height_px / relief.width_px, look.size_m)
    lookup = _hex_lookup(sheet, place.outputs[0], given.outputs["Hex Tiling"], undo) if from_sides is None else _lookup(
        sheet, place.outputs[0], from_sides)
    sheet.frame("Maps", -1)
    colour, orm, normal, height = (lookup(label, image) for label, image in (
        ("Base Colour", images.base_colour), ("Occlusion, Roughness, Metallic", images.orm),
        ("Normal", images.normal), ("Height", images.height)))
    sheet.frame("Relief", 1)
    range_px = max(relief.high_px - relief.low_px, 1e-6)
    metres = sheet.add("ShaderNodeMath", "Metres from Low to High", operation="MULTIPLY",
                       inputs={0: size, 1: range_px / relief.width_px})
    scale = sheet.add("ShaderNodeMath", "Relief", operation="MULTIPLY",
                      inputs={0: metres.outputs[0], 1: given.outputs["Relief"]})
    strength = given.outputs["Normal Strength"]
    bent = sheet.add("ShaderNodeNormalMap", "Normals", 1, inputs={
        "Strength": strength, "Color": _green_up(sheet, normal, given.outputs["DirectX Normals"])}).outputs["Normal"]
    if from_sides is not None:  # a tangent of the UV layer says nothing of a picture that is laid on from a side
        bump = sheet.add("ShaderNodeBump", "Normals by Height", 0, inputs={
            "Strength": strength, "Distance": scale.outputs[0], "Height": height})
        bent = _mixed(sheet, "Normals by UV or Height", from_sides, bent, bump.outputs["Normal"])
    moved = sheet.add("ShaderNodeDisplacement", "Displacement", 0, inputs={
        "Height": height, "Midlevel": -relief.low_px / range_px, "Scale": scale.outputs[0]})
    sheet.frame("Surface", 3)
    parts = sheet.add("ShaderNodeSeparateColor", "Roughness and Metallic", inputs={0: orm})
    shader = sheet.add("ShaderNodeBsdfPrincipled", "", 1, inputs={
        "Base Color": colour, "Roughness": parts.outputs["Green"], "Metallic": parts.outputs["Blue"],
        "Normal": bent})
    sheet.add("ShaderNodeGroup", "Occlusion for glTF", node_tree=material_output(undo), inputs={
        "Occlusion": parts.outputs["Red"]})
    sheet.add("NodeGroupOutput", "", 1, inputs={"Surface": shader.outputs["BSDF"],
                                                "Displacement": moved.outputs["Displacement"]})
    return group


def _add_sockets(group: bpy.types.NodeTree, look: SurfaceLook) -> None:
    group.interface.new_socket("Surface", in_out="OUTPUT", socket_type="NodeSocketShader")
    group.interface.new_socket("Displacement", in_out="OUTPUT", socket_type="NodeSocketVector")
    for name, value, most, hint in (
            ("Size", look.size_m, 1e4, "How wide the picture is on the surface, in metres; a unit of UV is a metre"),
            ("Normal Strength", 1.0, 4.0, "How strongly the normals are bent"),
            ("Relief", 1.0, 10.0, "How high the relief is against what the height says"),
            ("DirectX Normals", 0.0, 1.0,
             "1 for another image of normals whose green is down, 0 for one whose green is up"),
            ("Hex Tiling", 1.0, 1.0, "1 hides that the picture comes again, 0 shows it") if look.hex_tiling else
            ("Triplanar", float(look.projection is Projection.TRIPLANAR), 1.0,
             "1 lays the picture on from three sides, 0 by the UV layer")):
        socket = group.interface.new_socket(name, in_out="INPUT", socket_type="NodeSocketFloat")
        socket.default_value, socket.min_value, socket.max_value, socket.description = value, 0.0, most, hint
    size = group.interface.items_tree["Size"]
    size.min_value, size.subtype = 1e-3, "DISTANCE"
    # Numbers: trees of shaders have no other switches before Blender 5.
    for name in ("DirectX Normals", "Hex Tiling", "Triplanar"):
        if name in group.interface.items_tree:
            group.interface.items_tree[name].subtype = "FACTOR"


_Lookup = Callable[[str, bpy.types.Image], bpy.types.NodeSocket]


def _lookup(sheet: _Sheet, place: bpy.types.NodeSocket, from_sides: bpy.types.NodeSocket) -> _Lookup:
    """What adds the lookup of an image, flat or from three sides, and gives its colour. Cycles leaves out what is not
    wanted; Blender's glTF exporter takes the first, the flat one."""
    def looked_up(label: str, image: bpy.types.Image) -> bpy.types.NodeSocket:
        flat, box = (sheet.add("ShaderNodeTexImage", name, image=image, inputs={"Vector": place})
                     for name in (label, f"{label}, Triplanar"))
        box.projection, box.projection_blend, box.hide = "BOX", _BOX_BLEND, True
        return _mixed(sheet, label, from_sides, flat.outputs["Color"], box.outputs["Color"])

    return looked_up


def _hex_lookup(sheet: _Sheet, place: bpy.types.NodeSocket, by_hexagons: bpy.types.NodeSocket, undo: ExitStack
                ) -> _Lookup:
    """The same, flat or without repetition."""
    sheet.frame("Hex Tiling", -2)
    tiling = sheet.add("ShaderNodeGroup", "Hex Tiling", node_tree=hex_tiling(undo), inputs={"Vector": place})

    def looked_up(label: str, image: bpy.types.Image) -> bpy.types.NodeSocket:
        flat = sheet.add("ShaderNodeTexImage", label, image=image, inputs={"Vector": place})
        total: bpy.types.NodeSocket | None = None
        for number in "123":
            part = sheet.add("ShaderNodeTexImage", f"{label} {number}", image=image,
                             inputs={"Vector": tiling.outputs[f"Vector {number}"]})
            part.hide = True
            total = sheet.add("ShaderNodeVectorMath", "Weighted", operation="MULTIPLY_ADD", hide=True, inputs={
                0: part.outputs["Color"], 1: tiling.outputs[f"Weight {number}"],
                **({2: total} if total is not None else {})}).outputs[0]
        return _mixed(sheet, label, by_hexagons, flat.outputs["Color"], total)

    return looked_up


def _mixed(sheet: _Sheet, label: str, share: bpy.types.NodeSocket, none: bpy.types.NodeSocket, full: Any,
           blend: str = "MIX") -> bpy.types.NodeSocket:
    """`none` where the share is 0, `full` blended over it where it is 1."""
    node = sheet.add("ShaderNodeMix", label, data_type="RGBA", blend_type=blend, hide=True)
    sockets = {socket.identifier: socket for socket in (*node.inputs, *node.outputs)}
    for name, value in (("Factor_Float", share), ("A_Color", none), ("B_Color", full)):
        if isinstance(value, bpy.types.NodeSocket):
            sheet.tree.links.new(value, sockets[name])
        else:
            sockets[name].default_value = value
    return sockets["Result_Color"]


def _green_up(sheet: _Sheet, normal: bpy.types.NodeSocket, is_down: bpy.types.NodeSocket) -> bpy.types.NodeSocket:
    return _mixed(sheet, "Green Up", is_down, normal, (0.0, 1.0, 0.0, 1.0), "DIFFERENCE")
