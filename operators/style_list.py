"""The list of styles: more of them, and fewer."""

from __future__ import annotations

import bpy
from bpy.types import Context, Operator
from bpy.utils import register_classes_factory


class VERNISSAGE_OT_add_style(Operator):
    bl_idname = "vernissage.add_style"
    bl_label = "Add Style"
    bl_description = "Add a style to the list. All of the list are mixed by their weights"
    bl_options = {"REGISTER", "UNDO"}

    def execute(self, context: Context) -> set[str]:
        style = context.scene.vernissage.style
        item = style.styles.add()
        if not bpy.data.images:
            item.kind = "FILE"
        style.active_item = len(style.styles) - 1
        return {"FINISHED"}


class VERNISSAGE_OT_remove_style(Operator):
    bl_idname = "vernissage.remove_style"
    bl_label = "Remove Style"
    bl_description = "Remove the active style from the list. Its picture stays"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context: Context) -> bool:
        return bool(context.scene.vernissage.style.styles)

    def execute(self, context: Context) -> set[str]:
        style = context.scene.vernissage.style
        style.styles.remove(min(style.active_item, len(style.styles) - 1))
        style.active_item = max(0, min(style.active_item, len(style.styles) - 1))
        return {"FINISHED"}


register, unregister = register_classes_factory((VERNISSAGE_OT_add_style, VERNISSAGE_OT_remove_style))
