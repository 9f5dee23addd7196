"""What the backend can be asked to learn: a style of one or a few pictures, which is then used like a fixed one.

Every step of the training is a field here, with a default that gives a usable style in minutes on two cores.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from pathlib import PurePosixPath, PureWindowsPath
from typing import ClassVar

from .errors import BadInput
from .remarks import Remark
from .requests import MAX_SEED, RequestType, check_file, check_range
from .style import FIXED_STYLES

__all__ = ["CHECKPOINT_NAME", "EVENTS_NAME", "STYLE_SUFFIX", "MIN_CONTENTS", "Optimiser", "StyleScores",
           "StyleTrainRequest", "StyleTrainResult"]

STYLE_SUFFIX = ".safetensors"
CHECKPOINT_NAME = "training.safetensors"  # in the job's folder, from the first test on, and when it is cancelled
EVENTS_NAME = "events"  # the folder of TensorBoard's files in the job's folder
MIN_CONTENTS = 4  # one of them, at least, is held out
STYLE_PICTURES = (1, 64)
SIZE_PX = (64, 1024)
CROP_PX = (64, 512)
CROP_STEP_PX = 16
ROUNDS = (1, 100_000)
BATCH = (1, 64)
RATE = (1e-7, 0.1)
WEIGHT = (0.0, 100.0)
EMA = (0.0, 0.9999)
PENALTY_EVERY = (1, 256)
TEST_EVERY = (1, 10_000)
PATIENCE = (0, 1000)
HELD_OUT = (0.05, 0.5)
SCALE = (0.25, 4.0)
LICENCE_LENGTH = 200


class Optimiser(enum.StrEnum):
    """How the weights follow their gradients: Adam (Kingma and Ba, 2015), or plain descent with momentum."""

    ADAM = "adam"
    SGD = "sgd"


@dataclass(frozen=True, kw_only=True)
class StyleTrainRequest:
    """Learn the style of one or a few pictures: a generator gives contents that style, a discriminator tells its
    patches from those of the pictures, and both get better at it.

    Attributes:
        name: of the style; its file is `styles_folder`/`name`.safetensors, which is replaced if it is there.
        styles: file names of pictures in the job's folder, whose look is to be learnt.
        names: what messages and the style's card call them; () for the names of their files.
        contents: pictures to learn on, many of them: absolute paths or names in the job's folder, each of a picture or
            of a folder with pictures; () for pictures of bodies in light that are drawn for it.
        styles_folder: absolute path of the folder for styles.
        licence: a line for the style's card: the artist's own choice; "" for none.
        start: which of the fixed styles the generator starts from, 0 to 25; None for the one with the best score.
        size_px: contents and styles are scaled until their shorter side has it: strokes come out as large against the
            picture as they are in the style, in pictures of about that size.
        crop_px: side of the crops that are trained on, a multiple of 16.
        rounds: training steps at most.
        batch: crops in a step.
        optimiser: for the generator and the discriminator.
        rate, discriminator_rate: how fast each learns.
        adversarial_weight: of fooling the discriminator.
        content_weight: of keeping what a picture shows, by contrast of its patches.
        identity_weight: of leaving the style's own pictures as they are.
        penalty: of the discriminator's gradient on real pictures (R1).
        penalty_every: it is computed in each so many-th step, that much stronger.
        augment: how far the discriminator's pictures are shifted, coloured and cut: 0 not at all, 1 as far as the
            method goes.
        scale_low, scale_high: how much smaller or larger than they are the style's crops are.
        ema: share of the averaged weights that stays in each step; the average is what is kept.
        test_every: steps between two tests on the contents that are held out.
        patience: tests without a better score before it stops early; 0 never stops.
        held_out: share of the contents that is not trained on.
        seed: the same request and seed give the same style on the same machine.
        events_folder: absolute path of the folder that TensorBoard reads; "" for `EVENTS_NAME` in the job's folder.
        resume: absolute path of a checkpoint of a job before, to go on from there; "" to begin.
    """

    type: ClassVar[RequestType] = RequestType.STYLE_TRAIN

    name: str
    styles: tuple[str, ...]
    names: tuple[str, ...] = ()
    contents: tuple[str, ...] = ()
    styles_folder: str
    licence: str = ""
    start: int | None = None
    size_px: int = 256
    crop_px: int = 128
    rounds: int = 600
    batch: int = 4
    optimiser: Optimiser = Optimiser.ADAM
    rate: float = 2e-3
    discriminator_rate: float = 1e-3
    adversarial_weight: float = 1.0
    content_weight: float = 0.15
    identity_weight: float = 0.3
    penalty: float = 0.02
    penalty_every: int = 8
    augment: float = 0.1
    scale_low: float = 0.8
    scale_high: float = 1.25
    ema: float = 0.99
    test_every: int = 50
    patience: int = 8
    held_out: float = 0.2
    seed: int = 0
    events_folder: str = ""
    resume: str = ""

    def __post_init__(self) -> None:
        if not self.name.strip() or any(letter in '/\\:*?"<>|' or letter < " " for letter in self.name) \
                or self.name != self.name.strip(" ."):
            raise BadInput("{name} cannot be the name of a style.", "Choose a name that can also name a file.",
                           name=repr(self.name))
        low, high = STYLE_PICTURES
        if self.names and len(self.names) != len(self.styles):
            raise BadInput("Number of styles: {count}; of names: {names}.", "Give each a name, or none.",
                           count=len(self.styles), names=len(self.names))
        if not low <= len(self.styles) <= high:
            raise BadInput("There are {count} style pictures: must be from {low} to {high}.",
                           "Choose one or a few pictures of one look.", count=len(self.styles), low=low, high=high)
        for picture in self.styles:
            check_file("style", picture)
        for path in self.contents:
            if not _is_absolute(path):
                check_file("content", path)
        for field, path in (("Styles Folder", self.styles_folder), ("TensorBoard", self.events_folder),
                            ("Resume", self.resume)):
            if not _is_absolute(path) and (path or field == "Styles Folder"):
                raise BadInput("{field} is {path}: must be an absolute path.", "Choose it again.", field=field,
                               path=repr(path))
        if len(self.licence) > LICENCE_LENGTH:
            raise BadInput("The licence has {count} letters: at most {high} are kept.",
                           "Write its name only.", count=len(self.licence), high=LICENCE_LENGTH)
        if self.start is not None and not 0 <= self.start < FIXED_STYLES:
            raise BadInput("There is no style {number}: they are numbered from 0 to {last}.", "Choose one of those.",
                           number=self.start, last=FIXED_STYLES - 1)
        self._check_numbers()

    def _check_numbers(self) -> None:
        check_range("Size", self.size_px, SIZE_PX)
        check_range("Crop", self.crop_px, CROP_PX)
        if self.crop_px % CROP_STEP_PX or self.crop_px > self.size_px:
            raise BadInput("Crop is {value}: must be a multiple of {step}, at most the size of {size}.",
                           "Choose a smaller crop.", value=self.crop_px, step=CROP_STEP_PX, size=self.size_px)
        for field, value, bounds in (
                ("Rounds", self.rounds, ROUNDS), ("Batch", self.batch, BATCH), ("Rate", self.rate, RATE),
                ("Discriminator Rate", self.discriminator_rate, RATE),
                ("Adversarial Weight", self.adversarial_weight, WEIGHT),
                ("Content Weight", self.content_weight, WEIGHT), ("Identity Weight", self.identity_weight, WEIGHT),
                ("Penalty", self.penalty, WEIGHT), ("Penalty Every", self.penalty_every, PENALTY_EVERY),
                ("Augment", self.augment, (0.0, 1.0)), ("Smallest Scale", self.scale_low, SCALE),
                ("Largest Scale", self.scale_high, SCALE), ("Average", self.ema, EMA),
                ("Test Every", self.test_every, TEST_EVERY), ("Patience", self.patience, PATIENCE),
                ("Held Out", self.held_out, HELD_OUT), ("Seed", self.seed, (0, MAX_SEED))):
            check_range(field, value, bounds)
        if self.scale_low > self.scale_high:
            raise BadInput("The smallest scale is {low}, the largest {high}.", "Exchange them.", low=self.scale_low,
                           high=self.scale_high)


@dataclass(frozen=True, kw_only=True)
class StyleScores:
    """How good a style was at one of its tests, on contents that were not trained on.

    Attributes:
        round: after how many steps; 0 is the fixed style that it started from.
        patch_distance: from the style's pictures: 0 is the style itself, 1 as far as its own places are from their
            mean.
        content_loss: how much of what the contents show was lost, 0 is nothing.
    """

    round: int
    patch_distance: float
    content_loss: float

    @property
    def score(self) -> float:
        """What decides which weights are kept: a look without the picture in it is as useless as the picture without
        the look. Less is better.
        """
        return self.patch_distance + self.content_loss


@dataclass(frozen=True, kw_only=True)
class StyleTrainResult:
    """What a training made.

    Attributes:
        style: absolute path of the style's file.
        sheet: file name in the job's folder of a PNG: contents that were held out, and below each what the style makes
            of it.
        checkpoint: absolute path, to go on from with `resume`; "" where nothing can be gone on with.
        start: the fixed style that it started from.
        tests: all scores, in their order; the first is that of the start.
        best: which of them is that of the style as it is kept.
        stopped_early: whether the score no longer got better.
        contents, held_out: how many pictures were trained on, and tested on.
        seconds: seconds of each stage, by the stage's value.
        remarks: what the artist should know.
    """

    style: str
    sheet: str
    checkpoint: str
    start: int
    tests: tuple[StyleScores, ...]
    best: int
    stopped_early: bool
    contents: int
    held_out: int
    seconds: dict[str, float]
    remarks: tuple[Remark, ...] = ()


def _is_absolute(path: str) -> bool:
    return PurePosixPath(path).is_absolute() or PureWindowsPath(path).is_absolute()
