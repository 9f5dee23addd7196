"""A picture that is painted, without a window: run, deliver."""

from __future__ import annotations

from collections.abc import Callable, Generator

from ..preferences import Settings
from ..protocol.picture import PictureRequest
from .hands import is_scene_in_use
from .one_job import OneJob, OneJobList

__all__ = ["PaintingWork"]


class PaintingWork(OneJobList[OneJob]):
    """Args:
        name: of the picture, for messages.
        settings: the preferences.
        deliver: called with the job once it has its result. An error that it raises is the job's.
    """

    def __init__(self, name: str, request: PictureRequest, settings: Settings, *, deliver: Callable[[OneJob], None]
                 ) -> None:
        super().__init__(OneJob(name), settings)
        self._wanted = request
        self._deliver = deliver

    def work(self) -> Generator[None]:
        self.make_folder()
        yield from self.ask(self._wanted)
        yield from self.wait_while(is_scene_in_use)
        self._deliver(self.job)
