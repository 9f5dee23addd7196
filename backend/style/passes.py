"""What the renderer knows of a frame beside its colours: motion, and which object each pixel shows."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import OpenImageIO as oiio
from numpy.typing import NDArray

from protocol.errors import BadInput

__all__ = ["Passes", "read_passes"]


@dataclass(frozen=True, eq=False)
class Passes:
    """
    Attributes:
        backward, forward: (H, W, 2) float32, as in `Frame`.
        surface: (H, W) int32, the object index; None where that pass is off.
    """

    backward: NDArray[np.float32]
    forward: NDArray[np.float32]
    surface: NDArray[np.int32] | None


def read_passes(path: Path) -> Passes:
    """Of a multilayer OpenEXR of Blender's.

    Cycles' vector pass is in pixels with y up: X and Y lead to where a pixel was, Z and W, turned round, to where it
    will be.

    Raises:
        BadInput: it cannot be read, or has no vector pass.
    """
    source = oiio.ImageInput.open(str(path))
    if source is None:
        raise BadInput("The passes {path} cannot be read: {reason}.", "Render the frame again as OpenEXR MultiLayer.",
                       path=path.name, reason=(oiio.geterror().strip().splitlines() or ["unknown"])[0])
    try:
        layers: dict[str, NDArray[np.float32]] = {}
        part = 0
        while source.seek_subimage(part, 0):
            spec = source.spec()
            pixels = source.read_image(part, 0, 0, spec.nchannels, oiio.FLOAT)
            if pixels is None:
                raise BadInput("The passes {path} are broken.", "Render the frame again.", path=path.name)
            pixels = pixels.reshape(spec.height, spec.width, -1)
            for place, name in enumerate(spec.channelnames):
                layers.setdefault(".".join(_words(name, str(spec.get_string_attribute("name")))[-2:]),
                                  pixels[..., place])
            part += 1
    finally:
        source.close()
    vector = [layers.get(f"vector.{axis}") for axis in "xyzw"]
    if any(axis is None for axis in vector):
        raise BadInput("{path} has no vector pass.",
                       "Turn on Vector in the view layer's passes (Cycles), turn off Motion Blur, and render again.",
                       path=path.name)
    x, y, z, w = (np.nan_to_num(axis) for axis in vector if axis is not None)
    index = next((layers[name] for name in layers if name.split(".")[0] in ("indexob", "object index")), None)
    return Passes(np.stack([x, -y], axis=2), np.stack([-z, w], axis=2),
                  None if index is None else np.rint(index).astype(np.int32))


def _words(channel: str, part: str) -> list[str]:
    """The pass and the channel, in lower case: files of one part carry layer and pass in the channel's name, those of
    several in the part's.
    """
    words = channel.lower().split(".")
    return words if len(words) > 1 else [*part.lower().split("."), *words]
