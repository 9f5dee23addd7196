"""The heat map of the views as an image, and on the object."""

from __future__ import annotations

from dataclasses import replace

import bpy
import pytest

from tests.addon.test_operators_texture import at_work, select
from tests.addon.test_scene_apply_failures import REQUEST, RESULT
from vernissage.protocol.errors import StorageError
from vernissage.scene.apply import Placement, apply_texture

__all__ = ["at_work"]  # the fixture

HEAT = "vernissage_view_quality"


def heat_images() -> list[bpy.types.Image]:
    return [image for image in bpy.data.images if image.get(HEAT)]


def shown_image(obj: bpy.types.Object) -> bpy.types.Image:
    tree = obj.active_material.node_tree
    shader = next(node for node in tree.nodes if node.bl_idname == "ShaderNodeBsdfPrincipled")
    (link,) = shader.inputs["Base Color"].links
    return link.from_node.image


def test_each_object_gets_its_heat_map_and_shows_it_when_asked(at_work) -> None:
    at_work.texture.quality_map = True
    select(at_work.cube, at_work.sphere)
    assert bpy.ops.vernissage.texture_object() == {"FINISHED"}
    assert sorted(image.name for image in heat_images()) == ["Cube - view quality", "Sphere - view quality"]
    assert all(image.packed_file and tuple(image.size) == (128, 128) for image in heat_images())
    textures = [shown_image(obj) for obj in (at_work.cube, at_work.sphere)]
    assert not any(image.get(HEAT) for image in textures)
    assert bpy.ops.vernissage.show_view_quality() == {"FINISHED"}
    for obj in (at_work.cube, at_work.sphere):
        assert shown_image(obj).get(HEAT)
        assert obj.active_material.node_tree.nodes.active.image == shown_image(obj)  # so the solid view shows it too
    assert bpy.ops.vernissage.show_view_quality() == {"FINISHED"}
    assert [shown_image(obj) for obj in (at_work.cube, at_work.sphere)] == textures


def test_it_is_kept_in_the_file(at_work, tmp_path) -> None:
    at_work.texture.quality_map = True
    select(at_work.cube)
    bpy.ops.vernissage.texture_object()
    path = str(tmp_path / "kept.blend")
    bpy.ops.wm.save_as_mainfile(filepath=path, copy=True, check_existing=False)
    with bpy.data.libraries.load(path) as (found, _):
        assert "Cube - view quality" in found.images


def test_without_one_there_is_nothing_to_show(at_work) -> None:
    select(at_work.cube)
    bpy.ops.vernissage.texture_object()
    assert heat_images() == []
    assert at_work.current.texture.jobs[0].result.quality_map == ""
    with pytest.raises(RuntimeError, match="Turn on Quality Map"):
        bpy.ops.vernissage.show_view_quality()


def test_what_shows_its_heat_map_can_be_touched_up_all_the_same(at_work) -> None:
    at_work.texture.quality_map = True
    select(at_work.cube)
    bpy.ops.vernissage.texture_object()
    texture = shown_image(at_work.cube)
    bpy.ops.vernissage.show_view_quality()
    assert at_work.part("scene.present").present_texture(at_work.cube).image == texture


def test_a_heat_map_that_is_gone_leaves_the_scene_as_it_was(cube, picture, snapshot) -> None:
    before = snapshot()
    with pytest.raises(StorageError, match=r"gone\.png"):
        apply_texture(cube, Placement("UVMap", None, pack=True), picture, REQUEST,
                      replace(RESULT, quality_map="gone.png"))
    assert snapshot() == before
