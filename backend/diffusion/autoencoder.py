"""The embedded model's autoencoder: few channels, and no layer at full resolution.

A published autoencoder spends most of its time on convolutions over every pixel, which two CPU cores cannot afford.
Here the stem folds 4×4 pixels into channels, everything runs at 1/4 and 1/8 of the picture, and the head unfolds 4×4
pixels again. Encoding and decoding are cheap enough to be repeated at every denoising step.
"""

from typing import Any

import torch
from diffusers.configuration_utils import ConfigMixin, register_to_config
from diffusers.models.autoencoders.vae import DecoderOutput
from diffusers.models.modeling_utils import ModelMixin
from diffusers.utils import BaseOutput
from torch import Tensor, nn
from torch.nn import functional as F

__all__ = ["EncoderOutput", "MiniAutoencoder"]


class EncoderOutput(BaseOutput):
    """`latents`: (n, latent_channels, h/8, w/8), about zero mean and unit variance in each channel."""

    latents: Tensor


class _Residual(nn.Module):
    """x + conv(relu(conv(relu(x)))): starts as the identity, so that depth costs nothing at the start."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(channels, channels, 3, padding=1)
        self.second = nn.Conv2d(channels, channels, 3, padding=1)
        nn.init.zeros_(self.second.weight)
        nn.init.zeros_(self.second.bias)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.second(F.relu(self.first(F.relu(x))))


def _stage(channels: int, depth: int) -> nn.Sequential:
    return nn.Sequential(*(_Residual(channels) for _ in range(depth)))


class MiniAutoencoder(ModelMixin, ConfigMixin):
    """Pictures (n, 3, h, w) in -1…1 (display-referred sRGB) to latents (n, latent_channels, h/8, w/8) and back.

    Takes the place of `vae` in the Stable Diffusion pipelines of diffusers: `block_out_channels` has four entries
    because the pipelines take 2**(entries - 1) for the reduction; only its first two are widths (at 1/4 and 1/8).
    h and w must be multiples of 8. Latents are normalised inside by the buffers `latent_mean` and `latent_std`
    (measured on the training pictures), hence `scaling_factor` 1.
    """

    _supports_gradient_checkpointing = False

    @register_to_config
    def __init__(
        self,
        in_channels: int = 3,
        out_channels: int = 3,
        latent_channels: int = 8,
        block_out_channels: tuple[int, ...] = (64, 128, 128, 128),
        encoder_depth: tuple[int, int] = (1, 2),
        decoder_depth: tuple[int, int] = (2, 3),
        sample_size: int = 256,
        scaling_factor: float = 1.0,
        shift_factor: float = 0.0,
        force_upcast: bool = False,
    ) -> None:
        super().__init__()
        if len(block_out_channels) != 4:
            raise ValueError(
                f"block_out_channels has {len(block_out_channels)} entries: must have 4, "
                "because the pipelines derive the 8-fold reduction from that (add entries)"
            )
        fine, coarse = block_out_channels[:2]
        self.encoder = nn.Sequential(
            nn.PixelUnshuffle(4),
            nn.Conv2d(in_channels * 16, fine, 3, padding=1),
            _stage(fine, encoder_depth[0]),
            nn.Conv2d(fine, coarse, 4, stride=2, padding=1),
            _stage(coarse, encoder_depth[1]),
            nn.Conv2d(coarse, latent_channels, 1),
        )
        self.decoder = nn.Sequential(
            nn.Conv2d(latent_channels, coarse, 3, padding=1),
            _stage(coarse, decoder_depth[1]),
            nn.Conv2d(coarse, fine * 4, 3, padding=1),
            nn.PixelShuffle(2),
            _stage(fine, decoder_depth[0]),
            nn.ReLU(),
            nn.Conv2d(fine, out_channels * 16, 3, padding=1),
            nn.PixelShuffle(4),
        )
        self.register_buffer("latent_mean", torch.zeros(1, latent_channels, 1, 1))
        self.register_buffer("latent_std", torch.ones(1, latent_channels, 1, 1))

    def raw_latents(self, picture: Tensor) -> Tensor:
        """Latents before normalisation; training measures `latent_mean` and `latent_std` on these."""
        return self.encoder(picture)

    def encode(self, x: Tensor, return_dict: bool = True) -> EncoderOutput | tuple[Tensor]:
        """Normalised latents of pictures. Raises ValueError if a side is no multiple of 8."""
        height, width = x.shape[-2:]
        if height % 8 or width % 8:
            raise ValueError(
                f"the picture is {width}×{height}: both sides must be multiples of 8 "
                f"(try {round(width / 8) * 8}×{round(height / 8) * 8})"
            )
        latents = (self.raw_latents(x) - self.latent_mean) / self.latent_std
        return EncoderOutput(latents=latents) if return_dict else (latents,)

    def decode(
        self, z: Tensor, return_dict: bool = True, generator: torch.Generator | None = None
    ) -> DecoderOutput | tuple[Tensor]:
        """Pictures of normalised latents. `generator` is accepted for the pipelines' sake: decoding draws nothing."""
        picture = self.decoder(z * self.latent_std + self.latent_mean)
        return DecoderOutput(sample=picture) if return_dict else (picture,)

    def forward(self, sample: Tensor, **_: Any) -> DecoderOutput:
        """Encode and decode: the round trip."""
        return self.decode(self.encode(sample).latents)  # type: ignore[union-attr]
