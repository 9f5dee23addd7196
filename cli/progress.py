"""How far a run is: a bar on a terminal, plain lines anywhere else. No bpy here."""

from __future__ import annotations

import contextlib
import io
import shutil
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from ..jobs.stepped import Stepped
    from ..jobs.texture_job import Summary
    from .signals import Stop

__all__ = ["Bar", "Lines", "printable", "reporter", "tell", "which_of", "work_off"]

PATIENCE_S = 0.2
LINE_INTERVAL_S = 10.0
BAR_WIDTH = 24


class Bar:
    """One line that is written over and over."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._shown: Summary | None = None

    def show(self, summary: Summary) -> None:
        if summary == self._shown or not summary.count:
            return
        self._shown = summary
        filled = round(summary.percent / 100 * BAR_WIDTH)
        bar = "#" * filled + "." * (BAR_WIDTH - filled)
        text = f"{bar} {summary.percent:3d} % {_what(summary)}"
        _write(self._stream, "\r\x1b[K" + text[:shutil.get_terminal_size().columns - 1])

    def say(self, line: str) -> None:
        """A line that stays, above the bar."""
        _write(self._stream, f"\r\x1b[K{printable(line)}\n")
        self._shown = None


class Lines:
    """A line for each new step, and one now and then within a long one."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._last = ("", "")
        self._said_at = 0.0

    def show(self, summary: Summary) -> None:
        step = (summary.object_name, summary.stage)
        now = time.monotonic()
        if not summary.count or (step == self._last and now - self._said_at < LINE_INTERVAL_S):
            return
        self._last, self._said_at = step, now
        self.say(f"{summary.percent:3d} % {_what(summary)}")

    def say(self, line: str) -> None:
        _write(self._stream, f"{printable(line)}\n")


def reporter(stream: TextIO | None) -> Bar | Lines:
    """Of a process that has no stderr: one that says nothing."""
    if stream is None:
        return Lines(io.StringIO())
    return Bar(stream) if stream.isatty() else Lines(stream)


def tell(stream: TextIO | None, line: str) -> None:
    """A line for whoever reads."""
    if stream is not None:
        _write(stream, f"{printable(line)}\n")


def work_off(work: Stepped[Any], progress: Bar | Lines, stop: Stop, tell_more: Callable[[], None] | None = None, *,
             place: tuple[int, int] = (1, 1)) -> None:
    """Let a list of jobs do its work to the end, or until a stop is asked for.

    Args:
        tell_more: called after each step.
        place: of a list of one job among others of the run: its number, and how many they are.
    """
    while not work.is_finished:
        if stop.is_asked:
            work.cancel()
        work.tick(PATIENCE_S)
        if tell_more is not None:
            tell_more()
        summary = work.summary()
        progress.show(replace(summary, number=place[0], count=place[1]) if summary.count == 1 else summary)


def _write(stream: TextIO, text: str) -> None:
    """Nobody may be reading any more (`| head`): the work goes on all the same."""
    with contextlib.suppress(OSError):
        stream.write(text)
        stream.flush()


def printable(line: str) -> str:
    """One line for a terminal, whatever an object is called."""
    return "".join(mark if mark.isprintable() else repr(mark)[1:-1] for mark in line)


def _what(summary: Summary) -> str:
    which = which_of(summary.number, summary.count)
    left = ""
    if summary.remaining_s is not None:
        minutes, seconds = divmod(summary.remaining_s, 60)
        left = f", {minutes}:{seconds:02d} left"
    return f"{printable(summary.object_name)}{which}: {summary.stage}{left}"


def which_of(number: int, count: int) -> str:
    """What follows a name; "" for the only one."""
    return f" ({number} of {count})" if count > 1 else ""
