"""The plan of an exhibition: a JSON that a person edits, that is drawn as a picture, and that is built from.

Metres; x to the east, y to the north, z up, the floor at 0. A room is a rectangle of clear floor; its walls stand
outside of it. A place on a wall is told as whoever faces it from within its room sees it: `along_m` from the wall's
left end. Numbers are kept to a millimetre.
"""

from __future__ import annotations

import enum
import json
import math
from collections import Counter
from dataclasses import dataclass, field
from typing import ClassVar

from .errors import BadInput
from .exhibition import Architecture, Covering
from .languages import check_language, language_of
from .plan_misfit import PLAN_REMEDY, check_finite, of_plan
from .requests import check_range
from .wire import Misfit, from_json, to_json

__all__ = ["CENTRE_LINE_M", "DOOR_LEAST_M", "VIEWING_DIAGONALS", "Bench", "Detached", "Door", "ExhibitionPlan", "Hung",
           "PlannedWork", "Room", "Standing", "Wall", "WorkKind", "centre_of", "facing", "hung_at", "inward",
           "plan_from_json", "plan_to_json", "point_on_wall", "wall_length"]

CENTRE_LINE_M = 1.5  # above the floor: eye level of museums (1.45 m to 1.57 m)
VIEWING_DIAGONALS = 1.5  # from how far a work is to be seen, in its diagonals
DOOR_LEAST_M = (1.2, 2.2)  # width, height
_ON_WALL_M, _STRAIGHT = 0.001, 0.002  # off a wall, and rad turned from it: no more is on it


class Wall(enum.StrEnum):
    """Of a room, by where it lies; in the order in which whoever goes round clockwise passes them."""

    NORTH = "north"
    EAST = "east"
    SOUTH = "south"
    WEST = "west"

    @property
    def opposite(self) -> Wall:
        return tuple(Wall)[(tuple(Wall).index(self) + 2) % 4]


class WorkKind(enum.StrEnum):
    PICTURE = "picture"
    FILM = "film"
    SCULPTURE = "sculpture"


@dataclass(frozen=True, kw_only=True)
class Room:
    """
    Attributes:
        id: what doors and works name it by.
        title: over its entrance; may be empty.
        text: what visitors read of it, on a wall and on the page; plain, in paragraphs; may be empty.
        x_m, y_m: its south-western corner.
        width_m, depth_m: to the east and to the north.
        height_m: of its ceiling.
        glazed: walls of glass, on which nothing hangs.
    """

    id: str
    title: str
    x_m: float
    y_m: float
    width_m: float
    depth_m: float
    height_m: float
    glazed: tuple[Wall, ...] = ()
    text: str = ""

    def __post_init__(self) -> None:
        if not all(1 <= side <= 1000 for side in (self.width_m, self.depth_m, self.height_m)):
            raise BadInput("Room {room} is {width} × {depth} × {height} m: each must be from 1 to 1000 m.",
                           "Give it a size in that range.", room=self.id, width=self.width_m, depth=self.depth_m,
                           height=self.height_m)


@dataclass(frozen=True, kw_only=True)
class Door:
    """An opening without a leaf, from a room into another, or out of doors.

    Attributes:
        room, to: IDs of rooms; `to` is "" for out of doors. The first door that leads to a room is its entrance.
        wall: of `room`.
        along_m: of the middle of the opening.
    """

    room: str
    to: str
    wall: Wall
    along_m: float
    width_m: float
    height_m: float


@dataclass(frozen=True, kw_only=True)
class Bench:
    """
    Attributes:
        x_m, y_m: its middle.
        width_m, depth_m: to the east and to the north.
    """

    room: str
    x_m: float
    y_m: float
    width_m: float
    depth_m: float


@dataclass(frozen=True, kw_only=True)
class Hung:
    """On a wall.

    Attributes:
        along_m: of the work's middle.
        centre_m: height of the work's middle above the floor.
    """

    wall: Wall
    along_m: float
    centre_m: float


@dataclass(frozen=True, kw_only=True)
class Detached(Hung):
    """As an artist has hung it in the scene, off the wall that it looks away from, or turned: no file of a plan has it.

    Attributes:
        out_m: how far the middle of its back is before the wall.
        ahead: (x, y) of the direction in which it looks.
    """

    out_m: float
    ahead: tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class Standing:
    """On a plinth.

    Attributes:
        x_m, y_m: the middle of the plinth.
        plinth_m: height of the plinth.
        side_m: width and depth of the plinth.
    """

    x_m: float
    y_m: float
    plinth_m: float
    side_m: float


