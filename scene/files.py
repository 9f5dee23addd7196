"""The files that the opened scene reads."""

from __future__ import annotations

from pathlib import Path

import bpy

__all__ = ["files_read"]


def files_read() -> list[Path]:
    """Libraries, pictures, fonts, sounds and caches, absolute, in order; there or not. What is packed is not read."""
    return sorted({Path(path) for path in bpy.utils.blend_paths(absolute=True, packed=False)})
