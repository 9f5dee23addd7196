"""Textures into Blender: image, material, slots and UV layer, all of them or none."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import bpy
import numpy as np

from ..protocol.errors import BadInput
from ..protocol.messages import TextureResult
from ..protocol.requests import PaintingRequest
from .checks import check_can_apply, chosen_slots
from .evaluated import corner_vertices, layer_uvs
from .heat import add_heat
from .images import describe, new_image, texture_name
from .material import new_material
from .meshes import OwnUVs

__all__ = ["Placement", "apply_texture", "assign"]


@dataclass(frozen=True)
class Placement:
    """Where a texture goes.

    Attributes:
        uv_layer: the layer that it is laid out in, as `MeshArrays.uv_layer` names it.
        own_uvs: for a new layer on the base mesh; None for one that is there.
        pack: into the .blend; otherwise a file in `//textures/`.
        slots: numbers of the material slots to paint; None for all.
    """

    uv_layer: str
    own_uvs: OwnUVs | None
    pack: bool
    slots: Collection[int] | None = None


def apply_texture(obj: bpy.types.Object, placement: Placement, picture: Path, request: PaintingRequest,
                  result: TextureResult, number: int = 0) -> bpy.types.Image:
    """Show the picture on the object: a new image in a new material, in the chosen slots.

    The materials that were there stay in the file, kept by a fake user if nothing else uses them. A new UV layer
    becomes the active one only where the mesh had none. No undo step is pushed: that is the operator's.

    Args:
        picture: the PNG or OpenEXR file of the result; with <UDIM> in its name for the tiles of it.
        number: which of the request's objects it is; its name may have changed since.

    Raises:
        BadInput: the object or its mesh changed in the meantime and can no longer take the texture.
        StorageError: the picture cannot be read or saved.
        On any exception everything is as it was, files included.
    """
    check_can_apply(obj, placement.slots, adds_uv_layer=placement.own_uvs is not None
                    and _same_layer(obj.data, placement) is None)
    _check_uvs(obj, placement)
    prompt = request.objects[number].prompt
    name = texture_name(obj.name, prompt)
    with ExitStack() as undo:
        tiles = [tile.number for tile in result.tiles]
        image = new_image(name, picture, placement.pack, undo, tiles)
        seen, sources = (picture.with_name(file) if file else None
                         for file in (result.seen, result.strips[0].file if result.strips else ""))
        describe(image, obj.name, request, result, number, seen, sources)
        layer = placement.uv_layer
        if placement.own_uvs is not None:
            layer = _same_layer(obj.data, placement) or _add_layer(obj.data, placement, undo)
        material = new_material(name, image, layer, prompt)
        undo.callback(bpy.data.materials.remove, material)
        if result.quality_map:
            heat = new_image(texture_name(obj.name, "view quality"), picture.with_name(result.quality_map),
                             placement.pack, undo, tiles)
            add_heat(material, heat)
        assign(obj, material, placement.slots, undo)
        undo.pop_all()  # done: nothing is taken back
    return image


def _check_uvs(obj: bpy.types.Object, placement: Placement) -> None:
    mesh = obj.data
    if placement.own_uvs is not None:
        if mesh.is_editmode:
            raise BadInput("{name} is in Edit Mode, where it cannot get its UV layer.",
                           "Leave Edit Mode, then apply the texture again.", name=obj.name)
        if not np.array_equal(corner_vertices(mesh), placement.own_uvs.corners):
            raise BadInput("The mesh of {name} was changed while it was being painted.", "Paint it again.",
                           name=obj.name)
    elif placement.uv_layer not in mesh.uv_layers and not obj.modifiers:
        raise BadInput("The UV layer {layer} of {name} was removed while it was being painted.",
                       "Undo that, or paint the object again.", name=obj.name, layer=placement.uv_layer)


def _same_layer(mesh: bpy.types.Mesh, placement: Placement) -> str | None:
    """The name of a layer with just these UVs: the unwrap of the same mesh comes out the same, so painting it a
    second time needs no second layer."""
    return next((layer.name for layer in mesh.uv_layers if layer.name.startswith(placement.uv_layer)
                 and np.array_equal(layer_uvs(mesh, layer.name), placement.own_uvs.uvs)), None)


def _add_layer(mesh: bpy.types.Mesh, placement: Placement, undo: ExitStack) -> str:
    layer = mesh.uv_layers.new(name=placement.uv_layer, do_init=False)
    name = layer.name  # with a number, where it was taken
    undo.callback(lambda: mesh.uv_layers.remove(mesh.uv_layers[name]))
    layer.uv.foreach_set("vector", np.ascontiguousarray(placement.own_uvs.uvs, np.float32).ravel())
    mesh.update()
    return name


def assign(obj: bpy.types.Object, material: bpy.types.Material, slots: Collection[int] | None, undo: ExitStack
           ) -> None:
    """Show a material in slots of an object; what would take it back is pushed on `undo`."""
    if not obj.material_slots:
        obj.data.materials.append(material)
        undo.callback(obj.data.materials.clear)  # `pop` would leave the object its slot
        return
    linked_mesh = obj.data.library is not None or obj.data.override_library is not None
    replaced: list[bpy.types.Material] = []
    for number in chosen_slots(obj, slots):
        slot = obj.material_slots[number]
        if slot.material is not None and slot.material not in replaced:
            replaced.append(slot.material)
        undo.callback(_restore_slot, obj, number, slot.link, slot.material)
        if linked_mesh and slot.link == "DATA":
            slot.link = "OBJECT"
        slot.material = material
    for old in replaced:
        if old.users == 0 and old.library is None:
            old.use_fake_user = True
            undo.callback(setattr, old, "use_fake_user", False)


def _restore_slot(obj: bpy.types.Object, number: int, link: str, material: bpy.types.Material | None) -> None:
    slot = obj.material_slots[number]
    if slot.link != link:
        slot.material = None
        slot.link = link
    else:
        slot.material = material
