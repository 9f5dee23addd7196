"""A small classifier of materials and kinds of painting; its features also tell how alike two sets of pictures are."""

from __future__ import annotations

from diffusers.configuration_utils import ConfigMixin, register_to_config
from diffusers.models.modeling_utils import ModelMixin
from torch import Tensor, nn
from torch.nn import functional as F

__all__ = ["Judge"]


class _Residual(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.GroupNorm(8, channels), nn.SiLU(), nn.Conv2d(channels, channels, 3, padding=1),
            nn.GroupNorm(8, channels), nn.SiLU(), nn.Conv2d(channels, channels, 3, padding=1))

    def forward(self, x: Tensor) -> Tensor:
        return x + self.body(x)


class Judge(ModelMixin, ConfigMixin):
    """Pictures (n, 3, h, w) in -1…1, sRGB, of any size from 64 px, multiples of 16, to (n, labels) logits."""

    @register_to_config
    def __init__(self, labels: list[str], widths: tuple[int, ...] = (64, 128, 224),
                 depths: tuple[int, ...] = (1, 2, 2)) -> None:
        super().__init__()
        stages: list[nn.Module] = [nn.PixelUnshuffle(4), nn.Conv2d(48, widths[0], 3, padding=1)]
        for i, (width, depth) in enumerate(zip(widths, depths, strict=True)):
            if i:
                stages.append(nn.Conv2d(widths[i - 1], width, 4, stride=2, padding=1))
            stages += [_Residual(width) for _ in range(depth)]
        self.stages = nn.Sequential(*stages)
        self.norm = nn.GroupNorm(8, widths[-1])
        self.head = nn.Linear(widths[-1], len(labels))

    def features(self, pictures: Tensor) -> Tensor:
        """(n, widths[-1]): the mean over the picture of what the last layer sees."""
        return F.silu(self.norm(self.stages(pictures))).mean(dim=(2, 3))

    def forward(self, pictures: Tensor) -> Tensor:
        return self.head(self.features(pictures))
