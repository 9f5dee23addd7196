"""TensorBoard's event files of a training."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

import numpy as np
from numpy.typing import NDArray
from tensorboardX import SummaryWriter

from protocol.style_train import StyleScores

__all__ = ["Events"]


class Events:
    """Losses, scores and sheets by the step; open until left."""

    def __init__(self, folder: Path, begun: int) -> None:
        """Args:
            begun: the step from which on earlier events of the folder no longer hold.
        """
        self._writer = SummaryWriter(str(folder), purge_step=begun, write_to_disk=True)

    def __enter__(self) -> Events:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self._writer.close()

    def losses(self, losses: Mapping[str, float], step: int) -> None:
        for name, value in losses.items():
            self._writer.add_scalar(f"loss/{name}", value, step)

    def test(self, scores: StyleScores, sheet: NDArray[np.float32]) -> None:
        """Args:
            sheet: (H, W, 3) in 0 to 1, sRGB.
        """
        self._writer.add_scalar("held_out/patch_distance", scores.patch_distance, scores.round)
        self._writer.add_scalar("held_out/content_loss", scores.content_loss, scores.round)
        self._writer.add_image("held_out/sheet", np.rint(sheet * 255).astype(np.uint8), scores.round,
                               dataformats="HWC")
