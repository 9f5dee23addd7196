"""Which objects are meant: by name, by what is visible, or the one that a job was started for."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

import bpy

from ..protocol.errors import BadInput

__all__ = ["find_identity", "find_objects", "identity", "object_of", "own_prompt", "visible_meshes"]


def visible_meshes(view_layer: bpy.types.ViewLayer) -> list[bpy.types.Object]:
    """Every mesh object that the view layer shows, in the order of their names.

    Raises:
        BadInput: there is none.
    """
    view_layer.update()  # objects that a script has linked appear in it only then
    meshes = [obj for obj in view_layer.objects if obj.type == "MESH" and obj.visible_get(view_layer=view_layer)]
    if not meshes:
        raise BadInput("The view layer {layer} shows no mesh.", "Name an object, or unhide one.",
                       layer=view_layer.name)
    return sorted(meshes, key=lambda obj: obj.name)


def find_objects(names: Sequence[str], view_layer: bpy.types.ViewLayer) -> list[bpy.types.Object]:
    """The file's objects of these names, each once, in the order given. Whether they can be textured is
    for `read_mesh` to say.

    Of two objects of one name, a local and a linked one, the local one is meant.

    Raises:
        BadInput: the file has no object of that name; the remedy names those that are close.
    """
    found: dict[str, bpy.types.Object] = {}
    for name in names:
        obj = bpy.data.objects.get((name, None)) or view_layer.objects.get(name) or bpy.data.objects.get(name)
        if obj is None:
            raise _unknown(name)
        found[name] = obj
    return list(found.values())


def identity(obj: bpy.types.Object) -> int:
    """A number to remember an object by while a job runs: it outlives renaming and undo, which a reference
    and a name do not. It is of no use in another session."""
    return obj.session_uid


def object_of(number: int, name: str) -> bpy.types.Object:
    """The object that `identity` gave the number of; `name` is what messages call it.

    Raises:
        BadInput: it has been deleted.
    """
    obj = find_identity(number, name)
    if obj is not None:
        return obj
    raise BadInput("{name} was deleted while it was being painted.", "Undo the deletion, then paint it again.",
                   name=name)


def find_identity(number: int, name: str) -> bpy.types.Object | None:
    """The object that `identity` gave the number of; None when it has been deleted. Found at once while it has still
    the name that it was known by.
    """
    obj = bpy.data.objects.get(name)
    if obj is not None and obj.session_uid == number:
        return obj
    return next((obj for obj in bpy.data.objects if obj.session_uid == number), None)


def own_prompt(obj: bpy.types.Object) -> str:
    """What the object shall look like, whatever others do; "" where nothing is said."""
    return obj.vernissage.prompt.strip()


def _unknown(name: str) -> BadInput:
    meshes = sorted(obj.name for obj in bpy.data.objects if obj.type == "MESH")
    by_folded_name = {mesh.casefold(): mesh for mesh in meshes}
    close = [by_folded_name[match] for match in difflib.get_close_matches(name.casefold(), by_folded_name)]
    if close:
        return BadInput("There is no object {name}.", "Did you mean {close}?", name=name, close=", ".join(close))
    if meshes:
        return BadInput("There is no object {name}.", "The meshes of this file: {meshes}.",
                        name=name, meshes=", ".join(meshes[:10]) + (", …" if len(meshes) > 10 else ""))
    return BadInput("There is no object {name}.", "Open the file that has it.", name=name)
