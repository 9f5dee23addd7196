"""Rooms whose works are come by in their order, as by date."""

from __future__ import annotations

import dataclasses
import random

import pytest

from backend.exhibition.curation import RoomOfWorks, curate
from backend.exhibition.planning import plan_exhibition
from protocol.exhibition import Architecture, Curation
from tests.backend.test_exhibition_curation import works_with
from tests.backend.test_exhibition_planning import BLOCKS, artwork, count_of, drawn_work, on_walls, told


@pytest.mark.parametrize("first", BLOCKS)
def test_where_the_order_counts_what_hangs_is_come_by_in_it(first: int) -> None:
    for seed in range(first, first + BLOCKS.step, 4):
        rng = random.Random(seed)
        works = [dataclasses.replace(drawn_work(rng, number), title=f"{number}", is_focal=False)
                 for number in range(count_of(seed))]
        rooms = [RoomOfWorks("", works[start:start + 7], keeps_order=True) for start in range(0, len(works), 7)]
        plan = plan_exhibition("All", rooms, list(Architecture)[seed % len(Architecture)], seed)
        assert told(plan) == []  # focal works are in sight, too
        for room in plan.rooms:
            order = [int(work.title) for work, _ in on_walls(plan) if work.room == room.id]
            assert order == sorted(order)
            assert sum(work.is_focal for work in plan.works if work.room == room.id) <= 1


def test_where_the_order_counts_the_focal_work_is_a_large_one_in_the_middle() -> None:
    sizes = [2.0, 0.8, 0.8, 0.8, 1.1, 0.8, 0.8, 0.8, 0.8]
    works = [artwork(number, size, size) for number, size in enumerate(sizes)]
    for keeps_order, focal in ((False, 2.0), (True, 1.1)):
        plan = plan_exhibition("All", [RoomOfWorks("", works, keeps_order)], Architecture.WHITE_CUBE, 0)
        assert [work.width_m for work in plan.works if work.is_focal] == [focal]
    chosen = [*works[:-1], dataclasses.replace(works[-1], is_focal=True)]
    plan = plan_exhibition("All", [RoomOfWorks("", chosen, True)], Architecture.WHITE_CUBE, 0)
    assert [work.is_focal for work in plan.works] == [False] * 8 + [True]


def test_numbers_on_the_walls_go_by_date_unless_an_artist_chose_what_is_seen_first() -> None:
    years = ["1901", "1902", "1903", "1904", "1905", "1906"]
    for is_focal in (False, True):
        works = works_with(year=years, is_focal=[False] * 5 + [is_focal], width_m=[0.8, 0.9, 1.8, 0.8, 0.7, 0.8])
        rooms = curate(works, Curation.DATE, 6, 0)
        plan = plan_exhibition("", rooms, Architecture.WHITE_CUBE, 0)
        assert ([work.year for work in plan.works] == years) == (not is_focal)
        assert [work.year for work in plan.works if work.is_focal] == ["1906" if is_focal else "1903"]
