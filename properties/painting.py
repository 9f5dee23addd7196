"""What painters of all kinds are asked: mixins of property groups, with each of which Blender registers them."""

from __future__ import annotations

from bpy.path import abspath  # not `bpy`: 4.2 never lets go of these classes, nor of what they see
from bpy.props import FloatProperty, IntProperty, StringProperty

from ..protocol.requests import EMBEDDED_MODEL, GUIDANCE_SCALE, STEPS
from .paths import PATH_OPTIONS

__all__ = ["WithModel", "WithSteps"]


class WithModel:
    """A model that comes along, or one of a folder. The group has an enum `model` with "MINI" and "FOLDER".

    Attributes:
        embedded: the name of the one that comes along.
    """

    embedded = EMBEDDED_MODEL

    model_folder: StringProperty(
        name="Model Folder",
        description="Folder of a diffusers model, the one that holds model_index.json. Its weights must be "
                    "safetensors files",
        subtype="DIR_PATH",
        options=PATH_OPTIONS,
    )

    def model_name(self) -> str:
        """What a request calls the model: the name of the one that comes along, or the absolute path of a folder (""
        if none is set)."""
        if self.model == "MINI":
            return self.embedded
        return abspath(self.model_folder) if self.model_folder else ""


class WithSteps:
    """How the model paints, if not as it does best."""

    steps: IntProperty(
        name="Steps",
        description="Denoising steps. More make it cleaner, up to a point, and take longer. 0 is what the model does "
                    "best with",
        min=0, max=STEPS[1], default=0,
    )
    guidance_scale: FloatProperty(
        name="Guidance",
        description="How strongly the prompt pulls. 0 is what the model does best with",
        min=0.0, max=GUIDANCE_SCALE[1], default=0.0,
    )
