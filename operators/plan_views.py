"""Say how many views there will be and how much they will see, before anything is painted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bpy.types import Context, Operator
from bpy.utils import register_classes_factory

from ..jobs.current import current
from ..preferences import read_settings
from ..protocol.requests import ViewRequest
from .job_list import JobList, selected_meshes
from .texture_object import chosen_cameras

if TYPE_CHECKING:
    from ..jobs.plan import ViewPlans


class VERNISSAGE_OT_plan_views(JobList, Operator):
    """One plan from the selection. Nothing is changed, so there is nothing to undo."""

    bl_idname = "vernissage.plan_views"
    bl_label = "Plan Views"
    bl_description = ("Tell from how many views the selected meshes would be painted, and how much of them these would "
                      "see. Takes a moment, and paints nothing")
    bl_options = {"REGISTER"}

    def make_jobs(self, context: Context) -> ViewPlans:
        from ..jobs.plan import ViewPlans
        from ..jobs.plan_key import plan_key
        from ..jobs.target import Target

        texture = context.scene.vernissage.texture
        request = ViewRequest(mesh="mesh.npz", view_count=texture.view_count, view_size_px=texture.view_size,
                              texture_size_px=texture.texture_size, cameras=chosen_cameras(context))
        return ViewPlans(
            selected_meshes(context), request, read_settings(context), together=texture.together,
            target=Target(texture.uv_layer, texture.unwrap, texture.active_slot_only), key=plan_key(context))

    def begin(self, jobs: Any) -> None:
        current.begin_plan(jobs)


register, unregister = register_classes_factory((VERNISSAGE_OT_plan_views,))
