"""The generator: the network of the fixed styles (Dumoulin, Shlens and Kudlur, 2017) with one style and gradients.

It has the names and shapes of the weights of that network, so that it starts from any of its styles
(`networks.fixed_style_weights`), and what it has learnt runs where that runs (`networks.trained_style_network`).
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

__all__ = ["Generator"]

_EPSILON = 1e-5
_CONTRACT = {"contract.0": 1, "contract.1": 2, "contract.2": 2}  # by how much each shrinks
_RESIDUALS = [(f"res.{block}.0", f"res.{block}.1") for block in range(6)]
_EXPAND = ("expand.0", "expand.1", "expand.2")
_LAYERS = (*_CONTRACT, *(name for pair in _RESIDUALS for name in pair), *_EXPAND)


class Generator(nn.Module):
    """Pictures (n, 3, H, W) in 0 to 1, sRGB, to such in the style, each by its own statistics; sides are multiples of
    4, and 16 px or more.
    """

    def __init__(self, weights: dict[str, NDArray[np.float32]]) -> None:
        """Args:
            weights: by the names of the network of the fixed styles, with one style: gamma and beta are (1, C).
        """
        super().__init__()
        self._layers = nn.ModuleDict({_key(name): _Layer(weights, name, _CONTRACT.get(name, 1)) for name in _LAYERS})

    def forward(self, pictures: Tensor) -> Tensor:
        x = pictures
        for name in _CONTRACT:
            x = F.relu(self._layers[_key(name)](x))
        for first, second in _RESIDUALS:
            x = x + self._layers[_key(second)](F.relu(self._layers[_key(first)](x)))
        for name in _EXPAND[:2]:
            x = F.relu(self._layers[_key(name)](F.interpolate(x, scale_factor=2, mode="nearest")))
        return torch.sigmoid(self._layers[_key(_EXPAND[2])](x))

    def weights(self) -> dict[str, NDArray[np.float32]]:
        """What it has learnt, by the names of the network of the fixed styles."""
        result = {}
        for name in _LAYERS:
            layer = self._layers[_key(name)]
            for part, value in ((".w", layer.weight), (".norm.gamma", layer.gamma[None]),
                                (".norm.beta", layer.beta[None])):
                result[name + part] = value.detach().cpu().numpy().copy()
        return result


class _Layer(nn.Module):
    """Convolution of a reflected border, and normalisation of each channel over the picture."""

    def __init__(self, weights: dict[str, NDArray[np.float32]], name: str, stride: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.from_numpy(weights[f"{name}.w"].copy()))
        self.gamma = nn.Parameter(torch.from_numpy(weights[f"{name}.norm.gamma"][0].copy()))
        self.beta = nn.Parameter(torch.from_numpy(weights[f"{name}.norm.beta"][0].copy()))
        self.stride = stride

    def forward(self, x: Tensor) -> Tensor:
        border = self.weight.shape[2] // 2
        x = F.conv2d(F.pad(x, (border,) * 4, mode="reflect"), self.weight, stride=self.stride)
        return F.instance_norm(x, weight=self.gamma, bias=self.beta, eps=_EPSILON)


def _key(name: str) -> str:
    return name.replace(".", "_")  # no module's name may have a point
