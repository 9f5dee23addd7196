"""Tone and detail, the words for a view, and files that are written whole."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from PIL import Image

from backend.geometry.bake import ViewMap
from backend.geometry.blend import Blend
from backend.geometry.exposure import match_views
from backend.geometry.transfer import sample
from backend.pictures import contact_sheet, write_png
from backend.texturing.bands import blend_bands, tone_of
from tests.backend.test_geometry_bake import prepared
from tests.backend.test_geometry_shapes import sphere


def view_map(texel: list[int], weight: list[float]) -> ViewMap:
    count = len(texel)
    return ViewMap(np.array(texel, np.int32), np.zeros(count, np.int32), np.zeros((count, 3), np.float32),
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


def blend_one_by_one(pictures, tones, maps, count: int, power: int) -> tuple[Blend, torch.Tensor]:
    """The same by two blends and a gather each, as on a graphics card: (of tones, colours)."""
    wide, narrow = Blend(count, 3), Blend(count, 3)
    best = np.zeros(count, np.float32)
    for each in maps:
        best[each.texel] = np.maximum(best[each.texel], each.weight)
    for picture, tone, each in zip(pictures, tones, maps, strict=True):
        seen, seen_tone = sample(picture, each), tone.reshape(-1, 3)[each.pixels[:, 0].astype(np.int64)]
        seen_detail = seen - seen_tone
        wide.add(each, seen_tone)
        narrow.add(each, seen_detail, np.maximum((each.weight / best[each.texel]) ** power, 1e-12).astype(np.float32))
    return wide, wide.colours + narrow.colours


def test_one_pass_over_all_views_is_two_blends():
    _, texels, _, maps = prepared(sphere(), size=96, view=64)
    pictures = torch.rand(len(maps), 64, 64, 3, generator=torch.Generator().manual_seed(1))
    tones = pictures.roll(1, 1) * 0.5
    blended = blend_bands(list(pictures), list(tones), maps, len(texels), 8)
    wide, colours = blend_one_by_one(pictures, tones, maps, len(texels), 8)
    np.testing.assert_allclose(blended.colours, colours.numpy(), atol=1e-6)
    np.testing.assert_allclose(blended.weights, wide.total.numpy(), rtol=1e-6)
    assert blended.coverage == wide.coverage()
    gains, biases = np.full((len(maps), 3), 0.5), np.full((len(maps), 3), 0.25)
    faded = blend_bands(list(pictures), list(tones), maps, len(texels), 8, gains, biases)
    seen = blended.weights > 0
    np.testing.assert_allclose(faded.colours[seen], 0.5 * blended.colours[seen] + 0.25, atol=1e-6)
    turned = blend_bands(list(pictures)[::-1], list(tones)[::-1], maps[::-1], len(texels), 8)
    np.testing.assert_allclose(turned.colours, blended.colours, atol=1e-5)  # the order of views does not matter


def test_a_large_power_leaves_a_texel_to_its_best_view():
    """Two views of one colour each, the first on 0, 1 and 3, the second on 0, 1 and 2."""
    maps = [view_map([0, 1, 3], [1e-9, 0.5, 0.2]), view_map([0, 1, 2], [2e-9, 0.5, 1e-12])]
    pictures = [torch.full((8, 8, 1), value) for value in (0.0, 1.0)]
    nothing = [torch.zeros(8, 8, 1)] * 2
    blended = blend_bands(pictures, nothing, maps, 5, 8)
    assert blended.colours[:, 0].tolist() == pytest.approx([1 / (1 + 2**-8), 0.5, 1, 0, 0])
    assert blended.weights.tolist() == pytest.approx([3e-9, 1, 1e-12, 0.2, 0])
    assert blended.coverage == 0.8


def test_an_overlap_of_a_few_columns_counts():
    """A texture of 512 columns and rows, of which two views share three columns that no power of two meets."""
    column = np.tile(np.arange(512), 512)
    maps = [view_map(np.flatnonzero(seen).tolist(), [1.0] * int(seen.sum())) for seen in (column < 260, column > 256)]
    pictures = [torch.full((8, 8, 3), value) for value in (0.1, 0.9)]
    match = match_views(pictures, maps, 512 * 512)
    assert match.disagreement > 0.05
    assert (match.gains[0] > match.gains[1]).all()


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
