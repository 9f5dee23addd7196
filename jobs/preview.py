"""The job's newest picture as an icon that a layout can show. Loading has a beat of its own; drawing only reads.

The pixels are set here, in the main thread. `ImagePreviewCollection.load` would decode the file on a thread of
its own, and to clear a picture that is still being loaded crashes Blender 5.2.2.
"""

from __future__ import annotations

import struct
import zlib
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import bpy.utils.previews

if TYPE_CHECKING:
    import numpy as np

__all__ = ["load_preview", "preview_icon", "read_plain_png", "register", "unregister"]

_NAME = "job"
_SIGNATURE = b"\x89PNG\r\n\x1a\n"

_pictures: bpy.utils.previews.ImagePreviewCollection | None = None  # Blender wants it freed: see unregister
_read: tuple[Path, int] | None = None  # which file of when was read last, broken ones included
_shown: Path | None = None  # whose pixels the icon's are


def load_preview(path: Path | None) -> None:
    """Bring a file's picture into the icon, unless it is there. A file that cannot be read leaves no picture, and is
    not read again before it is written anew.
    """
    global _read, _shown
    if path is None or _pictures is None:
        return
    try:
        written = (path, path.stat().st_mtime_ns)
    except OSError:  # its folder was removed
        _read = _shown = None
        return
    if written == _read:
        return
    _read, _shown = written, None
    with suppress(OSError, ValueError, struct.error, zlib.error):  # the next one will do
        _set_pixels(read_plain_png(path.read_bytes()))
        _shown = path


def preview_icon(path: Path | None) -> int:
    """The number of the icon that shows a file's picture; 0 for none."""
    if _pictures is None or _shown is None or _shown != path:
        return 0
    return _pictures[_NAME].icon_id


def read_plain_png(body: bytes) -> np.ndarray:
    """(H, W, 3) uint8, row 0 at the top, of a PNG as the backend writes its previews: 8-bit RGB, unfiltered.

    Raises:
        ValueError, struct.error, zlib.error: it is none.
    """
    import numpy as np

    if not body.startswith(_SIGNATURE + b"\0\0\0\rIHDR"):
        raise ValueError("no PNG")
    width, height, depth, kind = struct.unpack_from(">IIBB", body, 16)
    size, name = struct.unpack_from(">I4s", body, 33)
    if (depth, kind, name) != (8, 2, b"IDAT"):
        raise ValueError("not as the backend writes it")
    rows = np.frombuffer(zlib.decompress(body[41:41 + size]), np.uint8).reshape(height, 1 + 3 * width)
    if rows[:, 0].any():
        raise ValueError("filtered rows")
    return rows[:, 1:].reshape(height, width, 3)


def _set_pixels(picture: np.ndarray) -> None:
    import numpy as np

    height, width, _ = picture.shape
    pixels = np.ones((height, width, 4), np.float32)
    pixels[..., :3] = picture[::-1] / 255.0  # Blender's rows begin at the bottom
    icon = _pictures[_NAME] if _NAME in _pictures else _pictures.new(_NAME)
    icon.image_size = (width, height)
    icon.image_pixels_float.foreach_set(pixels.ravel())


def register() -> None:
    global _pictures
    _pictures = bpy.utils.previews.new()


def unregister() -> None:
    global _pictures, _read, _shown
    if _pictures is not None:
        bpy.utils.previews.remove(_pictures)
    _pictures = _read = _shown = None
