"""What the embedded model makes of a thing that no caption of its training named: it reads one that it can paint.

Its network knows a few hundred words. What it paints of any other is an accident of where MiniLM places it. What many
materials look like is in a lexicon (`training/data/names.py`), with their colour; for the rest, MiniLM, which was
trained on a billion sentences, does know what a word is like (Reimers and Gurevych, arXiv:1908.10084).
"""

from __future__ import annotations

import json
import re
from collections.abc import Container, Mapping
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from torch import Tensor

from protocol.errors import ModelError

from .words import embed_words, unread_words

__all__ = ["NAME", "as_read"]

# In a model's folder: {"words": [all of its captions], "things": [what they show], "colours": [words for those],
# "names": {what they do not name: what that is in their words}, "looks": [those names whose reading only looks like
# it]}; the last three may be missing.
NAME = "vocabulary.json"
_ALIKE = 0.5  # the least cosine: "glacier" and "ice" have 0.64, "burlap" and "cliff", its nearest, 0.36
_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
# What says nothing of a thing: words of praise and grammar, and last words of things that others may have.
_SAYS_NOTHING = frozenset((
    "a", "an", "the", "of", "in", "on", "at", "by", "and", "or", "my", "very", "highly", "more", "most", "beautiful",
    "amazing", "stunning", "epic", "best", "quality", "masterpiece", "realistic", "photorealistic", "photo-realistic",
    "hyperrealistic", "detailed", "intricate", "sharp", "render", "rendering", "photo", "photograph", "image",
    "picture", "style"))
_SHADES, _PALE = frozenset(("dark", "light")), frozenset(("pale", "bright", "deep"))
_SPACE = r"[\s\u2010-\u2015-]+"
# Where another thing begins, which the colours and things before do not belong to.
_LEADS_ON = re.compile(r"[,;:.!?()\[\]]|\b(?:and|or|with|without|of|on|in|over|under|by|from|at|like)\b",
                       re.IGNORECASE)
_GENERAL = frozenset((
    "surface", "pattern", "art", "cut", "face", "field", "print", "path", "line", "shape", "ground"))


class Vocabulary(NamedTuple):
    """As `NAME` lists it."""

    words: frozenset[str]
    things: tuple[str, ...]
    colours: frozenset[str]
    names: Mapping[str, str]
    looks: frozenset[str]


def as_read(prompt: str, folder: Path) -> tuple[str, tuple[tuple[str, str], ...]]:
    """A prompt as the model reads it, and each (unknown, known), once.

    A name of the lexicon becomes what it looks like, without what its phrase says besides: "green ebony" is green wood.
    One that is read by its looks is only a colour before a known thing: "malachite tiles". Another unknown thing gets
    the nearest known one behind it, and stays itself, because its place near others tells of colours: unless the prompt
    names a known thing, or it is like nothing known. As much is read so as the model has room for, from the front; a
    prompt that is too long anyway is. Every prompt of a model without a vocabulary stays.

    Raises:
        ModelError: the vocabulary is damaged.
    """
    path = folder / NAME
    if not path.is_file():
        return prompt, ()
    known = _listed(path, path.stat().st_mtime_ns)
    readings = _by_names(prompt, known) or _by_nearness(prompt, known)
    while readings and unread_words(_with(prompt, readings)) and not unread_words(prompt):
        readings.pop()
    told = {reading.name.lower(): (reading.name, reading.known) for reading in reversed(readings) if reading.known}
    return _with(prompt, readings), tuple(reversed(told.values()))


class _Reading(NamedTuple):
    """`text` in place of a part of a prompt; what is told of it: the unknown `name`, and what is `known`, or ""."""

    start: int
    end: int
    text: str
    name: str
    known: str


def _with(prompt: str, readings: list[_Reading]) -> str:
    for reading in reversed(readings):
        prompt = prompt[:reading.start] + reading.text + prompt[reading.end:]
    return prompt


