"""Give the textures that the selected objects show the look of others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bpy.types import Context, Operator
from bpy.utils import register_classes_factory

from ..jobs.current import current
from ..jobs.undo import push_undo_step
from ..preferences import read_settings
from ..protocol.errors import BadInput, VernissageError
from ..translations.lookup import label
from .job_list import JobList, selected_meshes

if TYPE_CHECKING:
    from ..jobs.style import StyleJob, StyleJobs


class VERNISSAGE_OT_stylise_texture(JobList, Operator):
    """One object after another, each in one undo step."""

    bl_idname = "vernissage.stylise_texture"
    bl_label = "Stylise Texture"
    bl_description = ("Give the textures of the selected objects the look of the chosen styles, on their surface: "
                      "without seams, whatever their layout. Each gets a new image, in a copy of its material")
    bl_options = {"REGISTER"}  # an undo step is pushed for each object

    def make_jobs(self, context: Context) -> StyleJobs:
        from ..jobs.style import StyleJobs  # these bring numpy, which enabling the add-on shall not
        from ..jobs.style_wanted import wanted_style
        from ..jobs.surface import SurfaceTexture

        style, settings = context.scene.vernissage.style, read_settings(context)
        wanted = wanted_style(style)
        if wanted.request.areas:
            raise BadInput("The styles of a texture are for all of it.",
                           "Let them be for everywhere, and limit them with a mask.")
        objects = [SurfaceTexture.of_object(obj, style.view_count) for obj in selected_meshes(context)]
        return StyleJobs(objects, wanted, settings, deliver=lambda job: _apply(job, settings.pack))

    def begin(self, jobs: Any) -> None:
        current.begin_style(jobs)

    def refuse(self, error: VernissageError) -> None:
        current.style_error = error


def _apply(job: StyleJob, pack: bool) -> None:
    from ..jobs.surface import apply

    apply(job, pack)
    push_undo_step(label("Stylise {name}", name=job.object_name))


register, unregister = register_classes_factory((VERNISSAGE_OT_stylise_texture,))
