"""What the Compare Pictures panel asks for."""

from __future__ import annotations

from bpy.props import BoolProperty, StringProperty
from bpy.types import PropertyGroup

from .paths import PATH_OPTIONS

__all__ = ["VERNISSAGE_PG_comparison"]


class VERNISSAGE_PG_comparison(PropertyGroup):
    """Which pictures are compared."""

    folder: StringProperty(
        name="Folder",
        description="Folder with pictures to compare; those in folders within it count, too",
        subtype="DIR_PATH",
        options=PATH_OPTIONS,
    )
    to_image: BoolProperty(
        name="With This Image",
        description="Tell which pictures of the folder are nearest in style to the image that this editor shows, "
                    "rather than compare them with each other",
        default=False,
    )
