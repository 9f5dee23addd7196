"""What lies in a component's folder: is it whole, and is it safe to read?

Standard library only and quick: a safetensors file is judged by its header and its length, not read.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from protocol.errors import ModelError

__all__ = ["WeightFiles", "find_weights", "read_json", "read_shapes", "PICKLE_SUFFIXES"]

PICKLE_SUFFIXES = frozenset({".bin", ".ckpt", ".pt", ".pth", ".pkl", ".msgpack"})
_BASE_NAMES = ("diffusion_pytorch_model", "model")  # as diffusers names them, as transformers does
_VARIANTS = ("", "fp16", "bf16", "fp32")
_LONGEST_HEADER = 100 * 2**20  # what the safetensors library itself allows


@dataclass(frozen=True)
class WeightFiles:
    """The weights of one component: which variant of the file names, and how many bytes in all."""

    variant: str | None
    size_bytes: int


def find_weights(folder: Path) -> WeightFiles:
    """The safetensors of a component's folder, checked.

    Raises:
        ModelError: there are none, only pickled ones, a shard is missing, or a file is cut off.
    """
    for variant in _VARIANTS:
        for base in _BASE_NAMES:
            files = _files_of(folder, base, variant)
            if files:
                for file in files:
                    read_shapes(file)
                return WeightFiles(variant or None, sum(file.stat().st_size for file in files))
    pickled = sorted(file.name for file in folder.iterdir() if file.suffix in PICKLE_SUFFIXES)
    if pickled:
        raise ModelError("The weights in {folder} are pickled ({file}): reading them could run any program.",
                         "Get the model's .safetensors files, or have it saved again with "
                         "safe_serialization=True.", folder=folder, file=pickled[0])
    raise ModelError("The model is incomplete: {folder} holds no .safetensors weights.",
                     "Download the whole folder again.", folder=folder)


def read_json(path: Path) -> dict[str, object]:
    """The JSON object in `path`.

    Raises:
        ModelError: the file is missing, unreadable or no JSON object.
    """
    try:
        body = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ModelError("The model is incomplete: {file} is missing.", "Download the whole folder again.",
                         file=path) from None
    except (OSError, ValueError) as error:
        raise ModelError("{file} cannot be read: {error}.", "Download the whole folder again.",
                         file=path, error=error) from error
    if not isinstance(body, dict):
        raise ModelError("{file} is not the description of a model.", "Download the whole folder again.",
                         file=path)
    return body


def _files_of(folder: Path, base: str, variant: str) -> list[Path]:
    dotted = f".{variant}" if variant else ""
    whole = folder / f"{base}{dotted}.safetensors"
    if whole.is_file():
        return [whole]
    index = folder / f"{base}.safetensors.index{dotted}.json"
    if not index.is_file():
        return []
    shards = read_json(index).get("weight_map")
    if not isinstance(shards, dict):
        raise ModelError("{file} is not the index of a model's weights.", "Download the whole folder again.",
                         file=index)
    files = [folder / str(name) for name in sorted(set(shards.values()))]
    for file in files:
        if file.parent != folder or not file.is_file():
            raise ModelError("The model is incomplete: {file} is missing.", "Download the whole folder again.",
                             file=file)
    return files


def read_shapes(path: Path) -> dict[str, tuple[int, ...]]:
    """The shape of each tensor of a safetensors file: 8 bytes of length, little-endian, a JSON header, the tensors.

    Raises:
        ModelError: header and length do not agree.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        start = file.read(8)
        if start == b"version ":  # what git leaves in place of a large file
            raise ModelError("{file} is a Git LFS pointer: the weights themselves were never downloaded.",
                             "Run “git lfs pull” in the model's folder.", file=path)
        length = int.from_bytes(start, "little")
        header = file.read(length) if len(start) == 8 and length <= min(size, _LONGEST_HEADER) else b""
    try:
        tensors = {name: tensor for name, tensor in json.loads(header).items() if name != "__metadata__"}
        shapes = {name: tuple(map(int, tensor["shape"])) for name, tensor in tensors.items()}
        ends = [tensor["data_offsets"][1] for tensor in tensors.values()]
        whole = size == 8 + length + max(ends, default=0)
    except (ValueError, LookupError, TypeError, AttributeError):
        whole = False
    if not whole:
        raise ModelError("{file} is cut off or damaged.", "Download that file again.", file=path)
    return shapes
