"""A material's folder in a library: there whole, or not at all; what is there is not made again."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..protocol.errors import BadInput, StorageError
from ..protocol.material import MaterialRequest, MaterialResult
from ..protocol.wire import from_json, to_json
from .arguments import UsageError

__all__ = ["CARD", "check_folder", "keep_material", "kept_material"]

CARD = "material.json"
_PART = ".part"


def check_folder(folder: Path) -> None:
    """Raises:
        UsageError: there is something else.
    """
    if folder.exists() and not (folder / CARD).is_file():
        raise UsageError(f"{folder} is there and was not made by Vernissage: name another --out or --name.")


def kept_material(folder: Path, request: MaterialRequest, source: str) -> tuple[MaterialResult, dict[str, Any]] | None:
    """What lies in a folder and was made of the same request, and what else its card says; None where nothing is.

    Args:
        source: tells the request's picture: see `keep_material`.
    """
    try:
        card = json.loads((folder / CARD).read_text("utf-8"))
        result = from_json(MaterialResult, card["result"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    is_same = card.get("request") == _asked(request) and card.get("source") == source
    is_whole = all((folder / name).is_file() for name in to_json(result.maps).values())
    return (result, card) if is_same and is_whole else None


def keep_material(folder: Path, made: Path, request: MaterialRequest, result: MaterialResult, source: str,
                  more: dict[str, Any], beside: Sequence[str] = ()) -> None:
    """Copy the maps out of a job's folder, beside it first, then in its place.

    Args:
        source: tells the request's picture: its path, size and time, or "".
        more: what the card says besides.
        beside: names of other files of the job's folder that go with the maps.

    Raises:
        StorageError: it cannot be written.
    """
    partial = folder.with_name(f".{folder.name}{_PART}")
    try:
        if partial.exists():  # of a run that was killed
            shutil.rmtree(partial)
        partial.mkdir(parents=True)
        for name in (*to_json(result.maps).values(), *beside):
            shutil.copyfile(made / name, partial / name)
        (partial / CARD).write_text(json.dumps({
            "request": _asked(request), "source": source, "result": to_json(result), **more}, indent=2) + "\n", "utf-8")
        if folder.exists():
            if not (folder / CARD).is_file():
                raise BadInput("{path} is there and was not made by Vernissage.", "Choose another folder.",
                               path=folder)
            shutil.rmtree(folder)
        os.replace(partial, folder)
    except OSError as error:
        raise StorageError.from_os_error(folder, error) from error
    finally:
        with contextlib.suppress(OSError):
            shutil.rmtree(partial)


def _asked(request: MaterialRequest) -> dict[str, Any]:
    """All that decides the maps: the picture's file is told by its source."""
    return {name: value for name, value in to_json(request).items() if name not in ("picture", "picture_name")}
