"""A film of a ball before a wall, by our own rasteriser: every frame with its exact motion."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from backend.geometry.camera import Camera
from backend.geometry.mesh import Mesh
from backend.geometry.view_raster import rasterise_view
from backend.style.motion import Frame
from tests.backend.test_geometry_shapes import join, moved, plane, sphere

RED = np.float32([0.9, 0.1, 0.1])


def striped(points: NDArray[np.float64], surface: NDArray[np.int32]) -> NDArray[np.float32]:
    """(H, W, 3) the wall blue and green in stripes that lie on it, the ball red; points (H, W, 3) are its own."""
    stripes = 0.5 + 0.4 * np.sin(6 * points[..., 0]) * np.sin(5 * points[..., 2])
    wall = np.stack([np.zeros_like(stripes), stripes, 1 - stripes], axis=2)
    return np.where((surface == 1)[..., None], RED, wall).astype(np.float32)


def film(balls: Sequence[tuple[float, float, float]], eyes: Sequence[tuple[float, float, float]], size_px: int = 96,
         paint: Callable[[NDArray[np.float64], NDArray[np.int32]], NDArray[np.float32]] = striped) -> list[Frame]:
    """Camera and ball at a place for each frame.

    Args:
        paint: the colours of points on the wall (surface 0) and on the ball (1), from its middle.
    """
    meshes = [Mesh.from_arrays(join(plane(size=4), moved(sphere(32), ball), ids=[0, 1])) for ball in balls]
    cameras = [Camera.look_at(eye, (eye[0], 0, eye[2]), size_px=size_px, fov_rad=0.8) for eye in eyes]
    rasters = [rasterise_view(mesh, camera) for mesh, camera in zip(meshes, cameras, strict=True)]
    frames = []
    for number, (mesh, raster) in enumerate(zip(meshes, rasters, strict=True)):
        surface = raster.object_ids(mesh)
        corners, shares = mesh.triangles[raster.triangle], raster.barycentrics(mesh).astype(np.float64)

        def at(other: int, corners=corners, shares=shares, raster=raster) -> np.ndarray | None:
            """Where each pixel's point is in another frame, in pixels; the background stays."""
            if not 0 <= other < len(meshes):
                return None
            points = np.einsum("hwk,hwkc->hwc", shares, meshes[other].positions[corners])
            pixels, _ = cameras[other].project(points.reshape(-1, 3))
            rows, columns = np.mgrid[:size_px, :size_px] + 0.5
            motion = pixels.reshape(size_px, size_px, 2) - np.stack([columns, rows], axis=2)
            return np.where(raster.hit[..., None], motion, 0).astype(np.float32)

        points = np.einsum("hwk,hwkc->hwc", shares, mesh.positions[corners])
        points -= np.where((surface == 1)[..., None], balls[number], 0)
        frames.append(Frame(paint(points, surface), at(number - 1), at(number + 1), surface))
    return frames
