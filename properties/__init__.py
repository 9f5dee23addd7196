"""What a .blend remembers of Vernissage: one tree at `scene.vernissage`, and what an object says for itself."""

from __future__ import annotations

from bpy.props import BoolProperty, EnumProperty, FloatProperty, IntProperty, PointerProperty, StringProperty
from bpy.types import Collection, Image, Object, PropertyGroup, Scene
from bpy.utils import register_classes_factory

from ..protocol.requests import (
    FEATHER_PX,
    GUIDANCE_SCALE,
    LEAST_COSINE,
    MAX_SEED,
    SIZE_STEP_PX,
    STEPS,
    STRENGTH,
    TEXTURE_SIZE_PX,
    VIEW_COUNT,
    VIEW_SIZE_PX,
    PictureFormat,
)
from .comparison import VERNISSAGE_PG_comparison
from .exhibited_work import VERNISSAGE_PG_exhibited_work
from .exhibition import VERNISSAGE_PG_exhibition
from .film import VERNISSAGE_PG_film
from .formats import FORMATS
from .material import VERNISSAGE_PG_material
from .painting import WithModel
from .paths import PATH_OPTIONS
from .picture import VERNISSAGE_PG_picture
from .style import VERNISSAGE_PG_style, VERNISSAGE_PG_style_item
from .style_training import VERNISSAGE_PG_style_training
from .world import VERNISSAGE_PG_world

__all__ = ["VERNISSAGE_PG_object", "VERNISSAGE_PG_scene", "VERNISSAGE_PG_texture", "VERNISSAGE_PG_touch_up"]

_MODELS = (
    ("MINI", "Mini", ("The small model that comes with Vernissage: plain materials, on any computer, without "
                      "a download")),
    ("FOLDER", "Folder", ("A Stable Diffusion 1.5, SDXL or FLUX.1 model in the folder format of "
                          "diffusers, for richer pictures. It wants a graphics card")),
)


class VERNISSAGE_PG_texture(WithModel, PropertyGroup):
    """What the Texture panel asks for."""

    prompt: StringProperty(
        name="Prompt",
        description="What the surface shall look like, for example \"red brick wall\". The material comes "
                    "first, then its colour and its wear",
        options={"TEXTEDIT_UPDATE"},
    )
    negative_prompt: StringProperty(
        name="Negative Prompt",
        description="What to keep out of the picture, for example \"rust, scratches\"",
    )
    model: EnumProperty(
        name="Model",
        description="Who paints: it decides how rich and how faithful to the prompt the picture becomes",
        items=_MODELS,
        default="MINI",
    )
    controlnet: StringProperty(
        name="ControlNet",
        description="Folder of a depth ControlNet of the model's family. The painting then follows the "
                    "object's form more closely. Empty uses none",
        subtype="DIR_PATH",
        options=PATH_OPTIONS,
    )
    follow_shape: BoolProperty(
        name="Follow Shape",
        description="Show the model the shape while it paints: edges become lighter and hollows darker, and grain "
                    "tends to run with the surface. Takes a fifth to a third longer",
        default=True,
    )
    view_count: IntProperty(
        name="Views",
        description="How many pictures are painted around the object. More leave fewer unseen areas, and take "
                    "longer",
        min=VIEW_COUNT[0], max=VIEW_COUNT[1], default=8,
    )
    view_size: IntProperty(
        name="View Size",
        description="Side of each painted picture. Larger gives finer detail, and takes longer; a model paints "
                    "best at the size that it was trained for",
        subtype="PIXEL", min=VIEW_SIZE_PX[0], max=VIEW_SIZE_PX[1], step=SIZE_STEP_PX, default=256,
    )
    from_cameras: BoolProperty(
        name="From Cameras",
        description="Paint what the scene's visible cameras see first, each as one of the views; the other views are "
                    "planned to see what they leave",
        default=False,
    )
    camera_collection: PointerProperty(
        name="Camera Collection",
        description="Take only the cameras of this collection. Empty takes all that are visible",
        type=Collection,
    )
    texture_size: IntProperty(
        name="Texture Size",
        description="Side of the square texture. Larger keeps more of the detail that was painted",
        subtype="PIXEL", min=TEXTURE_SIZE_PX[0], max=TEXTURE_SIZE_PX[1], step=SIZE_STEP_PX, default=1024,
    )
    picture_format: EnumProperty(
        name="File Format",
        description="How the texture is kept. Blender gets the colour space that fits to it",
        items=FORMATS,
        default="PNG_8",
    )
    seed: IntProperty(
        name="Seed",
        description="Number that the painting starts from. Another seed gives another picture of the same "
                    "prompt; the same seed gives the same picture again",
        min=0, max=MAX_SEED, default=0,
    )
    steps: IntProperty(
        name="Steps",
        description="Denoising steps of each picture. More make it cleaner, up to a point, and take longer. "
                    "0 is what the model does best with",
        min=0, max=STEPS[1], default=0,
    )
    guidance_scale: FloatProperty(
        name="Guidance",
        description="How strongly the prompt pulls. Higher follows the words more closely, too high looks "
                    "harsh. 0 is what the model does best with",
        min=GUIDANCE_SCALE[0], max=GUIDANCE_SCALE[1], soft_max=15.0, default=0.0,
    )
    share_attention: BoolProperty(
        name="Share Attention",
        description="Let each view look at its neighbours and at the front view while it is painted: forms and colours "
                    "of large models go together better. Takes up to twice as long and more memory. Without effect on "
                    "FLUX.1",
        default=False,
    )
    uv_layer: StringProperty(
        name="UV Layer",
        description="UV layer of the active object that the texture is laid out in. Empty takes the layer "
                    "that renders use",
    )
    unwrap: BoolProperty(
        name="New UV Layer",
        description="Unwrap the object into a UV layer of Vernissage's own, for objects whose UVs overlap or "
                    "repeat. Layers that are there stay as they are",
        default=False,
    )
    together: BoolProperty(
        name="Paint Together",
        description="Paint the selected objects in one job: they hide each other, and those of one prompt share their "
                    "views. For objects that stand or lie on each other",
        default=False,
    )
    show_while_painting: BoolProperty(
        name="Show While Painting",
        description="Show on the objects themselves, in the 3D viewports, what is being painted. It is laid over them: "
                    "their materials stay as they are until it is finished",
        default=True,
    )
    quality_map: BoolProperty(
        name="Quality Map",
        description="Also make an image of how well the views saw each part of the surface. Show View Quality shows it "
                    "on the object",
        default=False,
    )
    active_slot_only: BoolProperty(
        name="Active Slot Only",
        description="Paint only the faces of the active material slot. The other slots keep their materials",
        default=False,
    )

    def format(self) -> PictureFormat:
        """What a request calls the file format."""
        return PictureFormat[self.picture_format]


