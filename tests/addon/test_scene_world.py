"""Worlds in the .blend: what they light, and with what, as Cycles renders it."""

from __future__ import annotations

import importlib
import json
import math
from pathlib import Path
from types import ModuleType, SimpleNamespace

import bpy
import numpy as np
import pytest

HEIGHT = 64


@pytest.fixture
def parts(addon: ModuleType, empty_scene: bpy.types.Scene) -> SimpleNamespace:
    """The parts of the add-on, and an empty scene."""
    def part(name: str) -> ModuleType:
        return importlib.import_module(f"{addon.__name__}.{name}")

    return SimpleNamespace(scene=empty_scene, world=part("scene.world"), preview=part("scene.world_preview"),
                           protocol=part("protocol.world"))


def write_maps(folder: Path, azimuth: float | None = None) -> None:
    """`world.exr`, even at 0.5, with a patch of light at an azimuth on the horizon; `world.jpg`, even grey."""
    folder.mkdir(exist_ok=True)
    light = np.full((HEIGHT, 2 * HEIGHT, 4), 0.5, np.float32)
    if azimuth is not None:
        column = round((0.5 - azimuth / (2 * math.pi)) * 2 * HEIGHT) % (2 * HEIGHT)
        light[HEIGHT // 2 - 8:HEIGHT // 2 + 8, (np.arange(-6, 6) + column) % (2 * HEIGHT)] = 40
    for name, kind, pixels in (("world.exr", "OPEN_EXR", light), ("world.jpg", "JPEG", np.full_like(light, 0.25))):
        image = bpy.data.images.new("map", 2 * HEIGHT, HEIGHT, float_buffer=kind == "OPEN_EXR")
        if kind == "OPEN_EXR":
            image.colorspace_settings.name = "Non-Color"  # or it would be written as sRGB
        pixels[..., 3] = 1
        image.pixels.foreach_set(pixels[::-1].ravel())
        image.file_format, image.filepath_raw = kind, str(folder / name)
        image.save()
        bpy.data.images.remove(image)


def result_of(protocol: ModuleType, sun: object = None) -> object:
    return protocol.WorldResult(
        radiance="world.exr", picture="world.jpg", width_px=2 * HEIGHT, height_px=HEIGHT, sun=sun, wrap_ratio=1.0,
        seam_ratio=1.0, border_ratio=0.5, pole_deviation=0.0,
        light=6.3, peak_to_median=1.0, model="mini-sky", seed=1, steps=2,
        guidance_scale=2.0, device="cpu", seconds={}, licence="CC0-1.0")


def add(parts: SimpleNamespace, folder: Path, *, azimuth: float | None = None, sun: object = None,
        request: dict[str, object] | None = None, **setup: object) -> bpy.types.World:
    write_maps(folder, azimuth)
    wanted = parts.protocol.WorldRequest(**{"prompt": "noon", "sun_apart": sun is not None} | (request or {}))
    return parts.world.add_world(parts.scene, folder, wanted, result_of(parts.protocol, sun),
                                 parts.world.WorldSetup(**setup))


def sun_at(parts: SimpleNamespace, azimuth: float, elevation: float, irradiance: tuple[float, float, float]) -> object:
    flat = math.cos(elevation)
    return parts.protocol.Sun(
        direction=(flat * math.cos(azimuth), flat * math.sin(azimuth), math.sin(elevation)), irradiance=irradiance,
        angle_rad=0.01, is_estimated=True)


def render(scene: bpy.types.Scene, tmp_path: Path, samples: int = 32) -> np.ndarray:
    """(H, W, 4) linear, row 0 at the bottom."""
    scene.render.engine = "CYCLES"
    scene.cycles.samples, scene.cycles.use_denoising, scene.cycles.seed = samples, False, 1
    scene.cycles.sample_clamp_indirect = 0
    scene.render.resolution_x = scene.render.resolution_y = 32
    scene.render.resolution_percentage = 100
    settings = scene.render.image_settings
    if hasattr(settings, "media_type"):
        settings.media_type = "IMAGE"
    settings.file_format, settings.color_depth, settings.color_mode = "OPEN_EXR", "32", "RGBA"
    scene.render.filepath = str(tmp_path / "render.exr")
    bpy.ops.render.render(write_still=True)
    image = bpy.data.images.load(scene.render.filepath, check_existing=False)
    pixels = np.empty(32 * 32 * 4, np.float32)
    image.pixels.foreach_get(pixels)
    bpy.data.images.remove(image)
    return pixels.reshape(32, 32, 4)


def look_down(scene: bpy.types.Scene, height: float = 5.0) -> None:
    """An orthographic camera from above, x to the right, y up, 2.2 m wide."""
    camera = bpy.data.cameras.new("Camera")
    camera.type, camera.ortho_scale = "ORTHO", 2.2
    scene.camera = bpy.data.objects.new("Camera", camera)
    scene.camera.location = (0, 0, height)
    scene.collection.objects.link(scene.camera)


def white_ball() -> bpy.types.Object:
    bpy.ops.mesh.primitive_uv_sphere_add(segments=32, ring_count=16)
    ball = bpy.context.object
    bpy.ops.object.shade_smooth()
    material = bpy.data.materials.new("White")
    if material.node_tree is None:
        material.use_nodes = True
    nodes = material.node_tree.nodes
    nodes.clear()
    shader, output = nodes.new("ShaderNodeBsdfDiffuse"), nodes.new("ShaderNodeOutputMaterial")
    shader.inputs["Color"].default_value = (1, 1, 1, 1)
    material.node_tree.links.new(shader.outputs[0], output.inputs[0])
    ball.data.materials.append(material)
    return ball


def lit_azimuth(pixels: np.ndarray) -> float:
    """From which side, counterclockwise from +x, a ball is lit."""
    light = pixels[..., 1] - np.median(pixels[..., 1])
    rows, columns = np.mgrid[:32, :32] - 15.5
    inside = rows**2 + columns**2 < 14**2
    return math.atan2((light * rows)[inside].sum(), (light * columns)[inside].sum())


def turned(angle: float, by: float) -> float:
    return (angle - by + math.pi) % (2 * math.pi) - math.pi


@pytest.mark.parametrize("azimuth", [0.5, -2.0])
def test_light_comes_from_where_the_panorama_has_it_and_turns_with_the_world(parts, tmp_path, azimuth) -> None:
    white_ball()
    look_down(parts.scene)
    world = add(parts, tmp_path / "maps", azimuth=azimuth)
    first = lit_azimuth(render(parts.scene, tmp_path))
    assert turned(first, azimuth) == pytest.approx(0, abs=0.1)
    world.node_tree.nodes["Rotation"].inputs["Rotation"].default_value[2] = 1.2
    assert turned(lit_azimuth(render(parts.scene, tmp_path)), azimuth + 1.2) == pytest.approx(0, abs=0.1)


def test_the_sun_s_lamp_shines_from_its_direction_and_turns_with_the_world(parts, tmp_path) -> None:
    white_ball()
    look_down(parts.scene)
    sun = sun_at(parts, 0.9, 0.3, (3.0, 3.0, 3.0))
    world = add(parts, tmp_path / "maps", sun=sun, rotation_rad=0.4)
    lamp = next(obj for obj in parts.scene.objects if obj.type == "LIGHT")
    bpy.context.view_layer.update()
    shines = -np.array(lamp.evaluated_get(bpy.context.evaluated_depsgraph_get()).matrix_world.col[2][:3])
    flat = math.cos(0.3)
    np.testing.assert_allclose(-shines, [flat * math.cos(1.3), flat * math.sin(1.3), math.sin(0.3)], atol=1e-4)
    assert turned(lit_azimuth(render(parts.scene, tmp_path)), 1.3) == pytest.approx(0, abs=0.1)
    world.node_tree.nodes["Rotation"].inputs["Rotation"].default_value[2] = -1.0
    assert turned(lit_azimuth(render(parts.scene, tmp_path)), -0.1) == pytest.approx(0, abs=0.1)


def test_a_lamp_of_an_irradiance_lights_as_a_panorama_does_that_holds_it(parts, tmp_path) -> None:
    """A white plane that faces the sun gives back irradiance / π; under an even sky of 0.5 it gives back 0.5."""
    bpy.ops.mesh.primitive_plane_add(size=4)
    plane, ball = bpy.context.object, white_ball()
    plane.data.materials.append(ball.data.materials[0])
    bpy.data.objects.remove(ball)
    look_down(parts.scene)
    add(parts, tmp_path / "maps")
    dull = render(parts.scene, tmp_path, 64)[..., :3].mean(axis=(0, 1))
    np.testing.assert_allclose(dull, 0.5, rtol=0.02)
    add(parts, tmp_path / "maps", sun=sun_at(parts, 0.0, math.pi / 2, (3.0, 1.5, 0.75)), strength=2.0)
    sunny = render(parts.scene, tmp_path, 64)[..., :3].mean(axis=(0, 1))
    np.testing.assert_allclose(sunny, 1.0 + np.array([6.0, 3.0, 1.5]) / math.pi, rtol=0.02)


def test_the_camera_sees_the_picture_and_what_is_lit_the_radiance(parts, tmp_path) -> None:
    look_down(parts.scene)
    add(parts, tmp_path / "maps", background=2.0, request={"exposure_ev": 1.0})
    seen = render(parts.scene, tmp_path, 4)[..., :3].mean()
    encoded = round(0.25 * 255) / 255
    assert seen == pytest.approx(2 * 2 * ((encoded + 0.055) / 1.055) ** 2.4, rel=0.05)


def test_the_ground_is_where_the_panorama_s_camera_saw_it(parts, tmp_path) -> None:
    """A picture whose colours are directions, seen from another place than it was taken from: the ground at p shows the
    direction from the panorama's camera, 1.6 m above the middle, to p; far off the direction itself."""
    write_maps(tmp_path / "maps")
    rows, columns = np.mgrid[:HEIGHT, :2 * HEIGHT] + 0.5
    azimuth, latitude = math.pi * (1 - columns / HEIGHT), math.pi * (0.5 - rows / HEIGHT)
    toward = np.stack([np.cos(latitude) * np.cos(azimuth), np.cos(latitude) * np.sin(azimuth), np.sin(latitude)], -1)
    image = bpy.data.images.new("map", 2 * HEIGHT, HEIGHT)
    image.pixels.foreach_set(np.dstack([toward / 2 + 0.5, np.ones((HEIGHT, 2 * HEIGHT))])[::-1].astype("f").ravel())
    image.file_format, image.filepath_raw = "JPEG", str(tmp_path / "maps" / "world.jpg")
    image.save(quality=100)
    camera = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
    camera.location, camera.rotation_euler = (3, -2, 2.5), (math.radians(55), 0, 0.6)
    parts.scene.collection.objects.link(camera)
    parts.scene.camera = camera
    request = parts.protocol.WorldRequest(prompt="noon")
    parts.world.add_world(parts.scene, tmp_path / "maps", request, result_of(parts.protocol),
                          parts.world.WorldSetup(has_ground=True, rotation_rad=0.8))
    light = render(parts.scene, tmp_path, 16)[..., :3]
    shown = np.where(light <= 0.0031308, 12.92 * light, 1.055 * np.maximum(light, 1e-9) ** (1 / 2.4) - 0.055) * 2 - 1
    half = math.tan(camera.data.angle / 2)
    for row, column in ((4, 16), (10, 5), (16, 16), (16, 28), (30, 16)):
        across, up = (column + 0.5) / 16 - 1, (row + 0.5) / 16 - 1
        ray = np.array(camera.matrix_world.to_3x3()) @ [across * half, up * half, -1]
        ray /= np.linalg.norm(ray)
        eye = np.array(camera.location)
        met = eye + ray * (eye[2] / -ray[2]) if ray[2] < 0 else np.full(3, np.inf)
        if np.linalg.norm(met) > 50:
            along = eye @ ray
            met = eye + ray * (math.sqrt(along**2 + 2500 - eye @ eye) - along)
        expected = met - [0, 0, 1.6]
        expected /= np.linalg.norm(expected)
        cos, sin = math.cos(-0.8), math.sin(-0.8)
        expected[:2] = cos * expected[0] - sin * expected[1], sin * expected[0] + cos * expected[1]
        seen = shown[row, column] / np.linalg.norm(shown[row, column])
        assert seen @ expected > math.cos(0.05), (row, column, seen, expected)


def test_shadows_are_caught(parts, tmp_path) -> None:
    bpy.ops.mesh.primitive_cube_add(size=0.5, location=(0, 0, 1))
    look_down(parts.scene)
    parts.scene.render.film_transparent = True
    add(parts, tmp_path / "maps", sun=sun_at(parts, 0.0, 0.9, (4.0, 4.0, 4.0)), catches_shadows=True)
    alpha = render(parts.scene, tmp_path)[..., 3]
    assert alpha[16, 3:7].max() > 0.3  # the shadow falls to -x
    assert alpha[2, 28] < 0.15


def test_another_world_takes_the_place_of_the_lamp_and_the_catcher_and_leaves_the_artist_s(parts, tmp_path) -> None:
    own = [bpy.data.objects.new("Sun", bpy.data.lights.new("Sun", "SUN")),
           bpy.data.objects.new("Shadow Catcher", bpy.data.meshes.new("Shadow Catcher"))]
    for obj in own:
        parts.scene.collection.objects.link(obj)
    sun = sun_at(parts, 0.0, 0.9, (4.0, 4.0, 4.0))
    for _ in range(2):
        add(parts, tmp_path / "maps", sun=sun, catches_shadows=True)
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "saved.blend"))
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "saved.blend"))
    parts.scene = bpy.context.scene
    world = add(parts, tmp_path / "maps", sun=sun, catches_shadows=True)
    lamps = [obj for obj in parts.scene.objects if obj.type == "LIGHT"]
    assert {lamp.name for lamp in lamps} == {"Sun", f"{world.name} sun"}
    assert len(bpy.data.lights) == 2
    assert [obj.is_shadow_catcher for obj in parts.scene.objects if obj.type == "MESH"].count(True) == 1
    add(parts, tmp_path / "maps")  # all of its light is in the World
    assert [obj.name for obj in parts.scene.objects if obj.type == "LIGHT"] == ["Sun"]
    assert len(parts.scene.objects) == 3


