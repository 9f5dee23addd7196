"""Shows the views while they are painted, for as little as it costs."""

from __future__ import annotations

import time

import numpy as np
import torch
from torch.nn import functional as F

from ..diffusion.decode import decode_latents
from ..diffusion.families import Family
from ..diffusion.loading import LoadedModel
from ..job import Job
from ..pictures import contact_sheet

__all__ = ["Previews"]

_TILE_PX = 128
_SHARE_OF_TIME = 0.02
_UNPAINTED = 96


class Previews:
    """A sheet with a tile for each view, shown whenever that costs less than 2 % of the time so far.

    Args:
        count: number of views; steps: network steps of each.
    """

    def __init__(self, loaded: LoadedModel, job: Job, count: int, steps: int) -> None:
        self._loaded = loaded
        self._job = job
        self._steps = steps
        self._tiles = np.full((count, _TILE_PX, _TILE_PX, 3), _UNPAINTED, np.uint8)
        self._columns = max(1, round((2 * count) ** 0.5))  # about twice as wide as high, as the panel is
        self._began = time.monotonic()
        self._spent_s = 0.0

    def watch(self, places: list[int], step: int, latents: torch.Tensor) -> None:
        """Show the latents (b, C, h, w) of the views at `places` after a step.

        Only where decoding is cheap, and only once there is more picture than noise in them.
        """
        if self._loaded.family is not Family.MINI or step + 1 < self._steps / 2:
            return
        began = time.monotonic()
        if self._spent_s > _SHARE_OF_TIME * (began - self._began):
            return
        self.show(places, decode_latents(self._loaded, latents))
        self._spent_s += time.monotonic() - began

    def show(self, places: list[int], pictures: torch.Tensor) -> None:
        """Show pictures (b, H, W, 3) in 0 to 1 in the tiles of the views at `places`."""
        small = F.interpolate(pictures.permute(0, 3, 1, 2), size=(_TILE_PX, _TILE_PX), mode="area")
        self._tiles[places] = (small.permute(0, 2, 3, 1) * 255).round().byte().numpy()
        self._job.preview(contact_sheet(self._tiles, self._columns))
