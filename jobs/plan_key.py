"""What a plan of views depends on, to see when it is out of date: compared by each redraw, so it must be cheap.

Changes of a mesh are heard of from the dependency graph, everything else is in the key.
"""

from __future__ import annotations

import bpy
from bpy.app.handlers import persistent
from bpy.types import Context, Depsgraph, Object, Scene

from ..protocol.errors import VernissageError
from .current import current

__all__ = ["plan_key", "register", "unregister"]

_SETTINGS = ("view_count", "view_size", "texture_size", "uv_layer", "unwrap", "active_slot_only", "together",
             "from_cameras")


def plan_key(context: Context) -> tuple[object, ...]:
    """Equal as long as a plan of the selected meshes would come out the same."""
    texture = context.scene.vernissage.texture
    meshes = sorted((obj for obj in context.view_layer.objects.selected if obj.type == "MESH"),
                    key=lambda obj: obj.session_uid)
    settings = tuple(getattr(texture, name) for name in _SETTINGS)
    return (settings, context.scene.frame_current, tuple(_of_mesh(obj, texture.together) for obj in meshes),
            _of_cameras(context))


def _of_mesh(obj: Object, together: bool) -> tuple[object, ...]:
    layers = obj.data.uv_layers
    return (obj.session_uid, obj.data.session_uid, _place(obj), len(obj.modifiers), len(layers),
            next((layer.name for layer in layers if layer.active_render), ""), obj.active_material_index,
            obj.vernissage.prompt if together else "")


def _of_cameras(context: Context) -> tuple[object, ...]:
    texture = context.scene.vernissage.texture
    if not texture.from_cameras:
        return ()
    from ..scene.cameras import visible_cameras

    render = context.scene.render
    try:
        cameras = visible_cameras(context.scene, context.view_layer, texture.camera_collection)
    except VernissageError:  # there is none: Plan Views says so
        return ()
    return (render.resolution_x, render.resolution_y, render.pixel_aspect_x, render.pixel_aspect_y, *(
        (obj.session_uid, _place(obj), *(getattr(obj.data, name) for name in (
            "type", "lens", "sensor_fit", "sensor_width", "sensor_height", "ortho_scale", "shift_x", "shift_y",
            "clip_start", "clip_end"))) for obj in cameras))


def _place(obj: Object) -> tuple[float, ...]:
    return tuple(value for row in obj.matrix_world for value in row)


@persistent
def _hear_of_meshes(scene: Scene, depsgraph: Depsgraph) -> None:
    plan = current.plan
    if plan is None or plan.is_outdated:
        return
    planned = {job.object_uid for job in plan.jobs}
    plan.is_outdated = any(update.is_updated_geometry and isinstance(update.id, Object)
                           and update.id.original.session_uid in planned for update in depsgraph.updates)


def register() -> None:
    bpy.app.handlers.depsgraph_update_post.append(_hear_of_meshes)


def unregister() -> None:
    bpy.app.handlers.depsgraph_update_post.remove(_hear_of_meshes)
