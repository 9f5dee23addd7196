"""Give what a 3D viewport shows the look of others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bpy.types import Context, Operator, SpaceView3D
from bpy.utils import register_classes_factory

from ..jobs.current import current
from ..jobs.undo import push_undo_step
from ..preferences import read_settings
from ..protocol.errors import BadInput, VernissageError
from ..protocol.messages import Remark
from ..translations.lookup import hint, label
from .job_list import JobList

if TYPE_CHECKING:
    from ..jobs.style import StyleJob, StyleJobs


class VERNISSAGE_OT_stylise_view(JobList, Operator):
    """One picture; the result is a new image, in one undo step."""

    bl_idname = "vernissage.stylise_view"
    bl_label = "Stylise View"
    bl_description = ("Give a picture of what this viewport shows, as it is shaded and without overlays, the look of "
                      "the chosen styles, as a new image. An Image Editor without an image shows it")
    bl_options = {"REGISTER"}  # an undo step is pushed once the image is there

    @classmethod
    def hindrance(cls, context: Context) -> str:
        is_viewport = isinstance(context.space_data, SpaceView3D)
        return "" if is_viewport else hint("Press the button in a 3D viewport's sidebar")

    def make_jobs(self, context: Context) -> StyleJobs:
        from ..jobs.picture import Picture  # these bring numpy, which enabling the add-on shall not
        from ..jobs.style import StyleJobs
        from ..jobs.style_wanted import wanted_style
        from ..scene.present import viewport_camera
        from ..scene.viewport_picture import viewport_picture

        if not isinstance(context.space_data, SpaceView3D):
            raise BadInput("There is no 3D viewport to look through.", "Press the button in a 3D viewport's sidebar.")
        settings, wanted = read_settings(context), wanted_style(context.scene.vernissage.style)
        pixels = viewport_picture(context)
        picture = Picture("Viewport", scene=context.scene.name, pixels=pixels,
                          view=(viewport_camera(context.space_data), pixels.shape[1] / pixels.shape[0]))
        return StyleJobs([picture], wanted, settings, deliver=lambda job: _add(job, settings.pack))

    def begin(self, jobs: Any) -> None:
        current.begin_style(jobs)

    def refuse(self, error: VernissageError) -> None:
        current.style_error = error


def _add(job: StyleJob, pack: bool) -> None:
    from ..jobs.style_editor import add_result, editors

    empty = next((space.as_pointer() for space in editors() if space.image is None), 0)
    add_result(job, pack, empty)
    if not empty:
        job.remarks += (Remark("Show {image} in an Image Editor to see it.", {"image": job.image_name}),)
    push_undo_step(label("Stylise {name}", name=job.object_name))


register, unregister = register_classes_factory((VERNISSAGE_OT_stylise_view,))
