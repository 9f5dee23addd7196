"""`--command vernissage exhibition`, with a plan of two rooms: brought up to date, stopped, out of room, broken."""

from __future__ import annotations

import dataclasses
import importlib
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import bpy
import pytest

from tests.addon.two_rooms import changed, gallery_parts, two_rooms


@pytest.fixture
def parts(addon: ModuleType, empty_scene: bpy.types.Scene) -> SimpleNamespace:
    return gallery_parts(addon, empty_scene)


@pytest.fixture
def plan(parts: SimpleNamespace, tmp_path: Path) -> object:
    return two_rooms(parts, tmp_path)


def test_the_command_builds_a_plan_and_brings_it_up_to_date(addon, parts, plan, tmp_path, capfd) -> None:
    cli = importlib.import_module(f"{addon.__name__}.cli")
    file, out, report = tmp_path / "plan.json", tmp_path / "out", tmp_path / "report.json"
    file.write_text(parts.plan.plan_to_json(plan), encoding="utf-8")
    words = ["exhibition", "--plan", str(file), "--out", str(out), "--report", str(report), "--no-web"]
    film = ["--film", str(out / "tour.mp4"), "--film-size", "64", "36", "--film-samples", "1", "--film-every", "240"]
    capfd.readouterr()
    assert cli.execute([*words, "--still-size", "64", "64", "--samples", "1", *film]) == 0
    shown = capfd.readouterr()
    assert shown.out == ""  # what Blender says of its steps
    assert "tour: Rendering" in shown.err
    told = json.loads(report.read_text(encoding="utf-8"))
    assert told["status"] == "done"
    assert told["hang_error_mm"] < 0.1
    assert told["light_deviation"] <= 0.15
    assert sorted(path.relative_to(out).as_posix() for path in out.rglob("*.*")) == [
        "blender_assets.cats.txt", "exhibition.blend", "stills/room-1.png", "stills/room-2.png", "tour.mp4"]
    assert cli.execute([*words, "--no-stills"]) == 2  # what is there may have been edited
    bpy.ops.wm.open_mainfile(filepath=str(out / "exhibition.blend"))
    assert bpy.context.scene.camera.name == "tour camera"
    file.write_text(parts.plan.plan_to_json(changed(plan, 0, along_m=2.4)), encoding="utf-8")
    (tmp_path / "1.png").unlink()
    before = (out / "exhibition.blend").read_bytes()
    assert cli.execute([*words, "--no-stills", "--overwrite"]) == 1  # a picture is gone; what was built stays
    assert (out / "exhibition.blend1").read_bytes() == before
    told = json.loads(report.read_text(encoding="utf-8"))
    assert told["objects"]["replaced"] > 0
    assert told["objects"]["made"] == 0
    assert [each["part"] for each in told["failed"]] == ["work-1"]


@pytest.mark.parametrize("last", ["work_off", "build_exhibition", "save_exhibition"])
def test_a_command_that_is_stopped_says_so_and_begins_nothing_more(addon, parts, plan, tmp_path, monkeypatch, last: str
                                                                   ) -> None:
    exhibition = importlib.import_module(f"{addon.__name__}.cli.exhibition")
    really, out, report = getattr(exhibition, last), tmp_path / "out", tmp_path / "report.json"

    def stopped(*words: object, **options: object) -> object:
        os.kill(os.getpid(), signal.SIGINT)
        return really(*words, **options)

    monkeypatch.setattr(exhibition, last, stopped)
    source = ["--works", str(tmp_path / "0.png")] if last == "work_off" else ["--plan", str(tmp_path / "plan.json")]
    (tmp_path / "plan.json").write_text(parts.plan.plan_to_json(plan), encoding="utf-8")
    assert importlib.import_module(f"{addon.__name__}.cli").execute(
        ["exhibition", *source, "--out", str(out), "--report", str(report), "--no-web"]) == 1
    assert json.loads(report.read_text(encoding="utf-8"))["status"] == "cancelled"
    assert sorted(path.name for path in out.rglob("*")) == (
        [".unfinished.json", "blender_assets.cats.txt", "exhibition.blend"] if last == "save_exhibition" else [])


