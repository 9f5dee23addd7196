"""The drawn skies and rooms: they close on the sphere, keep their light at every size, and say what they show."""

from itertools import pairwise

import numpy as np
import pytest

from training.data.skies import KINDS, shelters, sky
from training.data.skies.atmosphere import SUN_IRRADIANCE, SUN_RADIUS_RAD, atmosphere
from training.data.skies.cache import EVENING, FLOOR, SHELTERED, build, captions, coded, kind_of, load
from training.data.skies.clouds import cumulus
from training.data.skies.land import looked_up, skylight
from training.data.skies.night import stars
from training.data.skies.outdoors import EVENINGS
from training.data.skies.rooms import Lamp, Room, meet, render
from training.data.skies.sphere import direction, directions, disc, fractal, luminance, reduced, solid_angles


@pytest.fixture(scope="module")
def drawn():
    """One map of each kind, of 64 rows."""
    return {kind: sky(31 + i, 64, kind) for i, kind in enumerate((*KINDS, *shelters.SHELTERS, *EVENINGS))}


def test_there_are_many_kinds_and_the_seeds_reach_them_with_captions_that_vary(drawn):
    assert len(KINDS) >= 16
    assert {kind_of(seed) for seed in range(400)} == set(KINDS)
    assert [kind_of(seed) for seed in (SHELTERED, EVENING, EVENING + 64)] == [*shelters.SHELTERS, "dusk", *EVENINGS]
    assert len({one.caption for one in drawn.values()}) == len(drawn)
    assert all(one.caption == one.caption.strip() and len(one.caption) > 8 for one in drawn.values())


def test_from_a_shelter_the_open_air_is_seen_between_a_floor_and_a_roof(monkeypatch):
    monkeypatch.setattr(shelters, "outdoor", lambda rng, height_px, kind: (
        np.full((height_px, 2 * height_px, 3), 50, np.float32), "a white sky", None))
    monkeypatch.setattr(shelters, "WALLS", ((0.3, 0.3, 0.3),))
    for seed in range(12):
        radiance, words, _ = shelters.shelter(np.random.default_rng(seed), 64)
        free = (radiance == 50).all(-1)
        assert 0.001 < (free * solid_angles(64)).sum() / (4 * np.pi) < 0.7
        assert not free[0].any()
        assert not free[-1].any()
        assert 0 < radiance[~free].max() < 50  # what is inside throws back a part of what comes in
        assert "a white sky" in words


@pytest.mark.parametrize("kind", [*KINDS, *shelters.SHELTERS, *EVENINGS])
def test_a_map_is_finite_light_that_is_never_negative_nor_flat(drawn, kind):
    radiance = drawn[kind].radiance
    assert radiance.shape == (64, 128, 3)
    assert radiance.dtype == np.float32
    assert np.isfinite(radiance).all()
    assert radiance.min() >= 0
    assert radiance.max() > 1.5 * np.median(radiance)


@pytest.mark.parametrize("kind", KINDS)
def test_a_map_wraps_in_x(drawn, kind):
    """The step over the edge is one of the steps within: not larger than nearly all of them."""
    grey = np.log(luminance(drawn[kind].radiance) + 1e-4)
    seam = np.abs(grey[:, 0] - grey[:, -1]).mean()
    within = np.abs(np.diff(grey, axis=1)).mean(0)
    assert seam <= np.quantile(within, 0.98) * 1.5 + 1e-3


@pytest.mark.parametrize("kind", KINDS)
def test_the_poles_are_points_not_pinches(drawn, kind):
    """A pole's row shows directions within 2.8° of each other: all that it can show is the edge of one cloud."""
    grey = np.log(luminance(drawn[kind].radiance) + 1e-4)
    for row in (0, -1):
        assert np.abs(np.diff(grey[row])).mean() < 0.15
        assert grey[row].std() < 0.6


