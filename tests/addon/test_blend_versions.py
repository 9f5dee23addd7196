"""A file that the oldest Blender of this Python saved is whole in this one, and in the right colours.

Where only one Blender is tested (Python 3.13) that saves it too.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

import bpy
import pytest

from tests.addon import blend_of_versions
from tests.addon.blend_of_versions import COLOUR, RADIANCE, SKY
from tools import environments


def test_a_file_of_the_oldest_blender_has_its_materials_and_worlds(addon, tmp_path: Path) -> None:
    python, path = environments.blender_module(environments.BPY_TESTED[0]), tmp_path / "old.blend"
    answer = subprocess.run([python, blend_of_versions.__file__, "--", "save", path], capture_output=True, text=True)
    assert path.exists(), answer.stdout + answer.stderr
    told = blend_of_versions.tell(str(path))
    assert told["images"] == {
        "Wall base colour": ["sRGB", True, 32], "Wall orm": ["Non-Color", True, 32],
        "Wall normal": ["Non-Color", True, 32], "Wall height": ["Non-Color", True, 32],
        "World - noon": ["Linear Rec.709", True, 64], "Background - noon": ["sRGB", True, 64]}
    assert told["assets"] == ["Wall", "World - noon"]
    assert told["background"] == pytest.approx([linear(SKY)] * 3, rel=0.02)
    assert told["grey ball"] == pytest.approx(0.18 * RADIANCE, rel=0.03)
    # A dielectric in an even light gives back its colour, and at its surface a little of the light besides.
    assert told["ball"] == pytest.approx([linear(COLOUR) * RADIANCE] * 3, rel=0.1)
    assert bpy.data.materials["Wall"]["prompt"] == "wall"


def linear(encoded: float) -> float:
    return ((encoded + 0.055) / 1.055) ** 2.4
