"""Pictures of any kind in, as sRGB in float; PNG and OpenEXR out. Read, scaled and written by OpenImageIO."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import OpenImageIO as oiio
from numpy.typing import NDArray

from protocol.errors import BadInput, StorageError
from protocol.film import ViewTransform
from protocol.making import MADE_KEY, STRIPS_KEY
from protocol.style import MAX_SIDE_PX, MIN_SIDE_PX, SOFTWARE

from ..colours import LUMA, to_linear, to_srgb
from .passes import read_layers
from .seen import seen

__all__ = ["Picture", "light_picture", "picture_paths", "read_file", "read_mask", "read_picture", "resized",
           "write_light", "write_picture"]

_SUFFIXES = {".png", ".jpg", ".jpeg", ".tif", ".tiff", ".webp", ".exr", ".hdr", ".bmp", ".gif", ".tga"}

_CUT_SHORT = "Premature end"  # of a JPEG, whose rest libjpeg makes grey; other remarks of its are no harm


@dataclass(frozen=True, eq=False)
class Picture:
    """
    Attributes:
        colours: (H, W, 3) float32 in 0 to 1, sRGB, not multiplied by alpha.
        alpha: (H, W) float32 in 0 to 1; None for a picture without.
        deep: whether it had more than 8 bit.
        frames: how many pictures the file has.
        clipped: share of the pixels that were brighter than white.
    """

    colours: NDArray[np.float32]
    alpha: NDArray[np.float32] | None
    deep: bool
    frames: int
    clipped: float


def read_picture(path: Path, name: str, view: ViewTransform | None = None) -> Picture:
    """Any picture that OpenImageIO reads: the first of an animated one; grey, CMYK and palettes become RGB; OpenEXR
    and Radiance files are linear Rec.709. Or an array of numpy's, row 0 at the top: (H, W), (H, W, 3) or (H, W, 4)
    uint8, sRGB, or float32, linear Rec.709 and multiplied by its alpha: Blender alone writes those, for a job, and
    `read_file` is for what others wrote.

    Args:
        name: for messages.
        view: how the light of OpenEXR and Radiance files is seen; None for the plain curve of sRGB.

    Raises:
        BadInput: it is no picture, is broken, is too small or too large, or shows nothing: it has no colours, or no
            number in any pixel.
    """
    return _read_array(path, name) if path.suffix == ".npy" else read_file(path, name, view)


def read_file(path: Path, name: str, view: ViewTransform | None = None) -> Picture:
    """As `read_picture`, but no array: upright, as its orientation (EXIF) says; of an OpenEXR of several layers what
    the compositor made, or else the combined pass.
    """
    if path.suffix.lower() == ".npy":
        raise _no_picture(name)
    as_it_is = oiio.ImageSpec()
    as_it_is.attribute("oiio:UnassociatedAlpha", 1)
    source = oiio.ImageInput.open(str(path), as_it_is)
    if source is None:
        raise BadInput("{name} is not a picture that can be read: {reason}.", "Choose a PNG, JPEG, TIFF, WebP or "
                       "OpenEXR file.", name=name, reason=_reason(oiio.geterror(), path, name))
    try:
        spec = source.spec()
        height, width = spec.height, spec.width
        _check_size(height, width, name)
        if source.format_name() == "openexr" and any("." in channel for channel in spec.channelnames):
            light = read_layers(path).light()
            if light is not None:
                return light_picture(*light, name, view)
        pixels = source.read_image(0, 0, 0, spec.nchannels, oiio.FLOAT)
        said = source.geterror()
        if pixels is None or _CUT_SHORT in said:
            raise BadInput("The file of {name} is broken: {reason}.", "Choose another copy of it.", name=name,
                           reason=_reason(said, path, name))
        frames = 1
        while source.seek_subimage(frames, 0):
            frames += 1
        source.seek_subimage(0, 0)
    finally:
        source.close()
    pixels = pixels.reshape(height, width, -1)
    channels = [channel.rsplit(".", 1)[-1].upper() for channel in spec.channelnames]
    pixels = _upright(pixels, spec.get_int_attribute("Orientation", 1))
    place = _alpha_place(channels, spec)
    alpha = None if place is None else pixels[..., place]
    colours = _colours(pixels, channels, place, spec, name)
    _check_numbers(colours, alpha, name)
    return _picture(colours, alpha, is_linear=_is_linear(spec), deep=spec.format != oiio.UINT8, frames=frames,
                    view=view)


def picture_paths(names: Sequence[str], folder: Path) -> Iterator[Path]:
    """The files of pictures and of folders with pictures, those within them too; names in `folder`, or absolute paths.

    Raises:
        BadInput: one of them is not there, or is neither a file nor a folder.
    """
    for name in names:
        path = folder / name  # an absolute path stays what it is
        if path.is_dir():
            yield from sorted(inner for inner in path.rglob("*")
                              if inner.suffix.lower() in _SUFFIXES and os.path.isfile(inner))
        elif os.path.isfile(path):  # of a pipe nothing may ever come
            yield path
        elif path.exists():
            raise _no_picture(path.name)
        else:
            raise BadInput("The pictures {path} are not there.", "Choose them again.", path=path)


def _read_array(path: Path, name: str) -> Picture:
    try:
        pixels = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise _no_picture(name) from error
    if not (isinstance(pixels, np.ndarray) and pixels.dtype in (np.uint8, np.float32)
            and (pixels.ndim == 2 or (pixels.ndim == 3 and pixels.shape[2] in (1, 3, 4)))):
        raise _no_picture(name)
    height, width = pixels.shape[:2]
    _check_size(height, width, name)
    is_linear = pixels.dtype == np.float32
    pixels = np.atleast_3d(pixels if is_linear else pixels * np.float32(1 / 255))  # as OpenImageIO does
    colours = pixels[..., :3] if pixels.shape[2] >= 3 else np.repeat(pixels, 3, axis=2)
    alpha = pixels[..., 3] if pixels.shape[2] == 4 else None
    _check_numbers(colours, alpha, name)
    return _picture(colours, alpha, is_linear=is_linear, deep=is_linear)


def light_picture(light: NDArray[np.float32], alpha: NDArray[np.float32] | None, name: str, view: ViewTransform | None
                  ) -> Picture:
    """Of (H, W, 3) linear Rec.709, multiplied by alpha (H, W), as it is seen. Raises as `read_picture`."""
    _check_size(light.shape[0], light.shape[1], name)
    _check_numbers(light, alpha, name)
    return _picture(light, alpha, is_linear=True, deep=True, view=view)


def _picture(colours: NDArray[np.float32], alpha: NDArray[np.float32] | None, *, is_linear: bool, deep: bool,
             frames: int = 1, view: ViewTransform | None = None) -> Picture:
    """Of (H, W, 3) and (H, W): as they are, or linear and multiplied by alpha."""
    colours = np.nan_to_num(colours, nan=0.0, posinf=65504.0, neginf=0.0)
    if alpha is not None:
        alpha = np.nan_to_num(alpha, nan=0.0, posinf=1.0, neginf=0.0)
    clipped = 0.0
    if is_linear:
        if alpha is not None:  # OpenEXR's colours are multiplied by it
            colours = np.where(alpha[..., None] > 0, colours / np.maximum(alpha, 1e-6)[..., None], 0)
        if view is None:
            clipped = float((colours > 1).any(axis=2).mean())
        colours = to_srgb(colours.clip(0, 1)) if view is None else seen(colours, view)
    return Picture(np.ascontiguousarray(colours.clip(0, 1), np.float32),
                   None if alpha is None else np.ascontiguousarray(alpha.clip(0, 1)),
                   deep, frames, clipped)


def _check_size(height: int, width: int, name: str) -> None:
    if not (min(height, width) >= MIN_SIDE_PX and max(height, width) <= MAX_SIDE_PX):
        raise BadInput("{name} is {width} × {height} px: both sides must be from {low} to {high} px.",
                       "Scale it to that size.", name=name, width=width, height=height, low=MIN_SIDE_PX,
                       high=MAX_SIDE_PX)


def _check_numbers(colours: NDArray[np.float32], alpha: NDArray[np.float32] | None, name: str) -> None:
    if np.isnan(colours).all() or (alpha is not None and np.isnan(alpha).all()):
        raise BadInput("{name} shows nothing: none of its pixels is a number.", "Render or save it again.", name=name)


def read_mask(path: Path, height: int, width: int, name: str = "") -> NDArray[np.float32]:
    """(H, W) float32 in 0 to 1: how white a picture is, scaled to a size.

    Args:
        name: for messages.

    Raises:
        BadInput: it cannot be read, or has nothing white.
    """
    mask = resized((read_picture(path, name or path.name).colours @ LUMA)[..., None], height, width)[..., 0].clip(0, 1)
    if mask.max() < 1 / 255:
        raise BadInput("The mask is black everywhere: nothing would change.", "Paint white where the style shall be.")
    return mask


def resized(picture: NDArray[np.float32], height: int, width: int) -> NDArray[np.float32]:
    """(height, width, C) of (H, W, C) float32 in 0 to 1, by Lanczos' filter."""
    source = oiio.ImageBuf(np.ascontiguousarray(picture, np.float32))
    target = oiio.ImageBufAlgo.resize(source, "lanczos3", 0.0, oiio.ROI(0, width, 0, height, 0, 1, 0, picture.shape[2]))
    pixels = target.get_pixels(oiio.FLOAT)
    assert pixels is not None
    return pixels.reshape(height, width, -1).clip(0, 1)