def test_a_command_on_a_full_disk_leaves_the_file_as_it_was(addon, parts, plan, tmp_path) -> None:
    cli = importlib.import_module(f"{addon.__name__}.cli")
    file, out, report = tmp_path / "plan.json", tmp_path / "out", tmp_path / "report.json"
    file.write_text(parts.plan.plan_to_json(plan), encoding="utf-8")
    words = ["exhibition", "--plan", str(file), "--out", str(out), "--report", str(report), "--no-web",
             "--no-stills"]
    assert cli.execute(words) == 0
    before = (out / "exhibition.blend").read_bytes()
    limits, handler = resource.getrlimit(resource.RLIMIT_FSIZE), signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) // 2, limits[1]))
        assert cli.execute([*words, "--overwrite"]) == 1
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)
    assert (out / "exhibition.blend").read_bytes() == before
    assert sorted(path.name for path in out.iterdir()) == ["blender_assets.cats.txt", "exhibition.blend"]
    assert "could not be written" in json.loads(report.read_text(encoding="utf-8"))["error"]["sentence"]


def test_an_artists_file_is_kept_however_often_it_is_written_over(addon, parts, plan, tmp_path, capsys) -> None:
    execute = importlib.import_module(f"{addon.__name__}.cli").execute
    file, out = tmp_path / "plan.json", tmp_path / "out"
    file.write_text(parts.plan.plan_to_json(plan), encoding="utf-8")
    words = ["exhibition", "--plan", str(file), "--out", str(out), "--no-web", "--no-stills", "--overwrite"]
    out.mkdir()
    (out / "exhibition.blend").write_bytes(b"the artist's")
    for _ in range(2):
        bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
        assert execute(words) == 0
        assert (out / "exhibition.blend1").read_bytes() == b"the artist's"
    assert "What was there is kept as exhibition-1.blend." in capsys.readouterr().err
    assert sorted(path.name for path in out.iterdir()) == [
        "blender_assets.cats.txt", "exhibition-1.blend", "exhibition.blend", "exhibition.blend1"]


def test_pictures_that_no_exhibition_wrote_are_asked_about(addon, parts, plan, tmp_path, capsys) -> None:
    (tmp_path / "plan.json").write_text(parts.plan.plan_to_json(plan), encoding="utf-8")
    (tmp_path / "out" / "stills").mkdir(parents=True)
    (tmp_path / "out" / "stills" / "room-1.png").write_bytes(b"theirs")
    assert importlib.import_module(f"{addon.__name__}.cli").execute(
        ["exhibition", "--plan", str(tmp_path / "plan.json"), "--out", str(tmp_path / "out"), "--no-web"]) == 2
    assert "room-1.png is there, and no exhibition with it" in capsys.readouterr().err
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["stills"]


def test_what_breaks_in_a_command_is_reported(addon, parts, plan, tmp_path, monkeypatch, capsys) -> None:
    exhibition = importlib.import_module(f"{addon.__name__}.cli.exhibition")

    def broken(*_: object) -> None:
        raise RuntimeError("Error: no camera")

    monkeypatch.setattr(exhibition, "set_up_scene", broken)
    (tmp_path / "plan.json").write_text(parts.plan.plan_to_json(plan), encoding="utf-8")
    assert importlib.import_module(f"{addon.__name__}.cli").execute(
        ["exhibition", "--plan", str(tmp_path / "plan.json"), "--out", str(tmp_path / "out"),
         "--report", str(tmp_path / "report.json"), "--no-web"]) == 1
    told = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert told["error"]["kind"] == "internal"
    assert "no camera" in capsys.readouterr().err


@pytest.mark.parametrize(("node", "said"), [(None, "install Node.js 18 or newer"), ("exit 1", "could not make"),
                                            ("echo 'TypeError: no' >&2; exit 1", "smaller: TypeError: no")])
def test_rooms_stay_as_they_are_without_a_node_that_works(addon, tmp_path, monkeypatch, node: str | None, said: str
                                                          ) -> None:
    page = importlib.import_module(f"{addon.__name__}.cli.exhibition_page")
    room, program = tmp_path / "room.glb", tmp_path / "node"
    room.write_bytes(b"glTF")
    if node is not None:
        program.write_text(f"#!/bin/sh\n{node}\n")
        program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(page, "_PACK", room)
    assert said in page.pack_rooms([room])
    assert room.read_bytes() == b"glTF"


