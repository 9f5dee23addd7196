"""A material as the files that are kept: sRGB colour, and data that is no colour."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import OpenImageIO as oiio
from numpy.typing import NDArray

from protocol.errors import StorageError
from protocol.material import MapNames, NormalConvention

from .maps import Maps

__all__ = ["height_range", "write_maps"]

_LEVEL = 1  # of compression, as `textures`


def height_range(maps: Maps) -> tuple[float, float]:
    """The lowest and the highest, in pixels, which the file of the height holds as 0 and 1."""
    return float(maps.height.min()), float(maps.height.max())


def write_maps(folder: Path, maps: Maps, convention: NormalConvention) -> MapNames:
    """Write a file for each map, and for glTF one of occlusion, roughness and metallic as red, green and blue.

    Colour, roughness, metallic and occlusion have 8 bit; normals, and the height from its lowest to its highest, 16.

    Raises:
        StorageError: one cannot be written.
    """
    names = MapNames()
    low, high = height_range(maps)
    normal = maps.normal * (1, -1 if convention is NormalConvention.DIRECTX else 1, 1)
    _write(folder / names.base_colour, maps.base_colour, 8, is_colour=True)
    _write(folder / names.roughness, maps.roughness, 8)
    _write(folder / names.metallic, maps.metallic, 8)
    _write(folder / names.occlusion, maps.occlusion, 8)
    _write(folder / names.orm, np.stack([maps.occlusion, maps.roughness, maps.metallic], axis=-1), 8)
    _write(folder / names.normal, normal / 2 + 0.5, 16)
    _write(folder / names.height, (maps.height - low) / max(high - low, 1e-9), 16)
    return names


def _write(path: Path, values: NDArray[np.floating], bits: int, *, is_colour: bool = False) -> None:
    """A PNG of (H, W) or (H, W, 3) from 0 to 1; `path` appears when it is complete."""
    whole, kind = (65535, np.uint16) if bits == 16 else (255, np.uint8)
    pixels = np.ascontiguousarray(  # with three axes: of two, OpenImageIO takes the first for x
        np.atleast_3d(np.rint(values.clip(0, 1) * whole).astype(kind)))
    height, width, channels = pixels.shape
    spec = oiio.ImageSpec(width, height, channels, "uint16" if bits == 16 else "uint8")
    if is_colour:
        spec.attribute("oiio:ColorSpace", "sRGB")
    spec.attribute("png:compressionLevel", _LEVEL)
    partial = path.with_name(f"{path.stem}.part{path.suffix}")
    target = oiio.ImageOutput.create(str(partial))
    try:
        if not (target and target.open(str(partial), spec) and target.write_image(pixels) and target.close()):
            reason = (target.geterror() if target else oiio.geterror()).strip().rstrip(".")
            raise StorageError("The picture {path} cannot be written: {reason}.", "Free space there.", path=path,
                               reason=reason)
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)
