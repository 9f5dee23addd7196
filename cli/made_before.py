"""What earlier runs of a list put into the .blend: used again where nothing changed, replaced where made anew, and
kept where a run that is not finished writes over it."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import bpy
from bpy.types import ID, bpy_prop_collection

from ..protocol.wire import to_json

__all__ = ["find_again", "replace_earlier", "take_over"]

_MARK = "vernissage_list"  # a custom property


def find_again(blocks: bpy_prop_collection, place: Path | str, request: Any, result: Any, setup: Any) -> ID | None:
    """What an earlier run made there, of the same.

    Args:
        place: where its files lie, which tells it from others of its name; or that name, where there are none.
        setup: how the result became a data-block; it is told by its `repr`.
    """
    digest = _digest(request, result, setup)
    return next((block for block, of in _made(blocks, place) if of == digest), None)


def replace_earlier(blocks: bpy_prop_collection, block: ID, place: Path | str, request: Any, result: Any, setup: Any
                    ) -> None:
    """Mark it; what an earlier run made there goes, if it is used by none, and leaves its name."""
    for earlier, _ in _made(blocks, place):
        if earlier.users == earlier.use_fake_user:
            name = earlier.name
            blocks.remove(earlier)
            block.name = name
    block[_MARK] = json.dumps({"place": str(place), "name": block.name, "of": _digest(request, result, setup)})


def take_over(library: Path, kind: str) -> None:
    """Append the assets of a library that is about to be written over, besides those that are here too.

    Args:
        kind: "materials" or "worlds".

    Raises:
        OSError: it cannot be read.
    """
    if not library.exists() or library.resolve() == Path(bpy.data.filepath).resolve():
        return
    here = {block.name for block in getattr(bpy.data, kind) if block.asset_data is not None}
    with bpy.data.libraries.load(str(library), link=False, assets_only=True) as (found, wanted):
        setattr(wanted, kind, [name for name in getattr(found, kind) if name not in here])
    for block in getattr(wanted, kind):
        block.use_fake_user = True


def _made(blocks: bpy_prop_collection, place: Path | str) -> list[tuple[ID, str]]:
    """And of what. A copy and what was renamed are the artist's."""
    found = [(block, json.loads(block[_MARK])) for block in blocks if block.library is None and _MARK in block]
    return [(block, mark["of"]) for block, mark in found if (mark["place"], mark["name"]) == (str(place), block.name)]


def _digest(request: Any, result: Any, setup: Any) -> str:
    body = json.dumps([to_json(request), to_json(result), repr(setup)], sort_keys=True)
    return sha256(body.encode()).hexdigest()
