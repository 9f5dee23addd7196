"""How much of a model stays on the device, and what a lack of memory looks like.

A tier is chosen from what is free before the job starts. When memory runs out all the same, first fewer views
are painted at once, then the next tier is taken.
"""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from diffusers import DiffusionPipeline

__all__ = ["Tier", "choose_device", "choose_tier", "free_bytes", "lift", "place", "release", "view_bytes",
           "weight_bytes"]

GIB = 2**30


class Tier(enum.IntEnum):
    """Ascending: less memory, more time."""

    WHOLE = 0  # all weights on the device
    PARTS = 1  # one part (text encoder, UNet, autoencoder) on the device at a time
    LAYERS = 2  # one layer at a time


def choose_device() -> torch.device:
    if torch.cuda.is_available():  # ROCm calls itself CUDA
        return torch.device("cuda")
    if torch.backends.mps.is_available():
        return torch.device("mps")
    return torch.device("cpu")


def free_bytes(device: torch.device) -> int | None:
    """Free memory of a GPU; None where it is the machine's own memory, which the system can swap."""
    return torch.cuda.mem_get_info(device)[0] if device.type == "cuda" else None


def weight_bytes(pipe: DiffusionPipeline) -> dict[str, int]:
    """Bytes of the weights of each part of a pipeline."""
    return {name: sum(p.numel() * p.element_size() for p in part.parameters())
            for name, part in pipe.components.items() if isinstance(part, torch.nn.Module)}


def view_bytes(size_px: int) -> int:
    """A generous guess at what one view needs beside the weights: half precision, with guidance.

    SDXL at 1024 px takes about 2 GiB for a step and for a sliced decode; activations grow with the area.
    """
    return int((0.3 + 1.7 * (size_px / 1024) ** 2) * GIB)


def choose_tier(free: int | None, weights: dict[str, int], one_view: int) -> Tier:
    """The fastest tier whose weights and one view fit into what is free."""
    if free is None or sum(weights.values()) + one_view <= free:
        return Tier.WHOLE
    if max(weights.values()) + one_view <= free:
        return Tier.PARTS
    return Tier.LAYERS


def place(pipe: DiffusionPipeline, device: torch.device, tier: Tier) -> None:
    """Move a pipeline to a device in the manner of a tier, whatever was done to it before."""
    if tier is Tier.WHOLE:
        pipe.remove_all_hooks()
        pipe.to(device)
        return
    lift(pipe, device)
    if tier is Tier.PARTS:
        pipe.enable_model_cpu_offload(device=device)
    else:
        pipe.enable_sequential_cpu_offload(device=device)


def lift(pipe: DiffusionPipeline, device: torch.device) -> None:
    """Take a pipeline off its device, however it was placed."""
    pipe.remove_all_hooks()
    pipe.to("cpu")
    release(device)


def release(device: torch.device) -> None:
    """Hand cached memory back to the driver, so that others (Cycles) can have it."""
    if device.type == "cuda":
        torch.cuda.empty_cache()
    elif device.type == "mps":
        torch.mps.empty_cache()
