"""A file that the oldest Blender of this Python saved is whole in this one, and in the right colours.

Where only one Blender is tested (Python 3.13) that saves it too. In tests/gui the desktop's Blender opens it.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests import old_file
from tests.addon import blend_of_versions
from tools import environments


def test_a_file_of_the_oldest_blender_has_its_materials_and_worlds(addon, tmp_path: Path) -> None:
    python, path = environments.blender_module(environments.BPY_TESTED[0]), tmp_path / "old.blend"
    answer = subprocess.run([python, blend_of_versions.__file__, "--", "save", path], capture_output=True, text=True)
    assert path.exists(), answer.stdout + answer.stderr
    old_file.check(blend_of_versions.tell(str(path)))
