"""Reading meshes: the arrays, against what can be worked out by hand, and a scene that stays as it was."""

from __future__ import annotations

import itertools
import math
from pathlib import Path

import bmesh
import bpy
import numpy as np
import pytest
from mathutils import Matrix, Vector

from vernissage.protocol.errors import BadInput, StorageError
from vernissage.scene.meshes import MeshArrays, read_mesh, write_meshes


def read(obj: bpy.types.Object, **options: object) -> MeshArrays:
    return read_mesh(obj, bpy.context.evaluated_depsgraph_get(), **options)


def add_object(name: str, vertices: list, faces: list) -> bpy.types.Object:
    mesh = bpy.data.meshes.new(name)
    mesh.from_pydata(vertices, [], faces)
    obj = bpy.data.objects.new(name, mesh)
    bpy.context.scene.collection.objects.link(obj)
    return obj


def add_cube(**options: object) -> bpy.types.Object:
    bpy.ops.mesh.primitive_cube_add(**options)
    return bpy.context.object


def geometric_normals(arrays: MeshArrays) -> np.ndarray:
    a, b, c = np.moveaxis(arrays.positions[arrays.triangles], 1, 0)
    return np.cross(b - a, c - a)


def volume(arrays: MeshArrays) -> float:
    a, b, c = np.moveaxis(arrays.positions[arrays.triangles].astype(np.float64), 1, 0)
    return float(np.einsum("ij,ij->", a, np.cross(b, c)) / 6)


# --- the arrays ---------------------------------------------------------------------------------------------------


def test_shapes_and_types_are_those_of_the_contract(empty_scene):
    arrays = read(add_cube())
    assert (arrays.positions.shape, arrays.positions.dtype) == ((8, 3), np.float32)
    assert (arrays.triangles.shape, arrays.triangles.dtype) == ((12, 3), np.int32)
    assert (arrays.corner_uvs.shape, arrays.corner_uvs.dtype) == ((12, 3, 2), np.float32)
    assert (arrays.corner_normals.shape, arrays.corner_normals.dtype) == ((12, 3, 3), np.float32)
    assert (arrays.paintable.shape, arrays.paintable.dtype) == ((12,), np.bool_)
    assert arrays.paintable.all()
    assert (arrays.uv_layer, arrays.own_uvs, arrays.remarks) == ("UVMap", None, ())


@pytest.mark.parametrize("signs", list(itertools.product((1, -1), repeat=3)))
def test_world_space_keeps_normals_outside_for_every_mirror(empty_scene, signs):
    obj = add_cube(size=2)
    obj.matrix_world = (Matrix.Translation((5, -3, 2)) @ Matrix.Rotation(0.7, 4, Vector((1, 2, 3)))
                        @ Matrix.Diagonal((1.5 * signs[0], 0.5 * signs[1], 3 * signs[2], 1)))
    bpy.context.view_layer.update()
    expected = np.array([obj.matrix_world @ vertex.co for vertex in obj.data.vertices], np.float32)
    arrays = read(obj)
    assert np.allclose(arrays.positions, expected, atol=1e-5)
    assert volume(arrays) == pytest.approx(8 * 1.5 * 0.5 * 3, rel=1e-4)  # positive: wound from outside
    faces = geometric_normals(arrays)
    faces /= np.linalg.norm(faces, axis=1, keepdims=True)
    assert np.allclose(arrays.corner_normals, faces[:, None], atol=1e-4)


@pytest.mark.parametrize("size", [1e-14, 1e-6, 1e6, 1e14])
def test_a_mesh_of_any_size_is_read_as_its_like(empty_scene, size):
    obj = add_cube()
    plain = read(obj)
    obj.matrix_world = Matrix.Scale(-size, 4)  # mirrored: the winding turns
    bpy.context.view_layer.update()
    scaled = read(obj)
    assert np.allclose(scaled.positions / size, -plain.positions)
    assert np.allclose(scaled.corner_normals, -plain.corner_normals[:, [0, 2, 1]])


