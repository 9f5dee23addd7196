"""A panorama of low range → linear radiance with its highlights restored.

The network looks at 256×128 pixels, whatever the picture's size; what it adds is spread over the clipped pixels of the
full picture so that each direction keeps its energy. Where nothing is clipped the linearised picture passes unchanged.
"""

import json
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file
from torch import Tensor
from torch.nn import functional as F

from backend.panorama.network import Answer, HighlightNetwork, row_weights
from protocol.errors import BadInput, ModelError

MODEL = Path(__file__).parents[2] / "models" / "mini-hdr"
WORK_PX = 128  # rows that the network sees
CLIPPED_FROM, CLIPPED_FULLY = 0.90, 0.985  # sRGB; 251 of 255: film-like curves and JPEG end a little short of white
COLOUR_FLOOR = 0.1  # share of the brightest channel that a clipped colour's weak channels may grow from


def linear(srgb: Tensor) -> Tensor:
    """IEC 61966-2-1: sRGB 0–1 → linear Rec.709 0–1."""
    return torch.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055).clamp(min=0) ** 2.4)


def clipping(srgb: Tensor) -> Tensor:
    """(n, 3, h, w) → (n, 1, h, w): 0 where the picture can be trusted, 1 where it is clipped, soft between."""
    t = ((srgb.amax(1, keepdim=True) - CLIPPED_FROM) / (CLIPPED_FULLY - CLIPPED_FROM)).clamp(0, 1)
    return t * t * (3 - 2 * t)


def resized(x: Tensor, height: int) -> Tensor:
    """Means over areas, (n, c, h, 2h) → (n, c, height, 2 height)."""
    return F.interpolate(x, size=(height, 2 * height), mode="area")


def inputs(srgb: Tensor, height: int = WORK_PX) -> tuple[Tensor, Tensor, Tensor]:
    """What the network sees of sRGB pictures (n, 3, h, 2h): (picture (n, 5, height, …), linear means, mask means)."""
    base, mask = resized(linear(srgb), height), resized(clipping(srgb), height)
    rows = torch.linspace(1, -1, 2 * height + 1, device=srgb.device)[1::2].mul(torch.pi / 2).sin()
    rows = rows[None, None, :, None].expand(len(srgb), 1, height, 2 * height)
    # Averaged in linear light, shown as sRGB: shadows keep their steps.
    shown = torch.where(base <= 0.0031308, 12.92 * base, 1.055 * base.clamp(min=1e-6) ** (1 / 2.4) - 0.055)
    return torch.cat([shown, mask, rows], 1), base, mask


def excess(said: Answer, base: Tensor, mask: Tensor) -> Tensor:
    """Radiance (n, 3, h, w) that the network's answer adds to the linear picture `base` where it is clipped.

    Its luminance times solid angle sums to the energy of the clipped part times (exp(gain) - 1).
    """
    angle = row_weights(base) * mask
    present = (luminance(base) * angle).sum((1, 2, 3))
    density = (said.places + mask.clamp(min=1e-9).log() + row_weights(base).log()).flatten(1).softmax(1).view_as(mask)
    energy = (present * torch.expm1(said.gain))[:, None, None, None]
    added = energy * density * (mask > 0) / row_weights(base)
    colour = (base + COLOUR_FLOOR * base.amax(1, keepdim=True) + 1e-6) * said.tint.exp()
    return added * colour / luminance(colour)


def luminance(x: Tensor) -> Tensor:
    """(n, 3, h, w) linear Rec.709 → (n, 1, h, w)."""
    return 0.2126 * x[:, :1] + 0.7152 * x[:, 1:2] + 0.0722 * x[:, 2:]


def _spread(low: Tensor, mask: Tensor) -> Tensor:
    """Means `low` (n, c, h, 2h) over the full picture's `mask` (n, 1, H, 2H): smooth, and each area keeps its mean."""
    height, full = low.shape[-2], mask.shape[-2]

    def enlarged(x: Tensor) -> Tensor:
        wide = torch.cat([x[..., -1:], x, x[..., :1]], -1)
        tall = F.pad(wide, (0, 0, 1, 1), mode="replicate")
        k = full / height
        rows = (torch.arange(full, device=x.device) + 0.5) / k + 0.5
        columns = (torch.arange(2 * full, device=x.device) + 0.5) / k + 0.5
        place = torch.meshgrid(2 * columns / (2 * height + 2) - 1, 2 * rows / (height + 2) - 1, indexing="xy")
        grid = torch.stack(place, -1)
        return F.grid_sample(tall, grid[None].expand(len(x), -1, -1, -1), align_corners=False, padding_mode="border")

    share = resized(mask, height).clamp(min=1e-4)
    once = enlarged(low / share) * mask
    smooth = once * enlarged((low / resized(once, height).clamp(min=1e-9)).clamp(0.25, 4.0))
    # Beside a sun of a few texels there is nothing to be smooth with: it gets what is still missing, area by area.
    missing = low / resized(smooth, height).clamp(min=1e-9)
    full = smooth * F.interpolate(missing, size=mask.shape[-2:], mode="nearest-exact")
    # The areas of a height that is no multiple overlap.
    return full * (low.mean((2, 3), keepdim=True) / full.mean((2, 3), keepdim=True).clamp(min=1e-12))


@torch.inference_mode()
def restore_radiance(
    network: HighlightNetwork, picture: NDArray[np.uint8] | NDArray[np.float32]
) -> NDArray[np.float32]:
    """(H, 2H, 3) sRGB, uint8 or float32 0–1 → (H, 2H, 3) float32 linear Rec.709, white at 1 and highlights above."""
    height, width, channels = picture.shape
    if width != 2 * height or channels != 3:
        raise BadInput(
            "The panorama is {width}×{height} with {channels} channels: it must be twice as wide as high, with 3.",
            "Give it {wanted}×{height} pixels.", width=width, height=height, channels=channels, wanted=2 * height,
        )
    scale = np.float32(255 if picture.dtype == np.uint8 else 1)
    srgb = torch.from_numpy(np.ascontiguousarray(picture, np.float32) / scale).permute(2, 0, 1)[None].clamp(0, 1)
    seen, base, share = inputs(srgb)
    added = excess(network(seen), base, share)
    mask = clipping(srgb)
    radiance = linear(srgb) + (_spread(added, mask) if height != WORK_PX else added)
    return radiance[0].permute(1, 2, 0).numpy()


def load_network(folder: Path = MODEL) -> HighlightNetwork:
    """The network from `folder` (config.json, model.safetensors in float16), in float32, ready to run.

    Raises:
        ModelError: it is not there, or of another version.
    """
    if not (folder / "model.safetensors").is_file():
        raise ModelError("The network that restores highlights is missing: {folder}.", "Install Vernissage again.",
                         folder=folder)
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    network = HighlightNetwork(tuple(config["widths"]), tuple(config["blocks"]))
    weights = {name: tensor.float() for name, tensor in load_file(folder / "model.safetensors").items()}
    try:
        network.load_state_dict(weights)
    except RuntimeError as error:  # names or shapes
        raise ModelError("{folder} cannot be loaded: {error}.", "Install Vernissage again.", folder=folder,
                         error="model.safetensors is of another version") from error
    return network.eval().requires_grad_(False)
