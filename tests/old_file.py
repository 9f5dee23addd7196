"""What a file of an old Blender has to be in a new one: see tests/addon/blend_of_versions.py."""

from __future__ import annotations

import pytest

__all__ = ["check"]


def check(told: dict) -> None:
    """Whether all of it is there, in the right colours, and lights as it should."""
    saved = told["saved"]
    assert told["images"] == {
        "Wall base colour": ["sRGB", True, 32], "Wall orm": ["Non-Color", True, 32],
        "Wall normal": ["Non-Color", True, 32], "Wall height": ["Non-Color", True, 32],
        "World - noon": ["Linear Rec.709", True, 64], "Background - noon": ["sRGB", True, 64]}
    assert told["assets"] == ["Wall", "World - noon"]
    assert told["prompt"] == "wall"
    assert told["background"] == pytest.approx([linear(saved["sky"])] * 3, rel=0.02)
    assert told["grey ball"] == pytest.approx(0.18 * saved["radiance"], rel=0.03)
    # A dielectric in an even light gives back its colour, and at its surface a little of the light besides.
    assert told["ball"] == pytest.approx([linear(saved["colour"]) * saved["radiance"]] * 3, rel=0.1)


def linear(encoded: float) -> float:
    return ((encoded + 0.055) / 1.055) ** 2.4
