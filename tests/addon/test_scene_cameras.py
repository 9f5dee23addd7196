"""Blender's cameras as the backend gets them: they see what Blender says they see."""

from __future__ import annotations

import math

import bpy
import numpy as np
import pytest
from bpy_extras.object_utils import world_to_camera_view
from mathutils import Vector

from vernissage.protocol.errors import BadInput
from vernissage.scene.cameras import find_cameras, read_camera, visible_cameras


def add_camera(name: str = "Camera", **lens: object) -> bpy.types.Object:
    data = bpy.data.cameras.new(name)
    for key, value in lens.items():
        setattr(data, key, value)
    obj = bpy.data.objects.new(name, data)
    obj.location, obj.rotation_euler = (3, -6, 2), (1.2, 0.1, 0.5)
    bpy.context.scene.collection.objects.link(obj)
    bpy.context.view_layer.update()
    return obj


def read(obj: bpy.types.Object):
    return read_camera(obj, bpy.context.scene, bpy.context.evaluated_depsgraph_get())


@pytest.mark.parametrize("lens", [
    {}, {"lens": 85.0}, {"shift_x": 0.2, "shift_y": -0.1}, {"sensor_fit": "VERTICAL"}, {"sensor_fit": "HORIZONTAL"},
    {"type": "ORTHO", "ortho_scale": 4.0}, {"type": "ORTHO", "ortho_scale": 4.0, "shift_x": 0.3},
], ids=["plain", "tele", "shifted", "vertical", "horizontal", "orthographic", "orthographic and shifted"])
@pytest.mark.parametrize(("size", "scale"), [((1600, 900), (2, 2, 2)), ((600, 900), (-2, 1, 1)),
                                             ((800, 800), (1, -1, 1)), ((800, 800), (1, 3, -1))],
                         ids=["wide", "tall and mirrored", "square and upside down", "square and turned round"])
def test_points_land_where_blender_puts_them(empty_scene, lens, size, scale) -> None:
    render = empty_scene.render
    render.resolution_x, render.resolution_y = size
    obj = add_camera(**lens)
    obj.scale = scale  # Blender's cameras do not see by their scale, but by its sign
    bpy.context.view_layer.update()
    camera = read(obj)
    matrix = np.reshape(camera.world_to_camera, (4, 4))
    longer = max(size)
    for point in ((0, 0, 0), (1, 0.5, -0.4), (-0.7, 1.2, 0.9)):
        x, y, z = matrix[:3, :3] @ point + matrix[:3, 3]
        reach = camera.scale if camera.scale is not None else 2 * math.tan(camera.fov_rad / 2) * -z
        mine = (np.array([x, y]) / reach - (camera.shift_x, camera.shift_y)) * longer / size + 0.5
        expected = world_to_camera_view(empty_scene, obj, Vector(point))
        assert np.allclose(mine, expected[:2], atol=1e-4)
        assert -z == pytest.approx(expected[2], abs=1e-4)


def test_which_cameras_are_meant(empty_scene) -> None:
    with pytest.raises(BadInput, match="no camera"):
        visible_cameras(empty_scene, bpy.context.view_layer)
    first, second, hidden = add_camera("A"), add_camera("B"), add_camera("C")
    hidden.hide_set(True)
    empty_scene.camera = second
    assert visible_cameras(empty_scene, bpy.context.view_layer) == [second, first]
    assert find_cameras(["C", "A", "C"]) == [hidden, first]
    with pytest.raises(BadInput, match="no camera D") as caught:
        find_cameras(["D"])
    assert "A, B, C" in str(caught.value)


def test_a_panoramic_camera_is_refused(empty_scene) -> None:
    with pytest.raises(BadInput, match="panoramic"):
        read(add_camera(type="PANO"))


def test_a_camera_that_is_not_evaluated_is_refused(empty_scene) -> None:
    away = bpy.data.collections.new("Away")
    empty_scene.collection.children.link(away)
    obj = add_camera()
    away.objects.link(obj)
    empty_scene.collection.objects.unlink(obj)
    bpy.context.view_layer.layer_collection.children["Away"].exclude = True
    with pytest.raises(BadInput, match="not in the view layer"):
        read(obj)


def test_a_camera_that_is_nowhere_is_refused(empty_scene) -> None:
    obj = add_camera()
    obj.location.x = math.nan
    bpy.context.view_layer.update()
    with pytest.raises(BadInput, match="not finite"):
        read(obj)


def test_reading_changes_nothing(empty_scene, snapshot) -> None:
    obj = add_camera()
    before = snapshot()
    read(obj)
    assert snapshot() == before
