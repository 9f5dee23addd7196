"""Materials that tile in Blender: nodes, colour spaces, energy, asset, undo; nothing is left of what fails."""

from __future__ import annotations

import dataclasses
import importlib
import json
import logging
from pathlib import Path
from types import ModuleType, SimpleNamespace

import bpy
import numpy as np
import pytest

from tests.addon.conftest import _write_png

SIZE = 64
WHITE = ((240 / 255 + 0.055) / 1.055) ** 2.4  # of the base colour, as light


@pytest.fixture(scope="session")
def parts(addon: ModuleType) -> SimpleNamespace:
    def of(name: str) -> ModuleType:
        return importlib.import_module(f"{addon.__name__}.{name}")

    return SimpleNamespace(surface=of("scene.surface"), asset=of("scene.asset"),
                           nodes=of("scene.surface_nodes"), ball=of("scene.ball"), studio=of("scene.studio"),
                           hex=of("scene.hex_tiling"),
                           make_material=of("operators.make_material"), jobs=of("jobs.material"),
                           command=of("cli.material"), material=of("protocol.material"), errors=of("protocol.errors"))


@pytest.fixture
def job(parts: SimpleNamespace, tmp_path: Path) -> SimpleNamespace:
    """A folder as a material job leaves it: as white as plaster, slightly bent, half of it metal."""
    names = parts.material.MapNames()
    rng = np.random.default_rng(0)
    bent = np.full((SIZE, SIZE, 3), (128, 128, 255), np.uint8)
    bent[:, ::8, 0] = 160
    packed = np.zeros((SIZE, SIZE, 3), np.uint8)
    packed[..., 0], packed[..., 1], packed[:, :SIZE // 2, 2] = 255, rng.integers(20, 255, (SIZE, SIZE)), 255
    for name, pixels in ((names.base_colour, np.full((SIZE, SIZE, 3), 240, np.uint8)), (names.orm, packed),
                         (names.normal, bent), (names.height, np.repeat(rng.integers(
                             0, 255, (SIZE, SIZE, 1), np.uint8), 3, 2))):
        _write_png(tmp_path / name, pixels)
    request = parts.material.MaterialRequest(name="Wall", prompt="white wall", width_px=SIZE, height_px=SIZE)
    result = parts.material.MaterialResult(
        maps=names, width_px=SIZE, height_px=SIZE, height_low_px=-1.0, height_high_px=3.0,
        reader=parts.material.MaterialReader.EMBEDDED, wrap_ratio_x=1.0, wrap_ratio_y=1.0, border_ratio_x=0.5,
        border_ratio_y=0.5, repetition=0.1, normal_curl=0.0, model="mini", licence="GPL-3.0-or-later", seed=3, steps=20,
        guidance_scale=2.5, device="cpu", seconds={})
    return SimpleNamespace(folder=tmp_path, request=request, result=result)


def make(parts, job, objects=(), normals="opengl", **look):
    request = dataclasses.replace(job.request, normals=parts.material.NormalConvention(normals))
    return parts.surface.apply_surface("Wall", job.folder, request, job.result, parts.nodes.SurfaceLook(**look),
                                       dict.fromkeys(objects), pack=True)


def group_of(material) -> bpy.types.NodeTree:
    return next(node.node_tree for node in material.node_tree.nodes if node.bl_idname == "ShaderNodeGroup")


LOOKS = [{}, {"projection": "triplanar"}, {"hex_tiling": True}, {"normals": "directx"}]


@pytest.mark.parametrize("look", LOOKS)
def test_colour_is_srgb_and_all_else_is_data(parts, job, empty_scene, look) -> None:
    material = make(parts, job, **typed(parts, look))
    images = {node.image for node in group_of(material).nodes if node.bl_idname == "ShaderNodeTexImage"}
    assert len(images) == 4
    for image in images:
        assert image.colorspace_settings.name == ("sRGB" if "base colour" in image.name else "Non-Color")
        assert image.packed_file is not None


def typed(parts, look):
    kinds = {"projection": parts.nodes.Projection}
    return {name: kinds[name](value) if name in kinds else value for name, value in look.items()}


@pytest.mark.parametrize("look", LOOKS)
def test_a_ball_in_a_white_furnace_is_nowhere_brighter_than_that(parts, job, empty_scene, look) -> None:
    material = make(parts, job, **typed(parts, look))
    assert 0.5 < parts.ball.furnace(material, 32, 16) <= 1.0


def test_a_furnace_tells_a_material_that_makes_light(parts, job, empty_scene) -> None:
    material = make(parts, job)
    shader = next(node for node in group_of(material).nodes if node.bl_idname == "ShaderNodeBsdfPrincipled")
    shader.inputs["Emission Color"].default_value = (1, 1, 1, 1)
    shader.inputs["Emission Strength"].default_value = 0.2
    assert parts.ball.furnace(material, 32, 4) > 1.05


def test_a_render_of_the_ball_leaves_the_file_as_it_was(parts, job, empty_scene, snapshot) -> None:
    material = make(parts, job)
    before = snapshot()
    pixels = parts.ball.render_ball(material, 32, 2)
    assert pixels.shape == (32, 32, 4)
    assert pixels[16, 16, :3].min() > 0.05 and pixels[0, 0, 3] == 0
    after = snapshot()
    after["dirty"] = before["dirty"]
    assert after == before


def test_the_nodes_lie_in_labelled_frames_around_one_mapping(parts, job, empty_scene) -> None:
    nodes = group_of(make(parts, job, size_m=2.5)).nodes
    frames = {node.label for node in nodes if node.bl_idname == "NodeFrame"}
    assert frames == {"Coordinates", "Maps", "Relief", "Surface"}
    assert all(node.parent is not None for node in nodes if node.bl_idname != "NodeFrame")
    assert sum(node.bl_idname == "ShaderNodeMapping" for node in nodes) == 1
    size = group_of(bpy.data.materials["Wall"]).interface.items_tree["Size"]
    assert (size.default_value, size.subtype) == (2.5, "DISTANCE")


def shown(parts, material, **sockets: float) -> np.ndarray:
    """A ball of it, with these inputs of its group."""
    surface = next(node for node in material.node_tree.nodes if node.bl_idname == "ShaderNodeGroup")
    for name, value in sockets.items():
        surface.inputs[name.replace("_", " ")].default_value = value
    return parts.ball.render_ball(material, 32, 16)


def test_switches_of_the_group_lay_it_on_from_sides_and_turn_its_normals(parts, job, empty_scene) -> None:
    """As the same choice when it was made; normals in the way of DirectX are those of OpenGL with green turned."""
    by_uv, from_sides = make(parts, job), make(parts, job, **typed(parts, {"projection": "triplanar"}))
    flat, boxed = shown(parts, by_uv), shown(parts, from_sides)
    assert np.abs(flat - boxed).max() > 0.05
    np.testing.assert_allclose(shown(parts, by_uv, Triplanar=1.0), boxed, atol=1e-5)
    np.testing.assert_allclose(shown(parts, from_sides, Triplanar=0.0), flat, atol=1e-5)
    bent = np.full((SIZE, SIZE, 3), (128, 128, 230), np.uint8)
    bent[::8, :, 1] = 200
    _write_png(job.folder / job.result.maps.normal, bent)
    up = shown(parts, make(parts, job))
    bent[..., 1] = 255 - bent[..., 1]
    _write_png(job.folder / job.result.maps.normal, bent)
    np.testing.assert_allclose(shown(parts, make(parts, job, **typed(parts, {"normals": "directx"}))), up, atol=1e-4)
    assert np.abs(shown(parts, make(parts, job)) - up).max() > 0.02
    np.testing.assert_allclose(shown(parts, make(parts, job), DirectX_Normals=1.0), up, atol=1e-4)


def test_it_is_an_asset_that_tells_where_it_comes_from(parts, job, empty_scene) -> None:
    material = make(parts, job)
    data = material.asset_data
    assert {"vernissage", "white", "wall", "model: mini", "seed: 3"} == {tag.name for tag in data.tags}
    assert data.license == "GPL-3.0-or-later"
    assert data.description == material["prompt"] == "white wall"
    report = json.loads(material["report"])
    assert report["request"]["seed"] == 0 and report["result"]["model"] == "mini"


def test_the_catalogue_is_added_once_to_those_of_the_artist(parts, job, empty_scene, tmp_path) -> None:
    material = make(parts, job)
    folder = tmp_path / "library"
    folder.mkdir()
    path = folder / parts.asset.CATALOGUE_FILE
    for theirs in (None, b"VERSION 1\r\n\r\nabc:Mine:Mine\r\n", b"VERSION 1\n\nabc:\xff\xfe:Mine"):
        path.unlink(missing_ok=True)
        if theirs is not None:
            path.write_bytes(theirs)
        for _ in range(2):
            for catalogue in parts.asset.Catalogue:
                parts.asset.write_catalogue(folder, catalogue)
        written = path.read_bytes()
        assert written.startswith(theirs or b"# This is an Asset")
        lines = written.splitlines()
        assert lines.count(f"{material.asset_data.catalog_id}:Vernissage/Materials:Vernissage-Materials".encode()) == 1
        assert sum(b":Vernissage/Worlds:" in line for line in lines) == 1
        assert b"VERSION 1" in lines


@pytest.mark.parametrize("is_in_a_library", [False, True])
def test_the_catalogue_lies_where_blender_looks_for_it(parts, empty_scene, tmp_path, is_in_a_library) -> None:
    """At the root of the asset library that the file is in, or beside it."""
    assert parts.asset.catalogue_remark(parts.asset.Catalogue.WORLDS) == ()  # never saved: there is no place
    folder = tmp_path / "library" / "walls"
    folder.mkdir(parents=True)
    libraries = bpy.context.preferences.filepaths.asset_libraries
    if is_in_a_library:
        bpy.ops.preferences.asset_library_add(directory=str(tmp_path / "library"))
    bpy.ops.wm.save_as_mainfile(filepath=str(folder / "a.blend"))
    place = (tmp_path / "library" if is_in_a_library else folder) / parts.asset.CATALOGUE_FILE
    try:
        assert parts.asset.catalogue_remark(parts.asset.Catalogue.WORLDS) == ()
        assert "Vernissage/Worlds" in place.read_text()
        place.unlink()
        place.mkdir()
        (remark,) = parts.asset.catalogue_remark(parts.asset.Catalogue.WORLDS)
        assert remark.values["path"] == str(place)
    finally:
        if is_in_a_library:
            bpy.ops.preferences.asset_library_remove(index=len(libraries) - 1)


def test_a_library_behind_a_link_is_the_files_all_the_same(parts, empty_scene, tmp_path) -> None:
    """The first of the list, as Blender has it, where one lies in another."""
    (tmp_path / "library" / "walls").mkdir(parents=True)
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "library", target_is_directory=True)
    libraries = bpy.context.preferences.filepaths.asset_libraries
    count = len(libraries)
    for folder in (link, tmp_path / "library" / "walls"):
        bpy.ops.preferences.asset_library_add(directory=str(folder))
    try:
        assert parts.asset.catalogue_folder(tmp_path / "library" / "walls" / "a.blend") == link
        assert parts.asset.catalogue_folder(tmp_path / "a.blend") == tmp_path
    finally:
        while len(libraries) > count:
            bpy.ops.preferences.asset_library_remove(index=count)


