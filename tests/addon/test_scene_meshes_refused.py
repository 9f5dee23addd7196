"""Meshes that cannot be textured: a sentence with its remedy, and a scene that stays as it was."""

from __future__ import annotations

import math

import bpy
import numpy as np
import pytest

from vernissage.protocol.errors import BadInput
from vernissage.scene.meshes import MeshArrays, read_mesh
from vernissage.scene.objects import find_objects


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


def curve():
    bpy.ops.curve.primitive_bezier_circle_add()
    return bpy.context.object, {}


def text():
    bpy.ops.object.text_add()
    return bpy.context.object, {}


def light():
    bpy.ops.object.light_add()
    return bpy.context.object, {}


def empty():
    bpy.ops.object.empty_add()
    return bpy.context.object, {}


def instance():
    shown = bpy.data.objects.new("Trees", None)
    shown.instance_type, shown.instance_collection = "COLLECTION", bpy.data.collections.new("Wood")
    bpy.context.scene.collection.objects.link(shown)
    return shown, {}


def no_faces():
    return add_object("Wire", [(0, 0, 0), (1, 0, 0)], []), {}


def modifiers_leave_nothing():
    obj = add_cube()
    obj.modifiers.new("Mask", "MASK").vertex_group = obj.vertex_groups.new(name="Nobody").name
    return obj, {}


def not_finite():
    obj = add_cube()
    obj.data.vertices[3].co.x = math.nan
    obj.data.vertices[5].co.y = math.inf
    return obj, {}


def no_area():
    return add_object("Line", [(0, 0, 0), (0.1, 0.1, 0.1), (0.3, 0.3, 0.3), (0.7, 0.7, 0.7)],
                      [(0, 1, 2), (1, 2, 3)]), {}


def huge():
    obj = add_cube()
    obj.scale = (1e30, 1e30, 1e30)
    return obj, {}


def far_away():
    obj = add_cube()
    obj.location.x = 1e16
    return obj, {}


def tiny():
    obj = add_cube()
    obj.scale = (1e-25, 1e-25, 1e-25)
    return obj, {}


def zero_scale():
    obj = add_cube()
    obj.scale.z = 0
    return obj, {}


def parent_of_zero_scale():
    obj, parent = add_cube(), bpy.data.objects.new("Parent", None)
    bpy.context.scene.collection.objects.link(parent)
    obj.parent, parent.scale = parent, (0, 0, 0)
    return obj, {}


def eye_closed():
    obj = add_cube()
    obj.hide_set(True)
    return obj, {}


def disabled_in_viewports():
    obj = add_cube()
    obj.hide_viewport = True
    return obj, {}


def in_a_hidden_collection():
    obj = add_cube()
    collection = bpy.data.collections.new("Hidden")
    bpy.context.scene.collection.children.link(collection)
    bpy.context.scene.collection.objects.unlink(obj)
    collection.objects.link(obj)
    collection.hide_viewport = True
    return obj, {}


def in_an_excluded_collection():
    obj, _ = in_a_hidden_collection()
    bpy.data.collections["Hidden"].hide_viewport = False
    bpy.context.view_layer.layer_collection.children["Hidden"].exclude = True
    return obj, {}


def in_no_scene():
    return bpy.data.objects.new("Loose", bpy.data.meshes.new("Loose")), {}


def edit_mode():
    obj = add_cube()
    bpy.ops.object.mode_set(mode="EDIT")
    return obj, {}


def edited_through_another():
    obj = add_cube()
    twin = bpy.data.objects.new("Twin", obj.data)
    bpy.context.scene.collection.objects.link(twin)
    bpy.ops.object.mode_set(mode="EDIT")
    return twin, {}


def sculpt_mode():
    obj = add_cube()
    bpy.ops.object.mode_set(mode="SCULPT")
    return obj, {}


def missing_layer():
    obj = add_cube()
    obj.data.uv_layers.new(name="Second")
    return obj, {"uv_layer": "Third"}


def missing_layer_of_none():
    obj = add_cube()
    obj.data.uv_layers.remove(obj.data.uv_layers[0])
    obj.data.update()
    return obj, {"uv_layer": "UVMap"}


def dropped_layer():
    obj = add_cube()
    obj.modifiers.new("Remesh", "REMESH").mode = "BLOCKS"
    return obj, {}


def dropped_own_layer():
    obj, _ = dropped_layer()
    return obj, {"unwrap": True}


def uvs_on_a_point():
    obj = add_cube()
    obj.data.uv_layers[0].uv.foreach_set("vector", np.full(48, 0.5, np.float32))
    return obj, {}


