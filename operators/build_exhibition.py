"""Plan an exhibition of the works of a folder, and build it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import bpy
from bpy.types import Context, Operator
from bpy.utils import register_classes_factory

from ..jobs.current import current
from ..jobs.undo import push_undo_step
from ..preferences import read_settings
from ..protocol.errors import VernissageError
from ..protocol.exhibition import PLAN_PICTURE_NAME
from ..translations.lookup import hint, label
from .job_list import JobList

if TYPE_CHECKING:
    from ..jobs.exhibition import ExhibitionPlanJob, ExhibitionPlanning


class ExhibitionJobs(JobList):
    """What the Exhibition panel begins, and shows."""

    bl_options = {"REGISTER"}  # an undo step is pushed once it is there

    @classmethod
    def hindrance(cls, context: Context) -> str:
        return hint("Switch to Object Mode first") if context.mode != "OBJECT" else ""

    def begin(self, jobs: Any) -> None:
        current.begin_exhibition(jobs)

    def refuse(self, error: VernissageError) -> None:
        current.exhibition_error = error


class VERNISSAGE_OT_plan_exhibition(ExhibitionJobs, Operator):
    """The plan is written, and shown as an image."""

    bl_idname = "vernissage.plan_exhibition"
    bl_label = "Plan Exhibition"
    bl_description = ("Plan rooms for the works and where each hangs or stands, as exhibition.json, which can be "
                      "edited, and as an image. A plan that is there is kept under another name")

    def make_jobs(self, context: Context) -> ExhibitionPlanning:
        from ..jobs.exhibition import ExhibitionPlanning  # these bring numpy, which enabling the add-on shall not
        from ..jobs.exhibition_list import fill_list, read_plan
        from ..jobs.exhibition_wanted import plan_wanted, put_plan

        request, folder = plan_wanted(context, is_anew=True)
        scene = context.scene.name

        def deliver(job: ExhibitionPlanJob) -> None:
            put_plan(job, folder)
            _show(job, folder)
            fill_list((bpy.data.scenes.get(scene) or bpy.context.scene).vernissage.exhibition, read_plan(job.plan),
                      folder)
            push_undo_step(label("Plan Exhibition {name}", name=job.object_name))

        return ExhibitionPlanning(request.title or folder.name, request, read_settings(context), deliver=deliver)


class VERNISSAGE_OT_build_exhibition(ExhibitionJobs, Operator):
    """The exhibition is in a collection of its own; built again, it keeps what the artist has changed."""

    bl_idname = "vernissage.build_exhibition"
    bl_label = "Build Exhibition"
    bl_description = ("Build the rooms of the plan, with the works, their frames, labels and light, in a collection "
                      "of this scene. Without a plan one is made first. An exhibition that is there is brought up to "
                      "date, and what you have changed of it stays")

    def make_jobs(self, context: Context) -> ExhibitionPlanning:
        from ..jobs.exhibition import ExhibitionPlanning  # these bring numpy, which enabling the add-on shall not
        from ..jobs.exhibition_wanted import plan_wanted, put_plan

        request, folder = plan_wanted(context, is_anew=False)
        scene = context.scene.name

        def deliver(job: ExhibitionPlanJob) -> None:
            from ..jobs.exhibition_wanted import built

            if not request.plan:
                put_plan(job, folder)
            built(job, bpy.data.scenes.get(scene) or bpy.context.scene, folder)
            push_undo_step(label("Build Exhibition {name}", name=job.object_name))

        return ExhibitionPlanning(request.title or folder.name, request, read_settings(context), deliver=deliver)


def _show(job: ExhibitionPlanJob, folder: Path) -> None:
    """The picture in the plan's folder, as one image however often it is drawn."""
    image = bpy.data.images.load(str(folder / PLAN_PICTURE_NAME), check_existing=True)
    image.reload()
    image.use_fake_user = True  # what no editor shows any more would not be saved
    job.image_name = image.name


register, unregister = register_classes_factory((VERNISSAGE_OT_plan_exhibition, VERNISSAGE_OT_build_exhibition))
