"""Films of painted key frames: few are painted, each goes on with those before it, and nothing flickers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from backend.style.apart import Plate, painted_apart
from backend.style.film import stylised_frames, warp_error
from backend.style.key_frames import Held, KeyFrames
from backend.style.motion import Frame, Origin, follow
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


def test_what_lies_behind_is_painted_first_and_the_rest_over_it():
    """Two cards before a wall and a floor: each of these is one picture's, all of it, and the cards fit to both."""
    surface, depth = np.zeros((96, 96), np.int32), np.full((96, 96), 6, np.float32)
    surface[60:] = 1
    for column in (20, 60):
        surface[40:76, column:column + 20] = 2 + column
        depth[40:76, column:column + 20] = 3
    colours = np.random.default_rng(1).random((96, 96, 3), np.float32)
    seen: list[tuple[Plate, np.ndarray]] = []

    def paint(plate: Plate, painted: np.ndarray, done: np.ndarray) -> np.ndarray:
        assert np.array_equal(painted[~done], colours[~done])
        assert all((painted[done & (surface == number)] == number + 5).all() for number in (0, 1))
        seen.append((plate, done))
        return np.full_like(colours, len(seen) + 4)

    frame = Frame(colours, None, None, surface, depth)
    styled = painted_apart(frame, paint, 6, np.ones((96, 96), bool))
    assert [int(value) for value in (styled[0, 0, 0], styled[95, 0, 0], styled[50, 30, 0])] == [5, 6, 7]
    assert len(np.unique(styled[surface == 0])) == len(np.unique(styled[surface == 1])) == 1
    assert [done.mean() > 0 for _, done in seen] == [False, True, True]
    assert [bool(plate.is_bare.any()) for plate, _ in seen] == [True, True, False]
    seen.clear()
    painted_apart(frame, paint, 6, surface == 0)
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
