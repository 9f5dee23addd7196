"""Which pixels of a view colour which texels.

A map is made once a view on the CPU and holds indices and weights only; `transfer` applies it on whatever device the
images are on, as often as the denoising asks for it.
"""

# ruff: noqa: ANN001, ANN201, ANN202 -- the kernels at the end: numba takes the types from what is passed in.
from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from .camera import Camera
from .mesh import Mesh
from .uv_raster import Texels
from .view_raster import ViewRaster

__all__ = ["ViewMap", "edge_distance", "filter_pixels", "join_maps", "map_view"]


@dataclass(frozen=True, slots=True, eq=False)
class ViewMap:
    """The M texels of one texture that one view sees, and where it sees them.

    Attributes:
        texel: (M,) int32, ascending, index into the compact arrays of `Texels`.
        tap: (M,) int32, four times the flat index of the pixel that counts most, plus 1 if the pixel beside it of the
            bilinear filter is the left one, plus 2 if that in the other row is above.
        tap_weights: (M, 3) float32, weights of the pixel beside it, of that in the other row and of the one beside
            that; 0 if it shows another surface. The first has what is missing to 1.
        weight: (M,) float32 above 0: how much this view counts in the blend.
        cosine: (M,) float32: cosine between the geometric normal and the direction to the camera.
        height_px, width_px: size of the view.
    """

    texel: NDArray[np.int32]
    tap: NDArray[np.int32]
    tap_weights: NDArray[np.float32]
    weight: NDArray[np.float32]
    cosine: NDArray[np.float32]
    height_px: int
    width_px: int

    def __len__(self) -> int:
        return len(self.texel)

    @property
    def pixels(self) -> NDArray[np.int32]:
        """(M, 4) flat indices of the filter's pixels; those without weight repeat the first."""
        main = self.tap >> 2
        beside = np.where(self.tap & 1, np.int32(-1), np.int32(1))
        other = np.where(self.tap & 2, np.int32(-self.width_px), np.int32(self.width_px))
        steps = np.stack([beside, other, beside + other], axis=1)
        return np.concatenate([main[:, None], main[:, None] + np.where(self.tap_weights > 0, steps, 0)], axis=1)

    def part(self, chosen: slice | NDArray[np.int64]) -> ViewMap:
        """Of some of its texels."""
        return ViewMap(self.texel[chosen], self.tap[chosen], self.tap_weights[chosen], self.weight[chosen],
                       self.cosine[chosen], self.height_px, self.width_px)


def map_view(mesh: Mesh, texels: Texels, raster: ViewRaster, *, exponent: float = 6.0, feather_px: int = 4,
             max_angle_rad: float = math.radians(83)) -> ViewMap:
    """Find the texels that a view sees, their pixels and their blend weights.

    A texel is seen if its geometric normal faces the camera and a pixel beside its projection shows the same
    object at the depth where the texel's plane passes through that pixel. The tolerance grows with the slope
    of that plane, because a fixed one fails 31 % of the texels of a plane seen at 75 degrees.

    Args:
        exponent: e of the weight cos(angle)^e; 0 lets all views count alike, 6 lets the most frontal win.
        feather_px: the weight rises from nearly 0 at a silhouette or depth step to its full value this many
            pixels inside, so that views join softly and bled background counts last.
        max_angle_rad: nothing is seen at a larger angle; the weight fades out over the last 7 degrees.
    """
    camera = raster.camera
    view, eye = _camera_at(camera, mesh.center)
    lens = np.array([camera.focal_px, *camera.principal_px])
    limits = np.array([camera.clip_near, camera.clip_far, math.cos(max_angle_rad),
                       math.cos(max_angle_rad - math.radians(7)), exponent])
    # How much a pixel counts, by its distance from the edge.
    inner = np.minimum(1.0, (np.arange(feather_px + 3) + 0.25) / (feather_px + 1)).astype(np.float64)
    facing, rise = _planes(mesh.positions, mesh.center, mesh.triangles, mesh.face_normals, view, eye, lens[0],
                           camera.is_orthographic)
    distance = _rimmed_edge_distance(mesh, raster, rise, feather_px + 2)
    # Memory that is never written to is never taken: what is beyond the texels that are seen costs nothing.
    count = len(texels)
    texel, tap = np.empty(count, np.int32), np.empty(count, np.int32)
    tap_weights, weight = np.empty((count, 3), np.float32), np.empty(count, np.float32)
    cosine = np.empty(count, np.float32)
    m = _map(texels.positions, texels.normals, texels.triangle, facing, rise, mesh.object_ids, view, eye, lens,
             camera.is_orthographic, limits, raster.triangle, raster.nearness, distance,
             inner, texel, tap, tap_weights, weight, cosine)
    return ViewMap(texel[:m], tap[:m], tap_weights[:m], weight[:m], cosine[:m], camera.height_px, camera.width_px)


