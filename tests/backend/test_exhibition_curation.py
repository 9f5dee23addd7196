"""Which works share a room."""

from __future__ import annotations

import random

import numpy as np
import pytest

from backend.exhibition.artworks import Artwork
from backend.exhibition.curation import Alike, curate, resolved
from protocol.exhibition import Curation
from tests.backend.test_exhibition_planning import artwork


def works_with(**columns: list[str]) -> list[Artwork]:
    count = len(next(iter(columns.values())))
    return [Artwork(**{**vars(artwork(number, 1, 1)), "title": str(number),
                       **{name: values[number] for name, values in columns.items()}}) for number in range(count)]


def titles(rooms: list) -> list[tuple[str, str]]:
    return [(room.title, "".join(work.title for work in room.works)) for room in rooms]


def test_rooms_by_hand_are_as_they_are_told() -> None:
    works = works_with(room=["Sea", "", "Sky", "Sea", "Sky"])
    assert resolved(Curation.AUTO, works) is Curation.HAND
    assert titles(curate(works, Curation.HAND, 1, 0)) == [("Sea", "03"), ("Sky", "24"), ("", "1")]


def test_large_themes_have_several_rooms() -> None:
    works = works_with(theme=list("aaaaaab"))
    assert resolved(Curation.AUTO, works) is Curation.THEME
    assert titles(curate(works, Curation.THEME, 3, 0)) == [("a", "012"), ("a", "345"), ("b", "6")]


def test_rooms_by_date_are_cut_where_most_years_lie_between() -> None:
    works = works_with(year=["1950", "1900", "1905", "?", "1955", "1902", "1957"])
    assert titles(curate(works, Curation.DATE, 3, 0)) == [("1900–1905", "152"), ("1950–1957", "046"), ("", "3")]


def test_rooms_by_style_hold_clusters_and_go_smoothly() -> None:
    """Works on a line, in three clusters, shuffled: the walk goes along the line."""
    rng = random.Random(4)
    at = [0.0, 0.1, 0.2, 0.3, 5.0, 5.1, 5.2, 5.3, 9.0, 9.1, 9.2, 9.3]
    rng.shuffle(at)
    works = works_with(title=[f"{place:.1f} " for place in at])
    apart = np.abs(np.subtract.outer(at, at))
    alike = Alike(range(len(at)), apart, apart)
    rooms = curate(works, Curation.STYLE, 4, 0, alike)
    walk = [float(title) for _, room in titles(rooms) for title in room.split()]
    assert walk in (sorted(at), sorted(at, reverse=True))
    assert [len(room.works) for room in rooms] == [4, 4, 4]
    assert titles(rooms) == titles(curate(works, Curation.STYLE, 4, 0, alike))


@pytest.mark.parametrize("curation", [Curation.HAND, Curation.THEME, Curation.DATE, Curation.STYLE])
@pytest.mark.parametrize("count", [1, 2, 3, 10, 47])
def test_every_work_is_in_one_room(curation: Curation, count: int) -> None:
    rng = random.Random(count)
    works = works_with(room=[rng.choice(["", "a", "b"]) for _ in range(count)],
                       theme=[rng.choice(["", "a", "b"]) for _ in range(count)],
                       year=[rng.choice(["", "1900", "2000"]) for _ in range(count)])
    seen = range(0, count, 3)
    places = np.random.default_rng(count).random((len(seen), 3))
    apart = np.linalg.norm(places[:, None] - places, axis=2)
    for per_room in (1, 4, 9):
        rooms = curate(works, curation, per_room, 1, Alike(seen, apart, apart))
        assert sorted(int(work.title) for room in rooms for work in room.works) == list(range(count))
        assert all(room.works for room in rooms)
        if curation is not Curation.HAND:
            groups = 3 if curation in (Curation.THEME, Curation.DATE) else 1
            assert len(rooms) <= count / per_room + groups
