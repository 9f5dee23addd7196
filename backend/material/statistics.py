"""What can be measured of a picture's texture without knowing what it shows: a fixed bank of filters, and moments.

After Portilla and Simoncelli, "A Parametric Texture Model Based on Joint Statistics of Complex Wavelet Coefficients"
(2000): marginals, autocorrelations, and correlations of the energies of oriented filters within a scale and across
scales; and Bruna and Mallat, "Invariant Scattering Convolution Networks" (2013): energies of energies. Nothing here is
trained, and everything can be differentiated.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.autograd.function import FunctionCtx, once_differentiable
from torch.nn import functional as F

__all__ = ["Filtered", "TextureStatistics"]

ORIENTATIONS = 6
SCALES = 6
SMALLEST_PX = 128  # the coarsest scale is a thirty-second of it
_TINY = 1e-3
_FOLD = 4
_SHIFTS = ((0, 1), (1, 0), (1, 1), (1, -1), (0, 2), (2, 0), (0, 3), (3, 0), (0, 4), (4, 0))
_TO_YCBCR = ((0.299, 0.587, 0.114), (-0.169, -0.331, 0.5), (0.5, -0.419, -0.081))


class TextureStatistics(nn.Module):
    """Pictures (n, 3, h, w) float32 in -1…1, sRGB, sides from 128 px in multiples of 32, to (n, size) numbers."""

    size = 1102

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("gabor", _gabor_bank(), persistent=False)
        tap = torch.tensor([1.0, 4.0, 6.0, 4.0, 1.0]) / 16
        self.register_buffer("binomial", (tap[:, None] * tap)[None, None], persistent=False)
        self.register_buffer("to_ycbcr", torch.tensor(_TO_YCBCR), persistent=False)

    def forward(self, pictures: Tensor) -> Tensor:
        level = torch.einsum("ij,njhw->nihw", self.to_ycbcr, pictures)
        parts = _colours(level)
        earlier: list[Tensor] = []  # energies of the two finer scales, brought down to this one
        finer: Tensor | None = None
        for scale in range(SCALES):
            energy = self.energies(level[:, :1])
            chroma = self._chroma_energies(level[:, 1:], halve=scale == 0)
            parts += _within(energy, chroma) + _marginals(level[:, :1]) + [_layout(energy)]
            if finer is not None:
                parts.append(_correlations(F.avg_pool2d(finer, 2), energy).flatten(1))
            for map_ in earlier:
                first = map_.mean((2, 3)).add(_TINY).log().repeat_interleave(ORIENTATIONS, 1)
                parts.append(self.energies(map_).mean((2, 3)).add(_TINY).log() - first)
            earlier = [self.down(map_) for map_ in earlier[-1:]] + [F.avg_pool2d(energy, 2)]
            finer = energy
            level = self.down(level) if scale < SCALES - 1 else level
        return torch.cat(parts, dim=1)

    def energies(self, maps: Tensor) -> Tensor:
        """(n, c, h, w) to (n, c * orientations, h, w): how strongly each map varies in each direction."""
        n, c, h, w = maps.shape
        answer = Filtered.apply(F.pad(maps.reshape(n * c, 1, h, w), (3, 3, 3, 3), mode="reflect"), self.gabor)
        return answer.reshape(n, c, ORIENTATIONS, 2, h, w).square().sum(3).add(1e-6).sqrt().flatten(1, 2)

    def _chroma_energies(self, chroma: Tensor, *, halve: bool) -> Tensor:
        """(n, 2, h, w) to (n, 2, h * w), over all directions; the finest scale at half of its size, for speed."""
        maps = F.avg_pool2d(chroma, 2) if halve else chroma
        energy = self.energies(maps).unflatten(1, (2, ORIENTATIONS)).mean(2)
        return (F.interpolate(energy, scale_factor=2.0) if halve else energy).flatten(2)

    def down(self, maps: Tensor) -> Tensor:
        """(n, c, h, w) to (n, c, h/2, w/2), without what the smaller ones cannot show."""
        n, c, h, w = maps.shape
        flat = F.pad(maps.reshape(n * c, 1, h, w), (2, 2, 2, 2), mode="reflect")
        small = F.conv2d(flat, self.binomial, stride=2)
        return small.reshape(n, c, *small.shape[2:])


class Filtered(torch.autograd.Function):
    """F.conv2d of one channel, whose gradient PyTorch finds a third as fast: (n, 1, h, w) and (f, 1, k, k).

    The gradient sums over all filters into one channel, which leaves most of a processor's lanes without work. Folded
    4×4 it is a convolution into sixteen channels, with kernels that hold each filter at sixteen places.
    """

    @staticmethod
    def forward(ctx: FunctionCtx, maps: Tensor, filters: Tensor) -> Tensor:
        ctx.save_for_backward(filters)
        return F.conv2d(maps, filters)

    @staticmethod
    @once_differentiable
    def backward(ctx: FunctionCtx, gradient: Tensor) -> tuple[Tensor, None]:
        (filters,) = ctx.saved_tensors
        reach, (h, w) = filters.shape[2] - 1, gradient.shape[2:]
        folded = F.pixel_unshuffle(F.pad(gradient, (0, -w % _FOLD, 0, -h % _FOLD)), _FOLD)
        maps = F.pixel_shuffle(F.conv_transpose2d(folded, _folded_filters(filters)), _FOLD)
        return maps[:, :, : h + reach, : w + reach], None


def _folded_filters(filters: Tensor) -> Tensor:
    """(f, 1, k, k) to (f * 16, 16, m, m): each at every place of a block of 4×4, as blocks of 4×4."""
    count, size = len(filters), filters.shape[2]
    blocks = -(-(size + _FOLD - 1) // _FOLD)
    placed = filters.new_zeros(count, _FOLD, _FOLD, blocks * _FOLD, blocks * _FOLD)
    for y in range(_FOLD):
        for x in range(_FOLD):
            placed[:, y, x, y : y + size, x : x + size] = filters[:, 0]
    return F.pixel_unshuffle(placed.reshape(count * _FOLD**2, 1, *placed.shape[3:]), _FOLD)


def _gabor_bank() -> Tensor:
    """(2 * orientations, 1, 7, 7): even and odd Gabor filters of 4.4 px, without a mean, of length 1."""
    reach = torch.arange(-3, 4.0)
    y, x = torch.meshgrid(reach, reach, indexing="ij")
    filters = []
    for turn in range(ORIENTATIONS):
        angle = math.pi * turn / ORIENTATIONS
        along, across = x * math.cos(angle) + y * math.sin(angle), -x * math.sin(angle) + y * math.cos(angle)
        window = torch.exp(-(along.square() + 0.6 * across.square()) / (2 * 1.5**2))
        for phase in (0.0, math.pi / 2):
            wave = window * torch.cos(along * math.pi / 2.2 + phase)
            wave = wave - window * (wave.sum() / window.sum())
            filters.append(wave / wave.norm())
    return torch.stack(filters)[:, None]


def _colours(ycbcr: Tensor) -> list[Tensor]:
    """Histograms of each channel, of both chroma channels together, a coarse picture, and deviations."""
    parts = []
    for channel, (low, high) in enumerate(((-1.0, 1.0), (-0.6, 0.6), (-0.6, 0.6))):
        parts.append(_bins(ycbcr[:, channel].flatten(1), low, high, 12).mean(1).clamp_min(1e-10).sqrt())
    small = F.adaptive_avg_pool2d(ycbcr, (32, 32)).flatten(2)
    blue, red = (_bins(small[:, channel], -0.6, 0.6, 7) for channel in (1, 2))
    parts.append((torch.einsum("nki,nkj->nij", blue, red) / small.shape[2]).flatten(1).clamp_min(1e-10).sqrt())
    return [*parts, F.adaptive_avg_pool2d(ycbcr, (4, 4)).flatten(1), _deviation(ycbcr.flatten(2))]


def _deviation(values: Tensor) -> Tensor:
    """(n, c, k) to (n, c): the standard deviation; of even values its gradient is 0, and not undefined."""
    return values.var(2).clamp_min(1e-12).sqrt()


def _bins(values: Tensor, low: float, high: float, count: int) -> Tensor:
    """(n, k) to (n, k, count): how much of a value falls to each bin, linearly between their centres."""
    centres = torch.linspace(low, high, count, device=values.device)
    return torch.relu(1 - (values[:, :, None] - centres).abs() * ((count - 1) / (high - low)))


def _within(energy: Tensor, chroma: Tensor) -> list[Tensor]:
    """Of one scale: strengths, how unevenly they are spread, and what goes together."""
    flat = energy.flatten(2)
    mean, deviation = flat.mean(2), _deviation(flat)
    even = (flat - mean[:, :, None]) / (deviation[:, :, None] + 1e-4)
    even_chroma = (chroma - chroma.mean(2, keepdim=True)) / (_deviation(chroma)[:, :, None] + 1e-4)
    pairs = torch.triu_indices(ORIENTATIONS, ORIENTATIONS, 1)
    together = torch.einsum("nik,njk->nij", even, even) / even.shape[2]
    return [
        (mean + _TINY).log(), (deviation + _TINY).log(), (chroma.mean(2) + _TINY).log(),
        (_deviation(chroma) + _TINY).log(),
        (mean.mean(1, keepdim=True) + _TINY).log() - (mean + _TINY).log(), together[:, pairs[0], pairs[1]],
        even.pow(3).mean(2).clamp(-20, 20) / 4,
        torch.einsum("nik,njk->nij", even_chroma, even).flatten(1) / even.shape[2]]


def _marginals(luma: Tensor) -> list[Tensor]:
    """(n, 1, h, w): skewness, kurtosis, contrast and autocorrelation."""
    flat = luma.flatten(2)
    even = ((flat - flat.mean(2, keepdim=True)) / (_deviation(flat)[:, :, None] + _TINY)).reshape(luma.shape)
    parts = [even.pow(3).mean((2, 3)).clamp(-9, 9), even.pow(4).mean((2, 3)).clamp(0, 30) / 5,
             (_deviation(flat) + _TINY).log()]
    return parts + [(even * even.roll(shift, (2, 3))).mean((2, 3)) for shift in _SHIFTS]


def _layout(energy: Tensor) -> Tensor:
    """(n, 9): where in the picture there is more of it."""
    share = F.adaptive_avg_pool2d(energy.mean(1, keepdim=True), (3, 3)).flatten(1)
    return (share + _TINY).log() - (energy.mean((2, 3)).mean(1, keepdim=True) + _TINY).log()


def _correlations(first: Tensor, second: Tensor) -> Tensor:
    """(n, c, h, w) twice to (n, c, c)."""
    even = [(maps.flatten(2) - maps.mean((2, 3))[:, :, None]) / (_deviation(maps.flatten(2))[:, :, None] + 1e-4)
            for maps in (first[:, :, :second.shape[2], :second.shape[3]], second)]
    return torch.einsum("nik,njk->nij", *even) / even[0].shape[2]
