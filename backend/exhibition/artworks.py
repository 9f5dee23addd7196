"""Which works there are, how large each is, and how it looks."""

from __future__ import annotations

import math
import os
import re
import warnings
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import trimesh
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from protocol.errors import BadInput
from protocol.exhibition import FILM_SUFFIXES
from protocol.exhibition_plan import WorkKind
from protocol.languages import is_language
from protocol.making import FACTS, MADE_SUFFIX, PICTURE_CARD
from protocol.remarks import Remark

from ..style.pictures import Picture, read_file, read_picture, resized
from .architecture import LARGEST_WORK_M
from .making import facts_beside
from .metadata import embedded, said_by_film, said_by_header, said_by_sculpture
from .portrait import portrait
from .words import clean, title_of_file

__all__ = ["THUMBNAIL_PX", "Artwork", "Looks", "find_works", "look_at", "read_work"]

THUMBNAIL_PX = 480  # the longer side
_KINDS = {WorkKind.PICTURE: {".png", ".jpg", ".jpeg", ".tif", ".tiff", ".webp", ".exr", ".hdr", ".bmp", ".tga"},
          WorkKind.FILM: set(FILM_SUFFIXES),
          WorkKind.SCULPTURE: {".glb"}}
_OTHER_PICTURES = {".gif", ".avif", ".heic", ".heif", ".svg"}  # that Blender does not read: told of, not passed over
_FORMATS = {"PNG", "JPEG", "MPO", "TIFF", "WEBP", "BMP", "DIB", "TGA", "DDS", "JPEG2000", "SGI"}  # that it does
_DIAGONAL_M = {WorkKind.PICTURE: 1.0, WorkKind.FILM: 1.8}  # of what tells no size
_SAVE_AS = "Save a still picture as PNG, what moves as MP4, and a sculpture as GLB."
_DEPTH_M = 0.03
_LEAST_M = 0.01
_SCULPTURE_M = (0.02, 7.0)  # of its longest side; what is beyond that was not made in metres
_SCULPTURE_DEFAULT_M = 1.0
_MISPROPORTION = 1.1


@dataclass(frozen=True, eq=False, kw_only=True)
class Artwork:
    """
    Attributes:
        title … provenance: as its label tells them.
        language: that they are told to be in, see `protocol.languages`; "" for nothing.
        width_m, height_m, depth_m: real size; of a sculpture across, up, and to the back.
        room, theme, room_text: what the sidecar says; "" for nothing.
        is_focal: its artist wants it to be seen first.
        made: how it was made, by `FACTS`; only what is known.
        thumbnail: (H, W, 3) uint8 sRGB; None where it is not known.
        orientation: as that of a `PlannedWork`.
    """

    path: Path
    kind: WorkKind
    title: str
    artist: str = ""
    year: str = ""
    medium: str = ""
    text: str = ""
    alt: str = ""
    rights: str = ""
    provenance: str = ""
    language: str = ""
    width_m: float
    height_m: float
    depth_m: float
    room: str = ""
    theme: str = ""
    room_text: str = ""
    is_focal: bool = False
    made: Mapping[str, str] = field(default_factory=dict)
    thumbnail: NDArray[np.uint8] | None = None
    orientation: int = 1


@dataclass(frozen=True, eq=False)
class Looks:
    """What a file shows.

    Attributes:
        width, height, depth: pixels, or metres of a sculpture.
        thumbnail: as that of an `Artwork`.
        said: what its metadata tell.
        orientation: as that of a `PlannedWork`.
    """

    width: float
    height: float
    depth: float
    thumbnail: NDArray[np.uint8] | None
    said: Mapping[str, str]
    orientation: int = 1


def kind_of(path: Path) -> WorkKind | None:
    """By its suffix; None for what is no work."""
    return next((kind for kind, suffixes in _KINDS.items() if path.suffix.lower() in suffixes), None)


