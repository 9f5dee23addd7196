"""A call that needs no bpy, beside the window: a million triangles take a second to write."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator

__all__ = ["beside"]


def beside(call: Callable[[], object], patience_s: Callable[[], float]) -> Generator[None]:
    """Run a call on a thread of its own until it has returned, and give the window back in between. What it raised is
    raised here.

    Args:
        patience_s: how long each step may wait for it.
    """
    thread = _Beside(call)
    while not thread.is_done(patience_s()):
        yield


class _Beside:
    """A call on a thread of its own. It must not touch bpy."""

    def __init__(self, call: Callable[[], object]) -> None:
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._work, args=(call,), daemon=True)
        self._thread.start()

    def _work(self, call: Callable[[], object]) -> None:
        try:
            call()
        except BaseException as error:  # handed to the thread that asks
            self._error = error

    def is_done(self, patience_s: float) -> bool:
        """Whether the call has returned; what it raised is raised here."""
        self._thread.join(patience_s)
        if self._thread.is_alive():
            return False
        if self._error is not None:
            raise self._error
        return True
