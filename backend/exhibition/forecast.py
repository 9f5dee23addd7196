"""How long pictures would be looked at that nobody has seen yet, from how their styles are alike to those that were."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.kernel_ridge import KernelRidge
from sklearn.metrics import r2_score
from sklearn.model_selection import KFold
from sklearn.utils import check_random_state

__all__ = ["LEAST_WORKS", "Foretold", "foretell"]

LEAST_WORKS = 10
_FOLDS, _PERMUTATIONS = 10, 199
_CHANCE = 0.05  # above that, styles tell nothing
_PENALTY = 1.0
_COVERED = 0.9  # of the works that were left out

Folds = Sequence[tuple[NDArray[np.int64], NDArray[np.int64]]]  # works that foretell, works that are left out


@dataclass(frozen=True)
class Foretold:
    """
    Attributes:
        explained: R² of seconds (their logarithm, over the mean of the room), a tenth of the works foretold by the
            others at a time.
        chance: of as good a one if which work of a room has which style had no say.
        seconds: (m, 3) of the unseen pictures: what is likely, and between what `_COVERED` of such pictures lie, as
            those did that were left out; of none where that chance is more than 5 %, or nothing is explained.
    """

    explained: float
    chance: float
    seconds: NDArray[np.float64]


def foretell(seconds: NDArray[np.float64], rooms: Sequence[str], apart: NDArray[np.float64],
             unseen: NDArray[np.float64], seed: int) -> Foretold | None:
    """By kernel ridge regression; None for less than `LEAST_WORKS` works, or where none differs from its room's others.

    Works of one room are compared with each other only: visitors see fewer of the last rooms, and works that are alike
    hang together, so that a room would pass for a style.

    Args:
        seconds: (n,) that the works are looked at.
        rooms: (n,) where they are.
        apart: (n, n) distances of their fingerprints.
        unseen: (m, n) distances of the others to them.
        seed: of folds and permutations.
    """
    if len(seconds) < LEAST_WORKS:
        return None
    logs = np.log1p(seconds)
    names, groups = np.unique(rooms, return_inverse=True)
    over = logs - np.array([logs[groups == group].mean() for group in range(len(names))])[groups]
    if np.ptp(over) < 1e-6:
        return None
    kernel, model = _kernel(apart), KernelRidge(alpha=_PENALTY, kernel="precomputed")
    folds = list(KFold(min(_FOLDS, len(logs)), shuffle=True, random_state=seed).split(kernel))
    by_others = _by_others(kernel, folds)
    left_out = by_others @ over
    explained = float(r2_score(over, left_out))
    random = check_random_state(seed)
    error, *errors = _errors(by_others, np.stack([over, *(over[_shuffled(groups, random)]
                                                          for _ in range(_PERMUTATIONS))], axis=1), folds)
    # Of rooms with few works some are not shuffled at all: rounding must not tell them from what was.
    chance = (np.count_nonzero(np.array(errors) <= error * (1 + 1e-9)) + 1) / (_PERMUTATIONS + 1)
    told = np.zeros((0, 3))
    if explained > 0 and chance <= _CHANCE and len(unseen):
        middle = logs.mean()  # of which room it will be in, nothing is known
        # The rank of conformal prediction (Vovk, "Cross-conformal predictors", 2015). The quantile itself is too low:
        # from 12 works, 81 % of new ones lay within.
        off = np.sort(np.abs(logs - middle - left_out))[min(math.ceil(_COVERED * (len(logs) + 1)), len(logs)) - 1]
        likely = model.fit(kernel, over).predict(_kernel(unseen)) + middle
        told = np.expm1(np.stack([likely, likely - off, likely + off], axis=1)).clip(0)
    return Foretold(round(explained, 3), round(float(chance), 3), told)


def _by_others(kernel: NDArray[np.float64], folds: Folds) -> NDArray[np.float64]:
    """(n, n): times the values of all works it is what those outside a work's fold foretell of it. Kernel ridge
    regression is linear in the values: so all permutations are one product, in place of two thousand regressions.
    """
    told = np.zeros_like(kernel)
    for others, out in folds:
        inner = kernel[np.ix_(others, others)] + _PENALTY * np.eye(len(others))
        told[np.ix_(out, others)] = np.linalg.solve(inner, kernel[np.ix_(others, out)]).T
    return told


def _shuffled(groups: NDArray[np.int64], random: np.random.RandomState) -> NDArray[np.int64]:
    """(n,) the works' places, exchanged within each group."""
    places = np.arange(len(groups))
    for group in np.unique(groups):
        places[groups == group] = random.permutation(places[groups == group])
    return places


def _errors(by_others: NDArray[np.float64], values: NDArray[np.float64], folds: Folds) -> NDArray[np.float64]:
    """(k,) of (n, k): the mean squared error, as a mean over folds."""
    squares = np.square(by_others @ values - values)
    return np.mean([squares[out].mean(axis=0) for _, out in folds], axis=0)


def _kernel(apart: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.exp(-np.square(apart))
