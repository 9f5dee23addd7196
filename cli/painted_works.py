"""The works of an exhibition that are painted for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..jobs.texture_job import CANCELLED
from ..protocol.errors import Cancelled
from .exhibition_paint import WantedPainting
from .outputs import make_folder
from .picture import MadePicture, make_picture
from .picture_files import check_picture
from .progress import Bar, Lines, work_off
from .signals import Stop

__all__ = ["chosen_works", "paint_works"]


def chosen_works(wanted: Sequence[WantedPainting]) -> list[MadePicture]:
    """Raises:
        UsageError: one of them cannot be written.
    """
    for each in wanted:
        check_picture(each.target, each.request)
    if wanted:
        make_folder(wanted[0].target.parent)
    return [MadePicture.of(each.request, each.target) for each in wanted]


def paint_works(works: Sequence[MadePicture], progress: Bar | Lines, stop: Stop) -> None:
    """Those that are not there yet; the first that fails ends it, and what is painted stays.

    Raises:
        VernissageError: one could not be painted, or a stop was asked for.
    """
    for number, made in enumerate(works, 1):
        made.place = number, len(works)
        if stop.is_asked:
            raise Cancelled(CANCELLED)

        def run(work: Any, made: MadePicture = made) -> None:
            work_off(work, progress, stop, place=made.place)
            made.take(work.job)

        make_picture(made, run)
        if made.error is not None:
            raise made.error
        progress.say(made.line())
