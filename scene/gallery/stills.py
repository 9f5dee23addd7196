"""Pictures of rooms, as a visitor sees them who has come in."""

from __future__ import annotations

import math
import os
from pathlib import Path

import bpy
from mathutils import Vector

from ...protocol.errors import StorageError
from ...protocol.exhibition_plan import ExhibitionPlan, Hung, Room, centre_of, inward, point_on_wall
from .settings import changed_settings, cycles, png_file
from .visit import EYES_M

__all__ = ["render_still", "view_of"]

_LENS_MM, _LEAST_BACK_M = 19.0, 0.35


def view_of(plan: ExhibitionPlan, room: Room) -> tuple[tuple[float, float, float], tuple[float, float, float]]:
    """Eyes and what they look at: from the corner from which most of what hangs is seen, with the focal work."""
    works = [work for work in plan.works if work.room == room.id]
    corners = [(room.x_m + (_LEAST_BACK_M if west else room.width_m - _LEAST_BACK_M),
                room.y_m + (_LEAST_BACK_M if south else room.depth_m - _LEAST_BACK_M))
               for west in (True, False) for south in (True, False)]
    middle = room.x_m + room.width_m / 2, room.y_m + room.depth_m / 2

    def seen(corner: tuple[float, float]) -> float:
        total = 0.0
        for work in works:
            x, y, _ = centre_of(plan, work)
            if isinstance(work.place, Hung):
                dx, dy = inward(work.place.wall)
                facing = ((corner[0] - x) * dx + (corner[1] - y) * dy) / max(math.dist(corner, (x, y)), 1e-6)
                total += max(facing - 0.25, 0.0) * work.width_m * work.height_m * (3.0 if work.is_focal else 1.0)
        doors = sum(math.dist(corner, point_on_wall(room, door.wall, door.along_m)) for door in plan.doors_of(room))
        return total + 0.02 * doors

    best = max(corners, key=seen)
    look = tuple(0.62 * one + 0.38 * other for one, other in zip(
        middle, (2 * middle[0] - best[0], 2 * middle[1] - best[1]), strict=True))
    return (*best, EYES_M), (look[0], look[1], 1.55)


def render_still(scene: bpy.types.Scene, plan: ExhibitionPlan, room: Room, target: Path, *, width_px: int,
                 height_px: int, samples: int) -> None:
    """A PNG by Cycles; the scene is as it was afterwards.

    Raises:
        StorageError: it cannot be written.
    """
    eyes, look = view_of(plan, room)
    data = bpy.data.cameras.new("still")
    data.lens, data.clip_start, data.shift_y = _LENS_MM, 0.05, 0.04
    camera = bpy.data.objects.new("still", data)
    scene.collection.objects.link(camera)
    camera.location = eyes
    camera.rotation_euler = Vector((look[0] - eyes[0], look[1] - eyes[1], 0.0)).to_track_quat("-Z", "Y").to_euler()
    wanted = [(scene, "camera", camera), *cycles(scene, samples), *png_file(scene),
              (scene.render, "resolution_x", width_px), (scene.render, "resolution_y", height_px),
              (scene.render, "resolution_percentage", 100), (scene.render, "filepath", str(target))]
    try:
        with changed_settings(wanted):
            bpy.ops.render.render(write_still=True, scene=scene.name)
    except RuntimeError as error:
        raise StorageError("{path} could not be written.", "Name another folder, or make room on the disk.",
                           path=target) from error
    finally:
        bpy.data.cameras.remove(data)
    if not os.path.isfile(target):
        raise StorageError("{path} could not be written.", "Name another folder, or make room on the disk.",
                           path=target)
