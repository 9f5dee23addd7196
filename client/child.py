"""A child process that never makes its parent wait.

Three threads a child: one starts it and waits for its end, one reads its lines, one writes ours. A pipe
that is full, a disk that is slow or a Python that does not start cannot freeze Blender's main thread.
"""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, Any, BinaryIO

from ..protocol.errors import StorageError

__all__ = ["Child", "clean_environment", "open_log", "rotate_log"]

LOG_LIMIT_BYTES = 2_000_000
LOGS_KEPT = 3
READ_SIZE_BYTES = 65536
LAST_LINES_WAIT_S = 1.0  # for lines that are still in the pipe when the process has ended

PRIORITY = 10

# Beside PYTHON*: they tell a Python or its pip that it is somewhere else.
UNWANTED = ("VIRTUAL_ENV", "__PYVENV_LAUNCHER__", "PIP_TARGET", "PIP_PREFIX", "PIP_USER", "PIP_REQUIRE_VIRTUALENV")


class Child:
    """A child process; starting it, writing to it and ending it return at once.

    Args:
        command: the program and its arguments.
        folder: its working directory.
        log_path: gets its stderr, appended; rotated here when it has grown. None: stderr comes as lines too.
        gives_way: Blender's window goes before it; see `give_way`.

    Attributes:
        start_error: why it could not be started, once that is known; a StorageError for its log.
        exit_code: once it has ended and all its lines were handed out; negative for a signal. A child
            that could not be started ends with 127, as in a shell.
        process_id: None before it runs.
    """

    def __init__(
        self, command: Sequence[str | Path], folder: Path, log_path: Path | None, *, gives_way: bool = False,
    ) -> None:
        self.start_error: OSError | StorageError | None = None
        self.exit_code: int | None = None
        self.process_id: int | None = None
        self._command = [str(part) for part in command]
        self._folder = folder
        self._log_path = log_path
        self._gives_way = gives_way
        self._process: subprocess.Popen[bytes] | None = None
        self._killed = False
        self._lock = threading.Lock()  # held while it is being started
        self._to_write: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._received: queue.SimpleQueue[bytes | int] = queue.SimpleQueue()  # lines, then the exit code
        self._ended = threading.Event()
        self._spawn_thread("supervise", self._supervise)

    @property
    def has_ended(self) -> bool:
        """Whether the process is gone; `exit_code` follows when the last line was handed out."""
        return self._ended.is_set()

    def send(self, line: bytes) -> None:
        self._to_write.put(line)

    def close_stdin(self) -> None:
        """After what was sent before."""
        self._to_write.put(None)

    def lines(self, timeout_s: float = 0.0) -> list[bytes]:
        """What it wrote since the last call, without line ends; waits up to `timeout_s` for the first."""
        lines: list[bytes] = []
        while self.exit_code is None:
            try:
                item = self._received.get(timeout=timeout_s) if timeout_s and not lines else self._received.get_nowait()
            except queue.Empty:
                break
            if isinstance(item, int):
                self.exit_code = item
            else:
                lines.append(item)
        return lines

    def kill(self) -> None:
        """It and its own children; returns at once, even while it is being started."""
        self._killed = True
        if self._lock.acquire(blocking=False):
            try:
                if self._process is not None and not self.has_ended:
                    kill_tree(self._process)
            finally:
                self._lock.release()

    def wait(self, timeout_s: float) -> bool:
        """Whether it ended in time."""
        return self._ended.wait(timeout_s)

    def _spawn_thread(self, name: str, work: Callable[..., None], *arguments: object) -> threading.Thread:
        thread = threading.Thread(target=work, args=arguments, name=f"vernissage {name}", daemon=True)
        thread.start()
        return thread

    def _supervise(self) -> None:
        exit_code = 127
        try:
            process = self._start()
            if self._killed:
                kill_tree(process)
            assert process.stdin is not None
            assert process.stdout is not None
            reader = self._spawn_thread("read", self._read, process.stdout)
            self._spawn_thread("write", self._write, process.stdin)
            exit_code = process.wait()
            self._ended.set()
            reader.join(LAST_LINES_WAIT_S)
            if reader.is_alive():  # a child of the child still holds the pipe
                kill_tree(process)
                reader.join(LAST_LINES_WAIT_S)
            if not reader.is_alive():
                process.stdout.close()
            self._to_write.put(None)
        except (OSError, StorageError) as error:
            self.start_error = error
        finally:
            self._ended.set()
            self._received.put(exit_code)

    def _start(self) -> subprocess.Popen[bytes]:
        with self._open_log() as log, self._lock:
            if self._killed:
                raise OSError("stopped before it was started")
            self._process = subprocess.Popen(
                self._command, cwd=self._folder, env=clean_environment(os.environ),
                stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT if log is None else log,
                bufsize=0, close_fds=True, **_own_group(self._gives_way))
            self.process_id = self._process.pid
            if self._gives_way:
                give_way(self._process.pid)
            return self._process

    def _open_log(self) -> BinaryIO | contextlib.nullcontext[None]:
        if self._log_path is None:
            return contextlib.nullcontext()
        return open_log(self._log_path)

    def _read(self, pipe: IO[bytes]) -> None:
        rest = b""
        with contextlib.suppress(OSError):
            while chunk := os.read(pipe.fileno(), READ_SIZE_BYTES):
                *lines, rest = (rest + chunk).split(b"\n")
                for line in lines:
                    self._received.put(line.rstrip(b"\r"))
        if rest:
            self._received.put(rest)

    def _write(self, pipe: IO[bytes]) -> None:
        with contextlib.suppress(OSError):  # it has ended: _supervise tells
            while (line := self._to_write.get()) is not None:
                while line:
                    line = line[os.write(pipe.fileno(), line):]
        with contextlib.suppress(OSError):
            pipe.close()


