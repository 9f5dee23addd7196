"""Pixels and directions: fields on the sphere whose values are known everywhere."""

from __future__ import annotations

from math import pi

import numpy as np
import pytest
from numpy.typing import NDArray

from backend.panorama.measure import calm_turn, measure_light, measure_picture, pole_deviation
from backend.panorama.poles import PoleView, pole_views, without_pinch
from backend.panorama.sphere import (
    View,
    directions,
    enlarged,
    sample_sphere,
    sample_view,
    solid_angles,
    sphere_pixels,
)
from backend.panorama.sun import (
    FoundSun,
    clear_sun,
    disc_angle,
    find_sun,
    set_sun,
    sun_place,
    with_glow,
    without_excess,
    without_sun,
)

HEIGHT = 64


def field(toward: NDArray) -> NDArray[np.float32]:
    """(…, 2) smooth everywhere on the sphere, the poles too."""
    x, y, z = np.moveaxis(toward / np.linalg.norm(toward, axis=-1, keepdims=True), -1, 0)
    return np.stack([x * y - z, 0.5 * x + z * z - y * z], -1).astype(np.float32)


def rays(height: int) -> NDArray[np.float32]:
    """A panorama of even stripes, as a painter of flat pictures may leave it: they meet in the poles."""
    stripes = np.sin(16 * pi * (np.arange(2 * height) + 0.5) / height)
    return np.broadcast_to(0.5 + 0.4 * stripes[None, :, None], (height, 2 * height, 3)).astype(np.float32)


