"""Attention between patches of latents: each place of a picture is made of what fits to it in a style.

For a network whose own attention is too coarse to carry strokes: the finest of `mini` has a token for 16 × 16 pixels,
and injected there a style brings its colours only.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional as F

__all__ = ["restyled"]

_PATCH = 3  # 24 pixels: about a stroke
_HEAT = 0.025  # of the attention: 0.05 blurs, as looking at it showed
_ROUNDS = 4  # of balancing
_MOST = 4096  # patches of a style that are looked at; the picture's own are taken so many at a time


def restyled(latents: Tensor, content: Tensor, style: Tensor, hold: float) -> Tensor:
    """Latents (1, C, h, w) made of a style's patches (1, C, h', w'), blended where they overlap.

    It is an attention whose queries are patches of the picture and of its content, and whose keys and values are those
    of the style. It is balanced so that each patch of the style is taken equally often (Sinkhorn's iteration; as the
    relaxed transport of Kolkin et al., arXiv:1904.12785): else the plainest one is taken everywhere.

    Args:
        content: (1, C, h, w).
        hold: 0 to 1, how far the queries are the content's and not what the picture has become.
    """
    wanted = _patches(style)
    wanted = wanted[::-(-len(wanted) // _MOST)]
    queries = _alike(hold * _alike(_patches(content)) + (1 - hold) * _alike(_patches(latents)))
    keys = _alike(wanted)
    favour = _favour(queries, keys)
    patches = torch.cat([torch.softmax(_fit(part, keys) + favour, 1) @ wanted for part in queries.split(_MOST)])
    return _laid(patches, latents.shape)


def _favour(queries: Tensor, keys: Tensor) -> Tensor:
    """What is to be added to the fit to each key (m,), so that all of them are taken equally often."""
    favour = keys.new_zeros(len(keys))
    for _ in range(_ROUNDS):
        taken = torch.stack([torch.log_softmax(_fit(part, keys) + favour, 1).logsumexp(0)
                             for part in queries.split(_MOST)]).logsumexp(0)
        favour = favour + math.log(len(queries) / len(keys)) - taken
    return favour


def _fit(queries: Tensor, keys: Tensor) -> Tensor:
    """(n, m): the mean squared difference, negative, over the heat."""
    return -torch.cdist(queries, keys).square() / (queries.shape[1] * _HEAT)


def _alike(patches: Tensor) -> Tensor:
    """Patches (n, D) with mean 0 and deviation 1 in each dimension."""
    return (patches - patches.mean(0)) / patches.std(0).clamp(min=1e-6)


def _patches(latents: Tensor) -> Tensor:
    """(h * w, C * patch²): around each place; the border is mirrored."""
    edge = _PATCH // 2
    return F.unfold(F.pad(latents, (edge, edge, edge, edge), mode="reflect"), _PATCH)[0].T


def _laid(patches: Tensor, shape: torch.Size) -> Tensor:
    """Latents of that shape: the mean of all patches that lie on a place."""
    edge = _PATCH // 2
    size = (shape[2] + 2 * edge, shape[3] + 2 * edge)
    total = F.fold(patches.T[None], size, _PATCH)
    count = F.fold(torch.ones_like(patches).T[None], size, _PATCH)
    return (total / count)[:, :, edge:edge + shape[2], edge:edge + shape[3]]
