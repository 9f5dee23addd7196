"""Whatever a job raised, as one of the errors that the pipe knows."""

from __future__ import annotations

import contextlib
import sys
import traceback

from protocol.errors import (
    BadInput,
    EnvironmentBroken,
    InternalError,
    OutOfMemory,
    StorageError,
    VernissageError,
)

from .exhaustion import is_out_of_memory
from .job import Job

__all__ = ["as_error"]


def as_error(raised: BaseException, job: Job) -> VernissageError:
    """The error for the artist. What is a fault of ours leaves its traceback in the log (stderr)."""
    if isinstance(raised, VernissageError):
        if isinstance(raised, InternalError):
            _log_traceback(raised)
        return raised
    _log_traceback(raised)
    if is_out_of_memory(raised):
        return OutOfMemory("The memory was not enough for this job.",
                           "Choose smaller views, fewer views or a smaller texture, or close other programs.")
    if isinstance(raised, OSError):
        return _from_os_error(raised, job)
    if isinstance(raised, ImportError):
        return EnvironmentBroken("The backend's environment cannot load {module}: {reason}.",
                                 "Repair the environment in the add-on's preferences.",
                                 module=raised.name or "a module", reason=_first_line(raised))
    stage = job.stage_at_work.value if job.stage_at_work else "Starting"
    return InternalError("Vernissage failed at this step: {stage} ({error}).",
                         "Try again. If it fails again, report it with the log.",
                         stage=stage, error=f"{type(raised).__name__}: {_first_line(raised)}")


def _log_traceback(raised: BaseException) -> None:
    with contextlib.suppress(OSError):  # the disk of the log may be what is full
        traceback.print_exception(raised, file=sys.stderr)


def _from_os_error(raised: OSError, job: Job) -> VernissageError:
    path = raised.filename if isinstance(raised.filename, str) else str(job.folder)
    if isinstance(raised, FileNotFoundError) and job.folder.is_dir():
        return BadInput("The file {path} does not exist.", "Run the job again from Blender.", path=path)
    return StorageError.from_os_error(path, raised)


def _first_line(raised: BaseException) -> str:
    lines = str(raised).strip().splitlines()
    return lines[0][:200].rstrip(".") if lines else "no message"
