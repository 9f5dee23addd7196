"""A way with its corners rounded, as Bézier curves. Numpy only."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .visit import Point

__all__ = ["PIECES", "Knot", "rounded", "travelled"]

PIECES = 12  # that Blender cuts each curve into, by which it measures a path
_REACH_M = (0.9, 0.7, 0.5, 0.35, 0.2, 0.1, 0.05)  # of a curve, from its corner: the largest that fits


@dataclass(frozen=True)
class Knot:
    """A point of a path, with the handles of the curves that reach and leave it."""

    before: Point
    at: Point
    after: Point


def rounded(points: Sequence[Point], is_clear: Callable[[NDArray[np.float64]], bool]) -> list[Knot]:
    """From the first point to the last one, past the others in curves, and straight between these.

    Args:
        is_clear: whether one can walk at all of (n, 2) points. A corner that no curve fits into stays one.
    """
    turns = [(points[0], points[0]),
             *(_turn(points, number, is_clear) for number in range(1, len(points) - 1)),
             (points[-1], points[-1])]
    knots = []
    for number, (corner, (begin, end)) in enumerate(zip(points, turns, strict=True)):
        before, after = turns[max(number - 1, 0)][1], turns[min(number + 1, len(turns) - 1)][0]
        reach, leave = _between(begin, before, 1 / 3), _between(end, after, 1 / 3)
        if begin == end:
            knots.append(Knot(reach, begin, leave))
        else:
            knots += [Knot(reach, begin, _between(begin, corner, 2 / 3)),
                      Knot(_between(end, corner, 2 / 3), end, leave)]
    return knots


def travelled(knots: Sequence[Knot]) -> list[float]:
    """Metres from the first knot to each, along their curves."""
    t = np.linspace(0, 1, PIECES + 1)[:, None]
    far = [0.0]
    for one, two in itertools.pairwise(knots):
        a, b, c, d = (np.asarray(point) for point in (one.at, one.after, two.before, two.at))
        curve = (1 - t) ** 3 * a + 3 * (1 - t) ** 2 * t * b + 3 * (1 - t) * t ** 2 * c + t ** 3 * d
        far.append(far[-1] + float(np.linalg.norm(np.diff(curve, axis=0), axis=1).sum()))
    return far


def _turn(points: Sequence[Point], number: int, is_clear: Callable[[NDArray[np.float64]], bool]
          ) -> tuple[Point, Point]:
    """Where a corner's curve begins and ends: a parabola that touches both of its lines, and leaves half of them to
    other corners."""
    before, corner, after = points[number - 1:number + 2]
    lengths = math.dist(before, corner), math.dist(corner, after)
    most = min(lengths[0] / (2 if number > 1 else 1), lengths[1] / (2 if number < len(points) - 2 else 1))
    t = np.linspace(0, 1, 2 * PIECES + 1)[:, None]
    for reach in _REACH_M:
        if reach <= most:
            a, b, c = (np.asarray(point) for point in (_between(corner, before, reach / lengths[0]), corner,
                                                       _between(corner, after, reach / lengths[1])))
            if is_clear((1 - t) ** 2 * a + 2 * (1 - t) * t * b + t ** 2 * c):
                return (float(a[0]), float(a[1])), (float(c[0]), float(c[1]))
    return corner, corner


def _between(start: Point, end: Point, share: float) -> Point:
    return start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1])
