"""`--command vernissage picture`, and pictures that are painted for an exhibition, with the real backend."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import bpy
import pytest

from tests.addon.test_cli_texture import run

pytestmark = pytest.mark.of_no_version


@pytest.fixture
def scene(addon, empty_scene, tmp_path) -> Path:
    path = tmp_path / "scene.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(path))
    return path


def test_a_list_is_painted_once(scene, tiny_model, tmp_path) -> None:
    table, out, report = (tmp_path / name for name in ("all.csv", "out", "report.json"))
    table.write_text("prompt,name,size\ncalm sea,,64\nstormy sea,Storm,128x64\n", encoding="utf-8")
    words = ("picture", "--list", table, "--model", tiny_model, "--steps", 2, "--out", out, "--report", report)
    code, _, said = run(scene, *words)
    assert code == 0, said
    assert "Storm (2 of 2): made in" in said and "% calm sea (1 of 2): " in said
    assert {path.name for path in out.iterdir()} == {"calm sea.png", "calm sea.made", "Storm.png", "Storm.made"}
    assert {path.name for path in (out / "Storm.made").iterdir()} == {"steps.png", "words.png", "picture.json"}
    told = json.loads(report.read_text())["pictures"]
    assert [(each["name"], each["status"], each["request"]["seed"]) for each in told] == [
        ("calm sea", "done", 0), ("Storm", "done", 0)]
    times = {path: path.stat().st_mtime_ns for path in out.rglob("*.png")}
    table.write_text("prompt,name,size\nstormier sea,Storm,64\ncalm sea,,64\ncalm sea,,64\n", encoding="utf-8")
    code, _, said = run(scene, *words)
    assert code == 0, said
    assert [(each["name"], each["status"], each["request"]["seed"])
            for each in json.loads(report.read_text())["pictures"]] == [
        ("Storm", "done", 0), ("calm sea", "kept", 0), ("calm sea 2", "done", 1)]
    changed = {path.relative_to(out).parts[0] for path, time in times.items() if path.stat().st_mtime_ns != time}
    assert changed == {"Storm.png", "Storm.made"}


@pytest.mark.parametrize(("words", "said"), [
    (["--out", "{in}/a.png"], "give a --prompt or a --list."),
    (["--out", "{in}/a.jpg", "--prompt", "sea"], "must end in .png."),
    (["--out", "{in}/folder.png", "--prompt", "sea"], "is a folder: name a file."),
    (["--out", "{in}/a.png", "--prompt", "sea", "--size", "100x64"], "--size is 100"),
    (["--out", "{in}/a.png", "--prompt", "sea", "--model", "{in}/none"], "is not there: name a folder."),
    (["--out", "{in}/theirs.png", "--prompt", "sea"], "does not say that Vernissage made it of this prompt"),
    (["--out", "{in}/a.png", "--list", "{in}/a.txt"], "--list has many pictures: name a folder.")])
def test_wrong_usage_begins_nothing(scene, tmp_path, words, said) -> None:
    (tmp_path / "theirs.png").write_bytes(b"theirs")
    (tmp_path / "folder.png").mkdir()
    before = sorted(tmp_path.rglob("*"))
    code, _, told = run(scene, "picture", *(word.format(**{"in": tmp_path}) for word in words))
    assert code == 2 and said in told and told.count("\n") == 1
    assert sorted(tmp_path.rglob("*")) == before


def test_a_brief_has_its_works_painted_and_hung_by_their_moods(scene, tiny_model, tmp_path) -> None:
    brief = f"""title = "Seas"
[[paint]]
prompt = "sea, {{mood}}"
moods = ["calm", "stormy"]
count = 3
size = "128x64"
width_cm = 120
artist = "Nobody"
model = {str(tiny_model)!r}
steps = 1
[walls]
prompt = "grey plaster"
model = {str(tiny_model)!r}
steps = 1
"""
    (tmp_path / "brief.toml").write_text(brief, encoding="utf-8")
    out, report = tmp_path / "out", tmp_path / "report.json"
    words = ("plan-exhibition", "--brief", tmp_path / "brief.toml", "--out", out, "--report", report)
    code, _, said = run(scene, *words)
    assert code == 0, said
    plan = json.loads((out / "exhibition.json").read_text(encoding="utf-8"))
    assert len(plan["rooms"]) == 2
    assert plan["walls"] == {"folder": "surroundings/walls", "width_m": 2.0}
    assert (out / "surroundings" / "walls" / "base_colour.png").is_file()
    assert sorted((work["title"], work["artist"], work["made"]["seed"]) for work in plan["works"]) == [
        ("Sea, calm", "Nobody", "0"), ("Sea, stormy", "Nobody", "0"), ("Sea, stormy 2", "Nobody", "1")]
    for work in plan["works"]:
        assert work["made"]["prompt"] == work["title"].removesuffix(" 2").lower() and work["provenance"] == "Vernissage"
        assert (work["width_m"], work["height_m"]) == (1.2, 0.6)
    assert {work["file"] for work in plan["works"]} == {
        "works/sea, calm.png", "works/sea, stormy.png", "works/sea, stormy 2.png"}
    brief = brief.replace("count = 3", "count = 2").replace("[[", 'works = "out/works"\n[[', 1)
    (tmp_path / "brief.toml").write_text(brief, encoding="utf-8")
    shutil.rmtree(out / "works" / "sea, calm.made")
    pixels = (out / "works" / "sea, calm.png").stat().st_mtime_ns
    code, _, said = run(scene, *words, "--overwrite")
    assert code == 0, said
    assert [each["status"] for each in json.loads(report.read_text())["painted"]] == ["done", "kept", "kept"]
    assert "sea, stormy (2 of 2): there already" in said
    assert "do not hang: 1, the first of them sea, stormy 2.png" in said
    assert (out / "works" / "sea, calm.made" / "steps.png").is_file()
    assert (out / "works" / "sea, calm.png").stat().st_mtime_ns == pixels
    plan = json.loads((out / "exhibition.json").read_text(encoding="utf-8"))
    assert sorted(work["title"] for work in plan["works"]) == ["Sea, calm", "Sea, stormy"]
    (tmp_path / "brief.toml").write_text('[[paint]]\nprompt = "{mood}"\n', encoding="utf-8")
    code, _, said = run(scene, *words, "--overwrite")
    assert code == 2 and "paint 1: the prompt has {mood}" in said
