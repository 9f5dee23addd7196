"""Unwrapping: the UVs against a rasteriser of the test's own, and that nothing is left behind."""

from __future__ import annotations

import itertools
import math

import bmesh
import bpy
import numpy as np
import pytest
from mathutils import Matrix

from vernissage.protocol.errors import BadInput
from vernissage.scene.meshes import read_mesh
from vernissage.scene.overlaps import separate
from vernissage.scene.unwrap import unwrap_base

SIZE_PX = 1024


def read(obj: bpy.types.Object, **options: object):
    return read_mesh(obj, bpy.context.evaluated_depsgraph_get(), **options)


def cube():
    bpy.ops.mesh.primitive_cube_add()


def monkey():
    bpy.ops.mesh.primitive_monkey_add()


def torus():
    bpy.ops.mesh.primitive_torus_add()


def can_with_ngons():
    bpy.ops.mesh.primitive_cylinder_add(vertices=48, end_fill_type="NGON")


def cone():
    bpy.ops.mesh.primitive_cone_add()


def icosphere():
    bpy.ops.mesh.primitive_ico_sphere_add(subdivisions=4)


def plane():
    bpy.ops.mesh.primitive_plane_add()


def loose_parts():
    bpy.ops.mesh.primitive_cube_add()
    obj = bpy.context.object
    bm = bmesh.new()
    for i in range(60):
        made = bmesh.ops.create_cube(bm, size=0.5 + i % 3)
        bmesh.ops.translate(bm, verts=made["verts"], vec=(i * 3, 0, 0))
    bm.to_mesh(obj.data)
    bm.free()


def two_materials():
    bpy.ops.mesh.primitive_cube_add()
    obj = bpy.context.object
    for name in "AB":
        obj.data.materials.append(bpy.data.materials.new(name))
    obj.data.polygons.foreach_set("material_index", [0, 1] * 3)


def spiral_stair():
    """Three turns of a ramp: seen from above it lies over itself."""
    steps = np.linspace(0, 6 * math.pi, 73)
    points = [(r * math.cos(a), r * math.sin(a), a * 0.3) for a in steps for r in (1, 3)]
    faces = [(2 * i, 2 * i + 1, 2 * i + 3, 2 * i + 2) for i in range(72)]
    mesh = bpy.data.meshes.new("Stair")
    mesh.from_pydata(points, [], faces)
    obj = bpy.data.objects.new("Stair", mesh)
    bpy.context.scene.collection.objects.link(obj)
    bpy.context.view_layer.objects.active = obj


SHAPES = [cube, monkey, torus, can_with_ngons, cone, icosphere, plane, loose_parts, two_materials, spiral_stair]


def rasterise(triangles: np.ndarray, size_px: int) -> tuple[np.ndarray, np.ndarray]:
    """How many triangles cover each texel's centre, and which covered it last (-1: none). triangles: (T,3,2) in
    texels. A hair inside the edges only, so that neighbours do not count twice."""
    count = np.zeros((size_px, size_px), np.int32)
    last = np.full((size_px, size_px), -1, np.int32)
    for number, (a, b, c) in enumerate(triangles.astype(np.float64) * size_px):
        area = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
        if abs(area) < 1e-9:
            continue
        low = np.floor(np.min([a, b, c], axis=0)).astype(int).clip(0, size_px)
        high = np.ceil(np.max([a, b, c], axis=0)).astype(int).clip(0, size_px)
        y, x = np.mgrid[low[1]:high[1], low[0]:high[0]] + 0.5
        inside = np.ones(x.shape, bool)
        for p, q in ((a, b), (b, c), (c, a)):
            side = ((q[0] - p[0]) * (y - p[1]) - (q[1] - p[1]) * (x - p[0])) * np.sign(area)
            inside &= side > 1e-3 * np.hypot(*(q - p))
        count[low[1]:high[1], low[0]:high[0]] += inside
        last[low[1]:high[1], low[0]:high[0]][inside] = number
    return count, last


@pytest.mark.parametrize("shape", SHAPES, ids=[shape.__name__ for shape in SHAPES])
def test_uvs_lie_within_the_square_and_do_not_overlap(empty_scene, shape):
    shape()
    arrays = read(bpy.context.object, unwrap=True)
    assert arrays.own_uvs.uvs.shape == (len(bpy.context.object.data.loops), 2)
    assert arrays.own_uvs.uvs.dtype == np.float32
    assert 0 <= arrays.own_uvs.uvs.min() <= arrays.own_uvs.uvs.max() <= 1
    count, _ = rasterise(arrays.corner_uvs, SIZE_PX)
    assert count.max() == 1
    assert count.mean() > 0.2  # and the square is put to use
    edges = arrays.corner_uvs - np.roll(arrays.corner_uvs, 1, axis=1)
    assert (np.abs(edges).sum(axis=(1, 2)) > 0).all()  # no face is left at a point


