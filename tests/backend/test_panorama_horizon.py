"""Horizons: found where there is one, and level after the panorama was turned upright."""

from __future__ import annotations

from math import cos, pi, sin

import numpy as np
import pytest
from numpy.typing import NDArray

from backend.panorama.horizon import find_horizon, upright
from backend.panorama.sphere import directions

HEIGHT = 128


def place(tilt: float, azimuth: float) -> NDArray[np.float32]:
    """A bright sky over dark ground, with some texture, whose zenith leans by `tilt` to `azimuth`."""
    up = np.array([sin(tilt) * cos(azimuth), sin(tilt) * sin(azimuth), cos(tilt)])
    above = directions(HEIGHT) @ up
    picture = np.where(above[..., None] > 0, [0.5, 0.7, 0.9], [0.2, 0.25, 0.1])
    return (picture + 0.05 * np.random.default_rng(0).random(picture.shape)).astype(np.float32)


@pytest.mark.parametrize("azimuth", [0.0, 0.7, 2.0, -2.5])
@pytest.mark.parametrize("tilt_deg", [0.0, 3.0, 12.0])
def test_a_horizon_is_found_and_made_level(tilt_deg: float, azimuth: float) -> None:
    tilted = place(tilt_deg * pi / 180, azimuth)
    found = find_horizon(tilted)
    assert found is not None
    assert found.tilt_rad * 180 / pi == pytest.approx(tilt_deg, abs=0.6)
    if tilt_deg > 1:
        expected = [sin(found.tilt_rad) * cos(azimuth), sin(found.tilt_rad) * sin(azimuth), cos(found.tilt_rad)]
        np.testing.assert_allclose(found.up, expected, atol=0.01)
    level = find_horizon(upright(tilted, found))
    assert level is not None
    assert level.tilt_rad * 180 / pi < 0.6


def test_what_is_no_horizon_is_none() -> None:
    noise = np.random.default_rng(1).random((HEIGHT, 2 * HEIGHT, 3)).astype(np.float32)
    black, rows = np.zeros_like(noise), np.linspace(1, 0, HEIGHT, dtype=np.float32)[:, None, None]
    x, y, z = np.moveaxis(directions(HEIGHT), -1, 0)
    azimuth = np.arctan2(y, x)
    hillside = np.where((np.arcsin(z) > (10 + 10 * np.cos(azimuth)) * pi / 180)[..., None], 0.8, 0.2) + black
    for picture in (noise, black, black + rows, hillside.astype(np.float32)):
        assert find_horizon(picture) is None
