"""Where the objects of a render are: names as Cryptomatte counts them, and covers of meshes."""

from __future__ import annotations

import numpy as np
import pytest

from backend.geometry.camera import Camera
from backend.geometry.cover import cover_of
from backend.style.cryptomatte import id_of


@pytest.mark.parametrize(("name", "number"), [("bunny", 0x13851A76), ("default", 0x42C9679F)])
def test_names_have_the_numbers_of_the_specification(name: str, number: int):
    assert id_of(name) == number


def test_no_number_is_that_of_a_float_that_is_none():
    numbers = np.array([id_of(str(count)) for count in range(4096)], np.uint32)
    floats = numbers.view(np.float32)
    assert np.isfinite(floats).all()
    assert (np.abs(floats) >= np.finfo(np.float32).tiny).all()


def test_covers_add_up_and_their_area_is_that_of_the_surface():
    """A square of 2 m with its near half of another object, seen straight on with 8 pixels a metre, off the pixels'
    grid.
    """
    x = np.array([-1.03, 0.01, 0.97], np.float32)
    positions = np.array([[a, b, 0] for b in (-1.0, 1.0) for a in x], np.float32)
    triangles = np.array([[0, 1, 4], [0, 4, 3], [1, 2, 5], [1, 5, 4]], np.int32)
    camera = Camera.look_at((0, 0, 5), (0, 0, 0), size_px=32, scale=4.0)
    chosen = np.array([[True, True, False, False], [False, False, True, True], [True, True, True, True]])
    left, right, both = cover_of(positions, triangles, chosen, camera)
    assert np.allclose(left + right, both)
    assert left.sum() / 64 == pytest.approx(2 * 1.04, abs=0.02)
    assert right.sum() / 64 == pytest.approx(2 * 0.96, abs=0.02)
    assert 0 < left[16, 15] < 1
    assert both[16, 16] == 1
    assert both[0, 0] == 0
