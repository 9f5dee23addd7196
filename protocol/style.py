"""What the backend can be asked about style: the picture, whose look it shall take on, and how far.

As every request, a `StyleRequest` lies as `request.json` beside the files that it names.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import ClassVar

from .errors import BadInput
from .remarks import Remark
from .requests import MAX_SEED, RequestType

__all__ = ["FIXED_STYLES", "MAX_SIDE_PX", "MIN_SIDE_PX", "Style", "StyleMethod", "StyleRequest", "StyleResult"]

FIXED_STYLES = 26  # of the network that carries its styles within
MIN_SIDE_PX, MAX_SIDE_PX = 32, 16384
STROKE_SCALE = (0.25, 8.0)
STEPS = (1, 2000)
CONTENT_WEIGHT = (0.0, 100.0)


class StyleMethod(enum.StrEnum):
    """How a style is transferred: by one pass of a network, or by changing the picture until a network sees the style
    in it, by Gram matrices or by relaxed optimal transport.
    """

    INSTANT = "instant"
    GRAM = "gram"
    TRANSPORT = "transport"


@dataclass(frozen=True, kw_only=True)
class Style:
    """One look: that of a picture, or one that a network carries within.

    Attributes:
        picture: file name in the job's folder, or "".
        fixed: number of a style of the fixed network, 0 to 25; None with a picture.
        weight: against the other styles of the request.
    """

    picture: str = ""
    fixed: int | None = None
    weight: float = 1.0

    def __post_init__(self) -> None:
        if bool(self.picture) == (self.fixed is not None):
            raise BadInput("A style is a picture or a number: give one of the two.", "Choose the style again.")
        if self.fixed is not None and not 0 <= self.fixed < FIXED_STYLES:
            raise BadInput("There is no style {number}: they are numbered from 0 to {last}.", "Choose one of those.",
                           number=self.fixed, last=FIXED_STYLES - 1)
        if not 0 < self.weight <= 100:
            raise BadInput("The weight of a style is {value}: must be above 0, at most 100.",
                           "Choose a value in that range, or leave the style out.", value=self.weight)


@dataclass(frozen=True, kw_only=True)
class StyleRequest:
    """Give one picture the look of others.

    Attributes:
        name: of the picture, for messages.
        content: file name in the job's folder of any picture that OpenImageIO reads; OpenEXR is linear Rec.709, all
            others are sRGB.
        styles: mixed by their weights.
        strength: 0 leaves the picture as it is, 1 is the full style.
        keep_colours: how far the colours of the content stay: 1 transfers lightness only.
        stroke_scale: how large strokes are against those that the network makes of its own.
        method: how; the numbered styles are for INSTANT only.
        content_weight: of the content against the styles; not for INSTANT.
        steps: of each size, from coarse to fine; not for INSTANT.
        seed: the same request and seed give the same bytes on the same machine; not for INSTANT.
        mask: file name of a grey picture: white is stylised, black stays; of any size; "" for everything.
    """

    type: ClassVar[RequestType] = RequestType.STYLE

    name: str
    content: str
    styles: tuple[Style, ...]
    strength: float = 1.0
    keep_colours: float = 0.0
    stroke_scale: float = 1.0
    method: StyleMethod = StyleMethod.INSTANT
    content_weight: float = 1.0
    steps: int = 100
    seed: int = 0
    mask: str = ""

    def __post_init__(self) -> None:
        if not self.styles:
            raise BadInput("No style is chosen.", "Choose a picture whose look it shall have.")
        _check("Strength", self.strength, (0.0, 1.0))
        _check("Keep Colours", self.keep_colours, (0.0, 1.0))
        _check("Stroke Scale", self.stroke_scale, STROKE_SCALE)
        _check("Content Weight", self.content_weight, CONTENT_WEIGHT)
        _check("Steps", self.steps, STEPS)
        _check("Seed", self.seed, (0, MAX_SEED))
        if self.method is not StyleMethod.INSTANT and any(style.fixed is not None for style in self.styles):
            raise BadInput("The numbered styles are for the instant method only.",
                           "Choose the instant method, or a picture as the style.")


@dataclass(frozen=True, kw_only=True)
class StyleResult:
    """What a style job made; its file is in the job's folder.

    Attributes:
        picture: file name of a PNG, sRGB, RGB or RGBA as the content, 16 bit if that had more than 8.
        width_px, height_px: those of the content.
        seconds: seconds of each stage, by the stage's value.
        remarks: what the artist should know.
    """

    picture: str
    width_px: int
    height_px: int
    seconds: dict[str, float]
    remarks: tuple[Remark, ...] = ()


def _check(field: str, value: float, bounds: tuple[float, float]) -> None:
    low, high = bounds
    if not low <= value <= high:  # NaN fails too
        raise BadInput("{field} is {value}: must be from {low} to {high}.", "Choose a value in that range.",
                       field=field, value=value, low=low, high=high)
