"""Normals and height that say the same, at any size, wherever the surface wraps."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.ndimage
from hypothesis import given
from hypothesis import strategies as st

from backend.material.maps import Reading, agreeing, guess, occlusion_of
from backend.material.relief import curl, height_from, normals_of, slopes_of

WRAPS = [{"wraps_x": x, "wraps_y": y} for x in (False, True) for y in (False, True)]


def relief(high, wide, seed, wraps):
    """A height that is smooth where it wraps, of waves longer than two pixels."""
    modes = ("wrap" if wraps["wraps_y"] else "reflect", "wrap" if wraps["wraps_x"] else "reflect")
    rough = np.random.default_rng(seed).standard_normal((high, wide))
    height = 12 * scipy.ndimage.gaussian_filter(rough, 2.0, mode=modes)
    return height - height.mean()


@given(st.integers(16, 60), st.integers(16, 60), st.integers(0, 99), st.sampled_from(WRAPS))
def test_normals_of_a_height_give_its_slopes_back(high, wide, seed, wraps):
    height = relief(high, wide, seed, wraps)
    normals = normals_of(height, **wraps)
    assert np.abs(np.linalg.norm(normals, axis=-1) - 1).max() < 1e-12
    assert curl(normals, **wraps) < 1e-9
    again = height_from(normals, None, **wraps)
    assert np.abs(normals_of(again, **wraps) - normals).max() < 1e-9
    assert np.abs(again - height).max() < 1e-3 * np.ptp(height)  # but for waves that central differences do not see


@pytest.mark.parametrize("wraps", WRAPS)
def test_a_height_beside_its_normals_is_found_again(wraps):
    height = relief(48, 64, 3, wraps)
    assert np.abs(height_from(normals_of(height, **wraps), height, **wraps) - height).max() < 1e-9


def test_axes_are_those_of_a_picture():
    """A ramp to the right leans left, one upwards leans down: rows go down, y goes up."""
    rows, columns = np.mgrid[0:32, 0:32].astype(float)
    right = normals_of(columns / 2, wraps_x=False, wraps_y=False)[16, 16]
    up = normals_of(-rows / 2, wraps_x=False, wraps_y=False)[16, 16]
    assert right == pytest.approx([-1 / 5**0.5, 0, 2 / 5**0.5])
    assert up == pytest.approx([0, -1 / 5**0.5, 2 / 5**0.5])
    assert slopes_of(-rows / 2, wraps_x=False, wraps_y=False)[1][16, 16] == pytest.approx(0.5)


def test_normals_that_no_height_has_are_told_and_mended():
    angle = np.arctan2(*np.mgrid[-31.5:32, -31.5:32])
    swirl = np.stack([-np.sin(angle), np.cos(angle), np.full_like(angle, 2)], axis=-1)
    swirl /= np.linalg.norm(swirl, axis=-1, keepdims=True)
    assert curl(swirl, wraps_x=True, wraps_y=True) > 0.5
    mended = normals_of(height_from(swirl, None, wraps_x=True, wraps_y=True), wraps_x=True, wraps_y=True)
    assert curl(mended, wraps_x=True, wraps_y=True) < 1e-9


def test_long_waves_are_the_heights_and_short_ones_the_normals():
    columns = np.arange(512) / 512 * 2 * np.pi
    long, short = (np.tile(amount * np.sin(count * columns), (64, 1)) for amount, count in ((20, 1), (1, 64)))
    joined = height_from(normals_of(short, wraps_x=True, wraps_y=True), long, wraps_x=True, wraps_y=True)
    spectrum = np.abs(np.fft.rfft(joined[0])) / 256
    assert spectrum[1] == pytest.approx(20, rel=0.05)
    assert spectrum[64] == pytest.approx(1, rel=0.05)


def test_the_foot_of_a_wall_sees_less_sky():
    wall = np.zeros((64, 64))
    wall[:, 32:] = 16
    sky = occlusion_of(wall, wraps_x=False, wraps_y=False)
    assert sky[32, 31] < 0.7
    assert sky[32, 2] > 0.95 and sky[32, 60] > 0.95
    assert (occlusion_of(np.zeros((32, 32)), wraps_x=True, wraps_y=True) == 1).all()


@pytest.mark.parametrize("wraps", WRAPS)
def test_a_guess_takes_out_slanting_light_and_tells_nothing_of_metal(wraps):
    bumps = np.random.default_rng(0).random((64, 96, 1)) * 0.2 + 0.4
    lit = (bumps * np.linspace(0.5, 1.5, 96)[None, :, None]).repeat(3, 2).astype(np.float32)
    maps = agreeing(guess(lit, **wraps), **wraps)
    before, after = (abs(part[:, 12:24].mean() - part[:, -24:-12].mean()) for part in (lit, maps.base_colour))
    assert after < before / 2
    assert maps.metallic.max() == 0
    assert curl(maps.normal, **wraps) < 1e-9
    assert maps.occlusion.min() >= 0 and maps.occlusion.max() <= 1


def test_a_reading_without_a_height_gets_one():
    height = relief(32, 32, 5, WRAPS[3])
    flat = np.zeros((32, 32), np.float32)
    reading = Reading(np.zeros((32, 32, 3), np.float32), flat, flat,
                      normal=normals_of(height, wraps_x=True, wraps_y=True).astype(np.float32))
    maps = agreeing(reading, wraps_x=True, wraps_y=True)
    assert np.abs(maps.height - height).max() < 0.05 * np.ptp(height)