@pytest.mark.parametrize("shape", [cube, monkey])
def test_islands_keep_room_for_the_gutter(empty_scene, shape):
    shape()
    arrays = read(bpy.context.object, unwrap=True, texture_size_px=SIZE_PX)
    _, last = rasterise(arrays.corner_uvs, SIZE_PX)
    island = islands(arrays.corner_uvs)
    label = np.where(last >= 0, island[last], -1)
    closest = next((distance for distance in range(1, 33) if shifted_meets_other(label, distance)), 33)
    assert closest >= (31 if shape is cube else 15)  # Suzanne's 60 islands get margins of 8 px instead of 16


def islands(corner_uvs: np.ndarray) -> np.ndarray:
    """(T,) i32: triangles that share a UV edge share a number."""
    parent = list(range(len(corner_uvs)))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    owner: dict[tuple, int] = {}
    for number, triangle in enumerate(np.round(corner_uvs, 5).tolist()):
        points = [tuple(point) for point in triangle]
        for edge in zip(points, points[1:] + points[:1], strict=True):
            parent[root(number)] = root(owner.setdefault(tuple(sorted(edge)), number))
    return np.array([root(i) for i in range(len(corner_uvs))], np.int32)


def shifted_meets_other(label: np.ndarray, distance: int) -> bool:
    for axis in (0, 1):
        a = np.take(label, range(label.shape[axis] - distance), axis)
        b = np.take(label, range(distance, label.shape[axis]), axis)
        if ((a >= 0) & (b >= 0) & (a != b)).any():
            return True
    return False


def test_proportions_are_those_of_the_world(empty_scene):
    cube()
    obj = bpy.context.object
    obj.scale = (1, 1, 10)
    bpy.context.view_layer.update()
    arrays = read(obj, unwrap=True)
    a, b, c = np.moveaxis(arrays.positions[arrays.triangles], 1, 0)
    world = np.linalg.norm(np.cross(b - a, c - a), axis=1)
    ab, ac = np.moveaxis(arrays.corner_uvs[:, 1:] - arrays.corner_uvs[:, :1], 1, 0)
    flat = np.abs(ab[:, 0] * ac[:, 1] - ab[:, 1] * ac[:, 0])
    assert (flat / world).max() / (flat / world).min() < 1.05


def test_unwrapping_twice_gives_the_same(empty_scene):
    monkey()
    assert np.array_equal(unwrap_base(bpy.context.object, 1024), unwrap_base(bpy.context.object, 1024))


@pytest.mark.parametrize(("kind", "settings", "repeats"), [
    ("SUBSURF", {"levels": 1}, 1), ("BEVEL", {"width": 0.1}, 1), ("TRIANGULATE", {}, 1), ("DISPLACE", {}, 1),
    ("MIRROR", {}, 2), ("ARRAY", {"count": 3}, 3), ("SOLIDIFY", {"thickness": 0.1}, 2),
])
def test_modifiers_carry_the_uvs(empty_scene, snapshot, kind, settings, repeats):
    monkey()
    obj = bpy.context.object
    modifier = obj.modifiers.new("Modifier", kind)
    for name, value in settings.items():
        setattr(modifier, name, value)
    depsgraph = bpy.context.evaluated_depsgraph_get()
    before = snapshot()
    arrays = read_mesh(obj, depsgraph, unwrap=True)
    assert snapshot() == before
    count, _ = rasterise(arrays.corner_uvs, 256)
    assert count.mean() > 0.2 * repeats
    assert (count > repeats).mean() < 0.005  # subdividing bends the borders of islands a little over each other
    # what apply will add to the base mesh gives, through the artist's own modifiers, the UVs that were read
    layer = obj.data.uv_layers.new(name=arrays.uv_layer, do_init=False)
    layer.uv.foreach_set("vector", arrays.own_uvs.uvs.ravel())
    obj.data.update()
    again = read(obj, uv_layer=arrays.uv_layer)
    assert np.array_equal(again.triangles, arrays.triangles)
    assert np.allclose(again.corner_uvs, arrays.corner_uvs, atol=1e-6)


