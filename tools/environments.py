"""The virtual environments in `.dev/`: made on first use, taken as they are while their mark fits.

The backend's is made by the extension's own installer, as Install in the preferences does it. The others hold
a mark with the hash of what was asked for (Python's version, requirements); anything else is installed on top.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import subprocess
import sys
import venv
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from .failures import WorkshopError
from .places import DEV, ROOT
from .progress import Line

__all__ = ["BPY_DEMO", "BPY_TESTED", "CHROMIUM", "backend", "blender_module", "browser", "checker",
           "newest_blender_module"]

# Python 3.11 and 3.13 get different wheels of Blender's module.
_BPY = {(3, 11): ("4.2.23", "4.5.15", "5.0.1"), (3, 13): ("5.2.3",)}
BPY_TESTED = _BPY[sys.version_info[:2]]
BPY_DEMO = BPY_TESTED[-1]
CHROMIUM = "/usr/bin/chromium"

MARK = "vernissage-workshop"


@dataclass(frozen=True)
class Environment:
    """A virtual environment and what pip fills it with: names with versions, or requirement files of ours."""

    name: str
    requirements: tuple[str, ...]

    @property
    def folder(self) -> Path:
        return DEV / self.name

    @property
    def python(self) -> Path:
        return self.folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

    @property
    def mark(self) -> str:
        digest = hashlib.sha256(f"{sys.version_info[:3]} {self.requirements}".encode())
        for name in self.requirements:
            if name.endswith(".txt"):
                digest.update((ROOT / name).read_bytes())
        return digest.hexdigest()

    @property
    def is_complete(self) -> bool:
        mark = self.folder / MARK
        return mark.is_file() and mark.read_text(encoding="utf-8") == self.mark and self.python.exists()

    def fill(self, line: Line) -> None:
        """Install what it lacks, and mark it complete."""
        _pip(self, line)
        (self.folder / MARK).write_text(self.mark, encoding="utf-8")


def backend() -> Path:
    """The Python of the backend's environment for the CPU, with the tests' needs on top."""
    environment = Environment("backend", ("tools/requirements/tests.txt", "tools/requirements/backend_tests.txt"))
    _import_extension()
    health = import_module("vernissage.client.environment")
    if health.check_environment(environment.folder, "cpu", ROOT) is not health.Health.HEALTHY:
        with Line(f"Preparing .dev/{environment.name}") as line:
            _install_backend(environment.folder, line)
            environment.fill(line)
    elif not environment.is_complete:
        with Line(f"Preparing .dev/{environment.name}") as line:
            environment.fill(line)
    return environment.python


def blender_module(version: str = BPY_DEMO) -> Path:
    """The Python of an environment with that `bpy` wheel and the tests' needs."""
    return _ready(Environment(f"bpy-{version}", (f"bpy=={version}", "tools/requirements/tests.txt")))


def newest_blender_module() -> tuple[str, Path]:
    """Version and Python of the newest wheel for which this machine has a Python; it lacks the tests' needs."""
    newest = max(_BPY)
    interpreter = _python(newest)
    if newest == sys.version_info[:2] or interpreter is None:
        return BPY_DEMO, blender_module()
    version = _BPY[newest][-1]
    folder = DEV / f"bpy-{version}"
    python = Environment(folder.name, ()).python
    if not python.exists() or subprocess.run([python, "-c", "import bpy"], capture_output=True, check=False).returncode:
        with Line(f"Preparing .dev/{folder.name}") as line:
            line.say(f"installing bpy {version}")
            subprocess.run([interpreter, "-m", "venv", "--clear", folder], check=True)
            subprocess.run([python, "-m", "pip", "install", "-q", "--disable-pip-version-check", f"bpy=={version}"],
                           check=True)
    return version, python


def _python(version: tuple[int, int]) -> str | None:
    """The path of such a Python, found by its name; pyenv's shims want to be told which they stand for."""
    name = ".".join(map(str, version))
    try:
        answer = subprocess.run([f"python{name}", "-c", "import sys; print(sys.executable)"], capture_output=True,
                                text=True, check=False, env={**os.environ, "PYENV_VERSION": name})
    except OSError:
        return None
    return answer.stdout.strip() if answer.returncode == 0 else None


def browser() -> Path:
    """The Python of the environment that drives a browser, Debian's Chromium, through the viewer."""
    if not Path(CHROMIUM).exists():
        raise WorkshopError("visits to the page need Debian's Chromium: apt-get install chromium.")
    return _ready(Environment("viewer", ("tools/requirements/tests.txt", "tools/requirements/viewer_tests.txt")))


def checker() -> Path:
    """The Python of the environment with the linter and the type checker."""
    return _ready(Environment("check", ("tools/requirements/check.txt",)))


def _ready(environment: Environment) -> Path:
    if not environment.is_complete:
        with Line(f"Preparing .dev/{environment.name}") as line:
            _create(environment, line)
            environment.fill(line)
    return environment.python


def _import_extension() -> None:
    """Make the root importable as the package `vernissage`, as it is inside Blender."""
    if "vernissage" in sys.modules:
        return
    spec = importlib.util.spec_from_file_location("vernissage", ROOT / "__init__.py",
                                                  submodule_search_locations=[str(ROOT)])
    assert spec and spec.loader
    sys.modules["vernissage"] = package = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(package)


def _install_backend(folder: Path, line: Line) -> None:
    DEV.mkdir(exist_ok=True)
    module = import_module("vernissage.client.installation")
    installation = module.Installation(folder, "cpu", ROOT, DEV / "backend-install.log", Path(sys.executable))
    try:
        while not installation.wait(0.2):
            for progress in installation.poll():
                line.say(f"{progress.fraction:4.0%} {progress.step.value} {progress.detail}")
    finally:
        installation.cancel()  # where it still runs: Ctrl C
    if installation.error is not None:
        raise WorkshopError(f"the backend's environment .dev/{folder.name} cannot be made: {installation.error} "
                            f"The log is {installation.log_path}.")


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


def _pip(environment: Environment, line: Line) -> None:
    arguments = [word for name in environment.requirements
                 for word in (("-r", name) if name.endswith(".txt") else (name,))]
    command = [str(environment.python), "-m", "pip", "install", "--disable-pip-version-check",
               "--progress-bar", "off", "--no-input", *arguments]
    heard: list[str] = []
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, text=True, encoding="utf-8", errors="replace")
    assert process.stdout is not None
    try:
        for text in process.stdout:
            heard.append(text.strip())
            line.say(_short(heard[-1]))
    except BaseException:
        process.kill()
        raise
    if process.wait() != 0:
        errors = [text for text in heard if text.startswith("ERROR")] or heard[-1:]
        raise WorkshopError(f"pip could not fill .dev/{environment.name}: {' '.join(errors)[:600]} "
                            "Check the network, then run the same command again: it goes on where it stopped.")


def _short(text: str) -> str:
    """A line of pip, where it tells how far it is."""
    words = text.split()
    if text.startswith("Installing collected packages"):
        return f"unpacking {len(words) - 3} packages"
    if text.startswith(("Collecting", "Downloading", "Using cached")):
        return text.replace("metadata", "").strip()
    return ""
