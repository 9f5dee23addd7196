"""The styles that come with Vernissage: each can be read, says its licence, and has a name in Chinese."""

from __future__ import annotations

from pathlib import Path

import pytest
from safetensors import safe_open

from training.styles import KINDS, OUT
from translations.zh_hans.style_training import TEXTS

FILES = sorted(Path(OUT).glob("*.safetensors"))


def test_there_are_some():
    assert {path.stem for path in FILES} <= set(KINDS)
    assert FILES


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_it_is_small_and_says_what_it_is(path: Path):
    assert path.stat().st_size < 1_000_000
    assert path.stem in TEXTS
    with safe_open(path, "numpy") as file:
        card = file.metadata()
    assert "GPL-3.0-or-later" in str(card)
