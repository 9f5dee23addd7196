"""Tiny random models of the real classes, saved as diffusers folders.

As small as the classes allow: a picture takes milliseconds, and every byte goes through the real code.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import torch
from diffusers import (
    AutoencoderKL,
    ControlNetModel,
    DDIMScheduler,
    FlowMatchEulerDiscreteScheduler,
    FluxControlNetModel,
    FluxPipeline,
    FluxTransformer2DModel,
    MarigoldIntrinsicsPipeline,
    MarigoldNormalsPipeline,
    StableDiffusionPipeline,
    StableDiffusionXLPipeline,
    UNet2DConditionModel,
)
from diffusers.models.embeddings import IPAdapterPlusImageProjection
from diffusers.schedulers.scheduling_utils import SchedulerMixin
from safetensors.torch import save_file
from transformers import (
    CLIPTextConfig,
    CLIPTextModel,
    CLIPTextModelWithProjection,
    CLIPTokenizer,
    CLIPVisionConfig,
    CLIPVisionModelWithProjection,
    T5Config,
    T5EncoderModel,
    T5TokenizerFast,
)

from backend.diffusion.autoencoder import MiniAutoencoder

SD_WIDTH = 32
SDXL_WIDTHS = (32, 24)
FLUX_WIDTHS = (32, 40)
POOLED_WIDTH = 20


def save_sd(folder: Path, *, width: int = SD_WIDTH, scheduler: SchedulerMixin | None = None,
            vae: AutoencoderKL | None = None, **unet: object) -> Path:
    """A Stable Diffusion folder whose text is `width` wide; further arguments go to the UNet."""
    torch.manual_seed(1)
    pipe = StableDiffusionPipeline(
        vae=vae or make_vae(), text_encoder=CLIPTextModel(text_config(width)), tokenizer=save_tokenizer(folder),
        unet=make_unet(width, **unet), scheduler=scheduler or DDIMScheduler(steps_offset=1, clip_sample=False),
        safety_checker=None, feature_extractor=None, requires_safety_checker=False)
    pipe.save_pretrained(folder)
    # As the published folders of this family have it.
    (folder / "tokenizer" / "tokenizer.json").unlink()
    for name in ("vocab.json", "merges.txt"):
        shutil.copy(folder / "words" / name, folder / "tokenizer" / name)
    return folder


def save_sdxl(folder: Path, *, scheduler: SchedulerMixin | None = None, vae: AutoencoderKL | None = None,
              **unet: object) -> Path:
    torch.manual_seed(2)
    first, second = SDXL_WIDTHS
    pipe = StableDiffusionXLPipeline(
        vae=vae or make_vae(), text_encoder=CLIPTextModel(text_config(first)), tokenizer=save_tokenizer(folder),
        text_encoder_2=CLIPTextModelWithProjection(text_config(second)), tokenizer_2=save_tokenizer(folder),
        unet=make_unet(first + second, **sdxl_condition(), **unet),
        scheduler=scheduler or DDIMScheduler(steps_offset=1, clip_sample=False), add_watermarker=False)
    pipe.save_pretrained(folder)
    return folder


def save_flux(folder: Path, *, guidance_embeds: bool = False) -> Path:
    """A folder of FLUX's parts: patches of 2 by 2 latents, CLIP's summary, T5's words, shifted flow matching."""
    torch.manual_seed(5)
    pooled, width = FLUX_WIDTHS
    words = T5EncoderModel(T5Config(vocab_size=len(_t5_pieces()), d_model=width, d_kv=8, d_ff=32, num_layers=2,
                                    num_heads=4, feed_forward_proj="gated-gelu"))
    pipe = FluxPipeline(
        scheduler=FlowMatchEulerDiscreteScheduler(shift=3.0, use_dynamic_shifting=guidance_embeds),
        vae=make_vae(scaling_factor=0.3611, shift_factor=0.1159), text_encoder=CLIPTextModel(text_config(pooled)),
        tokenizer=save_tokenizer(folder), text_encoder_2=words,
        tokenizer_2=T5TokenizerFast(vocab=_t5_pieces(), extra_ids=0, model_max_length=512),
        transformer=FluxTransformer2DModel(**flux_size(), num_layers=1, num_single_layers=1,
                                           guidance_embeds=guidance_embeds))
    pipe.save_pretrained(folder)
    return folder


