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
from .network import HEIGHT_UNIT_PX, METAL_OR_NOT, Channels, MaterialNet

__all__ = ["read"]

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
            return _reading(_see(network, whole, "circular"))
        # A network knows one padding for both axes: what wraps is given it by hand.
        beside = (_CONTEXT_PX if wraps_x else 0, _CONTEXT_PX if wraps_y else 0)
        wider = F.pad(whole[None], (beside[0], beside[0], 0, 0), mode="circular")
        wider = F.pad(wider, (0, 0, beside[1], beside[1]), mode="circular")[0]
        seen = _see(network, wider, "reflect")
        return _reading(seen[:, beside[1]:beside[1] + high, beside[0]:beside[0] + wide])

    def see(rows: Tensor, columns: Tensor) -> Tensor:
        check()
        return _see(network, whole[:, rows[:, None], columns[None]], "reflect")

    return _reading(Windows(high, wide, _WINDOW_PX, wraps_y=wraps_y, wraps_x=wraps_x).join(see))


def _see(network: MaterialNet, picture: Tensor, padding: str) -> Tensor:
    """All channels (10, h, w) of (3, h, w), in the order of `Channels`."""
    return torch.cat(list(network(picture[None].to(memory_format=torch.channels_last), padding)), dim=1)[0]


def _reading(seen: Tensor) -> Reading:
    parts = Channels(*torch.split(seen, [3, 1, 3, 1, 1, 1]))

    def plane(part: Tensor) -> NDArray[np.float32]:
        return part[0].clamp(0, 1).numpy()

    return Reading(
        base_colour=np.ascontiguousarray(parts.base_colour.clamp(0, 1).permute(1, 2, 0).numpy()),
        roughness=plane(parts.roughness), metallic=plane((METAL_OR_NOT * parts.metallic).sigmoid()),
        occlusion=plane(parts.occlusion),
        normal=F.normalize(parts.normal, dim=0).permute(1, 2, 0).numpy(),
        height=parts.height[0].numpy() * HEIGHT_UNIT_PX)
