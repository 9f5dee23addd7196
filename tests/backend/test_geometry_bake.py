"""Planning, baking, blending, filling: from views to a texture."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from backend.geometry.bake import ViewMap, edge_distance, map_view
from backend.geometry.blend import Blend
from backend.geometry.camera import Camera
from backend.geometry.exposure import match_views
from backend.geometry.fill import fill_unseen
from backend.geometry.gutter import fill_gutter
from backend.geometry.mesh import Mesh
from backend.geometry.transfer import sample
from backend.geometry.uv_raster import Texels, rasterise_uv
from backend.geometry.view_plan import plan_views
from backend.geometry.view_raster import ViewRaster, rasterise_view
from protocol.errors import BadInput
from tests.backend.test_geometry_shapes import cube, cup, join, moved, plane, sphere, torus


def smooth(points: NDArray) -> NDArray[np.float32]:
    """A smooth colour (..., 3) in 0 to 1 for each point in space."""
    waves = [np.sin(points @ np.array(k)) for k in ((2.0, 1, 0), (0, 2, -1), (-1, 0, 2.5))]
    return (0.5 + 0.4 * np.stack(waves, -1)).astype(np.float32)


def paint(raster: ViewRaster, background: float = 0.0) -> torch.Tensor:
    """The view's image of `smooth`."""
    rows, columns = np.nonzero(raster.hit)
    points = raster.camera.unproject(np.stack([columns, rows], 1) + 0.5, raster.depth[raster.hit])
    image = np.full((*raster.triangle.shape, 3), background, np.float32)
    image[raster.hit] = smooth(points)
    return torch.from_numpy(image)


def blended(images: Iterable[torch.Tensor], maps: list[ViewMap], count: int) -> Blend:
    """All views in one texture."""
    result: Blend | None = None
    for image, view_map in zip(images, maps, strict=True):
        seen = sample(image, view_map)
        result = result or Blend(count, seen.shape[1], seen.dtype)
        result.add(view_map, seen)
    assert result is not None
    return result


def means(baked: Blend) -> tuple[torch.Tensor, torch.Tensor]:
    return baked.colours, baked.total


def psnr(a: NDArray, b: NDArray) -> float:
    return -10 * math.log10(np.mean((a.astype(float) - b) ** 2))


def prepared(shape: dict, size: int = 256, view: int = 256, **options: object) -> tuple[Mesh, Texels, list, list]:
    mesh = Mesh.from_arrays(shape)
    texels = rasterise_uv(mesh, size)
    rasters = [rasterise_view(mesh, c) for c in plan_views(mesh, [texels], size_px=view, **options).cameras]
    return mesh, texels, rasters, [map_view(mesh, texels, r) for r in rasters]


SHAPES = {"sphere": sphere, "cube": cube, "plane": plane, "torus": torus, "cup": cup}


@pytest.mark.parametrize("name", SHAPES)
def test_constant_views_bake_to_exactly_that_constant(name: str) -> None:
    _, texels, rasters, maps = prepared(SHAPES[name]())
    # The background is another colour, and not a finite one: it must not be read at all.
    constant = torch.tensor([0.1, 1 / 3, 0.7])
    images = []
    for raster in rasters:
        image = torch.full((256, 256, 3), math.nan)
        image[torch.from_numpy(raster.hit)] = constant
        images.append(image)
    baked = blended(images, maps, len(texels))
    colours, total = means(baked)
    seen = total > 0
    assert (colours[seen] == constant).all()
    assert (colours[~seen] == 0).all()
    match = match_views(images, maps, len(texels))
    assert (match.gains == 1).all()
    assert (match.biases == 0).all()
    assert match.disagreement == 0
    filled = fill_unseen(texels, colours.numpy(), total.numpy())
    assert (filled == constant.numpy()).all()
    assert baked.disagreement() == 0


@pytest.mark.parametrize("name", ["sphere", "torus", "cube", "cup"])
def test_analytic_texture_comes_back_above_40_db(name: str) -> None:
    mesh, texels, rasters, maps = prepared(SHAPES[name]())
    truth = smooth(texels.positions + mesh.center)
    for raster, view_map in zip(rasters, maps, strict=True):
        frontal = view_map.cosine > 0.5
        if frontal.sum() > 100:
            got = sample(paint(raster), view_map).numpy()
            assert psnr(got[frontal], truth[view_map.texel[frontal]]) > 40
    colours, total = means(blended(map(paint, rasters), maps, len(texels)))
    seen = (total > 0).numpy()
    assert psnr(colours.numpy()[seen], truth[seen]) > 40


