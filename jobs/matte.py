"""Where a style of single objects finds them, brought into the job's folder."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Generator
from pathlib import Path

from ..protocol.style import Matte
from ..scene.mattes import has_cryptomatte, read_matte, write_mesh, write_passes
from ..scene.pictures import find_image
from .beside import beside
from .picture import Picture

__all__ = ["bring_matte"]

_PASSES = "passes.exr"


def bring_matte(picture: Picture, content: str, folder: Path, patience_s: Callable[[], float]
                ) -> Generator[None, None, Matte]:
    """The render's own Cryptomatte, of the Render Result or in the picture's file; else the meshes of its scene,
    as its camera or the picture's own sees them.

    Args:
        content: the name of the picture's file in the folder.

    Raises:
        BadInput: neither is to be had.
        StorageError: the folder cannot be written.
    """
    scene = picture.scene_seen()
    image = None if picture.image_uid is None else find_image(picture.image_uid, picture.name)
    is_render = image is not None and image.type == "RENDER_RESULT"
    if is_render and write_passes(image, scene, folder / _PASSES):
        return Matte(passes=_PASSES)
    if picture.path is not None and has_cryptomatte(picture.path):
        if content.endswith(picture.path.suffix.lower()):
            return Matte(passes=content)
        passes = yield from dataclasses.replace(picture, scene="").bring(folder, "passes", patience_s)
        return Matte(passes=passes)
    yield
    matte, arrays = read_matte(scene, is_cropped=is_render, view=picture.view)
    yield from beside(lambda: write_mesh(arrays, folder), patience_s)
    return matte
