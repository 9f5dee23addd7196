"""Show how well the views saw an object, on the object itself; and its texture again."""

from __future__ import annotations

from bpy.types import Context, Operator
from bpy.utils import register_classes_factory

from ..translations.lookup import hint
from .job_list import selected_meshes


class VERNISSAGE_OT_show_view_quality(Operator):
    bl_idname = "vernissage.show_view_quality"
    bl_label = "Show View Quality"
    bl_description = ("Let the selected objects show how well the views saw them in place of their texture, or their "
                      "texture again: yellow where a view looked straight at them, violet where only askew, striped "
                      "where none did")
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context: Context) -> bool:
        from ..scene.heat import has_heat

        if any(map(has_heat, selected_meshes(context))):
            return True
        cls.poll_message_set(hint("Turn on Quality Map and generate a texture first"))
        return False

    def execute(self, context: Context) -> set[str]:
        from ..scene.heat import shows_heat, toggle_heat

        meshes = selected_meshes(context)
        show = not any(map(shows_heat, meshes))
        for obj in meshes:
            toggle_heat(obj, show=show)
        return {"FINISHED"}


register, unregister = register_classes_factory((VERNISSAGE_OT_show_view_quality,))
