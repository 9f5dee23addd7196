"""What the Material panel asks for."""

from __future__ import annotations

from bpy.props import BoolProperty, EnumProperty, FloatProperty, IntProperty, PointerProperty, StringProperty
from bpy.types import Image, PropertyGroup

from ..protocol.material import MATERIAL_SIZE_PX
from ..protocol.requests import MAX_SEED, SIZE_STEP_PX
from .painting import WithSteps
from .paths import PATH_OPTIONS

__all__ = ["VERNISSAGE_PG_material"]

_WRAPS = (
    ("BOTH", "Both", "The picture goes on at its other side in both directions"),
    ("X", "Across", "Its right side goes on at its left: for bands and friezes"),
    ("Y", "Upwards", "Its upper side goes on at its lower"),
    ("NONE", "None", "It has borders"),
)
_PROJECTIONS = (
    ("UV", "UV", "Laid on by the UV layer that renders use; a unit of UV counts as a metre"),
    ("TRIPLANAR", "Triplanar", ("Laid on from three sides, in the object's metres: needs no UVs. The relief is made of "
                                "the height")),
)


class VERNISSAGE_PG_material(WithSteps, PropertyGroup):
    """What the surface is, and how it is laid on."""

    prompt: StringProperty(
        name="Prompt",
        description="What the surface is made of, for example \"mossy cobblestone\". With a picture it may stay empty; "
                    "if not, the model paints over where the picture's borders were joined",
        options={"TEXTEDIT_UPDATE"},
    )
    negative_prompt: StringProperty(
        name="Negative Prompt",
        description="What to keep out of the picture, for example \"rust, scratches\"",
    )
    picture: PointerProperty(
        name="Picture",
        description="A photo or a painting of a surface, seen from the front: the material is made of it in place of "
                    "the prompt",
        type=Image,
    )
    change: FloatProperty(
        name="Change",
        description="How much of the picture may be used to join its borders: more hides them better and leaves less "
                    "of the picture. 0 leaves it as it is",
        min=0.0, max=1.0, default=0.3, subtype="FACTOR",
    )
    size: IntProperty(
        name="Size",
        description="Side of the material's images in pixels. What is larger than the model's own pictures shows more "
                    "of the surface, and takes longer",
        min=MATERIAL_SIZE_PX[0], max=MATERIAL_SIZE_PX[1], step=SIZE_STEP_PX, default=512, subtype="PIXEL",
    )
    wrap: EnumProperty(
        name="Seamless",
        description="In which directions the material can be repeated without a seam",
        items=_WRAPS,
        default="BOTH",
    )
    seed: IntProperty(
        name="Seed",
        description="The same seed gives the same material; another gives another",
        min=0, max=MAX_SEED, default=0,
    )
    size_m: FloatProperty(
        name="Width",
        description="How wide a repetition is on the surface. The material's node has it too, to be changed later",
        min=0.001, soft_max=100.0, default=1.0, subtype="DISTANCE", unit="LENGTH",
    )
    projection: EnumProperty(
        name="Projection",
        description="How the material is laid on",
        items=_PROJECTIONS,
        default="UV",
    )
    hex_tiling: BoolProperty(
        name="Hex Tiling",
        description="Hide that the picture comes again, by moving hexagons of it by chance; renders take longer",
        default=False,
    )
    displacement: BoolProperty(
        name="Displacement",
        description="Move the surface itself in Cycles, rather than only bend its normals: the objects get a modifier "
                    "that subdivides them as finely as the camera sees",
        default=False,
    )
    active_slot_only: BoolProperty(
        name="Active Slot Only",
        description="Fill only the material slot that is chosen in each object's material list. The other slots stay "
                    "as they are",
        default=False,
    )
    intrinsics_model: StringProperty(
        name="Marigold Appearance",
        description="Folder of a Marigold intrinsics model (appearance), which tells colour without light, roughness "
                    "and metal. Empty takes what comes with Vernissage",
        subtype="DIR_PATH", options=PATH_OPTIONS,
    )
    normals_model: StringProperty(
        name="Marigold Normals",
        description="Folder of a Marigold normals model, which tells the relief; it goes with the other one",
        subtype="DIR_PATH", options=PATH_OPTIONS,
    )
