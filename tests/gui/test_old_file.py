"""A file that the oldest Blender saved, in the desktop's, which is newer than any wheel of this Python."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from tests import old_file
from tests.gui.desktop import Desktop
from tools import environments
from tools.places import ROOT

SCRIPT = ROOT / "tests" / "addon" / "blend_of_versions.py"


def test_a_file_of_the_oldest_blender_has_its_materials_and_worlds(desktop: Desktop, tmp_path: Path) -> None:
    python, path = environments.blender_module(environments.BPY_TESTED[0]), tmp_path / "old.blend"
    answer = subprocess.run([python, SCRIPT, "--", "save", path], capture_output=True, text=True, check=False)
    assert path.exists(), answer.stdout + answer.stderr
    said = desktop.call("--background", "--python-exit-code", "1", "--python", str(SCRIPT), "--", "tell", str(path))
    told = json.loads(next(line for line in said.splitlines() if line.startswith('{"version"')))
    old_file.check(told)
    assert tuple(map(int, told["version"].split(" ")[0].split("."))) > tuple(map(int, environments.BPY_DEMO.split(".")))
