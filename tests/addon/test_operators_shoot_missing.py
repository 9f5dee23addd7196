"""What no view saw well is found and painted, from what is kept with the texture."""

from __future__ import annotations

import json

import bpy
import numpy as np
import pytest

from tests.addon.test_operators_texture import at_work, select
from tests.addon.test_operators_touch_up import pixels, texture_of

__all__ = ["at_work"]  # the fixture


@pytest.fixture
def painted(at_work):
    """The cube, of which one camera saw the front."""
    bpy.ops.object.camera_add(location=(0, -8, 0), rotation=(np.pi / 2, 0, 0))
    at_work.texture.from_cameras, at_work.texture.view_count = True, 1
    select(at_work.cube)
    assert bpy.ops.vernissage.texture_object() == {"FINISHED"}
    bpy.context.scene.vernissage.touch_up.feather = 2
    return at_work


def seen(image: bpy.types.Image, at_work) -> bytes:
    return at_work.part("scene.images").read_seen(image)


@pytest.mark.of_no_version
def test_shot_after_shot_until_nothing_is_missing(painted) -> None:
    before = texture_of(painted.cube)
    first = pixels(before)
    assert seen(before, painted)[:8] == b"\x89PNG\r\n\x1a\n"
    with pytest.raises(RuntimeError, match="saw every part of Cube"):
        [bpy.ops.vernissage.shoot_missing() for _ in range(8)]
    assert 1 <= len([image for image in bpy.data.images if image.get("vernissage_seen")]) - 1 <= 5
    after = texture_of(painted.cube)
    assert after is not before
    assert seen(after, painted) != seen(before, painted)
    report = json.loads(after["report"])
    assert report["request"]["touch_up"]["region"] == "missing"
    changed = (pixels(after) != first).any(axis=2)
    uvs = np.empty((24, 2), np.float32)
    painted.cube.data.uv_layers.active.uv.foreach_get("vector", uvs.ravel())
    middles = (uvs.reshape(6, 4, 2).mean(axis=1) * 128).astype(int)
    front = min(painted.cube.data.polygons, key=lambda polygon: polygon.normal.y).index
    for face, (column, row) in enumerate(middles):
        part = changed[row - 8:row + 8, column - 8:column + 8]
        assert not part.any() if face == front else part.mean() > 0.8


def test_it_knows_after_saving_moving_and_adding_faces(painted, tmp_path) -> None:
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "a.blend"))
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "a.blend"))
    cube = bpy.data.objects["Cube"]
    cube.location, cube.rotation_euler = (4, 1, -2), (0.3, 0.5, 1.0)
    cube.modifiers.new("Bevel", "BEVEL").width = 0.05
    before = pixels(texture_of(cube))
    bpy.context.scene.vernissage.texture.from_cameras = False
    select(cube)
    assert bpy.ops.vernissage.shoot_missing() == {"FINISHED"}
    after = texture_of(cube)
    assert (pixels(after) != before).any(axis=2).mean() > 0.05
    uvs = np.empty((24, 2), np.float32)
    cube.data.uv_layers.active.uv.foreach_get("vector", uvs.ravel())
    front = min(cube.data.polygons, key=lambda polygon: polygon.normal.y).index
    column, row = (uvs[4 * front:4 * front + 4].mean(axis=0) * 128).astype(int)
    assert not (pixels(after) != before)[row - 8:row + 8, column - 8:column + 8].any()


def test_several_objects_are_shot_in_one_go(painted) -> None:
    select(painted.sphere)
    painted.sphere.location = (0, 0, 0)
    bpy.ops.vernissage.texture_object()
    select(painted.cube, painted.sphere)
    assert bpy.ops.vernissage.shoot_missing() == {"FINISHED"}
    assert [str(job.state) for job in painted.current.texture.jobs] == ["done", "done"]


def test_a_texture_of_which_nothing_is_known_says_so(painted, snapshot) -> None:
    del texture_of(painted.cube)["vernissage_seen"]
    before = snapshot()
    with pytest.raises(RuntimeError, match="not known what earlier views saw of Cube"):
        bpy.ops.vernissage.shoot_missing()
    select(painted.sphere)
    with pytest.raises(RuntimeError, match="shows no texture"):
        bpy.ops.vernissage.shoot_missing()
    select(painted.cube)
    assert {key: value for key, value in snapshot().items() if not key.startswith("objects")} == {
        key: value for key, value in before.items() if not key.startswith("objects")}
