"""The Compare Pictures panel within the Style panel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bpy.types import Context, Panel, UILayout
from bpy.utils import register_classes_factory

from ..jobs.current import current
from ..translations.lookup import explain_remark, label
from .failure import draw_failure
from .text import column_width_px, draw_sentence
from .work import draw_work, large_button

if TYPE_CHECKING:
    from ..jobs.comparison import ComparisonJob

_NEAREST_SHOWN = 8


class VERNISSAGE_PT_compare_pictures(Panel):
    bl_idname = "VERNISSAGE_PT_compare_pictures"
    bl_parent_id = "VERNISSAGE_PT_style"
    bl_label = "Compare Pictures"
    bl_space_type = "IMAGE_EDITOR"
    bl_region_type = "UI"
    bl_category = "Vernissage"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: Context) -> None:
        layout = self.layout
        layout.use_property_split = True
        layout.use_property_decorate = False
        width_px = column_width_px(context.region.width)
        column = layout.column()
        column.prop(context.scene.vernissage.comparison, "folder")
        column.prop(context.scene.vernissage.comparison, "to_image")
        draw_work(layout, width_px, current.comparison, current.comparison_error,
                  large_button("vernissage.compare_pictures", "VIEWZOOM"),
                  lambda layout: _draw_outcome(layout, current.comparison.job, width_px))


def _draw_outcome(layout: UILayout, job: ComparisonJob, width_px: float) -> None:
    if job.error is not None:
        draw_failure(layout, job.error, width_px, name=job.object_name)
    else:
        box = layout.box()
        column = box.column(align=True)
        column.label(text=job.image_name, icon="CHECKMARK", translate=False)
        column.label(text=label("{count} pictures", count=job.result.count), icon="BLANK1", translate=False)
        for neighbour in job.result.nearest[:_NEAREST_SHOWN]:
            row = column.row()
            row.label(text=neighbour.name, icon="BLANK1", translate=False)
            row.label(text=f"{neighbour.distance:.2f}", translate=False)
    for remark in job.remarks:
        draw_sentence(layout.box(), explain_remark(remark), width_px, icon="INFO")


register, unregister = register_classes_factory((VERNISSAGE_PT_compare_pictures,))
