"""The truth behind the training pictures: every channel in range and plausible, everything tiles, light is apart."""

import numpy as np
import pytest

from training.data import FAMILIES, specimen
from training.data.captions import caption
from training.data.layers import weathered
from training.data.light import Light, draw_light, lit, towards
from training.data.noise import blurred, clouds, fitted, grid
from training.data.surface import flat, maps, material, normals, occlusion, to_linear, to_srgb

SIZE_PX = 96
NAMES = [family.name for family in FAMILIES]
LAYERS = ("cracked", "worn", "painted", "weathered", "rusty", "dirty", "dusty", "mossy", "wet", "snowy")


def truth(family, seed=3, traits=frozenset(), colour=None, size_px=SIZE_PX):
    return specimen(seed, size_px, family, colour, traits).maps


@pytest.mark.parametrize("family", FAMILIES, ids=NAMES)
def test_every_channel_has_its_shape_type_and_range(family):
    for seed in range(3):
        m = specimen(seed, SIZE_PX, family.name).maps
        for name, channel in m._asdict().items():
            assert channel.dtype == np.float32, name
            assert channel.shape[:2] == (SIZE_PX, SIZE_PX), name
            assert np.isfinite(channel).all(), name
        for channel in (m.base_colour, m.roughness, m.metallic, m.occlusion):
            assert channel.min() >= 0
            assert channel.max() <= 1.0 + 1e-6
        assert np.allclose(np.linalg.norm(m.normal, axis=-1), 1, atol=1e-5)
        assert m.normal[..., 2].min() > 0
        assert m.emission.min() >= 0
        assert m.occlusion.mean() > 0.4, "the material would be a dark hole"


def seam_ratio(channel):
    """The step across the left-right seam over the largest step between columns inside; at most about 1 if it tiles."""
    inner = np.abs(np.diff(channel, axis=1)).reshape(len(channel), channel.shape[1] - 1, -1).mean((0, 2))
    return np.abs(channel[:, 0] - channel[:, -1]).mean() / (inner.max() + 1e-4)


@pytest.mark.parametrize("family", NAMES)
def test_every_family_tiles_with_any_layer_on_it(family):
    for seed in range(4):
        s = specimen(seed, 128, family)
        for channel in (s.maps.base_colour, s.maps.height, s.maps.roughness, s.image):
            for turned in (channel, np.swapaxes(channel, 0, 1)):
                assert seam_ratio(turned) < 1.3, (s.caption, seed)


def test_the_seam_test_sees_what_does_not_tile():
    """Cut off a quarter of each picture, and most show a seam."""
    cut = [seam_ratio(specimen(1, 128, name).maps.height[:, :96]) for name in NAMES if name not in ("clouds",)]
    assert np.mean([ratio > 1.3 for ratio in cut]) > 0.6


def test_metal_is_metal_and_the_rest_is_not():
    for name in ("brushed metal", "polished metal", "chrome", "foil", "hammered metal", "diamond plate"):
        assert truth(name).metallic.min() > 0.99
    for name in ("brick", "wood", "marble", "leather", "grass", "ice", "plastic", "rust"):
        assert truth(name).metallic.max() < 0.01


def test_rings_are_metal_and_what_is_seen_between_them_is_not():
    m = truth("ring mesh", traits=frozenset())
    between = m.metallic < 0.05
    assert 0.1 < between.mean() < 0.6
    assert (m.metallic > 0.95).mean() > 0.3
    assert m.height[between].max() < m.height[m.metallic > 0.95].mean()


def test_rust_on_steel_is_rough_and_no_longer_a_metal():
    m = truth("rusty metal", traits=frozenset())
    rust, steel = m.metallic < 0.2, m.metallic > 0.8
    assert rust.any()
    assert steel.any()
    assert m.roughness[rust].mean() > m.roughness[steel].mean() + 0.3
    assert m.base_colour[rust][:, 0].mean() > 1.5 * m.base_colour[rust][:, 2].mean()


def test_joints_are_rougher_than_what_they_join():
    for name in ("brick", "ceramic tiles", "glass mosaic", "cobblestone", "stone wall"):
        m = truth(name)
        low, high = m.height < np.quantile(m.height, 0.08), m.height > np.quantile(m.height, 0.7)
        assert m.roughness[low].mean() > m.roughness[high].mean() + 0.03, name


def test_lava_and_sky_glow_and_nothing_else_does():
    glowing = {name for name in NAMES if truth(name).emission.max() > 0}
    assert glowing == {"lava", "clouds"}


@pytest.mark.parametrize("layer", LAYERS)
def test_a_layer_changes_colour_height_and_roughness_of_a_wall(layer):
    rng = np.random.default_rng(0)
    x, y = grid(128)
    bare = material(flat((0.6, 0.4, 0.3), 128), 2 * np.sin(x * 2 * np.pi / 32) * np.sin(y * 2 * np.pi / 32), 0.5)
    after = weathered(rng, bare, frozenset([layer]), "blue")
    assert np.abs(after.albedo - bare.albedo).mean() > 0.005
    assert np.abs(after.roughness - bare.roughness).mean() > 0.005
    if layer not in ("dirty", "dusty", "weathered"):  # a film has no thickness to speak of
        assert np.abs(after.height - bare.height).max() > 0.1


