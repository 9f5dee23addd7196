"""`--command vernissage compare` as a process, with the real backend."""

from __future__ import annotations

import json
from pathlib import Path

import bpy
import pytest

from tests.addon.conftest import _write_png
from tests.addon.test_cli_texture import run
from tests.addon.test_operators_style import blotches

pytestmark = pytest.mark.of_no_version


@pytest.fixture
def scene(addon, empty_scene, tmp_path) -> Path:
    """A saved scene; three pictures lie in `wall`, a copy of one beside it."""
    (tmp_path / "wall").mkdir()
    for number in range(3):
        _write_png(tmp_path / "wall" / f"{number}.png", blotches(64, 96, number))
    _write_png(tmp_path / "mine.png", blotches(64, 96, 1))
    path = tmp_path / "scene.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(path))
    return path


def test_the_nearest_are_told_and_all_is_written(scene, tmp_path) -> None:
    plot, told = tmp_path / "plot.png", tmp_path / "all.json"
    (tmp_path / "wall" / "2.png").rename(tmp_path / "wall" / "2\x1b[2J.png")  # would clear a terminal
    code, out, said = run(scene, "compare", "//wall", "--to", tmp_path / "mine.png", "--out", plot, "--json", told)
    assert code == 0, said
    assert "2\\x1b[2J.png" in out
    assert said.splitlines()[-1] == f"4 pictures compared: {plot}"
    rows = [line.split("  ") for line in out.splitlines() if line.endswith(".png")]
    assert rows[0] == ["0.000", str(tmp_path / "wall" / "1.png")]
    assert [float(row[0]) for row in rows] == sorted(float(row[0]) for row in rows)
    body = json.loads(told.read_text(encoding="utf-8"))
    assert [entry["name"] for entry in body["pictures"]] == ["mine.png", "0.png", "1.png", "2\x1b[2J.png"]
    assert len(body["distances"]["all"]) == 4
    assert {"palette", "strokes", "scale", "texture", "features"} == body["pictures"][0]["vectors"].keys()
    image = bpy.data.images.load(str(plot))
    assert image.size[0] == 1600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["all.json", "mine.png", "plot.png", "scene.blend",
                                                                "wall"]


@pytest.mark.parametrize(("words", "said"), [
    ([], "PATH"),
    (["{in}/wall"], "there is nothing to be told: give --out, --json or --to."),
    (["{in}/gone", "--out", "{in}/a.png"], "{in}/gone is not there"),
    (["{in}/wall", "--to", "{in}/gone.png"], "--to {in}/gone.png is not there"),
    (["{in}/wall", "--out", "{in}/a.jpg"], "--out {in}/a.jpg must end in .png."),
    (["{in}/wall", "--out", "{in}/wall/0.png"], "--out {in}/wall/0.png is a file that is read"),
    (["{in}/wall", "--out", "{in}/a.png", "--json", "{in}/a.png"], "--json {in}/a.png is the file of --out too"),
])
def test_wrong_usage_begins_nothing(scene, tmp_path, words: list[str], said: str) -> None:
    before = sorted(tmp_path.rglob("*"))
    code, _, stderr = run(scene, "compare", *(word.replace("{in}", str(tmp_path)) for word in words))
    assert code == 2
    assert said.replace("{in}", str(tmp_path)) in stderr.splitlines()[-1]
    assert sorted(tmp_path.rglob("*")) == before


def test_what_cannot_be_compared_is_a_sentence(scene, tmp_path) -> None:
    code, _, said = run(scene, "compare", tmp_path / "mine.png", "--json", tmp_path / "all.json")
    assert code == 1
    assert "Number of pictures to compare: 1; at least 2 are needed." in said.splitlines()[-1]
    assert not (tmp_path / "all.json").exists()
