"""Styles of single objects in a render, through the operator and the real backend."""

from __future__ import annotations

import json

import bpy
import numpy as np
import pytest

from tests.addon.test_operators_style import add, easel, new_image, pixels_of, stylise

__all__ = ["easel"]  # the fixture


@pytest.fixture
def room(easel, empty_scene) -> bpy.types.Scene:
    """A monkey before a wall, with a ball half behind it, rendered by Cycles with its Cryptomatte; 96 x 64."""
    scene = empty_scene
    bpy.ops.mesh.primitive_plane_add(size=8, location=(0, 2, 0), rotation=(1.5707963, 0, 0))
    bpy.context.object.name = "Wall"
    bpy.ops.mesh.primitive_uv_sphere_add(radius=0.8, location=(1.2, 1, 0.2))
    bpy.context.object.name = "Ball"
    bpy.ops.mesh.primitive_monkey_add()
    bpy.context.object.name = "Statue"
    camera = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
    scene.collection.objects.link(camera)
    camera.location, camera.rotation_euler = (0.4, -6, 0.5), (1.5, 0, 0.05)
    scene.camera = camera
    bpy.ops.object.light_add(type="SUN", rotation=(0.9, 0, 0.5))
    scene.render.engine = "CYCLES"
    scene.cycles.samples, scene.cycles.use_denoising, scene.cycles.use_adaptive_sampling = 64, False, False
    scene.render.resolution_x, scene.render.resolution_y = 96, 64
    bpy.context.view_layer.use_pass_cryptomatte_object = True
    bpy.ops.render.render()
    return scene


def shares(easel) -> np.ndarray:
    """(H, W) where the layer of the last style is opaque."""
    easel.style.layer = True
    return pixels_of(stylise(easel, "Render Result"))[..., 3]


def for_object(easel, name: str, **choices: object) -> None:
    add(easel, kind="NUMBER", place="OBJECT", object=bpy.data.objects[name], **choices)


def test_only_the_statue_is_stylised(easel, room) -> None:
    easel.style.strength = 0
    plain = pixels_of(stylise(easel, "Render Result")).copy()
    easel.style.strength = 1
    for_object(easel, "Statue", number=7)
    settings = room.render.image_settings
    before = (settings.file_format, settings.color_depth)
    image = stylise(easel, "Render Result")
    changed = np.abs(pixels_of(image) - plain).max(axis=2)
    (job,) = easel.current.style.done
    assert job.remarks == ()
    assert (settings.file_format, settings.color_depth) == before
    assert json.loads(image["report"])["request"]["matte"]["passes"] == "passes.exr"
    cover = shares(easel)
    assert 0.1 < (cover > 0.99).mean() < 0.6
    assert ((cover > 0.02) & (cover < 0.98)).sum() > 60  # its edge is soft
    assert changed[cover == 0].max() == 0
    assert changed[cover == 1].mean() > 0.05
    easel.style.styles[0].strength = 0
    easel.style.layer = False
    assert np.array_equal(pixels_of(stylise(easel, "Render Result")), plain)


def test_without_a_cryptomatte_the_meshes_tell_the_same(easel, room) -> None:
    for_object(easel, "Ball", number=7)
    exact = shares(easel)
    bpy.context.view_layer.use_pass_cryptomatte_object = False
    bpy.ops.render.render()
    found = shares(easel)
    (job,) = easel.current.style.done
    assert "meshes of the viewport" in job.remarks[0].sentence
    assert np.abs(found - exact).max() < 0.25  # 64 samples tell a half covered pixel to 0.06
    assert np.abs(found - exact).mean() < 0.003
    assert 0.02 < (exact > 0.99).mean() < 0.2


def test_pixels_that_are_not_square_and_a_cropped_region(easel, room) -> None:
    for_object(easel, "Ball", number=7)
    room.render.pixel_aspect_x = 1.5
    room.render.use_border = room.render.use_crop_to_border = True
    room.render.border_min_x, room.render.border_max_x = 0.4, 0.95
    room.render.border_min_y, room.render.border_max_y = 0.2, 0.8
    bpy.ops.render.render()
    exact = shares(easel)
    bpy.context.view_layer.use_pass_cryptomatte_object = False
    bpy.ops.render.render()
    found = shares(easel)
    assert found.shape == exact.shape
    assert np.abs(found - exact).mean() < 0.008
    assert (exact > 0.99).any()


