"""The network of `models/mini-hdr`: how much brighter than its clipped picture each direction of a panorama is."""

from itertools import pairwise
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

FACTOR = 4  # the heavy layers work at a quarter of the picture's size
CHANNELS = 5  # sRGB, the clipping mask, the sine of latitude
GAIN_MAX = 14.0  # nats: a sun of a million times white is the brightest that can be said
TINT_MAX = 1.0  # nats
SHRINK = 0.6  # nats: gains of less are unsure, and made far less: a white wall that is lit is worse than a dim lamp
# sRGB levels: how much of the picture is above each tells how its light thins out towards white, and so beyond it.
LEVELS = (0.97, 0.94, 0.91, 0.87, 0.82, 0.76, 0.68, 0.58, 0.45, 0.3)
NEAR = 2  # squares of FACTOR pixels: what is so near a clipped place counts apart


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


class Answer(NamedTuple):
    """What the network says of n pictures: `gain` (n,) the log factor, 0 or more, by which the clipped part's energy
    exceeds its white; `places` (n, 1, h, w) log densities of what is to be added, up to a constant; `tint` (n, 3, h, w)
    log colour."""

    gain: Tensor
    places: Tensor
    tint: Tensor


class HighlightNetwork(nn.Module):
    """(n, 5, h, w) → Answer; h and w are multiples of 32.

    A U-Net (Ronneberger et al., arXiv:1505.04597) behind a pixel-unshuffle. How much light there is and where it stands
    are said apart: a network that says a gain for each pixel loses the sun, which is one pixel among hundreds that are
    white alike, and whose place is unsure by that one pixel.
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
        self.head = nn.Sequential(nn.Conv2d(widths[0] + stem, 48, 1), nn.SiLU(), SphereConv(48, 4 * FACTOR**2))
        self.gain = nn.Sequential(
            nn.Linear(widths[-1] + 2 * widths[0] + 2 + 2 * len(LEVELS), 128), nn.SiLU(),
            nn.Linear(128, 128), nn.SiLU(), nn.Linear(128, 1),
        )
        for last in (self.head[-1], self.gain[-1]):
            nn.init.zeros_(last.weight)
            nn.init.zeros_(last.bias)

    def forward(self, picture: Tensor) -> Answer:
        raw = F.pixel_unshuffle(picture, FACTOR)
        x = self.stem(raw)
        kept = []
        for level, blocks in enumerate(self.down):
            if level:
                kept.append(x)
                x = self.narrow[level - 1](F.pixel_unshuffle(x, 2))
            x = blocks(x)
        scene = _mean(x, row_weights(x))
        x = x + self.scene(scene)[..., None, None]  # told to every place: a white patch is a sun or a wall by the rest
        for level in reversed(range(len(self.up))):
            x = self.up[level](kept[level] + F.interpolate(self.widen[level](x), scale_factor=2.0))
        said = F.pixel_shuffle(self.head(torch.cat([x, raw], 1)), FACTOR)
        mask = F.avg_pool2d(picture[:, 3:4], FACTOR)
        lit, clear = (_mean(x, weight * row_weights(x)) for weight in (mask, 1 - mask))
        share = _mean(mask, row_weights(mask))
        white = _mean(F.avg_pool2d(picture[:, :3].mean(1, keepdim=True), FACTOR), row_weights(mask))
        known = torch.cat([scene, lit, clear, (share + 1e-5).log(), white, tails(picture, share)], 1)
        gain = self.gain(known)[:, 0]
        gain = F.softplus(gain - 1.0).clamp(max=GAIN_MAX)
        return Answer(gain * gain / (gain * gain + SHRINK**2).sqrt(), said[:, :1], TINT_MAX * said[:, 1:].tanh())


def tails(picture: Tensor, share: Tensor) -> Tensor:
    """(n, 5, h, w), clipped share (n, 1) → (n, 2 * len(LEVELS)): how many times the clipped part is above each of
    LEVELS, its logarithm; in all of the picture, and near what is clipped."""
    brightest, mask = picture[:, :3].amax(1, keepdim=True), picture[:, 3:4]
    near = F.max_pool2d(mask, FACTOR)
    for _ in range(NEAR):
        near = F.max_pool2d(sphere_pad(near), 3, stride=1)
    near = F.interpolate(near.gt(0).to(mask), scale_factor=float(FACTOR))
    angle = row_weights(mask)
    angle = angle / (angle.sum() * mask.shape[-1])
    said = []
    for level in LEVELS:
        above = brightest.gt(level) * angle
        said += [above.sum((2, 3)), (above * near).sum((2, 3))]
    return ((torch.cat(said, 1) + 1e-5) / (share + 1e-5)).log()


def row_weights(x: Tensor) -> Tensor:
    """(h, 1): the share of the sphere of each row of (n, c, h, w)."""
    latitude = torch.linspace(1, -1, 2 * x.shape[-2] + 1, device=x.device)[1::2] * (torch.pi / 2)
    return latitude.cos()[:, None]


def _mean(x: Tensor, weight: Tensor) -> Tensor:
    """(n, c, h, w) → (n, c), weighted."""
    return (x * weight).sum((-2, -1)) / (weight.expand_as(x[:, :1]).sum((-2, -1)) + 1e-6)
