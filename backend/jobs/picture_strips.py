"""Small pictures of how a picture came about: after some of its steps, and where its words were looked for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from protocol.picture import Strip, StripKind

from ..colours import LUMA
from ..diffusion.canvas import Canvas
from ..diffusion.decode import smaller_picture
from ..diffusion.families import Family
from ..diffusion.prompts import word_places
from ..diffusion.word_maps import WordMaps
from ..strips import tile_size, write_strip
from ..style.pictures import resized
from ..texturing.heat import heat_colours
from .painter import Painter

__all__ = ["Strips"]

_STEPS, _WORDS = 6, 8  # pictures at most
# Shorter words than "sea" are looked for where the others are not, and say nothing to a visitor.
_PLAIN_WORDS = {"a", "an", "and", "as", "at", "by", "for", "from", "in", "into", "is", "it", "its", "of", "on", "or",
                "over", "the", "to", "under", "with"}
_HEAT = 0.75


class Strips:
    """A `Watch` of one picture.

    Args:
        canvas: that it is painted on, and is seen whole.
    """

    def __init__(self, painter: Painter, canvas: Canvas) -> None:
        self._painter = painter
        self._size = tile_size(painter.request.height_px, painter.request.width_px)
        last = painter.steps - 1
        self._calls = sorted({round(last * place / (_STEPS - 1)) for place in range(_STEPS)})
        self._seen: dict[int, NDArray[np.float32]] = {}
        self._words: list[str] = []
        self._maps: WordMaps | None = None
        loaded = painter.loaded
        if loaded.family is not Family.FLUX:
            telling = [(word, places) for word, places in word_places(loaded, painter.request.prompt)
                       if word.lower() not in _PLAIN_WORDS][:_WORDS]
            scale = loaded.pipe.vae_scale_factor
            self._words = [word for word, _ in telling]
            if telling:
                self._maps = WordMaps([places for _, places in telling],
                                      (canvas.height_px // scale, canvas.width_px // scale))

    @contextmanager
    def looking(self, network: Any) -> Iterator[None]:
        if self._maps is None:
            yield
            return
        with self._maps.looking(network):
            yield

    def __call__(self, call: int, clean: torch.Tensor) -> None:
        if self._maps is not None:
            self._maps.end_call(call)
        if call in self._calls[:-1]:  # the last one is the picture itself
            self._seen[call] = resized(smaller_picture(self._painter.loaded, clean), *self._size)

    def write(self, folder: Path, painted: NDArray[np.float32]) -> tuple[Strip, ...]:
        """Those that there are of a picture (H, W, 3), as it came out of its steps."""
        if not self._painter.can_repaint:
            return ()
        small = resized(painted, *self._size)
        made = [write_strip(folder, StripKind.STEPS, [*(self._seen[call] for call in self._calls[:-1]), small],
                         [str(call + 1) for call in self._calls])]
        maps = None if self._maps is None else self._maps.maps()
        if maps is not None:
            heated = [_heated(small, each.numpy()) for each in maps]
            made.append(write_strip(folder, StripKind.WORDS, heated, self._words))
        return tuple(made)


def _heated(picture: NDArray[np.float32], where: NDArray[np.float32]) -> NDArray[np.float32]:
    """A picture (H, W, 3) in grey, under the colours of a map (h, w), 0 to 1."""
    fine = resized(where[..., None], *picture.shape[:2])
    heat = heat_colours(256)[np.rint(fine[..., 0] * 255).astype(np.int64)].astype(np.float32) / 255
    grey = (picture @ LUMA)[..., None]
    return ((1 - _HEAT) * grey + _HEAT * heat).astype(np.float32)
