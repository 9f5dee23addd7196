"""What an object is like, by which it is seen whether an artist has changed it since it was built.

Whatever Blender has as a property is read, each by its name, and what is there in both of two states is compared: a
newer Blender has properties more, or less, and what it adds is nobody's change.
"""

from __future__ import annotations

import base64
import functools
import hashlib
from collections.abc import Hashable, Iterable, Iterator
from typing import Any, cast

import bpy
import numpy as np

__all__ = ["PLACE", "SURFACE", "curves_of", "is_like", "state_of"]

SURFACE = "vernissage_surface"  # on a material that all surfaces of that name share
PLACE = "at"  # what a state tells of where something is
_ROUNDING = 5  # digits of metres: single precision, some hundred metres from the origin
_KEY, _VALUE = 5, 3  # bytes of hashes, of which an object has some hundred
_SIMPLE = {"BOOLEAN", "INT", "FLOAT", "STRING", "ENUM"}
_WITHIN = {"cycles", "image_user", "texture_mapping", "color_mapping", "color_ramp", "mapping", "curves", "points",
           "elements", "text_boxes"}  # what belongs to a thing, and has properties of its own
# how it is seen while somebody works on it, what Blender works out, and names
_NOT = {"name", "eval_time", "frame_current", "use_auto_texspace", "use_deform_bounds", "tile", "family", "use_nodes",
        "use_backface_culling_lightprobe_volume", "subsurface_method"}  # the last two are others in a file that is read
_NOT_BEGUN = ("show_", "active_", "paint_", "preview_", "texspace_", "edit_", "is_active", "select_", "use_preview")

_Told = Iterator[tuple[str, Any]]  # by names


def state_of(each: bpy.types.Object) -> str:
    """Of all that an artist would change: where it is, what it looks like, what it says, how it shines. What a camera
    is like is the artist's whatever becomes of its tour, and not told."""
    known = {}
    for name, value in _object(each):
        known[_hash(name, _KEY)] = _hash(repr(value), _VALUE)
    return base64.b64encode(b"".join(name + value for name, value in sorted(known.items()))).decode()


def is_like(before: str, now: str, besides: Iterable[str] = ()) -> bool:
    """Whether nothing that is in both states is another, besides what is named."""
    one, two = _parted(before), _parted(now)
    names = one.keys() & two.keys() - {_hash(name, _KEY) for name in besides}
    return bool(one) and all(one[name] == two[name] for name in names)


def _parted(state: str) -> dict[bytes, bytes]:
    whole = base64.b64decode(state)
    return {whole[at:at + _KEY]: whole[at + _KEY:at + _KEY + _VALUE] for at in range(0, len(whole), _KEY + _VALUE)}


@functools.lru_cache(maxsize=1 << 15)  # most names and values are those of many objects
def _hash(text: str, size: int) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=size).digest()


def curves_of(each: bpy.types.ID) -> list[bpy.types.FCurve]:
    """Of its animation, by which it is somewhere else in each frame."""
    action = each.animation_data.action if each.animation_data else None
    if action is None:
        return []
    return list(action.fcurves) if hasattr(action, "fcurves") else [
        curve for layer in action.layers for strip in layer.strips for bag in strip.channelbags
        for curve in bag.fcurves]  # from Blender 5.0 on


def _object(each: bpy.types.Object) -> _Told:
    keys = [[curve.data_path, curve.array_index, [[round(value, 3) for value in point.co]
                                                  for point in curve.keyframe_points]] for curve in curves_of(each)]
    yield PLACE, keys or _rounded(np.array(each.matrix_basis, np.float64))
    yield "modifiers", [[modifier.name, modifier.type] for modifier in each.modifiers]
    for modifier in each.modifiers:
        yield from _properties(f"modifier {modifier.name}", modifier)
    for name, _ in _of_type(cast(Hashable, type(each))):
        if name.startswith("visible_") or name in ("hide_render", "is_holdout", "is_shadow_catcher"):
            yield f"object.{name}", getattr(each, name)
    yield "materials", [slot.material.name if slot.material else "" for slot in each.material_slots]
    for material in {slot.material for slot in each.material_slots} - {None}:
        if SURFACE not in material:  # that stays whatever the plan changes
            yield from _properties(f"material {material.name}", material)
            yield from _nodes(f"material {material.name}", material.node_tree)
    if isinstance(each.data, bpy.types.Mesh):
        yield from _mesh(each.data)
    elif isinstance(each.data, bpy.types.Curve):
        yield from _properties("data", each.data)
        yield "points", [[_rounded(point.co) for point in spline.points] for spline in each.data.splines]
        yield "bends", [[_rounded(place) for place in (point.handle_left, point.co, point.handle_right)]
                        for spline in each.data.splines for point in spline.bezier_points]
    elif isinstance(each.data, bpy.types.Light):
        yield from _properties("data", each.data)
        yield from _lamp(each.data.node_tree)


