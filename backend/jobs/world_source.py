"""The picture that a world begins with: read, laid onto the sphere, and kept."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from protocol.errors import BadInput
from protocol.world import WorldSource, WorldSourceKind

from ..job import Job
from ..panorama.sphere import View, directions, enlarged, sample_view
from ..style.pictures import Picture, read_mask, read_picture, resized

__all__ = ["Known", "read_source"]

_FEATHER = 0.04  # of a camera's picture's shorter side: within, it goes over into what is painted around


@dataclass(frozen=True, eq=False)
class Known:
    """
    Attributes:
        panorama: (H, 2H, 3) float32 in 0 to 1, sRGB; of one mean colour where nothing is known.
        stays: (H, 2H, 1) float32 in 0 to 1: how much of each place is to stay.
        strength: how far the rest may change; 1 where nothing is known of it.
    """

    panorama: NDArray[np.float32]
    stays: NDArray[np.float32]
    strength: float

    def at(self, height: int) -> Known:
        """With so many rows."""
        return Known(enlarged(self.panorama, height).clip(0, 1), enlarged(self.stays, height).clip(0, 1), self.strength)

    def kept_in(self, picture: NDArray[np.float32]) -> NDArray[np.float32]:
        """A panorama (H, 2H, 3) of any size, with what is to stay as it is."""
        own = self if len(picture) == len(self.panorama) else self.at(len(picture))
        return picture + own.stays * (own.panorama - picture)


def read_source(source: WorldSource, folder: Path, height: int, job: Job) -> Known:
    """A request's source as a panorama of so many rows.

    Raises:
        BadInput: it cannot be read, or a panorama is not twice as wide as high.
    """
    picture = read_picture(folder / source.picture, source.name)
    if picture.clipped > 0.001:
        job.remark("{percent} % of {name} is brighter than white and was cut: save it with its view transform.",
                   name=source.name, percent=round(100 * picture.clipped, 1))
    if source.kind is WorldSourceKind.CAMERA:
        return _around(picture, source, height)
    high, wide = picture.colours.shape[:2]
    if wide != 2 * high:
        raise BadInput("The panorama {name} is {width} × {height} px: it must be twice as wide as high.",
                       "Scale it, or choose another picture.", name=source.name, width=wide, height=high)
    colours = resized(picture.colours, height, 2 * height)
    known = np.ones((height, 2 * height, 1), np.float32)
    if picture.alpha is not None:
        known = resized(picture.alpha[..., None], height, 2 * height)
    stays = np.zeros_like(known) if not source.mask else known
    if source.mask:
        stays = stays * (1 - read_mask(folder / source.mask, height, 2 * height)[..., None])
    elif known.min() < 1:  # the holes alone
        stays = known
    has_holes = bool(known.min() < 0.5)
    return Known(_filled(colours, known), stays, 1.0 if has_holes else source.strength)


def _around(picture: Picture, source: WorldSource, height: int) -> Known:
    high, wide = picture.colours.shape[:2]
    view = View(source.yaw_rad, source.pitch_rad, source.fov_rad, wide, high, source.roll_rad)
    columns, rows, inside = view.pixels(directions(height))
    near = inside > 0
    known = np.zeros((height, 2 * height, 4), np.float32)
    alpha = np.ones((high, wide), np.float32) if picture.alpha is None else picture.alpha
    known[near] = sample_view(np.dstack([picture.colours, alpha]), columns[near], rows[near])
    soft = np.clip(inside / (_FEATHER * min(high, wide)), 0, 1)
    stays = (soft * soft * (3 - 2 * soft))[..., None].astype(np.float32) * known[..., 3:].clip(0, 1)
    return Known(_filled(known[..., :3].clip(0, 1), near[..., None].astype(np.float32)), stays, 1.0)


def _filled(colours: NDArray[np.float32], known: NDArray[np.float32]) -> NDArray[np.float32]:
    mean = (colours * known).sum(axis=(0, 1)) / max(float(known.sum()), 1e-6)
    return (colours * known + mean * (1 - known)).astype(np.float32)
