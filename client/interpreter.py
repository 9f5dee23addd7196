"""Finds a Python to build the backend's environment with."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from ..protocol.errors import EnvironmentBroken
from .child import clean_environment

__all__ = ["PYTHON_VERSIONS", "find_interpreter"]

PYTHON_VERSIONS = ((3, 11), (3, 12), (3, 13))  # what the pinned packages have wheels for
PROBE_TIMEOUT_S = 20.0
PROBE = "import sys; print(sys.executable); print(*sys.version_info[:2]); import venv, ensurepip; print('complete')"

INSTALL_PYTHON_REMEDY = ("Install Python 3.11, 3.12 or 3.13 from python.org (on Debian and Ubuntu: python3-full), "
                         "or choose one in the add-on's preferences.")


def find_interpreter(chosen: Path | None = None) -> Path:
    """A Python 3.11 to 3.13 with `venv` and `ensurepip`. Runs candidates, so it takes up to seconds.

    Args:
        chosen: the artist's choice; then no other is tried.

    Raises:
        EnvironmentBroken: it cannot be used, or there is none.
    """
    if chosen is not None:
        return _probe(Path(chosen))
    tried = set()
    for command in _candidates():
        if command in tried:
            continue
        tried.add(command)
        with contextlib.suppress(EnvironmentBroken):
            return _probe(*command)
    raise EnvironmentBroken("No Python 3.11, 3.12 or 3.13 with venv was found on this machine.",
                            INSTALL_PYTHON_REMEDY)


def _candidates() -> Iterator[tuple[str | Path, ...]]:
    if Path(sys.executable or "").name.lower().startswith("python"):  # else it is Blender itself
        yield (Path(sys.executable),)
    numbers = [f"{major}.{minor}" for major, minor in PYTHON_VERSIONS]
    for name in [*(f"python{number}" for number in numbers), "python3", "python"]:
        if found := shutil.which(name):
            yield (Path(found),)
    for number in numbers:
        if sys.platform == "win32":
            yield ("py", f"-{number}")
        elif sys.platform == "darwin":  # an app that is started from the Finder has a short PATH
            for folder in ("/opt/homebrew/bin", "/usr/local/bin",
                           f"/Library/Frameworks/Python.framework/Versions/{number}/bin"):
                yield (Path(folder) / f"python{number}",)


def _probe(*command: str | Path) -> Path:
    name = " ".join(map(str, command))
    try:
        run = subprocess.run([*map(str, command), "-I", "-B", "-c", PROBE], stdin=subprocess.DEVNULL,
                             capture_output=True, text=True, encoding="utf-8", errors="replace",
                             timeout=PROBE_TIMEOUT_S, env=clean_environment(os.environ),
                             creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0))
    except (OSError, subprocess.TimeoutExpired) as error:
        reason = getattr(error, "strerror", None) or f"no answer within {PROBE_TIMEOUT_S:.0f} s"
        raise EnvironmentBroken("The Python at {python} cannot be started: {reason}.", INSTALL_PYTHON_REMEDY,
                                python=name, reason=reason) from error
    match run.stdout.split("\n"):
        case [_, version, *_] if version.strip() not in {f"{major} {minor}" for major, minor in PYTHON_VERSIONS}:
            raise EnvironmentBroken("The Python at {python} is version {version}: must be 3.11, 3.12 or 3.13.",
                                    INSTALL_PYTHON_REMEDY, python=name, version=version.strip().replace(" ", "."))
        case [executable, _, "complete", *_] if run.returncode == 0:
            return Path(executable.strip())
        case [_, _, *_]:
            raise EnvironmentBroken("The Python at {python} lacks venv or ensurepip.", INSTALL_PYTHON_REMEDY,
                                    python=name)
    raise EnvironmentBroken("{python} is not a Python (exit code {code}).", INSTALL_PYTHON_REMEDY,
                            python=name, code=run.returncode)
