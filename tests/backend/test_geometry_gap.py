"""What no view saw is found, largest area first, and met by a view that sees it."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from backend.geometry.bake import map_view
from backend.geometry.camera import Camera
from backend.geometry.gap import find_gap
from backend.geometry.mesh import Mesh
from backend.geometry.uv_raster import Texels, rasterise_uv
from backend.geometry.view_raster import rasterise_view
from tests.backend.test_geometry_shapes import cube, cup, join, moved, sphere


def seen_from(mesh: Mesh, texels: Texels, *eyes: tuple[float, float, float]) -> NDArray[np.float32]:
    quality = np.zeros(len(texels), np.float32)
    for eye in eyes:
        seen = map_view(mesh, texels, rasterise_view(mesh, Camera.look_at(eye, (0, 0, 0), size_px=256, fov_rad=0.7)))
        quality[seen.texel] = np.maximum(quality[seen.texel], seen.cosine)
    return quality


def improved(mesh: Mesh, texels: Texels, quality: NDArray, camera: Camera) -> NDArray[np.float32]:
    seen = map_view(mesh, texels, rasterise_view(mesh, camera))
    better = quality.copy()
    better[seen.texel] = np.maximum(better[seen.texel], seen.cosine)
    return better


@pytest.mark.parametrize(("missing", "eyes"), [
    ((0, 0, -1), [(0, -6, 0), (0, 6, 0), (6, 0, 0), (-6, 0, 0), (0, 0, 6)]),
    ((1, 0, 0), [(0, -6, 0), (0, 6, 0), (-6, 0, 0), (0, 0, 6), (0, 0, -6)]),
], ids=["bottom", "right"])
def test_the_side_that_no_view_saw_is_met_straight_on(missing, eyes):
    mesh = Mesh.from_arrays(cube())
    texels = rasterise_uv(mesh, 128)
    gap = find_gap(mesh, texels, seen_from(mesh, texels, *eyes), 0.3, size_px=256)
    assert gap.camera.world_to_camera[2, :3] @ missing > 0.99
    is_side = texels.normals @ np.float32(missing) > 0.9
    assert is_side[gap.texels].all()
    assert len(gap.texels) > 0.95 * is_side.sum()


def test_the_larger_of_two_areas_comes_first_then_the_other_then_none():
    mesh = Mesh.from_arrays(sphere())
    texels = rasterise_uv(mesh, 256)
    height = texels.positions[:, 2]
    quality = np.where((height > 0.8) | (height < -0.9), 0, 1).astype(np.float32)
    first = find_gap(mesh, texels, quality, 0.3, size_px=256)
    assert (height[first.texels] > 0.79).all()
    quality = improved(mesh, texels, quality, first.camera)
    second = find_gap(mesh, texels, quality, 0.3, size_px=256)
    assert (height[second.texels] < -0.89).all()
    assert find_gap(mesh, texels, improved(mesh, texels, quality, second.camera), 0.3, size_px=256) is None


def test_an_area_is_one_across_the_cuts_of_its_charts():
    mesh = Mesh.from_arrays(cube())
    texels = rasterise_uv(mesh, 128)
    corner = texels.positions @ np.float32([1, 1, 1]) > 1.2  # on three charts
    gap = find_gap(mesh, texels, np.where(corner, 0, 1).astype(np.float32), 0.3, size_px=256)
    assert np.array_equal(gap.texels, np.flatnonzero(corner))


def test_what_was_seen_badly_counts_below_the_threshold_only():
    mesh = Mesh.from_arrays(sphere())
    texels = rasterise_uv(mesh, 128)
    quality = np.where(texels.positions[:, 1] < -0.5, 0.2, 1).astype(np.float32)
    assert find_gap(mesh, texels, quality, 0.15, size_px=128) is None
    gap = find_gap(mesh, texels, quality, 0.4, size_px=128)
    assert (texels.positions[gap.texels, 1] < -0.49).all()


def test_an_area_within_a_hollow_is_seen_where_its_walls_are_cut_away():
    """A cube in a closed shell: from outside there is only the shell."""
    mesh = Mesh.from_arrays(join(cube(), moved(sphere(), (0, 0, 0), 4.0), ids=[0, 1]))
    texels = rasterise_uv(mesh, 128, 0)
    quality = np.where(texels.normals[:, 0] > 0.9, 0, 1).astype(np.float32)
    gap = find_gap(mesh, texels, quality, 0.3, size_px=256)
    assert len(gap.texels) > 0.9 * (quality == 0).sum()


def test_the_inside_of_a_cup_is_looked_into():
    mesh = Mesh.from_arrays(cup())
    texels = rasterise_uv(mesh, 256)
    sides = [(6 * np.cos(turn), 6 * np.sin(turn), 0) for turn in np.linspace(0, 2 * np.pi, 8, endpoint=False)]
    quality = seen_from(mesh, texels, *sides)
    for _ in range(6):
        gap = find_gap(mesh, texels, quality, 0.3, size_px=256)
        if gap is None:
            break
        before = (quality < 0.3).mean()
        quality = improved(mesh, texels, quality, gap.camera)
        assert (quality < 0.3).mean() < before
    assert (quality < 0.3).mean() < 0.05


def test_it_is_the_same_again_and_can_be_cancelled():
    mesh = Mesh.from_arrays(sphere())
    texels = rasterise_uv(mesh, 128)
    quality = seen_from(mesh, texels, (0, -6, 0), (6, 0, 0))
    first, again = (find_gap(mesh, texels, quality, 0.3, size_px=128) for _ in range(2))
    assert np.array_equal(first.texels, again.texels)
    assert np.array_equal(first.camera.world_to_camera, again.camera.world_to_camera)

    def stop() -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        find_gap(mesh, texels, quality, 0.3, size_px=128, check=stop)
