"""Gain and bias for each view, so that views of differing tone do not leave patches."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from .bake import ViewMap
from .threads import side_by_side
from .transfer import sample

__all__ = ["apply_exposure", "match_views"]

_MAX_SAMPLES = 65536
_MIN_SHARED = 32


def match_views(images: Sequence[torch.Tensor], maps: Sequence[ViewMap], count: int, *, pull: float = 0.1,
                max_gain: float = 1.5, max_bias: float = 0.15) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
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

    Returns:
        Gains (n, C) and biases (n, C) for `apply_exposure`: exactly 1 and 0 where the views already agree.
    """
    channels = images[0].shape[2]
    stride = max(1, -(-count // _MAX_SAMPLES))

    def sampled(place: int) -> tuple[NDArray, NDArray]:
        thin = maps[place].part(np.flatnonzero(maps[place].texel % stride == 0))
        value = np.zeros((-(-count // stride), channels))
        weight = np.zeros(len(value))
        value[thin.texel // stride] = sample(images[place], thin).double().cpu().numpy()
        weight[thin.texel // stride] = thin.weight
        return value, weight

    values, weights = zip(*side_by_side(sampled, range(len(maps))), strict=True)
    gains, biases = np.ones((len(images), channels)), np.zeros((len(images), channels))
    moments = _pair_moments(values, weights)
    if moments:
        for channel in range(channels):
            change = _solve([(i, j, share, first[:, channel], second[:, channel])
                             for i, j, share, first, second in moments], len(images), pull)
            gains[:, channel] += change[0]
            biases[:, channel] += change[1]
    return np.clip(gains, 1 / max_gain, max_gain), np.clip(biases, -max_bias, max_bias)


def apply_exposure(image: torch.Tensor, gain: NDArray[np.float64], bias: NDArray[np.float64]) -> torch.Tensor:
    """The image (H, W, C) times gain (C,) plus bias (C,); unchanged, bit by bit, for 1 and 0."""
    factor, offset = (torch.as_tensor(x, dtype=image.dtype, device=image.device) for x in (gain, bias))
    return image * factor + offset


def _pair_moments(values: Sequence[NDArray], weights: Sequence[NDArray]) -> list[tuple]:
    """(i, j, share of all samples, moments of i, moments of j) of each overlap; moments: (2, C) mean, deviation."""
    result = []
    for i in range(len(values)):
        for j in range(i + 1, len(values)):
            weight = np.minimum(weights[i], weights[j])
            shared = np.flatnonzero(weight > 0)
            if len(shared) < _MIN_SHARED:
                continue
            # Weights span decades (cosine to the 6th); equal ones would trust grazing texels, so take the root.
            w = np.sqrt(weight[shared])
            w /= w.sum()
            pair = []
            for value in (values[i][shared], values[j][shared]):
                mean = w @ value
                pair.append(np.stack([mean, np.sqrt(w @ (value - mean) ** 2)]))
            result.append((i, j, len(shared) / len(weight), *pair))
    return result


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
