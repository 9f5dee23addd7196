"""The heat of a plan is where the page had its works."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest

from backend.exhibition.floor_drawing import draw_floor
from backend.exhibition.letters import Letters
from backend.exhibition.page_places import as_on_page
from protocol.exhibition_plan import Detached, ExhibitionPlan, Hung, Standing, centre_of, inward
from tests.backend.test_exhibition_planning import planned


def house_of(plan: ExhibitionPlan) -> dict:
    """As the page tells it, of places alone."""
    works = []
    for work in plan.works:
        x, y, z = centre_of(plan, work)
        dx, dy = (0.0, 1.0) if isinstance(work.place, Standing) else \
            work.place.ahead if isinstance(work.place, Detached) else inward(work.place.wall)
        out = 0.0 if isinstance(work.place, Standing) else work.depth_m
        works.append({"id": work.id, "room": work.room, "at": [round(x + dx * out, 4), z, -round(y + dy * out, 4)],
                      "normal": [dx, 0.0, -dy], "size_m": [round(work.width_m, 4), round(work.height_m, 4)]})
    return {"works": works, "rooms": [
        {"id": room.id, "floor": [[round(x, 4), round(-y, 4)] for x, y in (
            (room.x_m, room.y_m), (room.x_m + room.width_m, room.y_m),
            (room.x_m + room.width_m, room.y_m + room.depth_m), (room.x_m, room.y_m + room.depth_m))]}
        for room in plan.rooms]}


@pytest.fixture(scope="module")
def plan() -> ExhibitionPlan:
    return next(plan for plan in map(planned, range(200)) if len(plan.rooms) > 2
                and {type(work.place) for work in plan.works} == {Hung, Standing})


def read(plan: ExhibitionPlan, house: object, folder: Path) -> ExhibitionPlan:
    (folder / "house.json").write_text(json.dumps(house), encoding="utf-8")
    return as_on_page(plan, folder / "house.json")


def test_works_that_were_moved_are_where_the_page_has_them(plan, tmp_path) -> None:
    assert read(plan, house_of(plan), tmp_path) == plan
    hung = next(work for work in plan.works if isinstance(work.place, Hung))
    larger = dataclasses.replace(plan, works=tuple(dataclasses.replace(
        work, width_m=1.5 * work.width_m, height_m=1.5 * work.height_m, depth_m=1.5 * work.depth_m)
        if work is hung else work for work in plan.works))
    (found,) = (work for work in read(plan, house_of(larger), tmp_path).works if work.id == hung.id)
    assert (found.width_m, found.height_m) == pytest.approx((1.5 * hung.width_m, 1.5 * hung.height_m), abs=1e-3)
    assert type(found.place) is Hung  # on its wall, as before
    hung = [work for work in plan.works if isinstance(work.place, Hung)]
    statue = next(work for work in plan.works if isinstance(work.place, Standing))
    room = plan.rooms[1]
    places = {
        hung[0].id: (room.id, dataclasses.replace(hung[0].place, along_m=1.5)),
        hung[1].id: (room.id, Detached(wall=hung[1].place.wall, along_m=2.0, centre_m=1.4, out_m=1.2,
                                       ahead=inward(hung[1].place.wall))),
        statue.id: (room.id, dataclasses.replace(statue.place, x_m=room.x_m + 2.0, y_m=room.y_m + 2.0))}
    moved = dataclasses.replace(plan, works=tuple(
        dataclasses.replace(work, room=places[work.id][0], place=places[work.id][1]) if work.id in places else work
        for work in plan.works))
    found = read(plan, house_of(moved), tmp_path)
    for one, other in zip(found.works, moved.works, strict=True):
        assert type(one.place) is type(other.place) and one.room == other.room
        assert centre_of(found, one) == pytest.approx(centre_of(moved, other), abs=2e-3)
    warmth = dict.fromkeys(places, 1.0)
    pictures = [draw_floor(each, {}, Letters([]), 1200, warmth).pixels() for each in (plan, found, moved)]
    assert not np.array_equal(pictures[0], pictures[1])
    assert np.abs(pictures[1].astype(int) - pictures[2]).mean() < 0.1


def test_a_page_of_another_house_or_none_says_nothing(plan, tmp_path) -> None:
    other = house_of(plan)
    other["rooms"][0]["floor"][0][0] += 1.0
    other["works"][0]["at"] = [0, 0, 0]
    broken = house_of(plan)
    broken["works"][0]["at"] = None
    for house in (other, broken, [], {"rooms": 3}, None):
        assert read(plan, house, tmp_path) == plan
    assert as_on_page(plan, tmp_path / "gone.json") == plan
