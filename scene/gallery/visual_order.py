"""Right-to-left writing for Blender's text objects, which put one letter to the right of the other and join none.

Joined forms and directions are in Python's own Unicode tables, which spares Blender's Python a library.
"""

from __future__ import annotations

import itertools
import unicodedata

__all__ = ["is_right_to_left", "visual_order"]

_MIRRORED = dict(itertools.chain(*(((a, b), (b, a)) for a, b in ("()", "[]", "{}", "<>", "«»", "‹›", "≤≥"))))
_JOINERS = ("\u0640", "\u200d")  # tatweel, zero-width joiner
_NEUTRAL = ("B", "S", "WS", "ON", "BN")


def is_right_to_left(text: str) -> bool:
    """Whether its first letter with a direction is Hebrew, Arabic or the like."""
    return next((kind for kind in map(unicodedata.bidirectional, text) if kind in ("L", "R", "AL")), "L") != "L"


def visual_order(line: str, *, right_to_left: bool) -> str:
    """A line as its letters follow each other from left to right, those of Arabic joined, brackets turned.

    By Unicode's bidirectional algorithm (UAX 9) without explicit embeddings and pairs of brackets. Points of vowels,
    which text objects cannot place over their letters, are left out, as print does.

    Args:
        right_to_left: the direction of the line's paragraph.
    """
    if not right_to_left and not any(unicodedata.bidirectional(letter) in ("R", "AL", "AN") for letter in line):
        return line
    bare = "".join(letter for letter in unicodedata.normalize("NFC", line) if unicodedata.category(letter) != "Mn")
    shaped = "".join(letter for letter in _joined(bare) if unicodedata.bidirectional(letter) != "BN")
    levels = _levels(shaped, int(right_to_left))
    letters = [_MIRRORED.get(letter, letter) if level % 2 else letter
               for letter, level in zip(shaped, levels, strict=True)]
    order = list(range(len(letters)))
    for level in range(max(levels, default=0), 0, -1):
        begin = 0
        for is_in, run in itertools.groupby([levels[place] >= level for place in order]):
            end = begin + len(list(run))
            if is_in:
                order[begin:end] = order[begin:end][::-1]
            begin = end
    return "".join(letters[place] for place in order)


def _forms() -> dict[str, dict[str, str]]:
    """By a letter, or lām with an alif: its presentation forms by <isolated>, <initial>, <medial> and <final>."""
    forms: dict[str, dict[str, str]] = {}
    for code in itertools.chain(range(0xFB50, 0xFBE8), range(0xFBFC, 0xFC00), range(0xFE80, 0xFEFD), (0xFBE8, 0xFBE9)):
        form, *parts = unicodedata.decomposition(chr(code)).split() or [""]
        if form in ("<isolated>", "<initial>", "<medial>", "<final>"):
            forms.setdefault("".join(chr(int(part, 16)) for part in parts), {})[form] = chr(code)
    return forms


_FORMS = _forms()


def _joined(text: str) -> str:
    """Letters of Arabic in the forms that those beside them give them."""
    pieces: list[str] = []
    for letter in text:
        if pieces and pieces[-1] + letter in _FORMS:  # lām with alif
            pieces[-1] += letter
        else:
            pieces.append(letter)
    joined = []
    for before, piece, after in zip(["", *pieces], pieces, [*pieces[1:], ""], strict=False):
        forms = _FORMS.get(piece, {})
        from_before = "<final>" in forms and _reaches_on(before)
        to_after = _reaches_on(piece) and (after in _JOINERS or "<final>" in _FORMS.get(after, {}))
        form = {(True, True): "<medial>", (True, False): "<final>", (False, True): "<initial>",
                (False, False): "<isolated>"}[from_before, to_after]
        joined.append(forms.get(form, piece))
    return "".join(joined)


def _reaches_on(piece: str) -> bool:
    """Whether it joins what follows."""
    return piece in _JOINERS or "<initial>" in _FORMS.get(piece, {})


def _levels(text: str, base: int) -> list[int]:
    """The embedding level of each letter: rules W2 to W7, N1, N2, I1, I2 and L1, of which they are named after."""
    edge = "R" if base else "L"
    kinds = [unicodedata.bidirectional(letter) or "ON" for letter in text]
    strong = edge
    for place, kind in enumerate(kinds):  # W2
        strong = kind if kind in ("L", "R", "AL") else strong
        if kind == "EN" and strong == "AL":
            kinds[place] = "AN"
    kinds = ["R" if kind == "AL" else kind for kind in kinds]  # W3
    for place in range(1, len(kinds) - 1):  # W4
        before, kind, after = kinds[place - 1:place + 2]
        if before == after and ((kind == "CS" and before in ("EN", "AN")) or (kind == "ES" and before == "EN")):
            kinds[place] = before
    begin = 0
    for kind, run in itertools.groupby(list(kinds)):  # W5
        end = begin + len(list(run))
        if kind == "ET" and "EN" in (*kinds[begin - 1:begin], *kinds[end:end + 1]):
            kinds[begin:end] = ["EN"] * (end - begin)
        begin = end
    kinds = ["ON" if kind in ("ES", "ET", "CS") else kind for kind in kinds]  # W6
    strong = edge
    for place, kind in enumerate(kinds):  # W7
        strong = kind if kind in ("L", "R") else strong
        if kind == "EN" and strong == "L":
            kinds[place] = "L"
    sides = ["R" if kind in ("EN", "AN") else kind for kind in kinds]
    begin = 0
    for is_neutral, neutrals in itertools.groupby([kind in _NEUTRAL for kind in kinds]):  # N1, N2
        end = begin + len(list(neutrals))
        if is_neutral:
            left, right = sides[begin - 1] if begin else edge, sides[end] if end < len(sides) else edge
            kinds[begin:end] = [left if left == right else edge] * (end - begin)
        begin = end
    levels = [base + ({"R": 0, "L": 1, "EN": 1, "AN": 1} if base else {"L": 0, "R": 1, "EN": 2, "AN": 2})[kind]
              for kind in kinds]  # I1, I2
    trailing = len(text) - len(text.rstrip())
    return levels[:len(levels) - trailing] + [base] * trailing  # L1
