"""Serves the pipe: one command a line in, one event a line out.

A thread reads commands while jobs run one after another on the main thread, so that a cancel is noticed
between two steps and the end of stdin (Blender closed, or was killed) ends this process at once.
"""

from __future__ import annotations

import contextlib
import ctypes
import faulthandler
import io
import os
import platform
import queue
import signal
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NoReturn

from protocol.errors import BadInput, ProtocolMismatch
from protocol.messages import (
    PROTOCOL_VERSION,
    Cancel,
    Command,
    Event,
    Failed,
    Finished,
    Hello,
    Ready,
    Run,
    Shutdown,
    Started,
)
from protocol.wire import AnyRequest, decode_command, encode, request_from_json

from . import jobs
from .failure import as_error
from .job import Job

if TYPE_CHECKING:
    from .diffusion.loading import Models

__all__ = ["Server", "read_request", "serve_standard_streams"]

REQUEST_NAME = "request.json"
PR_SET_PDEATHSIG = 1  # linux/prctl.h


def serve_standard_streams() -> int:
    """Serve stdin and stdout until the client shuts down. Libraries print and prompt: they get neither."""
    commands = os.fdopen(os.dup(0), "rb")
    events = os.fdopen(os.dup(1), "wb", buffering=0)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace", line_buffering=True)
    faulthandler.enable(sys.stderr)
    end_with_client()
    log(f"backend {os.getpid()} on Python {platform.python_version()} at {sys.executable}")
    for name in (signal.SIGINT, signal.SIGTERM):  # end at once and without a traceback, in native code too
        signal.signal(name, signal.SIG_DFL)
    return Server(commands, events).serve()


class Server:
    """Args:
        commands: where the client's lines come from.
        events: where ours go.
    """

    def __init__(self, commands: BinaryIO, events: BinaryIO) -> None:
        self._commands = commands
        self._events = events
        self._writing = threading.Lock()
        self._runs: queue.SimpleQueue[Run | None] = queue.SimpleQueue()
        self._cancelled: set[str] = set()
        self._client_version: int | None = None
        self._models: Models | None = None

    def serve(self) -> int:
        threading.Thread(target=self._read, name="commands", daemon=True).start()
        while (run := self._runs.get()) is not None:
            self._run(run)
        return 0

    def _read(self) -> NoReturn:
        try:
            for line in self._commands:
                try:
                    self._obey(decode_command(line))
                except ProtocolMismatch as error:
                    log(f"a command was not understood: {error}")
        finally:
            log("stdin ended: leaving")
            leave()

    def _obey(self, command: Command) -> None:
        match command:
            case Hello():
                self._client_version = command.protocol_version
                self._emit(Ready(PROTOCOL_VERSION, platform.python_version(), os.getpid()))
            case Run():
                self._runs.put(command)
            case Cancel():
                self._cancelled.add(command.job_id)
            case Shutdown():
                leave()

    def _run(self, run: Run) -> None:
        folder = Path(run.folder)
        job = Job(run.job_id, folder, self._emit, lambda: run.job_id in self._cancelled)
        log(f"job {run.job_id} in {folder}")
        began = time.monotonic()
        try:
            self._check_version()
            self._emit(Started(run.job_id))
            job.check()
            request = read_request(folder)
            if self._models is None:
                self._models = new_models()
            end: Event = Finished(run.job_id, jobs.run(request, job, self._models))
            line = encode(end)
        except BaseException as raised:  # a library's sys.exit() must not end the backend either
            end = Failed.from_error(run.job_id, as_error(raised, job))
            line = encode(end)
        log(f"job {run.job_id} {end.kind} after {time.monotonic() - began:.2f} s")
        self._write(line)
        self._cancelled.discard(run.job_id)

    def _check_version(self) -> None:
        if self._client_version != PROTOCOL_VERSION:
            raise ProtocolMismatch("The add-on speaks version {theirs} of the protocol, the backend version {ours}.",
                                   "Restart Blender, so that both are of the same version.",
                                   theirs=self._client_version, ours=PROTOCOL_VERSION)

    def _emit(self, event: Event) -> None:
        self._write(encode(event))

    def _write(self, line: bytes) -> None:
        with self._writing:
            try:
                while line:
                    line = line[self._events.write(line):]
            except OSError:
                log("nobody reads the events: leaving")
                leave()


def read_request(folder: Path) -> AnyRequest:
    """The request that lies in `folder`.

    Raises:
        BadInput: there is none, or it is not valid.
        ProtocolMismatch: another version wrote it.
    """
    path = folder / REQUEST_NAME
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise BadInput("There is no request at {path}.", "Run the job again from Blender.", path=path) from error
    except UnicodeDecodeError as error:
        raise BadInput("The request at {path} is not UTF-8 text.", "Run the job again from Blender.",
                       path=path) from error
    return request_from_json(text)


def new_models() -> Models:
    """The shelf of loaded models; imported late, so that the backend is ready before."""
    from .diffusion.loading import Models

    return Models()


def end_with_client() -> None:
    """Let Linux kill this process together with the thread that started it (`client/child.py` keeps that one).

    Elsewhere, and if that thread was gone before, the end of stdin does it, as soon as native code lets go of
    the interpreter's lock.
    """
    if sys.platform == "linux":
        with contextlib.suppress(AttributeError, OSError):
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def leave() -> NoReturn:
    """End the process at once: nothing that a job has not announced is worth waiting for."""
    with contextlib.suppress(OSError):
        sys.stderr.flush()
    os._exit(0)


def log(sentence: str) -> None:
    with contextlib.suppress(OSError):  # a full disk must not end the pipe
        print(time.strftime("%Y-%m-%d %H:%M:%S"), sentence, file=sys.stderr, flush=True)
