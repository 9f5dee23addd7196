"""Show the log that an error names."""

from __future__ import annotations

from pathlib import Path

import bpy
from bpy.props import StringProperty
from bpy.types import Context, Operator
from bpy.utils import register_classes_factory

from ..preferences import read_settings
from ..protocol.errors import VernissageError
from ..translations.lookup import explain, report


class VERNISSAGE_OT_open_log(Operator):
    bl_idname = "vernissage.open_log"
    bl_label = "Open Log"
    bl_description = "Open what the backend wrote down, in the system's viewer for text"
    bl_options = {"INTERNAL"}

    path: StringProperty(name="Log File", description="The file to open; empty opens the backend's log",
                         options={"HIDDEN", "SKIP_SAVE"})

    def execute(self, context: Context) -> set[str]:
        try:
            path = Path(self.path) if self.path else read_settings(context).log_path
        except VernissageError as error:
            self.report({"ERROR"}, explain(error))
            return {"CANCELLED"}
        if not path.is_file():
            self.report({"WARNING"}, report("There is no log yet"))
            return {"CANCELLED"}
        return bpy.ops.wm.path_open(filepath=str(path))


register, unregister = register_classes_factory((VERNISSAGE_OT_open_log,))
