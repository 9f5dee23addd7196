"""An exhibition that is planned, without a window: films are looked at in Blender, the rest is the backend's."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import bpy

from ..preferences import Settings
from ..protocol.errors import BadInput, StorageError, VernissageError
from ..protocol.exhibition import FILM_SUFFIXES, ExhibitionPlanRequest
from ..protocol.exhibition_plan import plan_from_json
from ..scene.films import write_first_frame
from .hands import is_scene_in_use
from .one_job import OneJob, OneJobList

__all__ = ["ExhibitionPlanJob", "ExhibitionPlanning", "fonts"]

_PREFERRED = ("Inter.woff2", "Noto Sans CJK Regular.woff2")  # of Blender's own fonts


@dataclass(eq=False)
class ExhibitionPlanJob(OneJob):
    """The plan's job.

    Attributes:
        image_name: the image in the .blend, if one was made of the plan.
        collection_name: what the plan was built in, if it was.
        page: the folder of the page for browsers, if it was written.
        failed: what could not be built, by its name.
    """

    image_name: str = ""
    collection_name: str = ""
    page: str = ""
    failed: dict[str, VernissageError] = field(default_factory=dict)

    @property
    def plan(self) -> Path:
        """The plan, in the job's folder."""
        return self.folder / self.result.plan

    @property
    def picture(self) -> Path:
        """What it looks like, in the job's folder."""
        return self.folder / self.result.picture


class ExhibitionPlanning(OneJobList[ExhibitionPlanJob]):
    """Args:
        name: of the exhibition, for messages.
        request: without the stills of films, and without fonts.
        settings: the preferences.
        deliver: called with the job once it has its result. An error that it raises is the job's.
    """

    def __init__(self, name: str, request: ExhibitionPlanRequest, settings: Settings, *,
                 deliver: Callable[[ExhibitionPlanJob], None]) -> None:
        super().__init__(ExhibitionPlanJob(name), settings)
        self._request = dataclasses.replace(request, fonts=fonts())
        self._deliver = deliver

    def work(self) -> Generator[None]:
        folder = self.make_folder()
        stills = {}
        for number, film in enumerate(_films(self._request)):
            name = f"still-{number}.npy"
            try:
                write_first_frame(film, folder / name)
                stills[str(film)] = name
            except BadInput:
                pass  # the backend leaves out what has no still, and says so
            yield
            self._check_cancel()
        yield from self.ask(dataclasses.replace(self._request, stills=stills))
        yield from self.wait_while(is_scene_in_use)
        self._deliver(self.job)


def _films(request: ExhibitionPlanRequest) -> Iterator[Path]:
    """Raises:
        StorageError: the plan cannot be read.
        BadInput: it is none.
    """
    if request.plan:
        try:
            text = Path(request.plan).read_bytes().decode("utf-8-sig", "replace")
        except OSError as error:
            raise StorageError.from_os_error(request.plan, error) from error
        paths = [Path(request.plan).parent / work.file for work in plan_from_json(text).works]
    else:
        named = [Path(path) for path in request.works]
        paths = [file for path in named for file in (sorted(path.rglob("*")) if path.is_dir() else [path])]
    yield from (path for path in paths if path.suffix.lower() in FILM_SUFFIXES and path.is_file())


def fonts() -> tuple[str, ...]:
    """Blender's own, which have the letters of most scripts; none where its folder lacks them."""
    folder = bpy.utils.system_resource("DATAFILES", path="fonts")
    names = sorted(os.listdir(folder)) if folder and os.path.isdir(folder) else []
    names.sort(key=lambda name: _PREFERRED.index(name) if name in _PREFERRED else len(_PREFERRED))
    return tuple(os.path.join(folder, name) for name in names if name.lower().endswith((".woff2", ".ttf", ".otf")))