def test_several_styles_for_several_things(easel, room) -> None:
    collection = bpy.data.collections.new("Around")
    room.collection.children.link(collection)
    for name in ("Wall", "Ball"):
        collection.objects.link(bpy.data.objects[name])
    for_object(easel, "Statue", number=7)
    statue = shares(easel)
    add(easel, kind="NUMBER", number=3, place="COLLECTION", collection=collection)
    easel.style.layer = False
    both = pixels_of(stylise(easel, "Render Result")).copy()
    easel.style.styles[1].is_outside, easel.style.styles[1].number = True, 7
    easel.style.styles.remove(0)
    alone = pixels_of(stylise(easel, "Render Result")).copy()  # all but the surroundings is the statue
    inside = statue > 0.999
    assert np.abs(both - alone)[inside].max() < 0.02
    assert np.abs(both - alone)[statue == 0].mean() > 0.03


def test_an_instance_is_known_by_what_it_shows(easel, room) -> None:
    collection = bpy.data.collections.new("Kit")
    ball = bpy.data.objects["Ball"]
    collection.objects.link(ball)
    room.collection.objects.unlink(ball)
    empty = bpy.data.objects.new("Copy", None)
    empty.instance_type, empty.instance_collection = "COLLECTION", collection
    room.collection.objects.link(empty)
    bpy.context.view_layer.update()
    bpy.ops.render.render()
    for_object(easel, "Copy", number=7)
    exact = shares(easel)
    bpy.context.view_layer.use_pass_cryptomatte_object = False
    bpy.ops.render.render()
    assert np.abs(shares(easel) - exact).mean() < 0.004
    assert (exact > 0.99).sum() > 50


def test_what_cannot_be_found_says_so(easel, room, snapshot) -> None:
    ball = bpy.data.objects["Ball"]
    ball.location = (0, 40, 0)
    bpy.ops.render.render()
    for_object(easel, "Ball", number=7)
    with pytest.raises(RuntimeError, match=r"Nothing of Ball is to be seen in Render Result\."):
        stylise(easel, "Render Result")
    bpy.context.view_layer.use_pass_cryptomatte_object = False
    bpy.ops.render.render()
    with pytest.raises(RuntimeError, match="Nothing of Ball is to be seen"):
        stylise(easel, "Render Result")
    new_image("Other", np.zeros((64, 64, 3), np.uint8))
    with pytest.raises(RuntimeError, match="Other is 64 × 64 px: the scene's camera does not"):
        stylise(easel, "Other")
    room.camera = None
    with pytest.raises(RuntimeError, match="no camera that the render could be from"):
        stylise(easel, "Other")
    easel.style.styles[0].object = None
    with pytest.raises(RuntimeError, match="It is not chosen what style 1 of the list is for"):
        stylise(easel, "Other")


def test_a_viewport_shows_what_renders_do_not(room, easel) -> None:
    room.objects["Ball"].hide_render = True
    room.objects["Statue"].hide_viewport = True
    bpy.context.view_layer.update()
    read_matte = easel.part("scene.mattes").read_matte
    camera = easel.part("scene.cameras").read_camera(room.camera, room, bpy.context.evaluated_depsgraph_get())
    seen, arrays = read_matte(room, view=(camera, 1.5))
    assert set(seen.names) == {"Wall", "Ball"}
    assert (seen.camera, seen.aspect) == (camera, 1.5)
    assert arrays["object_ids"].max() == 1


def test_a_picture_of_a_viewport_is_brought_as_it_is(easel, tmp_path) -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (8, 6, 3), np.uint8)
    picture = easel.part("jobs.picture").Picture("Viewport", pixels=pixels[::-1])
    for _ in picture.bring(tmp_path, "content", lambda: 0):
        pass
    assert np.array_equal(np.load(tmp_path / "content.npy"), pixels[::-1])


def test_the_depth_of_the_scene_is_there_for_a_controlnet(easel, room, tmp_path) -> None:
    """What the backend makes of it is tested there; here it says which ControlNet it did not find."""
    texture = room.vernissage.texture
    easel.style.method, easel.style.follows = "DIFFUSION", "DEPTH"
    texture.model, texture.model_folder, texture.controlnet = "FOLDER", str(tmp_path / "sd"), str(tmp_path / "depth")
    add(easel, kind="FILE", path=str(easel.look))

    def asked(name: str) -> object:
        with pytest.raises(RuntimeError):
            bpy.ops.vernissage.stylise_image(image=name)
        (job,) = easel.current.style.failed
        return job.request

    request = asked("Render Result")
    assert (request.controlnet, request.control) == (str(tmp_path / "depth"), "")
    assert request.matte.passes == "passes.exr"  # with Cryptomatte comes all that the render knows
    room.view_layers[0].use_pass_cryptomatte_object = False
    assert asked("Render Result").matte.mesh == "scene.npz"
    with np.load(easel.current.style.jobs[0].folder / "scene.npz") as arrays:
        assert "corner_normals" not in arrays
    easel.style.follows = "NOTHING"
    request = asked("Render Result")
    assert (request.controlnet, request.matte) == ("", None)


