"""Write the page for browsers of the exhibition in the scene."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bpy.types import Context, Operator
from bpy.utils import register_classes_factory

from ..preferences import read_settings
from ..protocol.exhibition import LightQuality
from ..translations.lookup import hint
from .build_exhibition import ExhibitionJobs

if TYPE_CHECKING:
    from ..jobs.exhibition_page import PageWriting


class VERNISSAGE_OT_write_page(ExhibitionJobs, Operator):
    """The page is in a folder beside the plan."""

    bl_idname = "vernissage.write_page"
    bl_label = "Write Page"
    bl_description = ("Write the exhibition as a page that any web host serves, into “web” in the plan's folder, as it "
                      "is in this scene. The light of its rooms is baked beside you, by another Blender")
    needs_backend = False

    @classmethod
    def hindrance(cls, context: Context) -> str:
        from ..scene.gallery.parts import exhibition_collection

        problem = super().hindrance(context)
        return problem or ("" if exhibition_collection(context.scene) else hint("Build the exhibition first"))

    def make_jobs(self, context: Context) -> PageWriting:
        from ..jobs.exhibition_page import PageWriting
        from ..jobs.exhibition_wanted import check_page, plan_built

        chosen = context.scene.vernissage.exhibition
        plan = plan_built(context)
        check_page(context, plan)
        return PageWriting(chosen.title or plan.parent.name, plan, plan.parent / "web", LightQuality(chosen.light),
                           read_settings(context))


register, unregister = register_classes_factory((VERNISSAGE_OT_write_page,))
