"""What an `exhibition` that is not finished has written so far: after a kill the same command goes on, and asks as ever
before it writes over what somebody may have edited. No bpy here."""

from __future__ import annotations

import json
from pathlib import Path

from .outputs import write_json
from .parts import clear_all_parts

__all__ = ["Unfinished"]

_NAME = ".unfinished.json"  # in the exhibition's folder, until all of it is there


class Unfinished:
    """Of the runs into a folder since the last one that was finished. What they left half written is deleted.

    Args:
        out: the exhibition's folder.
    """

    def __init__(self, out: Path) -> None:
        self._file = out / _NAME
        self._written: dict[str, list[int]] = {}
        try:
            self._written.update(json.loads(self._file.read_text(encoding="utf-8")))
            for folder in (out, *(each for each in out.iterdir() if each.is_dir())):
                clear_all_parts(folder)
        except (OSError, ValueError, TypeError):
            pass

    @property
    def is_there(self) -> bool:
        """Whether there is such a run."""
        return bool(self._written)

    def has(self, path: Path) -> bool:
        """Whether one of them wrote a file, and nobody has saved it since."""
        return path.exists() and self._written.get(path.name) == _state(path)

    def note(self, path: Path) -> None:
        """A file of the folder is written.

        Raises:
            StorageError: there is no room to note it.
        """
        self._written[path.name] = _state(path)
        write_json(self._file, self._written)

    def finish(self) -> None:
        """All is there, and is the artist's from now on."""
        self._file.unlink(missing_ok=True)


def _state(path: Path) -> list[int]:
    told = path.stat()
    return [told.st_size, told.st_mtime_ns]
