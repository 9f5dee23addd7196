"""Where lines of a text break that is set in Blender: between words, and within them only where a script has none."""

from __future__ import annotations

import re
import unicodedata

__all__ = ["EM", "ems", "wrapped"]

EM = 0.62  # how wide a letter is at most on average, over its size; a wide one is 1
_CJK = "\u2e80-\u2fff\u3041-\u30ff\u31c0-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003fffd"
_OPENING = "「『（《〈【〔"  # never at a line's end
_CLOSING = "」』）》〉】〕，。、；：！？…—・ーぁぃぅぇぉっゃゅょァィゥェォッャュョ々"  # never at its beginning
_HYPHEN = r"(?<=[^\W\d_]-)(?=[^\W\d_])"
_PIECE = re.compile(rf"\s*[{_OPENING}]*(?:[{_CJK}]|[^\s{_CJK}{_OPENING}]+?(?:{_HYPHEN}|(?=[\s{_CJK}{_OPENING}]|$))|.)"
                    rf"[{_CLOSING}]*")
_CLUSTER = re.compile(r".(?:[\u0300-\u036f\u20d0-\u20ff\ufe00-\ufe0f\U0001f3fb-\U0001f3ff]|\u200d.)*", re.DOTALL)


def wrapped(text: str, most_ems: float) -> list[str]:
    """Lines of at most so many letters of a usual width, see `ems`; white space of any kind is one space."""
    lines: list[str] = []
    line = ""
    for piece in _PIECE.findall(" ".join(text.split())):
        if ems(line + piece) <= most_ems or (not line and ems(piece.lstrip()) <= most_ems):
            line += piece if line else piece.lstrip()
            continue
        if line:
            lines.append(line)
        line = ""
        for cluster in _CLUSTER.findall(piece.lstrip()):  # of a word too long for any line
            if line and ems(line + cluster) > most_ems:
                lines.append(line)
                line = ""
            line += cluster
    return [*lines, line] if line else lines


def ems(text: str) -> float:
    """How many letters wide a text is, where a Chinese one, or an emoji, is as wide as 1 / `EM` others."""
    return sum(0.0 if unicodedata.category(letter) in ("Mn", "Me", "Cf")
               else 1 / EM if unicodedata.east_asian_width(letter) in "WF" else 1.0 for letter in text)
