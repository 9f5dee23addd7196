"""What introduces a room, in letters on one of its walls."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence

from ...protocol.exhibition_plan import ExhibitionPlan, Hung, Room, Wall, wall_length
from .frames import Rect
from .lettering import LEADING, OFF_M, Line, blocks, text_part, wrapped_lines
from .parts import Part
from .rooms import Finish, on_wall

__all__ = ["wall_text_parts"]

_SIZES_M = (0.038, 0.027, 0.019)  # of letters; the smaller where there is less room
_TITLE = 2.0  # over the size of the text
_WIDTHS_EM = (38, 26)  # of the column, in letters' sizes
_TOP_M, _LOW_M = 1.85, 0.7  # of the column, above the floor
_GAP_M = 0.25  # to works and doors
_STEP_M = 0.1
_LONGEST = 1500  # letters; all of it is on the page


def wall_text_parts(plan: ExhibitionPlan, room: Room, finish: Finish, labels: Mapping[Wall, Sequence[Rect]]
                    ) -> Iterator[Part]:
    """The room's text, in the first room after that of the whole exhibition; none where no wall has room for it.

    Args:
        labels: places on walls that are taken.
    """
    is_first = room.id == plan.rooms[0].id
    texts = [*([plan.text] if is_first else []), room.text]
    text = "\n".join(filter(None, texts))
    if not text:
        return
    title = plan.title if is_first and plan.text else ""
    for size, em in itertools.product(_SIZES_M, _WIDTHS_EM):
        width = size * em
        lines = _lines(title, text if len(text) <= _LONGEST else text[:_LONGEST].rstrip() + "…", size, width)
        height = sum(line.size_m * LEADING for line in lines)
        found = _place(plan, room, (width, height), labels)
        if found is not None:
            break
    else:
        return
    wall, left = found
    for number, (down, block) in enumerate(blocks(lines), 1):
        is_reversed = block[0].is_right_to_left
        (x, y, z), angle = on_wall(room, wall, left + width if is_reversed else left, _TOP_M - down, OFF_M)
        yield text_part(f"{room.id} text {number}", room.id, block, (x, y, z), finish, "lettering", entry=room.id,
                        angle=angle, most_m=width)


def _lines(title: str, text: str, size_m: float, width_m: float) -> list[Line]:
    lines = wrapped_lines(title, size_m * _TITLE, width_m)
    for paragraph in filter(None, text.split("\n")):
        lines += [*([Line("", size_m * 0.6)] if lines else []), *wrapped_lines(paragraph, size_m, width_m)]
    return lines


def _place(plan: ExhibitionPlan, room: Room, size: tuple[float, float], labels: Mapping[Wall, Sequence[Rect]]
           ) -> tuple[Wall, float] | None:
    """The wall and the left end: on the wall of the entrance if it can be, as near to that as it can be."""
    width, height = size
    if _TOP_M - height < _LOW_M:
        return None
    entrance = plan.entrance(room)
    first = entrance.wall if entrance else Wall.SOUTH
    for wall in sorted(Wall, key=lambda wall: wall is not first):
        if wall in room.glazed:
            continue
        taken = [(place.along_m - work.width_m / 2, place.along_m + work.width_m / 2) for work in plan.works
                 if work.room == room.id and isinstance(place := work.place, Hung) and place.wall is wall]
        taken += [(door.along_m - door.width_m / 2, door.along_m + door.width_m / 2) for door in plan.doors_of(room)
                  if door.wall is wall]
        taken += [(left, right) for left, _, right, _ in labels.get(wall, ())]
        length = wall_length(room, wall)
        middle = entrance.along_m if entrance and wall is first else 0.0
        steps = [_GAP_M + _STEP_M * number for number in range(int(max(length - width - 2 * _GAP_M, -1) / _STEP_M) + 1)]
        for left in sorted(steps, key=lambda left: abs(left + width / 2 - middle)):
            if all(left - _GAP_M >= end or left + width + _GAP_M <= begin for begin, end in taken):
                return wall, left
    return None
