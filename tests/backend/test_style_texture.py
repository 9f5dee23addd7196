"""Textures that are stylised on the surface."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from scipy.ndimage import maximum_filter

from backend.diffusion.loading import Models
from backend.geometry.gutter import GUTTER_PX
from backend.geometry.mesh import Mesh
from backend.geometry.uv_raster import Texels, rasterise_uv
from backend.job import Job
from backend.jobs import run
from backend.textures import read_texture, stored, write_texture
from protocol.errors import BadInput, Cancelled
from protocol.requests import PictureFormat
from protocol.style import Style, StyleArea, StyleMethod, StyleRequest
from protocol.style_texture import TextureStyleRequest, TextureStyleResult
from protocol.wire import request_from_json, request_to_json

SIZE = 256
SUZANNE = Path(__file__).parent / "suzanne.npz"


@pytest.fixture(scope="module")
def texels() -> Texels:
    return rasterise_uv(Mesh.load(SUZANNE), SIZE)


@pytest.fixture
def stylise(texels: Texels, tmp_path: Path) -> Callable[..., TextureStyleResult]:
    """Stylises Suzanne with stripes on her surface and noise beside her charts, in `tmp_path`."""
    shutil.copyfile(SUZANNE, tmp_path / "mesh.npz")
    colours = 0.5 + 0.4 * np.sin(texels.positions * np.float32([9, 7, 8]))
    image = np.random.default_rng(1).random((SIZE, SIZE, 3), np.float32)
    image.reshape(-1, 3)[texels.index] = colours
    for kind in PictureFormat:
        write_texture(tmp_path / f"{kind}{kind.suffix}", stored(image, kind))

    def go(kind: PictureFormat = PictureFormat.PNG_8, is_cancelled: Callable[[], bool] = lambda: False,
           views: int = 2, **choices: object) -> TextureStyleResult:
        style = StyleRequest(**{"name": "Suzanne", "content": f"{kind}{kind.suffix}", "styles": (Style(fixed=8),),
                                **choices})
        request = TextureStyleRequest(mesh="mesh.npz", style=style, view_size_px=256, texture_size_px=SIZE,
                                      view_count=views, picture_format=kind)
        assert request_from_json(request_to_json(request)) == request
        return run(request, Job("1", tmp_path, lambda event: None, is_cancelled), Models())

    return go


def test_views_agree_and_only_charts_and_their_gutter_change(stylise, texels: Texels, tmp_path: Path):
    result = stylise(views=6)
    before, after = read_texture(tmp_path / "png8.png"), read_texture(tmp_path / result.picture)
    changed = (before != after).any(axis=2)
    near = maximum_filter(texels.covered, 2 * GUTTER_PX + 1)
    assert not changed[~near].any()
    assert changed[texels.covered].mean() > 0.9
    assert result.changed_outside == 0
    assert 0 < result.disagreement < 0.65 * result.disagreement_before
    assert result.seam_step < 0.1
    assert result.coverage > 0.9


def test_the_same_request_gives_the_same_bytes(stylise, tmp_path: Path):
    first = (tmp_path / stylise().picture).read_bytes()
    assert (tmp_path / stylise().picture).read_bytes() == first


@pytest.mark.parametrize("kind", PictureFormat)
def test_without_strength_every_bit_stays(stylise, kind: PictureFormat, tmp_path: Path):
    result = stylise(kind, strength=0.0)
    assert np.array_equal(read_texture(tmp_path / result.picture), read_texture(tmp_path / f"{kind}{kind.suffix}"))
    assert (result.view_count, result.changed_outside) == (0, 0)


def test_the_format_stays(stylise, tmp_path: Path):
    for kind, dtype in ((PictureFormat.PNG_16, np.uint16), (PictureFormat.EXR_HALF, np.float16)):
        assert read_texture(tmp_path / stylise(kind).picture).dtype == dtype


def test_a_mask_in_the_layout_keeps_what_is_black(stylise, texels: Texels, tmp_path: Path):
    mask = np.zeros((SIZE, SIZE), np.uint8)
    mask[:, :SIZE // 2] = 255
    np.save(tmp_path / "mask.npy", mask)
    result = stylise(mask="mask.npy")
    changed = (read_texture(tmp_path / "png8.png") != read_texture(tmp_path / result.picture)).any(axis=2)
    assert changed[:, :SIZE // 2][texels.covered[:, :SIZE // 2]].mean() > 0.9
    assert not changed[:, SIZE // 2 + 3:][texels.covered[:, SIZE // 2 + 3:]].any()


@pytest.mark.parametrize("method", [StyleMethod.GRAM, StyleMethod.DIFFUSION])
def test_the_slow_methods_agree_too(method: StyleMethod, stylise, tmp_path: Path):
    write_texture(tmp_path / "look.png", stored(np.random.default_rng(2).random((64, 64, 3), np.float32),
                                                PictureFormat.PNG_8))
    result = stylise(method=method, styles=(Style(picture="look.png"),), steps=1, views=4, stroke_scale=2.0)
    assert result.changed_outside == 0
    assert 0 < result.disagreement < 0.75 * result.disagreement_before


def test_what_is_no_style_of_a_texture_is_refused(stylise):
    area = StyleArea(name="a", objects=("a",), styles=(Style(fixed=1),))
    for wrong in ({"areas": (area,)}, {"layer": True}):
        with pytest.raises(BadInput, match="for all of it"):
            stylise(**wrong)


def test_a_cancelled_texture_leaves_nothing(stylise, tmp_path: Path):
    asked = iter(range(10**6))
    with pytest.raises(Cancelled):
        stylise(is_cancelled=lambda: next(asked) > 15)
    assert not (tmp_path / "styled.png").exists()