def join_maps(parts: Sequence[tuple[int, ViewMap]]) -> ViewMap:
    """One map of what a view sees of several textures, whose texels are counted on: (number of the first, map)."""
    if len(parts) == 1 and parts[0][0] == 0:
        return parts[0][1]
    texel, tap, tap_weights, weight, cosine = (
        np.concatenate(arrays) for arrays in
        zip(*((part.texel + np.int32(start), part.tap, part.tap_weights, part.weight, part.cosine)
              for start, part in parts), strict=True))
    return ViewMap(texel, tap, tap_weights, weight, cosine, parts[0][1].height_px, parts[0][1].width_px)


def edge_distance(mesh: Mesh, raster: ViewRaster, limit_px: int) -> NDArray[np.uint8]:
    """Steps (H, W) uint8 from each pixel to the nearest silhouette, depth step or frame border, up to a limit.

    A pixel beside an edge has 0; so has the background. Diagonal steps count 1 (chessboard distance).
    """
    camera = raster.camera
    _, rise = _planes(mesh.positions, mesh.center, mesh.triangles, mesh.face_normals,
                      *_camera_at(camera, mesh.center), camera.focal_px, camera.is_orthographic)
    return _rimmed_edge_distance(mesh, raster, rise, limit_px)[1:-1, 1:-1].copy()


