"""How well the views saw each texel: kept with the texture, in its layout, so that what is missing can be found later.

In the layout of the texture it stays true of an object that is moved, and of a mesh that is changed as far as its UVs
are: what has found a place that no chart had before counts as unseen.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from protocol.errors import BadInput

from ..geometry.uv_raster import Texels
from ..pictures import write_png

__all__ = ["read_seen", "write_seen"]

_LEVELS = 31  # above 0: a step is two degrees where it counts, and 1024² of them are some 20 kB


def write_seen(path: Path, cosines: NDArray[np.float32], texels: Texels) -> None:
    """Write cosines (N,) as a grey PNG of 8 bit in the texture's layout, in 31 steps: 0 unseen, 255 frontal."""
    steps = np.where(cosines > 0, np.maximum(np.rint(cosines.clip(0, 1) * _LEVELS), 1), 0)
    write_png(path, texels.to_image(np.rint(steps * (255 / _LEVELS)).astype(np.uint8)[:, None])[..., 0])


def read_seen(path: Path, texels: Texels) -> NDArray[np.float32]:
    """(N,) what `write_seen` wrote, at the texels of the same layout; of another size the nearest.

    Raises:
        BadInput: it cannot be read.
    """
    try:
        with Image.open(path) as picture:
            grey = picture.convert("L")
            if grey.size != (texels.size_px, texels.size_px):
                grey = grey.resize((texels.size_px, texels.size_px), Image.Resampling.NEAREST)
            return np.asarray(grey, np.float32).ravel()[texels.index] / np.float32(255)
    except (OSError, ValueError) as error:
        raise BadInput("The picture {path} cannot be read: {reason}.", "Write it again from Blender.",
                       path=path.name, reason=str(error)) from error
