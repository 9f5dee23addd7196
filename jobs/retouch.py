"""Which region of what objects show is painted anew, and what the backend must have of it."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import bpy
from bpy.types import Object

from ..protocol.errors import BadInput, StorageError
from ..protocol.requests import Region, TouchUp, ViewCamera
from ..scene.images import read_seen
from ..scene.present import present_texture, write_mask, write_texture
from .target import Target

__all__ = ["Retouch"]

_MASK, _SEEN = "mask", "before-seen.png"


@dataclass(frozen=True)
class Retouch:
    """See `protocol.requests.TouchUp`.

    Attributes:
        faces: name of the face attribute that says where; "" for the selection.
        mask: name of the image that is white where something is to change; "" without one.
        mask_file: a picture of any format that is, in its place.
        camera: the artist's view, for a region that is what it sees.
    """

    region: Region
    strength: float = 1.0
    feather_px: int = 16
    faces: str = ""
    mask: str = ""
    mask_file: Path | None = None
    camera: ViewCamera | None = None
    least_cosine: float = 0.3

    def target(self, obj: Object) -> Target:
        """The layout and the slot of what the object shows. Raises `BadInput` where it shows nothing of use."""
        return Target(present_texture(obj).uv_layer, active_slot_only=True, faces=self.faces)

    def write(self, obj: Object, folder: Path) -> TouchUp:
        """What the object shows, the mask, and what earlier views saw, into the job's folder.

        Raises:
            BadInput: one of them is not there, or cannot be read.
            StorageError: the folder cannot be written.
        """
        image = present_texture(obj).image
        texture = write_texture(image, folder)
        seen = read_seen(image)
        if seen:
            try:
                (folder / _SEEN).write_bytes(seen)
            except OSError as error:
                raise StorageError.from_os_error(folder / _SEEN, error) from error
        return TouchUp(
            name=obj.name, texture=texture, region=self.region, mask=self._write_mask(folder), strength=self.strength,
            feather_px=self.feather_px, seen=_SEEN if seen else "", least_cosine=self.least_cosine)

    def _write_mask(self, folder: Path) -> str:
        """Returns the name of the file; "" without one."""
        if self.mask_file is not None:
            path = folder / f"{_MASK}{self.mask_file.suffix}"
            if path.suffix.lower() == ".npy":  # only what is written here may be an array
                raise BadInput("{name} is not a picture that can be read.",
                               "Choose a PNG, JPEG, TIFF, WebP or OpenEXR file.", name=self.mask_file.name)
            try:
                shutil.copyfile(self.mask_file, path)
            except OSError as error:
                raise StorageError.from_os_error(self.mask_file, error) from error
            return path.name
        if not self.mask:
            return ""
        image = bpy.data.images.get(self.mask)
        if image is None:
            raise BadInput("There is no image {image}.", "Choose the mask again.", image=self.mask)
        write_mask(image, folder / f"{_MASK}.npy")
        return f"{_MASK}.npy"
