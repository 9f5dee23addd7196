"""Films of painted key frames: few are painted, each goes on with those before it, and nothing flickers."""

from __future__ import annotations

import inspect
import weakref
from dataclasses import replace
from itertools import islice

import numpy as np
import pytest
from scipy.ndimage import distance_transform_edt, maximum_filter

from backend.style.apart import Held, Plate, painted_apart
from backend.style.film import stylised_frames, warp_error
from backend.style.key_frames import KeyFrames
from backend.style.motion import Frame, Origin, follow
from backend.style.origins import Traced, traced_frames
from tests.backend.moving import RED, film
from tests.backend.test_style_film import EYE, STILL, grained


class Painter:
    """Paints with grain of its own for every picture that is not the same, and keeps what it is told to keep."""

    def __init__(self) -> None:
        self.painted: list[tuple[Plate, Held | None]] = []

    def __call__(self, plate: Plate, held: Held | None) -> np.ndarray:
        self.painted.append((plate, held))
        own = grained(plate.colours)
        return own if held is None else np.where(held.where[..., None] > 0, held.picture, own)


def shown_of(frames: list[Frame], paint: Painter, **options: object) -> list[np.ndarray]:
    return list(stylised_frames(KeyFrames(len(frames), frames.__getitem__, paint), **options))


def pan(count: int) -> list[Frame]:
    return film([(0.03 * step, -1.5, 0.0) for step in range(count)],
                [(0.06 * step, -6.0, 0.0) for step in range(count)])


def test_without_motion_one_picture_is_painted():
    paint = Painter()
    shown = shown_of(film(STILL, [EYE] * 6), paint)
    assert all(np.array_equal(frame, shown[0]) for frame in shown)
    assert len(paint.painted) == 1


def test_few_frames_are_painted_and_each_keeps_what_is_seen_of_those_before_it():
    frames, paint = pan(30), Painter()
    shown = shown_of(frames, paint)
    assert 1 < len(paint.painted) < 8
    assert paint.painted[0][1] is None
    for _, held in paint.painted[1:]:
        assert 0.3 < held.where.mean() < 1

    def error(pictures: list[np.ndarray]) -> float:
        found = []
        for number in range(1, len(frames)):
            origin, _ = follow(Origin.new(0, 96, 96), frames[number - 1], frames[number], number)
            found.append(warp_error((pictures[number - 1], frames[number - 1].surface),
                                    (pictures[number], frames[number].surface), origin, 0))
        return float(np.mean(found))

    assert error(shown) < error([grained(frame.colours) for frame in frames]) / 3


def test_strokes_go_on_from_one_key_frame_to_the_next():
    """What is new in a key frame is painted beside the carried strokes of the last: the very ones that are shown."""
    frames, paint = pan(30), Painter()
    shown = shown_of(frames, paint)
    numbers = [next(n for n, frame in enumerate(frames) if frame.colours is plate.colours)
               for plate, _ in paint.painted]
    assert len(numbers) == len(set(numbers))
    for number, (_, held) in list(zip(numbers, paint.painted, strict=True))[1:]:
        there = held.where > 0
        assert np.abs(held.picture[there].clip(0, 1) - shown[number][there]).max() < 0.01
        assert not np.array_equal(held.picture[~there], np.zeros_like(held.picture[~there]))  # strokes to go by


def test_what_lies_behind_is_painted_alone_where_it_is_needed():
    frames = film([(0.06 * step, -1.5, 0.0) for step in range(20)], [EYE] * 20)
    deep = [replace(frame, depth=np.where(frame.surface == 1, np.float32(4.5), np.float32(6))) for frame in frames]
    paint = Painter()
    shown_of(deep, paint)
    bare = [plate for plate, _ in paint.painted if plate.is_bare.any()]
    assert 0 < len(bare) < len(paint.painted)
    for plate in bare:
        assert plate.colours.shape == deep[0].colours.shape  # strokes of a part would be of another size
        assert plate.colours[plate.is_bare][:, 0].max() < 0.5 * RED[0]  # the ball is gone
        assert (plate.depth[plate.is_bare] > 5).all()
    for plate, held in paint.painted:
        assert held is None or not (held.where[plate.is_bare] > 0).any()


