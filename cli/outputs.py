"""The files that a run shall write: refused before the work, rather than after it. No bpy here."""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..protocol.errors import StorageError
from .arguments import UsageError, absolute
from .parts import clear_parts, part_of

__all__ = ["Outputs", "check_outputs", "check_sources", "make_folder", "write_json"]

_OPTION = {"plot": "out"}  # `style` has an --out that may be a folder


@dataclass(frozen=True)
class Outputs:
    """Absolute paths; None for what was not asked for."""

    save: Path | None
    export: Path | None
    report: Path | None
    plot: Path | None = None
    json: Path | None = None


def check_outputs(options: argparse.Namespace, scene: Path | None, inputs: Collection[Path],
                  results: Collection[Path] = ()) -> Outputs:
    """The outputs, each of which can be written.

    Args:
        scene: the opened file, which only --save may overwrite; None for an unsaved scene.
        inputs: files that are read, which nothing may overwrite.
        results: files and folders that the run makes beside these.

    Raises:
        UsageError: one of them cannot be, or would eat an input or another output.
    """
    named = {name: getattr(options, name, None) for name in ("save", "export", "report", "plot", "json")}
    chosen = {name: None if path is None else absolute(name, path, scene) for name, path in named.items()}
    for name, suffix in (("save", ".blend"), ("export", ".glb"), ("plot", ".png")):
        path = chosen[name]
        if path is not None and path.suffix.lower() != suffix:
            raise _refusal(name, path, f"must end in {suffix}")
    seen: dict[Path, str] = {}
    read, made = ({item.resolve() for item in items} for items in (inputs, results))
    for name, path in chosen.items():
        if path is None:
            continue
        real = path.resolve()
        if real in seen:
            raise _refusal(name, path, f"is the file of --{_OPTION.get(seen[real], seen[real])} too: name another")
        seen[real] = name
        if scene is not None and real == scene.resolve() and name != "save":
            raise _refusal(name, path, "is the opened scene: name another")
        if real in read:
            raise _refusal(name, path, "is a file that is read: name another")
        if made.intersection((real, *real.parents)):
            raise _refusal(name, path, "is a file that the run makes: name another")
        _check_writable(name, path, real)
        if name in ("report", "json") and real.exists() and path.suffix.lower() != ".json":
            raise _refusal(name, path, "exists and is no .json file: name another")
    return Outputs(**chosen)


def check_sources(sources: Collection[Path], results: Collection[Path]) -> None:
    """Raises:
        UsageError: the run would write one of the files that it is made of, or the folder that has it.
    """
    made = {path.resolve() for path in results}
    for path in sources:
        if made.intersection((path.resolve(), *path.resolve().parents)):
            raise UsageError(f"{path} is read, and would be written over: copy it elsewhere, or name another --out.")


def make_folder(path: Path) -> None:
    """The folder of --out, which can be written into.

    Raises:
        UsageError: it cannot be.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path):
            pass
    except OSError as error:
        raise UsageError(f"--out {path} cannot be written into ({error.strerror or error}): name another folder."
                         ) from error


def write_json(path: Path, body: Any) -> None:
    """Complete, or not at all.

    Raises:
        StorageError: it cannot be written.
    """
    clear_parts(path)
    temporary = part_of(path)
    try:
        temporary.write_text(json.dumps(body, indent=2) + "\n", encoding="utf-8")
        os.replace(temporary, path)
    except OSError as error:
        raise StorageError.from_os_error(path, error) from error
    finally:
        temporary.unlink(missing_ok=True)


def _check_writable(name: str, path: Path, real: Path) -> None:
    try:
        os.lstat(real)
    except FileNotFoundError:
        pass
    except OSError as error:
        raise _refusal(name, path, f"cannot be written ({error.strerror or error}): name another") from error
    if real.exists() and not real.is_file():
        raise _refusal(name, path, "is no regular file: name another")
    if not real.parent.is_dir():
        raise _refusal(name, path, f"lies in a folder that does not exist: make {real.parent} first")
    if real.exists() and not os.access(real, os.W_OK):
        raise _refusal(name, path, "is write-protected: name another, or change its permissions")
    try:
        with tempfile.TemporaryFile(dir=real.parent):  # what os.access says of folders is not always true
            pass
    except OSError as error:
        raise _refusal(name, path, f"cannot be written ({error.strerror or error}): name another folder") from error


def _refusal(name: str, path: Path, why: str) -> UsageError:
    return UsageError(f"--{_OPTION.get(name, name)} {path} {why}.")
