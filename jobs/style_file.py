"""A styled picture as a file of its own: for the command line and for renders."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

from ..client.job_folder import drop_job_folder
from ..protocol.errors import StorageError
from ..protocol.style import SOFTWARE
from .style import StyleJob

__all__ = ["check_is_ours", "deliver_file", "is_whole", "styled_path"]

_HEAD_BYTES = 65536
_MAGICS = (b"\x89PNG", b"\x76\x2f\x31\x01")  # of PNG and OpenEXR
_OURS = re.compile(rb"Software\0(string\0....)?" + SOFTWARE.encode(), re.IGNORECASE | re.DOTALL)
_SIGNATURE, _END = b"\x89PNG\r\n\x1a\n", b"IEND\xaeB`\x82"


def styled_path(path: Path, folder: Path | None = None) -> Path:
    """Where the styled picture of a file goes: "NAME_styled.png", beside it or in a folder."""
    return (folder or path.parent) / f"{path.stem}_styled.png"


def check_is_ours(path: Path) -> None:
    """Nothing is written over what is not a styled picture, by what it says of itself, or empty.

    Raises:
        StorageError: another file has the name already.
    """
    if not os.path.lexists(path):
        return
    try:
        with open(path, "rb") as file:
            head = file.read(_HEAD_BYTES)
    except OSError as error:
        raise StorageError.from_os_error(path, error) from error
    if head and not (head.startswith(_MAGICS) and _OURS.search(head)):
        raise StorageError("{path} is there already, and was not made by Vernissage.",
                           "Rename it, or choose another folder.", path=path)


def is_whole(path: Path) -> bool:
    """Whether a PNG is there from its beginning to its end: a disk that was full may have left an empty one."""
    try:
        with open(path, "rb") as file:
            is_begun = file.read(len(_SIGNATURE)) == _SIGNATURE
            return is_begun and file.seek(0, os.SEEK_END) > len(_SIGNATURE) + len(_END) and (
                file.seek(-len(_END), os.SEEK_END) > 0 and file.read() == _END)
    except OSError:
        return False


def deliver_file(job: StyleJob, path: Path) -> None:
    """Put the result there, whole or not at all, and drop the job's folder: a film has thousands of pictures.

    Raises:
        StorageError: it cannot be written.
    """
    partial = path.with_name(f".{os.getpid()}.part.png")
    try:
        shutil.copyfile(job.styled, partial)
        os.replace(partial, path)
    except OSError as error:
        raise StorageError.from_os_error(path, error) from error
    finally:
        partial.unlink(missing_ok=True)
    job.output = path
    drop_job_folder(job.folder)
