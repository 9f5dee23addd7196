"""The works of an exhibition, within its panel: what their labels and the page tell of them."""

from __future__ import annotations

from bpy.types import Context, Panel, UILayout, UIList
from bpy.utils import register_classes_factory

from ..properties.exhibited_work import VERNISSAGE_PG_exhibited_work
from ..properties.exhibition import VERNISSAGE_PG_exhibition
from ..protocol.exhibition_plan import WorkKind
from ..translations.lookup import label

_ICONS = {"picture": "IMAGE_DATA", "film": "FILE_MOVIE", "sculpture": "MESH_MONKEY"}
_ROWS = 4


class VERNISSAGE_UL_exhibited_works(UIList):
    """Each work by its title."""

    bl_idname = "VERNISSAGE_UL_exhibited_works"

    def draw_item(self, context: Context, layout: UILayout, data: VERNISSAGE_PG_exhibition,
                  item: VERNISSAGE_PG_exhibited_work, icon: int, active_data: VERNISSAGE_PG_exhibition,
                  active_property: str, index: int = 0, flt_flag: int = 0) -> None:
        layout.prop(item, "title", text="", emboss=False, icon=_ICONS[item.kind])
        layout.label(text=item.artist, translate=False)


class VERNISSAGE_PT_exhibited_works(Panel):
    """A list, and what is told of the chosen one."""

    bl_idname = "VERNISSAGE_PT_exhibited_works"
    bl_label = "Works"
    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_category = "Vernissage"
    bl_parent_id = "VERNISSAGE_PT_exhibition"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: Context) -> None:
        layout = self.layout
        exhibition = context.scene.vernissage.exhibition
        row = layout.row()
        row.template_list("VERNISSAGE_UL_exhibited_works", "", exhibition, "listed", exhibition, "active_listed",
                          rows=_ROWS)
        row.operator("vernissage.list_exhibited_works", text="", icon="FILE_REFRESH")
        if not 0 <= exhibition.active_listed < len(exhibition.listed):
            return
        work = exhibition.listed[exhibition.active_listed]
        layout.use_property_split = True
        layout.use_property_decorate = False
        column = layout.column()
        for name in ("title", "artist", "year", "medium"):
            column.prop(work, name)
        if work.kind != WorkKind.SCULPTURE:
            column.prop(work, "width_cm")
            row = column.row()
            row.alignment = "RIGHT"
            row.label(text=label("{height} cm high", height=f"{work.width_cm * work.ratio:.1f}"), translate=False)
        for name in ("text", "alt", "rights", "provenance"):
            column.prop(work, name)


register, unregister = register_classes_factory((VERNISSAGE_UL_exhibited_works, VERNISSAGE_PT_exhibited_works))
