"""What the operators refuse, each with a sentence and a remedy, the scene as it was."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from types import ModuleType

import bpy
import pytest


@pytest.fixture
def cube(addon: ModuleType, empty_scene: bpy.types.Scene, tiny_model: Path) -> bpy.types.Object:
    """The active object, and settings that would work."""
    bpy.ops.mesh.primitive_cube_add()
    texture = empty_scene.vernissage.texture
    texture.prompt = "red brick wall"
    texture.model, texture.model_folder = "FOLDER", str(tiny_model)
    texture.view_count, texture.view_size, texture.texture_size, texture.steps = 1, 128, 64, 1
    return bpy.context.object


@pytest.fixture
def current(addon: ModuleType):
    return importlib.import_module(f"{addon.__name__}.jobs.current").current


def refuse() -> str:
    """What the operator says when it is called; that it says so as an error."""
    with pytest.raises(RuntimeError) as raised:
        bpy.ops.vernissage.texture_object()
    return str(raised.value)


def poll_message() -> str:
    """What the button's tooltip says of why it is grey."""
    assert not bpy.ops.vernissage.texture_object.poll()
    with pytest.raises(RuntimeError) as raised:
        bpy.ops.vernissage.texture_object()
    return str(raised.value)


@pytest.mark.parametrize(("setting", "value", "said"), [
    ("prompt", "", "The prompt is empty. Write what the surface shall look like."),
    ("prompt", "  ", "The prompt is empty."),
    ("model_folder", "", "No model is chosen."),
    ("texture_size", 1000, "Texture Size is 1000: must be a multiple of 64 from 64 to 8192. Try 1024."),
    ("view_size", 200, "View Size is 200: must be a multiple of 64 from 128 to 2048. Try 192."),
    ("model_folder", "/nowhere/at/all", "There is no model folder at /nowhere/at/all."),
    ("uv_layer", "Missing", "has no UV layer Missing"),
    ("controlnet", "/nowhere/control", "/nowhere/control"),
])
def test_settings_that_cannot_be(cube, current, snapshot, setting: str, value: object, said: str) -> None:
    setattr(bpy.context.scene.vernissage.texture, setting, value)
    before = snapshot()
    assert said in refuse()
    assert snapshot() == before
    error = current.error or current.texture.jobs[0].error  # what the panel shows
    assert error.sentence
    assert error.remedy


def test_objects_that_cannot_be(cube, current, snapshot) -> None:
    cube.data.clear_geometry()
    before = snapshot()
    assert "Cube has no faces." in refuse()
    assert snapshot() == before


def test_linked_data_is_refused(cube, current, snapshot, tmp_path) -> None:
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "library.blend"), copy=True)
    with bpy.data.libraries.load(str(tmp_path / "library.blend"), link=True) as (_, into):
        into.objects = ["Cube"]
    linked = into.objects[0]
    bpy.context.scene.collection.objects.link(linked)
    cube.select_set(False)
    linked.select_set(True)
    bpy.context.view_layer.objects.active = linked
    before = snapshot()
    assert "is linked from" in refuse()
    assert snapshot() == before


def test_the_others_are_textured_when_one_cannot_be(cube) -> None:
    bpy.ops.mesh.primitive_plane_add()
    plane = bpy.context.object
    plane.scale.x = 0
    cube.select_set(True)
    assert "Plane is scaled to zero along an axis." in refuse()  # a script is told, after all are through
    assert cube.material_slots[0].material.name.startswith("Cube")
    assert not plane.material_slots


def test_the_button_says_why_it_is_grey(cube, current, monkeypatch) -> None:
    bpy.ops.object.mode_set(mode="EDIT")
    assert "Switch to Object Mode first" in poll_message()
    bpy.ops.object.mode_set(mode="OBJECT")
    cube.select_set(False)
    assert "Select a mesh object first" in poll_message()
    cube.select_set(True)
    monkeypatch.delenv("VERNISSAGE_PYTHON")
    assert "The backend is not installed. Install it in Vernissage's preferences, or with --command" in poll_message()
    monkeypatch.setenv("VERNISSAGE_PYTHON", "/nowhere/python")
    assert "The backend's Python /nowhere/python does not exist." in poll_message()


@pytest.mark.parametrize("python", ["/bin/false", "/etc/hostname", sys.executable])
def test_a_python_that_cannot_run_the_backend(cube, current, snapshot, monkeypatch, python: str) -> None:
    """One that ends at once, a file that is no program, and one without the packages."""
    monkeypatch.setenv("VERNISSAGE_PYTHON", python)
    before = snapshot()
    refuse()
    error = current.texture.jobs[0].error
    assert error.kind.value == "environment"
    assert "nstall" in error.remedy or "epair" in error.remedy
    assert snapshot() == before


def test_jobs_that_cannot_be_written(cube, current, snapshot, addon, monkeypatch, tmp_path) -> None:
    preferences = importlib.import_module(f"{addon.__name__}.preferences")
    jobs = preferences.user_folder() / "jobs"
    kept = tmp_path / "jobs"
    if jobs.exists():
        jobs.rename(kept)
    jobs.write_text("not a folder")
    try:
        before = snapshot()
        refuse()
        assert current.texture.jobs[0].error.kind.value == "storage"
        assert snapshot() == before
    finally:
        jobs.unlink()
        if kept.exists():
            kept.rename(jobs)


@pytest.mark.parametrize("answer", ["", "/dev/null/extensions"])
def test_a_user_folder_that_cannot_be_written(cube, current, addon, monkeypatch, answer: str) -> None:
    """Blender answers "" where it cannot make the folder: that must never mean the current one."""
    monkeypatch.setattr(bpy.utils, "user_resource", lambda *_, **__: answer)
    monkeypatch.setattr(bpy.utils, "extension_path_user", lambda *_, **__: answer)
    assert "cannot be written" in poll_message()


def test_a_check_that_fails_says_why(addon, current, monkeypatch) -> None:
    monkeypatch.setenv("VERNISSAGE_PYTHON", sys.executable)
    with pytest.raises(RuntimeError, match="cannot run the backend"):
        bpy.ops.vernissage.check_backend()
    assert current.task.error.remedy


def test_a_check_that_passes(addon, current, backend_python) -> None:
    assert bpy.ops.vernissage.check_backend() == {"FINISHED"}
    assert current.task.report["versions"]["torch"]


def test_nothing_is_installed_without_online_access(addon) -> None:
    assert not bpy.app.online_access
    with pytest.raises(RuntimeError, match="Allow Online Access"):
        bpy.ops.vernissage.install_backend()
