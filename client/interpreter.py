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

__all__ = ["find_interpreter"]

VERSION_NAMES = ("3.11", "3.12", "3.13")  # what the pinned packages have wheels for
PROBE_TIMEOUT_S = 20.0
PROBE = ("import sys; print(sys.executable); print('Python %d.%d' % sys.version_info[:2]); "
         "import venv, ensurepip; print('complete')")

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
    for name in [*(f"python{number}" for number in VERSION_NAMES), "python3", "python"]:
        if found := shutil.which(name):
            yield (Path(found),)
    for number in VERSION_NAMES:
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
    executable, version, complete, *_ = [line.strip() for line in run.stdout.split("\n")] + [""] * 3
    if not version.startswith("Python "):
        raise EnvironmentBroken("{python} is not a Python (exit code {code}).", INSTALL_PYTHON_REMEDY,
                                python=name, code=run.returncode)
    version = version.removeprefix("Python ")
    if version not in VERSION_NAMES:
        raise EnvironmentBroken("The Python at {python} is version {version}: must be 3.11, 3.12 or 3.13.",
                                INSTALL_PYTHON_REMEDY, python=name, version=version)
    if not complete:
        raise EnvironmentBroken("The Python at {python} lacks venv or ensurepip.", INSTALL_PYTHON_REMEDY, python=name)
    return Path(executable)
