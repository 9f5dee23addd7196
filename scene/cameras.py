"""The artist's cameras, as the backend paints from them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import bpy
from mathutils import Matrix, Vector

from ..protocol.errors import BadInput
from ..protocol.requests import ViewCamera

__all__ = ["Sight", "add_cameras", "camera_sight", "find_cameras", "read_camera", "visible_cameras"]

_COLLECTION = "Vernissage Views"


def visible_cameras(scene: bpy.types.Scene, view_layer: bpy.types.ViewLayer,
                    collection: bpy.types.Collection | None = None) -> list[bpy.types.Object]:
    """Every camera that the view layer shows, of one collection or of all: the scene's own first, the others in the
    order of their names.

    Raises:
        BadInput: there is none.
    """
    wanted = None if collection is None else set(collection.all_objects)
    cameras = [obj for obj in view_layer.objects if obj.type == "CAMERA" and obj.visible_get(view_layer=view_layer)
               and (wanted is None or obj in wanted)]
    if not cameras and collection is not None:
        raise BadInput("The collection {collection} shows no camera.",
                       "Add one, unhide one, or leave Camera Collection empty.", collection=collection.name)
    if not cameras:
        raise BadInput("The view layer {layer} shows no camera.", "Add one, unhide one, or turn off From Cameras.",
                       layer=view_layer.name)
    return sorted(cameras, key=lambda obj: (obj != scene.camera, obj.name))


class Sight(NamedTuple):
    """Where a camera looks, as a `WorldSource` tells it: radians, the angle of view over the picture's width."""

    fov: float
    yaw: float = 0.0
    pitch: float = 0.0
    roll: float = 0.0


def camera_sight(scene: bpy.types.Scene, aspect: float) -> Sight:
    """Where the scene's camera looks, with a picture `aspect` times as wide as high. A shift of its lens is left out.

    Raises:
        BadInput: there is no camera, or it is none of perspective.
    """
    camera = scene.camera
    if camera is None or camera.type != "CAMERA" or camera.data.type != "PERSP":
        raise BadInput("The scene has no perspective camera that could have seen the image.",
                       "Add one, and make it the scene's camera.")
    fov = camera.data.angle  # over the longer side
    if aspect < 1:
        fov = 2 * math.atan(math.tan(fov / 2) * aspect)
    turn = camera.matrix_world.normalized().to_3x3()
    right, forward = turn.col[0], -turn.col[2]
    yaw, pitch = math.atan2(forward.y, forward.x), math.asin(max(-1.0, min(1.0, forward.z)))
    level = Vector((math.sin(yaw), -math.cos(yaw), 0.0))
    return Sight(fov, yaw, pitch, math.atan2(right.dot(level.cross(forward)), right.dot(level)))


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


def add_cameras(views: Sequence[ViewCamera], scene: bpy.types.Scene) -> bpy.types.Collection:
    """The views as cameras, in a new collection of the scene. One that is a camera of the scene already is linked
    into it instead.
    """
    collection = bpy.data.collections.new(_COLLECTION)
    scene.collection.children.link(collection)
    for number, view in enumerate(views, 1):
        known = bpy.data.objects.get(view.name) if view.name else None
        camera = known if known is not None and known.type == "CAMERA" else _new_camera(view, f"View {number:02d}")
        if camera.name not in collection.objects:
            collection.objects.link(camera)
    return collection


def _new_camera(view: ViewCamera, name: str) -> bpy.types.Object:
    data = bpy.data.cameras.new(name)
    if view.fov_rad is None:
        data.type, data.ortho_scale = "ORTHO", view.scale
    else:
        data.angle = view.fov_rad  # of the longer side, as the sensor's fit is AUTO
    data.clip_start, data.clip_end = view.clip_near, view.clip_far
    data.shift_x, data.shift_y = view.shift_x, view.shift_y
    obj = bpy.data.objects.new(name, data)
    rows = [view.world_to_camera[i:i + 4] for i in range(0, 16, 4)]
    obj.matrix_world = Matrix(rows).inverted()
    data.display_size = view.clip_near / 4  # the object is nearly this far away
    return obj


def read_camera(obj: bpy.types.Object, scene: bpy.types.Scene, depsgraph: bpy.types.Depsgraph, *,
                part: tuple[float, float, float, float] = (0.0, 1.0, 0.0, 1.0), stretch: float = 1.0) -> ViewCamera:
    """What a camera sees at the current frame, with the scene's aspect ratio. Changes nothing.

    Args:
        part: from where to where of its frame, along x and along y, as shares of it from the left and from below.
        stretch: by how much its y axis is to be multiplied.

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
    to_camera = _without_size(evaluated.matrix_world).inverted()
    # The corners of its frame tell what sensor fit, aspect ratio and shift come to.
    corners = camera.view_frame(scene=scene)
    low, high = [], []
    for axis, scale in enumerate((1.0, stretch)):
        start, end = (scale * limit(corner[axis] for corner in corners) for limit in (min, max))
        low.append(start + part[2 * axis] * (end - start))
        high.append(start + part[2 * axis + 1] * (end - start))
    longer = max(high[0] - low[0], high[1] - low[1])
    is_perspective = camera.type == "PERSP"
    return ViewCamera(
        name=obj.name, world_to_camera=tuple(value for row in to_camera for value in row),
        fov_rad=2 * math.atan(longer / 2 / -corners[0][2]) if is_perspective else None,
        scale=None if is_perspective else longer,
        clip_near=camera.clip_start, clip_far=camera.clip_end,
        shift_x=(high[0] + low[0]) / 2 / longer, shift_y=(high[1] + low[1]) / 2 / longer)


def _without_size(matrix: Matrix) -> Matrix:
    """The transform of a camera without scale and shear. One that is mirrored stays mirrored, as renders are."""
    axes = matrix.to_3x3()
    mirror = Matrix.Diagonal((-1.0 if axes.determinant() < 0 else 1.0, 1.0, 1.0))
    turn = (axes @ mirror).to_quaternion().to_matrix()
    return Matrix.Translation(matrix.translation) @ (turn @ mirror).to_4x4()
