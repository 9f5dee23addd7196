"""`--command vernissage plan-exhibition` as a process, with the real backend."""

from __future__ import annotations

import importlib
import json
import os
import time
from pathlib import Path

import bpy
import pytest

from tests.addon.conftest import _write_png
from tests.addon.test_cli_texture import run, start
from tests.addon.test_operators_style import blotches

pytestmark = pytest.mark.of_no_version


@pytest.fixture
def scene(addon, empty_scene, tmp_path) -> Path:
    """A saved scene; beside it a brief, and in `works` two pictures, a film, one that is none, and their table."""
    folder = tmp_path / "works"
    folder.mkdir()
    for number in range(2):
        _write_png(folder / f"{number}.png", blotches(60, 90, number))
    _write_film(folder / "sea.mp4", folder / "0.png", empty_scene)
    (folder / "lost.mp4").write_bytes(b"no film")
    (folder / "works.csv").write_text("file,title,room\n0.png,<b>海</b>,A\nsea.mp4,Waves,B\n1.png,Two,A\n",
                                      encoding="utf-8")
    (tmp_path / "exhibition.toml").write_text('title = "展览"\nworks = "works"\narchitecture = "enfilade"\nseed = 3\n',
                                              encoding="utf-8")
    path = tmp_path / "scene.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(path))
    return path


def _write_film(path: Path, picture: Path, scene: bpy.types.Scene) -> None:
    """Two frames of a picture, of 96 × 54 pixels."""
    strip = scene.sequence_editor_create().strips.new_image("strip", str(picture), 1, 1)
    strip.frame_final_duration = scene.frame_end = 2
    render = scene.render
    render.resolution_x, render.resolution_y, render.resolution_percentage = 96, 54, 100
    render.image_settings.media_type = "VIDEO"
    render.ffmpeg.format = "MPEG4"
    render.filepath, render.use_file_extension = str(path), False
    bpy.ops.render.render(animation=True)


def test_a_brief_becomes_a_plan_that_is_edited_and_checked(scene, tmp_path) -> None:
    out, report = tmp_path / "out", tmp_path / "report.json"
    code, _, said = run(scene, "plan-exhibition", "--brief", "//exhibition.toml", "--out", "//out", "--seed", 4,
                        "--report", report)
    assert code == 1  # one is left out, the others hang
    assert "left out: lost.mp4 is no film that can be read. Choose another copy of it." in said
    assert said.splitlines()[-1].startswith("3 works in 2 rooms")
    told = json.loads(report.read_text(encoding="utf-8"))
    assert told["status"] == "partly done"
    assert [Path(each["file"]).name for each in told["left_out"]] == ["lost.mp4"]
    body = json.loads((out / "exhibition.json").read_text(encoding="utf-8"))
    assert (body["title"], body["architecture"], body["seed"]) == ("展览", "enfilade", 4)
    assert sorted(work["title"] for work in body["works"]) == ["<b>海</b>", "Two", "Waves"]
    film = next(work for work in body["works"] if work["kind"] == "film")
    assert film["width_m"] / film["height_m"] == pytest.approx(96 / 54, rel=1e-2)
    image = bpy.data.images.load(str(out / "plan.png"))
    assert image.size[0] == 2400
    film["place"]["centre_m"] = 0.2
    (out / "exhibition.json").write_text(json.dumps(body), encoding="utf-8")
    code, _, said = run(scene, "plan-exhibition", "--plan", out / "exhibition.json", "--out", out)
    assert code == 1
    assert "wrong: 3 Waves reaches into the floor or the ceiling of room-2" in said
    assert json.loads((out / "exhibition.json").read_text(encoding="utf-8")) == body  # it is the artist's
    assert sorted(path.name for path in out.iterdir()) == ["exhibition.json", "plan.png"]
    code, _, said = run(scene, "plan-exhibition", "--brief", "//exhibition.toml", "--out", "//out", "--overwrite")
    assert "What was there is kept as exhibition-1.json." in said
    assert json.loads((out / "exhibition-1.json").read_text(encoding="utf-8")) == body


@pytest.mark.parametrize(("words", "said"), [
    ([], "--out"),
    (["--out", "{in}/out"], "there are no works: give --works, a --brief that names them, or a --plan."),
    (["--out", "{in}/out", "--works", "{in}/gone"], "--works {in}/gone is not there"),
    (["--out", "{in}/scene.blend", "--works", "{in}/works"], "--out {in}/scene.blend is a file: name a folder."),
    (["--out", "{in}/out", "--works", "{in}/works", "--per-room", "0"], "--per-room is 0: must be from 1 to 30."),
    (["--out", "{in}/out", "--plan", "{in}/works/works.csv", "--seed", "1"], "--seed has no say with --plan"),
    (["--out", "{in}/out", "--brief", "{in}/works/works.csv"], "works.csv cannot be read"),
    (["--out", "{in}/old", "--works", "{in}/works"], "{in}/old/exhibition.json is there, and may have been edited"),
])
def test_wrong_usage_begins_nothing(scene, tmp_path, words: list[str], said: str) -> None:
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "exhibition.json").write_text("{}")
    before = sorted(tmp_path.rglob("*"))
    code, _, stderr = run(scene, "plan-exhibition", *(word.replace("{in}", str(tmp_path)) for word in words))
    assert code == 2
    assert said.replace("{in}", str(tmp_path)) in stderr.splitlines()[-1]
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize(("brief", "said"), [
    ('works = "works"\ncolour = "red"\n', "says colour, which is not known: allowed are title, works"),
    ('works = "works"\nseed = "one"\n', "seed is 'one', which is no whole number."),
    ("works = [1]\n", "works is [1], which is no list of what it should name."),
    ('works = "works"\nby = "size"\n', "'size' is not known: choose from auto, hand, theme, style, date."),
])
def test_a_brief_that_is_wrong_begins_nothing(scene, tmp_path, brief: str, said: str) -> None:
    (tmp_path / "exhibition.toml").write_text(brief)
    code, _, stderr = run(scene, "plan-exhibition", "--brief", tmp_path / "exhibition.toml", "--out", tmp_path / "out")
    assert code == 2
    assert said in stderr.splitlines()[-1]
    assert not (tmp_path / "out").exists()


