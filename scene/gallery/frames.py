"""How much room there is around what hangs: for its frame, its mount and its label."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ...protocol.exhibition_plan import ExhibitionPlan, Hung, PlannedWork, WorkKind, wall_length
from .looks import Frame

__all__ = ["Border", "Rect", "border_of", "label_place", "neighbours"]

_APART_M = 0.005
_MOUNTED_M = 0.75  # works of a longer diagonal have no mount
_LABEL_GAP_M = 0.06
_LABEL_LOW_M, _LABEL_HIGH_M = 1.1, 1.35  # of the middles of labels

Rect = tuple[float, float, float, float]  # left, bottom, right, top on a wall, as seen from within


@dataclass(frozen=True)
class Border:
    """Around a work.

    Attributes:
        mount_m, frame_m: widths; 0 for none.
        lip_m: how far the frame stands out before the work.
    """

    mount_m: float = 0.0
    frame_m: float = 0.0
    lip_m: float = 0.0

    @property
    def width_m(self) -> float:
        return self.mount_m + self.frame_m


def neighbours(plan: ExhibitionPlan, work: PlannedWork) -> list[Rect]:
    """What a work must not meet on its wall: other works, and openings."""
    assert isinstance(work.place, Hung)
    found = [_rect(other, other.place) for other in plan.works
             if other.id != work.id and other.room == work.room and isinstance(other.place, Hung)
             and other.place.wall is work.place.wall]
    return found + [(door.along_m - door.width_m / 2, 0.0, door.along_m + door.width_m / 2, door.height_m)
                    for door in plan.doors_of(plan.room(work.room)) if door.wall is work.place.wall]


def border_of(plan: ExhibitionPlan, work: PlannedWork, frame: Frame) -> Border:
    """As the architecture has it, and no wider than half of what is free around the work."""
    assert isinstance(work.place, Hung)
    room = plan.room(work.room)
    left, bottom, right, top = own = _rect(work, work.place)
    free = min([left, wall_length(room, work.place.wall) - right, bottom - 0.3, room.height_m - top - 0.25,
                *(_between(own, other) / 2 for other in neighbours(plan, work))]) - _APART_M
    if work.kind is WorkKind.FILM:
        return Border(frame_m=0.012, lip_m=0.004) if free >= 0.012 else Border()
    mount = frame.mount_m if work.diagonal_m <= _MOUNTED_M else 0.0
    width = min(frame.width_m, max(0.3 * min(work.width_m, work.height_m), 0.008))
    if free >= mount + width:
        return Border(mount, width, frame.lip_m)
    return Border(0.0, width, frame.lip_m) if free >= width else Border()


def label_place(plan: ExhibitionPlan, work: PlannedWork, border: float, size: tuple[float, float],
                taken: Sequence[Rect]) -> tuple[float, float] | None:
    """Where on the wall the middle of a work's label is: right of it, else left of it, else below; None where there is
    no room for it.

    Args:
        border: around the work.
        size: of the label, width and height.
        taken: the other works with their frames, openings, and other labels.
    """
    assert isinstance(work.place, Hung)
    room = plan.room(work.room)
    left, bottom, right, _ = _rect(work, work.place)
    width, height = size
    level = min(max(bottom - border + height / 2, _LABEL_LOW_M), _LABEL_HIGH_M)
    beside = border + _LABEL_GAP_M + width / 2
    for x, y in ((right + beside, level), (left - beside, level), (right + beside - 0.03, level),
                 (work.place.along_m, bottom - border - _LABEL_GAP_M - height / 2)):
        rect = x - width / 2, y - height / 2, x + width / 2, y + height / 2
        if rect[0] >= 0.02 and rect[2] <= wall_length(room, work.place.wall) - 0.02 and rect[1] >= 0.35 \
                and all(_between(rect, other) > 0.01 for other in taken):
            return x, y
    return None


def _rect(work: PlannedWork, place: Hung) -> Rect:
    return (place.along_m - work.width_m / 2, place.centre_m - work.height_m / 2,
            place.along_m + work.width_m / 2, place.centre_m + work.height_m / 2)


def _between(one: Rect, other: Rect) -> float:
    """How far apart they are, along the wall or up it; below 0 where they overlap."""
    return max(other[0] - one[2], one[0] - other[2], other[1] - one[3], one[1] - other[3])
