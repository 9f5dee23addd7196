"""A film to be stylised, without a window: render what is missing, run, deliver."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from ..client.job_folder import drop_job_folder, write_request
from ..preferences import Settings
from ..protocol.errors import BadInput, Cancelled
from ..protocol.film import Anchor, FilmRequest
from ..protocol.messages import Remark
from ..protocol.requests import PictureFormat
from ..protocol.style import Manner
from ..protocol.wire import to_json
from .film_claim import claimed
from .film_folder import FilmFolder, digest, open_film
from .film_source import FilmSource, Shoot
from .hands import is_scene_in_use
from .one_job import OneJob, OneJobList
from .style import Wanted, plain_name
from .texture_job import CANCELLED, Summary

__all__ = ["FilmJob", "FilmJobs", "FilmWanted"]

_RENDER_SHARE = 0.7  # of the progress bar, where there is something to render


@dataclass(frozen=True)
class FilmWanted:
    """What is to be made.

    Attributes:
        style: as for pictures, without a mask.
        out: absolute path of the folder for the finished frames.
        makes_anew: a film that is complete; one that was broken off goes on in any case.
    """

    source: FilmSource
    style: Wanted
    anchor: Anchor
    picture_format: PictureFormat
    out: Path
    makes_anew: bool = False

    def __post_init__(self) -> None:
        if self.style.mask is not None:
            raise BadInput("A film is stylised without a mask.", "Empty the mask.")


@dataclass(eq=False)
class FilmJob(OneJob):
    """The film. Its folder is gone when it is complete.

    Attributes:
        out: where the finished frames lie.
        shoot: how far its frames are rendered.
        image_name, strip_name: what the .blend shows it with, if it does.
    """

    out: Path = Path()
    shoot: Shoot = field(default_factory=Shoot)
    image_name: str = ""
    strip_name: str = ""

    def fail(self, error: Exception) -> None:
        super().fail(error)
        if self.result is not None:
            self.remarks += (Remark("The finished frames lie in {path}.", {"path": str(self.out)}),)


class FilmJobs(OneJobList[FilmJob]):
    """Args:
        settings: the preferences.
        deliver: called with the job once it has its result, to show that where it belongs. An error that it raises is
            the job's.
    """

    def __init__(self, wanted: FilmWanted, settings: Settings, *, deliver: Callable[[FilmJob], None]) -> None:
        super().__init__(FilmJob(wanted.source.name, out=wanted.out), settings)
        self._wanted = wanted
        self._deliver = deliver

    def summary(self) -> Summary:
        whole, shoot = super().summary(), self.job.shoot
        if not shoot.count or not whole.count:
            return whole
        if self.job.progress is not None:
            return replace(whole, percent=round(100 * _RENDER_SHARE + (1 - _RENDER_SHARE) * whole.percent))
        stage = "Cancelling" if self.is_cancelled else "Rendering the frames"
        return replace(whole, number=min(shoot.done + 1, shoot.count), count=shoot.count, stage=stage,
                       percent=round(100 * _RENDER_SHARE * shoot.done / shoot.count),
                       waits_for_artist=shoot.is_waiting)

    def work(self) -> Generator[None]:
        with contextlib.ExitStack() as held:
            yield from self._work(held)

    def _work(self, held: contextlib.ExitStack) -> Generator[None]:
        job, source = self.job, self._wanted.source
        film, request = yield from self._begun(held)
        if film.result is None:
            start = time.perf_counter()
            yield from source.gather(film.job, job.shoot, self._check)
            job.seconds["Rendering the frames"] = time.perf_counter() - start
            yield from self.ask(request)
            film.finish(job.result)
        else:
            job.request, job.result = request, replace(film.result, made=0)
            job.remarks += film.result.remarks
        job.remarks += source.remarks()
        yield from self.wait_while(is_scene_in_use)
        self._deliver(job)
        drop_job_folder(film.job)

    def _begun(self, held: contextlib.ExitStack) -> Generator[None, None, tuple[FilmFolder, FilmRequest]]:
        """The film's folder, and what is asked: in a new folder of the job, or in that in which it was begun. Nobody
        else makes a film there while it is held.
        """
        fresh = self.make_folder()
        film = None
        try:
            request = yield from self._request()
            held.enter_context(claimed(self._wanted.out))
            film = open_film(self._wanted.out, request.targets, self._asked(request, fresh), fresh,
                             makes_anew=self._wanted.makes_anew)
        finally:
            if film is None or film.job != fresh:
                drop_job_folder(fresh)
        self.job.folder = film.job
        request = replace(request, folder=str(self._wanted.source.folder(film.job)), again=film.again(request.targets))
        write_request(film.job, request)  # by which the folder is known to be a job's, before it is large
        return film, request

    def _request(self) -> Generator[None, None, FilmRequest]:
        wanted, style = self._wanted, self._wanted.style.request
        if style.areas:
            raise BadInput("The styles of a film are for all of it.", "Let them be for everywhere.")
        styles = []
        for number, (item, look) in enumerate(zip(style.styles, wanted.style.looks, strict=True), 1):
            if look is not None:
                name = yield from self.brought(look, f"style_{number}_{plain_name(look.name)}")
                item = replace(item, picture=name, name=look.name)
            styles.append(item)
        files = wanted.source.files()
        return FilmRequest(name=self.job.object_name, folder=str(wanted.source.folder(self.job.folder)), frames=files,
                           passes=files if wanted.anchor is Anchor.SURFACE else (), view=wanted.source.view(),
                           out=str(wanted.out), picture_format=wanted.picture_format, styles=tuple(styles),
                           anchor=wanted.anchor, **{field.name: getattr(style, field.name) for field in fields(Manner)})

    def _asked(self, request: FilmRequest, folder: Path) -> dict[str, Any]:
        """All that makes the film, as JSON."""
        body = {name: value for name, value in to_json(request).items() if name not in ("folder", "out", "again")}
        files = [folder / style.picture if style.picture else Path(style.trained) for style in request.styles
                 if style.fixed is None]
        source = self._wanted.source.identity(self._wanted.out)
        return {**body, "source": source, "looks": [digest(path) for path in files]}

    def _check(self) -> None:
        if self.is_cancelled:
            raise Cancelled(CANCELLED)
