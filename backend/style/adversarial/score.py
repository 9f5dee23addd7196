"""How far pictures are from a style, and from what they showed before."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from ..features import mobile_net
from ..optimised import self_similarity_loss

__all__ = ["StyleScore", "content_loss"]

_LEVELS = 3  # of patches of pixels: as they are, halved, and halved again
_PATCH_PX = 7
_PLACES = 8192  # of all pictures, on each level and layer
_DIRECTIONS = 96
_QUANTILES = 512
_POINTS = 1024
_LEAST_SPREAD = 5e-4  # one colour with the noise of 8 bit has half of it, a dot of 5 px in 256 px four times as much


class StyleScore:
    """The patch distance of pictures to a style: the sliced Wasserstein distance of what is seen at all their places.

    Seen are patches of 7 × 7 pixels on three levels (Karras et al., "Progressive Growing of GANs", 2018, section 5;
    colours are not made alike here, for they are part of the style) and the features of the MobileNet (Heitz et al.,
    "A Sliced Wasserstein Loss for Neural Texture Synthesis", 2021). Each level's and each layer's distance is over the
    spread of the style along the same directions, so that 1 is as far as the style's own places are from their mean;
    patches and features count alike.
    """

    def __init__(self, style: Sequence[Tensor]) -> None:
        """Args:
            style: pictures (1, 3, H, W) in 0 to 1.
        """
        self._wanted = _sorted_projections(style)
        self._spread = [(values - values.mean(1, keepdim=True)).abs().mean() for values in self._wanted]

    @property
    def is_plain(self) -> bool:
        """Whether the style's places hardly differ on some level, so that nothing is near to it."""
        return float(torch.stack(self._spread).min()) < _LEAST_SPREAD

    def distance(self, pictures: Sequence[Tensor]) -> float:
        """Of pictures (1, 3, H, W), taken together; 0 for the style itself."""
        seen = _sorted_projections(pictures)
        distances = [float((one - other).abs().mean() / spread)
                     for one, other, spread in zip(seen, self._wanted, self._spread, strict=True)]
        patches, features = distances[:_LEVELS], distances[_LEVELS:]
        return (sum(patches) / len(patches) + sum(features) / len(features)) / 2


def content_loss(pictures: Sequence[Tensor], contents: Sequence[Tensor]) -> float:
    """The mean of how differently the places of a picture (1, 3, H, W) resemble each other from those of its content
    (Kolkin et al., 2019); 0 for the content itself.
    """
    where = torch.rand((_POINTS, 2), generator=torch.Generator().manual_seed(0)).to(contents[0].device)
    with torch.no_grad():
        losses = [float(self_similarity_loss([one, *mobile_net()(one)], [other, *mobile_net()(other)], where))
                  for one, other in zip(pictures, contents, strict=True)]
    return sum(losses) / len(losses)


def _sorted_projections(pictures: Sequence[Tensor]) -> list[Tensor]:
    """For each level and layer (directions, quantiles): what is seen, along directions, from low to high."""
    chance, ways = torch.Generator().manual_seed(0), torch.Generator().manual_seed(1)  # the ways are always the same
    most = _PLACES // len(pictures)
    with torch.no_grad():
        features = zip(*(mobile_net()(picture) for picture in pictures), strict=True)
        seen = [torch.cat([_patches(picture, level, most, chance) for picture in pictures]) for level in range(_LEVELS)]
        seen += [torch.cat([_columns(one, most, chance) for one in layer]) for layer in features]
        result = []
        for values in seen:
            directions = F.normalize(torch.randn((values.shape[1], _DIRECTIONS), generator=ways), dim=0)
            lined = np.sort((values @ directions).T.contiguous().numpy(), axis=1)
            at = np.linspace(0, lined.shape[1] - 1, _QUANTILES).round().astype(int)
            result.append(torch.from_numpy(lined[:, at]))
    return result


def _patches(picture: Tensor, level: int, most: int, chance: torch.Generator) -> Tensor:
    """(most, 147) pixels of patches at chosen places."""
    for _ in range(level):
        picture = F.interpolate(picture, scale_factor=0.5, mode="bilinear", antialias=True)
    every = picture[0].unfold(1, _PATCH_PX, 1).unfold(2, _PATCH_PX, 1)  # a view: (3, h, w, 7, 7)
    height, width = every.shape[1:3]
    chosen = torch.randint(height * width, (most,), generator=chance)
    return every[:, chosen // width, chosen % width].transpose(0, 1).flatten(1)


def _columns(features: Tensor, most: int, chance: torch.Generator) -> Tensor:
    """(up to most, C) features at chosen places."""
    flat = features[0].flatten(1)
    if flat.shape[1] > most:
        flat = flat[:, torch.randint(flat.shape[1], (most,), generator=chance)]
    return flat.T
