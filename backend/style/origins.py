"""In which frame of a film the strokes of each pixel are made, so that neighbours are made together.

A film has key frames. What comes into view between two of them, sliver by sliver, is made as a whole in the next one:
each sliver by itself would be a line of its own. Networks draw outlines round things, which would stay behind when
those move on. So what is narrow in a key frame, beside another surface, waits for the one after that: there it is made
if it is free by then, else in the first of both. What comes and goes between two is made where it comes. So of every
frame only what lies around is looked at: a film may be of any length.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter, minimum_filter

from .motion import UNKNOWN, Frame, Origin, follow, follow_back, stretched_share

__all__ = ["NARROW_SHARE", "Traced", "traced_frames"]

_WAITING = -2  # in place of a frame's number: seen in a key frame, but narrow
_CUT_SHARE = 0.85  # of new pixels: from then on it is another scene
_STILL = 1 / 200  # of the width: motion below that is hardly any
_DEEPER, _DEEPER_SHARE = 0.1, 0.4  # what hardly moves does not come nearer or go away by so much, in so much of it
_UNLIKE, _TONE = 0.5, 0.05  # correlation and mean difference of tones, along the motion: of pictures of other scenes
_STRETCHED_SHARE = 0.2  # of the picture, before all of it is made anew
_KEY_FRAMES = (2, 12)  # from one key frame to the next: fewest, and most
_WINDOW_PIXELS = 34_000_000  # of two periods of frames, 44 bytes each; three are kept, four where pairs are begun
_MADE_IN = (8, 48)  # key frames that one frame's strokes are made in, fewest and most, before all is made anew
NARROW_SHARE = 1 / 16  # of the width: as far as a network's outline reaches


class Traced(NamedTuple):
    """A frame, and where its strokes are made.

    Attributes:
        is_cut: another scene begins with it.
        is_renewed: it is the same scene, but all of it is made anew.
        is_key: it is a key frame; others too are made in where things come and go.
    """

    number: int
    frame: Frame
    origin: Origin
    is_cut: bool
    is_renewed: bool
    is_key: bool = False


def traced_frames(count: int, read: Callable[[int], Frame]) -> Iterator[Traced]:
    """All frames from 0 on, in order; each is read once, two key frames ahead or more."""
    part: _Part | None = None
    for number in range(count):
        frame = read(number)
        if part is None or part.is_over(frame):
            if part is not None:
                yield from part.rest()
            part = _Part(number, frame, is_cut=True)
        elif part.is_worn(number):
            yield from part.rest()
            part = _Part(number, frame, is_cut=False)
        else:
            yield from part.add(number, frame)
    if part is not None:
        yield from part.rest()


class _Part:
    """Frames that follow each other, of which those are kept that are not told yet."""

    def __init__(self, number: int, frame: Frame, *, is_cut: bool) -> None:
        height, width = frame.surface.shape
        fewest, most = _KEY_FRAMES
        self._period = min(max(_WINDOW_PIXELS // (2 * height * width), fewest), most)
        origin = Origin.new(UNKNOWN, height, width)
        self._kept = deque([Traced(number, frame, origin, is_cut, not is_cut)])
        self._first = self._key = number
        self._told: Traced | None = None
        self._next: Origin | None = None
        self._make_in_last()

    def is_over(self, frame: Frame) -> bool:
        """Whether this one belongs to another scene."""
        last = self._kept[-1]
        if last.frame.surface.shape != frame.surface.shape:
            return True
        self._next, new = follow(last.origin, last.frame, frame, UNKNOWN)
        return new > _CUT_SHARE or _is_elsewhere(last.frame, frame)

    def is_worn(self, number: int) -> bool:
        """Whether all is to be made anew: it has grown too long, or is made in more frames than memory has room for."""
        assert self._next is not None
        if number - self._key < self._period:
            return False
        fewest, most = _MADE_IN
        room = min(max(_WINDOW_PIXELS // self._next.frame.size, fewest), most)
        return stretched_share(self._next) > _STRETCHED_SHARE or len(np.unique(self._next.frame)) > room

    def add(self, number: int, frame: Frame) -> Iterator[Traced]:
        """The frame that `is_over` was asked about; what can be told now."""
        assert self._next is not None
        self._kept.append(Traced(number, frame, self._next, is_cut=False, is_renewed=False))
        if number - self._key >= self._period:
            before = self._key
            self._make_in_last()
            yield from self._tell(before)

    def rest(self) -> Iterator[Traced]:
        """All that was not told yet."""
        self._make_in_last(is_end=True)
        yield from self._tell(self._kept[-1].number)

    def _make_in_last(self, *, is_end: bool = False) -> None:
        """What is not known in the last frame is made in it, for those before it too; but for what is narrow. What was
        narrow in the key frame before is made there if it is narrow still: beside what it was beside.
        """
        number, frame, origin, *_ = self._kept[-1]
        own = Origin.new(number, *frame.surface.shape)
        narrow = _is_narrow(frame.surface)
        new, waiting = origin.frame == UNKNOWN, origin.frame == _WAITING
        ripe = new & ~narrow if number == self._first else new & ~_is_narrow(frame.surface, with_border=True)
        made = (waiting & ~narrow) | (new if is_end else ripe)
        stays = waiting & narrow
        known = Origin(np.where(stays, np.int32(self._key), origin.frame), origin.place).under(own, made)
        told = Origin(np.where(made | stays, known.frame, np.int32(UNKNOWN)), known.place)
        last = len(self._kept) - 1
        self._keep(last, known)
        self._fill_back(last, told)
        for place, kept in enumerate(self._kept):  # what was narrow and has gone since
            gone = kept.origin.frame == _WAITING
            if gone.any():
                self._keep(place, Origin(np.where(gone, np.int32(self._key), kept.origin.frame), kept.origin.place))
                if kept.number == self._key:
                    self._fill_back(place, Origin(np.where(gone, np.int32(self._key), np.int32(UNKNOWN)),
                                                  kept.origin.place))
        waits = known.frame == UNKNOWN
        self._keep(last, known.under(Origin(np.full_like(known.frame, _WAITING), own.place), waits))
        self._kept[last] = self._kept[last]._replace(is_key=True)
        self._key = number

    def _fill_back(self, place: int, carried: Origin) -> None:
        """What is told of a kept frame, for those before it that do not know it."""
        for earlier in range(place - 1, -1, -1):
            if (carried.frame < 0).all():
                break
            kept = self._kept[earlier]
            carried = follow_back(carried, self._kept[earlier + 1].frame, kept.frame)
            self._keep(earlier, kept.origin.under(carried, (kept.origin.frame < 0) & (carried.frame >= 0)))

    def _keep(self, place: int, origin: Origin) -> None:
        self._kept[place] = self._kept[place]._replace(origin=origin)

    def _tell(self, until: int) -> Iterator[Traced]:
        while self._kept and self._kept[0].number <= until:
            found = self._kept.popleft()
            missing = found.origin.frame < 0
            if missing.any():
                told = self._told
                known = (Origin.new(found.number, *missing.shape) if told is None
                         else follow(told.origin, told.frame, found.frame, found.number)[0])
                found = found._replace(origin=found.origin.under(known, missing))
            self._told = found
            yield found


def _is_elsewhere(last: Frame, frame: Frame) -> bool:
    """Whether a frame shows another place though its motion says that it follows: where the camera is exchanged, the
    renderer knows of no motion. By the depth where it is known, else by the tones."""
    motion = frame.backward
    if motion is None:
        return True
    height, width = frame.surface.shape
    rows, columns = np.mgrid[:height, :width]
    from_x, from_y = np.rint(columns + motion[..., 0]), np.rint(rows + motion[..., 1])
    inside = (from_x >= 0) & (from_x < width) & (from_y >= 0) & (from_y < height)
    place = from_y[inside].astype(np.intp), from_x[inside].astype(np.intp)
    if len(place[0]) < inside.size / 2:
        return False
    if last.depth is not None and frame.depth is not None:
        before, now = last.depth[place], frame.depth[inside]
        is_still = np.hypot(*motion[inside].T) < _STILL * width
        with np.errstate(invalid="ignore", over="ignore"):
            deeper = np.abs(now - before) > _DEEPER * np.minimum(now, before)
        return bool((deeper & is_still).mean() > _DEEPER_SHARE)
    before, now = last.colours[place].mean(axis=1), frame.colours[inside].mean(axis=1)
    if np.abs(now - before).mean() < _TONE:
        return False
    spread = before.std() * now.std()
    return bool(((before - before.mean()) * (now - now.mean())).mean() < _UNLIKE * spread)


def _is_narrow(surface: NDArray[np.int32], *, with_border: bool = False) -> NDArray[np.bool_]:
    """(H, W) bool: near another surface, or the picture's border."""
    side = 2 * max(2, round(surface.shape[1] * NARROW_SHARE)) + 1
    beyond = {"constant_values": surface.min() - 1} if with_border else {}
    framed = np.pad(surface, 1, mode="constant" if with_border else "edge", **beyond)
    return (maximum_filter(framed, side, mode="nearest") != minimum_filter(framed, side, mode="nearest"))[1:-1, 1:-1]
