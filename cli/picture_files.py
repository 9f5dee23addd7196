"""A picture's files: a PNG, and beside it a folder with what shows how it was made and the card; made once. No bpy
here."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from dataclasses import replace
from pathlib import Path

from ..protocol.errors import BadInput
from ..protocol.making import MADE_KEY, MADE_SUFFIX, PICTURE_CARD, facts_of_picture
from ..protocol.picture import PictureRequest, PictureResult, StripKind
from ..protocol.png import png_text
from ..protocol.wire import from_json
from .arguments import UsageError
from .cards import asked, has_all, read_card, staged, write_card
from .parts import clear_parts

__all__ = ["check_picture", "keep_picture", "kept_picture", "picture_files", "pictures_in"]

_KIND = "picture"


def picture_files(target: Path) -> dict[str, Path]:
    """What lies there, by what it is: the PNG, the folder beside it, and the card in that."""
    making = target.with_suffix(MADE_SUFFIX)
    return {"picture": target, "making": making, "card": making / PICTURE_CARD}


def check_picture(target: Path, request: PictureRequest) -> None:
    """Raises:
        UsageError: something lies there that neither a card nor the picture itself says was made by Vernissage of this
            request, or that somebody painted on and that would be painted anew.
    """
    picture, making, card = picture_files(target).values()
    body = read_card(card, _KIND)
    if body is None and os.path.lexists(making):
        raise UsageError(f"{making} is there and was not made by Vernissage: name another --out.")
    if body is None and os.path.lexists(picture) and not _is_of(request, picture):
        raise UsageError(f"{picture} is there, and does not say that Vernissage made it of this prompt: move it, or "
                         "name another --out.")
    if body is not None and body["request"] != asked(request) and picture.is_file() \
            and body.get("digest", _digest(picture)) != _digest(picture):
        raise UsageError(f"{picture} was changed since it was painted, and would be painted anew: move it, or name "
                         "another --out.")


def pictures_in(folder: Path) -> list[Path]:
    """Those in a folder that a card says were painted by Vernissage."""
    cards = sorted(folder.glob(f"*{MADE_SUFFIX}/{PICTURE_CARD}"))
    found = [card.parent.with_suffix(".png") for card in cards if read_card(card, _KIND) is not None]
    return [picture for picture in found if picture.is_file()]


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
    """Put the files of a job's folder there, then the card; the result with the PNG's new name. A PNG that somebody
    may have painted on, because no card says how it was, stays.

    Raises:
        StorageError: they cannot be written.
    """
    picture, making, card = picture_files(target).values()
    told = replace(result, picture=target.name)
    body = read_card(card, _KIND)
    stays = picture.is_file() and picture.stat().st_size > 0 and (
        body is None or body.get("digest", _digest(picture)) != _digest(picture))
    places = {strip.file: making / strip.file for strip in result.strips}
    if not stays:
        places[result.picture] = picture
    painted = {"digest": _digest(folder / result.picture)}
    unfinished = painted if stays else {}
    with staged(target) as partial:
        for name in places:
            shutil.copyfile(folder / name, partial / name)
        if making.exists():
            write_card(card, _KIND, asked(request), "", **unfinished)  # what lies there is ours, and no longer whole
        else:
            (partial / "open").mkdir()
            write_card(partial / "open" / PICTURE_CARD, _KIND, asked(request), "", **unfinished)
            os.replace(partial / "open", making)
        for name, path in places.items():
            os.replace(partial / name, path)
        for kind in set(StripKind) - {strip.kind for strip in result.strips}:  # what else lies there is somebody's
            (making / f"{kind}.png").unlink(missing_ok=True)
        write_card(card, _KIND, asked(request), "", told, **painted)
    return told


def _is_of(request: PictureRequest, picture: Path) -> bool:
    """Whether a picture without a card says itself that it was made of a request."""
    try:
        facts = json.loads(png_text(picture, MADE_KEY))
        steps, guidance = int(facts["steps"]), float(facts["guidance_scale"])
    except (OSError, ValueError, KeyError, TypeError):
        return False
    asked_steps = steps if request.steps is None else request.steps
    asked_guidance = guidance if request.guidance_scale is None else request.guidance_scale
    return bool(facts == facts_of_picture(request, facts.get("licence", ""), asked_steps, asked_guidance))


def _digest(picture: Path) -> str:
    return hashlib.sha256(picture.read_bytes()).hexdigest()
