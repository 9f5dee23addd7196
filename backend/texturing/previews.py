"""Shows the views while they are painted."""

from __future__ import annotations

import numpy as np
import torch
from torch.nn import functional as F

from ..job import Job
from ..pictures import contact_sheet

__all__ = ["Previews"]

_TILE_PX = 128
_UNPAINTED = 96


class Previews:
    """A sheet with a tile for each of `count` views."""

    def __init__(self, job: Job, count: int) -> None:
        self._job = job
        self._tiles = np.full((count, _TILE_PX, _TILE_PX, 3), _UNPAINTED, np.uint8)
        self._columns = max(1, round((2 * count) ** 0.5))  # about twice as wide as high, as the panel is

    def show(self, places: list[int], pictures: torch.Tensor) -> None:
        """Show pictures (b, H, W, 3) in 0 to 1 in the tiles of the views at `places`."""
        small = F.interpolate(pictures.permute(0, 3, 1, 2), size=(_TILE_PX, _TILE_PX), mode="area")
        self._tiles[places] = (small.permute(0, 2, 3, 1) * 255).round().byte().cpu().numpy()
        self._job.preview(contact_sheet(self._tiles, self._columns))

    def show_all(self, pictures: torch.Tensor) -> None:
        """Show pictures (n, H, W, 3) of all views."""
        self.show(list(range(len(pictures))), pictures)
