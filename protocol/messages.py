"""What travels on the pipe: commands to the backend, events from it.

Commands: `hello`, `run`, `cancel`, `shutdown`. Events: `ready`, `started`, `progress`, `preview`,
`finished`, `failed`. All but hello, ready and shutdown carry a job's ID; hello and ready carry the protocol's
version.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import ClassVar

from .compare import CompareResult
from .errors import ERROR_BY_KIND, BadInput, ErrorKind, VernissageError
from .exhibition import ExhibitionPlanResult
from .film import FilmResult
from .material import MaterialResult
from .picture import PictureResult, Strip
from .remarks import Remark
from .requests import ViewCamera
from .style import StyleResult
from .style_texture import TextureStyleResult
from .style_train import StyleTrainResult
from .visits import VisitsResult
from .world import WorldResult

__all__ = [
    "PROTOCOL_VERSION", "Cancel", "Command", "Event", "Failed", "Finished", "Hello", "Kind", "PlanResult",
    "PlannedViews", "Preview", "Progress", "Ready", "Refusal", "Remark", "Result", "Run", "SceneResult", "Shutdown",
    "Stage", "Started", "TextureResult", "Tile",
]

PROTOCOL_VERSION = 1


class Kind(enum.StrEnum):
    HELLO = "hello"
    RUN = "run"
    CANCEL = "cancel"
    SHUTDOWN = "shutdown"
    READY = "ready"
    STARTED = "started"
    PROGRESS = "progress"
    PREVIEW = "preview"
    FINISHED = "finished"
    FAILED = "failed"


class Stage(enum.StrEnum):
    """The steps of a job, in the order in which a texture passes them, then those of others. The values are shown to
    people.

    Views are compared between the steps of their painting: what that takes is not in the seconds of painting.
    """

    PREPARE = "Reading the mesh"
    PLAN = "Planning views"
    LOAD = "Loading the model"
    DENOISE = "Painting views"
    AGREE = "Comparing views"
    DECODE = "Decoding views"
    BAKE = "Baking"
    FILL = "Filling unseen areas"
    WRITE = "Writing files"
    PICTURES = "Reading the pictures"
    STYLISE = "Transferring the style"
    BEGIN = "Choosing what to begin with"
    TRAIN = "Training the style"
    TEST = "Testing the style"
    COMPARE = "Comparing the pictures"
    PAINT = "Painting the surface"
    READ = "Reading the surface"
    PANORAMA = "Painting the panorama"
    DETAIL = "Painting detail"
    LIGHT = "Restoring the light"
    WORKS = "Reading the works"
    CURATE = "Choosing the rooms"
    HANG = "Hanging the works"
    DRAW = "Drawing the plan"
    PICTURE = "Painting the picture"


@dataclass(frozen=True, kw_only=True)
class Tile:
    """A UDIM tile of a texture.

    Attributes:
        number: 1001 to 2000.
        texels: how many of it lie inside charts.
        coverage: share of these that some view saw, 0 to 1.
    """

    number: int
    texels: int
    coverage: float


@dataclass(frozen=True, kw_only=True)
class TextureResult:
    """What a texture job made; its file is in the job's folder.

    Attributes:
        texture: file name of the picture, RGB, row 0 at the top, in the format that was asked for;
            with <UDIM> in place of the number, where it has tiles.
        size_px: its side, or that of each tile.
        coverage: share of the texels inside charts that some view saw, 0 to 1.
        planned_coverage: what the planner expected before anything was painted.
        view_disagreement: root mean square, over up to 65,536 texels spread over those that two views or more see, of
            the weighted standard deviation between views, in units of the full range of sRGB.
        view_count: how many views it was painted from.
        evaluations: how many views the network computed, over all steps.
        crossview_by_step: for each step at which views met, how far apart they were before: the weighted standard
            deviation between views of what the network held for the clean picture, in units of the full range of sRGB,
            or of the latents of a model whose views meet in latents; none where they were painted one by one.
        strayed: how many texels got a colour from a pixel that shows another object; 0, or something is wrong.
        seam_step: how much more the texture changes over the cuts between its charts than within them: root mean
            square of the one over that of the other; 0 without cuts.
        seam_step_worst: the same of the worst seam, which is all cuts between the same two charts.
        seam_step_most: what the seams of 95 % of the cuts' length do not exceed.
        changed_outside: how many texels are not as they were though they are neither in the region that was touched up
            nor in its gutter; 0, or something is wrong. None where all of the texture is new.
        seen: file name of an 8-bit grey PNG in the layout of the texture: how well the views saw each texel, as the
            best cosine times 255; 0 for unseen. After a touch-up with what earlier views saw; "" where that is not
            known.
        model: the model's name or path as it was resolved.
        seed, steps, guidance_scale: as they were used, defaults filled in.
        device: "cpu", "cuda", …
        seconds: seconds of each stage, by the stage's value.
        remarks: what the artist should know.
        quality_map: file name of the 8-bit sRGB PNG that shows how well the views see each texel, with <UDIM> as in
            `texture`; "" for none.
        tiles: the UDIM tiles that it has, in the order of their numbers; none where it is one picture.
        strips: what the views followed, of all objects of the job; none without a ControlNet.
    """

    texture: str
    size_px: int
    coverage: float
    planned_coverage: float
    view_disagreement: float
    view_count: int
    evaluations: int
    crossview_by_step: tuple[float, ...]
    strayed: int
    seam_step: float
    seam_step_worst: float
    seam_step_most: float
    changed_outside: int | None
    model: str
    seed: int
    steps: int
    guidance_scale: float
    device: str
    seconds: dict[str, float]
    seen: str = ""
    remarks: tuple[Remark, ...] = ()
    quality_map: str = ""
    tiles: tuple[Tile, ...] = ()
    strips: tuple[Strip, ...] = ()


@dataclass(frozen=True)
class Refusal:
    """Why one object of several was not painted: a BadInput, as it is sent."""

    sentence: str
    remedy: str
    values: dict[str, str | int | float] = field(default_factory=dict)

    def to_error(self) -> BadInput:
        return BadInput(self.sentence, self.remedy, log_path="", **self.values)


@dataclass(frozen=True, kw_only=True)
class SceneResult:
    """What a job for several objects made: for each a result, in their order, or why there is none; one at least is
    there. Seconds and evaluations are the job's.
    """

    objects: tuple[TextureResult | Refusal, ...]


@dataclass(frozen=True, kw_only=True)
class PlannedViews:
    """From where one object would be painted.

    Attributes:
        coverage: share of the texels inside charts that some view will see, 0 to 1.
        area: of the surface that is to be painted, in square metres.
        cameras: square views, in the order in which they would be painted; those of the request under their names,
            the others without one. Objects of one prompt share them.
    """

    coverage: float
    area: float
    cameras: tuple[ViewCamera, ...]


@dataclass(frozen=True, kw_only=True)
class PlanResult:
    """What a plan came to: for each object its views, in their order, or why it cannot be painted; one at least can.

    Attributes:
        view_count: how many views there are in all.
        remarks: what the artist should know.
    """

    objects: tuple[PlannedViews | Refusal, ...]
    view_count: int
    remarks: tuple[Remark, ...] = ()


Result = (TextureResult | SceneResult | PlanResult | StyleResult | FilmResult | StyleTrainResult | CompareResult
          | TextureStyleResult | MaterialResult | WorldResult | ExhibitionPlanResult | VisitsResult
          | PictureResult)


@dataclass(frozen=True)
class Hello:
    kind: ClassVar[Kind] = Kind.HELLO
    protocol_version: int = PROTOCOL_VERSION


@dataclass(frozen=True)
class Run:
    """Run the request that lies as `request.json` in `folder` (absolute)."""

    kind: ClassVar[Kind] = Kind.RUN
    job_id: str
    folder: str


@dataclass(frozen=True)
class Cancel:
    kind: ClassVar[Kind] = Kind.CANCEL
    job_id: str


@dataclass(frozen=True)
class Shutdown:
    kind: ClassVar[Kind] = Kind.SHUTDOWN


@dataclass(frozen=True)
class Ready:
    kind: ClassVar[Kind] = Kind.READY
    protocol_version: int
    python: str
    process_id: int


@dataclass(frozen=True)
class Started:
    kind: ClassVar[Kind] = Kind.STARTED
    job_id: str


@dataclass(frozen=True)
class Progress:
    """Where a job is.

    Attributes:
        stage: the step at work.
        step, steps: how far within it; 0 of 0 where it cannot be counted.
        fraction: how far the whole job is, 0 to 1, never falling.
        remaining_s: estimate for the whole job; None until there is one.
        figures: what it measures as it goes, such as a training's losses.
    """

    kind: ClassVar[Kind] = Kind.PROGRESS
    job_id: str
    stage: Stage
    step: int
    steps: int
    fraction: float
    remaining_s: float | None = None
    figures: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Preview:
    """A picture of the job so far, at `path` (absolute).

    Attributes:
        path: of the views an sRGB PNG; of a surface a `.npy` (S, S, 3) uint8, sRGB, row 0 at the top, in its UV layout.
        surface: whose, as its place in the request; None for the sheet of all views.
    """

    kind: ClassVar[Kind] = Kind.PREVIEW
    job_id: str
    path: str
    surface: int | None = None


@dataclass(frozen=True)
class Finished:
    kind: ClassVar[Kind] = Kind.FINISHED
    job_id: str
    result: Result


@dataclass(frozen=True)
class Failed:
    """A job ended without a result; a cancelled one too (`ErrorKind.CANCELLED`)."""

    kind: ClassVar[Kind] = Kind.FAILED
    job_id: str
    error: ErrorKind
    sentence: str
    remedy: str
    values: dict[str, str | int | float] = field(default_factory=dict)
    log_path: str = ""

    @classmethod
    def from_error(cls, job_id: str, error: VernissageError, log_path: str = "") -> Failed:
        return cls(job_id, error.kind, error.sentence, error.remedy, error.values, error.log_path or log_path)

    def to_error(self) -> VernissageError:
        return ERROR_BY_KIND[self.error](self.sentence, self.remedy, log_path=self.log_path, **self.values)


Command = Hello | Run | Cancel | Shutdown
Event = Ready | Started | Progress | Preview | Finished | Failed
