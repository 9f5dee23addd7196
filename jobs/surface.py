"""The texture of an object as a picture that is stylised on its surface."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from bpy.types import Object

from ..protocol.errors import BadInput
from ..protocol.requests import SIZE_STEP_PX, VIEW_COUNT
from ..protocol.style import StyleRequest
from ..protocol.style_texture import TextureStyleRequest, TextureStyleResult
from ..scene.images import storage_remark
from ..scene.meshes import write_meshes
from ..scene.objects import identity, object_of
from ..scene.present import present_texture, write_texture
from ..scene.styled_texture import apply_styled_texture
from .beside import beside
from .target import Target

if TYPE_CHECKING:
    from .style import StyleJob

__all__ = ["SurfaceTexture", "apply"]

_VIEW_PX = (256, 1024)  # as many pixels as the texture has texels, within these
_VIEWS = 12
_MESH = "mesh.npz"


@dataclass(frozen=True)
class SurfaceTexture:
    """In the place of a `Picture` in a list of pictures.

    Attributes:
        name: the object's, for messages.
        object_uid: by which it is found again.
        view_count: from how many views it is stylised, at most.
    """

    name: str
    object_uid: int
    view_count: int = _VIEWS
    image_uid: int | None = None
    path: Path | None = None

    @classmethod
    def of_object(cls, obj: Object, view_count: int = _VIEWS) -> SurfaceTexture:
        low, high = VIEW_COUNT
        return cls(obj.name, identity(obj), max(low, min(view_count, high)))

    def bring(self, folder: Path, stem: str, patience_s: Callable[[], float]) -> Generator[None, None, str]:
        """Write the texture into a folder; returns the file's name.

        Raises:
            BadInput: the object shows none that can be changed.
            StorageError: the folder cannot be written.
        """
        yield
        return write_texture(present_texture(self.object()).image, folder)

    def asked(self, style: StyleRequest, folder: Path, patience_s: Callable[[], float]
              ) -> Generator[None, None, TextureStyleRequest]:
        """What is asked for it, with its mesh written into the folder. Raises as `bring` does, or what the mesh cannot.
        """
        obj = self.object()
        present = present_texture(obj)
        size = present.image.size[0]
        arrays, _ = Target(present.uv_layer, active_slot_only=True).read(obj, size)
        if arrays.own_uvs is not None:
            raise BadInput("{name} has no UV layer that its texture could lie in.", "Unwrap it first.", name=obj.name)
        yield from beside(lambda: write_meshes([arrays], folder / _MESH), patience_s)
        side = max(_VIEW_PX[0], min(size // SIZE_STEP_PX * SIZE_STEP_PX, _VIEW_PX[1]))
        return TextureStyleRequest(mesh=_MESH, style=replace(style, layer=False), view_count=self.view_count,
                                   view_size_px=side, texture_size_px=size, picture_format=present.picture_format)

    def object(self) -> Object:
        """Raises `BadInput` when it has been deleted."""
        return object_of(self.object_uid, self.name)


def apply(job: StyleJob, pack: bool) -> None:
    """Show the result of a `SurfaceTexture` on its object. Raises as `apply_styled_texture`."""
    assert isinstance(job.picture, SurfaceTexture)
    assert isinstance(job.request, TextureStyleRequest)
    assert isinstance(job.result, TextureStyleResult)
    image = apply_styled_texture(job.picture.object(), job.styled, pack, job.request, job.result)
    job.image_name = image.name
    job.remarks += storage_remark(pack)
