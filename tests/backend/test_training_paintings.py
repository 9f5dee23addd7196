"""The drawn paintings: deterministic, in range, true to their palette, named by their captions, told apart by eye."""

from itertools import combinations

import numpy as np
import pytest

from training.data.paintings import KINDS, PALETTES, painting
from training.data.paintings.canvas import Canvas, curve, mask
from training.data.paintings.graphics import halftone
from training.data.paintings.palettes import chroma, luminance
from training.data.paintings.strokes import Brush, brushed, hatching, stamp_discs

SIZE_PX = 64
GLANCE_PX = 128  # smaller, and the dots of pointillism are lost


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_draws_the_same_picture_from_the_same_seed_and_another_from_another(kind):
    first, again, other = (painting(seed, SIZE_PX, kind) for seed in (3, 3, 4))
    assert np.array_equal(first.image, again.image)
    assert (first.caption, first.palette) == (again.caption, again.palette)
    assert np.abs(first.image - other.image).mean() > 0.02


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("size_px", [SIZE_PX, 75])
def test_a_picture_is_float32_in_range_and_not_flat(kind, size_px):
    image = painting(7, size_px, kind).image
    assert image.shape == (size_px, size_px, 3)
    assert image.dtype == np.float32
    assert np.isfinite(image).all()
    assert image.min() >= 0.0
    assert image.max() <= 1.0
    assert image.std() > 0.03


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
def test_captions_name_the_kind_and_vary(kind):
    captions = [painting(seed, 16, kind.name).caption for seed in range(24)]
    for words in captions:
        assert any(noun in words for noun in kind.nouns), words
        assert words == " ".join(words.split())
    assert len(set(captions)) >= 18


def test_captions_mostly_say_the_colours_and_never_another_palettes():
    said = 0
    for seed in range(200):
        drawn = painting(seed, 16)
        own = PALETTES[drawn.palette]
        phrases = {phrase for p in PALETTES.values() for phrase in p.phrases if drawn.caption.endswith(phrase)}
        assert phrases <= set(own.phrases), drawn.caption
        said += any(word in drawn.caption for word in own.adjectives + own.phrases)
    assert 0.7 < said / 200 < 0.98


def test_the_kind_of_a_seed_can_be_named_and_changes_nothing():
    for seed in range(12):
        free = painting(seed, 32)
        named = painting(seed, 32, free.kind)
        assert np.array_equal(free.image, named.image)
        assert free.caption == named.caption


def test_an_unknown_kind_is_refused_with_the_list():
    with pytest.raises(ValueError, match=r"'oil slick'.*impasto.*tapestry"):
        painting(0, 32, "oil slick")


def test_there_are_many_kinds_and_each_has_nouns_of_its_own():
    assert len(KINDS) >= 24
    nouns = [noun for kind in KINDS.values() for noun in kind.nouns]
    assert len(set(nouns)) == len(nouns)
    assert all(name in PALETTES for kind in KINDS.values() for name in kind.palettes)


@pytest.mark.parametrize("palette", PALETTES.values(), ids=list(PALETTES))
def test_a_palette_has_a_dark_a_light_and_tones_between(palette):
    tones = [float(luminance(c)) for c in palette.bright]
    assert float(luminance(palette.dark)) < min(tones)
    assert float(luminance(palette.light)) > max(tones)
    assert all(np.linalg.norm(a - b) > 0.12 for a, b in combinations(palette.tones, 2))


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
def test_the_palette_decides_the_colour(kind):
    """Greys stay nearly grey; what is not ink or charcoal takes the colours of a bright palette."""

    def colourfulness(name):
        drawn = (kind.draw(np.random.default_rng(seed), SIZE_PX, PALETTES[name])[0] for seed in (1, 2))
        return np.mean([chroma(image).mean() for image in drawn])

    grey = colourfulness("monochrome")
    assert grey < 0.13
    assert colourfulness("vivid") > grey + (0.02 if kind.name in ("enso", "ink wash", "charcoal") else 0.08)


