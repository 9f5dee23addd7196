"""The works of an exhibition that are painted for it."""

from __future__ import annotations

from collections.abc import Sequence

from .batch import make_all
from .exhibition_paint import WantedPainting
from .outputs import make_folder
from .picture import MadePicture, make_picture
from .picture_files import check_picture
from .progress import Bar, Lines
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
    make_all(works, make_picture, progress, stop)