def find_works(paths: Sequence[Path], passed_over: Collection[Path] = ()) -> Iterator[Path]:
    """The files of works, each once: those named, and those in named folders and within them, by their names; also
    pictures that `look_at` refuses.

    Args:
        passed_over: files that count only where they are named themselves.

    Raises:
        BadInput: what is named is not there, or no work.
    """
    seen = set()
    out = {path.resolve() for path in passed_over}
    for path in paths:
        if path.is_dir():
            inner = [file for file in path.rglob("*") if _is_named_as_work(file) and os.path.isfile(file)
                     and not any(part.startswith(".") for part in file.relative_to(path).parts)
                     and not any(_tells_of_making(path / folder) for folder in file.relative_to(path).parents[:-1])]
            found = sorted((file for file in inner if file.resolve() not in out),
                           key=lambda file: (file.as_posix().casefold(), file.as_posix()))
        elif not path.exists():
            raise BadInput("The works {path} are not there.", "Choose them again.", path=path)
        elif not (_is_named_as_work(path) and os.path.isfile(path)):
            raise BadInput("{name} is no picture, film or GLB file.", _SAVE_AS, name=path.name)
        else:
            found = [path]
        for file in found:
            if file.resolve() not in seen:
                seen.add(file.resolve())
                yield file


def _is_named_as_work(path: Path) -> bool:
    return kind_of(path) is not None or path.suffix.lower() in _OTHER_PICTURES


def _tells_of_making(folder: Path) -> bool:
    """Whether it is one of ours, beside a picture: an artist's own may be called so too."""
    return folder.suffix == MADE_SUFFIX and (folder / PICTURE_CARD).is_file()


def read_work(path: Path, said: Mapping[str, str], still: Path | None = None) -> tuple[Artwork, list[Remark]]:
    """A work, and what is to be said of it.

    Args:
        said: what a sidecar tells of it, by `words.FIELDS`.
        still: of a film, a picture of its first frame, see `read_picture`.

    Raises:
        BadInput: it cannot be read, or is larger than any wall.
    """
    if any("\ud800" <= letter <= "\udfff" for letter in str(path)):
        raise BadInput("The name of {name} is not valid UTF-8 text.", "Rename it.", name=clean("title", path.name))
    looks = look_at(path, still)
    kind = kind_of(path)
    assert kind is not None  # has been looked at
    remarks: list[Remark] = []
    wanted = {name: _metres(said.get(f"{name}_cm", ""), f"{name}_cm", path, remarks)
              for name in ("width", "height", "depth")}
    width, height, depth = _size(kind, looks, wanted)
    if kind is WorkKind.SCULPTURE and not any(wanted.values()):
        low, high = _SCULPTURE_M
        longest = max(width, height, depth)
        if not low <= longest <= high:
            width, height, depth = (side * _SCULPTURE_DEFAULT_M / longest for side in (width, height, depth))
            remarks.append(Remark("{name} is {size} m long in its file: it is shown at {shown} m. Give its height_cm "
                                  "in the sidecar.", {"name": path.name, "size": round(longest, 3),
                                                      "shown": _SCULPTURE_DEFAULT_M}))
    elif wanted["width"] and wanted["height"] and kind is not WorkKind.SCULPTURE:
        share = (width / height) / (looks.width / looks.height)
        if max(share, 1 / share) > _MISPROPORTION:
            remarks.append(Remark("{name} has {width} × {height} pixels, which are stretched to {wide} × {high} cm. "
                                  "Correct its size in the sidecar, or crop the picture.", {
                                      "name": path.name, "width": int(looks.width), "height": int(looks.height),
                                      "wide": round(width * 100, 1), "high": round(height * 100, 1)}))
    if max(width, depth) > LARGEST_WORK_M[0] or height > LARGEST_WORK_M[1]:
        raise BadInput("{name} is {width} × {height} m: no wall is larger than {most} × {high} m.",
                       "Give it a smaller width_cm and height_cm in the sidecar.", name=path.name,
                       width=round(width, 2), height=round(height, 2), most=LARGEST_WORK_M[0], high=LARGEST_WORK_M[1])
    told = {**looks.said, **facts_beside(path), **said}
    language = told.get("language", "")
    if language and not is_language(language):
        remarks.append(Remark("The language of {name} is said to be {language}, which is no language tag: it is not "
                              "used. Write one as BCP 47 has it, such as en, pt-BR or zh-Hans.",
                              {"name": path.name, "language": language}))
        language = ""
    return Artwork(path=path, kind=kind, title=told.get("title") or title_of_file(path), thumbnail=looks.thumbnail,
                   width_m=_mm(width), height_m=_mm(height), depth_m=_mm(depth), room=told.get("room", ""),
                   language=language, orientation=looks.orientation, theme=told.get("theme", ""),
                   room_text=told.get("room_text", ""),
                   is_focal=said.get("focal", "").casefold() in _YES,
                   made={name: told[name] for name in FACTS if told.get(name)},
                   **{name: told.get(name, "") for name in ("artist", "year", "medium", "text", "alt", "rights",
                                                            "provenance")}), remarks


