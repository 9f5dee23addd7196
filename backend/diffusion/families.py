"""The families of models that Vernissage paints with, told apart by what their folders say.

A family is decided by structure, not by name: the pipeline's class, the network's extra embedding, and the
width of the text that the network attends to. A fine-tune, a merge or a distilled variant keeps all three.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

__all__ = ["Family", "Sampling", "default_sampling"]


class Family(enum.StrEnum):
    """The values are shown to people."""

    MINI = "Vernissage mini"
    SD = "Stable Diffusion 1 and 2"
    SDXL = "Stable Diffusion XL"
    FLUX = "FLUX.1"


@dataclass(frozen=True)
class Sampling:
    """How a model is asked when the request leaves it open."""

    steps: int
    guidance_scale: float


_DEFAULT = {
    Family.MINI: Sampling(20, 2.5),
    Family.SD: Sampling(25, 7.5),
    Family.SDXL: Sampling(30, 6.0),
    Family.FLUX: Sampling(4, 0.0),  # schnell: 1 to 4 steps, without guidance
}
_LATENT_CONSISTENCY = Sampling(6, 1.0)  # LCM: 4 to 8 steps; guidance is distilled into the weights
_MINI_FEW_STEP = Sampling(4, 1.0)  # as training.few_step trains it
_FLUX_GUIDED = Sampling(28, 3.5)  # dev: guidance is distilled into the weights, and told to them
_TURBO = Sampling(4, 0.0)  # adversarial distillation: 1 to 4 steps, trained without guidance
_FEW_STEP_SCHEDULERS = {"LCMScheduler", "TCDScheduler"}
_FEW_STEP_NAMES = ("turbo", "lightning", "hyper-sd")


def default_sampling(family: Family, *, scheduler: str, name: str, embeds_guidance: bool) -> Sampling:
    """Steps and guidance of a model whose folder alone is known.

    Args:
        scheduler: class of the folder's scheduler.
        name: the folder's own name and the name that it was saved under.
        embeds_guidance: the network takes the guidance scale as an input (a UNet's `time_cond_proj_dim`, as in LCM,
            or a transformer's `guidance_embeds`), so that a scale above 1 costs no second pass.
    """
    if family is Family.FLUX:
        return _FLUX_GUIDED if embeds_guidance else _DEFAULT[family]
    if embeds_guidance:
        return Sampling(_LATENT_CONSISTENCY.steps, 8.5)  # the pipeline's own default for such UNets
    if scheduler in _FEW_STEP_SCHEDULERS:
        return _MINI_FEW_STEP if family is Family.MINI else _LATENT_CONSISTENCY
    if any(part in name.lower() for part in _FEW_STEP_NAMES):
        return _TURBO
    return _DEFAULT[family]