def test_the_normals_of_the_scene_are_there_for_a_controlnet(easel, room, tmp_path) -> None:
    """From the meshes, which then lie beside the render's Cryptomatte where areas are found by that."""
    texture = room.vernissage.texture
    easel.style.method, easel.style.follows = "DIFFUSION", "NORMAL"
    texture.model, texture.model_folder, texture.controlnet = "FOLDER", str(tmp_path / "sd"), str(tmp_path / "normal")
    add(easel, kind="FILE", path=str(easel.look))

    def asked() -> object:
        with pytest.raises(RuntimeError):
            bpy.ops.vernissage.stylise_image(image="Render Result")
        (job,) = easel.current.style.failed
        with np.load(job.folder / "scene.npz") as arrays:
            assert arrays["corner_normals"].shape == (len(arrays["triangles"]), 3, 3)
        return job.request

    request = asked()
    assert (request.controlnet, request.control_kind.value) == (str(tmp_path / "normal"), "normal")
    assert (request.matte.passes, request.matte.mesh) == ("", "scene.npz")
    add(easel, kind="FILE", path=str(easel.look), place="OBJECT", object=bpy.data.objects["Ball"])
    request = asked()
    assert (request.matte.passes, request.matte.mesh) == ("passes.exr", "scene.npz")
    texture.controlnet = ""
    with pytest.raises(RuntimeError, match="There is no model folder"):
        bpy.ops.vernissage.stylise_image(image="Render Result")
    assert easel.current.style.failed[0].request.control_kind.value == "depth"  # there is none that would follow them


BALLS = {
    "plain": ((1, 1, 1), (0, 0, 0)), "turned": ((0.5, 0.5, 0.5), (0.7, -0.4, 1.1)),
    "uneven": ((2, 0.5, 1), (0.3, 0.2, -0.5)), "mirrored": ((-1, 1.5, 1), (0.4, 1.0, 0.2)),
}


@pytest.mark.parametrize("is_smooth", [True, False], ids=["smooth", "flat"])
@pytest.mark.parametrize(("scale", "turn"), BALLS.values(), ids=BALLS.keys())
def test_corners_of_what_is_seen_point_outwards(easel, empty_scene, scale, turn, is_smooth: bool) -> None:
    """Of an ellipsoid's gradient where it is smooth, across their face where it is flat; and so is the winding."""
    bpy.ops.mesh.primitive_uv_sphere_add(segments=48, ring_count=24, radius=1, location=(3, 2, 1), rotation=turn)
    ball = bpy.context.object
    ball.scale = scale
    (ball.data.shade_smooth if is_smooth else ball.data.shade_flat)()
    camera = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
    empty_scene.collection.objects.link(camera)
    empty_scene.camera = camera
    bpy.context.view_layer.update()
    _, arrays = easel.part("scene.mattes").read_matte(empty_scene, with_normals=True)
    found, corners = arrays["corner_normals"], arrays["positions"][arrays["triangles"]]
    assert (found.dtype, corners.shape) == (np.float32, found.shape)
    assert np.abs(np.linalg.norm(found, axis=2) - 1).max() < 1e-5
    across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    across /= np.linalg.norm(across, axis=1, keepdims=True)
    axes = np.array(ball.matrix_world.to_3x3(), np.float64)
    own = (corners.astype(np.float64) - [3, 2, 1]) @ np.linalg.inv(axes).T
    gradient = own @ np.linalg.inv(axes)
    gradient /= np.linalg.norm(gradient, axis=2, keepdims=True)
    assert (np.einsum("ti,tci->tc", across, gradient) > 0.5).all()  # the winding
    expected = gradient if is_smooth else np.repeat(across[:, None], 3, axis=1)
    off = np.degrees(np.arccos(np.clip((found * expected).sum(axis=2), -1, 1)))
    assert off.max() < (3 if is_smooth else 1.5)  # Blender's smooth normals are means of the faces around


def test_what_is_scaled_flat_has_normals_across_it(easel, room) -> None:
    ball = bpy.data.objects["Ball"]
    ball.scale = (1, 0, 1)
    bpy.context.view_layer.update()
    seen, arrays = easel.part("scene.mattes").read_matte(room, with_normals=True)
    own = arrays["corner_normals"][arrays["object_ids"] == seen.names.index("Ball")]
    assert np.isfinite(own).all()
    assert (np.abs(own[..., 1]) > 0.999).mean() > 0.9


@pytest.mark.parametrize(("with_normals", "said"), [(False, "find an object by"), (True, "draw normals of")])
def test_too_many_triangles_are_refused(easel, room, monkeypatch, with_normals: bool, said: str) -> None:
    mattes = easel.part("scene.mattes")
    monkeypatch.setattr(mattes, "_MAX_TRIANGLES", 100)
    with pytest.raises(easel.part("protocol.errors").BadInput, match=f"too many to {said}"):
        mattes.read_matte(room, with_normals=with_normals)
