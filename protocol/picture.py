"""What the backend can be asked about pictures: one painted from a prompt, and how it came about."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import ClassVar

from .errors import BadInput
from .remarks import Remark
from .requests import (
    EMBEDDED_MODEL,
    GUIDANCE_SCALE,
    MAX_SEED,
    STEPS,
    RequestType,
    check_file,
    check_range,
    check_size,
    check_words,
)

__all__ = ["PICTURE_SIZE_PX", "PictureRequest", "PictureResult", "SourceKind", "Strip", "StripKind"]

PICTURE_SIZE_PX = (64, 8192)


@dataclass(frozen=True, kw_only=True)
class PictureRequest:
    """Paint a picture from a prompt.

    Attributes:
        width_px, height_px: multiples of 64. What is larger than the model's own pictures is painted near their size,
            and painted into each time it is doubled.
        model: a name of the catalogue, or the absolute path of a diffusers folder.
        steps, guidance_scale: None for what suits the model.
        seed: the same request and seed give the same bytes on the same machine.
    """

    type: ClassVar[RequestType] = RequestType.PICTURE

    prompt: str
    negative_prompt: str = ""
    width_px: int = 512
    height_px: int = 512
    model: str = EMBEDDED_MODEL
    steps: int | None = None
    guidance_scale: float | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        if not self.prompt.strip():
            raise BadInput("The prompt is empty.", "Write what the picture shall show.")
        check_words(self.prompt)
        check_words(self.negative_prompt)
        check_size("Width", self.width_px, PICTURE_SIZE_PX)
        check_size("Height", self.height_px, PICTURE_SIZE_PX)
        check_range("Seed", self.seed, (0, MAX_SEED))
        if self.steps is not None:
            check_range("Steps", self.steps, STEPS)
        if self.guidance_scale is not None:
            check_range("Guidance", self.guidance_scale, GUIDANCE_SCALE)
        if not self.model.strip():
            raise BadInput("No model is chosen.", "Choose mini, or the folder of a diffusers model.")


class StripKind(enum.StrEnum):
    """What a strip shows: the picture after some of its steps, where the network looked for words of its prompt, or the
    pictures that it was made of."""

    STEPS = "steps"
    WORDS = "words"
    SOURCES = "sources"


class SourceKind(enum.StrEnum):
    """What a picture was to the one that was made of it: its content, its style, or what a ControlNet followed."""

    CONTENT = "content"
    STYLE = "style"
    DEPTH = "depth"
    NORMAL = "normal"
    CONTROL = "control"


@dataclass(frozen=True, kw_only=True)
class Strip:
    """Small pictures side by side, each as wide as the others, that show how a picture came about.

    Attributes:
        file: name of a PNG in the job's folder.
        captions: of each of them from left to right: the number of its step, the word, or the `SourceKind`.
    """

    kind: StripKind
    file: str
    captions: tuple[str, ...]

    def __post_init__(self) -> None:
        check_file("strip", self.file)


@dataclass(frozen=True, kw_only=True)
class PictureResult:
    """What a picture job made.

    Attributes:
        picture: file name of the PNG, sRGB, 8 bit, in the job's folder; how it was made is in its texts.
        strips: those that the model allows.
        model: as it was resolved.
        licence: of that model, as the catalogue has it; "" where it is not known.
        steps, guidance_scale: as they were used.
        seconds: seconds of each stage, by the stage's value.
        remarks: what the artist should know.
    """

    picture: str
    strips: tuple[Strip, ...]
    width_px: int
    height_px: int
    model: str
    licence: str
    seed: int
    steps: int
    guidance_scale: float
    device: str
    seconds: dict[str, float]
    remarks: tuple[Remark, ...] = ()
