"""Gain and bias for each view, so that views of differing tone do not leave patches."""

# ruff: noqa: ANN001, ANN202 -- the kernels at the end: numba takes the types from what is passed in.
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numba import njit
from numpy.typing import NDArray

from .bake import ViewMap
from .threads import side_by_side
from .transfer import sample

__all__ = ["Exposures", "apply_exposure", "match_views"]

_MAX_SAMPLES = 65536
_MIN_SHARED = 32


@dataclass(frozen=True, eq=False)
class Exposures:
    """What brings views together.

    Attributes:
        gains, biases: (n, C) for `apply_exposure`: exactly 1 and 0 where the views already agree.
        disagreement: as `Blend.disagreement`, of the views after that, over the sampled texels.
    """

    gains: NDArray[np.float64]
    biases: NDArray[np.float64]
    disagreement: float


def match_views(images: Sequence[torch.Tensor], maps: Sequence[ViewMap], count: int, *, pull: float = 0.1,
                max_gain: float = 1.5, max_bias: float = 0.15) -> Exposures:
    """Gains and biases that bring the views together where they overlap.

    Least squares over all pairs of views, on the mean and the standard deviation of each view in the overlap
    (Brown and Lowe, "Automatic Panoramic Image Stitching", 2007, match means). Moments and not single texels,
    because views that were denoised apart differ in every detail, and a fit to those would only fade them.

    Args:
        images: per view (H, W, C) float tensors.
        maps: the views' maps of the same texture.
        count: N, the number of texels.
        pull: weight of staying as it is, against agreeing.
        max_gain: gains lie within 1 / max_gain to max_gain; max_bias: biases within plus or minus this.
    """
    channels = images[0].shape[2]
    stride = -(-count // _MAX_SAMPLES) | 1  # odd: an even one might divide the texture's rows, and see a few columns

    chosen = np.arange(0, count, stride, dtype=np.int32)
    values, weights = np.zeros((len(maps), len(chosen), channels)), np.zeros((len(maps), len(chosen)))

    def take(place: int) -> None:
        at = np.searchsorted(maps[place].texel, chosen)
        at = at[maps[place].texel[at.clip(0, len(maps[place]) - 1)] == chosen] if len(maps[place]) else at[:0]
        thin = maps[place].part(at)
        values[place, thin.texel // stride] = sample(images[place], thin).double().cpu().numpy()
        weights[place, thin.texel // stride] = thin.weight

    side_by_side(take, range(len(maps)))
    gains, biases = np.ones((len(images), channels)), np.zeros((len(images), channels))
    moments = _pair_moments(values, weights)
    if moments:
        for channel in range(channels):
            change = _solve([(i, j, share, first[:, channel], second[:, channel])
                             for i, j, share, first, second in moments], len(images), pull)
            gains[:, channel] += change[0]
            biases[:, channel] += change[1]
    gains, biases = np.clip(gains, 1 / max_gain, max_gain), np.clip(biases, -max_bias, max_bias)
    return Exposures(gains, biases, float(np.sqrt(_mean_variance(values, weights, gains, biases))))


def apply_exposure(image: torch.Tensor, gain: NDArray[np.float64], bias: NDArray[np.float64]) -> torch.Tensor:
    """The image (H, W, C) times gain (C,) plus bias (C,); unchanged, bit by bit, for 1 and 0."""
    factor, offset = (torch.as_tensor(x, dtype=image.dtype, device=image.device) for x in (gain, bias))
    return image * factor + offset


def _pair_moments(values: NDArray[np.float64], weights: NDArray[np.float64]) -> list[tuple]:
    """(i, j, share of all samples, moments of i, moments of j) of each overlap; moments: (2, C) mean, deviation.

    Args:
        values, weights: (n, samples, C) and (n, samples) of the views.
    """
    count = len(values)
    shared, total = np.zeros((count, count), np.int64), np.zeros((count, count))
    mean, variance = np.zeros((2, count, count, 2, values.shape[2]))
    _sum_means(values, weights, shared, total, mean)
    mean /= np.maximum(total, np.finfo(np.float64).tiny)[..., None, None]
    _sum_squares(values, weights, total, mean, variance)
    return [(i, j, shared[i, j] / values.shape[1], *np.stack([mean[i, j], np.sqrt(variance[i, j])], axis=1))
            for i in range(count) for j in range(i + 1, count) if shared[i, j] >= _MIN_SHARED]


def _solve(pairs: list[tuple], views: int, pull: float) -> NDArray[np.float64]:
    """(2, n) changes of gain and bias. Solved for changes, so that no difference gives exactly no change."""
    rows, right = [], []
    for i, j, share, first, second in pairs:
        root = np.sqrt(share)
        for moment in range(2):
            row = np.zeros((2, views))
            row[0, i], row[0, j] = first[moment], -second[moment]
            if moment == 0:
                row[1, i], row[1, j] = 1, -1
            rows.append(root * row.ravel())
            right.append(root * (second[moment] - first[moment]))
    reach = np.sqrt(pull * max(sum(p[2] for p in pairs) / views, 1e-6))
    rows.extend(reach * np.eye(2 * views))
    right.extend(np.zeros(2 * views))
    matrix, target = np.array(rows), np.array(right)
    if not target.any():
        return np.zeros((2, views))
    return np.linalg.solve(matrix.T @ matrix, matrix.T @ target).reshape(2, views)


@njit(cache=True, nogil=True, error_model="numpy")
def _sum_means(values, weights, shared, total, mean):
    """Of each pair of views: how many samples both see, the sum of their weights and that of their weighted values."""
    for s in range(values.shape[1]):
        for i in range(len(values)):
            if weights[i, s] <= 0:
                continue
            for j in range(i + 1, len(values)):
                if weights[j, s] <= 0:
                    continue
                # Weights span decades (cosine to the 6th); equal ones would trust grazing texels, so take the root.
                w = np.sqrt(min(weights[i, s], weights[j, s]))
                shared[i, j] += 1
                total[i, j] += w
                for c in range(values.shape[2]):
                    mean[i, j, 0, c] += w * values[i, s, c]
                    mean[i, j, 1, c] += w * values[j, s, c]


@njit(cache=True, nogil=True, error_model="numpy")
def _sum_squares(values, weights, total, mean, variance):
    """The weighted variance of each pair of views about those means."""
    for s in range(values.shape[1]):
        for i in range(len(values)):
            if weights[i, s] <= 0:
                continue
            for j in range(i + 1, len(values)):
                if weights[j, s] <= 0:
                    continue
                w = np.sqrt(min(weights[i, s], weights[j, s])) / total[i, j]
                for c in range(values.shape[2]):
                    variance[i, j, 0, c] += w * (values[i, s, c] - mean[i, j, 0, c]) ** 2
                    variance[i, j, 1, c] += w * (values[j, s, c] - mean[i, j, 1, c]) ** 2


@njit(cache=True, nogil=True, error_model="numpy")
def _mean_variance(values, weights, gains, biases):
    """Over the samples that at least two views see: of the weighted variance between those (West, 1979)."""
    count, channels = 0, values.shape[2]
    mean, result = np.zeros(channels), 0.0
    for s in range(values.shape[1]):
        views, total, squares = 0, 0.0, 0.0
        for i in range(len(values)):
            weight = weights[i, s]
            if weight <= 0:
                continue
            views += 1
            before, total = total, total + weight
            for c in range(channels):
                seen = gains[i, c] * values[i, s, c] + biases[i, c]
                difference = seen - mean[c] if views > 1 else 0.0
                mean[c] = mean[c] + weight / total * difference if views > 1 else seen
                squares += before * weight / total * difference * difference
        if views > 1:
            count += 1
            result += squares / (channels * total)
    return result / count if count else 0.0
