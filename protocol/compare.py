"""What the backend can be asked about the styles of many pictures: which are alike, and what each is made of."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath, PureWindowsPath
from typing import ClassVar

from .errors import BadInput
from .remarks import Remark
from .requests import RequestType, check_file

__all__ = ["FINGERPRINTS_NAME", "PLOT_NAME", "CompareRequest", "CompareResult", "Neighbour"]

PLOT_NAME = "compared.png"
FINGERPRINTS_NAME = "fingerprints.json"


@dataclass(frozen=True, kw_only=True)
class CompareRequest:
    """Tell how alike the styles of pictures are, and draw a plot of them.

    Attributes:
        pictures: absolute paths or names in the job's folder, each of a picture or of a folder with pictures.
        to: absolute path or name in the job's folder of the picture that the others are compared with; "" for none.
        to_name: what the plot and the result call that one.
        font: absolute path of the font that the plot's names are written in; "" for one with Latin letters only.
    """

    type: ClassVar[RequestType] = RequestType.COMPARE

    pictures: tuple[str, ...]
    to: str = ""
    to_name: str = ""
    font: str = ""

    def __post_init__(self) -> None:
        if not self.pictures:
            raise BadInput("There are no pictures to compare.", "Choose a folder with pictures.")
        for path in (*self.pictures, *([self.to] if self.to else [])):
            if not (PurePosixPath(path).is_absolute() or PureWindowsPath(path).is_absolute()):
                check_file("picture", path)


@dataclass(frozen=True, kw_only=True)
class Neighbour:
    """A picture, and how far its style is from that of another.

    Attributes:
        name: of its file.
        path: absolute, of its file.
        distance: 0 for the same picture, about 1 for pictures of different kinds: see `backend.style.fingerprint`.
    """

    name: str
    path: str
    distance: float


@dataclass(frozen=True, kw_only=True)
class CompareResult:
    """What a comparison found; its files are in the job's folder.

    Attributes:
        plot: file name of a PNG for people: a map on which what is alike lies together, and for each picture its
            palette, the directions of its strokes and their scale.
        fingerprints: file name of a JSON with all that was measured: vectors, distances, nearest neighbours.
        count: how many pictures were compared.
        nearest: with a picture to compare with, the others, the nearest first.
        seconds: seconds of each stage, by the stage's value.
        remarks: what the artist should know.
    """

    plot: str
    fingerprints: str
    count: int
    nearest: tuple[Neighbour, ...]
    seconds: dict[str, float]
    remarks: tuple[Remark, ...] = ()
