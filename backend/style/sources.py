"""The pictures that a styled one was made of, as a strip."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from protocol.picture import SourceKind, Strip, StripKind

from ..strips import tile_size, write_strip
from .pictures import resized

__all__ = ["write_sources"]


def write_sources(folder: Path, sources: Sequence[tuple[SourceKind, NDArray[np.float32]]]) -> Strip:
    """Of pictures (H, W, 3) float32, sRGB, each of any size: all as large as the small picture of the first, which cuts
    the middle out of those of other proportions."""
    height, width = tile_size(*sources[0][1].shape[:2])
    return write_strip(folder, StripKind.SOURCES, [_middle(picture, height, width) for _, picture in sources],
                       [kind for kind, _ in sources])


def _middle(picture: NDArray[np.float32], height: int, width: int) -> NDArray[np.float32]:
    rows, columns = picture.shape[:2]
    high, wide = min(rows, round(columns * height / width) or 1), min(columns, round(rows * width / height) or 1)
    top, left = (rows - high) // 2, (columns - wide) // 2
    return resized(picture[top:top + high, left:left + wide], height, width)
