"""Which works share a room, and in which order visitors come by them."""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import leaves_list, linkage, optimal_leaf_ordering
from scipy.spatial.distance import squareform

from protocol.exhibition import Curation

from .artworks import Artwork
from .years import Years, years_of

__all__ = ["Alike", "RoomOfWorks", "curate", "resolved"]

_FEWEST, _MOST = 0.5, 1.5  # works of a room, over what rooms have on average
_UNEVEN = 0.5  # how much it counts that rooms are unlike in number, against that neighbours are unlike


@dataclass(frozen=True, eq=False)
class RoomOfWorks:
    """What shares a room.

    Attributes:
        works: one at least, in the order in which visitors shall come by.
        keeps_order: the focal work is come by in that order, too.
    """

    title: str
    works: Sequence[Artwork]
    keeps_order: bool = False


@dataclass(frozen=True, eq=False)
class Alike:
    """How far works are apart in style.

    Attributes:
        places: of those that have a fingerprint, among all.
        style, palette: (n, n) distances of these.
    """

    places: Sequence[int]
    style: NDArray[np.float64]
    palette: NDArray[np.float64]


def resolved(curation: Curation, works: Sequence[Artwork]) -> Curation:
    """What AUTO comes to."""
    if curation is not Curation.AUTO:
        return curation
    if any(work.room for work in works):
        return Curation.HAND
    return Curation.THEME if any(work.theme for work in works) else Curation.STYLE


def curate(works: Sequence[Artwork], curation: Curation, per_room: int, seed: int, alike: Alike | None = None
           ) -> list[RoomOfWorks]:
    """Every work in one room; the same input gives the same rooms.

    Args:
        curation: not AUTO.
        per_room: how many works a room has about; rooms by hand have theirs.
        alike: needed by STYLE.
    """
    match curation:
        case Curation.HAND:
            return [RoomOfWorks(title, rooms) for title, rooms in _grouped(works, [work.room for work in works])]
        case Curation.THEME:
            return [RoomOfWorks(title, part) for title, group in _grouped(works, [work.theme for work in works])
                    for part in _cut(group, np.zeros(len(group) - 1), per_room)]
        case Curation.DATE:
            return _by_date(works, per_room)
    assert alike is not None
    return _by_style(works, per_room, seed, alike)


def _grouped(works: Sequence[Artwork], names: Sequence[str]) -> list[tuple[str, list[Artwork]]]:
    """By name, in the order in which names first come; what has none comes last."""
    groups: dict[str, list[Artwork]] = {}
    for name, work in zip(names, works, strict=True):
        groups.setdefault(name, []).append(work)
    return sorted(groups.items(), key=lambda item: not item[0])


def _by_date(works: Sequence[Artwork], per_room: int) -> list[RoomOfWorks]:
    """Cut where most years lie between two; works without a year come last."""
    told = [(years_of(work.year), place) for place, work in enumerate(works)]
    dated = sorted((years, place) for years, place in told if years is not None)
    undated = [works[place] for years, place in told if years is None]
    rooms = []
    gaps = np.diff(np.array([years.first for years, _ in dated], float))
    for part in _cut(dated, gaps, per_room) if dated else []:
        here = [works[place] for _, place in part]
        span = Years(part[0][0].first, max(years.last for years, _ in part))
        rooms.append(RoomOfWorks(span.title(in_chinese=any("前" in work.year for work in here)), here,
                                 keeps_order=not any(work.is_focal for work in here)))
    return rooms + [RoomOfWorks("", part) for part in (_cut(undated, np.zeros(len(undated) - 1), per_room)
                                                       if undated else [])]


def _by_style(works: Sequence[Artwork], per_room: int, seed: int, alike: Alike) -> list[RoomOfWorks]:
    """A walk on which neighbours are as alike as can be, cut where they are least so; within a room by their palettes.
    What has no fingerprint is dealt out evenly.
    """
    others = [work for place, work in enumerate(works) if place not in set(alike.places)]
    order = _walk(alike.style)
    if random.Random(seed).random() < 0.5:
        order = order[::-1]
    gaps = alike.style[order[:-1], order[1:]] if len(order) else np.zeros(0)
    rooms: list[list[Artwork]] = []
    for part in _cut(order.tolist(), gaps, per_room) if len(order) else []:
        here = np.asarray(part)
        walk = here[_walk(alike.palette[np.ix_(here, here)])]
        if part.index(walk[0]) > part.index(walk[-1]):
            walk = walk[::-1]  # in the direction of the whole walk
        rooms.append([works[alike.places[place]] for place in walk])
    if not rooms:
        rooms = _cut(others, np.zeros(len(others) - 1), per_room)
    else:
        for number, work in enumerate(others):
            rooms[number * len(rooms) // len(others)].append(work)
    return [RoomOfWorks("", room) for room in rooms]


def _walk(apart: NDArray[np.float64]) -> NDArray[np.int64]:
    """An order of n things, (n, n) apart, that keeps clusters together and neighbours alike: the leaves of an average
    linkage, turned as well as can be (Bar-Joseph et al., "Fast optimal leaf ordering for hierarchical clustering",
    2001).
    """
    if len(apart) < 3:
        return np.arange(len(apart))
    condensed = squareform((apart + apart.T) / 2, checks=False)
    order: NDArray[np.int64] = leaves_list(optimal_leaf_ordering(linkage(condensed, "average"), condensed))
    return order


def _cut(items: Sequence, gaps: NDArray[np.float64], per_room: int) -> list[list]:
    """A sequence in parts of about so many, cut where the gaps (n - 1,) are widest."""
    count = len(items)
    parts = max(1, round(count / per_room))
    mean = count / parts
    fewest, most = max(1, int(mean * _FEWEST)), int(np.ceil(mean * _MOST))
    worth = gaps / gaps.max() if len(gaps) and gaps.max() > 0 else np.zeros(max(count - 1, 0))
    best = {0: (0.0, [0])}  # by where the last cut is: how good, and all cuts
    for part in range(1, parts + 1):
        after: dict[int, tuple[float, list[int]]] = {}
        for start, (value, cuts) in best.items():
            for end in range(start + fewest, min(start + most, count) + 1):
                if (part == parts) != (end == count):
                    continue
                here = (value - _UNEVEN * ((end - start) / mean - 1) ** 2 + (worth[end - 1] if end < count else 0.0))
                if end not in after or here > after[end][0]:
                    after[end] = (here, [*cuts, end])
        best = after
    cuts = best[count][1]
    return [list(items[low:high]) for low, high in itertools.pairwise(cuts)]