def test_the_poles_of_most_maps_are_even(drawn):
    spread = [np.log(luminance(one.radiance[[0, -1]]) + 1e-4).std(1) for one in drawn.values()]
    assert np.median(spread) < 0.1


@pytest.mark.parametrize("kind", ["clear day", "sea", "studio", "city at night"])
def test_the_same_seed_gives_the_same_map_and_another_seed_another(kind):
    first, again, other = (sky(seed, 64, kind) for seed in (5, 5, 6))
    assert np.array_equal(first.radiance, again.radiance)
    assert first.caption == again.caption
    assert not np.array_equal(first.radiance, other.radiance)


def test_the_sun_has_the_same_energy_at_every_size():
    small, large = sky(3, 64, "clear day"), sky(3, 256, "clear day")
    assert np.array_equal(small.sun_direction, large.sun_direction)

    def energy(one):
        height = len(one.radiance)
        near = directions(height) @ one.sun_direction > np.cos(np.radians(6))
        return (luminance(one.radiance) * solid_angles(height) * near).sum()

    assert energy(small) == pytest.approx(energy(large), rel=0.1)


def test_the_sun_outshines_the_sky_as_measured_ones_do():
    ratios = []
    for seed in range(4):
        grey = luminance(sky(seed, 256, "clear day").radiance)
        ratios.append(grey.max() / np.median(grey[:100]))
    assert 1e4 < np.median(ratios) < 3e5


@pytest.mark.parametrize("height_px", [32, 64, 256])
@pytest.mark.parametrize("elevation", [0.0, 0.7, 1.5])
def test_a_disc_covers_its_own_solid_angle_even_below_a_pixel(height_px, elevation):
    share = disc(height_px, direction(2.0, elevation), SUN_RADIUS_RAD)
    covered = float((share * solid_angles(height_px)).sum())
    assert covered == pytest.approx(2 * np.pi * (1 - np.cos(SUN_RADIUS_RAD)), rel=1e-3)
    assert share.max() <= 1.3


def test_solid_angles_close_the_sphere_and_averages_keep_energy():
    assert solid_angles(64).sum() * 128 == pytest.approx(4 * np.pi, rel=1e-5)
    rng = np.random.default_rng(0)
    fine = rng.random((64, 128, 3), dtype=np.float32)
    coarse = reduced(fine, 16)
    energy = (fine * solid_angles(64)[..., None]).sum()
    assert (coarse * solid_angles(16)[..., None]).sum() == pytest.approx(energy, rel=1e-4)


def test_noise_has_no_mean_and_does_not_depend_on_its_neighbours():
    points = np.random.default_rng(1).uniform(-50, 50, (20000, 3)).astype(np.float32)
    field = fractal(points, 3)
    assert abs(field.mean()) < 0.02
    assert 0.2 < field.std() < 0.45
    assert np.array_equal(field[100:200], fractal(points[100:200], 3))


def test_the_air_reddens_the_sun_and_the_sky_is_blue_above():
    noon, evening = (atmosphere(direction(0.0, np.radians(e)), 1.0) for e in (60, 3))
    assert np.all(noon.sunlight < SUN_IRRADIANCE)
    assert noon.sunlight[0] / noon.sunlight[2] < 1.4
    assert evening.sunlight[0] / evening.sunlight[2] > 3
    zenith = noon.radiance(direction(0.0, np.radians(89))[None])[0]
    assert zenith[2] > 1.8 * zenith[0]
    # Without clouds a white board in the sun shows 5 to 15 times what it shows in the shade.
    sky_light = skylight(noon.radiance(directions(64)))
    assert 4 < luminance(noon.sunlight) * noon.sun[2] / luminance(sky_light) < 20


def test_dusk_fades_with_the_sun_below_the_horizon():
    mean = [float(atmosphere(direction(0.0, np.radians(e)), 1.0).table.mean()) for e in (5, -2, -5, -9)]
    assert all(a > 3 * b for a, b in pairwise(mean))