@dataclass(frozen=True, kw_only=True)
class PlannedWork:
    """
    Attributes:
        id: unlike all others'; stays with the work.
        number: in the order in which visitors come by, from 1.
        file: its path, absolute or beside the plan's file.
        title … provenance: as its label tells them; plain text.
        language: that these are in, see `languages`; "" as their script tells.
        alt: what it shows, for who cannot see it.
        width_m, height_m, depth_m: real size; of a sculpture to the east, up and to the north.
        is_focal: the one that the eye falls on from the room's entrance.
        place: where it is.
        made: how it was made, by `making.FACTS`, as its page tells it; only what is known.
        orientation: of a picture: how the pixels of its file lie, as EXIF has it (CIPA DC-008, 4.6.5); 1 is upright.
    """

    id: str
    number: int
    kind: WorkKind
    file: str
    title: str
    artist: str = ""
    year: str = ""
    medium: str = ""
    text: str = ""
    alt: str = ""
    rights: str = ""
    provenance: str = ""
    language: str = ""
    width_m: float
    height_m: float
    depth_m: float
    is_focal: bool = False
    room: str
    place: Hung | Standing
    made: dict[str, str] = field(default_factory=dict)
    orientation: int = 1

    def __post_init__(self) -> None:
        check_range("Orientation", self.orientation, (1, 8))
        if not all(0.001 <= side <= 100 for side in (self.width_m, self.height_m, self.depth_m)):
            raise BadInput("Work {work} is {width} × {height} × {depth} m: each must be from 0.001 to 100 m.",
                           "Give it its real size.", work=self.id, width=self.width_m, height=self.height_m,
                           depth=self.depth_m)
        check_language(self.language)

    @property
    def diagonal_m(self) -> float:
        """Of what is seen from the front."""
        return math.hypot(self.width_m, self.height_m)


@dataclass(frozen=True, kw_only=True)
class ExhibitionPlan:
    """
    Attributes:
        rooms: in the order of the visit; the first has the way in.
        works: in the order of their numbers.
        wall_m: thickness of walls, which is how far rooms are apart where a door joins them.
        text: what visitors read of the exhibition, as of a room.
        language: that its own and its rooms' titles and texts are in, see `languages`; "" as their script tells.
        floor, walls: what they are covered with, in folders that are named absolutely or as beside the plan; None as
            the architecture has it.
        outside: path of an equirectangular panorama, which lights what is out of doors; "" for a plain sky.
    """

    version: ClassVar[int] = 1

    title: str
    architecture: Architecture
    seed: int
    wall_m: float
    rooms: tuple[Room, ...]
    doors: tuple[Door, ...]
    benches: tuple[Bench, ...] = ()
    works: tuple[PlannedWork, ...] = ()
    floor: Covering | None = None
    walls: Covering | None = None
    outside: str = ""
    text: str = ""
    language: str = ""

    def __post_init__(self) -> None:
        check_language(self.language)

    @property
    def numbered(self) -> tuple[Room, ...]:
        """Those that are counted from 1: a room without works is a passage."""
        shown = {work.room for work in self.works}
        return tuple(room for room in self.rooms if room.id in shown)

    @property
    def main_language(self) -> str:
        """That it is told to be in, else as the letters of its titles tell, else those of its texts, else English."""
        texts = language_of(" ".join((self.text, *(room.text for room in self.rooms))), "en")
        titles = language_of(" ".join((self.title, *(room.title for room in self.rooms))), texts)
        return self.language or (texts if titles == "en" else titles)

    @property
    def is_chinese(self) -> bool:
        """Whether its poster is in Chinese: it is told to be, or some of its titles are, perhaps beside English."""
        apart = ["".join(letter for letter in title if not letter.isascii())
                 for title in (self.title, *(room.title for room in self.rooms))]
        found = [self.language] if self.language else [language_of(title, self.main_language) for title in apart]
        return any(each.split("-")[0].lower() == "zh" for each in found)

    def room(self, id_: str) -> Room:
        """Raises `KeyError`."""
        for room in self.rooms:
            if room.id == id_:
                return room
        raise KeyError(id_)

    def entrance(self, room: Room) -> Door | None:
        """The door that visitors come in by, as a door of that room: the first that joins it to one before, or to out
        of doors."""
        before = {""}
        for each in self.rooms:
            if each.id == room.id:
                break
            before.add(each.id)
        for door in self.doors:
            if door.room == room.id and door.to in before:
                return door
            if door.to == room.id and door.room in before:
                return self.other_side(door)
        return None

    def doors_of(self, room: Room) -> tuple[Door, ...]:
        """Each as a door of that room."""
        return tuple(door if door.room == room.id else self.other_side(door)
                     for door in self.doors if room.id in (door.room, door.to))

    def other_side(self, door: Door) -> Door:
        """The same opening as a door of the room that it leads to."""
        here, there = self.room(door.room), self.room(door.to)
        x, y = point_on_wall(here, door.wall, door.along_m)
        wall = door.wall.opposite
        along = {Wall.NORTH: x - there.x_m, Wall.SOUTH: there.x_m + there.width_m - x,
                 Wall.EAST: there.y_m + there.depth_m - y, Wall.WEST: y - there.y_m}[wall]
        return Door(room=door.to, to=door.room, wall=wall, along_m=along, width_m=door.width_m,
                    height_m=door.height_m)


def wall_length(room: Room, wall: Wall) -> float:
    return room.width_m if wall in (Wall.NORTH, Wall.SOUTH) else room.depth_m


