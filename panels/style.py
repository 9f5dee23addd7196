"""The Style panel of the Image Editor's sidebar, where an artist looks at renders."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING

from bpy.types import Context, Panel, UILayout, UIList
from bpy.utils import register_classes_factory

from ..jobs.current import current
from ..jobs.trained_styles import style_title
from ..properties.style import VERNISSAGE_PG_style, VERNISSAGE_PG_style_item
from ..protocol.style import FIRST_STYLE
from ..translations.lookup import explain_remark, label
from .failure import draw_failure
from .text import column_width_px, draw_sentence
from .work import draw_work, large_button

if TYPE_CHECKING:
    from ..jobs.style import StyleJob, StyleJobs

_ICONS = {"IMAGE": "IMAGE_DATA", "FILE": "FILE_IMAGE", "NUMBER": "BRUSH_DATA", "TRAINED": "NETWORK_DRIVE"}
_FAILURES_SHOWN = 3
_FIELDS = {"FILE": "path", "NUMBER": "number"}


class VERNISSAGE_UL_styles(UIList):
    """Each style with its weight."""

    bl_idname = "VERNISSAGE_UL_styles"

    def draw_item(self, context: Context, layout: UILayout, data: VERNISSAGE_PG_style, item: VERNISSAGE_PG_style_item,
                  icon: int, active_data: VERNISSAGE_PG_style, active_property: str, index: int = 0,
                  flt_flag: int = 0) -> None:
        split = layout.split(factor=0.65)
        split.label(text=_title(item), icon=_ICONS[item.kind], translate=False)
        split.prop(item, "weight", text="", emboss=False)


class VERNISSAGE_PT_style(Panel):
    """What to make of the picture that the editor shows, then the button, then what becomes of it."""

    bl_idname = "VERNISSAGE_PT_style"
    bl_label = "Style"
    bl_space_type = "IMAGE_EDITOR"
    bl_region_type = "UI"
    bl_category = "Vernissage"

    def draw(self, context: Context) -> None:
        layout = self.layout
        style = context.scene.vernissage.style
        width_px = column_width_px(context.region.width)
        draw_styles(layout, style, width_px)
        layout.use_property_split = True
        layout.use_property_decorate = False
        draw_choices(layout, style)
        layout.prop(style, "layer")
        draw_style_work(context, layout, width_px, large_button("vernissage.stylise_image", "BRUSH_DATA"))
        layout.separator()
        layout.prop(style, "stylise_renders")


def draw_style_work(context: Context, layout: UILayout, width_px: float, button: Callable[[UILayout], None]) -> None:
    from ..jobs.backend import backend_problem

    draw_work(layout, width_px, current.style, current.style_error or backend_problem(context), button,
              lambda layout: _draw_outcome(layout, current.style, width_px), is_list=True,
              waiting=_waiting_for(current.style))


def draw_styles(layout: UILayout, style: VERNISSAGE_PG_style, width_px: float) -> None:
    row = layout.row()
    row.template_list("VERNISSAGE_UL_styles", "", style, "styles", style, "active_item", rows=3)
    column = row.column(align=True)
    column.operator("vernissage.add_style", text="", icon="ADD")
    column.operator("vernissage.remove_style", text="", icon="REMOVE")
    if not style.styles and style.method == "INSTANT":
        draw_sentence(layout, label("Without a style of yours: number {number}, in pale blues", number=FIRST_STYLE),
                      width_px, icon="INFO")
    if style.active_item >= len(style.styles):
        return
    item = style.styles[style.active_item]
    column = layout.column()
    column.row().prop(item, "kind", expand=True)
    if item.kind == "IMAGE":
        column.template_ID(item, "image", open="image.open")
    elif item.kind == "TRAINED":
        row = column.row(align=True)
        row.prop(item, "trained")
        row.menu("VERNISSAGE_MT_trained_styles", text="", icon="DOWNARROW_HLT")
    else:
        column.prop(item, _FIELDS[item.kind])
    column.prop(item, "place")
    if item.place != "EVERYWHERE":
        column.prop(item, item.place.lower())
        column.prop(item, "is_outside")
        column.prop(item, "strength")


def draw_choices(layout: UILayout, style: VERNISSAGE_PG_style) -> None:
    column = layout.column()
    column.prop(style, "method")
    column.prop(style, "strength")
    column.prop(style, "keep_colours")
    column.prop(style, "stroke_scale")
    column.prop(style, "mask")
    if style.method == "DIFFUSION":
        texture = style.id_data.vernissage.texture
        column.row().prop(texture, "model", expand=True)
        if texture.model == "FOLDER":
            column.prop(texture, "model_folder", text="Folder")
            column.prop(texture, "controlnet")
            if texture.controlnet:
                column.prop(style, "follows")
        column.prop(style, "ip_adapter")
        if style.ip_adapter:
            column.prop(style, "ip_adapter_scale")
        column.prop(style, "prompt")
        column.prop(style, "content_weight")
        column.prop(style, "diffusion_steps")
        return
    column.prop(style, "encoder")
    if style.method != "INSTANT":
        column.prop(style, "content_weight")
        column.prop(style, "steps")
        column.prop(style, "seed")


def _waiting_for(jobs: StyleJobs | None) -> str:
    """What the list waits for the artist with; "" for the usual."""
    if jobs is not None and any(job.result is None for job in jobs.running):
        return label("It begins once the render has ended")
    return ""


def _draw_outcome(layout: UILayout, jobs: StyleJobs, width_px: float) -> None:
    """The failures first; of many the first."""
    for job in jobs.failed[:_FAILURES_SHOWN]:
        draw_failure(layout, job.error, width_px, name=job.object_name)
        for remark in job.remarks:
            draw_sentence(layout.box(), explain_remark(remark), width_px, icon="INFO")
    if len(jobs.failed) > _FAILURES_SHOWN:
        layout.label(text=label("… and {count} more", count=len(jobs.failed) - _FAILURES_SHOWN), translate=False)
    for job in jobs.done[-1:]:
        _draw_result(layout, job, len(jobs.done), width_px)


def _draw_result(layout: UILayout, job: StyleJob, count: int, width_px: float) -> None:
    box = layout.box()
    column = box.column(align=True)
    column.label(text=job.image_name or job.output.name, icon="CHECKMARK", translate=False)
    size = label("{width} × {height} px, {seconds} s", width=job.result.width_px, height=job.result.height_px,
                 seconds=round(sum(job.seconds.values()), 1))
    column.label(text=size, icon="BLANK1", translate=False)
    if count > 1:
        column.label(text=label("and {count} before it", count=count - 1), icon="BLANK1", translate=False)
    for remark in job.remarks:
        draw_sentence(box, explain_remark(remark), width_px, icon="INFO")


def _title(item: VERNISSAGE_PG_style_item) -> str:
    if item.kind == "NUMBER":
        return label("Number {number}", number=item.number)
    if item.kind == "IMAGE" and item.image:
        return item.image.name
    if item.kind == "TRAINED" and item.trained.strip():
        return style_title(item.trained)
    if item.kind == "FILE" and item.path.strip():
        return os.path.basename(item.path)
    return label("No picture yet")


register, unregister = register_classes_factory((VERNISSAGE_UL_styles, VERNISSAGE_PT_style))