def _features(image):
    """What is seen at a glance: tones, where they lie, and contrast and direction of detail at three scales."""
    light = luminance(image)
    coarse = _reduced(light, GLANCE_PX // 4)
    parts = [
        *np.quantile(light, (0.02, 0.25, 0.5, 0.75, 0.98)),
        *(coarse - coarse.mean()).ravel(),
        *np.quantile(chroma(image), (0.5, 0.95)),
    ]
    for step in (1, 2, 4):
        for axis in (0, 1):
            change = np.abs(np.diff(_reduced(light, step), axis=axis))
            parts += [change.mean(), change.std(), *np.quantile(change, (0.25, 0.75, 0.95))]
    return np.asarray(parts)


def _reduced(light, step):
    return light.reshape(GLANCE_PX // step, step, GLANCE_PX // step, step).mean((1, 3))


def test_kinds_are_told_apart_by_simple_statistics():
    """Linear discriminants learn the kinds from 16 pictures each and name most of the fresh ones."""
    names = list(KINDS)
    learned = np.stack([[_features(painting(seed, GLANCE_PX, name).image) for seed in range(16)] for name in names])
    fresh = np.stack([[_features(painting(seed, GLANCE_PX, name).image) for seed in range(900, 905)] for name in names])
    centres = learned.mean(1)
    within = (learned - centres[:, None]).reshape(-1, learned.shape[-1])
    covariance = within.T @ within / len(within) + 1e-4 * np.eye(learned.shape[-1])
    away = fresh[:, :, None] - centres
    guesses = np.einsum("kscf,fg,kscg->ksc", away, np.linalg.inv(covariance), away).argmin(-1)
    right = (guesses == np.arange(len(names))[:, None]).mean(1)
    assert right.mean() > 0.6
    assert (right > 0).all(), [name for name, share in zip(names, right, strict=True) if share == 0]


def test_strokes_follow_the_flow():
    """Streaks along x: brightness changes faster down the picture than across it."""
    rng = np.random.default_rng(5)
    sketch = np.full((96, 96, 3), 0.5, np.float32)
    picture, relief = sketch.copy(), np.zeros((96, 96), np.float32)
    brushed(rng, picture, relief, sketch, np.zeros((96, 96), np.float32), Brush(16, 60, 3, 0.2))
    assert np.abs(np.diff(picture, axis=0)).mean() > 2 * np.abs(np.diff(picture, axis=1)).mean()
    assert relief.max() > 0.5


def test_strokes_stop_where_the_colour_leaves_the_sketch():
    sketch = np.zeros((64, 64, 3), np.float32)
    sketch[:, 32:] = 1.0
    picture = sketch.copy()
    brushed(
        np.random.default_rng(1),
        picture,
        np.zeros((64, 64), np.float32),
        sketch,
        np.zeros((64, 64), np.float32),
        Brush(12, 200, 2.0, 0, 0, 0, 0),
    )
    assert picture[:, :24].max() < 0.05
    assert picture[:, 40:].min() > 0.95


def test_hatching_covers_the_share_it_is_asked_for():
    ranks = hatching(np.random.default_rng(2), np.zeros((48, 48), np.float32), 4.0, 16.0)
    for share in (0.1, 0.5, 0.8):
        assert abs((ranks < share).mean() - share) < 0.01


def test_halftone_dots_cover_their_tone():
    for tone in (0.15, 0.4, 0.6):
        dots = halftone(np.random.default_rng(3), np.full((160, 160), tone, np.float32), 8.0)
        assert abs(dots.mean() - tone) < 0.05


def test_discs_have_the_area_of_their_radius():
    picture = np.zeros((64, 64, 1), np.float32)
    stamp_discs(
        picture,
        np.asarray([32.0]),
        np.asarray([31.5]),
        np.asarray([12.0]),
        np.ones((1, 1), np.float32),
        np.ones(1),
        1.0,
    )
    canvas = mask(64)
    canvas.disc(0.5, 0.5, 12 / 64, 1.0)
    for drawn in (picture[..., 0], canvas.array()):
        assert abs(drawn.sum() / (np.pi * 144) - 1) < 0.03


def test_a_canvas_keeps_its_ground_and_a_curve_its_ends():
    ground = np.linspace(0, 1, 32 * 32 * 3, dtype=np.float32).reshape(32, 32, 3)
    assert np.abs(Canvas(ground).array() - ground).max() < 0.003
    path = curve([(0, 0), (0.3, 2), (1, 0.5)])
    assert np.allclose(path[[0, -1]], [(0, 0), (1, 0.5)])
