"""How long pictures would be looked at that nobody has seen yet, from how their styles are alike to those that were."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.kernel_ridge import KernelRidge
from sklearn.metrics import r2_score
from sklearn.model_selection import KFold, cross_val_predict, permutation_test_score

from protocol.visits import Estimate

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
        explained: R² of seconds (their logarithm), each work foretold by the others.
        chance: of as good a one if styles had no say.
        seconds: of the unseen pictures; empty where that is more than 5 %, or nothing is explained.
    """

    explained: float
    chance: float
    seconds: tuple[Estimate, ...]


def foretell(seconds: NDArray[np.float64], apart: NDArray[np.float64], unseen: NDArray[np.float64], seed: int
             ) -> Foretold | None:
    """By kernel ridge regression of log(1 + seconds); None for less than `LEAST_WORKS` works.

    Args:
        seconds: (n,) that the works are looked at.
        apart: (n, n) distances of their fingerprints.
        unseen: (m, n) distances of the others to them.
        seed: of folds and permutations.
    """
    if len(seconds) < LEAST_WORKS:
        return None
    logs = np.log1p(seconds)
    middle = logs.mean()
    kernel, model = _kernel(apart), KernelRidge(alpha=_PENALTY, kernel="precomputed")
    folds = KFold(min(_FOLDS, len(logs)), shuffle=True, random_state=seed)
    left_out = cross_val_predict(model, kernel, logs - middle, cv=folds)
    explained = float(r2_score(logs - middle, left_out))
    _, _, chance = permutation_test_score(model, kernel, logs - middle, cv=folds, n_permutations=_PERMUTATIONS,
                                          scoring="neg_mean_squared_error", random_state=seed)
    told: tuple[Estimate, ...] = ()
    if explained > 0 and chance <= _CHANCE:
        off = np.quantile(np.abs(logs - middle - left_out), _COVERED)
        means = model.fit(kernel, logs - middle).predict(_kernel(unseen)) + middle
        told = tuple(Estimate(mean=_seconds(mean), low=_seconds(mean - off), high=_seconds(mean + off))
                     for mean in means)
    return Foretold(round(explained, 3), round(float(chance), 3), told)


def _kernel(apart: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.exp(-np.square(apart))


def _seconds(log: float) -> float:
    return round(max(float(np.expm1(log)), 0.0), 3)
