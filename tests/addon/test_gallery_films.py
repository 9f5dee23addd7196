"""Films for the page: which of them browsers play, and what is said of the others."""

from __future__ import annotations

import dataclasses
import importlib
import shutil
from pathlib import Path
from types import ModuleType

import bpy

from tests.addon.two_rooms import gallery_parts, two_rooms

FILMS = Path(__file__).parents[1] / "films"


def test_films_that_browsers_play_lie_by_the_page(addon: ModuleType, empty_scene: bpy.types.Scene, tmp_path) -> None:
    parts = gallery_parts(addon, empty_scene)
    films = importlib.import_module(f"{addon.__name__}.scene.gallery.films")
    plan = two_rooms(parts, tmp_path)
    (tmp_path / "other.mp4").write_bytes((FILMS / "itunes.mp4").read_bytes().replace(b"avc1", b"mp4v"))
    for name in ("itunes.mp4", "classic.mov"):
        shutil.copy(FILMS / name, tmp_path)
    names = ("itunes.mp4", "classic.mov", "other.mp4", "block.glb")
    plan = dataclasses.replace(plan, works=tuple(
        dataclasses.replace(work, file=name, kind=work.kind if name == "block.glb" else parts.plan.WorkKind.FILM)
        for work, name in zip(plan.works, names, strict=True)))
    page = tmp_path / "page"
    (page / "films").mkdir(parents=True)
    (page / "films" / "7.webm").touch()  # no house.json names it: it is the artist's
    written, remarks = films.write_films(plan, tmp_path, page)
    assert {work: (film.file, film.bytes) for work, film in written.items()} == {
        "work-0": ("films/1.mp4", (FILMS / "itunes.mp4").stat().st_size)}
    assert sorted(path.name for path in (page / "films").iterdir()) == ["1.mp4", "7.webm"]
    assert [remark.values["name"] for remark in remarks] == ["classic.mov", "other.mp4"]