_REGIONS = (
    ("FACES", "Selected Faces", "The faces that are selected in Edit Mode"),
    ("VIEW", "What I See", "What the 3D viewport shows of the object, from where it shows it"),
    ("MASK", "Mask", "What is white in an image of the same layout as the texture"),
)


class VERNISSAGE_PG_touch_up(PropertyGroup):
    """Which part of a texture is painted anew, and how much."""

    region: EnumProperty(
        name="Region",
        description="Which part of the texture is painted anew. The rest stays as it is, to the last bit",
        items=_REGIONS,
        default="FACES",
    )
    mask: PointerProperty(
        name="Mask",
        description="Image that is white where the texture is to change",
        type=Image,
    )
    strength: FloatProperty(
        name="Strength",
        description="How far the painting may leave what is there. 1 begins anew; less keeps its forms and colours",
        subtype="FACTOR", min=STRENGTH[0], max=STRENGTH[1], default=1.0,
    )
    feather: IntProperty(
        name="Feather",
        description="Over how many pixels of the texture the new goes over into the old, inside of the region",
        subtype="PIXEL", min=FEATHER_PX[0], max=FEATHER_PX[1], default=16,
    )
    least_cosine: FloatProperty(
        name="Seen Below",
        description="What counts as missing: where the best view looked at the surface less frontally than this (the "
                    "cosine of its angle). Small is only what hardly any view saw; 0.5 is what all saw at more than "
                    "60 degrees",
        subtype="FACTOR", min=LEAST_COSINE[0], max=LEAST_COSINE[1], default=0.3,
    )


class VERNISSAGE_PG_object(PropertyGroup):
    """What one object asks for, whatever the panel says."""

    prompt: StringProperty(
        name="Own Prompt",
        description="What this object shall look like. Empty takes the prompt of the panel",
        options={"TEXTEDIT_UPDATE"},
    )


class VERNISSAGE_PG_scene(PropertyGroup):
    """The root of the tree: one group a craft."""

    texture: PointerProperty(type=VERNISSAGE_PG_texture)
    touch_up: PointerProperty(type=VERNISSAGE_PG_touch_up)
    style: PointerProperty(type=VERNISSAGE_PG_style)
    style_training: PointerProperty(type=VERNISSAGE_PG_style_training)
    comparison: PointerProperty(type=VERNISSAGE_PG_comparison)
    film: PointerProperty(type=VERNISSAGE_PG_film)
    material: PointerProperty(type=VERNISSAGE_PG_material)
    world: PointerProperty(type=VERNISSAGE_PG_world)
    picture: PointerProperty(type=VERNISSAGE_PG_picture)
    exhibition: PointerProperty(type=VERNISSAGE_PG_exhibition)


_register_classes, _unregister_classes = register_classes_factory(
    (VERNISSAGE_PG_texture, VERNISSAGE_PG_touch_up, VERNISSAGE_PG_style_item, VERNISSAGE_PG_style,
     VERNISSAGE_PG_film, VERNISSAGE_PG_material, VERNISSAGE_PG_style_training, VERNISSAGE_PG_comparison,
     VERNISSAGE_PG_world, VERNISSAGE_PG_picture, VERNISSAGE_PG_exhibited_work, VERNISSAGE_PG_exhibition,
     VERNISSAGE_PG_object, VERNISSAGE_PG_scene))


def register() -> None:
    _register_classes()
    Scene.vernissage = PointerProperty(type=VERNISSAGE_PG_scene)
    Object.vernissage = PointerProperty(type=VERNISSAGE_PG_object)


def unregister() -> None:
    del Object.vernissage
    del Scene.vernissage
    _unregister_classes()
