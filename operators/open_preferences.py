"""Show the add-on's preferences, where the backend is installed."""

from __future__ import annotations

import bpy
from bpy.types import Context, Operator
from bpy.utils import register_classes_factory

from ..preferences import EXTENSION


class VERNISSAGE_OT_open_preferences(Operator):
    bl_idname = "vernissage.open_preferences"
    bl_label = "Open Preferences"
    bl_description = "Show Vernissage's preferences, where its backend is installed, checked and repaired"
    bl_options = {"INTERNAL"}

    def execute(self, context: Context) -> set[str]:
        return bpy.ops.preferences.addon_show(module=EXTENSION)


register, unregister = register_classes_factory((VERNISSAGE_OT_open_preferences,))
