"""What the backend can be asked to make.

A request is everything that makes the result: it is written as `request.json` into the job's folder,
beside the arrays that it names, and replays there with `python -m backend run request.json`.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import ClassVar

from .errors import BadInput

__all__ = ["EMBEDDED_MODEL", "MAX_SEED", "PaintRequest", "PaintedObject", "PaintingRequest", "PictureFormat",
           "PlanRequest", "PlannedObject", "Region", "Request", "RequestType", "SceneRequest", "TextureRequest",
           "TouchUp", "ViewCamera", "ViewRequest", "check_file", "check_range", "check_size",
           "check_words"]

EMBEDDED_MODEL = "mini"
MAX_SEED = 2**31 - 1  # what Blender's IntProperty holds
SIZE_STEP_PX = 64  # a latent is 8 pixels, and three halvings of it must come out even
VIEW_SIZE_PX = (128, 2048)
TEXTURE_SIZE_PX = (64, 8192)
VIEW_COUNT = (1, 32)
STEPS = (1, 200)
GUIDANCE_SCALE = (0.0, 50.0)
STRENGTH = (0.05, 1.0)
FEATHER_PX = (0, 512)
LEAST_COSINE = (0.01, 0.9)


class RequestType(enum.StrEnum):
    TEXTURE = "texture"
    SCENE = "scene"
    PLAN = "plan"
    STYLE = "style"
    TEXTURE_STYLE = "texture-style"
    FILM = "film"
    STYLE_TRAIN = "style-train"
    COMPARE = "compare"
    MATERIAL = "material"
    WORLD = "world"
    EXHIBITION_PLAN = "exhibition-plan"
    VISITS = "visits"
    PICTURE = "picture"


class PictureFormat(enum.StrEnum):
    """How a texture is kept: PNG holds sRGB, OpenEXR linear Rec.709."""

    PNG_8 = "png8"
    PNG_16 = "png16"
    EXR_HALF = "exr-half"
    EXR_FLOAT = "exr-float"

    @property
    def suffix(self) -> str:
        return ".exr" if self in (PictureFormat.EXR_HALF, PictureFormat.EXR_FLOAT) else ".png"


class Region(enum.StrEnum):
    """What of a texture is painted anew: chosen faces, what a mask shows white, what the first camera sees, or the
    largest area that no view saw well.
    """

    FACES = "faces"
    MASK = "mask"
    VIEW = "view"
    MISSING = "missing"


@dataclass(frozen=True, kw_only=True)
class TouchUp:
    """Paint a region of a texture that is there, and keep the rest.

    Attributes:
        name: of the object, for messages.
        texture: file name in the job's folder: the texture as it is, a picture (PNG: sRGB, OpenEXR: linear Rec.709) or
            an array of numpy's (uint8: sRGB, float32: linear Rec.709).
        region: with FACES the mesh file has `touched` (T,) bool, with MASK there is a mask, with VIEW a camera, with
            MISSING it is known what the views saw.
        mask: file name of a grey picture in the layout of the texture, or "".
        strength: how far the painting may leave what is there: 1 starts from noise, a tenth only retouches.
        feather_px: texels over which the new goes over into the old, inside of the region.
        seen: file name of what earlier views saw, see `TextureResult.seen`; "" where it is not known.
        least_cosine: with MISSING, what the best view saw at less counts as missing.
    """

    name: str
    texture: str
    region: Region
    mask: str = ""
    strength: float = 1.0
    feather_px: int = 16
    seen: str = ""
    least_cosine: float = 0.3

    def __post_init__(self) -> None:
        check_file("texture", self.texture)
        if self.region is Region.MASK:
            check_file("mask", self.mask)
        if self.region is Region.MISSING and not self.seen:
            raise BadInput("It is not known what earlier views saw of {name}.",
                           "Generate its texture anew, or touch up faces, a mask or a view of it.", name=self.name)
        if self.seen:
            check_file("seen", self.seen)
        check_range("Seen Below", self.least_cosine, LEAST_COSINE)
        check_range("Strength", self.strength, STRENGTH)
        check_range("Feather", self.feather_px, FEATHER_PX)


@dataclass(frozen=True, kw_only=True)
class ViewCamera:
    """A camera of the artist's, whose view is one of those that are painted: a square around its frame.

    Attributes:
        name: for messages.
        world_to_camera: 16 numbers, row by row: from the world to the camera's space, which looks along -z with y up;
            rigid.
        fov_rad: angle of view over the longer side of the frame; None for an orthographic camera.
        scale: metres over the longer side; None for a perspective one.
        clip_near, clip_far: metres.
        shift_x, shift_y: of the lens, as shares of the longer side.
    """

    name: str
    world_to_camera: tuple[float, ...]
    fov_rad: float | None = None
    scale: float | None = None
    clip_near: float
    clip_far: float
    shift_x: float = 0.0
    shift_y: float = 0.0


@dataclass(frozen=True, kw_only=True)
class ViewRequest:
    """From where to look at meshes: what all requests have in common.

    Attributes:
        mesh: file name in the job's folder of the arrays that `scene.meshes` wrote (`.npz`):
            positions (V,3) f32 in metres, world space; triangles (T,3) i32; corner_uvs (T,3,2) f32 with
            v up; corner_normals (T,3,3) f32; paintable (T,) bool, whether the triangle's material slot is to
            be painted; object_ids (T,) i32, whose it is, where there are several objects.
        view_count: how many views are painted of what has one prompt, those of `cameras` included.
        view_size_px: side of a square view.
        texture_size_px: side of the square texture.
        cameras: views that are painted in any case; the others are planned to see what these leave.
    """

    mesh: str
    view_count: int = 8
    view_size_px: int = 256
    texture_size_px: int = 1024
    cameras: tuple[ViewCamera, ...] = ()

    def __post_init__(self) -> None:
        check_file("mesh", self.mesh)
        check_size("View Size", self.view_size_px, VIEW_SIZE_PX)
        check_size("Texture Size", self.texture_size_px, TEXTURE_SIZE_PX)
        check_range("Views", self.view_count, VIEW_COUNT)
        if len(self.cameras) > self.view_count:
            raise BadInput("There are {cameras} cameras, but only {views} views are to be painted.",
                           "Choose at least as many views as cameras, or fewer cameras.",
                           cameras=len(self.cameras), views=self.view_count)


@dataclass(frozen=True, kw_only=True)
class PaintRequest(ViewRequest):
    """How to paint: what requests of one and of several meshes have in common.

    Attributes:
        prompt: what the surface shall look like.
        negative_prompt: what to keep out of it.
        model: "mini", a name of the catalogue, or the path of a diffusers folder.
        controlnet: path of a ControlNet folder of the model's family, or "" for an embedded model's own.
        follow_shape: whether an embedded model's own ControlNet is used, if it has one and no other is given.
        picture_format: how the texture is kept.
        steps: denoising steps; None is the model's own default.
        guidance_scale: how strongly the prompt pulls; None is the model's own default.
        seed: the same request and seed give the same bytes on the same machine.
        quality_map: also make a picture of how well the views see each texel.
        share_attention: views look at their neighbours and at the front view while they are painted (UNets only).
    """

    prompt: str
    negative_prompt: str = ""
    model: str = EMBEDDED_MODEL
    controlnet: str = ""
    follow_shape: bool = True
    picture_format: PictureFormat = PictureFormat.PNG_8
    steps: int | None = None
    guidance_scale: float | None = None
    seed: int = 0
    quality_map: bool = False
    share_attention: bool = False

    def __post_init__(self) -> None:
        _check_prompt(self.prompt)
        check_words(self.negative_prompt)
        if not self.model.strip():
            raise BadInput("No model is chosen.", "Choose mini, or the folder of a diffusers model.")
        super().__post_init__()
        check_range("Seed", self.seed, (0, MAX_SEED))
        if self.steps is not None:
            check_range("Steps", self.steps, STEPS)
        if self.guidance_scale is not None:
            check_range("Guidance", self.guidance_scale, GUIDANCE_SCALE)


@dataclass(frozen=True, kw_only=True)
class PaintedObject:
    """One of several meshes; its place in their list is its number in `object_ids`.

    Attributes:
        name: the name that messages use for it.
        prompt: what its surface shall look like.
    """

    name: str
    prompt: str

    def __post_init__(self) -> None:
        _check_prompt(self.prompt)


@dataclass(frozen=True, kw_only=True)
class TextureRequest(PaintRequest):
    """Paint one mesh from a prompt and bake the picture into its UV layout.

    Attributes:
        object_name: the name that messages use for the mesh.
        touch_up: what of its texture is to be new; None for all of it.
    """

    type: ClassVar[RequestType] = RequestType.TEXTURE

    object_name: str
    touch_up: TouchUp | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.touch_up is not None and self.touch_up.region is Region.VIEW and not self.cameras:
            raise BadInput("There is no camera to say what is to be touched up.", "Give at least one camera.")

    @property
    def objects(self) -> tuple[PaintedObject, ...]:
        """The one object, as a scene's."""
        return (PaintedObject(name=self.object_name, prompt=self.prompt),)


