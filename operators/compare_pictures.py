"""Draw a plot of which pictures of a folder are alike in style."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import bpy
from bpy.props import StringProperty
from bpy.types import Context, Image, Operator, SpaceImageEditor
from bpy.utils import register_classes_factory

from ..jobs.current import current
from ..jobs.hands import is_rendering
from ..jobs.undo import push_undo_step
from ..preferences import read_settings
from ..protocol.errors import BadInput, VernissageError
from ..translations.lookup import hint, label
from .job_list import JobList

if TYPE_CHECKING:
    from ..jobs.comparison import Comparison, ComparisonJob


class VERNISSAGE_OT_compare_pictures(JobList, Operator):
    """One folder; the plot is a new image, shown in the same editor, in one undo step."""

    bl_idname = "vernissage.compare_pictures"
    bl_label = "Compare Pictures"
    bl_description = ("Measure the style of all pictures of the folder (palette, strokes, texture, features) and show "
                      "a plot on which those that are alike lie together, as a new image in this editor")
    bl_options = {"REGISTER"}  # an undo step is pushed once the image is there

    image: StringProperty(
        name="Image",
        description="Name of the image that the pictures are compared with. Empty takes the one that the editor shows",
        options={"SKIP_SAVE"},
    )

    @classmethod
    def hindrance(cls, context: Context) -> str:
        return hint("Wait until the render has ended") if is_rendering() else ""

    def make_jobs(self, context: Context) -> Comparison:
        from ..jobs.comparison import Comparison  # these bring numpy, which enabling the add-on shall not
        from ..jobs.picture import Picture

        chosen = context.scene.vernissage.comparison
        if not chosen.folder.strip():
            raise BadInput("No folder is chosen to compare.", "Choose a folder with pictures.")
        folder = Path(os.path.abspath(bpy.path.abspath(chosen.folder)))
        space = context.space_data
        is_editor = isinstance(space, SpaceImageEditor)
        to = None
        if chosen.to_image or self.image:
            to = self._image(space.image if is_editor else None)
        settings = read_settings(context)
        editor = space.as_pointer() if is_editor else 0  # only compared: it may be gone when the plot is there
        return Comparison(folder.name, (folder,), None if to is None else Picture.of_image(to), settings,
                          deliver=lambda job: _add(job, settings.pack, editor))

    def begin(self, jobs: Any) -> None:
        current.begin_comparison(jobs)

    def refuse(self, error: VernissageError) -> None:
        current.comparison_error = error

    def _image(self, shown: Image | None) -> Image:
        image = bpy.data.images.get(self.image) if self.image else shown
        if image is None:
            raise BadInput("There is no image to compare with.", "Show one in an Image Editor, or name one.")
        return image


def _add(job: ComparisonJob, pack: bool, editor: int) -> None:
    from ..jobs.style_editor import show_in_editor
    from ..scene.images import storage_remark
    from ..scene.pictures import add_plot

    image = add_plot(job.object_name, job.plot, pack)
    image.use_fake_user = True  # what no editor shows any more would not be saved
    job.image_name = image.name
    job.remarks += storage_remark(pack)
    show_in_editor(image, editor, is_fitted=True)
    push_undo_step(label("Compare {name}", name=job.object_name))


register, unregister = register_classes_factory((VERNISSAGE_OT_compare_pictures,))
