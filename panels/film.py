"""The Film panel of the Image Editor's sidebar, under the styles that it uses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bpy.types import Context, Panel, UILayout
from bpy.utils import register_classes_factory

from ..jobs.current import current
from ..properties.film import VERNISSAGE_PG_film
from ..translations.lookup import explain_remark, label
from .failure import draw_failure
from .text import column_width_px, draw_sentence
from .work import draw_work, large_button

if TYPE_CHECKING:
    from ..jobs.film import FilmJob


class VERNISSAGE_PT_film(Panel):
    """Which frames, where to, then the button, then what becomes of them."""

    bl_idname = "VERNISSAGE_PT_film"
    bl_label = "Film"
    bl_space_type = "IMAGE_EDITOR"
    bl_region_type = "UI"
    bl_category = "Vernissage"
    bl_parent_id = "VERNISSAGE_PT_style"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: Context) -> None:
        layout = self.layout
        layout.use_property_split = True
        layout.use_property_decorate = False
        width_px = column_width_px(context.region.width)
        _draw_choices(layout, context.scene.vernissage.film)
        draw_work(layout, width_px, current.film, current.film_error,
                  large_button("vernissage.stylise_film", "RENDER_ANIMATION"),
                  lambda layout: _draw_outcome(layout, current.film.job, width_px), is_list=True,
                  waiting=label("It goes on once nothing is moved or rendered"))


def _draw_choices(layout: UILayout, film: VERNISSAGE_PG_film) -> None:
    column = layout.column()
    column.prop(film, "anchor")
    column.prop(film, "use_range")
    if film.use_range:
        frames = column.column(align=True)
        frames.prop(film, "start")
        frames.prop(film, "end")
    column.prop(film, "folder")
    column.prop(film, "picture_format")
    column.prop(film, "add_strip")


def _draw_outcome(layout: UILayout, job: FilmJob, width_px: float) -> None:
    if job.error is not None:
        draw_failure(layout, job.error, width_px, name=job.object_name)
    elif job.image_name:
        column = layout.box().column(align=True)
        column.label(text=job.image_name, icon="CHECKMARK", translate=False)
        made = label("{count} frames, {made} of them new", count=len(job.result.frames), made=job.result.made)
        column.label(text=made, icon="BLANK1", translate=False)
        if job.result.cuts:
            column.label(text=label("{count} cuts found", count=len(job.result.cuts)), icon="BLANK1", translate=False)
    for remark in job.remarks if job.error is not None or job.image_name else ():
        draw_sentence(layout.box(), explain_remark(remark), width_px, icon="INFO")


register, unregister = register_classes_factory((VERNISSAGE_PT_film,))
