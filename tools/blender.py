"""Blender's command line with this extension enabled from the sources, in a profile of its own.

A Blender ≥ 4.2 in `BLENDER` or on the path is taken, else the `bpy` wheel with `tools/bpy_shell.py`.
The profile lies in `.dev/`, so that the user's own preferences are never touched.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from . import environments
from .failures import WorkshopError
from .places import DEV, ROOT
from .system_libraries import explain_missing

__all__ = ["ADDON", "command", "environment", "find_blender", "link_extension", "run"]

ADDON = "bl_ext.user_default.vernissage"
OLDEST = (4, 2)


def run(arguments: Sequence[str]) -> int:
    blender = find_blender()
    backend = environments.backend()
    if blender is None:
        return _wait_for(command(arguments), environment(environments.BPY_DEMO, backend))
    path, version = blender
    return _wait_for([path, "--addons", ADDON, *arguments], environment(version, backend))


def _wait_for(words: Sequence[str], variables: dict[str, str]) -> int:
    """Ctrl-C reaches the process too: it saves what it has finished, and is waited for until it has left."""
    with subprocess.Popen(words, env=variables) as process:
        while True:
            try:
                return process.wait()
            except KeyboardInterrupt:
                continue


def command(arguments: Sequence[str], version: str = environments.BPY_DEMO) -> list[str]:
    """The process that answers Blender's arguments with the `bpy` wheel."""
    python = environments.blender_module(version)
    explain_missing(python)
    return [str(python), "-s", str(ROOT / "tools" / "bpy_shell.py"), *arguments]


def environment(version: str, backend: Path) -> dict[str, str]:
    """The process environment: our profile with the extension in it, and the backend's Python."""
    profile = DEV / f"profile-{'.'.join(version.split('.')[:2])}"
    link_extension(profile / "extensions" / "user_default")
    return {**os.environ, "BLENDER_USER_RESOURCES": str(profile),
            "VERNISSAGE_PYTHON": os.environ.get("VERNISSAGE_PYTHON") or str(backend)}


def find_blender() -> tuple[str, str] | None:
    """Path and version of a Blender ≥ 4.2 that is not the wheel, or None.

    Raises:
        WorkshopError: `BLENDER` names something else.
    """
    asked = os.environ.get("BLENDER")
    path = shutil.which(asked or "blender")
    version = _version(path) if path else None
    if path and version and tuple(map(int, version.split(".")[:2])) >= OLDEST:
        return path, version
    if asked:
        found = f"it says version {version}" if version else "it cannot be run"
        raise WorkshopError(f"BLENDER is {asked}, but {found}: set it to a Blender 4.2 or newer, or unset it "
                            "to use Blender's Python module.", 2)
    return None


def link_extension(repository: Path) -> None:
    """Make `repository/vernissage` the sources themselves, so that a change needs no new build."""
    link = repository / "vernissage"
    repository.mkdir(parents=True, exist_ok=True)
    if link.exists() and link.resolve() == ROOT:
        return
    if link.is_symlink():
        link.unlink()
    if sys.platform == "win32":  # a junction needs no rights that a symbolic link would
        import _winapi

        _winapi.CreateJunction(str(ROOT), str(link))
    else:
        link.symlink_to(ROOT, target_is_directory=True)


def _version(path: str) -> str | None:
    try:
        answer = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    match = re.search(r"Blender (\d+\.\d+\.\d+)", answer.stdout)
    return match.group(1) if match else None
