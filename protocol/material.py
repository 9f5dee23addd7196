"""What the backend can be asked about materials: what the surface looks like, how large, and where it tiles."""

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

__all__ = ["MATERIAL_SIZE_PX", "MapNames", "MaterialReader", "MaterialRequest", "MaterialResult", "NormalConvention",
           "Wrap"]

MATERIAL_SIZE_PX = (64, 8192)


class Wrap(enum.StrEnum):
    """Where a picture goes on at its other side."""

    BOTH = "both"
    X = "x"
    Y = "y"
    NONE = "none"

    @property
    def along_x(self) -> bool:
        return self in (Wrap.BOTH, Wrap.X)

    @property
    def along_y(self) -> bool:
        return self in (Wrap.BOTH, Wrap.Y)


class NormalConvention(enum.StrEnum):
    """Whether the green of a normal is up, as Blender and glTF have it, or down."""

    OPENGL = "opengl"
    DIRECTX = "directx"


class MaterialReader(enum.StrEnum):
    """What told the maps from the picture. The values are shown to people."""

    EMBEDDED = "mini-pbr"
    MARIGOLD = "Marigold"
    GUESS = "guess"


@dataclass(frozen=True, kw_only=True)
class MaterialRequest:
    """Make a material: of a prompt, or of a picture of a surface.

    Attributes:
        name: of the material, for messages.
        prompt: what the surface looks like. Beside a picture: the model paints over where that was joined; "" leaves
            the joints as they are cut.
        picture: file name in the job's folder of any picture that a `StyleRequest` takes; "" for none.
        picture_name: of the picture, for messages.
        width_px, height_px: multiples of 64. The picture's middle is cut to their shape.
        wrap: where it tiles.
        change: how much of the picture may be used to make it tile: half as much of each side is laid over the other.
            0 leaves it as it is.
        normals: of the file with the normals.
        model: a name of the catalogue, or the absolute path of a diffusers folder.
        steps, guidance_scale: None for what suits the model.
        seed: the same request and seed give the same bytes on the same machine.
        intrinsics_model, normals_model: absolute paths of the folders of a MarigoldIntrinsicsPipeline (of appearance:
            albedo and material) and a MarigoldNormalsPipeline, that tell the maps; "" for what comes along. One needs
            the other.
    """

    type: ClassVar[RequestType] = RequestType.MATERIAL

    name: str
    prompt: str = ""
    negative_prompt: str = ""
    picture: str = ""
    picture_name: str = ""
    width_px: int = 1024
    height_px: int = 1024
    wrap: Wrap = Wrap.BOTH
    change: float = 0.3
    normals: NormalConvention = NormalConvention.OPENGL
    model: str = EMBEDDED_MODEL
    steps: int | None = None
    guidance_scale: float | None = None
    seed: int = 0
    intrinsics_model: str = ""
    normals_model: str = ""

    def __post_init__(self) -> None:
        if not self.picture and not self.prompt.strip():
            raise BadInput("The prompt is empty.", "Write what the surface shall look like.")
        if self.picture:
            check_file("picture", self.picture)
        check_words(self.prompt)
        check_words(self.negative_prompt)
        check_size("Width", self.width_px, MATERIAL_SIZE_PX)
        check_size("Height", self.height_px, MATERIAL_SIZE_PX)
        check_range("Change", self.change, (0.0, 1.0))
        check_range("Seed", self.seed, (0, MAX_SEED))
        if self.steps is not None:
            check_range("Steps", self.steps, STEPS)
        if self.guidance_scale is not None:
            check_range("Guidance", self.guidance_scale, GUIDANCE_SCALE)
        if not self.model.strip():
            raise BadInput("No model is chosen.", "Choose mini, or the folder of a diffusers model.")
        if bool(self.intrinsics_model) != bool(self.normals_model):
            raise BadInput("Marigold tells a material by two models: give both folders, or none.",
                           "Choose the other of the two.")

    @property
    def is_painted(self) -> bool:
        """Whether a diffusion model is needed."""
        return bool(self.prompt.strip()) and not (self.picture and (self.change == 0 or self.wrap is Wrap.NONE))


@dataclass(frozen=True, kw_only=True)
class MapNames:
    """File names of the maps in the job's folder, all PNG; all but the colour hold data that is no colour.

    Attributes:
        base_colour: sRGB, 8 bit, without light.
        normal: 16 bit, tangent space, in the request's convention.
        height: grey, 16 bit, from the lowest to the highest.
        orm: occlusion, roughness and metallic as red, green and blue, as glTF has them.
    """

    base_colour: str = "base_colour.png"
    normal: str = "normal.png"
    roughness: str = "roughness.png"
    metallic: str = "metallic.png"
    height: str = "height.png"
    occlusion: str = "occlusion.png"
    orm: str = "orm.png"


@dataclass(frozen=True, kw_only=True)
class MaterialResult:
    """What a material job made.

    Attributes:
        maps: its files.
        height_low_px, height_high_px: what 0 and 1 of the height are, in pixels.
        reader: what told the maps.
        wrap_ratio_x, wrap_ratio_y: of the base colour, the mean step across the wrap over the mean step from a column
            (row) to the next; None where it does not wrap. What was painted or joined is rolled until it is cut where
            it changes as much as on the mean; of a picture that was only enlarged, steps go as far as it was.
        border_ratio_x, border_ratio_y: before that, the mean step across what was the border over the largest mean step
            within: more than 1 is a seam that stands out.
        repetition: how much of the picture comes again within itself, 0 to 1 (the highest peak of its autocorrelation).
        normal_curl: how far the normals as they are stored are from those of a height, 0 to 1.
        model: as it was resolved; "" where nothing was painted.
        licence: of that model, as the catalogue has it; "" where it is not known.
        steps, guidance_scale: as they were used; None where nothing was painted.
        seconds: seconds of each stage, by the stage's value.
        remarks: what the artist should know.
    """

    maps: MapNames
    width_px: int
    height_px: int
    height_low_px: float
    height_high_px: float
    reader: MaterialReader
    wrap_ratio_x: float | None
    wrap_ratio_y: float | None
    border_ratio_x: float | None
    border_ratio_y: float | None
    repetition: float
    normal_curl: float
    model: str
    licence: str
    seed: int
    steps: int | None
    guidance_scale: float | None
    device: str
    seconds: dict[str, float]
    remarks: tuple[Remark, ...] = ()
