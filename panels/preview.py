"""The job's newest picture as an icon that a layout can show."""

from __future__ import annotations

from pathlib import Path

import bpy.utils.previews

__all__ = ["preview_icon", "register", "unregister"]

_pictures: bpy.utils.previews.ImagePreviewCollection | None = None  # Blender wants it freed: see unregister


def preview_icon(path: Path | None) -> int:
    """The icon's number; 0 for no picture. A picture is read once for each time that it was written."""
    if path is None or _pictures is None:
        return 0
    try:
        name = f"{path}:{path.stat().st_mtime_ns}"
    except OSError:
        return 0
    if name not in _pictures:
        _pictures.clear()
        _pictures.load(name, str(path), "IMAGE")
    return _pictures[name].icon_id


def register() -> None:
    global _pictures
    _pictures = bpy.utils.previews.new()


def unregister() -> None:
    global _pictures
    if _pictures is not None:
        bpy.utils.previews.remove(_pictures)
        _pictures = None