def test_a_material_is_one_step_back_though_it_cannot_be_measured(parts, job, empty_scene, monkeypatch) -> None:
    def broken(*_: object, **__: object) -> float:
        raise RuntimeError("Error: no device")

    steps: list[str] = []
    monkeypatch.setattr(parts.ball, "furnace", broken)
    monkeypatch.setattr(parts.make_material, "push_undo_step", steps.append)
    made = parts.jobs.MaterialJob("Wall", folder=job.folder, request=job.request, result=job.result)
    parts.make_material._add(made, parts.nodes.SurfaceLook(), {}, pack=True)
    assert made.furnace_max is None
    assert made.material_name in bpy.data.materials
    assert len(steps) == 1


def test_it_fills_the_slots_of_objects_and_displaces_what_is_fine_enough(parts, job, cube) -> None:
    material = make(parts, job, [cube], displacement=True)
    assert cube.material_slots[0].material == material
    assert cube.modifiers[-1].type == "SUBSURF"
    adaptive = cube.modifiers[-1] if hasattr(cube.modifiers[-1], "use_adaptive_subdivision") else cube.cycles
    assert adaptive.use_adaptive_subdivision
    assert material.displacement_method == "DISPLACEMENT"
    output = next(node for node in material.node_tree.nodes if node.bl_idname == "ShaderNodeOutputMaterial")
    assert output.inputs["Displacement"].is_linked


