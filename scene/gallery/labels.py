"""Labels beside works, titles over entrances and a poster: text objects, which an artist may edit."""

from __future__ import annotations

import math
import textwrap
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

import bpy
import numpy as np

from ...protocol.exhibition_plan import ExhibitionPlan, PlannedWork, Room, Standing, WorkKind, wall_length
from .frames import Border, Rect, label_place, neighbours
from .parts import Part
from .rooms import Finish, on_wall
from .shapes import Shape
from .visit import front_of

__all__ = ["LABEL", "label_lines", "label_parts", "poster_parts", "title_parts"]

LABEL = "vernissage_label"  # custom property with the ID of a work
_WIDTH_M, _PADDING_M, _CARD_M = 0.17, 0.012, 0.003
_TITLE_M, _TEXT_M, _SMALL_M, _LEADING = 0.0125, 0.0095, 0.0075, 1.3  # sizes of letters
_EM = 0.62  # how wide a letter is at most on average, over its size; a wide one is 1
_LONGEST = 220  # characters of a work's text
_OFF_M = 0.0006  # letters lie so far before what they are printed on
_TITLE_HIGH_M = 0.2


@dataclass(frozen=True)
class _Line:
    text: str
    size_m: float


def label_lines(work: PlannedWork) -> list[_Line]:
    """Who made it, what it is, how large and of what, and its text; as plain text."""
    size = [work.width_m, work.height_m] + ([work.depth_m] if work.kind is WorkKind.SCULPTURE else [])
    centimetres = " × ".join(f"{side * 100:.4g}" for side in size) + " cm"
    lines = [*_wrapped(work.artist, _TEXT_M), *_wrapped(work.title, _TITLE_M),
             *_wrapped(", ".join(filter(None, (work.year, work.medium))), _TEXT_M), *_wrapped(centimetres, _TEXT_M)]
    if work.text:
        short = work.text if len(work.text) <= _LONGEST else work.text[:_LONGEST].rstrip() + "…"
        lines += [_Line("", _SMALL_M * 0.5), *_wrapped(short, _SMALL_M)]
    return lines


def label_parts(plan: ExhibitionPlan, work: PlannedWork, border: Border, finish: Finish, taken: list[Rect]
                ) -> Iterator[Part]:
    """A card and its text. What hangs has it on the wall, what stands on its plinth; none where there is no room.

    Args:
        taken: places of labels on the wall; its own is added.
    """
    lines = label_lines(work)
    width = _WIDTH_M
    height = sum(line.size_m * _LEADING for line in lines) + 2 * _PADDING_M
    card = Shape()
    card.box((-width / 2, -_CARD_M, -height / 2), (width / 2, 0, height / 2), "card", without="n")
    name, extras = f"{work.id} label", {LABEL: work.id}
    if isinstance(work.place, Standing):
        if work.place.plinth_m < height + 0.1:
            return
        dx, dy = front_of(plan, work)
        half, level = work.place.side_m / 2, work.place.plinth_m - 0.06 - height / 2
        where: tuple[tuple[float, float, float], float] = (
            (work.place.x_m + dx * half, work.place.y_m + dy * half, level), math.atan2(dx, -dy))
        parent = ""
    else:
        found = label_place(plan, work, border.width_m, (width, height),
                            [*_grown(neighbours(plan, work), 0.09), *taken])
        if found is None:
            return
        along, level = found
        taken.append((along - width / 2, level - height / 2, along + width / 2, level + height / 2))
        # as the work sees it, with which it moves
        where = ((along - work.place.along_m, 0.0, level - work.place.centre_m), 0.0)
        parent = work.id
    yield finish.part(name, work.room, card, [width, height], entry=work.id, place=where, parent=parent,
                      extras=extras)
    top = height / 2 - _PADDING_M
    for number, (first, block) in enumerate(_blocks(lines)):
        yield _text_part(f"{name} text {number + 1}", work.room, "\n".join(line.text for line in block),
                         block[0].size_m, (-width / 2 + _PADDING_M, -_CARD_M - _OFF_M, top - first), finish, "ink",
                         entry=work.id, parent=name, extras=extras, most_m=width - 2 * _PADDING_M)


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
        where = on_wall(before, side.wall, side.along_m, 0.0, _OFF_M)
        space, home, ink = before.height_m - entrance.height_m, before.id, outer or finish
        if outer and outer.look.cornice_m:
            space -= outer.look.cornice_m
    else:
        if entrance.wall in room.glazed:
            return
        location, angle = on_wall(room, entrance.wall, entrance.along_m, 0.0, -plan.wall_m / 2 - _OFF_M)
        where = location, angle + math.pi
        space, home, ink = room.height_m - entrance.height_m, room.id, finish
    size = min(_TITLE_HIGH_M, space * 0.4, 1.6 * entrance.width_m / max(_ems(title) * _EM, 1))
    if size < 0.04:
        return
    (x, y, _), angle = where
    surface = "lettering" if entrance.to else "card" if sum(finish.look.outside.colour) < 0.9 else "ink"
    yield _text_part(f"{room.id} title", home, title, size, (x, y, entrance.height_m + space / 2), ink, surface,
                     entry=room.id, angle=angle, centred=True, extrude=0.004)


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
    count = len(plan.works)
    title = _wrapped(plan.title or "Exhibition", 0.11, width - 0.12)
    inside = -width / 2 + 0.06
    yield _text_part("poster title", room.id, "\n".join(line.text for line in title[:6]), 0.11,
                     (inside, -0.02 - _OFF_M, height / 2 - 0.07), finish, "card", entry=room.id, parent="poster",
                     most_m=width - 0.12)
    artists = list(dict.fromkeys(work.artist for work in plan.works if work.artist))
    told = [*artists[:6], f"{count} works in {len(plan.rooms)} rooms"]
    lines = [line for each in told for line in _wrapped(each, 0.032, width - 0.12)]
    yield _text_part("poster text", room.id, "\n".join(line.text for line in lines), 0.032,
                     (inside, -0.02 - _OFF_M, -height / 2 + 0.06 + 0.032 * _LEADING * len(lines)), finish, "card",
                     entry=room.id, parent="poster", most_m=width - 0.12)


