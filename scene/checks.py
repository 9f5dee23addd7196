"""What keeps an object from being textured, each as one sentence with its remedy."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import bpy

from ..protocol.errors import BadInput
from ..protocol.messages import Remark

__all__ = ["MAX_UV_LAYERS", "active_slot", "check_can_apply", "check_can_read", "chosen_slots", "other_users",
           "users_remark", "uvs_remarks"]

MAX_UV_LAYERS = 8  # Blender's own limit, the same from 4.2 to 5.2
_CONVERTIBLE = {"CURVE", "CURVES", "FONT", "META", "POINTCLOUD", "SURFACE"}


def check_can_read(obj: bpy.types.Object, depsgraph: bpy.types.Depsgraph) -> None:
    """Whether the object is a mesh whose evaluated form can be trusted.

    A hidden object is refused even when it is named: Blender does not evaluate the modifiers of some hidden
    objects (those of hidden collections), and nobody would see what was painted.

    Raises:
        BadInput: it is no mesh, not in the view layer, hidden, or in a mode that holds its changes back.
    """
    if obj.type in _CONVERTIBLE:
        raise BadInput("{name} is of type {kind}, not a mesh.", "Convert it with Object > Convert > Mesh.",
                       name=obj.name, kind=_kind(obj))
    if obj.type == "EMPTY" and obj.instance_collection is not None:
        raise BadInput("{name} only shows the collection {collection}, without a mesh of its own.",
                       "Texture the objects of the collection, or use Object > Apply > Make Instances Real.",
                       name=obj.name, collection=obj.instance_collection.name)
    if obj.type != "MESH":
        raise BadInput("{name} is of type {kind}, not a mesh.", "Choose a mesh.", name=obj.name, kind=_kind(obj))
    view_layer = depsgraph.view_layer
    if not obj.visible_get(view_layer=view_layer):
        if all(other != obj for other in view_layer.objects):
            raise BadInput("{name} is not in the view layer {layer}.",
                           "Include its collection in the view layer, in the Outliner.",
                           name=obj.name, layer=view_layer.name)
        raise BadInput("{name} is hidden in the viewport.", "Show it and its collections in the Outliner.",
                       name=obj.name)
    if obj.data.is_editmode:  # through another object that shows the same mesh, perhaps
        raise BadInput("{name} is in Edit Mode.", "Leave Edit Mode first.", name=obj.name)
    if obj.mode == "SCULPT":  # it leaves modifiers out, and dynamic topology keeps the mesh to itself
        raise BadInput("{name} is in Sculpt Mode.", "Leave Sculpt Mode first.", name=obj.name)


def check_can_apply(obj: bpy.types.Object, slots: Collection[int] | None, *, adds_uv_layer: bool) -> None:
    """Whether the object can be given a material, and its mesh a UV layer where one is needed.

    An override (or a local object) of a linked mesh can: its slots are linked to the object. A UV layer or a
    first slot would change the mesh itself, which a link does not keep.

    Raises:
        BadInput: it is linked, has too few slots, or its mesh has no room for another UV layer.
    """
    mesh = obj.data
    if obj.library is not None:
        raise BadInput("{name} is linked from {library}.",
                       "Make it local, or make a library override of it (Object > Relations).",
                       name=obj.name, library=obj.library.name)
    if obj.override_library is not None and obj.override_library.is_system_override:
        raise BadInput("{name} is a library override that is not editable.",
                       "Make it editable in the Outliner: Library Override > Make.", name=obj.name)
    if not _mesh_is_editable(mesh) and (adds_uv_layer or not obj.material_slots):
        raise BadInput("The mesh of {name} is linked from a library: it cannot get a new UV layer or material slot.",
                       "Make the object's data local (Object > Relations > Make Local).", name=obj.name)
    if adds_uv_layer and len(mesh.uv_layers) >= MAX_UV_LAYERS:
        raise BadInput("{name} has {count} UV layers already, the most that Blender allows.",
                       "Remove one in Properties > Data > UV Maps.", name=obj.name, count=len(mesh.uv_layers))
    for slot in slots or ():
        if not 0 <= slot < len(obj.material_slots):
            raise BadInput("{name} has no material slot {slot}: it has {count}.",
                           "Choose a slot that it has, counted from 0.",
                           name=obj.name, slot=slot, count=len(obj.material_slots))


def active_slot(obj: bpy.types.Object) -> tuple[int, ...] | None:
    """The number of the slot that is chosen in the object's material list; None for an object without slots."""
    return (obj.active_material_index,) if obj.material_slots else None


def chosen_slots(obj: bpy.types.Object, slots: Collection[int] | None) -> tuple[int, ...]:
    """The slots' numbers in order; all of the object's where None are chosen."""
    return tuple(range(len(obj.material_slots))) if slots is None else tuple(sorted(set(slots)))


def other_users(obj: bpy.types.Object) -> list[str]:
    """The names of the other objects that show the same mesh."""
    if obj.data.users < 2:
        return []
    return sorted(other.name for other in bpy.data.objects if other.data == obj.data and other != obj)


def users_remark(obj: bpy.types.Object, slots: Collection[int] | None) -> tuple[Remark, ...]:
    """Says that other objects will show the texture too; empty where none does, as when every chosen slot is
    linked to the object instead of to the mesh."""
    others = other_users(obj)
    chosen = [obj.material_slots[slot] for slot in chosen_slots(obj, slots)]
    if not others or (chosen and all(slot.link == "OBJECT" for slot in chosen)):
        return ()
    names = ", ".join(others[:5]) + (", …" if len(others) > 5 else "")
    return (Remark("{name} shares its mesh with {others}: what is painted on one shows on all. To paint it alone, "
                   "use Object > Relations > Make Single User.", {"name": obj.name, "others": names}),)


def uvs_remarks(objects: Iterable[bpy.types.Object]) -> tuple[Remark, ...]:
    """Says which ones have no UVs for a material that is laid on by them."""
    return tuple(Remark("{name} has no UV layer, so the material shows one colour on it: choose the projection "
                        "Triplanar, or unwrap it.", {"name": obj.name})
                 for obj in objects if obj.type == "MESH" and not obj.data.uv_layers)


def _kind(obj: bpy.types.Object) -> str:
    return obj.type.replace("_", " ").lower()


def _mesh_is_editable(mesh: bpy.types.Mesh) -> bool:
    return mesh.library is None and mesh.override_library is None
