"""What shows how works were made, as small pictures for the page: their steps, and where words were looked for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import bpy

from ...protocol.errors import BadInput, StorageError
from ...protocol.exhibition_plan import ExhibitionPlan, WorkKind
from ...protocol.making import MADE_SUFFIX, PICTURE_CARD
from ...protocol.picture import PictureResult, Strip
from ...protocol.wire import from_json

__all__ = ["write_strips"]

_FOLDER = "made"
_QUALITY = 82


def write_strips(plan: ExhibitionPlan, beside: Path, page: Path) -> dict[str, list[dict[str, Any]]]:
    """Write `made/ID-KIND.webp` for each strip that lies beside a painted work, in place of those before; of each
    work's ID, what `house.json` says of its strips.

    Args:
        beside: the plan's folder.
        page: the folder of the page.

    Raises:
        StorageError: they cannot be written.
    """
    folder = page / _FOLDER
    told: dict[str, list[dict[str, Any]]] = {}
    try:
        for old in folder.glob("*.webp"):
            old.unlink()
        for work in plan.works:
            making = (beside / work.file).with_suffix(MADE_SUFFIX)
            if work.kind is not WorkKind.PICTURE or not work.made:
                continue
            for strip in _strips(making / PICTURE_CARD):
                folder.mkdir(parents=True, exist_ok=True)
                target = folder / f"{work.number}-{strip.kind}.webp"
                size = _write_small(making / strip.file, target)
                if size is not None:
                    told.setdefault(work.id, []).append({
                        "file": f"{_FOLDER}/{target.name}", "kind": str(strip.kind), "captions": list(strip.captions),
                        "size_px": list(size)})
    except OSError as error:
        raise StorageError.from_os_error(folder, error) from error
    return told


def _strips(card: Path) -> tuple[Strip, ...]:
    """Those that a card of ours tells of; none of any other."""
    try:
        result: PictureResult = from_json(PictureResult, json.loads(card.read_text("utf-8"))["result"])
    except (BadInput, OSError, ValueError, KeyError, TypeError, RecursionError):
        return ()
    return result.strips


def _write_small(source: Path, target: Path) -> tuple[int, int] | None:
    """A WebP of a picture; its width and height. None where there is no picture."""
    try:
        image = bpy.data.images.load(str(source), check_existing=False)
    except RuntimeError:
        return None
    try:
        width, height = image.size
        if not (width and height):
            return None
        image.file_format = "WEBP"
        image.save(filepath=str(target), quality=_QUALITY)
        return width, height
    except RuntimeError as error:
        raise OSError(str(error)) from error
    finally:
        bpy.data.images.remove(image)
