"""What the backend can be asked about style: the picture, whose look it shall take on, and how far.

As every request, a `StyleRequest` lies as `request.json` beside the files that it names.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import PurePath
from typing import ClassVar

from .errors import BadInput
from .remarks import Remark
from .requests import (
    EMBEDDED_MODEL,
    MAX_SEED,
    PictureFormat,
    RequestType,
    ViewCamera,
    check_file,
    check_range,
    check_words,
)

__all__ = ["CONTENT_WEIGHT", "FIRST_STYLE", "FIXED_STYLES", "IP_ADAPTER_SCALE", "MAX_SIDE_PX", "MIN_SIDE_PX",
           "SOFTWARE", "STEPS", "STROKE_SCALE", "STYLE_WEIGHT_MAX", "Anchor", "FilmRequest", "FilmResult", "Matte",
           "Style", "StyleArea", "StyleMethod", "StyleRequest", "StyleResult", "ViewTransform"]

FIXED_STYLES = 26  # of the network that carries its styles within
FIRST_STYLE = 14  # pale blues: it keeps pictures legible, and draws hardly a ring round what stands on a bare ground
MIN_SIDE_PX, MAX_SIDE_PX = 32, 16384
SOFTWARE = "Vernissage"  # what a PNG of a style job says it was made by
STYLE_WEIGHT_MAX = 100.0
STROKE_SCALE = (0.25, 8.0)
STEPS = (1, 2000)
CONTENT_WEIGHT = (0.0, 100.0)
IP_ADAPTER_SCALE = (0.0, 1.5)
EXPOSURE, GAMMA = (-32.0, 32.0), (0.01, 5.0)  # a gamma of 0, which Blender allows, makes all black


class StyleMethod(enum.StrEnum):
    """How a style is transferred: by one pass of a network; by changing the picture until a network sees the style in
    it, by Gram matrices or by relaxed optimal transport; or by a diffusion model that paints the picture anew.
    """

    INSTANT = "instant"
    GRAM = "gram"
    TRANSPORT = "transport"
    DIFFUSION = "diffusion"

    @property
    def default_steps(self) -> int:
        """Of a request that leaves them open."""
        return 12 if self is StyleMethod.DIFFUSION else 100


@dataclass(frozen=True, kw_only=True)
class Style:
    """One look: that of a picture, one that a network carries within, or one that was learnt.

    Attributes:
        picture: file name in the job's folder, or "".
        fixed: number of a style of the fixed network, 0 to 25; or None.
        trained: absolute path of the file of a trained style, or its name in the job's folder, or "".
        weight: against the other styles that it is mixed with.
        name: of the picture, for messages.
    """

    picture: str = ""
    fixed: int | None = None
    trained: str = ""
    weight: float = 1.0
    name: str = ""

    def __post_init__(self) -> None:
        if bool(self.picture) + (self.fixed is not None) + bool(self.trained) != 1:
            raise BadInput("A style is a picture, a number or a trained style: give one of the three.",
                           "Choose the style again.")
        if self.picture:
            check_file("style", self.picture)
        if self.fixed is not None and not 0 <= self.fixed < FIXED_STYLES:
            raise BadInput("There is no style {number}: they are numbered from 0 to {last}.", "Choose one of those.",
                           number=self.fixed, last=FIXED_STYLES - 1)
        if not 0 < self.weight <= STYLE_WEIGHT_MAX:
            raise BadInput("The weight of a style is {value}: must be above 0, at most 100.",
                           "Choose a value in that range, or leave the style out.", value=self.weight)


@dataclass(frozen=True, kw_only=True)
class StyleArea:
    """A part of a render with styles of its own: what it shows of some objects, or of all others.

    Attributes:
        name: for messages.
        objects: their names in the render's `Matte`.
        is_outside: all but them.
        strength: 0 leaves the part as it is, 1 is as strong as the request is.
        styles: mixed by their weights.
    """

    name: str
    objects: tuple[str, ...]
    is_outside: bool = False
    strength: float = 1.0
    styles: tuple[Style, ...]

    def __post_init__(self) -> None:
        check_range("Strength", self.strength, (0.0, 1.0))
        if not self.styles:
            raise BadInput("No style is chosen.", "Choose a picture whose look it shall have.")
        if not self.objects:
            raise BadInput("{area} has no object that a render could show.", "Choose other objects for the style.",
                           area=self.name)


@dataclass(frozen=True, kw_only=True)
class Matte:
    """Which objects each pixel of a render shows: its Cryptomatte says it, or the scene's meshes are looked at anew
    from where it was rendered.

    Attributes:
        passes: file name in the job's folder of a multilayer OpenEXR with a Cryptomatte of objects, or "".
        mesh: file name of the scene's triangles (`.npz`), or "": positions (V,3) f32 in metres, world space; triangles
            (T,3) i32; object_ids (T,) i32, places in `names`.
        names: of the objects in the mesh.
        camera: from where it was rendered; over the longer side of the picture, if its pixels were square.
        aspect: pixels across over pixels down.
        pixel_aspect: how much wider than high a pixel is: lengths along y of the camera's space are to be multiplied
            by it, so that the pixels are square.
    """

    passes: str = ""
    mesh: str = ""
    names: tuple[str, ...] = ()
    camera: ViewCamera | None = None
    aspect: float = 1.0
    pixel_aspect: float = 1.0

    def __post_init__(self) -> None:
        if self.passes:
            check_file("passes", self.passes)
        else:
            check_file("mesh", self.mesh)
            if self.camera is None:
                raise BadInput("There is no camera that the render could be from.", "Give the scene a camera.")


@dataclass(frozen=True, kw_only=True)
class StyleRequest:
    """Give one picture, or parts of it, the look of others.

    Attributes:
        name: of the picture, for messages.
        content: file name in the job's folder of any picture that OpenImageIO reads (OpenEXR is linear Rec.709, all
            others are sRGB), or of an array of numpy's: (H, W, 3) or (H, W, 4), uint8, sRGB, or float32, linear Rec.709
            and multiplied by alpha. So are the pictures of styles, and the mask, which may also be (H, W).
        styles: of all of the picture, mixed by their weights; () where only areas have some.
        areas: each is laid over what comes before it.
        matte: where they are; a request with areas cannot be run without it.
        layer: the result is transparent where nothing is stylised, to be laid over the content.
        strength: 0 leaves the picture as it is, 1 is the full style.
        keep_colours: how far the colours of the content stay: 1 transfers lightness only.
        stroke_scale: how large strokes are against those that the network makes of its own.
        method: how; numbered and trained styles are for INSTANT only.
        content_weight: of the content against the styles; not for INSTANT.
        steps: of each size, from coarse to fine, or of denoising; None for what suits the method; not for INSTANT.
        seed: the same request and seed give the same bytes on the same machine; INSTANT and DIFFUSION draw nothing.
        mask: file name of a grey picture: white is stylised, black stays; of any size; "" for everything.
        encoder: absolute path of a folder with `vgg19.safetensors`, by which pictures are seen in place of the network
            that comes along, and for INSTANT with `decoder.safetensors`, see `backend.style.adain`; "" for none.
            DIFFUSION sees by its model.
        mask_name: of that picture, for messages.
        model: a name of the catalogue, or the absolute path of a diffusers folder with a UNet; for DIFFUSION.
        prompt: what the picture shows, for the model; "" says nothing.
        controlnet: absolute path of the folder of a ControlNet of the model's family, or "".
        control: file name of the picture that it follows, of any size; one needs the other.
        ip_adapter: absolute path of the folder of an IP-Adapter, which shows the styles to a Stable Diffusion or SDXL
            model as it paints, see `backend.diffusion.ip_adapter_folder`; or "".
        ip_adapter_scale: how strongly; 0 shows nothing.
    """

    type: ClassVar[RequestType] = RequestType.STYLE

    name: str
    content: str
    styles: tuple[Style, ...]
    areas: tuple[StyleArea, ...] = ()
    matte: Matte | None = None
    layer: bool = False
    strength: float = 1.0
    keep_colours: float = 0.0
    stroke_scale: float = 1.0
    method: StyleMethod = StyleMethod.INSTANT
    content_weight: float = 1.0
    steps: int | None = None
    seed: int = 0
    mask: str = ""
    encoder: str = ""
    mask_name: str = ""
    model: str = EMBEDDED_MODEL
    prompt: str = ""
    controlnet: str = ""
    control: str = ""
    ip_adapter: str = ""
    ip_adapter_scale: float = 1.0

    def __post_init__(self) -> None:
        if not self.all_styles:
            raise BadInput("No style is chosen.", "Choose a picture whose look it shall have.")
        check_file("content", self.content)
        if self.mask:
            check_file("mask", self.mask)
        check_range("Strength", self.strength, (0.0, 1.0))
        check_range("Keep Colours", self.keep_colours, (0.0, 1.0))
        check_range("Stroke Scale", self.stroke_scale, STROKE_SCALE)
        check_range("Content Weight", self.content_weight, CONTENT_WEIGHT)
        check_range("IP-Adapter Scale", self.ip_adapter_scale, IP_ADAPTER_SCALE)
        check_range("Steps", self.step_count, STEPS)
        check_range("Seed", self.seed, (0, MAX_SEED))
        check_words(self.prompt)
        if self.control:
            check_file("control", self.control)
        if bool(self.control) != bool(self.controlnet):
            raise BadInput("A ControlNet follows a picture: give both, or none.", "Choose the other of the two.")
        if not self.model.strip():
            raise BadInput("No model is chosen.", "Choose mini, or the folder of a diffusers model.")
        if self.method is not StyleMethod.INSTANT and any(not style.picture for style in self.all_styles):
            raise BadInput("Numbered and trained styles are for the instant method only.",
                           "Choose the instant method, or a picture as the style.")

    @property
    def step_count(self) -> int:
        """Those that were asked for, or the method's own."""
        return self.method.default_steps if self.steps is None else self.steps

    @property
    def all_styles(self) -> tuple[Style, ...]:
        """Those of all of the picture, then those of each area."""
        return (*self.styles, *(style for area in self.areas for style in area.styles))

    def with_styles(self, styles: Sequence[Style]) -> StyleRequest:
        """With others in place of `all_styles`, in their order."""
        rest = iter(styles)
        return replace(self, styles=tuple(islice(rest, len(self.styles))), areas=tuple(
            replace(area, styles=tuple(islice(rest, len(area.styles)))) for area in self.areas))


