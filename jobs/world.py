"""A world that is painted, without a window: bring what it begins with, run, deliver."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Generator
from dataclasses import dataclass

from ..preferences import Settings
from ..protocol.world import WorldRequest
from .hands import is_scene_in_use
from .one_job import OneJob, OneJobList
from .picture import Picture

__all__ = ["UNBROUGHT", "WantedWorld", "WorldJob", "WorldWork"]

UNBROUGHT = "-"  # a picture's file has its name once it is in the job's folder


@dataclass(frozen=True)
class WantedWorld:
    """What is to be painted.

    Attributes:
        request: names of files are filled in.
        picture: what the request's source is made of; None without one.
        mask: white where a panorama is painted anew; None for everywhere.
    """

    request: WorldRequest
    picture: Picture | None = None
    mask: Picture | None = None


@dataclass(eq=False)
class WorldJob(OneJob):
    """The world.

    Attributes:
        world_name: the World in the .blend, if one was made.
    """

    world_name: str = ""


class WorldWork(OneJobList[WorldJob]):
    """Args:
        wanted: what to paint.
        settings: the preferences.
        deliver: called with the job once it has its result. An error that it raises is the job's.
    """

    def __init__(self, wanted: WantedWorld, settings: Settings, *, deliver: Callable[[WorldJob], None]) -> None:
        super().__init__(WorldJob(wanted.request.prompt), settings)
        self._wanted = wanted
        self._deliver = deliver

    def work(self) -> Generator[None]:
        self.make_folder()
        request = self._wanted.request
        if request.source is not None and self._wanted.picture is not None:
            picture = yield from self.brought(self._wanted.picture, "source")
            mask = "" if self._wanted.mask is None else (yield from self.brought(self._wanted.mask, "mask"))
            request = dataclasses.replace(request, source=dataclasses.replace(request.source, picture=picture,
                                                                              mask=mask))
        yield from self.ask(request)
        yield from self.wait_while(is_scene_in_use)
        self._deliver(self.job)
