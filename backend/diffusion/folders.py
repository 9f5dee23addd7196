"""Reads what a model's folder says about itself, before anything of it is loaded.

Only classes named here are ever built from a folder: `model_index.json` may name any module, and loading
what it names would run it. Standard library only.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from pathlib import Path

from protocol.errors import ModelError

from .families import Family, Sampling, default_sampling
from .weights import PICKLE_SUFFIXES, WeightFiles, find_weights, read_json

__all__ = ["ControlNetFolder", "Guide", "ModelFolder", "check_match", "read_controlnet_folder",
           "read_model_folder"]

_PIPELINE_CLASSES = {
    "StableDiffusionPipeline": Family.SD,
    "StableDiffusionImg2ImgPipeline": Family.SD,
    "StableDiffusionControlNetPipeline": Family.SD,
    "LatentConsistencyModelPipeline": Family.SD,
    "StableDiffusionXLPipeline": Family.SDXL,
    "StableDiffusionXLImg2ImgPipeline": Family.SDXL,
    "StableDiffusionXLControlNetPipeline": Family.SDXL,
    "FluxPipeline": Family.FLUX,
    "FluxImg2ImgPipeline": Family.FLUX,
    "FluxControlNetPipeline": Family.FLUX,
}
_WEIGHTED = {
    Family.MINI: ("unet", "vae"),
    Family.SD: ("unet", "vae", "text_encoder"),
    Family.SDXL: ("unet", "vae", "text_encoder", "text_encoder_2"),
    Family.FLUX: ("transformer", "vae", "text_encoder", "text_encoder_2"),
}
_TOKENIZERS = {Family.MINI: (), Family.SD: ("tokenizer",), Family.SDXL: ("tokenizer", "tokenizer_2"),
               Family.FLUX: ("tokenizer", "tokenizer_2")}
_CLASSES = {
    "unet": {"UNet2DConditionModel"},
    "vae": {"AutoencoderKL", "AutoencoderTiny", "MiniAutoencoder"},
    "text_encoder": {"CLIPTextModel"},
    "text_encoder_2": {"CLIPTextModelWithProjection"},
    "tokenizer": {"CLIPTokenizer", "CLIPTokenizerFast"},
    "tokenizer_2": {"CLIPTokenizer", "CLIPTokenizerFast"},
}
_FLUX_CLASSES = _CLASSES | {
    "transformer": {"FluxTransformer2DModel"},
    "text_encoder_2": {"T5EncoderModel"},
    "tokenizer_2": {"T5Tokenizer", "T5TokenizerFast"},
}
# What is told to a UNet beside the step: to mini a summary of the words that it gets anyway.
_ADDED = {Family.SDXL: ("text_time",), Family.MINI: (None, "text")}
_CONTROLNETS = ("ControlNetModel", "FluxControlNetModel")


class Guide(enum.StrEnum):
    """The picture of a view that a ControlNet is shown."""

    DEPTH = "depth"
    NORMAL = "normal"


@dataclass(frozen=True)
class ModelFolder:
    """A folder that was found whole, safe and of a known family.

    Attributes:
        classes: the class of each component that will be loaded.
        weights: the files of each component that has any.
        context_width: width of the text embedding that the network attends to.
        requires_zeros: an empty negative prompt is embedded as zeros (SDXL).
        sampling: the steps and guidance that suit it.
    """

    path: Path
    family: Family
    classes: dict[str, str]
    weights: dict[str, WeightFiles]
    context_width: int
    requires_zeros: bool
    sampling: Sampling

    @property
    def size_bytes(self) -> int:
        return sum(files.size_bytes for files in self.weights.values())


@dataclass(frozen=True)
class ControlNetFolder:
    path: Path
    family: Family
    weights: WeightFiles
    context_width: int
    guide: Guide
    class_name: str


def read_model_folder(path: Path) -> ModelFolder:
    """What a diffusers folder holds.

    Raises:
        ModelError: with what is wrong and what helps.
    """
    _check_is_folder(path)
    if not (path / "model_index.json").is_file():
        _refuse_no_index(path)
    index = read_json(path / "model_index.json")
    family = _family_of(path, index)
    network = read_json(path / _WEIGHTED[family][0] / "config.json")
    _check_network(path, family, index, network)
    classes = {name: _class_of(path, family, index, name) for name in _WEIGHTED[family] + _TOKENIZERS[family]}
    for name in _TOKENIZERS[family]:
        _check_tokenizer(path / name, classes[name])
    context_width = _context_width(network)
    _check_text_width(path, family, network)
    classes["scheduler"] = _scheduler_of(path)
    return ModelFolder(
        path=path,
        family=family,
        classes=classes,
        weights={name: find_weights(path / name) for name in _WEIGHTED[family]},
        context_width=context_width,
        requires_zeros=bool(index.get("force_zeros_for_empty_prompt", True)),
        sampling=default_sampling(family, scheduler=classes["scheduler"],
                                  name=f"{path.name} {index.get('_name_or_path', '')}",
                                  embeds_guidance=network.get("time_cond_proj_dim") is not None
                                  or bool(network.get("guidance_embeds"))),
    )


def read_controlnet_folder(path: Path) -> ControlNetFolder:
    """What a ControlNet's folder holds. Its guide is depth unless its name says normal.

    Raises:
        ModelError: with what is wrong and what helps.
    """
    _check_is_folder(path)
    if (path / "model_index.json").is_file():
        raise ModelError("{folder} holds a whole model, not a ControlNet.",
                         "Choose the folder of a ControlNetModel, or leave the field empty.", folder=path)
    if not (path / "config.json").is_file():
        _refuse_checkpoint(path)
        raise ModelError("{folder} is not a ControlNet's folder: it has no config.json.",
                         "Choose the folder of a ControlNetModel, or leave the field empty.", folder=path)
    config = read_json(path / "config.json")
    class_name = str(config.get("_class_name", "?"))
    if class_name not in _CONTROLNETS:
        raise ModelError("{folder} holds a {found}, not a ControlNet.",
                         "Choose the folder of a ControlNetModel, or leave the field empty.",
                         folder=path, found=class_name)
    # Nothing in a ControlNet's configuration says what it was trained to follow; its name does.
    names = f"{path.name} {config.get('_name_or_path', '')}".lower()
    family = Family.FLUX if class_name == "FluxControlNetModel" else \
        Family.SDXL if config.get("addition_embed_type") == "text_time" else Family.SD
    is_union = config.get("num_mode") is not None  # has no mode for normals
    return ControlNetFolder(
        path=path,
        family=family,
        weights=find_weights(path),
        context_width=_context_width(config),
        guide=Guide.NORMAL if "normal" in names and not is_union else Guide.DEPTH,
        class_name=class_name,
    )


def check_match(model: ModelFolder, controlnet: ControlNetFolder) -> None:
    """Raises:
        ModelError: the ControlNet was made for another family, or for another width of text.
    """
    family = Family.SD if model.family is Family.MINI else model.family
    if (family, model.context_width) == (controlnet.family, controlnet.context_width):
        return
    raise ModelError("The ControlNet {controlnet} is for {theirs} ({their_width}), but {model} is {ours} "
                     "({our_width}).", "Choose a ControlNet of the model's family, or leave the field empty.",
                     controlnet=controlnet.path, theirs=controlnet.family, their_width=controlnet.context_width,
                     model=model.path, ours=model.family, our_width=model.context_width)


def _check_is_folder(path: Path) -> None:
    try:
        if path.is_dir():
            next(path.iterdir(), None)
            return
        exists = path.exists()
    except (OSError, ValueError) as error:
        raise ModelError("The model folder {folder} cannot be read: {error}.", "Choose a folder that can be read.",
                         folder=repr(str(path))[:200], error=error) from error
    if not exists:
        raise ModelError("There is no model folder at {folder}.", "Choose a folder that exists.", folder=path)
    if path.suffix in PICKLE_SUFFIXES:
        raise ModelError("{file} is a pickled checkpoint: reading it could run any program.",
                         "Choose a diffusers folder with .safetensors weights.", file=path)
    raise ModelError("{file} is a single file.",
                     "Convert the checkpoint to a diffusers folder (from_single_file, then save_pretrained), "
                     "and choose that folder.", file=path)


def _refuse_no_index(path: Path) -> None:
    if (path / "config.json").is_file() and "_class_name" in read_json(path / "config.json"):
        raise ModelError("{folder} holds one part of a model, not the whole.",
                         "Choose the folder with model_index.json.", folder=path)
    _refuse_checkpoint(path)
    raise ModelError("{folder} is not a diffusers folder: it has no model_index.json.",
                     "Choose the folder with model_index.json.", folder=path)


def _refuse_checkpoint(path: Path) -> None:
    checkpoint = next((file.name for file in sorted(path.iterdir())
                       if file.suffix in PICKLE_SUFFIXES | {".safetensors"}), None)
    if checkpoint is not None:
        raise ModelError("{folder} holds a single checkpoint ({file}), not a diffusers folder.",
                         "Convert the checkpoint to a diffusers folder (from_single_file, then "
                         "save_pretrained), and choose that folder.", folder=path, file=checkpoint)


def _family_of(path: Path, index: dict[str, object]) -> Family:
    pipeline = str(index.get("_class_name", "?"))
    family = _PIPELINE_CLASSES.get(pipeline)
    if family is None:
        raise ModelError("{folder} is a {found}, which Vernissage cannot paint with.",
                         "Choose a model of {supported}.", folder=path, found=pipeline,
                         supported=", ".join(Family))
    return Family.MINI if family is Family.SD and _named_class(index, "vae") == "MiniAutoencoder" else family


def _check_network(path: Path, family: Family, index: dict[str, object], network: dict[str, object]) -> None:
    """That it paints from words alone: not an inpainting, editing or refining one."""
    taken, given = network.get("in_channels"), network.get("out_channels")
    if taken != given and not (family is Family.FLUX and given is None):  # there, None is as many
        raise ModelError("{folder} is made for inpainting or editing: its network takes {channels} channels.",
                         "Choose the text-to-image model that it was made from.", folder=path,
                         channels=str(network.get("in_channels")))
    if network.get("addition_embed_type") not in _ADDED.get(family, (None,)) or index.get("requires_aesthetics_score"):
        raise ModelError("{folder} is a {found} with a UNet of another kind.",
                         "Choose a model of {supported}; a refiner is none.", folder=path,
                         found=str(index.get("_class_name")), supported=", ".join(Family))


def _named_class(index: dict[str, object], name: str) -> str | None:
    entry = index.get(name)
    return str(entry[1]) if isinstance(entry, list) and len(entry) == 2 and entry[1] else None


def _class_of(path: Path, family: Family, index: dict[str, object], name: str) -> str:
    allowed = (_FLUX_CLASSES if family is Family.FLUX else _CLASSES)[name]
    found = _named_class(index, name)
    if found is None or not (path / name).is_dir():
        raise ModelError("The model is incomplete: {folder} has no {part}.", "Download the whole folder again.",
                         folder=path, part=name)
    if found not in allowed:
        raise ModelError("The {part} of {folder} is a {found}: must be {allowed}.",
                         "Choose a model of {supported}.", part=name, folder=path, found=found,
                         allowed=" / ".join(sorted(allowed)), supported=", ".join(Family))
    return found


def _scheduler_of(path: Path) -> str:
    name = str(read_json(path / "scheduler" / "scheduler_config.json").get("_class_name", ""))
    if not (name.isidentifier() and name.endswith("Scheduler")):
        raise ModelError("The scheduler of {folder} is a {found}, which is unknown.",
                         "Download the whole folder again.", folder=path, found=name or "?")
    return name


def _context_width(config: dict[str, object]) -> int:
    width = config.get("cross_attention_dim", config.get("joint_attention_dim"))
    return width if isinstance(width, int) else -1


def _check_text_width(path: Path, family: Family, network: dict[str, object]) -> None:
    encoders = [name for name in _WEIGHTED[family] if name.startswith("text_encoder")]
    configs = [read_json(path / name / "config.json") for name in encoders]
    widths = [config.get("d_model", config.get("hidden_size")) for config in configs]
    context_width = _context_width(network)
    if family is Family.FLUX:  # CLIP's words come as one vector beside those of T5
        is_right = widths == [network.get("pooled_projection_dim"), context_width]
    else:
        is_right = not encoders or sum(width for width in widths if isinstance(width, int)) == context_width
    if not is_right:
        raise ModelError("The parts of {folder} do not belong together: its text is {text} wide, its "
                         "network expects {width}.", "Download the whole folder again.", folder=path,
                         text=" + ".join(map(str, widths)), width=context_width)


def _check_tokenizer(folder: Path, class_name: str) -> None:
    if (folder / "tokenizer.json").is_file():
        return
    for name in ("tokenizer.json",) if class_name.startswith("T5") else ("vocab.json", "merges.txt"):
        if not (folder / name).is_file():
            raise ModelError("The model is incomplete: {file} is missing.", "Download the whole folder again.",
                             file=folder / name)
