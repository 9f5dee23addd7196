"""A stylised texture in the place of the one that an object shows."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import bpy

from ..protocol.style_texture import TextureStyleRequest, TextureStyleResult
from .apply import assign
from .checks import check_can_apply
from .images import new_image, texture_name
from .pictures import describe_style
from .present import present_texture

__all__ = ["apply_styled_texture"]


def apply_styled_texture(obj: bpy.types.Object, picture: Path, pack: bool, request: TextureStyleRequest,
                         result: TextureStyleResult) -> bpy.types.Image:
    """Show a new image of the picture where the object shows its texture: in a copy of its active material, for which
    everything else of it stays. The material that was there stays in the file. No undo step is pushed: that is the
    operator's.

    Raises:
        BadInput: the object changed in the meantime and can no longer take it.
        StorageError: the picture cannot be read or saved.
        On any exception everything is as it was, files included.
    """
    check_can_apply(obj, None, adds_uv_layer=False)
    present = present_texture(obj)
    with ExitStack() as undo:
        name = texture_name(obj.name, "styled")
        image = new_image(name, picture, pack, undo)
        describe_style(image, obj.name, request, result)
        if "picture_format" in present.image:
            image["picture_format"] = str(request.picture_format)
        material = obj.active_material.copy()
        undo.callback(bpy.data.materials.remove, material)
        material.name = name
        for node in material.node_tree.nodes:
            if node.bl_idname == "ShaderNodeTexImage" and node.image == present.image:
                node.image = image
        assign(obj, material, (present.slot,), undo)
        undo.pop_all()
    return image
