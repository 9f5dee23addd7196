"""What an artist tells of a work that is exhibited."""

from __future__ import annotations

from bpy.props import EnumProperty, FloatProperty, StringProperty
from bpy.types import PropertyGroup

from ..protocol.exhibition_plan import WorkKind

__all__ = ["VERNISSAGE_PG_exhibited_work"]

_KINDS = (
    (WorkKind.PICTURE, "Picture", "It hangs"),
    (WorkKind.FILM, "Film", "It is shown on a screen"),
    (WorkKind.SCULPTURE, "Sculpture", "It stands on a plinth"),
)


class VERNISSAGE_PG_exhibited_work(PropertyGroup):
    """One work of the list; the names of what is told are those of a plan."""

    id: StringProperty(name="ID", description="What the plan names it by", options={"HIDDEN"})
    file: StringProperty(name="File", description="The work's file, as the plan names it", options={"HIDDEN"})
    planned: StringProperty(name="As Planned", description="What the plan tells of it, as JSON", options={"HIDDEN"})
    by_hand: StringProperty(
        name="By Hand",
        description="What of that was told in the list, as JSON",
        default="{}",
        options={"HIDDEN"},
    )
    ratio: FloatProperty(name="Ratio", description="Of its height to its width", default=1.0, options={"HIDDEN"})
    kind: EnumProperty(
        name="Kind",
        description="What it is",
        items=[(str(kind), name, description) for kind, name, description in _KINDS],
    )
    title: StringProperty(name="Title", description="Of the work, on its label and in the list of works")
    artist: StringProperty(name="Artist", description="Who made it")
    year: StringProperty(name="Year", description="When it was made, as the label says it")
    medium: StringProperty(name="Medium", description="What it is made of, for example \"oil on canvas\"")
    width_cm: FloatProperty(
        name="Width (cm)",
        description="Real width in centimetres. The height follows, as the picture has it",
        min=0.1, max=10_000.0, default=50.0, precision=1,
    )
    text: StringProperty(name="Text", description="What the label says of it below the title")
    alt: StringProperty(
        name="Description",
        description="What it shows, for visitors who cannot see it. A screen reader on the page reads it out",
    )
    rights: StringProperty(name="Rights", description="Who may do what with it, for example \"CC0\"")
    provenance: StringProperty(name="Provenance", description="Where it comes from, and who had it before")
