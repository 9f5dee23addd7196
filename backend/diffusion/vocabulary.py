"""What the embedded model makes of a thing that no caption of its training named: it reads the nearest one.

Its network knows a few hundred words. What it paints of any other is an accident of where MiniLM places it. What many
materials are called is in a lexicon (`training/data/names.py`), with their colour; for the rest, MiniLM, which was
trained on a billion sentences, does know what a word is like (Reimers and Gurevych, arXiv:1908.10084).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from torch import Tensor

from protocol.errors import ModelError

from .words import embed_words, unread_words

__all__ = ["NAME", "as_read"]

# In a model's folder: {"words": [all of its captions], "things": [what they show], "colours": [words for those],
# "names": {what they do not name: what that is in their words}}; the last two may be missing.
NAME = "vocabulary.json"
_ALIKE = 0.5  # the least cosine: "glacier" and "ice" have 0.64, "burlap" and "cliff", its nearest, 0.36
_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
# What says nothing of a thing: words of praise and grammar, and last words of things that others may have.
_SAYS_NOTHING = frozenset((
    "a", "an", "the", "of", "in", "on", "at", "by", "and", "or", "my", "very", "highly", "more", "most", "beautiful",
    "amazing", "stunning", "epic", "best", "quality", "masterpiece", "realistic", "photorealistic", "photo-realistic",
    "hyperrealistic", "detailed", "intricate", "sharp", "render", "rendering", "photo", "photograph", "image",
    "picture", "style"))
_SHADES = frozenset(("dark", "light"))
_GENERAL = frozenset((
    "surface", "pattern", "art", "cut", "face", "field", "print", "path", "line", "shape", "ground"))


class Vocabulary(NamedTuple):
    """As `NAME` lists it."""

    words: frozenset[str]
    things: tuple[str, ...]
    colours: frozenset[str]
    names: Mapping[str, str]


def as_read(prompt: str, folder: Path) -> tuple[str, tuple[tuple[str, str], ...]]:
    """A prompt as the model reads it, and each (unknown, known).

    A name of the lexicon becomes what it is, without its colour if the prompt has one. Another unknown thing gets the
    nearest known one behind it, and stays itself, because its place near others tells of colours: unless the prompt
    names a known thing, or it is like nothing known. A prompt that would become too long stays, and so does every
    prompt of a model without a vocabulary.

    Raises:
        ModelError: the vocabulary is damaged.
    """
    path = folder / NAME
    if not path.is_file():
        return prompt, ()
    known = _listed(path, path.stat().st_mtime_ns)
    for way in (_by_names, _by_nearness):
        read, told = way(prompt, known)
        if told:
            return (prompt, ()) if unread_words(read) else (read, told)
    return prompt, ()


def _by_names(prompt: str, known: Vocabulary) -> tuple[str, tuple[tuple[str, str], ...]]:
    pattern = _of_names(tuple(known.names))
    found = list(pattern.finditer(prompt)) if pattern else []
    rest = set(_split(pattern.sub(" ", prompt))) if pattern and found else set()
    parts, told, end = [], [], 0
    said_here: set[str] = set()  # by a name right before: "birch plywood" is one thing
    for name in found:
        between = prompt[end:name.start()]
        said_here = said_here if parts and not between.strip() else set()
        said, given = _spaced(name[0]), rest | said_here
        is_coloured = bool(given & known.colours - _SHADES)
        meant = " ".join(word for word in (known.names.get(said) or known.names[said.removesuffix("s")]).split()
                         if word not in given and not (is_coloured and word in known.colours))
        told += [(name[0], meant)] if meant else []
        parts += [between if meant else between.rstrip(" "), meant]
        said_here |= set(meant.split())
        end = name.end()
    return "".join(parts) + prompt[end:], tuple(told)


def _by_nearness(prompt: str, known: Vocabulary) -> tuple[str, tuple[tuple[str, str], ...]]:
    found = list(_WORD.finditer(prompt))
    heads = {thing.rpartition(" ")[2].removesuffix("s") for thing in known.things} - _GENERAL
    if any(word[0].lower().removesuffix("s") in heads for word in found):
        return prompt, ()
    runs: list[tuple[int, int]] = []
    for word in found:
        said = word[0].lower()
        if said in _SAYS_NOTHING or set(_split(said)) <= known.words or not said.isascii():
            continue
        if runs and not prompt[runs[-1][1]:word.start()].strip():
            runs[-1] = runs[-1][0], word.end()
        else:
            runs.append(word.span())
    read, told = prompt, []
    for start, end in reversed(runs):
        if nearest := _nearest(prompt[start:end], known.things):
            read = f"{read[:end]} {nearest}{read[end:]}"
            told.insert(0, (prompt[start:end], nearest))
    return read, tuple(told)


def _split(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", text.lower())


def _spaced(name: str) -> str:
    return re.sub("[ -]+", " ", str(name).lower())


@lru_cache(4)
def _of_names(names: tuple[str, ...]) -> re.Pattern[str] | None:
    """The longest first: "lapis lazuli" before "lapis"."""
    if not names:
        return None
    said = ("[ -]+".join(map(re.escape, name.split())) for name in sorted(names, key=len, reverse=True))
    return re.compile(rf"(?<![\w-])(?:{'|'.join(said)})s?(?![\w-])", re.IGNORECASE)


@lru_cache(4)
def _listed(path: Path, _changed: int) -> Vocabulary:
    try:
        listed = json.loads(path.read_text(encoding="utf-8"))
        names = {_spaced(name): str(meant) for name, meant in listed.get("names", {}).items()}
        known = Vocabulary(frozenset(map(str, listed["words"])), tuple(map(str, listed["things"])),
                           frozenset(map(str, listed.get("colours", ()))), names)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelError("{folder} cannot be loaded: {error}.", "Download the whole folder again.", folder=path.parent,
                         error=f"{path.name}: {error}") from error
    if not known.things:
        raise ModelError("{folder} cannot be loaded: {error}.", "Download the whole folder again.", folder=path.parent,
                         error=f"{path.name} names nothing")
    return known


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
