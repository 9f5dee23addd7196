"""Give a picture, or parts of it, the look of others: the recipe."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from protocol.making import facts_of_style
from protocol.messages import Stage
from protocol.picture import SourceKind
from protocol.style import Style, StyleMethod, StyleRequest, StyleResult

from ..job import Job
from ..strips import strips_text
from ..style.adain import adain_of
from ..style.adversarial.styles import read_trained
from ..style.instant import look_of, stylise, tile_count
from ..style.mix import keep_colours, over_mean
from ..style.pictures import Picture, read_mask, read_picture, write_picture
from ..style.sources import write_sources
from .matte import area_covers, control_picture
from .style_slow import Around, StylePictures, slow_method

if TYPE_CHECKING:
    from ..diffusion.loading import Models

__all__ = ["STYLED_NAME", "read_styles", "style"]

STYLED_NAME = "styled.png"
_MOST_LOOKS = 6  # that the picture's file shows
_SHARES = {Stage.PICTURES: 0.15, Stage.STYLISE: 0.75, Stage.WRITE: 0.1}


@dataclass(frozen=True, eq=False)
class _Coat:
    """Styles that are mixed, and where they are laid on.

    Attributes:
        cover: (H, W, 1) or (1, 1, 1) float32 in 0 to 1.
        strength: against the content, 0 to 1.
        steps: that `make` counts.
        make: gives (H, W, 3) float32, sRGB.
        looks: pictures of its styles, (H, W, 3) each.
    """

    cover: NDArray[np.float32]
    strength: float
    steps: int
    make: Callable[[], NDArray[np.float32]]
    looks: Sequence[NDArray[np.float32]]

    @property
    def is_seen(self) -> bool:
        return self.strength > 0 and bool(self.cover.any())


def style(request: StyleRequest, job: Job, models: Models) -> StyleResult:
    """Transfer the request's styles to its content, and write `styled.png` of the same size and alpha."""
    job.follow(_SHARES)
    with job.stage(Stage.PICTURES):
        content = read_picture(job.folder / request.content, request.name)
        height, width = content.colours.shape[:2]
        mask = read_mask(job.folder / request.mask, height, width, request.mask_name)[..., None] if request.mask \
            else np.ones((1, 1, 1), np.float32)
        covers = area_covers(request, height, width, job)
        control = control_picture(request, height, width, job)
        _remark_on_content(content, request, job)
        filled = over_mean(content.colours, content.alpha)
        coats = [] if not request.styles else [_coat(filled, content, request.styles, mask, request.strength, request,
                                                     control, job, models)]
        coats += [_coat(filled, content, area.styles, mask * cover[..., None], request.strength * area.strength,
                        request, control, job, models) for area, cover in zip(request.areas, covers, strict=True)]
    colours, alpha = content.colours, content.alpha
    laid, bare = np.zeros((1, 1, 3), np.float32), np.ones((1, 1, 1), np.float32)  # the coats alone, what they leave
    with job.stage(Stage.STYLISE, steps=sum(coat.steps for coat in coats if coat.is_seen)):
        for coat in coats:
            look = content.colours
            if coat.is_seen:
                styled = keep_colours(coat.make(), content.colours, request.keep_colours)
                look = content.colours + np.float32(coat.strength) * (styled - content.colours)
                laid, bare = laid + coat.cover * (look - laid), bare * (1 - coat.cover)
            else:
                laid, bare = laid * (1 - coat.cover), 1 - (1 - bare) * (1 - coat.cover)
            colours = colours + coat.cover * (look - colours)
    if request.layer:
        cover = 1 - bare
        colours = np.broadcast_to(laid / np.maximum(cover, 1e-6), colours.shape).astype(np.float32)
        alpha = cover[..., 0] * (np.ones((height, width), np.float32) if alpha is None else alpha)
    with job.stage(Stage.WRITE):
        shown = write_sources(job.folder, _sources(filled, coats, control, request))
        write_picture(job.folder / STYLED_NAME, colours, alpha, deep=content.deep, made=facts_of_style(request),
                      strips=strips_text(job.folder, [shown]))
    return StyleResult(picture=STYLED_NAME, width_px=width, height_px=height, seconds=job.seconds,
                       remarks=tuple(job.remarks))


def _coat(filled: NDArray[np.float32], content: Picture, styles: Sequence[Style],
          cover: NDArray[np.float32], strength: float, request: StyleRequest, control: NDArray[np.float32] | None,
          job: Job, models: Models) -> _Coat:
    pictures = read_styles(styles, job, content.colours)
    looks = [picture for picture, _ in pictures]
    height, width = filled.shape[:2]
    if request.method is StyleMethod.INSTANT:
        look = look_of(pictures, [(wanted.fixed, wanted.weight) for wanted in styles if wanted.fixed is not None],
                       read_trained(styles, job.folder), adain_of(request.encoder) if pictures else None)
        return _Coat(cover, strength, tile_count(height, width, request.stroke_scale, look),
                     lambda: stylise(filled, look, request.stroke_scale, job.step), looks)
    slow = slow_method(request, pictures, height, width, job, models)
    around = Around(cover[..., 0], control=control)
    return _Coat(cover, strength, slow.steps(around), lambda: slow.paint(
        filled, around, lambda picture: job.preview(np.rint(picture * 255).astype(np.uint8))), looks)


def _sources(filled: NDArray[np.float32], coats: Sequence[_Coat], control: NDArray[np.float32] | None,
             request: StyleRequest) -> list[tuple[SourceKind, NDArray[np.float32]]]:
    looks = [look for coat in coats for look in coat.looks][:_MOST_LOOKS]
    found = [(SourceKind.CONTENT, filled), *((SourceKind.STYLE, look) for look in looks)]
    if control is not None:
        found.append((SourceKind.CONTROL if request.control else SourceKind(request.control_kind), control))
    return found


def read_styles(styles: Sequence[Style], job: Job, content: NDArray[np.float32]) -> StylePictures:
    """The pictures among the styles, with a remark where one is the content (H, W, 3) itself.

    Raises:
        BadInput: one of them cannot be read.
    """
    pictures: StylePictures = []
    for wanted in styles:
        if not wanted.picture:
            continue
        job.check()
        picture = read_picture(job.folder / wanted.picture, wanted.name or wanted.picture)
        colours = over_mean(picture.colours, picture.alpha)
        if colours.shape == content.shape and np.array_equal(colours, content):
            job.remark("The style is the picture itself: little will change.")
        pictures.append((colours, wanted.weight))
    return pictures


def _remark_on_content(content: Picture, request: StyleRequest, job: Job) -> None:
    if content.frames > 1:
        job.remark("{name} holds {count} pictures: only the first is stylised.", name=request.name,
                   count=content.frames)
    if content.clipped > 0.001:
        job.remark("{percent} % of {name} is brighter than white and was cut: save it with its view transform.",
                   name=request.name, percent=round(100 * content.clipped, 1))
