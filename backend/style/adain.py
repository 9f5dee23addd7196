"""Networks that the artist brings: a VGG19 that sees, and a decoder that gives a content the statistics of a style.

Huang and Belongie, "Arbitrary Style Transfer in Real-Time with Adaptive Instance Normalization" (2017). A folder holds
them as `vgg19.safetensors`, with the names of torchvision (`features.0.weight` …) or of the authors' normalised network
(`0.weight` … `42.weight`), and `decoder.safetensors` (`1.weight` … `28.weight`). How wide layers are is read from the
files.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor
from torch.nn import functional as F

from protocol.errors import BadInput

__all__ = ["AdainNetwork", "Vgg19", "adain", "adain_network", "adain_of", "statistics_of", "vgg19"]

VGG_NAME, DECODER_NAME = "vgg19.safetensors", "decoder.safetensors"
_MEAN, _SPREAD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # what torchvision's was trained with
_BLOCKS = (2, 2, 4, 4, 1)  # convolutions up to relu5_1; pictures are halved between blocks
_LOWEST = 1e-5
_STEP_PX = 8
_DECODER = (1, 5, 8, 11, 14, 18, 21, 25, 28)  # the convolutions' places; pictures are doubled
_DOUBLED_AFTER = (1, 14, 21)


class Vgg19:
    """Pictures (n, 3, H, W) in 0 to 1, sRGB, to what relu1_1 to relu5_1 give: (n, C, H / k, W / k), k from 1 to 16.

    Attributes:
        content_layer: the number of the one that content is compared in.
        width: channels of what relu4_1 gives.
    """

    content_layer = 3
    width: int

    def __init__(self, weights: Mapping[str, Tensor]) -> None:
        """Raises:
            KeyError, ValueError: they are not those of a VGG19.
        """
        plain = {name.removeprefix("features."): value.float() for name, value in weights.items()}
        self._first = (plain["0.weight"], plain["0.bias"]) if plain["0.weight"].shape[-1] == 1 else None
        self._layers = [(plain[f"{place}.weight"], plain[f"{place}.bias"]) for place in
                        (_normalised_places() if self._first else _torchvision_places())]
        _check_widths([self._first] if self._first else [], self._layers, 3)
        self.width = self._layers[sum(_BLOCKS[:3])][0].shape[0]

    def __call__(self, pictures: Tensor, layers: int = len(_BLOCKS)) -> list[Tensor]:
        """Of the first so many."""
        if self._first:
            x = F.conv2d(pictures, *self._first)
        else:
            x = (pictures - pictures.new_tensor(_MEAN)[:, None, None]) / pictures.new_tensor(_SPREAD)[:, None, None]
        features: list[Tensor] = []
        remaining = iter(self._layers)
        for block, count in enumerate(_BLOCKS[:layers]):
            for number in range(1 if block == layers - 1 else count):
                x = _convolved(x, *next(remaining), "reflect" if self._first else "constant").relu()
                if number == 0:
                    features.append(x)
            if block < layers - 1:
                x = F.max_pool2d(x, 2, ceil_mode=True)
        return features


def statistics_of(features: Tensor) -> tuple[Tensor, Tensor]:
    """The means and standard deviations (n, C, 1, 1) of features (n, C, H, W)."""
    variance, mean = torch.var_mean(features, dim=(2, 3), keepdim=True, unbiased=False)
    return mean, (variance + _LOWEST).sqrt()


def adain(content: Tensor, style: tuple[Tensor, Tensor], own: tuple[Tensor, Tensor] | None = None) -> Tensor:
    """Features (n, C, H, W) with the statistics of a style.

    Args:
        own: those that the content is taken to have; default: what it has.
    """
    (mean, spread), (own_mean, own_spread) = style, own or statistics_of(content)
    return (content - own_mean) / own_spread * spread + mean


class AdainNetwork:
    """As `networks.StyleNetwork`, whose style is (2, C) float32: means and standard deviations, of `style_of`."""

    def __init__(self, vgg: Vgg19, decoder: Mapping[str, Tensor]) -> None:
        """Raises:
            KeyError, ValueError: it is not the decoder of that network.
        """
        self._vgg = vgg
        self._layers = [(decoder[f"{place}.weight"].float(), decoder[f"{place}.bias"].float()) for place in _DECODER]
        _check_widths([], self._layers, vgg.width, 3)

    @torch.no_grad()
    def style_of(self, picture: NDArray[np.float32]) -> NDArray[np.float32]:
        """Of a picture (H, W, 3) float32 in 0 to 1, sRGB."""
        mean, spread = statistics_of(self._seen(_tensor(picture[None])))
        return np.stack([mean[0, :, 0, 0].numpy(), spread[0, :, 0, 0].numpy()])

    @torch.no_grad()
    def measure(self, pictures: NDArray[np.float32], style: NDArray[np.float32]
                ) -> tuple[NDArray[np.float32], list[NDArray[np.float32]]]:
        """The pictures in a style, each by its own statistics, and those: a list of arrays (n, C, 1, 1)."""
        statistics = [part.numpy() for part in statistics_of(self._seen(_tensor(pictures)))]
        return self.apply(pictures, style, statistics), statistics

    @torch.no_grad()
    def apply(self, pictures: NDArray[np.float32], style: NDArray[np.float32],
              statistics: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
        """The pictures in a style, by statistics (1, C, 1, 1) or (n, C, 1, 1) of `measure`."""
        mean, spread = (torch.from_numpy(part)[None, :, None, None] for part in style)
        own_mean, own_spread = (torch.from_numpy(part) for part in statistics)
        x = adain(self._seen(_tensor(pictures)), (mean, spread), (own_mean, own_spread))
        for place, layer in zip(_DECODER, self._layers, strict=True):
            x = _convolved(x, *layer)
            if place != _DECODER[-1]:
                x = x.relu()
            if place in _DOUBLED_AFTER:
                x = F.interpolate(x, scale_factor=2, mode="nearest")
        height, width = pictures.shape[1:3]
        return x[:, :, :height, :width].clamp(0, 1).permute(0, 2, 3, 1).numpy()

    def _seen(self, pictures: Tensor) -> Tensor:
        down, right = (-side % _STEP_PX for side in pictures.shape[2:])
        return self._vgg(F.pad(pictures, (0, right, 0, down), mode="replicate"), layers=4)[-1]


@functools.lru_cache(maxsize=2)
def vgg19(folder: Path) -> Vgg19:
    """Raises:
        BadInput: there is none, or it is broken.
    """
    weights = _read(folder / VGG_NAME)
    try:
        return Vgg19(weights)
    except (KeyError, ValueError) as error:
        raise _strange(folder / VGG_NAME) from error


def adain_of(encoder: str) -> AdainNetwork | None:
    """Of a request's folder; None for "". Raises as `adain_network`."""
    return adain_network(Path(encoder)) if encoder else None


