"""Where a point lands in a view, and back."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from protocol.errors import BadInput

__all__ = ["Camera"]


@dataclass(frozen=True, slots=True, eq=False)
class Camera:
    """A pinhole or an orthographic camera, with Blender's meaning of every number.

    Attributes:
        world_to_camera: (4, 4) float64, rigid: the inverse of Blender's `camera.matrix_world` without its
            scale. The camera looks along its -z with y up.
        width_px, height_px: the size of the view.
        fov_rad: angle of view over the longer side (Blender's `camera.angle` with sensor fit AUTO), or None
            for an orthographic camera.
        scale: world units over the longer side (Blender's `ortho_scale`), or None for a perspective camera.
        clip_near, clip_far: depths between which surfaces are seen.
        shift: (x, y) of the lens, as fractions of the longer side (Blender's `shift_x`, `shift_y`).

    Raises:
        BadInput: a number is out of its range.
    """

    world_to_camera: NDArray[np.float64]
    width_px: int
    height_px: int
    fov_rad: float | None = None
    scale: float | None = None
    clip_near: float = 0.01
    clip_far: float = 1000.0
    shift: tuple[float, float] = (0.0, 0.0)

    def __post_init__(self) -> None:
        matrix = np.array(self.world_to_camera, dtype=np.float64)
        object.__setattr__(self, "world_to_camera", matrix)
        if matrix.shape != (4, 4) or not np.isfinite(matrix).all():
            raise BadInput("The camera's matrix is not 4 by 4 finite numbers.", "Reset the camera's transform.")
        if not np.allclose(matrix[:3, :3] @ matrix[:3, :3].T, np.eye(3), atol=1e-4):
            raise BadInput("The camera's matrix scales or shears.", "Apply the scale of the camera and its parents.")
        if min(self.width_px, self.height_px) < 2:
            raise BadInput("The view is {width} by {height} px: each side must be at least 2.",
                           "Choose a larger view.", width=self.width_px, height=self.height_px)
        if (self.fov_rad is None) == (self.scale is None):
            raise BadInput("A camera must be either perspective or orthographic.",
                           "Give either an angle of view or a scale.")
        if self.fov_rad is not None and not 0.001 <= self.fov_rad <= 3.1:
            raise BadInput("The angle of view is {angle} rad: must be from 0.001 to 3.1.",
                           "Choose another focal length.", angle=self.fov_rad)
        if self.scale is not None and not (self.scale > 0 and math.isfinite(self.scale)):
            raise BadInput("The orthographic scale is {scale}: must be above 0.", "Choose another scale.",
                           scale=self.scale)
        lowest = -math.inf if self.is_orthographic else 0.0
        if not lowest < self.clip_near < self.clip_far:
            raise BadInput("The camera clips from {start} to {end}: the start must be above 0 and below the end.",
                           "Correct the camera's Clip Start and End.", start=self.clip_near, end=self.clip_far)

    @classmethod
    def look_at(cls, eye: ArrayLike, target: ArrayLike, *, size_px: int, fov_rad: float | None = None,
                scale: float | None = None, clip_near: float = 0.01, clip_far: float = 1000.0,
                vertical_up: ArrayLike = (0.0, 1.0, 0.0)) -> Camera:
        """A square view from `eye` to `target` with world z up, or `vertical_up` where it looks straight up or down."""
        eye, target = np.asarray(eye, np.float64), np.asarray(target, np.float64)
        back = eye - target
        distance = np.linalg.norm(back)
        if not distance > 0:
            raise BadInput("The camera stands on the point that it looks at.", "Move one of the two.")
        back = back / distance
        up = np.array([0.0, 0.0, 1.0]) if abs(back[2]) < 0.9999 else np.asarray(vertical_up, np.float64)
        right = np.cross(up, back)
        right /= np.linalg.norm(right)
        matrix = np.eye(4)
        matrix[:3, :3] = right, np.cross(back, right), back
        matrix[:3, 3] = -matrix[:3, :3] @ eye
        return cls(matrix, size_px, size_px, fov_rad, scale, clip_near, clip_far)

    @property
    def is_orthographic(self) -> bool:
        return self.fov_rad is None

    @property
    def focal_px(self) -> float:
        """Pixels a unit of tangent (perspective) or pixels a world unit (orthographic)."""
        longer = max(self.width_px, self.height_px)
        if self.scale is not None:
            return longer / self.scale
        assert self.fov_rad is not None
        return longer / 2 / math.tan(self.fov_rad / 2)

    @property
    def principal_px(self) -> tuple[float, float]:
        """Where the viewing axis meets the image: x right, y down."""
        longer = max(self.width_px, self.height_px)
        return self.width_px / 2 - self.shift[0] * longer, self.height_px / 2 + self.shift[1] * longer

    @property
    def position(self) -> NDArray[np.float64]:
        """(3,) float64, world space."""
        return -self.world_to_camera[:3, :3].T @ self.world_to_camera[:3, 3]

    def to_camera(self, points: ArrayLike) -> NDArray[np.float64]:
        """World (..., 3) to camera space (..., 3) float64."""
        return np.asarray(points, np.float64) @ self.world_to_camera[:3, :3].T + self.world_to_camera[:3, 3]

    def project(self, points: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Pixel coordinates (..., 2) (x right, y down, centres at +0.5) and depth (...) of world points.

        Points in or behind a perspective camera's plane have pixel coordinates NaN.
        """
        local = self.to_camera(points)
        depth = -local[..., 2]
        divisor = np.ones_like(depth) if self.is_orthographic else np.where(depth > 0, depth, np.nan)
        cx, cy = self.principal_px
        return np.stack([cx + self.focal_px * local[..., 0] / divisor,
                         cy - self.focal_px * local[..., 1] / divisor], axis=-1), depth

    def unproject(self, pixels: ArrayLike, depth: ArrayLike) -> NDArray[np.float64]:
        """World points (..., 3) float64 at pixel coordinates (..., 2) and depth (...); undoes `project`."""
        pixels, depth = np.asarray(pixels, np.float64), np.asarray(depth, np.float64)
        cx, cy = self.principal_px
        reach = (1.0 if self.is_orthographic else depth) / self.focal_px
        local = np.stack([(pixels[..., 0] - cx) * reach, (cy - pixels[..., 1]) * reach, -depth], axis=-1)
        return (local - self.world_to_camera[:3, 3]) @ self.world_to_camera[:3, :3]
