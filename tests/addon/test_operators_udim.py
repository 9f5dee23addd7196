"""UDIM tiles: from the mesh through the real backend to a tiled image, saved, packed, exported."""

from __future__ import annotations

import json
from pathlib import Path

import bpy
import numpy as np
import pytest

from tests.addon.test_cli_texture import QUICK, run, scene
from tests.addon.test_operators_texture import at_work, select
from tests.addon.test_operators_touch_up import texture_of

__all__ = ["at_work", "scene"]  # the fixtures

TILES = [1001, 1002, 1012]


def spread(obj: bpy.types.Object, tiles: list[int] = TILES) -> None:
    """Each face of the object into the tile of its turn, as if it had been unwrapped there."""
    layer = obj.data.uv_layers.active
    for polygon in obj.data.polygons:
        row, column = divmod(tiles[polygon.index % len(tiles)] - 1001, 10)
        for loop in polygon.loop_indices:
            u, v = layer.uv[loop].vector
            layer.uv[loop].vector = (column + 0.02 + 0.96 * u, row + 0.02 + 0.96 * v)


def paint(at_work) -> bpy.types.Image:
    spread(at_work.cube)
    select(at_work.cube)
    assert bpy.ops.vernissage.texture_object() == {"FINISHED"}
    return texture_of(at_work.cube)


def preferences_of(at_work):
    return bpy.context.preferences.addons[at_work.part("preferences").__package__].preferences


def test_the_image_has_a_packed_picture_a_tile(at_work, tmp_path) -> None:
    image = paint(at_work)
    assert image.source == "TILED"
    assert [tile.number for tile in image.tiles] == TILES
    assert [tuple(tile.size) for tile in image.tiles] == [(128, 128)] * 3
    assert [packed.tile_number for packed in image.packed_files] == TILES
    job, = at_work.current.texture.jobs
    assert [bytes(packed.packed_file.data) for packed in image.packed_files] == [
        (job.folder / f"texture.{number}.png").read_bytes() for number in TILES]
    assert image.filepath_raw == "//textures/Cube_red_brick_wall.<UDIM>.png"
    assert {packed.filepath for packed in image.packed_files} == {
        f"//textures/Cube_red_brick_wall.{number}.png" for number in TILES}
    assert [tile["number"] for tile in json.loads(image["report"])["result"]["tiles"]] == TILES
    assert any("3 UDIM tiles" in remark.sentence.format_map(remark.values) for remark in job.remarks)
    name = image.name
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "scene.blend"))
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "scene.blend"))
    image = bpy.data.images[name]
    assert [tuple(tile.size) for tile in image.tiles] == [(128, 128)] * 3


@pytest.mark.parametrize("kind", ["PNG_8", "EXR_HALF"])
def test_files_beside_the_blend_each_with_its_number(at_work, tmp_path, kind) -> None:
    suffix = {"PNG_8": "png", "EXR_HALF": "exr"}[kind]
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "scene.blend"))
    (tmp_path / "textures").mkdir()
    foreign = tmp_path / "textures" / f"Cube_red_brick_wall.1050.{suffix}"
    foreign.write_bytes(b"a tile of another texture of this name")
    at_work.texture.picture_format = kind
    preferences_of(at_work).image_storage = "BESIDE"
    try:
        image = paint(at_work)
    finally:
        preferences_of(at_work).image_storage = "PACK"
    assert image.filepath_raw == f"//textures/Cube_red_brick_wall_2.<UDIM>.{suffix}"
    assert [tile.number for tile in image.tiles] == TILES
    assert image.packed_file is None
    assert {path.name for path in (tmp_path / "textures").iterdir()} == {foreign.name} | {
        f"Cube_red_brick_wall_2.{number}.{suffix}" for number in TILES}
    assert [tuple(tile.size) for tile in image.tiles] == [(128, 128)] * 3


def test_the_render_shows_in_each_tile_what_belongs_there(at_work, tmp_path) -> None:
    """The middle of each face, as Cycles shows it, is what the file of its tile has there."""
    paint(at_work)
    texels = {}
    job, = at_work.current.texture.jobs
    for number in TILES:
        alone = bpy.data.images.load(str(job.folder / f"texture.{number}.png"))
        values = np.empty(128 * 128 * 4, np.float32)
        alone.pixels.foreach_get(values)
        texels[number] = values.reshape(128, 128, 4)[..., :3]
    sides = {}
    mesh = at_work.cube.data
    for polygon in mesh.polygons:
        uvs = np.array([mesh.uv_layers.active.uv[loop].vector for loop in polygon.loop_indices])
        corner = np.floor(uvs.mean(axis=0))
        number = int(1001 + corner[0] + 10 * corner[1])
        x, y = (uvs.mean(axis=0) - corner) * 128 - 0.5
        column, row = int(x), int(y)
        weights = np.outer([1 - y + row, y - row], [1 - x + column, x - column])
        sides[polygon.index] = np.tensordot(weights, texels[number][row:row + 2, column:column + 2], 2)
    for face, expected in sides.items():
        assert np.abs(rendered(at_work.cube, face, tmp_path) - expected).max() < 0.02


