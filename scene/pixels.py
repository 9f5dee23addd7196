"""The pixels of an image, as Blender holds them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import bpy
import numpy as np

from ..protocol.errors import BadInput, StorageError

__all__ = ["LINEAR", "check_working_space", "colours_of", "pixels_of", "save", "to_bytes"]

LINEAR = "Linear Rec.709"


def pixels_of(image: bpy.types.Image) -> np.ndarray:
    """(H, W, C) f32, row 0 at the top: encoded as the image is, or linear light where it is float.

    Raises:
        BadInput: it has none.
    """
    width, height = image.size
    values = np.empty(width * height * image.channels, np.float32)
    if not values.size:
        raise BadInput("The image {image} has no pixels.", "Load it again, or choose another one.", image=image.name)
    image.pixels.foreach_get(values)
    return values.reshape(height, width, image.channels)[::-1]


def colours_of(image: bpy.types.Image) -> np.ndarray:
    """(H, W, 3) f32, without alpha; otherwise as `pixels_of`."""
    pixels = pixels_of(image)
    return pixels[..., [0, 1, 2] if image.channels >= 3 else [0, 0, 0]]


def to_bytes(pixels: np.ndarray) -> np.ndarray:
    """uint8, of f32 in 0 to 1."""
    return np.rint(pixels.clip(0, 1) * 255).astype(np.uint8)


def check_working_space(image: bpy.types.Image) -> None:
    """Raises:
        BadInput: light is not that of linear Rec.709 here.
    """
    settings = getattr(bpy.data, "colorspace", None)  # Blender 5.0
    if settings is not None and settings.working_space != LINEAR:
        raise BadInput("The image {image} is in the working space {space}, which Vernissage does not read.",
                       "Save it as a PNG in sRGB or as an OpenEXR in Linear Rec.709, and load that.",
                       image=image.name, space=settings.working_space)


def save(path: Path, write: Callable[[], object]) -> None:
    """Raises:
        StorageError: what `write` writes at `path` cannot be written.
    """
    try:
        write()
    except OSError as error:
        raise StorageError.from_os_error(path, error) from error
