"""Strokes of a film by a method that takes minutes a picture: key frames are painted one after another, each going on
with what is seen in it of those before it.

Ruder, Dosovitskiy and Brox, "Artistic style transfer for videos" (2016) begin each frame with the warped one before it
and hold it where both show the same; here that is done from key frame to key frame.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt
from scipy.spatial import cKDTree

from .apart import Plate, painted_apart
from .film import Picture, Stylised, carried, change_of_light
from .motion import UNKNOWN, Frame, Origin
from .origins import NARROW_SHARE, Traced, traced_frames

__all__ = ["Held", "KeyFrames", "Paint"]


_BITS = 0.005  # of the pixels: what is new of a frame is worth a picture from then on


class Held(NamedTuple):
    """What of a picture is painted already.

    Attributes:
        picture: (h, w, 3) float32, sRGB; where nothing is, other strokes in the same look.
        where: (h, w) float32, 1 where it is, else 0.
    """

    picture: Picture
    where: NDArray[np.float32]


Paint = Callable[[Plate, Held | None], Picture]


class KeyFrames:
    """As `Strokes`, of key frames.

    Args:
        count: how many frames there are, from 0 on.
        read: a frame by its number; may be asked twice for the same.
        paint: (h, w, 3) what a plate becomes, given what of it is painted already.
        find: (H, W, 3) the strokes of a key frame that were kept, or None.
        store: keeps them.
    """

    def __init__(self, count: int, read: Callable[[int], Frame], paint: Paint,
                 find: Callable[[int], Picture | None] = lambda number: None,
                 store: Callable[[int, Picture], None] = lambda number, strokes: None) -> None:
        self._coming = traced_frames(count, read)
        self._read = read
        self._paint = paint
        self._find = find
        self._store = store
        self._ahead: deque[Traced] = deque()
        self._now = 0
        self._met = -1  # the last that was traced
        self._keys: dict[int, Traced] = {}  # frames in which strokes are made, as far as they were met
        self._bits: dict[int, _Bits] = {}  # of frames that are not worth a picture
        self._made: dict[int, Stylised] = {}

    def frames(self) -> Iterator[Traced]:
        while self._ahead or self._look_ahead():
            now = self._ahead.popleft()
            self._now = now.number
            yield now

    def keep(self, numbers: Collection[int]) -> None:
        needed, waiting = set(), set(numbers)
        while waiting:
            number = waiting.pop()
            needed.add(number)
            if number not in self._made and number in self._keys:
                waiting |= set(_before(self._keys[number])) - needed
        self._made = {number: made for number, made in self._made.items() if number in needed}
        self._keys = {number: key for number, key in self._keys.items() if number in needed or number > self._now}

    def made(self, number: int) -> Stylised:
        if number not in self._made:
            key = self._key(number)
            strokes = self._find(number)
            if strokes is None:
                strokes = self._painted(key)
                self._store(number, strokes)
            self._made[number] = np.concatenate([strokes, key.frame.colours], axis=2), key.frame.surface
        return self._made[number]

    def lit(self, strokes: Picture, traced: Traced) -> Picture:
        """With the change of light laid over them."""
        change = change_of_light(strokes, traced.frame.colours)
        if change is None:
            return strokes[..., :3]
        return (strokes[..., :3] + change.is_lit * change.tone + change.is_other * change.detail).clip(0, 1)

    def _key(self, number: int) -> Traced:
        """That frame; by itself where it was no key frame, as what fades away may ask for, or is one no more."""
        while number > self._met and self._look_ahead():
            pass
        if number not in self._keys:
            frame = self._read(number)
            self._keys[number] = Traced(number, frame, Origin.new(number, *frame.surface.shape), False, False)
        return self._keys[number]

    def _look_ahead(self) -> bool:
        """Whether there was another frame."""
        traced = next(self._coming, None)
        if traced is None:
            return False
        self._met = traced.number
        traced = self._without_bits(traced)
        self._ahead.append(traced)
        if (traced.origin.frame == traced.number).any():
            self._keys[traced.number] = traced
        return True

    def _without_bits(self, traced: Traced) -> Traced:
        """With strokes from beside it where so little is new that it is not worth a picture, in all frames together."""
        if traced.is_cut or traced.is_renewed:
            self._bits.clear()
        frame, place = traced.origin.frame.copy(), traced.origin.place.copy()
        new, was_new = traced.origin.frame == traced.number, np.isin(traced.origin.frame, list(self._bits))
        for number in np.unique(frame[was_new]).tolist():
            there = traced.origin.frame == number
            frame[there], place[there] = self._bits[number].at(place[there])
        if new.any() and not new.all() and (new | was_new).mean() <= _BITS:
            beside = _beside(new, traced.frame.surface)
            frame[new], place[new] = frame[beside], place[beside]
            self._bits[traced.number] = _Bits.of(new, frame, place)
        return traced._replace(origin=Origin(frame, place))

    def _painted(self, key: Traced) -> Picture:
        before = _before(key)
        known = self._known(key, before) if before else None

        def paint(plate: Plate, painted: Picture, done: NDArray[np.bool_]) -> Picture:
            where, picture = done & ~plate.is_bare, painted
            if known is not None:
                picture = np.where(where[..., None], painted, known.picture)
                where = (where | (known.where > 0)) & ~plate.is_bare
            return self._paint(plate, Held(picture, where.astype(np.float32)) if where.any() else None)

        reach_px = max(2, round(key.frame.surface.shape[1] * NARROW_SHARE))
        return painted_apart(key.frame, paint, reach_px, key.origin.frame == key.number)

    def _known(self, key: Traced, before: Collection[int]) -> Held:
        """What earlier key frames show of this one."""
        origin = key.origin
        where = np.isin(origin.frame, list(before))
        earlier = Origin(np.where(where, origin.frame, np.int32(UNKNOWN)), origin.place)
        made = {number: self.made(number) for number in before}
        strokes = carried(earlier, key.frame.surface, made)
        strokes[~where, 3:] = key.frame.colours[~where]  # of what is not known, the light is the same
        strokes = self.lit(strokes, key)
        return Held(np.where(where[..., None], strokes, made[max(before)][0][..., :3]), where.astype(np.float32))


class _Bits(NamedTuple):
    """Where the strokes of a few pixels are taken from.

    Attributes:
        tree: of the pixels' places.
        frame: (n,) int32. place: (n, 2) float32, as in `Origin`.
    """

    tree: cKDTree
    frame: NDArray[np.int32]
    place: NDArray[np.float32]

    @classmethod
    def of(cls, chosen: NDArray[np.bool_], frame: NDArray[np.int32], place: NDArray[np.float32]) -> _Bits:
        return cls(cKDTree(np.argwhere(chosen)[:, ::-1]), frame[chosen], place[chosen])

    def at(self, place: NDArray[np.float32]) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """Of the pixels nearest to places (m, 2), x and y."""
        _, nearest = self.tree.query(place)
        return self.frame[nearest], self.place[nearest]


def _beside(chosen: NDArray[np.bool_], surface: NDArray[np.int32]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows and columns of the pixels nearest to chosen ones that are not chosen, of the same surface if there are any.
    """
    row, column = distance_transform_edt(chosen, return_distances=False, return_indices=True)
    for number in np.unique(surface[chosen]):
        own = surface == number
        if (own & ~chosen).any():
            place = distance_transform_edt(~(own & ~chosen), return_distances=False, return_indices=True)
            row[own], column[own] = place[0][own], place[1][own]
    return row[chosen], column[chosen]


def _before(key: Traced) -> list[int]:
    """The key frames before this one whose strokes are seen in it."""
    numbers = np.unique(key.origin.frame)
    return [int(number) for number in numbers[numbers < key.number]]