def save_flux_controlnet(folder: Path, *, num_mode: int | None = None) -> Path:
    torch.manual_seed(6)
    controlnet = FluxControlNetModel(**flux_size(), num_layers=1, num_single_layers=0, num_mode=num_mode)
    for part in (controlnet.controlnet_blocks, controlnet.controlnet_x_embedder):  # zero from birth
        for parameter in part.parameters():
            torch.nn.init.normal_(parameter, std=0.5)
    controlnet.save_pretrained(folder)
    return folder


def flux_size() -> dict[str, object]:
    pooled, width = FLUX_WIDTHS
    return {"in_channels": 16, "attention_head_dim": 16, "num_attention_heads": 2, "joint_attention_dim": width,
            "pooled_projection_dim": pooled, "axes_dims_rope": (4, 6, 6)}


def save_mini(folder: Path) -> Path:
    """A folder of the embedded model's kind."""
    torch.manual_seed(3)
    vae = MiniAutoencoder(latent_channels=4, block_out_channels=(8, 8, 8, 8))
    pipe = StableDiffusionPipeline(
        vae=vae, text_encoder=None, tokenizer=None, unet=make_unet(384),
        scheduler=DDIMScheduler(steps_offset=1, clip_sample=False, prediction_type="v_prediction",
                                rescale_betas_zero_snr=True, timestep_spacing="trailing"),
        safety_checker=None, feature_extractor=None, requires_safety_checker=False)
    pipe.save_pretrained(folder)
    return folder


def save_marigold(folder: Path) -> tuple[Path, Path]:
    """Folders of Marigold's two: what a surface is made of, and its normals."""
    torch.manual_seed(8)
    width = 16
    parts = {"vae": make_vae(), "text_encoder": CLIPTextModel(text_config(width)),
             "tokenizer": save_tokenizer(folder), "scheduler": DDIMScheduler(steps_offset=1, clip_sample=False)}
    material = {"prediction_space": "stack", "sub_target_names": ["roughness", "metallicity", None]}
    targets = {"target_names": ["albedo", "material"], "albedo": {"prediction_space": "srgb"}, "material": material,
               "roughness": {"prediction_space": "linear"}, "metallicity": {"prediction_space": "linear"}}
    common = {"default_denoising_steps": 2, "default_processing_resolution": 64}
    intrinsics = MarigoldIntrinsicsPipeline(
        unet=make_unet(width, in_channels=12, out_channels=8), prediction_type="intrinsics", target_properties=targets,
        **parts, **common)
    normals = MarigoldNormalsPipeline(
        unet=make_unet(width, in_channels=8, out_channels=4), prediction_type="normals", **parts, **common)
    for pipe, name in ((intrinsics, "intrinsics"), (normals, "normals")):
        pipe.save_pretrained(folder / name)
    return folder / "intrinsics", folder / "normals"


def save_controlnet(folder: Path, *, width: int = SD_WIDTH, sdxl: bool = False) -> Path:
    torch.manual_seed(4)
    controlnet = ControlNetModel(
        in_channels=4, block_out_channels=(8, 16), layers_per_block=1, norm_num_groups=4, attention_head_dim=4,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"), conditioning_embedding_out_channels=(4, 4, 4, 8),
        cross_attention_dim=sum(SDXL_WIDTHS) if sdxl else width, **(sdxl_condition() if sdxl else {}))
    # What joins it to the UNet is zero from birth, so that a ControlNet that has learned nothing changes nothing.
    for part in (controlnet.controlnet_mid_block, controlnet.controlnet_cond_embedding):
        for parameter in part.parameters():
            torch.nn.init.normal_(parameter, std=0.5)
    controlnet.save_pretrained(folder)
    return folder


