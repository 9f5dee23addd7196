"""What the backend can be asked about worlds: a panorama that lights a scene, from a prompt, a picture, or both.

As every request, a `WorldRequest` lies as `request.json` beside the files that it names.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from math import pi
from typing import ClassVar

from .errors import BadInput
from .remarks import Remark
from .requests import (
    GUIDANCE_SCALE,
    MAX_SEED,
    STEPS,
    STRENGTH,
    RequestType,
    check_file,
    check_range,
    check_size,
    check_words,
)

__all__ = ["EMBEDDED_SKY_MODEL", "EXPOSURE_EV", "LORA_WEIGHT", "SUN_IRRADIANCE", "WORLD_HEIGHT_PX", "Sun",
           "SunChoice", "WorldRequest", "WorldResult", "WorldSource", "WorldSourceKind"]

EMBEDDED_SKY_MODEL = "mini-sky"
WORLD_HEIGHT_PX = (128, 4096)
EXPOSURE_EV = (-16.0, 16.0)
SUN_IRRADIANCE = (0.0, 10000.0)
LORA_WEIGHT = (0.0, 2.0)
FOV_RAD = (5 * pi / 180, 150 * pi / 180)


class WorldSourceKind(enum.StrEnum):
    """A panorama to be completed or changed, or a camera's picture, around which all else is painted."""

    PANORAMA = "panorama"
    CAMERA = "camera"


class SunChoice(enum.StrEnum):
    """Whether a panorama has a sun: by its prompt; the one that is painted, if any; one in any case, which is added
    where none is painted; or none that is treated as one."""

    AUTOMATIC = "automatic"
    PAINTED = "painted"
    ADDED = "added"
    NONE = "none"


@dataclass(frozen=True, kw_only=True)
class WorldSource:
    """A picture that a world begins with.

    Attributes:
        name: for messages.
        picture: file name in the job's folder, as a `StyleRequest`'s content. A panorama is twice as wide as high.
        mask: file name of a grey picture in its layout: white is painted anew, black stays; or "". Where a panorama is
            transparent it is painted in any case. A camera's picture has none.
        strength: how far what is painted may leave what is there: 1 starts from noise. Of a panorama without mask and
            holes all is changed so far; a camera's picture stays.
        fov_rad: of a camera, over the width of its picture.
        yaw_rad: of a camera, counterclockwise from +x as seen from above.
        pitch_rad: of a camera, above the horizon.
        roll_rad: of a camera, counterclockwise about its line of sight.
    """

    name: str
    picture: str
    kind: WorldSourceKind
    mask: str = ""
    strength: float = 1.0
    fov_rad: float = pi / 3
    yaw_rad: float = 0.0
    pitch_rad: float = 0.0
    roll_rad: float = 0.0

    def __post_init__(self) -> None:
        check_file("picture", self.picture)
        if self.mask:
            check_file("mask", self.mask)
        check_range("Strength", self.strength, STRENGTH)
        if self.kind is WorldSourceKind.CAMERA:
            check_range("Field of View", self.fov_rad, FOV_RAD)
            check_range("Pitch", self.pitch_rad, (-pi / 2, pi / 2))
            check_range("Yaw", self.yaw_rad, (-2 * pi, 2 * pi))
            check_range("Roll", self.roll_rad, (-2 * pi, 2 * pi))


