"""Lists of prompts in a file, as batches name them. No bpy here."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import TypeVar

from .arguments import UsageError

__all__ = ["check_name", "check_text", "free_name", "free_seed", "number_of", "read_rows", "size_of"]

_N = TypeVar("_N", int, float)
_NAME_BYTES = 240  # of the 255 that file systems have: "_preview.png" fits


def read_rows(path: Path, columns: Collection[str]) -> Iterator[dict[str, str]]:
    """Of a text file a prompt a line; of a table (.csv) what its columns say, where they say something; each has a
    prompt, which may be empty.

    Raises:
        UsageError: it cannot be read, or has other columns.
    """
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"--list {path} cannot be read: {error}.") from error
    if path.suffix.lower() != ".csv":
        yield from ({"prompt": line.strip()} for line in text.splitlines() if line.strip())
        return
    try:
        yield from _table_rows(path, text, columns)
    except csv.Error as error:
        raise UsageError(f"--list {path} is no table that can be read: {error}.") from error


def _table_rows(path: Path, text: str, columns: Collection[str]) -> Iterator[dict[str, str]]:
    table = csv.DictReader(io.StringIO(text, newline=""), skipinitialspace=True, strict=True)
    unknown = set(table.fieldnames or ()) - set(columns)
    if unknown or not table.fieldnames:
        raise UsageError(f"--list {path} has the columns {', '.join(table.fieldnames or ())}: allowed are "
                         f"{', '.join(columns)}.")
    for row in table:
        if None in row:
            raise UsageError(f"--list {path} has more values than columns in line {table.line_num}.")
        said = {name: value.strip() for name, value in row.items() if value and value.strip()}
        if said:
            yield {"prompt": "", **said}


def free_name(name: str, taken: set[str], otherwise: str) -> str:
    """The name, or with a number where another has it; without what cannot be in the name of a file or a folder.

    Args:
        taken: names in lower case; the new one is added.
        otherwise: where nothing of it is left.

    Raises:
        UsageError: no file can have it.
    """
    plain = "".join("_" if letter in '/\\:*?"<>|' or letter < " " else letter for letter in name).strip(" .")
    plain = plain or otherwise
    check_name(plain)
    free, number = plain, 2
    while free.lower() in taken:
        free, number = f"{plain} {number}", number + 1
    taken.add(free.lower())
    return free


def free_seed(prompt: str, seed: int, taken: set[tuple[str, int]]) -> int:
    """The seed, or the next that no other picture of these words has: two of one would be the same picture.

    Args:
        taken: words, as models tell them apart, and seeds; the new ones are added.
    """
    words = " ".join(prompt.casefold().split())
    while (words, seed) in taken:
        seed += 1
    taken.add((words, seed))
    return seed


def check_name(name: str) -> None:
    """Raises:
        UsageError: no file can have it.
    """
    check_text("the name", name)
    if len(name.encode()) > _NAME_BYTES:
        raise UsageError(f"the name {name[:40]}… is longer than {_NAME_BYTES} bytes: give a shorter one.")


def check_text(what: str, text: str) -> None:
    """Raises:
        UsageError: it has bytes that are no UTF-8.
    """
    said = text.encode(errors="replace").decode()
    if said != text:
        raise UsageError(f"{what} {said} is not valid UTF-8 text: give another.")


def size_of(text: str) -> tuple[int, int]:
    """Width and height in pixels of "1024" or "1024x512".

    Raises:
        UsageError: it is neither.
    """
    parts = text.lower().split("x")
    if len(parts) > 2 or not all(part.strip().isdecimal() for part in parts):
        raise UsageError(f"--size {text} is no size: give pixels, as 1024, or 1024x512.")
    return number_of("size", parts[0], int), number_of("size", parts[-1], int)


def number_of(option: str, text: str, kind: type[_N]) -> _N:
    """Raises:
        UsageError: it is no number of that kind.
    """
    try:
        return kind(text)
    except ValueError:
        raise UsageError(f"--{option} {text} is no number.") from None