def test_all_is_painted_in_one_picture_and_what_lies_behind_anew_without_what_hides_it():
    """Two cards before a wall and a floor. Of these, what is near to the cards is painted as if those were not there,
    and fits to the rest, which stays.
    """
    surface, depth = np.zeros((96, 96), np.int32), np.full((96, 96), 6, np.float32)
    surface[60:] = 1
    for column in (20, 60):
        surface[40:76, column:column + 20] = 2 + column
        depth[40:76, column:column + 20] = 3
    colours = np.random.default_rng(1).random((96, 96, 3), np.float32)
    seen: list[tuple[Plate, Held | None]] = []

    def paint(plate: Plate, held: Held | None) -> np.ndarray:
        seen.append((plate, held))
        return np.full_like(colours, len(seen) + 4)

    frame, near = Frame(colours, None, None, surface, depth), maximum_filter(surface > 1, 13)
    styled = painted_apart(frame, paint, 6, np.ones((96, 96), bool))
    wanted = np.full((96, 96), 5.0)
    for number in (0, 1):  # over half of the way to the cards, one goes over into the other
        share = (distance_transform_edt(~((surface == number) & ~near)) / 3).clip(0, 1)
        wanted += np.where(near & (surface == number), share * (number + 1), 0)
    assert wanted.max() == 7
    np.testing.assert_allclose(styled, np.repeat(wanted[..., None], 3, axis=2), atol=1e-5)
    (whole, nothing), *rest = seen
    assert nothing is None and not whole.is_bare.any()
    for number, (plate, held) in enumerate(rest):
        assert plate.is_bare[surface > 1].mean() > 0.3 and not plate.is_bare[~near].any()
        new = near & (surface == number) | plate.is_bare
        assert np.array_equal(held.where == 0, new)
        assert (held.picture[~near] == 5).all()
        (here, there), = held.alike  # it is to look like the strokes of that surface, where things hid it too
        assert np.array_equal(here > 0, new) and np.array_equal(there > 0, surface == number)
    seen.clear()
    known = ~near | (surface != 0)  # the wall comes into view
    styled = painted_apart(frame, paint, 6, ~known, Held(np.full_like(colours, 4), known.astype(np.float32)))
    assert (styled == np.where(known, 4, 5)[..., None]).all()
    assert len(seen) == 1  # the others were not needed


def test_a_film_that_was_broken_off_paints_no_key_frame_twice():
    frames, whole = pan(30), Painter()
    shown, kept = [], {}
    for number, picture in enumerate(stylised_frames(KeyFrames(30, frames.__getitem__, whole, find=kept.get,
                                                               store=kept.__setitem__))):
        shown.append(picture)
        if number == 17:
            break
    rest = Painter()
    strokes = KeyFrames(30, frames.__getitem__, rest, find=kept.get, store=kept.__setitem__)
    again = list(stylised_frames(strokes, is_done=lambda number: number < 18))
    straight = Painter()
    complete = shown_of(frames, straight)
    assert again[:18] == [None] * 18
    assert all(np.array_equal(one, other) for one, other in zip([*shown, *again[18:]], complete, strict=True))
    assert len(whole.painted) + len(rest.painted) == len(straight.painted)


def test_without_the_kept_key_frames_it_goes_on_the_same():
    frames = pan(30)
    complete, again = shown_of(frames, Painter()), shown_of(frames, Painter(), is_done=lambda number: number < 18)
    assert all(np.array_equal(one, other) for one, other in zip(again[18:], complete[18:], strict=True))


def test_light_that_changes_is_seen_without_painting_anew():
    dim = [replace(frame, colours=frame.colours * np.float32(0.5 + 0.1 * number))
           for number, frame in enumerate(film(STILL, [EYE] * 6))]
    paint = Painter()
    shown = shown_of(dim, paint)
    assert len(paint.painted) == 1
    means = [picture.mean() for picture in shown]
    wanted = [means[0] + frame.colours.mean() - dim[0].colours.mean() for frame in dim]
    np.testing.assert_allclose(means, wanted, rtol=0.03)


def test_a_cut_begins_anew():
    first, second = film(STILL[:2], [EYE] * 2), film(STILL[:2], [(1.5, -3.0, 1.0)] * 2)
    cut = replace(second[0], backward=np.full((96, 96, 2), 500, np.float32))
    paint, cuts = Painter(), []
    shown_of([*first, cut, second[1]], paint, on_cut=cuts.append)
    assert cuts == [2]
    assert [held for _, held in paint.painted] == [None, None]


@pytest.mark.parametrize("count", [1, 2])
def test_short_films(count: int):
    assert len(shown_of(pan(count), Painter())) == count


def test_what_is_hardly_worth_a_picture_takes_strokes_from_beside_it():
    """A pan so slow that each frame shows less than half a percent that is new: pictures are painted all the same once
    it has become more.
    """
    frames = film([(0.0, 3.0, 0.0)] * 40, [(0.012 * step, -4.0, 0.0) for step in range(40)])
    paint = Painter()
    shown = shown_of(frames, paint)
    assert 1 < len(paint.painted) <= 4
    for picture, frame in zip(shown, frames, strict=True):
        assert np.abs(picture.mean(axis=(0, 1)) - frame.colours.mean(axis=(0, 1))).max() < 0.25
        assert (picture.max(axis=2) > 0).all()


