"""What `plan-exhibition` shall plan, and what is painted for it: as its options say, and its brief. No bpy here."""

from __future__ import annotations

import argparse
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any, TypeVar

from ..protocol.exhibition import Architecture, Curation, LightQuality
from ..scene.gallery.page_folder import visits_address
from .arguments import UsageError, absolute
from .exhibition_page import WEB, checked_address
from .exhibition_paint import WantedPainting, painted_before, wanted_paintings
from .exhibition_surroundings import SURROUNDINGS, WantedSurrounding, wanted_surroundings

__all__ = ["Making", "chosen_exhibition", "chosen_making"]

_BRIEF = {"title": str, "works": list, "sidecar": str, "by": str, "architecture": str, "per_room": int, "seed": int,
          "light": str, "paint": list, "web": bool, "stills": bool, "film": str, "visits_to": str, "text": str,
          "rooms": list, "language": str, **dict.fromkeys(SURROUNDINGS, dict)}
_CALLED = {str: "text", list: "list of what it should name", int: "whole number",
           bool: "truth value (true or false)", dict: "table"}
_FIELDS = {"title": "title", "by": "curation", "architecture": "architecture", "per_room": "works_per_room",
           "seed": "seed", "text": "text", "language": "language"}  # of a request, by the names of options

_K = TypeVar("_K", Curation, Architecture, LightQuality)


@dataclass(frozen=True)
class Making:
    """What is made of an exhibition besides the .blend.

    Attributes:
        film: of the tour; None for none.
        light: of the page.
        visits_to: an address, that of the page that is there where nothing else is said; "" for none.
    """

    web: bool
    stills: bool
    film: Path | None
    light: LightQuality
    visits_to: str


def chosen_exhibition(options: argparse.Namespace, scene: Path | None, out: Path
                      ) -> tuple[dict[str, Any], list[WantedPainting], list[WantedSurrounding]]:
    """The fields of a request, as options and brief say, and what is to be made for it: works, and surroundings.

    Args:
        scene: the opened file; None for an unsaved scene.
        out: the exhibition's folder.

    Raises:
        UsageError: they contradict each other, or something is not there.
    """
    brief = {} if options.brief is None else _brief(absolute("brief", options.brief, scene))
    if options.edited is not None:
        named = [name for name in ("works", "sidecar", "brief", *_FIELDS) if getattr(options, name) is not None]
        if named:
            raise UsageError(f"--{named[0].replace('_', '-')} has no say with --plan: leave one of them out.")
        return {"plan": str(_there("plan", absolute("plan", options.edited, scene)))}, [], []
    works = brief.get("works", []) if options.works is None else [
        absolute("works", text, scene) for text in options.works]
    beside = out if options.brief is None else absolute("brief", options.brief, scene).parent
    try:
        paintings = wanted_paintings(brief.get("paint", []), out, scene, beside)
        surroundings, unmade = wanted_surroundings(brief, beside, out, scene)
    except UsageError as error:
        raise UsageError(f"--brief {options.brief}, {error}") from error
    if not (works or paintings):
        raise UsageError("there are no works: give --works, a --brief that names them, or a --plan.")
    sidecar = brief.get("sidecar") if options.sidecar is None else absolute("sidecar", options.sidecar, scene)
    said = {**brief, **{name: getattr(options, name) for name in _FIELDS if getattr(options, name) is not None}}
    painted = {str(each.target): dict(each.told) for each in paintings}
    there = [_there("works", path) for path in works]
    for path in there:
        if path.is_dir() and out.resolve().is_relative_to(path.resolve()):
            raise UsageError(f"--out {out} lies within the works {path}, among which its pictures would hang: name a "
                             "folder outside of the works.")
    fields: dict[str, Any] = {"works": (*map(str, there), *painted), "told": painted, "plan_folder": str(out),
                              **surroundings}
    if "rooms" in brief:
        fields["room_texts"] = {room["title"]: room["text"] for room in brief["rooms"]}
    if paintings:
        fields["passed_over"] = tuple(map(str, painted_before(out, paintings, there)))
    if sidecar is not None:
        fields["sidecar"] = str(_there("sidecar", sidecar))
    for name, field in _FIELDS.items():
        if name in said:
            fields[field] = said[name]
    if "curation" in fields:
        fields["curation"] = _chosen(fields["curation"], list(Curation))
    if "architecture" in fields:
        fields["architecture"] = _chosen(fields["architecture"], list(Architecture))
    return fields, paintings, unmade


