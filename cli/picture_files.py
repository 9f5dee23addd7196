"""A picture's files: a PNG, and beside it a folder with what shows how it was made and the card; made once. No bpy
here."""

from __future__ import annotations

import hashlib
import os
import shutil
from dataclasses import replace
from pathlib import Path

from ..protocol.errors import BadInput
from ..protocol.making import MADE_SUFFIX, PICTURE_CARD
from ..protocol.picture import PictureRequest, PictureResult, StripKind
from ..protocol.wire import from_json
from .arguments import UsageError
from .cards import asked, has_all, read_card, staged, write_card
from .parts import clear_parts

__all__ = ["check_picture", "keep_picture", "kept_picture", "picture_files"]

_KIND = "picture"


def picture_files(target: Path) -> dict[str, Path]:
    """What lies there, by what it is: the PNG, the folder beside it, and the card in that."""
    making = target.with_suffix(MADE_SUFFIX)
    return {"picture": target, "making": making, "card": making / PICTURE_CARD}


def check_picture(target: Path, request: PictureRequest) -> None:
    """Raises:
        UsageError: something lies there that no card says was made by Vernissage, or that somebody painted on and that
            would be painted anew.
    """
    picture, making, card = picture_files(target).values()
    body = read_card(card, _KIND)
    for path in (picture, making):
        if os.path.lexists(path) and body is None:
            raise UsageError(f"{path} is there and was not made by Vernissage: name another --out.")
    if body is not None and body["request"] != asked(request) and picture.is_file() \
            and body.get("digest", _digest(picture)) != _digest(picture):
        raise UsageError(f"{picture} was changed since it was painted, and would be painted anew: move it, or name "
                         "another --out.")


def kept_picture(target: Path, request: PictureRequest) -> PictureResult | None:
    """What lies there and was made of the same request; None where nothing is, or not all of it. What a killed run left
    beside it is deleted."""
    clear_parts(target)
    picture, making, card = picture_files(target).values()
    body = read_card(card, _KIND)
    if body is None or body["request"] != asked(request):
        return None
    try:
        result: PictureResult = from_json(PictureResult, body["result"])
    except (BadInput, ValueError, KeyError, TypeError):
        return None
    return result if has_all([picture, *(making / strip.file for strip in result.strips)]) else None


def keep_picture(target: Path, folder: Path, request: PictureRequest, result: PictureResult) -> PictureResult:
    """Put the files of a job's folder there, then the card; the result with the PNG's new name.

    Raises:
        StorageError: they cannot be written.
    """
    picture, making, card = picture_files(target).values()
    told = replace(result, picture=target.name)
    places = {result.picture: picture, **{strip.file: making / strip.file for strip in result.strips}}
    with staged(target) as partial:
        for name in places:
            shutil.copyfile(folder / name, partial / name)
        if making.exists():
            write_card(card, _KIND, asked(request), "")  # what lies there is ours, and no longer whole
        else:
            (partial / "open").mkdir()
            write_card(partial / "open" / PICTURE_CARD, _KIND, asked(request), "")
            os.replace(partial / "open", making)
        for name, path in places.items():
            os.replace(partial / name, path)
        for kind in set(StripKind) - {strip.kind for strip in result.strips}:  # what else lies there is somebody's
            (making / f"{kind}.png").unlink(missing_ok=True)
        write_card(card, _KIND, asked(request), "", told, digest=_digest(picture))
    return told


def _digest(picture: Path) -> str:
    return hashlib.sha256(picture.read_bytes()).hexdigest()
