"""An error in a layout: the sentence, the remedy, and a button for the remedy."""

from __future__ import annotations

from bpy.types import UILayout

from ..protocol.errors import ErrorKind, VernissageError
from ..translations.lookup import explain_remedy, explain_sentence
from .text import draw_sentence

__all__ = ["draw_failure"]

_BUTTONS = {
    ErrorKind.ENVIRONMENT: ("vernissage.open_preferences", "PREFERENCES"),
    ErrorKind.PROTOCOL: ("vernissage.open_preferences", "PREFERENCES"),
    ErrorKind.BACKEND_DIED: ("vernissage.open_log", "TEXT"),
    ErrorKind.INTERNAL: ("vernissage.open_log", "TEXT"),
    ErrorKind.OUT_OF_MEMORY: ("vernissage.open_log", "TEXT"),
}


def draw_failure(layout: UILayout, error: VernissageError, width_px: float, name: str = "") -> None:
    """The error in a box, headed by the object's name where one is given."""
    column = layout.box().column(align=True)
    icon = "CANCEL" if error.kind is ErrorKind.CANCELLED else "ERROR"
    if name:
        column.label(text=name, icon=icon, translate=False)
        icon = "BLANK1"
    draw_sentence(column, explain_sentence(error), width_px, icon=icon)
    if error.remedy:
        draw_sentence(column, explain_remedy(error), width_px, icon="BLANK1")
    if error.kind in _BUTTONS:
        idname, icon = _BUTTONS[error.kind]
        column.separator()
        button = column.operator(idname, icon=icon)
        if idname == "vernissage.open_log":
            button.path = error.log_path
