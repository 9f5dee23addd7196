"""The backend as Blender sees it: a job goes in, events come out, and nothing ever waits.

    backend = Backend(python, root, log_path)
    job_id = backend.run(folder)
    for event in backend.poll(): ...

Every job ends with exactly one `Finished` or `Failed`, whatever becomes of the subprocess. Call it from one
thread.
"""

from __future__ import annotations

import atexit
import json
import signal
import time
import uuid
from dataclasses import dataclass, replace
from pathlib import Path

from ..protocol.errors import (
    BackendDied,
    Cancelled,
    EnvironmentBroken,
    ProtocolMismatch,
    VernissageError,
)
from ..protocol.messages import (
    PROTOCOL_VERSION,
    Cancel,
    Event,
    Failed,
    Finished,
    Hello,
    Progress,
    Ready,
    Run,
    Shutdown,
    Stage,
    Started,
)
from ..protocol.wire import decode_event, encode
from .child import Child

__all__ = ["Backend"]

HANDSHAKE_TIMEOUT_S = 30.0  # a cold disk and a virus scanner; ready takes 0.1 s otherwise
CANCEL_GRACE_S = 10.0  # a step of a large model on a CPU takes longer; then the process is not worth keeping
SHUTDOWN_GRACE_S = 2.0
WAIT_SLICE_S = 0.1  # how late `wait` may notice a deadline

INSTALL_REMEDY = "Install or repair the backend in the add-on's preferences."


@dataclass
class _Job:
    folder: Path
    sent: bool = False
    started: bool = False
    retried: bool = False
    stage: Stage | None = None
    kill_at: float | None = None  # set by a cancel