def test_what_fails_leaves_everything_as_it_was(parts, job, cube, snapshot) -> None:
    (job.folder / job.result.maps.height).write_bytes(b"nothing")
    before = snapshot()
    with pytest.raises(parts.errors.StorageError):
        make(parts, job, [cube], hex_tiling=True)
    after = snapshot()
    after["dirty"] = before["dirty"]
    assert after == before


def test_what_a_list_cannot_keep_is_not_in_the_scene_either(parts, job, cube, snapshot, tmp_path, monkeypatch) -> None:
    def full(folder: Path, *rest: object) -> None:
        raise parts.errors.StorageError.from_os_error(folder, OSError(28, "No space left on device"))

    monkeypatch.setattr(parts.command, "keep_material", full)
    made = parts.command.MadeMaterial(name="Wall", request=job.request, wanted=None, folder=tmp_path / "out" / "Wall")
    before = snapshot()
    with pytest.raises(parts.errors.StorageError):
        parts.command._deliver(job, made, "", parts.nodes.SurfaceLook(), {cube: None})
    assert (made.asset, made.files) == ("", {})
    after = snapshot()
    after["dirty"] = before["dirty"]
    assert after == before


def test_hex_weights_add_up_to_one_and_tiles_differ(parts, job, empty_scene) -> None:
    """One colour stays what it is wherever three of it are blended."""
    material = make(parts, job, hex_tiling=True)
    group = group_of(material)
    shader = next(node for node in group.nodes if node.bl_idname == "ShaderNodeBsdfPrincipled")
    shown = shader.inputs["Base Color"].links[0].from_socket
    output = next(node for node in group.nodes if node.bl_idname == "NodeGroupOutput")
    light = group.nodes.new("ShaderNodeEmission")
    group.links.new(shown, light.inputs["Color"])
    group.links.new(light.outputs[0], output.inputs["Surface"])
    pixels = parts.ball.render_ball(material, 32, 4)
    inside = pixels[..., 3] > 0.999
    assert np.abs(pixels[inside][:, :3] - WHITE).max() < 1e-3