def test_balls_show_the_light_of_a_world_and_leave_the_file_as_it_was(parts, tmp_path, snapshot) -> None:
    """The chrome ball mirrors; the grey one gives back 18 % of an even sky, and of a sun irradiance / π besides."""
    write_maps(tmp_path / "maps", azimuth=2.2)
    radiance = bpy.data.images.load(str(tmp_path / "maps" / "world.exr"))
    before = snapshot()
    balls = parts.preview.render_balls(radiance, None, 32, samples=16)
    light = balls[..., 1].copy()
    light[:, 32:] = 0
    row, column = np.unravel_index(light.argmax(), light.shape)
    assert light.max() == pytest.approx(40, rel=0.1)
    assert abs(row - 15.5) < 5
    # Seen along +x, +y to the left: a mirror shows what is at 2.2 where its normal halves the angle to the eye at -x.
    assert column - 15.5 == pytest.approx(-16 / 1.2 * math.sin((math.pi - 2.2) / 2), abs=2)
    write_maps(tmp_path / "maps")
    radiance.reload()
    flat = math.sqrt(0.5)
    sun = sun_at(parts, math.pi, math.pi / 4, (3.0, 3.0, 3.0))
    balls = parts.preview.render_balls(radiance, sun, 32, samples=64)
    # The grey ball's normals at its middle and a quarter turn higher: the sun stands 45° over the eye's direction.
    assert balls[16, 48, 1] == pytest.approx(0.18 * (0.5 + 3 * flat / math.pi), rel=0.1)
    assert balls[28, 48, 1] == pytest.approx(0.18 * 0.5, rel=0.15)
    after = snapshot()
    after["dirty"] = before["dirty"]
    assert after == before


