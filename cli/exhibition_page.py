"""The page that shows an exhibition in a browser, and its rooms made smaller for the way there."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from ..protocol.errors import StorageError
from .arguments import UsageError

__all__ = ["WEB", "check_page", "checked_address", "pack_rooms", "put_page"]

WEB = "web"  # its folder, in that of the exhibition
_VIEWER = Path(__file__).resolve().parents[1] / "viewer"
_PAGE, _PACK = _VIEWER / "dist", _VIEWER / "bin" / "pack.mjs"
_CONNECT = "connect-src 'self'"  # of the page's policy
_LONGEST_S = 1800


def checked_address(text: str) -> str:
    """Where visitors may send their figures; "" for nowhere.

    Raises:
        UsageError: it is no address that a page may send to.
    """
    try:
        parts = urlsplit(text)
        is_own = not parts.scheme and not parts.netloc
        is_good = text.isascii() and text.isprintable() and not set(" '\";,<>*\\") & set(text) and (
            is_own or (parts.scheme == "https" and bool(parts.hostname) and "@" not in parts.netloc
                       and (parts.port or 443) > 0))
    except ValueError:
        is_good = False
    if not is_good:
        raise UsageError(f"--visits-to {text} is no address: give one that begins with https://, or one on the page's "
                         "own host, as /visits.")
    return text


def check_page() -> None:
    """Raises:
        StorageError: it is missing.
    """
    _check(_PAGE / "index.html")
    _check(_PACK)


def put_page(folder: Path, visits_to: str = "") -> None:
    """The page, beside the house.

    Args:
        visits_to: as `checked_address` has it. Its policy lets the page send there and to no other host.

    Raises:
        StorageError: it is missing, or cannot be written.
    """
    check_page()
    parts = urlsplit(visits_to)
    try:
        shutil.copytree(_PAGE, folder, dirs_exist_ok=True)
        if parts.netloc:
            index = folder / "index.html"
            text = index.read_text(encoding="utf-8")
            assert _CONNECT in text, "the page has another policy"
            index.write_text(text.replace(_CONNECT, f"{_CONNECT} {parts.scheme}://{parts.netloc}", 1),
                             encoding="utf-8")
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
                           "Install Vernissage again; in a checkout, run `python3 dev.py build` first. Or give "
                           "--no-web.", path=path)