def _by_names(prompt: str, known: Vocabulary) -> list[_Reading]:
    pattern = _of_names(tuple(known.names))
    if pattern is None:
        return []
    readings = []
    begins = [0, *(mark.end() for mark in _LEADS_ON.finditer(prompt))]
    ends = [*(mark.start() for mark in _LEADS_ON.finditer(prompt)), len(prompt)]
    for begin, end in zip(begins, ends, strict=True):
        found = [(name, meant) for name in pattern.finditer(prompt, begin, end)
                 if (meant := _meant(name[0], known)) and not _is_adjective(prompt[name.end():end], known)]
        said = {name.span() for name, _ in found}
        given = {word[0].lower() for word in _WORD.finditer(prompt, begin, end)
                 if not any(start <= word.start() < end for start, end in said)}
        for (name, meant), before in zip(found, [None, *(name for name, _ in found)], strict=False):
            is_colour = _listed_as(name[0], known.looks) and _is_thing(prompt[name.end():end], known)
            looks = [word for word in meant.split() if word in known.colours or not is_colour]
            left = " ".join(_left(looks, given, known))
            given |= set(looks)  # "birch plywood" is one thing
            if left == _spaced(name[0]):
                continue  # only its colour would have been said besides
            if left:
                readings.append(_Reading(*name.span(), left, name[0], " ".join(looks)))
            elif is_colour:
                readings.append(_Reading(name.start(), name.end() + 1, "", name[0], ""))
            elif before is not None and not prompt[before.end():name.start()].strip():
                readings.append(_Reading(before.end(), name.end(), "", name[0], ""))
    return readings


def _meant(name: str, known: Vocabulary) -> str:
    return known.names.get(_listed_as(name, known.names), "")


def _listed_as(name: str, names: Container[str]) -> str:
    """A name as a list has it, which may lack its plural's ending; "" if it is not there."""
    said = _spaced(name)
    return next((one for one in (said, said.removesuffix("s"), said.removesuffix("es")) if one in names), "")


def _is_adjective(rest: str, known: Vocabulary) -> bool:
    """Whether what follows makes a name the name of a colour or of a paint: "emerald green", "acrylic paint"."""
    following = (_split(rest) or [""])[0]
    return following in known.colours - _SHADES or following.removesuffix("s") in ("paint", "painted", "coloured")


def _is_thing(rest: str, known: Vocabulary) -> bool:
    """Whether what follows a name begins with a known thing: " tiles", but not " pillar" nor " & tiles"."""
    said = re.match(r"(?:\s+[^\W\d_]+)+", rest)
    singular = [word.removesuffix("s") for word in _split(said[0])] if said else []
    return any(singular[: thing.count(" ") + 1] == [word.removesuffix("s") for word in thing.split()]
               for thing in known.things)


def _left(meant: list[str], given: set[str], known: Vocabulary) -> list[str]:
    """The words of a meaning that its phrase leaves room for: not its colour if that is given, nor what is said."""
    is_coloured, is_shaded = bool(given & known.colours - _SHADES), bool(given & (_SHADES | _PALE))
    return [word for word in meant if word not in given and not (is_coloured and word in known.colours)
            and not (is_shaded and word in _SHADES)]


def _by_nearness(prompt: str, known: Vocabulary) -> list[_Reading]:
    found = list(_WORD.finditer(prompt))
    heads = {thing.rpartition(" ")[2].removesuffix("s") for thing in known.things} - _GENERAL
    if any(word[0].lower().removesuffix("s") in heads for word in found):
        return []
    runs: list[tuple[int, int]] = []
    for word in found:
        said = word[0].lower()
        parts = _split(said)
        says_enough = any if len(parts) > 1 else all  # "basalt-like", "ruby-red"
        if said in _SAYS_NOTHING or says_enough(part in known.words or part in known.names for part in parts) or \
                not said.isascii():
            continue
        if runs and not prompt[runs[-1][1]:word.start()].strip():
            runs[-1] = runs[-1][0], word.end()
        else:
            runs.append(word.span())
    return [_Reading(end, end, f" {nearest}", prompt[start:end], nearest) for start, end in runs
            if (nearest := _nearest(prompt[start:end], known.things))]


def _split(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", text.lower())


def _spaced(name: str) -> str:
    return re.sub(_SPACE, " ", str(name).lower())


@lru_cache(4)
def _of_names(names: tuple[str, ...]) -> re.Pattern[str] | None:
    """The longest first: "lapis lazuli" before "lapis"."""
    if not names:
        return None
    said = (_SPACE.join(map(re.escape, name.split())) for name in sorted(names, key=len, reverse=True))
    return re.compile(rf"(?<![\w-])(?:{'|'.join(said)})(?:e?s)?(?![\w-])", re.IGNORECASE)


@lru_cache(4)
def _listed(path: Path, _changed: int) -> Vocabulary:
    try:
        listed = json.loads(path.read_text(encoding="utf-8"))
        names = {_spaced(name): str(meant) for name, meant in listed.get("names", {}).items()}
        known = Vocabulary(frozenset(map(str, listed["words"])), tuple(map(str, listed["things"])),
                           frozenset(map(str, listed.get("colours", ()))), names,
                           frozenset(map(str, listed.get("looks", ()))))
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
