"""The network of `models/mini-pbr`: a U-Net over 4×4 blocks of the picture, so that two CPU cores are enough.

Published photo-to-material networks (Deschaintre et al. 2018; MatFusion, Sartor and Peers 2023) work at full
resolution. Here the stem folds 4×4 pixels into channels, everything heavy runs at 1/4, 1/8 and 1/16, and the head
unfolds 4×4 pixels again beside the picture itself, so that fine detail is not lost on the way down.
"""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from diffusers.configuration_utils import ConfigMixin, register_to_config
from diffusers.models.modeling_utils import ModelMixin
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from .impression import Impression

__all__ = ["Material", "MaterialNet", "load", "read_material"]

MULTIPLE_PX = 16  # the lowest level is at 1/16
PADDINGS = ("circular", "reflect")
METAL_OR_NOT = 3.0  # logits are stretched by this: what is half a metal looks like neither in a shader
HEIGHT_UNIT_PX = 4.0  # the network's height is in these, about one deviation of the training surfaces


class Material(NamedTuple):
    """What a Principled shader takes, row 0 at the top, float32.

    base_colour: (H, W, 3) sRGB-encoded 0–1, light and shadow taken out. normal: (H, W, 3) unit vectors, tangent
    space, OpenGL (+x right, +y up). height: (H, W) in pixels about a mean of 0. roughness, metallic, occlusion:
    (H, W), 0–1.
    """

    base_colour: NDArray[np.float32]
    height: NDArray[np.float32]
    normal: NDArray[np.float32]
    roughness: NDArray[np.float32]
    metallic: NDArray[np.float32]
    occlusion: NDArray[np.float32]


class Channels(NamedTuple):
    """The network's output, each (n, c, h, w) at the picture's size, as the loss wants them: not yet clipped.

    base_colour 3; height 1, in units of HEIGHT_UNIT_PX; normal 3, unit; roughness 1; metallic 1, a logit; occlusion 1.
    """

    base_colour: Tensor
    height: Tensor
    normal: Tensor
    roughness: Tensor
    metallic: Tensor
    occlusion: Tensor


class _Conv(nn.Conv2d):
    """A 3×3 convolution whose padding is said when it runs: circular for what tiles, reflect for what does not."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__(inputs, outputs, 3)

    def forward(self, x: Tensor, padding: str) -> Tensor:
        return super().forward(F.pad(x, (1, 1, 1, 1), mode=padding))


class _Residual(nn.Module):
    """x + conv(relu(conv(relu(x)))): starts as the identity, so that depth costs nothing at the start."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.first = _Conv(channels, channels)
        self.second = _Conv(channels, channels)
        nn.init.zeros_(self.second.weight)
        nn.init.zeros_(self.second.bias)

    def forward(self, x: Tensor, padding: str) -> Tensor:
        return x + self.second(F.relu(self.first(F.relu(x), padding)), padding)


