"""Texturing through the operator, the job list and the real backend; what happens in between included."""

from __future__ import annotations

import importlib
import os
import signal
import time
from dataclasses import replace
from types import ModuleType, SimpleNamespace

import bpy
import numpy as np
import pytest

WALL, PLANKS = "red brick wall", "brown wood planks"


@pytest.fixture
def at_work(addon: ModuleType, empty_scene: bpy.types.Scene, tiny_model, tmp_path) -> SimpleNamespace:
    """A cube and a sphere, small and quick settings, and the parts of the add-on that a test steps by hand."""
    bpy.ops.mesh.primitive_cube_add()
    cube = bpy.context.object
    cube.data.materials.append(bpy.data.materials.new("Before"))
    bpy.ops.mesh.primitive_uv_sphere_add(segments=12, ring_count=8, location=(3, 0, 0))
    sphere = bpy.context.object
    texture = empty_scene.vernissage.texture
    texture.prompt = WALL
    texture.model, texture.model_folder = "FOLDER", str(tiny_model)
    texture.view_count, texture.view_size, texture.texture_size, texture.steps = 2, 128, 128, 2

    def part(name: str) -> ModuleType:
        return importlib.import_module(f"{addon.__name__}.{name}")

    def jobs(*objects: bpy.types.Object, together: bool = False, **changes: object):
        """A list that the test ticks itself, known to the panel as the operator's is."""
        request = part("operators.texture_object").requested(texture)
        request = request.__class__(**{**request.__dict__, **changes})
        settings = part("preferences").read_settings(bpy.context)
        current = part("jobs.current").current
        current.begin(part("jobs.texture").TextureJobs(objects, request, settings, together=together))
        return current.texture

    yield SimpleNamespace(cube=cube, sphere=sphere, texture=texture, part=part, jobs=jobs,
                          current=part("jobs.current").current)
    part("jobs.current").current.forget_scene()


def run(jobs, until=lambda: False) -> None:
    while not jobs.is_finished and not until():
        jobs.tick(0.1)


def select(*objects: bpy.types.Object) -> None:
    for obj in bpy.context.view_layer.objects:
        obj.select_set(obj in objects)
    bpy.context.view_layer.objects.active = objects[0] if objects else None


def stage_is(jobs, stage: str):
    return lambda: any(job.progress is not None and job.progress.stage.value == stage for job in jobs.running)


def test_selected_objects_are_textured_one_after_another(at_work) -> None:
    select(at_work.cube, at_work.sphere)
    assert bpy.ops.vernissage.texture_object() == {"FINISHED"}
    for obj in (at_work.cube, at_work.sphere):
        material = obj.material_slots[0].material
        nodes = material.node_tree.nodes
        image = next(node.image for node in nodes if node.bl_idname == "ShaderNodeTexImage")
        assert tuple(image.size) == (128, 128)
        assert image.packed_file is not None
        assert next(node for node in nodes if node.bl_idname == "ShaderNodeUVMap").uv_map == "UVMap"
    assert "Before" in bpy.data.materials
    jobs = at_work.current.texture.jobs
    assert [job.object_name for job in jobs] == ["Cube", "Sphere"]
    assert all(0 < job.result.coverage <= 1 and job.folder.is_dir() for job in jobs)


def test_only_the_active_slot_is_painted(at_work) -> None:
    glass = bpy.data.materials.new("Glass")
    at_work.cube.data.materials.append(glass)
    at_work.cube.data.polygons[0].material_index = 1
    at_work.cube.active_material_index = 0
    at_work.texture.active_slot_only = True
    select(at_work.cube)
    assert bpy.ops.vernissage.texture_object() == {"FINISHED"}
    assert at_work.cube.material_slots[1].material == glass
    assert at_work.cube.material_slots[0].material.name.startswith("Cube")
    painted = np.load(at_work.current.texture.jobs[0].folder / "mesh.npz")["paintable"]
    assert painted.sum() == 10
    assert len(painted) == 12


def test_two_prompts_give_two_textures_and_a_seed_gives_the_same_again(at_work) -> None:
    def pixels(obj: bpy.types.Object, prompt: str, seed: int = 1) -> bytes:
        at_work.texture.prompt, at_work.texture.seed = prompt, seed
        select(obj)
        bpy.ops.vernissage.texture_object()
        job = at_work.current.texture.jobs[0]
        return (job.folder / job.result.texture).read_bytes()

    wall = pixels(at_work.cube, WALL)
    assert pixels(at_work.cube, PLANKS) != wall
    assert pixels(at_work.cube, WALL, seed=2) != wall
    assert pixels(at_work.cube, WALL) == wall


