"""Where on the walls of a room works hang: by the rules of museums.

The middle of a work is 1.5 m above the floor. One work, the focal one, hangs where the eye falls on it from the
entrance. The others follow each other clockwise from the entrance, each wall as full as the others, with distances in
proportion to the works. Nothing hangs beside an opening or in a corner, and each work can be seen from 1.5 of its
diagonals away.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

from protocol.exhibition_plan import CENTRE_LINE_M, VIEWING_DIAGONALS, Door, Hung, Room, Wall, facing, wall_length

from .sight import axis_along, offset_in_sight

__all__ = ["ABOVE_M", "BODY_M", "CORNER_M", "DOOR_M", "Canvas", "breathing_m", "centre_m", "hang", "viewing_m"]

BODY_M = 0.5  # from a visitor's middle to the wall behind
CORNER_M = 0.5  # free wall at corners
DOOR_M = 0.45  # free wall beside an opening
ABOVE_M = 0.4  # free wall over a work
_BELOW_M = 0.25
_NEAREST_M = 1.0  # nobody looks from nearer
_BREATHING_M = (0.35, 1.2)
_FOCAL_BREATHING = 1.5
_WIDEST = 2.2  # of distances on a wall that has room to spare, over those that are needed


@dataclass(frozen=True)
class Canvas:
    """What hangs.

    Attributes:
        width_m, height_m: real size.
    """

    width_m: float
    height_m: float


@dataclass(frozen=True)
class _Stretch:
    """A piece of wall without an opening.

    Attributes:
        low, high: metres along the wall, from free wall to free wall.
        low_m, high_m: what has to stay free at its ends.
    """

    wall: Wall
    low: float
    high: float
    low_m: float
    high_m: float

    @property
    def room_m(self) -> float:
        return self.high - self.low - self.low_m - self.high_m


def centre_m(height_m: float) -> float:
    """How high the middle of a work hangs: at the eyes, and of a very tall one so that it clears the floor."""
    return round(max(CENTRE_LINE_M, height_m / 2 + _BELOW_M), 3)


def viewing_m(canvas: Canvas) -> float:
    """From how far it is looked at."""
    return max(_NEAREST_M, VIEWING_DIAGONALS * math.hypot(canvas.width_m, canvas.height_m))


def breathing_m(one_m: float, other_m: float) -> float:
    """The least free wall between works of these widths: half of what they are wide on average."""
    low, high = _BREATHING_M
    return min(max((one_m + other_m) / 4, low), high)


def hang(room: Room, doors: Sequence[Door], entrance: Door, works: Sequence[Canvas], focal: int | None, wall_m: float,
         *, keeps_order: bool = False) -> list[Hung] | None:
    """The place of each work, in their order; None where the room is too small for them.

    Args:
        doors: of the room, as its own; the entrance among them.
        works: in the order in which visitors shall come by; but for the focal one, which hangs opposite the entrance.
        focal: its place among the works, if it is one of them.
        wall_m: how thick walls are.
        keeps_order: the focal one is come by in its order, too: what is before it hangs on its left.
    """
    stretches = _stretches(room, doors, entrance)
    placed: dict[int, Hung] = {}
    others = [number for number in range(len(works)) if number != focal]
    groups = [(others, stretches)]
    if focal is not None:
        found = _hang_focal(room, entrance, works[focal], stretches, wall_m)
        if found is None:
            return None
        placed[focal], left, right = found
        groups = [(others[:focal], left), (others[focal:], right)] if keeps_order else [(others, [*left, *right])]
    for group, free in groups:
        shares = _shared_out([works[number] for number in group], free, [facing(room, each.wall) for each in free])
        if shares is None:
            return None
        numbers = iter(group)
        for stretch, count in zip(free, shares, strict=True):
            here = list(itertools.islice(numbers, count))
            for number, along in zip(here, _spread([works[number].width_m for number in here], stretch), strict=True):
                placed[number] = Hung(wall=stretch.wall, along_m=along, centre_m=centre_m(works[number].height_m))
    return [placed[number] for number in range(len(works))]


def _stretches(room: Room, doors: Sequence[Door], entrance: Door) -> list[_Stretch]:
    """Clockwise from the right edge of the entrance."""
    walls = list(Wall)
    first = walls.index(entrance.wall)
    found = []
    for wall in (*walls[first:], *walls[:first]):
        if wall in room.glazed:
            continue
        low, low_m = 0.0, CORNER_M
        for door in sorted((door for door in doors if door.wall is wall), key=lambda door: door.along_m):
            found.append(_Stretch(wall, low, door.along_m - door.width_m / 2, low_m, DOOR_M))
            low, low_m = door.along_m + door.width_m / 2, DOOR_M
        found.append(_Stretch(wall, low, wall_length(room, wall), low_m, CORNER_M))
    before = [each for each in found if each.wall is entrance.wall and each.low < entrance.along_m]
    return [each for each in [*(each for each in found if each not in before), *before] if each.room_m > 0]


def _hang_focal(room: Room, entrance: Door, work: Canvas, stretches: Sequence[_Stretch], wall_m: float
                ) -> tuple[Hung, list[_Stretch], list[_Stretch]] | None:
    """As near to the entrance's axis as there is free wall; and the stretches that are left before it and after."""
    wall, axis = axis_along(room, entrance)
    deep = facing(room, wall)
    if deep < viewing_m(work) + BODY_M:
        return None
    best: tuple[float, float, _Stretch] | None = None
    for stretch in stretches:
        low = stretch.low + stretch.low_m + work.width_m / 2
        high = stretch.high - stretch.high_m - work.width_m / 2
        if stretch.wall is not wall or low > high:
            continue
        along = min(max(axis, low), high)
        if best is None or abs(along - axis) < best[0]:
            best = (abs(along - axis), along, stretch)
    if best is None or best[0] > offset_in_sight(entrance.width_m, deep, wall_m):
        return None
    _, along, stretch = best
    along = round(along, 3)
    beside = _FOCAL_BREATHING * breathing_m(work.width_m, work.width_m)
    left = _Stretch(wall, stretch.low, along - work.width_m / 2, stretch.low_m, beside)
    right = _Stretch(wall, along + work.width_m / 2, stretch.high, beside, stretch.high_m)
    place = list(stretches).index(stretch)
    before, after = [*stretches[:place], left], [right, *stretches[place + 1:]]
    return (Hung(wall=wall, along_m=along, centre_m=centre_m(work.height_m)),
            [each for each in before if each.room_m > 0], [each for each in after if each.room_m > 0])