_YES = {"1", "yes", "true", "x", "y", "是"}


def look_at(path: Path, still: Path | None = None) -> Looks:
    """What the file shows; a large picture is never kept whole.

    Raises:
        BadInput: it cannot be read.
    """
    kind = kind_of(path)
    if kind is None:
        raise _not_shown(path, path.suffix[1:].upper())
    if kind is WorkKind.SCULPTURE:
        return _look_at_sculpture(path)
    if kind is WorkKind.FILM:
        if still is None:
            raise BadInput("{name} is no film that can be read.", "Choose another copy of it.", name=path.name)
        return _shown(read_picture(still, path.name), said_by_film(path))
    return _look_at_picture(path)


def _look_at_picture(path: Path) -> Looks:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what Pillow says of odd metadata, and of pictures above 89 megapixels
            with Image.open(path) as image:
                if image.format not in _FORMATS:
                    raise _not_shown(path, image.format or "")
                if image.format == "WEBP" and getattr(image, "is_animated", False):
                    raise _not_shown(path, "moving WebP")
                said = embedded(image)
                orientation = image.getexif().get(0x0112, 1)
                if orientation not in range(1, 9):
                    orientation = 1
                if image.mode in ("F", "I") or image.mode.startswith("I;16"):
                    return replace(_shown(read_file(path, path.name), said), orientation=orientation)  # Pillow: 8 bit
                width, height = image.size
                if orientation >= 5:  # lies on its side
                    width, height = height, width
                image.draft("RGB", (THUMBNAIL_PX, THUMBNAIL_PX))  # a JPEG is decoded small
                # a colour or a palette's entry that is clear would be mixed with those beside it
                is_keyed = image.mode == "PA" or "transparency" in image.info
                shown = image.convert("RGBA") if is_keyed else image
                shown.thumbnail((THUMBNAIL_PX, THUMBNAIL_PX), reducing_gap=2.0)
                small = ImageOps.exif_transpose(shown).convert("RGBA")
                paper = Image.new("RGBA", small.size, "white")
                thumbnail = np.asarray(Image.alpha_composite(paper, small).convert("RGB"))
    except Image.DecompressionBombError as error:
        raise BadInput("{name} has too many pixels: at most {most} megapixels can be shown.", "Scale it down.",
                       name=path.name, most=round(2 * (Image.MAX_IMAGE_PIXELS or 0) / 1e6)) from error
    except UnidentifiedImageError:  # a picture of light: OpenImageIO reads those
        return _shown(read_file(path, path.name), said_by_header(path))
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError) as error:
        raise BadInput("The file of {name} is broken: {reason}.", "Choose another copy of it.", name=path.name,
                       reason=str(error) or type(error).__name__) from error
    return Looks(width, height, 0.0, thumbnail, said, orientation)


def _not_shown(path: Path, kind: str) -> BadInput:
    return BadInput("{name} is a {kind} picture, which an exhibition does not show.", _SAVE_AS, name=path.name,
                    kind=kind)


