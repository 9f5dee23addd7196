"""Steps that demos are made of: Blender, Python of the backend's environment, and a folder for what they make."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

from . import blender
from .failures import WorkshopError
from .places import ROOT
from .progress import Line

__all__ = ["call", "make_folder", "script", "tool"]


def make_folder(out: str) -> Path:
    """Absolute. Raises `WorkshopError`."""
    folder = Path(out).expanduser().absolute()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WorkshopError(f"{folder} cannot be made ({error.strerror}): choose another folder with --out.") from error
    return folder


def script(title: str, variables: dict[str, str], arguments: Sequence[object]) -> None:
    """Blender with these arguments; its words are shown only if it fails. Raises `WorkshopError`."""
    with Line(title):
        call(blender.command([str(word) for word in arguments]), variables)


def call(command: Sequence[object], variables: dict[str, str]) -> None:
    """The same of any program."""
    answer = subprocess.run([str(word) for word in command], cwd=ROOT, env=variables, stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", check=False)
    if answer.returncode != 0:
        raise WorkshopError(f"a step of the demo failed (exit code {answer.returncode}):\n{answer.stdout[-3000:]}")


def tool(name: str) -> Path:
    """A file of this folder, to be run inside Blender."""
    return ROOT / "tools" / name
