"""Give the image that an editor shows the look of others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import bpy
from bpy.props import StringProperty
from bpy.types import Context, Operator, SpaceImageEditor
from bpy.utils import register_classes_factory

from ..jobs.current import current
from ..jobs.hands import is_rendering
from ..jobs.undo import push_undo_step
from ..preferences import read_settings
from ..protocol.errors import BadInput, VernissageError
from ..translations.lookup import hint, label
from .job_list import JobList

if TYPE_CHECKING:
    from ..jobs.style import StyleJob, StyleJobs


class VERNISSAGE_OT_stylise_image(JobList, Operator):
    """One picture; the result is a new image, shown in the same editor, in one undo step."""

    bl_idname = "vernissage.stylise_image"
    bl_label = "Stylise"
    bl_description = ("Give the image of this editor the look of the chosen styles, as a new image. The image itself "
                      "stays as it is")
    bl_options = {"REGISTER"}  # an undo step is pushed once the image is there

    image: StringProperty(
        name="Image",
        description="Name of the image to stylise. Empty takes the one that the editor shows",
        options={"SKIP_SAVE"},
    )

    @classmethod
    def hindrance(cls, context: Context) -> str:
        space = context.space_data
        if isinstance(space, SpaceImageEditor) and space.image is None:
            return hint("Show an image in this editor first")
        return hint("Wait until the render has ended") if is_rendering() else ""

    def make_jobs(self, context: Context) -> StyleJobs:
        from ..jobs.picture import Picture  # these bring numpy, which enabling the add-on shall not
        from ..jobs.style import StyleJobs
        from ..jobs.style_wanted import wanted_style

        space = context.space_data
        is_editor = isinstance(space, SpaceImageEditor)
        image = bpy.data.images.get(self.image) if self.image else space.image if is_editor else None
        if image is None:
            raise BadInput("There is no image to stylise.", "Show one in an Image Editor, or name one.")
        settings = read_settings(context)
        editor = space.as_pointer() if is_editor else 0  # only compared: it may be gone when the picture is there
        return StyleJobs([Picture.of_image(image)], wanted_style(context.scene.vernissage.style), settings,
                         deliver=lambda job: _add(job, settings.pack, editor))

    def begin(self, jobs: Any) -> None:
        current.begin_style(jobs)

    def refuse(self, error: VernissageError) -> None:
        current.style_error = error


def _add(job: StyleJob, pack: bool, editor: int) -> None:
    from ..jobs.style_editor import add_result

    add_result(job, pack, editor)
    push_undo_step(label("Stylise {name}", name=job.object_name))


register, unregister = register_classes_factory((VERNISSAGE_OT_stylise_image,))