def test_hex_tiling_hides_that_the_picture_comes_again(parts, job, empty_scene) -> None:
    """Without it the cells of a floor are one picture; with it they differ, and hardly resemble each other."""
    rng = np.random.default_rng(1)
    blotches = np.repeat(np.repeat(rng.integers(0, 256, (8, 8, 1)), 8, 0), 8, 1)
    _write_png(job.folder / job.result.maps.base_colour, np.repeat(blotches, 3, 2).astype(np.uint8))
    material = make(parts, job, hex_tiling=True)
    group = group_of(material)
    colour = next(node for node in group.nodes if node.bl_idname == "ShaderNodeBsdfPrincipled").inputs["Base Color"]
    light = group.nodes.new("ShaderNodeEmission")
    group.links.new(colour.links[0].from_socket, light.inputs["Color"])
    end = next(node for node in group.nodes if node.bl_idname == "NodeGroupOutput")
    group.links.new(light.outputs[0], end.inputs["Surface"])

    def likeness(hexagons: float) -> float:
        """Of neighbouring cells of 2 by 2, as a correlation."""
        next(node for node in material.node_tree.nodes if node.bl_idname == "ShaderNodeGroup").inputs[
            "Hex Tiling"].default_value = hexagons
        with parts.studio.studio(64, 64, 4) as room:
            mesh = bpy.data.meshes.new("Floor")
            room.undo.callback(bpy.data.meshes.remove, mesh)
            mesh.from_pydata([(-1, 0, -1), (1, 0, -1), (1, 0, 1), (-1, 0, 1)], [], [(0, 1, 2, 3)])
            mesh.uv_layers.new().uv.foreach_set("vector", np.float32([0, 0, 2, 0, 2, 2, 0, 2]))
            mesh.materials.append(material)
            room.place(mesh)
            room.camera.type, room.camera.ortho_scale = "ORTHO", 2.0
            cells = room.rendered()[..., 1].reshape(2, 32, 2, 32).transpose(0, 2, 1, 3).reshape(4, -1)
        return float(np.corrcoef(cells)[np.triu_indices(4, 1)].max())

    assert likeness(0.0) > 0.95
    assert likeness(1.0) < 0.7


def test_displacement_moves_the_outline_by_the_metres_of_the_height(parts, job, empty_scene) -> None:
    """A plane seen from its side, at the height's 1: 3 of the 64 px of a picture that is 2 m wide."""
    _write_png(job.folder / job.result.maps.height, np.full((SIZE, SIZE, 3), 255, np.uint8))
    tops = []
    for displacement in (False, True):
        material = make(parts, job, size_m=2.0, displacement=displacement)
        with parts.studio.studio(64, 64, 4) as room:
            mesh = bpy.data.meshes.new("Plane")
            room.undo.callback(bpy.data.meshes.remove, mesh)
            mesh.from_pydata([(-1, -1, 0), (1, -1, 0), (1, 1, 0), (-1, 1, 0), (-1, 0, -0.2), (1, 0, -0.2)], [],
                             [(0, 1, 2, 3), (4, 5, 1, 0)])
            mesh.uv_layers.new()
            mesh.materials.append(material)
            room.place(mesh)
            room.camera.type, room.camera.ortho_scale = "ORTHO", 0.5
            column = room.rendered()[:, 32, 3]
        tops.append(0.25 - float(np.argmax(column > 0.5)) * 0.5 / 64)
    assert tops[0] == pytest.approx(0.0, abs=0.01)
    assert tops[1] - tops[0] == pytest.approx(3.0 * 2.0 / SIZE, abs=0.012)