def test_a_page_is_of_the_plan_that_was_built_and_leaves_what_is_not_its_own(addon, parts, plan, tmp_path, capsys
                                                                             ) -> None:
    file, web = tmp_path / "plan.json", tmp_path / "web"
    file.write_text(parts.plan.plan_to_json(plan), encoding="utf-8")
    parts.build.build_exhibition(parts.scene, plan, tmp_path)
    execute = importlib.import_module(f"{addon.__name__}.cli").execute
    words = ["exhibition-page", "--plan", str(file), "--light", "off", "--report", str(tmp_path / "report.json")]
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs" / "index.html").write_text("theirs")
    assert execute([*words, "--out", str(tmp_path / "theirs")]) == 2
    assert "is there, and of no page that Vernissage wrote" in capsys.readouterr().err
    assert [path.read_text() for path in (tmp_path / "theirs").iterdir()] == ["theirs"]
    shutil.rmtree(tmp_path / "theirs")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert execute([*words, "--out", str(tmp_path)]) == 1
    assert "lies in the page's folder" in capsys.readouterr().err
    assert "lies in the page's folder" in json.loads((tmp_path / "report.json").read_text())["error"]["sentence"]
    assert {name: (tmp_path / name).read_bytes() for name in before} == before
    (web / "films").mkdir(parents=True)
    (web / "films" / "7.mp4").write_bytes(b"theirs")
    assert execute([*words, "--out", str(web), "--visits-to", "/visits"]) == 0
    assert (web / "films" / "7.mp4").read_bytes() == b"theirs"
    house = json.loads((web / "house.json").read_text(encoding="utf-8"))
    assert house["visits"] == "/visits"
    assert all((web / room["glb"]).is_file() for room in house["rooms"])
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    (web / f".{gone.pid}.partabc").mkdir()  # of a run that was killed while it baked
    house["works"][0]["film"] = {"file": "films/9.webm", "bytes": 3}
    house["works"][0]["made"] = {"images": [{"file": "../1.png"}]}  # no page of ours names such
    (web / "house.json").write_text(json.dumps(house), encoding="utf-8")
    (web / "films" / "9.webm").write_bytes(b"old")
    assert execute([*words, "--out", str(web)]) == 0
    assert json.loads((web / "house.json").read_text(encoding="utf-8"))["visits"] == "/visits"  # as before
    assert not (web / "films" / "9.webm").exists()  # it hangs no more
    assert not (web / f".{gone.pid}.partabc").exists()
    assert (web / "films" / "7.mp4").is_file() and (tmp_path / "1.png").is_file()
    file.write_text(parts.plan.plan_to_json(changed(plan, 0, along_m=2.4)), encoding="utf-8")
    assert execute([*words, "--out", str(web)]) == 1
    assert "changed since the exhibition was built" in capsys.readouterr().err


@pytest.mark.parametrize(("wrong", "said"), [
    ("beyond", "wrong: 1 <b>One</b> reaches beyond the north wall of room-1"),
    ("none", "There are no works to exhibit."),
])
def test_a_plan_that_cannot_be_so_is_refused_before_anything_is_built(addon, parts, plan, tmp_path, capsys, wrong: str,
                                                                      said: str) -> None:
    bad = changed(plan, 0, along_m=60.0) if wrong == "beyond" else dataclasses.replace(plan, works=())
    (tmp_path / "plan.json").write_text(parts.plan.plan_to_json(bad), encoding="utf-8")
    assert importlib.import_module(f"{addon.__name__}.cli").execute(
        ["exhibition", "--plan", str(tmp_path / "plan.json"), "--out", str(tmp_path / "out"),
         "--report", str(tmp_path / "report.json"), "--no-web"]) == 1
    assert said in capsys.readouterr().err
    assert json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))["status"] == "failed"
    assert not (tmp_path / "out").exists()


def test_a_page_tells_of_each_work_whose_file_is_gone_or_broken(addon, parts, plan, tmp_path, capsys) -> None:
    (tmp_path / "plan.json").write_text(parts.plan.plan_to_json(plan), encoding="utf-8")
    parts.build.build_exhibition(parts.scene, plan, tmp_path)
    bpy.data.images["2.png"].pack()  # which needs no file any more
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "exhibition.blend"))
    for name in ("0.png", "2.png"):
        (tmp_path / name).unlink()
    (tmp_path / "1.png").write_bytes(b"broken")
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "exhibition.blend"))
    assert importlib.import_module(f"{addon.__name__}.cli").execute(
        ["exhibition-page", "--plan", str(tmp_path / "plan.json"), "--light", "off", "--out", str(tmp_path / "web"),
         "--report", str(tmp_path / "report.json")]) == 0
    told = [line for line in capsys.readouterr().err.splitlines() if "shows nothing of" in line]
    assert told == [f"The page shows nothing of {name}: {file} is not there, or cannot be read. Put another copy there."
                    for name, file in (("<b>One</b>", "0.png"), ("Two", "1.png"))]
    remarks = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))["remarks"]
    assert [each["values"]["file"] for each in remarks if "file" in each["values"]] == ["0.png", "1.png"]