def test_a_mesh_without_uvs_is_unwrapped_unasked(empty_scene):
    spiral_stair()
    obj = bpy.context.object
    assert not obj.data.uv_layers
    arrays = read(obj)
    assert (arrays.uv_layer, arrays.own_uvs.uvs.shape) == ("Vernissage", (72 * 4, 2))
    assert not obj.data.uv_layers


def test_many_small_islands_still_fill_the_square(empty_scene):
    loose_parts()
    uvs = unwrap_base(bpy.context.object, 256)  # 360 islands; with margins of 16 px none would have a texel
    x, y = uvs.reshape(-1, 4, 2)[..., 0], uvs.reshape(-1, 4, 2)[..., 1]
    assert np.abs((x * np.roll(y, -1, 1) - y * np.roll(x, -1, 1)).sum(axis=1)).sum() / 2 > 0.3
    assert 0 <= uvs.min() <= uvs.max() <= 1


def test_hidden_and_unselected_faces_are_unwrapped_too(empty_scene):
    cube()
    obj = bpy.context.object
    obj.data.polygons.foreach_set("hide", [True] * 3 + [False] * 3)
    obj.data.polygons.foreach_set("select", [False] * 6)
    obj.data.update()
    uvs = read(obj, unwrap=True).own_uvs.uvs.reshape(6, 4, 2)
    x, y = uvs[..., 0], uvs[..., 1]
    assert (np.abs((x * np.roll(y, -1, 1) - y * np.roll(x, -1, 1)).sum(axis=1)) > 0.02).all()


def test_faces_that_only_modifiers_make_have_a_remedy(empty_scene, snapshot):
    mesh = bpy.data.meshes.new("Profile")
    mesh.from_pydata([(1, 0, 0), (1, 0, 1)], [(0, 1)], [])
    obj = bpy.data.objects.new("Profile", mesh)
    bpy.context.scene.collection.objects.link(obj)
    obj.modifiers.new("Screw", "SCREW").use_stretch_u = False
    depsgraph = bpy.context.evaluated_depsgraph_get()
    before = snapshot()
    with pytest.raises(BadInput, match=r"Profile has no faces of its own to unwrap.*Apply the modifiers"):
        read_mesh(obj, depsgraph, unwrap=True)
    assert snapshot() == before


def test_unwrapping_leaves_no_undo_step(empty_scene):
    cube()
    obj = bpy.context.object
    bpy.ops.ed.undo_push(message="first")
    obj.location.x = 1
    bpy.ops.ed.undo_push(message="second")
    obj.modifiers.new("Bevel", "BEVEL")
    bpy.ops.ed.undo_push(message="third")
    read(obj, unwrap=True)
    bpy.ops.ed.undo()
    obj = bpy.data.objects["Cube"]
    assert (obj.location.x, len(obj.modifiers)) == (1, 0)
    bpy.ops.ed.undo()
    assert bpy.data.objects["Cube"].location.x == 0


def test_a_folded_ribbon_is_cut_once_though_few_overlaps_are_seen():
    """20 faces to the right, 20 back over them: small faces often cover no texel's centre together."""
    steps = np.concatenate([np.arange(21), np.arange(19, -1, -1)]).astype(np.float32) / 20
    uvs = np.array([[(a, 0), (b, 0), (b, 0.1), (a, 0.1)] for a, b in itertools.pairwise(steps)], np.float32)
    vertices = np.array([(2 * i, 2 * i + 2, 2 * i + 3, 2 * i + 1) for i in range(40)], np.int32)
    pairs = np.array([(i, 39 - i) for i in range(0, 20, 4)])
    moved = separate(uvs.reshape(-1, 2), vertices.ravel(), np.arange(0, 160, 4, dtype=np.int32), pairs)
    place = np.round(moved - uvs.reshape(-1, 2), 4).reshape(40, 4, 2)[:, 0, 0]
    assert (place[pairs[:, 0]] != place[pairs[:, 1]]).all()
    assert (np.diff(place) != 0).sum() == 1


@pytest.mark.parametrize("scale", [1e-8, 1e10])
def test_the_size_of_an_object_does_not_change_its_unwrap(empty_scene, scale):
    bpy.ops.mesh.primitive_cube_add()
    obj = bpy.context.object
    plain = read(obj, unwrap=True).own_uvs.uvs
    obj.data.transform(Matrix.Scale(scale, 4))
    assert np.allclose(unwrap_base(obj, 1024), plain, atol=1e-4)
