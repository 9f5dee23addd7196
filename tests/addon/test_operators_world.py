"""Worlds through the operator, the job and the real backend."""

from __future__ import annotations

import importlib
import math
from pathlib import Path
from types import ModuleType, SimpleNamespace

import bpy
import numpy as np
import pytest
from mathutils import Matrix, Vector

from tests.addon.test_operators_style import blotches, new_image


@pytest.fixture
def world(addon: ModuleType, empty_scene: bpy.types.Scene, tiny_model: Path):
    """The settings of the panel, small and quick; and the parts of the add-on."""
    chosen = empty_scene.vernissage.world
    chosen.prompt, chosen.model, chosen.model_folder = "noon", "FOLDER", str(tiny_model)
    chosen.height, chosen.steps, chosen.detail = 128, 2, 0.0
    current = importlib.import_module(f"{addon.__name__}.jobs.current").current
    cameras = importlib.import_module(f"{addon.__name__}.scene.cameras")
    yield SimpleNamespace(scene=empty_scene, chosen=chosen, current=current, cameras=cameras)
    current.forget_scene()


def test_the_scene_gets_a_world_and_an_undo_takes_it_back(world, snapshot, tmp_path) -> None:
    old = bpy.data.worlds.new("Old")
    world.scene.world = old
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "scene.blend"))
    bpy.ops.ed.undo_push(message="first")
    world.scene.collection.objects.link(bpy.data.objects.new("Later", None))
    before = snapshot()
    world.chosen.shadow_catcher = True
    world.chosen.rotation = 0.5
    world.chosen.sun, world.chosen.sun_lamp = "ADDED", True
    bpy.ops.ed.undo_push(message="settings")
    assert bpy.ops.vernissage.make_world() == {"FINISHED"}
    (job,) = world.current.world.done
    made = bpy.data.worlds[job.world_name]
    assert bpy.context.scene.world == made
    assert made.node_tree.nodes["Rotation"].inputs["Rotation"].default_value[2] == pytest.approx(0.5)
    assert made["prompt"] == "noon"
    assert made.asset_data.catalog_id in (tmp_path / "blender_assets.cats.txt").read_text()
    assert old.use_fake_user
    assert any(obj.type == "LIGHT" for obj in bpy.context.scene.objects)
    assert any(obj.is_shadow_catcher for obj in bpy.context.scene.objects)
    assert job.result.width_px == 256
    bpy.ops.ed.undo()
    after = snapshot()
    after["dirty"] = before["dirty"]
    assert after == before
    bpy.ops.ed.redo()
    assert bpy.context.scene.world == bpy.data.worlds[job.world_name]
    assert sum(obj.type == "LIGHT" for obj in bpy.context.scene.objects) == 1


def test_around_an_image_the_camera_says_where_it_belongs(world) -> None:
    camera = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
    world.scene.collection.objects.link(camera)
    world.scene.camera = camera
    camera.rotation_euler = (math.radians(80), math.radians(10), 2.0)
    bpy.context.view_layer.update()
    world.chosen.source, world.chosen.image = "CAMERA", new_image("Photo", blotches(48, 64, 1))
    assert bpy.ops.vernissage.make_world() == {"FINISHED"}
    (job,) = world.current.world.done
    source = job.request.source
    assert source.fov_rad == pytest.approx(camera.data.angle)
    forward = camera.matrix_world.to_3x3() @ Vector((0, 0, -1))
    flat = math.cos(source.pitch_rad)
    told = (flat * math.cos(source.yaw_rad), flat * math.sin(source.yaw_rad), math.sin(source.pitch_rad))
    np.testing.assert_allclose(told, forward, atol=1e-5)
    level = Vector((math.sin(source.yaw_rad), -math.cos(source.yaw_rad), 0))
    right = Matrix.Rotation(-source.roll_rad, 3, forward) @ level  # seen from behind the camera, the other way round
    np.testing.assert_allclose(right, camera.matrix_world.to_3x3() @ Vector((1, 0, 0)), atol=1e-5)


def test_what_cannot_be_painted_says_so_and_leaves_nothing(world, snapshot) -> None:
    before = snapshot()
    world.chosen.source = "PANORAMA"
    with pytest.raises(RuntimeError, match="no image that the panorama could begin with"):
        bpy.ops.vernissage.make_world()
    world.chosen.source, world.chosen.height = "NONE", 150
    with pytest.raises(RuntimeError, match="Panorama Height is 150"):
        bpy.ops.vernissage.make_world()
    world.chosen.height, world.chosen.prompt = 128, " "
    with pytest.raises(RuntimeError, match="The prompt is empty"):
        bpy.ops.vernissage.make_world()
    world.chosen.prompt, world.chosen.model_folder = "noon", "/nowhere/at/all"
    with pytest.raises(RuntimeError):
        bpy.ops.vernissage.make_world()
    assert world.current.world.job.error.remedy
    after = snapshot()
    assert after == before


def test_without_a_camera_nothing_can_be_around(world) -> None:
    world.chosen.source, world.chosen.image = "CAMERA", new_image("Photo", blotches(48, 64, 1))
    with pytest.raises(RuntimeError, match="no perspective camera"):
        bpy.ops.vernissage.make_world()
