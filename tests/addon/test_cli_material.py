"""`--command vernissage material` as a process, with the real backend."""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path

import bpy
import pytest

from tests.addon.conftest import _write_png
from tests.addon.test_cli_texture import run, start
from tests.addon.test_operators_style import blotches

pytestmark = pytest.mark.of_no_version


@pytest.fixture
def scene(addon, cube, tmp_path) -> Path:
    """A saved scene with a cube; two pictures beside it."""
    for number in range(2):
        _write_png(tmp_path / f"{number}.png", blotches(96, 96, number))
    path = tmp_path / "scene.blend"
    for name, data in (("Lamp", bpy.data.lights.new("Lamp", "POINT")), ("Nothing", None)):
        bpy.context.collection.objects.link(bpy.data.objects.new(name, data))
    theirs = bpy.data.objects.new("Theirs", cube.data.copy())
    bpy.data.libraries.write(str(tmp_path / "theirs.blend"), {theirs})
    bpy.data.objects.remove(theirs)
    with bpy.data.libraries.load(str(tmp_path / "theirs.blend"), link=True) as (_, wanted):
        wanted.objects = ["Theirs"]
    bpy.context.collection.objects.link(bpy.data.objects["Theirs"])
    bpy.ops.wm.save_as_mainfile(filepath=str(path))
    return path


def test_a_list_becomes_a_library_and_nothing_is_made_twice(scene, tmp_path) -> None:
    table, out, library, report = (tmp_path / name for name in ("all.csv", "out", "lib.blend", "report.json"))
    table.write_text("name,picture,change\nStones,//0.png,0.4\nEarth,//1.png,\n", encoding="utf-8")
    words = ("material", "--list", table, "--size", "64", "--out", out, "--save", library, "--report", report)
    code, _, said = run(scene, *words)
    assert code == 0, said
    first = json.loads(report.read_text())
    assert [(item["name"], item["status"]) for item in first["materials"]] == [("Stones", "done"), ("Earth", "done")]
    for item in first["materials"]:
        assert 0 < item["furnace_max"] <= 1
        assert 0.9 < item["result"]["wrap_ratio_x"] < 1.1
        folder = Path(item["files"]["folder"])
        assert {path.name for path in folder.iterdir()} == {
            "base_colour.png", "normal.png", "roughness.png", "metallic.png", "height.png", "occlusion.png", "orm.png",
            "ball.png", "material.json"}
    assert "Vernissage/Materials" in (tmp_path / "blender_assets.cats.txt").read_text()
    with bpy.data.libraries.load(str(library), assets_only=True) as (found, _):
        assert set(found.materials) == {"Stones", "Earth"}
    times = {path: path.stat().st_mtime_ns for path in out.rglob("*")}
    table.write_text("name,picture,change\nStones,//0.png,0.4\nEarth,//1.png,0.7\n", encoding="utf-8")
    (out / "Earth" / "height.png").unlink()  # as after a kill, and another wish besides
    code, _, said = run(scene, *words)
    assert code == 0, said
    assert [item["status"] for item in json.loads(report.read_text())["materials"]] == ["kept", "done"]
    assert {path: path.stat().st_mtime_ns for path in (out / "Stones").iterdir()}.items() <= times.items()
    assert (out / "Earth" / "height.png").is_file()
    assert sorted(path.name for path in out.iterdir()) == ["Earth", "Stones"]
    (out / "Earth" / "height.png").unlink()
    code, _, said = run(library, *words)  # into what it has made
    assert code == 0, said
    assert [item["asset"] for item in json.loads(report.read_text())["materials"]] == ["Stones", "Earth"]
    assert {material.name for material in bpy.data.materials if material.asset_data} == {"Stones", "Earth"}


def test_one_material_is_put_on_an_object(scene, tmp_path) -> None:
    saved = tmp_path / "saved.blend"
    cube = bpy.data.objects["Cube"]
    for name in ("Glass", "Iron"):
        cube.data.materials.append(bpy.data.materials.new(name))
    cube.active_material_index = 1
    cube.data.uv_layers.remove(cube.data.uv_layers[0])
    bpy.ops.wm.save_mainfile()
    code, _, said = run(scene, "material", "--picture", "//0.png", "--size", "128x64", "--object", "Cube",
                        "--active-slot", "--width", "2.5", "--save", saved)
    assert code == 0, said
    assert said.count("Cube has no UV layer") == 1
    bpy.ops.wm.open_mainfile(filepath=str(saved))
    first, second = bpy.data.objects["Cube"].material_slots
    assert first.material.name == "Glass"
    material = second.material
    assert material.name == "0"
    assert list(bpy.data.images["0 normal"].size) == [128, 64]
    assert material.preview is not None and material.preview.image_size[0] == 256
    assert 0 < json.loads(material["report"])["furnace_max"] <= 1


