"""How long pictures would be looked at that nobody has seen yet, from how their styles are alike to those that were."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.kernel_ridge import KernelRidge
from sklearn.metrics import r2_score
from sklearn.model_selection import KFold, cross_val_predict, permutation_test_score

__all__ = ["LEAST_WORKS", "Foretold", "foretell"]

LEAST_WORKS = 10
_FOLDS, _PERMUTATIONS = 10, 199
_CHANCE = 0.05  # above that, styles tell nothing
_PENALTY = 1.0
_COVERED = 0.9  # of the works that were left out


@dataclass(frozen=True)
class Foretold:
    """
    Attributes:
        explained: R² of seconds (their logarithm, over the mean of the room), a tenth of the works foretold by the
            others at a time.
        chance: of as good a one if which work of a room has which style had no say.
        seconds: (m, 3) of the unseen pictures: what is likely, and between what lie `_COVERED` of the works that were
            left out; of none where that chance is more than 5 %, or nothing is explained.
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
    left_out = cross_val_predict(model, kernel, over, cv=folds)
    explained = float(r2_score(over, left_out))
    _, _, chance = permutation_test_score(model, kernel, over, groups=groups, cv=folds, n_permutations=_PERMUTATIONS,
                                          scoring="neg_mean_squared_error", random_state=seed)
    told = np.zeros((0, 3))
    if explained > 0 and chance <= _CHANCE and len(unseen):
        middle = logs.mean()  # of which room it will be in, nothing is known
        off = np.quantile(np.abs(logs - middle - left_out), _COVERED)
        likely = model.fit(kernel, over).predict(_kernel(unseen)) + middle
        told = np.expm1(np.stack([likely, likely - off, likely + off], axis=1)).clip(0)
    return Foretold(round(explained, 3), round(float(chance), 3), told)


def _kernel(apart: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.exp(-np.square(apart))
