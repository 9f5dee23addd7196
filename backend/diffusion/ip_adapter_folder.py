"""Reads what an IP-Adapter's folder says about itself, before anything of it is loaded. Standard library only.

The layout is that of `h94/IP-Adapter` with one adapter in it: `ip-adapter….safetensors`, and beside it CLIP's image
encoder in `image_encoder` or `models/image_encoder`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from protocol.errors import ModelError

from .families import Family
from .folders import ModelFolder
from .weights import PICKLE_SUFFIXES, WeightFiles, find_weights, read_json, read_shapes

__all__ = ["IPAdapterFolder", "check_adapts", "check_family", "read_ip_adapter_folder"]

_ENCODERS = ("image_encoder", "models/image_encoder")
_TOKENS = 4  # that the plain kind makes of a picture, in one matrix
_CLIP_WIDTHS = {"hidden_size": 768, "projection_dim": 512}  # transformers leaves them out where they are these


@dataclass(frozen=True)
class IPAdapterFolder:
    """A folder that was found whole and safe.

    Attributes:
        file: the adapter's weights.
        encoder: folder of the CLIP that sees the pictures.
        encoder_weights: its files.
        sees_patches: it is given what CLIP says of each patch ("plus"), not one vector of the whole picture.
        context_width: width of the text that the network attends to, beside which it puts its pictures.
        layers: shape (width of the layer, `context_width`) of the keys of each cross-attention, in the network's order.
    """

    path: Path
    file: Path
    encoder: Path
    encoder_weights: WeightFiles
    sees_patches: bool
    context_width: int
    layers: tuple[tuple[int, ...], ...]


def read_ip_adapter_folder(path: Path) -> IPAdapterFolder:
    """What an IP-Adapter's folder holds.

    Raises:
        ModelError: with what is wrong and what helps.
    """
    file = _weights_in(path)
    encoder = next((path / place for place in _ENCODERS if (path / place).is_dir()), None)
    if encoder is None:
        raise ModelError("The IP-Adapter in {folder} has no image encoder: there is no {place}.",
                         "Put the image encoder that the IP-Adapter was published with there.", folder=path,
                         place=" / ".join(_ENCODERS))
    shapes = read_shapes(file)
    try:
        seen, sees_patches, context_width = _projection(shapes)
        numbers = sorted(int(name.split(".")[1]) for name in shapes
                         if name.startswith("ip_adapter.") and name.endswith(".to_k_ip.weight"))
        layers = tuple(shapes[f"ip_adapter.{number}.to_k_ip.weight"] for number in numbers)
        is_adapter = bool(layers) and layers == tuple(shapes[f"ip_adapter.{number}.to_v_ip.weight"]
                                                      for number in numbers)
    except (LookupError, ValueError):
        is_adapter = False
    if not is_adapter:
        raise ModelError("{file} is no IP-Adapter that sees pictures by CLIP.",
                         "Choose an IP-Adapter for whole pictures; those for faces (FaceID) see by another network.",
                         file=file)
    found = _encoder_width(encoder, sees_patches)
    if found != seen:
        raise ModelError("The image encoder in {folder} tells {found} numbers, but {file} wants {wanted}.",
                         "Put the image encoder that the IP-Adapter was published with there.", folder=encoder,
                         found=found, file=file.name, wanted=seen)
    return IPAdapterFolder(path, file, encoder, find_weights(encoder), sees_patches, context_width, layers)


def check_family(model: ModelFolder) -> None:
    """Raises:
        ModelError: pictures cannot be shown to models of its family.
    """
    if model.family not in (Family.SD, Family.SDXL):
        raise ModelError("An IP-Adapter wants a Stable Diffusion or SDXL model, and {model} is {found}.",
                         "Choose such a model, or leave the IP-Adapter out.", model=model.path.name,
                         found=model.family)


def check_adapts(model: ModelFolder, adapter: IPAdapterFolder) -> None:
    """Raises:
        ModelError: the adapter was made for another width of text.
    """
    if model.context_width != adapter.context_width:
        raise ModelError("The IP-Adapter {adapter} is {their_width} wide, but {model} ({family}) is {our_width}.",
                         "Choose an IP-Adapter of the model's family, or leave the field empty.", adapter=adapter.file,
                         their_width=adapter.context_width, model=model.path, family=model.family,
                         our_width=model.context_width)


def _weights_in(path: Path) -> Path:
    try:
        files = sorted(path.iterdir()) if path.is_dir() else None
    except (OSError, ValueError):  # the latter of a name that no file can have
        files = None
    if files is None:
        raise ModelError("There is no IP-Adapter's folder at {folder}.",
                         "Choose the folder that holds ip-adapter….safetensors and image_encoder.",
                         folder=repr(str(path))[1:-1][:200])
    named = [file for file in files if file.name.startswith("ip-adapter") and file.is_file()]
    weights = [file for file in named if file.suffix == ".safetensors"]
    if len(weights) == 1:
        return weights[0]
    if weights:
        raise ModelError("{folder} holds {count} IP-Adapters, {first} and {second} among them.",
                         "Keep the one that you want in a folder of its own, with image_encoder.", folder=path,
                         count=len(weights), first=weights[0].name, second=weights[1].name)
    pickled = [file.name for file in named if file.suffix in PICKLE_SUFFIXES]
    if pickled:
        raise ModelError("The weights in {folder} are pickled ({file}): reading them could run any program.",
                         "Get the IP-Adapter's .safetensors file.", folder=path, file=pickled[0])
    raise ModelError("{folder} holds no IP-Adapter (ip-adapter….safetensors).",
                     "Choose the folder that holds ip-adapter….safetensors and image_encoder.", folder=path)


def _projection(shapes: dict[str, tuple[int, ...]]) -> tuple[int, bool, int]:
    """Of an adapter's weights: how many numbers of a picture it takes, whether of each patch, how wide its answer is.

    By the same names as diffusers' `_convert_ip_adapter_image_proj_to_diffusers`.

    Raises:
        LookupError, ValueError: it is none of the kinds that are known.
    """
    if "image_proj.proj.weight" in shapes:
        rows, seen = shapes["image_proj.proj.weight"]
        return seen, False, rows // _TOKENS
    if "image_proj.proj.3.weight" in shapes:
        return shapes["image_proj.proj.0.weight"][1], True, shapes["image_proj.proj.3.weight"][0]
    _, _, _ = shapes["image_proj.latents"]
    return shapes["image_proj.proj_in.weight"][1], True, shapes["image_proj.proj_out.weight"][0]


def _encoder_width(folder: Path, sees_patches: bool) -> int:
    config = read_json(folder / "config.json")
    if config.get("model_type") != "clip_vision_model":
        raise ModelError("The image encoder in {folder} is a {found}, not CLIP's.",
                         "Put the image encoder that the IP-Adapter was published with there.", folder=folder,
                         found=str(config.get("model_type", "?")))
    name = "hidden_size" if sees_patches else "projection_dim"
    width = config.get(name, _CLIP_WIDTHS[name])
    return width if isinstance(width, int) else -1
