"""Several objects in one job of the real backend, and prompts of their own."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import bpy
import pytest

from tests.addon.conftest import ROOT
from tests.addon.test_operators_texture import at_work, run, select, stage_is

__all__ = ["at_work"]  # the fixture


def images() -> list[bpy.types.Image]:
    return [image for image in bpy.data.images if image.get("vernissage_version")]


def test_objects_painted_together_share_a_job_and_get_a_texture_each(at_work) -> None:
    at_work.texture.together = True
    at_work.sphere.vernissage.prompt = "blue ice"
    at_work.sphere.location.x = 1.5
    select(at_work.cube, at_work.sphere)
    assert bpy.ops.vernissage.texture_object() == {"FINISHED"}
    first, second = at_work.current.texture.jobs
    assert first.folder == second.folder
    assert (first.result.texture, second.result.texture) == ("texture.png", "texture-1.png")
    assert (first.prompt, second.prompt) == (at_work.texture.prompt, "blue ice")
    assert (first.result.strayed, second.result.strayed) == (0, 0)
    request = json.loads((first.folder / "request.json").read_text(encoding="utf-8"))
    assert request["objects"] == [{"name": "Cube", "prompt": at_work.texture.prompt},
                                  {"name": "Sphere", "prompt": "blue ice"}]
    assert {image["object"]: image["prompt"] for image in images()} == {
        "Cube": at_work.texture.prompt, "Sphere": "blue ice"}
    pixels = [list(image.pixels[:400]) for image in images()]
    assert pixels[0] != pixels[1]


def test_a_prompt_of_its_own_goes_before_the_panels(at_work) -> None:
    at_work.sphere.vernissage.prompt = " blue ice "
    select(at_work.cube, at_work.sphere)
    assert bpy.ops.vernissage.texture_object() == {"FINISHED"}
    assert {image["object"]: image["prompt"] for image in images()} == {
        "Cube": at_work.texture.prompt, "Sphere": "blue ice"}


def test_where_each_has_its_own_prompt_the_panels_may_be_empty(at_work) -> None:
    at_work.texture.prompt = ""
    at_work.sphere.vernissage.prompt = "blue ice"
    select(at_work.sphere)
    assert bpy.ops.vernissage.texture_object() == {"FINISHED"}
    select(at_work.sphere, at_work.cube)
    with pytest.raises(RuntimeError, match="prompt is empty"):
        bpy.ops.vernissage.texture_object()


def test_what_cannot_be_read_does_not_keep_the_others_from_being_painted(at_work) -> None:
    bare = bpy.data.objects.new("Bare", bpy.data.meshes.new("Bare"))
    bpy.context.scene.collection.objects.link(bare)
    at_work.texture.together = True
    select(bare, at_work.cube, at_work.sphere)
    with pytest.raises(RuntimeError, match="Bare has no faces"):  # told, as it is in a window
        bpy.ops.vernissage.texture_object()
    assert {job.object_name: str(job.state) for job in at_work.current.texture.jobs} == {
        "Bare": "failed", "Cube": "done", "Sphere": "done"}


def test_what_the_backend_refuses_fails_alone(at_work) -> None:
    layer = at_work.sphere.data.uv_layers.active
    for loop in at_work.sphere.data.loops:
        layer.uv[loop.index].vector *= 20
    jobs = at_work.jobs(at_work.cube, at_work.sphere, together=True)
    run(jobs)
    assert [str(job.state) for job in jobs.jobs] == ["done", "failed"]
    assert "outside of 0 to 1" in str(jobs.jobs[1].error)


def test_one_that_is_deleted_meanwhile_fails_alone(at_work) -> None:
    jobs = at_work.jobs(at_work.cube, at_work.sphere, together=True, steps=60)
    run(jobs, stage_is(jobs, "Painting views"))
    assert jobs.summary().object_name == "Cube, Sphere"
    assert (jobs.summary().number, jobs.summary().count) == (1, 1)
    bpy.data.objects.remove(at_work.cube)
    run(jobs)
    assert [str(job.state) for job in jobs.jobs] == ["failed", "done"]
    kept = Path(jobs.jobs[0].remarks[-1].values["path"])
    assert kept.name == "texture.png"
    assert kept.is_file()


def test_cancelled_together_nothing_is_changed(at_work, snapshot) -> None:
    before = snapshot()
    jobs = at_work.jobs(at_work.cube, at_work.sphere, together=True, steps=60)
    run(jobs, stage_is(jobs, "Painting views"))
    jobs.cancel()
    run(jobs)
    assert [str(job.error.kind) for job in jobs.jobs] == ["cancelled", "cancelled"]
    assert snapshot() == before


def test_abandoned_together_nothing_is_changed(at_work, snapshot) -> None:
    before = snapshot()
    jobs = at_work.jobs(at_work.cube, at_work.sphere, together=True, steps=60)
    run(jobs, stage_is(jobs, "Painting views"))
    jobs.abandon()
    assert jobs.is_finished
    assert [str(job.error.kind) for job in jobs.jobs] == ["cancelled", "cancelled"]
    assert snapshot() == before


def test_the_views_of_the_scenes_cameras_are_painted(at_work) -> None:
    bpy.ops.object.camera_add(location=(0, -8, 1), rotation=(1.5, 0, 0))
    at_work.texture.from_cameras = True
    select(at_work.cube)
    assert bpy.ops.vernissage.texture_object() == {"FINISHED"}
    job, = at_work.current.texture.jobs
    request = json.loads((job.folder / "request.json").read_text(encoding="utf-8"))
    assert [camera["name"] for camera in request["cameras"]] == ["Camera"]
    assert job.result.view_count == 2


def test_without_a_camera_nothing_is_begun(at_work) -> None:
    at_work.texture.from_cameras = True
    select(at_work.cube)
    with pytest.raises(RuntimeError, match="shows no camera"):
        bpy.ops.vernissage.texture_object()


@pytest.mark.of_no_version
def test_a_replay_of_what_a_texture_says_repeats_it(at_work, backend_python, tmp_path) -> None:
    at_work.sphere.vernissage.prompt = "blue ice"
    at_work.sphere.location.x = 1.5
    jobs = at_work.jobs(at_work.cube, at_work.sphere, together=True)
    run(jobs, lambda: jobs.jobs[0].result is not None)
    at_work.sphere.name = "Ball"
    run(jobs)
    for job in jobs.jobs:
        image = bpy.data.images[job.image_name]
        report = json.loads(image["report"])
        folder = tmp_path / job.object_name
        folder.mkdir()
        (folder / "mesh.npz").write_bytes((job.folder / "mesh.npz").read_bytes())
        (folder / "request.json").write_text(json.dumps(report["request"]), encoding="utf-8")
        done = subprocess.run([backend_python, "-s", "-E", "-B", "-m", "backend", "run", folder], cwd=ROOT, check=True,
                              capture_output=True, text=True)
        result = json.loads(done.stdout)["objects"][report["number"]]
        assert (folder / result["texture"]).read_bytes() == image.packed_file.data
        assert (image["object"], image["prompt"]) == (job.object_name, job.prompt)
    assert [image["object"] for image in images()] == ["Ball", "Cube"]
