"""What every property that holds a path has."""

from __future__ import annotations

import bpy

__all__ = ["PATH_OPTIONS"]

# Without it Blender 4.5 and later warn, and 5.0.1 crashes, when a script sets a path that starts with "//".
PATH_OPTIONS = {"PATH_SUPPORTS_BLEND_RELATIVE"} if bpy.app.version >= (4, 5, 0) else set()
