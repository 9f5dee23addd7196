"""The Exhibition panel of the 3D viewport's sidebar."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bpy.types import Context, Panel, UILayout
from bpy.utils import register_classes_factory

from ..jobs.current import current
from ..translations.lookup import explain_remark, label
from .failure import draw_failure
from .text import column_width_px, draw_sentence
from .work import draw_work

if TYPE_CHECKING:
    from ..jobs.exhibition import ExhibitionPlanJob
    from ..properties.exhibition import VERNISSAGE_PG_exhibition

_REMARKS_SHOWN = 8


class VERNISSAGE_PT_exhibition(Panel):
    bl_idname = "VERNISSAGE_PT_exhibition"
    bl_label = "Exhibition"
    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_category = "Vernissage"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: Context) -> None:
        """Which works, how they are shown, then the buttons, then what becomes of it."""
        from ..jobs.backend import backend_problem

        layout = self.layout
        layout.use_property_split = True
        layout.use_property_decorate = False
        exhibition = context.scene.vernissage.exhibition
        width_px = column_width_px(context.region.width)
        column = layout.column()
        for name in ("works", "images", "objects", "title", "text", "curation", "architecture", "works_per_room",
                     "seed", "folder"):
            column.prop(exhibition, name)
        draw_work(layout, width_px, current.exhibition, current.exhibition_error or backend_problem(context),
                  lambda layout: _draw_buttons(layout, exhibition),
                  lambda layout: _draw_outcome(layout, current.exhibition.job, width_px))


def _draw_buttons(layout: UILayout, exhibition: VERNISSAGE_PG_exhibition) -> None:
    column = layout.column(align=True)
    column.scale_y = 1.3
    column.operator("vernissage.plan_exhibition", icon="MOD_ARRAY")
    column.operator("vernissage.build_exhibition", icon="HOME")
    layout.prop(exhibition, "light")
    layout.operator("vernissage.write_page", icon="URL")


def _draw_outcome(layout: UILayout, job: ExhibitionPlanJob, width_px: float) -> None:
    if job.error is not None:
        draw_failure(layout, job.error, width_px, name=job.object_name)
    elif job.page:
        layout.box().label(text=label("The page is in {folder}", folder=job.page), icon="CHECKMARK", translate=False)
    else:
        column = layout.box().column(align=True)
        column.label(text=job.collection_name or job.image_name, icon="CHECKMARK", translate=False)
        column.label(text=label("Works: {works}, rooms: {rooms}, floor: {floor} m²", works=job.result.work_count,
                                rooms=job.result.room_count, floor=f"{job.result.floor_m2:g}"), icon="BLANK1",
                     translate=False)
        for left_out in job.result.left_out[:_REMARKS_SHOWN]:
            draw_failure(layout, left_out.to_error(), width_px)
        for name, error in tuple(job.failed.items())[:_REMARKS_SHOWN]:
            draw_failure(layout, error, width_px, name=name)
    for remark in job.remarks[:_REMARKS_SHOWN]:
        draw_sentence(layout.box(), explain_remark(remark), width_px, icon="INFO")


register, unregister = register_classes_factory((VERNISSAGE_PT_exhibition,))
