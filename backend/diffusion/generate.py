"""Paints all views of an object: a diffusers pipeline, called once for each batch of views.

The pipelines are diffusers' own and unmodified. Whatever is to happen between denoising steps belongs into
`pipe.scheduler`, which every family steps through.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch

from protocol.errors import BadInput, OutOfMemory

from ..job import Job
from .families import Family
from .loading import LoadedModel
from .memory import free_bytes, is_out_of_memory, release, view_bytes, weight_bytes
from .noise import view_generator, view_noise
from .prompts import PromptEmbeddings, embed_prompt

__all__ = ["CPU_BATCH", "Painting", "paint_views", "step_count"]

# Four views of the small network at once take 20 % less time than one by one. A large one gains nothing, and a
# cancel would have to wait for four views of it.
CPU_BATCH = {Family.MINI: 4, Family.SD: 1, Family.SDXL: 1}


@dataclass(frozen=True)
class Painting:
    """What is painted: everything that decides the latents.

    Attributes:
        control: (n, 3, H, W) float32 in 0 to 1, what a ControlNet follows; None without one.
    """

    prompt: str
    negative_prompt: str
    view_count: int
    view_size_px: int
    steps: int
    guidance_scale: float
    seed: int
    control: torch.Tensor | None = None


def step_count(loaded: LoadedModel, steps: int) -> int:
    """How often the network is asked for `steps` steps: some schedulers ask more than once a step.

    Raises:
        BadInput: the scheduler cannot do it in so many steps.
    """
    scheduler = loaded.pipe.scheduler
    try:
        scheduler.set_timesteps(steps)
    except (ValueError, IndexError) as error:
        raise BadInput("{model} cannot paint in {steps} steps: {error}", "Choose another number of steps.",
                       model=loaded.name, steps=steps, error=str(error).split("\n")[0]) from error
    return len(scheduler.timesteps)


@torch.no_grad()
def paint_views(loaded: LoadedModel, painting: Painting, job: Job,
                watch: Callable[[list[int], int, torch.Tensor], None] | None = None) -> torch.Tensor:
    """The latents (n, C, h, w) float32 of all views, on the CPU.

    The noise of a view depends on the seed and on the view's place alone. When memory runs out, fewer views
    are painted at once, then less of the model stays on the device; finished views are kept.

    Args:
        job: is told of each step of each view, and asked between steps whether to go on.
        watch: called after each step with the views' places, the step and their latents.

    Raises:
        Cancelled: between two steps; the pipeline can be used again.
        OutOfMemory: one view alone does not fit in the last tier.
    """
    embeddings: PromptEmbeddings | None = None
    latents: list[torch.Tensor] = []
    batch = _first_batch(loaded, painting)
    told = 0

    def tell(done: int) -> None:
        nonlocal told
        while told < done:
            told += 1
            job.step()
        job.check()

    steps = step_count(loaded, painting.steps)
    while len(latents) < painting.view_count:
        places = list(range(len(latents), min(len(latents) + batch, painting.view_count)))

        def after_step(_pipe: Any, step: int, _timestep: Any, state: dict[str, Any],
                       places: list[int] = places) -> dict[str, Any]:
            if watch is not None:
                watch(places, step, state["latents"])
            tell(places[0] * steps + (step + 1) * len(places))
            return {}

        try:
            if embeddings is None:
                embeddings = embed_prompt(loaded, painting.prompt, painting.negative_prompt,
                                          guided=_is_guided(loaded, painting))
            latents += _paint(loaded, painting, places, embeddings, after_step)
        except (RuntimeError, MemoryError) as error:
            if not is_out_of_memory(error):
                raise
            batch = _retreat(loaded, painting, len(places), job, error)
    return torch.stack(latents)


def _first_batch(loaded: LoadedModel, painting: Painting) -> int:
    """How many views at once: on the CPU what is fastest, elsewhere what fits beside the weights."""
    if loaded.device.type == "cpu":
        return min(CPU_BATCH[loaded.family], painting.view_count)
    free = free_bytes(loaded.device)
    if free is None:
        return 1
    if loaded.tier > 0:  # the weights are not on the device yet, and at most the largest part will be
        free -= max(weight_bytes(loaded.pipe).values())
    return max(1, min(painting.view_count, free // view_bytes(painting.view_size_px)))


def _retreat(loaded: LoadedModel, painting: Painting, tried: int, job: Job, error: BaseException) -> int:
    """Make room after an out-of-memory; returns the next number of views at once."""
    loaded.pipe.maybe_free_model_hooks()
    error.__traceback__ = None  # its frames hold the tensors that did not fit
    release(loaded.device)
    if tried > 1:
        batch = tried // 2
        job.remark("Memory ran out with {tried} views at once: went on with {batch}.", tried=tried, batch=batch)
        return batch
    if loaded.step_down():
        job.remark("Memory ran out: went on more slowly, with less of the model on the graphics card.")
        return 1
    raise OutOfMemory("One view of {size} px does not fit into the memory.",
                      "Choose a smaller view size or a smaller model, or close other programs.",
                      size=painting.view_size_px) from None


def _is_guided(loaded: LoadedModel, painting: Painting) -> bool:
    """As the pipelines decide whether to run the network twice a step."""
    return painting.guidance_scale > 1 and loaded.pipe.unet.config.time_cond_proj_dim is None


def _paint(loaded: LoadedModel, painting: Painting, places: list[int], embeddings: PromptEmbeddings,
           after_step: Callable[..., dict[str, Any]]) -> list[torch.Tensor]:
    """One call of the pipeline: the latents of the views at `places`."""
    pipe, size = loaded.pipe, painting.view_size_px
    side = size // pipe.vae_scale_factor
    shape = (pipe.unet.config.in_channels, side, side)
    noise = torch.stack([view_noise(painting.seed, place, shape) for place in places])
    options: dict[str, Any] = embeddings.repeated(len(places))
    if painting.control is not None:
        options["image"] = painting.control[places]
    if loaded.family is Family.SDXL:
        # SDXL was told how large its training pictures were, and learned to blur what came from small ones.
        claimed = max(size, loaded.native_size_px)
        options |= {"original_size": (claimed, claimed), "target_size": (claimed, claimed)}
    try:
        result = pipe(
            **options, width=size, height=size, num_inference_steps=painting.steps,
            guidance_scale=painting.guidance_scale, latents=noise.to(loaded.pipe.unet.dtype),
            # Schedulers that add noise at each step draw it here.
            generator=[view_generator(painting.seed, f"{place}/steps") for place in places],
            output_type="latent", callback_on_step_end=after_step)
    except BaseException:
        pipe.maybe_free_model_hooks()
        raise
    return list(result.images.float().cpu())