@functools.lru_cache(maxsize=2)
def adain_network(folder: Path) -> AdainNetwork:
    """Raises:
        BadInput: a file is missing or broken.
    """
    vgg, decoder = vgg19(folder), _read(folder / DECODER_NAME)
    try:
        return AdainNetwork(vgg, decoder)
    except (KeyError, ValueError) as error:
        raise _strange(folder / DECODER_NAME) from error


def _read(path: Path) -> dict[str, Tensor]:
    try:
        return load_file(path)
    except FileNotFoundError as error:
        raise BadInput("{path} is not there.", "Choose a folder with vgg19.safetensors, and for the instant method "
                       "with decoder.safetensors too; or leave Encoder empty.", path=path) from error
    except (OSError, SafetensorError) as error:
        raise BadInput("The network {path} cannot be read: {reason}.", "Choose another copy of it.", path=path,
                       reason=error) from error


def _strange(path: Path) -> BadInput:
    return BadInput("{path} holds another network.", "Get the weights of VGG19, and the decoder that was trained with "
                    "them, as safetensors.", path=path)


def _check_widths(before: Sequence[tuple[Tensor, Tensor]], layers: Sequence[tuple[Tensor, Tensor]], width: int,
                  made: int | None = None) -> None:
    """Raises:
        ValueError: a layer does not take what the one before it gives, the first that many channels; or the last makes
            another number of them.
    """
    for weight, bias in (*before, *layers):
        if weight.ndim != 4 or weight.shape[1] != width or bias.shape != weight.shape[:1]:
            raise ValueError(f"a layer of shape {tuple(weight.shape)} after one of {width} channels")
        width = weight.shape[0]
    if made is not None and width != made:
        raise ValueError(f"it makes {width} channels, not {made}")


def _convolved(x: Tensor, weight: Tensor, bias: Tensor, mode: str = "reflect") -> Tensor:
    edge = weight.shape[-1] // 2
    if mode == "reflect" and min(x.shape[2:]) <= edge:
        mode = "replicate"
    return F.conv2d(F.pad(x, (edge, edge, edge, edge), mode=mode), weight, bias)


def _torchvision_places() -> Iterator[int]:
    """Convolution, ReLU, …, pooling."""
    place = 0
    for count in _BLOCKS:
        for _ in range(count):
            yield place
            place += 2
        place += 1


def _normalised_places() -> Iterator[int]:
    """The 1 × 1 convolution, then padding, convolution, ReLU, …, pooling."""
    place = 2
    for count in _BLOCKS:
        for _ in range(count):
            yield place
            place += 3
        place += 1


def _tensor(pictures: NDArray[np.float32]) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(pictures, np.float32)).permute(0, 3, 1, 2)
