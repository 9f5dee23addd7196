"""Which objects are meant."""

from __future__ import annotations

import bpy
import pytest

from vernissage.protocol.errors import BadInput
from vernissage.scene.objects import find_objects, identity, object_of, visible_meshes


def add(name: str, kind: str = "MESH") -> bpy.types.Object:
    data = bpy.data.meshes.new(name) if kind == "MESH" else None
    obj = bpy.data.objects.new(name, data)
    bpy.context.scene.collection.objects.link(obj)
    return obj


def test_visible_meshes_come_by_name_without_the_hidden(empty_scene):
    for name in ("Chair", "Apple", "Bench"):
        add(name)
    add("Empty", "EMPTY")
    add("Eye").hide_set(True)
    add("Monitor").hide_viewport = True
    collection = bpy.data.collections.new("Excluded")
    bpy.context.scene.collection.children.link(collection)
    collection.objects.link(bpy.data.objects.new("Away", bpy.data.meshes.new("Away")))
    bpy.context.view_layer.layer_collection.children["Excluded"].exclude = True
    assert [obj.name for obj in visible_meshes(bpy.context.view_layer)] == ["Apple", "Bench", "Chair"]


def test_no_visible_mesh_is_bad_input(empty_scene):
    add("Empty", "EMPTY")
    with pytest.raises(BadInput, match="shows no mesh"):
        visible_meshes(bpy.context.view_layer)


def test_names_are_found_in_their_order_and_once(empty_scene):
    for name in ("Apple", "Bench", "Chair"):
        add(name)
    found = find_objects(["Chair", "Apple", "Chair"], bpy.context.view_layer)
    assert [obj.name for obj in found] == ["Chair", "Apple"]


def test_hidden_and_unfit_objects_are_found_for_reading_to_judge(empty_scene):
    add("Hidden").hide_set(True)
    bpy.data.objects.new("Loose", None)
    assert [obj.name for obj in find_objects(["Hidden", "Loose"], bpy.context.view_layer)] == ["Hidden", "Loose"]


@pytest.mark.parametrize(("name", "remedy"), [
    ("suzane", "Did you mean Suzanne?"),
    ("cube 001", "Did you mean Cube.001, Cube?"),
    ("zzz", "The meshes of this file: Cube, Cube.001, Suzanne."),
])
def test_unknown_names_get_close_ones(empty_scene, name, remedy):
    for known in ("Suzanne", "Cube", "Cube.001"):
        add(known)
    with pytest.raises(BadInput) as caught:
        find_objects([name], bpy.context.view_layer)
    assert str(caught.value) == f"There is no object {name}. {remedy}"


def test_an_empty_file_has_a_remedy_too(empty_scene):
    with pytest.raises(BadInput, match="Open the file that has it"):
        find_objects(["Cube"], bpy.context.view_layer)


def test_identity_outlives_renaming_and_undo(empty_scene):
    obj = add("Cube")
    add("Other")
    number = identity(obj)
    bpy.ops.ed.undo_push(message="first")
    obj.name = "Renamed"
    bpy.ops.ed.undo_push(message="second")
    assert object_of(number, "Cube").name == "Renamed"
    bpy.ops.ed.undo()
    assert object_of(number, "Cube").name == "Cube"
    bpy.data.objects.remove(object_of(number, "Cube"))
    with pytest.raises(BadInput, match="Cube was deleted"):
        object_of(number, "Cube")