class Backend:
    """The subprocess and the jobs that it has; started by the first job, and again after it died.

    Args:
        python: the interpreter of the backend's environment.
        root: the folder that holds `backend/`: the extension's.
        log_path: gets what the backend prints; rotated when it has grown.
        handshake_timeout_s: how long it may take to say that it is ready.
        cancel_grace_s: how long a cancelled job may go on before the process is killed.
        gives_way: beside a window, which must not wait for processors that jobs have taken.
    """

    def __init__(self, python: Path, root: Path, log_path: Path, *,
                 handshake_timeout_s: float = HANDSHAKE_TIMEOUT_S,
                 cancel_grace_s: float = CANCEL_GRACE_S,
                 gives_way: bool = False) -> None:
        self.python = Path(python)
        self.root = Path(root)
        self.log_path = Path(log_path)
        self._handshake_timeout_s = handshake_timeout_s
        self._cancel_grace_s = cancel_grace_s
        self._gives_way = gives_way
        self._child: Child | None = None
        self._ready_by: float | None = None  # while the handshake is due
        self._jobs: dict[str, _Job] = {}
        self._undelivered: list[Event] = []

    @property
    def is_running(self) -> bool:
        return self._child is not None and not self._child.has_ended

    @property
    def process_id(self) -> int | None:
        """None while there is no process, and for a moment after it was asked to start."""
        return self._child.process_id if self._child is not None and self.is_running else None

    def run(self, folder: Path) -> str:
        """Hand over the request that lies in `folder`; returns the job's ID at once."""
        job_id = uuid.uuid4().hex[:12]
        self._jobs[job_id] = _Job(Path(folder).absolute())
        self._undelivered = self._collect()
        return job_id

    def cancel(self, job_id: str) -> None:
        """Ask a job to stop at its next step. One that does not within the grace time is killed."""
        job = self._jobs.get(job_id)
        if job is None or job.kill_at is not None:
            return
        job.kill_at = time.monotonic() + self._cancel_grace_s
        if self._child is not None and job.sent:
            self._child.send(encode(Cancel(job_id)))

    def poll(self) -> list[Event]:
        """What happened since the last call; never waits."""
        return self._collect()

    def wait(self, timeout_s: float) -> list[Event]:
        """Like `poll`, but waits up to `timeout_s` for something to happen."""
        until = time.monotonic() + timeout_s
        while True:
            left_s = max(until - time.monotonic(), 0.0)
            events = self._collect(min(left_s, WAIT_SLICE_S))
            if events or not left_s:
                return events
            if self._child is None:
                time.sleep(min(left_s, WAIT_SLICE_S))

    def close(self) -> None:
        """End the process, kindly at first, and forget its jobs. A later `run` starts a new one."""
        atexit.unregister(self.close)
        child, self._child = self._child, None
        self._jobs.clear()
        self._undelivered.clear()
        if child is None:
            return
        child.send(encode(Shutdown()))
        child.close_stdin()
        if not child.wait(SHUTDOWN_GRACE_S):
            child.kill()
            child.wait(SHUTDOWN_GRACE_S)

    def _collect(self, timeout_s: float = 0.0) -> list[Event]:
        events, self._undelivered = self._undelivered, []
        child = self._child
        if child is not None:
            for line in child.lines(0.0 if events else timeout_s):
                if self._child is child:  # until a line was unreadable
                    events += self._take(line)
            if self._child is child:
                events += self._bury(child) if child.exit_code is not None else self._check_deadlines()
        self._send_jobs()
        return events

    def _send_jobs(self) -> None:
        unsent = {job_id: job for job_id, job in self._jobs.items() if not job.sent}
        if not unsent or (self._child is not None and self._child.has_ended):  # first its last words
            return
        if self._child is None:
            command = [str(self.python), "-s", "-E", "-B", "-u", "-m", "backend"]
            self._child = Child(command, self.root, self.log_path, gives_way=self._gives_way)
            self._child.send(encode(Hello()))
            self._ready_by = time.monotonic() + self._handshake_timeout_s
            atexit.register(self.close)
        for job_id, job in unsent.items():
            self._child.send(encode(Run(job_id, str(job.folder))))
            if job.kill_at is not None:
                self._child.send(encode(Cancel(job_id)))
            job.sent = True

    def _take(self, line: bytes) -> list[Event]:
        try:
            event = decode_event(line)
        except ProtocolMismatch as unreadable:
            return self._abandon(_version_error(_version_in(line)) or unreadable)
        if isinstance(event, Ready):
            self._ready_by = None
            error = _version_error(event.protocol_version)
            return [event] if error is None else self._abandon(error)
        job = self._jobs.get(event.job_id)
        if job is None:
            return []  # of a job that was given up
        match event:
            case Started():
                job.started = True
            case Progress():
                job.stage = event.stage
            case Finished():
                del self._jobs[event.job_id]
            case Failed():
                del self._jobs[event.job_id]
                return [replace(event, log_path=event.log_path or str(self.log_path))]
        return [event]

    def _check_deadlines(self) -> list[Event]:
        now = time.monotonic()
        if self._ready_by is not None and now > self._ready_by:
            return self._abandon(EnvironmentBroken(
                "The backend was not ready within {seconds} s.", INSTALL_REMEDY, seconds=self._handshake_timeout_s))
        late = [job_id for job_id, job in self._jobs.items() if job.kill_at is not None and now > job.kill_at]
        if not late:
            return []
        self._drop_child()
        for job in self._jobs.values():  # those that waited behind it go to the next process
            job.sent = job.started = False
        return [self._fail(job_id, Cancelled("The job was cancelled.")) for job_id in late]

    def _bury(self, child: Child) -> list[Event]:
        """The process has ended by itself: say for each of its jobs why."""
        was_ready = self._ready_by is None
        self._drop_child()
        for job in self._jobs.values():
            if was_ready and not job.started and not job.retried:  # it was handed over, but had no part in this
                job.sent, job.retried = False, True
        sent = [job_id for job_id, job in self._jobs.items() if job.sent]
        return [self._fail(job_id, self._obituary(child, self._jobs[job_id], was_ready)) for job_id in sent]

    def _obituary(self, child: Child, job: _Job, was_ready: bool) -> VernissageError:
        if job.kill_at is not None:
            return Cancelled("The job was cancelled.")
        if isinstance(child.start_error, VernissageError):
            return child.start_error
        if child.start_error is not None:
            return EnvironmentBroken("The backend's Python at {python} cannot be started: {reason}.", INSTALL_REMEDY,
                                     python=self.python, reason=child.start_error.strerror or child.start_error)
        exit_code = child.exit_code or 0
        end = _describe_end(exit_code)
        if not was_ready and exit_code > 0:
            return EnvironmentBroken("The Python at {python} cannot run the backend ({end}).", INSTALL_REMEDY,
                                     python=self.python, end=end)
        stage = job.stage.value if job.stage is not None else "Starting"
        return BackendDied("The backend stopped at this step: {stage} ({end}).",
                           "Try again; if it stops again, choose smaller or fewer views, and look into the log.",
                           stage=stage, end=end)

    def _abandon(self, error: VernissageError) -> list[Event]:
        """Give up the process, and all its jobs for the same reason."""
        self._drop_child()
        return [self._fail(job_id, error) for job_id in [*self._jobs]]

    def _drop_child(self) -> None:
        child, self._child = self._child, None
        self._ready_by = None
        atexit.unregister(self.close)
        if child is not None:
            child.kill()

    def _fail(self, job_id: str, error: VernissageError) -> Failed:
        del self._jobs[job_id]
        return Failed.from_error(job_id, error, str(self.log_path))


def _version_in(line: bytes) -> object:
    """The protocol's version that an unreadable `ready` names; ours where there is none."""
    try:
        return json.loads(line)["protocol_version"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return PROTOCOL_VERSION


def _version_error(theirs: object) -> ProtocolMismatch | None:
    if theirs == PROTOCOL_VERSION:
        return None
    return ProtocolMismatch("The backend speaks version {theirs} of the protocol, the add-on version {ours}.",
                            "Restart Blender. If that does not help, install the extension again.",
                            theirs=theirs, ours=PROTOCOL_VERSION)


def _describe_end(exit_code: int) -> str:
    """As a person would look it up: "signal SIGKILL", "exit code 3"."""
    if exit_code < 0:
        try:
            return f"signal {signal.Signals(-exit_code).name}"
        except ValueError:
            return f"signal {-exit_code}"
    return f"exit code {exit_code if exit_code < 256 else hex(exit_code)}"  # Windows: 0xc0000005 and the like
