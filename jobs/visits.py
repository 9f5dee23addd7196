"""The visits of an exhibition, looked at without a window."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path

from ..preferences import Settings
from ..protocol.visits import VisitsRequest
from .exhibition import fonts
from .one_job import OneJob, OneJobList

__all__ = ["VisitsJob", "VisitsReading"]


@dataclass(eq=False)
class VisitsJob(OneJob):
    """The job of many visits."""

    @property
    def report(self) -> Path:
        """All that they say as JSON, in the job's folder."""
        return self.folder / self.result.report

    @property
    def picture(self) -> Path:
        """The plan with its warm places, in the job's folder."""
        return self.folder / self.result.picture


class VisitsReading(OneJobList[VisitsJob]):
    """Args:
        name: of the exhibition, for messages.
        request: without fonts.
        settings: the preferences.
        deliver: called with the job once it has its result. An error that it raises is the job's.
    """

    def __init__(self, name: str, request: VisitsRequest, settings: Settings, *,
                 deliver: Callable[[VisitsJob], None]) -> None:
        super().__init__(VisitsJob(name), settings)
        self._request = dataclasses.replace(request, fonts=fonts())
        self._deliver = deliver

    def work(self) -> Generator[None]:
        self.make_folder()
        yield from self.ask(self._request)
        self._deliver(self.job)
