"""Text on the disk."""

from __future__ import annotations

import os
from pathlib import Path

from protocol.errors import StorageError

__all__ = ["write_text"]


def write_text(path: Path, text: str) -> None:
    """UTF-8; `path` appears when it is complete.

    Raises:
        StorageError: it cannot be written.
    """
    partial = path.with_suffix(".part")
    try:
        partial.write_text(text, encoding="utf-8")
        os.replace(partial, path)
    except OSError as error:
        raise StorageError.from_os_error(path, error) from error
    finally:
        partial.unlink(missing_ok=True)
