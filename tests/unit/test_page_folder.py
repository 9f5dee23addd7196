"""A page comes in place of a page of ours, and of nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from vernissage.protocol.errors import BadInput
from vernissage.scene.gallery.page_folder import check_page_folder, foreign_file

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("name", ["index.html", "house.json", "rooms/room-1.glb", "sky.webp"])
def test_what_somebody_else_put_there_stays(tmp_path: Path, name: str) -> None:
    (tmp_path / "rooms").mkdir()
    (tmp_path / "theirs.txt").write_text("stays beside it")
    assert foreign_file(tmp_path) is None
    (tmp_path / name).write_text("[]")
    assert foreign_file(tmp_path) == tmp_path / name
    with pytest.raises(BadInput, match="of no page that Vernissage wrote"):
        check_page_folder(tmp_path)


def test_a_page_of_ours_is_written_over_also_one_that_is_not_whole(tmp_path: Path) -> None:
    (tmp_path / "rooms").mkdir()
    (tmp_path / "rooms" / "room-1.glb").write_text("glTF")
    (tmp_path / "index.html").write_text((ROOT / "viewer" / "public" / "index.html").read_text("utf-8"))
    assert foreign_file(tmp_path) is None
    (tmp_path / "index.html").write_text("edited by its owner")
    (tmp_path / "house.json").write_text('{"rooms": []}')
    assert foreign_file(tmp_path) is None