def chosen_making(options: argparse.Namespace, scene: Path | None, out: Path) -> Making:
    """As the options say, else the brief, whose film lies in `out`; args and errors as those of `chosen_exhibition`."""
    brief = {} if options.brief is None else _brief(absolute("brief", options.brief, scene))
    said = {**brief, **{name: getattr(options, name) for name in ("web", "stills", "light", "visits_to")
                        if getattr(options, name) is not None}}
    web = said.get("web", True)
    for name in ("light", "visits_to"):
        if not web and getattr(options, name):
            raise UsageError(f"--{name.replace('_', '-')} is for the page, which is not made: leave one of them out.")
    film = absolute("film", options.film, scene) if options.film is not None else \
        out / brief["film"] if brief.get("film") else None
    if film is not None and (film.suffix.lower() != ".mp4" or film.is_dir()):
        raise UsageError(f"--film {film} must be a file that ends in .mp4.")
    return Making(web=web, stills=said.get("stills", True), film=film,
                  light=_chosen(said.get("light", LightQuality.GOOD), list(LightQuality)),
                  visits_to=checked_address(said.get("visits_to", visits_address(out / WEB))))


def _chosen(name: str, kinds: Sequence[_K]) -> _K:
    for kind in kinds:
        if kind == name:
            return kind
    raise UsageError(f"{name!r} is not known: choose from {', '.join(kinds)}.")


def _there(option: str, path: Path) -> Path:
    if not path.exists():
        raise UsageError(f"--{option} {path} is not there: name another.")
    return path


def _brief(path: Path) -> Mapping[str, Any]:
    """What it says; its paths are meant beside it.

    Raises:
        UsageError: it cannot be read, or says something else.
    """
    try:
        body = tomllib.loads(path.read_text("utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"--brief {path} cannot be read: {error}.") from error
    if isinstance(body.get("works"), str):
        body["works"] = [body["works"]]
    for name, value in body.items():
        if name not in _BRIEF:
            raise UsageError(f"--brief {path} says {name}, which is not known: allowed are {', '.join(_BRIEF)}.")
        if not isinstance(value, _BRIEF[name]) or (isinstance(value, bool) and _BRIEF[name] is not bool) \
                or (name == "works" and isinstance(value, list) and not all(isinstance(item, str) for item in value)):
            raise UsageError(f"--brief {path}: {name} is {value!r}, which is no {_CALLED[_BRIEF[name]]}.")
    for name, texts in (("works", body.get("works", [])), ("sidecar", [body.get("sidecar", "-")])):
        if not all(text.strip() for text in texts):
            raise UsageError(f"--brief {path}: {name} is empty: name a path, or leave it out.")
    film = body.get("film", "")
    if film != PurePosixPath(film).name or film != PureWindowsPath(film).name:
        raise UsageError(f"--brief {path}: film is {film!r}: must be a name in --out, as tour.mp4; --film takes any "
                         "path.")
    titles: set[str] = set()
    for room in body.get("rooms", []):
        if not (isinstance(room, dict) and room.keys() == {"title", "text"}
                and all(isinstance(value, str) for value in room.values())):
            raise UsageError(f"--brief {path}: each of [[rooms]] has a title and a text, {room!r} has not.")
        title = " ".join(room["title"].split())
        if title in titles:
            raise UsageError(f"--brief {path}: two of [[rooms]] have the title {title!r}: write their texts into one.")
        titles.add(title)
    beside = path.parent
    if "works" in body:
        body["works"] = [beside / Path(item).expanduser() for item in body["works"]]
    if "sidecar" in body:
        body["sidecar"] = beside / Path(body["sidecar"]).expanduser()
    return body
