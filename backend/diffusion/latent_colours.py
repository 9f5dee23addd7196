"""What colour a latent is, near enough to watch a picture come into being without decoding it."""

from __future__ import annotations

import itertools

import torch

from .decode import encode_pictures
from .loading import LoadedModel

__all__ = ["latent_colours"]

_LEVELS = (0.05, 0.35, 0.65, 0.95)
_PATCH_LATENTS = 4  # a patch's inner latents know nothing of its neighbours
_RIDGE = 1e-3


def latent_colours(loaded: LoadedModel) -> torch.Tensor:
    """(C + 1, 3) float32 that turns latents, with a 1 behind their C channels, into sRGB of 0 to 1.

    By least squares on what the model's own autoencoder makes of 64 patches of even colour: it needs no table for each
    family, and costs one encoding of a small picture.
    """
    patch_px = _PATCH_LATENTS * loaded.pipe.vae_scale_factor
    colours = torch.tensor(list(itertools.product(_LEVELS, repeat=3))).reshape(8, 8, 3)
    chart = colours.repeat_interleave(patch_px, 0).repeat_interleave(patch_px, 1)
    latents = encode_pictures(loaded, chart[None])[0]
    loaded.pipe.maybe_free_model_hooks()
    inner = latents.reshape(len(latents), 8, _PATCH_LATENTS, 8, _PATCH_LATENTS)[:, :, 1:-1, :, 1:-1]
    seen = inner.mean(dim=(2, 4)).permute(1, 2, 0).reshape(64, -1).double()
    known = torch.cat([seen, seen.new_ones(64, 1)], dim=1)
    ridge = _RIDGE * seen.var(dim=0).mean() * torch.eye(known.shape[1], dtype=known.dtype)
    ridge[-1, -1] = 0
    return torch.linalg.solve(known.T @ known + 64 * ridge, known.T @ colours.reshape(64, 3).double()).float()
