"""Learn a style from pictures, go on with that, and use what was learnt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bpy.props import BoolProperty, StringProperty
from bpy.types import Context, Image, Operator, SpaceImageEditor
from bpy.utils import register_classes_factory

from ..jobs.current import current
from ..jobs.hands import is_rendering
from ..preferences import read_settings
from ..protocol.errors import BadInput, VernissageError
from ..translations.lookup import hint
from .job_list import JobList

if TYPE_CHECKING:
    from ..jobs.style_training import StyleTraining


class TrainingList(JobList):
    """The common part of beginning a training and of going on with one. Nothing of the scene is changed."""

    @classmethod
    def hindrance(cls, context: Context) -> str:
        return hint("Wait until the render has ended") if is_rendering() else ""

    def begin(self, jobs: Any) -> None:
        current.begin_training(jobs)

    def refuse(self, error: VernissageError) -> None:
        current.training_error = error


class VERNISSAGE_OT_train_style(TrainingList, Operator):
    bl_idname = "vernissage.train_style"
    bl_label = "Train"
    bl_description = ("Learn the style of the images and files of the list, or of the image that this editor shows: "
                      "one is enough. Takes about ten minutes on two cores; what is learnt is then used like the "
                      "numbered styles")
    bl_options = {"REGISTER"}

    def make_jobs(self, context: Context) -> StyleTraining:
        from ..jobs.style_training import StyleTraining  # these bring numpy, which enabling the add-on shall not
        from ..jobs.training_wanted import wanted_training

        return StyleTraining(wanted_training(context.scene, shown_image(context)), read_settings(context))


class VERNISSAGE_OT_go_on_training(TrainingList, Operator):
    bl_idname = "vernissage.go_on_training"
    bl_label = "Go On"
    bl_description = ("Go on with the last training, as if it had not been stopped, up to the rounds and with the "
                      "patience of this panel; all else stays as it was begun")
    bl_options = {"REGISTER"}

    def make_jobs(self, context: Context) -> StyleTraining:
        from ..jobs.style_training import StyleTraining, going_on
        from ..jobs.trained_styles import last_training

        folder = last_training()
        if folder is None:
            raise BadInput("There is no training to go on with.", "Begin one.")
        training = context.scene.vernissage.style_training
        return StyleTraining(going_on(folder, rounds=training.rounds, patience=training.patience),
                             read_settings(context))


class VERNISSAGE_OT_use_trained_style(Operator):
    bl_idname = "vernissage.use_trained_style"
    bl_label = "Use Trained Style"
    bl_description = "Take a style that was trained here, or that comes with Vernissage, with the instant method"
    bl_options = {"REGISTER", "UNDO"}

    style: StringProperty(
        name="Style",
        description="Its name in the list of styles that were trained here",
    )
    adds: BoolProperty(
        name="Add",
        description="Add it to the list of styles, rather than put it in place of the active one",
        default=True,
    )

    def execute(self, context: Context) -> set[str]:
        chosen = context.scene.vernissage.style
        if self.adds or chosen.active_item >= len(chosen.styles):
            chosen.styles.add()
            chosen.active_item = len(chosen.styles) - 1
        item = chosen.styles[chosen.active_item]
        item.kind, item.trained = "TRAINED", self.style
        chosen.method = "INSTANT"
        return {"FINISHED"}


def shown_image(context: Context) -> Image | None:
    """What the Image Editor shows that an operator is called in."""
    space = context.space_data
    return space.image if isinstance(space, SpaceImageEditor) else None


register, unregister = register_classes_factory(
    (VERNISSAGE_OT_train_style, VERNISSAGE_OT_go_on_training, VERNISSAGE_OT_use_trained_style))