@dataclass(frozen=True, kw_only=True)
class SceneRequest(PaintRequest):
    """Paint several meshes, seen together where they have one prompt, each hidden by the others and each into a
    texture of its own.

    Attributes:
        prompt: as it is shown; each object has its own or the same.
    """

    type: ClassVar[RequestType] = RequestType.SCENE

    objects: tuple[PaintedObject, ...]

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.objects:
            raise BadInput("There is no object to paint.", "Choose at least one mesh object.")


@dataclass(frozen=True, kw_only=True)
class PlannedObject:
    """One of the meshes that views are planned for; its place in their list is its number in `object_ids`.

    Attributes:
        name: the name that messages use for it.
        prompt: objects of one prompt share their views.
    """

    name: str
    prompt: str = ""

    def __post_init__(self) -> None:
        check_words(self.prompt)


@dataclass(frozen=True, kw_only=True)
class PlanRequest(ViewRequest):
    """Say from where meshes would be painted and how much of them that shows, without painting anything."""

    type: ClassVar[RequestType] = RequestType.PLAN

    objects: tuple[PlannedObject, ...]

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.objects:
            raise BadInput("There is no object to look at.", "Choose at least one mesh object.")


PaintingRequest = TextureRequest | SceneRequest
Request = PaintingRequest | PlanRequest


