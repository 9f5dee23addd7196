"""The page as the Exhibition panel writes it: by a second Blender, which can be cancelled at once, and ends when the
first is gone."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

from tools import blender, environments
from tools.places import ROOT

SCRIPT = """
import importlib, json, os, signal, sys
from pathlib import Path

import bpy

jobs = importlib.import_module("bl_ext.user_default.vernissage.jobs.exhibition_page")
current = importlib.import_module("bl_ext.user_default.vernissage.jobs.current").current
kinds = importlib.import_module("bl_ext.user_default.vernissage.protocol.exhibition")
settings = importlib.import_module("bl_ext.user_default.vernissage.preferences").read_settings(bpy.context)
jobs.blender_program = lambda: [sys.executable, "-s", SHELL]  # the module has no program of its own
plan = Path(FOLDER) / "exhibition.json"
chosen = bpy.context.scene.vernissage.exhibition
default, chosen.light, chosen.folder = chosen.light, "off", FOLDER
bpy.data.objects["a-sea label"].location.z += 0.1
wrote = bpy.ops.vernissage.write_page()
page = current.exhibition.job.page
files = lambda: {str(path): path.read_bytes().hex() for path in sorted(Path(page).rglob("*.*"))}
before = files()
children, start = [], jobs.Child
jobs.Child = lambda *words, **named: children.append(start(*words, **named)) or children[-1]
work = jobs.PageWriting("Show", plan, plan.parent / "web", kinds.LightQuality.BEST, settings)
while work.job.progress is None:  # until it bakes
    work.tick(0.1)
    assert not work.is_finished, work.job.error
copy, (baking,) = work.job.folder, children
work.cancel()
while not work.is_finished:
    work.tick(0.1)
while baking.exit_code is None:  # it was killed, which is not waited for
    baking.lines(0.1)
print("TOLD", json.dumps({"default": default, "wrote": sorted(wrote), "page": page, "error": str(work.job.error.kind),
                          "ended": baking.exit_code, "copy": copy.exists(), "same": before == files()}))
work = jobs.PageWriting("Show", plan, plan.parent / "web", kinds.LightQuality.BEST, settings)
while work.job.progress is None:
    work.tick(0.1)
print("BAKING", children[-1].process_id, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_the_panel_writes_the_page_and_a_bake_that_is_cancelled_ends_at_once(built, tmp_path):
    folder, out = tmp_path, built[0].parent
    shutil.copyfile(out.parent / "plan.json", folder / "exhibition.json")
    shutil.copytree(built[0], folder / "web")
    script = folder / "press.py"
    script.write_text(f"FOLDER, SHELL = {str(folder)!r}, {str(ROOT / 'tools' / 'bpy_shell.py')!r}\n{SCRIPT}",
                      encoding="utf-8")
    answer = subprocess.run(
        blender.command(["-b", str(out / "exhibition.blend"), "--python-exit-code", "3", "-P", str(script)]),
        env=blender.environment(environments.BPY_DEMO, Path(os.environ["VERNISSAGE_PYTHON"])), stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8", errors="replace", check=False)
    assert answer.returncode == -signal.SIGKILL, answer.stdout
    told = json.loads(next(line for line in answer.stdout.splitlines() if line.startswith("TOLD "))[5:])
    assert (told["default"], told["wrote"], told["error"], told["same"]) == ("good", ["FINISHED"], "cancelled", True)
    assert (told["ended"], told["copy"]) == (-signal.SIGKILL, False)  # killed in the middle, and its copy is gone
    house = json.loads((folder / "web" / "house.json").read_text(encoding="utf-8"))
    assert [room["light"] for room in house["rooms"]] == [None, None]  # of before there was light
    assert not list((folder / "web" / "rooms").glob("*.webp"))
    baking = int(next(line for line in answer.stdout.splitlines() if line.startswith("BAKING "))[7:])
    end = time.monotonic() + 60
    while runs(baking):
        assert time.monotonic() < end
        time.sleep(0.2)


def runs(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] not in "ZX"
    except FileNotFoundError:
        return False
