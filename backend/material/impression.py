"""How rough and how metallic a surface is on the whole, told by the statistics of its picture."""

import torch
from torch import Tensor, nn

from .statistics import SMALLEST_PX, TextureStatistics

__all__ = ["Impression"]

_MULTIPLE_PX, _LARGEST_PX = 32, 512
_FAR = 5.0  # deviations: nothing that was learned from is farther out


class Impression(nn.Module):
    """Pictures (n, 3, h, w), sRGB 0–1, of any size, to (n, 2): the mean roughness 0–1, and the logit of metal.

    Linear in the statistics, standardised by `mean` and `deviation` (size,). From 700 pictures it tells metal from what
    is none better than the convolutions of `MaterialNet` do from 20,000: those see a place, this a texture.
    """

    def __init__(self) -> None:
        super().__init__()
        self.statistics = TextureStatistics()
        self.register_buffer("mean", torch.zeros(TextureStatistics.size))
        self.register_buffer("deviation", torch.ones(TextureStatistics.size))
        self.said = nn.Linear(TextureStatistics.size, 2)

    def standardised(self, statistics: Tensor) -> Tensor:
        """(n, size), as the linear layer takes them."""
        return ((statistics - self.mean) / self.deviation).clamp(-_FAR, _FAR)

    def forward(self, picture: Tensor) -> Tensor:
        return self.said(self.standardised(self.statistics(_sample(picture) * 2 - 1)))


def _sample(picture: Tensor) -> Tensor:
    """The upper left in a size that the statistics take: a small picture goes on by repeating, a large one is cut."""
    for axis in (-2, -1):
        side = picture.shape[axis]
        taken = min(max(side // _MULTIPLE_PX * _MULTIPLE_PX, SMALLEST_PX), _LARGEST_PX)
        picture = picture.index_select(axis, torch.arange(taken) % side)
    return picture
