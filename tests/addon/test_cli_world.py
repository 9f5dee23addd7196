"""`--command vernissage world` as a process, with the real backend."""

from __future__ import annotations

import json
import signal
import time
from pathlib import Path

import bpy
import pytest

from tests.addon.test_cli_texture import run, start

pytestmark = pytest.mark.of_no_version
QUICK = ("--height", 128, "--steps", 2, "--detail", 0)


@pytest.fixture
def scene(addon, empty_scene, tmp_path) -> Path:
    path = tmp_path / "scene.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(path))
    return path


def test_a_world_is_written_saved_and_reported_and_not_made_twice(scene, tiny_model, tmp_path) -> None:
    words = ("world", "--prompt", "noon", "--model", tiny_model, *QUICK, "--out", tmp_path / "sky.exr", "--save",
             tmp_path / "out.blend", "--report", tmp_path / "out.json", "--rotation", 90)
    code, _, said = run(scene, *words)
    assert code == 0, said
    body = json.loads((tmp_path / "out.json").read_text("utf-8"))
    assert body["status"] == "done"
    (told,) = body["worlds"]
    assert told["result"]["wrap_ratio"] > 0
    assert told["status"] == "done" and told["name"] == "sky"
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "blender_assets.cats.txt", "out.blend", "out.json", "scene.blend", "sky.exr", "sky.jpg", "sky.json",
        "sky_preview.png"]
    first = (tmp_path / "sky.exr").stat().st_mtime_ns
    code, _, said = run(scene, *words)
    assert code == 0, said
    assert "there already" in said
    assert (tmp_path / "sky.exr").stat().st_mtime_ns == first
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "out.blend"))
    world = bpy.context.scene.world
    assert world.name == told["asset"]
    assert world.node_tree.nodes["Rotation"].inputs["Rotation"].default_value[2] == pytest.approx(1.5707963)
    assert len(world.preview.image_pixels) == 256 * 256


def whole(out: Path) -> list[str]:
    """The worlds there whose cards tell their results: before that, a card only says whose the files are."""
    return [card.with_suffix(".exr").name for card in out.glob("*.json") if json.loads(card.read_text())["result"]]


def test_a_list_that_was_killed_goes_on_and_makes_nothing_twice(scene, tiny_model, tmp_path) -> None:
    (tmp_path / "prompts.csv").write_text("prompt,name,seed\nnoon,noon,1\ndusk,dusk,2\nnight,night,3\n")
    out = tmp_path / "skies"
    words = ("world", "--list", tmp_path / "prompts.csv", "--model", tiny_model, *QUICK, "--out", out, "--report",
             tmp_path / "out.json", "--save", tmp_path / "library.blend")
    process = start(scene, *words)
    deadline = time.monotonic() + 150
    while not whole(out) and time.monotonic() < deadline and process.poll() is None:
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    made = {name: (out / name).stat().st_mtime_ns for name in whole(out)}
    assert made
    code, _, said = run(scene, *words)
    assert code == 0, said
    assert {path.name for path in out.iterdir() if not path.name.startswith(".")} == {
        f"{name}{suffix}" for name in ("noon", "dusk", "night") for suffix in (
            ".exr", ".jpg", ".json", "_preview.png")}
    for name, when in made.items():
        assert (out / name).stat().st_mtime_ns == when
    told = json.loads((tmp_path / "out.json").read_text("utf-8"))["worlds"]
    assert told[0]["status"] == "kept"
    assert sum(entry["status"] == "kept" for entry in told) == len(made)
    with bpy.data.libraries.load(str(tmp_path / "library.blend"), assets_only=True) as (library, _):
        assert len(library.worlds) == 3


@pytest.mark.parametrize(("words", "said"), [
    (["--prompt", "x", "--out", "{in}/sky.png"], "must end in .exr"),
    (["--out", "{in}/sky.exr"], "give a --prompt or a --list"),
    (["--prompt", "x", "--out", "{in}/sky.exr", "--height", "100"], "--height is 100: must be a multiple of 64"),
    (["--prompt", "x", "--out", "{in}/theirs.exr"], "was not made by Vernissage"),
    (["--list", "{in}/gone.txt", "--out", "{in}/skies"], "cannot be read"),
    (["--prompt", "x", "--out", "{in}/sky.exr", "--around", "{in}/gone.png"], "is not there"),
    (["--prompt", "x", "--out", "{in}/sky.exr", "--around", "{in}/broken.png"], "cannot be read as a picture"),
    (["--prompt", "x", "--out", "{in}/sky.exr", "--panorama", "{in}/broken.png"], "cannot be read as a picture"),
    (["--prompt", "x", "--out", "{in}/mine.exr", "--panorama", "{in}/mine.jpg"], "would be written over"),
    (["--prompt", "x", "--out", "/proc/sky.exr"], "/proc cannot be written into"),
    (["--prompt", "x", "--out", "{in}/sky.exr", "--light", "nan"], "--light is nan: must be from"),
    (["--prompt", "x", "--out", "{in}/sky.exr", "--background=-1"], "--background is -1.0: must be from"),
    (["--prompt", "x", "--out", "{in}/sky.exr", "--rotation", "inf"], "--rotation is inf: must be from"),
    (["--prompt", "x", "--out", "{in}/" + "a" * 248 + ".exr"], "is longer than 240 bytes"),
    (["--prompt", "x", "--out", "{in}/sky.exr", "--mask", "m.png"], "--mask does nothing without --panorama"),
    (["--prompt", "x", "--out", "{in}/sky.exr", "--fov", "60"], "--fov does nothing without --around"),
    (["--prompt", "x", "--out", "{in}/sky.exr", "--lora", "/nope"], "--lora /nope is not there"),
    (["--prompt", "x", "--out", "{in}/sky.exr", "--model", "/nope"], "--model /nope is not there"),
])
def test_wrong_usage_begins_nothing(scene, tmp_path, words: list[str], said: str) -> None:
    (tmp_path / "theirs.exr").write_bytes(b"theirs")
    (tmp_path / "broken.png").write_bytes(b"broken")
    image = bpy.data.images.new("mine", 8, 4)
    image.file_format = "JPEG"
    image.save(filepath=str(tmp_path / "mine.jpg"))
    before = sorted(tmp_path.rglob("*"))
    code, _, stderr = run(scene, "world", *(word.replace("{in}", str(tmp_path)) for word in words))
    assert code == 2
    assert said in stderr.splitlines()[-1]
    assert sorted(tmp_path.rglob("*")) == before
