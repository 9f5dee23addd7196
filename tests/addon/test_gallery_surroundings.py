"""Floors, walls and the outside of an exhibition, as its plan names them."""

from __future__ import annotations

import dataclasses
import importlib
import json
import math
from pathlib import Path
from types import ModuleType, SimpleNamespace

import bpy
import numpy as np
import pytest

from tests.addon.conftest import _write_png
from tests.addon.two_rooms import gallery_parts, two_rooms

SKY_LX = 300.0  # outside a white cube, see `scene.gallery.looks`


@pytest.fixture
def parts(addon: ModuleType, empty_scene: bpy.types.Scene) -> SimpleNamespace:
    parts = gallery_parts(addon, empty_scene)
    parts.surroundings = importlib.import_module(f"{addon.__name__}.scene.gallery.surroundings")
    parts.made = importlib.import_module(f"{addon.__name__}.scene.gallery.surroundings_made")
    parts.eevee_light = importlib.import_module(f"{addon.__name__}.scene.gallery.eevee_light")
    parts.covering = importlib.import_module(f"{addon.__name__}.protocol.exhibition").Covering
    return parts


@pytest.fixture
def material(tmp_path: Path) -> Path:
    """A folder with the pictures of a dark material, twice as wide as high."""
    folder = tmp_path / "slate"
    folder.mkdir()
    for name, colour in (("base_colour", (40, 50, 60)), ("normal", (128, 128, 255)), ("orm", (255, 90, 0))):
        _write_png(folder / f"{name}.png", np.full((32, 64, 3), colour, np.uint8))
    return folder


@pytest.fixture
def panorama(tmp_path: Path) -> Path:
    """Uneven light above, much light below, and the picture that the camera sees of it."""
    image = bpy.data.images.new("sky", 64, 32, float_buffer=True)
    pixels = np.ones((32, 64, 4), np.float32)
    pixels[:16, :, :3] = 9  # the lower half
    pixels[20:24, 8:20, :3] = 40
    image.pixels.foreach_set(pixels.ravel())
    image.file_format = "OPEN_EXR"
    image.save(filepath=str(tmp_path / "sky.exr"))
    bpy.data.images.remove(image)
    _write_png(tmp_path / "sky.jpg", np.full((32, 64, 3), (90, 140, 220), np.uint8))
    return tmp_path / "sky.exr"


def test_floors_and_walls_have_the_materials_of_the_plan(parts, material, tmp_path) -> None:
    plan = two_rooms(parts, tmp_path)
    slate = parts.covering(folder=material.name, width_m=1.5)
    parts.build.build_exhibition(parts.scene, dataclasses.replace(plan, floor=slate, walls=slate), tmp_path)
    found = parts.parts.find_parts(parts.parts.exhibition_collection(parts.scene))
    (floor,) = found["room-1 floor"].data.materials
    nodes = {node.type: node for node in floor.node_tree.nodes}
    files = {Path(bpy.path.abspath(node.image.filepath)).name for node in floor.node_tree.nodes
             if node.type == "TEX_IMAGE"}
    assert files == {"base_colour.png", "normal.png", "orm.png"}
    assert list(nodes["MAPPING"].inputs["Scale"].default_value) == pytest.approx([1 / 1.5, 2 / 1.5, 1])
    assert nodes["BSDF_PRINCIPLED"].inputs["Normal"].links
    assert nodes["BSDF_PRINCIPLED"].inputs["Roughness"].links
    (title,) = found["room-2 title"].data.materials
    assert title.diffuse_color[0] > 0.5  # light letters on dark walls
    top = parts.parts.exhibition_collection(parts.scene)
    assert floor.asset_data.catalog_id == top.asset_data.catalog_id
    assert top.asset_data.description == "Show"
    again = parts.build.build_exhibition(parts.scene, dataclasses.replace(plan, floor=slate, walls=slate), tmp_path)
    assert not (again.built.replaced or again.built.made)
    plain = parts.build.build_exhibition(parts.scene, plan, tmp_path)
    assert "room-1 floor" in plain.built.replaced


