"""A job list at work: what it is at, how far, its newest picture, and the button that stops it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bpy.types import UILayout

from ..jobs.preview import preview_icon
from ..translations.lookup import label
from .text import draw_sentence

if TYPE_CHECKING:
    from ..jobs.texture_job import Summary

__all__ = ["draw_progress"]


def draw_progress(layout: UILayout, summary: Summary, width_px: float, waiting: str) -> None:
    """Args:
        waiting: what to say of a result that waits for the artist, translated.
    """
    column = layout.column(align=True)
    title = summary.object_name if summary.count == 1 else label(
        "{name} ({number} of {count})", name=summary.object_name, number=summary.number, count=summary.count)
    column.label(text=title, translate=False)
    row = column.row(align=True)
    row.scale_y = 1.5
    row.progress(factor=summary.percent / 100, text=_progress_text(summary), translate=False)
    row.operator("vernissage.cancel_job", text="", icon="X")
    if summary.waits_for_artist:
        draw_sentence(layout, waiting, width_px, icon="INFO")
    icon = preview_icon(summary.preview)
    if icon:
        layout.template_icon(icon, scale=8.0)


def _progress_text(summary: Summary) -> str:
    stage = label(summary.stage)
    if summary.remaining_s is None:
        return stage
    minutes, seconds = divmod(summary.remaining_s, 60)
    return label("{stage}, {time} left", stage=stage, time=f"{minutes}:{seconds:02d}")
