"""Pictures of how well views see a surface."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from backend.geometry.bake import map_view
from backend.geometry.mesh import Mesh
from backend.geometry.uv_raster import rasterise_uv
from backend.texturing.heat import heat_colours, heat_picture, view_quality
from tests.backend.test_geometry_bake import prepared
from tests.backend.test_geometry_shapes import cube, sphere
from tests.backend.test_texture_job import desk, folders, models, read
from tests.backend.test_texture_scene import BRICK, WOOD, ask, table

__all__ = ["desk", "folders", "models"]  # the fixtures


def oklab(colours: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Ottosson's other way round: linear light, cones, cube roots."""
    encoded = colours / 255
    linear = np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)
    cones = np.cbrt(linear @ np.array([[0.4122214708, 0.2119034982, 0.0883024619],
                                       [0.5363325363, 0.6806995451, 0.2817188376],
                                       [0.0514459929, 0.1073969566, 0.6299787005]]))
    return cones @ np.array([[0.2104542553, 1.9779984951, 0.0259040371], [0.7936177850, -2.4285922050, 0.7827717662],
                             [-0.0040720468, 0.4505937099, -0.8086757660]])


def test_equal_steps_of_quality_look_equal():
    scale = oklab(heat_colours(21))
    steps = np.linalg.norm(np.diff(scale, axis=0), axis=1)
    assert steps.max() / steps.min() < 1.15
    assert np.diff(scale[:, 0]).min() > 0.4 * steps.mean()  # and in grey they can be told apart


def test_quality_is_the_cosine_of_the_best_view():
    mesh = Mesh.from_arrays(sphere())
    _, texels, rasters, _ = prepared(sphere(), size=128, view=128)
    maps = [map_view(mesh, texels, raster) for raster in rasters]
    quality = view_quality(maps, len(texels))
    expected = np.zeros(len(texels))
    for raster, view_map in zip(rasters, maps, strict=True):
        camera = raster.camera
        eye = camera.world_to_camera[:3, :3].T @ -camera.world_to_camera[:3, 3] - mesh.center
        ray = eye - texels.positions if not camera.is_orthographic else np.broadcast_to(
            camera.world_to_camera[2, :3], texels.positions.shape)
        cosine = (ray * mesh.face_normals[texels.triangle]).sum(axis=1) / np.linalg.norm(ray, axis=1)
        expected[view_map.texel] = np.maximum(expected[view_map.texel], cosine[view_map.texel])
    np.testing.assert_allclose(quality, expected, atol=1e-4)
    assert quality.max() <= 1.0001


def test_what_no_view_sees_is_striped_and_what_lies_beyond_the_charts_is_grey():
    texels = rasterise_uv(Mesh.from_arrays(cube()), 256)
    hidden = texels.triangle // 2 == 3
    picture = heat_picture(np.where(hidden, 0, 1).astype(np.float32), texels).reshape(-1, 3)
    black, white = (picture[texels.index[hidden]] == shade for shade in (16, 240))
    assert (black.all(axis=1) ^ white.all(axis=1)).all()
    assert 0.4 < black.mean() < 0.6
    assert (picture[texels.index[~hidden]] == heat_colours(2)[1]).all()
    charts = cube()
    charts["corner_uvs"] = charts["corner_uvs"] / 4
    small = rasterise_uv(Mesh.from_arrays(charts), 256)
    assert (heat_picture(np.ones(len(small), np.float32), small)[:128, 128:] == 96).all()


@pytest.mark.parametrize("asked", [False, True])
def test_there_is_one_for_each_object_where_it_is_asked_for(desk, folders, asked):
    from dataclasses import replace

    from backend.job import Job
    from backend.jobs import run

    folder, request = ask(desk, table(), BRICK, WOOD, BRICK, model=folders / "sd")
    job = Job(folder.name, folder, desk.events.append, lambda: False)
    result = run(replace(request, quality_map=asked), job, desk.models)
    names = [painted.quality_map for painted in result.objects]
    assert names == (["quality.png", "quality-1.png", "quality-2.png"] if asked else ["", "", ""])
    if asked:
        pictures = [read(folder / name) for name in names]
        assert len({picture.tobytes() for picture in pictures}) == 3
