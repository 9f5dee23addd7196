"""One line that tells what a long step does: rewritten on a terminal, said now and then elsewhere."""

from __future__ import annotations

import shutil
import sys
import threading
import time
from types import TracebackType

QUIET_S = 15.0  # between two plain lines of one step, so that a log stays readable


class Line:
    """`with Line("Preparing X") as line: line.say("detail")`; ends with the seconds that it took."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._start = self._said = time.monotonic()
        # Only one line can be rewritten: steps that run beside each other each say theirs in full.
        self._terminal = sys.stderr.isatty() and threading.current_thread() is threading.main_thread()

    def __enter__(self) -> Line:
        self._write(f"{self._title} …", keep=not self._terminal)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        seconds = time.monotonic() - self._start
        self._write(f"{self._title}: {'done' if kind is None else 'stopped'} after {seconds:.0f} s", keep=True)

    def say(self, detail: str) -> None:
        """What it does now; "" only lets time pass."""
        now = time.monotonic()
        if not detail or (not self._terminal and now - self._said < QUIET_S):
            return
        self._said = now
        self._write(f"{self._title} ({now - self._start:.0f} s): {detail}", keep=not self._terminal)

    def _write(self, text: str, keep: bool) -> None:
        if self._terminal:
            width = shutil.get_terminal_size().columns - 1
            text = "\r\x1b[K" + text[:width]
        print(text, end="\n" if keep else "", file=sys.stderr, flush=True)
