"""A material's folder in a library: there whole, or not at all; what is there is not made again."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

from ..protocol.errors import BadInput
from ..protocol.material import MaterialRequest, MaterialResult
from ..protocol.wire import from_json, to_json
from .arguments import UsageError
from .cards import asked, has_all, read_card, staged, write_card
from .parts import clear_parts

__all__ = ["BALL", "check_folder", "keep_material", "kept_material", "material_files"]

BALL = "ball.png"  # in a job's folder too
_CARD = "material.json"
_KIND = "material"
_UNASKED = ("picture", "picture_name")  # the file is told by its source


def material_files(folder: Path, result: MaterialResult) -> dict[str, Path]:
    """What lies there, by what it is."""
    maps = {name: folder / file for name, file in to_json(result.maps).items()}
    return {"folder": folder, **maps, "preview": folder / BALL, "card": folder / _CARD}


def check_folder(folder: Path) -> None:
    """Raises:
        UsageError: there is something else.
    """
    if folder.exists() and read_card(folder / _CARD, _KIND) is None:
        raise UsageError(f"{folder} is there and was not made by Vernissage: name another --out or --name.")


def kept_material(folder: Path, request: MaterialRequest, sources: str) -> tuple[MaterialResult, dict[str, Any]] | None:
    """What lies in a folder and was made of the same request, and what else its card says; None where nothing is.
    What a killed run left beside it is deleted.

    Args:
        sources: tells the request's picture: see `keep_material`.
    """
    clear_parts(folder)
    card = read_card(folder / _CARD, _KIND)
    if card is None or card["request"] != asked(request, *_UNASKED) or card["sources"] != sources:
        return None
    try:
        result = from_json(MaterialResult, card["result"])
    except (ValueError, KeyError, TypeError):
        return None
    files = (*to_json(result.maps).values(), BALL)
    return (result, card) if has_all(folder / name for name in files) else None


def keep_material(folder: Path, made: Path, request: MaterialRequest, result: MaterialResult, sources: str,
                  more: dict[str, Any]) -> None:
    """Copy the maps and the ball out of a job's folder, beside it first, then in its place.

    Args:
        sources: tells the request's picture: its path, size and time, or "".
        more: what the card says besides.

    Raises:
        StorageError: it cannot be written.
    """
    with staged(folder) as partial:
        whole = partial / "new"
        whole.mkdir()
        for name in (*to_json(result.maps).values(), BALL):
            shutil.copyfile(made / name, whole / name)
        write_card(whole / _CARD, _KIND, asked(request, *_UNASKED), sources, result, **more)
        if folder.exists():
            if read_card(folder / _CARD, _KIND) is None:
                raise BadInput("{path} is there and was not made by Vernissage.", "Choose another folder.",
                               path=folder)
            os.replace(folder, partial / "old")  # whole: its card is there as long as anything is
        os.replace(whole, folder)
