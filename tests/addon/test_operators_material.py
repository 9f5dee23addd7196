"""Materials through the operator, the job and the real backend."""

from __future__ import annotations

import importlib
import json
from types import ModuleType, SimpleNamespace

import bpy
import pytest

from tests.addon.test_operators_style import blotches, new_image


@pytest.fixture
def material(addon: ModuleType, cube: bpy.types.Object):
    """The panel's choices, set to a small picture, and the parts of the add-on."""
    chosen = bpy.context.scene.vernissage.material
    chosen.picture = new_image("Gravel", blotches(96, 96, 1))
    chosen.size = 64
    current = importlib.import_module(f"{addon.__name__}.jobs.current").current
    yield SimpleNamespace(chosen=chosen, cube=cube, current=current)
    current.forget_scene()


def test_a_picture_becomes_a_material_on_what_is_selected_in_one_step(material, tmp_path) -> None:
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "scene.blend"))
    bpy.ops.ed.undo_push(message="first")
    material.cube.location.x = 2.0
    bpy.ops.ed.undo_push(message="second")
    assert bpy.ops.vernissage.make_material() == {"FINISHED"}
    (job,) = material.current.material.done
    made = bpy.data.materials[job.material_name]
    assert made.name == "Gravel"
    assert material.cube.material_slots[0].material == made
    assert made.asset_data is not None
    assert made.asset_data.catalog_id in (tmp_path / "blender_assets.cats.txt").read_text()
    assert made["picture"] == "Gravel"
    assert 0 < job.furnace_max <= 1
    assert json.loads(made["report"])["furnace_max"] == job.furnace_max
    assert 0.9 < job.result.wrap_ratio_x < 1.1
    bpy.ops.ed.undo()
    assert job.material_name not in bpy.data.materials
    assert not any(image.name.startswith("Gravel ") for image in bpy.data.images)
    assert not bpy.data.node_groups
    assert bpy.data.objects["Cube"].location.x == 2.0  # that step is still there
    bpy.ops.ed.redo()
    assert bpy.data.objects["Cube"].material_slots[0].material == bpy.data.materials[job.material_name]
    assert bpy.data.materials[job.material_name].asset_data is not None


def test_where_its_light_cannot_be_measured_it_is_said(addon, material, monkeypatch) -> None:
    def refuse(*_: object, **__: object) -> float:
        raise RuntimeError("no device")

    monkeypatch.setattr(importlib.import_module(f"{addon.__name__}.scene.ball"), "furnace", refuse)
    assert bpy.ops.vernissage.make_material() == {"FINISHED"}
    (job,) = material.current.material.done
    assert job.material_name in bpy.data.materials and job.furnace_max is None
    assert {"reason": "no device"} in [remark.values for remark in job.remarks]


def test_a_prompt_is_painted_by_the_model_of_the_scene(material, tiny_model) -> None:
    material.chosen.picture = None
    material.chosen.prompt = "red bricks"
    texture = bpy.context.scene.vernissage.texture
    texture.model, texture.model_folder = "FOLDER", str(tiny_model)
    material.chosen.steps, material.chosen.guidance_scale = 3, 4.5
    material.cube.select_set(False)
    assert bpy.ops.vernissage.make_material() == {"FINISHED"}
    (job,) = material.current.material.done
    assert job.result.model == str(tiny_model)
    assert (job.result.steps, job.result.guidance_scale) == (3, 4.5)
    assert bpy.data.materials["red bricks"].users == 0 or bpy.data.materials["red bricks"].use_fake_user
    assert not material.cube.material_slots


def test_only_the_chosen_slot_of_each_object_is_filled(material) -> None:
    bpy.ops.mesh.primitive_uv_sphere_add()
    ball, glass = bpy.context.object, bpy.data.materials.new("Glass")
    for obj, active in ((material.cube, 1), (ball, 0)):
        for _ in range(3):
            obj.data.materials.append(glass)
        obj.active_material_index = active
        obj.select_set(True)
    material.chosen.active_slot_only = True
    assert bpy.ops.vernissage.make_material() == {"FINISHED"}
    made = bpy.data.materials[material.current.material.done[0].material_name]
    assert [slot.material for slot in material.cube.material_slots] == [glass, made, glass]
    assert [slot.material for slot in ball.material_slots] == [made, glass, glass]


@pytest.mark.parametrize(("changes", "said"), [
    ({"picture": None}, "The prompt is empty"),
    ({"size": 100}, "Width is 100"),
    ({"hex_tiling": True, "wrap": "X"}, "tiles in both directions"),
    ({"hex_tiling": True, "projection": "TRIPLANAR"}, "laid on by UVs"),
    ({"intrinsics_model": "//nowhere"}, "two models"),
])
def test_what_cannot_be_made_says_so_and_leaves_nothing(material, snapshot, changes, said) -> None:
    for name, value in changes.items():
        setattr(material.chosen, name, value)
    before = snapshot()
    with pytest.raises(RuntimeError, match=said):
        bpy.ops.vernissage.make_material()
    assert material.current.material_error is not None
    assert snapshot() == before


def test_a_job_that_fails_leaves_the_scene_as_it_was(material, snapshot) -> None:
    material.chosen.picture = None
    material.chosen.prompt = "red bricks"
    texture = bpy.context.scene.vernissage.texture
    texture.model, texture.model_folder = "FOLDER", "/nowhere/at/all"
    before = snapshot()
    with pytest.raises(RuntimeError):
        bpy.ops.vernissage.make_material()
    assert material.current.material.failed
    assert snapshot() == before


def test_an_object_without_uvs_is_told(material) -> None:
    mesh = material.cube.data
    mesh.uv_layers.remove(mesh.uv_layers[0])
    assert bpy.ops.vernissage.make_material() == {"FINISHED"}
    (job,) = material.current.material.done
    assert any("no UV layer" in remark.sentence for remark in job.remarks)
