"""Which few views, besides those that are given, see most of the texture: greedy, by newly seen texel area × cosine."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from protocol.errors import BadInput

from .bake import map_view
from .camera import Camera
from .mesh import Mesh
from .threads import side_by_side
from .uv_raster import Texels
from .view_raster import rasterise_view

__all__ = ["GOOD_COSINE", "ViewPlan", "cosines_of", "frame_camera", "level_direction", "outline_of", "plan_views",
           "ring_directions"]

# Elevation in degrees and number of azimuths of each ring of candidates; the first candidate is the front.
_RINGS = ((0, 12), (25, 8), (-25, 8), (50, 6), (-50, 6), (90, 1), (-90, 1))
# Besides them, a view straight onto each of the mesh's widest flat sides: a wall that is met at an angle gets courses
# that run askew, for a painted view knows nothing of perspective. Sides within 15 degrees count as one.
_MAX_SIDES = 8
_SIDE_COSINE = math.cos(math.radians(15))
_MIN_SIDE_SHARE = 0.04
# A texel seen within 18 degrees of its normal is seen well: a still better view of it gains nothing. With 45 degrees
# two views onto opposite corners of a cube were enough for the planner, and its bricks ran in perspective.
GOOD_COSINE = 0.95
_LEVEL_SHARE = 0.3
_MAX_EXCHANGES, _MIN_EXCHANGE = 16, 1e-3
_COARSE_PX = 128
_MAX_SAMPLES = 16384
_MIN_SAMPLES_PER_OBJECT = 512
_MARGIN = 0.04


@dataclass(frozen=True, slots=True, eq=False)
class ViewPlan:
    """The chosen views.

    Attributes:
        cameras: the views: those that were given and see something, then the planned ones.
        coverage: share of the texels that at least one view is expected to see.
        gains: what each view adds to those before it, as a share of all texels (newly seen area times cosine).
    """

    cameras: list[Camera]
    coverage: float
    gains: list[float]


def plan_views(mesh: Mesh, texels: Sequence[Texels], *, size_px: int, given: Sequence[Camera] = (), max_views: int = 8,
               exact_views: int | None = None, fov_rad: float = math.radians(40), min_gain: float = 0.01,
               check: Callable[[], None] | None = None) -> ViewPlan:
    """Choose views around the objects whose texels are given. Deterministic.

    Args:
        texels: one entry for each object to be seen; a low resolution will do.
        size_px: side of the square views to be returned.
        given: views that are taken in any case, if they see anything; at most `max_views`.
        max_views: stop here, or as soon as a view adds less than `min_gain`.
        exact_views: return so many views, whatever they gain (up to 42).
        check: called between candidates; may raise to cancel.

    Raises:
        BadInput: the number of views is out of range, or there are no texels.
    """
    rings = ring_directions()
    wanted = max_views if exact_views is None else exact_views
    if not 1 <= wanted <= len(rings):
        raise BadInput("The number of views is {count}: must be from 1 to {most}.", "Choose another number of views.",
                       count=wanted, most=len(rings))
    if not texels:
        raise BadInput("There is no object to look at.", "Choose an object with faces.")
    object_ids = [t.object_id for t in texels]
    directions = np.concatenate([rings, _side_directions(mesh, object_ids)])
    outline = outline_of(mesh, object_ids)
    level = level_direction(mesh, object_ids)
    cameras = [frame_camera(direction, outline, mesh.center, size_px=size_px, fov_rad=fov_rad, vertical_up=level)
               for direction in directions]
    samples = [_thin(t, sum(len(t) for t in texels)) for t in texels]
    importance = np.concatenate([np.full(len(few), len(all_) / len(few)) for few, all_ in
                                 zip(samples, texels, strict=True)])
    importance /= importance.sum()

    def evaluate(camera: Camera) -> NDArray[np.float32]:
        if check is not None:
            check()
        return cosines_of(mesh, samples, replace(camera, width_px=_COARSE_PX, height_px=_COARSE_PX))

    cosines = np.stack(side_by_side(evaluate, [*cameras, *given]))
    scores = np.minimum(cosines / GOOD_COSINE, 1)
    fixed = [i for i in range(len(cameras), len(cosines)) if cosines[i].any()]
    cameras += given
    directions = np.concatenate([directions, *(_towards(camera) for camera in given)])

    chosen = _choose(fixed, scores, importance, directions, wanted, 0.0 if exact_views else min_gain,
                     exact_views is not None)
    if exact_views is None:
        chosen = _exchange(chosen, len(fixed), scores, importance, min_gain)
    gains = _gains(chosen, scores, importance)
    seen = (cosines[chosen] > 0).any(axis=0)
    return ViewPlan([cameras[i] for i in chosen], float(importance[seen].sum()), gains)


def frame_camera(direction: NDArray, points: NDArray, center: NDArray, *, size_px: int, fov_rad: float,
                 vertical_up: ArrayLike = (0.0, 1.0, 0.0)) -> Camera:
    """The nearest perspective camera in a direction that sees all points, with a margin of 4 %.

    The clip start lies just before the points, so that the walls of a room around the object are cut away.

    Args:
        direction: (3,) unit vector from the object to the camera.
        points: (P, 3) relative to `center`; `center`: (3,) world space.
        vertical_up: as in `Camera.look_at`.
    """
    axes = Camera.look_at(direction, np.zeros(3), size_px=size_px, fov_rad=fov_rad,
                          vertical_up=vertical_up).world_to_camera[:3, :3]
    local = points @ axes.T
    radius = max(float(np.linalg.norm(points, axis=1).max()), 1e-30)
    # A point at (x, z) is in view if |x - aim| <= t (distance - z): the two tightest points give aim and distance.
    t = math.tan(fov_rad / 2) * (1 - _MARGIN)
    aim, distance = np.zeros(3), 2 * radius
    for axis in range(2):
        high = (local[:, axis] + t * local[:, 2]).max()
        low = (-local[:, axis] + t * local[:, 2]).max()
        aim[axis] = (high - low) / 2
        distance = max(distance, (high + low) / 2 / t)
    near, far = distance - local[:, 2].max(), distance - local[:, 2].min()
    eye_in_camera_axes = aim + np.array([0, 0, distance])
    matrix = np.eye(4)
    matrix[:3, :3] = axes
    matrix[:3, 3] = -axes @ center - eye_in_camera_axes
    return Camera(matrix, size_px, size_px, fov_rad, clip_near=0.9 * near, clip_far=far + 2 * radius)


def _towards(camera: Camera) -> NDArray[np.float64]:
    """(1, 3) the unit vector from what a camera looks at to it."""
    return camera.world_to_camera[2:3, :3]


def ring_directions() -> NDArray[np.float64]:
    """(42, 3) unit vectors from the object to the camera; the first is Blender's front."""
    result = []
    for elevation, count in _RINGS:
        for i in range(count):
            azimuth, height = 2 * math.pi * i / count, math.radians(elevation)
            result.append((math.sin(azimuth) * math.cos(height), -math.cos(azimuth) * math.cos(height),
                           math.sin(height)))
    return np.array(result)