@pytest.mark.parametrize("lens", [{"fov_rad": 0.8}, {"scale": 6.0}])
def test_hidden_object_receives_nothing(lens: dict) -> None:
    # A small plane one unit behind a large one, and beside it one that shows.
    mesh = Mesh.from_arrays(join(plane(size=3), moved(plane(), (0, 1, 0)), moved(plane(size=1), (2.2, 1, 0)),
                                 ids=[0, 1, 2]))
    raster = rasterise_view(mesh, Camera.look_at((0, -6, 0), (0, 0, 0), size_px=128, **lens))
    assert len(map_view(mesh, rasterise_uv(mesh, 64, 1), raster)) == 0
    assert len(map_view(mesh, rasterise_uv(mesh, 64, 0), raster)) == 64 * 64
    assert len(map_view(mesh, rasterise_uv(mesh, 64, 2), raster)) > 0


def test_back_faces_receive_nothing() -> None:
    mesh = Mesh.from_arrays(plane())
    raster = rasterise_view(mesh, Camera.look_at((0, 5, 0), (0, 0, 0), size_px=64, fov_rad=0.8))
    assert raster.hit.any()
    assert len(map_view(mesh, rasterise_uv(mesh, 64), raster)) == 0


@pytest.mark.parametrize("steps", [2, 200])
@pytest.mark.parametrize("lens", [{"fov_rad": 0.6}, {"scale": 2.5}])
def test_grazing_plane_keeps_its_texels(lens: dict, steps: int) -> None:
    # 75 degrees, as one quad and as 79,202 triangles, each less than a pixel wide.
    mesh = Mesh.from_arrays(plane(math.radians(75), steps=steps))
    texels = rasterise_uv(mesh, 256)
    raster = rasterise_view(mesh, Camera.look_at((0, -6, 0), (0, 0, 0), size_px=256, **lens))
    assert len(map_view(mesh, texels, raster)) > 0.99 * len(texels)


def test_background_never_bleeds_in() -> None:
    _, texels, rasters, maps = prepared(sphere())
    inside, total = means(blended((paint(r, 0.0) for r in rasters), maps, len(texels)))
    outside, _ = means(blended((paint(r, 1e6) for r in rasters), maps, len(texels)))
    assert torch.equal(inside, outside)
    assert (total > 0).all()


def test_taps_lie_where_the_texel_projects() -> None:
    # An image of its own pixel coordinates, on a plane at an angle: bilinear taps give back any linear function.
    mesh = Mesh.from_arrays(plane(0.5))
    texels = rasterise_uv(mesh, 64)
    raster = rasterise_view(mesh, Camera.look_at((0, -4, 1), (0, 0, 0), size_px=96, fov_rad=0.8))
    view_map = map_view(mesh, texels, raster)
    y, x = np.mgrid[:96, :96] + 0.5
    got = sample(torch.from_numpy(np.stack([x, y], -1)), view_map).numpy()
    inner = edge_distance(mesh, raster, 3).ravel()[view_map.pixels[:, 0]] >= 2
    expected, _ = raster.camera.project(texels.positions[view_map.texel] + mesh.center)
    assert inner.sum() > 2000
    assert abs(got - expected)[inner].max() < 1e-3


def test_objects_that_touch_keep_their_colours_apart() -> None:
    # Two squares side by side in one plane, of different objects: no texel takes the other's colour.
    mesh = Mesh.from_arrays(join(plane(), moved(plane(), (2, 0, 0)), ids=[0, 1]))
    raster = rasterise_view(mesh, Camera.look_at((1.03, -6, 0.02), (1.03, 0, 0.02), size_px=96, fov_rad=0.8))
    image = torch.from_numpy(np.where(raster.hit, mesh.object_ids[raster.triangle], 9)[..., None].astype(np.float32))
    for object_id in (0, 1):
        view_map = map_view(mesh, rasterise_uv(mesh, 128, object_id), raster)
        assert len(view_map) > 0.97 * 128 * 128
        assert (sample(image, view_map) == object_id).all()


