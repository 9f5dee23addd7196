"""Make a material of a prompt or a picture, on the selected objects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import bpy
from bpy.types import Context, Material, Object, Operator
from bpy.utils import register_classes_factory

from ..jobs.current import current
from ..jobs.undo import push_undo_step
from ..preferences import read_settings
from ..protocol.errors import VernissageError
from ..translations.lookup import hint, label
from .job_list import JobList, selected_meshes

if TYPE_CHECKING:
    from ..jobs.material import MaterialJob, MaterialWork
    from ..scene.surface_nodes import SurfaceLook

_Slots = tuple[int, ...] | None  # the numbers of those to fill; None for all


class VERNISSAGE_OT_make_material(JobList, Operator):
    """One material; it is put on what was selected when it was asked for, in one undo step."""

    bl_idname = "vernissage.make_material"
    bl_label = "Make Material"
    bl_description = ("Make a material that tiles of the prompt or the picture, as an asset of this file, and put it "
                      "on the selected objects, if there are any")
    bl_options = {"REGISTER"}  # an undo step is pushed once the material is there

    @classmethod
    def hindrance(cls, context: Context) -> str:
        return hint("Switch to Object Mode first") if context.mode != "OBJECT" else ""

    def make_jobs(self, context: Context) -> MaterialWork:
        from ..jobs.material import MaterialWork  # these bring numpy, which enabling the add-on shall not
        from ..jobs.material_wanted import wanted_look, wanted_material
        from ..scene.checks import active_slot, check_can_apply

        chosen = context.scene.vernissage.material
        objects = selected_meshes(context)
        slots = {obj.session_uid: active_slot(obj) if chosen.active_slot_only else None for obj in objects}
        for obj in objects:  # before the work, rather than after it
            check_can_apply(obj, slots[obj.session_uid], adds_uv_layer=False)
        settings, look = read_settings(context), wanted_look(chosen)
        return MaterialWork(wanted_material(chosen), settings,
                            deliver=lambda job: _add(job, look, _found(slots), settings.pack))

    def begin(self, jobs: Any) -> None:
        current.begin_material(jobs)

    def refuse(self, error: VernissageError) -> None:
        current.material_error = error


def _found(slots: Mapping[int, _Slots]) -> dict[Object, _Slots]:
    """Of objects by their uids those that are still there: the material is made for the others all the same."""
    known = {obj.session_uid: obj for obj in bpy.data.objects}
    return {known[uid]: chosen for uid, chosen in slots.items() if uid in known}


def _add(job: MaterialJob, look: SurfaceLook, objects: Mapping[Object, _Slots], pack: bool) -> None:
    from ..scene.asset import Catalogue, catalogue_remark
    from ..scene.checks import uvs_remarks
    from ..scene.images import storage_remark
    from ..scene.surface import apply_surface

    material = apply_surface(job.object_name, job.folder, job.request, job.result, look, objects, pack)
    job.material_name = material.name
    try:
        if hasattr(bpy.types.Scene, "cycles"):  # it can be disabled
            _measure(job, material, look)
        job.remarks += (*storage_remark(pack), *catalogue_remark(Catalogue.MATERIALS),
                        *(uvs_remarks(objects) if look.projection == "uv" else ()))
        if not bpy.app.background:  # it is rendered beside the artist, by a process of Blender's own making
            material.asset_generate_preview()
    finally:
        push_undo_step(label("Make Material {name}", name=material.name))


def _measure(job: MaterialJob, material: Material, look: SurfaceLook) -> None:
    """The window waits for it, 0.2 s. The material is there without it, too."""
    from ..protocol.remarks import Remark
    from ..scene.ball import furnace
    from ..scene.surface import note_energy

    try:
        job.furnace_max = furnace(material, size_m=look.size_m)
    except Exception as error:
        job.remarks += (Remark("How much light it gives back could not be measured: {reason}", {"reason": str(error)}),)
        return
    note_energy(material, job.furnace_max)


register, unregister = register_classes_factory((VERNISSAGE_OT_make_material,))
