"""What the Style panel asks for."""

from __future__ import annotations

from bpy.props import (
    BoolProperty,
    CollectionProperty,
    EnumProperty,
    FloatProperty,
    IntProperty,
    PointerProperty,
    StringProperty,
)
from bpy.types import Collection, Image, Object, PropertyGroup

from ..protocol.requests import MAX_SEED, VIEW_COUNT
from ..protocol.style import (
    CONTENT_WEIGHT,
    FIRST_STYLE,
    FIXED_STYLES,
    IP_ADAPTER_SCALE,
    STEPS,
    STROKE_SCALE,
    STYLE_WEIGHT_MAX,
    StyleMethod,
)
from .paths import PATH_OPTIONS

__all__ = ["VERNISSAGE_PG_style", "VERNISSAGE_PG_style_item"]

_KINDS = (
    ("IMAGE", "Image", "The look of an image in this file"),
    ("FILE", "File", "The look of a picture on the disk"),
    ("NUMBER", "Number", "One of the looks that come with Vernissage, for the instant method only"),
    ("TRAINED", "Trained", "A look that was learnt on this computer or another, for the instant method only"),
)

_PLACES = (
    ("EVERYWHERE", "Everywhere", "All of the picture"),
    ("OBJECT", "Object", "What a render shows of an object. An empty stands for all that hangs on it"),
    ("COLLECTION", "Collection", "What a render shows of the objects of a collection"),
)

_METHODS = (
    ("INSTANT", "Instant", "One pass of a network: a second for a picture of one megapixel, on any computer"),
    ("GRAM", "Gram Matrices", ("The picture is changed step by step until a network finds the same textures in it as "
                               "in the style. Richer, and takes minutes")),
    ("TRANSPORT", "Transport", ("Step by step, where each part of the picture takes what fits to it from the style. "
                                "It keeps the forms best, and takes longest")),
    ("DIFFUSION", "Diffusion", ("A diffusion model paints the picture anew while it looks at the style. Mini brings "
                                "strokes and colours, but softens small forms: faces and lettering want a larger model "
                                "and a graphics card")),
)

_FOLLOWS = (
    ("NOTHING", "Nothing", "The ControlNet is left out"),
    ("DEPTH", "Depth", ("How far away things are, for a ControlNet of depth. The passes of the render tell it, or the "
                        "meshes as the scene's camera sees them")),
    ("NORMAL", "Normals", ("Which way surfaces face, for a ControlNet of normals: it keeps folds and edges that are "
                           "hardly deep. The meshes tell it as the scene's camera sees them. Not for films")),
)


class VERNISSAGE_PG_style_item(PropertyGroup):
    """One style of the list."""

    kind: EnumProperty(
        name="Kind",
        description="Where the look comes from",
        items=_KINDS,
        default="IMAGE",
    )
    image: PointerProperty(
        name="Image",
        description="Image whose look the picture shall have",
        type=Image,
    )
    path: StringProperty(
        name="File",
        description="Picture whose look it shall have: PNG, JPEG, TIFF, WebP or OpenEXR",
        subtype="FILE_PATH",
        options=PATH_OPTIONS,
    )
    trained: StringProperty(
        name="Trained Style",
        description="A trained style: its name in the list of those that were trained here, or the file of another "
                    "(.safetensors)",
        subtype="FILE_PATH",
        options=PATH_OPTIONS,
    )
    number: IntProperty(
        name="Number",
        description="Which of the looks that come with Vernissage",
        min=0, max=FIXED_STYLES - 1, default=FIRST_STYLE,
    )
    weight: FloatProperty(
        name="Weight",
        description="How much of the mixture is of this style, against the weights of the others",
        min=0.01, max=STYLE_WEIGHT_MAX, soft_max=1.0, default=1.0,
    )
    place: EnumProperty(
        name="Where",
        description="Which part of a render the style is for. Styles of one place are mixed; those of an object or a "
                    "collection are laid over those of everywhere",
        items=_PLACES,
        default="EVERYWHERE",
    )
    object: PointerProperty(
        name="Object",
        description="Object that the style is for",
        type=Object,
    )
    collection: PointerProperty(
        name="Collection",
        description="Collection that the style is for, with those within it",
        type=Collection,
    )
    is_outside: BoolProperty(
        name="All But It",
        description="Stylise all that is not of the object or the collection",
        default=False,
    )
    strength: FloatProperty(
        name="Strength There",
        description="How much of the style is laid over this part of the render, as a share of Strength. Of several "
                    "styles of one place the mean counts",
        subtype="FACTOR", min=0.0, max=1.0, default=1.0,
    )


