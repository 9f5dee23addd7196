"""What an exhibition that was killed goes on from."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from vernissage.cli.arguments import UsageError
from vernissage.cli.unfinished import Unfinished


def test_only_what_nobody_has_saved_since_is_written_over(tmp_path: Path) -> None:
    ours, theirs = tmp_path / "exhibition.json", tmp_path / "exhibition.blend"
    ours.write_text("{}")
    theirs.write_text("BLENDER")
    run = Unfinished(tmp_path)
    assert not run.has(ours)
    run.note(ours)
    again = Unfinished(tmp_path)
    assert again.has(ours) and not again.has(theirs)
    told = ours.stat()
    os.utime(ours, ns=(told.st_atime_ns, told.st_mtime_ns + 1))
    assert not Unfinished(tmp_path).has(ours)
    again.finish()
    assert not Unfinished(tmp_path).has(ours)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["exhibition.blend", "exhibition.json"]


def test_what_killed_runs_left_half_written_goes_and_what_others_write_stays(tmp_path: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    (tmp_path / "web").mkdir()
    for name in (f".{gone.pid}.part.blend", f"web/.{gone.pid}.partabc"):
        (tmp_path / name).write_text("half")
    stays = [f".{os.getpid()}.part.blend", f".12345678.{gone.pid}.part", "web/.well-known", f"{gone.pid}.part"]
    for name in stays:
        (tmp_path / name).write_text("theirs")
    (tmp_path / "plan.json").write_text("{}")
    Unfinished(tmp_path).clear()  # of a folder without any run of ours nothing is touched
    assert (tmp_path / f".{gone.pid}.part.blend").exists()
    Unfinished(tmp_path).note(tmp_path / "plan.json")
    Unfinished(tmp_path).clear()
    assert sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()) == sorted(
        [*stays, "plan.json", ".unfinished.json"])


def test_a_run_that_still_runs_and_those_of_other_machines_are_left_alone(tmp_path: Path) -> None:
    plan, note = tmp_path / "exhibition.json", tmp_path / ".unfinished.json"
    plan.write_text("{}")
    Unfinished(tmp_path).note(plan)
    ours = json.loads(note.read_text())
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        note.write_text(json.dumps(ours | {"process": other.pid}))
        with pytest.raises(UsageError, match="another exhibition is being made in"):
            Unfinished(tmp_path)
        other.communicate()
    assert Unfinished(tmp_path).has(plan)
    note.write_text(json.dumps(ours | {"process": 10 ** 20}))
    assert Unfinished(tmp_path).has(plan)
    (tmp_path / f".{other.pid}.part.blend").write_text("half")
    note.write_text(json.dumps(ours | {"machine": "elsewhere"}))
    elsewhere = Unfinished(tmp_path)
    elsewhere.clear()
    assert not elsewhere.has(plan) and (tmp_path / f".{other.pid}.part.blend").exists()
