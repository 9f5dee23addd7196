"""Which point of the surface does each texel of one object's texture show."""

# ruff: noqa: ANN001, ANN202 -- the kernels at the end: numba takes the types from what is passed in.
from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numba import njit
from numpy.typing import NDArray

from protocol.errors import BadInput

from .mesh import Mesh
from .threads import side_by_side
from .tiles import ONE_TILE, tile_corner

__all__ = ["Texels", "rasterise_uv"]

# UVs are snapped to 1/4096 texel. Integer edge functions make the fill rule exact; at 1024 texels the step
# equals float32's own at u = 1, and products stay below 2**63 for 8192 texels and _MAX_TILES tiles.
_SUBTEXEL = 4096
# A triangle that spans more repeats of the texture than this is left out: it cannot be painted anyhow.
_MAX_TILES = 16
_RANGES = 8  # of texels, which threads share out


@dataclass(frozen=True, slots=True, eq=False)
class Texels:
    """The N texels of one texture whose centre a triangle covers, in ascending order of `index`. UVs outside of 0 to
    1 repeat the texture, as Blender's image node does, unless it has tiles.

    Attributes:
        size_px: side of the square texture, or of each of its tiles.
        object_id: whose texture it is.
        index: (N,) int32, flat index row * size_px + column; row 0 is the top, v = 1 - (row + 0.5) / size_px.
            Tiles lie on top of one another: that of place k begins at row k * size_px.
        triangle: (N,) int32.
        positions: (N, 3) float32, world space relative to `mesh.center`.
        normals: (N, 3) float32, unit length, interpolated (shading) normals.
        overlap_fraction: share of the N texels that more than one triangle covers; the triangle with the
            lowest index has them. A shared edge is no overlap.
        degenerate_fraction: share of the object's surface area that has no area in UV space.
        tiles: UDIM numbers, ascending; `ONE_TILE` for a texture without tiles.
    """

    size_px: int
    object_id: int
    index: NDArray[np.int32]
    triangle: NDArray[np.int32]
    positions: NDArray[np.float32]
    normals: NDArray[np.float32]
    overlap_fraction: float
    degenerate_fraction: float
    tiles: tuple[int, ...] = ONE_TILE

    def __len__(self) -> int:
        return len(self.index)

    @property
    def height_px(self) -> int:
        """Of all tiles: H."""
        return len(self.tiles) * self.size_px

    @property
    def covered(self) -> NDArray[np.bool_]:
        """(H, size_px) bool: which texels a triangle covers."""
        return self.to_image(np.ones((len(self), 1), bool))[..., 0]

    def subset(self, chosen: NDArray[np.int64]) -> Texels:
        """Some of them, by their numbers in ascending order."""
        return replace(self, index=self.index[chosen], triangle=self.triangle[chosen],
                       positions=self.positions[chosen], normals=self.normals[chosen])

    def split(self, image: NDArray) -> list[NDArray]:
        """The pictures (size_px, size_px, ...) of the tiles, of one of all (H, size_px, ...)."""
        return np.split(image, len(self.tiles))

    def without_empty_tiles(self) -> Texels:
        """The same without tiles of which no texel is covered."""
        square = self.size_px**2
        tile, within = np.divmod(self.index, np.int32(square))
        used, place = np.unique(tile, return_inverse=True)
        return replace(self, index=(place * square + within).astype(np.int32),
                       tiles=tuple(self.tiles[k] for k in used))

    def triangle_map(self) -> NDArray[np.int32]:
        """(H, size_px) int32: the triangle at each texel centre, -1 where there is none."""
        dense = np.full(self.height_px * self.size_px, -1, np.int32)
        dense[self.index] = self.triangle
        return dense.reshape(self.height_px, self.size_px)

    def to_image(self, values: NDArray) -> NDArray:
        """(H, size_px, C) of values (N, C), same dtype (not float16); 0 where no triangle covers.

        Raises:
            ValueError: there are not as many values as texels.
        """
        if len(values) != len(self):
            raise ValueError(f"{len(values)} values for {len(self)} texels")
        dense = np.zeros((self.height_px * self.size_px, values.shape[1]), values.dtype)
        _scatter(self.index, np.ascontiguousarray(values), dense)
        return dense.reshape(self.height_px, self.size_px, -1)