class VERNISSAGE_PG_style(PropertyGroup):
    """What is to become of a picture."""

    styles: CollectionProperty(type=VERNISSAGE_PG_style_item)
    active_item: IntProperty(
        name="Active Style",
        description="The style of the list that is shown under it",
        min=0, default=0,
    )
    method: EnumProperty(
        name="Method",
        description="How the style is transferred: at once, step by step, or painted anew",
        items=_METHODS,
        default="INSTANT",
    )
    strength: FloatProperty(
        name="Strength",
        description="How much of the style is laid over the picture. 0 leaves it as it is, 1 shows the style only",
        subtype="FACTOR", min=0.0, max=1.0, default=1.0,
    )
    keep_colours: FloatProperty(
        name="Keep Colours",
        description="How far the colours of the picture stay. 1 takes only light and dark from the style",
        subtype="FACTOR", min=0.0, max=1.0, default=0.0,
    )
    stroke_scale: FloatProperty(
        name="Stroke Scale",
        description="How large brush strokes and patterns become. 2 draws them twice as large",
        min=STROKE_SCALE[0], max=STROKE_SCALE[1], default=1.0,
    )
    mask: PointerProperty(
        name="Mask",
        description="Image that is white where the picture is to be stylised, and black where it stays. Empty "
                    "stylises all of it",
        type=Image,
    )
    view_count: IntProperty(
        name="Views",
        description="From how many sides a texture is stylised, at most. More leave fewer parts that none sees, and "
                    "take longer",
        min=VIEW_COUNT[0], max=VIEW_COUNT[1], default=12,
    )
    layer: BoolProperty(
        name="As Layer",
        description="Make a picture that is transparent where nothing is stylised, to be laid over the render in the "
                    "compositor (Alpha Over) or in another program",
        default=False,
    )
    content_weight: FloatProperty(
        name="Content Weight",
        description="How firmly the forms of the picture are held against the style. More keeps it more legible",
        min=CONTENT_WEIGHT[0], max=CONTENT_WEIGHT[1], soft_max=10.0, default=1.0,
    )
    steps: IntProperty(
        name="Steps",
        description="How often the picture is changed, at each of its sizes from coarse to fine. More come closer to "
                    "the style, and take longer",
        min=STEPS[0], max=STEPS[1], default=StyleMethod.TRANSPORT.default_steps,
    )
    diffusion_steps: IntProperty(
        name="Denoising Steps",
        description="In how many steps the picture is painted anew. More keep its forms more exactly, and take longer",
        min=STEPS[0], max=STEPS[1], soft_max=50, default=StyleMethod.DIFFUSION.default_steps,
    )
    prompt: StringProperty(
        name="Prompt",
        description="What the picture shows, and in what manner, for example \"a cat, ink wash\". Empty leaves it to "
                    "the style alone, which is quicker",
    )
    follows: EnumProperty(
        name="Follows",
        description="What the ControlNet sees of the scene, so that the painting keeps its forms: choose what it was "
                    "made for. For renders and views of this scene, its textures and films",
        items=_FOLLOWS,
        default="NOTHING",
    )
    ip_adapter: StringProperty(
        name="IP-Adapter",
        description="Folder with an IP-Adapter of the model's family (ip-adapter….safetensors) and CLIP's image "
                    "encoder (image_encoder). It shows the styles to a Stable Diffusion or SDXL model while it paints, "
                    "so that the look comes through more strongly. Empty uses none",
        subtype="DIR_PATH", options=PATH_OPTIONS,
    )
    ip_adapter_scale: FloatProperty(
        name="IP-Adapter Scale",
        description="How strongly the IP-Adapter shows the styles. 0 shows nothing, 1 is what it was made for",
        min=IP_ADAPTER_SCALE[0], max=IP_ADAPTER_SCALE[1], default=1.0,
    )
    seed: IntProperty(
        name="Seed",
        description="Number that the slow methods start from. The same seed gives the same picture again",
        min=0, max=MAX_SEED, default=0,
    )
    encoder: StringProperty(
        name="Encoder",
        description="Folder with the weights of a VGG19 (vgg19.safetensors) that sees pictures in place of the network "
                    "that comes along; for the instant method with its decoder (decoder.safetensors) too. Empty for "
                    "none",
        subtype="DIR_PATH", options=PATH_OPTIONS,
    )
    stylise_renders: BoolProperty(
        name="Stylise Renders",
        description="Stylise every finished render: a still becomes an image, each frame that is written gets a second "
                    "file beside it (\"NAME_styled.png\"). What the renderer wrote stays as it is. Each frame is "
                    "stylised by itself, so a film flickers: Stylise Film makes one that does not",
        default=False,
    )

    def style_method(self) -> StyleMethod:
        """What a request calls the method."""
        return StyleMethod[self.method]
