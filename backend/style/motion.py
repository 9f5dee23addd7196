"""Where what a pixel of a film shows was in other frames: followed exactly, by the motion that the renderer knows."""

# ruff: noqa: ANN001, ANN202 -- the kernel at the end: numba takes the types from what is passed in.
from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

__all__ = ["UNKNOWN", "Frame", "Origin", "follow", "follow_back", "stretched_share"]

UNKNOWN = -1  # in place of a frame's number
_STILL_PX = 1e-3  # a motion that is only the rounding of none
_LOST_PX = 0.7  # forth and back again, a place that is still seen comes back this near
_STRETCH = 2.0  # strokes that are drawn longer or shorter than this are stretched


@dataclass(frozen=True, eq=False)
class Frame:
    """
    Attributes:
        colours: (H, W, 3) float32, sRGB.
        backward: (H, W, 2) float32, from each pixel to where it was in the frame before, in pixels to the right and
            downwards; None in the first.
        forward: (H, W, 2) float32, to where it will be in the next; None in the last.
        surface: (H, W) int32, which object each pixel shows.
        depth: (H, W) float32, how far away that is; None where it is not known.
    """

    colours: NDArray[np.float32]
    backward: NDArray[np.float32] | None
    forward: NDArray[np.float32] | None
    surface: NDArray[np.int32]
    depth: NDArray[np.float32] | None = None


@dataclass(frozen=True, eq=False)
class Origin:
    """Where the strokes of a frame were made.

    Attributes:
        frame: (H, W) int32, number of the stylised frame, or `UNKNOWN`.
        place: (H, W, 2) float32, x and y of the pixel's centre in it; a whole number is a pixel's own.
    """

    frame: NDArray[np.int32]
    place: NDArray[np.float32]

    @classmethod
    def new(cls, number: int, height: int, width: int) -> Origin:
        """All of it made in this frame."""
        rows, columns = np.mgrid[:height, :width].astype(np.float32)
        return cls(np.full((height, width), number, np.int32), np.stack([columns, rows], axis=2))

    def under(self, other: Origin, where: NDArray[np.bool_]) -> Origin:
        """The other one where (H, W) it holds, this one elsewhere."""
        return Origin(np.where(where, other.frame, self.frame), np.where(where[..., None], other.place, self.place))


def follow(before: Origin, last: Frame, frame: Frame, number: int) -> tuple[Origin, float]:
    """The origin of a frame's pixels, from that of the frame before; and the share that is new: there `number`.

    A pixel is known if it comes back to where it is by way of the frame before, onto the same surface.
    """
    return _followed(before, last.forward, last.surface, frame.backward, frame.surface, number)


def follow_back(after: Origin, later: Frame, frame: Frame) -> Origin:
    """The origin of a frame's pixels, from that of the frame after; what is not seen there is `UNKNOWN`."""
    return _followed(after, later.backward, later.surface, frame.forward, frame.surface, UNKNOWN)[0]


def _followed(origin: Origin, from_motion: NDArray[np.float32] | None, from_surface: NDArray[np.int32],
              motion: NDArray[np.float32] | None, surface: NDArray[np.int32], number: int) -> tuple[Origin, float]:
    result = Origin.new(number, *surface.shape)
    if motion is None or from_motion is None:
        return result, 1.0
    count = _follow(origin.frame, origin.place, from_motion, from_surface, motion, surface, result.frame, result.place)
    return result, 1 - count / surface.size


def stretched_share(origin: Origin) -> float:
    """Share of the pixels whose strokes are more than `_STRETCH` times as long or as short as they were made."""
    across, down = np.diff(origin.place, axis=1)[:-1], np.diff(origin.place, axis=0)[:, :-1]
    same = (np.diff(origin.frame, axis=1)[:-1] == 0) & (np.diff(origin.frame, axis=0)[:, :-1] == 0)
    area = np.abs(across[..., 0] * down[..., 1] - across[..., 1] * down[..., 0])
    far = (area < _STRETCH ** -2) | (area > _STRETCH ** 2)
    return float((far & same & (origin.frame[:-1, :-1] >= 0)).mean())


@njit(cache=True, nogil=True, error_model="numpy")
def _follow(from_frame, from_place, from_motion, from_surface, motion, surface, to_frame, to_place):
    height, width = surface.shape
    count = 0
    for row in range(height):
        for column in range(width):
            x, y = np.float64(motion[row, column, 0]), np.float64(motion[row, column, 1])
            if abs(x) < _STILL_PX and abs(y) < _STILL_PX:
                x, y = np.float64(0.0), np.float64(0.0)
            x, y = x + column, y + row
            if not (-0.5 <= x <= width - 0.5 and -0.5 <= y <= height - 0.5):
                continue
            near_x, near_y = min(max(int(np.rint(x)), 0), width - 1), min(max(int(np.rint(y)), 0), height - 1)
            if from_surface[near_y, near_x] != surface[row, column]:
                continue
            back_x = near_x + from_motion[near_y, near_x, 0] + (x - near_x) - column
            back_y = near_y + from_motion[near_y, near_x, 1] + (y - near_y) - row
            if back_x * back_x + back_y * back_y > _LOST_PX * _LOST_PX:
                continue
            number = from_frame[near_y, near_x]
            left, top = min(max(int(np.floor(x)), 0), width - 1), min(max(int(np.floor(y)), 0), height - 1)
            right, below = min(left + 1, width - 1), min(top + 1, height - 1)
            fx, fy = min(max(x - left, 0.0), 1.0), min(max(y - top, 0.0), 1.0)
            whole = True
            for k in range(4):
                r, c = below if k // 2 else top, right if k % 2 else left
                if from_frame[r, c] != number or from_surface[r, c] != surface[row, column]:
                    whole = False
            to_frame[row, column] = number
            for axis in range(2):
                if whole:
                    upper = from_place[top, left, axis] * (1 - fx) + from_place[top, right, axis] * fx
                    lower = from_place[below, left, axis] * (1 - fx) + from_place[below, right, axis] * fx
                    to_place[row, column, axis] = upper * (1 - fy) + lower * fy
                else:
                    to_place[row, column, axis] = from_place[near_y, near_x, axis] + ((x - near_x) if axis == 0
                                                                                      else (y - near_y))
            count += 1
    return count
