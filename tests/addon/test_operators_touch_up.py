"""Touching up a texture that an object shows, through the operator and the real backend."""

from __future__ import annotations

import json
import math

import bpy
import numpy as np
import pytest

from tests.addon.test_operators_texture import at_work, select

__all__ = ["at_work"]  # the fixture


def texture_of(obj: bpy.types.Object) -> bpy.types.Image:
    return next(node.image for node in obj.active_material.node_tree.nodes if node.bl_idname == "ShaderNodeTexImage")


def pixels(image: bpy.types.Image) -> np.ndarray:
    values = np.empty(len(image.pixels), np.float32)
    image.pixels.foreach_get(values)
    return np.rint(values.reshape(*image.size, 4)[..., :3] * 255).astype(int)


@pytest.fixture
def painted(at_work):
    """The cube, textured, with one side selected."""
    select(at_work.cube)
    assert bpy.ops.vernissage.texture_object() == {"FINISHED"}
    for polygon in at_work.cube.data.polygons:
        polygon.select = polygon.index == 2
    at_work.texture.prompt = "blue ice"
    at_work.touch_up = bpy.context.scene.vernissage.touch_up
    at_work.touch_up.feather = 0
    return at_work


def test_the_selected_faces_are_new_and_the_rest_is_as_it_was(painted) -> None:
    before = pixels(texture_of(painted.cube))
    assert bpy.ops.vernissage.touch_up() == {"FINISHED"}
    image = texture_of(painted.cube)
    changed = (pixels(image) != before).any(axis=2)
    uvs = np.empty((24, 2), np.float32)
    painted.cube.data.uv_layers.active.uv.foreach_get("vector", uvs.ravel())
    low, high = uvs[8:12].min(0) * 128, uvs[8:12].max(0) * 128
    inside = np.zeros((128, 128), bool)
    inside[math.ceil(low[1]):math.floor(high[1]), math.ceil(low[0]):math.floor(high[0])] = True
    assert changed[inside].mean() > 0.9
    for face in {0, 1, 3, 4, 5}:
        column, row = (uvs[4 * face:4 * face + 4].mean(0) * 128).astype(int)
        assert not changed[row - 4:row + 4, column - 4:column + 4].any()
    report = json.loads(image["report"])
    assert report["request"]["touch_up"]["region"] == "faces"
    assert report["request"]["texture_size_px"] == 128
    assert image["prompt"] == "blue ice"


def test_a_mask_of_blenders_is_read(painted) -> None:
    mask = bpy.data.images.new("Where", 64, 64)
    mask.pixels.foreach_set(np.tile(np.float32([1, 1, 1, 1]), 64 * 64))
    painted.touch_up.region, painted.touch_up.mask = "MASK", mask
    before = pixels(texture_of(painted.cube))
    assert bpy.ops.vernissage.touch_up() == {"FINISHED"}
    assert (pixels(texture_of(painted.cube)) != before).any(axis=2).mean() > 0.2


def test_what_cannot_be_touched_up_says_so(painted) -> None:
    for polygon in painted.cube.data.polygons:
        polygon.select = False
    with pytest.raises(RuntimeError, match="No face of Cube is selected"):
        bpy.ops.vernissage.touch_up()
    painted.touch_up.region = "MASK"
    with pytest.raises(RuntimeError, match="No mask is chosen"):
        bpy.ops.vernissage.touch_up()
    painted.touch_up.region = "VIEW"
    with pytest.raises(RuntimeError, match="no 3D viewport"):
        bpy.ops.vernissage.touch_up()
    painted.touch_up.region = "FACES"
    select(painted.sphere)
    with pytest.raises(RuntimeError, match="shows no texture"):
        bpy.ops.vernissage.touch_up()


def test_an_image_of_another_shape_is_refused(painted) -> None:
    material = bpy.data.materials.new("Own")
    if material.node_tree is None:
        material.use_nodes = True
    node = material.node_tree.nodes.new("ShaderNodeTexImage")
    node.image = bpy.data.images.new("Wide", 128, 64)
    material.node_tree.nodes.active = node
    painted.cube.material_slots[0].material = material
    with pytest.raises(RuntimeError, match="128 x 64 pixels"):
        bpy.ops.vernissage.touch_up()


def test_a_refused_touch_up_changes_nothing(painted, snapshot) -> None:
    for polygon in painted.cube.data.polygons:
        polygon.select = False
    before = snapshot()
    with pytest.raises(RuntimeError):
        bpy.ops.vernissage.touch_up()
    assert snapshot() == before


def test_several_objects_are_touched_up_in_one_go(painted) -> None:
    select(painted.sphere)
    bpy.ops.vernissage.texture_object()
    select(painted.cube, painted.sphere)
    before = [pixels(texture_of(obj)) for obj in (painted.cube, painted.sphere)]
    assert bpy.ops.vernissage.touch_up() == {"FINISHED"}
    for obj, was in zip((painted.cube, painted.sphere), before, strict=True):
        assert 0.02 < (pixels(texture_of(obj)) != was).any(axis=2).mean() < 0.95


@pytest.mark.parametrize("what", ["transparent", "no colours", "missing"])
def test_what_a_touch_up_would_harm_is_refused(painted, tmp_path, what: str) -> None:
    node = next(node for node in painted.cube.active_material.node_tree.nodes if node.bl_idname == "ShaderNodeTexImage")
    image = bpy.data.images.new("Leaf", 128, 128, alpha=True)
    values = np.ones((128, 128, 4), np.float32)
    values[:64, :, 3] = 0
    if what == "transparent":
        image.pixels.foreach_set(values.ravel())
    if what == "no colours":
        image.colorspace_settings.name = "Non-Color"
    if what == "missing":
        image.source = "FILE"
        image.filepath = str(tmp_path / "nothing.png")
        image.reload()
    image["vernissage_version"] = "0"
    node.image = image
    material = painted.cube.active_material
    with pytest.raises(RuntimeError, match={"transparent": "transparent in places", "no colours": "Non-Color",
                                            "missing": "missing or broken"}[what]):
        bpy.ops.vernissage.touch_up()
    assert painted.cube.active_material == material
    assert node.image == image
