"""What is told of a work, as its label may show it."""

from __future__ import annotations

import unicodedata
from pathlib import Path

from protocol.making import FACTS

__all__ = ["FIELDS", "clean", "title_of_file"]

# What may be known of a work, from a sidecar or from its file.
FIELDS = ("title", "artist", "year", "medium", "width_cm", "height_cm", "depth_cm", "text", "alt", "rights",
          "provenance", "language", "theme", "room", "room_text", "focal", *FACTS)
_LONGEST = {"text": 5000, "room_text": 5000, "alt": 2000, "prompt": 5000, "negative_prompt": 5000}
_LONG = 300


def clean(field: str, words: object) -> str:
    """Plain text in one line (texts in several), without what no script writes; markup stays what it is, text."""
    text = unicodedata.normalize("NFC", str(words).encode("utf-8", "replace").decode("utf-8"))
    kept = "".join(letter if letter == "\n" or unicodedata.category(letter) not in ("Cc", "Cs") else " "
                   for letter in text.replace("\r\n", "\n").replace("\r", "\n"))
    lines = [" ".join(line.split()) for line in kept.split("\n")]
    joined = "\n".join(lines).strip() if field in ("text", "room_text") else " ".join(line for line in lines if line)
    most = _LONGEST.get(field, _LONG)
    return joined if len(joined) <= most else joined[:most - 1] + "…"


def title_of_file(path: Path) -> str:
    """A file's name as a person would write it."""
    return clean("title", path.stem.replace("_", " ")) or path.name
