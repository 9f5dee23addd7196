"""The pictures that are drawn to learn on."""

from __future__ import annotations

import numpy as np
import pytest

from backend.style.adversarial.drawn import DRAWN, draw_content

SIDE_PX = 64


@pytest.fixture(scope="module")
def drawn() -> list[np.ndarray]:
    return [draw_content(number, SIDE_PX) for number in range(DRAWN)]


def test_they_are_pictures_that_differ(drawn: list[np.ndarray]) -> None:
    assert all(picture.shape == (SIDE_PX, SIDE_PX, 3) and picture.dtype == np.float32 for picture in drawn)
    assert all(picture.min() >= 0 and picture.max() <= 1 and picture.std() > 0.05 for picture in drawn)
    apart = [np.abs(one - other).mean() for place, one in enumerate(drawn) for other in drawn[:place]]
    assert min(apart) > 0.03


def test_a_number_draws_the_same_bytes(drawn: list[np.ndarray]) -> None:
    assert draw_content(3, SIDE_PX).tobytes() == drawn[3].tobytes()


def test_a_larger_one_is_the_same_picture(drawn: list[np.ndarray]) -> None:
    large = draw_content(3, 2 * SIDE_PX).reshape(SIDE_PX, 2, SIDE_PX, 2, 3).mean(axis=(1, 3))
    assert np.abs(large - drawn[3]).mean() < 0.03


def test_there_is_a_sky_above_and_something_stands_before_it(drawn: list[np.ndarray]) -> None:
    """Outlines: most pictures have places where lightness leaps, and the sky has none."""
    leaps = [np.abs(np.diff(picture.mean(axis=2), axis=1)) for picture in drawn]
    assert np.median([(leap > 0.1).mean() for leap in leaps]) > 0.02
    assert np.median([leap[:4].mean() for leap in leaps]) < 0.5 * np.median([leap[24:].mean() for leap in leaps])
