"""What rooms and doors are like, in numbers."""

from __future__ import annotations

from dataclasses import dataclass

from protocol.exhibition import Architecture
from protocol.exhibition_plan import Wall

__all__ = ["LARGEST_WORK_M", "PLAN_TYPES", "PlanType"]

LARGEST_WORK_M = (12.0, 7.0)  # width, height: what the largest of all walls takes


@dataclass(frozen=True, kw_only=True)
class PlanType:
    """
    Attributes:
        aspect: width of a room over its depth.
        least_m: of a room's sides.
        height_m: of ceilings, where works need no more.
        door_m: width and height of openings.
        doors_at: where doors between rooms of a row lie, as shares of its depth, by turns.
        rooms_in_row: at most; visitors go along one row and come back along the next.
        garden_m: between rows, which a passage crosses; 0 sets them wall to wall.
        glazed: walls of glass.
        has_hall: the first room is a hall along which all others lie.
    """

    aspect: float
    least_m: float
    height_m: float
    door_m: tuple[float, float]
    doors_at: tuple[float, ...]
    rooms_in_row: int = 5
    garden_m: float = 0.0
    glazed: tuple[Wall, ...] = ()
    has_hall: bool = False


PLAN_TYPES = {
    # Doors out of line: whoever comes in faces a whole wall (O'Doherty, "Inside the White Cube", 1976).
    Architecture.WHITE_CUBE: PlanType(aspect=1.25, least_m=6.0, height_m=4.2, door_m=(1.6, 2.6), doors_at=(0.3, 0.7)),
    # Doors on one axis: from each room all that follow are seen.
    Architecture.ENFILADE: PlanType(aspect=1.1, least_m=6.5, height_m=5.5, door_m=(1.5, 3.0), doors_at=(0.36,),
                                    rooms_in_row=7),
    # Narrow openings far out of line: no light falls from a room into the next.
    Architecture.BLACK_BOX: PlanType(aspect=1.0, least_m=6.0, height_m=3.6, door_m=(1.2, 2.2), doors_at=(0.22, 0.78)),
    Architecture.BRUTALIST: PlanType(aspect=1.0, least_m=7.0, height_m=6.5, door_m=(2.4, 3.2), doors_at=(0.5,),
                                     has_hall=True),
    # Glass to the south, onto a garden, under a roof that stands far out.
    Architecture.PAVILION: PlanType(aspect=1.5, least_m=6.0, height_m=3.8, door_m=(1.8, 2.6), doors_at=(0.35, 0.65),
                                    rooms_in_row=4, garden_m=5.0, glazed=(Wall.SOUTH,)),
}