def _check_prompt(prompt: str) -> None:
    if not prompt.strip():
        raise BadInput("The prompt is empty.", "Write what the surface shall look like.")
    check_words(prompt)


def check_words(words: str) -> None:
    if any("\ud800" <= letter <= "\udfff" for letter in words):
        raise BadInput("The prompt is not valid UTF-8 text.", "Write it in UTF-8.")


def check_file(field: str, name: str) -> None:
    """Raises:
        BadInput: it is not the name of a file in the request's folder.
    """
    if "/" in name or "\\" in name or not name:
        raise BadInput("The {field} file {name} is not a plain file name.",
                       "Name a file in the folder of the request.", field=field, name=repr(name))


def check_range(field: str, value: float, bounds: tuple[float, float]) -> None:
    """Raises:
        BadInput: it is out of its bounds.
    """
    low, high = bounds
    if not low <= value <= high:  # NaN fails too
        raise BadInput("{field} is {value}: must be from {low} to {high}.", "Choose a value in that range.",
                       field=field, value=value, low=low, high=high)


def check_size(field: str, value: int, bounds: tuple[int, int]) -> None:
    """Raises:
        BadInput: it is out of its bounds, or no multiple of `SIZE_STEP_PX`.
    """
    low, high = bounds
    if not low <= value <= high or value % SIZE_STEP_PX:
        nearest = min(max(round(value / SIZE_STEP_PX) * SIZE_STEP_PX, low), high)
        raise BadInput("{field} is {value}: must be a multiple of {step} from {low} to {high}.",
                       "Try {nearest}.",
                       field=field, value=value, step=SIZE_STEP_PX, low=low, high=high, nearest=nearest)
