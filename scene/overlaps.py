"""Charts that lie over themselves, cut apart.

Smart UV Project flattens each group of similarly facing, connected faces in one direction: a spiral stair, or a
fold of Suzanne's ear, comes to lie over itself. Such groups are cut here; packing then finds them a place each.
"""

from __future__ import annotations

from collections import deque

import numpy as np

__all__ = ["find_overlaps", "separate"]

_BLOCK = 4_000_000  # candidate texels looked at together: about 200 MB
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
    corners = triangle_uvs.astype(np.float64) * size_px
    low = np.ceil(corners.min(axis=1) - 0.5).astype(np.int64).clip(0)
    extent = (np.floor(corners.max(axis=1) - 0.5).astype(np.int64) - low + 1).clip(0)
    candidates = extent.prod(axis=1)
    texels, faces = [], []
    for rows in _blocks(candidates):
        texel, row = _covered(corners[rows], low[rows], extent[rows], candidates[rows], size_px)
        texels.append(texel)
        faces.append(triangle_faces[rows][row].astype(np.int64))
    texel, face = np.concatenate(texels), np.concatenate(faces)
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


def _blocks(candidates: np.ndarray) -> list[slice]:
    ends = np.cumsum(candidates)
    edges = np.searchsorted(ends, np.arange(_BLOCK, ends[-1] + _BLOCK, _BLOCK), side="left") + 1
    edges = np.unique(np.concatenate([[0], edges.clip(0, len(candidates)), [len(candidates)]]))
    return [slice(a, b) for a, b in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True)]


def _covered(corners: np.ndarray, low: np.ndarray, extent: np.ndarray, candidates: np.ndarray,
             size_px: int) -> tuple[np.ndarray, np.ndarray]:
    """Texel and triangle (row) of every texel centre strictly inside a triangle."""
    row = np.repeat(np.arange(len(corners)), candidates)
    within = np.arange(len(row)) - np.repeat(np.cumsum(candidates) - candidates, candidates)
    x = low[row, 0] + within % extent[row, 0]
    y = low[row, 1] + within // extent[row, 0]
    edges = np.roll(corners, -1, axis=1) - corners
    doubled = edges[:, 0, 0] * edges[:, 1, 1] - edges[:, 0, 1] * edges[:, 1, 0]
    inside = np.ones(len(row), bool)
    for k in range(3):
        length = np.hypot(edges[:, k, 0], edges[:, k, 1])
        scale = np.sign(doubled) / np.where(length > 0, length, 1)  # a triangle without area: 0, never inside
        nx, ny = edges[:, k, 0] * scale, edges[:, k, 1] * scale
        offset = nx * (0.5 - corners[:, k, 1]) - ny * (0.5 - corners[:, k, 0])
        inside &= nx[row] * y - ny[row] * x + offset[row] > _HAIR
    return (y * size_px + x)[inside], row[inside]


def _neighbours(uvs: np.ndarray, corner_vertices: np.ndarray, face_starts: np.ndarray):
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
