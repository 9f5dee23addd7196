"""The artist's cameras, as the backend paints from them."""

from __future__ import annotations

import math
from collections.abc import Sequence

import bpy
from mathutils import Matrix

from ..protocol.errors import BadInput
from ..protocol.requests import ViewCamera

__all__ = ["find_cameras", "read_camera", "visible_cameras"]


def visible_cameras(scene: bpy.types.Scene, view_layer: bpy.types.ViewLayer) -> list[bpy.types.Object]:
    """Every camera that the view layer shows: the scene's own first, the others in the order of their names.

    Raises:
        BadInput: there is none.
    """
    cameras = [obj for obj in view_layer.objects if obj.type == "CAMERA" and obj.visible_get(view_layer=view_layer)]
    if not cameras:
        raise BadInput("The view layer {layer} shows no camera.", "Add one, unhide one, or turn off From Cameras.",
                       layer=view_layer.name)
    return sorted(cameras, key=lambda obj: (obj != scene.camera, obj.name))


def find_cameras(names: Sequence[str]) -> list[bpy.types.Object]:
    """The file's cameras of these names, each once, in the order given.

    Raises:
        BadInput: there is no object of that name, or it is no camera.
    """
    cameras = []
    for name in dict.fromkeys(names):
        obj = bpy.data.objects.get(name)
        if obj is None or obj.type != "CAMERA":
            known = sorted(obj.name for obj in bpy.data.objects if obj.type == "CAMERA")
            raise BadInput("There is no camera {name}.", "The cameras of this file: {cameras}.", name=name,
                           cameras=", ".join(known) or "-")
        cameras.append(obj)
    return cameras


def read_camera(obj: bpy.types.Object, scene: bpy.types.Scene, depsgraph: bpy.types.Depsgraph) -> ViewCamera:
    """What a camera sees at the current frame, with the scene's aspect ratio. Changes nothing.

    Raises:
        BadInput: it is panoramic, not in the view layer, or nowhere.
    """
    if all(other != obj for other in depsgraph.view_layer.objects):
        raise BadInput("The camera {name} is not in the view layer {layer}.",
                       "Include its collection in the view layer, in the Outliner.",
                       name=obj.name, layer=depsgraph.view_layer.name)
    evaluated = obj.evaluated_get(depsgraph)
    camera = evaluated.data
    if camera.type not in ("PERSP", "ORTHO"):
        raise BadInput("The camera {name} is panoramic.", "Choose a perspective or an orthographic one.",
                       name=obj.name)
    if not all(math.isfinite(value) for row in evaluated.matrix_world for value in row):
        raise BadInput("The transform of {name} holds numbers that are not finite.",
                       "Clear it with Object > Clear, or mend its constraints and drivers.", name=obj.name)
    place, turn, _ = evaluated.matrix_world.decompose()
    to_camera = (Matrix.Translation(place) @ turn.to_matrix().to_4x4()).inverted()
    # The corners of its frame tell what sensor fit, aspect ratio and shift come to.
    corners = camera.view_frame(scene=scene)
    low = [min(corner[axis] for corner in corners) for axis in range(2)]
    high = [max(corner[axis] for corner in corners) for axis in range(2)]
    longer = max(high[0] - low[0], high[1] - low[1])
    is_perspective = camera.type == "PERSP"
    return ViewCamera(
        name=obj.name, world_to_camera=tuple(value for row in to_camera for value in row),
        fov_rad=2 * math.atan(longer / 2 / -corners[0][2]) if is_perspective else None,
        scale=None if is_perspective else longer,
        clip_near=camera.clip_start, clip_far=camera.clip_end,
        shift_x=(high[0] + low[0]) / 2 / longer, shift_y=(high[1] + low[1]) / 2 / longer)
