"""The impression of mini-pbr: what it does to a reading, what it learns, sizes that it takes."""

import numpy as np
import pytest
import torch

from backend.material.impression import Impression
from backend.material.network import MaterialNet, load, read_material
from backend.material.read import read
from training import impression, pbr

TINY = (16, 16, 32)


@pytest.fixture(scope="module")
def planted():
    """Statistics (200, size) and means (200, 2) that follow from two of them."""
    rows = torch.randn(200, Impression().statistics.size, generator=torch.Generator().manual_seed(0))
    return rows, torch.stack([0.5 + 0.1 * rows[:, 3], (rows[:, 7] > 0.3).float()], 1)


def test_what_the_statistics_tell_is_found(planted):
    rows, means = planted
    rough, metal = impression.errors(impression.fitted(rows, means), rows, means)
    assert rough < 0.02
    assert metal < 0.02
    shuffled = means[torch.randperm(200, generator=torch.Generator().manual_seed(1))]
    rough, metal = impression.errors(impression.fitted(rows, means), rows, shuffled)
    assert rough > 0.05
    assert metal > 0.3


def test_the_levels_are_the_impressions_and_the_places_the_convolutions(planted, tmp_path):
    torch.manual_seed(0)
    plain = MaterialNet(widths=TINY).eval()
    told = impression.fitted(*planted)
    with torch.no_grad():  # within 0–1, so that nothing is clipped
        told.said.weight.mul_(0.0)
        told.said.bias.copy_(torch.tensor([0.35, 0.4]))
    pbr.export(impression.with_impression(plain, told), tmp_path)
    both = load(tmp_path)
    picture = np.random.default_rng(0).random((64, 96, 3), np.float32)
    before, after = read_material(plain, picture), read_material(both, picture)
    assert after.roughness.mean() == pytest.approx(0.35, abs=1e-3)
    assert np.allclose(after.roughness - after.roughness.mean(), before.roughness - before.roughness.mean(), atol=2e-3)
    assert after.metallic.mean() > 0.6 > before.metallic.mean()
    assert np.allclose(after.base_colour, before.base_colour, atol=2e-3)
    seen = read(both, picture, wraps_x=True, wraps_y=False, check=lambda: None)
    assert seen.roughness.mean() == pytest.approx(0.35, abs=1e-3)


@pytest.mark.parametrize("size", [(32, 48), (128, 128), (200, 700)])
def test_pictures_of_any_size_leave_an_impression(size):
    torch.manual_seed(0)
    said = Impression()(torch.rand(2, 3, *size))
    assert said.shape == (2, 2)
    assert torch.isfinite(said).all()
    assert not torch.allclose(said[0], said[1])


def test_a_small_picture_leaves_the_impression_of_its_repetition():
    torch.manual_seed(0)
    told, small = Impression(), torch.rand(1, 3, 64, 64)
    assert torch.allclose(told(small), told(small.repeat(1, 1, 2, 2)), atol=1e-5)