def test_half_precision_images_are_blended_in_float32() -> None:
    _, texels, rasters, maps = prepared(sphere(12), size=64, view=64)
    images = [paint(r) for r in rasters]
    exact, total = means(blended(images, maps, len(texels)))
    half, half_total = means(blended((i.half() for i in images), maps, len(texels)))
    assert half.dtype == torch.float32
    assert torch.equal(total, half_total)
    assert (half - exact).abs().max() < 1e-3


def test_weight_is_feathered_inside_silhouettes_and_steps() -> None:
    mesh = Mesh.from_arrays(join(plane(size=1), moved(plane(size=3), (0, 1, 0)), ids=[0, 0]))
    raster = rasterise_view(mesh, Camera.look_at((0, -6, 0), (0, 0, 0), size_px=80, scale=4))
    distance = edge_distance(mesh, raster, 5)
    # The large plane spans pixels 10 to 69, the small one 30 to 49.
    assert distance[40].tolist() == [0] * 11 + [1, 2, 3, 4] + [5] * 10 + [4, 3, 2, 1, 0] + \
        [0, 1, 2, 3, 4] + [5] * 10 + [4, 3, 2, 1, 0] + [0, 1, 2, 3, 4] + [5] * 10 + [4, 3, 2, 1] + [0] * 11
    view_map = map_view(mesh, rasterise_uv(mesh, 128), raster)
    away = distance.ravel()[view_map.pixels].min(axis=1), distance.ravel()[view_map.pixels].max(axis=1)
    full = view_map.weight[away[0] >= 4].min()
    assert view_map.weight[away[1] == 0].max() < 0.1 * full
    assert (np.diff([view_map.weight[away[1] <= px].max() for px in range(5)]) > 0).all()


def test_smooth_surface_has_no_inner_edges() -> None:
    mesh = Mesh.from_arrays(sphere(24))
    raster = rasterise_view(mesh, Camera.look_at((0, -4, 0), (0, 0, 0), size_px=128, fov_rad=0.6))
    distance = edge_distance(mesh, raster, 3)
    y, x = np.mgrid[:128, :128] + 0.5 - 64
    radius = raster.camera.focal_px / math.sqrt(15)
    assert (distance[np.hypot(x, y) < 0.93 * radius] == 3).all()


@pytest.mark.parametrize("name", SHAPES)
def test_same_input_gives_the_same_bytes(name: str) -> None:
    results = []
    for _ in range(2):
        _, texels, rasters, maps = prepared(SHAPES[name](), size=128, view=96)
        colours, total = means(blended(map(paint, rasters), maps, len(texels)))
        filled = fill_unseen(texels, colours.numpy(), total.numpy())
        results.append(fill_gutter(texels.to_image(filled), texels.covered).tobytes())
    assert results[0] == results[1]


# --- planning -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "least"), [("sphere", 0.95), ("cube", 0.95), ("plane", 0.99), ("torus", 0.95),
                                             ("cup", 0.6)])
def test_plan_covers_what_can_be_seen(name: str, least: float) -> None:
    mesh = Mesh.from_arrays(SHAPES[name]())
    texels = rasterise_uv(mesh, 128)
    plan = plan_views(mesh, [texels], size_px=256)
    assert plan.coverage > least
    assert len(plan.cameras) <= 8
    maps = [map_view(mesh, texels, rasterise_view(mesh, c)) for c in plan.cameras]
    real = len(np.unique(np.concatenate([m.texel for m in maps]))) / len(texels)
    assert abs(real - plan.coverage) < 0.03


def test_first_view_is_the_front() -> None:
    mesh = Mesh.from_arrays(cube())
    first = plan_views(mesh, [rasterise_uv(mesh, 64)], size_px=64).cameras[0]
    direction = first.position / np.linalg.norm(first.position)
    assert np.allclose(direction, (0, -1, 0), atol=1e-6)


def test_a_turned_cube_is_met_head_on_from_every_side() -> None:
    turn = math.radians(34)
    rotation = np.array([[math.cos(turn), -math.sin(turn), 0], [math.sin(turn), math.cos(turn), 0], [0, 0, 1]])
    shape = cube()
    shape["positions"] = (shape["positions"] @ rotation.T).astype(np.float32)
    shape["corner_normals"] = (shape["corner_normals"] @ rotation.T).astype(np.float32)
    mesh = Mesh.from_arrays(shape)
    cameras = plan_views(mesh, [rasterise_uv(mesh, 64)], size_px=64).cameras
    directions = np.stack([camera.position - mesh.center for camera in cameras])
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    cosines = np.unique(np.rint(mesh.face_normals * 1e4), axis=0) / 1e4 @ directions.T
    assert len(cosines) == 6
    assert (cosines.max(axis=1) > 0.999).all()


