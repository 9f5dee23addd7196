"""Numba on the processor and torch on a device: two ways that say the same."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from backend.geometry.blend import Blend
from backend.geometry.transfer import Spread, _sample_on_device, _spread_on_device, sample
from tests.backend.test_geometry_bake import prepared
from tests.backend.test_geometry_shapes import sphere


@pytest.fixture(scope="module")
def maps():
    _, texels, _, maps = prepared(sphere(), size=128, view=64, max_views=3)
    return texels, maps


def pictures(maps, channels=3):
    rng = np.random.default_rng(1)
    return [torch.from_numpy(rng.random((m.height_px, m.width_px, channels), np.float32)) for m in maps]


def test_sampling_is_the_same_on_both(maps):
    _, views = maps
    for picture, view_map in zip(pictures(views), views, strict=True):
        mine = sample(picture, view_map)
        theirs = _sample_on_device(picture.reshape(-1, 3), view_map)
        assert torch.allclose(mine, theirs, atol=1e-6)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
def test_any_precision_and_any_layout_of_a_picture_is_sampled(maps, dtype):
    _, views = maps
    picture = pictures(views)[0]
    there = sample(picture.to(dtype).permute(2, 0, 1).contiguous().permute(1, 2, 0), views[0])
    assert there.dtype == (dtype if dtype in (torch.float32, torch.float64) else torch.float32)
    assert torch.allclose(there.float(), sample(picture, views[0]), atol=0.01)


def test_spreading_is_the_same_on_both_and_keeps_constants(maps):
    _, views = maps
    for picture, view_map in zip(pictures(views), views, strict=True):
        seen = sample(picture, view_map)
        spread = Spread(view_map)
        theirs = torch.zeros(picture.shape[0] * picture.shape[1], 3)
        _spread_on_device(seen, view_map, theirs)
        theirs /= torch.from_numpy(spread._total)
        assert torch.allclose(spread.onto_pixels(seen), theirs.reshape(picture.shape), atol=1e-5)
        flat = spread.onto_pixels(torch.ones(len(view_map), 1))
        assert ((flat - 1).abs() < 1e-5).logical_or(flat < 1).all()
        assert (flat > 0.99).float().mean() > 0.2


def test_blending_is_the_same_on_both(maps):
    texels, views = maps
    mine, theirs = Blend(len(texels), 3), Blend(len(texels), 3)
    for picture, view_map in zip(pictures(views), views, strict=True):
        seen = sample(picture, view_map)
        mine.add(view_map, seen)
        theirs._add_on_device(view_map.texel, view_map.weight, seen)
    assert mine.disagreement() > 0.03
    assert mine.disagreement() == pytest.approx(theirs.disagreement(), rel=1e-4)
    assert mine.coverage() == theirs.coverage()
    assert torch.allclose(mine.colours, theirs.colours, atol=1e-6)
    assert torch.equal(mine.of(views[0]), mine.colours[views[0].texel])
