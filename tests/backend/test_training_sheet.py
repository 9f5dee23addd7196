"""The sheets that are looked at."""

from __future__ import annotations

import re

from training.data.captions import FRAMES, PHRASES, SHADES, WORDS
from training.data.families import FAMILIES
from training.data.paintings import KINDS
from training.sheet import NOVEL


def test_no_caption_has_the_novel_words():
    said = [noun for family in FAMILIES for noun in (*family.nouns, *family.palette)]
    said += [noun for kind in KINDS.values() for noun in kind.nouns] + list(FRAMES)
    said += [words for options in (*WORDS.values(), *PHRASES.values(), *SHADES.values()) for words in options]
    known = {word for phrase in said for word in re.findall("[a-z]+", phrase.lower())}
    assert {"jade", "velvet", "parquet", "macro"} <= known
    assert len(NOVEL) == 30
    assert not [word for prompt in NOVEL for word in prompt.split() if word in known]
