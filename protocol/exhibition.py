"""What the backend can be asked about an exhibition: how artworks would hang, as a plan to be looked at and edited."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from pathlib import PurePosixPath, PureWindowsPath
from typing import ClassVar

from .errors import BadInput
from .languages import check_language
from .remarks import Remark
from .requests import MAX_SEED, RequestType, check_file, check_range

__all__ = ["FILE_FAULT", "FILM_SUFFIXES", "PLAN_NAME", "PLAN_PICTURE_NAME", "WORKS_PER_ROOM", "Architecture",
           "Covering", "Curation", "ExhibitionPlanRequest", "ExhibitionPlanResult", "LeftOut", "LightQuality",
           "works_in_rooms"]

FILM_SUFFIXES = (".mp4", ".m4v", ".mov", ".webm", ".mkv", ".avi", ".ogv", ".mpg", ".mpeg")
PLAN_NAME = "exhibition.json"
PLAN_PICTURE_NAME = "plan.png"
WORKS_PER_ROOM = (1, 30)
COVERING_M = (0.05, 100.0)
FILE_FAULT = "The file of {name} cannot be shown: {reason} Correct its “file”."  # the only fault that bars no building


class Curation(enum.StrEnum):
    """What decides on the room of a work.

    AUTO goes by hand where a sidecar names rooms, else by theme where it names themes, else by style.
    """

    AUTO = "auto"
    HAND = "hand"
    THEME = "theme"
    STYLE = "style"
    DATE = "date"


class Architecture(enum.StrEnum):
    """A type of plan, see `backend.exhibition.architecture` for its numbers."""

    WHITE_CUBE = "white-cube"
    ENFILADE = "enfilade"
    BLACK_BOX = "black-box"
    BRUTALIST = "brutalist"
    PAVILION = "pavilion"


@dataclass(frozen=True, kw_only=True)
class Covering:
    """A material of floors or walls.

    Attributes:
        folder: path of a folder with its maps, by the names of `material.MapNames`: at least the base colour. Normals
            are as glTF has them.
        width_m: how wide its pictures are on the surface.
    """

    folder: str
    width_m: float = 2.0

    def __post_init__(self) -> None:
        check_range("width_m", self.width_m, COVERING_M)


class LightQuality(enum.StrEnum):
    """How much work goes into the light of rooms in a browser; OFF for a plain one."""

    OFF = "off"
    DRAFT = "draft"
    GOOD = "good"
    BEST = "best"


@dataclass(frozen=True, kw_only=True)
class ExhibitionPlanRequest:
    """Plan an exhibition of artworks, or check a plan that somebody edited; draw it either way.

    Attributes:
        works: absolute paths of pictures, films and GLB sculptures, and of folders with them.
        sidecar: absolute path of a CSV or JSON that tells of the works; "" takes `works.csv` or `works.json` of a
            folder of works, where it has one.
        told: of works by their absolute paths, what is told of them by columns of a sidecar, which goes before it.
        edits: the same, which goes before the sidecar; empty texts, too.
        passed_over: absolute paths of files that folders of works have, and that are none of the works.
        plan_folder: absolute path of the folder that the plan will lie in: works within it are named as beside the
            plan, so that the folder can be moved; "" names all absolutely.
        plan: absolute path of an edited plan to be checked; then the fields above and below have no say.
        floor, walls: what they are covered with, in folders that are named absolutely; None as the architecture has
            it.
        outside: absolute path of the panorama that lies outside; "" for a plain sky.
        title: of the exhibition.
        text: what introduces the exhibition.
        language: that its title and texts are in, see `languages`; "" as their script tells.
        room_texts: what introduces rooms, by their titles; goes before what sidecars say.
        curation: what decides on the rooms.
        architecture: what rooms and doors are like.
        works_per_room: how many works a room has about; rooms that are chosen by hand have theirs.
        seed: the same request and seed give the same plan.
        stills: of films, by their absolute path: name in the job's folder of a picture of the first frame, which may be
            an array (see `backend.style.pictures.read_picture`). Films without one are left out.
        fonts: absolute paths of fonts that the picture's texts are written in, the preferred first; without any, Latin
            letters only.
    """

    type: ClassVar[RequestType] = RequestType.EXHIBITION_PLAN

    works: tuple[str, ...] = ()
    sidecar: str = ""
    told: dict[str, dict[str, str]] = field(default_factory=dict)
    edits: dict[str, dict[str, str]] = field(default_factory=dict)
    passed_over: tuple[str, ...] = ()
    plan_folder: str = ""
    plan: str = ""
    floor: Covering | None = None
    walls: Covering | None = None
    outside: str = ""
    title: str = ""
    text: str = ""
    language: str = ""
    room_texts: dict[str, str] = field(default_factory=dict)
    curation: Curation = Curation.AUTO
    architecture: Architecture = Architecture.WHITE_CUBE
    works_per_room: int = 9
    seed: int = 0
    stills: dict[str, str] = field(default_factory=dict)
    fonts: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if bool(self.works) == bool(self.plan):
            raise BadInput("There are no works to exhibit.", "Choose a folder with pictures, films or GLB files.")
        coverings = (each.folder for each in (self.floor, self.walls) if each is not None)
        named = (*self.works, *self.passed_over, self.sidecar, self.plan_folder, self.plan, self.outside, *coverings)
        for path in filter(None, named):
            if not (PurePosixPath(path).is_absolute() or PureWindowsPath(path).is_absolute()):
                raise BadInput("The path {path} is not absolute.", "Choose the file again.", path=path)
        for name in self.stills.values():
            check_file("still", name)
        check_language(self.language)
        check_range("Works per Room", self.works_per_room, WORKS_PER_ROOM)
        check_range("Seed", self.seed, (0, MAX_SEED))


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """A work that is not in the plan, and why: a BadInput, as it is sent.

    Attributes:
        file: absolute path.
    """

    file: str
    sentence: str
    remedy: str
    values: dict[str, str | int | float] = field(default_factory=dict)

    def to_error(self) -> BadInput:
        return BadInput(self.sentence, self.remedy, log_path="", **self.values)


@dataclass(frozen=True, kw_only=True)
class ExhibitionPlanResult:
    """What a plan came to; its files are in the job's folder.

    Attributes:
        plan: file name of the plan's JSON, see `protocol.exhibition_plan`.
        picture: file name of a PNG: floor plan, walls, list of works.
        work_count, room_count: of the plan.
        floor_m2: area of all rooms.
        left_out: works that cannot be shown.
        faults: of a plan that was edited, what cannot be so.
        seconds: seconds of each stage, by the stage's value.
        remarks: what the artist should know.
    """

    plan: str
    picture: str
    work_count: int
    room_count: int
    floor_m2: float
    left_out: tuple[LeftOut, ...]
    faults: tuple[Remark, ...]
    seconds: dict[str, float]
    remarks: tuple[Remark, ...] = ()


def works_in_rooms(works: int, rooms: int) -> str:
    """As in "12 works in 1 room"."""
    return f"{works} {'work' if works == 1 else 'works'} in {rooms} {'room' if rooms == 1 else 'rooms'}"
