"""A camera that visits every work and stops before it."""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import bpy

from ...protocol.exhibition_plan import ExhibitionPlan, centre_of
from .parts import Part
from .path import PIECES, Knot, rounded, travelled
from .state import curves_of
from .visit import EYES_M, Point, is_clear, start_of, stop_at, way

__all__ = ["CAMERA", "Stop", "connect_tour", "last_frame_of", "stops_of", "tour_parts"]

CAMERA = "tour camera"
_PATH = "tour path"
_SPEED_M_S, _STOP_S, _FRAMES_S = 0.9, 3.0, 24
_TURN_DEG_S, _PEAK = 40.0, 1.6  # the fastest turn; over the mean of one that is eased
_LEAST_S = 1.0  # on the way between two looks
_LENS_MM = 20.0


@dataclass(frozen=True)
class Stop:
    """
    Attributes:
        at: on the floor.
        look: at what, in metres.
        legs: how one gets there from the stop before: the points within each room, both ends with them.
    """

    work: str
    at: Point
    look: tuple[float, float, float]
    legs: list[list[Point]]


@dataclass(frozen=True)
class _Key:
    """Where the camera is at a frame, in metres from the beginning of its path, and the angles that it looks in: its
    pitch above the horizon, and its yaw from +y to the west, not wrapped."""

    frame: int
    far_m: float
    pitch: float
    yaw: float


def stops_of(plan: ExhibitionPlan) -> list[Stop]:
    """Before each work, room by room, also where works were moved to another one; in a room in the order of their
    numbers."""
    stops: list[Stop] = []
    at, _ = start_of(plan)
    room = plan.rooms[0].id
    order = {each.id: place for place, each in enumerate(plan.rooms)}
    for work in sorted(plan.works, key=lambda work: (order[work.room], work.number)):
        here = stop_at(plan, work)
        stops.append(Stop(work.id, here, centre_of(plan, work), way(plan, room, at, work.room, here)))
        at, room = here, work.room
    return stops


def tour_parts(plan: ExhibitionPlan, stops: list[Stop]) -> Iterator[Part]:
    """The path and the camera; none without works."""
    if not stops:
        return
    knots, keys = _tour(plan, stops)
    told = [[round(value, 4) for knot in knots for point in (knot.before, knot.at, knot.after) for value in point],
            [[key.frame, *(round(value, 4) for value in (key.far_m, key.pitch, key.yaw))] for key in keys]]
    yield Part(_PATH, "", "", told[0], lambda: _path(knots))
    yield Part(CAMERA, "", "", told, lambda: _camera(keys), is_animated=True)


def connect_tour(found: dict[str, bpy.types.Object]) -> int:
    """Bind the camera to its path; the last frame. 0 without a tour."""
    camera, path = found.get(CAMERA), found.get(_PATH)
    if camera is None or path is None:
        return 0
    for constraint in camera.constraints:
        if constraint.type == "FOLLOW_PATH" and constraint.target is None:
            constraint.target = path
    return last_frame_of(camera)


def last_frame_of(camera: bpy.types.Object | None) -> int:
    """Of its tour; 0 without one."""
    action = camera.animation_data.action if camera is not None and camera.animation_data else None
    return round(action.frame_range[1]) if action else 0


def _tour(plan: ExhibitionPlan, stops: Sequence[Stop]) -> tuple[list[Knot], list[_Key]]:
    """The camera looks at works, and ahead in doors; where it turns far it takes its time."""
    start, ahead = start_of(plan)
    path, keys = [Knot(start, start, start)], [_Key(1, 0.0, 0.0, _yaw(ahead, 0.0))]
    for stop in stops:
        for points, look in _stretches(stop):
            knots = rounded(points, functools.partial(is_clear, plan))
            keys.append(_next(keys[-1], travelled(knots)[-1], look))
            path[-1:] = [replace(path[-1], after=knots[0].after), *knots[1:]]
        keys.append(replace(keys[-1], frame=keys[-1].frame + round(_STOP_S * _FRAMES_S)))
    return path, keys


def _stretches(stop: Stop) -> Iterator[tuple[list[Point], tuple[float, float, float]]]:
    """The ways to the middles of doors, and from the last one to the stop, and the directions in which one looks at
    their ends."""
    begin: list[Point] = []
    for one, two in itertools.pairwise(stop.legs):
        (west, south), (east, north) = one[-1], two[0]
        middle = (west + east) / 2, (south + north) / 2
        yield [*begin, *one, middle], (east - west, north - south, 0.0)
        begin = [middle]
    x, y, z = stop.look
    yield [*begin, *stop.legs[-1]], (x - stop.at[0], y - stop.at[1], z - EYES_M)


def _next(key: _Key, length_m: float, look: tuple[float, float, float]) -> _Key:
    east, north, up = look
    pitch, yaw = math.atan2(up, math.hypot(east, north)), _yaw((east, north), key.yaw)
    turn = math.degrees(math.hypot(pitch - key.pitch, yaw - key.yaw))
    seconds = max(length_m / _SPEED_M_S, turn * _PEAK / _TURN_DEG_S, _LEAST_S)
    return _Key(key.frame + math.ceil(seconds * _FRAMES_S), key.far_m + length_m, pitch, yaw)


def _yaw(ahead: Point, near: float) -> float:
    """From +y to the west, the one of all that are the same that is nearest to another."""
    return near + math.remainder(math.atan2(-ahead[0], ahead[1]) - near, math.tau)


def _path(knots: Sequence[Knot]) -> bpy.types.Object:
    curve = bpy.data.curves.new(_PATH, "CURVE")
    curve.dimensions, curve.use_path, curve.resolution_u = "3D", True, PIECES
    spline = curve.splines.new("BEZIER")
    spline.bezier_points.add(len(knots) - 1)
    for point, knot in zip(spline.bezier_points, knots, strict=True):
        point.handle_left_type = point.handle_right_type = "FREE"
        point.handle_left, point.co, point.handle_right = (
            (*each, EYES_M) for each in (knot.before, knot.at, knot.after))
    return bpy.data.objects.new(_PATH, curve)


def _camera(keys: Sequence[_Key]) -> bpy.types.Object:
    camera = bpy.data.cameras.new(CAMERA)
    camera.lens, camera.clip_start, camera.clip_end = _LENS_MM, 0.05, 1000
    each = bpy.data.objects.new(CAMERA, camera)
    follow = each.constraints.new("FOLLOW_PATH")
    follow.use_fixed_location = True
    for key in keys:
        follow.offset_factor = key.far_m / max(keys[-1].far_m, 1e-6)
        follow.keyframe_insert("offset_factor", frame=key.frame)
        each.rotation_euler = math.pi / 2 + key.pitch, 0.0, key.yaw
        each.keyframe_insert("rotation_euler", frame=key.frame)
    for curve in curves_of(each):  # whatever the artist's own keys are like
        for point in curve.keyframe_points:
            point.interpolation, point.handle_left_type, point.handle_right_type = (
                "BEZIER", "AUTO_CLAMPED", "AUTO_CLAMPED")
        curve.update()
    return each
