"""Steps back in the artist's history."""

from __future__ import annotations

import bpy

__all__ = ["push_undo_step"]


def push_undo_step(message: str) -> None:
    """In background there is no history, unless a script began one. A timer has no window, and takes the first one."""
    if bpy.app.background and not bpy.ops.ed.undo.poll():
        return
    windows = bpy.context.window_manager.windows
    with bpy.context.temp_override(window=bpy.context.window or (windows[0] if windows else None)):
        bpy.ops.ed.undo_push(message=message)
