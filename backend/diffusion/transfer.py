"""A picture taken back to noise, and painted anew in the look of others: style transfer without any training."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any, TypeVar

import torch
from torch import Tensor
from torch.nn import functional as F

from protocol.errors import ModelError, OutOfMemory

from ..exhaustion import is_out_of_memory
from ..job import Job
from .decode import decode_latents, encode_pictures
from .families import Family
from .injection import Injection, adapted, injecting
from .inversion import Levels, invert, noise_levels
from .ip_adapter import Showing, showing
from .latent_patches import restyled
from .loading import LoadedModel
from .memory import release
from .prompts import embed_prompt

__all__ = ["Begun", "Transfer", "begin_together", "evaluations", "evaluations_together", "side_step_px",
           "transfer_style"]

_HOLD = 3.0  # content to style in the queries, at content weight 1: 0.75, as StyleID has it
# How far `mini` is drawn to the style's patches in all steps together: by looking at two contents in three styles, of
# 0.86 (colours and large strokes only), 0.985 and 0.99 (forms begin to be lost where hardly any content is held).
_PULL = 0.985
_OWN = 0.5  # weight of the strokes that are there already, against those of the styles
_SHOWN_EVERY = 2  # steps
# Of the steps. By `mini`, two frames that show the same in part then are 28 % nearer to each other than painted apart,
# and 2 % farther from the style; with 0.8 it is 39 % and 4 %. To mix their noise too brings them no nearer. Where the
# earlier one leads alone, the style is kept, but strokes that are new in the later one fit less well to the rest.
_TOGETHER = 0.6

_Result = TypeVar("_Result")
Meet = Callable[[Sequence[Tensor]], Sequence[Tensor]]


@dataclass(frozen=True, eq=False)
class Transfer:
    """What is painted: everything that decides the picture.

    Attributes:
        content: (1, H, W, 3) float32 in 0 to 1, sRGB; the sides multiples of `side_step_px`.
        styles: as the content, each of a size of its own.
        weights: of the styles, which add up to 1.
        content_weight: against the styles; 0 lets go of the content, and the more the firmer it is held.
        prompt: what the picture shows; "" says nothing.
        control: (1, 3, H, W) float32 in 0 to 1, what a ControlNet follows; None without one.
        shown: the styles as an IP-Adapter shows them, within `adapting`; None without one.
        held: as the content, a picture that is painted already, whose strokes are seen as the styles' are; None
            without one.
        where: (1, 1, H, W) float32, 1 where that one stays, else 0.
    """

    content: Tensor
    styles: Sequence[Tensor]
    weights: Sequence[float]
    steps: int
    content_weight: float = 1.0
    prompt: str = ""
    control: Tensor | None = None
    shown: Showing | None = None
    held: Tensor | None = None
    where: Tensor | None = None

    @property
    def is_guided(self) -> bool:
        """The network is asked for two pictures, of which one is led away from."""
        return bool(self.prompt) or self.shown is not None


@dataclass(frozen=True, eq=False)
class Begun:
    """A picture on its way from noise.

    Attributes:
        latents: of the level with which it is to go on.
        left: how many levels that is.
        clean, paths: of the content and each style the latents, and those that lead back to it, of every level.
    """

    latents: Tensor
    left: int
    clean: Sequence[Tensor]
    paths: Sequence[Sequence[Tensor]]


def side_step_px(loaded: LoadedModel) -> int:
    """What the sides of pictures must be multiples of."""
    return int(loaded.pipe.vae_scale_factor * 2 ** (len(loaded.network.config.block_out_channels) - 1))


def evaluations(styles: int, steps: int, *, is_guided: bool, is_held: bool = False, is_begun: bool = False) -> int:
    """How often `transfer_style` asks the network: it tells the job of each."""
    left = _left(steps) if is_begun else steps
    inverted = is_held if is_begun else styles + is_held + 1
    return left * (2 * inverted + styles + is_held + 1 + (2 if is_guided else 1))


def evaluations_together(styles: int, steps: int, *, is_guided: bool, are_held: Sequence[bool]) -> int:
    """As `evaluations`, of `begin_together`."""
    begun = steps - _left(steps)
    return 2 * steps * styles + sum(2 * steps * (1 + is_held) + begun * (styles + is_held + 1 + (2 if is_guided else 1))
                                    for is_held in are_held)


def _left(steps: int) -> int:
    return max(1, steps - round(_TOGETHER * steps))


@torch.no_grad()
def transfer_style(loaded: LoadedModel, transfer: Transfer, job: Job, show: Callable[[Tensor], None],
                   begun: Begun | None = None) -> Tensor:
    """The content (1, H, W, 3) float32 in 0 to 1, sRGB, in the look of the styles; on the CPU.

    As StyleID (see `injection`): content and styles are inverted, the content's noise takes on the styles' mean and
    deviation, and while it is denoised it attends to the styles. What is held of a picture stays on its own path
    (Avrahami, Fried and Lischinski, "Blended Latent Diffusion", arXiv:2206.02779). `mini`, whose attention is coarse,
    is drawn to the patches of their latents besides (see `latent_patches`). Draws nothing: the same transfer gives the
    same picture.

    Args:
        show: is given the picture so far, every few steps.
        begun: where it goes on from. Default: the content's noise.

    Raises:
        Cancelled: between two evaluations of the network; the pipeline can be used again.
        ModelError: the model's noise cannot be followed back, or what it painted is not finite.
        OutOfMemory: one picture does not fit.
    """
    return _fitting(loaded, transfer.content, job, lambda: _transfer(loaded, transfer, job, show, begun))


@torch.no_grad()
def begin_together(loaded: LoadedModel, transfers: Sequence[Transfer], meet: Meet, job: Job) -> list[Begun]:
    """The first steps of pictures that show the same in part, in one run: each attends to the others, too, and what
    the network believes each to be goes over to what they are together (Yang et al., "Rerender A Video",
    arXiv:2306.07954, fuse latents of frames in early steps too).

    Early steps lay out large strokes and colours. The last ones are each picture's own: there what latents mixed of two
    is drawn sharply, and what is held of one goes on in the next by the pixel.

    Args:
        transfers: of one size, in the same styles, by as many steps.
        meet: what is to be added to clean latents (1, C, h, w) of all.

    Raises:
        As `transfer_style`.
    """
    return _fitting(loaded, transfers[0].content, job, lambda: _begin(loaded, transfers, meet, job))


def _fitting(loaded: LoadedModel, content: Tensor, job: Job, paint: Callable[[], _Result]) -> _Result:
    """With ever less of the model on the device, until it fits."""
    while True:
        try:
            return paint()
        except (RuntimeError, MemoryError) as error:
            if not is_out_of_memory(error):
                raise
            error.__traceback__ = None  # its frames hold the tensors that did not fit
        finally:
            loaded.pipe.maybe_free_model_hooks()
        release(loaded.device)
        if not loaded.step_down():
            raise OutOfMemory("A picture of {width} × {height} px does not fit into the memory.",
                              "Raise the stroke scale, choose a smaller model, or close other programs.",
                              width=content.shape[2], height=content.shape[1])
        job.remark("Memory ran out: went on more slowly, with less of the model on the graphics card.")


def _transfer(loaded: LoadedModel, transfer: Transfer, job: Job, show: Callable[[Tensor], None], begun: Begun | None
              ) -> Tensor:
    levels = noise_levels(loaded.pipe.scheduler, transfer.steps, loaded.name)
    course = _Course(loaded, transfer, levels, job, begun)
    for place in reversed(range(len(levels) if begun is None else begun.left)):
        now, noise = course.believed(place)
        course.go_on(now, noise, place)
        if place and (len(levels) - place) % _SHOWN_EVERY == 0:
            show(_decoded(loaded, now))
    return _decoded(loaded, course.latents)


def _begin(loaded: LoadedModel, transfers: Sequence[Transfer], meet: Meet, job: Job) -> list[Begun]:
    levels = noise_levels(loaded.pipe.scheduler, transfers[0].steps, loaded.name)
    left = _left(len(levels))
    courses: list[_Course] = []
    for transfer in transfers:
        courses.append(_Course(loaded, transfer, levels, job, styles_of=courses[0] if courses else None))
    for course in courses:
        course.injection.beside = [other.injection.become for other in courses if other is not course]
    for place in reversed(range(left, len(levels))):
        believed = [course.believed(place) for course in courses]
        changes = meet([now for now, _ in believed])
        for course, (now, noise), change in zip(courses, believed, changes, strict=True):
            course.go_on(now + change, noise, place)
    return [course.begun(left) for course in courses]


class _Course:
    """A picture on its way from noise.

    Args:
        styles_of: one in the same styles: they need not be inverted again.
    """

    def __init__(self, loaded: LoadedModel, transfer: Transfer, levels: Levels, job: Job, begun: Begun | None = None,
                 styles_of: _Course | None = None) -> None:
        self._loaded, self._transfer, self._levels = loaded, transfer, levels
        self._network = _Network(loaded, transfer, job)
        if begun is not None:
            self._clean, self._paths = list(begun.clean), list(begun.paths)
        else:
            self._clean, self._paths = [], []
            self._follow_back(transfer.content, levels)
            for place, style in enumerate(transfer.styles, 1):
                if styles_of is None:
                    self._follow_back(style, levels)
                else:
                    self._clean.append(styles_of._clean[place])
                    self._paths.append(styles_of._paths[place])
        self._weights = list(transfer.weights)
        if transfer.held is not None:
            self._follow_back(transfer.held, levels if begun is None else levels.up_to(begun.left))
            self._weights = [*((1 - _OWN) * weight for weight in self._weights), _OWN]
        self._hold = _HOLD * transfer.content_weight / (_HOLD * transfer.content_weight + 1)
        self.injection = Injection(self._weights, self._hold)
        self.latents = (adapted(self._paths[0][-1], [path[-1] for path in self._paths[1:]], self._weights)
                        if begun is None else begun.latents)
        self._share = (None if transfer.where is None
                       else F.adaptive_avg_pool2d(transfer.where, self.latents.shape[2:]).to(self.latents))

    def believed(self, place: int) -> tuple[Tensor, Tensor]:
        """What it is taken to be at a level, in the look of the styles, and the noise."""
        levels, time = self._levels, self._levels.times[place]
        with injecting(self._loaded.network, self.injection):
            for number, path in enumerate(self._paths):
                with self.injection.looking(number):
                    self._network.look(path[place], time)
            with self.injection.painting():
                predicted = self._network.paint(self.latents, time)
        now, noise = levels.parts(self.latents, predicted, place)
        if self._loaded.family is Family.MINI and place:  # the last step is the network's own, and mends
            content, *styles = self._clean
            look = sum(weight * restyled(now, content, style, self._hold)
                       for style, weight in zip(styles, self._weights, strict=True))
            now = now + _pull(levels, self._transfer.content_weight) * (look - now)
        return now, noise

    def go_on(self, now: Tensor, noise: Tensor, place: int) -> None:
        """To the next level; what is held stays on its own path."""
        self.latents = self._levels.mixed(now, noise, place - 1)
        if self._share is not None:
            held = self._paths[-1][place - 1] if place else self._clean[-1]
            self.latents = self.latents + self._share * (held - self.latents)

    def begun(self, left: int) -> Begun:
        count = len(self._transfer.styles) + 1
        return Begun(self.latents, left, self._clean[:count], self._paths[:count])

    def _follow_back(self, picture: Tensor, levels: Levels) -> None:
        clean = encode_pictures(self._loaded, picture).to(self._loaded.device)
        self._clean.append(clean)
        self._paths.append(invert(clean, levels, self._network.look))


def _decoded(loaded: LoadedModel, latents: Tensor) -> Tensor:
    picture = decode_latents(loaded, latents)
    if not torch.isfinite(picture).all():
        raise ModelError("{model} painted pictures that are not finite.",
                         "Download its folder again, or choose another model or another guidance scale.",
                         model=loaded.name)
    return picture


def _pull(levels: Levels, content_weight: float) -> float:
    """Of a single step: in all of them together it is as far, however many they are."""
    return float(1 - (1 - _PULL) ** (2 / (1 + content_weight) / len(levels)))


class _Network:
    """A UNet that is asked for one picture at a time."""

    def __init__(self, loaded: LoadedModel, transfer: Transfer, job: Job) -> None:
        self._loaded = loaded
        self._job = job
        self._control = None if transfer.control is None else transfer.control.to(loaded.device, loaded.network.dtype)
        height, width = transfer.content.shape[1:3]
        words = {name: tensor for name, tensor in embed_prompt(loaded, transfer.prompt, "", guided=True).tensors.items()
                 if tensor is not None}
        self._nothing = self._options(words, "negative_", height, width)
        self._wanted = self._options(words, "" if transfer.prompt else "negative_", height, width) \
            if transfer.is_guided else None
        self._shown = transfer.shown
        if self._shown is not None and self._wanted is not None:
            self._show(self._nothing, self._shown.nothing)
            self._show(self._wanted, self._shown.styles)

    def look(self, latents: Tensor, time: int) -> Tensor:
        """What it predicts of latents without a word or a picture."""
        return self._ask(latents, time, self._nothing, None)

    def paint(self, latents: Tensor, time: int) -> Tensor:
        """What it predicts by the prompt, the pictures and the control."""
        with nullcontext() if self._shown is None else showing(self._loaded, self._shown.scale):
            plain = self._ask(latents, time, self._nothing, self._control)
            if self._wanted is None:
                return plain
            told = self._ask(latents, time, self._wanted, self._control)
        return plain + max(1.0, self._loaded.sampling.guidance_scale) * (told - plain)

    def _ask(self, latents: Tensor, time: int, options: dict[str, Any], control: Tensor | None) -> Tensor:
        given = latents.to(self._loaded.network.dtype)
        if control is not None:
            shared = {name: value for name, value in options.items() if name != "timestep_cond"}
            down, middle = self._loaded.pipe.controlnet(given, time, controlnet_cond=control, return_dict=False,
                                                        **shared)
            options = options | {"down_block_additional_residuals": down, "mid_block_additional_residual": middle}
        predicted = self._loaded.network(given, time, return_dict=False, **options)[0].float()
        self._job.step()
        return predicted

    def _show(self, options: dict[str, Any], pictures: Tensor) -> None:
        options["added_cond_kwargs"] = options.get("added_cond_kwargs", {}) | {
            "image_embeds": [pictures.to(self._loaded.device, self._loaded.network.dtype)]}

    def _options(self, words: dict[str, Tensor], prefix: str, height: int, width: int) -> dict[str, Any]:
        """What the network is told beside the latents."""
        loaded = self._loaded
        device, dtype = loaded.device, loaded.network.dtype
        options: dict[str, Any] = {"encoder_hidden_states": words[f"{prefix}prompt_embeds"].to(device, dtype)}
        if loaded.family is Family.SDXL:
            enough = max(1.0, loaded.native_size_px / max(height, width))  # see `generate`
            size = [height * enough, width * enough]
            options["added_cond_kwargs"] = {
                "text_embeds": words[f"{prefix}pooled_prompt_embeds"].to(device, dtype),
                "time_ids": torch.tensor([[*size, 0.0, 0.0, *size]], device=device, dtype=dtype)}
        if (embedded := loaded.network.config.time_cond_proj_dim) is not None:
            scale = torch.tensor([loaded.sampling.guidance_scale - 1])
            options["timestep_cond"] = loaded.pipe.get_guidance_scale_embedding(scale, embedding_dim=embedded).to(
                device, dtype)
        return options
