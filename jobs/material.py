"""A material that is made, without a window: bring its picture, run, deliver."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Generator
from dataclasses import dataclass

from ..preferences import Settings
from ..protocol.material import MaterialRequest
from .hands import is_scene_in_use
from .one_job import OneJob, OneJobList
from .picture import Picture

__all__ = ["MaterialJob", "MaterialWork", "WantedMaterial"]


@dataclass(frozen=True)
class WantedMaterial:
    """
    Attributes:
        request: the name of its picture's file is filled in once that is brought.
        picture: of the surface; None for a prompt alone.
    """

    request: MaterialRequest
    picture: Picture | None = None


@dataclass(eq=False)
class MaterialJob(OneJob):
    """The material.

    Attributes:
        material_name: of the one in the .blend, if one was made.
        furnace_max: how bright that is at most in a white furnace; None where it could not be measured.
    """

    material_name: str = ""
    furnace_max: float | None = None


class MaterialWork(OneJobList[MaterialJob]):
    """Args:
        settings: the preferences.
        deliver: called with the job once it has its result. An error that it raises is the job's.
    """

    def __init__(self, wanted: WantedMaterial, settings: Settings, *, deliver: Callable[[MaterialJob], None]) -> None:
        super().__init__(MaterialJob(wanted.request.name), settings)
        self._wanted = wanted
        self._deliver = deliver

    def work(self) -> Generator[None]:
        self.make_folder()
        request, picture = self._wanted.request, self._wanted.picture
        if picture is not None:
            file = yield from self.brought(picture, "surface")
            request = dataclasses.replace(request, picture=file, picture_name=picture.name)
        yield from self.ask(request)
        yield from self.wait_while(is_scene_in_use)
        self._deliver(self.job)
