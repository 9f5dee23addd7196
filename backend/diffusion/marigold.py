"""What Marigold says of a picture of a surface: its colour without light, how rough and how metallic it is, and its
normals. Ke et al., "Marigold: Affordable Adaptation of Diffusion-Based Image Generators for Image Analysis"
(arXiv:2505.09358); the pipelines are diffusers' own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from protocol.errors import ModelError, VernissageError

from ..windows import Windows
from .loading import load_weighted
from .memory import choose_device, release
from .noise import view_generator
from .weights import find_weights, read_json

__all__ = ["Appearance", "see_appearance", "see_normals"]

INTRINSICS, NORMALS = "MarigoldIntrinsicsPipeline", "MarigoldNormalsPipeline"
_PARTS = {"unet": {"UNet2DConditionModel"}, "vae": {"AutoencoderKL"}, "text_encoder": {"CLIPTextModel"},
          "tokenizer": {"CLIPTokenizer"}, "scheduler": {"DDIMScheduler", "LCMScheduler"}}
_WEIGHTED = ("unet", "vae", "text_encoder")
_SETTINGS = ("prediction_type", "target_properties", "default_denoising_steps", "default_processing_resolution",
             "use_full_z_range")  # of the pipeline, as its folder has them
_SIDE_PX = 768  # where the folder does not say at what size it sees best
_CONTEXT = 8  # of a side so much is seen of the other side, where it wraps


@dataclass(frozen=True, eq=False)
class Appearance:
    """Of a picture (H, W): base_colour (H, W, 3) sRGB, roughness and metallic (H, W), all float32 in 0 to 1."""

    base_colour: NDArray[np.float32]
    roughness: NDArray[np.float32]
    metallic: NDArray[np.float32]


def see_appearance(folder: Path, picture: NDArray[np.float32], *, wraps_x: bool, wraps_y: bool, seed: int,
                   check: Callable[[], None]) -> Appearance:
    """What the intrinsics pipeline of a folder says of a picture (H, W, 3), sRGB 0 to 1.

    Args:
        check: called between two windows; may raise.

    Raises:
        ModelError: it cannot be loaded, or tells light in place of material.
    """
    pipe = _load(folder, INTRINSICS)
    targets = (pipe.target_properties or {}).get("target_names", [])
    if not {"albedo", "material"} <= set(targets):
        raise ModelError("{folder} tells no roughness and no metal.",
                         "Choose a Marigold model of appearance, not of lighting.", folder=folder)
    seen = _see(pipe, picture, 3 * len(targets), wraps_x, wraps_y, seed, check)
    albedo, material = (seen[3 * targets.index(name):][:3] for name in ("albedo", "material"))
    return Appearance(np.ascontiguousarray(albedo.permute(1, 2, 0).clamp(0, 1).numpy()),
                      material[0].clamp(0, 1).numpy(), material[1].clamp(0, 1).numpy())


def see_normals(folder: Path, picture: NDArray[np.float32], *, wraps_x: bool, wraps_y: bool, seed: int,
                check: Callable[[], None]) -> NDArray[np.float32]:
    """Unit normals (H, W, 3), x right, y up, z out of the surface; as `see_appearance`."""
    seen = _see(_load(folder, NORMALS), picture, 3, wraps_x, wraps_y, seed, check)
    return np.ascontiguousarray(F.normalize(seen, dim=0).permute(1, 2, 0).numpy())


def _see(pipe: Any, picture: NDArray[np.float32], channels: int, wraps_x: bool, wraps_y: bool, seed: int,
         check: Callable[[], None]) -> Tensor:
    """(channels, H, W) float32 on the CPU, in overlapping windows of the size that the model sees best."""
    high, wide = picture.shape[:2]
    step = pipe.vae_scale_factor
    right, below = (length // _CONTEXT // step * step if wraps else 0
                    for length, wraps in ((wide, wraps_x), (high, wraps_y)))
    whole = torch.from_numpy(np.ascontiguousarray(picture)).permute(2, 0, 1)[None]
    whole = F.pad(whole, (right, right, below, below), mode="circular")
    side = pipe.default_processing_resolution or _SIDE_PX

    def see(rows: Tensor, columns: Tensor) -> Tensor:
        check()
        said = pipe(whole[..., rows[:, None], columns[None]], processing_resolution=0, output_type="pt",
                    generator=view_generator(seed, "marigold")).prediction
        return said.reshape(channels, len(rows), len(columns)).float().cpu()

    try:
        seen = Windows(whole.shape[2], whole.shape[3], side, wraps_y=False, wraps_x=False).join(see)
    finally:
        device = pipe.device
        pipe.to("cpu")
        release(device)
    return seen[:, below:below + high, right:right + wide]


def _load(folder: Path, class_name: str) -> Any:
    """The pipeline on its device, of the classes that are named here and no others.

    Raises:
        ModelError: it is no folder of that pipeline, is incomplete or damaged, or its weights are pickled.
    """
    import diffusers
    import transformers

    index = read_json(folder / "model_index.json")
    classes = {part: str(named[-1]) for part in _PARTS if isinstance(named := index.get(part), list) and named}
    if index.get("_class_name") != class_name or any(classes.get(part) not in known for part, known in _PARTS.items()):
        raise ModelError("{folder} is not the folder of a {wanted}.", "Choose a folder of Marigold's.", folder=folder,
                         wanted=class_name)
    weights = {part: find_weights(folder / part) for part in _WEIGHTED}
    device = choose_device()
    dtype = torch.float32 if device.type == "cpu" else torch.float16
    try:
        parts: dict[str, Any] = {part: load_weighted(classes[part], folder / part, files, dtype)
                                 for part, files in weights.items()}
        parts["tokenizer"] = transformers.CLIPTokenizer.from_pretrained(folder / "tokenizer", local_files_only=True)
        parts["scheduler"] = getattr(diffusers, classes["scheduler"]).from_pretrained(folder / "scheduler",
                                                                                      local_files_only=True)
        settings = {name: index[name] for name in _SETTINGS if name in index}
        pipe = getattr(diffusers, class_name)(**parts, **settings)
    except VernissageError:
        raise
    except Exception as error:  # whatever a library makes of a damaged folder
        raise ModelError("{folder} cannot be loaded: {error}.", "Download the whole folder again.", folder=folder,
                         error=str(error).strip().split("\n")[0].rstrip(".")) from error
    pipe.set_progress_bar_config(disable=True)
    return pipe.to(device)
