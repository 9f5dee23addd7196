"""What a film's file says of itself: the tags of MP4 and QuickTime (ISO/IEC 14496-12, Apple's), of WebM and Matroska
(RFC 8794, RFC 9559)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

__all__ = ["film_tags"]

_ISO = (".mp4", ".m4v", ".mov")
_MATROSKA = (".webm", ".mkv")
_INSIDE = {b"moov": 0, b"udta": 0, b"meta": 4, b"ilst": 0}  # boxes with boxes in them, and what comes before those
_TAGS = {b"\xa9nam": "title", b"\xa9ART": "artist", b"\xa9aut": "artist", b"\xa9day": "date", b"cprt": "copyright",
         b"\xa9cpy": "copyright", b"\xa9des": "description", b"desc": "description", b"\xa9cmt": "comment",
         b"\xa9inf": "comment"}
_SEGMENT, _INFO, _TITLE = 0x18538067, 0x1549A966, 0x7BA9
_TAGS_OF_ALL, _TAG, _SIMPLE, _NAME, _STRING = 0x1254C367, 0x7373, 0x67C8, 0x45A3, 0x4487
_CLUSTER = 0x1F43B675
_LONGEST = 65_536  # bytes of one tag


def film_tags(path: Path) -> dict[str, str]:
    """By `title`, `artist`, `date`, `copyright`, `description` and `comment`, what there is; of a container that is not
    known, nothing. Of a broken file anything may be raised.
    """
    suffix = path.suffix.lower()
    with path.open("rb") as file:
        size = file.seek(0, 2)
        if suffix in _ISO:
            return dict(_iso_tags(file, 0, size))
        return dict(_matroska_tags(file, 0, size)) if suffix in _MATROSKA else {}


def _iso_tags(file: BinaryIO, begin: int, end: int, keys: list[str] | None = None) -> Iterator[tuple[str, str]]:
    while begin + 8 <= end:
        file.seek(begin)
        size, kind = int.from_bytes(file.read(4), "big"), file.read(4)
        head = 8
        if size == 1:
            size, head = int.from_bytes(file.read(8), "big"), 16
        stop = begin + size if size else end
        if stop <= begin or stop > end:
            return
        if kind in _INSIDE:
            skip = _INSIDE[kind]
            if kind == b"meta":  # QuickTime's own has no version before its boxes
                file.seek(begin + head + 4)
                skip = 0 if file.read(4) == b"hdlr" else skip
            keys = [] if kind == b"meta" else keys
            yield from _iso_tags(file, begin + head + skip, stop, keys)
        elif kind == b"keys" and keys is not None:
            file.seek(begin + head)
            keys += _quicktime_keys(file.read(min(stop - begin - head, _LONGEST)))
        elif stop - begin <= _LONGEST:
            number = int.from_bytes(kind, "big")
            name = keys[number - 1] if keys and 0 < number <= len(keys) else _TAGS.get(kind)
            if name:
                file.seek(begin + head)
                yield name, _iso_text(file.read(stop - begin - head), kind)
        begin = stop


def _quicktime_keys(body: bytes) -> Iterator[str]:
    """As "com.apple.quicktime.title"; of each the end."""
    at = 8
    while at + 8 <= len(body):
        size = int.from_bytes(body[at:at + 4], "big")
        if size < 8:
            return
        yield body[at + 8:at + size].decode("utf-8", "replace").rsplit(".", 1)[-1].replace("creationdate", "date") \
            .replace("author", "artist")
        at += size


def _iso_text(body: bytes, kind: bytes) -> str:
    """Of iTunes's box with `data` in it, of QuickTime's (length, language, text), or 3GPP's (version, language, text).
    """
    if body[4:8] == b"data":
        return body[16:int.from_bytes(body[:4], "big")].decode("utf-8", "replace")
    if kind[:1] == b"\xa9":
        return body[4:4 + int.from_bytes(body[:2], "big")].decode("utf-8", "replace")
    text = body[6:]
    return text.decode("utf-16" if text[:2] in (b"\xfe\xff", b"\xff\xfe") else "utf-8", "replace").rstrip("\0")


def _matroska_tags(file: BinaryIO, begin: int, end: int) -> Iterator[tuple[str, str]]:
    for kind, first, stop in _elements(file, begin, end):
        if kind in (_SEGMENT, _INFO, _TAGS_OF_ALL, _TAG):
            yield from _matroska_tags(file, first, stop)
        elif kind == _TITLE:
            yield "title", _string(file, first, stop)
        elif kind == _SIMPLE:
            inner = {each: _string(file, low, high) for each, low, high in _elements(file, first, stop)
                     if each in (_NAME, _STRING)}
            name = inner.get(_NAME, "").lower().replace("date_released", "date").replace("date_recorded", "date")
            if name in ("title", "artist", "date", "copyright", "description", "comment"):
                yield name, inner.get(_STRING, "")


def _elements(file: BinaryIO, begin: int, end: int) -> Iterator[tuple[int, int, int]]:
    """(ID, where its content begins, where it ends) of each; pictures and sound are passed over by their sizes."""
    while begin < end:
        file.seek(begin)
        kind, _ = _number(file, keep_mark=True)
        size, is_unknown = _number(file)
        first = file.tell()
        stop = end if is_unknown else min(first + size, end)
        if stop < first or (kind == _CLUSTER and is_unknown):
            return
        yield kind, first, stop
        begin = stop


def _number(file: BinaryIO, *, keep_mark: bool = False) -> tuple[int, bool]:
    """EBML's of one to eight bytes, and whether it stands for an unknown size."""
    first = file.read(1)[0]
    count = 9 - first.bit_length()
    body = bytes([first]) + file.read(count - 1)
    number, mark = int.from_bytes(body, "big"), 1 << 7 * count
    return (number, False) if keep_mark else (number & mark - 1, number & mark - 1 == mark - 1)


def _string(file: BinaryIO, begin: int, end: int) -> str:
    file.seek(begin)
    return file.read(min(end - begin, _LONGEST)).rstrip(b"\0").decode("utf-8", "replace")
