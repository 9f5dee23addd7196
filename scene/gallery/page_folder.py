"""The folder of a page, before it is written. No bpy here."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ...protocol.errors import BadInput

__all__ = ["check_page_folder", "foreign_file", "visits_address"]

_HOUSE, _INDEX, _MARK = "house.json", "index.html", "trusted-types vernissage"
_PAGE = Path(__file__).resolve().parents[2] / "viewer" / "dist"
_ROOMS = ("*.glb", "*.webp")


def foreign_file(folder: Path) -> Path | None:
    """A file that the page would come in place of, in a folder that has no page of Vernissage's; None for none.

    A page without its `house.json` is of a run that was killed.
    """
    if isinstance(_house(folder).get("rooms"), list) or _is_ours(folder / _INDEX):
        return None
    names = (_HOUSE, "sky.webp", *(sorted(path.name for path in _PAGE.iterdir()) if _PAGE.is_dir() else (_INDEX,)))
    there = (*(folder / name for name in names),
             *(path for pattern in _ROOMS for path in sorted((folder / "rooms").glob(pattern))))
    return next((path for path in there if path.exists()), None)


def check_page_folder(folder: Path) -> None:
    """Raises:
        BadInput: something else than a page of Vernissage's would be written over.
    """
    found = foreign_file(folder)
    if found is not None:
        raise BadInput("{path} is there, and of no page that Vernissage wrote.",
                       "Move it, or choose another folder for the page.", path=found)


def visits_address(folder: Path) -> str:
    """Where the page that is there sends visits to; "" for nowhere."""
    address = _house(folder).get("visits")
    return address if isinstance(address, str) else ""


def _house(folder: Path) -> dict[str, Any]:
    """Empty where there is none."""
    try:
        house = json.loads((folder / _HOUSE).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return house if isinstance(house, dict) else {}


def _is_ours(index: Path) -> bool:
    try:
        return _MARK in index.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return False
