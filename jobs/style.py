"""A list of pictures to be stylised, one after another, without a window: bring, run, deliver.
"""

from __future__ import annotations

import contextlib
import dataclasses
import re
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ..client.job_folder import drop_old_job_folders, make_job_folder, write_request
from ..preferences import Settings
from ..protocol.errors import VernissageError
from ..protocol.messages import Event, Preview, Progress, Remark
from ..protocol.style import ControlKind, StyleRequest, StyleResult
from ..protocol.style_texture import TextureStyleRequest, TextureStyleResult
from .backend import require_backend, run_job
from .beside import beside
from .hands import is_rendering, is_scene_in_use
from .matte import bring_matte
from .picture import Picture
from .stepped import Stepped
from .surface import SurfaceTexture
from .texture_job import JobState, Summary, as_error

__all__ = ["StyleJob", "StyleJobs", "Wanted", "plain_name"]


@dataclass(frozen=True)
class Wanted:
    """What is to be done to pictures.

    Attributes:
        request: the same for all; name, content, matte and the names of files are filled in for each.
        looks: for each of `all_styles` the picture; None for one without.
        mask: white where the style shall be; None for everywhere.
        control: what the request's ControlNet follows; None without one.
    """

    request: StyleRequest
    looks: tuple[Picture | None, ...]
    mask: Picture | None = None
    control: Picture | None = None


@dataclass(eq=False)
class StyleJob:
    """One picture of the list, and how far it is.

    Attributes:
        object_name: the picture's, as a `Summary` calls what is at work.
        picture: where it comes from.
        request: what was asked, once its files are there.
        folder: the job's folder, once it is made.
        progress, preview: the newest that the backend told.
        result: what the backend made.
        image_name: the image in the .blend, if one was made of it.
        editors: the pointers of the Image Editors that show it.
        output: the file that was written, if one was.
        error: why there is none.
        remarks: what the artist should know.
        seconds: what each part took.
        waits_for_artist: until nothing is rendered any more, and with the result until nothing is moved either.
    """

    object_name: str
    picture: Picture | SurfaceTexture
    state: JobState = JobState.WAITING
    request: StyleRequest | TextureStyleRequest | None = None
    folder: Path | None = None
    progress: Progress | None = None
    preview: Path | None = None
    result: StyleResult | TextureStyleResult | None = None
    image_name: str = ""
    editors: tuple[int, ...] = ()
    output: Path | None = None
    error: VernissageError | None = None
    remarks: tuple[Remark, ...] = ()
    seconds: dict[str, float] = field(default_factory=dict)
    waits_for_artist: bool = False

    @property
    def styled(self) -> Path:
        """The finished picture, in the job's folder."""
        return self.folder / self.result.picture

    def fail(self, error: Exception) -> None:
        """Keep why there is none, and where it lies if only delivering it failed."""
        self.state, self.error = JobState.FAILED, as_error(error)
        if self.result is not None:
            self.remarks += (Remark("The finished picture lies in {path}.", {"path": str(self.styled)}),)


class StyleJobs(Stepped[StyleJob]):
    """The list.

    Args:
        pictures: what to stylise, in this order.
        settings: the preferences.
        deliver: called with each job that has its result, to put that where it belongs. An error that it raises is the
            job's.
    """

    def __init__(self, pictures: Sequence[Picture | SurfaceTexture], wanted: Wanted, settings: Settings, *,
                 deliver: Callable[[StyleJob], None]) -> None:
        super().__init__([StyleJob(picture.name, picture) for picture in pictures], settings)
        self._wanted = wanted
        self._deliver = deliver

    def summary(self) -> Summary:
        for job in self.running:
            return self._summary(job, job.object_name, self.jobs.index(job) + 1, len(self.jobs))
        return Summary()

    def _run(self) -> Generator[None]:
        yield from beside(lambda: drop_old_job_folders(self._settings.user_folder), self._patience)
        for job in self.jobs:
            with _ending(job):
                self._check_cancel()  # before any tick: of a long list all that wait end at once
                job.state = JobState.RUNNING
                yield
                self._check_cancel()
                yield from self._stylise(job)

    def _stylise(self, job: StyleJob) -> Generator[None]:
        require_backend(self._settings)
        start = time.perf_counter()
        job.folder = make_job_folder(self._settings.user_folder)
        job.request = yield from self._bring(job)
        write_request(job.folder, job.request)
        job.seconds["Bringing the pictures"] = time.perf_counter() - start
        yield
        result = yield from run_job(self._settings, job.folder, note=lambda event: _note(job, event),
                                    is_cancelled=lambda: self.is_cancelled, patience_s=self._patience)
        assert isinstance(result, StyleResult | TextureStyleResult)
        job.result = result
        job.remarks += result.remarks
        job.seconds.update(result.seconds)
        yield from self._wait_while(is_scene_in_use, job)
        self._deliver(job)
        job.state = JobState.DONE

    def _bring(self, job: StyleJob) -> Generator[None, None, StyleRequest | TextureStyleRequest]:
        """All pictures into the job's folder, and what to do with them."""
        wanted = self._wanted
        content = yield from self._brought(job, job.picture, "content")
        styles = []
        for number, (style, look) in enumerate(zip(wanted.request.all_styles, wanted.looks, strict=True), 1):
            if look is not None:
                name = yield from self._brought(job, look, f"style_{number}_{plain_name(look.name)}")
                style = dataclasses.replace(style, picture=name, name=look.name)
            styles.append(style)
        mask, mask_name, control, matte = "", "", "", None
        if wanted.mask is not None:
            mask, mask_name = (yield from self._brought(job, wanted.mask, "mask")), wanted.mask.name
        if wanted.control is not None:
            control = yield from self._brought(job, wanted.control, "control")
        has_areas, follows_scene = bool(wanted.request.areas), bool(wanted.request.controlnet) and not control
        if (has_areas or follows_scene) and isinstance(job.picture, Picture):
            yield from self._wait_while(is_rendering, job)
            normals = follows_scene and wanted.request.control_kind is ControlKind.NORMAL
            matte = yield from bring_matte(job.picture, content, job.folder, self._patience, with_normals=normals,
                                           with_passes=has_areas or not normals)
        request = dataclasses.replace(wanted.request.with_styles(styles), name=job.object_name, content=content,
                                      mask=mask, mask_name=mask_name, control=control, matte=matte)
        if isinstance(job.picture, SurfaceTexture):
            return (yield from job.picture.asked(request, job.folder, self._patience))
        return request

    def _brought(self, job: StyleJob, picture: Picture | SurfaceTexture, stem: str) -> Generator[None, None, str]:
        """The file's name. Light is written by the scene's output settings, by which a render at work writes too."""
        yield from self._wait_while(is_rendering, job)
        return (yield from picture.bring(job.folder, stem, self._patience))

    def _wait_while(self, is_busy: Callable[[], bool], job: StyleJob) -> Generator[None]:
        while is_busy() and not self.is_cancelled:
            job.waits_for_artist = True
            yield
        job.waits_for_artist = False
        self._check_cancel()


def _note(job: StyleJob, event: Event) -> None:
    match event:
        case Progress():
            job.progress = event
        case Preview(path=path):
            job.preview = Path(path)


def plain_name(name: str) -> str:
    """What a file may be called so that messages about it tell whose it is."""
    return re.sub(r"[^\w-]+", "_", name)[:40].strip("_")


@contextlib.contextmanager
def _ending(job: StyleJob) -> Iterator[None]:
    """An error in the block is the end of this job, and of no other."""
    try:
        yield
    except Exception as error:
        job.fail(error)
