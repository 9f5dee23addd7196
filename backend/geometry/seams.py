"""Where a texture's charts are cut apart on one unbroken surface: found, measured and closed.

The renderer filters each side of a cut by itself, so the two sides show the same colour only if the filtered colours
along the cut are equal. That is linear in the texels beside the cut: Liu, Ferguson, Jacobson and Gingold, "Seamless:
Seam erasure and seam-aware decoupling of shape from mesh resolution" (2017).
"""

# ruff: noqa: ANN001, ANN202 -- the kernel at the end: numba takes the types from what is passed in.
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
_WELD_STEPS = 1e5  # of the object's radius
_PER_TEXEL = 2  # samples along a cut for each texel that it crosses
_REACH_PX = 4  # texels beside a cut that may change
_MOST = 0.95
_STAY = 0.0001  # weight of staying, and
_SMOOTH = 0.001  # of changing as the neighbouring texel does, against closing the cut


@dataclass(frozen=True, eq=False)
class _System:
    """What is solved to close cuts: `matrix` times the change of the texels `places` is `step` transposed times the
    difference of both sides. `scale` is 1 over the matrix' diagonal.
    """

    places: NDArray[np.int64]
    step: csr_array
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
        flat = image.reshape(-1, image.shape[2]).astype(np.float32)
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
        matrix = (step.T @ step + _SMOOTH * _laplacian(number.reshape(tiles), places)
                  + diags_array(np.full(len(places), _STAY, np.float32))).tocsr()
        return _System(places, step, matrix, diags_array(1 / matrix.diagonal()))


def find_seams(mesh: Mesh, size_px: int, object_id: int = 0, tiles: tuple[int, ...] = ONE_TILE) -> Seams:
    """The edges that two triangles of the object share in space but not in its UVs, or that lie between two tiles."""
    chosen = np.flatnonzero(mesh.object_ids == object_id)
    corners = _welded(mesh, mesh.triangles[chosen])
    uvs = mesh.corner_uvs[chosen].astype(np.float64)
    start, end = corners.ravel(), np.roll(corners, -1, axis=1).ravel()
    from_uv, to_uv = uvs.reshape(-1, 2), np.roll(uvs, -1, axis=1).reshape(-1, 2)
    # Every edge from its lower vertex to its higher one.
    turn = start > end
    low, high = np.where(turn, end, start).astype(np.int64), np.where(turn, start, end)
    low_uv, high_uv = np.where(turn[:, None], to_uv, from_uv), np.where(turn[:, None], from_uv, to_uv)
    key = low * len(mesh.positions) + high
    order = np.argsort(key, kind="stable")
    first, second = order[:-1], order[1:]
    pair = key[first] == key[second]
    pair[1:] &= key[first[1:]] != key[first[:-1]]  # an edge of three triangles has no two sides
    pair[:-1] &= key[second[:-1]] != key[second[1:]]
    first, second = first[pair], second[pair]
    apart = (np.abs(low_uv[first] - low_uv[second]).max(axis=1) > _SAME_UV) | (
        np.abs(high_uv[first] - high_uv[second]).max(axis=1) > _SAME_UV)
    middle = np.repeat(uvs.mean(axis=1), 3, axis=0) if tiles != ONE_TILE else uvs
    if tiles != ONE_TILE:
        one, other = (number_at(_inwards((low_uv[side] + high_uv[side]) / 2, middle[side])) for side in (first, second))
        apart |= one != other
    chart = _charts(first[~apart] // 3, second[~apart] // 3, len(chosen))
    first, second = first[apart], second[apart]
    lengths = [np.linalg.norm(high_uv[side] - low_uv[side], axis=1) for side in (first, second)]
    counts = np.ceil(np.maximum(*lengths) * size_px * _PER_TEXEL).astype(np.int64).clip(1, None)
    edge = np.repeat(np.arange(len(first)), counts)
    along = (np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts) + 0.5) / counts[edge]
    sides = [low_uv[side][edge] + along[:, None] * (high_uv[side] - low_uv[side])[edge] for side in (first, second)]
    taps = [_bilinear(points, size_px) if tiles == ONE_TILE else
            _bilinear_in_tiles(points, number_at(_inwards(points, middle[side][edge])), size_px, tiles)
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
    right = system.step.T @ (other - one)
    result = image.reshape(-1, image.shape[2]).copy()

    def solve(channel: int) -> None:
        change, _ = cg(system.matrix, right[:, channel], rtol=1e-3, maxiter=200, M=system.scale)
        result[system.places, channel] += change.astype(np.float32)

    side_by_side(solve, range(image.shape[2]))
    return result.reshape(image.shape)


def _welded(mesh: Mesh, corners: NDArray[np.int32]) -> NDArray[np.int32]:
    """The triangles (T, 3) with one vertex for all that lie on one point along open edges: importers split them."""
    start, end = corners.ravel().astype(np.int64), np.roll(corners, -1, axis=1).ravel()
    key = np.minimum(start, end) * len(mesh.positions) + np.maximum(start, end)
    _, where, count = np.unique(key, return_index=True, return_counts=True)
    open_edges = where[count == 1]
    border = np.unique(np.concatenate([start[open_edges], end[open_edges]]))
    if not len(border):
        return corners
    points = mesh.positions[border] - mesh.center
    grid = np.rint(points / max(float(np.abs(points).max()), 1e-30) * _WELD_STEPS).astype(np.int64)
    _, first, group = np.unique(grid, axis=0, return_index=True, return_inverse=True)
    vertex = np.arange(len(mesh.positions), dtype=np.int32)
    vertex[border] = border[first][group.ravel()]
    return vertex[corners]


def _charts(one: NDArray[np.int64], other: NDArray[np.int64], count: int) -> NDArray[np.int32]:
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


def _laplacian(number: NDArray[np.int32], places: NDArray[np.int64]) -> csr_array:
    """Graph Laplacian of the numbered texels of (tiles, S, S), which lie at these places, and their neighbours in rows
    and columns.
    """
    size = number.shape[-1]
    pairs = []
    for step, at in ((1, places % size), (size, places // size % size)):
        here = np.flatnonzero(at < size - 1)
        there = number.ravel()[places[here] + step]
        pairs.append(np.stack([here, there])[:, there >= 0].astype(np.int32))
    one, other = np.concatenate(pairs, axis=1)
    links = coo_array((np.ones(2 * len(one), np.float32), (np.concatenate([one, other]), np.concatenate([other, one]))),
                      shape=(len(places), len(places))).tocsr()
    return (diags_array(links.sum(axis=1)) - links).tocsr()


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
