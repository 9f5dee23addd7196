"""Where a texture's charts are cut apart on one unbroken surface: found, measured and closed.

The renderer filters each side of a cut by itself, so the two sides show the same colour only if the filtered colours
along the cut are equal. That is linear in the texels beside the cut: Liu, Ferguson, Jacobson and Gingold, "Seamless:
Seam erasure and seam-aware decoupling of shape from mesh resolution" (2017).
"""

# ruff: noqa: ANN001, ANN202 -- the kernels at the end: numba takes the types from what is passed in.
from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array, dia_array, diags_array
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import cg

from .mesh import Mesh
from .threads import side_by_side
from .tiles import ONE_TILE, number_at, tile_corner

__all__ = ["SeamStep", "Seams", "close_seams", "find_seams", "seam_step"]

_SAME_UV = 1e-6
_INWARDS = 1e-3  # of the way from an edge to the middle of its triangle, which tells the tile of that side
_ROUNDING = 1e-5
_WELD_STEPS = 1e5  # of half of the largest side that the object's open edges span
_PER_TEXEL = 2  # samples along a cut for each texel that it crosses
_REACH_PX = 4  # texels beside a cut that may change
_MOST = 0.95
_STAY = 0.0001  # weight of staying, and
_SMOOTH = 0.001  # of changing as the neighbouring texel does, against closing the cut


@dataclass(frozen=True, eq=False)
class _System:
    """What is solved to close cuts: `matrix` times the change of the texels `places` is `back` times the difference of
    both sides. `scale` is 1 over the matrix' diagonal.
    """

    places: NDArray[np.int64]
    back: csr_array
    matrix: csr_array
    scale: dia_array


@dataclass(frozen=True, eq=False)
class Seams:
    """Points along all cuts of one object, seen from both of their sides.

    Attributes:
        texels: (2, P, 4) int32, flat indices of the four texels that a bilinear filter reads on either side.
        weights: (2, P, 4) float32, theirs.
        number: (P,) int32, of the seam that each is on, from 0: all cuts between the same two charts are one.
        height_px, size_px: of the texture.
        free: (H, S) bool, the texels that may change to close them; default: all.
    """

    texels: NDArray[np.int32]
    weights: NDArray[np.float32]
    number: NDArray[np.int32]
    height_px: int
    size_px: int
    free: NDArray[np.bool_] | None = None

    def __len__(self) -> int:
        return self.texels.shape[1]

    def colours(self, image: NDArray) -> NDArray[np.float32]:
        """(2, P, C) what a filter reads of an image (H, S, C) on both sides."""
        flat = image.reshape(-1, image.shape[2]).astype(np.float32, copy=False)
        return np.einsum("spt,sptc->spc", self.weights, flat[self.texels])

    def within(self, chosen: NDArray[np.bool_]) -> Seams:
        """The points of which both sides read chosen texels (H, S) only, and no other texel may change."""
        inside = chosen.ravel()[self.texels].all(axis=(0, 2))
        number = np.unique(self.number[inside], return_inverse=True)[1]
        return Seams(self.texels[:, inside], self.weights[:, inside], number.astype(np.int32), self.height_px,
                     self.size_px, chosen)

    @cached_property
    def system(self) -> _System:
        """Of their least squares: the same for every texture."""
        tiles = (-1, self.size_px, self.size_px)
        near = np.zeros(self.height_px * self.size_px, bool)
        near[self.texels.ravel()] = True
        near = _grown(near.reshape(tiles), _REACH_PX).ravel()
        if self.free is not None:
            near &= self.free.ravel()
        places = np.flatnonzero(near)
        number = np.full(len(near), -1, np.int32)
        number[places] = np.arange(len(places), dtype=np.int32)
        points = np.broadcast_to(np.arange(len(self), dtype=np.int32)[None, :, None], self.texels.shape)
        sign = np.array([1, -1], np.float32)[:, None, None]
        step = coo_array(((sign * self.weights).ravel(), (points.ravel(), number[self.texels].ravel())),
                         shape=(len(self), len(places))).tocsr()
        back = step.T.tocsr()
        matrix = back @ step + _stiffness(number.reshape(tiles), places)
        return _System(places, back, matrix, diags_array(1 / matrix.diagonal()))


