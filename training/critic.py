"""Real or painted? What `training.few_step` lets its painter be judged by.

Two critics, each conditional on what the picture is to show (projection, Miyato and Koyama, arXiv:1802.05637). One
sees the texture statistics of decoded pictures: fixed features make such a critic learn many times faster (Sauer et
al., arXiv:2111.01007), and statistics of filters are what textures are told apart by. One sees latents, patch by
patch, for what statistics do not know: where things are.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from backend.diffusion.words import WIDTH
from backend.material.judge import Judge
from training.data.mixture import LABELS

__all__ = ["StatisticsCritic", "PatchCritic", "painter_loss", "critic_loss"]

_INSTANCE_NOISE = 0.05  # added to latents before they are looked at
_NEARBY = 0.1  # how far apart the two places are between which a critic has to stay smooth


class _Projection(nn.Module):
    """Features (n, f, …) and what is asked for, to logits (n, …)."""

    def __init__(self, features: int) -> None:
        super().__init__()
        self.plain = nn.Linear(features, 1)
        self.label = nn.Embedding(len(LABELS), features)
        self.words = nn.Linear(WIDTH, features)
        nn.init.normal_(self.label.weight, std=0.1)
        nn.init.normal_(self.words.weight, std=0.1 / WIDTH**0.5)

    def forward(self, features: Tensor, labels: Tensor, words: Tensor) -> Tensor:
        """Args:
            words: (n, WIDTH), the mean of the caption's token states.
        """
        features = features.movedim(1, -1)
        asked = (self.label(labels) + self.words(words)).reshape(len(labels), *(1,) * (features.ndim - 2), -1)
        scale = features.shape[-1] ** -0.5
        return self.plain(features).squeeze(-1) + (features * asked).sum(-1) * scale


class StatisticsCritic(nn.Module):
    """Texture statistics (n, s), as many deviations from the mean as `Judge` counts them, to logits (n,)."""

    def __init__(self, judge: Judge, hidden: tuple[int, int] = (512, 256)) -> None:
        super().__init__()
        self.register_buffer("mean", judge.mean.clone())
        self.register_buffer("deviation", judge.deviation.clone())
        self.body = nn.Sequential(
            nn.Linear(len(judge.mean), hidden[0]), nn.LeakyReLU(0.2), nn.Linear(hidden[0], hidden[1]),
            nn.LeakyReLU(0.2))
        self.head = _Projection(hidden[1])

    def normalised(self, statistics: Tensor) -> Tensor:
        return ((statistics - self.mean) / self.deviation).clamp(-6, 6)

    def forward(self, normalised: Tensor, labels: Tensor, words: Tensor) -> Tensor:
        return self.head(self.body(normalised), labels, words)


class PatchCritic(nn.Module):
    """Latents (n, c, h, w) to logits (n, h/4, w/4), each of which sees 24×24 latents around it."""

    def __init__(self, channels: int, width: int = 96) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(channels, width, 3, padding=1), nn.LeakyReLU(0.2),
            nn.Conv2d(width, width, 4, stride=2, padding=1), nn.LeakyReLU(0.2),
            nn.Conv2d(width, 2 * width, 3, padding=1), nn.LeakyReLU(0.2),
            nn.Conv2d(2 * width, 2 * width, 4, stride=2, padding=1), nn.LeakyReLU(0.2),
            nn.Conv2d(2 * width, 2 * width, 3, padding=1), nn.LeakyReLU(0.2))
        for layer in self.body:
            if isinstance(layer, nn.Conv2d):  # as PyTorch begins them, five in a row give next to nothing
                nn.init.kaiming_normal_(layer.weight, a=0.2)
                nn.init.zeros_(layer.bias)
        self.head = _Projection(2 * width)

    def forward(self, latents: Tensor, labels: Tensor, words: Tensor) -> Tensor:
        return self.head(self.body(latents + _INSTANCE_NOISE * torch.randn_like(latents)), labels, words)


def painter_loss(logits: Tensor) -> Tensor:
    """The non-saturating loss (Goodfellow et al., arXiv:1406.2661) of what was painted."""
    return F.softplus(-logits).mean()


Seen = tuple[Tensor, Tensor, Tensor]  # pictures as a critic sees them, labels (n,), words (n, WIDTH)


def critic_loss(critic: nn.Module, real: Seen, painted: Seen, smoothness: float) -> tuple[Tensor, float]:
    """The logistic loss and R1 by a difference in place of a derivative (Lin et al., arXiv:2501.08316), and how often
    the critic is right."""
    pictures, labels, words = real
    on_real, on_painted = critic(pictures, labels, words), critic(*painted)
    nearby = critic(pictures + _NEARBY * torch.randn_like(pictures), labels, words)
    penalty = ((nearby - on_real) / _NEARBY).square().mean()
    right = ((on_real > 0).float().mean() + (on_painted < 0).float().mean()).item() / 2
    return F.softplus(-on_real).mean() + F.softplus(on_painted).mean() + smoothness * penalty, right