def _side_directions(mesh: Mesh, object_ids: Sequence[int]) -> NDArray[np.float64]:
    """(n, 3) the normals of the widest flat sides, the widest first; none where the surface is round."""
    is_target = np.isin(mesh.object_ids, list(object_ids))
    normals = mesh.face_normals[is_target].astype(np.float64)
    areas = mesh.face_areas[is_target].astype(np.float64)
    # Rounding gathers the faces of a side; 1/32 is two degrees.
    keys, group = np.unique(np.rint(normals * 32).astype(np.int64), axis=0, return_inverse=True)
    area = np.bincount(group.ravel(), areas, len(keys))
    mean: NDArray[np.float64] = np.stack(
        [np.bincount(group.ravel(), areas * normals[:, axis], len(keys)) for axis in range(3)], axis=1)
    mean /= np.maximum(np.linalg.norm(mean, axis=1, keepdims=True), 1e-300)
    sides: list[NDArray[np.float64]] = []
    for i in np.argsort(-area, kind="stable"):
        if len(sides) == _MAX_SIDES or area[i] < _MIN_SIDE_SHARE * area.sum():
            break
        if all(mean[i] @ side < _SIDE_COSINE for side in sides):
            sides.append(mean[i])
    return np.array(sides).reshape(-1, 3)


def level_direction(mesh: Mesh, object_ids: Sequence[int]) -> NDArray[np.float64]:
    """(3,) what is up in a view from above or below: along the edges of the horizontal faces, so that the courses of a
    turned box's lid run along its sides. World y where those edges have no two directions at right angles.
    """
    is_level = np.isin(mesh.object_ids, list(object_ids)) & (np.abs(mesh.face_normals[:, 2]) > _SIDE_COSINE)
    corners = mesh.positions[mesh.triangles[is_level]][..., :2].astype(np.float64)
    edges = corners - np.roll(corners, 1, axis=1)
    lengths = np.linalg.norm(edges, axis=2)
    lengths[np.arange(len(lengths)), lengths.argmax(axis=1)] = 0  # mostly the diagonal of a quad
    # Four times the angle is the same for all four directions of a rectangle.
    star = (lengths * np.exp(4j * np.arctan2(edges[..., 1], edges[..., 0]))).sum()
    if np.abs(star) < _LEVEL_SHARE * lengths.sum() or not len(corners):
        return np.array([0.0, 1.0, 0.0])
    turn = np.angle(star) / 4  # within 45 degrees of world x
    return np.array([-math.sin(turn), math.cos(turn), 0.0])


