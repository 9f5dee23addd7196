"""Which point of the surface does each pixel of a view show: a z-buffer over whole triangles.

Rasterises in homogeneous coordinates (Olano and Greer, "Triangle Scan Conversion using 2D Homogeneous
Coordinates", 1997): barycentrics over depth are affine in the image even for a triangle that reaches behind
the camera, so nothing needs to be clipped into smaller triangles.
"""

# ruff: noqa: ANN001, ANN202 -- the kernels at the end: numba takes the types from what is passed in.
from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from .camera import Camera
from .mesh import Mesh

__all__ = ["ViewRaster", "barycentrics_of", "nearest_triangles", "nearness_of", "rasterise_view"]

# How far beyond an edge, in pixels, a centre still counts as inside. Neighbouring triangles may both claim it
# (the nearer one wins), but no gap opens between them.
_EDGE_TOLERANCE_PX = 1e-7


@dataclass(frozen=True, slots=True, eq=False)
class ViewRaster:
    """The nearest surface at each pixel centre of a view.

    Attributes:
        camera: the view.
        triangle: (H, W) int32, -1 where there is none.
        nearness: (H, W) float32: 1/depth (perspective) or -depth (orthographic), which is exactly linear in
            the image on each triangle; 0 where there is none.
    """

    camera: Camera
    triangle: NDArray[np.int32]
    nearness: NDArray[np.float32]

    @property
    def hit(self) -> NDArray[np.bool_]:
        """(H, W) bool: some triangle is seen here."""
        return self.triangle >= 0

    @property
    def depth(self) -> NDArray[np.float32]:
        """(H, W) float32: linear, world units; infinite where there is no triangle."""
        depth = np.full(self.triangle.shape, np.inf, np.float32)
        near = self.nearness[self.hit]
        depth[self.hit] = -near if self.camera.is_orthographic else 1 / near
        return depth

    def front(self, mesh: Mesh) -> NDArray[np.bool_]:
        """(H, W) bool: the front of the mesh's triangle faces the camera."""
        camera = self.camera
        towards = camera.world_to_camera[2, :3] if camera.is_orthographic else \
            camera.position - mesh.positions[mesh.triangles[:, 0]]
        return np.append((mesh.face_normals * towards).sum(axis=1) > 0, False)[self.triangle]

    def barycentrics(self, mesh: Mesh) -> NDArray[np.float32]:
        """(H, W, 3) float32: perspective-correct; 0 where there is no triangle."""
        return barycentrics_of(mesh.positions, mesh.triangles, self.camera, self.triangle)

    def object_ids(self, mesh: Mesh) -> NDArray[np.int32]:
        """(H, W) int32: the object of the mesh at each pixel, -1 for occluders, -2 for the background."""
        return np.append(mesh.object_ids, np.int32(-2))[self.triangle]  # triangle -1 (none) picks the last entry


def rasterise_view(mesh: Mesh, camera: Camera) -> ViewRaster:
    """Rasterise all triangles, both sides, between the clip planes. Of equal depths the lower index wins."""
    triangle, buffer = _nearest(mesh.positions, mesh.triangles, camera)
    nearness = np.empty(triangle.shape, np.float32)
    _finish(triangle, buffer, nearness)
    return ViewRaster(camera, triangle, nearness)


def nearness_of(positions: NDArray[np.float32], triangles: NDArray[np.int32], camera: Camera
                ) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """`ViewRaster.nearness` and `hit` alone, of positions (V, 3) and triangles (T, 3) that need not be a checked mesh.
    """
    triangle, buffer = _nearest(positions, triangles, camera)
    nearness = np.empty(triangle.shape, np.float32)
    _finish(triangle, buffer, nearness)
    return nearness, triangle >= 0


def nearest_triangles(positions: NDArray[np.float32], triangles: NDArray[np.int32], camera: Camera
                      ) -> NDArray[np.int32]:
    """`ViewRaster.triangle` alone, of positions (V, 3) and triangles (T, 3) that need not be a checked mesh."""
    return _nearest(positions, triangles, camera)[0]


def barycentrics_of(positions: NDArray[np.float32], triangles: NDArray[np.int32], camera: Camera,
                    nearest: NDArray[np.int32]) -> NDArray[np.float32]:
    """`ViewRaster.barycentrics` of what `nearest_triangles` found."""
    local, _ = _transformed(positions, camera)
    result = np.empty((*nearest.shape, 3), np.float32)
    _barycentrics(local, triangles, _lens(camera), camera.is_orthographic, nearest, result)
    return result


