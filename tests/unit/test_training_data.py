"""The drawn training pictures: deterministic, in range, named by their captions. No torch."""

import numpy as np
import pytest

from training.data import FAMILIES, SHOWCASE, specimen, subject
from training.data.captions import EXCLUSIVE, PHRASES, SHADES, WORDS
from training.data.noise import Field, cells, clouds, grid, lozenges

SIZE_PX = 64
NAMES = [family.name for family in FAMILIES]


@pytest.mark.parametrize("family", NAMES)
def test_a_family_draws_the_same_picture_from_the_same_seed_and_another_from_another(family):
    first, again, other = (specimen(seed, SIZE_PX, family) for seed in (3, 3, 4))
    assert np.array_equal(first.image, again.image)
    assert first.caption == again.caption
    assert not np.array_equal(first.image, other.image)


@pytest.mark.parametrize("family", NAMES)
def test_a_picture_is_float32_in_range_and_not_flat(family):
    image = specimen(7, SIZE_PX, family, traits=frozenset()).image
    assert image.shape == (SIZE_PX, SIZE_PX, 3)
    assert image.dtype == np.float32
    assert np.isfinite(image).all()
    assert image.min() >= 0.0
    assert image.max() <= 1.0
    assert image.std() > 0.004


@pytest.mark.parametrize("family", FAMILIES, ids=NAMES)
def test_captions_name_the_material_and_every_quality(family):
    stems = [noun.replace("{}", " ").split() for noun in family.nouns]
    for seed in range(12):
        s = specimen(seed, 32, family.name)
        assert any(all(word in s.caption for word in stem) for stem in stems), s.caption
        for trait in s.traits:
            said = (*WORDS[trait], *PHRASES.get(trait, ()))
            assert any(all(part in s.caption for part in words.split("{}")) for words in said), (trait, s.caption)
        if s.colour != family.default:
            assert any(shade in s.caption for shade in (s.colour, *SHADES.get(s.colour, ()))), s.caption


def test_qualities_that_exclude_each_other_never_meet():
    traits = [specimen(seed, 16, "brick").traits for seed in range(300)]
    assert any(traits)
    assert not any(a in t and b in t for t in traits for a, b in EXCLUSIVE)


def test_at_least_25_families_with_names_of_their_own():
    assert len(set(NAMES)) == len(NAMES) >= 25


@pytest.mark.parametrize(("family", "colour"), SHOWCASE)
def test_showcase_exists_and_takes_its_share(family, colour):
    assert colour in next(f for f in FAMILIES if f.name == family).palette


def test_showcase_is_drawn_often():
    drawn = [subject(seed) for seed in range(2000)]
    assert 0.20 < sum(pair in SHOWCASE for pair in drawn) / len(drawn) < 0.30


def test_the_subject_of_a_seed_is_what_is_drawn():
    for seed in range(40):
        s = specimen(seed, 16)
        assert subject(seed) == (s.family, s.colour)


def test_showcase_colours_are_the_materials_own():
    """Fired clay is redder than blue, brown wood is warm and dim, verde is green and dark, gold is bright yellow."""
    brick, wood, marble, gold = (
        specimen(1, SIZE_PX, family, colour, frozenset()).image.mean((0, 1)) for family, colour in SHOWCASE
    )
    assert brick[0] > 1.4 * brick[2]
    assert wood[0] > wood[1] > wood[2]
    assert wood.mean() < 0.45
    assert marble[1] == marble.max()
    assert marble.mean() < 0.45
    assert gold[0] > gold[1] > 1.5 * gold[2]
    assert gold[0] > 0.6


def test_brick_courses_are_the_promised_size():
    """Without a scale word 6 to 10 courses in 200 pixels: the beds are the dark-light rhythm down the picture."""
    for seed in range(4):
        image = specimen(seed, 256, "brick", "red", frozenset()).image
        rows = image[..., 2].mean(1)
        spectrum = np.abs(np.fft.rfft((rows - rows.mean()) * np.hanning(256), 2048))
        courses_per_200_px = spectrum.argmax() / 2048 * 200
        assert 6 <= courses_per_200_px <= 10


def test_clouds_are_normalised_and_periodic():
    field = clouds(np.random.default_rng(0), 128, 20)
    assert abs(field.mean()) < 1e-4
    assert abs(field.std() - 1) < 1e-3
    inner = np.abs(np.diff(field, axis=1)).max()
    assert np.abs(field[:, 0] - field[:, -1]).max() <= 1.5 * inner


def test_cells_agree_with_brute_force_round_the_edges():
    x, y = grid(24)
    near, edge, _ = cells(np.random.default_rng(2), x, y, 8.0)
    rng = np.random.default_rng(2)
    ox, oy = rng.random((3, 3)).astype(np.float32), rng.random((3, 3)).astype(np.float32)
    points = np.asarray(
        [(c + ox[r % 3, c % 3], r + oy[r % 3, c % 3]) for r in range(-3, 7) for c in range(-3, 7)]
    ) * 8.0
    distances = np.sort(np.hypot(x[..., None] - points[:, 0], y[..., None] - points[:, 1]), axis=-1)
    assert np.allclose(near, distances[..., 0], atol=1e-3)
    assert np.allclose(edge, distances[..., 1] - distances[..., 0], atol=1e-3)


def steepest(field: Field) -> tuple[float, float]:
    """The largest step from a pixel to the next within a picture, and over its borders."""
    inner = max(np.abs(np.diff(field, axis=axis)).max() for axis in (0, 1))
    return float(inner), float(max(np.abs(field[:, 0] - field[:, -1]).max(), np.abs(field[0] - field[-1]).max()))


def test_lozenges_fill_the_picture_and_go_on_over_its_borders():
    a, b, number = lozenges(np.random.default_rng(0), *grid(96), 25.0, 30.0)  # four by three, and as many between
    assert len(np.unique(number)) == 2 * 4 * 3
    assert np.unique(np.unique(number, return_counts=True)[1] // 100).tolist() == [3]  # of 384 pixels each
    inner, over = steepest(np.minimum(np.minimum(a, 1 - a), np.minimum(b, 1 - b)))
    assert over <= inner + 1e-5 < 0.1
