"""What the panels have in common: words and a model, then the button, then what becomes of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from bpy.types import UILayout

from ..protocol.errors import VernissageError
from ..translations import CONTEXT
from ..translations.lookup import label
from .failure import draw_failure
from .progress import draw_progress

if TYPE_CHECKING:
    from ..jobs.stepped import Stepped

__all__ = ["draw_model", "draw_prompt", "draw_work", "large_button"]


def draw_prompt(layout: UILayout, chosen: Any, *, placeholder: str, with_negative: bool = False) -> None:
    """Args:
        chosen: properties with a prompt.
    """
    column = layout.column(align=True)
    column.label(text="Prompt", text_ctxt=CONTEXT)
    column.prop(chosen, "prompt", text="", placeholder=placeholder)
    if with_negative:
        column.separator()
        column.label(text="Negative Prompt", text_ctxt=CONTEXT)
        column.prop(chosen, "negative_prompt", text="", placeholder="what to keep out")


def draw_model(column: UILayout, chosen: Any) -> None:
    """Args:
        chosen: properties with a model, see `properties.painting.WithModel`.
    """
    column.row().prop(chosen, "model", expand=True)
    if chosen.model == "FOLDER":
        column.prop(chosen, "model_folder", text="Folder")


def large_button(idname: str, icon: str, *, text: str = "") -> Callable[[UILayout], None]:
    """Draws an operator; without a text it has its own."""
    def draw(layout: UILayout) -> None:
        row = layout.row()
        row.scale_y = 1.5
        row.operator(idname, icon=icon, **({"text": text} if text else {}))
    return draw


def draw_work(layout: UILayout, width_px: float, work: Stepped[Any] | None, problem: VernissageError | None,
              button: Callable[[UILayout], None], outcome: Callable[[UILayout], None], *, waiting: str = "",
              is_list: bool = False) -> None:
    """How far the work is, or what begins it; then what hinders it, or what the last one came to.

    Args:
        outcome: draws that.
        waiting: what to say of a result that waits for the artist, translated; "" for the usual.
        is_list: some of it has come to something while the rest is at work.
    """
    if work is not None and not work.is_finished:
        draw_progress(layout, work.summary(), width_px,
                      waiting=waiting or label("Finished: it appears once nothing is moved or rendered"))
    else:
        button(layout)
    if problem is not None:
        draw_failure(layout, problem, width_px)
    elif work is not None and (is_list or work.is_finished):
        outcome(layout)