def write_picture(path: Path, colours: NDArray[np.float32], alpha: NDArray[np.float32] | None, *, deep: bool,
                  made: Mapping[str, str] | None = None, strips: str = "") -> None:
    """A PNG of (H, W, 3) float32, sRGB; of 16 bit if `deep`. `path` appears when it is complete.

    Args:
        made: how, by `protocol.making.FACTS`; kept in the file.
        strips: what shows it, as `strips_text` has it.

    Raises:
        StorageError: it cannot be written.
    """
    pixels = colours if alpha is None else np.dstack([colours, alpha])
    whole, kind = (65535, np.uint16) if deep else (255, np.uint8)
    values = np.rint(pixels.clip(0, 1) * whole).astype(kind, order="C")
    spec = oiio.ImageSpec(values.shape[1], values.shape[0], values.shape[2], "uint16" if deep else "uint8")
    spec.attribute("oiio:UnassociatedAlpha", 1)
    spec.attribute("oiio:ColorSpace", "sRGB")
    spec.attribute("png:compressionLevel", 1)
    spec.attribute("Software", SOFTWARE)  # before what may be long: a file that was cut short is known by it
    if made:
        spec.attribute(MADE_KEY, json.dumps(made))
    if strips:
        spec.attribute(STRIPS_KEY, strips)
    _write(path, values, spec)


