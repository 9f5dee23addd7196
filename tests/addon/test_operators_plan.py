"""What will be seen is told before anything is painted, and what it depends on is noticed."""

from __future__ import annotations

import json
from pathlib import Path

import bpy
import numpy as np
import pytest

from tests.addon.test_operators_texture import at_work, select

__all__ = ["at_work"]  # the fixture


def jobs_folders(at_work) -> list[Path]:
    user_folder = at_work.part("preferences").read_settings(bpy.context).user_folder
    return sorted((user_folder / "jobs").glob("*"))


def is_fresh(at_work) -> bool:
    plan = at_work.current.plan
    bpy.context.view_layer.update()
    return not plan.is_outdated and plan.key == at_work.part("jobs.plan_key").plan_key(bpy.context)


@pytest.fixture
def planned(at_work):
    at_work.texture.view_count = 4
    select(at_work.cube)
    assert bpy.ops.vernissage.plan_views() == {"FINISHED"}
    return at_work


def test_a_plan_paints_nothing_and_leaves_nothing(at_work, snapshot) -> None:
    select(at_work.cube, at_work.sphere)
    before, folders = snapshot(), jobs_folders(at_work)
    at_work.texture.prompt = ""
    assert bpy.ops.vernissage.plan_views() == {"FINISHED"}
    assert snapshot() == before
    assert jobs_folders(at_work) == folders
    plan = at_work.current.plan
    assert [job.object_name for job in plan.done] == ["Cube", "Sphere"]
    assert plan.view_count == sum(len(job.views.cameras) for job in plan.done) == 4
    low, high = sorted(job.views.coverage for job in plan.done)
    assert 0.3 < low <= plan.coverage <= high < 1


def test_the_plan_is_what_is_then_painted(planned) -> None:
    (job,) = planned.current.plan.done
    assert bpy.ops.vernissage.texture_object() == {"FINISHED"}
    result = planned.current.texture.jobs[0].result
    assert result.coverage == pytest.approx(job.views.coverage, abs=1e-6)
    assert result.view_count == len(job.views.cameras)


def test_objects_together_share_their_views(at_work) -> None:
    at_work.texture.together = True
    select(at_work.cube, at_work.sphere)
    bpy.ops.vernissage.plan_views()
    first, second = at_work.current.plan.done
    assert first.views.cameras == second.views.cameras
    assert at_work.current.plan.view_count == len(first.views.cameras)


def change_nothing(at_work) -> None:
    at_work.texture.prompt = "blue ice"
    at_work.texture.seed = 9


def edit_mesh(at_work) -> None:
    at_work.cube.data.vertices[0].co.x -= 0.1
    at_work.cube.data.update()


@pytest.mark.parametrize(("change", "stays"), [
    (change_nothing, True),
    (lambda at_work: setattr(at_work.texture, "view_count", 5), False),
    (lambda at_work: setattr(at_work.texture, "unwrap", True), False),
    (lambda at_work: setattr(at_work.texture, "from_cameras", True), False),
    (lambda at_work: setattr(at_work.cube.location, "x", 1.0), False),
    (lambda at_work: select(at_work.cube, at_work.sphere), False),
    (lambda at_work: at_work.cube.modifiers.new("Bevel", "BEVEL"), False),
    (edit_mesh, False),
], ids=["prompt", "views", "unwrap", "cameras", "moved", "selection", "modifier", "mesh"])
def test_what_it_depends_on_is_noticed(planned, change, stays) -> None:
    assert is_fresh(planned)
    change(planned)
    assert is_fresh(planned) is stays


