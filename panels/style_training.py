"""The Train Style panel within the Style panel: from what, the button, how, and what becomes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bpy.types import Context, Menu, Panel, UILayout
from bpy.utils import register_classes_factory

from ..jobs.current import current
from ..jobs.trained_styles import last_training, shipped_names, trained_names
from ..properties.style import VERNISSAGE_PG_style_item
from ..properties.style_training import VERNISSAGE_PG_style_training
from ..translations.lookup import explain_remark, label
from .failure import draw_failure
from .progress import draw_progress
from .text import column_width_px, draw_sentence

if TYPE_CHECKING:
    from ..jobs.style_training import TrainingJob

_LOSSES = ("adversarial", "content", "identity", "discriminator")


class VERNISSAGE_MT_trained_styles(Menu):
    """The styles that were trained here and those that come with Vernissage, to be put in place of the active one."""

    bl_idname = "VERNISSAGE_MT_trained_styles"
    bl_label = "Trained Styles"

    def draw(self, context: Context) -> None:
        own = trained_names()
        for name in own:
            button = self.layout.operator("vernissage.use_trained_style", text=name, translate=False)
            button.style, button.adds = name, False
        if not own:
            self.layout.label(text="None yet: train one below")
        self.layout.separator()
        for name in shipped_names():
            button = self.layout.operator("vernissage.use_trained_style", text=label(name), translate=False)
            button.style, button.adds = name, False


class VERNISSAGE_PT_train_style(Panel):
    bl_idname = "VERNISSAGE_PT_train_style"
    bl_parent_id = "VERNISSAGE_PT_style"
    bl_label = "Train Style"
    bl_space_type = "IMAGE_EDITOR"
    bl_region_type = "UI"
    bl_category = "Vernissage"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: Context) -> None:
        layout = self.layout
        layout.use_property_split = True
        layout.use_property_decorate = False
        training = context.scene.vernissage.style_training
        width_px = column_width_px(context.region.width)
        _draw_source(context, layout, width_px)
        _draw_choices(layout, training)
        if current.is_training:
            job = current.training.job
            _draw_figures(layout, job.figures, width_px)
            draw_progress(layout, current.training.summary(), width_px,
                          waiting=label("It begins once the render has ended"))
        else:
            row = layout.row(align=True)
            row.scale_y = 1.5
            row.operator("vernissage.train_style", icon="NETWORK_DRIVE")
            if last_training() is not None:
                row.operator("vernissage.go_on_training", icon="PLAY")
        if current.training_error is not None:
            draw_failure(layout, current.training_error, width_px)
        elif current.training is not None and current.training.is_finished:
            _draw_outcome(layout, current.training.job, width_px)


def _draw_source(context: Context, layout: UILayout, width_px: float) -> None:
    """What it will learn from, as `jobs.training_wanted.style_pictures` finds it."""
    items = [item for item in context.scene.vernissage.style.styles if _is_picture(item)]
    image = getattr(context.space_data, "image", None)
    if items:
        sentence = label("Learns from {count} pictures of the list above", count=len(items))
    elif image is not None:
        sentence = label("Learns from {name}, which this editor shows", name=image.name)
    else:
        sentence = label("Add the picture to learn from to the list above, or show it here")
    draw_sentence(layout, sentence, width_px, icon="INFO")


def _draw_choices(layout: UILayout, training: VERNISSAGE_PG_style_training) -> None:
    column = layout.column()
    column.prop(training, "name")
    column.prop(training, "contents")
    if training.contents == "FOLDER":
        column.prop(training, "folder")
    column.prop(training, "rounds")
    header, body = layout.panel("VERNISSAGE_PT_train_style_advanced", default_closed=True)
    header.label(text="Advanced")
    if body is None:
        return
    for names in (("size_px", "crop_px", "batch", "start", "seed"),
                  ("optimiser", "rate", "discriminator_rate", "ema"),
                  ("adversarial_weight", "content_weight", "identity_weight", "penalty", "penalty_every"),
                  ("augment", "scale_low", "scale_high"), ("test_every", "patience", "held_out"),
                  ("events_folder", "licence")):
        column = body.column(align=True)
        for name in names:
            column.prop(training, name)


def _draw_figures(layout: UILayout, figures: dict[str, float], width_px: float) -> None:
    if "score" in figures:
        sentence = label("Held out, at step {step}: {score}, best {best} (style {style}, content {content}; less is "
                         "better)", step=round(figures["tested"]), score=f"{figures['score']:.3f}",
                         best=f"{figures['best']:.3f}", style=f"{figures['patch_distance']:.3f}",
                         content=f"{figures['content_loss']:.3f}")
        draw_sentence(layout, sentence, width_px)
    if "discriminator" in figures:
        sentence = label("Losses: style {adversarial}, content {content}, identity {identity}, discriminator "
                         "{discriminator}", **{name: f"{figures.get(name, 0.0):.3f}" for name in _LOSSES})
        draw_sentence(layout, sentence, width_px)


def _draw_outcome(layout: UILayout, job: TrainingJob, width_px: float) -> None:
    if job.error is not None:
        draw_failure(layout, job.error, width_px, name=job.object_name)
    else:
        _draw_result(layout, job, width_px)
    for remark in job.remarks:
        draw_sentence(layout.box(), explain_remark(remark), width_px, icon="INFO")


def _draw_result(layout: UILayout, job: TrainingJob, width_px: float) -> None:
    result = job.result
    first, best = result.tests[0], result.tests[result.best]
    box = layout.box()
    column = box.column(align=True)
    column.label(text=job.object_name, icon="CHECKMARK", translate=False)
    minutes, seconds = divmod(round(sum(job.seconds.values())), 60)
    draw_sentence(column, label("{step} steps, {time}: from {before} to {after} (less is better)", step=best.round,
                                time=f"{minutes}:{seconds:02d}", before=f"{first.score:.3f}",
                                after=f"{best.score:.3f}"), width_px, icon="BLANK1")
    button = box.operator("vernissage.use_trained_style", text="Use", icon="ADD")
    button.style, button.adds = job.object_name, True


def _is_picture(item: VERNISSAGE_PG_style_item) -> bool:
    return (item.kind == "IMAGE" and item.image is not None) or (item.kind == "FILE" and bool(item.path.strip()))


register, unregister = register_classes_factory((VERNISSAGE_MT_trained_styles, VERNISSAGE_PT_train_style))
