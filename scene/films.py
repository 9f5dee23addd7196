"""Films as Blender reads them."""

from __future__ import annotations

from pathlib import Path

import bpy
import numpy as np

from ..protocol.errors import BadInput
from .pixels import colours_of, save, to_bytes

__all__ = ["write_first_frame"]


def write_first_frame(film: Path, target: Path) -> None:
    """Write (H, W, 3) uint8, sRGB, row 0 at the top, as `.npy`. The scene is as it was.

    Raises:
        BadInput: it is no film that Blender reads.
        StorageError: the file cannot be written.
    """
    try:
        image = bpy.data.images.load(str(film), check_existing=False)
    except RuntimeError as error:
        raise BadInput("{name} is no film that can be read.", "Choose another copy of it.", name=film.name) from error
    try:
        if image.source != "MOVIE":
            raise BadInput("{name} is no film that can be read.", "Choose another copy of it.", name=film.name)
        pixels = to_bytes(colours_of(image))
    finally:
        bpy.data.images.remove(image)
    save(target, lambda: np.save(target, np.ascontiguousarray(pixels)))