def find_seams(mesh: Mesh, size_px: int, object_id: int = 0, tiles: tuple[int, ...] = ONE_TILE) -> Seams:
    """The edges that two triangles of the object share in space but not in its UVs, or that lie between two tiles."""
    chosen = np.flatnonzero(mesh.object_ids == object_id)
    corners, uvs = _welded(mesh, mesh.triangles[chosen]), mesh.corner_uvs[chosen]
    turn = corners.ravel() > np.roll(corners, -1, axis=1).ravel()

    def ends(edges: NDArray[np.int32]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The UVs (n, 2) of their vertex with the lower number, and of the other one."""
        triangle, corner, back = edges // 3, edges % 3, turn[edges]
        return (uvs[triangle, (corner + back) % 3].astype(np.float64),
                uvs[triangle, (corner + ~back) % 3].astype(np.float64))

    key = _edge_keys(mesh, corners)
    first, second, apart = _pair_edges(key, np.argsort(key, kind="stable"), turn, uvs)
    middle = uvs.mean(axis=1, dtype=np.float64) if tiles != ONE_TILE else None
    if middle is not None:
        one, other = (number_at(_inwards(np.mean(ends(side), axis=0), middle[side // 3])) for side in (first, second))
        apart |= one != other
    chart = _charts(first[~apart] // 3, second[~apart] // 3, len(chosen))
    first, second = first[apart], second[apart]
    both = [ends(side) for side in (first, second)]
    counts = np.ceil(np.maximum(*(np.linalg.norm(high - low, axis=1) for low, high in both)) * size_px * _PER_TEXEL)
    counts = counts.astype(np.int64).clip(1, None)
    edge = np.repeat(np.arange(len(first)), counts)
    along = (np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts) + 0.5) / counts[edge]
    sides = [low[edge] + along[:, None] * (high - low)[edge] for low, high in both]
    taps = [_bilinear(points, size_px) if middle is None else
            _bilinear_in_tiles(points, number_at(_inwards(points, middle[side[edge] // 3])), size_px, tiles)
            for points, side in zip(sides, (first, second), strict=True)]
    one, other = chart[first // 3].astype(np.int64), chart[second // 3]
    number = np.unique(np.minimum(one, other) * len(chosen) + np.maximum(one, other), return_inverse=True)[1]
    return Seams(np.stack([texels for texels, _ in taps]), np.stack([weights for _, weights in taps]),
                 number.astype(np.int32)[edge], size_px * len(tiles), size_px)


@dataclass(frozen=True)
class SeamStep:
    """How much more a texture changes over its cuts than within its charts: root mean square of the one over that of
    the other; 0 without cuts.

    Attributes:
        overall: of all cuts.
        worst: of the worst seam.
        most: what the seams of 95 % of the length of all do not exceed.
    """

    overall: float
    worst: float
    most: float


def seam_step(image: NDArray, seams: Seams, covered: NDArray[np.bool_]) -> SeamStep:
    """Of a texture (H, S, C) with charts that cover (H, S) bool of it.

    The root mean square of the difference of both sides over that of neighbouring covered texels.
    """
    size = image.shape[1]
    total, count = np.sum([_square_steps(image[top:top + size], covered[top:top + size])
                           for top in range(0, len(image), size)], axis=0) if len(seams) else (0.0, 0.0)
    within = np.sqrt(total / count) if count else 0.0
    if within == 0.0:
        return SeamStep(0.0, 0.0, 0.0)
    one, other = seams.colours(image)
    squares = np.square(one - other, dtype=np.float64).mean(axis=1)
    points = np.bincount(seams.number)
    each = np.sqrt(np.bincount(seams.number, squares) / points) / within
    order = np.argsort(each)
    most = order[np.searchsorted(np.cumsum(points[order]), _MOST * len(seams))]
    return SeamStep(float(np.sqrt(squares.mean()) / within), float(each.max()), float(each[most]))


def close_seams(image: NDArray[np.float32], seams: Seams) -> NDArray[np.float32]:
    """The texture (H, S, C) with the filtered colours on both sides of each cut made equal, by least squares.

    Only texels within four of a cut change, by as little and as evenly as will do. The gutter is to be filled before:
    filters read it. Returned unchanged, bit by bit, where both sides agree already.
    """
    one, other = seams.colours(image)
    if not len(seams) or np.abs(one - other).max() < _ROUNDING:
        return image
    system = seams.system
    right = system.back @ (other - one)
    result = image.reshape(-1, image.shape[2]).copy()

    def solve(channel: int) -> None:
        change, _ = cg(system.matrix, right[:, channel], rtol=1e-3, maxiter=200, M=system.scale)
        result[system.places, channel] += change.astype(np.float32)

    side_by_side(solve, range(image.shape[2]))
    return result.reshape(image.shape)


def _welded(mesh: Mesh, corners: NDArray[np.int32]) -> NDArray[np.int32]:
    """The triangles (T, 3) with one vertex for all that lie on one point along open edges: importers split them."""
    _, where, count = np.unique(_edge_keys(mesh, corners), return_index=True, return_counts=True)
    open_edges = where[count == 1]
    border = np.unique(np.concatenate([corners.ravel()[open_edges], np.roll(corners, -1, axis=1).ravel()[open_edges]]))
    if not len(border):
        return corners
    points = mesh.positions[border].astype(np.float64)
    points -= (points.min(axis=0) + points.max(axis=0)) / 2
    grid = np.rint(points / max(float(np.abs(points).max()), 1e-30) * _WELD_STEPS).astype(np.int64)
    _, first, group = np.unique(grid, axis=0, return_index=True, return_inverse=True)
    vertex = np.arange(len(mesh.positions), dtype=np.int32)
    vertex[border] = border[first][group.ravel()]
    return vertex[corners]


def _edge_keys(mesh: Mesh, corners: NDArray[np.int32]) -> NDArray[np.int64]:
    """(3 T,) a number for each edge of the triangles (T, 3), the same from both sides."""
    start, end = corners.ravel().astype(np.int64), np.roll(corners, -1, axis=1).ravel()
    return np.minimum(start, end) * len(mesh.positions) + np.maximum(start, end)


def _charts(one: NDArray[np.int32], other: NDArray[np.int32], count: int) -> NDArray[np.int32]:
    """The chart (count,) of each triangle, from the pairs of triangles that no cut parts."""
    links = coo_array((np.ones(len(one), np.int8), (one, other)), shape=(count, count))
    number: NDArray[np.int32] = connected_components(links, directed=False)[1]
    return number


def _bilinear(uv: NDArray[np.float64], size_px: int) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Flat indices and weights (P, 4) of the texels that a filter reads at UVs (P, 2); the texture repeats."""
    x, y = uv[:, 0] * size_px - 0.5, (1 - uv[:, 1]) * size_px - 0.5
    column, row = np.floor(x).astype(np.int64), np.floor(y).astype(np.int64)
    fx, fy = x - column, y - row
    corners = [(r, c) for r in (0, 1) for c in (0, 1)]
    texels = np.stack([((row + r) % size_px) * size_px + (column + c) % size_px for r, c in corners], axis=1)
    weights = np.stack([(fy if r else 1 - fy) * (fx if c else 1 - fx) for r, c in corners], axis=1)
    return texels.astype(np.int32), weights.astype(np.float32)


def _inwards(points: NDArray[np.float64], middle: NDArray[np.float64]) -> NDArray[np.float64]:
    """Points (P, 2) on the edges of triangles, moved a little to their middles: off a border between tiles."""
    return points + _INWARDS * (middle - points)


def _bilinear_in_tiles(uv: NDArray[np.float64], numbers: NDArray[np.int64], size_px: int, tiles: tuple[int, ...],
                       ) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """As `_bilinear`, each in the tile of its number (P,): a picture ends at its border."""
    place = np.searchsorted(tiles, numbers).clip(0, len(tiles) - 1)
    x, y = ((uv - np.array([tile_corner(number) for number in tiles])[place]) * (1, -1) + (0, 1)).T * size_px - 0.5
    x, y = x.clip(0, size_px - 1), y.clip(0, size_px - 1)
    column, row = np.floor(x).astype(np.int64), np.floor(y).astype(np.int64)
    fx, fy = x - column, y - row
    corners = [(r, c) for r in (0, 1) for c in (0, 1)]
    texels = np.stack([(place * size_px + (row + r).clip(0, size_px - 1)) * size_px + (column + c).clip(0, size_px - 1)
                       for r, c in corners], axis=1)
    weights = np.stack([(fy if r else 1 - fy) * (fx if c else 1 - fx) for r, c in corners], axis=1)
    return texels.astype(np.int32), weights.astype(np.float32)


def _grown(mask: NDArray[np.bool_], steps: int) -> NDArray[np.bool_]:
    """The mask (tiles, S, S) and what lies within so many steps of it along rows and columns."""
    for axis in (1, 2):
        grown = mask.copy()
        for shift in range(1, steps + 1):
            grown |= np.roll(mask, shift, axis) | np.roll(mask, -shift, axis)
        mask = grown
    return mask


def _stiffness(number: NDArray[np.int32], places: NDArray[np.int64]) -> csr_array:
    """What it costs the numbered texels of (tiles, S, S), which lie at these places, to change: `_SMOOTH` times their
    graph Laplacian along rows and columns, and `_STAY`.
    """
    count = len(places)
    start = np.empty(count + 1, np.int32)
    column, value = np.empty(5 * count, np.int32), np.empty(5 * count, np.float32)
    end = _link(number.ravel(), places, number.shape[-1], np.float32(_SMOOTH), np.float32(_STAY), start, column, value)
    return csr_array((value[:end], column[:end], start), shape=(count, count))


@njit(cache=True, nogil=True, error_model="numpy")
def _pair_edges(key, order, turn, uvs):
    """The edges, three a triangle, that exactly two triangles share: by their numbers (n,) on either side, and whether
    their UVs are apart.

    Args:
        key: of each edge, the same on both sides. order: that sorts the keys.
        turn: whether the edge begins at the vertex with the higher number.
    """
    first, second = np.empty(len(order), np.int32), np.empty(len(order), np.int32)
    apart = np.zeros(len(order), np.bool_)
    count = k = 0
    while k < len(order):
        end = k + 1
        while end < len(order) and key[order[end]] == key[order[k]]:
            end += 1
        if end - k == 2:
            one, other = order[k], order[k + 1]
            for high in range(2):
                a = uvs[one // 3, (one % 3 + int(turn[one] != bool(high))) % 3]
                b = uvs[other // 3, (other % 3 + int(turn[other] != bool(high))) % 3]
                if abs(np.float64(a[0]) - b[0]) > _SAME_UV or abs(np.float64(a[1]) - b[1]) > _SAME_UV:
                    apart[count] = True
            first[count], second[count] = one, other
            count += 1
        k = end
    return first[:count], second[:count], apart[:count]


@njit(cache=True, nogil=True, error_model="numpy")
def _link(number, places, size, smooth, stay, start, column, value):
    """The rows of `_stiffness`, with columns in rising order."""
    end = 0
    for row in range(len(places)):
        place = places[row]
        x, y = place % size, place // size % size
        start[row] = end
        middle = -1
        for side in range(5):  # above, left, itself, right, below
            if side == 2:
                middle = end
                column[end], value[end] = row, stay
                end += 1
                continue
            if (side == 0 and y == 0) or (side == 1 and x == 0) or (side == 3 and x == size - 1) or (
                    side == 4 and y == size - 1):
                continue
            other = number[place + (-size if side == 0 else -1 if side == 1 else 1 if side == 3 else size)]
            if other >= 0:
                column[end], value[end] = other, -smooth
                end += 1
        value[middle] += smooth * (end - start[row] - 1)
    start[len(places)] = end
    return end


@njit(cache=True, nogil=True, error_model="numpy")
def _square_steps(image, covered):
    """Sum of the squared differences between covered texels side by side, and their number."""
    height, width, channels = image.shape
    total, count = 0.0, 0
    for row in range(height):
        for column in range(width):
            if not covered[row, column]:
                continue
            for down in range(2):
                below, beside = row + down, column + 1 - down
                if below < height and beside < width and covered[below, beside]:
                    for c in range(channels):
                        difference = np.float64(image[below, beside, c]) - np.float64(image[row, column, c])
                        total += difference * difference
                    count += channels
    return total, float(count)
