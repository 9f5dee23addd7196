"""Whether the scene may be changed now."""

from __future__ import annotations

import bpy

__all__ = ["is_rendering", "is_scene_in_use"]


def is_rendering() -> bool:
    """Whether a window renders beside the artist; in background nothing runs beside anything."""
    return not bpy.app.background and bpy.app.is_job_running("RENDER")


def is_scene_in_use() -> bool:
    """Whether a change of the scene would get into a transform, a render or a bake at work."""
    if bpy.app.background:
        return False
    if is_rendering() or bpy.app.is_job_running("OBJECT_BAKE"):
        return True
    return any(operator.bl_idname.startswith("TRANSFORM_OT_")
               for window in bpy.context.window_manager.windows for operator in window.modal_operators)