def test_more_cover_lets_less_light_through_and_clouds_stay_above_the_horizon():
    towards, sun = directions(32), direction(0.3, 0.7)
    form = {"base_km": 1.5, "depth_km": 1.0, "size_km": 2.0, "thickness": 12}
    thin, thick = (cumulus(towards, sun, 4, cover=cover, **form) for cover in (0.3, 0.8))
    assert thick.passed[:16].mean() < thin.passed[:16].mean() - 0.2
    assert np.all(thin.passed[16:] == 1)
    assert np.all(thin.sunlit >= 0)


def test_stars_have_the_same_energy_at_every_size():
    energies = [(stars(np.random.default_rng(2), h, 2000) * solid_angles(h)[..., None]).sum() for h in (64, 256)]
    assert energies[0] == pytest.approx(energies[1], rel=0.03)


def test_a_map_read_at_its_own_directions_is_the_map():
    radiance = np.random.default_rng(4).random((32, 64, 3)).astype(np.float32)
    assert np.allclose(looked_up(radiance, directions(32)), radiance, atol=2e-3)


@pytest.fixture
def panel():
    """A white room of 4 m, black but for its floor, under a panel of 1 m²."""
    albedos = np.zeros((6, 3))
    albedos[4] = 0.5
    lamp = Lamp(np.asarray((0, 0, 1.9)), np.asarray((0, 0.5, 0)), np.asarray((0.5, 0, 0)), np.full(3, 20.0))
    return Room(np.full(3, -2.0), np.full(3, 2.0), albedos, [lamp], texture=0.0)


def test_a_lamp_lights_the_floor_as_the_inverse_square_says(panel):
    """Straight below: E = L · A / d² within the panel's own size; radiance = albedo · E / π and little more."""
    picture = render(panel, directions(64))
    below = picture[-1].mean()
    expected = 0.5 * (20.0 * 1.0 / 3.9**2) / np.pi
    assert expected < below < 1.25 * expected


def test_a_lamp_shows_its_own_solid_angle(panel):
    picture = render(panel, directions(128))
    seen = (picture[..., 1] > 10) * solid_angles(128)
    corner = 0.5
    exact = 4 * np.arcsin(corner**2 / (corner**2 + 1.9**2))
    assert seen.sum() == pytest.approx(exact, rel=0.03)


def test_rays_meet_the_nearest_wall_of_a_room(panel):
    hit = meet(panel, 0.0, directions(16))
    assert np.allclose(np.abs(hit.point).max(-1), 2.0, atol=1e-4)
    assert np.all((hit.normal * directions(16)).sum(-1) < 0)


def test_a_size_that_cannot_be_averaged_is_refused():
    with pytest.raises(ValueError, match="height_px is 96"):
        sky(0, 96)


def test_the_cache_keeps_the_light_and_goes_on_where_it_stopped(tmp_path):
    build(tmp_path, 16, workers=1)
    first = load(tmp_path, 16)[5]
    drawn = sky(5, 256, kind_of(5)).radiance
    assert np.allclose(np.exp2(first.astype(np.float32)), np.maximum(drawn, FLOOR), rtol=0.006)
    assert coded(np.float32([3e5]))[0] < 20
    written = (tmp_path / "00000.npy").stat().st_mtime_ns
    build(tmp_path, 16, workers=1)
    assert (tmp_path / "00000.npy").stat().st_mtime_ns == written
    with pytest.raises(FileNotFoundError, match="holds 16 maps of 32"):
        load(tmp_path, 32)


def test_the_cache_keeps_the_words_of_its_maps(tmp_path):
    (tmp_path / "00000.npy").touch()  # a map from before there were captions
    build(tmp_path, 16, workers=1)
    assert captions(tmp_path, 16)[3:6] == [sky(seed, 64, kind_of(seed)).caption for seed in (3, 4, 5)]
    with pytest.raises(FileNotFoundError, match="--count 32"):
        captions(tmp_path, 32)
