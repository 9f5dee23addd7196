"""The Picture panel of the Image Editor's sidebar."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bpy.types import Context, Panel, UILayout
from bpy.utils import register_classes_factory

from ..jobs.current import current
from ..translations.lookup import explain_remark, label
from .failure import draw_failure
from .text import column_width_px, draw_sentence
from .work import draw_model, draw_prompt, draw_work, large_button

if TYPE_CHECKING:
    from ..jobs.one_job import OneJob
    from ..properties.picture import VERNISSAGE_PG_picture


class VERNISSAGE_PT_picture(Panel):
    """What to paint, then the button, then what becomes of it."""

    bl_idname = "VERNISSAGE_PT_picture"
    bl_label = "Picture"
    bl_space_type = "IMAGE_EDITOR"
    bl_region_type = "UI"
    bl_category = "Vernissage"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: Context) -> None:
        from ..jobs.backend import backend_problem

        layout = self.layout
        picture = context.scene.vernissage.picture
        width_px = column_width_px(context.region.width)
        draw_prompt(layout, picture, placeholder="abstract seascape, golden")
        layout.use_property_split = True
        layout.use_property_decorate = False
        _draw_choices(layout, picture)
        draw_work(layout, width_px, current.painting, current.painting_error or backend_problem(context),
                  large_button("vernissage.paint_picture", "BRUSH_DATA"),
                  lambda layout: _draw_outcome(layout, current.painting.job, width_px))


def _draw_choices(layout: UILayout, picture: VERNISSAGE_PG_picture) -> None:
    column = layout.column(align=True)
    column.prop(picture, "width")
    column.prop(picture, "height")
    column = layout.column()
    column.prop(picture, "seed")
    draw_model(column, picture)
    for name in ("negative_prompt", "steps", "guidance_scale"):
        column.prop(picture, name)


def _draw_outcome(layout: UILayout, job: OneJob, width_px: float) -> None:
    if job.error is not None:
        draw_failure(layout, job.error, width_px, name=job.object_name)
    else:
        column = layout.box().column(align=True)
        column.label(text=job.object_name, icon="CHECKMARK", translate=False)
        size = label("{width} × {height} px, {seconds} s", width=job.result.width_px, height=job.result.height_px,
                     seconds=round(sum(job.seconds.values()), 1))
        column.label(text=size, icon="BLANK1", translate=False)
    for remark in job.remarks:
        draw_sentence(layout.box(), explain_remark(remark), width_px, icon="INFO")


register, unregister = register_classes_factory((VERNISSAGE_PT_picture,))
