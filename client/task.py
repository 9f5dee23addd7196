"""A long piece of work with child processes, polled like the backend: it never makes Blender wait."""

from __future__ import annotations

import contextlib
import enum
import json
import queue
import re
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..protocol.errors import Cancelled, EnvironmentBroken, InternalError, VernissageError
from .child import Child, open_log

__all__ = ["InstallProgress", "InstallStep", "Task"]

FAULT = re.compile(r"([A-Za-z0-9._-]+) (?:cannot be imported|is not installed)")  # as `backend check` says it

LINES_KEPT = 200
LINE_WAIT_S = 0.1
KILL_WAIT_S = 5.0
QUIET_S = 1.0


class InstallStep(enum.StrEnum):
    """What an installation is at. The values are shown to people."""

    SEARCH = "Looking for a Python"
    CREATE = "Creating the environment"
    INSTALLER = "Updating the installer"
    PACKAGES = "Installing packages"
    WORDS = "Installing the words"
    REPAIR = "Repairing packages"
    CHECK = "Checking the backend"


@dataclass(frozen=True)
class InstallProgress:
    """
    Attributes:
        step: what is at work.
        detail: a package's name and such: not to be translated; may be "".
        fraction: of everything, 0 to 1, never falling.
    """

    step: InstallStep
    detail: str
    fraction: float


class Task:
    """Runs `_work` on a thread of its own. Call the public part from one thread.

    Args:
        log_path: gets what the child processes print.

    Attributes:
        error: why it failed; `Cancelled` after a cancel; None before the end and after success.
        report: what `backend check` found: versions, device, memory; empty before the end.
        message: one sentence about the result, when it succeeded.
    """

    def __init__(self, log_path: Path) -> None:
        self.log_path = Path(log_path)
        self.error: VernissageError | None = None
        self.report: dict[str, object] = {}
        self.message = ""
        self._progress: queue.SimpleQueue[InstallProgress] = queue.SimpleQueue()
        self._child: Child | None = None
        self._cancelled = threading.Event()
        self._ended = threading.Event()
        self._fraction = 0.0
        threading.Thread(target=self._run, name="vernissage task", daemon=True).start()

    @property
    def is_done(self) -> bool:
        return self._ended.is_set()

    def poll(self) -> list[InstallProgress]:
        """What happened since the last call; never waits."""
        progress = []
        with contextlib.suppress(queue.Empty):
            while True:
                progress.append(self._progress.get_nowait())
        return progress

    def wait(self, timeout_s: float) -> bool:
        """Whether it is done within that time."""
        return self._ended.wait(timeout_s)

    def cancel(self) -> None:
        """Stop, and end what runs with all its children. `is_done` follows at once."""
        self._cancelled.set()
        child = self._child  # the worker may set it to None at any moment
        if child is not None:
            child.kill()

    def _work(self) -> None:
        raise NotImplementedError

    def _run(self) -> None:
        try:
            self._work()
        except VernissageError as error:
            error.log_path = error.log_path or str(self.log_path)
            self.error = error
        except Exception as error:
            self.error = InternalError("The installation failed: {error}.", "Try again. If it fails again, report it "
                                       "with the log.", error=f"{type(error).__name__}: {error}",
                                       log_path=str(self.log_path))
        finally:
            self._ended.set()

    def _tell(self, step: InstallStep, detail: str = "", fraction: float = 0.0) -> None:
        self._check_cancelled()
        self._fraction = max(self._fraction, min(fraction, 1.0))
        self._progress.put(InstallProgress(step, detail, self._fraction))

    def _check_cancelled(self) -> None:
        if self._cancelled.is_set():
            raise Cancelled("The installation was cancelled.")

    def _call(self, command: Sequence[str | Path], folder: Path,
              follow: Callable[[str | None], None] = lambda line: None) -> tuple[int, list[str]]:
        """Run a command to its end; `follow` gets each line, and None about once a second without any.

        Returns:
            Its exit code, and the last lines that it printed (stdout and stderr).
        """
        lines: list[str] = []
        with open_log(self.log_path) as log:
            shown = " ".join(part for part in map(str, command) if "\n" not in part)
            log.write(f"{time.strftime('%Y-%m-%d %H:%M:%S')} {shown}\n".encode(errors="replace"))
            self._child = child = Child(command, folder, None)
            quiet_since = time.monotonic()
            while child.exit_code is None:
                for raw in child.lines(LINE_WAIT_S):
                    log.write(raw + b"\n")
                    line = raw.decode(errors="replace")
                    lines = [*lines[1 - LINES_KEPT:], line]
                    follow(line)
                    quiet_since = time.monotonic()
                if time.monotonic() - quiet_since > QUIET_S:
                    follow(None)
                    quiet_since = time.monotonic()
                if self._cancelled.is_set():
                    child.kill()
                    child.wait(KILL_WAIT_S)
                    break
        self._child = None
        self._check_cancelled()
        if child.start_error is not None:
            raise EnvironmentBroken("The Python at {python} cannot be started: {reason}.",
                                    "Choose another Python in the add-on's preferences, or install again.",
                                    python=command[0], reason=getattr(child.start_error, "strerror", "no reason given"))
        return child.exit_code or 0, lines

    def _ask_backend(self, python: Path, root: Path) -> tuple[dict[str, object], list[str]]:
        """What `python -m backend check` found, and its faults: none when it can run jobs."""
        code, lines = self._call([python, "-s", "-E", "-B", "-u", "-m", "backend", "check"], root)
        said = [line.strip().rstrip(".") for line in lines if line.strip()]
        if code == 0 and said and said[-1].startswith("{"):
            return json.loads(said[-1]), []
        return {}, [line for line in said if FAULT.match(line)] or said[-1:] or [f"exit code {code}"]
