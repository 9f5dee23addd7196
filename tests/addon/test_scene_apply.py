"""Applying a texture: what is made, what is kept, and that nothing is left behind when it fails."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import bpy
import numpy as np
import pytest

from vernissage.protocol.messages import Remark, Stage, TextureResult
from vernissage.protocol.requests import TextureRequest
from vernissage.scene.apply import Placement, apply_texture
from vernissage.scene.images import storage_remark, texture_name, warm_image_loader
from vernissage.scene.meshes import OwnUVs, read_mesh

REQUEST = TextureRequest(object_name="Cube", mesh="mesh.npz", prompt="red brick wall", negative_prompt="moss",
                         texture_size_px=64, seed=7)
RESULT = TextureResult(texture="texture.png", size_px=64, coverage=0.93, planned_coverage=0.95, view_disagreement=0.01,
                       view_count=8, evaluations=44, crossview_by_step=(0.2, 0.1), strayed=0, seam_step=0.1,
                       seam_step_worst=0.3, seam_step_most=0.2, changed_outside=None, model="mini", seed=7, steps=20,
                       guidance_scale=4.5, device="cpu",
                       seconds={Stage.BAKE.value: 0.25}, remarks=(Remark("The {what} is small.", {"what": "cube"}),))


def apply(obj: bpy.types.Object, picture: Path, **options: object) -> bpy.types.Image:
    placement = Placement(**{"uv_layer": "UVMap", "own_uvs": None, "pack": True, **options})
    return apply_texture(obj, placement, picture, REQUEST, RESULT)


def own_uvs(obj: bpy.types.Object) -> OwnUVs:
    return read_mesh(obj, bpy.context.evaluated_depsgraph_get(), unwrap=True).own_uvs


def save(tmp_path: Path) -> Path:
    (tmp_path / "project").mkdir()
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "project" / "scene.blend"))
    return tmp_path / "project"


def add_materials(obj: bpy.types.Object, *names: str) -> None:
    for name in names:
        obj.data.materials.append(bpy.data.materials.new(name))


# --- what is made -------------------------------------------------------------------------------------------------


def test_the_material_shows_the_image_in_its_layer(cube, picture):
    image = apply(cube, picture)
    material, = (slot.material for slot in cube.material_slots)
    assert material.name == image.name == "Cube - red brick wall"
    output, = (node for node in material.node_tree.nodes if node.bl_idname == "ShaderNodeOutputMaterial")
    shader = output.inputs["Surface"].links[0].from_node
    texture = shader.inputs["Base Color"].links[0].from_node
    uv_map = texture.inputs["Vector"].links[0].from_node
    assert shader.bl_idname == "ShaderNodeBsdfPrincipled"
    assert 0.6 <= shader.inputs["Roughness"].default_value <= 0.7
    assert shader.inputs["Metallic"].default_value == 0
    assert texture.image == image
    assert uv_map.uv_map == "UVMap"
    assert len(material.node_tree.nodes) == 4
    assert material.node_tree.nodes.active == texture
    columns = [node.location.x for node in (uv_map, texture, shader, output)]
    assert min(np.diff(columns)) > texture.width  # from left to right, none over another


def test_the_picture_arrives_unchanged(cube, picture):
    image = apply(cube, picture)
    assert image.packed_file.data == picture.read_bytes()
    assert image.colorspace_settings.name == "sRGB"
    assert str(picture.parent) not in image.filepath_raw  # no path of this machine goes into the .blend
    picture.unlink()
    assert tuple(image.size) == (64, 64)
    pixels = np.empty(64 * 64 * 4, np.float32)
    image.pixels.foreach_get(pixels)
    expected = np.random.default_rng(1).integers(0, 256, (64, 64, 3), np.uint8)
    assert np.array_equal(np.round(pixels.reshape(64, 64, 4)[::-1, :, :3] * 255).astype(np.uint8), expected)


def test_a_packed_texture_survives_saving_and_loading(cube, picture, tmp_path):
    image = apply(cube, picture)
    name, content = image.name, picture.read_bytes()
    save(tmp_path)
    bpy.ops.wm.open_mainfile(filepath=bpy.data.filepath)
    assert bpy.data.images[name].packed_file.data == content
    assert bpy.data.images[name]["prompt"] == "red brick wall"
    assert bpy.data.objects["Cube"].material_slots[0].material.name == name


def test_the_image_tells_what_it_was_made_from(cube, picture):
    image = apply(cube, picture)
    assert {key: image[key] for key in ("object", "prompt", "negative_prompt", "model", "seed", "steps",
                                        "guidance_scale", "vernissage_version")} == {
        "object": "Cube", "prompt": "red brick wall", "negative_prompt": "moss", "model": "mini", "seed": 7,
        "steps": 20, "guidance_scale": 4.5, "vernissage_version": "0.1.0"}
    report = json.loads(image["report"])
    assert report["request"]["texture_size_px"] == 64
    assert report["result"]["seconds"] == {"Baking": 0.25}
    assert report["result"]["remarks"] == [{"sentence": "The {what} is small.", "values": {"what": "cube"}}]


@pytest.mark.parametrize(("object_name", "prompt", "expected"), [
    ("Cube", "red brick wall", "Cube - red brick wall"),
    ("Cube", "  red\n brick ", "Cube - red brick"),
    ("Würfel", "古い壁 " * 20, "Würfel - 古い壁 古い壁 古い壁 古い壁"),
    ("Cube", "a" * 100, "Cube - " + "a" * 52),
])
def test_names_fit_and_are_cut_at_a_word(object_name, prompt, expected):
    assert texture_name(object_name, prompt) == expected
    assert len(texture_name(object_name, prompt).encode()) <= 59


def test_a_second_texture_gets_a_name_of_its_own(cube, picture):
    first, second = apply(cube, picture), apply(cube, picture)
    assert (first.name, second.name) == ("Cube - red brick wall", "Cube - red brick wall.001")
    assert cube.material_slots[0].material.node_tree.nodes["Image Texture"].image == second
    assert first.users == 1  # the first material holds it, and stays
    assert bpy.data.materials["Cube - red brick wall"].use_fake_user


# --- beside the .blend --------------------------------------------------------------------------------------------


def test_saved_beside_the_blend_and_never_over_a_file(cube, picture, tmp_path):
    project = save(tmp_path)
    images = [apply(cube, picture, pack=False) for _ in range(3)]
    names = ["Cube_red_brick_wall.png", "Cube_red_brick_wall_2.png", "Cube_red_brick_wall_3.png"]
    assert sorted(path.name for path in (project / "textures").iterdir()) == sorted(names)
    for image, name in zip(images, names, strict=True):
        assert image.filepath_raw == f"//textures/{name}"
        assert image.packed_file is None
        assert (project / "textures" / name).read_bytes() == picture.read_bytes()
        assert tuple(image.size) == (64, 64)


def test_an_unsaved_file_packs_and_says_so(cube, picture):
    image = apply(cube, picture, pack=False)
    assert image.packed_file is not None
    assert "never been saved" in storage_remark(pack=False)[0].sentence
    assert storage_remark(pack=True) == ()


def test_saved_files_need_no_remark(cube, tmp_path):
    save(tmp_path)
    assert storage_remark(pack=False) == ()


@pytest.mark.parametrize("prompt", ["../../etc/passwd", "a/b\\c:d*e?f\"g<h>i|j", "...", "墙", "con. "])
def test_prompts_cannot_leave_the_folder(cube, picture, tmp_path, prompt):
    project = save(tmp_path)
    request = TextureRequest(object_name="Cube", mesh="mesh.npz", prompt=prompt)
    apply_texture(cube, Placement("UVMap", None, False), picture, request, RESULT)
    written, = (project / "textures").iterdir()
    assert written.suffix == ".png"
    assert not set(written.name) & set("/\\:*?\"<>|")
    assert sorted(path.name for path in project.iterdir()) == ["scene.blend", "textures"]


# --- slots --------------------------------------------------------------------------------------------------------


def test_only_the_chosen_slots_change_and_old_materials_stay(cube, picture):
    add_materials(cube, "A", "B", "C")
    bpy.data.materials["C"].use_fake_user = True
    image = apply(cube, picture, slots=[0, 2])
    assert [slot.material.name for slot in cube.material_slots] == [image.name, "B", image.name]
    assert bpy.data.materials["A"].use_fake_user  # otherwise it would be gone from the saved file
    assert not bpy.data.materials["B"].use_fake_user
    assert cube.data.materials[0].users == 2


def test_a_material_that_others_use_gets_no_fake_user(cube, picture):
    add_materials(cube, "A")
    bpy.ops.mesh.primitive_plane_add()
    bpy.context.object.data.materials.append(bpy.data.materials["A"])
    apply(cube, picture)
    assert not bpy.data.materials["A"].use_fake_user


def test_slots_keep_their_link(cube, picture):
    add_materials(cube, "Mesh", "Object")
    cube.material_slots[1].link = "OBJECT"
    cube.material_slots[1].material = bpy.data.materials.new("Own")
    image = apply(cube, picture)
    assert [(slot.link, slot.material.name) for slot in cube.material_slots] == [("DATA", image.name),
                                                                                 ("OBJECT", image.name)]
    assert cube.data.materials[1].name == "Object"


def test_a_shared_mesh_shows_the_texture_on_all(cube, picture):
    twin = bpy.data.objects.new("Twin", cube.data)
    bpy.context.scene.collection.objects.link(twin)
    image = apply(cube, picture, uv_layer="Vernissage", own_uvs=own_uvs(cube))
    assert twin.material_slots[0].material.name == image.name
    assert "Vernissage" in twin.data.uv_layers


def test_an_override_takes_the_material_and_leaves_the_library_alone(cube, picture, tmp_path):
    add_materials(cube, "Paint")
    library = tmp_path / "library.blend"
    bpy.data.libraries.write(str(library), {cube})
    bpy.data.objects.remove(cube)
    with bpy.data.libraries.load(str(library), link=True) as (_, target):
        target.objects = ["Cube"]
    bpy.context.scene.collection.objects.link(target.objects[0])
    override = target.objects[0].override_create(remap_local_usages=True)
    image = apply(override, picture)
    name = image.name
    save(tmp_path)
    bpy.ops.wm.open_mainfile(filepath=bpy.data.filepath)
    override = bpy.data.objects["Cube"]
    assert override.override_library is not None
    assert override.material_slots[0].material.name == name
    assert override.data.materials[0].name == "Paint"


# --- our own UV layer ---------------------------------------------------------------------------------------------


def test_own_uvs_become_a_layer_and_the_artists_stay_active(cube, picture):
    uvs = own_uvs(cube)
    before = np.empty(48, np.float32)
    cube.data.uv_layers["UVMap"].uv.foreach_get("vector", before)
    apply(cube, picture, uv_layer="Vernissage", own_uvs=uvs)
    layers = cube.data.uv_layers
    after, added = np.empty(48, np.float32), np.empty(48, np.float32)
    layers["UVMap"].uv.foreach_get("vector", after)
    layers["Vernissage"].uv.foreach_get("vector", added)
    assert [layer.name for layer in layers] == ["UVMap", "Vernissage"]
    assert np.array_equal(before, after)
    assert np.array_equal(added.reshape(-1, 2), uvs.uvs)
    assert layers["UVMap"].active
    assert layers["UVMap"].active_render
    assert cube.material_slots[0].material.node_tree.nodes["UV Map"].uv_map == "Vernissage"


def test_the_same_unwrap_needs_no_second_layer_but_another_does(cube, picture):
    uvs = own_uvs(cube)
    for _ in range(2):
        apply(cube, picture, uv_layer="Vernissage", own_uvs=uvs)
    assert [layer.name for layer in cube.data.uv_layers] == ["UVMap", "Vernissage"]
    apply(cube, picture, uv_layer="Vernissage", own_uvs=replace(uvs, uvs=1 - uvs.uvs))
    assert [layer.name for layer in cube.data.uv_layers] == ["UVMap", "Vernissage", "Vernissage.001"]
    assert cube.material_slots[0].material.node_tree.nodes["UV Map"].uv_map == "Vernissage.001"


def test_the_only_layer_is_the_active_one(cube, picture):
    cube.data.uv_layers.remove(cube.data.uv_layers[0])
    cube.data.update()
    apply(cube, picture, uv_layer="Vernissage", own_uvs=own_uvs(cube))
    assert cube.data.uv_layers["Vernissage"].active_render


def test_edit_mode_takes_a_material_when_no_layer_is_needed(cube, picture):
    bpy.ops.object.mode_set(mode="EDIT")
    image = apply(cube, picture)
    bpy.ops.object.mode_set(mode="OBJECT")
    assert cube.material_slots[0].material.name == image.name
    assert [polygon.material_index for polygon in cube.data.polygons] == [0] * 6


# --- undo ---------------------------------------------------------------------------------------------------------


def test_one_undo_step_takes_all_of_it_back(cube, picture, snapshot):
    add_materials(cube, "Paint")
    uvs = own_uvs(cube)
    bpy.ops.ed.undo_push(message="before")
    before = snapshot()
    apply(cube, picture, uv_layer="Vernissage", own_uvs=uvs)
    bpy.ops.ed.undo_push(message="Texture")
    assert snapshot() != before
    bpy.ops.ed.undo()
    assert snapshot() == before
    bpy.ops.ed.redo()
    assert bpy.data.objects["Cube"].material_slots[0].material.name == "Cube - red brick wall"
    assert bpy.data.images["Cube - red brick wall"].packed_file.data == picture.read_bytes()


def test_warming_the_image_loader_leaves_no_data_block(empty_scene, snapshot):
    before = snapshot()
    warm_image_loader()
    assert snapshot() == before