def _mesh(mesh: bpy.types.Mesh) -> _Told:
    points, slots = np.empty(3 * len(mesh.vertices), np.float32), np.empty(len(mesh.polygons), np.int32)
    mesh.vertices.foreach_get("co", points)
    mesh.polygons.foreach_get("material_index", slots)
    yield "mesh", [len(mesh.polygons), len(mesh.loops), _digest(points), hashlib.sha256(slots.tobytes()).hexdigest()]
    yield "uvs", [_digest(_uvs(layer, len(mesh.loops))) for layer in mesh.uv_layers]


def _uvs(layer: bpy.types.MeshUVLoopLayer, count: int) -> np.ndarray:
    values = np.empty(2 * count, np.float32)
    layer.data.foreach_get("uv", values)
    return values


def _digest(values: np.ndarray) -> str:
    return hashlib.sha256((values.round(_ROUNDING) + 0.0).tobytes()).hexdigest()


def _nodes(name: str, tree: bpy.types.NodeTree | None) -> _Told:
    """What a shader is made of; where its nodes lie, and how they are shown, changes nothing."""
    nodes = sorted(tree.nodes, key=lambda node: node.name) if tree is not None else []
    yield f"{name} nodes", [[node.name, node.bl_idname] for node in nodes]
    yield f"{name} links", sorted([link.from_node.name, link.from_socket.identifier, link.to_node.name,
                                   link.to_socket.identifier] for link in tree.links) if tree is not None else []
    for node in nodes:
        yield from _properties(f"{name} {node.name}", node)
        for socket in (*node.inputs, *(node.outputs if not node.inputs else ())):
            if hasattr(socket, "default_value"):
                yield f"{name} {node.name} {socket.identifier}", _plain(socket.default_value)


def _lamp(tree: bpy.types.NodeTree | None) -> _Told:
    """Its nodes, besides those that Blender 5.2 gives to all, and to those of older files."""
    nodes = sorted(tree.nodes, key=lambda node: node.name) if tree is not None else []
    more = [node for node in nodes if node.bl_idname not in ("ShaderNodeEmission", "ShaderNodeOutputLight")]
    yield "data nodes", [[node.name, node.bl_idname] for node in more]
    shines = [_numbers(socket.default_value) for node in nodes if node not in more for socket in node.inputs
              if socket.name in ("Color", "Strength")]
    yield "data shines", [values for values in shines if set(values) != {1}]
    if more:
        yield from _nodes("data", tree)


def _properties(name: str, thing: Any) -> _Told:
    for identifier, kind in _of_type(cast(Hashable, type(thing))):
        value = getattr(thing, identifier)
        if kind in _SIMPLE:
            yield f"{name}.{identifier}", _plain(value)
        elif kind == "POINTER" and (value is None or isinstance(value, bpy.types.ID)):
            yield f"{name}.{identifier}", value.name if value is not None else ""
        elif kind == "POINTER" and identifier in _WITHIN:
            yield from _properties(f"{name}.{identifier}", value)
        elif kind == "COLLECTION" and identifier in _WITHIN:
            yield f"{name}.{identifier}", len(value)
            for number, each in enumerate(value):
                yield from _properties(f"{name}.{identifier} {number}", each)


@functools.lru_cache(maxsize=256)
def _of_type(kind: Any) -> tuple[tuple[str, str], ...]:
    """Names and types of what may be changed."""
    own = {each.identifier for base in (bpy.types.ID, bpy.types.Node) if issubclass(kind, base)
           for each in base.bl_rna.properties} - {"mute"}
    return tuple((each.identifier, each.type) for each in kind.bl_rna.properties
                 if each.identifier not in own | _NOT and not each.identifier.startswith(_NOT_BEGUN)
                 and (each.identifier in _WITHIN or (not each.is_readonly and each.type != "COLLECTION")))


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.5g}")
    if isinstance(value, str | int | None):
        return value
    if isinstance(value, bpy.types.ID):
        return value.name
    if isinstance(value, set):
        return sorted(value)
    return _numbers(value)


def _numbers(value: Any) -> list[float]:
    return [float(f"{float(number):.5g}") for number in np.ravel(value)]


def _rounded(values: Any) -> list[float]:
    return (np.array(values, np.float64).round(_ROUNDING) + 0.0).ravel().tolist()