def facing(room: Room, wall: Wall) -> float:
    """How far it is from a wall to the one opposite."""
    return room.depth_m if wall in (Wall.NORTH, Wall.SOUTH) else room.width_m


def inward(wall: Wall) -> tuple[float, float]:
    """The direction in which a work on the wall looks."""
    return {Wall.NORTH: (0.0, -1.0), Wall.EAST: (-1.0, 0.0), Wall.SOUTH: (0.0, 1.0), Wall.WEST: (1.0, 0.0)}[wall]


def point_on_wall(room: Room, wall: Wall, along_m: float, out_m: float = 0.0) -> tuple[float, float]:
    """(x, y) of a place on a wall, or as far in front of it."""
    east, north = room.x_m + room.width_m, room.y_m + room.depth_m
    x, y = {Wall.NORTH: (room.x_m + along_m, north), Wall.EAST: (east, north - along_m),
            Wall.SOUTH: (east - along_m, room.y_m), Wall.WEST: (room.x_m, room.y_m + along_m)}[wall]
    dx, dy = inward(wall)
    return x + dx * out_m, y + dy * out_m


def centre_of(plan: ExhibitionPlan, work: PlannedWork) -> tuple[float, float, float]:
    """(x, y, z) of the middle of a work; of what hangs, of its back, which is on the wall."""
    if isinstance(work.place, Standing):
        return work.place.x_m, work.place.y_m, work.place.plinth_m + work.height_m / 2
    out_m = work.place.out_m if isinstance(work.place, Detached) else 0.0
    return *point_on_wall(plan.room(work.room), work.place.wall, work.place.along_m, out_m), work.place.centre_m


def hung_at(room: Room, back: tuple[float, float], centre_m: float, ahead: tuple[float, float]) -> Hung:
    """The place in a room of what hangs so; on a wall, where it is there and straight.

    Args:
        back: (x, y) of the middle of its back.
        ahead: (x, y) of the direction in which it looks, of length 1.
    """
    wall = max(Wall, key=lambda wall: sum(one * two for one, two in zip(ahead, inward(wall), strict=True)))
    (x, y), (end_x, end_y), (dx, dy) = point_on_wall(room, wall, 0.0), point_on_wall(room, wall, 1.0), inward(wall)
    off_x, off_y = back[0] - x, back[1] - y
    along = round(off_x * (end_x - x) + off_y * (end_y - y), 4)
    out, is_straight = round(off_x * dx + off_y * dy, 4), math.dist(ahead, (dx, dy)) < _STRAIGHT
    if is_straight and abs(out) <= _ON_WALL_M:
        return Hung(wall=wall, along_m=along, centre_m=centre_m)
    return Detached(wall=wall, along_m=along, centre_m=centre_m, out_m=out, ahead=(dx, dy) if is_straight else ahead)


def plan_to_json(plan: ExhibitionPlan) -> str:
    """The text of a plan's file."""
    body = {"version": plan.version, **to_json(plan)}
    return json.dumps(body, allow_nan=False, ensure_ascii=False, indent=1) + "\n"


def plan_from_json(text: str) -> ExhibitionPlan:
    """The plan of a file's text. Whether all of it can be so is told by `backend.exhibition.checking`.

    Raises:
        BadInput: it is no plan, or a field is missing, unknown or out of bounds.
    """
    try:
        body = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadInput("The plan cannot be read: {reason}.", PLAN_REMEDY, reason=error) from error
    if not isinstance(body, dict):
        raise BadInput("The plan is not a JSON object.", PLAN_REMEDY)
    version = body.pop("version", None)
    if version != ExhibitionPlan.version:
        raise BadInput("The plan is of version {theirs}, this is {ours}.", "Make the plan anew.", theirs=version,
                       ours=ExhibitionPlan.version)
    try:
        check_finite(body, body)
        plan: ExhibitionPlan = from_json(ExhibitionPlan, body)
    except Misfit as misfit:
        raise of_plan(misfit, body) from misfit
    except RecursionError as error:
        raise BadInput("The plan cannot be read: {reason}.", PLAN_REMEDY, reason=error) from error
    _check_names(plan)
    return plan


def _check_names(plan: ExhibitionPlan) -> None:
    if not plan.rooms:
        raise BadInput("The plan has no rooms.", "Make the plan anew.")
    ids = [room.id for room in plan.rooms]
    for names in (ids, [work.id for work in plan.works]):
        for name, count in Counter(names).items():
            if count > 1:
                raise BadInput("{count} have the ID {name}.", "Give each another.", count=count, name=name)
    named = [(door.room, "door") for door in plan.doors] + [(door.to, "door") for door in plan.doors if door.to]
    named += [(bench.room, "bench") for bench in plan.benches] + [(work.room, work.id) for work in plan.works]
    for room, who in named:
        if room not in ids:
            raise BadInput("There is no room {room}, which {name} names.", "Name a room of the plan: {rooms}.",
                           room=room, name=who, rooms=", ".join(ids))
