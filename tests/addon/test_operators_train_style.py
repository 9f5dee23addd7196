"""A style learnt through the operator and the real backend, gone on with, and used by its name."""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from types import ModuleType, SimpleNamespace

import bpy
import numpy as np
import pytest

from tests.addon.conftest import _write_png
from tests.addon.test_operators_style import add, blotches, new_image, pixels_of

QUICK = {"size_px": 64, "crop_px": 64, "batch": 2, "start": 4, "rounds": 2, "test_every": 1, "penalty_every": 2}


@pytest.fixture
def easel(addon: ModuleType, empty_scene: bpy.types.Scene, tmp_path: Path):
    """An image, a style on the disk, pictures to practise on, and the parts of the add-on; no style was trained."""
    def part(name: str) -> ModuleType:
        return importlib.import_module(f"{addon.__name__}.{name}")

    look = _write_png(tmp_path / "weave.png", blotches(80, 72, 2))
    (tmp_path / "photos").mkdir()
    for number in range(4):
        _write_png(tmp_path / "photos" / f"{number}.png", blotches(72, 80, 10 + number))
    training = empty_scene.vernissage.style_training
    for name, value in {**QUICK, "contents": "FOLDER", "folder": str(tmp_path / "photos")}.items():
        setattr(training, name, value)
    styles = part("jobs.trained_styles")
    yield SimpleNamespace(image=new_image("Photo", blotches(64, 96)), look=look, part=part, styles=styles,
                          style=empty_scene.vernissage.style, training=training, folder=tmp_path,
                          current=part("jobs.current").current)
    part("jobs.current").current.forget_scene()
    for path in styles.styles_folder().glob("*.safetensors"):
        path.unlink()


def train(easel: SimpleNamespace):
    """The job."""
    assert bpy.ops.vernissage.train_style() == {"FINISHED"}
    (job,) = easel.current.training.done
    return job


def test_a_file_of_the_list_is_learnt_and_used_by_its_name(easel, snapshot) -> None:
    add(easel, kind="FILE", path=str(easel.look))
    before = snapshot()
    job = train(easel)
    assert snapshot() == before
    assert easel.styles.trained_names() == ["weave"]
    assert Path(job.result.style) == easel.styles.styles_folder() / "weave.safetensors"
    assert [test.round for test in job.result.tests] == [0, 1, 2]
    assert job.figures["tested"] == 2
    assert {"adversarial", "content", "identity", "discriminator", "score", "best"} <= job.figures.keys()
    assert job.preview.is_file()

    assert bpy.ops.vernissage.use_trained_style(style="weave", adds=False) == {"FINISHED"}
    assert [(item.kind, item.trained) for item in easel.style.styles] == [("TRAINED", "weave")]
    assert bpy.ops.vernissage.stylise_image(image="Photo") == {"FINISHED"}
    (styled,) = easel.current.style.done
    image = bpy.data.images[styled.image_name]
    assert json.loads(image["report"])["request"]["styles"][0]["trained"] == job.result.style
    assert np.abs(pixels_of(image) - pixels_of(easel.image))[..., :3].mean() > 0.02


def test_a_style_that_holds_light_is_learnt_as_the_scene_shows_it(easel) -> None:
    path = easel.folder / "light.exr"
    image = bpy.data.images.new("Light", 8, 8, float_buffer=True)
    image.file_format = "OPEN_EXR"
    image.save(filepath=str(path))
    add(easel, kind="FILE", path=str(path))
    (look,) = easel.part("jobs.training_wanted").style_pictures(bpy.context.scene, None)
    (easel.folder / "job").mkdir()
    bringing = look.bring(easel.folder / "job", "style", lambda: 0.1)
    with pytest.raises(StopIteration) as brought:
        next(bringing)
    assert brought.value.value == "style.png"


def test_names_are_free_or_refused_and_nothing_is_replaced(easel) -> None:
    add(easel, kind="IMAGE", image=easel.image)
    assert train(easel).object_name == "Photo"
    first = (easel.styles.styles_folder() / "Photo.safetensors").read_bytes()
    easel.training.seed = 1
    assert train(easel).object_name == "Photo 2"
    easel.training.name = "Photo"
    with pytest.raises(RuntimeError, match="There is a style Photo already"):
        bpy.ops.vernissage.train_style()
    assert easel.current.training_error.remedy
    assert (easel.styles.styles_folder() / "Photo.safetensors").read_bytes() == first
    assert easel.styles.trained_names() == ["Photo", "Photo 2"]


