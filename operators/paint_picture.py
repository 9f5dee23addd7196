"""Paint a picture of a prompt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bpy.types import Context, Operator, SpaceImageEditor
from bpy.utils import register_classes_factory

from ..jobs.current import current
from ..jobs.undo import push_undo_step
from ..preferences import read_settings
from ..protocol.errors import VernissageError
from ..protocol.names import name_of_prompt
from ..protocol.picture import PictureRequest
from ..translations.lookup import label
from .job_list import JobList

if TYPE_CHECKING:
    from ..jobs.one_job import OneJob
    from ..jobs.painting import PaintingWork


class VERNISSAGE_OT_paint_picture(JobList, Operator):
    """One new image, shown in the editor, in one undo step."""

    bl_idname = "vernissage.paint_picture"
    bl_label = "Paint Picture"
    bl_description = ("Paint a picture of the prompt, as a new image of the file that tells how it was made. This "
                      "editor shows it")
    bl_options = {"REGISTER"}  # an undo step is pushed once the image is there

    @classmethod
    def hindrance(cls, context: Context) -> str:
        return ""

    def make_jobs(self, context: Context) -> PaintingWork:
        from ..jobs.painting import PaintingWork  # these bring numpy, which enabling the add-on shall not

        chosen, settings, space = context.scene.vernissage.picture, read_settings(context), context.space_data
        editor = space.as_pointer() if isinstance(space, SpaceImageEditor) else 0  # only compared: it may be gone then
        request = PictureRequest(
            prompt=chosen.prompt, negative_prompt=chosen.negative_prompt, width_px=chosen.width,
            height_px=chosen.height, model=chosen.model_name(), steps=chosen.steps or None,
            guidance_scale=chosen.guidance_scale or None, seed=chosen.seed)
        return PaintingWork(name_of_prompt(request.prompt), request, settings,
                            deliver=lambda job: _add(job, settings.pack, editor))

    def begin(self, jobs: Any) -> None:
        current.begin_painting(jobs)

    def refuse(self, error: VernissageError) -> None:
        current.painting_error = error


def _add(job: OneJob, pack: bool, editor: int) -> None:
    from ..jobs.style_editor import show_in_editor
    from ..scene.images import storage_remark
    from ..scene.pictures import add_painted_image

    image = add_painted_image(job.object_name, job.folder / job.result.picture, pack, job.request, job.result)
    image.use_fake_user = True  # what no editor shows any more would not be saved
    job.remarks += storage_remark(pack)
    show_in_editor(image, editor, is_fitted=True)
    push_undo_step(label("Paint {name}", name=job.object_name))


register, unregister = register_classes_factory((VERNISSAGE_OT_paint_picture,))
