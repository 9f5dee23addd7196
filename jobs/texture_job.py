"""One object of a job list: what becomes of it, and what a panel shows of the list at work."""

from __future__ import annotations

import contextlib
import enum
import time
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from ..protocol.errors import InternalError, VernissageError
from ..protocol.messages import Progress, Remark, TextureResult
from ..protocol.requests import PaintingRequest

if TYPE_CHECKING:
    from ..scene.overlay import Skin

__all__ = ["CANCELLED", "JobState", "Summary", "TextureJob", "as_error"]

CANCELLED = "The job was cancelled."


class JobState(enum.StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass
class TextureJob:
    """One object of the list, and how far it is.

    Attributes:
        object_name, object_uid: the object; the name is for messages.
        prompt: what it shall look like.
        request: what was asked for it and those that are painted with it, once they are read.
        number: which of the request's objects it is.
        folder: the job's folder, once it is made; objects that are painted together share it.
        progress, preview: the newest that the backend told.
        skin: what the picture is laid over, while it is painted in a window.
        surface, surface_number: the newest picture of its surface, and how many there were.
        result: what the backend made.
        image_name: the image in the .blend, once it is applied.
        error: why there is none.
        remarks: what the artist should know, of the mesh and of the result.
        seconds: what each part took, in the order in which they ran; the backend's part is for all that it painted
            together.
        waits_for_artist: the result is there, but the artist is in another mode, or a render is at work.
    """

    object_name: str
    object_uid: int
    prompt: str = ""
    state: JobState = JobState.WAITING
    request: PaintingRequest | None = None
    number: int = 0
    folder: Path | None = None
    progress: Progress | None = None
    preview: Path | None = None
    skin: Skin | None = None
    surface: Path | None = None
    surface_number: int = 0
    result: TextureResult | None = None
    image_name: str = ""
    error: VernissageError | None = None
    remarks: tuple[Remark, ...] = ()
    seconds: dict[str, float] = field(default_factory=dict)
    waits_for_artist: bool = False

    def fail(self, error: Exception) -> None:
        """Keep why there is no texture, and where the picture lies if only applying it failed."""
        self.state, self.error = JobState.FAILED, as_error(error)
        if self.result is not None:
            self.remarks += (Remark("The finished texture lies in {path}.",
                                    {"path": str(self.folder / self.result.texture)}),)

    @contextlib.contextmanager
    def timed(self, name: str) -> Iterator[None]:
        """What the block takes is kept in `seconds`."""
        start = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = time.perf_counter() - start


def as_error(error: Exception) -> VernissageError:
    """What is told of it: a fault of ours goes to the console, too."""
    if isinstance(error, VernissageError):
        return error
    traceback.print_exception(error)
    return InternalError("Something in Vernissage broke: {error}.", "Report it with the text in Blender's console.",
                         error=repr(error))


@dataclass(frozen=True)
class Summary:
    """What a panel shows of a list at work; two that are equal look the same.

    Attributes:
        object_name: of the object, or of all that are painted together.
        number, count: which object of how many; the first of one where all are painted together.
        stage: an English name, to be looked up.
        percent: how far it is.
        remaining_s: for it; None until there is an estimate.
    """

    object_name: str = ""
    number: int = 0
    count: int = 0
    stage: str = ""
    percent: int = 0
    remaining_s: int | None = None
    preview: Path | None = None
    waits_for_artist: bool = False