@dataclass(frozen=True, kw_only=True)
class WorldRequest:
    """Paint an equirectangular panorama, twice as wide as high, and restore the light that a picture cannot hold.

    Attributes:
        prompt: what is to be seen around.
        negative_prompt: what to keep out of it.
        model: "mini-sky", a name of the catalogue, or the path of a diffusers folder.
        lora: absolute path of the safetensors file of a LoRA that the model is to paint with, such as one for
            panoramas; or "".
        lora_weight: how strongly.
        height_px: of the panorama; half its width.
        detail: how much is painted into a picture that becomes larger than the model's own, at each doubling; 0 only
            enlarges it.
        steps: denoising steps; None is the model's own default.
        guidance_scale: how strongly the prompt pulls; None is the model's own default.
        seed: the same request and seed give the same bytes on the same machine.
        exposure_ev: all light is multiplied by 2 to this power, exactly.
        sun: whether there is one.
        sun_irradiance: in W/m², of a surface that faces the sun, before the exposure; None where it is estimated. With
            it an automatic sun is there in any case.
        sun_ev: stops over what is estimated or set.
        sun_apart: leave the sun out of the map, because a lamp is to give its light.
        source: a picture that it begins with; None for the prompt alone.
    """

    type: ClassVar[RequestType] = RequestType.WORLD

    prompt: str
    negative_prompt: str = ""
    model: str = EMBEDDED_SKY_MODEL
    lora: str = ""
    lora_weight: float = 1.0
    height_px: int = 1024
    detail: float = 0.35
    steps: int | None = None
    guidance_scale: float | None = None
    seed: int = 0
    exposure_ev: float = 0.0
    sun: SunChoice = SunChoice.AUTOMATIC
    sun_irradiance: float | None = None
    sun_ev: float = 0.0
    sun_apart: bool = False
    source: WorldSource | None = None

    def __post_init__(self) -> None:
        if not self.prompt.strip():
            raise BadInput("The prompt is empty.", "Write what shall be seen around.")
        check_words(self.prompt)
        check_words(self.negative_prompt)
        if not self.model.strip():
            raise BadInput("No model is chosen.", "Choose mini, or the folder of a diffusers model.")
        check_size("Panorama Height", self.height_px, WORLD_HEIGHT_PX)
        check_range("Detail", self.detail, (0.0, 1.0))
        check_range("LoRA Weight", self.lora_weight, LORA_WEIGHT)
        check_range("Seed", self.seed, (0, MAX_SEED))
        check_range("Exposure", self.exposure_ev, EXPOSURE_EV)
        check_range("Sun Exposure", self.sun_ev, EXPOSURE_EV)
        if self.sun_irradiance is not None:
            check_range("Sun Irradiance", self.sun_irradiance, SUN_IRRADIANCE)
        if self.steps is not None:
            check_range("Steps", self.steps, STEPS)
        if self.guidance_scale is not None:
            check_range("Guidance", self.guidance_scale, GUIDANCE_SCALE)


@dataclass(frozen=True, kw_only=True)
class Sun:
    """The sun of a panorama.

    Attributes:
        direction: unit vector towards it, with x to the middle of the panorama, y to its left quarter, z up.
        irradiance: (r, g, b) linear Rec.709, W/m² of a surface that faces it, as a Blender Sun lamp's strength times
            its colour; as it was set, exposure included.
        angle_rad: across.
        is_estimated: its irradiance was read out of the picture, and was not set.
        is_added: none is painted: it stands where the sky is brightest.
    """

    direction: tuple[float, float, float]
    irradiance: tuple[float, float, float]
    angle_rad: float
    is_estimated: bool
    is_added: bool = False


@dataclass(frozen=True, kw_only=True)
class WorldResult:
    """What a world job made; its files are in the job's folder.

    Attributes:
        radiance: file name of the OpenEXR, float32, linear Rec.709, row 0 at the top.
        picture: file name of the JPEG, sRGB, as it was painted: for backgrounds. Its white is 2 to the power of the
            exposure in the radiance.
        width_px, height_px: of both.
        sun: what was found; None for a sky or a room without. With `sun_apart` it is not in the radiance.
        wrap_ratio: mean step from the last column to the first over the mean step between neighbours, in the picture as
            it is written: without a source it is turned so that its edge lies where neighbours differ as they do
            elsewhere, but no more than in the median.
        seam_ratio: the same over the median of the steps between columns.
        border_ratio: before it was turned, the mean step over its border over the largest step within: more than 1 is
            a seam that stands out.
        pole_deviation: standard deviation on a circle of 0.7° about a pole, the larger of both, in units of the full
            range of sRGB.
        light: ∫ L dΩ, luminance over the whole sphere.
        peak_to_median: of the luminance.
        horizon_tilt_deg: how far the horizon is from level; None where there is none to be seen.
        model: the model's name or path as it was resolved.
        licence: of that model, as the catalogue has it; "" where it is not known.
        seed, steps, guidance_scale: as they were used, defaults filled in.
        device: "cpu", "cuda", …
        seconds: seconds of each stage, by the stage's value.
        remarks: what the artist should know.
    """

    radiance: str
    picture: str
    width_px: int
    height_px: int
    sun: Sun | None
    wrap_ratio: float
    seam_ratio: float
    border_ratio: float
    pole_deviation: float
    light: float
    peak_to_median: float
    model: str
    seed: int
    steps: int
    guidance_scale: float
    device: str
    seconds: dict[str, float]
    licence: str = ""
    horizon_tilt_deg: float | None = None
    remarks: tuple[Remark, ...] = ()
