"""What a table beside the works says of them: CSV or JSON."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from protocol.errors import BadInput, StorageError
from protocol.remarks import Remark

from .words import FIELDS, clean

__all__ = ["NAMES", "Sidecar", "known_of", "read_sidecar"]

NAMES = ("works.csv", "works.json")  # in a folder of works
_FILE = "file"
_REMEDY = "Correct it, or leave it out."


@dataclass
class Sidecar:
    """
    Attributes:
        rows: by a work's file, as the table names it, what it says of the work; only what it says.
        remarks: what in it is not used.
    """

    rows: dict[str, dict[str, str]] = field(default_factory=dict)
    remarks: list[Remark] = field(default_factory=list)

    def take(self, path: Path) -> dict[str, str] | None:
        """What it says of a file that it names by its path, or by the end of that; it is taken out. None for nothing.
        """
        parts = path.parts
        for first in range(len(parts)):
            found = self.rows.pop(_key("/".join(parts[first:])), None)
            if found is not None:
                return found
        return None


def read_sidecar(path: Path) -> Sidecar:
    """A CSV with the columns `file` and any of `FIELDS`, or a JSON list of objects with these (or an object with that
    list as `works`).

    Raises:
        BadInput: it is neither.
        StorageError: it cannot be read.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise StorageError.from_os_error(path, error) from error
    except UnicodeDecodeError as error:
        raise BadInput("The sidecar {name} is not UTF-8 text.", "Save it as UTF-8.", name=path.name) from error
    sidecar = Sidecar()
    unknown: set[str] = set()
    rows = (_json_rows if path.suffix.lower() == ".json" else _csv_rows)(text, path)
    for number, row in enumerate(rows, 1):
        said = {str(name).strip().lower(): value for name, value in row.items() if name is not None}
        unknown |= said.keys() - {_FILE, *FIELDS}
        file = clean(_FILE, said.get(_FILE) or "")
        if not file:
            sidecar.remarks.append(Remark("Entry {number} of the sidecar names no file and is not used.",
                                          {"number": number}))
            continue
        if _key(file) in sidecar.rows:
            sidecar.remarks.append(Remark("The sidecar tells of {name} twice: the first counts.", {"name": file}))
            continue
        sidecar.rows[_key(file)] = known_of(said)
        if any(cell.strip() for cell in row.get(None) or ()):
            sidecar.remarks.append(Remark("The sidecar has more cells for {name} than it has columns, so that some may "
                                          "be taken for others. Put what has a comma in it into quotes.",
                                          {"name": file}))
    if unknown:
        sidecar.remarks.append(Remark("Of the sidecar these columns are not used: {columns}. Known are {known}.",
                                      {"columns": ", ".join(sorted(unknown)), "known": ", ".join((_FILE, *FIELDS))}))
    return sidecar


def known_of(said: Mapping[str, Any]) -> dict[str, str]:
    """Of all that is said of a work what is known here, as plain text."""
    return {name: clean(name, said[name]) for name in FIELDS if said.get(name) not in (None, "", False)}


def _csv_rows(text: str, path: Path) -> Iterable[Mapping[str | None, Any]]:
    """With commas, semicolons or tabs, whichever its first line has most of."""
    first = text.split("\n", 1)[0]
    table = csv.DictReader(text.splitlines(keepends=True), delimiter=max(",;\t", key=first.count),
                           skipinitialspace=True)
    try:
        if _FILE not in [str(name).strip().lower() for name in table.fieldnames or ()]:
            raise BadInput("The sidecar {name} has no column “file”.",
                           "Give it one, with the name of each work's file.", name=path.name)
        return list(table)
    except csv.Error as error:
        raise BadInput("The sidecar {name} cannot be read: {reason}.", _REMEDY, name=path.name, reason=error) from error


def _json_rows(text: str, path: Path) -> Iterable[Mapping[str | None, Any]]:
    try:
        body = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadInput("The sidecar {name} cannot be read: {reason}.", _REMEDY, name=path.name, reason=error) from error
    rows = body.get("works") if isinstance(body, dict) else body
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise BadInput("The sidecar {name} is no list of works.", "Write a list of objects, each with the name of its "
                       "file as “file”.", name=path.name)
    return rows


def _key(file: str) -> str:
    """Names are compared as Windows and macOS compare them."""
    return clean(_FILE, file).replace("\\", "/").removeprefix("./").casefold()