class _Overview(nn.Module):
    """Adds what the whole picture says to every place: whether this is metal is seldom seen in one spot."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.said = nn.Linear(2 * channels, channels)
        nn.init.zeros_(self.said.weight)
        nn.init.zeros_(self.said.bias)

    def forward(self, x: Tensor) -> Tensor:
        spread = torch.cat([x.mean((2, 3)), x.square().mean((2, 3)).add(1e-4).sqrt()], dim=1)
        return x + self.said(spread)[:, :, None, None]


class MaterialNet(ModelMixin, ConfigMixin):
    """Pictures (n, 3, h, w), sRGB 0–1, to `Channels`. h and w are multiples of 16.

    With circular padding a picture that tiles gives channels that tile: rolled by 16 pixels in, rolled by 16 out.
    With an `impression` the levels of roughness and metallic are not the convolutions' but its own; see `levelled`.
    """

    @register_to_config
    def __init__(
        self, widths: tuple[int, ...] = (64, 128, 192), depths: tuple[int, ...] = (2, 2, 2),
        with_impression: bool = False,
    ) -> None:
        super().__init__()
        self.impression = Impression() if with_impression else None
        top, middle, low = widths
        self.stem = _Conv(48, top)
        self.down_top = nn.ModuleList(_Residual(top) for _ in range(depths[0]))
        self.to_middle = nn.Conv2d(top, middle, 2, stride=2)
        self.down_middle = nn.ModuleList(_Residual(middle) for _ in range(depths[1]))
        self.to_low = nn.Conv2d(middle, low, 2, stride=2)
        self.bottom = nn.ModuleList(_Residual(low) for _ in range(depths[2]))
        self.overview = _Overview(low)
        self.from_low = nn.Conv2d(low, 4 * middle, 1)
        self.up_middle = nn.ModuleList(_Residual(middle) for _ in range(depths[1]))
        self.from_middle = nn.Conv2d(middle, 4 * top, 1)
        self.up_top = nn.ModuleList(_Residual(top) for _ in range(depths[0]))
        self.mix = _Conv(top + 48, 2 * top)
        self.head = nn.Conv2d(2 * top, 10 * 16, 1)
        nn.init.normal_(self.head.weight, std=0.01)
        nn.init.zeros_(self.head.bias)

    def forward(self, picture: Tensor, padding: str = "circular") -> Channels:
        folded = F.pixel_unshuffle(picture * 2 - 1, 4)
        top = self.stem(folded, padding)
        for block in self.down_top:
            top = block(top, padding)
        middle = self.to_middle(top)
        for block in self.down_middle:
            middle = block(middle, padding)
        low = self.to_low(middle)
        for block in self.bottom[:1]:
            low = block(low, padding)
        low = self.overview(low)
        for block in self.bottom[1:]:
            low = block(low, padding)
        middle = middle + F.pixel_shuffle(self.from_low(low), 2)
        for block in self.up_middle:
            middle = block(middle, padding)
        top = top + F.pixel_shuffle(self.from_middle(middle), 2)
        for block in self.up_top:
            top = block(top, padding)
        features = F.relu(self.mix(torch.cat([F.relu(top), folded], dim=1), padding))
        out = F.pixel_shuffle(self.head(features), 4)
        facing = torch.tensor([0.0, 0.0, 1.0], device=out.device, dtype=out.dtype)[None, :, None, None]
        return Channels(
            base_colour=picture + out[:, 0:3], height=out[:, 3:4], normal=F.normalize(out[:, 4:7] + facing, dim=1),
            roughness=0.6 + out[:, 7:8], metallic=4.0 * out[:, 8:9] - 2.0, occlusion=0.85 + out[:, 9:10],
        )

    def levelled(self, said: Channels, picture: Tensor) -> Channels:
        """What the network `said` of the whole of `picture` (n, 3, h, w), with the mean of roughness and of the logits
        of metal that the impression has of it: the convolutions say where, the impression how much."""
        if self.impression is None:
            return said
        roughness, metallic = self.impression(picture)[:, :, None, None, None].unbind(1)
        return said._replace(
            roughness=said.roughness - said.roughness.mean((2, 3), keepdim=True) + roughness,
            metallic=said.metallic - said.metallic.mean((2, 3), keepdim=True) + metallic)


def load(folder: Path) -> MaterialNet:
    """The network of a folder as `models/mini-pbr`, in float32, ready to run."""
    return MaterialNet.from_pretrained(folder, torch_dtype=torch.float32, use_safetensors=True).eval()


@torch.no_grad()
def read_material(network: MaterialNet, picture: NDArray[np.float32], padding: str = "circular") -> Material:
    """What the surface in `picture` (H, W, 3), sRGB 0–1, is made of.

    `padding` is "circular" for a picture that tiles (its sides must be multiples of 16: anything added at the border
    would break the pattern) or "reflect" for any other, of any size from 32 pixels.
    """
    if padding not in PADDINGS:
        raise ValueError(f"padding is {padding!r}: must be one of {', '.join(PADDINGS)}")
    height, width = picture.shape[:2]
    if min(height, width) < 2 * MULTIPLE_PX:
        raise ValueError(f"the picture is {width}×{height} px: must be at least {2 * MULTIPLE_PX} px on each side")
    missing = -height % MULTIPLE_PX, -width % MULTIPLE_PX
    if any(missing) and padding == "circular":
        raise ValueError(f"the picture is {width}×{height} px: with circular padding both sides must be multiples of "
                         f"{MULTIPLE_PX} (scale it to {width + missing[1]}×{height + missing[0]} or reflect)")
    whole = torch.from_numpy(np.ascontiguousarray(picture, np.float32)).permute(2, 0, 1)[None]
    if any(missing):
        whole = F.pad(whole, (0, missing[1], 0, missing[0]), mode="reflect")
    said = network.levelled(network(whole.to(memory_format=torch.channels_last), padding), whole)
    channels = {name: value[0, :, :height, :width] for name, value in said._asdict().items()}

    def clipped(value: Tensor) -> NDArray[np.float32]:
        return value.clamp(0, 1).permute(1, 2, 0).numpy()

    relief = channels["height"][0].numpy() * HEIGHT_UNIT_PX
    return Material(
        clipped(channels["base_colour"]), relief - relief.mean(), channels["normal"].permute(1, 2, 0).numpy(),
        clipped(channels["roughness"])[..., 0], clipped((METAL_OR_NOT * channels["metallic"]).sigmoid())[..., 0],
        clipped(channels["occlusion"])[..., 0],
    )
