"""Pictures that the memory has no room for, told by their size."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Concatenate, ParamSpec

import numpy as np
from numpy.typing import NDArray

from protocol.errors import OutOfMemory

from ..exhaustion import is_out_of_memory

__all__ = ["told_if_too_large"]

_Options = ParamSpec("_Options")
_Picture = NDArray[np.float32]


def told_if_too_large(make: Callable[Concatenate[_Picture, _Options], _Picture]
                      ) -> Callable[Concatenate[_Picture, _Options], _Picture]:
    """What is made of a picture (H, W, C), raising OutOfMemory with its size where memory runs out, on any device."""

    @functools.wraps(make)
    def made(picture: _Picture, *args: _Options.args, **options: _Options.kwargs) -> _Picture:
        try:
            return make(picture, *args, **options)
        except Exception as error:
            if not is_out_of_memory(error):
                raise
        # Out here the frames of the error, which hold what did not fit, are gone.
        raise OutOfMemory("A picture of {width} × {height} px does not fit into the memory.",
                          "Raise the stroke scale, choose a smaller picture, or close other programs.",
                          width=picture.shape[1], height=picture.shape[0])

    return made
