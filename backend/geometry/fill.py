"""Colours for the texels that no view saw: the smoothest tone that joins what was seen, with its detail.

The tone is a harmonic function on a graph of neighbours in space, so that colour flows over seams of the unwrap,
gated by normals, so that it does not flow through thin walls. The graph has a bounded number of nodes; texels
between them are interpolated.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array, diags_array
from scipy.spatial import cKDTree

from .detail import local_tone, mirror_detail
from .uv_raster import Texels

__all__ = ["fill_unseen"]

_MAX_NODES = 12000
_NEIGHBOURS = 10
# What every node keeps of its nearest seen colour: holds apart what no neighbour joins to anything seen.
_ANCHOR = 1e-4


def fill_unseen(texels: Texels, colours: NDArray[np.float32], weight: NDArray[np.float32], *,
                with_detail: bool = True, max_nodes: int = _MAX_NODES) -> NDArray[np.float32]:
    """Give every texel that no view saw a colour between those that were seen.

    Args:
        colours: (N, C) float32.
        weight: (N,) float32, 0 where unseen.
        with_detail: continue the grain of the seen texels (see `detail`), not only their tone.
        max_nodes: bound of the graph's unseen nodes; more take longer and follow narrow holes better.

    Returns:
        (N, C) float32: seen texels unchanged, the others within the range of the seen ones, channel by
        channel; mid-grey where nothing at all was seen.
    """
    seen = weight > 0
    if seen.all():
        return colours.copy()
    result = colours.copy()
    if not seen.any():
        result[:] = 0.5
        return result
    tone = local_tone(texels, colours, seen) if with_detail else colours
    unseen = np.flatnonzero(~seen)
    stride = max(1, int(np.ceil(np.sqrt(len(unseen) / max_nodes))))
    row, column = np.divmod(texels.index, texels.size_px)
    on_grid = (row % stride == stride // 2) & (column % stride == stride // 2)
    free = np.flatnonzero(~seen & on_grid)
    fixed = _seen_nodes(texels, seen, on_grid, stride)

    if len(free):
        node_colours = _solve(texels, free, fixed, tone[fixed])
        nodes = np.concatenate([free, fixed])
        node_colours = np.concatenate([node_colours, tone[fixed]])
    else:
        nodes, node_colours = fixed, tone[fixed].astype(np.float64)
    if stride == 1:
        result[free] = node_colours[:len(free)]
    else:
        result[unseen] = _interpolate(texels, unseen, nodes, node_colours)
    if with_detail:
        result[unseen] += mirror_detail(texels, colours - tone, seen)
    low, high = (bound.numpy() for bound in torch.from_numpy(colours[seen]).aminmax(dim=0))
    result[unseen] = np.clip(result[unseen], low, high)
    return result


def _seen_nodes(texels: Texels, seen: NDArray, on_grid: NDArray, stride: int) -> NDArray[np.int64]:
    """Seen texels that hold the fill: all that border on a hole in the texture, and the grid elsewhere."""
    hole = np.zeros((texels.height_px, texels.size_px), bool)
    hole.ravel()[texels.index[~seen]] = True
    near = hole.copy()
    near[1:] |= hole[:-1]
    near[:-1] |= hole[1:]
    near[:, 1:] |= hole[:, :-1]
    near[:, :-1] |= hole[:, 1:]
    border = np.flatnonzero(seen & near.ravel()[texels.index])
    # Seams join charts in space only, so that seen texels are wanted everywhere, but not all of them.
    grid = np.flatnonzero(seen & on_grid) if stride > 1 else np.flatnonzero(seen)
    thin = max(1, len(grid) // 120_000)
    keep = np.zeros(len(seen), bool)
    keep[border[::max(1, len(border) // 60_000)]] = True
    keep[grid[::thin]] = True
    return np.flatnonzero(keep if keep.any() else seen)


def _solve(texels: Texels, free: NDArray, fixed: NDArray, fixed_colours: NDArray) -> NDArray[np.float64]:
    """(F, C) harmonic colours of the free nodes."""
    points = texels.positions
    nodes = np.concatenate([free, fixed])
    tree = cKDTree(points[nodes], balanced_tree=False, compact_nodes=False)
    k = min(_NEIGHBOURS + 1, len(nodes))
    distance, neighbour = tree.query(points[free], k=k, workers=-1)
    distance, neighbour = distance.reshape(len(free), k), neighbour.reshape(len(free), k)
    count = len(free)
    weight = _affinity(distance, texels.normals[free][:, None], texels.normals[nodes[neighbour]])
    weight[neighbour == np.arange(count)[:, None]] = 0

    row = np.broadcast_to(np.arange(count)[:, None], neighbour.shape)
    inner = neighbour < count
    among = coo_array((weight[inner], (row[inner], neighbour[inner])), shape=(count, count)).tocsr()
    among = among.maximum(among.T)
    outer = csr_array((weight[~inner], (row[~inner], neighbour[~inner] - count)), shape=(count, len(fixed)))
    _, nearest = cKDTree(points[fixed], balanced_tree=False, compact_nodes=False).query(points[free], workers=-1)
    start = fixed_colours[nearest].astype(np.float64)

    degree = np.asarray(among.sum(axis=1)).ravel() + np.asarray(outer.sum(axis=1)).ravel() + _ANCHOR
    right = outer @ fixed_colours.astype(np.float64) + _ANCHOR * start
    # Scaled to a unit diagonal, which is Jacobi preconditioning and keeps the matrix symmetric.
    root = 1 / np.sqrt(degree)[:, None]
    matrix = (diags_array(np.ones(count)) - diags_array(root[:, 0]) @ among @ diags_array(root[:, 0])).tocsr()
    return root * _conjugate_gradients(matrix, root * right, start / root)


def _conjugate_gradients(matrix: csr_array, right: NDArray, start: NDArray) -> NDArray[np.float64]:
    """Solve for all columns (F, C) at once, to a relative residual of 1e-4 or 150 steps.

    Without BLAS: its threads cost more than these short vectors, and would sum in an order of their own.
    """
    solution = start.copy()
    residual = right - matrix @ solution
    direction = residual.copy()
    energy = np.einsum("fc,fc->c", residual, residual)
    enough = 1e-8 * np.einsum("fc,fc->c", right, right) + 1e-300
    for _ in range(150):
        if (energy <= enough).all():
            break
        image = matrix @ direction
        curvature = np.einsum("fc,fc->c", direction, image)
        step = np.where(energy > enough, energy / np.where(curvature > 0, curvature, 1), 0)
        solution += step * direction
        residual -= step * image
        before, energy = energy, np.einsum("fc,fc->c", residual, residual)
        direction = residual + energy / np.where(before > 0, before, 1) * direction
    return solution


def _affinity(distance: NDArray, normal: NDArray, other: NDArray) -> NDArray[np.float64]:
    """Graph weights (F, K) that fall with distance, relative to the typical one, and with the normals' angle.

    A right angle keeps 5 % (colour flows round the edge of a box), opposite sides of a thin wall next to nothing.
    """
    scale = np.median(distance[:, -1]) + 1e-30
    agree = np.einsum("fkc,fkc->fk", np.broadcast_to(normal, other.shape), other)
    gate = np.where(agree > -0.3, 0.05 + 0.95 * np.clip(agree, 0, 1) ** 2, 1e-5)
    return np.exp(-(np.minimum(distance / scale, 4) ** 2)) * gate


def _interpolate(texels: Texels, at: NDArray, nodes: NDArray, node_colours: NDArray) -> NDArray[np.float64]:
    """Colours (A, C) of texels between nodes: a gated, inverse-square weighted mean of the four nearest."""
    tree = cKDTree(texels.positions[nodes], balanced_tree=False, compact_nodes=False)
    k = min(4, len(nodes))
    result = np.empty((len(at), node_colours.shape[1]))
    for part in np.array_split(np.arange(len(at)), max(1, len(at) // 262_144)):
        distance, neighbour = tree.query(texels.positions[at[part]], k=k, workers=-1)
        distance, neighbour = distance.reshape(len(part), k), neighbour.reshape(len(part), k)
        agree = np.einsum("fc,fkc->fk", texels.normals[at[part]], texels.normals[nodes[neighbour]])
        gate = np.where(agree > -0.3, 0.05 + 0.95 * np.clip(agree, 0, 1) ** 2, 1e-5)
        floor = np.median(distance) * 0.1 + 1e-30
        weight = gate / (distance + floor) ** 2
        weight /= weight.sum(axis=1, keepdims=True)
        result[part] = np.einsum("fk,fkc->fc", weight, node_colours[neighbour])
    return result