def test_pixels_look_where_blender_looks() -> None:
    toward = directions(HEIGHT)
    quarter = HEIGHT // 2
    assert toward[HEIGHT // 2, HEIGHT] == pytest.approx([1, 0, 0], abs=0.05)
    assert toward[HEIGHT // 2, quarter] == pytest.approx([0, 1, 0], abs=0.05)
    assert toward[0, 0, 2] > 0.999


def test_pixels_of_directions_are_the_pixels_that_look_there() -> None:
    columns, rows = sphere_pixels(3.0 * directions(HEIGHT), HEIGHT)
    np.testing.assert_allclose(columns, np.broadcast_to(np.arange(2 * HEIGHT), columns.shape), atol=1e-9)
    np.testing.assert_allclose(rows, np.broadcast_to(np.arange(HEIGHT)[:, None], rows.shape), atol=1e-9)


def test_all_pixels_together_see_the_whole_sphere_and_no_side_more() -> None:
    angles = solid_angles(HEIGHT) * np.ones((1, 2 * HEIGHT))
    assert angles.sum() == pytest.approx(4 * pi, rel=1e-12)
    np.testing.assert_allclose(np.tensordot(angles, directions(HEIGHT), axes=2), 0, atol=1e-12)


@pytest.mark.parametrize(("yaw", "pitch", "roll"), [(0.0, 0.0, 0.0), (2.9, 0.4, 0.3), (-1.0, pi / 2, 0.0),
                                                    (0.5, -pi / 2, 1.0)])
def test_a_view_shows_what_is_there(yaw: float, pitch: float, roll: float) -> None:
    """At the edge of the panorama and at both poles too; the cubic's error at 64 rows is below 1e-3."""
    view = View(yaw, pitch, pi / 2, 40, 30, roll)
    toward = view.directions()
    seen = sample_sphere(field(directions(HEIGHT)), *sphere_pixels(toward, HEIGHT))
    np.testing.assert_allclose(seen, field(toward), atol=1e-3)


def test_a_view_and_its_directions_agree() -> None:
    view = View(0.7, 0.2, 1.2, 32, 20, -0.4)
    columns, rows, inside = view.pixels(view.directions())
    np.testing.assert_allclose(columns, np.broadcast_to(np.arange(32), (20, 32)), atol=1e-9)
    np.testing.assert_allclose(rows, np.broadcast_to(np.arange(20)[:, None], (20, 32)), atol=1e-9)
    assert inside.min() == pytest.approx(0.5)
    assert view.pixels(-view.directions())[2].max() < 0
    picture = field(view.directions())
    np.testing.assert_allclose(sample_view(picture, columns, rows), picture, atol=1e-6)


def test_the_middle_of_a_rolled_view_stays_and_its_top_turns() -> None:
    _, right, up = View(0.3, 0.1, 1.0, 8, 8).axes
    forward, right_rolled, up_rolled = View(0.3, 0.1, 1.0, 8, 8, pi / 2).axes
    np.testing.assert_allclose(right_rolled, up, atol=1e-12)
    np.testing.assert_allclose(up_rolled, -right, atol=1e-12)
    assert np.linalg.det([forward, right_rolled, up_rolled]) == pytest.approx(np.linalg.det(
        View(0.3, 0.1, 1.0, 8, 8).axes))


@pytest.mark.parametrize("height", [16, 32, 96, 128])
def test_another_size_shows_the_same(height: int) -> None:
    smaller = enlarged(field(directions(HEIGHT)), height)
    np.testing.assert_allclose(smaller, field(directions(height)), atol=0.02 if height < HEIGHT else 1e-3)


def test_what_goes_back_from_the_poles_is_what_was_seen_there() -> None:
    panorama = field(directions(HEIGHT))
    back = pole_views(panorama, 96, lambda seen, free, number: seen)
    np.testing.assert_allclose(back, panorama, atol=2e-3)


def test_a_pole_is_new_in_its_middle_and_the_rest_stays_bit_by_bit() -> None:
    panorama = field(directions(HEIGHT))
    view = PoleView(1, HEIGHT, 64)
    back = view.put_back(panorama, np.full((64, 64, 2), 9, np.float32))
    assert np.all(back[0] == 9)
    far = np.arange(HEIGHT) > HEIGHT * 40 / 180
    assert np.array_equal(back[far], panorama[far])
    assert view.free()[32, 32] == 1
    assert view.free()[0, 0] == 0


def test_rays_that_meet_in_a_pole_go_and_a_smooth_field_stays() -> None:
    smooth = field(directions(HEIGHT))
    np.testing.assert_allclose(without_pinch(smooth), smooth, atol=1e-5)
    assert pole_deviation(rays(128)) > 0.2
    assert pole_deviation(without_pinch(rays(128))) < 1e-3
    np.testing.assert_allclose(without_pinch(rays(128))[50:78], rays(128)[50:78], atol=1e-4)


def test_a_panorama_that_was_turned_is_freed_of_rays_as_the_panorama_turned() -> None:
    noise = np.random.default_rng(1).random((32, 64, 3), np.float32)
    np.testing.assert_allclose(without_pinch(np.roll(noise, 9, 1)), np.roll(without_pinch(noise), 9, 1), atol=1e-6)


def test_a_cut_is_measured_and_a_picture_that_wraps_has_none() -> None:
    smooth = np.repeat(0.5 + 0.2 * field(directions(HEIGHT))[..., :1], 3, 2)
    assert measure_picture(smooth).wrap_ratio < 1.6
    ramp = np.broadcast_to(np.linspace(0, 1, 128, dtype=np.float32)[None, :, None], (HEIGHT, 128, 3))
    assert measure_picture(np.ascontiguousarray(ramp)).seam_ratio == pytest.approx(127, rel=1e-3)


def test_a_turned_panorama_has_its_edge_where_it_is_as_anywhere() -> None:
    """Neither at a cut nor in a flat."""
    picture = field(directions(HEIGHT))[..., :1].repeat(3, 2) + np.random.default_rng(4).normal(
        0, 0.2, (HEIGHT, 2 * HEIGHT, 3)).astype(np.float32)
    picture[:, 40] = picture[:, 41]
    picture[:, 60:] += 3
    cut = measure_picture(picture)
    assert cut.border_ratio == pytest.approx(1, abs=0.1)
    assert cut.wrap_ratio > 3
    turned = np.roll(picture, calm_turn(picture), axis=1)
    figures = measure_picture(turned)
    assert 0.9 <= figures.seam_ratio <= 1
    assert figures.wrap_ratio <= 1
    assert figures.border_ratio < 0.5


def test_an_even_sky_gives_four_pi_and_no_peak() -> None:
    light, peak = measure_light(np.full((HEIGHT, 2 * HEIGHT, 3), 2, np.float32))
    assert light == pytest.approx(8 * pi)
    assert peak == pytest.approx(1)


@pytest.mark.parametrize(("azimuth", "latitude"), [(0.3, 0.6), (pi - 0.001, 0.2), (-2.0, 1.5)])
def test_a_sun_that_is_set_is_found_where_it_was_set(azimuth: float, latitude: float) -> None:
    """Across the panorama's edge and near the zenith too, with the irradiance that it was given, within 3 %."""
    sky = np.full((128, 256, 3), 0.4, np.float32)
    toward = np.array([np.cos(latitude) * np.cos(azimuth), np.cos(latitude) * np.sin(azimuth), np.sin(latitude)])
    glare = sky.copy()
    glare[directions(128) @ toward > np.cos(0.03)] = 400
    sun = find_sun(glare)
    assert sun is not None
    assert np.dot(sun.direction, toward) > np.cos(0.01)
    bare = without_sun(glare, sun)
    np.testing.assert_allclose(bare, sky, atol=1e-6)
    assert find_sun(bare) is None
    again = find_sun(set_sun(bare, sun.scaled(2)))
    assert again is not None
    assert again.luminance == pytest.approx(2 * sun.luminance, rel=0.03)
    assert np.dot(again.direction, sun.direction) > np.cos(0.005)


def test_a_set_sun_gives_just_its_irradiance() -> None:
    """∫ L cos dΩ of what was added; where a texel is wider than the sun, the disc is too."""
    sky = np.zeros((512, 1024, 3), np.float32)
    toward = np.array([0.6, -0.2, 0.7])
    sun = FoundSun(tuple((toward / np.linalg.norm(toward)).tolist()), (3.0, 2.0, 1.0))
    with_sun = set_sun(sky, sun).astype(np.float64)
    faced = solid_angles(512) * np.clip(directions(512) @ np.array(sun.direction), 0, None)
    np.testing.assert_allclose((with_sun * faced[..., None]).sum(axis=(0, 1)), [3, 2, 1], rtol=1e-5)
    assert disc_angle(128) == pytest.approx(1.5 * pi / 128)
    assert disc_angle(512) == pytest.approx(np.radians(0.53))


def test_neither_clouds_nor_a_lamp_below_the_horizon_is_a_sun() -> None:
    grey = 0.3 + 0.1 * np.random.default_rng(2).random((64, 128, 3), np.float32)
    assert find_sun(grey) is None
    grey[50, 30] = 1e5
    assert find_sun(grey) is None


def test_no_sun_is_blue() -> None:
    """As what is restored of a white cloud in a blue sky can be."""
    sky = np.full((128, 256, 3), 0.2, np.float32)
    for colour, is_sun in (((3.0, 2.8, 2.4), True), ((2.0, 2.5, 3.0), False)):
        found = find_sun(set_sun(sky, FoundSun((0.6, 0.0, 0.8), colour)))
        assert found is not None
        assert found.is_blue is not is_sun


def test_a_clear_sky_s_sun_is_strong_and_red_when_it_is_low() -> None:
    """Of an even sky of L the level ground gets π L."""
    sky = np.zeros((64, 128, 3), np.float32)
    sky[:32] = 0.2
    high, low = (clear_sun(sky, (np.cos(angle), 0.0, np.sin(angle)), among_clouds=False) for angle in (0.9, 0.1))
    assert high.luminance == pytest.approx(10.5 * np.pi * 0.2, rel=1e-3)
    assert low.luminance == pytest.approx(high.luminance)
    assert low.irradiance[0] / low.irradiance[2] > 1.5 > high.irradiance[0] / high.irradiance[2] > 0.9
    sky[10, 10] = 1000  # what was restored of a cloud says nothing of the sky
    assert clear_sun(sky, high.direction, among_clouds=False).luminance == pytest.approx(high.luminance, rel=0.01)
    assert clear_sun(sky, high.direction, among_clouds=True).luminance < 0.6 * high.luminance


def test_a_sun_that_is_not_painted_stands_where_the_sky_is_brightest() -> None:
    toward = directions(128)
    sky = np.full((128, 256, 3), 0.2, np.float32)
    sky += np.exp(-(toward[..., 2:] / 0.05) ** 2).astype(np.float32)  # haze at the horizon is brighter yet
    place = np.array([0.0, np.sqrt(0.5), np.sqrt(0.5)])
    sky += 0.3 * np.exp((toward @ place - 1)[..., None] / 0.02).astype(np.float32)
    found = sun_place(sky, at_noon=False)
    assert np.dot(found, place) > np.cos(0.03)
    sun = FoundSun(found, (3.0, 2.0, 1.0))
    picture = np.full_like(sky, 0.5)
    radiance, seen = with_glow(sky, picture, sun)
    row, column = np.unravel_index(seen.sum(axis=-1).argmax(), seen.shape[:2])
    assert np.dot(toward[row, column], found) > np.cos(0.03)
    assert seen.max() <= 1
    np.testing.assert_allclose(seen[toward @ np.array(found) < np.cos(0.4)], 0.5, atol=1e-3)
    assert ((radiance - sky).mean(axis=-1) * solid_angles(128)).sum() < 0.02  # 1 % of the sun's


def test_the_ground_is_no_brighter_than_white_in_the_light_it_gets() -> None:
    """Under an even sky of L and a sun of E that is white of L + E sin(elevation) / π; what is painted so stays."""
    radiance, picture = np.full((64, 128, 3), 0.5, np.float32), np.full((64, 128, 3), 0.2, np.float32)
    radiance[40:50] = 9
    picture[45:50] = 1
    sun = FoundSun((0.8, 0.0, 0.6), (3.0, 3.0, 3.0))
    result = without_excess(radiance, picture, sun)
    np.testing.assert_array_equal(result[:40], radiance[:40])
    np.testing.assert_allclose(result[40:45], 0.5 + 3 * 0.6 / np.pi, rtol=1e-3)
    np.testing.assert_allclose(result[45:50], 0.5 + 3 * 0.6 / np.pi, rtol=1e-3)  # more than the 1 that is painted
    np.testing.assert_allclose(without_excess(radiance, picture, None)[40:50, 0, 0], [0.5] * 5 + [1.0] * 5, rtol=1e-3)