def _shared_out(works: Sequence[Canvas], stretches: Sequence[_Stretch], deep: Sequence[float]) -> list[int] | None:
    """How many works, in their order, each stretch has, so that all are as full: the squares of how full they are,
    times their lengths, are as small as can be. None where they do not fit.
    """
    count = len(works)
    views = [viewing_m(work) + BODY_M for work in works]
    between = [0.0, *(breathing_m(one.width_m, other.width_m) for one, other in itertools.pairwise(works))]
    best: list[list[tuple[float, int]]] = [[(0.0, 0)] + [(math.inf, 0)] * count]
    for stretch, depth in zip(stretches, deep, strict=True):
        before = best[-1]
        after = [(cost, start) for start, (cost, _) in enumerate(before)]  # nothing hangs here
        for start in range(count):
            if before[start][0] == math.inf:
                continue
            used = -between[start]
            for end in range(start, count):
                used += between[end] + works[end].width_m
                if used > stretch.room_m or views[end] > depth:
                    break
                cost = before[start][0] + used * used / stretch.room_m
                if cost < after[end + 1][0]:
                    after[end + 1] = (cost, start)
        best.append(after)
    if best[-1][count][0] == math.inf:
        return None
    shares = []
    end = count
    for table in reversed(best[1:]):
        start = table[end][1]
        shares.append(end - start)
        end = start
    return shares[::-1]


def _spread(widths: Sequence[float], stretch: _Stretch) -> list[float]:
    """Metres along the wall of the middles of works in a row: a group in the middle of its stretch, its distances as
    wide as there is room for, up to a bound.
    """
    if not widths:
        return []
    gaps = [breathing_m(one, other) for one, other in itertools.pairwise(widths)]
    slack = stretch.room_m - sum(widths) - sum(gaps)
    wider = min(1 + slack / (sum(gaps) + stretch.low_m + stretch.high_m), _WIDEST)
    gaps = [gap * wider for gap in gaps]
    left = stretch.low + stretch.low_m + (stretch.room_m - sum(widths) - sum(gaps)) / 2
    middles = []
    for width, gap in zip(widths, [*gaps, 0.0], strict=True):
        middles.append(round(left + width / 2, 3))
        left += width + gap
    return middles
