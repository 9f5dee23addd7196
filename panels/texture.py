"""The Texture panel of the sidebar."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bpy.types import Context, Panel, UILayout
from bpy.utils import register_classes_factory

from ..jobs.current import current
from ..translations.lookup import explain_remark, label
from .failure import draw_failure
from .plan import draw_plan
from .scores import draw_scores
from .text import column_width_px, draw_sentence
from .work import draw_model, draw_prompt, draw_work, large_button

if TYPE_CHECKING:
    from ..jobs.texture import TextureJobs
    from ..jobs.texture_job import TextureJob
    from ..properties import VERNISSAGE_PG_texture, VERNISSAGE_PG_touch_up

_PROMPTS_SHOWN = 12


class VERNISSAGE_PT_texture(Panel):
    """What to paint from top to bottom, then the button, then what becomes of it."""

    bl_idname = "VERNISSAGE_PT_texture"
    bl_label = "Texture"
    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_category = "Vernissage"

    def draw(self, context: Context) -> None:
        from ..jobs.backend import backend_problem

        layout = self.layout
        texture = context.scene.vernissage.texture
        width_px = column_width_px(context.region.width)

        draw_prompt(layout, texture, placeholder="red brick wall", with_negative=True)
        layout.use_property_split = True
        layout.use_property_decorate = False
        _draw_own_prompts(context, layout, texture)
        _draw_choices(context, layout, texture, width_px)
        header, body = layout.panel("VERNISSAGE_PT_texture_touch_up", default_closed=True)
        header.label(text="Touch Up")
        if body is not None:
            _draw_touch_up(body, context.scene.vernissage.touch_up)
        header, body = layout.panel("VERNISSAGE_PT_texture_advanced", default_closed=True)
        header.label(text="Advanced")
        if body is not None:
            _draw_advanced(context, body, texture)
        draw_work(layout, width_px, current.texture, current.error or backend_problem(context),
                  large_button("vernissage.texture_object", "BRUSH_DATA", text="Generate"),
                  lambda layout: _draw_outcome(context, layout, current.texture, width_px), is_list=True,
                  waiting=label("Finished: it appears in Object Mode, once nothing is moved or rendered"))


def _draw_own_prompts(context: Context, layout: UILayout, texture: VERNISSAGE_PG_texture) -> None:
    """Closed, it tells how many of the selected objects have one."""
    meshes = [obj for obj in context.selected_objects if obj.type == "MESH"]
    if not meshes:
        return
    header, body = layout.panel("VERNISSAGE_PT_texture_own_prompts", default_closed=True)
    count = sum(1 for obj in meshes if obj.vernissage.prompt.strip())
    header.label(text=label("Own Prompts ({count} of {all})", count=count, all=len(meshes)), translate=False)
    if body is None:
        return
    column = body.column()
    for obj in meshes[:_PROMPTS_SHOWN]:
        column.prop(obj.vernissage, "prompt", text=obj.name, placeholder=texture.prompt, translate=False)
    if len(meshes) > _PROMPTS_SHOWN:
        column.label(text=label("… and {count} more", count=len(meshes) - _PROMPTS_SHOWN), translate=False)


def _draw_choices(context: Context, layout: UILayout, texture: VERNISSAGE_PG_texture, width_px: float) -> None:
    column = layout.column()
    draw_model(column, texture)
    column.prop(texture, "view_count")
    draw_plan(context, column, width_px)
    column.prop(texture, "texture_size")
    row = column.row(align=True)
    row.prop(texture, "seed")
    row.operator("vernissage.random_seed", text="", icon="FILE_REFRESH")


def _draw_advanced(context: Context, layout: UILayout, texture: VERNISSAGE_PG_texture) -> None:
    column = layout.column()
    column.prop(texture, "steps")
    column.prop(texture, "guidance_scale")
    column.prop(texture, "view_size")
    column.prop(texture, "picture_format")
    column.prop(texture, "from_cameras")
    if texture.from_cameras:
        column.prop(texture, "camera_collection")
    if texture.model == "FOLDER":
        column.prop(texture, "controlnet")
    if texture.model == "MINI":
        column.prop(texture, "follow_shape")
    column.prop(texture, "share_attention")
    column.prop(texture, "show_while_painting")
    column.prop(texture, "quality_map")
    column.prop(texture, "together")
    column.prop(texture, "active_slot_only")
    column.prop(texture, "unwrap")
    row = column.row()
    row.active = not texture.unwrap
    obj = context.active_object
    if obj is not None and obj.type == "MESH":
        row.prop_search(texture, "uv_layer", obj.data, "uv_layers")
    else:
        row.prop(texture, "uv_layer")


def _draw_touch_up(layout: UILayout, touch_up: VERNISSAGE_PG_touch_up) -> None:
    column = layout.column()
    column.prop(touch_up, "region")
    if touch_up.region == "MASK":
        column.prop(touch_up, "mask")
    column.prop(touch_up, "strength")
    column.prop(touch_up, "feather")
    column.operator("vernissage.touch_up", icon="BRUSH_DATA")
    column.separator()
    column.prop(touch_up, "least_cosine")
    column.operator("vernissage.shoot_missing", icon="CAMERA_DATA")


def _draw_outcome(context: Context, layout: UILayout, jobs: TextureJobs, width_px: float) -> None:
    """What the last list came to: the failures first."""
    for job in jobs.failed:
        draw_failure(layout, job.error, width_px, name=job.object_name)
        for remark in job.remarks:
            draw_sentence(layout.box(), explain_remark(remark), width_px, icon="INFO")
    for job in jobs.done:
        _draw_result(layout, job, width_px)
    if jobs.done:
        header, body = layout.panel("VERNISSAGE_PT_texture_scores")
        header.label(text="Scores")
        if body is not None:
            for job in jobs.done:
                if len(jobs.done) > 1:
                    body.label(text=job.object_name, translate=False)
                draw_scores(body, job.result)
    if any(job.result.quality_map for job in jobs.done):
        layout.operator("vernissage.show_view_quality", icon="SHADING_TEXTURE")
    shading = context.space_data.shading
    if jobs.done and (shading.type == "WIREFRAME" or (shading.type, shading.color_type) == ("SOLID", "MATERIAL")):
        row = layout.row()
        row.use_property_split = False
        row.prop_enum(shading, "type", "MATERIAL", text="Show in Material Preview", icon="SHADING_TEXTURE")


def _draw_result(layout: UILayout, job: TextureJob, width_px: float) -> None:
    box = layout.box()
    column = box.column(align=True)
    column.label(text=job.object_name, icon="CHECKMARK", translate=False)
    column.label(text=label("{percent} % painted, {seconds} s", percent=round(job.result.coverage * 100),
                         seconds=round(sum(job.seconds.values()))), icon="BLANK1", translate=False)
    for remark in job.remarks:
        draw_sentence(box, explain_remark(remark), width_px, icon="INFO")


register, unregister = register_classes_factory((VERNISSAGE_PT_texture,))
