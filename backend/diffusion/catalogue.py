"""The models that have a name, and how a request's `model` becomes a folder.

Standard library only: the command line and the tests read it without torch.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from protocol.errors import ModelError

from .families import Sampling
from .view_words import check_words

__all__ = ["Entry", "Resolved", "Source", "catalogue", "controlnet_of", "licence_of", "resolve"]

ROOT = Path(__file__).resolve().parents[2]
CONTROLNET = "controlnet-normal"  # in an embedded model's folder


@dataclass(frozen=True)
class Source:
    """Where a folder comes from: a repository of the model hub at one revision."""

    repository: str
    revision: str
    size_gb: float


@dataclass(frozen=True)
class Entry:
    """One model of `catalogue.toml`, where the fields are explained."""

    name: str
    family: str
    licence: str
    path: str = ""
    source: Source | None = None
    memory_gb: float = 0.0
    sampling: Sampling | None = None
    view_size_px: int = 256
    controlnet: Source | None = None
    view_words: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Resolved:
    """The folder that a request means; `sampling` and `view_words` where the catalogue knows better than the folder."""

    name: str
    folder: Path
    sampling: Sampling | None = None
    view_words: Mapping[str, str] | None = None


def catalogue() -> dict[str, Entry]:
    """All entries by name, in the file's order."""
    with Path(__file__).with_name("catalogue.toml").open("rb") as file:
        return {name: _entry(name, table) for name, table in tomllib.load(file).items()}


def resolve(model: str, root: Path = ROOT) -> Resolved:
    """The folder of a request's `model`: a name of the catalogue, or the path of a diffusers folder.

    Raises:
        ModelError: the name is unknown, or names a model that is given by path.
    """
    model = model.strip()
    entries = catalogue()
    entry = entries.get(model)
    if entry is not None and entry.path:
        return Resolved(entry.name, root / entry.path, entry.sampling, entry.view_words)
    if entry is not None and entry.source is not None and not Path(model).is_dir():
        raise ModelError("{model} does not come with Vernissage.",
                         "Get {repository} (revision {revision}) and choose its folder.", model=model,
                         repository=entry.source.repository, revision=entry.source.revision)
    folder = Path(os.path.expanduser(model))
    if len(folder.parts) == 1 and not folder.is_dir() and not folder.suffix:
        raise ModelError("No model is called {model}.",
                         "Choose {names}, or give the folder of a diffusers model.", model=model,
                         names=", ".join(name for name, entry in entries.items() if entry.path))
    known = next((entry for entry in entries.values() if _is_copy(folder, entry)), None)
    if known is None:
        return Resolved(str(folder), folder)
    return Resolved(str(folder), folder, known.sampling, known.view_words)


def controlnet_of(model: str, root: Path = ROOT) -> str:
    """The folder of the ControlNet that an embedded model has in its own; "" for every other model."""
    entry = catalogue().get(model.strip())
    folder = root / entry.path / CONTROLNET if entry and entry.path else None
    return str(folder) if folder and folder.is_dir() else ""


def _is_copy(folder: Path, entry: Entry) -> bool:
    """Whether a folder is called as a clone of the entry's repository is, or as the hub's cache calls its revision."""
    return entry.source is not None and folder.name in (entry.source.repository.rpartition("/")[2],
                                                        entry.source.revision)


def _entry(name: str, table: dict[str, Any]) -> Entry:
    source = Source(table["repository"], table["revision"], table["size_gb"]) if "repository" in table else None
    controlnet = Source(**table["controlnet"]) if "controlnet" in table else None
    sampling = Sampling(table["steps"], table["guidance_scale"]) if "steps" in table else None
    return Entry(name, table["family"], table["licence"], table.get("path", ""), source,
                 table.get("memory_gb", 0.0), sampling, table.get("view_size_px", 256), controlnet,
                 check_words(name, table.get("view_words")))


def licence_of(model: str) -> str:
    """Of a model as a request names it; "" for others than those of the catalogue."""
    entry = catalogue().get(model.strip())
    return entry.licence if entry else ""