def test_corners_keep_their_uvs_when_the_winding_is_turned(empty_scene):
    obj = add_cube()
    plain = read(obj)
    obj.scale.x = -1
    mirrored = read(obj)

    def corners(arrays: MeshArrays, sign: int) -> set:
        points = arrays.positions[arrays.triangles] * [sign, 1, 1]
        return {tuple(np.round(np.concatenate(pair), 4) + 0.0)
                for pair in zip(points.reshape(-1, 3), arrays.corner_uvs.reshape(-1, 2), strict=True)}

    assert corners(plain, 1) == corners(mirrored, -1)


def test_modifiers_and_shape_keys_are_in(empty_scene):
    obj = add_cube()
    obj.shape_key_add(name="Basis")
    key = obj.shape_key_add(name="Up")
    for point in key.data:
        point.co.z += 4
    key.value = 0.5
    obj.modifiers.new("Subdivision", "SUBSURF").levels = 2
    arrays = read(obj)
    assert len(arrays.triangles) == 6 * 4**2 * 2
    assert arrays.positions[:, 2].mean() == pytest.approx(2, abs=1e-4)


def test_smooth_shading_gives_smooth_normals(empty_scene):
    bpy.ops.mesh.primitive_uv_sphere_add(segments=64, ring_count=32)
    obj = bpy.context.object
    obj.data.polygons.foreach_set("use_smooth", np.ones(len(obj.data.polygons), bool))
    obj.data.update()
    obj.scale = (1, 1, 2)  # the normal of an ellipsoid at p is p / axis², not p
    arrays = read(obj)
    expected = arrays.positions[arrays.triangles] / np.float32([1, 1, 4])
    expected /= np.linalg.norm(expected, axis=2, keepdims=True)
    assert np.allclose(np.linalg.norm(arrays.corner_normals, axis=2), 1, atol=1e-5)
    assert np.degrees(np.arccos(np.clip((arrays.corner_normals * expected).sum(axis=2), -1, 1))).max() < 3


def test_ngons_are_triangulated_whole(empty_scene):
    star = [(math.cos(a) * r, math.sin(a) * r, 0) for a, r in
            zip(np.linspace(0, 2 * math.pi, 10, endpoint=False), itertools.cycle((2, 1)), strict=False)]
    obj = add_object("Star", star, [tuple(range(10))])
    obj.data.uv_layers.new()
    arrays = read(obj)
    area = np.linalg.norm(geometric_normals(arrays), axis=1).sum() / 2
    assert len(arrays.triangles) == 8
    assert area == pytest.approx(5 * 2 * 1 * math.sin(math.pi / 5), rel=1e-5)


def test_triangles_and_quads_mixed_keep_faces_and_corners_together(empty_scene):
    obj = add_object("Mixed", [(0, 0, 0), (1, 0, 0), (1, 1, 0), (0, 1, 0), (2, 0, 0)], [(1, 4, 2), (0, 1, 2, 3)])
    layer = obj.data.uv_layers.new()
    for loop in obj.data.loops:
        layer.uv[loop.index].vector = obj.data.vertices[loop.vertex_index].co.xy
    arrays = read(obj)
    assert len(arrays.triangles) == 3
    assert np.array_equal(arrays.corner_uvs, arrays.positions[arrays.triangles][..., :2])


def test_the_layer_is_the_one_for_renders_unless_named(empty_scene):
    obj = add_cube()
    for name, value in (("Active", 0.25), ("Render", 0.75)):
        layer = obj.data.uv_layers.new(name=name, do_init=False)
        layer.uv.foreach_set("vector", np.linspace(value, value + 0.1, 48, dtype=np.float32))
    obj.data.uv_layers["Active"].active = True
    obj.data.uv_layers["Render"].active_render = True
    assert read(obj).uv_layer == "Render"
    assert read(obj).corner_uvs.min() == pytest.approx(0.75)
    assert read(obj, uv_layer="Active").corner_uvs.min() == pytest.approx(0.25)