@pytest.mark.parametrize("kind", ["FILE", "IMAGE"])
def test_a_training_that_was_cancelled_goes_on_as_if_it_had_not_been(easel, kind) -> None:
    add(easel, **({"kind": "FILE", "path": str(easel.look)} if kind == "FILE" else
                  {"kind": "IMAGE", "image": easel.image}))
    easel.training.rounds, easel.training.name = 6, "weave"
    whole = train(easel)
    easel.training.name = "Stopped"
    stopped = easel.part("jobs.style_training").StyleTraining(
        easel.part("jobs.training_wanted").wanted_training(bpy.context.scene, None),
        easel.part("preferences").read_settings(bpy.context))
    while not stopped.is_finished:
        stopped.tick(0.05)
        if stopped.job.figures.get("tested", 0) >= 2:
            stopped.cancel()
    assert str(stopped.job.error.kind) == "cancelled"
    assert stopped.job.can_go_on
    assert any(str(stopped.job.folder) in str(remark.values) for remark in stopped.job.remarks)
    assert easel.styles.trained_names() == ["weave"]
    easel.training.name, easel.training.seed = "Ignored", 9
    assert bpy.ops.vernissage.go_on_training() == {"FINISHED"}
    (job,) = easel.current.training.done
    assert job.object_name == "Stopped"
    assert job.request.styles == stopped.job.request.styles
    assert job.result.tests == whole.result.tests


def test_renders_are_learnt_on(easel) -> None:
    add(easel, kind="FILE", path=str(easel.look))
    easel.training.contents = "RENDERS"
    bpy.context.scene.render.filepath = str(easel.folder / "photos" / "frame_")
    job = train(easel)
    assert job.request.contents == (str(easel.folder / "photos"),)
    assert (job.result.contents, job.result.held_out) == (3, 1)


def test_what_cannot_be_learnt_says_so(easel, snapshot) -> None:
    before = snapshot()
    with pytest.raises(RuntimeError, match="no picture to learn a style from"):
        bpy.ops.vernissage.train_style()
    add(easel, kind="FILE", path=str(easel.folder / "gone.png"))
    with pytest.raises(RuntimeError, match="There is no picture"):
        bpy.ops.vernissage.train_style()
    easel.style.styles[0].path = str(easel.look)
    easel.training.folder = " "
    with pytest.raises(RuntimeError, match="No folder is chosen"):
        bpy.ops.vernissage.train_style()
    easel.training.folder = str(easel.folder / "photos")
    easel.training.crop_px = 72
    with pytest.raises(RuntimeError, match="must be a multiple of 16"):
        bpy.ops.vernissage.train_style()
    (easel.folder / "photos" / "0.png").unlink()
    easel.training.crop_px = 64
    with pytest.raises(RuntimeError, match="at least 4 are needed"):
        bpy.ops.vernissage.train_style()
    bpy.ops.vernissage.remove_style()
    after = snapshot()
    after["dirty"] = before["dirty"]
    assert after == before
    assert easel.styles.trained_names() == []


def test_a_training_is_no_style_and_a_folder_without_one_is_told(easel) -> None:
    with pytest.raises(easel.part("protocol.errors").BadInput, match="holds no training"):
        easel.part("jobs.style_training").going_on(easel.folder)


@pytest.mark.parametrize(("wished", "name"), [
    ("ink", "ink"), ('a/b\\c:"d"', "a b c d"), (" . ", "Style"), ("水墨", "水墨"), ("v1.2", "v1.2")])
def test_a_free_name_can_name_a_file(easel, wished: str, name: str) -> None:
    assert easel.styles.free_name(wished) == name
    folder = easel.styles.styles_folder()
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.safetensors").write_bytes(b"")
    assert easel.styles.free_name(wished) == f"{name} 2"
    assert easel.styles.trained_path(name) == folder / f"{name}.safetensors"
    assert easel.styles.style_title(name) == easel.styles.style_title(f"/a/{name}.safetensors") == name
