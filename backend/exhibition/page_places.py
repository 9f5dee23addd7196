"""Where the works of a plan are on the page that was made of it: an artist may have moved them in the scene."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

from protocol.exhibition_plan import ExhibitionPlan, PlannedWork, Room, Standing, centre_of, hung_at

__all__ = ["as_on_page"]

_MOVED_M = 0.002  # the plan's and the page's numbers are rounded


def as_on_page(plan: ExhibitionPlan, house: Path) -> ExhibitionPlan:
    """The plan with works where and as large as visitors of the page see them; as it is where the page has other rooms,
    or is none.

    Args:
        house: the page's `house.json`.
    """
    try:
        body = json.loads(house.read_text(encoding="utf-8"))
        if [(room["id"], room["floor"]) for room in body["rooms"]] != [_floor(room) for room in plan.rooms]:
            return plan
        told = {work["id"]: work for work in body["works"]}
        return replace(plan, works=tuple(_moved(plan, work, told[work.id]) if work.id in told else work
                                         for work in plan.works))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return plan


def _floor(room: Room) -> tuple[str, list[list[float]]]:
    west, south, east, north = room.x_m, room.y_m, room.x_m + room.width_m, room.y_m + room.depth_m
    return room.id, [[round(x, 4) + 0.0, round(-y, 4) + 0.0] for x, y in ((west, south), (east, south), (east, north),
                                                                         (west, north))]


def _moved(plan: ExhibitionPlan, work: PlannedWork, told: dict[str, Any]) -> PlannedWork:
    x, y, centre_m = told["at"][0], -told["at"][2], told["at"][1]
    if isinstance(work.place, Standing):
        if told["room"] == work.room and math.dist((x, y), (work.place.x_m, work.place.y_m)) <= _MOVED_M:
            return work
        return replace(work, room=plan.room(told["room"]).id, place=replace(work.place, x_m=x, y_m=y))
    ahead = told["normal"][0], -told["normal"][2]
    width, height = told["size_m"]
    if max(abs(width - work.width_m), abs(height - work.height_m)) > _MOVED_M:  # scaled, and so is its depth
        work = replace(work, width_m=width, height_m=height, depth_m=work.depth_m * width / work.width_m)
    back = x - ahead[0] * work.depth_m, y - ahead[1] * work.depth_m
    if told["room"] == work.room and math.dist((*back, centre_m), centre_of(plan, work)) <= _MOVED_M:
        return work
    return replace(work, room=told["room"], place=hung_at(plan.room(told["room"]), back, centre_m, ahead))
