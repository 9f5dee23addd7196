"""Mesh checks, cameras and the two rasterisers."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.geometry.camera import Camera
from backend.geometry.control import render_control
from backend.geometry.mesh import Mesh
from backend.geometry.uv_raster import rasterise_uv
from backend.geometry.view_raster import rasterise_view
from protocol.errors import BadInput
from tests.backend.test_geometry_shapes import cube, grid, join, moved, plane, sphere, torus

# --- mesh -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("change", "words"), [
    ({"positions": np.full((4, 3), np.nan)}, "not numbers"),
    ({"positions": np.full((4, 3), np.inf)}, "not numbers"),
    ({"positions": np.zeros((4, 3))}, "area"),
    ({"positions": np.zeros((4, 2))}, "shape"),
    ({"corner_uvs": np.full((2, 3, 2), np.nan)}, "6 UV"),
    ({"triangles": np.array([[0, 1, 4], [0, 1, 2]])}, "vertex 4"),
    ({"triangles": np.array([[0, 1, -1], [0, 1, 2]])}, "vertex -1"),
    ({"object_ids": np.array([0, -2])}, "object ID"),
    ({"triangles": np.zeros((0, 3)), "corner_uvs": np.zeros((0, 3, 2)), "corner_normals": np.zeros((0, 3, 3))},
     "no faces"),
])
def test_bad_mesh_is_one_sentence_and_a_remedy(change: dict, words: str) -> None:
    with pytest.raises(BadInput, match=words) as caught:
        Mesh.from_arrays(plane() | change)
    assert "{" not in str(caught.value)
    assert caught.value.remedy


def test_zero_area_triangles_are_dropped_and_counted() -> None:
    shape = plane()
    shape["triangles"] = np.concatenate([shape["triangles"], [[1, 1, 2]]])
    shape["corner_uvs"] = np.concatenate([shape["corner_uvs"], np.zeros((1, 3, 2))])
    del shape["corner_normals"]
    mesh = Mesh.from_arrays(shape)
    assert (len(mesh.triangles), mesh.dropped_triangles) == (2, 1)
    assert np.allclose(mesh.corner_normals, [0, -1, 0])


def test_mirrored_object_is_turned_round_and_its_neighbour_is_not() -> None:
    mirrored = sphere(8)
    mirrored["positions"] = mirrored["positions"] * [-1, 1, 1]
    mirrored["corner_normals"] = mirrored["corner_normals"] * [-1, 1, 1]
    mesh = Mesh.from_arrays(join(sphere(8), moved(mirrored, (3, 0, 0)), ids=[0, 1]))
    assert mesh.flipped_objects == (1,)
    assert (np.einsum("ti,tci->tc", mesh.face_normals, mesh.corner_normals) > 0.5).all()
    corners = mesh.positions[mesh.triangles].astype(float)
    wound = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    assert (np.einsum("ti,ti->t", wound, mesh.face_normals) > 0).all()


def test_inside_out_object_is_turned_round_and_an_open_one_is_not() -> None:
    for shape in (sphere(8), cube(), torus(12)):
        inside_out = shape | {"triangles": shape["triangles"][:, ::-1], "corner_uvs": shape["corner_uvs"][:, ::-1],
                              "corner_normals": -shape["corner_normals"][:, ::-1]}
        mesh, right = Mesh.from_arrays(inside_out), Mesh.from_arrays(shape)
        assert mesh.flipped_objects == (0,)
        for name in ("triangles", "corner_uvs", "corner_normals", "face_normals"):
            assert np.array_equal(getattr(mesh, name), getattr(right, name))
    away = moved(plane(), (0, 5, 0))
    away["corner_normals"] = -away["corner_normals"]
    away["triangles"] = away["triangles"][:, ::-1]
    assert Mesh.from_arrays(away).flipped_objects == ()


def test_a_small_hole_far_from_the_other_objects_turns_nothing_round() -> None:
    shape = sphere(32)
    middle = shape["positions"][shape["triangles"]][..., 0].mean(axis=1)
    holed = {name: values[np.argsort(middle)[:-2]] if name != "positions" else values for name, values in shape.items()}
    assert Mesh.from_arrays(join(shape, moved(holed, (5000, 0, 0)), ids=[0, 1])).flipped_objects == ()


def test_objects_may_have_any_number() -> None:
    shape = sphere(16)
    inside_out = {"positions": shape["positions"], "triangles": shape["triangles"][:, ::-1],
                  "corner_uvs": shape["corner_uvs"][:, ::-1],
                  "object_ids": np.full(len(shape["triangles"]), 2**31 - 1)}
    assert Mesh.from_arrays(inside_out).flipped_objects == (2**31 - 1,)
    assert Mesh.from_arrays(inside_out | {"object_ids": inside_out["object_ids"] * 0 - 1}).flipped_objects == ()


def test_mesh_file_round_trip_and_broken_file(tmp_path: Path) -> None:
    mesh = Mesh.from_arrays(cube())
    mesh.save(tmp_path / "mesh.npz")
    again = Mesh.load(tmp_path / "mesh.npz")
    assert all(np.array_equal(getattr(mesh, n), getattr(again, n)) for n in
               ("positions", "triangles", "corner_uvs", "corner_normals", "object_ids", "face_normals"))
    (tmp_path / "broken.npz").write_bytes((tmp_path / "mesh.npz").read_bytes()[:100])
    for name in ("broken.npz", "missing.npz"):
        with pytest.raises(BadInput, match=name):
            Mesh.load(tmp_path / name)


# --- camera ---------------------------------------------------------------------------------------------

directions = st.tuples(*[st.floats(-1, 1)] * 3).filter(lambda d: sum(x * x for x in d) > 0.01)


@given(direction=directions, log_scale=st.integers(-4, 4), perspective=st.booleans(),
       offset=st.floats(-1e4, 1e4), pixel=st.tuples(st.floats(0, 640), st.floats(0, 480)),
       depth=st.floats(0.1, 100), shift=st.tuples(st.floats(-1, 1), st.floats(-1, 1)))
@settings(max_examples=60, deadline=None)
def test_projection_undoes_itself(direction: tuple, log_scale: int, perspective: bool, offset: float,
                                  pixel: tuple, depth: float, shift: tuple) -> None:
    size = 10.0 ** log_scale
    target = np.array([offset, -offset, offset]) * size
    looking = Camera.look_at(target + np.array(direction) * size, target, size_px=2, fov_rad=1.0)
    camera = Camera(looking.world_to_camera, 640, 480, fov_rad=0.8 if perspective else None,
                    scale=None if perspective else 3 * size, shift=shift)
    pixels, again = camera.project(camera.unproject(pixel, depth * size))
    assert np.allclose(pixels, pixel, atol=1e-4)
    assert np.isclose(again, depth * size, rtol=1e-6)


def test_camera_axes_are_blenders() -> None:
    camera = Camera.look_at((0, -5, 0), (0, 0, 0), size_px=100, fov_rad=math.radians(90))
    pixels, depth = camera.project([(0, 0, 0), (1, 0, 0), (0, 0, 1), (0, -1, 0)])
    assert np.allclose(pixels, [(50, 50), (60, 50), (50, 40), (50, 50)])
    assert np.allclose(depth, [5, 5, 5, 4])
    assert np.allclose(camera.position, (0, -5, 0))
    assert np.isnan(camera.project((0, -6, 0))[0]).all()


@pytest.mark.parametrize("change", [{"fov_rad": None}, {"scale": 1.0}, {"clip_near": 0.0}, {"clip_far": 0.001},
                                    {"width_px": 1}, {"world_to_camera": np.eye(4) * 2}])
def test_bad_camera_is_refused(change: dict) -> None:
    with pytest.raises(BadInput):
        Camera(**{"world_to_camera": np.eye(4), "width_px": 8, "height_px": 8, "fov_rad": 1.0} | change)


# --- texels ---------------------------------------------------------------------------------------------


def flat_mesh(uvs: list, triangles: list) -> Mesh:
    """A mesh in the xz plane whose positions are its UVs."""
    points = np.array(uvs, float)
    return Mesh.from_arrays({"positions": np.stack([points[:, 0], 0 * points[:, 0], points[:, 1]], 1),
                             "triangles": triangles, "corner_uvs": points[np.array(triangles)]})


@given(st.lists(st.tuples(st.integers(0, 64), st.integers(0, 64)), min_size=1, max_size=1), st.booleans())
@settings(max_examples=80, deadline=None)
def test_every_texel_of_a_fan_is_hit_exactly_once(middle: list, on_centres: bool) -> None:
    # Corners on texel centres and a shared vertex anywhere: edges run through centres all the time.
    middle_uv = ((middle[0][0] + 0.5 * on_centres) / 65, (middle[0][1] + 0.5 * on_centres) / 65)
    mesh = flat_mesh([(0, 0), (1, 0), (1, 1), (0, 1), middle_uv],
                     [(0, 1, 4), (1, 2, 4), (2, 3, 4), (3, 0, 4)])
    texels = rasterise_uv(mesh, 65)
    assert len(texels) == 65 * 65
    assert texels.overlap_fraction == 0


def test_texel_count_is_the_triangles_area() -> None:
    corners = [(0.05, 0.1), (0.93, 0.2), (0.4, 0.97)]
    texels = rasterise_uv(flat_mesh(corners, [(0, 1, 2)]), 1024)
    (ax, ay), (bx, by), (cx, cy) = corners
    area = abs((bx - ax) * (cy - ay) - (by - ay) * (cx - ax)) / 2 * 1024 ** 2
    assert abs(len(texels) - area) < 0.001 * area


@pytest.mark.parametrize("order", [(0, 1, 2), (0, 2, 1)])
def test_texel_positions_are_at_texel_centres_row_0_on_top(order: tuple) -> None:
    mesh = flat_mesh([(0, 0), (1, 0), (0, 1)], [order])
    texels = rasterise_uv(mesh, 64)
    row, column = np.divmod(texels.index, 64)
    u, v = (column + 0.5) / 64, 1 - (row + 0.5) / 64
    assert np.allclose(texels.positions + mesh.center, np.stack([u, 0 * u, v], 1), atol=1e-6)
    assert np.array_equal(texels.triangle_map() >= 0, texels.covered)


def test_an_image_is_made_of_a_value_for_each_texel() -> None:
    texels = rasterise_uv(flat_mesh([(0, 0), (1, 0), (0, 1)], [(0, 1, 2)]), 16)
    with pytest.raises(ValueError, match="values for"):
        texels.to_image(np.zeros((len(texels) - 1, 3), np.float32))


def test_overlap_and_degenerate_area_are_reported() -> None:
    square = [(0, 0), (1, 0), (1, 1), (0, 1)]
    twice = flat_mesh(square * 2, [(0, 1, 2), (0, 2, 3), (4, 5, 6)])
    assert rasterise_uv(twice, 64).overlap_fraction == pytest.approx(0.5, abs=0.01)
    shape = plane()
    shape["corner_uvs"] = np.concatenate([shape["corner_uvs"][:1] + np.array([1.25, 0]), np.zeros((1, 3, 2))])
    texels = rasterise_uv(Mesh.from_arrays(shape), 64)
    assert texels.degenerate_fraction == pytest.approx(0.5)
    # Beyond 1 the texture repeats: u from 1.25 to 2.25 covers columns 16 to 63, then 0 to 15.
    assert texels.covered.any(axis=0).all()


def test_uvs_without_area_or_object_are_refused() -> None:
    shape = plane() | {"corner_uvs": np.zeros((2, 3, 2))}
    with pytest.raises(BadInput, match="no texel"):
        rasterise_uv(Mesh.from_arrays(shape), 64)
    with pytest.raises(BadInput, match="object ID 3"):
        rasterise_uv(Mesh.from_arrays(plane()), 64, object_id=3)
    with pytest.raises(BadInput, match="size"):
        rasterise_uv(Mesh.from_arrays(plane()), 0)


# --- views ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lens", [{"fov_rad": 0.9}, {"scale": 2.6}])
def test_view_of_a_sphere_is_analytic(lens: dict) -> None:
    mesh = Mesh.from_arrays(sphere(128))
    camera = Camera.look_at((1.2, -2.5, 1.1), (0, 0, 0), size_px=160, **lens)
    raster = rasterise_view(mesh, camera)
    assert raster.front(mesh)[raster.hit].all()
    rows, columns = np.nonzero(raster.hit)
    points = camera.unproject(np.stack([columns, rows], 1) + 0.5, raster.depth[raster.hit])
    assert np.abs(np.linalg.norm(points, axis=1) - 1).max() < 1e-3
    # Barycentrics give the same points.
    corners = mesh.positions[mesh.triangles[raster.triangle[raster.hit]]]
    assert np.abs(np.einsum("nc,nca->na", raster.barycentrics(mesh)[raster.hit], corners) - points).max() < 1e-4
    # The silhouette's area: a disc of the radius of the tangent cone, or of the sphere.
    distance = np.linalg.norm(camera.position)
    radius = camera.focal_px * (1.0 if "scale" in lens else 1 / math.sqrt(distance ** 2 - 1))
    assert raster.hit.sum() == pytest.approx(math.pi * radius ** 2, rel=0.01)
    # No cracks: every pixel well inside is hit.
    y, x = np.mgrid[:160, :160] + 0.5 - 80
    assert raster.hit[np.hypot(x, y) < radius - 2].all()


def test_nearest_surface_wins_and_back_faces_are_flagged() -> None:
    mesh = Mesh.from_arrays(join(plane(), moved(plane(), (0, 1, 0), 3), ids=[0, -1]))
    front = rasterise_view(mesh, Camera.look_at((0, -5, 0), (0, 0, 0), size_px=64, scale=4))
    middle = front.triangle[32, 32]
    assert mesh.object_ids[middle] == 0
    assert front.depth[32, 32] == pytest.approx(5)
    assert mesh.object_ids[front.triangle[2, 32]] == -1
    assert front.front(mesh)[front.hit].all()
    behind = rasterise_view(mesh, Camera.look_at((0, 5, 0), (0, 0, 0), size_px=64, scale=4))
    assert not behind.front(mesh)[behind.hit].any()


def test_triangle_that_reaches_behind_the_camera() -> None:
    # A floor under the camera, out to 100 units on all sides: the lower half of the view, to the horizon.
    u, v = np.meshgrid([-100.0, 100.0], [-100.0, 100.0])
    floor = grid(np.stack([u, v, 0 * u - 1], -1), np.broadcast_to([0, 0, 1.0], (2, 2, 3)), np.stack([u, v], -1) / 200)
    camera = Camera.look_at((0, 0, 0), (0, 1, 0), size_px=64, fov_rad=1.2, clip_near=0.1)
    raster = rasterise_view(Mesh.from_arrays(floor), camera)
    assert not raster.hit[:32].any()
    assert raster.hit[34:].all()
    below = (np.arange(34, 64) + 0.5 - 32) / camera.focal_px
    assert np.allclose(raster.depth[34:, 20], 1 / below, rtol=1e-5)
    # Nothing nearer than the clip start.
    close = rasterise_view(Mesh.from_arrays(floor), Camera(camera.world_to_camera, 64, 64, 1.2, clip_near=3.0))
    assert close.depth[close.hit].min() >= 3
    assert close.hit.any()


def test_control_images() -> None:
    mesh = Mesh.from_arrays(join(sphere(48), moved(plane(size=40), (0, 3, 0)), ids=[0, -1]))
    camera = Camera.look_at((0, -4, 0), (0, 0, 0), size_px=128, fov_rad=0.8)
    control = render_control(mesh, rasterise_view(mesh, camera))
    assert control.depth.max() == 1
    assert control.depth[64, 64] > 0.99
    assert control.depth[control.mask].min() == pytest.approx(0.2)
    assert control.depth[0, 0] < 0.2
    assert control.object_id[0, 0] == -1
    assert control.object_id[64, 64] == 0
    left, top, middle = control.normal[64, 30], control.normal[30, 64], control.normal[64, 64]
    assert left[0] < 0.3
    assert top[1] > 0.7
    assert np.allclose(middle, (0.5, 0.5, 1), atol=0.03)
    assert control.depth_image().dtype == np.uint8
    assert control.normal_image().shape == (128, 128, 3)
    empty = render_control(Mesh.from_arrays(sphere(4)), rasterise_view(
        Mesh.from_arrays(sphere(4)), Camera.look_at((0, -4, 0), (0, -9, 0), size_px=8, fov_rad=0.5)))
    assert not empty.mask.any()
    assert not empty.depth.any()


def test_rasterising_twice_gives_the_same_bytes() -> None:
    mesh = Mesh.from_arrays(torus(24))
    camera = Camera.look_at((2, -2, 2), (0, 0, 0), size_px=96, fov_rad=0.8)
    first, second = rasterise_view(mesh, camera), rasterise_view(mesh, camera)
    for name in ("triangle", "nearness"):
        assert getattr(first, name).tobytes() == getattr(second, name).tobytes()
