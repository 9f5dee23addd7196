"""Touch up a region of the textures that the selected objects show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bpy.types import Context, Operator
from bpy.utils import register_classes_factory

from ..preferences import read_settings
from ..protocol.errors import BadInput
from ..protocol.requests import Region, ViewCamera
from .job_list import JobList, push_undo, selected_meshes
from .texture_object import requested

if TYPE_CHECKING:
    from ..jobs.texture import TextureJobs


class VERNISSAGE_OT_touch_up(JobList, Operator):
    """The same for a region of what each object shows."""

    bl_idname = "vernissage.touch_up"
    bl_label = "Touch Up"
    bl_description = ("Paint a region of the selected objects' textures anew, from the prompt, so that it fits to what "
                      "is there. The rest of each texture stays as it is")
    bl_options = {"REGISTER"}

    def make_jobs(self, context: Context) -> TextureJobs:
        from ..jobs.retouch import Retouch
        from ..jobs.texture import TextureJobs

        texture, touch_up = context.scene.vernissage.texture, context.scene.vernissage.touch_up
        region = Region(touch_up.region.lower())
        if region is Region.MASK and touch_up.mask is None:
            raise BadInput("No mask is chosen.", "Choose an image that is white where the texture is to change.")
        camera = None
        if region is Region.VIEW:
            camera = _viewport(context)
        retouch = Retouch(region, touch_up.strength, touch_up.feather, camera=camera,
                          mask=touch_up.mask.name if region is Region.MASK else "")
        meshes = selected_meshes(context)
        return TextureJobs(meshes, requested(texture, meshes), read_settings(context), retouch=retouch,
                           on_applied=push_undo)


def _viewport(context: Context) -> ViewCamera:
    """Of the viewport that the panel is in.

    Raises:
        BadInput: there is none, as in background.
    """
    from ..scene.present import viewport_camera

    space = context.space_data
    if space is None or space.type != "VIEW_3D":
        raise BadInput("There is no 3D viewport to look through.", "Press the button in a 3D viewport's sidebar.")
    return viewport_camera(space)


register, unregister = register_classes_factory((VERNISSAGE_OT_touch_up,))
