"""What the Picture panel asks for."""

from __future__ import annotations

from bpy.props import EnumProperty, IntProperty, StringProperty
from bpy.types import PropertyGroup

from ..protocol.picture import PICTURE_SIZE_PX
from ..protocol.requests import MAX_SEED
from .painting import WithModel, WithSteps

__all__ = ["VERNISSAGE_PG_picture"]

_MODELS = (
    ("MINI", "Mini", ("The small model that comes with Vernissage: materials and paint, on any computer, without a "
                      "download")),
    ("FOLDER", "Folder", ("A Stable Diffusion 1.5, SDXL or FLUX.1 model in the folder format of diffusers. It wants a "
                          "graphics card")),
)


class VERNISSAGE_PG_picture(WithModel, WithSteps, PropertyGroup):
    """One picture of a prompt."""

    prompt: StringProperty(
        name="Prompt",
        description="What the picture shall show, for example \"abstract seascape, golden\"",
        options={"TEXTEDIT_UPDATE"},
    )
    negative_prompt: StringProperty(
        name="Negative Prompt",
        description="What to keep out of the picture",
    )
    model: EnumProperty(
        name="Model",
        description="Who paints the picture",
        items=_MODELS,
        default="MINI",
    )
    width: IntProperty(
        name="Width",
        description="Columns of the picture, a multiple of 64. What is larger than the model's own pictures is painted "
                    "near their size first, then larger, which takes longer",
        subtype="PIXEL", min=PICTURE_SIZE_PX[0], max=PICTURE_SIZE_PX[1], step=64, default=512,
    )
    height: IntProperty(
        name="Height",
        description="Rows of the picture, a multiple of 64",
        subtype="PIXEL", min=PICTURE_SIZE_PX[0], max=PICTURE_SIZE_PX[1], step=64, default=512,
    )
    seed: IntProperty(
        name="Seed",
        description="Number that the painting starts from. Another seed gives another picture of the same prompt",
        min=0, max=MAX_SEED, default=0,
    )
