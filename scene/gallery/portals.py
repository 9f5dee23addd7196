"""Where the sky looks into a room: Cycles then looks for its light there alone, which leaves far less noise."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager

import bpy

from ...protocol.exhibition_plan import ExhibitionPlan, Room, Wall, wall_length
from .parts import PART
from .rooms import on_wall

__all__ = ["portals"]

_NAME = "Vernissage Portal"
_OUT_M = 0.02  # before the panes


@contextmanager
def portals(plan: ExhibitionPlan, room: Room) -> Iterator[None]:
    """Within the block, skylights, walls of glass and doors into the open are portals."""
    openings = [(wall, wall_length(room, wall) / 2, wall_length(room, wall), room.height_m) for wall in room.glazed]
    openings += [(door.wall, door.along_m, door.width_m, door.height_m) for door in plan.doors_of(room)
                 if not door.to and door.wall not in room.glazed]
    has_sky = bpy.context.scene.world is not None  # Cycles crashes on portals without one
    lamps = [_portal(room, *opening) for opening in openings if has_sky]
    lamps += [_above(each) for each in list(bpy.context.scene.objects)
              if has_sky and each.type == "LIGHT" and each.get(PART, "").startswith(f"{room.id} daylight ")]
    try:
        yield
    finally:
        bpy.data.batch_remove(lamps)


def _above(daylight: bpy.types.Object) -> bpy.types.Light:
    """Of the lamp that stands for what comes through a skylight, which fills it."""
    lamp = daylight.data.copy()
    lamp.cycles.is_portal = True
    holder = bpy.data.objects.new(_NAME, lamp)
    holder.matrix_world = daylight.matrix_world
    bpy.context.scene.collection.objects.link(holder)
    return lamp


def _portal(room: Room, wall: Wall, along_m: float, width_m: float, height_m: float) -> bpy.types.Light:
    lamp = bpy.data.lights.new(_NAME, "AREA")
    lamp.shape, lamp.size, lamp.size_y = "RECTANGLE", width_m, height_m
    lamp.cycles.is_portal = True
    holder = bpy.data.objects.new(_NAME, lamp)
    location, turn = on_wall(room, wall, along_m, height_m / 2, _OUT_M)
    holder.location, holder.rotation_euler = location, (-math.pi / 2, 0, turn)
    bpy.context.scene.collection.objects.link(holder)
    return lamp
