"""The opened file, and those that it reads."""

from __future__ import annotations

from pathlib import Path

import bpy

__all__ = ["files_read", "opened_file"]


def opened_file() -> Path | None:
    """None for a scene that was never saved."""
    return Path(bpy.data.filepath) if bpy.data.filepath else None


def files_read() -> list[Path]:
    """Libraries, pictures, fonts, sounds and caches, absolute, in order; there or not. What is packed is not read."""
    return sorted({Path(path) for path in bpy.utils.blend_paths(absolute=True, packed=False)})
