"""Draws from a generator of random numbers, as plain values."""

from collections.abc import Sequence

import numpy as np

Rng = np.random.Generator


def between(rng: Rng, low: float, high: float) -> float:
    """Uniform in low … high. A plain float: numpy's own would turn float32 fields into float64."""
    return float(rng.uniform(low, high))


def one_of(rng: Rng, choices: Sequence[str], p: Sequence[float] | None = None) -> str:
    """One of the words, each as likely or with probabilities `p`."""
    return str(rng.choice(np.asarray(choices), p=p))


def new_seed(rng: Rng) -> int:
    """A seed for a noise field."""
    return int(rng.integers(1 << 30))
