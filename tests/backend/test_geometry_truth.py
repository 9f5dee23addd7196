"""What maps say of visibility, against rays."""

from __future__ import annotations

import pytest

from backend.geometry.camera import Camera
from backend.geometry.mesh import Mesh
from backend.geometry.uv_raster import rasterise_uv
from backend.geometry.view_plan import plan_views
from tests.backend.ray_truth import SHAPES, judge_views
from tests.backend.test_geometry_shapes import join, moved, plane, sphere


@pytest.mark.parametrize("name", SHAPES)
def test_maps_know_what_a_view_sees_as_well_as_rays_do(name: str) -> None:
    mesh = Mesh.from_arrays(SHAPES[name]())
    texels = rasterise_uv(mesh, 1024)
    verdict = judge_views(mesh, texels, plan_views(mesh, [texels], size_px=1024, exact_views=8).cameras)
    assert verdict.visible > 500_000
    assert verdict.hidden > 50_000
    assert verdict.false_occluded < 0.001
    assert verdict.false_visible < 0.01


def test_rays_see_all_of_a_ball_that_faces_the_camera_and_half_of_a_half_hidden_square() -> None:
    ball = Mesh.from_arrays(sphere())
    camera = Camera.look_at((0, -6, 0), (0, 0, 0), size_px=128, fov_rad=0.8)
    assert judge_views(ball, rasterise_uv(ball, 128), [camera]).hidden == 0
    # A square of 2 at a distance of 6, and before it one whose right border lies on the line to its middle.
    squares = Mesh.from_arrays(join(plane(), moved(plane(size=4), (-2, -1, 0)), ids=[0, -1]))
    verdict = judge_views(squares, rasterise_uv(squares, 128), [camera])
    assert (verdict.visible, verdict.hidden) == (128 * 64, 128 * 64)
    assert verdict.lost + verdict.leaked <= 2 * 128  # a column of texels beside the border


def test_maps_that_are_wrong_would_be_found() -> None:
    """Rays know no clip planes: maps lack what one cuts away, and see what lies behind that."""
    far = Mesh.from_arrays(plane())
    clipped = Camera.look_at((0, -6, 0), (0, 0, 0), size_px=128, fov_rad=0.8, clip_near=6.5)
    verdict = judge_views(far, rasterise_uv(far, 128), [clipped])
    assert (verdict.lost, verdict.visible, verdict.false_occluded) == (128 * 128, 128 * 128, 1)
    behind = Mesh.from_arrays(join(plane(), moved(plane(size=4), (0, -1, 0)), ids=[0, -1]))
    clipped = Camera.look_at((0, -6, 0), (0, 0, 0), size_px=128, fov_rad=0.8, clip_near=5.5)
    verdict = judge_views(behind, rasterise_uv(behind, 128), [clipped])
    assert (verdict.leaked, verdict.hidden, verdict.false_visible) == (128 * 128, 128 * 128, 1)
