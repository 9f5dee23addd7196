"""How good a texture is, in figures: what the panel shows of a result."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bpy.types import UILayout

from ..translations.lookup import label

if TYPE_CHECKING:
    from ..protocol.messages import TextureResult

__all__ = ["draw_scores"]

_NAMES_SHARE = 0.7  # of the width


def draw_scores(layout: UILayout, result: TextureResult) -> None:
    """One line a score. What must be 0 and is not has a warning sign."""
    column = layout.column(align=True)
    _line(column, label("Seen"), f"{100 * result.coverage:.1f} %")
    _line(column, label("Unseen, filled in"), f"{100 * (1 - result.coverage):.1f} %")
    _line(column, label("Step over seams"), f"{result.seam_step:.3f}")
    _line(column, label("95 % of seams below"), f"{result.seam_step_most:.3f}")
    _line(column, label("Worst seam"), f"{result.seam_step_worst:.3f}")
    if result.crossview_by_step:
        _line(column, label("Views apart, first step"), f"{result.crossview_by_step[0]:.3f}")
        _line(column, label("Views apart, last step"), f"{result.crossview_by_step[-1]:.3f}")
    _line(column, label("Views computed"), str(result.evaluations))
    outside = result.strayed + (result.changed_outside or 0)
    _line(column, label("Changed outside"), str(outside), "ERROR" if outside else "NONE")


def _line(column: UILayout, name: str, value: str, icon: str = "NONE") -> None:
    split = column.split(factor=_NAMES_SHARE)
    split.label(text=name, icon=icon, translate=False)
    row = split.row()
    row.alignment = "RIGHT"
    row.label(text=value, translate=False)