def test_slots_choose_the_paintable_triangles(empty_scene):
    obj = add_cube()
    for name in ("A", "B", "C"):
        obj.data.materials.append(bpy.data.materials.new(name))
    obj.data.polygons.foreach_set("material_index", [0, 1, 1, 2, 2, 9])  # 9 is drawn with the last
    assert read(obj, slots=[1]).paintable.sum() == 4
    assert read(obj, slots=[2]).paintable.sum() == 6
    assert read(obj, slots=[0, 2]).paintable.sum() == 8
    faces = np.repeat(np.arange(6), 2)
    assert set(faces[read(obj, slots=[1]).paintable]) == {1, 2}
    obj.data.polygons.foreach_set("material_index", [0] * 6)
    obj.data.update()
    with pytest.raises(BadInput, match="No face of Cube uses the chosen material slots"):
        read(obj, slots=[1])
    with pytest.raises(BadInput, match="no material slot 3: it has 3"):
        read(obj, slots=[3])


def test_a_million_faces(empty_scene):
    bpy.ops.mesh.primitive_grid_add(x_subdivisions=1000, y_subdivisions=1000, size=2)
    arrays = read(bpy.context.object)
    assert len(arrays.triangles) == 2_000_000
    area = np.linalg.norm(geometric_normals(arrays), axis=1).sum(dtype=np.float64) / 2
    assert area == pytest.approx(4, rel=1e-4)


def test_uvs_that_geometry_nodes_make_are_found(empty_scene):
    obj = add_object("Holder", [(0, 0, 0)], [])
    tree = bpy.data.node_groups.new("Make", "GeometryNodeTree")
    tree.interface.new_socket("Geometry", in_out="OUTPUT", socket_type="NodeSocketGeometry")
    grid = tree.nodes.new("GeometryNodeMeshGrid")
    store = tree.nodes.new("GeometryNodeStoreNamedAttribute")
    store.data_type, store.domain = "FLOAT2", "CORNER"
    store.inputs["Name"].default_value = "FromNodes"
    tree.links.new(grid.outputs["Mesh"], store.inputs["Geometry"])
    value = next(s for s in store.inputs if s.enabled and s.name == "Value" and s.type == "VECTOR")
    tree.links.new(grid.outputs["UV Map"], value)
    tree.links.new(store.outputs["Geometry"], tree.nodes.new("NodeGroupOutput").inputs[0])
    obj.modifiers.new("Nodes", "NODES").node_group = tree
    arrays = read(obj)
    assert arrays.uv_layer == "FromNodes"
    assert arrays.own_uvs is None
    assert (arrays.corner_uvs.min(), arrays.corner_uvs.max()) == (0, 1)


# --- remarks ------------------------------------------------------------------------------------------------------


def test_a_shared_mesh_is_remarked_on(empty_scene):
    obj = add_cube()
    other = bpy.data.objects.new("Twin", obj.data)
    bpy.context.scene.collection.objects.link(other)
    remark, = read(obj).remarks
    assert remark.values == {"name": "Cube", "others": "Twin"}
    obj.data.materials.append(bpy.data.materials.new("Own"))
    obj.material_slots[0].link = "OBJECT"  # then the texture stays on this object
    assert read(obj).remarks == ()


def test_materials_that_modifiers_set_are_remarked_on(empty_scene):
    obj = add_cube()
    tree = bpy.data.node_groups.new("Paint", "GeometryNodeTree")
    tree.interface.new_socket("Geometry", in_out="INPUT", socket_type="NodeSocketGeometry")
    tree.interface.new_socket("Geometry", in_out="OUTPUT", socket_type="NodeSocketGeometry")
    setter = tree.nodes.new("GeometryNodeSetMaterial")
    setter.inputs["Material"].default_value = bpy.data.materials.new("Foreign")
    tree.links.new(tree.nodes.new("NodeGroupInput").outputs[0], setter.inputs[0])
    tree.links.new(setter.outputs[0], tree.nodes.new("NodeGroupOutput").inputs[0])
    obj.modifiers.new("Nodes", "NODES").node_group = tree
    remark, = read(obj).remarks
    assert remark.values["materials"] == "Foreign"