def save_ip_adapter(folder: Path, network: UNet2DConditionModel, *, plus: bool = False, seed: int = 7) -> Path:
    """An IP-Adapter for a UNet, as published folders have it; "plus" sees the patches of a picture."""
    torch.manual_seed(seed)
    CLIPVisionModelWithProjection(CLIPVisionConfig(
        hidden_size=16, intermediate_size=32, projection_dim=12, num_hidden_layers=2, num_attention_heads=2,
        image_size=16, patch_size=4)).save_pretrained(folder / "image_encoder")
    width = network.config.cross_attention_dim
    if plus:
        resampler = IPAdapterPlusImageProjection(embed_dims=16, output_dims=width, hidden_dims=64, heads=1,
                                                 num_queries=3)
        weights = {f"image_proj.{name.replace('to_out.0', 'to_out')}": tensor
                   for name, tensor in resampler.state_dict().items()}
    else:
        weights = {"image_proj.proj.weight": torch.randn(4 * width, 12), "image_proj.proj.bias": torch.zeros(4 * width),
                   "image_proj.norm.weight": torch.ones(width), "image_proj.norm.bias": torch.zeros(width)}
    attending = [name for name in network.attn_processors if ".attn2." in name]
    for place, name in enumerate(attending):
        shape = network.get_submodule(name.removesuffix(".processor")).to_k.weight.shape
        for part in ("k", "v"):
            weights[f"ip_adapter.{2 * place + 1}.to_{part}_ip.weight"] = torch.randn(shape)
    save_file({name: tensor.contiguous() for name, tensor in weights.items()}, folder / "ip-adapter_tiny.safetensors")
    return folder


def make_unet(width: int, **options: object) -> UNet2DConditionModel:
    return UNet2DConditionModel(**{
        "sample_size": 8, "in_channels": 4, "out_channels": 4, "block_out_channels": (8, 16), "layers_per_block": 1,
        "norm_num_groups": 4, "attention_head_dim": 4, "cross_attention_dim": width,
        "down_block_types": ("DownBlock2D", "CrossAttnDownBlock2D"),
        "up_block_types": ("CrossAttnUpBlock2D", "UpBlock2D"), **options})


def make_vae(colour: tuple[float, float, float] | None = None, **options: object) -> AutoencoderKL:
    """An autoencoder; with a colour (sRGB, 0 to 1), one that decodes everything to that colour."""
    vae = AutoencoderKL(
        block_out_channels=(4, 4, 4, 4), down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4, latent_channels=4, norm_num_groups=2, sample_size=64,
        **options)
    if colour is not None:
        torch.nn.init.zeros_(vae.decoder.conv_out.weight)
        vae.decoder.conv_out.bias.data = torch.tensor(colour) * 2 - 1
    return vae


def sdxl_condition() -> dict[str, object]:
    return {"addition_embed_type": "text_time", "addition_time_embed_dim": 4,
            "projection_class_embeddings_input_dim": POOLED_WIDTH + 6 * 4}


def text_config(width: int) -> CLIPTextConfig:
    return CLIPTextConfig(vocab_size=len(_vocabulary()), hidden_size=width, intermediate_size=32,
                          num_hidden_layers=2, num_attention_heads=4, max_position_embeddings=77,
                          projection_dim=POOLED_WIDTH, bos_token_id=0, eos_token_id=1)


def save_tokenizer(folder: Path) -> CLIPTokenizer:
    """A CLIP tokenizer that knows bytes and a single merge."""
    source = folder / "words"
    source.mkdir(parents=True, exist_ok=True)
    (source / "vocab.json").write_text(json.dumps(_vocabulary()), encoding="utf-8")
    (source / "merges.txt").write_text("#version: 0.2\nb r\n", encoding="utf-8")
    return CLIPTokenizer(str(source / "vocab.json"), str(source / "merges.txt"), model_max_length=77)


def _vocabulary() -> dict[str, int]:
    letters = [chr(code) for code in range(33, 127)]
    words = ["<|startoftext|>", "<|endoftext|>", *letters, *(letter + "</w>" for letter in letters), "br"]
    return {word: number for number, word in enumerate(words)}


def _t5_pieces() -> list[tuple[str, float]]:
    """As T5's: words begin with a low line; every letter is known."""
    letters = [chr(code) for code in range(33, 127)]
    return [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", -9.0), ("▁", -3.0), *((letter, -4.0) for letter in letters),
            ("▁red", -2.0), ("▁brick", -2.0)]