def test_one_undo_step_an_object(at_work) -> None:
    bpy.ops.ed.undo_push(message="first")
    bpy.ops.ed.undo_push(message="second")  # a history is one of at least two steps
    select(at_work.cube, at_work.sphere)
    bpy.ops.vernissage.texture_object()
    assert bpy.data.objects["Sphere"].material_slots[0].material.name.startswith("Sphere")
    bpy.ops.ed.undo()
    assert not bpy.data.objects["Sphere"].material_slots
    assert bpy.data.objects["Cube"].material_slots[0].material.name.startswith("Cube")
    bpy.ops.ed.undo()
    assert bpy.data.objects["Cube"].material_slots[0].material.name == "Before"
    assert not [image for image in bpy.data.images if image.packed_file]
    bpy.ops.ed.redo()
    assert bpy.data.objects["Cube"].material_slots[0].material.name.startswith("Cube")


def test_an_unwrapped_object_gets_a_layer_of_its_own(at_work) -> None:
    at_work.texture.unwrap = True
    select(at_work.cube)
    bpy.ops.vernissage.texture_object()
    assert [layer.name for layer in at_work.cube.data.uv_layers] == ["UVMap", "Vernissage"]
    assert next(layer.name for layer in at_work.cube.data.uv_layers if layer.active_render) == "UVMap"


def test_an_object_is_found_under_its_new_name(at_work) -> None:
    jobs = at_work.jobs(at_work.cube, steps=60)
    run(jobs, stage_is(jobs, "Painting views"))
    at_work.cube.name = "Renamed"
    run(jobs)
    assert not jobs.failed
    assert bpy.data.objects["Renamed"].material_slots[0].material.name != "Before"


def test_a_deleted_object_fails_and_the_texture_is_kept(at_work) -> None:
    jobs = at_work.jobs(at_work.cube, at_work.sphere, steps=60)
    run(jobs, stage_is(jobs, "Painting views"))
    bpy.data.objects.remove(at_work.cube)
    run(jobs)
    cube, sphere = jobs.jobs
    assert "deleted" in str(cube.error)
    assert str(cube.folder / "texture.png") in cube.remarks[-1].values["path"]
    assert (cube.folder / "texture.png").is_file()
    assert sphere.error is None
    assert at_work.sphere.material_slots[0].material.name.startswith("Sphere")


def test_a_mesh_changed_under_its_own_unwrap_fails_and_stays(at_work, snapshot) -> None:
    jobs = at_work.jobs(at_work.cube, steps=60)
    jobs._target = replace(jobs._target, unwrap=True)
    run(jobs, stage_is(jobs, "Painting views"))
    at_work.cube.modifiers.new("Bevel", "BEVEL")
    select(at_work.cube)
    bpy.ops.object.modifier_apply(modifier="Bevel")
    before = snapshot()
    run(jobs)
    assert "changed" in str(jobs.jobs[0].error)
    assert snapshot() == before


def test_an_undo_in_the_middle_is_survived(at_work) -> None:
    bpy.ops.ed.undo_push(message="first")
    at_work.sphere.location.x = 5
    bpy.ops.ed.undo_push(message="moved")
    jobs = at_work.jobs(at_work.cube, steps=60)
    run(jobs, stage_is(jobs, "Painting views"))
    bpy.ops.ed.undo()
    run(jobs)
    assert not jobs.failed
    assert bpy.data.objects["Sphere"].location.x == 3
    assert bpy.data.objects["Cube"].material_slots[0].material.name.startswith("Cube")


def test_another_file_ends_the_job_and_is_not_touched(at_work) -> None:
    jobs = at_work.jobs(at_work.cube, steps=60)
    run(jobs, stage_is(jobs, "Painting views"))
    bpy.ops.wm.read_homefile(use_empty=False, use_factory_startup=True, load_ui=False)
    assert jobs.is_finished
    assert at_work.current.texture is None
    jobs.tick()
    assert bpy.data.objects["Cube"].material_slots[0].material.name == "Material"
    assert jobs.jobs[0].error.kind.value == "cancelled"


def test_cancel_keeps_what_is_done_and_changes_nothing_else(at_work) -> None:
    jobs = at_work.jobs(at_work.cube, at_work.sphere, steps=50)
    run(jobs, lambda: bool(jobs.done) and stage_is(jobs, "Painting views")())
    assert at_work.part("operators.cancel_job").VERNISSAGE_OT_cancel_job.poll(bpy.context)
    bpy.ops.vernissage.cancel_job()
    run(jobs)
    assert [job.state.value for job in jobs.jobs] == ["done", "failed"]
    assert jobs.jobs[1].error.kind.value == "cancelled"
    assert not at_work.sphere.material_slots


