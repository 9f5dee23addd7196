"""The planned views as cameras of the scene, to be moved, removed and painted from."""

from __future__ import annotations

from bpy.types import Context, Operator
from bpy.utils import register_classes_factory

from ..jobs.current import current
from ..jobs.plan_key import plan_key
from ..translations.lookup import hint


class VERNISSAGE_OT_add_cameras(Operator):
    """Those of the active object, which it may share with others."""

    bl_idname = "vernissage.add_cameras"
    bl_label = "Add as Cameras"
    bl_description = ("Put the planned views of the active object into the scene as cameras, in a collection of their "
                      "own, and paint from them. Move, remove or add some as you like")
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context: Context) -> bool:
        plan, active = current.plan, context.active_object
        if plan is None or plan.is_outdated or plan.key != plan_key(context):
            cls.poll_message_set(hint("Plan the views first"))
            return False
        if active is None or all(job.object_uid != active.session_uid for job in plan.done):
            cls.poll_message_set(hint("Make an object active whose views are planned"))
            return False
        return True

    def execute(self, context: Context) -> set[str]:
        from ..scene.cameras import add_cameras

        plan, texture = current.plan, context.scene.vernissage.texture
        (job,) = (job for job in plan.done if job.object_uid == context.active_object.session_uid)
        texture.camera_collection = add_cameras(job.views.cameras, context.scene)
        texture.from_cameras = True
        context.view_layer.update()
        if plan.view_count == len(job.views.cameras):  # they are all there are: nothing else is planned
            plan.key = plan_key(context)
        return {"FINISHED"}


register, unregister = register_classes_factory((VERNISSAGE_OT_add_cameras,))
