"""Where a style of single objects finds them and what a ControlNet follows, brought into the job's folder."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Generator
from pathlib import Path

from bpy.types import Image

from ..protocol.style import Matte
from ..scene.mattes import has_cryptomatte, read_matte, write_mesh, write_passes
from ..scene.pictures import find_image
from .beside import beside
from .picture import Picture

__all__ = ["bring_matte"]

_PASSES = "passes.exr"


def bring_matte(picture: Picture, content: str, folder: Path, patience_s: Callable[[], float], *,
                with_passes: bool = True, with_normals: bool = False) -> Generator[None, None, Matte]:
    """The render's own Cryptomatte, of the Render Result or in the picture's file; else the meshes of its scene,
    as its camera or the picture's own sees them.

    Args:
        content: the name of the picture's file in the folder.
        with_passes: whether a Cryptomatte is of use.
        with_normals: the meshes in any case, with their normals, which a render knows in the world's space only.

    Raises:
        BadInput: neither is to be had.
        StorageError: the folder cannot be written.
    """
    scene = picture.scene_seen()
    image = None if picture.image_uid is None else find_image(picture.image_uid, picture.name)
    render = image if image is not None and image.type == "RENDER_RESULT" else None
    passes = (yield from _bring_passes(picture, render, content, folder, patience_s)) if with_passes else ""
    if passes and not with_normals:
        return Matte(passes=passes)
    yield
    matte, arrays = read_matte(scene, is_cropped=render is not None, view=picture.view, with_normals=with_normals)
    yield from beside(lambda: write_mesh(arrays, folder), patience_s)
    return dataclasses.replace(matte, passes=passes)


def _bring_passes(picture: Picture, render: Image | None, content: str, folder: Path, patience_s: Callable[[], float]
                  ) -> Generator[None, None, str]:
    """The name of the file in the folder that holds the render's Cryptomatte; "" where there is none."""
    if render is not None and write_passes(render, picture.scene_seen(), folder / _PASSES):
        return _PASSES
    if picture.path is None or not has_cryptomatte(picture.path):
        return ""
    if content.endswith(picture.path.suffix.lower()):
        return content
    return (yield from dataclasses.replace(picture, scene="").bring(folder, "passes", patience_s))