@pytest.mark.of_no_version
@pytest.mark.parametrize("stage", ["Starting", "Loading the model", "Painting views"])
def test_a_killed_backend_fails_one_object_and_starts_again_for_the_next(at_work, snapshot, stage: str) -> None:
    current = at_work.part("client.current")
    if stage != "Painting views":
        current.close_backend()
    jobs = at_work.jobs(at_work.cube, at_work.sphere, steps=30)
    if stage == "Starting":
        run(jobs, lambda: current.running_backend() is not None and current.running_backend().process_id is not None)
    else:
        run(jobs, stage_is(jobs, stage))
    os.kill(current.running_backend().process_id, signal.SIGKILL)
    before = snapshot()
    cube, sphere = jobs.jobs
    run(jobs, lambda: cube.state.value in ("done", "failed"))
    if stage == "Starting" and cube.error is None:  # it died between two jobs: the client hands the job over again
        assert at_work.cube.material_slots[0].material.name.startswith("Cube")
    else:
        assert snapshot() == before
        assert cube.error.kind.value == "backend_died"
        assert cube.error.remedy
        assert stage in str(cube.error)
    run(jobs)
    assert sphere.error is None
    assert at_work.sphere.material_slots[0].material.name.startswith("Sphere")


def test_panel_and_catalogue_can_tell_what_happens(at_work) -> None:
    jobs = at_work.jobs(at_work.cube, steps=60)
    assert jobs.summary().count == 0  # not begun
    run(jobs, stage_is(jobs, "Painting views"))
    summary = jobs.summary()
    assert (summary.object_name, summary.number, summary.count) == ("Cube", 1, 1)
    assert 0 < summary.percent < 100
    run(jobs)
    assert jobs.summary() == at_work.part("jobs.texture_job").Summary()


def test_the_preview_that_the_backend_writes_is_one_that_the_panel_reads(at_work) -> None:
    preview = at_work.part("jobs.preview")
    jobs = at_work.jobs(at_work.cube)
    run(jobs)
    path = jobs.jobs[0].preview
    picture = preview.read_plain_png(path.read_bytes())
    assert picture.shape == (128, 256, 3)  # two views side by side
    assert picture.std() > 1
    assert preview.preview_icon(path) == 0  # not loaded yet
    preview.load_preview(path)
    assert preview.preview_icon(path) == preview._pictures["job"].icon_id
    icon = preview._pictures["job"]
    assert tuple(icon.image_size) == (256, 128)
    assert list(icon.image_pixels_float[:3]) == pytest.approx(picture[-1, 0] / 255)  # Blender's rows begin below
    for broken in (b"", path.read_bytes()[:60], b"\x89PNG\r\n\x1a\n" + bytes(60)):
        path.write_bytes(broken)
        preview.load_preview(path)
        assert preview.preview_icon(path) == 0


@pytest.fixture
def icon(at_work, monkeypatch) -> SimpleNamespace:
    """Stands for the panel's icon: without a window Blender numbers every icon 0, which is none."""
    stand_in = SimpleNamespace(icon_id=7, image_size=(0, 0), image_pixels_float=SimpleNamespace(foreach_set=len))
    monkeypatch.setattr(at_work.part("jobs.preview"), "_pictures", {"job": stand_in})
    return stand_in


def test_a_broken_preview_is_read_once_and_a_removed_one_is_not_shown(at_work, icon, tmp_path, monkeypatch) -> None:
    preview = at_work.part("jobs.preview")
    path = tmp_path / "preview.png"
    read: list[bytes] = []
    monkeypatch.setattr(preview, "read_plain_png", lambda body: read.append(body) or np.zeros((2, 2, 3), np.uint8))
    path.write_bytes(b"whole")
    preview.load_preview(path)
    assert preview.preview_icon(path) == 7
    path.unlink()
    preview.load_preview(path)
    assert preview.preview_icon(path) == 0

    def refuse(body: bytes) -> np.ndarray:
        read.append(body)
        raise ValueError

    monkeypatch.setattr(preview, "read_plain_png", refuse)
    path.write_bytes(b"broken")
    for _ in range(3):
        preview.load_preview(path)
    assert read == [b"whole", b"broken"]
    assert preview.preview_icon(path) == 0


def test_the_running_operator_brings_the_preview_into_the_icon(at_work, icon) -> None:
    """Timers do not fire in the `bpy` module: the test is the window that calls."""
    operator = at_work.part("operators.texture_object").VERNISSAGE_OT_texture_object
    jobs = at_work.jobs(at_work.cube)
    running = SimpleNamespace(_jobs=jobs, _shown=jobs.summary(), _shown_at_s=0.0, _laid_over=(),
                                  _stop_timer=lambda context: None,
                                  _conclude=lambda: {"FINISHED"})
    while not jobs.is_finished:
        operator.modal(running, bpy.context, SimpleNamespace(type="TIMER"))
        time.sleep(0.005)
    assert jobs.jobs[0].error is None
    assert icon.image_size == (256, 128)  # two views side by side