# --- reading changes nothing --------------------------------------------------------------------------------------


@pytest.mark.parametrize("unwrap", [False, True])
@pytest.mark.parametrize("mode", ["OBJECT", "VERTEX_PAINT", "TEXTURE_PAINT", "WEIGHT_PAINT"])
def test_reading_leaves_everything_as_it_was(empty_scene, snapshot, mode, unwrap):
    obj, other = add_cube(), add_cube(location=(3, 0, 0))
    obj.modifiers.new("Subdivision", "SUBSURF").levels = 1
    obj.shape_key_add(name="Basis")
    obj.shape_key_add(name="Key").driver_add("value").driver.expression = "0.3"
    obj.keyframe_insert("location")
    obj.data.materials.append(bpy.data.materials.new("Paint"))
    bpy.context.scene.frame_set(7)
    obj.select_set(True)
    other.select_set(False)
    bpy.context.view_layer.objects.active = obj
    bpy.ops.object.mode_set(mode=mode)
    depsgraph = bpy.context.evaluated_depsgraph_get()
    before = snapshot()
    read_mesh(obj, depsgraph, unwrap=unwrap)
    assert snapshot() == before
    bpy.ops.object.mode_set(mode="OBJECT")


def test_reading_another_object_works_while_one_is_edited(empty_scene, snapshot):
    obj = add_cube()
    edited = add_cube(location=(3, 0, 0))
    bpy.ops.object.mode_set(mode="EDIT")
    selected = [vertex.select for vertex in bmesh.from_edit_mesh(edited.data).verts]
    depsgraph = bpy.context.evaluated_depsgraph_get()
    before = snapshot()
    read_mesh(obj, depsgraph, unwrap=True)
    assert snapshot() == before
    assert [vertex.select for vertex in bmesh.from_edit_mesh(edited.data).verts] == selected
    bpy.ops.object.mode_set(mode="OBJECT")


# --- the file -----------------------------------------------------------------------------------------------------


def test_the_file_holds_the_arrays(empty_scene, tmp_path):
    arrays = read(add_cube())
    write_meshes([arrays], tmp_path / "mesh.npz")
    with np.load(tmp_path / "mesh.npz", allow_pickle=False) as file:
        assert sorted(file) == ["corner_normals", "corner_uvs", "paintable", "positions", "triangles"]
        for name in file:
            assert np.array_equal(file[name], getattr(arrays, name))
            assert file[name].dtype == getattr(arrays, name).dtype
    assert [path.name for path in tmp_path.iterdir()] == ["mesh.npz"]


def test_several_meshes_are_one_in_the_file(empty_scene, tmp_path):
    first, second = read(add_cube()), read(add_cube(location=(3, 0, 0)))
    write_meshes([first, second], tmp_path / "mesh.npz")
    with np.load(tmp_path / "mesh.npz", allow_pickle=False) as file:
        count = len(first.triangles)
        assert file["object_ids"].tolist() == [0] * count + [1] * len(second.triangles)
        assert file["triangles"].dtype == first.triangles.dtype
        assert np.array_equal(file["triangles"][:count], first.triangles)
        assert np.array_equal(file["positions"][file["triangles"][count:]], second.positions[second.triangles])
        for name in ("corner_uvs", "corner_normals", "paintable"):
            assert np.array_equal(file[name], np.concatenate([getattr(first, name), getattr(second, name)]))


def test_a_file_that_cannot_be_written_is_a_storage_error(empty_scene, tmp_path):
    arrays = read(add_cube())
    with pytest.raises(StorageError, match="cannot be written"):
        write_meshes([arrays], tmp_path / "missing" / "mesh.npz")
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(StorageError, match="cannot be written"):
        write_meshes([arrays], Path(tmp_path / "file" / "mesh.npz"))
