"""Charts that lie over themselves, cut apart.

Smart UV Project flattens each group of similarly facing, connected faces in one direction: a spiral stair, or a
fold of Suzanne's ear, comes to lie over itself. Such groups are cut here; packing then finds them a place each.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

import numpy as np

__all__ = ["find_overlaps", "separate"]

_HAIR = 1e-3  # texels: what neighbours may share by rounding


def find_overlaps(triangle_uvs: np.ndarray, triangle_faces: np.ndarray) -> np.ndarray:
    """The pairs of faces that cover a texel's centre together.

    Args:
        triangle_uvs: (T,3,2) f32 within 0–1.
        triangle_faces: (T,) i32.

    Returns:
        (P,2) i64, each pair once, the lower number first.
    """
    size_px = int(np.clip(np.sqrt(2 * len(triangle_uvs)), 1024, 2048))  # a texel or more a triangle
    texel, row = _covered(triangle_uvs.astype(np.float64) * size_px, size_px)
    face = triangle_faces[row].astype(np.int64)
    order = np.argsort(texel, kind="stable")
    texel, face = texel[order], face[order]
    found = []
    for apart in range(1, 64):  # layers over one texel
        same = np.flatnonzero(texel[apart:] == texel[:-apart])
        if not len(same):
            break
        a, b = face[same], face[same + apart]
        found.append(np.unique(np.minimum(a, b) << 32 | np.maximum(a, b)))
    pairs = np.unique(np.concatenate(found)) if found else np.empty(0, np.int64)
    pairs = np.stack([pairs >> 32, pairs & 0xFFFFFFFF], axis=1)
    return pairs[pairs[:, 0] != pairs[:, 1]]  # a face that is folded itself cannot be cut


def separate(uvs: np.ndarray, corner_vertices: np.ndarray, face_starts: np.ndarray, pairs: np.ndarray) -> np.ndarray:
    """(L,2) f32: the UVs with every face moved away from those that it covers, in as few pieces as growing along
    the surface gives. A piece may now lie outside 0–1: pack the islands afterwards.

    Args:
        uvs: (L,2) f32.
        corner_vertices: (L,) i32. face_starts: (F,) i32, the first loop of each face.
        pairs: (P,2) what `find_overlaps` gave.
    """
    rivals: dict[int, list[int]] = {}
    for a, b in pairs.tolist():
        rivals.setdefault(a, []).append(b)
        rivals.setdefault(b, []).append(a)
    neighbours = _neighbours(uvs, corner_vertices, face_starts)
    layer = np.full(len(face_starts), -1, np.int64)
    for start in rivals:
        if layer[start] >= 0:
            continue
        layer[start] = _free_layer(start, 0, layer, rivals)
        queue = deque([start])
        while queue:  # breadth first: a layer grows as one piece, and gives way only where it must
            face = queue.popleft()
            for neighbour in neighbours(face):
                if layer[neighbour] < 0:
                    layer[neighbour] = _free_layer(neighbour, layer[face], layer, rivals)
                    queue.append(neighbour)
    sizes = np.diff(np.append(face_starts, len(uvs)))
    moved = uvs.copy()
    moved[:, 0] += 2 * np.repeat(layer.clip(0), sizes)
    return moved


def _free_layer(face: int, wanted: int, layer: np.ndarray, rivals: dict[int, list[int]]) -> int:
    taken = {int(layer[rival]) for rival in rivals.get(face, ())}
    if wanted not in taken:
        return int(wanted)
    return next(number for number in range(len(taken) + 1) if number not in taken)


def _covered(corners: np.ndarray, size_px: int) -> tuple[np.ndarray, np.ndarray]:
    """Texel and triangle of every texel centre in a triangle: first the rows of each triangle, then the span of
    each row. Spans are half open, and an edge is computed the same way from either side, so that neighbours do not
    share a texel.

    Args:
        corners: (T,3,2) f64 in texels.
    """
    low = np.ceil(corners[..., 1].min(axis=1) - 0.5).astype(np.int64)
    triangle, y = _expand(low, np.ceil(corners[..., 1].max(axis=1) - 0.5).astype(np.int64))
    left, right = np.full(len(y), np.inf), np.full(len(y), -np.inf)
    for a, b in ((0, 1), (1, 2), (2, 0)):
        upward = corners[:, a, 1] < corners[:, b, 1]
        start = np.where(upward[:, None], corners[:, a], corners[:, b])
        end = np.where(upward[:, None], corners[:, b], corners[:, a])
        rise = end[:, 1] - start[:, 1]
        slope = (end[:, 0] - start[:, 0]) / np.where(rise > 0, rise, 1)
        crossed = (start[triangle, 1] <= y + 0.5) & (y + 0.5 < end[triangle, 1])
        x = (start[:, 0] - slope * start[:, 1])[triangle] + slope[triangle] * (y + 0.5)
        left = np.where(crossed, np.minimum(left, x), left)
        right = np.where(crossed, np.maximum(right, x), right)
    met = right > left + 2 * _HAIR
    triangle, y, left, right = triangle[met], y[met], left[met], right[met]
    span, x = _expand(np.ceil(left + _HAIR - 0.5).astype(np.int64), np.ceil(right - _HAIR - 0.5).astype(np.int64))
    return y[span] * size_px + x, triangle[span]


def _expand(starts: np.ndarray, ends: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Number and value of everything in the ranges starts to ends (excluded)."""
    counts = (ends - starts).clip(0)
    number = np.repeat(np.arange(len(counts)), counts)
    return number, np.arange(len(number)) - np.repeat(np.cumsum(counts) - counts - starts, counts)


def _neighbours(uvs: np.ndarray, corner_vertices: np.ndarray, face_starts: np.ndarray,
                ) -> Callable[[int], list[int]]:
    """A function that gives the faces across those edges of a face that are not cut in the UVs."""
    count = len(uvs)
    following = np.arange(1, count + 1)
    following[np.append(face_starts[1:], count) - 1] = face_starts
    face_of = np.repeat(np.arange(len(face_starts)), np.diff(np.append(face_starts, count)))
    a, b = corner_vertices.astype(np.int64), corner_vertices[following].astype(np.int64)
    turned = a > b
    key = np.where(turned, b, a) * (int(corner_vertices.max()) + 1) + np.where(turned, a, b)
    ends = np.where(turned[:, None], np.hstack([uvs[following], uvs]), np.hstack([uvs, uvs[following]]))
    order = np.argsort(key, kind="stable")
    first, second = order[:-1], order[1:]
    joined = (key[first] == key[second]) & (np.abs(ends[first] - ends[second]).max(axis=1) < 1e-6)
    left = np.concatenate([face_of[first[joined]], face_of[second[joined]]])
    right = np.concatenate([face_of[second[joined]], face_of[first[joined]]])
    by_left = np.argsort(left, kind="stable")
    starts = np.searchsorted(left[by_left], np.arange(len(face_starts) + 1)).tolist()
    right = right[by_left].tolist()
    return lambda face: right[starts[face]:starts[face + 1]]