def write_light(path: Path, colours: NDArray[np.float32], alpha: NDArray[np.float32] | None, *, whole: bool) -> None:
    """An OpenEXR of (H, W, 3) float32, sRGB, as linear Rec.709, multiplied by alpha; in floats of 32 bit if `whole`,
    else of 16. `path` appears when it is complete.

    Raises:
        StorageError: it cannot be written.
    """
    light = to_linear(colours.clip(0, 1))
    values = np.ascontiguousarray(light if alpha is None else np.dstack([light * alpha[..., None], alpha]), np.float32)
    spec = oiio.ImageSpec(values.shape[1], values.shape[0], values.shape[2], "float" if whole else "half")
    spec.attribute("compression", "zip")
    spec.attribute("Software", SOFTWARE)
    spec.attribute("DateTime", "1970:01:01 00:00:00")  # the same picture in the same bytes
    _write(path, values, spec)


def _write(path: Path, values: NDArray[np.generic], spec: oiio.ImageSpec) -> None:
    partial = path.with_name(f"{path.stem}.part{path.suffix}")
    target = oiio.ImageOutput.create(str(partial))
    try:
        if not (target and target.open(str(partial), spec) and target.write_image(values) and target.close()):
            raise StorageError("The picture {path} cannot be written: {reason}.", "Free space there.", path=path,
                               reason=_first_line(target.geterror() if target else oiio.geterror()))
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)


def _upright(pixels: NDArray[np.float32], orientation: int) -> NDArray[np.float32]:
    """(H, W, C) as it is seen, of one of the eight orientations of EXIF (CIPA DC-008, 4.6.5): from the fifth on rows
    are columns.
    """
    if orientation in (5, 6, 7, 8):
        pixels = pixels.swapaxes(0, 1)
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    return pixels[:, ::-1] if orientation in (2, 3, 6, 7) else pixels


def _alpha_place(channels: list[str], spec: oiio.ImageSpec) -> int | None:
    """Of a GIF OpenImageIO tells a channel that there is not."""
    if 0 <= spec.alpha_channel < len(channels):
        return spec.alpha_channel
    return channels.index("A") if "A" in channels else None


def _no_picture(name: str) -> BadInput:
    return BadInput("{name} is not a picture that can be read.", "Choose a PNG, JPEG, TIFF, WebP or OpenEXR file.",
                    name=name)


def _colours(pixels: NDArray[np.float32], channels: list[str], alpha_place: int | None, spec: oiio.ImageSpec, name: str
             ) -> NDArray[np.float32]:
    if {"R", "G", "B"} <= set(channels):
        return pixels[..., [channels.index(channel) for channel in "RGB"]]
    colour = [place for place in range(pixels.shape[2]) if place not in (alpha_place, spec.z_channel)]
    if not colour:
        raise BadInput("{name} has no colours: its channels are {channels}.", "Save it with its colours.", name=name,
                       channels=", ".join(channels))
    return pixels[..., [colour[0]] * 3] if len(colour) < 3 else pixels[..., colour[:3]]


def _is_linear(spec: oiio.ImageSpec) -> bool:
    return spec.format in (oiio.HALF, oiio.FLOAT)


def _reason(text: str, path: Path, name: str) -> str:
    """What OpenImageIO says, by the name that the artist knows the picture by."""
    return _first_line(text).replace(f' ("{path}")', "").replace(str(path), name).rstrip(".")


def _first_line(text: str) -> str:
    return (text.strip().splitlines() or ["unknown"])[0]
