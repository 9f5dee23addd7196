"""Materials, worlds and pictures of a list, one after another: what became of each, told and reported in one way."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import bpy

from ..jobs.one_job import OneJob, OneJobList
from ..jobs.texture_job import CANCELLED, JobState, as_error
from ..protocol.errors import Cancelled, ErrorKind, VernissageError, fill
from ..protocol.wire import to_json
from ..scene.asset import Catalogue, catalogue_folder, write_catalogue
from ..scene.version import version
from .made_before import take_over
from .outputs import Outputs, write_json
from .progress import Bar, Lines, reporter, which_of, work_off
from .report import Written, describe_error, describe_machine
from .signals import Stop, stopped_by_signals
from .texture import attempt, save_scene

__all__ = ["Batch", "Made", "make_all"]


@dataclass(eq=False)
class Made:
    """One of a list, and what became of it.

    Attributes:
        name: its own among those of the list.
        request: what was asked.
        result: what the backend made, or had made.
        error: why there is none, or why it could not be put where it belongs.
        asset: the name of what it is in the .blend; "" where it is in none.
        files: what was written, by what it is.
        is_kept: it was there before, and was left as it was.
        more: what the report says besides.
        place: its number in the list, and how many there are.
    """

    name: str
    request: Any
    result: Any = None
    error: VernissageError | None = None
    warnings: list[str] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    asset: str = ""
    files: dict[str, Path] = field(default_factory=dict)
    is_kept: bool = False
    more: dict[str, Any] = field(default_factory=dict)
    place: tuple[int, int] = (1, 1)

    def keep(self, result: Any) -> None:
        """It was there before."""
        self.is_kept, self.result = True, result
        self.warnings = [fill(remark.sentence, remark.values) for remark in result.remarks]

    def take(self, job: OneJob) -> None:
        """What became of its job; the result is its deliverer's to take."""
        self.warnings = [fill(remark.sentence, remark.values) for remark in job.remarks]
        self.seconds = job.seconds
        if job.state is not JobState.DONE:
            self.error = job.error

    @property
    def status(self) -> str:
        if self.error is not None:
            return "cancelled" if self.error.kind is ErrorKind.CANCELLED else "failed"
        return "kept" if self.is_kept else "done"

    def line(self) -> str:
        """For people."""
        said = str(self.error) if self.error else "there already, left as it was." if self.is_kept else (
            f"made in {sum(self.seconds.values()):.1f} s.")
        return " ".join([f"{self.name}{which_of(*self.place)}: {said}", *self.warnings])

    def describe(self) -> dict[str, Any]:
        """The same keys whatever became of it; null for what there is not."""
        result = None if self.result is None else {
            name: value for name, value in to_json(self.result).items() if name not in ("remarks", "seconds")}
        return {
            "name": self.name, "status": self.status,
            "error": None if self.error is None else describe_error(self.error), "warnings": self.warnings,
            "request": to_json(self.request), "result": result, "asset": self.asset or None,
            "files": {what: str(path) for what, path in self.files.items()} if self.result is not None else {},
            "seconds": {stage: round(taken, 4) for stage, taken in self.seconds.items()}, **self.more}


M = TypeVar("M", bound=Made)


def make_all(all_made: Sequence[M], make_one: Callable[[M, Callable[[Any], None]], None], progress: Bar | Lines,
             stop: Stop) -> None:
    """Those of something larger, one after another; the first that fails ends it, and what is made stays.

    Args:
        make_one: is given what works a job off.

    Raises:
        VernissageError: one could not be made, or a stop was asked for.
    """
    for number, made in enumerate(all_made, 1):
        made.place = number, len(all_made)
        if stop.is_asked:
            raise Cancelled(CANCELLED)

        def run(work: OneJobList[Any], made: M = made) -> None:
            work_off(work, progress, stop, place=made.place)
            made.take(work.job)

        make_one(made, run)
        if made.error is not None:
            raise made.error
        progress.say(made.line())


class Batch:
    """A run over a list, from its begin to its exit code. A signal cancels what is at work; what is done stays.

    Args:
        kind: of what is made, as the report calls it.
        catalogue: that its assets are in; None without any.
    """

    def __init__(self, kind: str, outputs: Outputs, catalogue: Catalogue | None = None) -> None:
        self._kind, self._outputs, self._catalogue = kind, outputs, catalogue
        self._start = time.perf_counter()
        self._stop, self._progress = Stop(), reporter(sys.stderr)

    def make(self, all_made: Sequence[M], make_one: Callable[[M], None]) -> None:
        """Each by itself: an error is its own."""
        with stopped_by_signals(self._stop.ask):
            for number, made in enumerate(all_made, 1):
                made.place = number, len(all_made)
                try:
                    if self._stop.is_asked:
                        raise Cancelled(CANCELLED)
                    make_one(made)
                except Exception as error:
                    made.error = as_error(error)
                self._progress.say(made.line())

    def put(self, all_made: Sequence[M], put_one: Callable[[M], None]) -> None:
        """Those that are done, where they belong: who stopped the list gets them."""
        with stopped_by_signals(self._stop.ask):
            for made in all_made:
                try:
                    if made.error is None:
                        put_one(made)
                except Exception as error:
                    made.error = as_error(error)
                    self._progress.say(made.line())

    def work_off(self, work: OneJobList[Any], made: Made) -> None:
        """Let a job do its work, and take what becomes of it."""
        work_off(work, self._progress, self._stop, place=made.place)
        made.take(work.job)

    def conclude(self, all_made: Sequence[Made]) -> int:
        """Save what is done, report, tell. Returns the exit code."""
        done = [made for made in all_made if made.error is None]
        written: list[Written] = []
        catalogue = self._catalogue
        if self._outputs.save is not None and catalogue is not None and done:  # who stopped the list gets what is done
            written.append(attempt("scene", self._outputs.save, lambda path: self._save(
                path, is_finished=len(done) == len(all_made))))
            written.append(attempt("catalogue", catalogue_folder(self._outputs.save),
                                   lambda folder: write_catalogue(folder, catalogue)))
        is_whole = len(done) == len(all_made) and not any(item.error for item in written)
        status = "cancelled" if self._stop.is_asked else "done" if is_whole else "partly done" if done else "failed"
        if self._outputs.report is not None:
            body = self._describe(all_made, written, status)
            written.append(attempt("report", self._outputs.report, lambda path: write_json(path, body)))
        for item in written:
            self._progress.say(f"{item.what}: {item.error or item.path}")
        return 0 if status == "done" and not any(item.error for item in written) else 1

    def _save(self, path: Path, *, is_finished: bool) -> None:
        if not is_finished:  # what it did not come to may be in the library from an earlier run
            take_over(path, self._kind)
        save_scene(path)

    def _describe(self, all_made: Sequence[Made], written: Sequence[Written], status: str) -> dict[str, Any]:
        return {
            "version": version(), "status": status, "seconds": round(time.perf_counter() - self._start, 3),
            "scene": bpy.data.filepath, "machine": describe_machine(),
            "files": {item.what: item.path for item in written if item.error is None},
            "errors": [{"file": item.path, **describe_error(item.error)} for item in written if item.error],
            self._kind: [made.describe() for made in all_made]}
