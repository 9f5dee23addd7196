"""Builds the web page of `viewer/` with npm, into `viewer/dist`, and what makes rooms smaller, into `viewer/bin`: the
extension's zip carries both."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from .failures import WorkshopError
from .places import ROOT
from .progress import Line

__all__ = ["VIEWER", "build_viewer", "check_viewer"]

VIEWER = ROOT / "viewer"
NODE_OLDEST = 18
MODULES = VIEWER / "node_modules"
INSTALLED = MODULES / ".vernissage-installed"  # the hashes of what the packages and the page were made from
BUILT = MODULES / ".vernissage-built"


def build_viewer() -> Path:
    """The folder with the built page; made when it is missing or its sources have changed.

    Raises:
        WorkshopError: there is no Node.js with npm, the packages cannot be installed, or the sources are wrong.
    """
    dist = VIEWER / "dist"
    wanted = _hash([VIEWER / "package-lock.json", *_sources()])
    if _said(BUILT) != wanted or not all(path.is_file() for path in (dist / "index.html", VIEWER / "bin" / "pack.mjs")):
        with Line("Building the viewer") as line:
            _install(line)
            line.say("esbuild")
            _call("node", "build.mjs")
            BUILT.write_text(wanted, encoding="utf-8")
    return dist


def check_viewer() -> None:
    """Raise a `WorkshopError` when TypeScript finds a fault."""
    with Line("Preparing the viewer's packages") as line:
        _install(line)
    for part in (".", "pack"):
        _call("node", "node_modules/typescript/bin/tsc", "--noEmit", "-p", part)


def _install(line: Line) -> None:
    _check_node()
    wanted = _hash([VIEWER / "package-lock.json"])
    if _said(INSTALLED) == wanted:
        return
    line.say("npm ci")
    _call("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
    INSTALLED.write_text(wanted, encoding="utf-8")


def _check_node() -> None:
    remedy = f"install Node.js {NODE_OLDEST} or newer with npm (on Debian and Ubuntu: apt-get install nodejs npm)."
    if not shutil.which("node") or not shutil.which("npm"):
        raise WorkshopError(f"the viewer is built with Node.js and npm, which are not here: {remedy}")
    version = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False).stdout.strip()
    if int(version.lstrip("v").split(".")[0] or 0) < NODE_OLDEST:
        raise WorkshopError(f"the viewer cannot be built with Node.js {version}: {remedy}")


def _sources() -> Iterator[Path]:
    yield VIEWER / "package.json"
    yield VIEWER / "build.mjs"
    for folder in ("src", "public", "pack"):
        yield from sorted(path for path in (VIEWER / folder).rglob("*") if path.is_file())


def _hash(paths: list[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(f"{path.relative_to(VIEWER)}\0".encode() + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _said(mark: Path) -> str | None:
    return mark.read_text(encoding="utf-8") if mark.is_file() else None


def _call(*command: str) -> None:
    answer = subprocess.run(command, cwd=VIEWER, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if answer.returncode != 0:
        said = (answer.stdout + answer.stderr).strip()
        raise WorkshopError(f"{' '.join(command[:2])} failed in viewer/:\n{said[-2000:]}")
