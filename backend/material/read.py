"""From a picture of a surface to what it is made of, by the network of `models/mini-pbr`."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from ..windows import Windows
from .maps import Reading
from .network import HEIGHT_UNIT_PX, METAL_OR_NOT, MULTIPLE_PX, Channels, MaterialNet
from .relief import slopes_from
from .seamless import resampled

__all__ = ["read", "read_coarse_and_fine"]

_CONTEXT_PX = 64  # that a network sees beyond a border; 1/16 of it is what its lowest level sees
_WHOLE_PX = 2048  # side up to which a picture is read at once
_WINDOW_PX = 1024


@torch.no_grad()
def read(network: MaterialNet, picture: NDArray[np.float32], *, wraps_x: bool, wraps_y: bool,
         check: Callable[[], None]) -> Reading:
    """What the network of `models/mini-pbr` says of a picture (H, W, 3), sRGB 0 to 1, sides multiples of 16.

    Large pictures are read in windows that overlap; what wraps is read with its other side in sight.

    Args:
        check: called between two windows; may raise.
    """
    whole = torch.from_numpy(np.ascontiguousarray(picture)).permute(2, 0, 1)
    high, wide = picture.shape[:2]
    if max(high, wide) <= _WHOLE_PX:
        if wraps_x and wraps_y:
            return _reading(network, whole, _see(network, whole, "circular"))
        # A network knows one padding for both axes: what wraps is given it by hand.
        beside = (_CONTEXT_PX if wraps_x else 0, _CONTEXT_PX if wraps_y else 0)
        wider = F.pad(whole[None], (beside[0], beside[0], 0, 0), mode="circular")
        wider = F.pad(wider, (0, 0, beside[1], beside[1]), mode="circular")[0]
        seen = _see(network, wider, "reflect")
        return _reading(network, whole, seen[:, beside[1]:beside[1] + high, beside[0]:beside[0] + wide])

    def see(rows: Tensor, columns: Tensor) -> Tensor:
        check()
        return _see(network, whole[:, rows[:, None], columns[None]], "reflect")

    joined = Windows(high, wide, _WINDOW_PX, wraps_y=wraps_y, wraps_x=wraps_x).join(see)
    return _reading(network, whole, joined)


def read_coarse_and_fine(network: MaterialNet, picture: NDArray[np.float32], scale: float, *, wraps_x: bool,
                         wraps_y: bool, check: Callable[[], None]) -> Reading:
    """As `read`, of a picture whose forms are `scale` times as large as those that the network has learnt from: what
    it says of the picture as much smaller, and what it says of the picture itself that is finer than that."""
    fine = read(network, picture, wraps_x=wraps_x, wraps_y=wraps_y, check=check)
    high, wide = picture.shape[:2]
    small = tuple(max(2, round(length / scale / MULTIPLE_PX)) * MULTIPLE_PX for length in (high, wide))
    if small == (high, wide):
        return fine

    def scaled(part: NDArray[np.float32], size: tuple[int, ...]) -> NDArray[np.float32]:
        return resampled(part, *size, wraps_x=wraps_x, wraps_y=wraps_y)

    def joined(smaller: NDArray[np.float32], larger: NDArray[np.float32]) -> NDArray[np.float32]:
        return scaled(smaller, (high, wide)) + larger - scaled(scaled(larger, small), (high, wide))

    coarse = read(network, scaled(picture, small).clip(0, 1), wraps_x=wraps_x, wraps_y=wraps_y, check=check)
    assert coarse.normal is not None and fine.normal is not None and coarse.height is not None
    assert coarse.occlusion is not None and fine.occlusion is not None
    right, up = (joined(*parts) for parts in zip(slopes_from(coarse.normal), slopes_from(fine.normal), strict=True))
    normal = np.stack([-right, -up, np.ones_like(right)], axis=-1)
    return Reading(
        base_colour=joined(coarse.base_colour, picture).clip(0, 1),  # the picture's own detail is without loss
        roughness=joined(coarse.roughness, fine.roughness).clip(0, 1),
        metallic=joined(coarse.metallic, fine.metallic).clip(0, 1),
        occlusion=joined(coarse.occlusion, fine.occlusion).clip(0, 1),
        normal=normal / np.linalg.norm(normal, axis=-1, keepdims=True),
        height=scaled(coarse.height, (high, wide)) * np.float32(wide / small[1]))


def _see(network: MaterialNet, picture: Tensor, padding: str) -> Tensor:
    """All channels (10, h, w) of (3, h, w), in the order of `Channels`."""
    return torch.cat(list(network(picture[None].to(memory_format=torch.channels_last), padding)), dim=1)[0]


def _reading(network: MaterialNet, picture: Tensor, seen: Tensor) -> Reading:
    said = Channels(*torch.split(seen[None], [3, 1, 3, 1, 1, 1], dim=1))
    parts = Channels(*(part[0] for part in network.levelled(said, picture[None])))

    def plane(part: Tensor) -> NDArray[np.float32]:
        return part[0].clamp(0, 1).numpy()

    return Reading(
        base_colour=np.ascontiguousarray(parts.base_colour.clamp(0, 1).permute(1, 2, 0).numpy()),
        roughness=plane(parts.roughness), metallic=plane((METAL_OR_NOT * parts.metallic).sigmoid()),
        occlusion=plane(parts.occlusion),
        normal=F.normalize(parts.normal, dim=0).permute(1, 2, 0).numpy(),
        height=parts.height[0].numpy() * HEIGHT_UNIT_PX)
