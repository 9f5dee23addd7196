"""Tone and detail, the words for a view, and files that are written whole."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from PIL import Image

from backend.geometry.bake import ViewMap
from backend.pictures import contact_sheet, write_png
from backend.texturing.bands import sharpen_weights, tone_of
from backend.texturing.views import direction_words
from tests.backend.test_geometry_bake import prepared
from tests.backend.test_geometry_shapes import cube


def view_map(texel: list[int], weight: list[float]) -> ViewMap:
    count = len(texel)
    return ViewMap(np.array(texel, np.int32), np.zeros((count, 4), np.int32), np.zeros((count, 3), np.float32),
                   np.array(weight, np.float32), np.ones(count, np.float32), 8, 8)


@pytest.mark.parametrize("scale", [1, 4], ids=["narrow", "wide"])
def test_the_background_does_not_bleed_into_the_tone(scale: int):
    side = 64 * scale
    mask = torch.zeros(side, side, dtype=torch.bool)
    mask[16 * scale:40 * scale + 1, 20 * scale + 3:50 * scale] = True
    colour = torch.tensor([0.8, 0.4, 0.1])
    picture = torch.where(mask[..., None], colour, torch.rand(side, side, 3))
    tone = tone_of(picture, mask, 3.0 * scale)
    torch.testing.assert_close(tone[mask], colour.expand(int(mask.sum()), 3))
    assert tone[60 * scale, 2 * scale].tolist() == [0, 0, 0]


@pytest.mark.parametrize("scale", [1, 2], ids=["narrow", "wide"])
def test_tone_is_what_changes_slowly(scale: int):
    side = 128 * scale
    x = torch.arange(float(side))
    slow, fast = 0.3 * torch.sin(2 * torch.pi * x / side), 0.3 * torch.sin(2 * torch.pi * x / (8 * scale))
    picture = (0.5 + slow + fast)[None, :, None].expand(side, side, 3).contiguous()
    tone = tone_of(picture, torch.ones(side, side, dtype=torch.bool), 6.4 * scale)
    inside = slice(32 * scale, 96 * scale)
    torch.testing.assert_close(tone[64 * scale, inside, 0], (0.5 + slow)[inside], atol=0.03, rtol=0)


def test_a_large_power_leaves_a_texel_to_its_best_view():
    first, second = sharpen_weights([view_map([0, 1, 3], [1e-9, 0.5, 0.2]), view_map([0, 1, 2], [2e-9, 0.5, 1e-12])],
                                    4, 8.0)
    assert first.tolist() == pytest.approx([2**-8, 1, 1])
    assert second.tolist() == pytest.approx([1, 1, 1])


def test_views_are_named_by_where_they_are_taken_from():
    _, _, rasters, _ = prepared(cube(), size=64, view=64)
    words = {direction_words(raster.camera): raster for raster in rasters}
    assert len(words) == 6
    places = {name: (raster.camera.position / np.abs(raster.camera.position).max()).round().tolist()
              for name, raster in words.items()}
    assert places == {"front view": [0, -1, 0], "back view": [0, 1, 0], "side view, from the right": [1, 0, 0],
                      "side view, from the left": [-1, 0, 0], "top view": [0, 0, 1], "bottom view": [0, 0, -1]}


def test_a_picture_is_written_whole_or_not_at_all(tmp_path):
    image = np.random.default_rng(1).integers(0, 256, (9, 7, 3), np.uint8)
    write_png(tmp_path / "a.png", image)
    with Image.open(tmp_path / "a.png") as written:
        assert np.array_equal(np.array(written), image)
    (tmp_path / "b.png").mkdir()
    with pytest.raises(OSError, match=r"b\.png"):
        write_png(tmp_path / "b.png", image)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.png", "b.png"]


def test_a_sheet_keeps_every_picture_in_its_place():
    images = np.stack([np.full((2, 3, 3), value, np.uint8) for value in range(5)])
    sheet = contact_sheet(images, 3)
    assert sheet[::2, ::3, 0].tolist() == [[0, 1, 2], [3, 4, 128]]
