"""Touch up what no view saw well: the largest area of it, met by a view that is planned for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bpy.types import Context, Operator
from bpy.utils import register_classes_factory

from ..preferences import read_settings
from ..protocol.requests import Region
from .job_list import JobList, push_undo, selected_meshes
from .texture_object import requested

if TYPE_CHECKING:
    from ..jobs.texture import TextureJobs


class VERNISSAGE_OT_shoot_missing(JobList, Operator):
    """The region chooses itself. Again and again, until nothing is missing."""

    bl_idname = "vernissage.shoot_missing"
    bl_label = "Shoot What Is Missing"
    bl_description = ("Plan a view for the largest area of each selected object that no view saw well, and paint only "
                      "that area anew, so that it fits to what is there. Press it again for the next one")
    bl_options = {"REGISTER"}

    def make_jobs(self, context: Context) -> TextureJobs:
        from ..jobs.retouch import Retouch
        from ..jobs.texture import TextureJobs

        texture, touch_up = context.scene.vernissage.texture, context.scene.vernissage.touch_up
        meshes = selected_meshes(context)
        return TextureJobs(
            meshes, requested(texture, meshes), read_settings(context), on_applied=push_undo, retouch=Retouch(
                Region.MISSING, touch_up.strength, touch_up.feather, least_cosine=touch_up.least_cosine))


register, unregister = register_classes_factory((VERNISSAGE_OT_shoot_missing,))
