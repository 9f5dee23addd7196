"""What a folder of finished frames says of its film: so that one that was broken off goes on, and does nothing
twice.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..client.job_folder import REQUEST_NAME
from ..protocol.errors import StorageError
from ..protocol.film import FilmResult
from ..protocol.wire import from_json, to_json
from .style_file import check_is_ours

__all__ = ["FILM_NAME", "FilmFolder", "digest", "open_film"]

FILM_NAME = "vernissage_film.json"


@dataclass(frozen=True)
class FilmFolder:
    """
    Attributes:
        out: where the finished frames lie.
        asked: all that makes the film, as JSON: the same makes the same frames.
        job: the job's folder, in which the frames are rendered.
        stale: frames of another film that were there before, by their time of change in nanoseconds.
        result: of a film that is complete.
    """

    out: Path
    asked: dict[str, Any]
    job: Path
    stale: dict[str, int]
    result: FilmResult | None = None

    def again(self, names: Sequence[str]) -> tuple[str, ...]:
        """Those that still have to take the place of a frame of another film."""
        return tuple(name for name in names if name in self.stale and _changed_ns(self.out / name) == self.stale[name])

    def finish(self, result: FilmResult) -> None:
        """Raises:
            StorageError: the folder cannot be written.
        """
        _write(replace(self, result=result))


def open_film(out: Path, names: Sequence[str], asked: dict[str, Any], job: Path, *, makes_anew: bool) -> FilmFolder:
    """The film that was begun in a folder that is `claimed`, or a new one.

    Args:
        names: of its frames.
        job: a job's folder to render in, if the film has none any more.
        makes_anew: a film that is complete already.

    Raises:
        StorageError: one of the names belongs to a file that is not ours, or the folder cannot be written.
    """
    for name in names:
        check_is_ours(out / name)
    film = _read(out, job)
    if film is None or film.asked != asked or (makes_anew and film.result is not None):
        film = FilmFolder(out, asked, job, {name: changed for name in names if (changed := _changed_ns(out / name))})
    elif film.result is not None and not all((out / name).is_file() for name in names):
        film = replace(film, result=None)
    if not (film.job / REQUEST_NAME).is_file():
        film = replace(film, job=job)
    _write(film)
    return film


def digest(path: Path) -> str:
    """Of a file's content.

    Raises:
        StorageError: it cannot be read.
    """
    try:
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise StorageError.from_os_error(path, error) from error


def _read(out: Path, beside: Path) -> FilmFolder | None:
    """None where there is none that can be read. Its job's folder is one beside another: never any path that a file
    names.
    """
    try:
        body = json.loads((out / FILM_NAME).read_text(encoding="utf-8"))
        result = None if body["result"] is None else from_json(FilmResult, body["result"])
        return FilmFolder(out, body["asked"], beside.parent / Path(body["job"]).name, dict(body["stale"]), result)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _write(film: FilmFolder) -> None:
    path = film.out / FILM_NAME
    partial = path.with_suffix(".part")
    body = {"asked": film.asked, "job": film.job.name, "stale": film.stale, "result": to_json(film.result)}
    try:
        partial.write_text(json.dumps(body, indent=2) + "\n", encoding="utf-8")
        partial.replace(path)
    except OSError as error:
        raise StorageError.from_os_error(path, error) from error
    finally:
        partial.unlink(missing_ok=True)


def _changed_ns(path: Path) -> int:
    """0 where there is no such file."""
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0
