"""What can be measured on a panorama before it is handed over."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .sphere import enlarged, solid_angles

__all__ = ["LUMINANCE", "Figures", "calm_turn", "measure_light", "measure_picture", "pole_deviation"]

LUMINANCE = np.array([0.2126, 0.7152, 0.0722])
_SLACK = 0.99  # for what a JPEG does to the edge
_POLE_ROWS = 128  # rows of the panorama when its poles are judged: the ring is then 0.7° from the pole


@dataclass(frozen=True)
class Figures:
    """
    Attributes:
        wrap_ratio: mean step from the last column to the first, over the mean step between neighbours.
        seam_ratio: the same over the median of the steps between columns.
        border_ratio: the same over the largest of them: more than 1 stands out.
        pole_deviation: see `pole_deviation`.
    """

    wrap_ratio: float
    seam_ratio: float
    border_ratio: float
    pole_deviation: float


def measure_picture(picture: NDArray[np.float32]) -> Figures:
    """Of a panorama (H, 2H, 3) float32, sRGB; each row counts by the share of the sphere that it has."""
    steps = _column_steps(picture)
    across, within = float(steps[-1]), steps[:-1]
    return Figures(_over(across, float(within.mean())), _over(across, float(np.median(within))),
                   _over(across, float(within.max())), pole_deviation(picture))


def calm_turn(picture: NDArray[np.float32]) -> int:
    """By how many columns a panorama (H, 2H, 3) float32, sRGB, is to be rolled so that its edge is like any place:
    there neighbours differ no more than in the median or the mean, and no less than that as far as there are such."""
    steps = _column_steps(picture)
    most = _SLACK * min(float(np.median(steps)), float(steps.mean()))
    return -int(np.argmax(np.where(steps <= max(most, float(steps.min())), steps, -1))) - 1


def pole_deviation(picture: NDArray[np.float32]) -> float:
    """How much a panorama (H, 2H, 3) float32, sRGB, varies on a circle of 0.7° about a pole: the larger standard
    deviation of both, in units of the full range. On a photograph next to nothing, as the circle is small; rays that
    meet in the pole are seen here."""
    small = enlarged(picture, _POLE_ROWS)
    return float(max(row.std(axis=0).mean() for row in (small[0], small[-1])))


def measure_light(radiance: NDArray[np.float32]) -> tuple[float, float]:
    """∫ L dΩ over the sphere (luminance, in the map's units times steradian), and the brightest pixel's luminance over
    the median, of a panorama (H, 2H, 3) float32, linear Rec.709."""
    light = radiance.astype(np.float64) @ LUMINANCE
    return float((light * solid_angles(len(radiance))).sum()), _over(float(light.max()), float(np.median(light)))


def _column_steps(picture: NDArray[np.float32]) -> NDArray[np.float64]:
    """(2H,) mean difference from each column to the next, of the last to the first."""
    weights = solid_angles(len(picture))
    return (np.abs(np.roll(picture, -1, axis=1) - picture).mean(axis=2) * weights).sum(axis=0) / weights.sum()


def _over(value: float, by: float) -> float:
    """0 / 0, as of one even colour, is 1: no step stands out."""
    return 1.0 if max(value, by) <= 1e-9 else value / max(by, 1e-9)