def test_it_is_there_again_when_the_file_is_opened(parts, job, cube, tmp_path) -> None:
    make(parts, job, [cube])
    path = tmp_path / "scene.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(path))
    bpy.ops.wm.open_mainfile(filepath=str(path))
    material = bpy.data.materials["Wall"]
    images = {image.name: image for image in bpy.data.images if image.name.startswith("Wall")}
    assert len(images) == 4
    assert all(image.packed_file is not None and image.size[0] == SIZE for image in images.values())
    assert images["Wall normal"].colorspace_settings.is_data
    assert not images["Wall base colour"].colorspace_settings.is_data
    assert material.asset_data is not None
    assert 0.5 < parts.ball.furnace(material, 32, 16) <= 1.0


@pytest.mark.parametrize("look", LOOKS)
def test_gltf_gets_its_maps(parts, job, cube, tmp_path, look, caplog) -> None:
    """Occlusion and all, at their size on the surface, with green up. Of roughness and metal in one image, and of an
    occlusion beside them that has a Mapping node, Blender always warns, in its own manual's way too: of nothing else.
    """
    bent = np.full((SIZE, SIZE, 3), (128, 96, 255), np.uint8)
    bent[:, ::8, 0] = 160
    _write_png(job.folder / job.result.maps.normal, np.where([False, True, False], 255 - bent, bent).astype(
        np.uint8) if "normals" in look else bent)
    job.result = dataclasses.replace(job.result, width_px=2 * SIZE)
    make(parts, job, [cube], size_m=2.5, **typed(parts, look))
    path = tmp_path / "cube.gltf"
    caplog.set_level(logging.WARNING)
    bpy.ops.export_scene.gltf(filepath=str(path), export_format="GLTF_SEPARATE")
    assert {record.getMessage()[:40] for record in caplog.records} <= {
        "More than one shader node tex image used", "This case should not happen, please repo"}
    body = json.loads(path.read_text())
    (material,) = body["materials"]
    metal = material["pbrMetallicRoughness"]
    textures = (metal["baseColorTexture"], metal["metallicRoughnessTexture"], material["occlusionTexture"],
                material["normalTexture"])
    images = [body["images"][body["textures"][texture["index"]]["source"]] for texture in textures]
    assert [image["name"].replace("_", " ") for image in images] == [
        "Wall base colour", "Wall orm", "Wall orm", "Wall normal"]
    for texture in textures:  # from UVs whose v is down to a picture that is 2.5 m wide and half as high
        placed = texture["extensions"]["KHR_texture_transform"]
        assert placed["scale"] == pytest.approx([1 / 2.5, 1 / 1.25])
        assert placed["offset"] == pytest.approx([0, 1 - 1 / 1.25])
    normal = bpy.data.images.load(str(tmp_path / images[3]["uri"]))
    normal.colorspace_settings.name = "Non-Color"
    assert np.array(normal.pixels[:])[1::4] == pytest.approx(96 / 255, abs=1e-3)


def test_normals_stay_as_deep_when_they_are_turned(parts, job, empty_scene, tmp_path) -> None:
    """What is stored with 16 bits keeps them: a step of one in 65535 is not lost."""
    deep = bpy.data.images.new("deep", SIZE, SIZE, float_buffer=True)
    deep.colorspace_settings.name = "Non-Color"
    green = np.linspace(20000, 20000 + SIZE - 1, SIZE).astype(np.float32) / 65535
    values = np.ones((SIZE, SIZE, 4), np.float32)
    values[..., 1] = green
    deep.pixels.foreach_set(values.ravel())
    settings = bpy.context.scene.render.image_settings
    settings.file_format, settings.color_depth, settings.color_mode = "PNG", "16", "RGB"
    bpy.context.scene.view_settings.view_transform = "Raw"
    deep.save_render(str(job.folder / job.result.maps.normal), scene=bpy.context.scene)
    make(parts, job, normals="directx")
    turned = np.empty(SIZE * SIZE * 4, np.float32)
    bpy.data.images["Wall normal"].pixels.foreach_get(turned)
    np.testing.assert_allclose(turned[1::4].reshape(SIZE, SIZE)[0], 1 - green, atol=0.6 / 65535)
