"""A picture that a style job needs: an image of the .blend, or a file."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from pathlib import Path

import bpy
import numpy as np
from bpy.types import Image, Scene

from ..protocol.errors import BadInput, StorageError
from ..protocol.requests import ViewCamera
from ..scene.pictures import LIGHT_SUFFIXES, find_image, write_file_as_seen, write_picture
from ..scene.pixels import save
from .beside import beside

__all__ = ["Picture"]


@dataclass(frozen=True)
class Picture:
    """
    Attributes:
        name: for messages.
        image_uid: an image by its session UID, which outlives renaming and undo; None for a file.
        path: the file, absolute; None for an image.
        scene: name of the scene whose view transform light is seen with: of the Render Result, and of files that hold
            it. "" for the current one, and for files as they are.
        is_of_job: the file was brought into a job's folder before: only then it may be an array.
        pixels: (H, W, 3) uint8, sRGB, row 0 at the top: a picture that is neither an image nor a file; else None.
        view: the camera that they show the scene from, and their width over their height; None for any other picture.
    """

    name: str
    image_uid: int | None = None
    path: Path | None = None
    scene: str = ""
    is_of_job: bool = False
    pixels: np.ndarray | None = field(default=None, compare=False)
    view: tuple[ViewCamera, float] | None = None

    @classmethod
    def of_image(cls, image: Image) -> Picture:
        return cls(image.name, image_uid=image.session_uid)

    @classmethod
    def of_file(cls, path: Path, scene: str = "") -> Picture:
        return cls(path.name, path=path, scene=scene)

    @classmethod
    def of_job(cls, path: Path) -> Picture:
        """What `bring` made for another job."""
        return cls(path.name, path=path, is_of_job=True)

    def bring(self, folder: Path, stem: str, patience_s: Callable[[], float]) -> Generator[None, None, str]:
        """Write or copy it into a folder, and give the window back meanwhile; returns the file's name.

        Raises:
            BadInput: there is no such picture, or it has no pixels.
            StorageError: it cannot be read, or the folder cannot be written.
        """
        if self.pixels is not None:
            pixels, target = np.ascontiguousarray(self.pixels), folder / f"{stem}.npy"
            yield from beside(lambda: save(target, lambda: np.save(target, pixels)), patience_s)
            return target.name
        if self.path is None:
            return write_picture(find_image(self.image_uid, self.name), self.scene_seen(), folder, stem)
        source = self.path
        if not source.is_file():
            raise BadInput("There is no picture {path}.", "Choose the file again.", path=source)
        if source.suffix.lower() == ".npy" and not self.is_of_job:
            raise BadInput("{name} is not a picture that can be read.",
                           "Choose a PNG, JPEG, TIFF, WebP or OpenEXR file.", name=self.name)
        if self.scene and source.suffix.lower() in LIGHT_SUFFIXES:
            write_file_as_seen(source, self.scene_seen(), folder / f"{stem}.png")
            return f"{stem}.png"
        target = folder / f"{stem}{source.suffix.lower()}"
        try:
            yield from beside(lambda: shutil.copyfile(source, target), patience_s)
        except OSError as error:
            raise StorageError.from_os_error(source, error) from error
        return target.name

    def scene_seen(self) -> Scene:
        """That of `scene`, or the current one."""
        return bpy.data.scenes.get(self.scene) or bpy.context.scene
