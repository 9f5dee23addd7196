"""The Style panel of the 3D viewport's sidebar: the same styles, for textures and for what it shows."""

from __future__ import annotations

from bpy.types import Context, Panel
from bpy.utils import register_classes_factory

from ..jobs.current import current
from .failure import draw_failure
from .progress import draw_progress
from .style import draw_choices, draw_outcome, draw_styles, waiting_for
from .text import column_width_px


class VERNISSAGE_PT_style_texture(Panel):
    """What to make of the textures of the selected objects, or of the view."""

    bl_idname = "VERNISSAGE_PT_style_texture"
    bl_label = "Style"
    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_category = "Vernissage"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: Context) -> None:
        from ..jobs.backend import backend_problem

        layout = self.layout
        style = context.scene.vernissage.style
        width_px = column_width_px(context.region.width)
        draw_styles(layout, style, width_px)
        layout.use_property_split = True
        layout.use_property_decorate = False
        draw_choices(layout, style)
        layout.prop(style, "view_count")
        if current.is_stylising:
            draw_progress(layout, current.style.summary(), width_px, waiting=waiting_for(current.style))
        else:
            row = layout.row()
            row.scale_y = 1.5
            row.operator("vernissage.stylise_texture", icon="BRUSH_DATA")
            layout.operator("vernissage.stylise_view", icon="HIDE_OFF")
        problem = current.style_error or backend_problem(context)
        if problem is not None:
            draw_failure(layout, problem, width_px)
        elif current.style is not None:
            draw_outcome(layout, current.style, width_px)


register, unregister = register_classes_factory((VERNISSAGE_PT_style_texture,))
