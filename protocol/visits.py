"""What the backend can be asked about the visits of an exhibition: how long works are looked at."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath, PureWindowsPath
from typing import ClassVar

from .errors import BadInput
from .exhibition import LeftOut
from .remarks import Remark
from .requests import MAX_SEED, RequestType, check_range

__all__ = ["VISITS_NAME", "VISITS_PICTURE_NAME", "Estimate", "Forecast", "StyleInterest", "VisitsRequest",
           "VisitsResult", "WorkInterest"]

VISITS_NAME = "visits.json"
VISITS_PICTURE_NAME = "visits.png"


@dataclass(frozen=True, kw_only=True)
class VisitsRequest:
    """Tell how long the works of an exhibition are looked at, and draw it over its plan.

    Attributes:
        plan: absolute path of the exhibition's plan.
        house: absolute path of the `house.json` of its page, which says where works were seen; "" or one that is not
            there for the plan's places.
        visits: absolute paths of what visitors saved or sent, and of folders with it.
        unseen: absolute paths of pictures, and of folders with pictures, that nobody has seen yet: how long they would
            be looked at is told, if styles tell it.
        seed: of the resampling; the same request and seed give the same figures.
        fonts: absolute paths of fonts that the picture's texts are written in, the preferred first; without any, Latin
            letters only.
    """

    type: ClassVar[RequestType] = RequestType.VISITS

    plan: str
    visits: tuple[str, ...]
    house: str = ""
    unseen: tuple[str, ...] = ()
    seed: int = 0
    fonts: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.visits:
            raise BadInput("There are no visits.", "Choose the files that visitors saved, or a folder with them.")
        for path in filter(None, (self.plan, self.house, *self.visits, *self.unseen)):
            if not (PurePosixPath(path).is_absolute() or PureWindowsPath(path).is_absolute()):
                raise BadInput("The path {path} is not absolute.", "Choose the file again.", path=path)
        check_range("Seed", self.seed, (0, MAX_SEED))


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """A mean and its confidence interval of 95 %; without bounds where one visit tells nothing of others."""

    mean: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, kw_only=True)
class WorkInterest:
    """
    Attributes:
        id: of the work in the plan.
        seconds: that a visit looks at it, of those that know of it.
        stopped: share of the visits that looked at it for 2 s at least.
    """

    id: str
    title: str
    seconds: Estimate
    stopped: Estimate


@dataclass(frozen=True, kw_only=True)
class StyleInterest:
    """Works whose styles are alike.

    Attributes:
        works: their IDs.
        seconds: that a visit looks at one of them, on average over the works.
    """

    works: tuple[str, ...]
    seconds: Estimate


@dataclass(frozen=True, kw_only=True)
class Forecast:
    """How long a picture would be looked at that nobody has seen yet.

    Attributes:
        seconds: what is likely.
        low, high: between what 90 % of the works that were seen lay when they were left out.
    """

    file: str
    seconds: float
    low: float
    high: float


@dataclass(frozen=True, kw_only=True)
class VisitsResult:
    """What visits came to; its files are in the job's folder.

    Attributes:
        report: file name of all of this as JSON.
        picture: file name of a PNG: the plan with its warm places, and the works by their seconds.
        visit_count: of those that could be read.
        works: that some visit knows of, the longest looked at first.
        styles: the same; empty where no work has a picture.
        explained: share of the variance between the works of a room (R²) that their styles foretell, each work left
            out once; None where there are too few to try, or all are looked at alike.
        chance: of as good a foretelling if it had no say which work of a room has which style (permutation test).
        forecasts: of the unseen pictures; empty where styles tell nothing.
        left_out: what is no visit of this exhibition, and pictures that cannot be read.
        seconds: seconds of each stage, by the stage's value.
        remarks: what the artist should know.
    """

    report: str
    picture: str
    visit_count: int
    works: tuple[WorkInterest, ...]
    styles: tuple[StyleInterest, ...]
    explained: float | None
    chance: float | None
    forecasts: tuple[Forecast, ...]
    left_out: tuple[LeftOut, ...]
    seconds: dict[str, float]
    remarks: tuple[Remark, ...] = ()
