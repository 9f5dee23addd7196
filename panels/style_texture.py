"""The Style panel of the 3D viewport's sidebar: the same styles, for textures and for what it shows."""

from __future__ import annotations

from bpy.types import Context, Panel, UILayout
from bpy.utils import register_classes_factory

from .style import draw_choices, draw_style_work, draw_styles
from .text import column_width_px
from .work import large_button


class VERNISSAGE_PT_style_texture(Panel):
    """What to make of the textures of the selected objects, or of the view."""

    bl_idname = "VERNISSAGE_PT_style_texture"
    bl_label = "Style"
    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_category = "Vernissage"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: Context) -> None:
        layout = self.layout
        style = context.scene.vernissage.style
        width_px = column_width_px(context.region.width)
        draw_styles(layout, style, width_px)
        layout.use_property_split = True
        layout.use_property_decorate = False
        draw_choices(layout, style)
        layout.prop(style, "view_count")
        draw_style_work(context, layout, width_px, _draw_buttons)


def _draw_buttons(layout: UILayout) -> None:
    large_button("vernissage.stylise_texture", "BRUSH_DATA")(layout)
    layout.operator("vernissage.stylise_view", icon="HIDE_OFF")


register, unregister = register_classes_factory((VERNISSAGE_PT_style_texture,))
