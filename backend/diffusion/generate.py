"""Paints all views of an object together: one call of a diffusers pipeline.

The pipelines are diffusers' own and unmodified. What happens between denoising steps happens in `pipe.scheduler`,
which every family steps through: see `joint`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch

from protocol.errors import BadInput, OutOfMemory

from ..exhaustion import is_out_of_memory
from ..job import Job
from .canvas import Canvas, on_canvas
from .families import Family
from .joint import Agree, JointScheduler
from .loading import LoadedModel
from .memory import free_bytes, release, view_bytes, weight_bytes
from .noise import view_generator, view_noise
from .packing import pack, unpack
from .portions import Portions
from .prompts import embed_views
from .sharing import sharing

__all__ = ["CPU_BATCH", "Painting", "paint_views", "step_count"]

# Four views of the small network at once take 20 % less time than one by one. A large one gains nothing, and a
# cancel would have to wait for four views of it.
CPU_BATCH = {Family.MINI: 4, Family.SD: 1, Family.SDXL: 1, Family.FLUX: 1}
_UNION_DEPTH = 2  # the mode of depth in a ControlNet of several, as InstantX and Shakker Labs number them


@dataclass(frozen=True)
class Painting:
    """What is painted: everything that decides the latents.

    Attributes:
        prompts: one for each of the n views.
        control: (n, 3, H, W) float32 in 0 to 1, what a ControlNet follows; None without one.
        canvas: what the one view is, where it is no square of `view_size_px` with borders.
    """

    prompts: tuple[str, ...]
    negative_prompt: str
    view_size_px: int
    steps: int
    guidance_scale: float
    seed: int
    control: torch.Tensor | None = None
    canvas: Canvas | None = None

    @property
    def view_count(self) -> int:
        return len(self.prompts)


class _NoRoom(Exception):
    """One view alone does not fit beside what is on the device."""


def step_count(loaded: LoadedModel, steps: int) -> int:
    """How often the network is asked for `steps` steps: some schedulers ask more than once a step.

    Raises:
        BadInput: the scheduler cannot do it in so many steps.
    """
    scheduler = loaded.pipe.scheduler
    # FLUX's pipeline chooses the noise levels, and shifts them by the size of the picture.
    options = {"sigmas": [1 - step / steps for step in range(steps)], "mu": 1.0} if loaded.family is Family.FLUX else {}
    try:
        scheduler.set_timesteps(steps, **options)
    except (ValueError, IndexError, TypeError) as error:
        raise BadInput("{model} cannot paint in {steps} steps: {error}", "Choose another number of steps.",
                       model=loaded.name, steps=steps, error=str(error).split("\n")[0]) from error
    return len(scheduler.timesteps)


@torch.no_grad()
def paint_views(loaded: LoadedModel, painting: Painting, job: Job, agree: Agree | None = None) -> torch.Tensor:
    """The latents (n, C, h, w) float32 of all views, on the CPU.

    Without `agree`, the noise of a view depends on the seed and on the view's place alone. When memory runs out, fewer
    views go through the network at once; when one alone does not fit, less of the model stays on the device, and all
    views begin again.

    Args:
        job: is told of each view at each step, and asked whether to go on.
        agree: lets the views agree between the steps (see `joint`); without it, each is painted by itself.

    Raises:
        Cancelled: the pipeline can be used again.
        OutOfMemory: one view alone does not fit in the last tier.
    """
    count = painting.view_count

    def retreat(tried: int, error: BaseException) -> int:
        if not is_out_of_memory(error):
            raise error
        error.__traceback__ = None  # its frames hold the tensors that did not fit
        release(loaded.device)
        if tried == 1:
            raise _NoRoom from None
        job.remark("Memory ran out with {tried} views at once: went on with {batch}.", tried=tried, batch=tried // 2)
        return tried // 2

    def after(views: int) -> None:
        for _ in range(views):
            job.step()

    while True:
        portions = Portions(count, _first_portion(loaded, painting), retreat=retreat, after=after)
        try:
            job.check()
            return _paint(loaded, painting, portions, agree, job)
        except _NoRoom:
            pass
        except (RuntimeError, MemoryError) as error:  # elsewhere than in the network
            if not is_out_of_memory(error):
                raise
            error.__traceback__ = None
        loaded.pipe.maybe_free_model_hooks()
        release(loaded.device)
        if not loaded.step_down():
            raise OutOfMemory("One view of {size} px does not fit into the memory.",
                              "Choose a smaller view size or a smaller model, or close other programs.",
                              size=painting.view_size_px)
        job.remark("Memory ran out: went on more slowly, with less of the model on the graphics card.")


def _first_portion(loaded: LoadedModel, painting: Painting) -> int:
    """How many views at once: on the CPU what is fastest, elsewhere what fits beside the weights."""
    if loaded.device.type == "cpu":
        return min(CPU_BATCH[loaded.family], painting.view_count)
    free = free_bytes(loaded.device)
    if free is None:
        return 1
    if loaded.tier > 0:  # the weights are not on the device yet, and at most the largest part will be
        free -= max(weight_bytes(loaded.pipe).values())
    return max(1, min(painting.view_count, free // view_bytes(painting.view_size_px)))


def _is_guided(loaded: LoadedModel, painting: Painting) -> bool:
    """As the pipelines decide whether to run the network twice a step."""
    return (loaded.family is not Family.FLUX and painting.guidance_scale > 1
            and loaded.pipe.unet.config.time_cond_proj_dim is None)


def _paint(loaded: LoadedModel, painting: Painting, portions: Portions, agree: Agree | None, job: Job
           ) -> torch.Tensor:
    """One call of the pipeline."""
    pipe, size, places = loaded.pipe, painting.view_size_px, range(painting.view_count)
    canvas = painting.canvas
    height, width = (size, size) if canvas is None else (canvas.height_px, canvas.width_px)
    shape = (loaded.latent_channels, height // pipe.vae_scale_factor, width // pipe.vae_scale_factor)
    is_packed = loaded.family is Family.FLUX
    noise = agree.noise if agree is not None else None
    if noise is None:
        noise = torch.stack([view_noise(painting.seed, place, shape) for place in places])
    options: dict[str, Any] = embed_views(loaded, list(painting.prompts), painting.negative_prompt,
                                          guided=_is_guided(loaded, painting))
    if painting.control is not None:
        options["control_image" if is_packed else "image"] = painting.control
    if loaded.family is Family.SDXL:
        # SDXL was told how large its training pictures were, and learned to blur what came from small ones.
        claimed = max(size, loaded.native_size_px)
        options |= {"original_size": (claimed, claimed), "target_size": (claimed, claimed)}
    if is_packed and painting.control is not None and pipe.controlnet.union:
        options["control_mode"] = _UNION_DEPTH
    try:
        with on_canvas(loaded, canvas, painting.seed, portions, job), \
                portions.on(getattr(pipe, "controlnet", None), loaded.network), _agreeing(loaded, agree, portions), \
                sharing(loaded.network, portions, agree.references if agree else ()):
            result = pipe(
                **options, width=width, height=height, num_inference_steps=painting.steps,
                guidance_scale=painting.guidance_scale,
                latents=(pack(noise) if is_packed else noise).to(loaded.network.dtype),
                # Schedulers that add noise at each step draw it here.
                generator=[view_generator(painting.seed, f"{place}/steps") for place in places],
                output_type="latent")
    except BaseException:
        pipe.maybe_free_model_hooks()
        raise
    return (unpack(result.images, shape[1]) if is_packed else result.images).float().cpu()


@contextmanager
def _agreeing(loaded: LoadedModel, agree: Agree | None, portions: Portions) -> Iterator[None]:
    """Within the block the views agree between the pipeline's steps."""
    if agree is None:
        yield
        return
    pipe, plain = loaded.pipe, loaded.pipe.scheduler
    pipe.scheduler = JointScheduler(plain, agree, portions, is_packed=loaded.family is Family.FLUX)
    try:
        yield
    finally:
        pipe.scheduler = plain
