"""What shows how works were made, as small pictures for the page: their steps, where words were looked for, and the
pictures that they were made of."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import bpy

from ...protocol.errors import BadInput, StorageError
from ...protocol.exhibition_plan import ExhibitionPlan
from ...protocol.making import MADE_SUFFIX, PICTURE_CARD, STRIPS_KEY
from ...protocol.picture import Strip, StripKind
from ...protocol.png import png_text
from ...protocol.wire import from_json

__all__ = ["write_strips"]

_FOLDER = "made"
_QUALITY = 82
_BROKEN = (BadInput, OSError, ValueError, KeyError, TypeError, RecursionError)  # what a card or a text may raise


def write_strips(plan: ExhibitionPlan, beside: Path, page: Path) -> dict[str, list[dict[str, Any]]]:
    """Write `made/ID-KIND.webp` for each strip that lies beside a work of ours, or within its file, in place of those
    before; of each work's ID, what `house.json` says of its strips.

    Args:
        beside: the plan's folder.
        page: the folder of the page.

    Raises:
        StorageError: they cannot be written.
    """
    folder = page / _FOLDER
    told: dict[str, list[dict[str, Any]]] = {}
    try:
        for work in plan.works:
            if not work.made:
                continue
            with TemporaryDirectory() as own:
                for strip, file in _strips(beside / work.file, Path(own)):
                    folder.mkdir(parents=True, exist_ok=True)
                    target = folder / f"{work.number}-{strip.kind}.webp"
                    size = _write_small(file, target)
                    if size is not None:
                        told.setdefault(work.id, []).append({
                            "file": f"{_FOLDER}/{target.name}", "kind": str(strip.kind),
                            "captions": list(strip.captions), "size_px": list(size)})
    except OSError as error:
        raise StorageError.from_os_error(folder, error) from error
    return told


def _strips(work: Path, own: Path) -> list[tuple[Strip, Path]]:
    """Those of a work, and their files: beside it, as a card of ours tells; else of a PNG those within it, put into a
    folder. None of any other, and of what is broken."""
    making = work.with_suffix(MADE_SUFFIX)
    try:
        told = json.loads((making / PICTURE_CARD).read_text("utf-8"))["result"]["strips"]
        return [(strip, making / strip.file) for strip in (from_json(Strip, each) for each in told)]
    except _BROKEN:
        pass
    try:
        found = []
        for number, each in enumerate(json.loads(png_text(work, STRIPS_KEY) or "[]")):
            file = own / f"{number}.jpg"
            file.write_bytes(base64.b64decode(each["jpeg"]))
            found.append((Strip(kind=StripKind(each["kind"]), file=file.name, captions=tuple(each["captions"])), file))
        return found
    except _BROKEN:
        return []


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
