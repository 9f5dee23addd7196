"""Shows on the surfaces themselves what their views have agreed upon so far."""

from __future__ import annotations

import time
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt
from torch import Tensor

from ..geometry.tiles import ONE_TILE
from ..geometry.uv_raster import Texels
from ..job import Job
from .touch_up import Present

__all__ = ["LivePictures"]

LIVE_PX = 512  # at most: half a megabyte, which a window takes in within a frame
_INTERVAL_S = 0.4  # a window is drawn no oftener


class LivePictures:
    """A small picture for each surface, in its own UV layout, written while the views are painted.

    Which texel each of its pixels shows is found once: a picture then costs some milliseconds, beside half a second
    and more of the network's. What no view sees gets the colour of the nearest texel that one does.

    Args:
        texels: of the surfaces by their object IDs, in the order in which their colours follow each other.
        present: what stays as it is, of the one surface; None where all is new.
        to_colours: (C + 1, 3), the last row the constant: sRGB of what is blended; None where it is sRGB already.
    """

    def __init__(self, job: Job, texels: Mapping[int, Texels], present: Present | None = None,
                 to_colours: Tensor | None = None) -> None:
        self._job = job
        self._texels = texels
        self._present = present
        self._to_colours = to_colours
        self._sources: dict[int, NDArray[np.int64]] | None = None
        self._shown_at_s = float("-inf")

    def show(self, colours: Tensor, seen: Tensor) -> None:
        """Show colours (N, C) of the texels of all surfaces one after another, of which views see some (N,) bool;
        not if the last were shown just now.
        """
        if time.monotonic() - self._shown_at_s < _INTERVAL_S:
            return
        if self._sources is None:
            self._sources = _nearest_seen(self._texels, seen.cpu().numpy())
        colours = colours.float().cpu()
        if self._to_colours is not None:
            colours = colours @ self._to_colours[:-1] + self._to_colours[-1]
        values = np.rint(colours.numpy().clip(0, 1) * 255).astype(np.uint8)
        for number, source in self._sources.items():
            picture = np.take(values, source, axis=0)
            self._job.show_surface(number, picture if self._present is None else _over(self._present, picture))
        self._shown_at_s = time.monotonic()


def _nearest_seen(texels: Mapping[int, Texels], seen: NDArray[np.bool_]) -> dict[int, NDArray[np.int64]]:
    """For each surface that is seen at all: which of the texels (N,) a pixel (P, P) of its picture shows.
    What has tiles is not shown: the overlay in the viewport has one picture.
    """
    sources, start = {}, 0
    for number, own in texels.items():
        is_seen = seen[start:start + len(own)]
        if is_seen.any() and own.tiles == ONE_TILE:
            place = np.full((own.size_px, own.size_px), -1, np.int64)
            place.ravel()[own.index[is_seen]] = start + np.flatnonzero(is_seen)
            row, column = distance_transform_edt(place < 0, return_distances=False, return_indices=True)
            kept = _thinned(own.size_px, min(own.size_px, LIVE_PX))
            sources[number] = place[row, column][kept][:, kept]
        start += len(own)
    return sources


def _over(present: Present, picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The picture (P, P, 3) where something is new, in what is there."""
    kept = _thinned(len(present.image), len(picture))
    before, share = present.image[kept][:, kept], present.share[kept][:, kept, None]
    return np.rint(255 * (before + share * (picture / np.float32(255) - before))).astype(np.uint8)


def _thinned(size_px: int, count: int) -> NDArray[np.int64]:
    """Which of so many rows, or columns, a picture of `count` of them shows."""
    return ((np.arange(count) + 0.5) * size_px / count).astype(np.int64)
