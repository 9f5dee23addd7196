"""Cuts between charts: found, measured, closed."""

from __future__ import annotations

import numpy as np
import pytest

from backend.geometry.gutter import fill_gutter
from backend.geometry.mesh import Mesh
from backend.geometry.seams import close_seams, find_seams, seam_step
from backend.geometry.uv_raster import rasterise_uv
from tests.backend.test_geometry_bake import smooth
from tests.backend.test_geometry_shapes import cube, join, moved, plane, sphere, torus

SIZE = 256


def textured(shape: dict, noise: float = 0.0) -> tuple[np.ndarray, Mesh, np.ndarray]:
    """A smooth texture on the shape, each chart of it with noise of its own."""
    mesh = Mesh.from_arrays(shape)
    texels = rasterise_uv(mesh, SIZE)
    colours = smooth(texels.positions + mesh.center)
    colours += noise * np.random.default_rng(1).standard_normal(colours.shape, np.float32)
    return fill_gutter(texels.to_image(colours), texels.covered), mesh, texels.covered


@pytest.mark.parametrize("shape", [cube, sphere], ids=lambda shape: shape.__name__)
def test_cuts_are_closed_to_less_than_a_fiftieth_of_what_the_texture_changes_within(shape):
    image, mesh, covered = textured(shape(), noise=0.05)
    seams = find_seams(mesh, SIZE)
    assert seam_step(image, seams, covered).overall > 0.2
    closed = close_seams(image, seams)
    assert seam_step(closed, seams, covered).overall < 0.02


def test_both_sides_of_a_cut_are_one_place_in_space():
    """What both sides read of a texture of positions is the same place, but for the filter's half texel."""
    mesh = Mesh.from_arrays(cube())
    texels = rasterise_uv(mesh, SIZE)
    places = fill_gutter(texels.to_image(texels.positions), texels.covered)
    one, other = find_seams(mesh, SIZE).colours(places)
    extent = np.ptp(mesh.positions, axis=0).max()
    assert np.abs(one - other).max() < 6 * extent / SIZE


def test_a_seam_is_all_cuts_between_the_same_two_charts_and_the_worst_is_told():
    """A cube in six charts has twelve; one face of another colour opens the four around it."""
    mesh = Mesh.from_arrays(cube())
    texels = rasterise_uv(mesh, SIZE)
    seams = find_seams(mesh, SIZE)
    assert len(np.unique(seams.number)) == seams.number.max() + 1 == 12
    noise = 0.05 * np.random.default_rng(1).standard_normal(len(texels), np.float32)
    colours = np.where(texels.triangle // 2 == 3, 0.3, 0.0) + noise
    image = fill_gutter(texels.to_image(colours[:, None].astype(np.float32)), texels.covered)
    step = seam_step(image, seams, texels.covered)
    assert step.worst == pytest.approx(0.3 / (0.05 * 2**0.5), rel=0.2)
    assert step.most > 0.9 * step.worst  # a third of all seams is like that
    assert step.overall == pytest.approx((step.worst**2 / 3 + (1 / 2) ** 2) ** 0.5, rel=0.2)
    even = fill_gutter(texels.to_image(noise[:, None]), texels.covered)
    assert seam_step(even, seams, texels.covered).worst < 1.2


def test_a_mesh_in_one_chart_has_no_cuts_and_is_left_alone():
    image, mesh, covered = textured(plane())
    seams = find_seams(mesh, SIZE)
    assert len(seams) == 0
    assert seam_step(image, seams, covered).overall == 0
    assert close_seams(image, seams) is image


def test_one_colour_stays_that_colour_bit_by_bit():
    _, mesh, _ = textured(cube())
    image = np.full((SIZE, SIZE, 3), np.float32(1 / 3))
    assert close_seams(image, find_seams(mesh, SIZE)) is image


def test_only_what_lies_beside_a_cut_changes():
    image, mesh, _ = textured(cube(), noise=0.05)
    seams = find_seams(mesh, SIZE)
    changed = (close_seams(image, seams) != image).any(axis=2)
    near = np.zeros(SIZE * SIZE, bool)
    near[seams.texels.ravel()] = True
    rows, columns = np.nonzero(near.reshape(SIZE, SIZE))
    for row, column in np.argwhere(changed)[::97]:
        assert np.maximum(np.abs(rows - row), np.abs(columns - column)).min() <= 4
    assert changed.any()


def test_cuts_are_closed_within_the_texels_that_may_change_and_nowhere_else():
    """Two neighbouring sides of a cube are free: one cut lies between them, the others are their border."""
    image, mesh, covered = textured(cube(), noise=0.05)
    texels = rasterise_uv(mesh, SIZE)
    seams = find_seams(mesh, SIZE)
    charts = texels.to_image((texels.triangle // 2 + 1)[:, None])[..., 0]
    sides = fill_gutter(charts[..., None], covered)[..., 0]
    pair = next(other for other in range(2, 7)
                if len(seams.within((sides == 1) | (sides == other))) > 0)
    free = (sides == 1) | (sides == pair)
    closed = close_seams(image, seams.within(free))
    assert np.array_equal(closed[~free], image[~free])
    between = seams.within(free)
    assert len(np.unique(between.number)) == 1
    assert seam_step(closed, between, covered).overall < 0.02 < 10 * seam_step(image, between, covered).overall


def test_a_layout_that_repeats_has_no_step_where_it_begins_again():
    image, mesh, covered = textured(torus())
    seams = find_seams(mesh, SIZE)
    assert len(seams) > 0
    assert seam_step(image, seams, covered).overall < 1e-3  # a filter reads the same texels on both sides


def test_vertices_are_welded_by_the_size_of_their_own_object():
    """A plane of quads of a centimetre has no cut, also beside an object at the end of the world."""
    far = join(plane(steps=201, size=2.0), moved(plane(steps=2), (4_000, 0, 0)), ids=[0, 1])
    assert len(find_seams(Mesh.from_arrays(far), 1024)) == 0