def _nearest(positions: NDArray[np.float32], triangles: NDArray[np.int32], camera: Camera
             ) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """`ViewRaster.triangle`, and the nearness (H, W) of where there is one."""
    shape = (camera.height_px, camera.width_px)
    local, screen = _transformed(positions, camera)
    triangle, nearness = np.full(shape, -1, np.int32), np.empty(shape)
    _fill_z_buffer(local, screen, triangles, _lens(camera), camera.is_orthographic, camera.clip_near, camera.clip_far,
                   triangle, nearness)
    return triangle, nearness


def _transformed(positions: NDArray[np.float32], camera: Camera) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The positions (V, 3) in the camera's space, and (V, 2) in its picture."""
    local, screen = np.empty((len(positions), 3)), np.empty((len(positions), 2))
    _transform(positions, np.ascontiguousarray(camera.world_to_camera[:3]), _lens(camera), camera.is_orthographic,
               local, screen)
    return local, screen


def _lens(camera: Camera) -> NDArray[np.float64]:
    return np.array([camera.focal_px, *camera.principal_px])


@njit(cache=True, nogil=True, error_model="numpy")
def _transform(positions, view, lens, orthographic, out_local, out_screen):
    for i in range(len(positions)):
        x, y, z = np.float64(positions[i, 0]), np.float64(positions[i, 1]), np.float64(positions[i, 2])
        a = view[0, 0] * x + view[0, 1] * y + view[0, 2] * z + view[0, 3]
        b = view[1, 0] * x + view[1, 1] * y + view[1, 2] * z + view[1, 3]
        c = view[2, 0] * x + view[2, 1] * y + view[2, 2] * z + view[2, 3]
        out_local[i, 0], out_local[i, 1], out_local[i, 2] = a, b, c
        scale = lens[0] if orthographic else lens[0] / -c
        out_screen[i, 0], out_screen[i, 1] = lens[1] + a * scale, lens[2] - b * scale


@njit(cache=True, nogil=True, error_model="numpy")
def _plane_equations(local, a, b, c, lens, orthographic):
    """Affine image functions of a triangle: (x, y, 1) coefficients of its three weights, and `front`.

    The weights are the barycentrics (orthographic) or the barycentrics over depth (perspective); the latter
    add up to 1/depth. Returns 9 numbers, then 1.0 for front, -1.0 for back, 0.0 for edge-on.
    """
    ax, ay, az = local[a, 0], local[a, 1], local[a, 2]
    bx, by, bz = local[b, 0], local[b, 1], local[b, 2]
    cx, cy, cz = local[c, 0], local[c, 1], local[c, 2]
    f, px, py = lens[0], lens[1], lens[2]
    if orthographic:
        twice = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
        if twice == 0.0:
            return 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
        s = 1.0 / (twice * f)
        a0, a1 = (by - cy) * s, (bx - cx) * s
        b0, b1 = (cy - ay) * s, (cx - ax) * s
        c0, c1 = (ay - by) * s, (ax - bx) * s
        # Each weight is 0 at the corner that follows, which has these image coordinates.
        return (a0, a1, -a0 * (px + f * cx) - a1 * (py - f * cy), b0, b1, -b0 * (px + f * ax) - b1 * (py - f * ay),
                c0, c1, -c0 * (px + f * bx) - c1 * (py - f * by), 1.0 if twice > 0 else -1.0)
    ux, uy, uz = bx - ax, by - ay, bz - az
    vx, vy, vz = cx - ax, cy - ay, cz - az
    volume = ax * (uy * vz - uz * vy) + ay * (uz * vx - ux * vz) + az * (ux * vy - uy * vx)
    if volume == 0.0:
        return 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    s = 1.0 / volume
    wx, wy, wz = cx - bx, cy - by, cz - bz
    # Cross products of corners, by way of edges: differences keep the digits of small triangles.
    m0, m1, m2 = (by * wz - bz * wy) * s, (bz * wx - bx * wz) * s, (bx * wy - by * wx) * s
    a0, a1 = m0 / f, -m1 / f
    a2 = -a0 * px - a1 * py - m2
    m0, m1, m2 = (az * vy - ay * vz) * s, (ax * vz - az * vx) * s, (ay * vx - ax * vy) * s
    b0, b1 = m0 / f, -m1 / f
    b2 = -b0 * px - b1 * py - m2
    m0, m1, m2 = (ay * uz - az * uy) * s, (az * ux - ax * uz) * s, (ax * uy - ay * ux) * s
    c0, c1 = m0 / f, -m1 / f
    c2 = -c0 * px - c1 * py - m2
    return a0, a1, a2, b0, b1, b2, c0, c1, c2, 1.0 if volume < 0 else -1.0


