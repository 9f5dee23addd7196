"""The one place where the running backend lives: it outlives the operators that use it."""

from __future__ import annotations

import threading
from pathlib import Path

from .backend import Backend

__all__ = ["close_backend", "get_backend", "running_backend"]

_backend: Backend | None = None


def get_backend(python: Path, root: Path, log_path: Path, *, gives_way: bool = False) -> Backend:
    """The backend of these paths: the one that runs, so that its model stays warm, or a new one.

    One that runs with other paths is closed first, because the preferences have changed. `gives_way`: see `Backend`.
    """
    global _backend
    wanted = (Path(python), Path(root), Path(log_path))
    if _backend is not None and (_backend.python, _backend.root, _backend.log_path) != wanted:
        close_backend(waits=False)
    if _backend is None:
        _backend = Backend(*wanted, gives_way=gives_way)
    return _backend


def running_backend() -> Backend | None:
    """The backend, if its process runs."""
    return _backend if _backend is not None and _backend.is_running else None


def close_backend(*, waits: bool = True) -> None:
    """End the process, if there is one: when the add-on is disabled, and when the GPU shall be free.

    Args:
        waits: until it has ended, up to seconds; otherwise it ends beside the window.
    """
    global _backend
    backend, _backend = _backend, None
    if backend is None:
        return
    if waits:
        backend.close()
    else:
        threading.Thread(target=backend.close, name="vernissage close").start()
