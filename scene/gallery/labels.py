"""Labels beside works, titles over entrances and a poster: text objects, which an artist may edit."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ...protocol.exhibition import works_in_rooms
from ...protocol.exhibition_plan import ExhibitionPlan, PlannedWork, Room, Standing, WorkKind, wall_length
from .frames import Border, Rect, label_place, neighbours
from .lettering import LEADING, OFF_M, Line, blocks, line_of, text_part, wrapped_lines
from .line_breaks import EM, ems
from .parts import Part
from .rooms import Finish, on_wall
from .shapes import Shape
from .visit import front_of

__all__ = ["LABEL", "label_lines", "label_parts", "poster_parts", "title_parts"]

LABEL = "vernissage_label"  # custom property with the ID of a work
_WIDTH_M, _PADDING_M, _CARD_M = 0.17, 0.012, 0.003
_TITLE_M, _TEXT_M, _SMALL_M = 0.0125, 0.0095, 0.0075  # sizes of letters
_SMALL_CARD_M, _SMALL_SHARE = 0.11, 0.75  # where there is no room for a card of the usual width
_LONGEST = 220  # characters of a work's text
_TITLE_HIGH_M = 0.2


@dataclass(frozen=True)
class _Card:
    width_m: float
    lines: list[Line]

    @property
    def height_m(self) -> float:
        return sum(line.size_m * LEADING for line in self.lines) + 2 * _PADDING_M


def label_lines(work: PlannedWork, width_m: float = _WIDTH_M, share: float = 1.0, *, with_text: bool = True,
                with_provenance: bool = True) -> list[Line]:
    """Who made it, what it is, how large and of what, its text and where it comes from; as plain text.

    Args:
        width_m: of the card.
        share: of the letters' usual size.
    """
    def lines(text: str, size_m: float) -> list[Line]:
        return wrapped_lines(text, size_m * share, width_m - 2 * _PADDING_M)

    size = [work.width_m, work.height_m] + ([work.depth_m] if work.kind is WorkKind.SCULPTURE else [])
    centimetres = " × ".join(f"{side * 100:.4g}" for side in size) + " cm"
    told = [*lines(work.artist, _TEXT_M), *lines(work.title, _TITLE_M),
            *lines(", ".join(filter(None, (work.year, work.medium))), _TEXT_M), *lines(centimetres, _TEXT_M)]
    for text, is_told in ((work.text, with_text), (work.provenance, with_provenance)):
        if text and is_told:
            short = text if len(text) <= _LONGEST else text[:_LONGEST].rstrip() + "…"
            told += [Line("", _SMALL_M * 0.5), *lines(short, _SMALL_M)]
    return told


def _cards(work: PlannedWork) -> Iterator[_Card]:
    """The fullest first, then those that need less room."""
    yield _Card(_WIDTH_M, label_lines(work))
    if work.provenance:
        yield _Card(_WIDTH_M, label_lines(work, with_provenance=False))
    if work.text:
        yield _Card(_WIDTH_M, label_lines(work, with_text=False, with_provenance=False))
    yield _Card(_SMALL_CARD_M, label_lines(work, _SMALL_CARD_M, _SMALL_SHARE, with_text=False, with_provenance=False))


def label_parts(plan: ExhibitionPlan, work: PlannedWork, border: Border, finish: Finish, taken: list[Rect]
                ) -> Iterator[Part]:
    """A card and its text. What hangs has it on the wall, what stands on its plinth; a shorter or a smaller one where
    there is less room, and none where there is none.

    Args:
        taken: places of labels on the wall; its own is added.
    """
    for fitting in _cards(work):
        found = _label_at(plan, work, border, (fitting.width_m, fitting.height_m), taken)
        if found is not None:
            break
    else:
        return
    where, parent = found
    width, height = fitting.width_m, fitting.height_m
    card = Shape()
    card.box((-width / 2, -_CARD_M, -height / 2), (width / 2, 0, height / 2), "card", without="n")
    name, extras = f"{work.id} label", {LABEL: work.id}
    yield finish.part(name, work.room, card, [width, height], entry=work.id, place=where, parent=parent,
                      extras=extras)
    top = height / 2 - _PADDING_M
    for number, (first, block) in enumerate(blocks(fitting.lines)):
        side = 1 if block[0].is_right_to_left else -1
        yield text_part(f"{name} text {number + 1}", work.room, block,
                         (side * (width / 2 - _PADDING_M), -_CARD_M - OFF_M, top - first), finish, "ink",
                         entry=work.id, parent=name, extras=extras, most_m=width - 2 * _PADDING_M)


def _label_at(plan: ExhibitionPlan, work: PlannedWork, border: Border, size: tuple[float, float], taken: list[Rect]
              ) -> tuple[tuple[tuple[float, float, float], float], str] | None:
    """Where a card of that size is, and the name of the part whose place that is told from; None for nowhere."""
    width, height = size
    if isinstance(work.place, Standing):
        if work.place.plinth_m < height + 0.1 or work.place.side_m < width:
            return None
        dx, dy = front_of(plan, work)
        half, level = work.place.side_m / 2, work.place.plinth_m - 0.06 - height / 2
        return ((work.place.x_m + dx * half, work.place.y_m + dy * half, level), math.atan2(dx, -dy)), ""
    found = label_place(plan, work, border.width_m, size, [*_grown(neighbours(plan, work), 0.09), *taken])
    if found is None:
        return None
    along, level = found
    taken.append((along - width / 2, level - height / 2, along + width / 2, level + height / 2))
    # as the work sees it, with which it moves
    return ((along - work.place.along_m, 0.0, level - work.place.centre_m), 0.0), work.id


def title_parts(plan: ExhibitionPlan, room: Room, finish: Finish, outer: Finish | None) -> Iterator[Part]:
    """The room's title over its entrance, on the side that visitors come from.

    Args:
        outer: of the room that visitors come from; None out of doors.
    """
    entrance = plan.entrance(room)
    title = room.title or (plan.title if plan.rooms[0].id == room.id else "")
    if entrance is None or not title:
        return
    if entrance.to:
        before = plan.room(entrance.to)
        side = plan.other_side(entrance)
        if side.wall in before.glazed:
            return
        where = on_wall(before, side.wall, side.along_m, 0.0, OFF_M)
        space, home, ink = before.height_m - entrance.height_m, before.id, outer or finish
        if outer and outer.look.cornice_m:
            space -= outer.look.cornice_m
    else:
        if entrance.wall in room.glazed:
            return
        location, angle = on_wall(room, entrance.wall, entrance.along_m, 0.0, -plan.wall_m / 2 - OFF_M)
        where = location, angle + math.pi
        space, home, ink = room.height_m - entrance.height_m, room.id, finish
    size = min(_TITLE_HIGH_M, space * 0.4, 1.6 * entrance.width_m / max(ems(title) * EM, 1))
    if size < 0.04:
        return
    (x, y, _), angle = where
    surface = "lettering" if entrance.to else "card" if sum(finish.look.outside.colour) < 0.9 else "ink"
    yield text_part(f"{room.id} title", home, [line_of(title, size)], (x, y, entrance.height_m + space / 2), ink,
                     surface, entry=room.id, angle=angle, centred=True, extrude=0.004)


def poster_parts(plan: ExhibitionPlan, finish: Finish) -> Iterator[Part]:
    """Beside the way in, out of doors: the title of all, and what there is to be seen."""
    room = plan.rooms[0]
    door = plan.entrance(room)
    if door is None or door.to or door.wall in room.glazed:
        return
    width, height = 0.84, 1.19  # A0
    beyond = [other for other in plan.doors_of(room) if other.wall is door.wall]
    for side in (1, -1):
        along = door.along_m + side * (door.width_m / 2 + 0.35 + width / 2)
        if width / 2 + 0.1 <= along <= wall_length(room, door.wall) - width / 2 - 0.1 and all(
                abs(other.along_m - along) > (other.width_m + width) / 2 for other in beyond):
            break
    else:
        return
    location, angle = on_wall(room, door.wall, along, 1.55, -plan.wall_m / 2)
    board = Shape()
    board.box((-width / 2, -0.02, -height / 2), (width / 2, 0, height / 2), "ink", without="n")
    yield finish.part("poster", room.id, board, [width, height], entry=room.id, place=(location, angle + math.pi))
    inside, wide = width / 2 - 0.06, width - 0.12
    front = -0.02 - OFF_M
    title = wrapped_lines(plan.title or ("展览" if plan.is_chinese else "Exhibition"), 0.11, wide)[:6]
    side = 1 if title[0].is_right_to_left else -1
    yield text_part("poster title", room.id, title, (side * inside, front, height / 2 - 0.07), finish, "card",
                     entry=room.id, parent="poster", most_m=wide)
    artists = list(dict.fromkeys(work.artist for work in plan.works if work.artist))
    told = [*artists[:6], _counted(plan)]
    lines = [line for each in told for line in wrapped_lines(each, 0.032, wide)]
    top = -height / 2 + 0.06 + 0.032 * LEADING * len(lines)
    for number, (first, block) in enumerate(blocks(lines)):
        side = 1 if block[0].is_right_to_left else -1
        yield text_part("poster text" + (f" {number + 1}" if number else ""), room.id, block,
                         (side * inside, front, top - first), finish, "card", entry=room.id, parent="poster",
                         most_m=wide)


def _counted(plan: ExhibitionPlan) -> str:
    works, rooms = len(plan.works), len(plan.numbered)
    return f"{works} 件作品，{rooms} 个展厅" if plan.is_chinese else works_in_rooms(works, rooms)


def _grown(rects: Sequence[Rect], by: float) -> list[Rect]:
    return [(left - by, bottom - by, right + by, top + by) for left, bottom, right, top in rects]