def rasterise_uv(mesh: Mesh, size_px: int, object_id: int = 0, tiles: tuple[int, ...] = ONE_TILE) -> Texels:
    """Rasterise one object's UVs at texel centres, each point of a shared edge exactly once (top-left rule).

    Args:
        mesh: all triangles; those of other objects are left aside.
        size_px: side of the texture, from 1 to 8192.
        tiles: those of which the texture consists; what lies in no one of them is left out.

    Raises:
        BadInput: the size is out of range, the object has no triangles, or no texel is covered.
    """
    if not 1 <= size_px <= 8192:
        raise BadInput("The texture size is {size} px: must be from 1 to 8192.", "Choose another size.",
                       size=size_px)
    chosen = np.flatnonzero(mesh.object_ids == object_id).astype(np.int32)
    if len(chosen) == 0:
        raise BadInput("The mesh has no face with object ID {id}.", "Choose an object with faces.", id=object_id)
    height_px = len(tiles) * size_px
    triangle = np.full((height_px, size_px), -1, np.int32)
    bary = np.empty((height_px, size_px, 2), np.float32)
    twice = np.zeros((height_px, size_px), np.bool_)
    flat = np.zeros(len(chosen), np.bool_)
    repeats = tiles == ONE_TILE
    for place, number in enumerate(tiles):
        rows = slice(place * size_px, (place + 1) * size_px)
        tile = (mesh.corner_uvs, chosen, size_px, repeats, *tile_corner(number), triangle[rows], bary[rows],
                twice[rows], flat)
        side_by_side(partial(_rasterise, *tile), (0, 1))
    index = np.flatnonzero(triangle.ravel() >= 0).astype(np.int32)
    if len(index) == 0:
        raise BadInput("The object's UVs cover no texel of the texture.",
                       "Unwrap the object, or choose a larger texture.")
    positions, normals = np.empty((len(index), 3), np.float32), np.empty((len(index), 3), np.float32)
    own_triangle = np.empty(len(index), np.int32)

    def interpolate(part: slice) -> None:
        _interpolate(index[part], triangle.ravel(), bary.reshape(-1, 2), mesh.positions, mesh.triangles,
                     mesh.corner_normals, mesh.face_normals, mesh.center, positions[part], normals[part],
                     own_triangle[part])

    bounds = np.linspace(0, len(index), _RANGES + 1).astype(np.int64)
    side_by_side(interpolate, map(slice, bounds[:-1], bounds[1:]))
    areas = mesh.face_areas[chosen].astype(np.float64)
    return Texels(size_px, object_id, index, own_triangle, positions, normals,
                  float(twice.sum() / len(index)), float(areas[flat].sum() / areas.sum()), tiles)


