"""A picture painted through the operator, the job and the real backend."""

from __future__ import annotations

import importlib
import json
from types import ModuleType, SimpleNamespace

import bpy
import pytest


@pytest.fixture
def picture(addon: ModuleType, empty_scene: bpy.types.Scene, tiny_model, tmp_path):
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "scene.blend"))
    chosen = bpy.context.scene.vernissage.picture
    chosen.prompt, chosen.model, chosen.model_folder = "a calm sea", "FOLDER", str(tiny_model)
    chosen.width, chosen.height, chosen.steps, chosen.seed = 128, 64, 1, 7
    current = importlib.import_module(f"{addon.__name__}.jobs.current").current
    yield SimpleNamespace(chosen=chosen, current=current)
    current.forget_scene()


def test_a_prompt_becomes_an_image_in_one_step_and_hangs_in_an_exhibition(picture, tmp_path) -> None:
    bpy.ops.ed.undo_push(message="first")
    bpy.ops.ed.undo_push(message="second")
    assert bpy.ops.vernissage.paint_picture() == {"FINISHED"}
    image = bpy.data.images["a calm sea"]
    assert tuple(image.size) == (128, 64)
    assert (image["prompt"], image["seed"], image["steps"]) == ("a calm sea", 7, 1)
    assert json.loads(image["report"])["request"]["type"] == "picture"
    chosen = bpy.context.scene.vernissage.exhibition
    chosen.images = True
    assert bpy.ops.vernissage.plan_exhibition() == {"FINISHED"}
    (work,) = json.loads((tmp_path / "exhibition" / "exhibition.json").read_text(encoding="utf-8"))["works"]
    assert (work["title"], work["made"]["prompt"], work["made"]["seed"]) == ("a calm sea", "a calm sea", "7")
    bpy.ops.ed.undo()  # the plan
    bpy.ops.ed.undo()
    assert "a calm sea" not in bpy.data.images


def test_what_cannot_be_painted_is_told_and_nothing_changes(picture) -> None:
    count = len(bpy.data.images)
    for name, value in (("width", 100), ("prompt", " "), ("model_folder", "")):
        before = getattr(picture.chosen, name)
        setattr(picture.chosen, name, value)
        with pytest.raises(RuntimeError):
            bpy.ops.vernissage.paint_picture()
        assert picture.current.painting is None and picture.current.painting_error is not None
        setattr(picture.chosen, name, before)
    assert len(bpy.data.images) == count
