"""From a checked folder to a diffusers pipeline on a device; the last one is kept for the next job.

Nothing is ever fetched: every part is read from the folder, and only from safetensors.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from protocol.errors import ModelError, OutOfMemory, VernissageError

from ..exhaustion import is_out_of_memory
from ..libraries import no_collection, prepare_libraries
from .catalogue import ROOT, Resolved, controlnet_of, resolve
from .families import Family, Sampling
from .folders import ControlNetFolder, ModelFolder, check_match, read_controlnet_folder, read_model_folder
from .packing import PATCH
from .view_words import words_of
from .weights import WeightFiles

if TYPE_CHECKING:
    import torch
    from diffusers import DiffusionPipeline

    from .memory import Tier

__all__ = ["LoadedModel", "Models", "load_weighted"]

_USUAL_SIZE_PX = {Family.MINI: 256, Family.SD: 512, Family.SDXL: 1024, Family.FLUX: 1024}  # where none is said


@dataclass
class LoadedModel:
    """A pipeline on its device, ready to paint.

    Attributes:
        name: the model as it was resolved: its name in the catalogue, or its path.
        sampling: steps and guidance for requests that leave them open.
        tier: how much of it stays on the device; `step_down` lowers it.
        view_words: what it is told of the sides that views are taken from (see `view_words`).
    """

    name: str
    pipe: DiffusionPipeline
    folder: ModelFolder
    controlnet: ControlNetFolder | None
    sampling: Sampling
    device: torch.device
    tier: Tier
    view_words: Mapping[str, str]

    is_placed: bool = False

    @property
    def family(self) -> Family:
        return self.folder.family

    @property
    def network(self) -> torch.nn.Module:
        """What denoises: the UNet or the transformer."""
        return self.pipe.transformer if self.family is Family.FLUX else self.pipe.unet

    @property
    def latent_channels(self) -> int:
        channels = int(self.network.config.in_channels)
        return channels // PATCH**2 if self.family is Family.FLUX else channels

    @property
    def native_size_px(self) -> int:
        """Side of the pictures that it was trained on."""
        size = self.network.config.get("sample_size")
        if size is None:
            return _USUAL_SIZE_PX[self.family]
        return int(size if isinstance(size, int) else size[0]) * self.pipe.vae_scale_factor

    def fit(self, view_size_px: int) -> None:
        """Choose the tier from what is free now, and place the model."""
        from .memory import choose_tier, free_bytes, place, view_bytes, weight_bytes

        free, weights = free_bytes(self.device), weight_bytes(self.pipe)
        if free is not None and self.is_placed and self.tier == 0:
            free += sum(weights.values())  # what it holds itself is free for it
        tier = choose_tier(free, weights, view_bytes(view_size_px))
        if self.is_placed and tier == self.tier:
            return
        self.tier, self.is_placed = tier, True
        try:
            place(self.pipe, self.device, tier)
        except (RuntimeError, MemoryError) as error:  # somebody else was quicker
            if not is_out_of_memory(error) or not self.step_down():
                raise

    def step_down(self) -> bool:
        """Keep less on the device; False when there is nothing less."""
        from .memory import Tier, place

        if self.device.type == "cpu" or self.tier is Tier.LAYERS:
            return False
        self.tier = Tier(self.tier + 1)
        place(self.pipe, self.device, self.tier)
        return True


    def lift(self) -> None:
        """Take it off the device, so that its parts can be changed or another has the room; then `fit` again."""
        from .memory import lift

        if self.is_placed:
            self.is_placed = False
            lift(self.pipe, self.device)


class Models:
    """Keeps the pipeline of the last job, because loading one can take longer than using it.

    Args:
        root: the folder that the catalogue's own paths start from.
    """

    def __init__(self, root: Path = ROOT) -> None:
        self._root = root
        self._key: tuple[object, ...] | None = None
        self._loaded: LoadedModel | None = None
        self._loader = ThreadPoolExecutor(1, "models")
        self._coming: tuple[tuple[object, ...], Future[LoadedModel]] | None = None

    def begin(self, model: str, controlnet: str = "") -> None:
        """Check the folders at once and load on a thread, while the caller does something else; then `get`.

        Raises:
            ModelError: the model is unknown, or a folder is missing, incomplete, unsafe or does not match.
        """
        resolved = resolve(model, self._root)
        folder = read_model_folder(resolved.folder)
        control = read_controlnet_folder(Path(os.path.expanduser(controlnet.strip()))) if controlnet.strip() else None
        if control is not None:
            check_match(folder, control)
        key = (resolved, folder, control, _when_changed(folder, control))
        if key == (self._key if self._coming is None else self._coming[0]):
            return
        if self._coming is not None:  # a job ended before it fetched this
            self._coming[1].exception()
        self.release()
        self._coming = key, self._loader.submit(_load, resolved, folder, control)

    def own_controlnet(self, model: str) -> str:
        """The folder of the ControlNet that comes with a request's model, or "".

        Raises:
            ModelError: it is damaged.
        """
        folder = controlnet_of(model, self._root)
        try:
            if folder:
                read_controlnet_folder(Path(folder))
        except ModelError as error:
            error.remedy = "Install Vernissage again, or switch Follow Shape off."
            raise
        return folder

    def folder_of(self, model: str) -> ModelFolder:
        """What a request's model is, by its folder alone. Raises as `begin`."""
        return read_model_folder(resolve(model, self._root).folder)

    def get(self, model: str, controlnet: str = "") -> LoadedModel:
        """The pipeline of a request's model and ControlNet, loaded unless it is the last one and unchanged.

        Raises:
            ModelError: as `begin`, or the weights cannot be read.
            OutOfMemory: the machine cannot hold the weights.
        """
        self.begin(model, controlnet)
        if self._coming is not None:
            key, future = self._coming
            self._coming = None
            self._loaded = future.result()
            self._key = key
        assert self._loaded is not None
        return self._loaded

    def release(self) -> None:
        """Let go of the weights, on the device too."""
        if self._loaded is None:
            return
        from .memory import release

        device = self._loaded.device
        self._loaded = self._key = None
        gc.collect()
        release(device)


