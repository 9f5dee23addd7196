"""What the `[[paint]]` tables of an exhibition's brief want to be painted. No bpy here."""

from __future__ import annotations

import functools
import itertools
import string
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..protocol.names import name_of_prompt
from ..protocol.picture import PictureRequest
from .arguments import UsageError, checked, existing_model
from .picture_files import pictures_in
from .table import check_text, free_name, free_seed, size_of

__all__ = ["WORKS", "WantedPainting", "painted_before", "wanted_paintings"]

WORKS = "works"  # the folder of --out that they lie in
_MOST = 300
_TOLD = ("title", "artist", "year", "medium", "text", "alt", "rights", "language", "theme",
         "room")  # of a label, and of its place
_TEXTS = {"prompt", "negative_prompt", "size", "model", *_TOLD}
_SIZES_CM = ("width_cm", "height_cm")
_COUNTS = {"count", "steps", "seed"}
_NUMBERS = {*_COUNTS, *_SIZES_CM, "guidance"}
_NUMBER = "number"  # the placeholder that counts


@dataclass(frozen=True)
class WantedPainting:
    """
    Attributes:
        target: of the PNG.
        told: of the work, by columns of a sidecar.
    """

    request: PictureRequest
    target: Path
    told: Mapping[str, str]


@dataclass
class _Taken:
    """By the pictures so far.

    Attributes:
        names: in lower case.
        seeds: by prompts, see `free_seed`.
        prompts: how often each came.
    """

    names: set[str] = field(default_factory=set)
    seeds: set[tuple[str, int]] = field(default_factory=set)
    prompts: Counter[str] = field(default_factory=Counter)


def wanted_paintings(tables: Any, out: Path, scene: Path | None, beside: Path | None = None) -> list[WantedPainting]:
    """All that the tables want, in their order.

    Args:
        out: the exhibition's folder.
        scene: the opened file; None for an unsaved scene.
        beside: the brief's folder, in which folders of models are named.

    Raises:
        UsageError: one of them cannot be painted.
    """
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise UsageError("paint must be tables: write [[paint]] over each.")
    wanted: list[WantedPainting] = []
    taken, model = _Taken(), functools.partial(existing_model, scene=scene, beside=beside)
    for number, table in enumerate(tables, 1):
        try:
            wanted += _of_table(table, out / WORKS, model, taken)
        except UsageError as error:
            raise UsageError(f"paint {number}: {error}") from error
    if len(wanted) > _MOST:
        raise UsageError(f"{len(wanted)} pictures are to be painted: {_MOST} at most.")
    return wanted


def painted_before(out: Path, wanted: Sequence[WantedPainting], works: Iterable[Path]) -> list[Path]:
    """Pictures that were painted for an earlier brief, and that folders of works have.

    Args:
        out: the exhibition's folder.
        works: files and folders that are named besides.
    """
    present = {each.target.resolve() for each in wanted} | {path.resolve() for path in works}
    return [path for path in pictures_in(out / WORKS)
            if path.resolve() not in present and present.intersection(path.resolve().parents)]


def _of_table(table: Mapping[str, Any], folder: Path, model: Callable[[str], str], taken: _Taken
              ) -> list[WantedPainting]:
    """Args:
        model: of a table, as a request has it.
    """
    lists = {name: _values(name, value) for name, value in table.items() if name not in _TEXTS | _NUMBERS}
    for name, value in table.items():
        kind = str if name in _TEXTS else int if name in _COUNTS else int | float
        if name not in lists and (not isinstance(value, kind) or isinstance(value, bool)):
            raise UsageError(f"{name} is {value!r}, which is no {'text' if name in _TEXTS else 'number'}.")
        if name in _TEXTS:
            check_text(name, value)
    prompt = table.get("prompt", "")
    places = _placeholders(prompt)
    if not prompt.strip():
        raise UsageError("it has no prompt: say what the pictures show.")
    sources = {place: next((name for name in (place, f"{place}s") if name in lists), "") for place in places}
    for place, name in sources.items():
        if not name:
            raise UsageError(f"the prompt has {{{place}}}, and there is no list of what that may be: "
                             f"add {place} = [\"…\", \"…\"].")
    for name in lists:
        if name not in sources.values():
            raise UsageError(f"{name} is not known: the prompt has no {{{name.removesuffix('s')}}} for its values.")
    choices = [dict(zip(places, values, strict=True))
               for values in itertools.product(*(lists[name] for name in sources.values()))]
    count = table.get("count", len(choices))
    if not len(choices) <= count <= _MOST:
        raise UsageError(f"count is {count}: must be from {len(choices)}, one of each, to {_MOST}.")
    wanted: list[WantedPainting] = []
    for number, choice in enumerate(choices):
        share = (number + 1) * count // len(choices) - number * count // len(choices)
        for _ in range(share):  # of one choice; with another count it keeps its seed
            wanted.append(_painting(table, choice, len(wanted) + 1, folder, model, taken))
    return wanted


def _painting(table: Mapping[str, Any], choice: Mapping[str, str], number: int, folder: Path,
              model: Callable[[str], str], taken: _Taken) -> WantedPainting:
    texts = {name: _filled(name, table[name], {**choice, _NUMBER: str(number)})
             for name in _TEXTS if name in table}
    width, height = size_of(texts.get("size", "768x512"))
    with checked():
        request = PictureRequest(
            prompt=texts["prompt"], negative_prompt=texts.get("negative_prompt", ""), width_px=width, height_px=height,
            model=model(texts.get("model", "mini")), steps=table.get("steps"),
            guidance_scale=table.get("guidance"), seed=free_seed(texts["prompt"], table.get("seed", 0), taken.seeds))
    title = texts["prompt"].strip()
    taken.prompts[title] += 1
    told = {"title": title[:1].upper() + title[1:] + (f" {taken.prompts[title]}" if taken.prompts[title] > 1 else ""),
            "theme": next(iter(choice.values()), ""), **{name: texts[name] for name in _TOLD if name in texts}}
    for name in _SIZES_CM:
        if name in table:
            if not 1 <= table[name] <= 3000:
                raise UsageError(f"{name} is {table[name]}: must be from 1 to 3000.")
            told[name] = f"{table[name]:g}"
    name = free_name(name_of_prompt(texts["prompt"]), taken.names, "picture")
    return WantedPainting(request, folder / f"{name}.png", {name: text for name, text in told.items() if text})


def _values(name: str, value: Any) -> list[str]:
    if not isinstance(value, list) or not value or not all(isinstance(each, str) and each.strip() for each in value):
        raise UsageError(f"{name} is {value!r}: what may stand in the prompt must be a list of texts; other names are "
                         f"{', '.join(sorted(_TEXTS | _NUMBERS))}.")
    for each in value:
        check_text(name, each)
    return value


def _placeholders(prompt: str) -> list[str]:
    """In the order in which they come first."""
    try:
        found = [name for _, name, _, _ in string.Formatter().parse(prompt) if name is not None]
    except ValueError as error:
        raise UsageError(f"the prompt {prompt!r} has a brace too many or too few ({error}).") from error
    for name in found:
        if not name.isidentifier() or name == _NUMBER:
            raise UsageError(f"the prompt has {{{name}}}, which is no name that a list of texts may have.")
    return list(dict.fromkeys(found))


def _filled(name: str, text: str, values: Mapping[str, str]) -> str:
    try:
        return text.format_map(values)
    except (ValueError, LookupError, AttributeError, TypeError) as error:
        raise UsageError(f"{name} is {text!r}: in braces only {', '.join(values)} may stand.") from error
