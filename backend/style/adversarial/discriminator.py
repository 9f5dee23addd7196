"""The discriminator: tells patches of the style's pictures from those that the generator makes."""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F

__all__ = ["Discriminator", "augmented", "discriminator_loss", "generator_loss", "gradient_penalty"]

_SLOPE = 0.2


class Discriminator(nn.Module):
    """PatchGAN (Isola et al., "Image-to-Image Translation with Conditional Adversarial Networks", 2017): pictures
    (n, 3, H, W) in 0 to 1 to logits (n, 1, H / 8 - 2, W / 8 - 2), each of 70 × 70 pixels. Without normalisation, which
    would hide contrast, and with the gradient penalty in its place.
    """

    def __init__(self, width: int = 32) -> None:
        """Args:
            width: channels of the first layer.
        """
        super().__init__()
        widths = [3, width, 2 * width, 4 * width, 8 * width, 1]
        self.layers = nn.ModuleList(nn.Conv2d(inward, outward, 4, 2 if place < 3 else 1, 1)
                                    for place, (inward, outward) in enumerate(pairwise(widths)))
        for layer in self.layers:
            nn.init.kaiming_normal_(layer.weight, _SLOPE)
            nn.init.zeros_(layer.bias)
        with torch.no_grad():
            self.layers[-1].weight.mul_(0.1)  # it begins undecided

    def forward(self, pictures: Tensor) -> Tensor:
        x = pictures * 2 - 1
        for layer in self.layers[:-1]:
            x = F.leaky_relu(layer(x), _SLOPE)
        return self.layers[-1](x)


def discriminator_loss(real: Tensor, fake: Tensor) -> Tensor:
    """The logistic loss of logits (Goodfellow et al., "Generative Adversarial Nets", 2014): 2 ln 2 where it knows
    nothing, which is where all logits are 0.
    """
    return F.softplus(-real).mean() + F.softplus(fake).mean()


def generator_loss(fake: Tensor) -> Tensor:
    """The same paper's non-saturating loss of the generator: ln 2 at logit 0."""
    return F.softplus(-fake).mean()


def gradient_penalty(discriminator: nn.Module, pictures: Tensor) -> Tensor:
    """R1 (Mescheder, Geiger and Nowozin, "Which Training Methods for GANs do actually Converge?", 2018): half of the
    squared gradient of the logits' sum by the pixels of real pictures, a logit; the mean of the pictures.
    """
    pictures = pictures.detach().requires_grad_(True)
    logits = discriminator(pictures)
    (gradient,) = torch.autograd.grad(logits.sum(), pictures, create_graph=True)
    return gradient.square().sum() / (2 * logits.numel())


def augmented(pictures: Tensor, share: float, generator: torch.Generator) -> Tensor:
    """Pictures (n, 3, H, W) shifted, of other colours, and with a hole, with gradients: what the discriminator sees of
    both sides, so that it does not learn a single picture by heart (Zhao et al., "Differentiable Augmentation for
    Data-Efficient GAN Training", 2020, translation, colour and cutout).

    Args:
        share: 0 leaves them as they are, 1 is as far as the paper goes.
    """
    if share == 0:
        return pictures
    count, _, height, width = pictures.shape
    device = pictures.device

    def chance(low: float, high: float) -> Tensor:
        return (low + (high - low) * torch.rand((count, 1, 1, 1), generator=generator)).to(device)

    x = pictures + share * chance(-0.5, 0.5)
    grey = x.mean(dim=1, keepdim=True)
    x = grey + (x - grey) * (1 + share * chance(-1, 1))
    mean = x.mean(dim=(1, 2, 3), keepdim=True)
    x = mean + (x - mean) * (1 + share * chance(-0.5, 0.5))
    rows = torch.arange(height, device=device)[None, None, :, None]
    columns = torch.arange(width, device=device)[None, None, None]
    down, right = ((share * side / 8 * chance(-1, 1)).round().long() for side in (height, width))
    inside = (((rows - down) >= 0) & ((rows - down) < height) & ((columns - right) >= 0) & ((columns - right) < width))
    source = ((rows - down).clamp(0, height - 1) * width + (columns - right).clamp(0, width - 1)).flatten(2)
    x = x.flatten(2).gather(2, source.expand(-1, 3, -1)).reshape(count, 3, height, width) * inside
    middle_y, middle_x = ((chance(0, 1) * side).floor() for side in (height, width))
    hole = ((rows - middle_y).abs() < share * height / 4) & ((columns - middle_x).abs() < share * width / 4)
    return x * ~hole
