"""Light as Blender's colour management shows it, by OpenColorIO with Blender's own configuration."""

from __future__ import annotations

import numpy as np
import OpenImageIO as oiio
from numpy.typing import NDArray

from protocol.errors import BadInput
from protocol.film import ViewTransform

__all__ = ["seen"]


def seen(light: NDArray[np.float32], view: ViewTransform) -> NDArray[np.float32]:
    """(H, W, 3) float32 in 0 to 1, encoded for the display, of light that is not multiplied by alpha.

    Raises:
        BadInput: the configuration cannot be read, or has no such display, view or look.
    """
    source = oiio.ImageBuf(np.ascontiguousarray(light * np.float32(2 ** view.exposure), np.float32))
    shown = oiio.ImageBufAlgo.ociodisplay(source, view.display, view.view, view.space, view.look,
                                          unpremult=False, colorconfig=view.config)
    if shown.has_error:
        raise BadInput("The view transform {view} cannot be used: {reason}.",
                       "Choose another one under Render > Color Management.", view=view.view,
                       reason=(shown.geterror().strip().splitlines() or ["unknown"])[0])
    pixels = shown.get_pixels(oiio.FLOAT)
    assert pixels is not None
    return pixels.reshape(light.shape).clip(0, 1) ** np.float32(1 / view.gamma)