@njit(cache=True, nogil=True, error_model="numpy")
def _rasterise(uvs, chosen, size, repeats, left, bottom, out_triangle, out_bary, out_twice, out_flat, half_of_rows):
    """Of a texture's upper half (0) or lower one (1)."""
    top, end = (size // 2, size) if half_of_rows else (0, size // 2)
    unit = np.int64(size * _SUBTEXEL)
    half = np.int64(_SUBTEXEL // 2)
    x, y = np.empty(3, np.int64), np.empty(3, np.int64)
    for k in range(len(chosen)):
        t = chosen[k]
        # Row 0 is the top: y = 1 - v. Whole tiles are taken off, so that the numbers stay small.
        u_low, u_high = min(uvs[t, 0, 0], uvs[t, 1, 0], uvs[t, 2, 0]), max(uvs[t, 0, 0], uvs[t, 1, 0], uvs[t, 2, 0])
        v_low, v_high = min(uvs[t, 0, 1], uvs[t, 1, 1], uvs[t, 2, 1]), max(uvs[t, 0, 1], uvs[t, 1, 1], uvs[t, 2, 1])
        u_tile, v_tile = np.floor(u_low), np.ceil(v_high)
        span = max(u_high - u_tile, v_tile - v_low)
        if not repeats:
            u_tile, v_tile = np.float32(left), np.float32(bottom + 1)
            if u_high < left or u_low > left + 1 or v_high < bottom or v_low > v_tile:
                continue
        if span > _MAX_TILES:
            out_flat[k] = True
            continue
        for c in range(3):
            x[c] = np.int64(np.rint((np.float64(uvs[t, c, 0]) - u_tile) * unit))
            y[c] = np.int64(np.rint((v_tile - np.float64(uvs[t, c, 1])) * unit))
        area = (x[1] - x[0]) * (y[2] - y[0]) - (y[1] - y[0]) * (x[2] - x[0])
        if area == 0:
            out_flat[k] = True
            continue
        # A mirrored chart runs the other way round: swap two corners, and swap their barycentrics back.
        b, c = (1, 2) if area > 0 else (2, 1)
        area = abs(area)
        ax, ay, bx, by, cx, cy = x[0], y[0], x[b], y[b], x[c], y[c]
        # A centre on an edge belongs to the triangle for which the edge is a left or a top one.
        bias_a = 0 if (cy < by or (cy == by and cx > bx)) else -1
        bias_b = 0 if (ay < cy or (ay == cy and ax > cx)) else -1
        bias_c = 0 if (by < ay or (by == ay and bx > ax)) else -1
        first_x = (min(ax, bx, cx) - half + _SUBTEXEL - 1) // _SUBTEXEL
        last_x = (max(ax, bx, cx) - half) // _SUBTEXEL
        first_y = (min(ay, by, cy) - half + _SUBTEXEL - 1) // _SUBTEXEL
        last_y = (max(ay, by, cy) - half) // _SUBTEXEL
        if not repeats:
            first_x, last_x = max(first_x, 0), min(last_x, size - 1)
            first_y, last_y = max(first_y, 0), min(last_y, size - 1)
        step_a, step_b, step_c = (by - cy) * _SUBTEXEL, (cy - ay) * _SUBTEXEL, (ay - by) * _SUBTEXEL
        inverse = 1.0 / area
        px = first_x * _SUBTEXEL + half
        for row in range(first_y, last_y + 1):
            py = row * _SUBTEXEL + half
            e_a = (cx - bx) * (py - by) - (cy - by) * (px - bx)
            e_b = (ax - cx) * (py - cy) - (ay - cy) * (px - cx)
            e_c = (bx - ax) * (py - ay) - (by - ay) * (px - ax)
            r = row % size
            if not top <= r < end:
                continue
            for column in range(first_x, last_x + 1):
                if e_a + bias_a >= 0 and e_b + bias_b >= 0 and e_c + bias_c >= 0:
                    s = column % size
                    if out_triangle[r, s] < 0:
                        out_triangle[r, s] = t
                        out_bary[r, s, 0] = (e_b if b == 1 else e_c) * inverse
                        out_bary[r, s, 1] = (e_c if b == 1 else e_b) * inverse
                    else:
                        out_twice[r, s] = True
                e_a += step_a
                e_b += step_b
                e_c += step_c


@njit(cache=True, nogil=True, error_model="numpy")
def _interpolate(index, triangle, bary, vertices, triangles, corner_normals, face_normals, center,
                 out_positions, out_normals, out_triangle):
    for n in range(len(index)):
        i = index[n]
        t = triangle[i]
        out_triangle[n] = t
        w1, w2 = np.float64(bary[i, 0]), np.float64(bary[i, 1])
        w0 = 1.0 - w1 - w2
        a, b, c = triangles[t, 0], triangles[t, 1], triangles[t, 2]
        length = 0.0
        for axis in range(3):
            out_positions[n, axis] = (w0 * (vertices[a, axis] - center[axis]) + w1 * (vertices[b, axis] - center[axis])
                                      + w2 * (vertices[c, axis] - center[axis]))
            value = (w0 * corner_normals[t, 0, axis] + w1 * corner_normals[t, 1, axis]
                     + w2 * corner_normals[t, 2, axis])
            out_normals[n, axis] = value
            length += value * value
        if length > 1e-12:
            scale = 1.0 / np.sqrt(length)
            for axis in range(3):
                out_normals[n, axis] *= scale
        else:
            for axis in range(3):
                out_normals[n, axis] = face_normals[t, axis]


@njit(cache=True, nogil=True, error_model="numpy")
def _scatter(index, values, dense):
    for n in range(len(index)):
        for c in range(values.shape[1]):
            dense[index[n], c] = values[n, c]
