"""Stop the job or the installation at work."""

from __future__ import annotations

from bpy.types import Context, Operator
from bpy.utils import register_classes_factory

from ..jobs.current import current
from ..translations.lookup import hint


class VERNISSAGE_OT_cancel_job(Operator):
    bl_idname = "vernissage.cancel_job"
    bl_label = "Cancel"
    bl_description = "Stop after the step at work. Objects that are textured already stay textured"
    bl_options = {"INTERNAL"}

    @classmethod
    def poll(cls, context: Context) -> bool:
        if not current.is_busy:
            cls.poll_message_set(hint("Nothing is at work"))
            return False
        return True

    def execute(self, context: Context) -> set[str]:
        current.cancel()
        return {"FINISHED"}


register, unregister = register_classes_factory((VERNISSAGE_OT_cancel_job,))
