"""How text on walls is set: where lines break, and in which order and forms right-to-left letters are put."""

from __future__ import annotations

import pytest

from vernissage.scene.gallery.line_breaks import wrapped
from vernissage.scene.gallery.visual_order import is_right_to_left, visual_order


@pytest.mark.parametrize(("text", "expected"), [
    ("لوحة الغروب على البحر", "ﺮﺤﺒﻟﺍ ﻰﻠﻋ ﺏﻭﺮﻐﻟﺍ ﺔﺣﻮﻟ"),
    ("لَوْحَة", "ﺔﺣﻮﻟ"),  # points of vowels
    ("الله لا إله", "ﻪﻟﺇ ﻻ ﻪﻠﻟﺍ"),  # lām with alif
    ("پنجره‌ی آبی", "ﯽﺑﺁ ﯼﻩﺮﺠﻨﭘ"),  # a joiner that keeps apart
    ("שקיעה מעל הים (1923)", "(1923) םיה לעמ העיקש"),
    ("عام 2024 Oil on canvas", "Oil on canvas 2024 ﻡﺎﻋ"),
    ("Sunset الغروب & Sea", "Sunset ﺏﻭﺮﻐﻟﺍ & Sea"),
    ("Sunset", "Sunset"),
])
def test_letters_follow_each_other_as_they_are_read_on_a_wall(text: str, expected: str) -> None:
    """As python-bidi and arabic-reshaper order and join them."""
    assert visual_order(text, right_to_left=is_right_to_left(text)) == expected


@pytest.mark.parametrize(("text", "expected"), [
    ("🌊 Wave 😀 third state", ["🌊 Wave 😀 third", "state"]),
    ("Six and <i>All</i> 🌊", ["Six and", "<i>All</i> 🌊"]),
    ("Ö. 山田太郎 and Yamada", ["Ö. 山田太郎 and", "Yamada"]),
    ("海边的日落，金色的光（第二版）。", ["海边的日落，金色的", "光（第二版）。"]),
    ("an oil-on-canvas painting", ["an oil-on-canvas", "painting"]),
    ("oil-on-canvas-and-more", ["oil-on-canvas-", "and-more"]),
    ("unbreakablewordthatislong", ["unbreakablewordt", "hatislong"]),
    ("👩‍👩‍👧" * 3, ["👩‍👩‍👧" * 3]),
    ("", []),
])
def test_lines_break_between_words_and_in_chinese_between_letters(text: str, expected: list[str]) -> None:
    assert wrapped(text, 16) == expected
