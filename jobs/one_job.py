"""A list of one job, for what is not done object by object."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from ..client.job_folder import drop_old_job_folders, make_job_folder, write_request
from ..preferences import Settings
from ..protocol.errors import VernissageError
from ..protocol.messages import Event, Preview, Progress, Remark
from ..protocol.wire import AnyRequest
from .backend import require_backend, run_job
from .beside import beside
from .hands import is_rendering
from .picture import Picture
from .stepped import Stepped
from .texture_job import JobState, Summary, as_error

__all__ = ["OneJob", "OneJobList"]


@dataclass(eq=False)
class OneJob:
    """The job, and how far it is.

    Attributes:
        object_name: what a `Summary` calls it.
        request: what was asked, once its files are there.
        folder: the job's folder, once it is made.
        progress, preview: the newest that the backend told.
        figures: the newest of each that the progress brought.
        result: what the backend made.
        error: why there is none.
        remarks: what the artist should know.
        seconds: what each part took.
        waits_for_artist: until nothing is rendered or moved any more.
    """

    object_name: str
    state: JobState = JobState.WAITING
    request: Any = None
    folder: Path | None = None
    progress: Progress | None = None
    preview: Path | None = None
    figures: dict[str, float] = field(default_factory=dict)
    result: Any = None
    error: VernissageError | None = None
    remarks: tuple[Remark, ...] = ()
    seconds: dict[str, float] = field(default_factory=dict)
    waits_for_artist: bool = False

    def fail(self, error: Exception) -> None:
        """Keep why there is no result."""
        self.state, self.error = JobState.FAILED, as_error(error)


J = TypeVar("J", bound=OneJob)


class OneJobList(Stepped[J]):
    """What its children have in common: `work` is theirs.

    Args:
        settings: the preferences.
    """

    def __init__(self, job: J, settings: Settings) -> None:
        super().__init__([job], settings)
        self.job = job

    def work(self) -> Generator[None]:
        """All of it, in short steps; an error that it raises is the job's."""
        raise NotImplementedError

    def summary(self) -> Summary:
        for job in self.running:
            return self._summary(job, job.object_name)
        return Summary()

    def make_folder(self) -> Path:
        """The job's folder. Raises `VernissageError`: there is no backend, or it cannot be made."""
        require_backend(self._settings)
        self.job.folder = make_job_folder(self._settings.user_folder)
        return self.job.folder

    def brought(self, picture: Picture, stem: str) -> Generator[None, None, str]:
        """The name of a picture's file, once it is in the job's folder. Light is written by the scene's output
        settings, by which a render at work writes too.
        """
        start = time.perf_counter()
        yield from self.wait_while(is_rendering)
        assert self.job.folder is not None
        name = yield from picture.bring(self.job.folder, stem, self._patience)
        self.job.seconds["Bringing the pictures"] = (
            self.job.seconds.get("Bringing the pictures", 0.0) + time.perf_counter() - start)
        return name

    def ask(self, request: AnyRequest) -> Generator[None]:
        """Let the backend do it; its result is the job's."""
        job = self.job
        assert job.folder is not None
        job.request = request
        write_request(job.folder, request)
        yield
        job.result = yield from run_job(self._settings, job.folder, note=self._note,
                                        is_cancelled=lambda: self.is_cancelled, patience_s=self._patience)
        job.remarks += job.result.remarks
        job.seconds.update(job.result.seconds)

    def wait_while(self, is_busy: Callable[[], bool]) -> Generator[None]:
        """Raises `Cancelled` where that was asked for."""
        while is_busy() and not self.is_cancelled:
            self.job.waits_for_artist = True
            yield
        self.job.waits_for_artist = False
        self._check_cancel()

    def _run(self) -> Generator[None]:
        try:
            self.job.state = JobState.RUNNING
            yield from beside(lambda: drop_old_job_folders(self._settings.user_folder), self._patience)
            yield
            yield from self.work()
            self.job.state = JobState.DONE
        except Exception as error:
            self.job.fail(error)

    def _note(self, event: Event) -> None:
        match event:
            case Progress():
                self.job.progress = event
                self.job.figures.update(event.figures)
            case Preview(path=path):
                self.job.preview = Path(path)
