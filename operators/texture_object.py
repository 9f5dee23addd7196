"""Texture the selected meshes from the scene's prompt, or from their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import bpy
from bpy.types import Context, Object, Operator
from bpy.utils import register_classes_factory

from ..preferences import read_settings
from ..protocol.requests import TextureRequest, ViewCamera
from .job_list import JobList, push_undo, selected_meshes

if TYPE_CHECKING:
    from ..jobs.texture import TextureJobs
    from ..properties import VERNISSAGE_PG_texture


class VERNISSAGE_OT_texture_object(JobList, Operator):
    """One job list from the selection; each object is applied, and undoable, on its own."""

    bl_idname = "vernissage.texture_object"
    bl_label = "Generate Texture"
    bl_description = ("Paint the selected meshes from the prompt, one after another or together, and give each a new "
                      "material with its texture. The materials that it had stay in the file")
    bl_options = {"REGISTER"}  # an undo step is pushed for each object: see push_undo

    def make_jobs(self, context: Context) -> TextureJobs:
        from ..jobs.target import Target
        from ..jobs.texture import TextureJobs  # it brings numpy, which enabling the add-on shall not

        texture = context.scene.vernissage.texture
        meshes = selected_meshes(context)
        return TextureJobs(
            meshes, replace(requested(texture, meshes), cameras=chosen_cameras(context)), read_settings(context),
            together=texture.together, target=Target(texture.uv_layer, texture.unwrap, texture.active_slot_only),
            on_applied=push_undo)


def chosen_cameras(context: Context) -> tuple[ViewCamera, ...]:
    """Those that the panel wants to be painted from. Raises `BadInput`."""
    if not context.scene.vernissage.texture.from_cameras:
        return ()
    from ..scene.cameras import read_camera, visible_cameras  # enabling the add-on shall not bring the scene

    depsgraph = context.evaluated_depsgraph_get()
    cameras = visible_cameras(context.scene, context.view_layer,
                              context.scene.vernissage.texture.camera_collection)
    return tuple(read_camera(obj, context.scene, depsgraph) for obj in cameras)


def _chosen_controlnet(texture: VERNISSAGE_PG_texture) -> str:
    """The one that is shown: the embedded model has its own."""
    return bpy.path.abspath(texture.controlnet) if texture.controlnet and texture.model == "FOLDER" else ""


def requested(texture: VERNISSAGE_PG_texture, objects: Sequence[Object] = ()) -> TextureRequest:
    """What the panel asks for, where its prompt may be empty if each object has its own. Raises `BadInput` for what
    cannot be asked.
    """
    own = [obj.vernissage.prompt.strip() for obj in objects]
    prompt = own[0] if own and all(own) else texture.prompt
    return TextureRequest(
        object_name="", mesh="mesh.npz", prompt=prompt, negative_prompt=texture.negative_prompt,
        model=texture.model_name(), controlnet=_chosen_controlnet(texture),
        follow_shape=texture.follow_shape,
        view_count=texture.view_count, view_size_px=texture.view_size, texture_size_px=texture.texture_size,
        picture_format=texture.format(), steps=texture.steps or None,
        guidance_scale=texture.guidance_scale or None, seed=texture.seed,
        share_attention=texture.share_attention, quality_map=texture.quality_map)


register, unregister = register_classes_factory((VERNISSAGE_OT_texture_object,))