def test_a_panorama_gives_the_light_of_the_outside(parts, panorama, tmp_path) -> None:
    plan = dataclasses.replace(two_rooms(parts, tmp_path), outside=panorama.name)
    built = parts.build.build_exhibition(parts.scene, plan, tmp_path)
    parts.build.set_up_scene(parts.scene, built, plan, tmp_path)
    world = parts.scene.world
    light, picture = (node for node in world.node_tree.nodes if node.type == "TEX_ENVIRONMENT")
    assert (Path(light.image.filepath).name, Path(picture.image.filepath).name) == ("sky.exr", "sky.jpg")
    strength = light.outputs["Color"].links[0].to_node.inputs["Strength"].default_value
    stored = np.empty(64 * 32 * 4, np.float32)  # 4.2 encodes what it saves
    light.image.pixels.foreach_get(stored)
    above = stored.reshape(32, 64, 4)[::-1][:16, :, 0].astype(float)  # from the zenith down
    assert above.max() > 3 * above.min()
    zenith = (np.arange(16) + 0.5) * math.pi / 32
    weight = np.cos(zenith) * np.sin(zenith) * (math.pi / 32) ** 2
    lux = 683 * strength * (above.sum(1) * weight).sum()
    assert lux == pytest.approx(SKY_LX, rel=0.02)
    assert parts.surroundings.write_sky(world, parts.build.EXPOSURE, tmp_path) == "sky.webp"
    sky = bpy.data.images.load(str(tmp_path / "sky.webp"))
    assert np.array(sky.pixels[:3]) == pytest.approx(np.array([90, 140, 220]) / 255, abs=0.03)


def test_what_cannot_be_read_is_told_and_the_architecture_s_own_is_there(parts, tmp_path) -> None:
    plan = dataclasses.replace(two_rooms(parts, tmp_path), floor=parts.covering(folder="gone"), outside="gone.exr")
    built = parts.build.build_exhibition(parts.scene, plan, tmp_path)
    parts.build.set_up_scene(parts.scene, built, plan, tmp_path)
    assert [("floor" in remark.sentence or "material" in remark.sentence, "gone" in str(remark.values))
            for remark in built.remarks[:1]] == [(True, True)]
    assert "panorama" in built.remarks[-1].sentence
    assert parts.surroundings.write_sky(parts.scene.world, parts.build.EXPOSURE, tmp_path) == ""


@pytest.mark.parametrize(("architecture", "least_lx", "most_lx"), [
    ("black-box", 0.5, 5), ("brutalist", 20, 60), ("white-cube", 80, 200), ("pavilion", 100, 200)])
def test_eevee_lights_rooms_as_surfaces_do_and_not_by_the_sky(parts, tmp_path, architecture, least_lx, most_lx) -> None:
    plan = two_rooms(parts, tmp_path)
    glazed = (parts.plan.Wall.SOUTH,) if architecture == "pavilion" else ()
    plan = dataclasses.replace(plan, architecture=parts.kinds.Architecture(architecture), rooms=tuple(
        dataclasses.replace(room, glazed=glazed) for room in plan.rooms))
    world = parts.build.plain_sky(300.0)
    parts.eevee_light.add_eevee_output(world, plan)
    lux, colour = parts.eevee_light.ambient_lx(plan)
    assert least_lx <= lux <= most_lx
    assert np.dot(colour, (0.2126, 0.7152, 0.0722)) == pytest.approx(1)
    cycles, eevee = (world.node_tree.get_output_node(engine) for engine in ("CYCLES", "EEVEE"))
    assert cycles.inputs["Surface"].links[0].from_node.type == "BACKGROUND"
    mix = eevee.inputs["Surface"].links[0].from_node
    assert [socket.links[0].from_node.type for socket in mix.inputs] == ["LIGHT_PATH", "BACKGROUND", "BACKGROUND"]
    assert mix.inputs[1].links[0].from_node.inputs["Strength"].default_value == pytest.approx(
        parts.surfaces.radiance(lux))


def test_the_page_tells_how_floors_and_the_outside_were_made(parts, material, panorama, tmp_path) -> None:
    """Of cards of ours, of what still is in the scene; nothing of the architecture's own walls."""
    for card, told in ((material / "material.json", {"prompt": "slate", "seed": 7}),
                       (panorama.with_suffix(".json"), {"prompt": "hills", "steps": None})):
        card.write_text(json.dumps({"vernissage": "any", "request": told, "result": {
            "model": "/models/mini", "licence": "GPL-3.0-or-later", "guidance_scale": 3.0, "wrap_ratio_x": 1.0}}))
    plan = dataclasses.replace(two_rooms(parts, tmp_path), floor=parts.covering(folder=material.name),
                               outside=panorama.name)
    parts.build.set_up_scene(parts.scene, parts.build.build_exhibition(parts.scene, plan, tmp_path), plan, tmp_path)
    top = parts.parts.exhibition_collection(parts.scene)
    model = {"model": "mini", "licence": "GPL-3.0-or-later", "guidance_scale": "3"}
    floor = {"surface": "floor", "made": {"prompt": "slate", "seed": "7", **model}}
    outside = {"surface": "outside", "made": {"prompt": "hills", **model}}
    assert parts.made.made_surroundings(plan, tmp_path, top, parts.scene.world) == [floor, outside]
    (material / "material.json").write_text("[]")
    assert parts.made.made_surroundings(plan, tmp_path, top, parts.scene.world) == [outside]
    assert parts.made.made_surroundings(plan, tmp_path, top, bpy.data.worlds.new("an artist's own")) == []
