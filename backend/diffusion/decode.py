"""From latents to pictures and back, as the pipelines themselves do it, but view by view.

A view decoded alone takes the least memory, and its bytes do not depend on how many others there are.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional as F

from protocol.errors import ModelError

from ..exhaustion import is_out_of_memory
from ..job import Job
from .loading import LoadedModel
from .memory import release

__all__ = ["decode_latents", "decode_views", "encode_pictures", "smaller_picture"]

_SMALL_LATENTS = 64  # the longer side of what is decoded to be looked at while it is painted


def decode_views(loaded: LoadedModel, latents: torch.Tensor, job: Job,
                 show: Callable[[list[int], torch.Tensor], None] | None = None) -> torch.Tensor:
    """Pictures (n, H, W, 3) float32 in 0 to 1, sRGB, on the CPU, of latents (n, C, h, w); one step a view.

    Args:
        show: called with the place and the picture of each view.

    Raises:
        ModelError: some are not finite: broken weights, or an autoencoder that overflows in half precision.
    """
    pictures = []
    for place in range(len(latents)):
        pictures.append(decode_latents(loaded, latents[place:place + 1]))
        if show is not None:
            show([place], pictures[-1])
        job.step()
    loaded.pipe.maybe_free_model_hooks()
    result = torch.cat(pictures)
    if not torch.isfinite(result).all():
        raise ModelError("{model} painted pictures that are not finite.",
                         "Download its folder again, or choose another model or another guidance scale.",
                         model=loaded.name)
    return result


@torch.no_grad()
def decode_latents(loaded: LoadedModel, latents: torch.Tensor) -> torch.Tensor:
    """Pictures (n, H, W, 3) float32 in 0 to 1, sRGB, on the CPU, of latents (n, C, h, w).

    When memory runs out, the picture is decoded in tiles; when it runs out again, that error is raised.
    """
    vae = loaded.pipe.vae
    latents = latents.to(loaded.device)
    try:
        picture = _decode(vae, latents)
    except (RuntimeError, MemoryError) as error:
        if not is_out_of_memory(error) or not hasattr(vae, "enable_tiling") or getattr(vae, "use_tiling", True):
            raise
        release(loaded.device)
        vae.enable_tiling()
        picture = _decode(vae, latents)
    return (picture.float().cpu() / 2 + 0.5).clamp(0, 1).permute(0, 2, 3, 1).contiguous()


def smaller_picture(loaded: LoadedModel, latents: torch.Tensor) -> NDArray[np.float32]:
    """About what latents (1, C, h, w) show, as (H, W, 3) in 0 to 1, sRGB: of large ones each is the mean of several,
    which an autoencoder takes for a smaller picture.
    """
    high, wide = latents.shape[2:]
    share = min(_SMALL_LATENTS / max(high, wide), 1.0)
    small = tuple(max(1, round(side * share)) for side in (high, wide))
    return decode_latents(loaded, F.interpolate(latents, small, mode="area") if share < 1 else latents)[0].numpy()


@torch.no_grad()
def encode_pictures(loaded: LoadedModel, pictures: torch.Tensor) -> torch.Tensor:
    """Latents (n, C, h, w) float32, on the CPU, of pictures (n, H, W, 3) in 0 to 1, sRGB. Draws nothing."""
    vae = loaded.pipe.vae
    config = vae.config
    is_upcast = vae.dtype == torch.float16 and getattr(config, "force_upcast", False)
    if is_upcast:  # see `_decode`
        vae.to(dtype=torch.float32)
    latents = []
    for picture in pictures:
        encoded = vae.encode((2 * picture - 1).permute(2, 0, 1)[None].to(loaded.device, vae.dtype))
        found = encoded.latent_dist.mode() if hasattr(encoded, "latent_dist") else encoded.latents
        mean, std = getattr(config, "latents_mean", None), getattr(config, "latents_std", None)
        if mean is not None and std is not None:
            found = (found - found.new_tensor(mean)[:, None, None]) / found.new_tensor(std)[:, None, None]
        latents.append(((found - _shift(config)) * config.scaling_factor).float().cpu())
    if is_upcast:
        vae.to(dtype=torch.float16)
    return torch.cat(latents)


def _decode(vae: torch.nn.Module, latents: torch.Tensor) -> torch.Tensor:
    config = vae.config
    latents = latents / config.scaling_factor + _shift(config)
    # Some fine-tunes of SDXL normalise each channel.
    mean, std = getattr(config, "latents_mean", None), getattr(config, "latents_std", None)
    if mean is not None and std is not None:
        latents = latents * latents.new_tensor(std)[:, None, None] + latents.new_tensor(mean)[:, None, None]
    # SDXL's own autoencoder overflows in half precision and says so.
    if vae.dtype == torch.float16 and getattr(config, "force_upcast", False):
        vae.to(dtype=torch.float32)
        try:
            return vae.decode(latents.float(), return_dict=False)[0]
        finally:
            vae.to(dtype=torch.float16)
    return vae.decode(latents.to(vae.dtype), return_dict=False)[0]


def _shift(config: Any) -> float:
    """Of the latents' mean, in FLUX's autoencoder; 0 in the others'."""
    return getattr(config, "shift_factor", None) or 0.0