def test_layers_over_steel_hide_the_metal_and_water_does_not():
    steel = material(flat((0.6, 0.6, 0.62), 128), clouds(np.random.default_rng(1), 128, 20), 0.3, 1.0)
    for layer in ("rusty", "painted", "mossy", "snowy"):
        after = weathered(np.random.default_rng(2), steel, frozenset([layer]), "red")
        assert after.metallic.min() < 0.05 < 0.95 < after.metallic.max(), layer
    wet = weathered(np.random.default_rng(2), steel, frozenset(["wet"]))
    assert wet.metallic.min() > 0.99


def test_wet_is_smoother_and_darker_dusty_is_rougher():
    for name in ("brick", "concrete", "wood planks"):
        dry, wet, dusty = (truth(name, traits=frozenset(t)) for t in ((), ("wet",), ("dusty",)))
        assert wet.roughness.mean() < dry.roughness.mean() - 0.15
        assert wet.base_colour.mean() < dry.base_colour.mean()
        assert dusty.roughness.mean() > dry.roughness.mean()


def test_normals_of_a_ramp_point_up_its_fall():
    """Rising to the right leans left; rising towards the top of the picture leans down (+y is up)."""
    x, y = grid(32)
    right = normals(x)[16, 16]
    assert np.allclose(right, np.asarray([-1, 0, 1]) / 2**0.5, atol=1e-5)
    up = normals(-y)[16, 16]
    assert np.allclose(up, np.asarray([0, -1, 1]) / 2**0.5, atol=1e-5)


def test_occlusion_is_one_in_the_open_and_darker_down_a_trench():
    assert np.allclose(occlusion(np.zeros((32, 32), np.float32)), 1)
    trench = np.zeros((64, 64), np.float32)
    trench[:, 30:34] = -8.0
    field = occlusion(trench)
    assert field[32, 31] < 0.4
    assert field[32, 10] > 0.99


def test_the_light_comes_from_where_it_says():
    x, y = grid(64)
    bump = (8 * np.exp(-((x - 32) ** 2 + (y - 32) ** 2) / 100)).astype(np.float32)
    m = maps(material(flat((0.5, 0.5, 0.5), 64), bump, 0.9))
    even = np.ones((64, 64), np.float32)
    for azimuth, bright, dark in ((2.36, (26, 26), (38, 38)), (0.79, (26, 38), (38, 26))):
        image = lit(m, Light(towards(azimuth, 0.8), 0.7, np.ones(3, np.float32), even))
        assert image[bright].mean() > image[dark].mean() + 0.15


def test_level_ground_keeps_its_base_colour_and_a_black_matt_one_stays_black():
    for tone in (0.1, 0.5, 0.9):
        m = maps(material(flat((tone,) * 3, 32), np.zeros((32, 32), np.float32), 1.0))
        image = lit(m, Light(towards(2.0, 0.8), 0.7, np.ones(3, np.float32), np.ones((32, 32), np.float32)))
        assert abs(image.mean() - tone) < 0.03


def test_lights_differ_and_never_come_from_below():
    lights = [draw_light(np.random.default_rng(seed), 16) for seed in range(200)]
    assert min(light.direction[1] for light in lights) > -0.15
    assert sum(light.direction[0] > 0.1 for light in lights) > 15
    assert all(abs(light.surroundings.mean() - 1) < 1e-4 for light in lights)


def test_srgb_is_its_own_inverse():
    values = np.linspace(0, 1, 100, dtype=np.float32)
    assert np.allclose(to_srgb(to_linear(values)), values, atol=1e-5)
    assert abs(float(to_linear(np.float32(0.5))) - 0.2140) < 1e-3


def test_blur_keeps_the_mean_and_agrees_with_scipy():
    from scipy.ndimage import gaussian_filter

    field = clouds(np.random.default_rng(0), 64, 6) + 3
    assert np.allclose(blurred(field, 2.0), gaussian_filter(field, 2.0, mode="wrap"), atol=1e-2)


def test_a_fitted_pitch_divides_the_picture():
    for pitch in (7.3, 31.0, 90.0, 500.0):
        for multiple in (1, 2):
            count = 256 / fitted(256, pitch, multiple)
            assert abs(count / multiple - round(count / multiple)) < 1e-6
            assert count >= multiple


def test_captions_vary_in_order_and_length():
    brick = next(f for f in FAMILIES if f.name == "brick")
    said = [caption(np.random.default_rng(i), brick, "grey", frozenset(["mossy", "large"]), "blue") for i in range(200)]
    assert len(set(said)) > 150
    assert min(len(s.split()) for s in said) <= 4
    assert max(len(s.split()) for s in said) >= 9
    plain = [caption(np.random.default_rng(i), brick, "red", frozenset(), "blue") for i in range(200)]
    assert sum(len(s.split()) == 2 for s in plain) > 10
    assert not any(s.startswith("a bricks") or " a o" in f" {s}" for s in plain + said)