def uvs_not_finite():
    obj = add_cube()
    obj.data.uv_layers[0].uv[7].vector = (math.nan, 0)
    return obj, {}


def no_room_for_a_layer():
    obj = add_cube()
    while len(obj.data.uv_layers) < 8:
        obj.data.uv_layers.new()
    return obj, {"unwrap": True}


REFUSED = [
    (curve, "Circle is of type curve, not a mesh", "Convert it"),
    (text, "Text is of type font, not a mesh", "Convert it"),
    (empty, "Empty is of type empty, not a mesh", "Choose a mesh"),
    (instance, "Trees only shows the collection Wood, without a mesh", "Make Instances Real"),
    (light, "Point is of type light, not a mesh", "Choose a mesh"),
    (no_faces, "Wire has no faces", "with faces"),
    (modifiers_leave_nothing, "The modifiers of Cube leave no faces", "Realize Instances"),
    (not_finite, "Cube has 2 vertices at places that are not finite", "Remove them"),
    (huge, "Cube is too large or too far away: it reaches 1e+30 m from the origin", "smaller scale"),
    (far_away, "Cube is too large or too far away: it reaches 1e+16 m from the origin", "nearer place"),
    (tiny, "Cube is too small: its size is 2e-25 m, the least is 1e-15 m", "larger scale"),
    (no_area, "All faces of Line have an area of zero", "Choose"),
    (zero_scale, "Cube is scaled to zero along an axis", "scale other than 0"),
    (parent_of_zero_scale, "Cube is scaled to zero along an axis", "parents"),
    (eye_closed, "Cube is hidden in the viewport", "Show it"),
    (disabled_in_viewports, "Cube is hidden in the viewport", "Show it"),
    (in_a_hidden_collection, "Cube is hidden in the viewport", "collections"),
    (in_an_excluded_collection, "Cube is not in the view layer", "Include its collection"),
    (in_no_scene, "Loose is not in the view layer", "Include its collection"),
    (edit_mode, "Cube is in Edit Mode", "Leave Edit Mode"),
    (edited_through_another, "Twin is in Edit Mode", "Leave Edit Mode"),
    (sculpt_mode, "Cube is in Sculpt Mode", "Leave Sculpt Mode"),
    (missing_layer, "Cube has no UV layer Third", "Its layers: UVMap, Second"),
    (missing_layer_of_none, "Cube has no UV layer UVMap: it has none", "Leave the layer empty"),
    (dropped_layer, "The modifiers of Cube drop its UV layer UVMap", "Apply the modifiers"),
    (dropped_own_layer, "The modifiers of Cube drop UV layers", "Apply the modifiers"),
    (uvs_on_a_point, "The UV layer UVMap of Cube lies on one point", "Unwrap it"),
    (uvs_not_finite, "The UV layer UVMap of Cube has 1 coordinates that are not finite", "Unwrap it again"),
    (no_room_for_a_layer, "Cube has 8 UV layers already", "Remove one"),
]


@pytest.mark.parametrize(("make", "sentence", "remedy"), REFUSED, ids=[case[0].__name__ for case in REFUSED])
def test_refused_with_a_remedy_and_nothing_changed(empty_scene, snapshot, make, sentence, remedy):
    obj, options = make()
    depsgraph = bpy.context.evaluated_depsgraph_get()
    before = snapshot()
    with pytest.raises(BadInput) as caught:
        read_mesh(obj, depsgraph, **options)
    assert sentence in str(caught.value)
    assert remedy in str(caught.value)
    assert caught.value.remedy
    assert snapshot() == before
    if bpy.context.mode != "OBJECT":
        bpy.ops.object.mode_set(mode="OBJECT")


def test_linked_objects_are_refused_and_overrides_are_read(empty_scene, tmp_path):
    obj = add_cube()
    obj.data.materials.append(bpy.data.materials.new("Paint"))
    library = tmp_path / "library.blend"
    bpy.data.libraries.write(str(library), {obj})
    bpy.data.objects.remove(obj)
    with bpy.data.libraries.load(str(library), link=True) as (_, target):
        target.objects = ["Cube"]
    linked, = target.objects
    bpy.context.scene.collection.objects.link(linked)
    with pytest.raises(BadInput, match=r"Cube is linked from library.blend. .*library override"):
        read(linked)
    override = linked.override_create(remap_local_usages=True)
    assert find_objects(["Cube"], bpy.context.view_layer) == [override]  # and not the linked one of the same name
    assert len(read(override).triangles) == 12
    with pytest.raises(BadInput, match="cannot get a new UV layer"):
        read(override, unwrap=True)
