"""A style that is learnt, without a window: bring its pictures, and run. Nothing of the scene is changed."""

from __future__ import annotations

import dataclasses
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..preferences import Settings
from ..protocol.errors import BadInput
from ..protocol.messages import Remark
from ..protocol.style_train import CHECKPOINT_NAME, STYLE_SUFFIX, StyleTrainRequest
from .one_job import OneJob, OneJobList
from .picture import Picture
from .style import plain_name
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

    @property
    def path(self) -> Path:
        """Where the style will lie."""
        return Path(self.request.styles_folder) / f"{self.request.name}{STYLE_SUFFIX}"


def going_on(folder: Path, *, replaces: bool = True, **changes: Any) -> WantedTraining:
    """A training that goes on where that of a folder ended.

    Args:
        replaces: the style of its name, which may be its own.
        changes: fields of the request that differ.

    Raises:
        BadInput: there is none in that folder, or a change is out of its bounds.
    """
    request = read_training(folder)
    looks = tuple(Picture.of_job(folder / name) for name in request.styles)
    return WantedTraining(dataclasses.replace(request, **changes, resume=str(folder / CHECKPOINT_NAME)), looks,
                          replaces=replaces)


@dataclass(eq=False)
class TrainingJob(OneJob):
    """The training; its figures are losses and scores: see `backend.jobs.style_train`."""

    @property
    def can_go_on(self) -> bool:
        """Whether there is a checkpoint of it."""
        return self.folder is not None and (self.folder / CHECKPOINT_NAME).is_file()

    def fail(self, error: Exception) -> None:
        super().fail(error)
        if self.can_go_on:
            self.remarks += (Remark("What was learnt until then is kept in {path}, and can be gone on with.",
                                    {"path": str(self.folder)}),)


class StyleTraining(OneJobList[TrainingJob]):
    """Args:
        settings: the preferences.

    Raises:
        BadInput: a style of its name is there.
    """

    def __init__(self, wanted: WantedTraining, settings: Settings) -> None:
        path = wanted.path
        if path.exists() and not wanted.replaces:
            raise BadInput("There is a style {name} already.", "Choose another name, or remove {path}.",
                           name=wanted.request.name, path=path)
        super().__init__(TrainingJob(wanted.request.name), settings)
        self._wanted = wanted

    def work(self) -> Generator[None]:
        self.make_folder()
        request = self._wanted.request
        styles = []
        for number, look in enumerate(self._wanted.looks, 1):
            # Of a training that goes on the name is that of a file of such a folder.
            stem = Path(look.name).stem if request.resume else f"style_{number}_{plain_name(look.name)}"
            styles.append((yield from self.brought(look, stem)))
        yield from self.ask(dataclasses.replace(
            request, styles=tuple(styles), names=request.names or tuple(look.name for look in self._wanted.looks)))
