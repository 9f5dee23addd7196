"""The folders in which jobs and their results lie, and how old ones go.

    <user folder>/jobs/job-20261125-204512-1a2b3c4d/request.json

Deleting is only ever done to folders that carry our name, hold a request and lie in `jobs`: an empty path
must never mean the current directory.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import time
import uuid
from pathlib import Path

from ..protocol.errors import StorageError
from ..protocol.style_train import CHECKPOINT_NAME
from ..protocol.wire import AnyRequest, request_to_json

__all__ = ["REQUEST_NAME", "drop_job_folder", "drop_old_job_folders", "make_job_folder", "write_request"]

REQUEST_NAME = "request.json"
JOBS_NAME = "jobs"
JOB_PATTERN = re.compile(r"job-\d{8}-\d{6}-[0-9a-f]{8}")
MIN_AGE_S = 86400.0  # what is younger may belong to a night's list that runs, in this Blender or another


def make_job_folder(user_folder: Path) -> Path:
    """A new, empty folder for one job.

    Args:
        user_folder: absolute; made when it does not exist.

    Raises:
        StorageError: the path is empty or relative, or cannot be written.
    """
    jobs = _jobs_folder(user_folder)
    folder = jobs / f"job-{time.strftime('%Y%m%d-%H%M%S')}-{uuid.uuid4().hex[:8]}"
    try:
        folder.mkdir(parents=True)
    except OSError as error:
        raise StorageError.from_os_error(folder, error) from error
    return folder


def write_request(folder: Path, request: AnyRequest) -> Path:
    """Write `request.json`: complete, or not at all.

    Raises:
        StorageError: the folder cannot be written.
    """
    path = folder / REQUEST_NAME
    temporary = folder / f"{REQUEST_NAME}.part"
    try:
        temporary.write_text(request_to_json(request), encoding="utf-8", newline="\n")
        os.replace(temporary, path)
    except OSError as error:
        raise StorageError.from_os_error(path, error) from error
    return path


def drop_job_folder(folder: Path) -> None:
    """Delete a folder that `make_job_folder` made, with nothing in it worth keeping. What cannot be deleted stays."""
    if JOB_PATTERN.fullmatch(folder.name) and folder.parent.name == JOBS_NAME and not folder.is_symlink():
        shutil.rmtree(folder, ignore_errors=True)


def drop_old_job_folders(user_folder: Path, keep: int = 20, max_age_days: float = 30.0) -> list[Path]:
    """Delete job folders beyond the newest `keep`, and those older than `max_age_days`.

    What is younger than a day stays. What cannot be deleted stays, too, for the next time. A training can be gone on
    with: it goes by its age alone.

    Returns:
        What was deleted.

    Raises:
        StorageError: the path is empty or relative.
    """
    jobs = _jobs_folder(user_folder)
    if jobs.is_symlink() or not jobs.is_dir():
        return []
    newest_first = sorted((path for path in jobs.iterdir() if _is_job_folder(path)), reverse=True)
    now = time.time()
    dropped = []
    for rank, folder in enumerate(newest_first):
        with contextlib.suppress(OSError):  # in use, or another Blender was quicker
            age_s = now - folder.stat().st_mtime
            is_spare = rank >= keep and not (folder / CHECKPOINT_NAME).is_file()
            if age_s > MIN_AGE_S and (is_spare or age_s > max_age_days * 86400.0):
                shutil.rmtree(folder)
                dropped.append(folder)
    return dropped


def _jobs_folder(user_folder: Path) -> Path:
    if not str(user_folder) or not Path(user_folder).is_absolute():  # Path("") is "."
        raise StorageError("The folder for jobs, {path}, is not an absolute path.",
                           "Save the preferences and restart Blender.", path=repr(str(user_folder)))
    return Path(user_folder) / JOBS_NAME


def _is_job_folder(path: Path) -> bool:
    return bool(JOB_PATTERN.fullmatch(path.name)) and not path.is_symlink() and path.is_dir() \
        and (path / REQUEST_NAME).is_file() and not (path / REQUEST_NAME).is_symlink()