def _text_part(name: str, room: str, body: str, size: float, location: tuple[float, float, float], finish: Finish,
               surface: str, *, entry: str, parent: str = "", angle: float = 0.0, centred: bool = False,
               extrude: float = 0.0, extras: dict[str, str] | None = None, most_m: float = 0.0) -> Part:
    """Args:
        location: of its upper left corner; of a centred one its middle.
        most_m: how wide it may be: what is wider is narrowed; 0 for any width.
    """
    def make() -> bpy.types.Object:
        curve = bpy.data.curves.new(name, "FONT")
        curve.body, curve.size, curve.extrude, curve.space_line = body, size, extrude, _LEADING
        curve.align_x, curve.align_y = ("CENTER", "CENTER") if centred else ("LEFT", "TOP")
        curve.resolution_u = 3 if size < 0.05 else 6
        # Blender's built-in font: the outlines of Inter overlap, and of its e Blender fills a half, of its D all
        curve.materials.append(finish.material(surface))
        each = bpy.data.objects.new(name, curve)
        each.location, each.rotation_euler = location, (math.pi / 2, 0, angle)
        if most_m:
            _narrow(each, most_m)
        return each
    return Part(name, room, entry, [body, size, location, angle, centred, most_m, extrude,
                                    asdict(finish.paints[surface])], make, parent, extras or {})


def _narrow(each: bpy.types.Object, most_m: float) -> None:
    """Scale letters down, which no count of letters foretells exactly."""
    mesh = bpy.data.meshes.new_from_object(each)
    points = np.zeros(3 * len(mesh.vertices), np.float32)
    mesh.vertices.foreach_get("co", points)
    bpy.data.meshes.remove(mesh)
    wide = float(points[::3].max(initial=0.0))
    if wide > most_m:
        each.data.size *= most_m / wide


def _blocks(lines: Sequence[_Line]) -> list[tuple[float, list[_Line]]]:
    """Lines of one size that follow each other, and how far down each block begins."""
    blocks: list[tuple[float, list[_Line]]] = []
    down = 0.0
    for line in lines:
        if line.text:
            if blocks and blocks[-1][1][-1].size_m == line.size_m:
                blocks[-1][1].append(line)
            else:
                blocks.append((down, [line]))
        down += line.size_m * _LEADING
    return blocks


def _wrapped(text: str, size_m: float, width_m: float = _WIDTH_M - 2 * _PADDING_M) -> list[_Line]:
    most = width_m / (size_m * _EM)
    lines = []
    for paragraph in " ".join(text.split()).splitlines():
        if _ems(paragraph) == len(paragraph):
            lines += textwrap.wrap(paragraph, max(int(most), 1))
        else:
            line = ""
            for letter in paragraph:
                if line and _ems(line + letter) > most:
                    lines.append(line)
                    line = ""
                line += letter
            lines.append(line)
    return [_Line(line, size_m) for line in lines]


def _ems(text: str) -> float:
    """How many letters wide a text is, where a Chinese one is as wide as 1 / `_EM` others."""
    return sum(1 / _EM if unicodedata.east_asian_width(letter) in "WF" else 1.0 for letter in text)


def _grown(rects: Sequence[Rect], by: float) -> list[Rect]:
    return [(left - by, bottom - by, right + by, top + by) for left, bottom, right, top in rects]
