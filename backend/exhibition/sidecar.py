"""What a table beside the works says of them: CSV or JSON."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from protocol.errors import BadInput, StorageError
from protocol.remarks import Remark

from .words import FIELDS, clean

__all__ = ["NAMES", "Sidecar", "known_of", "read_sidecar"]

NAMES = ("works.csv", "works.json")  # in a folder of works
_FILE = "file"
_BREAK = re.compile(r"\r\n|\n|\r")  # others, such as U+2028, are a part of cells
_SHOWN = 40  # letters of a cell that cannot be read
_REMEDY = "Correct it, or leave it out."


@dataclass
class Sidecar:
    """
    Attributes:
        folder: where it lies.
        rows: by a work's file, as the table names it, what it says of the work; only what it says.
        remarks: what in it is not used.
    """

    folder: Path
    rows: dict[str, dict[str, str]] = field(default_factory=dict)
    remarks: list[Remark] = field(default_factory=list)

    def take(self, paths: Sequence[Path]) -> dict[Path, dict[str, str]]:
        """What it says of files that it names by their paths, or by the ends of these: it is taken out.

        What it names from its own folder goes first, then what it names more of, then a file's own spelling. One in
        other letters, as Windows and macOS take `GOOD.png` for `good.png`, counts only where no two of the files differ
        in nothing else.
        """
        alike = Counter(path.as_posix().casefold() for path in paths)
        folded: dict[str, list[tuple[int, str]]] = {}
        for rank, file in enumerate(self.rows):
            folded.setdefault(file.casefold(), []).append((rank, file))
        pairs = [(self.folder / file != path, -file.count("/"), file != end, number, rank, file)
                 for number, path in enumerate(paths) for end in _ends(path)
                 for rank, file in folded.get(end.casefold(), ())
                 if file == end or alike[path.as_posix().casefold()] == 1]
        said: dict[Path, dict[str, str]] = {}
        for *_, number, _, file in sorted(pairs):
            if file in self.rows and paths[number] not in said:
                said[paths[number]] = self.rows.pop(file)
        return said


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
    sidecar = Sidecar(path.parent)
    unknown: set[str] = set()
    rows = _json_rows(text, path) if path.suffix.lower() == ".json" else _csv_rows(text, path, sidecar.remarks)
    for number, row in enumerate(rows, 1):
        said = {str(name).strip().lower(): value for name, value in row.items() if name is not None}
        unknown |= said.keys() - {_FILE, *FIELDS}
        several = [name for name, value in said.items() if isinstance(value, list | dict)]
        said = {name: value for name, value in said.items() if name not in several}
        file = clean(_FILE, said.get(_FILE) or "")
        if not file:
            sidecar.remarks.append(Remark("Entry {number} of the sidecar names no file and is not used.",
                                          {"number": number}))
            continue
        if _key(file) in sidecar.rows:
            sidecar.remarks.append(Remark("The sidecar tells of {name} twice: the first counts.", {"name": file}))
            continue
        sidecar.rows[_key(file)] = known_of(said)
        sidecar.remarks += [Remark("The sidecar gives {name} more than one value as {column}, none of which is used. "
                                   "Write one text or number there.", {"name": file, "column": column})
                            for column in several if column in FIELDS]
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
    return {name: clean(name, value) for name in FIELDS
            if (value := said.get(name)) is not None and value is not False and value != ""}  # 0 is a number to tell


def _csv_rows(text: str, path: Path, remarks: list[Remark]) -> Iterable[Mapping[str | None, Any]]:
    """With commas, semicolons or tabs, whichever its first line has most of; by column, and cells beyond these as
    None's. A row whose quote is not closed is told of and passed over.
    """
    first = re.split(r"[\r\n]", text, maxsplit=1)[0]
    header: list[str] | None = None
    rows: list[Mapping[str | None, Any]] = []
    for cells, broken in _records(text, max(",;\t", key=first.count)):
        if broken:
            where: dict[str, Any] = {"name": path.name, "line": broken[0], "words": clean(_FILE, broken[1][:_SHOWN])}
            if header is None:
                raise BadInput("Line {line} of the sidecar {name} has a quote before “{words}” that is not closed.",
                               "Close it, or take it out.", **where)
            remarks.append(Remark("Line {line} of the sidecar {name} is not used: its quote before “{words}” is not "
                                  "closed. Close it, or take it out.", where))
        elif header is None:
            header = cells
            if _FILE not in [name.strip().lower() for name in header]:
                break
        else:
            rows.append({**dict(zip(header, cells, strict=False)), None: cells[len(header):]})
    if header is None or _FILE not in [name.strip().lower() for name in header]:
        raise BadInput("The sidecar {name} has no column “file”.", "Give it one, with the name of each work's file.",
                       name=path.name)
    return rows


def _records(text: str, delimiter: str) -> Iterator[tuple[list[str], tuple[int, str] | None]]:
    """The cells of each record (RFC 4180), but for empty lines; of one with a quote that is not closed, the line and
    what stands after the quote: the next record begins in the next line.

    That a quote is closed by the next cell's opening one, lines further down, is seen from the words right after it.
    """
    quoted = re.compile(rf' *"((?:[^"]++|"")*+)"([^{delimiter}\r\n]*)')
    plain = re.compile(rf" *([^{delimiter}\r\n]*)")
    place, line = 0, 1
    while place < len(text):
        start = place
        cells: list[str] = []
        broken: tuple[int, str] | None = None
        while True:
            found = quoted.match(text, place)
            if found and (not found[2].strip() or not re.search(r"[\r\n]", found[1])):
                cells.append(found[1].replace('""', '"') + found[2])
            else:
                found = plain.match(text, place)
                assert found is not None
                if found[1].startswith('"'):
                    words = _BREAK.split(text[found.start(1) + 1:], maxsplit=1)[0]
                    broken = line + len(_BREAK.findall(text, start, place)), words
                cells.append(found[1])
            place = found.end()
            if broken or text[place:place + 1] != delimiter:
                break
            place += 1
        ended = _BREAK.search(text, place)
        place = ended.end() if ended else len(text)
        line += len(_BREAK.findall(text, start, place))
        if cells != [""]:
            yield cells, broken


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
    return clean(_FILE, file).replace("\\", "/").removeprefix("./")


def _ends(path: Path) -> list[str]:
    """How a table may name a file, the whole path first."""
    return [_key(path.as_posix()), *(_key("/".join(path.parts[first:])) for first in range(1, len(path.parts)))]
