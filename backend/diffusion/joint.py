"""All views of an object denoised together: a scheduler in which they may agree between two steps.

It stands in a pipeline's place for the pipeline's own scheduler, which still does every step. In between it reads
what the network believes the clean latents to be (x̂0), lets them be changed, and turns the change back into what the
network would have had to say. A change of zero leaves every bit as it was.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any, Protocol

import diffusers
import torch
from torch import Tensor

from .packing import pack, unpack
from .portions import Portions

__all__ = ["JointScheduler", "Agree", "anchor_views", "clean_from_output", "is_understood"]
_TABLES = ("DDIMScheduler", "DDPMScheduler", "PNDMScheduler", "LCMScheduler", "TCDScheduler")
_PREDICTIONS = ("epsilon", "v_prediction", "sample", "flow_prediction")


class Agree(Protocol):
    """What the views do between two steps.

    Attributes:
        anchors: for each call of the network, which views it computes, at least one; the first computes all, unless x̂0
            is known. The x̂0 of another is what it last was, changed by what it then agreed to.
        known: x̂0 (n, C, h, w) float32 of all views before the first call; None where nothing is known.
        noise: (n, C, h, w) float32, white in each view, that the views start from; None: each its own.
        references: for each view those whose features it attends to beside its own (see `sharing`); empty for none.
    """

    anchors: Sequence[Sequence[int]]
    known: Tensor | None
    noise: Tensor | None
    references: Sequence[Sequence[int]]

    def __call__(self, call: int, clean: Tensor) -> Tensor | None:
        """What to add to x̂0 (n, C, h, w) float32 of all views after a call; None for nothing."""


_FLOW = ("FlowMatchEulerDiscreteScheduler", "FlowMatchHeunDiscreteScheduler", "FlowMatchLCMScheduler")
# Their samples are x0 + sigma * noise; those of the others have unit variance throughout.
_EXPLODING = ("EulerDiscreteScheduler", "EulerAncestralDiscreteScheduler", "HeunDiscreteScheduler",
              "LMSDiscreteScheduler")
_SIGMAS = ("DPMSolverMultistepScheduler", "DPMSolverSinglestepScheduler", "UniPCMultistepScheduler",
           "DEISMultistepScheduler", "SASolverScheduler")


class JointScheduler:
    """All of the other scheduler's, but `step` lets the views agree first.

    Args:
        scheduler: any of diffusers' that `clean_from_output` knows.
        agree: see `Agree`.
        portions: is told which views to compute next.
        is_packed: the pipeline's latents are rows of patches (see `packing`).
    """

    def __init__(self, scheduler: Any, agree: Agree, portions: Portions, *, is_packed: bool = False) -> None:
        self._scheduler = scheduler
        self._agree = agree
        self._portions = portions
        self._count = 0
        self._clean = agree.known
        portions.wanted = agree.anchors[0]
        high = None if agree.noise is None else agree.noise.shape[2]

        @functools.wraps(scheduler.step)  # pipelines read its signature
        def step(model_output: Tensor, timestep: Any, sample: Tensor, *arguments: Any, **options: Any) -> Any:
            if is_packed:
                output = pack(self._agreed(unpack(model_output, high), timestep, unpack(sample, high)))
            else:
                output = self._agreed(model_output, timestep, sample)
            return scheduler.step(output, timestep, sample, *arguments, **options)

        self.step = step

    def __getattr__(self, name: str) -> Any:
        return getattr(self._scheduler, name)

    def __len__(self) -> int:
        return len(self._scheduler)

    def _agreed(self, model_output: Tensor, timestep: Any, sample: Tensor) -> Tensor:
        """What the network would have said, had it known the other views."""
        kept, scale = clean_from_output(self._scheduler, timestep)
        clean = kept * sample.float() + scale * model_output.float()
        carried = sorted(set(range(len(sample))) - set(self._agree.anchors[self._count]))
        if carried:
            assert self._clean is not None, "the first step computes all views"
            clean[carried] = self._clean[carried].to(clean.device)
        change = self._agree(self._count, clean)
        target = clean if change is None else clean + change
        if change is not None:
            model_output = (model_output.float() + change / scale).to(model_output.dtype)
        if carried:
            model_output = model_output.clone()
            model_output[carried] = ((target[carried] - kept * sample[carried].float()) / scale).to(model_output.dtype)
        self._clean = target
        self._count += 1
        if self._count < len(self._agree.anchors):
            self._portions.wanted = self._agree.anchors[self._count]
        return model_output


def clean_from_output(scheduler: Any, timestep: Any) -> tuple[float, float]:
    """(a, b) with x̂0 = a · sample + b · output, for what a pipeline gives to `scheduler.step` at a timestep.

    Sources: Song et al., arXiv:2010.02502 (noise); Salimans and Ho, arXiv:2202.00512 (v); Karras et al.,
    arXiv:2206.00364 (samples of growing variance); Lipman et al., arXiv:2210.02747 (flow).

    Raises:
        ValueError: the scheduler is none of diffusers' that are known here.
    """
    config = scheduler.config
    prediction = config.get("prediction_type", "epsilon")
    if _is(scheduler, _FLOW) or prediction == "flow_prediction":
        return 1.0, -_sigma(scheduler, timestep)
    if _is(scheduler, _EXPLODING):
        sigma = _sigma(scheduler, timestep)
        if prediction == "epsilon":
            return 1.0, -sigma
        if prediction == "v_prediction":
            return 1.0 / (sigma**2 + 1.0), -sigma / (sigma**2 + 1.0) ** 0.5
        return _as_sample(prediction)
    if _is(scheduler, _SIGMAS):
        alpha, sigma = (float(value) for value in scheduler._sigma_to_alpha_sigma_t(
            torch.tensor(_sigma(scheduler, timestep), dtype=torch.float64)))
    elif is_understood(scheduler):
        signal = float(scheduler.alphas_cumprod[int(timestep)])
        alpha, sigma = signal**0.5, (1.0 - signal) ** 0.5
    else:
        raise ValueError(f"the scheduler is a {type(scheduler).__name__}: how it predicts is not known")
    if prediction == "epsilon":
        return 1.0 / alpha, -sigma / alpha
    if prediction == "v_prediction":
        return alpha, -sigma
    return _as_sample(prediction)


def is_understood(scheduler: Any) -> bool:
    """Whether `clean_from_output` knows the scheduler."""
    prediction = scheduler.config.get("prediction_type", "epsilon")
    return prediction in _PREDICTIONS and _is(scheduler, (*_FLOW, *_EXPLODING, *_SIGMAS, *_TABLES))


def _is(scheduler: Any, names: Sequence[str]) -> bool:
    return any(isinstance(scheduler, getattr(diffusers, name)) for name in names if hasattr(diffusers, name))


def _sigma(scheduler: Any, timestep: Any) -> float:
    if scheduler.step_index is None:
        scheduler._init_step_index(timestep)  # as its own `step` would
    return float(scheduler.sigmas[scheduler.step_index])


def _as_sample(prediction: str) -> tuple[float, float]:
    if prediction != "sample":
        raise ValueError(f"the prediction type is {prediction}: must be one of {', '.join(_PREDICTIONS)}")
    return 0.0, 1.0


def anchor_views(count: int, calls: int, interval: int = 1) -> list[list[int]]:
    """Which of `count` views the network computes at each of its calls: all at the start, in the middle and in the
    last fifth, every second view in turns otherwise. Eight views in eight calls are 44 evaluations, not 64.

    Args:
        interval: the turn changes after so many calls.
    """
    late = calls - max(2, round(calls / 5))
    full = {0, *range(late, calls)} | ({calls // 2} if calls > 8 else set())
    return [list(range(count)) if call in full or min(count, calls) < 4 else list(range(call // interval % 2, count, 2))
            for call in range(calls)]
