"""A camera that visits every work and stops before it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import bpy

from ...protocol.exhibition_plan import ExhibitionPlan, centre_of
from .parts import Part
from .visit import EYES_M, Point, start_of, stop_at, way

__all__ = ["CAMERA", "Stop", "connect_tour", "stops_of", "tour_parts"]

CAMERA = "tour camera"
_PATH, _TARGET = "tour path", "tour target"
_SPEED_M_S, _STOP_S, _FRAMES_S = 0.9, 3.0, 24
_LENS_MM = 20.0


@dataclass(frozen=True)
class Stop:
    """
    Attributes:
        at: on the floor.
        look: at what, in metres.
        route: how one gets there from the stop before; both ends with it.
    """

    work: str
    at: Point
    look: tuple[float, float, float]
    route: list[Point]


def stops_of(plan: ExhibitionPlan) -> list[Stop]:
    """Before each work, in the order of their numbers."""
    stops: list[Stop] = []
    at, _ = start_of(plan)
    room = plan.rooms[0].id
    for work in sorted(plan.works, key=lambda work: work.number):
        here = stop_at(plan, work)
        stops.append(Stop(work.id, here, centre_of(plan, work), way(plan, room, at, work.room, here)))
        at, room = here, work.room
    return stops


def tour_parts(plan: ExhibitionPlan, stops: list[Stop]) -> Iterator[Part]:
    """The path, the target and the camera; none without works."""
    if not stops:
        return
    start, (dx, dy) = start_of(plan)
    points = [start]
    frame, times, marks = 1.0, [(1.0, 0.0)], [(1.0, (start[0] + 4 * dx, start[1] + 4 * dy, EYES_M))]
    walked = 0.0
    for stop in stops:
        length = sum(math.dist(one, two) for one, two in zip(stop.route, stop.route[1:], strict=False))
        points += stop.route[1:]
        walked += length
        frame += max(length / _SPEED_M_S, 1.0) * _FRAMES_S
        for _ in range(2):
            times.append((round(frame), walked))
            marks.append((round(frame), stop.look))
            frame += _STOP_S * _FRAMES_S
        frame -= _STOP_S * _FRAMES_S
    told = [[round(value, 4) for point in points for value in point], times, marks]
    yield Part(_PATH, "", "", told[0], lambda: _path(points))
    yield Part(_TARGET, "", "", told[2], lambda: _target(marks), is_animated=True)
    yield Part(CAMERA, "", "", told, lambda: _camera([(time, far / max(walked, 1e-6)) for time, far in times]),
               is_animated=True)


def connect_tour(found: dict[str, bpy.types.Object]) -> int:
    """Bind the camera to its path and its target; the last frame. 0 without a tour."""
    camera, path, target = (found.get(name) for name in (CAMERA, _PATH, _TARGET))
    if camera is None or path is None or target is None:
        return 0
    for constraint in camera.constraints:
        if constraint.type == "FOLLOW_PATH" and constraint.target is None:
            constraint.target = path
        if constraint.type == "TRACK_TO" and constraint.target is None:
            constraint.target = target
    action = camera.animation_data.action if camera.animation_data else None
    return round(action.frame_range[1]) if action else 0


def _path(points: list[Point]) -> bpy.types.Object:
    curve = bpy.data.curves.new(_PATH, "CURVE")
    curve.dimensions, curve.use_path = "3D", True
    spline = curve.splines.new("POLY")
    spline.points.add(len(points) - 1)
    spline.points.foreach_set("co", [value for x, y in points for value in (x, y, EYES_M, 1.0)])
    return bpy.data.objects.new(_PATH, curve)


def _target(marks: list[tuple[float, tuple[float, float, float]]]) -> bpy.types.Object:
    each = bpy.data.objects.new(_TARGET, None)
    each.empty_display_size = 0.1
    for frame, at in marks:
        each.location = at
        each.keyframe_insert("location", frame=frame)
    return each


def _camera(times: list[tuple[float, float]]) -> bpy.types.Object:
    camera = bpy.data.cameras.new(CAMERA)
    camera.lens, camera.clip_start, camera.clip_end = _LENS_MM, 0.05, 1000
    each = bpy.data.objects.new(CAMERA, camera)
    follow = each.constraints.new("FOLLOW_PATH")
    follow.use_fixed_location = True
    aim = each.constraints.new("TRACK_TO")
    aim.track_axis, aim.up_axis = "TRACK_NEGATIVE_Z", "UP_Y"
    for frame, share in times:
        follow.offset_factor = share
        follow.keyframe_insert("offset_factor", frame=frame)
    return each
