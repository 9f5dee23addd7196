"""The World panel of the 3D viewport's sidebar, and of the World's properties."""

from __future__ import annotations

from typing import TYPE_CHECKING

import bpy
from bpy.types import Context, Panel, UILayout
from bpy.utils import register_classes_factory

from ..jobs.current import current
from ..translations.lookup import explain_remark, label
from .failure import draw_failure
from .text import column_width_px, draw_sentence
from .work import draw_model, draw_prompt, draw_work, large_button

if TYPE_CHECKING:
    from ..jobs.world import WorldJob
    from ..properties.world import VERNISSAGE_PG_world

_PREVIEW_SCALE = 9.0  # of an icon's height


class VERNISSAGE_PT_world(Panel):
    bl_idname = "VERNISSAGE_PT_world"
    bl_label = "World"
    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_category = "Vernissage"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: Context) -> None:
        _draw(self, context)


class VERNISSAGE_PT_world_properties(Panel):
    """Beside the World's own settings."""

    bl_idname = "VERNISSAGE_PT_world_properties"
    bl_label = "Generate World"
    bl_space_type = "PROPERTIES"
    bl_region_type = "WINDOW"
    bl_context = "world"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: Context) -> None:
        _draw(self, context)


def _draw(panel: Panel, context: Context) -> None:
    """What to see around, how it lights, then the button, then what becomes of it."""
    from ..jobs.backend import backend_problem

    layout = panel.layout
    world = context.scene.vernissage.world
    width_px = column_width_px(context.region.width)
    draw_prompt(layout, world, placeholder="sunset over the sea")
    layout.use_property_split = True
    layout.use_property_decorate = False
    _draw_choices(layout, world)
    header, body = layout.panel(f"{panel.bl_idname}_advanced", default_closed=True)
    header.label(text="Advanced")
    if body is not None:
        _draw_advanced(body, world)
    draw_work(layout, width_px, current.world, current.world_error or backend_problem(context),
              large_button("vernissage.make_world", "WORLD"),
              lambda layout: _draw_outcome(layout, current.world.job, width_px))


def _draw_choices(layout: UILayout, world: VERNISSAGE_PG_world) -> None:
    column = layout.column()
    column.prop(world, "source")
    if world.source != "NONE":
        column.prop(world, "image")
    if world.source == "PANORAMA":
        column.prop(world, "mask")
        if world.mask is None:
            column.prop(world, "change")
    column.prop(world, "height")
    column.prop(world, "seed")
    column = layout.column()
    column.prop(world, "rotation")
    column.prop(world, "strength")
    column.prop(world, "background")
    column.prop(world, "sun")
    column.prop(world, "sun_lamp")
    column.prop(world, "ground")
    column.prop(world, "shadow_catcher")


def _draw_advanced(layout: UILayout, world: VERNISSAGE_PG_world) -> None:
    column = layout.column()
    draw_model(column, world)
    if world.model == "FOLDER":
        column.prop(world, "lora")
        if world.lora:
            column.prop(world, "lora_weight")
    for name in ("negative_prompt", "detail", "steps", "guidance_scale", "exposure", "sets_sun"):
        column.prop(world, name)
    if world.sets_sun:
        column.prop(world, "sun_irradiance")
    column.prop(world, "sun_exposure")


def _draw_outcome(layout: UILayout, job: WorldJob, width_px: float) -> None:
    if job.error is not None:
        draw_failure(layout, job.error, width_px, name=job.object_name)
    else:
        column = layout.box().column(align=True)
        column.label(text=job.world_name, icon="CHECKMARK", translate=False)
        size = label("{width} × {height} px, {seconds} s", width=job.result.width_px, height=job.result.height_px,
                     seconds=round(sum(job.seconds.values()), 1))
        column.label(text=size, icon="BLANK1", translate=False)
        world = bpy.data.worlds.get(job.world_name)
        if world is not None and world.preview is not None:
            layout.template_icon(icon_value=world.preview.icon_id, scale=_PREVIEW_SCALE)
    for remark in job.remarks:
        draw_sentence(layout.box(), explain_remark(remark), width_px, icon="INFO")


register, unregister = register_classes_factory((VERNISSAGE_PT_world, VERNISSAGE_PT_world_properties))
