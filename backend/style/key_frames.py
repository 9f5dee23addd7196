"""Strokes of a film by a method that takes minutes a picture: key frames are painted one after another, each going on
with what is seen in it of those before it.

Ruder, Dosovitskiy and Brox, "Artistic style transfer for videos" (2016) begin each frame with the warped one before it
and hold it where both show the same; here that is done from key frame to key frame. Two that follow each other may be
begun together besides, if a method can do that: what is new in the second fits to the first, as that does to it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt
from scipy.spatial import cKDTree

from .apart import Held, Plate, painted_apart, whole_plate
from .film import Picture, Stylised, carried, change_of_light
from .motion import UNKNOWN, Frame, Origin
from .origins import NARROW_SHARE, Traced, traced_frames

__all__ = ["Begin", "KeyFrames", "Paint"]

# Of the pixels, what is worth a picture, if there is more of it: what is new in key frames; what comes and goes between
# two, mostly slivers along rims (a turntable of five things of 240 px has up to 2.6 % of that); and of that, or of one
# key frame, things that have no strokes beside them to take.
_BITS, _PASSING = 0.005, 0.03
_THINGS, _THING = 0.005, 0.0005


Paint = Callable[[Plate, Held | None], Picture]
# Of frames, and where what each of them shows is made: the frames by their numbers. Gives `Plate.begun` for each.
Begin = Callable[[Sequence[tuple[Plate, Held | None]], Sequence[tuple[int, Origin]]], Sequence[Any]]


class KeyFrames:
    """As `Strokes`, of key frames.

    Args:
        count: how many frames there are, from 0 on.
        read: a frame by its number; may be asked twice for the same.
        paint: (h, w, 3) what a plate becomes, given what of it is painted already.
        find: (H, W, 3) the strokes of a key frame that were kept, or None.
        store: keeps them.
        begin: begins two key frames together, for which frames are read three key frames ahead and not two; None if
            each is painted by itself.
    """

    def __init__(self, count: int, read: Callable[[int], Frame], paint: Paint,
                 find: Callable[[int], Picture | None] = lambda number: None,
                 store: Callable[[int, Picture], None] = lambda number, strokes: None,
                 begin: Begin | None = None) -> None:
        self._coming = traced_frames(count, read)
        self._read = read
        self._paint = paint
        self._find = find
        self._store = store
        self._begin = begin
        self._now: Traced | None = None
        self._ahead: deque[tuple[Traced, Collection[int]]] = deque()  # and the frames that its strokes are made in
        self._met = -1  # the last that was traced
        self._last_key = 0  # of those
        self._bits: dict[int, _Bits] = {}  # of frames that are not worth a picture
        self._keys: dict[int, _Key] = {}  # frames in which strokes are to be made, of those that were met
        self._made: dict[int, Stylised] = {}
        self._asked: set[int] = set()  # of which frames strokes are asked for
        self._single: tuple[int, _Key] | None = None  # the last key frame, if the next one is to be begun with it
        self._begun: dict[int, Any] = {}

    def frames(self) -> Iterator[Traced]:
        while self._ahead or self._look_ahead():
            self._now, _ = self._ahead.popleft()
            yield self._now

    def keep(self, numbers: Collection[int]) -> None:
        self._asked = {*numbers, self._last_key}.union(*(bits.sources for bits in self._bits.values()),
                                                       *(sources for _, sources in self._ahead))
        leading = self._leading_to(self._asked)
        self._keys = {number: key for number, key in self._keys.items() if number in leading}
        self._forget_all_but(leading)

    def made(self, number: int) -> Stylised:
        while (number > self._met or self._waits(number)) and self._look_ahead():
            pass
        missing = sorted(self._leading_to({number}) - self._made.keys())
        for other in missing:
            strokes = self._painted(other)
            self._store(other, strokes)
            self._made[other] = _stylised(strokes, self._frame(other))
            del self._keys[other]
            self._forget_all_but(self._leading_to(self._asked | {number}))
        return self._made[number]

    def lit(self, strokes: Picture, traced: Traced) -> Picture:
        """With the change of light laid over them."""
        return _lit(strokes, traced.frame)

    def _waits(self, number: int) -> bool:
        """Whether strokes that lead to a frame are to be made with those of one that is not met yet."""
        return self._single is not None and self._single[0] in self._leading_to({number}) - self._made.keys()

    def _leading_to(self, numbers: Collection[int]) -> set[int]:
        """Those, and the frames whose strokes must be made before theirs."""
        found, waiting = set(), set(numbers)
        while waiting:
            number = waiting.pop()
            found.add(number)
            if number not in self._made and number <= self._met:
                if number not in self._keys:  # nothing says where its strokes are made: in itself
                    self._keys[number] = _Key.of(number, Origin.new(number, *self._frame(number).surface.shape))
                waiting |= self._keys[number].before - found
        return found

    def _forget_all_but(self, numbers: Collection[int]) -> None:
        self._made = {number: made for number, made in self._made.items() if number in numbers}

    def _frame(self, number: int) -> Frame:
        at_hand = (self._now, *(traced for traced, _ in self._ahead))
        return next((traced.frame for traced in at_hand if traced is not None and traced.number == number),
                    None) or self._read(number)

    def _look_ahead(self) -> bool:
        """Whether there was another frame."""
        traced = next(self._coming, None)
        if traced is None:
            return False
        number = self._met = traced.number
        self._last_key = number if traced.is_key else self._last_key
        traced = self._without_bits(traced)
        sources = np.unique(traced.origin.frame).tolist()
        self._ahead.append((traced, sources))
        self._asked |= {*sources, self._last_key}
        if traced.is_key or number in sources:
            key = _Key.of(number, traced.origin)
            if traced.is_key and self._begin is not None:
                key = self._paired(traced, key)
            strokes = self._find(number)
            if strokes is None:
                self._keys[number] = key
            else:
                self._made[number] = _stylised(strokes, traced.frame)
        return True

    def _paired(self, traced: Traced, key: _Key) -> _Key:
        """With the key frame before, if that is still alone and its strokes are seen in this one."""
        single, self._single = self._single, None
        if not (key.origin.frame == traced.number).any():
            return key
        if single is None or traced.is_cut or traced.is_renewed or single[0] not in key.before:
            self._single = traced.number, key
            return key
        number, first = single
        earlier = first.before | {other for other in key.before if other < number}
        pair = _Pair((number, traced.number), (first.origin, key.origin), earlier)
        if number in self._keys:
            self._keys[number] = _Key(first.origin, earlier, pair)
        return _Key(key.origin, key.before | earlier, pair)

    def _without_bits(self, traced: Traced) -> Traced:
        """With strokes from beside where so little is new that it is not worth a picture, in all frames together."""
        if traced.is_cut or traced.is_renewed:
            self._bits.clear()
        frame, place = traced.origin.frame.copy(), traced.origin.place.copy()
        self._bits = {number: bits for number, bits in self._bits.items()
                      if number >= self._last_key or (traced.origin.frame == number).any()}
        new = traced.origin.frame == traced.number
        share = new.mean()
        for number, bits in self._bits.items():
            there = traced.origin.frame == number
            frame[there], place[there] = bits.at(place[there])
            share += there.mean() if bits.is_of_key == traced.is_key else 0
        things = _things(new, traced.frame.surface)
        is_little = (share <= _BITS and things.max(initial=0) <= _THING if traced.is_key
                     else share <= _PASSING and things.sum() <= _THINGS)
        if new.any() and not new.all() and is_little:
            beside = _beside(new, traced.frame.surface)
            frame[new], place[new] = frame[beside], place[beside]
            self._bits[traced.number] = _Bits.of(new, frame, place, is_of_key=traced.is_key)
        return traced._replace(origin=Origin(frame, place))

    def _painted(self, number: int) -> Picture:
        """Those before it are made."""
        key, frame = self._keys[number], self._frame(number)
        known = self._known(key.origin, key.before, frame)
        wanted = key.origin.frame == number
        if known is not None and not wanted.any():
            return known.picture

        reach_px = max(2, round(frame.surface.shape[1] * NARROW_SHARE))
        def paint(plate: Plate, held: Held | None) -> Picture:
            begun = None if key.pair is None or plate.is_bare.any() else self._begun_of(number, key.pair)
            return self._paint(replace(plate, begun=begun), held)

        return painted_apart(frame, paint, reach_px, wanted, known)

    def _begun_of(self, number: int, pair: _Pair) -> Any:
        if number not in self._begun:
            assert self._begin is not None
            frames = [self._frame(other) for other in pair.numbers]
            held = [self._known(origin, pair.before, frame) for origin, frame in zip(pair.origins, frames, strict=True)]
            begun = self._begin([(whole_plate(frame), known) for frame, known in zip(frames, held, strict=True)],
                                list(zip(pair.numbers, pair.origins, strict=True)))
            self._begun = dict(zip(pair.numbers, begun, strict=True))
        return self._begun.pop(number)

    def _known(self, origin: Origin, before: Collection[int], frame: Frame) -> Held | None:
        """What earlier key frames show of a frame."""
        where = np.isin(origin.frame, list(before))
        if not where.any():
            return None
        earlier = Origin(np.where(where, origin.frame, np.int32(UNKNOWN)), origin.place)
        made = {number: self._made[number] for number in sorted(before)}
        strokes = carried(earlier, frame.surface, made)
        strokes[~where, 3:] = frame.colours[~where]  # of what is not known, the light is the same
        strokes = _lit(strokes, frame)
        return Held(np.where(where[..., None], strokes, made[max(made)][0][..., :3]), where.astype(np.float32))


def _lit(strokes: Picture, frame: Frame) -> Picture:
    change = change_of_light(strokes, frame.colours)
    if change is None:
        return strokes[..., :3]
    return (strokes[..., :3] + change.is_lit * change.tone + change.is_other * change.detail).clip(0, 1)


def _stylised(strokes: Picture, frame: Frame) -> Stylised:
    return np.concatenate([strokes, frame.colours], axis=2), frame.surface


@dataclass(frozen=True, eq=False)
class _Pair:
    """Key frames that are begun together.

    Attributes:
        before: the frames before both whose strokes are seen in one of them.
    """

    numbers: tuple[int, int]
    origins: tuple[Origin, Origin]
    before: set[int]


@dataclass(frozen=True, eq=False)
class _Key:
    """A frame in which strokes are to be made, but for its picture.

    Attributes:
        before: the frames before it whose strokes are seen in it, or in that with which it is begun.
    """

    origin: Origin
    before: set[int]
    pair: _Pair | None = None

    @classmethod
    def of(cls, number: int, origin: Origin) -> _Key:
        return cls(origin, {int(other) for other in np.unique(origin.frame) if other < number})


class _Bits(NamedTuple):
    """Where the strokes of a few pixels are taken from.

    Attributes:
        tree: of the pixels' places.
        frame: (n,) int32. place: (n, 2) float32, as in `Origin`.
        sources: the numbers in `frame`.
        is_of_key: they are a key frame's.
    """

    tree: cKDTree
    frame: NDArray[np.int32]
    place: NDArray[np.float32]
    sources: set[int]
    is_of_key: bool

    @classmethod
    def of(cls, chosen: NDArray[np.bool_], frame: NDArray[np.int32], place: NDArray[np.float32], *, is_of_key: bool
           ) -> _Bits:
        sources = set(np.unique(frame[chosen]).tolist())
        return cls(cKDTree(np.argwhere(chosen)[:, ::-1]), frame[chosen], place[chosen], sources, is_of_key)

    def at(self, place: NDArray[np.float32]) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """Of the pixels nearest to places (m, 2), x and y."""
        _, nearest = self.tree.query(place)
        return self.frame[nearest], self.place[nearest]


def _beside(chosen: NDArray[np.bool_], surface: NDArray[np.int32]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows and columns of the pixels that mirror chosen ones at the nearest that are not chosen, of the same surface if
    there are any; of that nearest one itself where there is no such pixel.
    """
    row, column = distance_transform_edt(chosen, return_distances=False, return_indices=True)
    for number in np.unique(surface[chosen]):
        own = surface == number
        if (own & ~chosen).any():
            place = distance_transform_edt(~(own & ~chosen), return_distances=False, return_indices=True)
            row[own], column[own] = place[0][own], place[1][own]
    near, here = np.stack([row[chosen], column[chosen]]), np.argwhere(chosen).T
    beyond = (2 * near - here).clip(0, np.subtract(surface.shape, 1)[:, None])
    fits = ~chosen[tuple(beyond)] & (surface[tuple(beyond)] == surface[chosen])
    row, column = np.where(fits, beyond, near)
    return row, column


def _things(new: NDArray[np.bool_], surface: NDArray[np.int32]) -> NDArray[np.float64]:
    """(n,) share of the picture of each surface that is seen in new pixels (H, W) only."""
    numbers, counts = np.unique(surface[new], return_counts=True)
    return counts[np.isin(numbers, surface[~new], invert=True)] / surface.size
