"""What the embedded model makes of a thing that no caption of its training named: it reads with it the nearest one.

Its network knows a few hundred words. What it paints of any other is an accident of where MiniLM places it; but MiniLM,
which was trained on a billion sentences, does know what a word is like (Reimers and Gurevych, arXiv:1908.10084).
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from pathlib import Path

from torch import Tensor

from protocol.errors import ModelError

from .words import embed_words, unread_words

__all__ = ["NAME", "as_read"]

NAME = "vocabulary.json"  # in a model's folder: {"words": [all of its captions], "things": [what they show]}
_ALIKE = 0.5  # the least cosine: "glacier" and "ice" have 0.64, "burlap" and "cliff", its nearest, 0.36
_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
# What says nothing of a thing: words of praise and grammar, and last words of things that others may have.
_SAYS_NOTHING = frozenset((
    "a", "an", "the", "of", "in", "on", "at", "by", "and", "or", "my", "very", "highly", "more", "most", "beautiful",
    "amazing", "stunning", "epic", "best", "quality", "masterpiece", "realistic", "photorealistic", "photo-realistic",
    "hyperrealistic", "detailed", "intricate", "sharp", "render", "rendering", "photo", "photograph", "image",
    "picture", "style"))
_GENERAL = frozenset((
    "surface", "pattern", "art", "cut", "face", "field", "print", "path", "line", "shape", "ground"))


def as_read(prompt: str, folder: Path) -> tuple[str, tuple[tuple[str, str], ...]]:
    """A prompt with the nearest known thing behind each unknown one, and each (unknown, known). The unknown word stays,
    because its place near others tells of colours.

    A prompt that names a known thing stays as it is, as does a word that is like nothing known, a prompt that would
    become too long, and every prompt of a model without a vocabulary.

    Raises:
        ModelError: the vocabulary is damaged.
    """
    path = folder / NAME
    if not path.is_file():
        return prompt, ()
    words, things = _listed(path, path.stat().st_mtime_ns)
    found = list(_WORD.finditer(prompt))
    heads = {thing.rpartition(" ")[2].removesuffix("s") for thing in things} - _GENERAL
    if any(word[0].lower().removesuffix("s") in heads for word in found):
        return prompt, ()
    runs: list[tuple[int, int]] = []
    for word in found:
        said = word[0].lower()
        if said in _SAYS_NOTHING or set(re.split("[-'’]", said)) <= words or not said.isascii():
            continue
        if runs and not prompt[runs[-1][1]:word.start()].strip():
            runs[-1] = runs[-1][0], word.end()
        else:
            runs.append(word.span())
    read = prompt
    told: list[tuple[str, str]] = []
    for start, end in reversed(runs):
        if nearest := _nearest(prompt[start:end], things):
            read = f"{read[:end]} {nearest}{read[end:]}"
            told.insert(0, (prompt[start:end], nearest))
    return (prompt, ()) if unread_words(read) else (read, tuple(told))


@lru_cache(4)
def _listed(path: Path, _changed: int) -> tuple[frozenset[str], tuple[str, ...]]:
    try:
        listed = json.loads(path.read_text(encoding="utf-8"))
        words, things = frozenset(map(str, listed["words"])), tuple(map(str, listed["things"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError("{folder} cannot be loaded: {error}.", "Download the whole folder again.", folder=path.parent,
                         error=f"{path.name}: {error}") from error
    if not things:
        raise ModelError("{folder} cannot be loaded: {error}.", "Download the whole folder again.", folder=path.parent,
                         error=f"{path.name} names nothing")
    return words, things


@lru_cache(64)
def _nearest(unknown: str, things: tuple[str, ...]) -> str:
    """"" if nothing is alike."""
    alike = _directions(things) @ _directions((unknown,))[0]
    return things[int(alike.argmax())] if alike.max() >= _ALIKE else ""


@lru_cache(64)
def _directions(phrases: tuple[str, ...]) -> Tensor:
    """(n, 384), of length 1: where MiniLM places phrases."""
    means = embed_words(phrases)[:, 0]
    return means / means.norm(dim=1, keepdim=True)
