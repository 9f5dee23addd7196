"""What the Exhibition panel asks for."""

from __future__ import annotations

from bpy.path import abspath  # not `bpy`: 4.2 never lets go of these classes, nor of what they see
from bpy.props import BoolProperty, CollectionProperty, EnumProperty, IntProperty, StringProperty
from bpy.types import PropertyGroup

from ..protocol.exhibition import WORKS_PER_ROOM, Architecture, Curation, LightQuality
from ..protocol.requests import MAX_SEED
from .exhibited_work import VERNISSAGE_PG_exhibited_work
from .paths import PATH_OPTIONS

__all__ = ["VERNISSAGE_PG_exhibition"]

_CURATIONS = (
    (Curation.AUTO, "Automatic", "By hand where works.csv names rooms, by theme where it names themes, else by style"),
    (Curation.HAND, "By Hand", "As the column “room” of works.csv says"),
    (Curation.THEME, "Theme", "As the column “theme” of works.csv says"),
    (Curation.STYLE, "Style", "Works that are alike share a room"),
    (Curation.DATE, "Date", "From the oldest to the newest"),
)
_ARCHITECTURES = (
    (Architecture.WHITE_CUBE, "White Cube", "White walls, a light floor, even light"),
    (Architecture.ENFILADE, "Enfilade", "Rooms with doors in one line, painted walls and skirting, parquet"),
    (Architecture.BLACK_BOX, "Black Box", "Dark rooms, light on the works alone"),
    (Architecture.BRUTALIST, "Brutalist", "High halls of concrete"),
    (Architecture.PAVILION, "Pavilion", "Walls of glass, in the open"),
)
_LIGHTS = (
    (LightQuality.OFF, "Off", "Plain light, at once"),
    (LightQuality.DRAFT, "Draft", "To see whether all is right: half a minute of one core a room"),
    (LightQuality.GOOD, "Good", "For visitors: about two minutes of one core a room"),
    (LightQuality.BEST, "Best", "Finer shadows, no noise: many minutes a room"),
)


class VERNISSAGE_PG_exhibition(PropertyGroup):
    """Which works are shown, and how."""

    works: StringProperty(
        name="Works",
        description="Folder with pictures, films and GLB sculptures; those in folders within it count, too. A "
                    "works.csv in it may tell their titles, artists, sizes and rooms",
        subtype="DIR_PATH",
        options=PATH_OPTIONS,
    )
    images: BoolProperty(
        name="Images of This File",
        description="Hang the pictures that Vernissage has painted or stylised in this file, and the panoramas of its "
                    "Worlds, too. They are written into “works” in the plan's folder",
        default=False,
    )
    objects: BoolProperty(
        name="Selected Objects",
        description="Show the selected mesh objects, too, as sculptures in their real size. They are written into "
                    "“works” in the plan's folder",
        default=False,
    )
    folder: StringProperty(
        name="Plan Folder",
        description="Folder for exhibition.json, which can be edited, and plan.png, which shows it",
        subtype="DIR_PATH",
        options=PATH_OPTIONS,
        default="//exhibition",
    )
    title: StringProperty(
        name="Title",
        description="Of the exhibition, on its poster and over its plan",
    )
    text: StringProperty(
        name="Text",
        description="What visitors read of the exhibition, on a wall of its first room and on the page",
    )
    curation: EnumProperty(
        name="Rooms",
        description="What decides on the room of a work",
        items=[(str(kind), name, description) for kind, name, description in _CURATIONS],
        default=str(Curation.AUTO),
    )
    architecture: EnumProperty(
        name="Architecture",
        description="What rooms, doors and light are like",
        items=[(str(kind), name, description) for kind, name, description in _ARCHITECTURES],
        default=str(Architecture.WHITE_CUBE),
    )
    works_per_room: IntProperty(
        name="Works per Room",
        description="How many works a room has about; rooms that are chosen by hand have theirs",
        min=WORKS_PER_ROOM[0], max=WORKS_PER_ROOM[1], default=9,
    )
    seed: IntProperty(
        name="Seed",
        description="The same seed gives the same plan",
        min=0, max=MAX_SEED, default=0,
    )

    listed: CollectionProperty(
        name="Works of the Plan",
        description="What labels and the page tell of each work. Build Exhibition writes it into the plan",
        type=VERNISSAGE_PG_exhibited_work,
    )
    listed_folder: StringProperty(
        name="Folder of the List",
        description="Plan Folder of the plan whose works are listed",
        subtype="DIR_PATH",
        options={"HIDDEN"},
    )
    active_listed: IntProperty(name="Work", description="The one that is shown below", min=0)
    light: EnumProperty(
        name="Light",
        description="How much work goes into the light of the page's rooms, which Cycles bakes with the lamps and all "
                    "else as they are in the scene",
        items=[(str(kind), name, description) for kind, name, description in _LIGHTS],
        default=str(LightQuality.GOOD),
    )

    @property
    def works_path(self) -> str:
        """Absolute; "" for none."""
        return abspath(self.works) if self.works.strip() else ""

    @property
    def folder_path(self) -> str:
        """Absolute, but in a file that was never saved; "" for none."""
        return abspath(self.folder) if self.folder.strip() else ""