def test_a_plane_needs_few_views_and_an_exact_number_is_obeyed() -> None:
    mesh = Mesh.from_arrays(plane())
    texels = rasterise_uv(mesh, 64)
    assert len(plan_views(mesh, [texels], size_px=64).cameras) == 1
    exact = plan_views(mesh, [texels], size_px=64, exact_views=6)
    assert len({tuple(c.position) for c in exact.cameras}) == 6
    # One that only its back shows to the front is seen from where it faces.
    turned = Mesh.from_arrays(plane(math.pi))
    assert plan_views(turned, [rasterise_uv(turned, 64)], size_px=64).coverage > 0.99
    with pytest.raises(BadInput, match="number of views"):
        plan_views(mesh, [texels], size_px=64, max_views=0)


@pytest.mark.parametrize("scale", [1e-4, 1.0, 1e4])
@pytest.mark.parametrize("offset", [0.0, 300.0])
def test_plan_does_not_depend_on_size_or_place(scale: float, offset: float) -> None:
    shape = moved(torus(24), (offset * scale, -offset * scale, offset * scale), scale)
    mesh = Mesh.from_arrays(shape)
    texels = rasterise_uv(mesh, 64)
    plan = plan_views(mesh, [texels], size_px=128)
    assert plan.coverage > 0.95
    for camera in plan.cameras:
        pixels, depth = camera.project(mesh.positions)
        assert ((pixels > 0) & (pixels < 128)).all()
        assert (pixels.max(axis=0) - pixels.min(axis=0)).max() > 100
        assert ((depth > camera.clip_near) & (depth < camera.clip_far)).all()


def test_several_objects_and_single_triangle_are_planned() -> None:
    mesh = Mesh.from_arrays(join(sphere(12), moved(cube(), (4, 0, 0), 0.5), ids=[0, 3]))
    texels = [rasterise_uv(mesh, 64, i) for i in mesh.painted_ids]
    assert plan_views(mesh, texels, size_px=64).coverage > 0.9
    one = Mesh.from_arrays({"positions": [(0, 0, 0), (1, 0, 0), (0, 1, 0)], "triangles": [(0, 1, 2)],
                            "corner_uvs": [[(0, 0), (1, 0), (0, 1)]]})
    assert plan_views(one, [rasterise_uv(one, 64)], size_px=64).coverage > 0.99


@pytest.mark.parametrize("degrees", [0, 30, -40])
def test_the_view_from_above_is_turned_as_a_turned_box_is(degrees: float) -> None:
    turn = math.radians(degrees)
    matrix = np.array([(math.cos(turn), -math.sin(turn), 0), (math.sin(turn), math.cos(turn), 0), (0, 0, 1)])
    shape = cube()
    shape["positions"] = np.asarray(shape["positions"]) @ matrix.T
    mesh = Mesh.from_arrays(shape)
    cameras = plan_views(mesh, [rasterise_uv(mesh, 64)], size_px=64).cameras
    assert len(cameras) == 6  # one straight onto each side, and none onto a corner
    backward = np.stack([camera.world_to_camera[2, :3] for camera in cameras])
    assert np.abs(np.abs(backward @ matrix).max(axis=1) - 1).max() < 1e-3
    above = [camera for camera in cameras if camera.world_to_camera[2, 2] > 0.99]
    assert above
    for camera in above:
        side = camera.world_to_camera[0, :2] @ matrix[:2, :2]
        assert min(abs(side)) < 1e-3  # its right lies along one of the box's sides


def test_the_view_from_above_a_round_lid_keeps_its_direction() -> None:
    mesh = Mesh.from_arrays(sphere())
    for camera in plan_views(mesh, [rasterise_uv(mesh, 64)], size_px=64, exact_views=42).cameras:
        if abs(camera.world_to_camera[2, 2]) > 0.9999:
            assert camera.world_to_camera[1, :2] == pytest.approx([0, 1], abs=1e-6)
