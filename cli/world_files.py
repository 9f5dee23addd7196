"""A world's files: an OpenEXR, a JPEG and the card that tells what they were made of; made once."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from pathlib import Path

from ..protocol.wire import from_json
from ..protocol.world import WorldRequest, WorldResult
from .arguments import UsageError
from .cards import asked, has_all, read_card, staged, write_card
from .parts import clear_parts

__all__ = ["PREVIEW", "check_target", "keep_world", "kept_world", "world_files"]

PREVIEW = "preview.png"  # in a job's folder
_KIND = "world"


def world_files(target: Path) -> dict[str, Path]:
    """What lies there, by what it is: the OpenEXR, the JPEG, the preview and the card, which is the last."""
    return {"radiance": target, "picture": target.with_suffix(".jpg"),
            "preview": target.with_name(f"{target.stem}_preview.png"), "card": target.with_suffix(".json")}


def check_target(target: Path) -> None:
    """Raises:
        UsageError: something lies there that no card says was made by Vernissage.
    """
    *pictures, card = world_files(target).values()
    for path in (*pictures, card):
        if path.exists() and read_card(card, _KIND) is None:
            raise UsageError(f"{path} is there and was not made by Vernissage: name another --out.")


def kept_world(target: Path, request: WorldRequest, sources: str) -> WorldResult | None:
    """What lies there and was made of the same request; None where nothing is, or not all of it. What a
    killed run left beside it is deleted.

    Args:
        sources: tells the pictures that the request begins with; "" without any.
    """
    clear_parts(target)
    *pictures, card = world_files(target).values()
    body = read_card(card, _KIND)
    if body is None or body["request"] != asked(request) or body["sources"] != sources \
            or not has_all(pictures):
        return None
    try:
        return from_json(WorldResult, body["result"])
    except (ValueError, KeyError, TypeError):
        return None


def keep_world(target: Path, folder: Path, request: WorldRequest, result: WorldResult, sources: str) -> WorldResult:
    """Put the pictures and the preview of a job's folder there, then the card; the result with the files' new names.

    Raises:
        StorageError: they cannot be written.
    """
    radiance, picture, preview, card = world_files(target).values()
    told = replace(result, radiance=radiance.name, picture=picture.name)
    places = ((result.radiance, radiance), (result.picture, picture), (PREVIEW, preview))
    with staged(target) as partial:
        for name, path in places:
            shutil.copyfile(folder / name, partial / path.name)
        write_card(card, _KIND, asked(request), sources)  # what lies there is ours, and no longer or not yet whole
        for _, path in places:
            os.replace(partial / path.name, path)
        write_card(card, _KIND, asked(request), sources, told)
    return told
