"""What the World panel asks for."""

from __future__ import annotations

import math

from bpy.props import BoolProperty, EnumProperty, FloatProperty, IntProperty, PointerProperty, StringProperty
from bpy.types import Image, PropertyGroup

from ..protocol.requests import MAX_SEED, STRENGTH
from ..protocol.world import EMBEDDED_SKY_MODEL, EXPOSURE_EV, LORA_WEIGHT, SUN_IRRADIANCE, WORLD_HEIGHT_PX
from .painting import WithModel, WithSteps
from .paths import PATH_OPTIONS

__all__ = ["VERNISSAGE_PG_world"]

_MODELS = (
    ("MINI", "Mini", ("The small model that comes with Vernissage: skies and rooms, on any computer, without a "
                      "download")),
    ("FOLDER", "Folder", ("A Stable Diffusion 1.5, SDXL or FLUX.1 model in the folder format of diffusers. It wants a "
                          "graphics card, and a LoRA for panoramas")),
)
_SOURCES = (
    ("NONE", "Prompt Alone", "All of the panorama is painted from the prompt"),
    ("CAMERA", "Around an Image", "The image is what the scene's camera sees, and stays; all around it is painted"),
    ("PANORAMA", "From a Panorama", ("The image is a panorama: it is changed as far as Strength says, or only where "
                                     "the mask is white and where it is transparent")),
)
_SUNS = (
    ("AUTOMATIC", "Automatic", ("As the prompt says: added under a clear sky where none is painted, none by night, in "
                                "bad weather and indoors")),
    ("PAINTED", "As Painted", "The sun that is painted, if there is one"),
    ("ADDED", "Always", "Where no sun is painted, one is added in the brightest place of the sky"),
    ("NONE", "None", "Nothing is taken for a sun"),
)


class VERNISSAGE_PG_world(WithModel, WithSteps, PropertyGroup):
    """One panorama, and how the scene takes its light."""

    embedded = EMBEDDED_SKY_MODEL

    prompt: StringProperty(
        name="Prompt",
        description="What shall be seen around, for example \"sunset over the sea\"",
        options={"TEXTEDIT_UPDATE"},
    )
    negative_prompt: StringProperty(
        name="Negative Prompt",
        description="What to keep out of the panorama",
    )
    model: EnumProperty(
        name="Model",
        description="Who paints the panorama",
        items=_MODELS,
        default="MINI",
    )
    lora: StringProperty(
        name="LoRA",
        description="Safetensors file of a LoRA that the model paints with, such as one for panoramas. Empty uses none",
        subtype="FILE_PATH",
        options=PATH_OPTIONS,
    )
    lora_weight: FloatProperty(
        name="LoRA Weight",
        description="How strongly the LoRA changes what the model paints",
        min=LORA_WEIGHT[0], max=LORA_WEIGHT[1], default=1.0,
    )
    height: IntProperty(
        name="Height",
        description="Rows of the panorama, twice as wide. Larger shows a sharper background, and takes longer; "
                    "for light alone 512 is plenty",
        subtype="PIXEL", min=WORLD_HEIGHT_PX[0], max=WORLD_HEIGHT_PX[1], step=64, default=1024,
    )
    detail: FloatProperty(
        name="Detail",
        description="How much is painted into the panorama each time that it is doubled to its height. 0 only enlarges "
                    "it, which is fast",
        subtype="FACTOR", min=0.0, max=1.0, default=0.35,
    )
    seed: IntProperty(
        name="Seed",
        description="Number that the painting starts from. Another seed gives another panorama of the same prompt",
        min=0, max=MAX_SEED, default=0,
    )
    exposure: FloatProperty(
        name="Exposure",
        description="Stops by which all light of the panorama is brighter or darker",
        min=EXPOSURE_EV[0], max=EXPOSURE_EV[1], soft_min=-6.0, soft_max=6.0, default=0.0,
    )
    sun: EnumProperty(
        name="Sun",
        description="Whether the panorama has a sun",
        items=_SUNS,
        default="AUTOMATIC",
    )
    sets_sun: BoolProperty(
        name="Set Sun",
        description="Give the sun an irradiance of your own. Otherwise it is estimated from the picture",
        default=False,
    )
    sun_irradiance: FloatProperty(
        name="Sun Irradiance",
        description="What a surface that faces the sun gets from it, in W/m² as Blender's Sun lamps count it",
        min=SUN_IRRADIANCE[0], max=SUN_IRRADIANCE[1], soft_max=100.0, default=5.0,
    )
    sun_exposure: FloatProperty(
        name="Sun Exposure",
        description="Stops by which the sun alone is brighter or darker",
        min=EXPOSURE_EV[0], max=EXPOSURE_EV[1], soft_min=-6.0, soft_max=6.0, default=0.0,
    )
    sun_lamp: BoolProperty(
        name="Sun Lamp",
        description="Take the sun out of the panorama and give its light with a Sun lamp, which is aligned with it and "
                    "turns with the World",
        default=False,
    )
    rotation: FloatProperty(
        name="Rotation",
        description="How far the World is turned, counterclockwise as seen from above",
        subtype="ANGLE", min=-2 * math.pi, max=2 * math.pi, default=0.0,
    )
    strength: FloatProperty(
        name="Light",
        description="Strength of all light of the World, and of its Sun lamp",
        min=0.0, soft_max=10.0, default=1.0,
    )
    background: FloatProperty(
        name="Background",
        description="Brightness of what the camera sees behind everything; it does not change the light",
        min=0.0, soft_max=10.0, default=1.0,
    )
    ground: BoolProperty(
        name="Ground",
        description="What the camera sees below the horizon lies on the plane of the height 0, so that things stand on "
                    "it. The light stays as it is",
        default=False,
    )
    shadow_catcher: BoolProperty(
        name="Shadow Catcher",
        description="Add a plane at the height 0 that shows nothing but the shadows that fall on it",
        default=False,
    )
    source: EnumProperty(
        name="Begin With",
        description="What the panorama is painted from besides the prompt",
        items=_SOURCES,
        default="NONE",
    )
    image: PointerProperty(
        name="Image",
        description="The image that the panorama begins with",
        type=Image,
    )
    mask: PointerProperty(
        name="Mask",
        description="Image that is white where a panorama is to be painted anew",
        type=Image,
    )
    change: FloatProperty(
        name="Strength",
        description="How far the painting may leave the panorama. 1 begins anew; 0.6 makes a dusk of a day",
        subtype="FACTOR", min=STRENGTH[0], max=STRENGTH[1], default=0.6,
    )
