"""How well a picture tiles, in figures."""

from __future__ import annotations

import numpy as np
import scipy.fft
import scipy.ndimage
from numpy.typing import NDArray

__all__ = ["border_ratio", "calm_origin", "repetition", "wrap_ratio"]


def wrap_ratio(picture: NDArray[np.floating], axis: int, reach: int = 1) -> float:
    """The mean step from a picture's (H, W, C) last row (axis 0) or column (1) to its first, over its mean step from
    one to the next; 1 for one that tiles there as anywhere, and for a single colour.

    Args:
        reach: over how many rows or columns a step goes, all those across the border together: of an enlarged picture
            as many as each of its own became, whose steps are not even among themselves.
    """
    reach = min(reach, max(picture.shape[axis] // 2, 1))  # of a few rows that each became many
    steps = _steps(picture, axis, reach)
    inside = float(steps[:-reach].mean())
    return float(steps[-reach:].mean()) / inside if inside > 1e-9 else 1.0


def border_ratio(picture: NDArray[np.floating], axis: int) -> float:
    """The same, but over the largest mean step from one row or column to the next: at most 1, unless the border stands
    out more than any line that the picture shows. Bricks have mortar, whose edges are steps above the mean."""
    steps = _steps(picture, axis)
    inside = float(steps[:-1].max())
    return float(steps[-1]) / inside if inside > 1e-9 else 1.0


def calm_origin(picture: NDArray[np.floating], axis: int) -> int:
    """By how much to roll a picture that wraps (`numpy.roll`), so that it is cut where it changes as much as it does on
    the mean: neither along a line that it shows nor within a flat."""
    steps = _steps(picture, axis)
    return -(int(np.argmin(np.abs(steps - steps.mean()))) + 1) % len(steps)


def repetition(picture: NDArray[np.floating]) -> float:
    """How much of a picture (H, W, C) comes again within itself, 0 to 1: the highest peak of its lightness'
    autocorrelation on the torus beside the one at 0 (by which Liu, Collins and Tsin, "A Computational Model for
    Periodic Pattern Perception", PAMI 2004, find a pattern's lattice).

    A peak is higher than all around it within 1/32 of the longer side, and outside of the region about 0 in which the
    autocorrelation has not yet fallen below a tenth: a texture of large soft forms does not repeat.
    """
    light = picture.mean(axis=-1, dtype=np.float64)
    light = light - light.mean()
    spectrum = np.abs(scipy.fft.rfft2(light)) ** 2
    found = scipy.fft.irfft2(spectrum, s=light.shape)
    if found[0, 0] < 1e-9 * light.size:
        return 0.0
    found = found / found[0, 0]
    near, _ = scipy.ndimage.label(np.roll(found, (found.shape[0] // 2, found.shape[1] // 2), (0, 1)) > 0.1)
    middle = near[found.shape[0] // 2, found.shape[1] // 2]
    is_near = np.roll(near == middle, (-(found.shape[0] // 2), -(found.shape[1] // 2)), (0, 1))
    reach = max(3, max(found.shape) // 32 | 1)
    is_peak = found >= scipy.ndimage.maximum_filter(found, reach, mode="wrap")
    peaks = found[is_peak & ~is_near]
    return float(np.clip(peaks.max(initial=0.0), 0.0, 1.0))


def _steps(picture: NDArray[np.floating], axis: int, reach: int = 1) -> NDArray[np.float64]:
    """(n,): the mean absolute step from each row or column to the next, the last to the first; or to one further on."""
    after = np.roll(picture, -reach, axis)
    others = tuple(place for place in range(picture.ndim) if place != axis)
    return np.abs(after.astype(np.float64) - picture).mean(axis=others)