def test_visits_are_told_of_by_the_plan(scene, tmp_path) -> None:
    code, _, said = run(scene, "plan-exhibition", "--works", tmp_path / "works" / "0.png", tmp_path / "works" / "1.png",
                        "--out", tmp_path / "out")
    assert code == 0, said
    plan = tmp_path / "out" / "exhibition.json"
    first, second = (work["id"] for work in json.loads(plan.read_text(encoding="utf-8"))["works"])
    (tmp_path / "visits").mkdir()
    for number in range(3):
        (tmp_path / "visits" / f"{number}.json").write_text(json.dumps(
            {"vernissage_visit": 1, "exhibition": "", "works": {first: 1, second: 9 + number}}))
    words = ("visits", "--plan", plan, "--visits", tmp_path / "visits", "--unseen", tmp_path / "works", "--out")
    code, _, said = run(scene, *words, tmp_path / "told")
    assert code == 0, said
    lines = said.splitlines()
    assert lines[-1].startswith("3 visits: ")
    assert lines[-3].startswith("10.0 s (9.0 to 11.0)")
    assert any("Nothing is foretold" in line for line in lines)
    body = json.loads((tmp_path / "told" / "visits.json").read_text(encoding="utf-8"))
    assert [work["id"] for work in body["works"]] == [second, first]
    assert (tmp_path / "told" / "visits.png").stat().st_size > 1000

    (tmp_path / "visits" / "theirs.json").write_text("{}")
    code, _, said = run(scene, *words, tmp_path / "again")
    assert code == 1
    assert "left out: theirs.json is not a visit" in said
    code, _, said = run(scene, *words[:-1], "--seed", -1, "--out", tmp_path / "none")
    assert code == 2 and "--seed" in said
    code, _, said = run(scene, *words, plan)
    assert code == 2 and "is a file: name a folder." in said
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(("address", "policy"), [
    ("https://numbers.example:8443/visits?of=six", "connect-src 'self' https://numbers.example:8443 blob:"),
    ("/visits", "connect-src 'self' blob:"), ("", "connect-src 'self' blob:")])
def test_the_page_may_send_visits_where_its_owner_says(addon, tmp_path, monkeypatch, address: str, policy: str) -> None:
    page = importlib.import_module(f"{addon.__name__}.cli.exhibition_page")
    monkeypatch.setattr(page, "_PAGE", Path(addon.__file__).resolve().parent / "viewer" / "public")
    page.put_page(tmp_path / "web", page.checked_address(address))
    assert policy in (tmp_path / "web" / "index.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("address", ["http://a.example/", "ftp://a.example", "//a.example", "https://", "https://a b",
                                     "https://a'; script-src *", "https://u:p@a.example/", "javascript:alert(1)"])
def test_no_address_to_send_visits_to(addon, address: str) -> None:
    page = importlib.import_module(f"{addon.__name__}.cli.exhibition_page")
    with pytest.raises(Exception, match="is no address"):
        page.checked_address(address)


def test_a_killed_exhibition_goes_on_and_a_finished_one_is_the_artists(addon, tmp_path) -> None:
    works, out, report = tmp_path / "works", tmp_path / "out", tmp_path / "report.json"
    works.mkdir()
    _write_png(works / "0.png", blotches(60, 90, 0))
    (tmp_path / "brief.toml").write_text('works = "works"\nweb = false\n', encoding="utf-8")
    words = [str(word) for word in ("exhibition", "--brief", tmp_path / "brief.toml", "--out", out, "--report", report,
                                    "--still-size", 64, 64, "--samples", 1)]
    process = start("--quiet", *words[:-2], "--samples", 4096)
    while not (out / "exhibition.blend").exists() or not (out / ".unfinished.json").exists() or \
            "exhibition.blend" not in (out / ".unfinished.json").read_text():
        assert process.poll() is None, process.communicate()
        time.sleep(0.02)
    process.kill()
    process.communicate()
    (out / f".{process.pid}.part.blend").write_bytes(b"half written")
    (out / "stills").mkdir(exist_ok=True)
    (out / "stills" / "room-1.png").write_bytes(b"half written")
    before = {path.name: path.stat() for path in out.iterdir() if path.is_file()}
    execute = importlib.import_module(f"{addon.__name__}.cli").execute
    kept = (out / "exhibition.json").read_bytes()
    (out / "exhibition.json").write_bytes(kept + b"\n")  # edited meanwhile
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    assert execute(words) == 2
    (out / "exhibition.json").write_bytes(kept)
    told = before["exhibition.json"]
    os.utime(out / "exhibition.json", ns=(told.st_atime_ns, told.st_mtime_ns))
    assert execute(words) == 0
    assert json.loads(report.read_text(encoding="utf-8"))["status"] == "done"
    assert (out / "stills" / "room-1.png").read_bytes().startswith(b"\x89PNG")
    assert (out / "exhibition.blend").stat().st_mtime_ns > before["exhibition.blend"].st_mtime_ns
    assert sorted(path.name for path in out.iterdir()) == [
        "blender_assets.cats.txt", "exhibition.blend", "exhibition.blend1", "exhibition.json", "plan.png", "stills"]
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    assert execute(words) == 2  # it may have been edited since