def test_a_preview_has_the_panorama_above_and_the_balls_below(parts, tmp_path) -> None:
    write_maps(tmp_path / "maps")
    request = parts.protocol.WorldRequest(prompt="noon", exposure_ev=3.0)
    parts.preview.write_world_preview(tmp_path / "p.png", tmp_path / "maps", request, result_of(parts.protocol), 64)
    world = parts.world.add_world(parts.scene, tmp_path / "maps", request, result_of(parts.protocol),
                                  parts.world.WorldSetup(), preview=tmp_path / "p.png")
    shown = np.array(world.preview.image_pixels_float[:]).reshape(64, 64, 4)[::-1]
    np.testing.assert_allclose(shown[:32, :, :3], 0.25, atol=0.02)
    assert shown[48, 48, 1] == pytest.approx(1.055 * (0.18 * 0.5 / 8) ** (1 / 2.4) - 0.055, abs=0.02)
    assert shown[33, 1, 3] == 0


def test_colour_spaces_and_provenance_outlive_the_file(parts, tmp_path) -> None:
    world = add(parts, tmp_path / "maps", sun=sun_at(parts, 0.0, 0.5, (1.0, 1.0, 1.0)))
    name = world.name
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "saved.blend"))
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "saved.blend"))
    world = bpy.data.worlds[name]
    assert bpy.context.scene.world == world
    radiance, picture = (node.image for node in world.node_tree.nodes if node.bl_idname == "ShaderNodeTexEnvironment")
    assert radiance.colorspace_settings.name == "Linear Rec.709"
    assert picture.colorspace_settings.name == "sRGB"
    assert radiance.packed_file
    assert radiance.is_float
    assert world.asset_data.description == "noon"
    assert {"vernissage", "noon", "HDRI", "seed: 1"} <= {tag.name for tag in world.asset_data.tags}
    assert world.asset_data.license == world["licence"] == "CC0-1.0"
    assert world.asset_data.catalog_id
    assert json.loads(world["report"])["request"]["prompt"] == "noon"
    assert {node.label for node in world.node_tree.nodes if node.type == "FRAME"} == {
        "Placement", "Lighting", "Background"}


def test_a_picture_that_is_missing_changes_nothing(parts, tmp_path, snapshot) -> None:
    write_maps(tmp_path / "maps")
    (tmp_path / "maps" / "world.jpg").unlink()
    before = snapshot()
    with pytest.raises(Exception, match="cannot be read"):
        parts.world.add_world(parts.scene, tmp_path / "maps", parts.protocol.WorldRequest(prompt="noon"),
                              result_of(parts.protocol), parts.world.WorldSetup(catches_shadows=True))
    assert snapshot() == before
