"""Give the frames of a film the look of pictures: the recipe."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from protocol.errors import BadInput, StorageError
from protocol.messages import Stage
from protocol.style import Anchor, FilmRequest, FilmResult

from ..job import Job
from ..style.adain import adain_of
from ..style.adversarial.styles import read_trained
from ..style.film import stylised_frames, warp_error
from ..style.instant import Look, look_of, measure_look, stylise
from ..style.mix import keep_colours, over_mean
from ..style.motion import Frame, Origin, follow
from ..style.passes import read_passes
from ..style.pictures import Picture, read_picture, write_picture

__all__ = ["film"]

_SHARES = {Stage.PICTURES: 0.05, Stage.STYLISE: 0.95}
_MEASURED = 5  # frames of a film, by whose statistics all are stylised
_PREVIEW_PX = 512


def film(request: FilmRequest, job: Job) -> FilmResult:
    """Stylise each frame that is not in the request's `out` yet, and write it there."""
    job.follow(_SHARES)
    reel = _Reel(request)
    count = len(request.frames)
    with job.stage(Stage.PICTURES):
        out = _make_folder(Path(request.out))
        _check_targets(request)
        look = _look(request, job)
        chosen = sorted({round(place) for place in np.linspace(0, count - 1, min(count, _MEASURED))})
        statistics = measure_look([reel.seen(number) for number in chosen], look, request.stroke_scale)
    targets = [out / name for name in request.targets]
    done = [target.is_file() for target in targets]
    clings = request.anchor is Anchor.SURFACE
    cuts: list[int] = []

    def stylised(colours: NDArray[np.float32]) -> NDArray[np.float32]:
        job.check()
        return stylise(colours, look, request.stroke_scale, statistics=statistics).clip(0, 1)

    errors: list[float] = []
    before: tuple[int, NDArray[np.float32]] | None = None
    with job.stage(Stage.STYLISE, steps=count):
        for number, strokes in enumerate(stylised_frames(count, reel.frame, stylised, done.__getitem__, cuts.append)):
            if strokes is not None:
                if clings and before is not None and before[0] == number - 1 and number not in cuts:
                    errors.append(_difference(reel, before[1], strokes, number))
                before = number, strokes
                picture = reel.picture(number)
                styled = keep_colours(strokes, picture.colours, request.keep_colours)
                colours = picture.colours + np.float32(request.strength) * (styled - picture.colours)
                write_picture(targets[number], colours, picture.alpha, deep=picture.deep)
                stride = -(-max(colours.shape) // _PREVIEW_PX)
                job.preview(np.rint(colours[::stride, ::stride].clip(0, 1) * 255).astype(np.uint8))
            job.step()
    if reel.lacks_index:
        job.remark("The passes of {name} have no object index: where things touch, strokes may run from one to the "
                   "other. Turn on Object Index, and give objects a pass index.", name=request.name)
    return FilmResult(frames=tuple(target.name for target in targets), made=count - sum(done),
                      cuts=tuple(cuts) if clings else (),
                      warp_error=float(np.mean(errors)) if errors else 0.0, seconds=job.seconds,
                      remarks=tuple(job.remarks))


class _Reel:
    """The frames of a film, read when they are asked for.

    Attributes:
        lacks_index: whether passes without an object index were met.
    """

    def __init__(self, request: FilmRequest) -> None:
        self._request = request
        self._size: tuple[int, int] | None = None
        self._last: tuple[int, Picture] | None = None
        self.lacks_index = False

    def picture(self, number: int) -> Picture:
        """Raises:
            BadInput: it is missing, broken or of another size than the others.
        """
        if self._last is None or self._last[0] != number:
            name = self._request.frames[number]
            path = Path(self._request.folder) / name
            if not path.is_file():
                raise BadInput("The frame {name} is missing.", "Render it again, or leave it out.", name=name)
            self._last = number, read_picture(path, name)
        found = self._last[1]
        size = found.colours.shape[:2]
        self._size = self._size or size
        if size != self._size:
            raise BadInput("The frame {name} is {width} × {height} px, those before it {first_width} × {first_height} "
                           "px.", "Render all frames in one size.", name=self._request.frames[number], width=size[1],
                           height=size[0], first_width=self._size[1], first_height=self._size[0])
        return found

    def seen(self, number: int) -> NDArray[np.float32]:
        """(H, W, 3) as networks see it."""
        found = self.picture(number)
        return over_mean(found.colours, found.alpha)

    def frame(self, number: int) -> Frame:
        colours = self.seen(number)
        height, width = colours.shape[:2]
        if self._request.anchor is Anchor.SCREEN:  # nothing is followed: each frame is a scene of its own
            return Frame(colours, None, None, np.zeros((height, width), np.int32))
        passes = read_passes(Path(self._request.folder) / self._request.passes[number])
        if passes.backward.shape[:2] != (height, width):
            raise BadInput("The passes {path} are of another size than their frame.", "Render both in one size.",
                           path=self._request.passes[number])
        self.lacks_index = self.lacks_index or passes.surface is None
        surface = np.zeros((height, width), np.int32) if passes.surface is None else passes.surface
        return Frame(colours, passes.backward if number else None, passes.forward, surface)


def _difference(reel: _Reel, before: NDArray[np.float32], after: NDArray[np.float32], number: int) -> float:
    last, frame = reel.frame(number - 1), reel.frame(number)
    origin, _ = follow(Origin.new(0, *last.surface.shape), last, frame, 1)
    return warp_error((before, last.surface), (after, frame.surface), origin, 0)


def _look(request: FilmRequest, job: Job) -> Look:
    pictures = []
    for wanted in request.styles:
        if wanted.picture:
            found = read_picture(job.folder / wanted.picture, wanted.picture)
            pictures.append((over_mean(found.colours, found.alpha), wanted.weight))
    return look_of(pictures, [(wanted.fixed, wanted.weight) for wanted in request.styles if wanted.fixed is not None],
                   read_trained(request.styles, job.folder), adain_of(request.encoder))


def _check_targets(request: FilmRequest) -> None:
    """Raises:
        BadInput: what would be written is one of the frames, by whatever name.
    """
    sources = {_identity(Path(request.folder) / name) for name in request.frames} - {None}
    for target in request.targets:
        path = Path(request.out) / target
        if _identity(path) in sources:
            raise BadInput("{path} would be written over, and is read.", "Choose another folder for what is made.",
                           path=path)


def _identity(path: Path) -> tuple[int, int] | None:
    """The same for the same file, through links and other spellings; None if there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _make_folder(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError.from_os_error(folder, error) from error
    return folder
