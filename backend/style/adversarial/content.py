"""What a picture shows, kept by contrast: a patch of the result resembles the same patch of its content more than the
other patches (Park et al., "Contrastive Learning for Unpaired Image-to-Image Translation", 2020, PatchNCE).
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

__all__ = ["Heads", "patch_contrast"]

_TEMPERATURE = 0.07  # the paper's
_WIDTH = 64


class Heads(nn.Module):
    """A small network for each layer of features, which learns what of them is content."""

    def __init__(self, channels: Sequence[int]) -> None:
        super().__init__()
        self.each = nn.ModuleList(nn.Sequential(nn.Linear(count, _WIDTH), nn.ReLU(), nn.Linear(_WIDTH, _WIDTH))
                                  for count in channels)

    def forward(self, features: Sequence[Tensor], places: Sequence[Tensor]) -> list[Tensor]:
        """(n, p, width) of length 1 for features (n, C, h, w), at places (p,) of h · w."""
        return [F.normalize(head(one.flatten(2)[:, :, where].transpose(1, 2)), dim=2)
                for head, one, where in zip(self.each, features, places, strict=True)]


def patch_contrast(queries: Sequence[Tensor], keys: Sequence[Tensor]) -> Tensor:
    """The cross entropy of finding each query (n, p, C) among the keys (n, p, C) of its picture; the mean of all
    layers. ln p where all are alike.
    """
    losses = []
    for query, key in zip(queries, keys, strict=True):
        logits = query @ key.detach().transpose(1, 2) / _TEMPERATURE
        wanted = torch.arange(query.shape[1], device=query.device).expand(len(query), -1)
        losses.append(F.cross_entropy(logits.flatten(0, 1), wanted.flatten()))
    return torch.stack(losses).mean()
