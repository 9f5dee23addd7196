"""What was planned: how many views, and how much they will see; greyed where it no longer holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bpy.types import Context, UILayout

from ..jobs.current import current
from ..jobs.plan_key import plan_key
from ..translations.lookup import explain_remark, label
from .failure import draw_failure
from .text import draw_sentence

if TYPE_CHECKING:
    from ..jobs.plan import ViewPlans

__all__ = ["draw_plan"]

_OBJECTS_SHOWN = 8


def draw_plan(context: Context, layout: UILayout, width_px: float) -> None:
    row = layout.row(align=True)
    if current.is_planning:
        row.label(text="Planning views …")
        row.operator("vernissage.cancel_job", text="", icon="X")
        return
    row.operator("vernissage.plan_views", icon="HIDE_OFF")
    plan = current.plan
    if plan is None or plan.is_cancelled:
        return
    is_fresh = not plan.is_outdated and plan.key == plan_key(context)
    if is_fresh and plan.done:
        row.operator("vernissage.add_cameras", text="", icon="OUTLINER_DATA_CAMERA")
    column = layout.column(align=True)
    if not is_fresh:
        column.label(text="Changed since: plan again", icon="ERROR")
    column = column.column(align=True)
    column.active = is_fresh
    _draw_figures(column, plan, width_px)
    if is_fresh:
        for job in plan.failed:
            draw_failure(column, job.error, width_px, name=job.object_name)
        for remark in plan.remarks:
            draw_sentence(column, explain_remark(remark), width_px, icon="INFO")


def _draw_figures(column: UILayout, plan: ViewPlans, width_px: float) -> None:
    if not plan.done:
        return
    percent = _percent(plan.coverage)
    if len(plan.done) == 1:
        sentence = label("{count} views will see {percent} % of {name}", count=plan.view_count, percent=percent,
                         name=plan.done[0].object_name)
    else:
        sentence = label("{count} views will see {percent} % of {objects} objects", count=plan.view_count,
                         percent=percent, objects=len(plan.done))
    draw_sentence(column, sentence, width_px)
    if len(plan.done) > 1:
        for job in plan.done[:_OBJECTS_SHOWN]:
            column.label(text=label("{name}: {percent} % seen", name=job.object_name,
                                    percent=_percent(job.views.coverage)), translate=False)
        if len(plan.done) > _OBJECTS_SHOWN:
            column.label(text=label("… and {count} more", count=len(plan.done) - _OBJECTS_SHOWN), translate=False)


def _percent(share: float) -> str:
    """Never 100 of what is not seen to the last texel."""
    return f"{100 * share - 0.05 * (share < 1):.1f}"
