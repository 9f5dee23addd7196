"""The Material panel of the 3D viewport's sidebar."""

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
    from ..jobs.material import MaterialJob
    from ..properties import VERNISSAGE_PG_texture
    from ..properties.material import VERNISSAGE_PG_material


class VERNISSAGE_PT_material(Panel):
    """What the surface is, how it is laid on, then the button, then what becomes of it."""

    bl_idname = "VERNISSAGE_PT_material"
    bl_label = "Material"
    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_category = "Vernissage"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: Context) -> None:
        from ..jobs.backend import backend_problem

        layout = self.layout
        material = context.scene.vernissage.material
        width_px = column_width_px(context.region.width)
        draw_prompt(layout, material, placeholder="mossy cobblestone", with_negative=True)
        layout.use_property_split = True
        layout.use_property_decorate = False
        _draw_choices(layout, material, context.scene.vernissage.texture)
        header, body = layout.panel("VERNISSAGE_PT_material_advanced", default_closed=True)
        header.label(text="Advanced")
        if body is not None:
            for name in ("steps", "guidance_scale", "intrinsics_model", "normals_model"):
                body.prop(material, name)
        draw_work(layout, width_px, current.material, current.material_error or backend_problem(context),
                  large_button("vernissage.make_material", "MATERIAL"),
                  lambda layout: _draw_outcome(layout, current.material.job, width_px))


def _draw_choices(layout: UILayout, material: VERNISSAGE_PG_material, texture: VERNISSAGE_PG_texture) -> None:
    column = layout.column()
    draw_model(column, texture)
    column.prop(material, "picture")
    if material.picture is not None:
        column.prop(material, "change")
    column.prop(material, "size")
    column.prop(material, "wrap")
    column.prop(material, "seed")
    column.separator()
    column.prop(material, "size_m")
    column.row().prop(material, "projection", expand=True)
    column.prop(material, "hex_tiling")
    column.prop(material, "displacement")
    column.prop(material, "active_slot_only")


def _draw_outcome(layout: UILayout, job: MaterialJob, width_px: float) -> None:
    if job.error is not None:
        draw_failure(layout, job.error, width_px, name=job.object_name)
    else:
        result = job.result
        column = layout.box().column(align=True)
        column.label(text=job.material_name, icon="CHECKMARK", translate=False)
        column.label(text=label("Told by {reader}, {seconds} s", reader=str(result.reader),
                                seconds=round(sum(job.seconds.values()))), icon="BLANK1", translate=False)
        column.label(text=label("Repetition {percent} %", percent=round(100 * result.repetition)), icon="BLANK1",
                     translate=False)
        if job.furnace_max is not None:
            column.label(text=label("Gives back {percent} % of the light at most",
                                    percent=round(100 * job.furnace_max, 1)), icon="BLANK1", translate=False)
    for remark in job.remarks:
        draw_sentence(layout.box(), explain_remark(remark), width_px, icon="INFO")


register, unregister = register_classes_factory((VERNISSAGE_PT_material,))