def test_a_small_thing_is_painted_and_does_not_take_the_strokes_of_what_it_stands_before():
    wall = np.full((96, 96, 3), 0.2, np.float32)
    still, there = np.zeros((96, 96, 2), np.float32), np.zeros((96, 96), bool)
    there[40:44, 40:45] = True  # 0.2 % of the picture
    frames = [Frame(np.where((there & (number >= 5))[..., None], RED, wall), still, still,
                    (there & (number >= 5)).astype(np.int32)) for number in range(30)]
    painted: list[Plate] = []

    def paint(plate: Plate, held: Held | None) -> np.ndarray:
        painted.append(plate)
        return plate.colours

    for frame, picture in zip(frames, stylised_frames(KeyFrames(30, frames.__getitem__, paint)), strict=True):
        assert np.abs(picture - frame.colours).max() < 1e-6
    assert len(painted) == 2


def test_strokes_that_bits_are_taken_from_are_kept(monkeypatch: pytest.MonkeyPatch):
    """A few new pixels of frame 2 take them from beside, some from frame 0 and some from frame 1. Frame 3 shows the
    ones, frame 4 the others: frame 1 is not painted again for them.
    """
    frames = [replace(frame, colours=frame.colours + np.float32(0.001 * number))
              for number, frame in enumerate(film(STILL[:5], [EYE] * 5))]
    ones, others = (3, 3), (3, 90)
    traced = []
    for number, halves in enumerate(((0, 0), (0, 1), (0, 1), (3, 3), (3, 3))):
        origin = Origin.new(0, 96, 96)
        origin.frame[:, :48], origin.frame[:, 48:] = halves
        for shown, place in ((2, ones), (2, others), (3, ones), (4, others)):
            if shown == number:
                origin.frame[place] = 2
        traced.append(Traced(number, frames[number], origin, number == 0, False, is_key=number in (0, 1, 3)))
    monkeypatch.setattr("backend.style.key_frames.traced_frames", lambda count, read: iter(traced))
    paint = Painter()
    shown_of(frames, paint)
    assert [next(n for n, frame in enumerate(frames) if frame.colours is plate.colours)
            for plate, _ in paint.painted] == [0, 1, 3]


@pytest.mark.parametrize("is_kept", [True, False])
def test_a_long_film_that_goes_on_keeps_few_frames(monkeypatch: pytest.MonkeyPatch, is_kept: bool):
    """Whether its key frames are kept or must be painted again: these one after another, not one within the other."""
    monkeypatch.setattr("backend.style.origins._KEY_FRAMES", (2, 2))
    frames, kept = pan(40), {}
    if is_kept:
        list(stylised_frames(KeyFrames(40, frames.__getitem__, Painter(), store=kept.__setitem__)))
    alive, most, depths = weakref.WeakSet(), [], set()
    paint = Painter()

    def read(number: int) -> Frame:
        frame = replace(frames[number])
        alive.add(frame)
        most.append(len(alive))
        return frame

    def painted(plate: Plate, held: Held | None) -> np.ndarray:
        depths.add(len(inspect.stack(0)))
        most.append(len(alive))
        return paint(plate, held)

    strokes = KeyFrames(40, read, painted, find=kept.get)
    assert sum(shown is not None for shown in stylised_frames(strokes, lambda number: number < 37)) == 3
    assert max(most) <= 8
    if is_kept:
        assert not paint.painted
    else:
        assert len(paint.painted) > 10
        assert max(depths) - min(depths) < 3


