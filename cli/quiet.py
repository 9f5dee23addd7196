"""Blender's own words on stdout, which are not those of a run. No bpy here."""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys
from collections.abc import Iterator

__all__ = ["quiet"]

_C = "ucrtbase" if os.name == "nt" else None


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Within the block nothing comes to stdout: neither what Python writes there nor what C does. What is told of a run
    and its errors is on stderr."""
    if sys.stdout is not None:
        sys.stdout.flush()
    with open(os.devnull, "w", encoding="utf-8") as null, contextlib.redirect_stdout(null):
        try:
            kept = os.dup(1)
        except OSError:  # there is none
            yield
            return
        try:
            _flush()
            os.dup2(null.fileno(), 1)
            yield
        finally:
            _flush()
            os.dup2(kept, 1)
            os.close(kept)


def _flush() -> None:
    """What C has not written yet belongs to what was there."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(_C).fflush(None)
