"""What something that was made of a prompt is called."""

from __future__ import annotations

from pathlib import Path

__all__ = ["name_of_prompt"]

_NAME_BYTES = 48  # of the 63 that a name may have before Blender 5.0: " base colour" and ".001" fit


def name_of_prompt(prompt: str, picture: str = "") -> str:
    """Of a prompt, or of a picture without one: cut at a word where it is too long."""
    name = " ".join(prompt.split()) or Path(picture).stem
    if len(name.encode()) <= _NAME_BYTES:
        return name
    cut = name.encode()[:_NAME_BYTES].decode(errors="ignore")
    return cut.rpartition(" ")[0] or cut
