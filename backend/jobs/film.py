"""Give the frames of a film the look of pictures: the recipe."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from protocol.errors import BadInput, StorageError
from protocol.film import Anchor, FilmRequest, FilmResult
from protocol.messages import Stage
from protocol.requests import PictureFormat
from protocol.style import StyleMethod

from ..job import Job
from ..pictures import array_file
from ..style.adain import adain_of
from ..style.adversarial.styles import read_trained
from ..style.apart import Held, Plate
from ..style.film import EachFrame, stylised_frames, warp_error
from ..style.instant import Look, look_of, measure_look, stylise
from ..style.key_frames import KeyFrames
from ..style.mix import keep_colours, over_mean
from ..style.motion import Frame, Origin, follow
from ..style.passes import Layers, passes_of, read_layers
from ..style.pictures import Picture, light_picture, read_picture, write_light, write_picture
from .matte import depth_control
from .style_slow import Around, StylePictures, slow_method

if TYPE_CHECKING:
    from ..diffusion.loading import Models

__all__ = ["film"]

_SHARES = {Stage.PICTURES: 0.05, Stage.STYLISE: 0.95}
_MEASURED = 5  # frames of a film, by whose statistics all are stylised
_PREVIEW_PX = 512
_EVERYWHERE = np.ones((1, 1), np.float32)

_K = TypeVar("_K")
_V = TypeVar("_V")


def film(request: FilmRequest, job: Job, models: Models) -> FilmResult:
    """Stylise each frame that is not in the request's `out` yet, and write it there."""
    job.follow(_SHARES)
    reel = _Reel(request)
    count = len(request.frames)
    with job.stage(Stage.PICTURES):
        out = _make_folder(Path(request.out))
        _check_targets(request)
        by_frame = request.method is StyleMethod.INSTANT
        strokes = _strokes_of_each(request, reel, job) if by_frame else _strokes_of_keys(request, reel, job, models)
    targets = [out / name for name in request.targets]
    done = [target.is_file() and target.name not in request.again for target in targets]
    clings = request.anchor is Anchor.SURFACE
    cuts: list[int] = []
    errors: list[float] = []
    before: tuple[int, NDArray[np.float32]] | None = None
    with job.stage(Stage.STYLISE, steps=count):
        for number, shown in enumerate(stylised_frames(strokes, done.__getitem__, cuts.append)):
            if shown is not None:
                if clings and before is not None and before[0] == number - 1 and number not in cuts:
                    errors.append(_difference(reel, before[1], shown, number))
                before = number, shown
                picture = reel.picture(number)
                styled = keep_colours(shown, picture.colours, request.keep_colours)
                colours = picture.colours + np.float32(request.strength) * (styled - picture.colours)
                _write(targets[number], colours, picture.alpha, request.picture_format)
                _show(colours, job)
            job.step()
    if reel.lacks_index:
        job.remark("The passes of {name} do not tell objects apart: where things touch, strokes may run from one to "
                   "the other. Turn on Cryptomatte's Object, or give objects a pass index and turn on Object Index.",
                   name=request.name)
    if reel.clipped:
        job.remark("In {name}, up to {percent} % of a frame is brighter than white and was cut: choose a view "
                   "transform.", name=request.name, percent=max(1, round(100 * reel.clipped)))
    return FilmResult(frames=tuple(target.name for target in targets), made=count - sum(done),
                      cuts=tuple(cuts) if clings else (),
                      warp_error=float(np.mean(errors)) if errors else 0.0, seconds=job.seconds,
                      remarks=tuple(job.remarks))


def _strokes_of_each(request: FilmRequest, reel: _Reel, job: Job) -> EachFrame:
    """By the instant method; all frames by the same statistics."""
    look, count = _look(request, job), len(request.frames)
    chosen = sorted({round(place) for place in np.linspace(0, count - 1, min(count, _MEASURED))})
    statistics = measure_look([reel.seen(number) for number in chosen], look, request.stroke_scale)

    def stylised(colours: NDArray[np.float32]) -> NDArray[np.float32]:
        job.check()
        return stylise(colours, look, request.stroke_scale, statistics=statistics).clip(0, 1)

    return EachFrame(count, partial(_read, reel, job), stylised, request.stroke_scale)


