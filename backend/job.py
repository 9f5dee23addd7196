"""A job as its recipe sees it: stages that are timed, steps that are counted, and a question: go on?"""

from __future__ import annotations

import contextlib
import math
import os
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from protocol.errors import Cancelled, plain_values
from protocol.messages import Event, Preview, Progress, Remark, Stage

if TYPE_CHECKING:
    import numpy as np

__all__ = ["PREVIEW_NAME", "STAGE_SHARES", "Job"]

PREVIEW_NAME = "preview.png"
SURFACE_NAME = "surface-{number}.npy"

# How much of a job each stage takes, in the recipe's order, for the progress bar: two cores, eight views of
# 256² with mini.
STAGE_SHARES = {
    Stage.PREPARE: 0.01,
    Stage.PLAN: 0.02,
    Stage.LOAD: 0.08,
    Stage.DENOISE: 0.76,
    Stage.AGREE: 0.0,
    Stage.DECODE: 0.06,
    Stage.BAKE: 0.03,
    Stage.FILL: 0.02,
    Stage.WRITE: 0.02,
}

_IN_PARTS = 0.5  # of a step that has parts, or of what is left of it
# Drawing the panel more often than this shows nothing new; the last step of a stage is always told.
MIN_PROGRESS_INTERVAL_S = 0.05


class Job:
    """Where a recipe reports to.

    Attributes:
        id: the job's ID on the pipe.
        folder: where its request lies and its results go.
        seconds: seconds spent in each stage, by the stage's value.
        remarks: what the artist should know about the result.
        stage_at_work: the stage that runs, or ran last; None before the first.
    """

    def __init__(self, job_id: str, folder: Path, emit: Callable[[Event], None],
                 is_cancelled: Callable[[], bool], clock: Callable[[], float] = time.monotonic) -> None:
        self.id = job_id
        self.folder = folder
        self.seconds: dict[str, float] = {}
        self.remarks: list[Remark] = []
        self.stage_at_work: Stage | None = None
        self._emit = emit
        self._is_cancelled = is_cancelled
        self._clock = clock
        self._step = self._steps = 0
        self._part = self._parts = 0  # of the step at work
        self._begun = 0.0  # of that step, before its parts
        self._stage_began = 0.0
        self._aside_s = 0.0  # of the stage at work: see `aside`
        self._told_at = float("-inf")
        self._fraction = 0.0
        self._shares: Mapping[Stage, float] = STAGE_SHARES
        self._figures: dict[str, float] = {}
        self._pace_s: float | None = None  # seconds that the whole job takes, by the pace of its longest stage

    def follow(self, shares: Mapping[Stage, float]) -> None:
        """Count the whole job by other stages than a texture's: how much of it each takes, in their order."""
        self._shares = shares

    @contextlib.contextmanager
    def stage(self, stage: Stage, steps: int = 0) -> Iterator[None]:
        """Enter a stage of `steps` steps (0 where they cannot be counted) and time it.

        Raises:
            Cancelled: on entry, when the user asked for it.
        """
        self.check()
        self.stage_at_work = stage
        self._step, self._steps, self._begun = 0, steps, 0.0
        self._stage_began = self._clock()
        self._aside_s = 0.0
        self._count(stage, 0.0)  # its place, before that of what is done aside
        self._tell()
        try:
            yield
        finally:
            self._count(stage, self._clock() - self._stage_began - self._aside_s)

    @contextlib.contextmanager
    def aside(self, stage: Stage) -> Iterator[None]:
        """Time work that is done in the middle of the stage at work, and counts as another stage's."""
        began = self._clock()
        try:
            yield
        finally:
            spent = self._clock() - began
            self._aside_s += spent
            self._count(stage, spent)

    @contextlib.contextmanager
    def parts(self, count: int) -> Iterator[None]:
        """Within the block what is done are so many parts of the next step, of which half of what is left is done then:
        it is not known how often that will be.
        """
        self._part, self._parts = 0, count
        try:
            yield
        finally:
            self._begun = self._done - self._step
            self._part = self._parts = 0

    def _count(self, stage: Stage, seconds: float) -> None:
        self.seconds[stage.value] = self.seconds.get(stage.value, 0.0) + seconds

    def step(self) -> None:
        """One step of the running stage is done.

        Raises:
            Cancelled: when the user asked for it.
        """
        if self._parts:
            self._part = min(self._part + 1, self._parts)
        else:
            self._step, self._begun = min(self._step + 1, self._steps), 0.0
        longest = max(self._shares, key=self._shares.__getitem__)
        if self.stage_at_work is longest and self._done:
            share_done = self._shares[longest] * self._done / self._steps
            self._pace_s = (self._clock() - self._stage_began) / share_done
        if (self._step == self._steps and not self._parts) or self._clock() - self._told_at >= MIN_PROGRESS_INTERVAL_S:
            self._tell()
        self.check()

    def check(self) -> None:
        """Raises:
            Cancelled: when the user asked for it.
        """
        if self._is_cancelled():
            raise Cancelled("The job was cancelled.")

    def measure(self, figures: Mapping[str, float]) -> None:
        """Figures to be told with the progress from now on, each until it is measured again; those that are no numbers
        are not told.
        """
        self._figures |= {name: value for name, value in figures.items() if math.isfinite(value)}

    def remark(self, sentence: str, **values: object) -> None:
        """Tell the artist something that does not stop the job: an English template and its values."""
        self.remarks.append(Remark(sentence, plain_values(values)))

    def preview(self, image: np.ndarray) -> None:
        """Show how far the picture is.

        Args:
            image: (H, W, 3) uint8, sRGB, row 0 at the top.
        """
        from .pictures import plain_png

        self._announce(PREVIEW_NAME, plain_png(image))

    def show_surface(self, number: int, image: np.ndarray) -> None:
        """Show how far one object's texture is.

        Args:
            number: the object's place in the request.
            image: (S, S, 3) uint8, sRGB, row 0 at the top.
        """
        from .pictures import array_file

        self._announce(SURFACE_NAME.format(number=number), array_file(image), number)

    def _announce(self, name: str, body: bytes, surface: int | None = None) -> None:
        path = self.folder / name
        temporary = path.with_suffix(".part")
        temporary.write_bytes(body)
        try:
            os.replace(temporary, path)
        except PermissionError:  # Windows, while Blender reads the last one: the next preview will do
            temporary.unlink()
            return
        self._emit(Preview(self.id, str(path), surface))

    def _tell(self) -> None:
        self._told_at = self._clock()
        self._fraction = max(self._fraction, self._share_done())
        remaining_s = None if self._pace_s is None else self._pace_s * (1.0 - self._fraction)
        assert self.stage_at_work is not None
        self._emit(Progress(self.id, self.stage_at_work, self._step, self._steps, self._fraction, remaining_s,
                            dict(self._figures)))

    @property
    def _done(self) -> float:
        """Steps of the stage at work."""
        share = self._part / self._parts if self._parts else 0.0
        return self._step + self._begun + (1 - self._begun) * _IN_PARTS * share

    def _share_done(self) -> float:
        """Of the whole job, 0 to 1: the stages before the one at work, and its own steps."""
        done = 0.0
        for stage, share in self._shares.items():
            if stage is self.stage_at_work:
                return min(done + (share * self._done / self._steps if self._steps else 0.0), 1.0)
            done += share
        return min(done, 1.0)