def _shown(picture: Picture, said: Mapping[str, str]) -> Looks:
    colours = picture.colours
    if picture.alpha is not None:
        colours = 1 - picture.alpha[..., None] * (1 - colours)  # on white, as of other pictures
    height, width = colours.shape[:2]
    scale = min(THUMBNAIL_PX / max(height, width), 1.0)
    small = resized(colours, *(max(1, round(side * scale)) for side in (height, width)))
    return Looks(width, height, 0.0, np.rint(small * 255).astype(np.uint8), said)


def _look_at_sculpture(path: Path) -> Looks:
    _check_glb(path)
    try:
        mesh = trimesh.load_scene(path).to_mesh()
    except Exception as error:  # of whatever trimesh's readers raise
        raise BadInput("{name} is not a GLB file that can be read: {reason}.", "Export it again.", name=path.name,
                       reason=str(error).splitlines()[0] if str(error) else type(error).__name__) from error
    if not len(mesh.faces) or not np.isfinite(mesh.bounds).all() or not mesh.area > 0:
        raise BadInput("{name} shows nothing: it has no faces.", "Export it again, with its meshes.", name=path.name)
    across, up, back = mesh.extents.tolist()  # glTF's y is up
    return Looks(across, up, back, portrait(mesh), said_by_sculpture(path))


def _check_glb(path: Path) -> None:
    """What readers would say in words of their own.

    Raises:
        BadInput: it is not one whole GLB.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(12)
    if head and head[:8] != b"glTF\2\0\0\0":
        raise BadInput("{name} is not a GLB file that can be read: it is no glTF 2.0 in one file.",
                       "Export it again, as GLB.", name=path.name)
    if len(head) < 12 or int.from_bytes(head[8:], "little") > size:
        raise BadInput("{name} is not a GLB file that can be read: it is empty or ends in the middle.",
                       "Choose another copy of it.", name=path.name)


def _size(kind: WorkKind, looks: Looks, wanted: Mapping[str, float | None]) -> tuple[float, float, float]:
    """Metres. What is not told follows from the proportions, or of the whole from a usual diagonal."""
    if kind is WorkKind.SCULPTURE:
        sides = {"width": looks.width, "height": looks.height, "depth": looks.depth}
        scales = [told / sides[name] for name in ("height", "width", "depth") if (told := wanted[name]) and sides[name]]
        scale = scales[0] if scales else 1.0
        return tuple(max(side * scale, _LEAST_M) for side in sides.values())  # type: ignore[return-value]
    width, height = wanted["width"], wanted["height"]
    if width is None and height is None:
        scale = _DIAGONAL_M[kind] / math.hypot(looks.width, looks.height)
        width, height = looks.width * scale, looks.height * scale
    elif width is None:
        assert height is not None
        width = height * looks.width / looks.height
    elif height is None:
        height = width * looks.height / looks.width
    return max(width, _LEAST_M), max(height, _LEAST_M), wanted["depth"] or _DEPTH_M


def _metres(text: str, column: str, path: Path, remarks: list[Remark]) -> float | None:
    """Of centimetres; None for what tells none."""
    if not text:
        return None
    number = re.fullmatch(r"(\d+(?:[.,]\d+)?)\s*(?:cm)?", text.strip(), re.IGNORECASE | re.ASCII)
    if number and re.fullmatch(r"[1-9]\d{0,2},\d{3}", number[1]):
        whole, part = number[1].replace(",", ""), f"{float(number[1].replace(',', '.')):g}"
        remarks.append(Remark("The sidecar gives {name} the {column} {value}, which may be {whole} or {part} cm: it is "
                              "not used. Write {whole} or {part}.",
                              {"name": path.name, "column": column, "value": text, "whole": whole, "part": part}))
        return None
    value = float(number[1].replace(",", ".")) / 100 if number else 0.0
    if not 0.001 <= value <= 1000:
        remarks.append(Remark("The sidecar gives {name} the {column} {value}, which is no length in centimetres: it is "
                              "not used.", {"name": path.name, "column": column, "value": text}))
        return None
    return value


def _mm(metres: float) -> float:
    return round(metres, 3)
