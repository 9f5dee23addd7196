"""A sculpture as it is seen from the front."""

from __future__ import annotations

import numpy as np
import trimesh
from numpy.typing import NDArray
from scipy.ndimage import median_filter

__all__ = ["portrait"]

_SIDE_PX = 200
_POINTS = 250_000  # three a pixel on the front of what fills its square: the median mends what they miss
_LIGHT = np.array([-0.45, 0.65, 0.62])  # from the upper left, before it
_PAPER, _CLAY = np.array([247, 246, 242]), np.array([206, 198, 186])
_DARKEST = 0.35


def portrait(mesh: trimesh.Trimesh) -> NDArray[np.uint8]:
    """(H, W, 3) uint8 sRGB, 200 pixels on the longer side: in clay, on paper. The same mesh gives the same.

    Args:
        mesh: y up, looked at along -z, as in glTF.
    """
    points, faces = trimesh.sample.sample_surface(mesh, _POINTS, seed=0)
    low, high = mesh.bounds
    scale = (_SIDE_PX - 1) / max(*(high - low)[:2], 1e-9)
    columns, rows = np.rint(((points - low) * scale)[:, :2]).astype(int).T
    height, width = rows.max() + 1, columns.max() + 1
    order = np.argsort(points[:, 2], kind="stable")  # what is nearer comes later, and stays
    nearest = np.full((height, width), -1)
    nearest[height - 1 - rows[order], columns[order]] = faces[order]
    normals = mesh.face_normals[nearest] * np.where(mesh.face_normals[nearest][..., 2:] < 0, -1, 1)  # seen from behind
    shade = _DARKEST + (1 - _DARKEST) * (normals @ _LIGHT).clip(0, 1)
    picture = np.where(nearest[..., None] < 0, _PAPER, _CLAY * shade[..., None])
    return np.rint(median_filter(picture, (3, 3, 1))).astype(np.uint8)