def _when_changed(folder: ModelFolder, controlnet: ControlNetFolder | None) -> int:
    """When any file of a model or its ControlNet was last changed, in nanoseconds."""
    parts = [folder.path, *(folder.path / part for part in folder.classes)]
    if controlnet is not None:
        parts.append(controlnet.path)
    return max(file.stat().st_mtime_ns for part in parts for file in part.iterdir())


def _load(resolved: Resolved, folder: ModelFolder, controlnet: ControlNetFolder | None) -> LoadedModel:
    prepare_libraries()
    with no_collection():
        import torch
        from transformers.utils.logging import disable_progress_bar

        from .memory import Tier, choose_device

        disable_progress_bar()
        torch.use_deterministic_algorithms(True, warn_only=True)
        device = choose_device()
        try:
            # T5 overflows in float16.
            half = torch.bfloat16 if folder.family is Family.FLUX else torch.float16
            pipe = _build(folder, controlnet, torch.float32 if device.type == "cpu" else half)
        except VernissageError:
            raise
        except Exception as error:  # whatever a library makes of a damaged file
            if is_out_of_memory(error):
                raise OutOfMemory("There is not enough memory to load {model}.",
                                  "Close other programs, or choose a smaller model.", model=resolved.name) from error
            raise ModelError("{folder} cannot be loaded: {error}.", "Download the whole folder again.",
                             folder=folder.path, error=str(error).strip().split("\n")[0].rstrip(".")) from error
    pipe.set_progress_bar_config(disable=True)
    return LoadedModel(resolved.name, pipe, folder, controlnet, resolved.sampling or folder.sampling, device,
                       Tier.WHOLE, words_of(folder.family, resolved.view_words))


def _build(folder: ModelFolder, controlnet: ControlNetFolder | None, dtype: torch.dtype) -> DiffusionPipeline:
    """The family's own pipeline from the folder's parts."""
    parts: dict[str, Any] = {
        part: load_weighted(folder.classes[part], folder.path / part, files, dtype)
        for part, files in folder.weights.items()
    }
    for part in ("tokenizer", "tokenizer_2"):
        if part in folder.classes:
            from transformers import CLIPTokenizer, T5TokenizerFast

            kind = T5TokenizerFast if folder.classes[part].startswith("T5") else CLIPTokenizer
            parts[part] = kind.from_pretrained(folder.path / part, local_files_only=True)
    parts["scheduler"] = _load_scheduler(folder)
    if controlnet is not None:
        parts["controlnet"] = load_weighted(controlnet.class_name, controlnet.path, controlnet.weights, dtype)
    if folder.family is Family.SDXL:
        return _pipeline_class("StableDiffusionXL", controlnet)(
            **parts, force_zeros_for_empty_prompt=folder.requires_zeros, add_watermarker=False)
    if folder.family is Family.FLUX:
        return _pipeline_class("Flux", controlnet)(**parts)
    if folder.family is Family.MINI:
        parts |= {"text_encoder": None, "tokenizer": None}
    return _pipeline_class("StableDiffusion", controlnet)(
        **parts, safety_checker=None, feature_extractor=None, requires_safety_checker=False)


def _pipeline_class(prefix: str, controlnet: ControlNetFolder | None) -> Any:
    import diffusers  # lazy: only the named class's module is imported

    return getattr(diffusers, f"{prefix}ControlNetPipeline" if controlnet else f"{prefix}Pipeline")


def load_weighted(class_name: str, folder: Path, files: WeightFiles, dtype: torch.dtype) -> Any:
    """One part with its weights. The libraries leave what a file does not hold as it was born, or without memory."""
    options: dict[str, Any] = {"use_safetensors": True, "local_files_only": True, "variant": files.variant,
                               "output_loading_info": True}
    if class_name.startswith(("CLIP", "T5")):
        import transformers

        part, told = getattr(transformers, class_name).from_pretrained(folder, dtype=dtype, **options)
    else:
        part, told = _diffusers_class(class_name).from_pretrained(folder, torch_dtype=dtype, **options)
    if missing := sorted(told["missing_keys"]):
        raise ModelError("The weights in {folder} do not fit its config.json: {count} are missing, {name} among them.",
                         "Download the whole folder again.", folder=folder, name=missing[0], count=len(missing))
    return part.eval()


def _diffusers_class(name: str) -> Any:
    if name == "MiniAutoencoder":
        from .autoencoder import MiniAutoencoder

        return MiniAutoencoder
    import diffusers

    return getattr(diffusers, name)


def _load_scheduler(folder: ModelFolder) -> Any:
    import diffusers
    from diffusers.schedulers.scheduling_utils import SchedulerMixin

    cls = getattr(diffusers, folder.classes["scheduler"], None)
    if not (isinstance(cls, type) and issubclass(cls, SchedulerMixin)):
        raise ModelError("The scheduler of {folder} is a {found}, which is unknown.",
                         "Download the whole folder again.", folder=folder.path, found=folder.classes["scheduler"])
    return cls.from_pretrained(folder.path / "scheduler", local_files_only=True)  # type: ignore[attr-defined]
