"""What the backend can be asked about style: the picture, whose look it shall take on, and how far.

As every request, a `StyleRequest` lies as `request.json` beside the files that it names.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import ClassVar

from .errors import BadInput
from .remarks import Remark
from .requests import (
    EMBEDDED_MODEL,
    MAX_SEED,
    RequestType,
    ViewCamera,
    check_file,
    check_range,
    check_words,
)

__all__ = ["CONTENT_WEIGHT", "FIRST_STYLE", "FIXED_STYLES", "IP_ADAPTER_SCALE", "MAX_SIDE_PX", "MIN_SIDE_PX",
           "SOFTWARE", "STEPS", "STROKE_SCALE", "STYLE_WEIGHT_MAX", "ControlKind", "Manner", "Matte", "Style",
           "StyleArea", "StyleMethod", "StyleRequest", "StyleResult"]

FIXED_STYLES = 26  # of the network that carries its styles within
FIRST_STYLE = 14  # pale blues: it keeps pictures legible, and draws hardly a ring round what stands on a bare ground
MIN_SIDE_PX, MAX_SIDE_PX = 32, 16384
SOFTWARE = "Vernissage"  # what a PNG of a style job says it was made by
STYLE_WEIGHT_MAX = 100.0
STROKE_SCALE = (0.25, 8.0)
STEPS = (1, 2000)
CONTENT_WEIGHT = (0.0, 100.0)
IP_ADAPTER_SCALE = (0.0, 1.5)


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


class ControlKind(enum.StrEnum):
    """What a ControlNet was made to follow: how far away things are, or which way their surfaces face."""

    DEPTH = "depth"
    NORMAL = "normal"


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
    from where it was rendered. With both the Cryptomatte says it, and the meshes which way surfaces face.

    Attributes:
        passes: file name in the job's folder of a multilayer OpenEXR with a Cryptomatte of objects, or "".
        mesh: file name of the scene's triangles (`.npz`), or "": positions (V,3) f32 in metres, world space; triangles
            (T,3) i32; object_ids (T,) i32, places in `names`; and where a ControlNet follows them corner_normals
            (T,3,3) f32 of length 1, world space, with triangles that are counter-clockwise seen from outside.
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
        if self.mesh or not self.passes:
            check_file("mesh", self.mesh)
            if self.camera is None:
                raise BadInput("There is no camera that the render could be from.", "Give the scene a camera.")


@dataclass(frozen=True, kw_only=True)
class Manner:
    """How styles are transferred: what requests for pictures and for films have in common.

    Attributes:
        strength: 0 leaves the picture as it is, 1 is the full style.
        keep_colours: how far the colours of the content stay: 1 transfers lightness only.
        stroke_scale: how large strokes are against those that the network makes of its own.
        method: how; numbered and trained styles are for INSTANT only.
        content_weight: of the content against the styles; not for INSTANT.
        steps: of each size, from coarse to fine, or of denoising; None for what suits the method; not for INSTANT.
        seed: the same request and seed give the same bytes on the same machine; INSTANT and DIFFUSION draw nothing.
        encoder: absolute path of a folder with `vgg19.safetensors`, by which pictures are seen in place of the network
            that comes along, and for INSTANT with `decoder.safetensors`, see `backend.style.adain`; "" for none.
            DIFFUSION sees by its model.
        model: a name of the catalogue, or the absolute path of a diffusers folder with a UNet; for DIFFUSION.
        prompt: what the picture shows, for the model; "" says nothing.
        controlnet: absolute path of the folder of a ControlNet of the model's family, or "".
        control_kind: what it follows of the scene.
        ip_adapter: absolute path of the folder of an IP-Adapter, which shows the styles to a Stable Diffusion or SDXL
            model as it paints, see `backend.diffusion.ip_adapter_folder`; or "".
        ip_adapter_scale: how strongly; 0 shows nothing.
    """

    strength: float = 1.0
    keep_colours: float = 0.0
    stroke_scale: float = 1.0
    method: StyleMethod = StyleMethod.INSTANT
    content_weight: float = 1.0
    steps: int | None = None
    seed: int = 0
    encoder: str = ""
    model: str = EMBEDDED_MODEL
    prompt: str = ""
    controlnet: str = ""
    control_kind: ControlKind = ControlKind.DEPTH
    ip_adapter: str = ""
    ip_adapter_scale: float = 1.0

    def __post_init__(self) -> None:
        check_range("Strength", self.strength, (0.0, 1.0))
        check_range("Keep Colours", self.keep_colours, (0.0, 1.0))
        check_range("Stroke Scale", self.stroke_scale, STROKE_SCALE)
        check_range("Content Weight", self.content_weight, CONTENT_WEIGHT)
        check_range("IP-Adapter Scale", self.ip_adapter_scale, IP_ADAPTER_SCALE)
        check_range("Steps", self.step_count, STEPS)
        check_range("Seed", self.seed, (0, MAX_SEED))
        check_words(self.prompt)
        if not self.model.strip():
            raise BadInput("No model is chosen.", "Choose mini, or the folder of a diffusers model.")
        is_diffused = self.method is StyleMethod.DIFFUSION
        if is_diffused and self.control_kind is ControlKind.NORMAL and not self.controlnet:
            raise BadInput("There is no ControlNet that could follow the normals.", "Choose its folder.")

    @property
    def step_count(self) -> int:
        """Those that were asked for, or the method's own."""
        return self.method.default_steps if self.steps is None else self.steps

    def check_styles(self, styles: Sequence[Style]) -> None:
        """Raises:
            BadInput: there is none, or the method cannot do one of them.
        """
        if not styles:
            raise BadInput("No style is chosen.", "Choose a picture whose look it shall have.")
        if self.method is not StyleMethod.INSTANT and any(not style.picture for style in styles):
            raise BadInput("Numbered and trained styles are for the instant method only.",
                           "Choose the instant method, or a picture as the style.")


@dataclass(frozen=True, kw_only=True)
class StyleRequest(Manner):
    """Give one picture, or parts of it, the look of others.

    Attributes:
        name: of the picture, for messages.
        content: file name in the job's folder of any picture that OpenImageIO reads (OpenEXR is linear Rec.709, all
            others are sRGB), or of an array of numpy's: (H, W, 3) or (H, W, 4), uint8, sRGB, or float32, linear Rec.709
            and multiplied by alpha. So are the pictures of styles, and the mask, which may also be (H, W).
        styles: of all of the picture, mixed by their weights; () where only areas have some.
        areas: each is laid over what comes before it.
        matte: where they are, how far away, and which way they face; a request with areas cannot be run without it,
            nor one with a ControlNet that has no control.
        layer: the result is transparent where nothing is stylised, to be laid over the content.
        mask: file name of a grey picture: white is stylised, black stays; of any size; "" for everything.
        mask_name: of that picture, for messages.
        control: file name of the picture that a ControlNet follows, of any size; "" for the depth or the normals of
            the matte.
    """

    type: ClassVar[RequestType] = RequestType.STYLE

    name: str
    content: str
    styles: tuple[Style, ...]
    areas: tuple[StyleArea, ...] = ()
    matte: Matte | None = None
    layer: bool = False
    mask: str = ""
    mask_name: str = ""
    control: str = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.check_styles(self.all_styles)
        check_file("content", self.content)
        if self.mask:
            check_file("mask", self.mask)
        if self.control:
            check_file("control", self.control)
        if self.control and not self.controlnet:
            raise BadInput("There is no ControlNet that could follow the picture.", "Choose its folder.")

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
