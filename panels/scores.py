"""How good a texture is, in figures: what the panel shows of a result when it is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bpy.types import UILayout

from ..translations.lookup import label

if TYPE_CHECKING:
    from ..protocol.messages import TextureResult

__all__ = ["draw_scores"]


def draw_scores(layout: UILayout, result: TextureResult) -> None:
    """One line a score. What must be 0 and is not has a warning sign."""
    column = layout.column(align=True)
    unseen = 1 - result.coverage
    _line(column, label("Seen: {percent} %, unseen: {unseen} %", percent=_percent(result.coverage),
                        unseen=_percent(unseen)))
    _line(column, label("Step over seams: {overall} of that within, 95 % below {most}, worst {worst}",
                        overall=_ratio(result.seam_step), most=_ratio(result.seam_step_most),
                        worst=_ratio(result.seam_step_worst)))
    if result.crossview_by_step:
        first, last = result.crossview_by_step[0], result.crossview_by_step[-1]
        _line(column, label("Views apart: {first} at the first step, {last} at the last", first=_ratio(first),
                            last=_ratio(last)))
    _line(column, label("Views computed: {evaluations}", evaluations=result.evaluations))
    outside = result.strayed + (result.changed_outside or 0)
    _line(column, label("Texels changed outside: {count}", count=outside), "ERROR" if outside else "BLANK1")


def _line(column: UILayout, text: str, icon: str = "BLANK1") -> None:
    column.label(text=text, icon=icon, translate=False)


def _percent(share: float) -> str:
    return f"{100 * share:.1f}"


def _ratio(value: float) -> str:
    return f"{value:.3f}"
