"""The texts of a PNG, which tell how ours were made."""

from __future__ import annotations

import os
import struct
from pathlib import Path

__all__ = ["png_text"]

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_LARGEST_BYTES = 4_000_000


def png_text(path: Path, key: str) -> str:
    """What a PNG says under a key (tEXt); "" where it says nothing, or is none.

    Raises:
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        if file.read(len(_SIGNATURE)) != _SIGNATURE:
            return ""
        while len(head := file.read(8)) == 8:
            size, kind = struct.unpack(">I4s", head)
            if kind == b"tEXt" and size <= _LARGEST_BYTES:
                name, _, text = file.read(size).partition(b"\0")
                if name.decode("latin-1") == key:
                    return text.decode("latin-1")
                size = 0
            file.seek(size + 4, os.SEEK_CUR)
    return ""