@njit(cache=True, nogil=True, error_model="numpy")
def _fill_z_buffer(local, screen, triangles, lens, orthographic, near, far, out_triangle, nearness):
    height, width = out_triangle.shape
    nearest = -near if orthographic else 1.0 / near
    nearness[:] = -far if orthographic else 1.0 / far
    slope_x, slope_y, offset, per_weight = np.empty((4, 3))
    for t in range(len(triangles)):
        a, b, c = triangles[t, 0], triangles[t, 1], triangles[t, 2]
        za, zb, zc = -local[a, 2], -local[b, 2], -local[c, 2]
        closest = min(za, zb, zc)
        if max(za, zb, zc) < near or closest > far:
            continue
        if orthographic or closest >= near:
            left, right = min(screen[a, 0], screen[b, 0], screen[c, 0]), max(screen[a, 0], screen[b, 0], screen[c, 0])
            top, bottom = min(screen[a, 1], screen[b, 1], screen[c, 1]), max(screen[a, 1], screen[b, 1], screen[c, 1])
            if right < 0 or left > width or bottom < 0 or top > height:
                continue
            x0, x1 = int(np.ceil(max(left - 0.5001, 0.0))), int(np.floor(min(right, width) - 0.4999))
            y0, y1 = int(np.ceil(max(top - 0.5001, 0.0))), int(np.floor(min(bottom, height) - 0.4999))
            x1, y1 = min(x1, width - 1), min(y1, height - 1)
            if x0 > x1 or y0 > y1:
                continue
        else:
            x0, y0, x1, y1 = 0, 0, width - 1, height - 1
        a0, a1, a2, b0, b1, b2, c0, c1, c2, facing = _plane_equations(local, a, b, c, lens, orthographic)
        if facing == 0.0:
            continue
        slope_x[0], slope_x[1], slope_x[2] = a0, b0, c0
        slope_y[0], slope_y[1], slope_y[2] = a1, b1, c1
        offset[0], offset[1], offset[2] = a2, b2, c2
        if orthographic:
            q0, q1, q2 = -(za * a0 + zb * b0 + zc * c0), -(za * a1 + zb * b1 + zc * c1), -(za * a2 + zb * b2 + zc * c2)
        else:
            q0, q1, q2 = a0 + b0 + c0, a1 + b1 + c1, a2 + b2 + c2
        for k in range(3):
            offset[k] += _EDGE_TOLERANCE_PX * (abs(slope_x[k]) + abs(slope_y[k]))
            per_weight[k] = -1.0 / slope_x[k] if slope_x[k] != 0.0 else 0.0
        for row in range(y0, y1 + 1):
            yc = row + 0.5
            first, last = float(x0), float(x1)
            for k in range(3):
                value = slope_y[k] * yc + offset[k]
                if slope_x[k] > 0.0:
                    first = max(first, np.ceil(value * per_weight[k] - 0.5))
                elif slope_x[k] < 0.0:
                    last = min(last, np.floor(value * per_weight[k] - 0.5))
                elif value < 0.0:
                    last = -1.0
            if first > last:
                continue
            q = q1 * yc + q2
            for column in range(int(first), int(last) + 1):
                value = q0 * (column + 0.5) + q
                if value > nearness[row, column] and value <= nearest:
                    nearness[row, column] = value
                    out_triangle[row, column] = t


@njit(cache=True, nogil=True, error_model="numpy")
def _finish(triangle, buffer, nearness):
    for row in range(triangle.shape[0]):
        for column in range(triangle.shape[1]):
            nearness[row, column] = buffer[row, column] if triangle[row, column] >= 0 else 0.0


@njit(cache=True, nogil=True, error_model="numpy")
def _barycentrics(local, triangles, lens, orthographic, triangle, out):
    height, width = triangle.shape
    a0 = a1 = a2 = b0 = b1 = b2 = c0 = c1 = c2 = 0.0
    previous = -1
    for row in range(height):
        y = row + 0.5
        for column in range(width):
            t = triangle[row, column]
            if t < 0:
                out[row, column, 0] = out[row, column, 1] = out[row, column, 2] = 0.0
                continue
            if t != previous:
                a0, a1, a2, b0, b1, b2, c0, c1, c2, _ = _plane_equations(
                    local, triangles[t, 0], triangles[t, 1], triangles[t, 2], lens, orthographic)
                previous = t
            x = column + 0.5
            wa, wb, wc = a0 * x + a1 * y + a2, b0 * x + b1 * y + b2, c0 * x + c1 * y + c2
            scale = 1.0 / (wa + wb + wc)
            out[row, column, 0], out[row, column, 1], out[row, column, 2] = wa * scale, wb * scale, wc * scale
