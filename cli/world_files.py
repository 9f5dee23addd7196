"""A world's files: an OpenEXR, a JPEG and the card that tells what they were made of; made once."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

from ..protocol.errors import StorageError
from ..protocol.wire import from_json, to_json
from ..protocol.world import WorldRequest, WorldResult
from .arguments import UsageError
from .outputs import write_json

__all__ = ["PREVIEW", "check_target", "keep_world", "kept_world", "world_files"]

PREVIEW = "preview.png"  # in a job's folder


def world_files(target: Path) -> tuple[Path, Path, Path, Path]:
    """The OpenEXR, the JPEG, the preview and the card."""
    return (target, target.with_suffix(".jpg"), target.with_name(f"{target.stem}_preview.png"),
            target.with_suffix(".json"))


def check_target(target: Path) -> None:
    """Raises:
        UsageError: something lies there that no card says was made by Vernissage.
    """
    *pictures, card = world_files(target)
    for path in (*pictures, card):
        if path.exists() and _card(card) is None:
            raise UsageError(f"{path} is there and was not made by Vernissage: name another --out.")


def kept_world(target: Path, request: WorldRequest, sources: str) -> WorldResult | None:
    """What lies there and was made of the same request; None where nothing is, or not all of it. The card is written
    last.

    Args:
        sources: tells the pictures that the request begins with; "" without any.
    """
    *pictures, card = world_files(target)
    body = _card(card)
    if body is None or body["request"] != _asked(request) or body["sources"] != sources \
            or not all(path.is_file() for path in pictures):
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
    radiance, picture, preview, card = world_files(target)
    card.unlink(missing_ok=True)  # of another request: from now on until the end nothing whole lies there
    for made, path in ((result.radiance, radiance), (result.picture, picture), (PREVIEW, preview)):
        partial = path.with_name(f".{os.getpid()}.part{path.suffix}")
        try:
            shutil.copyfile(folder / made, partial)
            os.replace(partial, path)
        except OSError as error:
            raise StorageError.from_os_error(path, error) from error
        finally:
            partial.unlink(missing_ok=True)
    told: dict[str, Any] = to_json(result) | {"radiance": radiance.name, "picture": picture.name}
    write_json(card, {"vernissage": "world", "request": _asked(request), "sources": sources, "result": told})
    return from_json(WorldResult, told)


def _asked(request: WorldRequest) -> dict[str, Any]:
    """As JSON gives it back."""
    return json.loads(json.dumps(to_json(request)))


def _card(path: Path) -> dict[str, Any] | None:
    try:
        body = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return None
    is_ours = isinstance(body, dict) and body.get("vernissage") == "world" and {"request", "sources", "result"} <= set(
        body)
    return body if is_ours else None
