"""The artist's cameras among the views of a job."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from backend.geometry.camera import Camera
from backend.geometry.mesh import Mesh
from backend.geometry.uv_raster import rasterise_uv
from backend.geometry.view_plan import plan_views
from backend.job import Job
from backend.texturing.surface import read_surfaces
from backend.texturing.views import look_at_surfaces
from protocol.errors import BadInput
from protocol.messages import TextureResult
from protocol.requests import TextureRequest, ViewCamera
from tests.backend.test_geometry_shapes import cube, sphere
from tests.backend.test_texture_job import desk, folders, models, sentences

__all__ = ["desk", "folders", "models"]  # the fixtures


def camera(eye: tuple[float, float, float], target: tuple[float, float, float] = (0, 0, 0), name: str = "Camera",
           **changes: object) -> ViewCamera:
    matrix = Camera.look_at(eye, target, size_px=64, fov_rad=0.7).world_to_camera
    return ViewCamera(**{"name": name, "world_to_camera": tuple(matrix.ravel()), "fov_rad": 0.7, "clip_near": 0.1,
                         "clip_far": 100.0, **changes})


def test_given_views_stay_and_the_others_see_what_they_leave() -> None:
    mesh = Mesh.from_arrays(cube())
    texels = [rasterise_uv(mesh, 64)]
    front = Camera.look_at((0, -6, 0), (0, 0, 0), size_px=64, fov_rad=0.7)
    plan = plan_views(mesh, texels, size_px=64, given=[front], max_views=6)
    assert plan.cameras[0] is front
    assert len(plan.cameras) == 6
    assert plan.coverage > 0.99
    towards = np.array([view.world_to_camera[2, :3] for view in plan.cameras[1:]])
    assert towards[:, 1].min() > -0.5  # none sees the front again
    away = Camera.look_at((0, -6, 0), (0, -9, 0), size_px=64, fov_rad=0.7)
    only = plan_views(mesh, texels, size_px=64, given=[away, front], max_views=2)
    assert only.cameras[0] is front
    assert away not in only.cameras


def test_a_camera_is_one_of_the_views(desk, folders) -> None:
    folder, request = desk.folder(sphere(), model=str(folders / "sd"), view_count=3,
                                  cameras=(camera((1, -5, 2)), camera((0, 5, 0), (0, 9, 0), "Lost")))
    job = Job("j", folder, desk.events.append, lambda: False)
    mesh, surfaces, _ = read_surfaces(request, job)
    views = look_at_surfaces(request, mesh, surfaces, job)
    assert len(views) == 3
    assert np.allclose(views[0].raster.camera.position, (1, -5, 2), atol=1e-4)
    assert views[0].raster.camera.width_px == request.view_size_px
    assert [remark.values["camera"] for remark in job.remarks if "camera" in remark.values] == ["Lost"]


def test_a_job_with_cameras_runs_and_tells(desk, folders) -> None:
    wide = camera((0, -4, 0), fov_rad=None, scale=3.0, shift_x=0.1)
    result, image = desk.texture(sphere(), model=str(folders / "sd"), view_count=1, cameras=(wide,))
    assert isinstance(result, TextureResult)
    assert result.view_count == 1
    assert 0.3 < result.coverage < 0.55
    assert "filled in" in sentences(result)
    assert image.shape == (128, 128, 3)


@pytest.mark.parametrize("bad", [
    camera((0, -4, 0), world_to_camera=(1.0,) * 16), camera((0, -4, 0), world_to_camera=(1.0,) * 9),
    camera((0, -4, 0), fov_rad=4.0), camera((0, -4, 0), fov_rad=None),
    camera((0, -4, 0), clip_near=5.0, clip_far=1.0)], ids=["shears", "short", "too wide", "no lens", "clips"])
def test_a_camera_that_cannot_be(desk, folders, bad) -> None:
    with pytest.raises(BadInput):
        desk.texture(sphere(), model=str(folders / "sd"), cameras=(bad,))


def test_more_cameras_than_views_are_refused() -> None:
    request = TextureRequest(object_name="Thing", mesh="mesh.npz", prompt="x", view_count=1)
    with pytest.raises(BadInput, match="2 cameras, but only 1 views"):
        dataclasses.replace(request, cameras=(camera((0, -4, 0)), camera((0, 4, 0))))
