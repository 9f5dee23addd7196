"""List the works of a plan, so that an artist can tell of them."""

from __future__ import annotations

from bpy.types import Context, Operator
from bpy.utils import register_classes_factory

from ..protocol.errors import VernissageError
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
        from ..jobs.exhibition_wanted import plan_built

        exhibition = context.scene.vernissage.exhibition
        try:
            path = plan_built(context)
            plan = read_plan(path)
            exhibition.listed.clear()  # what was told of another plan, or not built, is not told of this one
            fill_list(exhibition, plan, path.parent)
        except VernissageError as error:
            self.report({"ERROR"}, explain(error))
            return {"CANCELLED"}
        return {"FINISHED"}


register, unregister = register_classes_factory((VERNISSAGE_OT_list_exhibited_works,))