def outline_of(mesh: Mesh, object_ids: Sequence[int]) -> NDArray[np.float64]:
    """(P, 3) the objects' outermost vertices, relative to `mesh.center`.

    Only what is extreme in one of 256 directions, which are 7 degrees apart: what sticks out further does so by
    less than 1 % of the radius, and the margin is 4 %.
    """
    is_used = np.zeros(len(mesh.positions), bool)
    is_used[mesh.triangles[np.isin(mesh.object_ids, list(object_ids))].ravel()] = True
    points = mesh.positions[is_used] - mesh.center
    if len(points) <= 4096:
        return points
    k = np.arange(256) + 0.5
    z, turn = 1 - 2 * k / 256, k * math.pi * (1 + math.sqrt(5))
    rim = np.sqrt(1 - z * z)
    directions = np.stack([rim * np.cos(turn), rim * np.sin(turn), z], axis=1).astype(np.float32)
    columns = np.ascontiguousarray(points.T, np.float32)
    extreme = np.concatenate([(part @ columns).argmax(axis=1) for part in np.array_split(directions, 32)])
    return points[np.unique(extreme)]


def _thin(texels: Texels, total: int) -> Texels:
    """A few of the texels, evenly spread by a prime stride through the rows."""
    wanted = max(_MIN_SAMPLES_PER_OBJECT, _MAX_SAMPLES * len(texels) // total)
    return texels.subset(np.unique(np.linspace(0, len(texels) - 1, min(wanted, len(texels))).astype(np.int64)))


def cosines_of(mesh: Mesh, samples: Sequence[Texels], camera: Camera) -> NDArray[np.float32]:
    """(S,) cosine at which a view sees each sample, 0 where it does not."""
    raster = rasterise_view(mesh, camera)
    parts = []
    for few in samples:
        seen = map_view(mesh, few, raster, exponent=0, feather_px=0)
        cosine = np.zeros(len(few), np.float32)
        cosine[seen.texel] = seen.cosine
        parts.append(cosine)
    return np.concatenate(parts)


def _choose(fixed: list[int], scores: NDArray, importance: NDArray, directions: NDArray, wanted: int, min_gain: float,
            exact: bool) -> list[int]:
    """Indices of the views: the fixed ones, or else the front first; then the best, until a bound is met."""
    best = scores[fixed].max(axis=0, initial=0)
    chosen = list(fixed)
    while len(chosen) < wanted:
        gain = np.maximum(scores - best, 0) @ importance
        gain[chosen] = -1
        # Once everything is seen well, an exact number of views goes where there is most room between them.
        room = np.min(1 - directions @ directions[chosen].T, axis=1) if chosen else np.zeros(len(gain))
        pick = 0 if not chosen and gain[0] >= 0.01 else int(np.argmax(gain + 1e-6 * room))
        if gain[pick] < min_gain and not exact and chosen:
            break
        chosen.append(pick)
        best = np.maximum(best, scores[pick])
    return chosen


def _exchange(chosen: list[int], fixed: int, scores: NDArray, importance: NDArray, min_gain: float) -> list[int]:
    """The views, each put in the place of another as long as that shows more; then without those that add too little.
    The first `fixed` ones stay.

    What is best first need not be best together: for a box it is a view onto a corner, in the end it is its six sides.
    """
    chosen = list(chosen)
    for _ in range(_MAX_EXCHANGES):
        value = scores[chosen].max(axis=0) @ importance
        best_swap = (value + _MIN_EXCHANGE, 0, 0)
        for place in range(fixed, len(chosen)):
            others = scores[chosen[:place] + chosen[place + 1:]].max(axis=0, initial=0)
            values = np.maximum(scores, others) @ importance
            pick = int(np.argmax(values))
            best_swap = max(best_swap, (float(values[pick]), -place, -pick))
        if best_swap[0] <= value + _MIN_EXCHANGE:
            break
        chosen[-best_swap[1]] = -best_swap[2]
    while len(chosen) > max(1, fixed):
        value = scores[chosen].max(axis=0) @ importance
        losses = [value - scores[chosen[:place] + chosen[place + 1:]].max(axis=0) @ importance
                  for place in range(fixed, len(chosen))]
        least = int(np.argmin(losses))
        if losses[least] >= min_gain:
            break
        del chosen[fixed + least]
    return chosen


def _gains(chosen: list[int], scores: NDArray, importance: NDArray) -> list[float]:
    """What each view adds to those before it."""
    best = np.zeros(scores.shape[1])
    gains = []
    for view in chosen:
        gains.append(float(np.maximum(scores[view] - best, 0) @ importance))
        best = np.maximum(best, scores[view])
    return gains
