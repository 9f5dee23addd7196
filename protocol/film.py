"""What the backend can be asked about films: their frames, what is known of their motion, and a style."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from pathlib import PurePath
from typing import ClassVar

from .errors import BadInput
from .remarks import Remark
from .requests import PictureFormat, RequestType, check_file, check_range
from .style import ControlKind, Manner, Style, StyleMethod

__all__ = ["Anchor", "FilmRequest", "FilmResult", "ViewTransform"]

EXPOSURE, GAMMA = (-32.0, 32.0), (0.01, 5.0)  # a gamma of 0, which Blender allows, makes all black


class Anchor(enum.StrEnum):
    """What the strokes of a film cling to: the surfaces, with which they move, or the screen, on which they stay."""

    SURFACE = "surface"
    SCREEN = "screen"


@dataclass(frozen=True, kw_only=True)
class ViewTransform:
    """How light is seen: what Blender's colour management is set to.

    Attributes:
        config: absolute path of the OpenColorIO configuration that the other names are of.
        display, view: its display and that one's view.
        space: of the light.
        look: laid over the view; "" for none.
        exposure: in stops, before the view.
        gamma: the result is raised to its reciprocal.
    """

    config: str
    display: str
    view: str
    space: str = "scene_linear"
    look: str = ""
    exposure: float = 0.0
    gamma: float = 1.0

    def __post_init__(self) -> None:
        check_range("Exposure", self.exposure, EXPOSURE)
        check_range("Gamma", self.gamma, GAMMA)


@dataclass(frozen=True, kw_only=True)
class FilmRequest(Manner):
    """Give the frames of a film the look of pictures, so that nothing flickers.

    Attributes:
        name: of the film, for messages.
        folder: absolute path of where the frames lie.
        frames: their file names, in order, of pictures as a `StyleRequest` takes them, or of multilayer OpenEXR, of
            which the combined pass is taken; all of one size.
        passes: for each frame the file name of a multilayer OpenEXR with Cycles' vector pass, and better with
            Cryptomatte's objects or the object index, and depth, too; () where strokes cling to the screen.
        view: how the light of frames in OpenEXR is seen; None for the plain curve of sRGB.
        out: absolute path of the folder that each stylised frame is written to, under the frame's name. Frames that
            are there are not made again; so it must not hold the frames themselves.
        again: file names in `out` of frames that are made again though they are there.
        picture_format: of what is made. OpenEXR holds sRGB made linear, Rec.709.
        styles: pictures lie in the job's folder.
        controlnet: follows the depth of the passes; their normals are the world's, and where the camera is they do not
            know.
    """

    type: ClassVar[RequestType] = RequestType.FILM

    name: str
    folder: str
    frames: tuple[str, ...]
    passes: tuple[str, ...] = ()
    view: ViewTransform | None = None
    out: str
    again: tuple[str, ...] = ()
    picture_format: PictureFormat = PictureFormat.PNG_8
    styles: tuple[Style, ...]
    anchor: Anchor = Anchor.SURFACE

    def __post_init__(self) -> None:
        super().__post_init__()
        self.check_styles(self.styles)
        if not self.frames:
            raise BadInput("The film {name} has no frame.", "Render it first, or choose another folder.",
                           name=self.name)
        if self.anchor is Anchor.SURFACE and len(self.passes) != len(self.frames):
            raise BadInput("The film {name} has {frames} frames, but {passes} files of passes.",
                           "Render the missing ones, or let the strokes cling to the screen.", name=self.name,
                           frames=len(self.frames), passes=len(self.passes))
        if self.anchor is Anchor.SCREEN and self.method is not StyleMethod.INSTANT:
            raise BadInput("Frames of the film {name} that are painted one by one would flicker.",
                           "Let the strokes cling to the surfaces, or choose the instant method.", name=self.name)
        if self.method is StyleMethod.DIFFUSION and self.control_kind is ControlKind.NORMAL:
            raise BadInput("The passes of {name} do not tell which way surfaces face as the camera sees them.",
                           "Let the ControlNet follow the depth, and choose one that was made for it.", name=self.name)
        if unknown := set(self.again) - set(self.targets):
            raise BadInput("{path} is no frame of the film {name}.", "Name one of its frames.", path=min(unknown),
                           name=self.name)
        taken: dict[str, str] = {}
        for name, target in zip(self.frames, self.targets, strict=True):
            check_file("frame", name)
            if target in taken:
                raise BadInput("{path} would become the same file as {other}.", "Rename one of them, or leave it out.",
                               path=name, other=taken[target])
            taken[target] = name
        for name in self.passes:
            check_file("passes", name)

    @property
    def targets(self) -> tuple[str, ...]:
        """For each frame the name of its file in `out`."""
        return tuple(f"{PurePath(name).stem}{self.picture_format.suffix}" for name in self.frames)


@dataclass(frozen=True, kw_only=True)
class FilmResult:
    """What a film job made.

    Attributes:
        frames: file names in the request's `out`, in order.
        made: how many of them are new.
        cuts: numbers of the frames, from 0 on, with which another scene begins.
        warp_error: root mean square difference of a frame to the one before it where both show the same, carried along,
            on average, in units of the full range of sRGB; 0 where strokes cling to the screen.
        seconds: seconds of each stage, by the stage's value.
        remarks: what the artist should know.
    """

    frames: tuple[str, ...]
    made: int
    cuts: tuple[int, ...]
    warp_error: float
    seconds: dict[str, float]
    remarks: tuple[Remark, ...] = ()
