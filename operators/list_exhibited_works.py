"""List the works of a plan, so that an artist can tell of them."""

from __future__ import annotations

from pathlib import Path

from bpy.types import Context, Operator
from bpy.utils import register_classes_factory

from ..protocol.errors import VernissageError
from ..protocol.exhibition import PLAN_NAME
from ..translations.lookup import explain


class VERNISSAGE_OT_list_exhibited_works(Operator):
    """What was told in the list before, and is not in the plan, is gone: one undo step away."""

    bl_idname = "vernissage.list_exhibited_works"
    bl_label = "Read Plan"
    bl_description = ("List the works of the plan that is in Plan Folder, as it tells of them. What you have changed "
                      "in the list, and not built yet, is lost")
    bl_options = {"REGISTER", "UNDO"}

    def execute(self, context: Context) -> set[str]:
        from ..jobs.exhibition_list import fill_list, read_plan

        exhibition = context.scene.vernissage.exhibition
        try:
            fill_list(exhibition, read_plan(Path(exhibition.folder_path) / PLAN_NAME))
        except VernissageError as error:
            self.report({"ERROR"}, explain(error))
            return {"CANCELLED"}
        return {"FINISHED"}


register, unregister = register_classes_factory((VERNISSAGE_OT_list_exhibited_works,))
