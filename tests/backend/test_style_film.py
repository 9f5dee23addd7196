"""Films in a style: what is carried, what is made anew, and that nothing flickers."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from scipy.ndimage import maximum_filter, minimum_filter

from backend.style.film import EachFrame, carried, stylised_frames, warp_error
from backend.style.instant import look_of, measure_look, stylise
from backend.style.key_frames import KeyFrames
from backend.style.motion import Frame, Origin, follow, stretched_share
from backend.style.origins import traced_frames
from tests.backend.moving import film

STILL = [(0.0, -1.5, 0.0)] * 6
EYE = (0.0, -6.0, 0.0)
NUMBER = 3  # of a style of the fixed network


def grained(colours: np.ndarray) -> np.ndarray:
    """A style that flickers: grain of its own for every picture that is not the same."""
    random = np.random.default_rng(int(colours.sum(dtype=np.float64) * 1e3))
    return (0.7 * colours + 0.3 * random.random(colours.shape, np.float32)).astype(np.float32)


def shown_of(frames: list[Frame], style=grained) -> list[np.ndarray]:
    return list(stylised_frames(EachFrame(len(frames), frames.__getitem__, style)))


def origins(frames: list[Frame]) -> list[Origin]:
    found = [Origin.new(0, *frames[0].surface.shape)]
    for number in range(1, len(frames)):
        found.append(follow(found[-1], frames[number - 1], frames[number], number)[0])
    return found


def test_the_film_of_the_tests_moves_as_it_says():
    frames = film([(-0.2 + 0.1 * step, -1.5, 0.05 * step) for step in range(3)],
                  [(0.1 * step, -6.0, 0.0) for step in range(3)])
    for before, frame in itertools.pairwise(frames):
        origin, new = follow(Origin.new(0, 96, 96), before, frame, 1)
        assert 0 < new < 0.2
        own = {0: (before.colours, before.surface), 1: (frame.colours, frame.surface)}
        moved = carried(origin, frame.surface, own)
        assert np.abs(moved - frame.colours)[origin.frame == 0].max() < 0.03


def test_without_motion_all_frames_are_the_same_bit_by_bit():
    shown = (shown_of(film(STILL, [EYE] * 6)))
    assert all(np.array_equal(frame, shown[0]) for frame in shown)
    assert np.array_equal(shown[0], grained(film(STILL, [EYE] * 6)[0].colours).clip(0, 1))


def moving(what: str, count: int) -> list[Frame]:
    steps = range(count)
    return film([(0.06 * step if what == "ball" else 0.0, -1.5, 0.0) for step in steps],
                [(0.06 * step if what == "camera" else 0.0, -6.0, 0.0) for step in steps])


def error(frames: list[Frame], pictures: list[np.ndarray], apart: int) -> float:
    """The mean warp error of frames that are so many apart."""
    found = []
    for start in range(len(frames) - apart):
        origin = Origin.new(0, 96, 96)
        for number in range(start + 1, start + apart + 1):
            origin, _ = follow(origin, frames[number - 1], frames[number], number)
        found.append(warp_error((pictures[start], frames[start].surface),
                                (pictures[start + apart], frames[start + apart].surface), origin, 0))
    return float(np.mean(found))


@pytest.mark.parametrize("what", ["camera", "ball"])
def test_it_flickers_at_most_a_third_of_what_single_pictures_do(what: str):
    frames = moving(what, 12)
    own, shown = [grained(frame.colours) for frame in frames], shown_of(frames)
    for apart in (1, 6):
        assert error(frames, shown, apart) < error(frames, own, apart) / 3


@pytest.mark.parametrize("what", ["camera", "ball"])
def test_in_a_style_of_a_network_too(what: str):
    frames, look = moving(what, 6), look_of([], [(NUMBER, 1.0)])
    statistics = measure_look([frames[0].colours, frames[-1].colours], look)
    own = [stylise(frame.colours, look).clip(0, 1) for frame in frames]
    shown = shown_of(frames, partial(stylise, look=look, statistics=statistics))
    assert np.abs(shown[3] - frames[3].colours).mean() > 0.1
    for apart in (1, 4):
        assert error(frames, shown, apart) < error(frames, own, apart) / 3


def by_key_frames(frames: list[Frame], paint: Callable[[np.ndarray], np.ndarray]) -> list[np.ndarray]:
    return list(stylised_frames(KeyFrames(len(frames), frames.__getitem__, lambda plate, _: paint(plate.colours))))


@pytest.mark.parametrize("shown_by", [shown_of, by_key_frames])
def test_what_comes_into_view_has_no_ghost_of_what_hid_it(shown_by: Callable[..., list[np.ndarray]]):
    frames = film([(0.12 * step, -1.5, 0.0) for step in range(8)], [EYE] * 8)
    for frame, shown in zip(frames, shown_by(frames, lambda colours: colours), strict=True):
        wall = frame.surface == 0
        assert shown[wall][:, 0].max() < 0.02
        assert np.abs(shown - frame.colours)[wall].mean() < 0.02


def _inner(mask: np.ndarray) -> np.ndarray:
    return minimum_filter(mask, 3)


def outlined(colours: np.ndarray) -> np.ndarray:
    """A style that draws a black line of ten pixels wherever red ends."""
    red = colours[..., 0]
    return np.where((maximum_filter(red, 11) - minimum_filter(red, 11) > 0.4)[..., None], 0, colours).astype(np.float32)


def test_nothing_leaves_an_outline_on_what_lies_behind_it():
    """A ball creeps before a wall: where depth is known, the line is on the ball alone, and the wall stays clean."""
    frames = film([(0.02 * step, -1.5, 0.0) for step in range(30)], [EYE] * 30)
    deep = [replace(frame, depth=np.where(_inner(frame.surface == 1), np.float32(4.5), np.float32(6)))
            for frame in frames]  # as far as the wall at the ball's rim: so are renderers' at times
    marked = []
    for given in (frames, deep):
        shown = shown_of(given, outlined)
        marked.append([float((picture[frame.surface == 0].max(axis=1) < 0.2).mean())  # the wall itself is half bright
                       for picture, frame in zip(shown, frames, strict=True)])
        ball = frames[-1].surface == 1
        assert (shown[-1][ball].max(axis=1) < 0.1).mean() > 0.1  # its own part of the line
    assert min(marked[0]) > 0.05
    assert max(marked[1]) == 0


def test_what_comes_into_view_bit_by_bit_is_made_as_a_whole():
    """In key frames, two in this film besides the first; and no outline stays on the wall where the ball was."""
    frames = film([(-0.8 + 0.07 * step, -1.5, 0.0) for step in range(25)], [EYE] * 25)
    traced = list(traced_frames(25, frames.__getitem__))
    assert [found.number for found in traced] == list(range(25))
    assert [found.is_cut for found in traced] == [True] + 24 * [False]
    for found in traced:
        made_in = np.unique(found.origin.frame, return_counts=True)
        others = sum(count for number, count in zip(*made_in, strict=True) if number % 12)
        assert others < 0.005 * 96 * 96
        assert found.origin.frame.min() >= 0
    left_behind = (maximum_filter(frames[0].surface == 1, 5) & ~maximum_filter(frames[12].surface != 0, 15)
                   & (frames[24].surface == 0))
    assert left_behind.sum() > 50
    assert (traced[24].origin.frame[left_behind] == 12).all()


def test_a_long_pan_reads_each_frame_about_once_and_is_made_in_few(monkeypatch: pytest.MonkeyPatch):
    """Else a film would be read from the disk again for each key frame that is still seen, and fill the memory."""
    monkeypatch.setattr("backend.style.origins._MADE_IN", (3, 3))
    frames = film([(0.0, 3.0, 0.0)] * 60, [(-1.0 + 0.04 * step, -4.0, 0.0) for step in range(60)])
    reads: list[int] = []

    def read(number: int) -> Frame:
        reads.append(number)
        return frames[number]

    assert len(list(stylised_frames(EachFrame(60, read, grained)))) == 60
    assert len(reads) < 1.5 * 60
    most = max(len(np.unique(found.origin.frame)) for found in traced_frames(60, frames.__getitem__))
    assert 1 < most <= 8  # key frames, and what came and went between two


def test_another_scene_is_made_anew():
    first, second = film(STILL[:2], [EYE] * 2), film(STILL[:2], [(1.5, -3.0, 1.0)] * 2)
    away = np.full((96, 96, 2), 500, np.float32)
    cut = Frame(second[0].colours, away, second[0].forward, second[0].surface)
    shown = shown_of([*first, cut, second[1]])
    assert np.array_equal(shown[2], grained(cut.colours).clip(0, 1))
    assert np.array_equal(shown[3], shown[2])


def blocks(seed: int) -> np.ndarray:
    """(96, 96, 3) of a scene of 64 tones."""
    tones = np.random.default_rng(seed).random((8, 8, 1), np.float32)
    return np.kron(tones, np.ones((12, 12, 3), np.float32))


def shots(colours: list[np.ndarray], depths: list[float | None]) -> list[Frame]:
    """Frames that do not move, so far as the renderer knows."""
    still = np.zeros((96, 96, 2), np.float32)
    return [Frame(each, still, still, np.zeros((96, 96), np.int32),
                  None if depth is None else np.full((96, 96), depth, np.float32))
            for each, depth in zip(colours, depths, strict=True)]


@pytest.mark.parametrize("frames", [
    shots([blocks(1), blocks(1), blocks(2), blocks(2)], [None] * 4),
    shots([blocks(1) * np.float32(0.1)] * 4, [5.0, 5.0, 7.0, 7.0])], ids=["tones", "depth"])
def test_a_camera_that_is_exchanged_begins_another_scene(frames):
    """The renderer knows of no motion then, on either side."""
    assert [found.is_cut for found in traced_frames(4, frames.__getitem__)] == [True, False, True, False]


@pytest.mark.parametrize("frames", [
    shots([blocks(1) * np.float32(0.6 ** step) for step in range(4)], [None] * 4),
    shots([blocks(1), blocks(2), blocks(1), blocks(2)], [5.0, 5.1, 5.2, 5.3])], ids=["light", "screens"])
def test_light_that_goes_down_and_what_is_shown_on_a_still_screen_are_no_cuts(frames):
    assert [found.is_cut for found in traced_frames(4, frames.__getitem__)] == [True, False, False, False]


def test_strokes_that_grew_too_long_are_made_anew_by_and_by():
    eyes = [(0.0, -7.0 + 0.35 * step, 0.0) for step in range(16)]
    frames = film([(0.0, 3.0, 0.0)] * 16, eyes)  # the ball is behind the wall
    shares = [stretched_share(origin) for origin in origins(frames)]
    assert shares[0] == 0 < 0.5 < shares[-1]  # by itself it would go on
    shown = shown_of(frames)
    steps = [np.abs(after - before).mean() for before, after in itertools.pairwise(shown)]
    own = [grained(frame.colours) for frame in frames]
    single = [np.abs(after - before).mean() for before, after in itertools.pairwise(own)]
    assert max(steps) < 0.75 * max(single)  # no frame in which all strokes change at once
    assert np.abs(shown[-1] - own[-1]).mean() < np.abs(shown[0] - own[-1]).mean()


def test_light_that_changes_is_seen():
    frames = film(STILL, [EYE] * 6)
    brighter = [Frame(frame.colours * np.float32(0.5 + 0.1 * number), frame.backward, frame.forward, frame.surface)
                for number, frame in enumerate(frames)]
    shown = shown_of(brighter)
    means, own = [frame.mean() for frame in shown], [grained(frame.colours).mean() for frame in brighter]
    np.testing.assert_allclose(means, own, rtol=0.02)


def test_a_size_that_changes_is_another_scene():
    small, large = film(STILL[:1], [EYE]), film(STILL[:1], [EYE], size_px=64)
    shown = shown_of([*small, *large])
    assert [frame.shape for frame in shown] == [(96, 96, 3), (64, 64, 3)]


def test_a_film_that_was_broken_off_goes_on_as_if_it_had_not_been():
    frames = film([(0.06 * step, -1.5, 0.0) for step in range(10)],
                  [(0.0, -7.0 + 0.2 * step, 0.0) for step in range(10)])
    whole = shown_of(frames)
    made: list[float] = []

    def counted(colours: np.ndarray) -> np.ndarray:
        made.append(float(colours.sum()))
        return grained(colours)

    rest = list(stylised_frames(EachFrame(10, frames.__getitem__, counted), lambda number: number < 7))
    assert rest[:7] == [None] * 7
    assert all(np.array_equal(one, other) for one, other in zip(rest[7:], whole[7:], strict=True))
    assert len(made) == len(set(made))  # none is made twice
