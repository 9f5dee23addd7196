"""Networks that see a picture as a tile: to roll the input is to roll the output."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from diffusers import AutoencoderKL, UNet2DConditionModel

from backend.diffusion.autoencoder import MiniAutoencoder
from backend.diffusion.tiling import wrapping
from tests.backend.tiny_models import POOLED_WIDTH, save_sd, save_sdxl

MINI = Path(__file__).resolve().parents[2] / "models" / "mini"


def rolled_difference(call, x: torch.Tensor, shift: tuple[int, int], scale: float) -> float:
    """How far f(roll x) is from roll f(x), relative to f(x)."""
    plain = call(x)
    shifted = call(torch.roll(x, shift, (2, 3)))
    back = torch.roll(shifted, tuple(round(-s * scale) for s in shift), (2, 3))
    return float((back - plain).abs().max() / plain.abs().max())


def unet() -> UNet2DConditionModel:
    torch.manual_seed(0)
    return UNet2DConditionModel(sample_size=16, in_channels=4, out_channels=4, block_out_channels=(16, 32),
                                layers_per_block=1, cross_attention_dim=8, attention_head_dim=8, norm_num_groups=8,
                                down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
                                up_block_types=("CrossAttnUpBlock2D", "UpBlock2D")).double().eval()


@torch.no_grad()
def test_a_unet_rolls_with_its_input():
    network, words = unet(), torch.randn(1, 3, 8).double()
    x = torch.randn(1, 4, 16, 16).double()

    def call(sample):
        return network(sample, 10, words).sample

    assert rolled_difference(call, x, (4, 6), 1) > 0.01
    with wrapping(network):
        assert rolled_difference(call, x, (4, 6), 1) < 1e-12
    with wrapping(network, vertically=False):
        assert rolled_difference(call, x, (0, 6), 1) < 1e-12
        assert rolled_difference(call, x, (4, 0), 1) > 0.01
    assert rolled_difference(call, x, (4, 6), 1) > 0.01  # as before


@pytest.mark.parametrize("kind", ["kl", "mini"])
@torch.no_grad()
def test_autoencoders_roll_with_their_input(kind):
    torch.manual_seed(0)
    if kind == "kl":
        vae = AutoencoderKL(block_out_channels=(8, 16, 16, 16), norm_num_groups=8, latent_channels=4,
                            down_block_types=("DownEncoderBlock2D",) * 4, up_block_types=("UpDecoderBlock2D",) * 4)
    else:
        vae = MiniAutoencoder(block_out_channels=(16, 16, 16, 16))
    vae = vae.double().eval()
    x = torch.randn(1, 3, 64, 64).double()

    def encode(picture):
        encoded = vae.encode(picture)
        return encoded.latents if kind == "mini" else encoded.latent_dist.mode()

    def decode(latents):
        return vae.decode(latents).sample

    latents = encode(x)
    with wrapping(vae):
        assert rolled_difference(encode, x, (16, 24), 1 / 8) < 1e-10
        assert rolled_difference(decode, latents, (2, 3), 8) < 1e-10
    assert rolled_difference(encode, x, (16, 24), 1 / 8) > 1e-3


@pytest.mark.parametrize("family", ["mini", "sd", "sdxl"])
@torch.no_grad()
def test_models_as_they_are_painted_with_roll_with_their_input(family, tmp_path):
    """The embedded model itself, and small ones of the classes of the large: by the stride of all their halvings."""
    folder = MINI if family == "mini" else {"sd": save_sd, "sdxl": save_sdxl}[family](tmp_path)
    network = UNet2DConditionModel.from_pretrained(folder / "unet").double().eval()
    kind = MiniAutoencoder if family == "mini" else AutoencoderKL
    vae = kind.from_pretrained(folder / "vae").double().eval()
    stride = 2 ** (len(network.config.block_out_channels) - 1)
    torch.manual_seed(1)
    latents = torch.randn(1, network.config.in_channels, 4 * stride, 6 * stride).double()
    words = torch.randn(1, 3, network.config.cross_attention_dim).double()
    added = {"text_embeds": torch.randn(1, POOLED_WIDTH).double(), "time_ids": torch.ones(1, 6).double()}

    def denoise(sample):
        return network(sample, 500, words, added_cond_kwargs=added).sample

    def encode(picture):
        encoded = vae.encode(picture)
        return encoded.latents if hasattr(encoded, "latents") else encoded.latent_dist.mode()

    with wrapping(network, vae):
        assert rolled_difference(denoise, latents, (stride, 3 * stride), 1) < 1e-10
        assert rolled_difference(encode, torch.rand(1, 3, 64, 96).double(), (8, 24), 1 / 8) < 1e-10
        assert rolled_difference(lambda x: vae.decode(x).sample, latents, (stride, 3 * stride), 8) < 1e-10