def _camera_at(camera: Camera, center: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """From space relative to the mesh's centre to the camera's (3, 4); the camera's place (perspective) or its
    backward axis (orthographic) there (3,).
    """
    view = np.ascontiguousarray(camera.world_to_camera[:3]).copy()
    view[:, 3] += view[:, :3] @ center
    return view, view[2, :3].copy() if camera.is_orthographic else -view[:, :3].T @ view[:, 3]


def _rimmed_edge_distance(mesh: Mesh, raster: ViewRaster, rise: NDArray[np.float64], limit_px: int
                          ) -> NDArray[np.uint8]:
    """`edge_distance` with a rim of zeros: (H + 2, W + 2)."""
    camera = raster.camera
    out = np.zeros((camera.height_px + 2, camera.width_px + 2), np.uint8)
    _edge_distance(raster.triangle, mesh.object_ids, raster.nearness, rise, 1 / camera.focal_px,
                   camera.is_orthographic, min(limit_px, 250), out)
    return out


@njit(cache=True, nogil=True, error_model="numpy", inline="always")
def filter_pixels(tap, weights, width):
    """One row of `ViewMap.pixels`, for kernels: tap, weights (3,) of the map's row; the width of the view."""
    main = tap >> 2
    beside, other = (-1 if tap & 1 else 1), (-width if tap & 2 else width)
    return (main, main + beside if weights[0] > 0 else main, main + other if weights[1] > 0 else main,
            main + beside + other if weights[2] > 0 else main)


@njit(cache=True, nogil=True, error_model="numpy")
def _tolerance(nearness, step_x, step_y, footprint, orthographic):
    """One pixel's footprint and half of what the plane rises over a pixel, as a difference of nearness."""
    slope = abs(step_x) + abs(step_y)
    if orthographic:
        return footprint + 0.5 * slope
    return nearness * footprint + 0.5 * min(slope, 12.0 * nearness * footprint)


@njit(cache=True, nogil=True, error_model="numpy")
def _edge_distance(triangle, object_ids, nearness, rises, footprint, orthographic, limit, out):
    """Fill the inner part of `out` (H + 2, W + 2), whose rim is 0, so that no pixel lacks a neighbour."""
    height, width = triangle.shape
    out[1:-1, 1:-1] = limit
    for row in range(height):
        for column in range(width):
            t = triangle[row, column]
            if t < 0 or row == 0 or column == 0 or row == height - 1 or column == width - 1:
                out[row + 1, column + 1] = 0
            # To the right and downwards: is it one unbroken surface, by the plane of either pixel?
            for down in range(2):
                row2, column2 = row + down, column + 1 - down
                if row2 == height or column2 == width:
                    continue
                t2 = triangle[row2, column2]
                if t == t2:
                    continue
                if t >= 0 and t2 >= 0 and object_ids[t] == object_ids[t2]:
                    here, there = np.float64(nearness[row, column]), np.float64(nearness[row2, column2])
                    x, y = rises[t, 0], rises[t, 1]
                    rise = y if down else x
                    if abs(here + rise - there) <= _tolerance(here, x, y, footprint, orthographic):
                        continue
                    x, y = rises[t2, 0], rises[t2, 1]
                    rise = y if down else x
                    if abs(there - rise - here) <= _tolerance(there, x, y, footprint, orthographic):
                        continue
                out[row + 1, column + 1] = out[row2 + 1, column2 + 1] = 0
    # From above and to the right, then from below and to the left. A loop for the other row, which the compiler does
    # many pixels at a time, and one along the row.
    best = np.empty(width, np.uint8)
    for row in range(1, height + 1):
        other = out[row - 1]
        for k in range(width):
            best[k] = min(min(other[k], other[k + 1]), other[k + 2])
        before = out[row, 0]
        for k in range(width):
            before = min(np.uint8(min(before, best[k]) + np.uint8(1)), out[row, k + 1])
            out[row, k + 1] = before
    for row in range(height, 0, -1):
        other = out[row + 1]
        for k in range(width):
            best[k] = min(min(other[k], other[k + 1]), other[k + 2])
        before = out[row, width + 1]
        for k in range(width - 1, -1, -1):
            before = min(np.uint8(min(before, best[k]) + np.uint8(1)), out[row, k + 1])
            out[row, k + 1] = before


@njit(cache=True, nogil=True, error_model="numpy")
def _planes(positions, center, triangles, face_normals, view, eye, focal, orthographic):
    """How far the camera is in front of each triangle's plane (orthographic: the cosine), and by how much the plane's
    nearness changes over a pixel to the right and downwards: the same for all texels of a triangle.
    """
    facing, rise = np.empty(len(triangles)), np.empty((len(triangles), 2))
    for t in range(len(triangles)):
        nx, ny, nz = face_normals[t, 0], face_normals[t, 1], face_normals[t, 2]
        if orthographic:
            facing[t] = nx * eye[0] + ny * eye[1] + nz * eye[2]
        else:
            p = triangles[t, 0]
            facing[t] = (nx * (eye[0] - (positions[p, 0] - center[0])) + ny * (eye[1] - (positions[p, 1] - center[1]))
                         + nz * (eye[2] - (positions[p, 2] - center[2])))
        # From its normal in camera space.
        gx = view[0, 0] * nx + view[0, 1] * ny + view[0, 2] * nz
        gy = view[1, 0] * nx + view[1, 1] * ny + view[1, 2] * nz
        gz = view[2, 0] * nx + view[2, 1] * ny + view[2, 2] * nz
        against = -(gz if orthographic else facing[t]) * focal
        rise[t, 0], rise[t, 1] = gx / against, -gy / against
    return facing, rise


@njit(cache=True, nogil=True, error_model="numpy")
def _is_seen(own, step_x, step_y, dx, dy, there, hit_x, hit_y, footprint, orthographic):
    """Whether a texel of this nearness and the surface in a pixel beside it are one, by the plane of either."""
    if abs(own + step_x * dx + step_y * dy - there) <= _tolerance(own, step_x, step_y, footprint, orthographic):
        return True
    return abs(there - hit_x * dx - hit_y * dy - own) <= _tolerance(there, hit_x, hit_y, footprint, orthographic)


@njit(cache=True, nogil=True, error_model="numpy")
def _map(positions, normals, triangle, facing, rise, object_ids, view, eye, lens, orthographic, limits,
         hit_triangle, hit_nearness, edge, inner, out_texel, out_tap, out_taps, out_weight, out_cosine):
    near, far, cos_min, cos_full, exponent = limits
    focal, px, py = lens
    footprint = 1.0 / focal
    power = int(exponent) if exponent == np.floor(exponent) and 0 <= exponent <= 16 else -1
    height, width = hit_triangle.shape
    fade_scale, most = 1.0 / (cos_full - cos_min), len(inner) - 1
    m = 0
    for n in range(len(positions)):
        t = triangle[n]
        cosine = facing[t]
        if cosine <= 0.0:
            continue
        x0, y0, z0 = np.float64(positions[n, 0]), np.float64(positions[n, 1]), np.float64(positions[n, 2])
        ex, ey, ez, nearer = eye[0], eye[1], eye[2], 1.0
        if not orthographic:
            ex, ey, ez = ex - x0, ey - y0, ez - z0
            nearer = 1.0 / np.sqrt(ex * ex + ey * ey + ez * ez)
            cosine *= nearer
        if cosine <= cos_min:
            continue
        depth = -(view[2, 0] * x0 + view[2, 1] * y0 + view[2, 2] * z0 + view[2, 3])
        if not near <= depth <= far:
            continue
        x = view[0, 0] * x0 + view[0, 1] * y0 + view[0, 2] * z0 + view[0, 3]
        y = view[1, 0] * x0 + view[1, 1] * y0 + view[1, 2] * z0 + view[1, 3]
        own = -depth if orthographic else 1.0 / depth
        scale = focal if orthographic else focal * own
        u, v = px + x * scale, py - y * scale
        if not (0.0 <= u <= width and 0.0 <= v <= height):
            continue
        column = min(max(int(u + 0.5) - 1, 0), width - 2)  # u is not negative, so that this rounds down
        row = min(max(int(v + 0.5) - 1, 0), height - 2)
        fx, fy = min(max(u - 0.5 - column, 0.0), 1.0), min(max(v - 0.5 - row, 0.0), 1.0)
        # The pixel that holds the texel comes first, then the one beside it, then those of the other row.
        left, above = fx > 0.5, fy > 0.5
        c0, r0 = column + int(left), row + int(above)
        beside, other = 1 - 2 * int(left), 1 - 2 * int(above)
        fx, fy = (1.0 - fx if left else fx), (1.0 - fy if above else fy)
        s0, s1, s2, s3 = (1.0 - fx) * (1.0 - fy), fx * (1.0 - fy), (1.0 - fx) * fy, fx * fy
        total = inside = 1.0
        # Away from every edge is one surface: if this texel's triangle is in one of the pixels, so is it in all.
        if not (edge[r0 + 1, c0 + 1] == most and (
                hit_triangle[r0, c0] == t or hit_triangle[r0, c0 + beside] == t or hit_triangle[r0 + other, c0] == t
                or hit_triangle[r0 + other, c0 + beside] == t)):
            step_x, step_y, number = rise[t, 0], rise[t, 1], object_ids[t]
            for k in range(4):
                r, c = r0 + other * (k // 2), c0 + beside * (k % 2)
                hit = hit_triangle[r, c]
                if hit >= 0 and object_ids[hit] == number and (hit == t or _is_seen(
                        own, step_x, step_y, c + 0.5 - u, r + 0.5 - v, np.float64(hit_nearness[r, c]),
                        rise[hit, 0], rise[hit, 1], footprint, orthographic)):
                    continue
                if k == 0:
                    s0 = 0.0
                elif k == 1:
                    s1 = 0.0
                elif k == 2:
                    s2 = 0.0
                else:
                    s3 = 0.0
            total = s0 + s1 + s2 + s3
            # Less than a quarter is the corner pixel of something that is mostly hidden here.
            if total < 0.2:
                continue
            inside = (s0 * inner[edge[r0 + 1, c0 + 1]] + s1 * inner[edge[r0 + 1, c0 + 1 + beside]]
                      + s2 * inner[edge[r0 + 1 + other, c0 + 1]] + s3 * inner[edge[r0 + 1 + other, c0 + 1 + beside]])
            # Another one counts most where the first shows something else.
            if s0 < max(s1, s2, s3):
                if s1 >= max(s2, s3):
                    c0, beside, s0, s1, s2, s3 = c0 + beside, -beside, s1, s0, s3, s2
                elif s2 >= s3:
                    r0, other, s0, s1, s2, s3 = r0 + other, -other, s2, s3, s0, s1
                else:
                    c0, beside, r0, other, s0, s1, s2, s3 = c0 + beside, -beside, r0 + other, -other, s3, s2, s1, s0
        share = 1.0 / total
        out_texel[m] = n
        out_tap[m] = (r0 * width + c0) * 4 + (1 if beside < 0 else 0) + (2 if other < 0 else 0)
        out_taps[m, 0], out_taps[m, 1], out_taps[m, 2] = s1 * share, s2 * share, s3 * share
        out_cosine[m] = cosine
        shading = (normals[n, 0] * ex + normals[n, 1] * ey + normals[n, 2] * ez) * nearer
        shading = min(max(shading, 0.05), 1.0)
        if power >= 0:
            lobe = 1.0
            for _ in range(power):
                lobe *= shading
        else:
            lobe = shading ** exponent
        out_weight[m] = max(lobe * min(1.0, (cosine - cos_min) * fade_scale) * inside, 1e-12)
        m += 1
    return m
