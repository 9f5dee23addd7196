"""Perspective views of a panorama: they see all of it, give it back, and meet where they overlap."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from backend.panorama.sphere import directions, solid_angles
from backend.panorama.views import SphereViews, views_around

SIZE_PX = 32


def smooth(height: int) -> NDArray[np.float32]:
    """(H, 2H, 3) what has a few waves round the sphere, over the poles too."""
    x, y, z = np.moveaxis(directions(height), -1, 0)
    return (0.5 + 0.15 * np.stack([x * y + z, np.sin(3 * x) + y, z * z - x], axis=-1)).astype(np.float32)


@pytest.mark.parametrize("times", [1, 2, 3, 4, 8])
def test_views_see_all_of_it_and_overlap(times: int) -> None:
    views = views_around(times * SIZE_PX, SIZE_PX)
    inside = np.stack([view.pixels(directions(96))[2] for view in views]) / SIZE_PX
    assert inside.max(axis=0).min() > 0.09  # even the worst place is that far inside of one
    seen = ((inside > 0).sum(axis=0) * solid_angles(96)).sum() / solid_angles(96).sum() / 192
    assert 1.3 < seen < 2.6  # no more than needed


@pytest.mark.parametrize("times", [2, 4])
def test_what_views_show_is_the_panorama(times: int) -> None:
    picture = smooth(times * SIZE_PX)
    views = SphereViews(views_around(times * SIZE_PX, SIZE_PX), times * SIZE_PX)
    count = len(views_around(times * SIZE_PX, SIZE_PX))
    shown = [views.look(picture, number) for number in range(count)]
    assert np.abs(views.joined(shown) - picture).max() < 2e-3
    assert max(np.abs(each).max() for each in views.differences(shown)) < 2e-3  # they agree already


def test_each_view_is_told_what_the_mean_differs() -> None:
    """A view that is lighter than its neighbours becomes darker where they overlap, they lighter, nothing elsewhere."""
    height = 2 * SIZE_PX
    around = views_around(height, SIZE_PX)
    views = SphereViews(around, height)
    shown = [np.full((SIZE_PX, SIZE_PX, 1), 0.5 + 0.1 * (number == 3), np.float32) for number in range(len(around))]
    told = views.differences(shown)
    assert -0.12 < told[3].min() < -0.05  # cubic samples swing a little beyond, at its border
    middle = slice(SIZE_PX // 2 - 2, SIZE_PX // 2 + 2)
    assert np.abs(told[3][middle, middle]).max() < 1e-6
    assert max(each.max() for number, each in enumerate(told) if number != 3) > 0.02
    joined = views.joined([each + change for each, change in zip(shown, told, strict=True)])
    assert np.abs(joined - views.joined(shown)).max() < 0.02  # all together still show the same
