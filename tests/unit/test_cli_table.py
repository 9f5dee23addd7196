"""Lists of prompts: what their files say, and which names they give."""

from __future__ import annotations

from pathlib import Path

import pytest

from vernissage.cli.arguments import UsageError
from vernissage.cli.table import free_name, read_rows


def rows(folder: Path, text: str) -> list[dict[str, str]]:
    (folder / "list.csv").write_text(text, encoding="utf-8", newline="")
    return list(read_rows(folder / "list.csv", ("prompt", "name")))


def test_a_cell_keeps_its_line_break(tmp_path) -> None:
    assert rows(tmp_path, 'prompt,name\r\n"red\nbrick",wall\r\n\r\n, \r\noak\r\n') == [
        {"prompt": "red\nbrick", "name": "wall"}, {"prompt": "oak"}]


@pytest.mark.parametrize(("text", "said"), [
    ("name\na,b\n", "more values than columns in line 2"),
    ("prompt,name\n\"red,wall\noak,floor\n", "is no table that can be read: unexpected end of data"),
    ("prompt\n" + "x" * 200_000, "is no table that can be read: field larger than field limit"),
    ("prompt,colour\na,b\n", "has the columns prompt, colour"),
])
def test_a_table_that_is_none_is_refused(tmp_path, text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        rows(tmp_path, text)


def test_names_are_free_and_can_be_those_of_files() -> None:
    taken: set[str] = set()
    assert [free_name(name, taken, "world") for name in ("a/b", "A:B", "..", "ö" * 120)] == [
        "a_b", "A_B 2", "world", "ö" * 120]
    with pytest.raises(UsageError, match="longer than 240 bytes"):
        free_name("ö" * 121, taken, "world")
    with pytest.raises(UsageError, match="not valid UTF-8"):
        free_name("\udcff", taken, "world")
