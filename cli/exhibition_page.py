"""The page that shows an exhibition in a browser, and its rooms made smaller for the way there."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from ..protocol.errors import StorageError

__all__ = ["pack_rooms", "put_page"]

_VIEWER = Path(__file__).resolve().parents[1] / "viewer"
_PAGE, _PACK = _VIEWER / "dist", _VIEWER / "bin" / "pack.mjs"
_LONGEST_S = 1800


def put_page(folder: Path) -> None:
    """The page, beside the house.

    Raises:
        StorageError: it is missing, or cannot be written.
    """
    _check(_PAGE / "index.html")
    try:
        shutil.copytree(_PAGE, folder, dirs_exist_ok=True)
    except (OSError, shutil.Error) as error:
        raise StorageError("{path} could not be written.", "Name another folder, or make room on the disk.",
                           path=folder) from error


def pack_rooms(rooms: Sequence[Path]) -> str:
    """Let Node.js make the GLBs smaller, where there is one; a sentence for the artist. What cannot be made smaller
    stays as it is, and is as valid.

    Raises:
        StorageError: the program for it is missing.
    """
    _check(_PACK)
    before = sum(path.stat().st_size for path in rooms)
    node = shutil.which("node")
    if node is None:
        return f"rooms: {_mb(before)}; install Node.js 18 or newer for smaller files"
    try:
        answer = subprocess.run([node, str(_PACK), *map(str, rooms)], stdin=subprocess.DEVNULL, capture_output=True,
                                text=True, encoding="utf-8", errors="replace", timeout=_LONGEST_S, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"rooms: {_mb(before)}; Node.js could not make them smaller: {error}"
    if answer.returncode != 0:
        reason = next((line for line in answer.stderr.splitlines() if "Error" in line), "it says nothing")
        return f"rooms: {_mb(before)}; Node.js (18 or newer is needed) could not make all of them smaller: {reason}"
    return f"rooms: {_mb(sum(path.stat().st_size for path in rooms))}, made smaller from {_mb(before)}"


def _mb(size: int) -> str:
    return f"{size / 1e6:.2f} MB"


def _check(path: Path) -> None:
    if not path.is_file():
        raise StorageError("The page for browsers is missing: {path}.",
                           "Install Vernissage again; in a checkout, run `python3 dev.py build` first.", path=path)
