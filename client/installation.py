"""Makes, repairs and checks the backend's environment.

    installation = Installation(folder, Variant.CPU, root, log_path)
    while not installation.is_done: show(installation.poll())

The steps repeat nothing that is done: on a healthy environment it only checks and says so.
"""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

from ..protocol.errors import EnvironmentBroken, StorageError
from .environment import (
    Health,
    Mark,
    Variant,
    check_environment,
    environment_python,
    read_mark,
    requirements_digest,
    requirements_of,
    write_mark,
)
from .interpreter import find_interpreter
from .pip_output import PipProgress, canonical_name, pip_error, requirement_name
from .task import FAULT, InstallProgress, InstallStep, Task

__all__ = ["Check", "InstallProgress", "InstallStep", "Installation"]

NEEDED_BYTES = {Variant.CPU: 3e9, Variant.MPS: 3e9, Variant.CUDA: 10e9, Variant.ROCM: 20e9}  # with what pip keeps

# What `python -m venv` and pip put into an environment: nothing else is ever deleted.
VENV_PARTS = ("bin", "Scripts", "lib", "lib64", "Lib", "include", "Include", "share", "pyvenv.cfg")

# Runs a module, and ends its whole process group when stdin ends: Blender was closed or killed. On Windows a
# thread that reads stdin blocks the start of pip's own children, so there pip comes to its end by itself.
RUN_MODULE = """
import os, runpy, signal, sys, threading
def watch():
    while os.read(0, 1): pass
    try: os.kill(-os.getpid(), signal.SIGKILL)
    finally: os._exit(1)
if os.name == "posix": threading.Thread(target=watch, daemon=True).start()
sys.argv = sys.argv[1:]
runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
"""


class Check(Task):
    """Asks a Python whether it can run the backend; the answer is `report`, or `error`."""

    def __init__(self, python: Path, root: Path, log_path: Path) -> None:
        self.python = Path(python)
        self._root = Path(root)
        super().__init__(log_path)

    def _work(self) -> None:
        self._tell(InstallStep.CHECK)
        self.report, faults = self._ask_backend(self.python, self._root)
        if faults:
            raise EnvironmentBroken("The Python at {python} cannot run the backend: {fault}.",
                                    "Install or repair the backend in the add-on's preferences.",
                                    python=self.python, fault=faults[0])
        self.message = "The backend works."


