"""What can go wrong, as both ends of the pipe name it.

    VernissageError
    ├── BadInput            the request or the scene cannot be used as it is
    ├── ModelError          a model folder is missing, incomplete, of the wrong family or unsafe
    ├── EnvironmentBroken   the backend's Python cannot run the backend
    ├── BackendDied         the subprocess ended, or did not answer, in the middle of a job
    ├── ProtocolMismatch    the two ends speak different versions
    ├── OutOfMemory         the device or the machine has no memory left
    ├── StorageError        a folder cannot be written, or the disk is full
    ├── Cancelled           the user stopped the job
    └── InternalError       a fault of ours; the log has the traceback

Every error carries one sentence for the artist and a remedy; `kind` is its name on the wire.
"""

from __future__ import annotations

import enum
import errno
import math
from collections.abc import Mapping
from typing import TypeGuard

__all__ = [
    "BackendDied",
    "BadInput",
    "Cancelled",
    "EnvironmentBroken",
    "ErrorKind",
    "InternalError",
    "ModelError",
    "OutOfMemory",
    "ProtocolMismatch",
    "StorageError",
    "VernissageError",
    "ERROR_BY_KIND",
    "fill",
    "plain_values",
]


class ErrorKind(enum.StrEnum):
    BAD_INPUT = "bad_input"
    MODEL = "model"
    ENVIRONMENT = "environment"
    BACKEND_DIED = "backend_died"
    PROTOCOL = "protocol"
    OUT_OF_MEMORY = "out_of_memory"
    STORAGE = "storage"
    CANCELLED = "cancelled"
    INTERNAL = "internal"


class VernissageError(Exception):
    """One sentence for the artist, and what to do about it.

    Both are English templates with named places ("{name} has no faces"), so that the add-on can
    look them up in its catalogue before the values are filled in.

    Args:
        sentence: what is wrong, with the value and the bound where there are any.
        remedy: what the artist can do next; empty only where there is nothing to do.
        log_path: the log that tells more, or "".
        values: what fills the places of either template; numbers and strings.
    """

    kind = ErrorKind.INTERNAL

    def __init__(self, sentence: str, remedy: str = "", *, log_path: str = "", **values: object) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.remedy = remedy
        self.log_path = log_path
        self.values = plain_values(values)

    def __str__(self) -> str:
        return f"{fill(self.sentence, self.values)} {fill(self.remedy, self.values)}".rstrip()


class BadInput(VernissageError):
    kind = ErrorKind.BAD_INPUT


class ModelError(VernissageError):
    kind = ErrorKind.MODEL


class EnvironmentBroken(VernissageError):
    kind = ErrorKind.ENVIRONMENT


class BackendDied(VernissageError):
    kind = ErrorKind.BACKEND_DIED


class ProtocolMismatch(VernissageError):
    kind = ErrorKind.PROTOCOL


class OutOfMemory(VernissageError):
    kind = ErrorKind.OUT_OF_MEMORY


class StorageError(VernissageError):
    kind = ErrorKind.STORAGE

    @classmethod
    def from_os_error(cls, path: object, error: OSError) -> StorageError:
        """What the operating system said about `path`, as a sentence for the artist."""
        if error.errno in (errno.ENOSPC, errno.EDQUOT) or "free space" in str(error):
            return cls("The disk is full: {path} could not be written.", "Free some space and try again.",
                       path=path)
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            return cls("There is no permission to write {path}.", "Choose another folder, or change its permissions.",
                       path=path)
        if error.errno in (errno.ENOENT, errno.ENOTDIR):
            return cls("{path} does not exist.", "Choose another folder, or try again.", path=path)
        return cls("{path} could not be read or written: {reason}.", "Choose another folder, or try again.",
                   path=path, reason=error.strerror or error)


class Cancelled(VernissageError):
    kind = ErrorKind.CANCELLED


class InternalError(VernissageError):
    kind = ErrorKind.INTERNAL


ERROR_BY_KIND: dict[ErrorKind, type[VernissageError]] = {
    cls.kind: cls for cls in (BadInput, ModelError, EnvironmentBroken, BackendDied, ProtocolMismatch,
                              OutOfMemory, StorageError, Cancelled, InternalError)
}


def plain_values(values: Mapping[str, object]) -> dict[str, str | int | float]:
    """What fills a template, as JSON can carry it: finite numbers as they are, anything else as text."""
    return {name: value if _is_json_number(value) else str(value) for name, value in values.items()}


def _is_json_number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def fill(template: str, values: Mapping[str, object]) -> str:
    """The template with its places filled; itself when nothing is to be filled."""
    return template.format_map(values) if values else template