def test_what_fades_away_paints_nothing_of_its_own(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("backend.style.origins._STRETCHED_SHARE", 0.02)
    frames = film([(0.05 * step, -1.5, 0.0) for step in range(40)],
                  [(0.0, -7.0 + 0.07 * step, 0.0) for step in range(40)])
    traced = list(traced_frames(40, frames.__getitem__))
    assert any(found.is_renewed for found in traced)
    paint = Painter()
    shown_of(frames, paint)
    numbers = {next(n for n, frame in enumerate(frames) if frame.colours is plate.colours)
               for plate, _ in paint.painted}
    assert numbers <= {found.number for found in traced if (found.origin.frame == found.number).any()}


def test_what_fades_away_may_ask_for_any_frame(monkeypatch: pytest.MonkeyPatch):
    """All is made anew now and then; what was before fades, and where it comes into view it is no key frame's."""
    monkeypatch.setattr("backend.style.origins._STRETCHED_SHARE", 0.02)
    frames = film([(0.01 * step, -1.5, 0.0) for step in range(40)],
                  [(0.0, -7.0 + 0.07 * step, 0.0) for step in range(40)])
    paint = Painter()
    strokes = KeyFrames(40, frames.__getitem__, paint)
    assert len(list(stylised_frames(strokes))) == 40
    strokes = KeyFrames(40, frames.__getitem__, paint)
    next(strokes.frames())
    for number in (0, 7):  # of those that are no key frames too
        picture, surface = strokes.made(number)
        assert picture.shape == (96, 96, 6) and np.array_equal(surface, frames[number].surface)


class Beginner(Painter):
    """Grain besides that all have in common which are begun together."""

    def __init__(self) -> None:
        super().__init__()
        self.begun: list[tuple[list[int], list[Held | None]]] = []

    def begin(self, plates: list[tuple[Plate, Held | None]], origins: list[tuple[int, Origin]]) -> list[np.ndarray]:
        assert not any(plate.is_bare.any() for plate, _ in plates)
        self.begun.append(([number for number, _ in origins], [held for _, held in plates]))
        common = grained(sum(plate.colours for plate, _ in plates))
        return [common + number for number, _ in origins]

    def __call__(self, plate: Plate, held: Held | None) -> np.ndarray:
        painted = super().__call__(plate, held)
        if plate.begun is None:
            return painted
        mixed = 0.5 * painted + 0.01 * plate.begun
        return mixed if held is None else np.where(held.where[..., None] > 0, held.picture, mixed)


def begun_frames(frames: list[Frame], paint: Beginner, *, done: int = 0, stop: int | None = None, **options: object
                 ) -> list[np.ndarray | None]:
    strokes = KeyFrames(len(frames), frames.__getitem__, paint, begin=paint.begin, **options)
    return list(islice(stylised_frames(strokes, lambda number: number < done), stop))


def test_key_frames_that_follow_each_other_are_begun_in_pairs():
    frames, paint = pan(40), Beginner()
    begun_frames(frames, paint)
    keys = [found.number for found in traced_frames(40, frames.__getitem__) if found.is_key]
    painted = [next(n for n, frame in enumerate(frames) if frame.colours is plate.colours)
               for plate, _ in paint.painted]
    pairs = [numbers for numbers, _ in paint.begun]
    assert pairs == [list(pair) for pair in zip(keys[::2], keys[1::2], strict=False)] and len(pairs) == 2
    together = {number for pair in pairs for number in pair}
    assert {number for number, (plate, _) in zip(painted, paint.painted, strict=True)
            if plate.begun is not None} == together
    assert paint.begun[0][1] == [None, None]
    for held in paint.begun[1][1]:  # both of the later pair go on with what is seen of the earlier
        assert 0.1 < held.where.mean() < 1
    assert paint.begun[1][1][0].where.mean() == paint.painted[painted.index(pairs[1][0])][1].where.mean()


@pytest.mark.parametrize("stop", [1, 10, 13, 18, 27])
def test_a_film_of_pairs_that_was_broken_off_ends_the_same(stop: int):
    """Also between the two of a pair, of which one is kept."""
    frames = pan(40)
    complete = begun_frames(frames, Beginner())
    kept: dict[int, np.ndarray] = {}
    first = Beginner()
    shown = begun_frames(frames, first, stop=stop, find=kept.get, store=kept.__setitem__)
    rest = Beginner()
    again = begun_frames(frames, rest, done=stop, find=kept.get, store=kept.__setitem__)
    assert all(np.array_equal(one, other) for one, other in zip([*shown, *again[stop:]], complete, strict=True))
    assert len(first.painted) + len(rest.painted) == len(kept)
    lost = begun_frames(frames, Beginner(), done=stop)  # without what was kept
    assert all(np.array_equal(one, other) for one, other in zip(lost[stop:], complete[stop:], strict=True))


def test_without_motion_or_in_short_films_nothing_is_begun_together():
    """And no more is read ahead, however long it is."""
    for frames in (film(STILL[:1], [EYE]) * 60, pan(1)):
        frames = [replace(frame, backward=np.zeros((96, 96, 2), np.float32), forward=np.zeros((96, 96, 2), np.float32))
                  for frame in frames]
        read: list[int] = []
        paint = Beginner()
        strokes = KeyFrames(len(frames), lambda number, frames=frames, read=read: read.append(number) or frames[number],
                            paint, begin=paint.begin)
        shown = stylised_frames(strokes)
        first = next(shown)
        assert max(read) < 37
        assert all(np.array_equal(picture, first) for picture in shown)
        assert len(paint.painted) == 1 and not paint.begun
