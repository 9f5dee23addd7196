"""The same projection as a scientist writes it first: numpy arrays over all texels, one view after another."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from backend.geometry.camera import Camera
from backend.geometry.mesh import Mesh
from backend.geometry.uv_raster import Texels

__all__ = ["bake_with_numpy"]

_MIN_COSINE = 0.12  # 83 degrees, as `map_view`
_EXPONENT = 6
_DEPTH_TOLERANCE = 0.01  # of the object's radius: a fixed one


def bake_with_numpy(mesh: Mesh, texels: Texels, cameras: Sequence[Camera], depths: Sequence[NDArray[np.float32]],
                    pictures: NDArray[np.float32]) -> NDArray[np.float32]:
    """Colours (N, C) of the texels, from pictures (n, H, W, C) of views and their depths (H, W); 0 where unseen.

    Less than ours does: a fixed depth tolerance at the nearest pixel, no feathering, no second band, no matched tone.
    """
    total = np.zeros(len(texels), np.float32)
    colours = np.zeros((len(texels), pictures.shape[3]), np.float32)
    points = texels.positions + mesh.center
    normals = mesh.face_normals[texels.triangle]
    tolerance = _DEPTH_TOLERANCE * np.linalg.norm(texels.positions, axis=1).max()
    for camera, shown, picture in zip(cameras, depths, pictures, strict=True):
        pixels, depth = camera.project(points)
        towards = camera.position - points
        towards /= np.linalg.norm(towards, axis=1, keepdims=True)
        cosine = np.einsum("na,na->n", normals, towards)
        corner = np.floor(pixels - 0.5).astype(np.int64)
        is_inside = ((corner >= 0) & (corner < (camera.width_px - 1, camera.height_px - 1))).all(axis=1)
        facing = np.flatnonzero(is_inside & (cosine > _MIN_COSINE))
        nearest = np.floor(pixels[facing]).astype(np.int64)
        is_seen = np.abs(shown[nearest[:, 1], nearest[:, 0]] - depth[facing]) < tolerance
        texel = facing[is_seen]
        column, row = corner[texel].T
        x, y = (pixels[texel] - 0.5 - corner[texel]).astype(np.float32).T[..., None]
        seen = (picture[row, column] * ((1 - x) * (1 - y)) + picture[row, column + 1] * (x * (1 - y))
                + picture[row + 1, column] * ((1 - x) * y) + picture[row + 1, column + 1] * (x * y))
        weight = (cosine[texel] ** _EXPONENT).astype(np.float32)
        colours[texel] += weight[:, None] * seen
        total[texel] += weight
    return colours / np.maximum(total, 1e-12)[:, None]
