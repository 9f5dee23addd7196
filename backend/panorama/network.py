"""The network of `models/mini-hdr`: how much brighter than its clipped picture each direction of a panorama is."""

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F

FACTOR = 4  # the heavy layers work at a quarter of the picture's size
CHANNELS = 5  # sRGB, the clipping mask, the sine of latitude
GAIN_MAX = 14.0  # nats: a sun of a million times white is the brightest that can be said
TINT_MAX = 1.0  # nats


def sphere_pad(x: Tensor) -> Tensor:
    """(n, c, h, w) → (n, c, h + 2, w + 2): wraps in x, and over a pole into the row on its other side."""
    half = x.shape[-1] // 2
    top, bottom = x[..., :1, :].roll(half, -1), x[..., -1:, :].roll(half, -1)
    return F.pad(torch.cat([top, x, bottom], -2), (1, 1, 0, 0), mode="circular")


class SphereConv(nn.Conv2d):
    """3×3 on the sphere."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__(inputs, outputs, 3)

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(sphere_pad(x))


class Block(nn.Module):
    """Two normalised convolutions beside the identity."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.GroupNorm(8, width), nn.SiLU(), SphereConv(width, width),
            nn.GroupNorm(8, width), nn.SiLU(), SphereConv(width, width),
        )

    def forward(self, x: Tensor) -> Tensor:
        return x + self.layers(x)


class HighlightNetwork(nn.Module):
    """(n, 5, h, w) → (n, 4, h, w); h and w are multiples of 32. A log gain from 0 on, and a log tint of three channels.

    With a gain for each channel of its own an unsure network colours its lamps green or violet; so the tint is apart,
    bounded, and nothing at the start.

    A U-Net (Ronneberger et al., arXiv:1505.04597) behind a pixel-unshuffle. The mean over the whole sphere is told to
    every place of the deepest level: whether a white patch is the sun or a wall depends on the rest of the scene.
    """

    def __init__(self, widths: tuple[int, ...] = (32, 64, 128, 192), blocks: tuple[int, ...] = (1, 1, 2, 2)) -> None:
        super().__init__()
        stem = CHANNELS * FACTOR**2
        self.stem = SphereConv(stem, widths[0])
        self.down = nn.ModuleList(
            nn.Sequential(*(Block(width) for _ in range(count))) for width, count in zip(widths, blocks, strict=True)
        )
        self.narrow = nn.ModuleList(nn.Conv2d(4 * a, b, 1) for a, b in pairwise(widths))
        self.scene = nn.Sequential(nn.Linear(widths[-1], widths[-1]), nn.SiLU(), nn.Linear(widths[-1], widths[-1]))
        self.widen = nn.ModuleList(nn.Conv2d(b, a, 1) for a, b in pairwise(widths))
        self.up = nn.ModuleList(Block(w) for w in widths[:-1])
        self.head = nn.Sequential(
            nn.Conv2d(widths[0] + stem, 48, 1), nn.SiLU(), SphereConv(48, 4 * FACTOR**2)
        )
        nn.init.zeros_(self.head[-1].weight)
        nn.init.zeros_(self.head[-1].bias)

    def forward(self, picture: Tensor) -> Tensor:
        raw = F.pixel_unshuffle(picture, FACTOR)
        x = self.stem(raw)
        kept = []
        for level, blocks in enumerate(self.down):
            if level:
                kept.append(x)
                x = self.narrow[level - 1](F.pixel_unshuffle(x, 2))
            x = blocks(x)
        latitude = torch.linspace(1, -1, 2 * x.shape[-2] + 1, device=x.device)[1::2] * (torch.pi / 2)
        weight = latitude.cos()[:, None] / latitude.cos().mean()
        x = x + self.scene((x * weight).mean((-2, -1)))[..., None, None]
        for level in reversed(range(len(self.up))):
            x = self.up[level](kept[level] + F.interpolate(self.widen[level](x), scale_factor=2.0))
        said = F.pixel_shuffle(self.head(torch.cat([x, raw], 1)), FACTOR)
        return torch.cat([F.softplus(said[:, :1] - 1.0).clamp(max=GAIN_MAX), TINT_MAX * said[:, 1:].tanh()], 1)