@dataclass(frozen=True, kw_only=True)
class StyleResult:
    """What a style job made; its file is in the job's folder.

    Attributes:
        picture: file name of a PNG, sRGB, RGB or RGBA as the content (a layer is RGBA), 16 bit if that had more than 8.
        width_px, height_px: those of the content.
        seconds: seconds of each stage, by the stage's value.
        remarks: what the artist should know.
    """

    picture: str
    width_px: int
    height_px: int
    seconds: dict[str, float]
    remarks: tuple[Remark, ...] = ()


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
class FilmRequest:
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
        strength, keep_colours, stroke_scale, encoder: as in a `StyleRequest`.
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
    strength: float = 1.0
    keep_colours: float = 0.0
    stroke_scale: float = 1.0
    encoder: str = ""

    def __post_init__(self) -> None:
        if not self.styles:
            raise BadInput("No style is chosen.", "Choose a picture whose look it shall have.")
        if not self.frames:
            raise BadInput("The film {name} has no frame.", "Render it first, or choose another folder.",
                           name=self.name)
        if self.anchor is Anchor.SURFACE and len(self.passes) != len(self.frames):
            raise BadInput("The film {name} has {frames} frames, but {passes} files of passes.",
                           "Render the missing ones, or let the strokes cling to the screen.", name=self.name,
                           frames=len(self.frames), passes=len(self.passes))
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
        check_range("Strength", self.strength, (0.0, 1.0))
        check_range("Keep Colours", self.keep_colours, (0.0, 1.0))
        check_range("Stroke Scale", self.stroke_scale, STROKE_SCALE)

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
