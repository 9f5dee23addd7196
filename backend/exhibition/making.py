"""How a picture was made: as the card beside it tells it, its own PNG, or the line that other programs write."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from protocol.making import FACTS, MADE_KEY, facts_of_card

from .words import clean

__all__ = ["facts_beside", "facts_within"]

_LARGEST_BYTES = 1_000_000
# AUTOMATIC1111's "parameters" (modules/processing.py, create_infotext), which most programs for images write.
_PARAMETERS = {"Steps": "steps", "CFG scale": "guidance_scale", "Seed": "seed", "Model": "model",
               "Denoising strength": "strength"}
_NEGATIVE = "Negative prompt:"


def facts_beside(path: Path) -> dict[str, str]:
    """What the card of a material or a world of ours, in the picture's folder, says of the picture; of any other, and
    of a broken one, nothing."""
    for card in (path.with_suffix(".json"), path.with_name("material.json")):
        for made in _read(card):
            if path.name in _texts(made.get("result")):
                return _facts(facts_of_card(made))
    return {}


def facts_within(info: Mapping[str, Any]) -> dict[str, str]:
    """What the texts of a picture's file say."""
    ours, theirs = info.get(MADE_KEY), info.get("parameters")
    if isinstance(ours, str):
        return _facts(_mapping(json.loads(ours)))
    return _facts(dict(_parameters(theirs))) if isinstance(theirs, str) else {}


def _parameters(text: str) -> Iterator[tuple[str, str]]:
    """Lines of the prompt, of what is unwanted, and in the last one all else as "Name: value" with commas between."""
    *words, last = text.strip().split("\n")
    if not re.match(r"\w[\w ]*: ", last):
        words, last = [*words, last], ""
    prompt, _, unwanted = "\n".join(words).partition(_NEGATIVE)
    yield "prompt", prompt
    yield "negative_prompt", unwanted
    for name, quoted, plain in re.findall(r'(\w[\w ]*): (?:"((?:\\.|[^"\\])*)"|([^,]*))(?:,|$)', last):
        if name in _PARAMETERS:
            yield _PARAMETERS[name], quoted or plain


def _read(card: Path) -> Iterator[dict[str, Any]]:
    try:
        if card.stat().st_size <= _LARGEST_BYTES:
            body = json.loads(card.read_text("utf-8"))
            if isinstance(body, dict) and "vernissage" in body:
                yield body
    except (OSError, ValueError, RecursionError):
        return


def _facts(told: Mapping[str, Any]) -> dict[str, str]:
    said = {name: told[name] for name in FACTS if isinstance(told.get(name), str | int | float)}
    return {name: words for name, fact in said.items() if (words := clean(name, fact))}


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _texts(each)
