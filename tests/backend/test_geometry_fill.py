"""Views brought to one tone, unseen texels filled, and the gutter around the charts."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from backend.geometry.exposure import apply_exposure, match_views
from backend.geometry.fill import fill_unseen
from backend.geometry.gutter import fill_gutter
from backend.geometry.mesh import Mesh
from backend.geometry.uv_raster import rasterise_uv
from tests.backend.test_geometry_bake import blended, paint, prepared, smooth
from tests.backend.test_geometry_shapes import cube, join, moved, plane, sphere


def test_views_of_differing_tone_are_brought_together() -> None:
    _, texels, rasters, maps = prepared(sphere(), size=128, view=128)
    images = [paint(r) for r in rasters]
    for i, image in enumerate(images):
        image *= 1 + 0.15 * (-1) ** i
        image += 0.02 * (i % 3)
    before = blended(images, maps, len(texels)).disagreement()
    match = match_views(images, maps, len(texels))
    fitted = [apply_exposure(i, g, b) for i, g, b in zip(images, match.gains, match.biases, strict=True)]
    after = blended(fitted, maps, len(texels)).disagreement()
    assert after < 0.4 * before
    assert match.disagreement == pytest.approx(after, rel=1e-4)  # of all texels, because they are so few
    assert ((match.gains > 0.66) & (match.gains < 1.51)).all()


def test_unrelated_views_keep_their_contrast() -> None:
    _, texels, rasters, maps = prepared(sphere(), size=128, view=128)
    noise = np.random.default_rng(1)
    images = [torch.from_numpy(noise.random((128, 128, 3), np.float32)) for _ in rasters]
    match = match_views(images, maps, len(texels))
    assert (abs(match.gains - 1) < 0.05).all()


@pytest.mark.parametrize("max_nodes", [100, 100_000])
def test_fill_leaves_no_hole_and_keeps_the_maximum_principle(max_nodes: int) -> None:
    mesh = Mesh.from_arrays(sphere(24))
    texels = rasterise_uv(mesh, 128)
    colours = smooth(texels.positions) + 0.1
    weight = (texels.positions[:, 2] > -0.5).astype(np.float32)
    given = colours * (weight > 0)[:, None]
    filled = fill_unseen(texels, given, weight, max_nodes=max_nodes)
    seen = weight > 0
    assert np.array_equal(filled[seen], colours[seen])
    assert (filled.min(axis=0) >= colours[seen].min(axis=0)).all()
    assert (filled.max(axis=0) <= colours[seen].max(axis=0)).all()
    assert filled.min() > 0.05


def test_fill_joins_smoothly() -> None:
    # Linear in height on the seen part of a tall, thin strip: harmonic in between, so the same line.
    mesh = Mesh.from_arrays(plane())
    texels = rasterise_uv(mesh, 96)
    height = texels.positions[:, 2].astype(np.float32)
    truth = np.repeat(height[:, None], 3, 1)
    weight = (abs(height) > 0.4).astype(np.float32)
    filled = fill_unseen(texels, np.where(weight[:, None] > 0, truth, 0), weight, with_detail=False)
    assert abs(filled - truth).max() < 0.06
    # Continuing the detail bends the line a little, and tears no step into the border.
    detailed = texels.to_image(fill_unseen(texels, np.where(weight[:, None] > 0, truth, 0), weight))
    assert abs(np.diff(detailed[..., 0], axis=0)).max() < 0.06


def test_fill_continues_the_grain() -> None:
    mesh = Mesh.from_arrays(plane())
    texels = rasterise_uv(mesh, 128)
    grain = 0.5 + 0.2 * np.random.default_rng(0).standard_normal((len(texels), 3)).astype(np.float32)
    weight = (abs(texels.positions[:, 2]) > 0.3).astype(np.float32)
    given = grain * weight[:, None]
    smooth_fill = fill_unseen(texels, given, weight, with_detail=False)[weight == 0]
    grained = fill_unseen(texels, given, weight)[weight == 0]
    assert smooth_fill.std() < 0.12
    assert 0.15 < grained.std() < 0.25
    assert abs(grained.mean() - 0.5) < 0.02


def test_fill_does_not_leak_through_a_thin_wall() -> None:
    # Front red, back blue, the lower half of both unseen: each side takes its own colour.
    front = plane(steps=8)
    back = moved(plane(math.pi, steps=8), (0, 0.01, 0))
    front["corner_uvs"] = front["corner_uvs"] * [0.48, 1]
    back["corner_uvs"] = back["corner_uvs"] * [0.48, 1] + [0.52, 0]
    texels = rasterise_uv(Mesh.from_arrays(join(front, back)), 128)
    red = texels.normals[:, 1] < 0
    colours = np.where(red[:, None], [1, 0, 0], [0, 0, 1]).astype(np.float32)
    weight = (texels.positions[:, 2] > 0).astype(np.float32)
    filled = fill_unseen(texels, colours * weight[:, None], weight)
    assert abs(filled - colours).max() < 0.1


def test_nothing_seen_is_grey_and_all_seen_is_untouched() -> None:
    texels = rasterise_uv(Mesh.from_arrays(cube()), 64)
    zeros = np.zeros((len(texels), 3), np.float32)
    assert (fill_unseen(texels, zeros, zeros[:, 0]) == 0.5).all()
    assert np.array_equal(fill_unseen(texels, zeros, zeros[:, 0] + 1), zeros)


def test_gutter_is_wide_and_the_rest_is_the_mean() -> None:
    covered = np.zeros((128, 128), bool)
    covered[50:60, 50:60] = True
    image = np.zeros((128, 128, 3), np.float32)
    image[covered] = 0.25
    image[55:60, 50:60] = 0.75
    result = fill_gutter(image, covered)
    assert np.array_equal(result[covered], image[covered])
    assert (result[34:50, 50:60] == 0.25).all()
    assert (result[60:76, 50:60] == 0.75).all()
    assert np.allclose(result[0, 0], 0.5)
    assert result.min() > 0
