"""What the Film panel asks for."""

from __future__ import annotations

from bpy.props import BoolProperty, EnumProperty, IntProperty, StringProperty
from bpy.types import PropertyGroup

from ..protocol.film import Anchor
from ..protocol.requests import PictureFormat
from .formats import FORMATS
from .paths import PATH_OPTIONS

__all__ = ["VERNISSAGE_PG_film"]

_ANCHORS = (
    ("SURFACE", "Surfaces", ("Brush strokes move with what they are painted on, and nothing flickers. For Cycles, "
                             "which tells how things move")),
    ("SCREEN", "Screen", ("Brush strokes stay where they are in the picture, and things move behind them. Each frame "
                          "is stylised by itself, by the same measure")),
)


class VERNISSAGE_PG_film(PropertyGroup):
    """What is to become of the scene's frames."""

    use_range: BoolProperty(
        name="Frame Range",
        description="Render other frames than those of the scene",
        default=False,
    )
    start: IntProperty(
        name="Start",
        description="First frame of the film",
        min=0, default=1,
    )
    end: IntProperty(
        name="End",
        description="Last frame of the film",
        min=0, default=48,
    )
    anchor: EnumProperty(
        name="Strokes Cling To",
        description="What the brush strokes move with",
        items=_ANCHORS,
        default="SURFACE",
    )
    folder: StringProperty(
        name="Folder",
        description="Where the stylised frames are written. Frames of an earlier film of Vernissage's in it are "
                    "replaced one by one; no other file is",
        subtype="DIR_PATH",
        default="//stylised_film/",
        options=PATH_OPTIONS,
    )
    picture_format: EnumProperty(
        name="Format",
        description="How the frames are kept",
        items=FORMATS,
        default="PNG_8",
    )
    add_strip: BoolProperty(
        name="Add Strip",
        description="Also put the film into the scene's sequencer, above what is there. Blender then renders the strip "
                    "instead of the camera, unless Sequencer is off under Output > Post Processing",
        default=False,
    )
    before: StringProperty(
        name="Before",
        description="The scene's render settings while a frame of a film is rendered. They are set again afterwards",
        options={"HIDDEN"},
    )

    def film_anchor(self) -> Anchor:
        """What a request calls it."""
        return Anchor[self.anchor]

    def film_format(self) -> PictureFormat:
        """What a request calls it."""
        return PictureFormat[self.picture_format]
