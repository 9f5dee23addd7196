"""What the backend can be asked about the style of a texture: one that follows the surface, not its layout."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from .errors import BadInput
from .remarks import Remark
from .requests import PictureFormat, PlannedObject, RequestType, ViewRequest
from .style import StyleRequest

__all__ = ["TextureStyleRequest", "TextureStyleResult"]


@dataclass(frozen=True, kw_only=True)
class TextureStyleRequest(ViewRequest):
    """Give the texture of a mesh the look of pictures, as its views show it.

    Attributes:
        style: its name is the object's, its content the texture as `TouchUp.texture` is one, and a mask lies in the
            layout of that; of all of the texture, and no layer.
        picture_format: how the texture is kept.
    """

    type: ClassVar[RequestType] = RequestType.TEXTURE_STYLE

    style: StyleRequest
    picture_format: PictureFormat = PictureFormat.PNG_8

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.style.areas or self.style.layer:
            raise BadInput("The styles of a texture are for all of it.",
                           "Let them be for everywhere, and limit them with a mask.")
        if self.style.control:
            raise BadInput("The ControlNet of a texture follows the depth or the normals of its views.",
                           "Leave the picture that it shall follow out.")

    @property
    def objects(self) -> tuple[PlannedObject, ...]:
        """The one object, as a plan's."""
        return (PlannedObject(name=self.style.name),)


@dataclass(frozen=True, kw_only=True)
class TextureStyleResult:
    """What became of a texture; its file is in the job's folder.

    Attributes:
        picture: file name of the picture, RGB, in the format that was asked for.
        width_px, height_px: those of the texture.
        coverage: share of the texels inside charts that some view saw; the others continue what is beside them.
        view_count: from how many views it was stylised.
        disagreement_before: how far the views were apart when each had been stylised by itself, as
            `TextureResult.view_disagreement`.
        disagreement: the same of the views that the texture is made of.
        seam_step, seam_step_worst, seam_step_most: as in `TextureResult`.
        changed_outside: how many texels have changed that are neither in a chart nor in its gutter; 0, or something is
            wrong.
        seconds: seconds of each stage, by the stage's value.
        remarks: what the artist should know.
    """

    picture: str
    width_px: int
    height_px: int
    coverage: float
    view_count: int
    disagreement_before: float
    disagreement: float
    seam_step: float
    seam_step_worst: float
    seam_step_most: float
    changed_outside: int
    seconds: dict[str, float]
    remarks: tuple[Remark, ...] = ()