def open_log(path: Path) -> BinaryIO:
    """A log to append to, rotated when it has grown.

    Raises:
        StorageError: it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        rotate_log(path)
        return path.open("ab")
    except OSError as error:
        raise StorageError.from_os_error(path, error) from error


def clean_environment(inherited: Mapping[str, str]) -> dict[str, str]:
    """The environment without what would make another Python load Blender's modules."""
    return {name: value for name, value in inherited.items()
            if not name.startswith("PYTHON") and name not in UNWANTED}


def rotate_log(path: Path, limit_bytes: int = LOG_LIMIT_BYTES, kept: int = LOGS_KEPT) -> None:
    """Move a log that has grown above the limit to `.1`, that to `.2`, and so on up to `kept` files."""
    with contextlib.suppress(OSError):  # none yet; or, on Windows, open in another Blender: it grows on
        if path.stat().st_size <= limit_bytes:
            return
        names = [path, *(path.with_name(f"{path.name}.{number}") for number in range(1, kept))]
        for older, newer in zip(reversed(names), reversed(names[:-1]), strict=False):
            if newer.exists():
                os.replace(newer, older)


def kill_tree(process: subprocess.Popen[bytes]) -> None:
    """End a process and what it started."""
    if sys.platform == "win32":
        subprocess.Popen(["taskkill", "/T", "/F", "/PID", str(process.pid)], stdin=subprocess.DEVNULL,
                         stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                         creationflags=subprocess.CREATE_NO_WINDOW)
        return
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)  # it leads its own group, see _own_group


def give_way(process_id: int) -> None:
    """Let Blender go first where a process that has just begun wants the processors too: torch takes all of them. Not
    at the lowest priorities: beside a busy program in one session they got a hundredth of a processor, and a job seemed
    to hang. Its threads begin as it is; a sandbox may forbid it.
    """
    if hasattr(os, "setpriority"):  # not on Windows: see _own_group
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, process_id, PRIORITY)


def _own_group(gives_way: bool) -> dict[str, Any]:
    """Its own process group and session: Ctrl-C in Blender's terminal is Blender's, nothing that it starts can ask
    there, and the whole tree can be ended.
    """
    if sys.platform == "win32":
        priority = subprocess.BELOW_NORMAL_PRIORITY_CLASS if gives_way else 0
        return {"creationflags": subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP | priority}
    return {"start_new_session": True}
