"""What visitors handed out, and what it says of the works: how long they are looked at."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform
from scipy.stats import binomtest

from protocol.errors import BadInput, StorageError
from protocol.visits import VISITS_NAME, Estimate

__all__ = ["EMPTY", "OF_ANOTHER", "Visit", "clusters", "counted_once", "find_visits", "mean_seconds", "read_visit",
           "share_stopped"]

EMPTY = "{name} is a visit that is empty: it tells of no work."
OF_ANOTHER = "{name} is a visit of another exhibition: most of its works are not in the plan."
STOPPED_S = 2.0
_LONGEST_S = 24 * 3600.0  # of a work in one visit
_LARGEST = 2**20  # bytes of a visit's file
_ALIKE = 1.0  # distance of fingerprints below which works are of one style: that of two kinds of painting on median
_RESAMPLES = 2000
_CHANCELESS = 3  # works looked at for the same tenths of a second: no two visits are so


def find_visits(paths: Sequence[Path]) -> Iterator[Path]:
    """The files, and the JSON files in the folders but for reports of ours, by name.

    Raises:
        BadInput: one is not there.
    """
    for path in paths:
        if path.is_dir():
            yield from sorted(each for each in path.rglob("*.json") if each.is_file() and each.name != VISITS_NAME)
        elif path.is_file():
            yield path
        else:
            raise BadInput("There is no file {path}.", "Choose the file again.", path=path)


@dataclass(frozen=True, eq=False)
class Visit:
    """
    Attributes:
        name: drawn by chance, of a visitor who may hand over more than once; "" in files of earlier pages.
        seconds: (n,) that each work was looked at, in all since it got that name; NaN for works that it does not know.
    """

    name: str
    seconds: NDArray[np.float64]


def read_visit(path: Path, works: Sequence[str]) -> Visit:
    """What a file says of the works, given by their IDs.

    Raises:
        BadInput: it is no visit of this exhibition, or empty.
        StorageError: it cannot be read.
    """
    try:
        if path.stat().st_size > _LARGEST:
            raise ValueError
        body = json.loads(path.read_bytes().decode("utf-8-sig"))
        if body["vernissage_visit"] != 1:
            raise ValueError
        told = {str(name): float(seconds) for name, seconds in body["works"].items()}
        name = body.get("visit", "")
        if not (isinstance(name, str)
                and all(math.isfinite(seconds) and 0 <= seconds <= _LONGEST_S for seconds in told.values())):
            raise ValueError
    except OSError as error:
        raise StorageError.from_os_error(path, error) from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError) as error:
        raise BadInput("{name} is not a visit that the exhibition's page saved.", "Leave it out.", name=path.name
                       ) from error
    if not told:
        raise BadInput(EMPTY, "Leave it out.", name=path.name)
    if 2 * len(told.keys() & set(works)) < len(told):
        raise BadInput(OF_ANOTHER, "Leave it out, or choose that one's plan.", name=path.name)
    return Visit(name, np.array([told.get(work, np.nan) for work in works]))


def counted_once(visits: Sequence[Visit]) -> NDArray[np.float64]:
    """(visits, works) seconds, each visit's once: of files with the same name the most that any says of a work, as a
    later one holds all of an earlier; and of those without a name, of earlier pages, nothing of copies."""
    found: dict[object, NDArray[np.float64]] = {}
    for number, visit in enumerate(visits):
        key = visit.name or number
        found[key] = np.fmax(found[key], visit.seconds) if key in found else visit.seconds
    seconds, has_name = np.stack(list(found.values())), np.array([isinstance(key, str) for key in found])
    return seconds[has_name | ~_copies(np.where(has_name[:, None], np.nan, seconds))]


def _copies(visits: NDArray[np.float64]) -> NDArray[np.bool_]:
    """(n,) which of (n, works) are the same as one before: a file that was saved, sent or put there twice. Short visits
    may be alike by chance, and count.
    """
    _, first = np.unique(np.nan_to_num(visits, nan=-1.0), axis=0, return_index=True)
    is_copy = np.ones(len(visits), bool)
    is_copy[first] = False
    return is_copy & ((visits > 0).sum(axis=1) >= _CHANCELESS)


def mean_seconds(visits: NDArray[np.float64], seed: int) -> list[Estimate]:
    """Of each column of (visits, n), by the percentile bootstrap over visits (Efron, "Bootstrap methods", 1979).

    Args:
        visits: NaN where a visit does not know of it; each column is known to one at least.
    """
    count = len(visits)
    known = ~np.isnan(visits)
    values = np.where(known, visits, 0.0)
    drawn = np.random.default_rng(seed).multinomial(count, np.full(count, 1 / count), _RESAMPLES).astype(np.float64)
    with np.errstate(invalid="ignore"):  # of a draw without anybody who knows of it
        means = (drawn @ values) / (drawn @ known)
    low, high = np.nanquantile(means, (0.025, 0.975), axis=0)
    return [Estimate(mean=_round(mean), low=_round(least), high=_round(most)) if sure > 1 else
            Estimate(mean=_round(mean))
            for mean, least, most, sure in zip(values.sum(0) / known.sum(0), low, high, known.sum(0), strict=True)]


def share_stopped(visits: NDArray[np.float64]) -> list[Estimate]:
    """Of each column of (visits, n): how many looked for `STOPPED_S` at least (Wilson's interval); as above."""
    found = []
    for stopped, count in zip((visits >= STOPPED_S).sum(0).tolist(), (~np.isnan(visits)).sum(0).tolist(), strict=True):
        spread = binomtest(stopped, count).proportion_ci(method="wilson")
        found.append(Estimate(mean=_round(stopped / count), low=_round(spread.low), high=_round(spread.high)))
    return found


def clusters(apart: NDArray[np.float64]) -> list[NDArray[np.intp]]:
    """Places of works whose styles are alike, (n, n) apart, by average linkage; the largest first."""
    if len(apart) < 2:
        return [np.arange(len(apart))] if len(apart) else []
    found = fcluster(linkage(squareform((apart + apart.T) / 2, checks=False), "average"), _ALIKE, "distance")
    groups = [np.flatnonzero(found == number) for number in np.unique(found)]
    return sorted(groups, key=lambda group: (-len(group), group[0]))


def _round(value: float) -> float:
    return round(float(value), 3)
