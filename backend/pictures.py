"""Pictures as files, written whole or not at all."""

from __future__ import annotations

import io
import os
import struct
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

__all__ = ["array_file", "contact_sheet", "plain_png", "write_jpeg", "write_png"]


def write_png(path: Path, image: NDArray[np.uint8]) -> None:
    """Write (H, W, 3) uint8 sRGB, row 0 at the top. `path` appears when it is complete."""
    # Level 1 takes a third of the time of the default and a tenth more space.
    _write(path, image, "PNG", compress_level=1)


def write_jpeg(path: Path, image: NDArray[np.uint8]) -> None:
    """As `write_png`; what is lost is hard to see."""
    _write(path, image, "JPEG", quality=95, subsampling=0)


def _write(path: Path, image: NDArray[np.uint8], kind: str, **options: int) -> None:
    partial = path.with_name(path.name + ".part")
    try:
        Image.fromarray(image).save(partial, format=kind, **options)
        os.replace(partial, path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise


def plain_png(image: NDArray[np.uint8]) -> bytes:
    """(H, W, 3) uint8 sRGB, row 0 at the top, as a PNG of unfiltered rows in one piece.

    Blender has no way to decode a PNG into an icon that is safe while the icon is shown (its preview loader works
    on a thread, and clearing what it loads crashed 5.2.2), but zlib and a reshape read this one.
    """
    height, width, channels = image.shape
    rows = np.zeros((height, 1 + width * channels), np.uint8)  # each led by its filter: none
    rows[:, 1:] = image.reshape(height, -1)
    chunks = ((b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)),
              (b"IDAT", zlib.compress(rows.tobytes(), 1)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in chunks)


def array_file(image: NDArray[np.uint8] | NDArray[np.float32]) -> bytes:
    """A picture as a `.npy`: what is read many times a minute is not worth compressing."""
    body = io.BytesIO()
    np.save(body, np.ascontiguousarray(image))
    return body.getvalue()


def contact_sheet(images: NDArray[np.uint8], columns: int) -> NDArray[np.uint8]:
    """Pictures (n, H, W, 3) side by side in rows; mid-grey where the last row is not full."""
    count, height, width, channels = images.shape
    rows = -(-count // columns)
    sheet = np.full((rows * columns, height, width, channels), 128, np.uint8)
    sheet[:count] = images
    return sheet.reshape(rows, columns, height, width, channels).swapaxes(1, 2).reshape(
        rows * height, columns * width, channels)
