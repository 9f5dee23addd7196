"""What lies in an exhibition's folder already: refused where it is somebody else's, kept where it is written over."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from ..jobs.exhibition_wanted import unused_name
from ..scene.gallery.page_folder import foreign_file
from .arguments import UsageError
from .texture import save_scene

__all__ = ["check_page_files", "check_stills", "save_exhibition"]


def check_page_files(folder: Path, remedy: str) -> None:
    """Raises:
        UsageError: something else than a page of Vernissage's would be written over.
    """
    found = foreign_file(folder)
    if found is not None:
        raise UsageError(f"{found} is there, and of no page that Vernissage wrote: {remedy}")


def check_stills(folder: Path) -> None:
    """Raises:
        UsageError: there are pictures, which may be written over.
    """
    found = next(iter(sorted(folder.glob("*.png"))), None)
    if found is not None:
        raise UsageError(f"{found} is there, and no exhibition with it: give --overwrite to replace it, or name "
                         "another --out.")


def save_exhibition(path: Path, opened: Path | None, *, is_ours: bool) -> Path | None:
    """Save the scene. What is there, and an artist may have changed, stays beside it under the name that Blender gives
    to backups; where that is taken, and the file was not opened, under a free name, which is returned: both may have
    what the new one has not.

    Args:
        opened: the opened file; None for an unsaved scene.
        is_ours: nobody has saved the file since a run wrote it that was not finished.

    Raises:
        StorageError, OSError, RuntimeError: as `save_scene`.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    before, kept = path.with_name(f".{os.getpid()}.part.blend1"), path.with_suffix(".blend1")
    was_opened = opened is not None and opened.resolve() == path.resolve()
    try:
        if path.exists() and not (is_ours and kept.exists()):
            _link(path, before)
        save_scene(path, compress=True)
        if not before.exists():
            return None
        is_free = was_opened or not kept.exists()
        os.replace(before, kept if is_free else (free := unused_name(path)))
        return None if is_free else free
    finally:
        before.unlink(missing_ok=True)


def _link(path: Path, before: Path) -> None:
    """The file under another name, too: what is saved comes in its place, and not into it."""
    try:
        os.link(path.resolve(), before)  # takes no room on the disk
    except OSError:  # a file system that knows no links
        shutil.copyfile(path, before)