def rendered(obj: bpy.types.Object, face: int, folder: Path) -> np.ndarray:
    """The colour in the middle of a face, rendered by Cycles without light or view transform: (3,) sRGB."""
    nodes, links = obj.active_material.node_tree.nodes, obj.active_material.node_tree.links
    shader = next((node for node in nodes if node.bl_idname == "ShaderNodeEmission"), None)
    if shader is None:
        shader = nodes.new("ShaderNodeEmission")
        picture = next(node for node in nodes if node.bl_idname == "ShaderNodeTexImage")
        links.new(picture.outputs["Color"], shader.inputs["Color"])
        output = next(node for node in nodes if node.bl_idname == "ShaderNodeOutputMaterial")
        links.new(shader.outputs[0], output.inputs[0])
    scene = bpy.context.scene
    polygon = obj.data.polygons[face]
    eye = bpy.data.objects.new("Eye", bpy.data.cameras.new("Eye"))
    eye.data.type, eye.data.ortho_scale = "ORTHO", 0.02
    scene.collection.objects.link(eye)
    eye.location = obj.matrix_world @ (polygon.center + polygon.normal * 0.5)
    eye.rotation_euler = polygon.normal.to_track_quat("Z", "Y").to_euler()
    scene.camera = eye
    scene.render.engine, scene.cycles.samples, scene.cycles.device = "CYCLES", 4, "CPU"
    scene.render.resolution_x = scene.render.resolution_y = 8
    scene.view_settings.view_transform = "Standard"
    scene.render.image_settings.file_format = "PNG"
    scene.render.filepath = str(folder / f"face{face}.png")
    bpy.ops.render.render(write_still=True)
    picture = bpy.data.images.load(scene.render.filepath)
    values = np.empty(8 * 8 * picture.channels, np.float32)
    picture.pixels.foreach_get(values)
    bpy.data.objects.remove(eye)
    return values.reshape(64, -1)[:, :3].mean(axis=0)


def test_touching_up_tiles_is_refused_with_a_remedy(at_work) -> None:
    paint(at_work)
    with pytest.raises(RuntimeError, match="UDIM tiles, which cannot be changed in place"):
        bpy.ops.vernissage.touch_up()


def test_a_failure_leaves_nothing(at_work, snapshot, tmp_path, monkeypatch) -> None:
    spread(at_work.cube)
    select(at_work.cube)
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "scene.blend"))
    before = snapshot()

    def broken(*arguments: object) -> None:
        raise RuntimeError("no material today")

    monkeypatch.setattr(at_work.part("scene.apply"), "new_material", broken)
    preferences_of(at_work).image_storage = "BESIDE"
    try:
        with pytest.raises(RuntimeError):
            bpy.ops.vernissage.texture_object()
    finally:
        preferences_of(at_work).image_storage = "PACK"
    assert snapshot() == before
    assert not (tmp_path / "textures").exists()


@pytest.mark.parametrize("kind", ["png8", "exr-half"])
def test_the_command_saves_tiles_and_exports_a_material_of_each(scene, tiny_model, tmp_path, kind) -> None:
    spread(bpy.data.objects["Sphere"])
    bpy.ops.wm.save_as_mainfile(filepath=str(scene))
    saved, exported, report = tmp_path / "out.blend", tmp_path / "out.glb", tmp_path / "out.json"
    code, _, said = run(scene, "texture", "--object", "Sphere", "--prompt", "red brick", "--model", tiny_model, *QUICK,
                        "--format", kind, "--save", saved, "--export", exported, "--report", report)
    assert code == 0, said
    entry, = json.loads(report.read_text(encoding="utf-8"))["objects"]
    assert [tile["number"] for tile in entry["tiles"]] == TILES
    assert all(tile["texels"] > 0 and 0 <= tile["coverage"] <= 1 for tile in entry["tiles"])
    bpy.ops.wm.open_mainfile(filepath=str(saved))
    image = texture_of(bpy.data.objects["Sphere"])
    assert image.source == "TILED"
    assert [packed.tile_number for packed in image.packed_files] == TILES
    faces = len(bpy.data.objects["Sphere"].data.loop_triangles) or None
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True, load_ui=False)
    bpy.ops.import_scene.gltf(filepath=str(exported))
    sphere, = (obj for obj in bpy.data.objects if obj.type == "MESH")
    assert len(sphere.material_slots) == 3
    assert len([image for image in bpy.data.images if image.size[0] == 128]) == 3
    assert faces is None or len(sphere.data.polygons) == faces


def test_a_tile_that_gltf_cannot_have_is_told(scene, tiny_model, tmp_path) -> None:
    spread(bpy.data.objects["Sphere"], [1001, 1010])
    bpy.ops.wm.save_as_mainfile(filepath=str(scene))
    saved, exported = tmp_path / "out.blend", tmp_path / "out.glb"
    code, _, said = run(scene, "texture", "--object", "Sphere", "--prompt", "red brick", "--model", tiny_model, *QUICK,
                        "--save", saved, "--export", exported)
    assert code == 1
    assert "cannot make a material of tile 1010" in said
    assert saved.is_file()
    assert not exported.exists()
