"""The add-on's preferences: the backend first, because nothing paints without it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import bpy
from bpy.types import Context, UILayout

from ..jobs.current import current
from ..protocol.errors import VernissageError
from ..translations.lookup import label
from .failure import draw_failure
from .text import column_width_px, draw_sentence

if TYPE_CHECKING:
    from ..preferences import VERNISSAGE_AP_preferences

__all__ = ["draw_preferences"]


def draw_preferences(context: Context, layout: UILayout, preferences: VERNISSAGE_AP_preferences) -> None:
    layout.use_property_split = True
    layout.use_property_decorate = False
    width_px = column_width_px(context.region.width)

    column = layout.column()
    column.enabled = not current.is_installing
    column.row().prop(preferences, "backend_source", expand=True)
    if preferences.backend_source == "EXISTING":
        column.prop(preferences, "python_path")
    else:
        column.prop(preferences, "variant")
        column.prop(preferences, "environment_folder", placeholder=_default_folder())
        column.prop(preferences, "base_python")
    _draw_backend(context, layout.box(), preferences, width_px)

    column = layout.column()
    column.prop(preferences, "image_storage")
    column.prop(preferences, "idle_minutes")


def _draw_backend(context: Context, box: UILayout, preferences: VERNISSAGE_AP_preferences, width_px: float) -> None:
    """How the backend stands, and what can be done about it."""
    from ..jobs.backend import backend_state

    state = backend_state(context)
    draw_sentence(box, label(state.sentence, **state.values), width_px,
                  icon="CHECKMARK" if state.is_good else "ERROR")
    row = box.row()
    if current.is_installing:
        progress = current.task_progress
        row.progress(factor=progress.fraction if progress else 0.0, text=_step_text(), translate=False)
        row.operator("vernissage.cancel_job", text="", icon="X")
        return
    if state.can_install:
        row.operator("vernissage.install_backend", text="Repair" if state.is_made else "Install",
                     icon="FILE_REFRESH" if state.is_made else "IMPORT")
    row.operator("vernissage.check_backend", icon="VIEWZOOM")
    if not bpy.app.online_access and state.can_install:
        draw_sentence(box, label("Allow Online Access in Blender's preferences first, under System"), width_px,
                      icon="INTERNET_OFFLINE")
    if current.task is not None and current.task.error is not None:
        draw_failure(box, current.task.error, width_px)
    elif current.task is not None:
        draw_sentence(box, label(current.task.message), width_px, icon="CHECKMARK")
        if current.task.report:
            draw_sentence(box, _report_text(current.task.report), width_px, icon="BLANK1")


def _default_folder() -> str:
    from ..preferences import default_environment_folder

    try:
        return str(default_environment_folder())
    except VernissageError:  # said by the backend's state below
        return ""


def _step_text() -> str:
    progress = current.task_progress
    if progress is None:
        return label("Starting")
    step = label(progress.step)
    return label("{step}: {detail}", step=step, detail=progress.detail) if progress.detail else step


def _report_text(report: dict[str, Any]) -> str:
    """Versions and device, which are the same in every language."""
    versions = {"Python": report.get("python")} | {
        name: version for name, version in report.get("versions", {}).items() if name in ("torch", "diffusers")}
    device = f"{str(report.get('device', '')).upper()} ({report.get('device_name')})"
    memory = f"{(report.get('memory_bytes') or 0) / 1e9:.0f} GB"
    return ", ".join([*(f"{name} {version}" for name, version in versions.items()), device, memory])
