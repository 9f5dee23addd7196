"""What is done in short steps beside the artist: the common part of all lists of jobs.

Who owns one calls `tick` until it `is_finished`: an operator's timer in a window, a loop in background.
"""

from __future__ import annotations

import math
from collections.abc import Generator
from typing import Any, Generic, Protocol, TypeVar

from ..preferences import Settings
from ..protocol.errors import Cancelled
from ..protocol.messages import Progress
from .texture_job import CANCELLED, JobState, Summary

__all__ = ["Stepped"]


class _Job(Protocol):
    """What there is to know of every job."""

    state: JobState

    def fail(self, error: Exception) -> None:
        """Keep why there is no result."""


J = TypeVar("J", bound=_Job)


class Stepped(Generic[J]):
    """A list of jobs.

    Args:
        jobs: in their order.
        settings: the preferences.
    """

    def __init__(self, jobs: list[J], settings: Settings) -> None:
        self.jobs = jobs
        self.is_cancelled = self.is_finished = False
        self._settings = settings
        self._patience_s = 0.0
        self._steps = self._run()  # which begins with the first tick

    def _run(self) -> Generator[None]:
        """All of it, in short steps."""
        raise NotImplementedError

    def summary(self) -> Summary:
        """How far what is at work is."""
        raise NotImplementedError

    @property
    def running(self) -> list[J]:
        return [job for job in self.jobs if job.state is JobState.RUNNING]

    @property
    def done(self) -> list[J]:
        return [job for job in self.jobs if job.state is JobState.DONE]

    @property
    def failed(self) -> list[J]:
        return [job for job in self.jobs if job.state is JobState.FAILED]

    def tick(self, patience_s: float = 0.0) -> None:
        """One short step: what came from the backend, or the next thing to be done in Blender.

        Args:
            patience_s: how long it may wait for the backend; 0 in a window.
        """
        self._patience_s = patience_s
        if next(self._steps, StopIteration) is StopIteration:
            self.is_finished = True

    def cancel(self) -> None:
        """Stop after the step at work. What is done stays. Safe to call from a signal handler."""
        self.is_cancelled = True

    def abandon(self) -> None:
        """Stop at once and never touch the scene again: it is about to be replaced."""
        self.cancel()
        self._steps.close()
        for job in self.running:
            job.fail(Cancelled(CANCELLED))
        self.is_finished = True

    def _summary(self, job: Any, name: str, number: int = 1, count: int = 1) -> Summary:
        """Of a job at work, or several that are as far, as number `number` of `count`."""
        progress: Progress | None = job.progress
        stage, percent, remaining_s = ("Starting", 0, None) if progress is None else (
            progress.stage.value, round(progress.fraction * 100), progress.remaining_s)
        if self.is_cancelled:
            stage, remaining_s = "Cancelling", None
        return Summary(name, number, count, stage, percent, None if remaining_s is None else math.ceil(remaining_s),
                       job.preview, job.waits_for_artist)

    def _check_cancel(self) -> None:
        if self.is_cancelled:
            raise Cancelled(CANCELLED)

    def _patience(self) -> float:
        """How long the step at work may wait for the backend, in seconds."""
        return self._patience_s