class Installation(Task):
    """Brings an environment to health, whatever state it is in.

    Args:
        folder: the environment's; new, empty, or one of ours. Anything else is refused.
        variant: for which device.
        root: the extension's folder, which holds `requirements/` and `backend/`.
        log_path: gets what venv and pip print.
        base_python: what to build with; None looks for one.
    """

    def __init__(self, folder: Path, variant: Variant | str, root: Path, log_path: Path,
                 base_python: Path | None = None) -> None:
        self.folder = Path(folder)
        self.variant = Variant(variant)
        self._root = Path(root)
        self._base_python = base_python
        super().__init__(log_path)

    @property
    def python(self) -> Path:
        """The environment's interpreter; it exists once the environment is made."""
        return environment_python(self.folder)

    def _work(self) -> None:
        health = self._judge_folder()
        faults: list[str] = []
        if health is Health.HEALTHY:
            self._tell(InstallStep.CHECK)
            self.report, faults = self._ask_backend(self.python, self._root)
            if not faults:
                self._tell(InstallStep.CHECK, fraction=1.0)
                self.message = "The environment is complete and works: there was nothing to do."
                return
        self._check_space()
        self._create(anew=False)
        self._fill(faults)
        self._tell(InstallStep.CHECK, fraction=0.95)
        self.report, faults = self._ask_backend(self.python, self._root)
        if faults:  # a package that pip thinks is whole
            self._force(faults)
            self.report, faults = self._ask_backend(self.python, self._root)
        if faults:
            self._create(anew=True)
            self._fill([])
            self.report, faults = self._ask_backend(self.python, self._root)
        if faults:
            raise EnvironmentBroken("The environment was installed, but cannot run the backend: {fault}.",
                                    "Choose another device or another Python, and install again.", fault=faults[0])
        write_mark(self.folder, self._mark(complete=True))
        self._tell(InstallStep.CHECK, fraction=1.0)
        self.message = "The environment is complete and works."

    def _judge_folder(self) -> Health:
        if not str(self.folder) or not self.folder.is_absolute():
            raise StorageError("The environment's folder {path} is not an absolute path.",
                               "Choose a folder in the add-on's preferences.", path=repr(str(self.folder)))
        try:
            health = check_environment(self.folder, self.variant, self._root)
        except OSError as error:
            raise StorageError.from_os_error(self.folder, error) from error
        if health is Health.FOREIGN:
            raise StorageError("{path} holds files that are not Vernissage's.", "Choose an empty folder or a new one.",
                               path=self.folder)
        return health

    def _check_space(self) -> None:
        if (self.folder / "pyvenv.cfg").exists():  # what is there counts: pip will tell
            return
        existing = next(parent for parent in (self.folder, *self.folder.parents) if parent.is_dir())
        free = shutil.disk_usage(existing).free
        if free < NEEDED_BYTES[self.variant]:
            raise StorageError("{path} has {free} GB free, and the environment needs {needed} GB.",
                               "Free some space, or choose a folder on another disk.", path=existing,
                               free=round(free / 1e9, 1), needed=round(NEEDED_BYTES[self.variant] / 1e9))

    def _create(self, *, anew: bool) -> None:
        """Make the virtual environment where it is missing, broken, or to be made anew."""
        if self.python.is_file() and not anew and self._python_starts():
            write_mark(self.folder, self._mark(complete=False))
            return
        self._tell(InstallStep.SEARCH)
        base = find_interpreter(self._base_python)
        self._tell(InstallStep.CREATE, str(base), fraction=0.01)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._clear()
        except OSError as error:
            raise StorageError.from_os_error(error.filename or self.folder, error) from error
        write_mark(self.folder, self._mark(complete=False))
        code, lines = self._call([base, "-I", "-B", "-u", "-c", RUN_MODULE, "venv", self.folder], self.folder)
        if code:
            raise pip_error(lines, self.folder, base)

    def _python_starts(self) -> bool:
        try:
            return self._call([self.python, "-I", "-c", "import pip"], self.folder)[0] == 0
        except EnvironmentBroken:
            return False

    def _clear(self) -> None:
        """Delete what a virtual environment consists of, and only in a folder of ours."""
        if not (self.folder / "pyvenv.cfg").is_file() or read_mark(self.folder) is None:
            return
        for part in (self.folder / name for name in VENV_PARTS):
            if part.is_symlink() or part.is_file():
                part.unlink()
            elif part.is_dir():
                shutil.rmtree(part)

    def _fill(self, faults: list[str]) -> None:
        if requirements_of(self._root, "installer"):
            self._pip(InstallStep.INSTALLER, "installer", [], 0.03, 0.05)
        self._pip(InstallStep.PACKAGES, str(self.variant), [], 0.05, 0.9)
        if requirements_of(self._root, "words"):
            self._pip(InstallStep.WORDS, "words", ["--no-deps"], 0.9, 0.95)
        if faults:
            self._force(faults)

    def _force(self, faults: list[str]) -> None:
        """Install again what the check could not import."""
        names = {canonical_name(found[1]) for fault in faults if (found := FAULT.match(fault))}
        lines = [*requirements_of(self._root, str(self.variant)), *requirements_of(self._root, "words")]
        broken = [line.partition(";")[0].strip() for line in lines if requirement_name(line) in names]
        if broken:
            indexes = [part for line in lines if line.startswith("--") for part in shlex.split(line)]
            self._call_pip(InstallStep.REPAIR, [*indexes, "--force-reinstall", "--no-deps", *broken], broken,
                           0.95, 0.97)

    def _pip(self, step: InstallStep, name: str, options: list[str], begin: float, end: float) -> None:
        file = self._root / "requirements" / f"{name}.txt"
        self._call_pip(step, [*options, "-r", file], requirements_of(self._root, name), begin, end)

    def _call_pip(self, step: InstallStep, arguments: list[str | Path], requirements: list[str],
                  begin: float, end: float) -> None:
        self._tell(step, fraction=begin)
        progress = PipProgress(requirements)

        def follow(line: str | None) -> None:
            before = (progress.detail, progress.fraction)
            if line is not None:
                progress.read(line)
            elif progress.is_unpacking:
                progress.look(self._site_packages())
            if (progress.detail, progress.fraction) != before and not self._cancelled.is_set():
                self._tell(step, progress.detail, begin + (end - begin) * progress.fraction)

        code, lines = self._call([self.python, "-I", "-u", "-c", RUN_MODULE, "pip", "install", "--no-input",
                                  "--disable-pip-version-check", "--no-warn-script-location",
                                  *self._progress_option(), *arguments], self.folder, follow)
        if code:
            raise pip_error(lines, self.folder, self.python)

    def _progress_option(self) -> list[str]:
        """`raw` tells bytes, and came with pip 24.1; a new environment may hold an older one."""
        packages = self._site_packages().glob("pip-*.dist-info")
        numbers = [tuple(map(int, re.findall(r"\d+", path.name)[:2])) for path in packages]
        return ["--progress-bar", "raw" if numbers and max(numbers) >= (24, 1) else "off"]

    def _site_packages(self) -> Path:
        found = [*self.folder.glob("lib/python3*/site-packages"), *self.folder.glob("Lib/site-packages")]
        return found[0] if found else self.folder

    def _mark(self, *, complete: bool) -> Mark:
        return Mark(str(self.variant), requirements_digest(self._root, self.variant), complete)
