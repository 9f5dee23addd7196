"""Textures of objects stylised on the surface, through the operator, the command and the real backend."""

from __future__ import annotations

import json

import bpy
import numpy as np
import pytest

from tests.addon.test_operators_style import add, easel, new_image, pixels_of

__all__ = ["easel"]  # the fixture


@pytest.fixture
def globe(easel, empty_scene) -> bpy.types.Object:
    """A ball with a texture of 128 pixels in a material of the artist's own."""
    bpy.ops.mesh.primitive_uv_sphere_add()
    ball = bpy.context.object
    material = bpy.data.materials.new("Own")
    if material.node_tree is None:
        material.use_nodes = True
    nodes = material.node_tree.nodes
    node = nodes.new("ShaderNodeTexImage")
    ramp = np.linspace(0, 255, 128).astype(np.uint8)
    node.image = new_image("Map", np.stack(np.broadcast_arrays(ramp[None], ramp[:, None], ramp[None, ::-1]), axis=2))
    material.node_tree.links.new(node.outputs["Color"], nodes["Principled BSDF"].inputs["Base Color"])
    nodes["Principled BSDF"].inputs["Roughness"].default_value = 0.123
    nodes.active = node
    ball.data.materials.append(material)
    easel.style.view_count = 6
    return ball


def shown(obj: bpy.types.Object) -> bpy.types.Image:
    return next(node.image for node in obj.active_material.node_tree.nodes if node.bl_idname == "ShaderNodeTexImage")


def test_the_texture_is_stylised_in_a_copy_of_the_material(easel, globe) -> None:
    before, own = pixels_of(shown(globe)).copy(), globe.active_material
    add(easel, kind="NUMBER", number=8)
    assert bpy.ops.vernissage.stylise_texture() == {"FINISHED"}
    image, material = shown(globe), globe.active_material
    assert material != own
    assert own.use_fake_user
    assert material.node_tree.nodes["Principled BSDF"].inputs["Roughness"].default_value == pytest.approx(0.123)
    assert material.node_tree.nodes["Principled BSDF"].inputs["Base Color"].links[0].from_node.image == image
    assert image.packed_file is not None
    assert np.abs(pixels_of(image) - before).mean() > 0.05
    report = json.loads(image["report"])
    assert report["result"]["changed_outside"] == 0
    assert report["result"]["disagreement"] < report["result"]["disagreement_before"]
    (job,) = easel.current.style.done
    assert job.preview is not None


def test_without_strength_the_texture_is_as_it_was(easel, globe) -> None:
    before = pixels_of(shown(globe)).copy()
    easel.style.strength = 0
    assert bpy.ops.vernissage.stylise_texture() == {"FINISHED"}
    assert np.array_equal(pixels_of(shown(globe)), before)


def test_it_is_one_undo_step(easel, globe) -> None:
    bpy.ops.ed.undo_push(message="first")
    bpy.ops.ed.undo_push(message="second")  # a history is one of at least two steps
    bpy.ops.vernissage.stylise_texture()
    name = globe.name
    bpy.ops.ed.undo()
    assert shown(bpy.data.objects[name]).name == "Map"


@pytest.mark.parametrize(("what", "words"), [
    ("nothing", "shows no texture"), ("alpha", "transparent in places"), ("data", "colour space Non-Color"),
    ("wide", "128 x 64 pixels"), ("layout", "has no UV layer"), ("repeats", "reach beyond 0 to 1"),
    ("place", "for all of it")])
def test_what_cannot_be_stylised_says_so_and_changes_nothing(easel, globe, snapshot, what: str, words: str) -> None:
    node = next(node for node in globe.active_material.node_tree.nodes if node.bl_idname == "ShaderNodeTexImage")
    if what == "nothing":
        node.image = None
    elif what == "alpha":
        node.image = new_image("Leaf", np.full((128, 128, 4), 100, np.uint8))
    elif what == "data":
        node.image.colorspace_settings.name = "Non-Color"
    elif what == "wide":
        node.image = new_image("Wide", np.zeros((64, 128, 3), np.uint8))
    elif what == "layout":
        globe.data.uv_layers.remove(globe.data.uv_layers[0])
    elif what == "repeats":
        uvs = globe.data.uv_layers[0].uv
        for place in uvs:
            place.vector = (3 * place.vector[0], place.vector[1])
    else:
        add(easel, kind="NUMBER", place="OBJECT", object=globe)
    before = snapshot()
    with pytest.raises(RuntimeError, match=words):
        bpy.ops.vernissage.stylise_texture()
    after = snapshot()
    after["dirty"] = before["dirty"]
    assert after == before
