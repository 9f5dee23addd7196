"""What the backend can be asked to make.

A request is everything that makes the result: it is written as `request.json` into the job's folder,
beside the arrays that it names, and replays there with `python -m backend run request.json`.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import ClassVar

from .errors import BadInput

__all__ = ["EMBEDDED_MODEL", "MAX_SEED", "Request", "RequestType", "TextureRequest"]

EMBEDDED_MODEL = "mini"
MAX_SEED = 2**31 - 1  # what Blender's IntProperty holds
SIZE_STEP_PX = 64  # a latent is 8 pixels, and three halvings of it must come out even
VIEW_SIZE_PX = (128, 2048)
TEXTURE_SIZE_PX = (64, 8192)
VIEW_COUNT = (1, 32)
STEPS = (1, 200)
GUIDANCE_SCALE = (0.0, 50.0)


class RequestType(enum.StrEnum):
    TEXTURE = "texture"


@dataclass(frozen=True, kw_only=True)
class TextureRequest:
    """Paint one mesh from a prompt and bake the picture into its UV layout.

    Attributes:
        object_name: the name that messages use for the mesh.
        mesh: file name in the job's folder of the arrays that `scene.meshes` wrote (`.npz`):
            positions (V,3) f32 in metres, world space; triangles (T,3) i32; corner_uvs (T,3,2) f32 with
            v up; corner_normals (T,3,3) f32; paintable (T,) bool, whether the triangle's material slot is to
            be painted.
        prompt: what the surface shall look like.
        negative_prompt: what to keep out of it.
        model: "mini", a name of the catalogue, or the path of a diffusers folder.
        controlnet: path of a ControlNet folder of the model's family, or "" for none.
        view_count: how many views are painted around the object.
        view_size_px: side of a square view.
        texture_size_px: side of the square texture.
        steps: denoising steps; None is the model's own default.
        guidance_scale: how strongly the prompt pulls; None is the model's own default.
        seed: the same request and seed give the same bytes on the same machine.
    """

    type: ClassVar[RequestType] = RequestType.TEXTURE

    object_name: str
    mesh: str
    prompt: str
    negative_prompt: str = ""
    model: str = EMBEDDED_MODEL
    controlnet: str = ""
    view_count: int = 8
    view_size_px: int = 256
    texture_size_px: int = 1024
    steps: int | None = None
    guidance_scale: float | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        if not self.prompt.strip():
            raise BadInput("The prompt is empty.", "Write what the surface shall look like.")
        for words in (self.prompt, self.negative_prompt):
            if any("\ud800" <= letter <= "\udfff" for letter in words):
                raise BadInput("The prompt is not valid UTF-8 text.", "Write it in UTF-8.")
        if not self.model.strip():
            raise BadInput("No model is chosen.", "Choose mini, or the folder of a diffusers model.")
        if "/" in self.mesh or "\\" in self.mesh or not self.mesh:
            raise BadInput("The mesh file {mesh} is not a plain file name.",
                           "Name a file in the folder of the request.", mesh=repr(self.mesh))
        _check_size("view_size_px", self.view_size_px, VIEW_SIZE_PX)
        _check_size("texture_size_px", self.texture_size_px, TEXTURE_SIZE_PX)
        _check_range("view_count", self.view_count, VIEW_COUNT)
        _check_range("seed", self.seed, (0, MAX_SEED))
        if self.steps is not None:
            _check_range("steps", self.steps, STEPS)
        if self.guidance_scale is not None:
            _check_range("guidance_scale", self.guidance_scale, GUIDANCE_SCALE)


Request = TextureRequest  # a union, once there are more


def _check_range(field: str, value: float, bounds: tuple[float, float]) -> None:
    low, high = bounds
    if not low <= value <= high:  # NaN fails too
        raise BadInput("{field} is {value}: must be from {low} to {high}.", "Choose a value in that range.",
                       field=field, value=value, low=low, high=high)


def _check_size(field: str, value: int, bounds: tuple[int, int]) -> None:
    low, high = bounds
    if not low <= value <= high or value % SIZE_STEP_PX:
        nearest = min(max(round(value / SIZE_STEP_PX) * SIZE_STEP_PX, low), high)
        raise BadInput("{field} is {value}: must be a multiple of {step} from {low} to {high}.",
                       "Try {nearest}.",
                       field=field, value=value, step=SIZE_STEP_PX, low=low, high=high, nearest=nearest)