def test_a_list_that_is_stopped_keeps_what_is_done_and_goes_on(scene, tmp_path) -> None:
    table, out, report = tmp_path / "all.csv", tmp_path / "out", tmp_path / "report.json"
    table.write_text("picture\n" + "".join(f"//{number % 2}.png\n" for number in range(6)), encoding="utf-8")
    words = ("material", "--list", table, "--size", "64", "--out", out, "--report", report)
    process = start(scene, *words)
    while not (out / "0").exists():
        assert process.poll() is None
        time.sleep(0.1)
    process.kill()  # not even asked
    process.communicate(timeout=180)
    kept = {path.name: path.stat().st_mtime_ns for path in out.iterdir() if not path.name.startswith(".")}
    assert 1 <= len(kept) < 6
    code, _, said = run(scene, *words)
    assert code == 0, said
    statuses = [item["status"] for item in json.loads(report.read_text())["materials"]]
    assert statuses.count("kept") == len(kept) and statuses.count("done") == 6 - len(kept)
    assert {name: (out / name).stat().st_mtime_ns for name in kept} == kept


@pytest.mark.parametrize(("words", "said"), [
    (["--out", "{in}/o"], "give a --prompt, a --picture or a --list."),
    (["--prompt", "a"], "there is nowhere to put it: give --out or --save."),
    (["--prompt", "a", "--out", "{in}/o", "--size", "100"], "--size is 100: must be a multiple of 64"),
    (["--prompt", "a", "--out", "{in}/o", "--size", "big"], "--size big is no size"),
    (["--prompt", "a", "--out", "{in}", "--name", "o"], "{in}/o is there and was not made by Vernissage"),
    (["--picture", "{in}/gone.png", "--out", "{in}/p"], "--picture {in}/gone.png is not there"),
    (["--prompt", "a", "--out", "{in}/p", "--hex-tiling", "--wrap", "x"], "tiles in both directions"),
    (["--prompt", "a", "--save", "{in}/p.blend", "--object", "Nobody"], "--object: "),
    (["--prompt", "a", "--save", "{in}/p.blend", "--object", "Lamp"], "--object: Lamp is of type light"),
    (["--prompt", "a", "--save", "{in}/p.blend", "--object", "Nothing"], "--object: Nothing is of type empty"),
    (["--prompt", "a", "--save", "{in}/p.blend", "--object", "Theirs"], "--object: Theirs is linked from"),
    (["--prompt", "a", "--out", "{in}/p", "--object", "Cube"], "give --save too"),
    (["--prompt", "a", "--out", "{in}/p", "--active-slot"], "--active-slot does nothing without --object"),
    (["--prompt", "a", "--out", "{in}/empty.txt"], "empty.txt cannot be written into"),
    (["--prompt", "a", "--out", "/proc"], "/proc cannot be written into"),
    (["--prompt", "a", "--out", "{in}", "--name", "Ours", "--report", "{in}/Ours/material.json"],
     "is a file that the run makes"),
    (["--prompt", "a", "--out", "{in}", "--name", "Ours", "--save", "{in}/Ours/a.blend"],
     "is a file that the run makes"),
    (["--picture", "{in}/Ours/base_colour.png", "--out", "{in}", "--name", "Ours"], "would be written over"),
    (["--prompt", "a", "--out", "{in}/p", "--size", "1" * 5000], "is no number"),
    (["--prompt", "\udcff", "--out", "{in}/p"], "not valid UTF-8"),
    (["--prompt", "a", "--out", "{in}/p", "--name", "\udcff"], "the name ? is not valid UTF-8"),
    (["--prompt", "a", "--out", "{in}/p", "--name", "a" * 256], "is longer than 240 bytes"),
    (["--prompt", "a", "--out", "{in}/p", "--model", "/nope"], "--model /nope is not there"),
    (["--prompt", "a", "--out", "{in}/p", "--marigold", "/nope", "/nope"], "--marigold /nope is not there"),
    (["--list", "{in}/bad.csv", "--out", "{in}/p"], "has the columns prompt, colour: allowed are"),
    (["--list", "{in}/empty.txt", "--out", "{in}/p"], "names no material"),
    (["--list", "{in}/empty.txt", "--prompt", "a", "--out", "{in}/p"], "leave out --prompt"),
])
def test_wrong_usage_begins_nothing(scene, tmp_path, words, said) -> None:
    (tmp_path / "o").mkdir()
    (tmp_path / "Ours").mkdir()
    shutil.copyfile(tmp_path / "0.png", tmp_path / "Ours" / "base_colour.png")
    (tmp_path / "Ours" / "material.json").write_text(
        json.dumps({"vernissage": "material", "request": {}, "sources": "", "result": None}))
    (tmp_path / "bad.csv").write_text("prompt,colour\na,b\n")
    (tmp_path / "empty.txt").write_text("\n")
    before = sorted(tmp_path.rglob("*"))
    code, _, told = run(scene, "material", *(word.replace("{in}", str(tmp_path)) for word in words))
    assert code == 2
    assert said.replace("{in}", str(tmp_path)) in told
    assert sorted(tmp_path.rglob("*")) == before
