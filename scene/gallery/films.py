"""Films beside a page that browsers play."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ...protocol.errors import StorageError
from ...protocol.exhibition_plan import ExhibitionPlan, WorkKind
from ...protocol.remarks import Remark
from .works import work_file

__all__ = ["PageFilm", "write_films"]

_FOLDER = "films"
_MP4, _WEBM = (".mp4", ".m4v"), ".webm"
_CODECS = (b"avc1", b"avc3", b"av01", b"vp09")  # sample entries of MP4: H.264, AV1, VP9
_EACH_END_BYTES = 16_000_000  # of a file, in which its index is


@dataclass(frozen=True)
class PageFilm:
    """
    Attributes:
        file: as the page names it.
    """

    file: str
    bytes: int


def write_films(plan: ExhibitionPlan, beside: Path, page: Path) -> tuple[dict[str, PageFilm], list[Remark]]:
    """Copy those films that browsers play to `films/NUMBER.SUFFIX`; by their works' IDs, and what is to be said of the
    others.

    Args:
        beside: the plan's folder.
        page: the folder of the page.

    Raises:
        StorageError: they cannot be written.
    """
    folder = page / _FOLDER
    films: dict[str, PageFilm] = {}
    remarks = []
    try:
        for work in plan.works:
            file = work_file(beside, work)
            if work.kind is not WorkKind.FILM or not file.is_file():
                continue
            if not _plays(file):
                remarks.append(Remark("{name} is a film that browsers do not play: the page shows a still of it. Save "
                                      "it as an MP4 of H.264, or as WebM.", {"name": file.name}))
                continue
            folder.mkdir(parents=True, exist_ok=True)
            target = folder / f"{work.number}{file.suffix.lower()}"
            shutil.copyfile(file, target)
            films[work.id] = PageFilm(f"{_FOLDER}/{target.name}", target.stat().st_size)
    except OSError as error:
        raise StorageError.from_os_error(folder, error) from error
    return films, remarks


def _plays(file: Path) -> bool:
    suffix = file.suffix.lower()
    if suffix not in _MP4:
        return suffix == _WEBM
    with file.open("rb") as film:
        size = film.seek(0, 2)
        ends: Sequence[int] = (0, max(size - _EACH_END_BYTES, 0))
        for begin in ends:
            film.seek(begin)
            body = film.read(_EACH_END_BYTES)
            if any(codec in body for codec in _CODECS):
                return True
    return False
