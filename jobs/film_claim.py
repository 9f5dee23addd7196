"""One run at a time makes a film in a folder."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from ..protocol.errors import BadInput, StorageError

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

__all__ = ["claimed"]

_NAME = "vernissage_film.lock"
_TAKEN = (errno.EAGAIN, errno.EACCES, errno.EDEADLK)


@contextlib.contextmanager
def claimed(folder: Path) -> Iterator[None]:
    """Make the folder, and keep other runs out of it meanwhile.

    The system's own lock: it ends with its process, however that ends. A file system that knows no locks keeps nobody
    out.

    Raises:
        BadInput: another run is in it.
        StorageError: it cannot be made or written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = _opened(folder / _NAME)
    except OSError as error:
        raise StorageError.from_os_error(folder, error) from error
    if handle is None:
        raise BadInput("Another run is making a film in {path}.", "Wait until it has ended, or choose another folder.",
                       path=folder)
    try:
        yield
    finally:
        if sys.platform == "win32":  # where no open file can be deleted
            os.close(handle)
        with contextlib.suppress(OSError):
            os.unlink(folder / _NAME)
        if sys.platform != "win32":  # deleted first: nobody may take the lock of a file that is about to go
            os.close(handle)


def _opened(path: Path) -> int | None:
    """The file with its lock taken; None where another has it."""
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            _lock(handle)
            if _is_at(handle, path):
                return handle
        except OSError as error:
            if error.errno not in _TAKEN:
                return handle
            os.close(handle)
            return None
        os.close(handle)  # the run that had it deleted it: there is a new one


def _lock(handle: int) -> None:
    if sys.platform == "win32":
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
    else:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _is_at(handle: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(handle), os.stat(path))
    except FileNotFoundError:
        return False