def test_the_views_become_cameras_that_see_the_same(planned) -> None:
    views = planned.current.plan.done[0].views.cameras
    assert bpy.ops.vernissage.add_cameras() == {"FINISHED"}
    collection = planned.texture.camera_collection
    assert planned.texture.from_cameras
    assert collection.name == "Vernissage Views"
    assert len(collection.objects) == len(views)
    assert is_fresh(planned)
    scene, depsgraph = bpy.context.scene, bpy.context.evaluated_depsgraph_get()
    read = planned.part("scene.cameras").read_camera
    for obj, view in zip(sorted(collection.objects, key=lambda obj: obj.name), views, strict=True):
        again = read(obj, scene, depsgraph)
        assert np.allclose(again.world_to_camera, view.world_to_camera, atol=1e-5)
        assert again.fov_rad == pytest.approx(view.fov_rad, abs=1e-5)
        assert (again.clip_near, again.clip_far) == pytest.approx((view.clip_near, view.clip_far), rel=1e-5)
    before = planned.current.plan.coverage
    assert bpy.ops.vernissage.plan_views() == {"FINISHED"}
    assert planned.current.plan.coverage == pytest.approx(before, abs=0.002)
    assert all(camera.name for camera in planned.current.plan.done[0].views.cameras)


def test_only_the_cameras_of_the_collection_are_taken(planned) -> None:
    bpy.ops.object.camera_add(location=(0, -8, 0))
    select(planned.cube)
    bpy.ops.vernissage.plan_views()
    bpy.ops.vernissage.add_cameras()
    cameras = planned.part("operators.texture_object").chosen_cameras(bpy.context)
    assert len(cameras) == len(planned.texture.camera_collection.objects)
    for obj in planned.texture.camera_collection.objects:
        obj.hide_set(True)
    with pytest.raises(RuntimeError, match="Vernissage Views shows no camera"):
        bpy.ops.vernissage.plan_views()


def test_what_is_out_of_date_is_not_made_into_cameras(planned) -> None:
    planned.texture.view_count = 7
    with pytest.raises(RuntimeError, match="poll"):
        bpy.ops.vernissage.add_cameras()


def test_what_cannot_be_read_is_said_and_the_others_are_planned(at_work) -> None:
    bare = bpy.data.objects.new("Bare", bpy.data.meshes.new("Bare"))
    bpy.context.scene.collection.objects.link(bare)
    select(bare, at_work.cube)
    folders = jobs_folders(at_work)
    with pytest.raises(RuntimeError, match="Bare has no faces"):
        bpy.ops.vernissage.plan_views()
    assert [job.object_name for job in at_work.current.plan.done] == ["Cube"]
    assert jobs_folders(at_work) == folders


def test_a_cancelled_plan_leaves_nothing(at_work) -> None:
    plan_module, target = at_work.part("jobs.plan"), at_work.part("jobs.target").Target()
    request = at_work.part("protocol.requests").ViewRequest(mesh="mesh.npz")
    folders = jobs_folders(at_work)
    for stop in ("cancel", "abandon"):
        plans = plan_module.ViewPlans([at_work.cube], request, at_work.part("preferences").read_settings(bpy.context),
                                      target=target)
        while jobs_folders(at_work) == folders:
            plans.tick(0.05)
        getattr(plans, stop)()
        while not plans.is_finished:
            plans.tick(0.05)
        assert not plans.done
        assert jobs_folders(at_work) == folders


def test_a_command_plans(at_work, tmp_path, capsys) -> None:
    execute = at_work.part("cli").execute
    words = ["texture", "--plan", "--views", "3", "--texture-size", "128"]
    folders = jobs_folders(at_work)
    assert execute([*words, "--report", str(tmp_path / "plan.json")]) == 0
    report = json.loads((tmp_path / "plan.json").read_text())
    assert report["status"] == "done"
    assert [item["name"] for item in report["objects"]] == ["Cube", "Sphere"]
    assert report["view_count"] == 6 == sum(len(item["cameras"]) for item in report["objects"])
    assert "all: 6 views will see" in capsys.readouterr().err
    assert jobs_folders(at_work) == folders
    assert execute([*words, "--object", "Cube", "Cub"]) == 1
    assert "Did you mean" in capsys.readouterr().err
    assert execute([*words, "--save", str(tmp_path / "a.blend")]) == 2
    assert "--plan paints nothing" in capsys.readouterr().err
    assert execute(["texture"]) == 2
    assert "--prompt" in capsys.readouterr().err
