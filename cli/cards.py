"""What a list has made before: a card beside it tells what it was made of. Wherever a run is killed, the next one finds
something whole, or something of ours to be made again. No bpy here."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..protocol.errors import StorageError
from ..protocol.wire import to_json
from .outputs import write_json
from .parts import clear_parts, part_of

if TYPE_CHECKING:
    from ..jobs.picture import Picture

__all__ = ["asked", "has_all", "read_card", "staged", "state_of", "write_card"]

_KIND = "vernissage"


@contextlib.contextmanager
def staged(target: Path) -> Iterator[Path]:
    """An empty folder beside the target, where its files lie until they are whole.

    Raises:
        StorageError: of any OSError within.
    """
    partial = part_of(target)
    try:
        clear_parts(target)
        partial.mkdir(parents=True)
        yield partial
    except OSError as error:
        raise StorageError.from_os_error(target, error) from error
    finally:
        clear_parts(target)


def write_card(path: Path, kind: str, request: dict[str, Any], sources: str, result: Any = None, **more: Any) -> None:
    """Args:
        kind: of what lies there.
        request: what it was made of, as `asked` gives it.
        sources: tells the pictures that the request begins with; "" without any.
        result: None as long as not all of it lies there.
        more: what the card says besides.

    Raises:
        StorageError: it cannot be written.
    """
    write_json(path, {_KIND: kind, "request": request, "sources": sources,
                      "result": None if result is None else to_json(result), **more})


def read_card(path: Path, kind: str) -> dict[str, Any] | None:
    """None where none of ours lies."""
    try:
        body = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return None
    is_ours = isinstance(body, dict) and body.get(_KIND) == kind and {"request", "sources", "result"} <= set(body)
    return body if is_ours else None


def has_all(files: Iterable[Path]) -> bool:
    """They are there, and none is empty, as one is that a full disk or a loss of power has cut."""
    return all(path.is_file() and path.stat().st_size for path in files)


def asked(request: Any, *left_out: str) -> dict[str, Any]:
    """A request as a card has it, without fields that decide nothing."""
    body = json.loads(json.dumps(to_json(request)))
    return {name: value for name, value in body.items() if name not in left_out}


def state_of(*pictures: Picture | None) -> str:
    """Tells pictures of the disk from others, and from themselves after a change.

    Raises:
        StorageError: one is not there any more.
    """
    said = []
    for path in (picture.path for picture in pictures if picture is not None):
        try:
            stat = path.stat()
        except OSError as error:
            raise StorageError.from_os_error(path, error) from error
        said.append(f"{path} {stat.st_size} {stat.st_mtime_ns}")
    return " ".join(said)
