"""Textures as they are kept: 8 and 16 bit sRGB in PNG, linear Rec.709 in OpenEXR.

A texture is float sRGB until it is stored. OpenImageIO writes what Pillow cannot: 16-bit RGB PNG and OpenEXR; Blender
reads with the same library.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import OpenImageIO as oiio
from numpy.typing import NDArray

from protocol.errors import BadInput, StorageError
from protocol.requests import PictureFormat

from .colours import to_linear, to_srgb
from .geometry.threads import side_by_side
from .pictures import write_png

__all__ = ["kept_as", "read_texture", "shown", "stored", "write_texture"]

_DTYPE: dict[PictureFormat, np.dtype[Any]] = {
    PictureFormat.PNG_8: np.dtype(np.uint8), PictureFormat.PNG_16: np.dtype(np.uint16),
    PictureFormat.EXR_HALF: np.dtype(np.float16), PictureFormat.EXR_FLOAT: np.dtype(np.float32)}
_BAND_PX = 32
_NO_DATE = "1970:01:01 00:00:00"  # an OpenEXR file has one: the same texture shall be the same bytes
_ZIP_LEVEL = 1  # level 6 takes a PNG of 16 bit 1.6 times as long, and makes it a hundredth smaller


def stored(image: NDArray[np.floating], kind: PictureFormat) -> NDArray:
    """A texture (H, W, 3) in sRGB from 0 to 1, what lies beyond being cut, as its file holds it: uint8 or uint16 sRGB,
    float16 or float32 linear Rec.709."""
    dtype = _DTYPE[kind]
    result = np.empty(image.shape, dtype)

    def store(rows: slice) -> None:
        inside = image[rows].clip(0, 1)
        if dtype.kind == "u":
            inside *= np.float32(np.iinfo(dtype).max)
            result[rows] = np.rint(inside, out=inside)
        else:
            result[rows] = to_linear(inside.astype(np.float64))

    starts = range(0, len(image), _BAND_PX)  # so small that what is between stays in the processor's own memory
    side_by_side(store, [slice(start, start + _BAND_PX) for start in starts])
    return result


def shown(texture: NDArray) -> NDArray[np.float32]:
    """The sRGB (H, W, 3) from 0 to 1 of what `stored` or `read_texture` gives; light beyond 1 is cut."""
    if texture.dtype.kind == "u":
        return (texture / np.float32(np.iinfo(texture.dtype).max)).astype(np.float32)
    return to_srgb(texture.astype(np.float64).clip(0, 1)).astype(np.float32)


def kept_as(texture: NDArray, kind: PictureFormat) -> NDArray:
    """What `read_texture` gave as a file of that kind holds it; bit by bit the same where it is of that kind."""
    dtype = _DTYPE[kind]
    if texture.dtype.kind == dtype.kind == "f":  # light beyond 1 stays
        return texture.astype(dtype, copy=False)
    return texture if texture.dtype == dtype else stored(shown(texture), kind)


def write_texture(path: Path, texture: NDArray) -> None:
    """Write what `stored` gives; row 0 at the top. `path`, which ends in .png or .exr, appears when it is complete.

    Raises:
        StorageError: it cannot be written.
    """
    if texture.dtype == np.uint8:
        write_png(path, texture)
        return
    partial = path.with_name(f"{path.stem}.part{path.suffix}")
    try:
        _write(partial, texture)
        os.replace(partial, path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise


def read_texture(path: Path) -> NDArray:
    """(H, W, 3) in the type of its file: uint8 or uint16 sRGB, float16 or float32 linear Rec.709; grey and alpha as
    RGB.

    Raises:
        BadInput: it is no picture that can be read.
    """
    if path.suffix == ".npy":
        try:
            return np.load(path, allow_pickle=False)
        except (OSError, ValueError) as error:
            raise _unreadable(path, str(error)) from error
    file = oiio.ImageInput.open(str(path))
    if file is None:
        raise _unreadable(path, oiio.geterror())
    try:
        kept = {"uint8": "uint8", "uint16": "uint16", "half": "half"}.get(str(file.spec().format), "float")
        pixels = file.read_image(kept)
        if pixels is None:
            raise _unreadable(path, file.geterror())
    finally:
        file.close()
    return np.ascontiguousarray(pixels[..., [0, 1, 2] if pixels.shape[2] >= 3 else [0, 0, 0]])


def _write(path: Path, texture: NDArray) -> None:
    height, width, channels = texture.shape
    spec = oiio.ImageSpec(width, height, channels, {"u": "uint16", "f": "half"}[texture.dtype.kind]
                          if texture.dtype.itemsize == 2 else "float")
    spec.attribute("oiio:ColorSpace", "sRGB" if texture.dtype.kind == "u" else "lin_rec709")
    spec.attribute("png:compressionLevel", _ZIP_LEVEL)
    spec.attribute("compression", "zip")
    spec.attribute("DateTime", _NO_DATE)
    out = oiio.ImageOutput.create(str(path))
    if out is None or not (out.open(str(path), spec) and out.write_image(texture) and out.close()):
        reason = oiio.geterror() if out is None else out.geterror()
        raise StorageError("The texture {path} cannot be written: {reason}.",
                           "Free space there, or choose another folder in the preferences.", path=path,
                           reason=reason.strip().rstrip("."))


def _unreadable(path: Path, reason: str) -> BadInput:
    return BadInput("The picture {path} cannot be read: {reason}.", "Choose a PNG, JPEG, TIFF, WebP or OpenEXR file.",
                    path=path.name, reason=reason.strip().rstrip("."))
