"""Pictures into the .blend, or beside it."""

from __future__ import annotations

import base64
import glob
import itertools
import json
import re
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path

import bpy

from ..protocol.errors import StorageError
from ..protocol.messages import Remark, TextureResult
from ..protocol.requests import PaintingRequest
from ..protocol.wire import request_to_json, to_json
from .version import version

__all__ = ["TEXTURE_FOLDER", "describe", "new_image", "read_seen", "read_sources", "storage_remark", "texture_name",
           "warm_image_loader"]

_PIXEL_PNG = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGNg"
    "YGAAAAAEAAH2FzhVAAAAAElFTkSuQmCC")
TEXTURE_FOLDER = "textures"
_COLOUR_SPACE = {".png": "sRGB", ".jpg": "sRGB", ".exr": "Linear Rec.709"}
_BEGIN = {".png": b"\x89PNG\r\n\x1a\n", ".jpg": b"\xff\xd8\xff", ".exr": b"\x76\x2f\x31\x01"}
_NAME_OF_KIND = {".png": "PNG", ".jpg": "JPEG", ".exr": "OpenEXR"}
_SEEN, _SOURCES = "vernissage_seen", "vernissage_sources"
_NAME_BYTES = 59  # of the 63 that a name may have before Blender 5.0, so that ".001" fits


def texture_name(object_name: str, prompt: str) -> str:
    """What image and material are called: "Suzanne - red brick wall", cut at a word where it is too long."""
    name = f"{object_name} - {' '.join(prompt.split())}"
    if len(name.encode()) <= _NAME_BYTES:
        return name
    cut = name.encode()[:_NAME_BYTES].decode(errors="ignore")
    head, space, _ = cut.rpartition(" ")
    return head if space and len(head) > len(object_name) + 3 else cut.rstrip(" -")


def new_image(name: str, picture: Path, pack: bool, undo: ExitStack, tiles: Sequence[int] = ()) -> bpy.types.Image:
    """An image data-block of the PNG or OpenEXR file: packed, or copied to `//textures/` (an unsaved .blend: packed).

    Nothing is decoded here; Blender does that when it first draws the image. What would take it all back is
    pushed on `undo`.

    Args:
        tiles: UDIM numbers, of which each has a file of its own: `picture` with its number in place of <UDIM>.

    Raises:
        StorageError: the picture cannot be read, or the folder cannot be written; nothing has changed.
    """
    contents = {number: _read_picture(_tile_path(picture, number)) for number in tiles or (0,)}
    stem = re.sub(r"[^\w]+", "_", name).strip("_") or "texture"
    if pack or not bpy.data.filepath:
        image = _load(picture, name, tiles, undo)
        image.pack()
        _set_path(image, f"{stem}{_ending(picture, tiles)}")  # where Unpack puts it
    else:
        path = _write_numbered(Path(bpy.data.filepath).parent / TEXTURE_FOLDER, stem, _ending(picture, tiles), contents,
                               undo)
        image = _load(path, name, tiles, undo)
        _set_path(image, path.name)
    return image


def warm_image_loader() -> None:
    """Let Blender load a picture of one pixel, off its data: the first of a session costs 60 ms (5.2), any other 1 ms.

    Touches no data-block, so that it may run on a thread.
    """
    import imbuf

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "pixel.png")
        path.write_bytes(base64.b64decode(_PIXEL_PNG))
        imbuf.load(str(path)).free()


def storage_remark(pack: bool) -> tuple[Remark, ...]:
    """Says that pictures are packed although they should lie beside the .blend, which has no place yet."""
    if pack or bpy.data.filepath:
        return ()
    return (Remark("The file has never been saved, so the texture is packed into it instead of saved beside it."),)


def read_seen(image: bpy.types.Image) -> bytes:
    """The PNG that says how well views saw each texel of a texture of ours; b"" where that is not known."""
    seen = image.get(_SEEN)
    return seen if isinstance(seen, bytes) else b""


def read_sources(image: bpy.types.Image) -> bytes:
    """The PNG of what the views of a texture of ours followed; b"" where there is none."""
    sources = image.get(_SOURCES)
    return sources if isinstance(sources, bytes) else b""