def _strokes_of_keys(request: FilmRequest, reel: _Reel, job: Job, models: Models) -> KeyFrames:
    """By a method that takes minutes a picture. What is painted lies in the job's folder, where a job that goes on with
    a broken-off film finds it.
    """
    height, width = reel.seen(0).shape[:2]
    slow = slow_method(request, _style_pictures(request, job), height, width, job, models)

    def around(plate: Plate, held: Held | None) -> Around:
        control = None
        if request.controlnet and request.method is StyleMethod.DIFFUSION:
            if plate.depth is None:
                raise BadInput("The passes of {name} have no depth that the ControlNet could follow.",
                               "Turn on Z in the view layer's passes, and render again.", name=request.name)
            control = depth_control(plate.depth)
        cover = _EVERYWHERE if held is None else 1 - held.where  # the new part alone takes on the look
        return Around(cover, held, control, plate.begun)

    def paint(plate: Plate, held: Held | None) -> NDArray[np.float32]:
        given = around(plate, held)
        with job.parts(slow.steps(given)):
            return slow.paint(plate.colours, given, lambda picture: _show(picture, job))

    def begin(plates: Sequence[tuple[Plate, Held | None]], origins: Sequence[tuple[int, Origin]]) -> Sequence[Any]:
        assert slow.together is not None
        pictures = [(plate.colours, around(plate, held)) for plate, held in plates]
        with job.parts(slow.together.steps(pictures)):
            return slow.together.begin(pictures, origins)

    def path(number: int) -> Path:
        return job.folder / f"key_{number:06d}.npy"

    def find(number: int) -> NDArray[np.float32] | None:
        return _kept_strokes(path(number), height, width)

    return KeyFrames(len(request.frames), partial(_read, reel, job), paint, find,
                     lambda number, strokes: _keep_strokes(path(number), strokes),
                     begin if slow.together is not None else None)


def _kept_strokes(path: Path, height: int, width: int) -> NDArray[np.float32] | None:
    """(height, width, 3) of an earlier run; None if there are none, or the file is broken: they are painted again."""
    try:
        found = np.load(path)
    except (OSError, EOFError, ValueError):
        return None
    is_whole = found.dtype == np.float32 and found.shape == (height, width, 3) and np.isfinite(found).all()
    return found if is_whole else None


def _keep_strokes(path: Path, strokes: NDArray[np.float32]) -> None:
    """Raises:
        StorageError: the disk is full.
    """
    partial_file = path.with_suffix(".part")
    try:
        partial_file.write_bytes(array_file(strokes))
        partial_file.replace(path)
    except OSError as error:
        partial_file.unlink(missing_ok=True)
        raise StorageError.from_os_error(path, error) from error


def _read(reel: _Reel, job: Job, number: int) -> Frame:
    job.check()
    return reel.frame(number)


