"""What spots hang in a room, and how they light its works."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from ...protocol.exhibition_plan import Wall
from .lighting import Spot

__all__ = ["CONES", "HEADS_APART_M", "PIVOT_M", "Aimed", "LitRoom", "LitWork"]

PIVOT_M = 0.19  # from the middle of the track down to the front of a head
HEADS_APART_M = 0.16
CONES = math.radians(10), math.radians(120)  # the narrowest and the widest


@dataclass(frozen=True)
class Aimed:
    """A spot of a work, and its power in W."""

    work: str
    number: int
    spot: Spot
    watts: float


@dataclass(frozen=True)
class LitWork:
    """
    Attributes:
        lux: the mean of the light that comes straight from spots and skylights.
        deviation: the farthest from it that any place is, over it; None for a sculpture.
        angle_deg: of the axis that its middle is lit by, from the vertical.
    """

    work: str
    lux: float
    deviation: float | None
    angle_deg: float


@dataclass
class LitRoom:
    """
    Attributes:
        track_m: height of its track.
        clear_m: how far from walls skylights keep, at least.
        rails: how far from its wall each is.
        day_w: power of each skylight, in their order.
    """

    track_m: float
    clear_m: float = 0.0
    rails: dict[Wall, float] = field(default_factory=dict)
    spots: list[Aimed] = field(default_factory=list)
    works: list[LitWork] = field(default_factory=list)
    day_w: list[float] = field(default_factory=list)
