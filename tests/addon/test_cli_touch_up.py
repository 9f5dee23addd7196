"""Touching up by command: each kind of region, several objects, and what cannot be."""

from __future__ import annotations

import json
from pathlib import Path

import bpy
import numpy as np
import pytest

from tests.addon.test_operators_texture import at_work, select
from tests.addon.test_operators_touch_up import pixels, texture_of

__all__ = ["at_work"]  # the fixture

pytestmark = pytest.mark.of_no_version


@pytest.fixture
def command(at_work, tiny_model, tmp_path):
    """`run(words)` touches up and returns the exit code and the report."""
    execute = at_work.part("cli").execute

    def run(*words: str) -> tuple[int, dict]:
        report = tmp_path / "report.json"
        report.unlink(missing_ok=True)
        code = execute(["touch-up", "--prompt", "blue ice", "--model", str(tiny_model), "--views", "2", "--view-size",
                        "128", "--steps", "2", "--feather", "0", "--report", str(report), *words])
        return code, json.loads(report.read_text()) if report.exists() else {}

    at_work.run = run
    return at_work


@pytest.fixture
def painted(command):
    """The cube and the sphere, textured."""
    select(command.cube, command.sphere)
    assert bpy.ops.vernissage.texture_object() == {"FINISHED"}
    return command


def share_changed(obj: bpy.types.Object, before: np.ndarray) -> float:
    return float((pixels(texture_of(obj)) != before).any(axis=2).mean())


def test_faces_by_an_attribute_of_one_object(painted) -> None:
    data = painted.cube.data
    data.attributes.new("worn", "BOOLEAN", "FACE").data[2].value = True
    data.attributes.new("level", "INT", "FACE").data[4].value = 3
    cube, sphere = (pixels(texture_of(obj)) for obj in (painted.cube, painted.sphere))
    code, report = painted.run("--object", "Cube", "--faces", "worn", "--strength", "0.8")
    assert (code, report["status"]) == (0, "done")
    (item,) = report["objects"]
    assert (item["touch_up"]["region"], item["touch_up"]["strength"]) == ("faces", 0.8)
    assert item["changed_outside"] == 0
    worn = share_changed(painted.cube, cube)
    assert 0.05 < worn < 0.4
    assert share_changed(painted.sphere, sphere) == 0
    assert painted.run("--object", "Cube", "--faces", "level")[0] == 0
    assert worn < share_changed(painted.cube, cube) < 0.6


def test_the_selection_of_several_objects_in_one_go(painted, tmp_path) -> None:
    for obj in (painted.cube, painted.sphere):
        for polygon in obj.data.polygons:
            polygon.select = polygon.index < 2
    bpy.ops.mesh.primitive_plane_add(location=(0, 0, -2))  # shows no texture, so it is not meant
    before = [pixels(texture_of(obj)) for obj in (painted.cube, painted.sphere)]
    code, report = painted.run("--selected", "--object-prompt", "Sphere", "red brick", "--save",
                               str(tmp_path / "o.blend"))
    assert code == 0
    assert [(item["name"], item["prompt"]) for item in report["objects"]] == [("Cube", "blue ice"),
                                                                            ("Sphere", "red brick")]
    for obj, was in zip((painted.cube, painted.sphere), before, strict=True):
        assert 0.003 < share_changed(obj, was) < 0.6
    assert (tmp_path / "o.blend").exists()


@pytest.mark.parametrize("kind", ["image", "file", "file of 16 bit"])
def test_a_mask_from_the_scene_or_from_a_file(painted, tmp_path, kind) -> None:
    mask = bpy.data.images.new("Where", 64, 64, float_buffer="16" in kind)
    half = np.zeros((64, 64, 4), np.float32)
    half[:, :32] = 1
    mask.pixels.foreach_set(half.ravel())
    words = "Where"
    if kind != "image":
        settings = bpy.context.scene.render.image_settings
        settings.file_format, settings.color_mode = "PNG", "BW"
        settings.color_depth = "16" if "16" in kind else "8"
        words = str(tmp_path / "where.png")
        mask.save_render(words)
        bpy.data.images.remove(mask)
    images = set(bpy.data.images.keys())
    before = pixels(texture_of(painted.cube))
    assert painted.run("--object", "Cube", "--mask", words)[0] == 0
    changed = (pixels(texture_of(painted.cube)) != before).any(axis=2)
    assert changed[:, :60].mean() > 0.3
    assert not changed[:, 84:].any()  # beyond the gutter
    assert len(bpy.data.images.keys()) == len(images) + 1  # the new texture, and no mask


def test_a_mask_that_is_an_array_is_refused(painted, tmp_path) -> None:
    np.save(tmp_path / "where.npy", np.full((64, 64), 255, np.uint8))
    code, report = painted.run("--object", "Cube", "--mask", str(tmp_path / "where.npy"))
    assert code == 1
    assert report["objects"][0]["error"]["sentence"] == "where.npy is not a picture that can be read."


def test_what_a_camera_sees(painted) -> None:
    bpy.ops.object.camera_add(location=(0, -8, 0), rotation=(np.pi / 2, 0, 0))
    before = pixels(texture_of(painted.cube))
    code, report = painted.run("--object", "Cube", "--from-camera", "Camera")
    assert code == 0
    assert report["objects"][0]["view_count"] == 1
    assert 0.05 < share_changed(painted.cube, before) < 0.35


def test_what_is_missing(painted) -> None:
    before = pixels(texture_of(painted.cube))
    code, report = painted.run("--object", "Cube", "--missing", "0.2")
    assert code == 0
    touch_up = report["objects"][0]["touch_up"]
    assert (touch_up["region"], touch_up["least_cosine"]) == ("missing", 0.2)
    assert 0.01 < share_changed(painted.cube, before) < 0.7


@pytest.mark.parametrize(("words", "said"), [
    ([], "one of the arguments"),
    (["--selected", "--missing"], "not allowed with"),
    (["--selected", "--strength", "2"], "--strength is 2.0: must be from 0.05 to 1.0"),
    (["--selected", "--feather", "-1"], "--feather is -1"),
    (["--missing", "0"], "--missing is 0.0"),
    (["--mask", "nowhere.png"], "neither an image of the scene nor a file"),
    (["--from-camera", "Nobody"], "There is no camera Nobody"),
    (["--faces", ""], "--faces is empty"),
    (["--selected", "--together"], "unrecognized arguments"),
    (["--selected", "--report", "/nowhere/r.json"], "lies in a folder that does not exist"),
])
def test_wrong_usage_begins_nothing(command, words, said, snapshot, capsys) -> None:
    before = snapshot()
    assert command.run(*words)[0] == 2
    told = capsys.readouterr().err
    assert "blender --command vernissage" in told
    assert said in told
    assert snapshot() == before


def test_what_fails_says_so_and_the_others_are_done(painted) -> None:
    painted.cube.data.attributes.new("worn", "BOOLEAN", "FACE").data[2].value = True
    code, report = painted.run("--object", "Cube", "Sphere", "--faces", "worn")
    assert (code, report["status"]) == (1, "partly done")
    assert [item["status"] for item in report["objects"]] == ["done", "failed"]
    error = report["objects"][1]["error"]
    assert "Sphere has no face attribute worn" in error["sentence"]
    assert "Its face attributes of that kind" in error["remedy"]
    assert Path(report["objects"][0]["files"]["texture"]).exists()