def _show(colours: NDArray[np.float32], job: Job) -> None:
    stride = -(-max(colours.shape) // _PREVIEW_PX)
    job.preview(np.rint(colours[::stride, ::stride].clip(0, 1) * 255).astype(np.uint8))


class _Reel:
    """The frames of a film, read when they are asked for.

    Attributes:
        lacks_index: whether passes were met that do not tell objects apart.
        clipped: largest share of a frame that was brighter than white.
    """

    def __init__(self, request: FilmRequest) -> None:
        self._request = request
        self._size: tuple[int, int] | None = None
        self._pictures: dict[int, Picture] = {}
        self._files: dict[str, Layers] = {}
        self.lacks_index = False
        self.clipped = 0.0

    def picture(self, number: int) -> Picture:
        """Raises:
            BadInput: it is missing, broken or of another size than the others.
        """
        if number not in self._pictures:
            name = self._request.frames[number]
            path = Path(self._request.folder) / name
            if not path.is_file():
                raise BadInput("The frame {name} is missing.", "Render it again, or leave it out.", name=name)
            _keep(self._pictures, number, self._shown(name, path))
            self.clipped = max(self.clipped, self._pictures[number].clipped)
        found = self._pictures[number]
        size = found.colours.shape[:2]
        self._size = self._size or size
        if size != self._size:
            raise BadInput("The frame {name} is {width} × {height} px, those before it {first_width} × {first_height} "
                           "px.", "Render all frames in one size.", name=self._request.frames[number], width=size[1],
                           height=size[0], first_width=self._size[1], first_height=self._size[0])
        return found

    def _shown(self, name: str, path: Path) -> Picture:
        """The picture of a frame; of a multilayer file its light, as it is seen."""
        light = self._layers(name).light() if path.suffix.lower() == ".exr" else None
        view = self._request.view
        return read_picture(path, name, view) if light is None else light_picture(*light, name, view)

    def _layers(self, name: str) -> Layers:
        if name not in self._files:
            _keep(self._files, name, read_layers(Path(self._request.folder) / name))
        return self._files[name]

    def seen(self, number: int) -> NDArray[np.float32]:
        """(H, W, 3) as networks see it."""
        found = self.picture(number)
        return over_mean(found.colours, found.alpha)

    def frame(self, number: int) -> Frame:
        colours = self.seen(number)
        height, width = colours.shape[:2]
        if self._request.anchor is Anchor.SCREEN:  # nothing is followed: each frame is a scene of its own
            return Frame(colours, None, None, np.zeros((height, width), np.int32))
        passes = passes_of(self._layers(self._request.passes[number]))
        if passes.backward.shape[:2] != (height, width):
            raise BadInput("The passes {path} are of another size than their frame.", "Render both in one size.",
                           path=self._request.passes[number])
        self.lacks_index = self.lacks_index or passes.surface is None
        surface = np.zeros((height, width), np.int32) if passes.surface is None else passes.surface
        return Frame(colours, passes.backward if number else None, passes.forward, surface,
                     passes.depth)


def _keep(newest: dict[_K, _V], key: _K, value: _V) -> None:
    """Two are kept: each frame is compared to the one before it, and a frame and its passes may be one file."""
    while len(newest) > 1:
        del newest[next(iter(newest))]
    newest[key] = value


def _write(path: Path, colours: NDArray[np.float32], alpha: NDArray[np.float32] | None, kind: PictureFormat) -> None:
    if kind.suffix == ".exr":
        write_light(path, colours, alpha, whole=kind is PictureFormat.EXR_FLOAT)
    else:
        write_picture(path, colours, alpha, deep=kind is PictureFormat.PNG_16)


def _difference(reel: _Reel, before: NDArray[np.float32], after: NDArray[np.float32], number: int) -> float:
    last, frame = reel.frame(number - 1), reel.frame(number)
    origin, _ = follow(Origin.new(0, *last.surface.shape), last, frame, 1)
    return warp_error((before, last.surface), (after, frame.surface), origin, 0)


def _look(request: FilmRequest, job: Job) -> Look:
    pictures = _style_pictures(request, job)
    return look_of(pictures, [(wanted.fixed, wanted.weight) for wanted in request.styles if wanted.fixed is not None],
                   read_trained(request.styles, job.folder), adain_of(request.encoder) if pictures else None)


def _style_pictures(request: FilmRequest, job: Job) -> StylePictures:
    pictures = []
    for wanted in request.styles:
        if wanted.picture:
            found = read_picture(job.folder / wanted.picture, wanted.name or wanted.picture)
            pictures.append((over_mean(found.colours, found.alpha), wanted.weight))
    return pictures


def _check_targets(request: FilmRequest) -> None:
    """Raises:
        BadInput: what would be written is one of the frames or their passes, by whatever name.
    """
    sources = {_identity(Path(request.folder) / name) for name in (*request.frames, *request.passes)} - {None}
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
