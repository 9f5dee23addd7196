"""Ctrl-C, a farm that ends its task, and a program that is gone. No bpy here."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import FrameType

__all__ = ["Stop", "ask_at_end", "stopped_by_signals"]


@dataclass
class Stop:
    """How often somebody asked for the end. A plain value: a signal may come in the middle of anything."""

    count: int = 0

    @property
    def is_asked(self) -> bool:
        return self.count > 0

    def ask(self) -> None:
        self.count += 1


@contextlib.contextmanager
def stopped_by_signals(stop: Callable[[], None]) -> Iterator[None]:
    """Within the block, SIGINT and SIGTERM call `stop` instead of ending Blender."""
    def handle(number: int, frame: FrameType | None) -> None:
        stop()

    before = {number: signal.signal(number, handle) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            # None is a handler that was not set from Python, Blender's own: it cannot be put back
            signal.signal(number, signal.SIG_DFL if handler is None else handler)


def ask_at_end(pipe: int, ask: Callable[[], None]) -> None:
    """Call `ask`, in a thread, once the pipe of that descriptor has come to its end: nobody holds its other end, also
    where who did was killed. What comes before is read and forgotten."""
    def wait() -> None:
        with contextlib.suppress(OSError):
            while os.read(pipe, 4096):
                pass
        ask()

    threading.Thread(target=wait, name="vernissage end", daemon=True).start()
