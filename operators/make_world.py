"""Paint a panorama, and light the scene with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import bpy
from bpy.types import Context, Operator
from bpy.utils import register_classes_factory

from ..jobs.current import current
from ..jobs.hands import is_rendering
from ..jobs.undo import push_undo_step
from ..preferences import read_settings
from ..protocol.errors import BadInput, VernissageError
from ..protocol.world import SunChoice, WorldRequest, WorldSource, WorldSourceKind
from ..translations.lookup import hint, label
from .job_list import JobList

if TYPE_CHECKING:
    from ..jobs.world import WantedWorld, WorldJob, WorldWork
    from ..properties.world import VERNISSAGE_PG_world
    from ..scene.world import WorldSetup

_PREVIEW_PX = 256  # the window waits for it, about a second


class VERNISSAGE_OT_make_world(JobList, Operator):
    """One world, in one undo step."""

    bl_idname = "vernissage.make_world"
    bl_label = "Generate World"
    bl_description = ("Paint a panorama from the prompt, restore its light, and make it the World of the scene. The "
                      "World that it had stays in the file")
    bl_options = {"REGISTER"}  # an undo step is pushed once the World is there

    @classmethod
    def hindrance(cls, context: Context) -> str:
        return hint("Wait until the render has ended") if is_rendering() else ""

    def make_jobs(self, context: Context) -> WorldWork:
        from ..jobs.world import WorldWork  # these bring numpy, which enabling the add-on shall not
        from ..scene.world import WorldSetup

        chosen, settings, scene = context.scene.vernissage.world, read_settings(context), context.scene.name
        setup = WorldSetup(rotation_rad=chosen.rotation, strength=chosen.strength, background=chosen.background,
                           has_ground=chosen.ground, catches_shadows=chosen.shadow_catcher, pack=settings.pack)
        return WorldWork(_wanted(context, chosen), settings, deliver=lambda job: _add(job, scene, setup))

    def begin(self, jobs: Any) -> None:
        current.begin_world(jobs)

    def refuse(self, error: VernissageError) -> None:
        current.world_error = error


def _wanted(context: Context, chosen: VERNISSAGE_PG_world) -> WantedWorld:
    """Raises `BadInput`."""
    from ..jobs.picture import Picture
    from ..jobs.world import UNBROUGHT, WantedWorld
    from ..scene.cameras import camera_sight

    source = picture = mask = None
    if chosen.source != "NONE":
        if chosen.image is None:
            raise BadInput("There is no image that the panorama could begin with.", "Choose one.")
        picture = Picture.of_image(chosen.image)
        if chosen.source == "CAMERA":
            size = chosen.image.size
            sight = camera_sight(context.scene, size[0] / max(size[1], 1))
            source = WorldSource(name=picture.name, picture=UNBROUGHT, kind=WorldSourceKind.CAMERA, fov_rad=sight.fov,
                                 yaw_rad=sight.yaw, pitch_rad=sight.pitch, roll_rad=sight.roll)
        else:
            mask = None if chosen.mask is None else Picture.of_image(chosen.mask)
            source = WorldSource(name=picture.name, picture=UNBROUGHT, kind=WorldSourceKind.PANORAMA,
                                 mask="" if mask is None else UNBROUGHT, 
                                 strength=chosen.change if mask is None else 1.0)
    return WantedWorld(WorldRequest(
        prompt=chosen.prompt, negative_prompt=chosen.negative_prompt, model=chosen.model_name(),
        lora=bpy.path.abspath(chosen.lora) if chosen.lora else "", lora_weight=chosen.lora_weight,
        height_px=chosen.height, detail=chosen.detail, steps=chosen.steps or None,
        guidance_scale=chosen.guidance_scale or None, seed=chosen.seed, exposure_ev=chosen.exposure,
        sun=SunChoice(chosen.sun.lower()), sun_irradiance=chosen.sun_irradiance if chosen.sets_sun else None,
        sun_ev=chosen.sun_exposure, sun_apart=chosen.sun_lamp, source=source), picture, mask)


def _add(job: WorldJob, scene_name: str, setup: WorldSetup) -> None:
    from ..scene.asset import Catalogue, catalogue_remark
    from ..scene.images import storage_remark
    from ..scene.world import add_world
    from ..scene.world_preview import write_world_preview

    preview = None
    if hasattr(bpy.types.Scene, "cycles"):  # it can be disabled
        preview = job.folder / "preview.png"
        write_world_preview(preview, job.folder, job.request, job.result, _PREVIEW_PX)
    scene = bpy.data.scenes.get(scene_name) or bpy.context.scene
    job.world_name = add_world(scene, job.folder, job.request, job.result, setup, preview=preview).name
    job.remarks += (*storage_remark(setup.pack), *catalogue_remark(Catalogue.WORLDS))
    push_undo_step(label("World {name}", name=job.object_name))


register, unregister = register_classes_factory((VERNISSAGE_OT_make_world,))
