"""A picture whose borders are joined, and the figures by which it is seen whether they are."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.ndimage
from hypothesis import given
from hypothesis import strategies as st

from backend.material.measure import border_ratio, calm_origin, repetition, wrap_ratio
from backend.material.seamless import cropped, make_seamless, resampled


def gravel(high=160, wide=192, seed=0):
    rough = np.random.default_rng(seed).standard_normal((high, wide, 3))
    smooth = scipy.ndimage.gaussian_filter(rough, (3, 3, 0))
    return (0.5 + 0.12 * smooth / smooth.std()).clip(0, 1).astype(np.float32)


@pytest.mark.parametrize("axes", [(True, True), (True, False), (False, True)])
@pytest.mark.parametrize("change", [0.2, 0.6, 1.0])
def test_borders_are_joined_where_the_picture_shall_wrap(axes, change):
    wraps = dict(zip(("wraps_x", "wraps_y"), axes, strict=True))
    picture = gravel() + np.linspace(-0.1, 0.1, 192, dtype=np.float32)[:, None]
    joined, near = make_seamless(picture.clip(0, 1), change, **wraps)
    assert joined.shape[:2] == near.shape
    for axis, wanted in ((1, axes[0]), (0, axes[1])):
        assert joined.shape[axis] == picture.shape[axis] - (round(change / 2 * picture.shape[axis]) if wanted else 0)
        before, after = wrap_ratio(picture, axis), wrap_ratio(joined, axis)
        assert before > 3
        assert after < 1.5 if wanted else after > 2.5


def test_what_is_not_laid_over_stays_pixel_by_pixel():
    picture = gravel()
    joined, near = make_seamless(picture, 0.2, wraps_x=False, wraps_y=False)
    assert (joined == picture).all() and (near == 0).all()
    joined, near = make_seamless(picture, 0.2, wraps_x=True, wraps_y=False)
    inside = joined[:, 19:]
    change = inside - picture[:, 19:19 + inside.shape[1]]  # but for slanting light, which is one ramp for all rows
    assert np.abs(change - change.mean(0)).max() < 1e-5
    assert np.abs(np.diff(change.mean(0), 2, axis=0)).max() < 1e-5
    assert (near[:, 19:] == 0).all() and near[:, :19].max() > 0.8


def test_no_change_changes_nothing():
    picture = gravel()
    joined, near = make_seamless(picture, 0.0, wraps_x=True, wraps_y=True)
    assert (joined == picture).all() and (near == 0).all()


def test_the_corner_is_joined_too():
    """Where the cut down meets its own end, at the wrap across."""
    joined, _ = make_seamless(gravel(), 0.4, wraps_x=True, wraps_y=True)
    middle = tuple(length // 2 for length in joined.shape[:2])
    rolled = np.roll(joined, middle, (0, 1))
    patch = rolled[middle[0] - 6:middle[0] + 6, middle[1] - 6:middle[1] + 6]
    assert max(np.abs(np.diff(patch, axis=axis)).max() for axis in (0, 1)) < 0.3


@given(st.integers(64, 300), st.integers(64, 300), st.sampled_from([(64, 64), (128, 64), (64, 192)]),
       st.floats(0, 1), st.booleans(), st.booleans())
def test_the_middle_is_cut_to_the_shape_that_is_wanted(high, wide, size, change, wraps_x, wraps_y):
    cut = cropped(np.zeros((high, wide, 3), np.float32), *size, change, wraps_x=wraps_x, wraps_y=wraps_y)
    joined, _ = make_seamless(cut, change, wraps_x=wraps_x, wraps_y=wraps_y)
    assert joined.shape[0] * size[0] / size[1] == pytest.approx(joined.shape[1], abs=16)


@given(st.integers(20, 90), st.integers(20, 90))
def test_scaling_sees_the_other_side(source, target):
    wave = np.sin(np.arange(source) / source * 2 * np.pi)[:, None, None].repeat(5, 1).astype(np.float32)
    scaled = resampled(wave, target, 5, wraps_x=False, wraps_y=True)
    wanted = np.sin(((np.arange(target) + 0.5) / target - 0.5 / source) * 2 * np.pi)
    assert np.abs(scaled[:, 0, 0] - wanted).max() < 0.05


def test_a_step_at_the_border_is_told():
    tile = resampled(gravel(), 128, 128, wraps_x=True, wraps_y=True)
    wrapped = make_seamless(tile, 0.5, wraps_x=True, wraps_y=True)[0]
    assert wrap_ratio(wrapped, 1) < 1.5 and border_ratio(wrapped, 1) <= 1.05
    assert wrap_ratio(tile, 1) > 3 and border_ratio(tile, 1) > 1.5
    assert wrap_ratio(np.full((16, 16, 3), 0.5), 0) == 1


def test_the_border_of_an_enlarged_picture_is_no_step_of_its_own():
    tile = np.random.default_rng(2).random((128, 128, 3)).astype(np.float32)  # goes on at its border as anywhere
    large = resampled(tile, 512, 512, wraps_x=True, wraps_y=True)
    assert not 0.9 < wrap_ratio(large, 1) < 1.1
    assert all(0.9 < wrap_ratio(large, axis, 4) < 1.1 for axis in (0, 1))
    cut = resampled(tile[:, :100].cumsum(1), 512, 400, wraps_x=False, wraps_y=False)
    assert wrap_ratio(cut, 1, 4) > 3


def test_the_origin_is_where_the_picture_changes_as_on_the_mean():
    bricks = np.zeros((64, 64, 3), np.float32)
    bricks[::16] = bricks[1::16] = 1.0
    bricks += 0.1 * gravel(64, 64)
    assert not 0.9 < wrap_ratio(bricks, 0) < 1.1
    noise = make_seamless(gravel(), 0.5, wraps_x=True, wraps_y=True)[0]
    rolled = np.roll(noise, calm_origin(noise, 0), 0)
    assert 0.9 < wrap_ratio(rolled, 0) < 1.1


def test_what_repeats_is_told_from_what_does_not():
    cell = gravel(32, 32, seed=4)
    assert repetition(np.tile(cell, (4, 4, 1))) > 0.95
    assert repetition(np.random.default_rng(1).random((128, 128, 3))) < 0.2
    assert repetition(np.full((64, 64, 3), 0.3)) == 0
