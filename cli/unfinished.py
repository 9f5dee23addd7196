"""What an `exhibition` that is not finished has written so far: after a kill the same command goes on, and asks as ever
before it writes over what somebody may have edited. No bpy here."""

from __future__ import annotations

import json
from pathlib import Path

from .arguments import UsageError
from .outputs import write_json
from .parts import clear_all_parts, is_running, this_process

__all__ = ["Unfinished"]

_NAME = ".unfinished.json"  # in the exhibition's folder, until all of it is there


class Unfinished:
    """Of the runs of this machine into a folder since the last one that was finished. Of those of another nobody knows
    whether they still run.

    Args:
        out: the exhibition's folder.

    Raises:
        UsageError: one of them still runs.
    """

    def __init__(self, out: Path) -> None:
        self._out, self._file = out, out / _NAME
        self._written: dict[str, list[int]] = {}
        machine, process = this_process()
        try:
            told = json.loads(self._file.read_text(encoding="utf-8"))
            if told["machine"] != machine:
                return
            if told["process"] != process and is_running(told["process"]):
                raise UsageError(f"another exhibition is being made in {out}: wait for it, or name another --out.")
            self._written.update(told["written"])
        except (OSError, ValueError, TypeError, KeyError):
            pass

    def clear(self) -> None:
        """Delete what they left half written."""
        if self.is_there:
            for folder in (self._out, *(each for each in self._out.iterdir() if each.is_dir())):
                clear_all_parts(folder)

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
        machine, process = this_process()
        write_json(self._file, {"machine": machine, "process": process, "written": self._written})

    def finish(self) -> None:
        """All is there, and is the artist's from now on."""
        self._file.unlink(missing_ok=True)


def _state(path: Path) -> list[int]:
    told = path.stat()
    return [told.st_size, told.st_mtime_ns]
