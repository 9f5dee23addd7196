"""`--command vernissage style` as a process, with the real backend."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

import bpy
import numpy as np
import pytest

from tests.addon.conftest import _write_png
from tests.addon.test_cli_texture import run, start
from tests.addon.test_operators_style import blotches

pytestmark = pytest.mark.of_no_version


@pytest.fixture
def scene(addon, empty_scene, tmp_path) -> Path:
    """A saved scene; two pictures and a style lie beside it in `in`."""
    (tmp_path / "in").mkdir()
    for name, seed in (("a.png", 1), ("b.png", 2), ("look.png", 3)):
        _write_png(tmp_path / "in" / name, blotches(64, 96, seed))
    path = tmp_path / "scene.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(path))
    return path


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def link_library(path: Path) -> None:
    """A file beside the scene, of which the opened scene links a mesh."""
    mesh = bpy.data.meshes.new("Linked")
    bpy.data.libraries.write(str(path), {mesh})
    bpy.data.meshes.remove(mesh)
    with bpy.data.libraries.load(str(path), link=True) as (_, wanted):
        wanted.meshes = ["Linked"]
    bpy.context.scene.collection.objects.link(bpy.data.objects.new("Other", wanted.meshes[0]))


def read(path: Path) -> np.ndarray:
    image = bpy.data.images.load(str(path), check_existing=False)
    values = np.empty(len(image.pixels), np.float32)
    image.pixels.foreach_get(values)
    return values.reshape(image.size[1], image.size[0], 4)


def test_a_night_of_pictures_each_with_its_own_error(scene, tmp_path) -> None:
    folder, out, report = tmp_path / "in", tmp_path / "out", tmp_path / "out.json"
    (folder / "broken.png").write_bytes(b"no picture")
    np.save(folder / "array.npy", np.zeros((64, 96, 3), np.uint8))
    (tmp_path / "a.png").write_bytes((folder / "a.png").read_bytes())
    before = {name: (folder / name).read_bytes() for name in names(folder)}
    pictures = [folder / "a.png", folder / "broken.png", folder / "gone.png", folder / "b.png", tmp_path / "a.png",
                folder / "array.npy"]
    code, _, said = run(scene, "style", *pictures, "--style", f"{folder / 'look.png'}=2", "--number", "7=0.5",
                        "--strength", "0.8", "--keep-colours", "0.5", "--stroke-scale", "1.5", "--out", out, "--report",
                        report)
    assert code == 1, said
    assert names(out) == ["a_styled.png", "b_styled.png"]
    assert {name: (folder / name).read_bytes() for name in names(folder)} == before
    assert np.abs(read(out / "a_styled.png") - read(folder / "a.png")).mean() > 0.02
    body = json.loads(report.read_text(encoding="utf-8"))
    assert body["status"] == "partly done"
    assert [(style["picture"], style["fixed"], style["weight"]) for style in body["request"]["styles"]] == [
        (str(folder / "look.png"), None, 2), ("", 7, 0.5)]
    entries = body["pictures"]
    assert [entry["status"] for entry in entries] == ["done", "failed", "failed", "done", "failed",
                                                        "failed"]
    assert [entry["error"] and entry["error"]["sentence"].split(str(tmp_path))[0] for entry in entries[1:3]] == [
        "broken.png is not a picture that can be read: " + entries[1]["error"]["sentence"].split("read: ")[1],
        "There is no picture "]
    assert "would become the same file as" in entries[4]["error"]["sentence"]
    assert entries[5]["error"]["sentence"] == "array.npy is not a picture that can be read."
    assert entries[0]["output"] == str(out / "a_styled.png")
    assert "Transferring the style" in entries[0]["seconds"]
    assert f"a.png: {out / 'a_styled.png'}" in said

    written = (out / "a_styled.png").stat().st_mtime_ns
    code, _, said = run(scene, "style", folder / "a.png", folder / "b.png", "--out", out, "--skip-existing", "--report",
                        report)
    assert code == 0, said
    assert (out / "a_styled.png").stat().st_mtime_ns == written
    body = json.loads(report.read_text(encoding="utf-8"))
    assert [entry["status"] for entry in body["pictures"]] == ["skipped", "skipped"]
    assert body["status"] == "done"


def test_one_picture_without_any_choice_and_never_over_what_is_not_ours(scene, tmp_path) -> None:
    folder = tmp_path / "in"
    code, _, said = run(scene, "style", folder / "a.png")
    assert code == 0, said
    first = (folder / "a_styled.png").read_bytes()
    code, _, said = run(scene, "style", folder / "a.png")  # its own it writes again, and the same
    assert code == 0, said
    assert (folder / "a_styled.png").read_bytes() == first
    (folder / "b_styled.png").write_bytes(b"the artist's own")
    code, _, said = run(scene, "style", folder / "b.png")
    assert code == 1
    assert "was not made by Vernissage" in said
    assert (folder / "b_styled.png").read_bytes() == b"the artist's own"
    code, _, said = run(scene, "style", folder / "b.png", "--out", folder / "b.png")
    assert code == 1
    assert "would be written over" in said


def test_the_slow_methods_have_steps_and_a_mask(scene, tmp_path) -> None:
    folder = tmp_path / "in"
    mask = np.zeros((64, 96, 3), np.uint8)
    mask[:32] = 255
    _write_png(folder / "mask.png", mask)
    out = tmp_path / "one.png"
    code, _, said = run(scene, "style", folder / "a.png", "--style", folder / "look.png", "--method", "gram", "--steps",
                        2, "--content-weight", 2, "--seed", 3, "--mask", folder / "mask.png", "--out", out)
    assert code == 0, said
    changed = np.abs(read(out) - read(folder / "a.png")).max(axis=2)  # row 0 at the bottom
    assert changed[:28].max() == 0
    assert changed[36:].mean() > 0.01


def test_a_diffusion_model_paints_it_anew(scene, tmp_path) -> None:
    folder, out, report = tmp_path / "in", tmp_path / "one.png", tmp_path / "out.json"
    words = ["style", folder / "a.png", "--style", folder / "look.png", "--method", "diffusion", "--stroke-scale", 2,
             "--steps", 2, "--report", report]
    code, _, said = run(scene, *words, "--model", "mini", "--prompt", "blotches", "--out", out)
    assert code == 0, said
    assert read(out).shape == (64, 96, 4)
    assert np.abs(read(out) - read(folder / "a.png")).mean() > 0.02
    request = json.loads(report.read_text(encoding="utf-8"))["request"]
    assert (request["method"], request["model"], request["prompt"], request["steps"]) == (
        "diffusion", "mini", "blotches", 2)
    code, _, said = run(scene, *words, "--model", tmp_path / "gone", "--out", tmp_path / "two.png")
    assert code == 1
    assert "There is no model folder at" in said
    adapter = ["--model", "mini", "--ip-adapter", tmp_path / "adapter", "--ip-adapter-scale"]
    code, _, said = run(scene, *words, *adapter, 0.5, "--out", tmp_path / "two.png")
    assert code == 1
    assert "An IP-Adapter wants a Stable Diffusion or SDXL model, and mini is Vernissage mini." in said
    request = json.loads(report.read_text(encoding="utf-8"))["request"]
    assert (request["ip_adapter"], request["ip_adapter_scale"]) == (str(tmp_path / "adapter"), 0.5)
    code, _, said = run(scene, *words, *adapter, 2, "--out", tmp_path / "two.png")
    assert code == 2
    assert "IP-Adapter Scale is 2.0: must be from 0.0 to 1.5." in said
    code, _, said = run(scene, *words, "--control", folder / "b.png")
    assert code == 2
    assert "There is no ControlNet that could follow the picture." in said
    code, _, said = run(scene, *words, "--control-kind", "normal")
    assert code == 2
    assert "There is no ControlNet that could follow the normals." in said
    code, _, said = run(scene, *words, "--model", tmp_path / "gone", "--controlnet", tmp_path / "net",
                        "--control-kind", "normal", "--control", folder / "b.png", "--out", tmp_path / "two.png")
    assert code == 1
    request = json.loads(report.read_text(encoding="utf-8"))["request"]
    assert (request["controlnet"], request["control_kind"]) == (str(tmp_path / "net"), "normal")


@pytest.mark.parametrize(("words", "said"), [
    (["{in}/a.png", "--strength", "2"], "--strength is 2.0"),
    (["{in}/a.png", "--keep-colours", "nan"], "--keep-colours is nan"),
    (["{in}/a.png", "--style", "{in}/gone.png"], "is not there: name a file"),
    (["{in}/a.png", "--number", "26"], "There is no style 26"),
    (["{in}/a.png", "--number", "x"], "is no number"),
    (["{in}/a.png", "--method", "gram"], "No style is chosen."),
    (["{in}/a.png", "{in}/b.png", "--out", "{in}/c.png"], "name a folder"),
    (["{in}/a.png", "--report", "{in}/a.png"], "is a file that is read"),
    (["{in}/a.png", "--report", "{in}/a_styled.png"], "is a file that the run makes"),
    (["{in}/a.png", "--out", "{in}/c.png", "--report", "{in}/c.png"], "is a file that the run makes"),
    (["{in}/a.png", "--out", "{in}/c.jpg"], "c.jpg must end in .png, or be a folder."),
    (["{in}/a.png", "--encoder", "/nonexistent"], "--encoder /nonexistent is not there: name a folder."),
    ([""], "style: PICTURE is empty: name a path, or leave it out."),
    ([], "PICTURE"),
])
def test_wrong_usage_begins_nothing(scene, tmp_path, words: list[str], said: str) -> None:
    before = names(tmp_path / "in")
    code, _, stderr = run(scene, "style", *(word.replace("{in}", str(tmp_path / "in")) for word in words))
    assert code == 2
    assert said in stderr.splitlines()[-1]
    assert names(tmp_path / "in") == before


def test_a_picture_that_is_not_there_or_named_twice(scene, tmp_path) -> None:
    folder = tmp_path / "in"
    code, _, said = run(scene, "style", folder / "gone.png", "--out", tmp_path / "out")
    assert code == 1
    assert "There is no picture" in said
    assert not (tmp_path / "out").exists()
    code, _, said = run(scene, "style", folder / "a.png", folder / "a.png")
    assert code == 1
    assert f"{folder / 'a.png'} is named twice. Name it once." in said
    assert names(folder) == ["a.png", "a_styled.png", "b.png", "look.png"]


def test_what_the_scene_reads_is_never_written_over(scene, tmp_path) -> None:
    library, wood = tmp_path / "library.blend", tmp_path / "in" / "b.png"
    link_library(library)
    bpy.ops.mesh.primitive_cube_add()
    bpy.context.object.name = "Mine"
    bpy.data.images.load(str(wood)).use_fake_user = True
    bpy.ops.wm.save_as_mainfile(filepath=str(scene))
    before = library.read_bytes(), wood.read_bytes()
    code, _, said = run(scene, "style", "--texture", "Mine", "--save", library)
    assert (code, "is a file that is read" in said) == (2, True)
    code, _, said = run(scene, "style", tmp_path / "in" / "a.png", "--out", wood)
    assert (code, "was not made by Vernissage" in said) == (1, True)
    assert (library.read_bytes(), wood.read_bytes()) == before


def test_ctrl_c_keeps_what_is_written_and_says_so(scene, tmp_path) -> None:
    folder, report = tmp_path / "in", tmp_path / "out.json"
    process = start(scene, "style", folder / "a.png", folder / "b.png", "--style", folder / "look.png", "--method",
                    "transport", "--steps", 2000, "--report", report)
    while "Transferring the style" not in process.stderr.readline():
        assert process.poll() is None
    os.kill(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=180)
    assert process.returncode == 1
    assert said.splitlines()[-1] == "cancelled"
    body = json.loads(report.read_text(encoding="utf-8"))
    assert body["status"] == "cancelled"
    assert [entry["status"] for entry in body["pictures"]] == ["cancelled", "cancelled"]
    assert names(folder) == ["a.png", "b.png", "look.png"]


def test_only_an_object_is_stylised_and_the_rest_is_transparent(scene, tmp_path) -> None:
    bpy.ops.mesh.primitive_cube_add()
    bpy.ops.object.camera_add(location=(0, 0, 8))
    bpy.context.scene.camera = bpy.context.object
    bpy.context.scene.render.resolution_x, bpy.context.scene.render.resolution_y = 96, 64
    bpy.ops.wm.save_as_mainfile(filepath=str(scene))
    picture, out = tmp_path / "in" / "a.png", tmp_path / "a_styled.png"
    code, _, said = run(scene, "style", picture, "--number", "7", "--object", "Cube", "--layer", "--out", out,
                        "--report", tmp_path / "out.json")
    assert code == 0, said
    alpha = read(out)[..., 3]
    assert alpha[32, 48] == 1
    assert alpha[2, 2] == alpha[60, 90] == 0
    (area,) = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))["request"]["areas"]
    assert area["objects"] == ["Cube"]
    code, _, said = run(scene, "style", picture, "--collection", "Nothing", "--out", out)
    assert (code, "--collection Nothing is not in the scene" in said) == (2, True)
    code, _, said = run(scene, "style", picture, "--outside", "--out", out)
    assert (code, "--outside says nothing" in said) == (2, True)


def test_a_file_that_is_empty_or_cut_short_is_made_again(scene, tmp_path) -> None:
    folder, out = tmp_path / "in", tmp_path / "out"
    code, _, said = run(scene, "style", folder / "a.png", "--out", out)
    assert code == 0, said
    whole = (out / "a_styled.png").read_bytes()
    (out / "a_styled.png").write_bytes(whole[:len(whole) // 2])
    (out / "b_styled.png").write_bytes(b"")
    code, _, said = run(scene, "style", folder / "a.png", folder / "b.png", "--out", out, "--skip-existing")
    assert code == 0, said
    assert (out / "a_styled.png").read_bytes() == whole
    assert read(out / "b_styled.png").shape == (64, 96, 4)


def test_a_texture_is_stylised_and_saved(scene, tmp_path) -> None:
    bpy.ops.mesh.primitive_uv_sphere_add()
    material = bpy.data.materials.new("Own")
    if material.node_tree is None:
        material.use_nodes = True
    node = material.node_tree.nodes.new("ShaderNodeTexImage")
    node.image = bpy.data.images.load(str(_write_png(tmp_path / "map.png", blotches(64, 64, 4))))
    material.node_tree.nodes.active = node
    bpy.context.object.data.materials.append(material)
    bpy.ops.wm.save_as_mainfile(filepath=str(scene))
    out, report = tmp_path / "out.blend", tmp_path / "out.json"
    code, _, said = run(scene, "style", "--texture", "Sphere", "--number", "7", "--save", out, "--report", report)
    assert code == 0, said
    (entry,) = json.loads(report.read_text(encoding="utf-8"))["pictures"]
    assert entry["result"]["changed_outside"] == 0
    with bpy.data.libraries.load(str(out)) as (found, _):
        assert "Sphere - styled" in found.images
    for wrong in (["--texture", "Sphere"], ["--texture", "Nobody", "--save", out], [],
                  ["--texture", "Sphere", "--save", out, "--layer"]):
        code, _, said = run(scene, "style", *wrong)
        assert code == 2, said