def describe(image: bpy.types.Image, name: str, request: PaintingRequest, result: TextureResult, number: int,
             seen: Path | None = None, sources: Path | None = None) -> None:
    """Write into the image's custom properties what it was made from, and the whole report as JSON: its `request` is
    what `request.json` was, of all that were painted together; `number` is the object's in it.

    Args:
        seen: the PNG of `TextureResult.seen`; it goes with the image, to where that is linked or appended.
        sources: the PNG of `TextureResult.strips`, which goes with it too.

    Raises:
        StorageError: that cannot be read.
    """
    properties: dict[str, object] = {
        "object": name,
        "prompt": request.objects[number].prompt,
        "negative_prompt": request.negative_prompt,
        "model": result.model,
        "picture_format": str(request.picture_format),
        "seed": result.seed,
        "steps": result.steps,
        "guidance_scale": result.guidance_scale,
        "coverage": result.coverage,
        "vernissage_version": version(),
        "report": json.dumps({"request": json.loads(request_to_json(request)), "number": number,
                              "result": to_json(result)}, ensure_ascii=False),
    }
    if seen is not None:
        properties[_SEEN] = _read_picture(seen)
    if sources is not None:
        properties[_SOURCES] = _read_picture(sources)
    for key, value in properties.items():
        image[key] = value


def _ending(picture: Path, tiles: Sequence[int]) -> str:
    return f".<UDIM>{picture.suffix}" if tiles else picture.suffix


def _tile_path(path: Path, number: int) -> Path:
    return path.with_name(path.name.replace("<UDIM>", str(number)))


def _set_path(image: bpy.types.Image, file_name: str) -> None:
    image.filepath_raw = f"//{TEXTURE_FOLDER}/{file_name}"
    if image.source == "TILED":
        for packed in image.packed_files:
            packed.filepath = f"//{TEXTURE_FOLDER}/{file_name.replace('<UDIM>', str(packed.tile_number))}"


def _load(path: Path, name: str, tiles: Sequence[int], undo: ExitStack) -> bpy.types.Image:
    try:
        image = bpy.data.images.load(str(_tile_path(path, tiles[0]) if tiles else path), check_existing=False)
    except RuntimeError as error:
        raise StorageError("The picture {path} cannot be read: {reason}.", "Paint the object again.",
                           path=path, reason=error) from error
    undo.callback(bpy.data.images.remove, image)
    image.name = name
    if tiles:
        image.source = "TILED"  # and Blender finds the other tiles beside the first
    space = _COLOUR_SPACE[path.suffix]
    if image.colorspace_settings.name != space:
        with suppress(TypeError):  # a studio's own colour management may not have it, and chose by the file's type
            image.colorspace_settings.name = space
    return image


def _read_picture(path: Path) -> bytes:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise StorageError("The picture {path} cannot be read: {reason}.", "Paint the object again.",
                           path=path, reason=error.strerror or error) from error
    if not content.startswith(_BEGIN[path.suffix]) or (path.suffix == ".png" and content[-8:-4] != b"IEND"):
        raise StorageError("The picture {path} is not a whole {kind} file.", "Paint the object again.", path=path,
                           kind=_NAME_OF_KIND[path.suffix])
    return content


def _write_numbered(folder: Path, stem: str, ending: str, contents: Mapping[int, bytes], undo: ExitStack) -> Path:
    """Write under the first free name of stem.png, stem_2.png, …; no file is ever written over. With <UDIM> in the
    ending each by its number, where no tile of that name is there.
    """
    try:
        if not folder.exists():
            folder.mkdir()
            undo.callback(_remove_empty, folder)
        stems = itertools.chain([stem], (f"{stem}_{number}" for number in itertools.count(2)))
        for path in (folder / f"{name}{ending}" for name in stems):
            if "<UDIM>" in ending and any(folder.glob(glob.escape(path.name).replace("<UDIM>", "[0-9]" * 4))):
                continue
            with suppress(FileExistsError):
                _write_new({_tile_path(path, number): content for number, content in contents.items()}, undo)
                return path
        raise AssertionError("there is always another name")
    except OSError as error:
        raise StorageError("The texture cannot be saved in {folder}: {reason}.",
                           "Free space there, or have textures packed, in the preferences.",
                           folder=folder, reason=error.strerror or error) from error


def _write_new(contents: Mapping[Path, bytes], undo: ExitStack) -> None:
    """Raises `FileExistsError`, and nothing is written, where the first file is there."""
    for path, content in contents.items():
        with open(path, "xb") as file:
            undo.callback(path.unlink, missing_ok=True)
            file.write(content)


def _remove_empty(folder: Path) -> None:
    if not any(folder.iterdir()):
        folder.rmdir()
