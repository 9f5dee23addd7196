"""What the renderer knows of a frame: its light, its motion, and which object each pixel shows."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import OpenImageIO as oiio
from numpy.typing import NDArray

from protocol.errors import BadInput

__all__ = ["Layers", "Passes", "depth_of", "passes_of", "read_layers"]

_OBJECT_INDEX = ("indexob", "object index")
_DEPTH_AXES = ("z", "v")  # until and from Blender 5.0 on
_CRYPTOMATTE = "cryptoobject00"  # the object that most of a pixel shows, and how much


@dataclass(frozen=True, eq=False)
class Layers:
    """A multilayer OpenEXR of Blender's.

    Attributes:
        name: of the file, for messages.
        channels: (H, W) float32 by layer, pass and channel, in lower case.
        half: which of them were kept in 16 bit.
    """

    name: str
    channels: dict[tuple[str, str, str], NDArray[np.float32]]
    half: frozenset[tuple[str, str, str]]

    def find(self, name: str, axis: str, layer: str | None = None) -> tuple[str, str, str] | None:
        """The channel of a pass, of the first layer that has it."""
        return next((key for key in self.channels if key[1:] == (name, axis) and layer in (None, key[0])), None)

    def light(self) -> tuple[NDArray[np.float32], NDArray[np.float32] | None] | None:
        """(H, W, 3) linear, multiplied by alpha (H, W) where there is one: what the compositor made, or else the
        combined pass of the first layer; None without either.
        """
        for layer in ("composite", None):
            keys = [self.find("combined", axis, layer) for axis in "rgb"]
            colours = [self.channels[key] for key in keys if key is not None]
            if len(colours) == 3:
                alpha = self.find("combined", "a", layer)
                return np.stack(colours, axis=2), None if alpha is None else self.channels[alpha]
        return None


@dataclass(frozen=True, eq=False)
class Passes:
    """
    Attributes:
        backward, forward: (H, W, 2) float32, as in `Frame`.
        surface: (H, W) int32, the same for pixels of the same object, by Cryptomatte or the object index; None where
            both passes are off.
        depth: (H, W) float32, in metres; None where that pass is off.
    """

    backward: NDArray[np.float32]
    forward: NDArray[np.float32]
    surface: NDArray[np.int32] | None
    depth: NDArray[np.float32] | None


def read_layers(path: Path) -> Layers:
    """Raises:
        BadInput: it cannot be read.
    """
    source = oiio.ImageInput.open(str(path))
    if source is None:
        raise BadInput("The passes {path} cannot be read: {reason}.", "Render the frame again as OpenEXR MultiLayer.",
                       path=path.name, reason=(oiio.geterror().strip().splitlines() or ["unknown"])[0])
    try:
        channels: dict[tuple[str, str, str], NDArray[np.float32]] = {}
        half = set()
        part = 0
        while source.seek_subimage(part, 0):
            spec = source.spec()
            pixels = source.read_image(part, 0, 0, spec.nchannels, oiio.FLOAT)
            if pixels is None:
                raise BadInput("The passes {path} are broken.", "Render the frame again.", path=path.name)
            pixels = pixels.reshape(spec.height, spec.width, -1)
            formats = spec.channelformats or [spec.format] * spec.nchannels
            for place, name in enumerate(spec.channelnames):
                key = _key(name, str(spec.get_string_attribute("name")))
                channels.setdefault(key, pixels[..., place])
                if formats[place] == oiio.HALF:
                    half.add(key)
            part += 1
    finally:
        source.close()
    return Layers(path.name, channels, frozenset(half))


def passes_of(layers: Layers) -> Passes:
    """Cycles' vector pass is in pixels with y up: X and Y lead to where a pixel was, Z and W, turned round, to where
    it will be.

    Raises:
        BadInput: there is no vector pass.
    """
    vector = [layers.find("vector", axis) for axis in "xyzw"]
    if any(key is None for key in vector):
        raise BadInput("{path} has no vector pass.",
                       "Turn on Vector in the view layer's passes (Cycles), turn off Motion Blur, and render again.",
                       path=layers.name)
    x, y, z, w = (np.nan_to_num(layers.channels[key]) for key in vector if key is not None)
    return Passes(np.stack([x, -y], axis=2), np.stack([-z, w], axis=2), _surface(layers), depth_of(layers))


def depth_of(layers: Layers) -> NDArray[np.float32] | None:
    """`Passes.depth`."""
    depth = next((key for axis in _DEPTH_AXES if (key := layers.find("depth", axis))), None)
    return None if depth is None else np.nan_to_num(layers.channels[depth], nan=np.inf, posinf=np.inf)


def _surface(layers: Layers) -> NDArray[np.int32] | None:
    matte = layers.find(_CRYPTOMATTE, "r")
    if matte is not None and matte not in layers.half:  # the number of an object fills all of its 32 bit
        return np.ascontiguousarray(layers.channels[matte], np.float32).view(np.int32)
    index = next((key for name in _OBJECT_INDEX if (key := layers.find(name, "x"))), None)
    return None if index is None else np.rint(layers.channels[index]).astype(np.int32)


def _key(channel: str, part: str) -> tuple[str, str, str]:
    """Layer, pass and channel, in lower case: files of one part carry layer and pass in the channel's name, those of
    several in the part's.
    """
    words = channel.lower().split(".")
    words = ["", "", *(words if len(words) > 1 else [*part.lower().split("."), *words])]
    return ".".join(filter(None, words[:-2])), words[-2], words[-1]
