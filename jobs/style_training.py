"""A style that is learnt, without a window: bring its pictures, run, tell how far it is.

Stepped as `TextureJobs` is: who owns it calls `tick` until it `is_finished`. Nothing of the scene is changed.
"""

from __future__ import annotations

import dataclasses
import math
import time
from collections.abc import Generator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..client.job_folder import drop_old_job_folders, make_job_folder, write_request
from ..preferences import Settings
from ..protocol.errors import BadInput, Cancelled, VernissageError
from ..protocol.messages import Event, Preview, Progress, Remark
from ..protocol.style_train import CHECKPOINT_NAME, STYLE_SUFFIX, StyleTrainRequest, StyleTrainResult
from .backend import require_backend, run_job
from .beside import beside
from .hands import is_rendering
from .picture import Picture
from .style import plain_name
from .texture_job import CANCELLED, JobState, Summary, as_error
from .trained_styles import read_training

__all__ = ["StyleTraining", "TrainingJob", "WantedTraining", "going_on"]


@dataclass(frozen=True)
class WantedTraining:
    """What is to be learnt.

    Attributes:
        request: the names of its styles' files are filled in once they are brought.
        looks: for each of its styles the picture.
        replaces: whether a style of its name may be there already.
    """

    request: StyleTrainRequest
    looks: tuple[Picture, ...]
    replaces: bool = False


def going_on(folder: Path, **changes: Any) -> WantedTraining:
    """A training that goes on where that of a folder ended.

    Args:
        changes: fields of the request that differ.

    Raises:
        BadInput: there is none in that folder, or a change is out of its bounds.
    """
    request = read_training(folder)
    looks = tuple(Picture(name, path=folder / name) for name in request.styles)
    return WantedTraining(dataclasses.replace(request, **changes, resume=str(folder / CHECKPOINT_NAME)), looks,
                          replaces=True)


@dataclass(eq=False)
class TrainingJob:
    """The training, and how far it is.

    Attributes:
        object_name: the style's name, as a `Summary` calls what is at work.
        request: what was asked, once its files are there.
        folder: the job's folder, once it is made.
        progress, preview: the newest that the backend told.
        figures: losses and scores, the newest of each: see `backend.jobs.style_train`.
        result: what the backend made.
        error: why there is none.
        remarks: what the artist should know.
        seconds: what each part took.
        waits_for_artist: until nothing is rendered any more.
    """

    object_name: str
    state: JobState = JobState.WAITING
    request: StyleTrainRequest | None = None
    folder: Path | None = None
    progress: Progress | None = None
    preview: Path | None = None
    figures: dict[str, float] = field(default_factory=dict)
    result: StyleTrainResult | None = None
    error: VernissageError | None = None
    remarks: tuple[Remark, ...] = ()
    seconds: dict[str, float] = field(default_factory=dict)
    waits_for_artist: bool = False

    @property
    def can_go_on(self) -> bool:
        """Whether there is a checkpoint of it."""
        return self.folder is not None and (self.folder / CHECKPOINT_NAME).is_file()


class StyleTraining:
    """The one job as a list.

    Args:
        settings: the preferences.

    Raises:
        BadInput: a style of its name is there.
    """

    def __init__(self, wanted: WantedTraining, settings: Settings) -> None:
        path = Path(wanted.request.styles_folder) / f"{wanted.request.name}{STYLE_SUFFIX}"
        if path.exists() and not wanted.replaces:
            raise BadInput("There is a style {name} already.", "Choose another name, or remove {path}.",
                           name=wanted.request.name, path=path)
        self.job = TrainingJob(wanted.request.name)
        self.jobs = [self.job]
        self.is_cancelled = self.is_finished = False
        self._wanted = wanted
        self._settings = settings
        self._patience_s = 0.0
        self._steps = self._run()

    @property
    def done(self) -> list[TrainingJob]:
        return self.jobs if self.job.state is JobState.DONE else []

    @property
    def failed(self) -> list[TrainingJob]:
        return self.jobs if self.job.state is JobState.FAILED else []

    def summary(self) -> Summary:
        job = self.job
        if job.state is not JobState.RUNNING:
            return Summary()
        stage, percent, remaining_s = "Starting", 0, None
        if job.progress is not None:
            stage, percent = job.progress.stage.value, round(job.progress.fraction * 100)
            remaining_s = job.progress.remaining_s
        if self.is_cancelled:
            stage, remaining_s = "Cancelling", None
        return Summary(job.object_name, 1, 1, stage, percent, None if remaining_s is None else math.ceil(remaining_s),
                       job.preview, job.waits_for_artist)

    def tick(self, patience_s: float = 0.0) -> None:
        """One short step. Waits for the backend no longer than `patience_s`."""
        self._patience_s = patience_s
        if next(self._steps, StopIteration) is StopIteration:
            self.is_finished = True

    def cancel(self) -> None:
        """Stop after the step at work, and keep what is learnt. Safe to call from a signal handler."""
        self.is_cancelled = True

    def abandon(self) -> None:
        """Stop at once: the file is about to be replaced. The backend keeps what is learnt."""
        self.cancel()
        self._steps.close()
        if self.job.state is JobState.RUNNING:
            self._fail(Cancelled(CANCELLED))
        self.is_finished = True

    def _run(self) -> Generator[None]:
        try:
            self.job.state = JobState.RUNNING
            yield from beside(lambda: drop_old_job_folders(self._settings.user_folder), self._patience)
            yield
            yield from self._train()
        except Exception as error:
            self._fail(error)

    def _train(self) -> Generator[None]:
        job = self.job
        require_backend(self._settings)
        start = time.perf_counter()
        job.folder = make_job_folder(self._settings.user_folder)
        styles = []
        for number, look in enumerate(self._wanted.looks, 1):
            while is_rendering() and not self.is_cancelled:  # light is written by the scene's output settings
                job.waits_for_artist = True
                yield
            job.waits_for_artist = False
            if self.is_cancelled:
                raise Cancelled(CANCELLED)
            is_brought = bool(self._wanted.request.resume)  # then its name is that of a file of such a folder
            stem = Path(look.name).stem if is_brought else f"style_{number}_{plain_name(look.name)}"
            styles.append((yield from look.bring(job.folder, stem, self._patience)))
        job.request = dataclasses.replace(self._wanted.request, styles=tuple(styles))
        write_request(job.folder, job.request)
        job.seconds["Bringing the pictures"] = time.perf_counter() - start
        yield
        result = yield from run_job(self._settings, job.folder, note=self._note,
                                    is_cancelled=lambda: self.is_cancelled, patience_s=self._patience)
        assert isinstance(result, StyleTrainResult)
        job.result = result
        job.remarks += result.remarks
        job.seconds.update(result.seconds)
        job.state = JobState.DONE

    def _note(self, event: Event) -> None:
        match event:
            case Progress():
                self.job.progress = event
                self.job.figures.update(event.figures)
            case Preview(path=path):
                self.job.preview = Path(path)

    def _fail(self, error: Exception) -> None:
        job = self.job
        job.state, job.error = JobState.FAILED, as_error(error)
        if job.can_go_on:
            job.remarks += (Remark("What was learnt until then is kept in {path}, and can be gone on with.",
                                   {"path": str(job.folder)}),)

    def _patience(self) -> float:
        return self._patience_s
