"""Textures of more than eight bit: through the real backend into Blender, touched up there, exported."""

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

SPACES = {"PNG_8": "sRGB", "PNG_16": "sRGB", "EXR_HALF": "Linear Rec.709", "EXR_FLOAT": "Linear Rec.709"}


def paint(at_work, kind: str) -> bpy.types.Image:
    at_work.texture.picture_format = kind
    select(at_work.cube)
    assert bpy.ops.vernissage.texture_object() == {"FINISHED"}
    return texture_of(at_work.cube)


def light(image: bpy.types.Image) -> np.ndarray:
    """(H, W, 3) linear, as Blender renders it."""
    values = np.empty(len(image.pixels), np.float32)
    image.pixels.foreach_get(values)
    values = values.reshape(*image.size, -1)[..., :3].astype(np.float64)
    if image.is_float:
        return values
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


@pytest.mark.parametrize("kind", SPACES)
def test_blender_sees_the_same_colours_in_each_format(at_work, kind) -> None:
    image = paint(at_work, kind)
    assert image.colorspace_settings.name == SPACES[kind]
    assert image.is_float == (kind != "PNG_8")
    assert image.file_format == ("PNG" if "PNG" in kind else "OPEN_EXR")
    assert image.packed_file is not None
    assert image.filepath_raw.endswith(".png" if "PNG" in kind else ".exr")
    assert np.abs(light(image) - light(paint(at_work, "PNG_8"))).max() < 0.006  # half a step of eight bit, at white


@pytest.mark.parametrize("kind", ["PNG_16", "EXR_HALF", "EXR_FLOAT"])
def test_a_file_beside_the_blend(at_work, kind, tmp_path) -> None:
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "scene.blend"))
    preferences = bpy.context.preferences.addons[at_work.part("preferences").__package__].preferences
    before = preferences.image_storage
    preferences.image_storage = "BESIDE"
    try:
        image = paint(at_work, kind)
    finally:
        preferences.image_storage = before
    assert image.packed_file is None
    assert Path(bpy.path.abspath(image.filepath)).is_file()
    assert light(image).std() > 0.01


@pytest.mark.parametrize("kind", ["PNG_16", "EXR_HALF", "EXR_FLOAT"])
def test_touching_up_keeps_the_rest_to_the_last_bit(at_work, kind) -> None:
    before = light(paint(at_work, kind))
    for polygon in at_work.cube.data.polygons:
        polygon.select = polygon.index == 2
    bpy.context.scene.vernissage.touch_up.feather = 0
    at_work.texture.prompt, at_work.texture.picture_format = "blue ice", "PNG_8"
    assert bpy.ops.vernissage.touch_up() == {"FINISHED"}
    image = texture_of(at_work.cube)
    changed = (light(image) != before).any(axis=2)
    assert 0.02 < changed.mean() < 0.5
    assert image["picture_format"] == {"PNG_16": "png16", "EXR_HALF": "exr-half", "EXR_FLOAT": "exr-float"}[kind]
    assert json.loads(image["report"])["request"]["picture_format"] == image["picture_format"]


def test_an_image_of_lights_own_is_touched_up(at_work) -> None:
    """Painted in Blender in 32-bit floats, never in a file, brighter than 1."""
    image = paint(at_work, "PNG_8")
    own = bpy.data.images.new("Own", 128, 128, float_buffer=True)
    own.pixels.foreach_set(np.random.default_rng(1).random(128 * 128 * 4, np.float32) * 3)
    image.user_remap(own)
    at_work.cube.active_material.node_tree.nodes.active = next(
        node for node in at_work.cube.active_material.node_tree.nodes if node.bl_idname == "ShaderNodeTexImage")
    for polygon in at_work.cube.data.polygons:
        polygon.select = polygon.index == 2
    assert bpy.ops.vernissage.touch_up() == {"FINISHED"}
    after = light(texture_of(at_work.cube))
    kept = (after == light(own)).all(axis=2)
    assert 0.5 < kept.mean() < 0.98
    assert after.max() > 2


@pytest.mark.parametrize("kind", ["png16", "exr-half", "exr-float"])
def test_the_command_saves_and_exports_it(scene, tiny_model, tmp_path, kind) -> None:
    saved, exported, report = tmp_path / "out.blend", tmp_path / "out.glb", tmp_path / "out.json"
    code, _, said = run(scene, "texture", "--object", "Sphere", "--prompt", "red brick", "--model", tiny_model, *QUICK,
                        "--format", kind, "--save", saved, "--export", exported, "--report", report)
    assert code == 0, said
    assert json.loads(report.read_text(encoding="utf-8"))["objects"][0]["picture_format"] == kind
    bpy.ops.wm.open_mainfile(filepath=str(saved))
    image = texture_of(bpy.data.objects["Sphere"])
    assert image.is_float
    assert image.packed_file is not None
    before = light(image)
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True, load_ui=False)
    bpy.ops.import_scene.gltf(filepath=str(exported))
    image, = (image for image in bpy.data.images if image.size[0] == 128)
    assert image.file_format == "PNG"  # what glTF knows
    assert np.abs(light(image) - before).max() < 0.006
