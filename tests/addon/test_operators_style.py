"""Pictures stylised through the operator, the job list and the real backend."""

from __future__ import annotations

import importlib
import json
import subprocess
from pathlib import Path
from types import ModuleType, SimpleNamespace

import bpy
import numpy as np
import pytest

from tests.addon.conftest import ROOT, _write_png


@pytest.fixture
def easel(addon: ModuleType, empty_scene: bpy.types.Scene, tmp_path: Path) -> SimpleNamespace:
    """An image of 8 bit, a style on the disk, and the parts of the add-on."""
    def part(name: str) -> ModuleType:
        return importlib.import_module(f"{addon.__name__}.{name}")

    look = _write_png(tmp_path / "look.png", blotches(80, 72, 2))
    yield SimpleNamespace(image=new_image("Photo", blotches(64, 96)), look=look, part=part,
                          style=empty_scene.vernissage.style, current=part("jobs.current").current)
    part("jobs.current").current.forget_scene()


def blotches(height: int, width: int, seed: int = 1) -> np.ndarray:
    """(height, width, 3) uint8: squares of colour."""
    coarse = np.random.default_rng(seed).integers(0, 256, (height // 8, width // 8, 3), np.uint8)
    return coarse.repeat(8, 0).repeat(8, 1)


def new_image(name: str, pixels: np.ndarray, *, is_float: bool = False) -> bpy.types.Image:
    """Of (H, W, 3) or (H, W, 4) uint8 or float, row 0 at the top."""
    height, width, channels = pixels.shape
    image = bpy.data.images.new(name, width, height, alpha=channels == 4, float_buffer=is_float)
    values = np.ones((height, width, 4), np.float32)
    values[..., :channels] = pixels / (1 if is_float else 255)
    image.pixels.foreach_set(values[::-1].ravel())
    image.update()
    return image


def pixels_of(image: bpy.types.Image) -> np.ndarray:
    """(H, W, 4) float32, row 0 at the top."""
    values = np.empty(len(image.pixels), np.float32)
    image.pixels.foreach_get(values)
    return values.reshape(image.size[1], image.size[0], 4)[::-1]


def stylise(easel: SimpleNamespace, name: str = "Photo") -> bpy.types.Image:
    """The new image."""
    assert bpy.ops.vernissage.stylise_image(image=name) == {"FINISHED"}
    (job,) = easel.current.style.done
    return bpy.data.images[job.image_name]


def add(easel: SimpleNamespace, **choices: object) -> None:
    bpy.ops.vernissage.add_style()
    item = easel.style.styles[easel.style.active_item]
    for name, value in choices.items():
        setattr(item, name, value)


def test_the_button_alone_does_something_good(easel, snapshot) -> None:
    before, content = snapshot(), pixels_of(easel.image).copy()
    image = stylise(easel)
    assert image.name == "Photo - styled"
    assert tuple(image.size) == (96, 64)
    assert image.packed_file is not None
    assert image.use_fake_user
    assert np.abs(pixels_of(image) - content)[..., :3].mean() > 0.05
    assert np.array_equal(pixels_of(easel.image), content)
    assert (image["content"], image["method"]) == ("Photo", "instant")
    assert json.loads(image["report"])["request"]["styles"][0]["fixed"] == easel.part("protocol.style").FIRST_STYLE
    bpy.data.images.remove(image)
    after = snapshot()
    after["dirty"] = before["dirty"]
    assert after == before


def test_without_strength_an_image_of_8_bit_comes_back_as_it_is(easel) -> None:
    easel.style.strength = 0
    assert np.array_equal(pixels_of(stylise(easel)), pixels_of(easel.image))


def test_transparency_comes_back(easel) -> None:
    pixels = np.dstack([blotches(64, 64), np.full((64, 64), 255, np.uint8)])
    pixels[:32, :, 3] = 128
    new_image("Glass", pixels)
    image = stylise(easel, "Glass")
    assert np.array_equal(np.rint(pixels_of(image)[..., 3] * 255), pixels[..., 3])


def test_a_float_image_is_linear_light(easel) -> None:
    new_image("Light", np.full((64, 64, 3), 0.214, np.float32), is_float=True)
    easel.style.strength = 0
    image = stylise(easel, "Light")
    assert image.is_float  # 16 bit: Blender gives linear light again
    assert pixels_of(image)[5, 5, :3] == pytest.approx(0.214, abs=1e-3)


def test_styles_of_an_image_a_file_and_a_number_are_mixed(easel) -> None:
    new_image("Look", blotches(64, 64, 3))
    add(easel, kind="IMAGE", image=bpy.data.images["Look"], weight=0.5)
    add(easel, kind="FILE", path=str(easel.look), weight=2)
    add(easel, kind="NUMBER", number=7, weight=1)
    image = stylise(easel)
    styles = json.loads(image["report"])["request"]["styles"]
    assert [(style["fixed"], style["weight"]) for style in styles] == [(None, 0.5), (None, 2), (7, 1)]
    assert [style["picture"] for style in styles] == ["style_1_Look.npy", "style_2_look_png.png", ""]


def test_a_trained_style_is_used_as_a_number_is(easel, backend_python, tmp_path) -> None:
    path = tmp_path / "mine.safetensors"
    make = ("import sys, pathlib; from backend.style.adversarial.styles import write_style; "
            "from backend.style.networks import fixed_style_weights; "
            "write_style(pathlib.Path(sys.argv[1]), fixed_style_weights(5), {})")
    subprocess.run([backend_python, "-c", make, path], check=True, cwd=ROOT)
    add(easel, kind="TRAINED", trained=str(path))
    trained = pixels_of(stylise(easel))
    easel.style.styles[0].kind, easel.style.styles[0].number = "NUMBER", 5
    assert np.abs(trained - pixels_of(stylise(easel))).max() < 2 / 255
    easel.style.styles[0].kind, easel.style.styles[0].trained = "TRAINED", str(tmp_path / "gone.safetensors")
    with pytest.raises(RuntimeError, match="is not there"):
        bpy.ops.vernissage.stylise_image(image="Photo")
    easel.style.styles[0].trained = ""
    with pytest.raises(RuntimeError, match="Style 1 of the list has no file"):
        bpy.ops.vernissage.stylise_image(image="Photo")


def test_a_mask_keeps_what_is_black(easel) -> None:
    mask = np.zeros((64, 96, 3), np.uint8)
    mask[:, 48:] = 255
    easel.style.mask = new_image("Half", mask)
    changed = np.abs(pixels_of(stylise(easel)) - pixels_of(easel.image)).max(axis=2)
    assert changed[:, :44].max() == 0
    assert changed[:, 52:].mean() > 0.05


def test_a_view_wants_a_viewport(easel) -> None:
    """In a window it is played by `tests/gui`."""
    assert not bpy.ops.vernissage.stylise_view.poll()


def test_the_slow_methods_want_a_picture_and_keep_their_seed(easel) -> None:
    easel.style.method, easel.style.steps, easel.style.seed = "GRAM", 2, 5
    with pytest.raises(RuntimeError, match="No style is chosen"):
        bpy.ops.vernissage.stylise_image(image="Photo")
    assert easel.current.style_error.sentence == "No style is chosen."
    add(easel, kind="FILE", path=str(easel.look))
    image = stylise(easel)
    assert easel.current.style_error is None
    assert (image["method"], image["seed"]) == ("gram", 5)
    assert easel.current.style.done[0].preview is not None


def test_the_render_is_stylised_as_it_is_seen(easel, empty_scene, tmp_path) -> None:
    with pytest.raises(RuntimeError, match="no image to stylise"):
        bpy.ops.vernissage.stylise_image()
    render(empty_scene)
    empty_scene.render.image_settings.file_format = "JPEG"
    empty_scene.render.image_settings.quality = 31
    easel.style.strength = 0
    image = stylise(easel, "Render Result")
    settings = empty_scene.render.image_settings
    assert (settings.file_format, settings.color_mode, settings.quality) == ("JPEG", "RGB", 31)
    settings.file_format, settings.color_mode, settings.color_depth = "PNG", "RGBA", "16"
    path = tmp_path / "seen.png"
    bpy.data.images["Render Result"].save_render(str(path), scene=empty_scene)
    seen = bpy.data.images.load(str(path))
    assert np.abs(pixels_of(image) - pixels_of(seen)).max() < 1e-4
    assert pixels_of(image)[..., 3].min() == 0  # the film is transparent


def render(scene: bpy.types.Scene) -> None:
    """A cube before nothing, 64 x 48."""
    scene.render.engine = "CYCLES"
    scene.cycles.samples, scene.cycles.use_denoising = 1, False
    scene.render.resolution_x, scene.render.resolution_y = 64, 48
    scene.render.film_transparent = True
    bpy.ops.mesh.primitive_cube_add()
    bpy.ops.object.camera_add(location=(0, 0, 8))
    scene.camera = bpy.context.object
    bpy.ops.object.light_add(type="SUN", location=(0, 0, 9))
    bpy.ops.render.render()


def test_what_cannot_be_stylised_says_so_and_leaves_nothing(easel, snapshot, tmp_path) -> None:
    before = snapshot()
    add(easel, kind="FILE", path=str(tmp_path / "gone.png"))
    with pytest.raises(RuntimeError, match="There is no picture"):
        bpy.ops.vernissage.stylise_image(image="Photo")
    (tmp_path / "broken.png").write_bytes(b"no picture")
    easel.style.styles[0].path = str(tmp_path / "broken.png")
    with pytest.raises(RuntimeError, match=r"^Error: [^/]*broken\.png is not a picture that can be read: [^/]*$"):
        bpy.ops.vernissage.stylise_image(image="Photo")
    easel.style.styles[0].path = " "
    with pytest.raises(RuntimeError, match="Style 1 of the list has no picture"):
        bpy.ops.vernissage.stylise_image(image="Photo")
    bpy.ops.vernissage.remove_style()
    with pytest.raises(RuntimeError, match="no image to stylise"):
        bpy.ops.vernissage.stylise_image(image="Nothing")
    after = snapshot()
    after["dirty"] = before["dirty"]
    assert after == before


@pytest.mark.parametrize("size", [8, 24])
def test_an_image_that_is_too_small_says_so(easel, size) -> None:
    new_image("Small", blotches(size, size))
    with pytest.raises(RuntimeError, match=f"Small is {size} × {size} px"):
        bpy.ops.vernissage.stylise_image(image="Small")


def test_tiles_and_sequences_are_refused(easel) -> None:
    image = bpy.data.images.new("Tiles", 64, 64, tiled=True)
    with pytest.raises(RuntimeError, match="Tiles is no single picture"):
        bpy.ops.vernissage.stylise_image(image=image.name)


@pytest.mark.of_no_version
def test_a_cancelled_picture_leaves_nothing(easel) -> None:
    easel.style.method, easel.style.steps = "TRANSPORT", 500
    add(easel, kind="FILE", path=str(easel.look))
    picture = easel.part("jobs.picture").Picture.of_image(easel.image)
    settings = easel.part("preferences").read_settings(bpy.context)
    delivered = []
    jobs = easel.part("jobs.style").StyleJobs([picture], easel.part("jobs.style_wanted").wanted_style(easel.style),
                                              settings, deliver=delivered.append)
    while not jobs.is_finished:
        jobs.tick(0.1)
        if jobs.summary().percent >= 20:
            jobs.cancel()
    (job,) = jobs.failed
    assert job.error.kind.value == "cancelled"
    assert delivered == []


def test_the_model_is_the_one_of_the_textures(easel) -> None:
    """It is asked for in the Texture panel's settings, and for diffusion only."""
    add(easel, kind="FILE", path=str(easel.look))
    texture, wanted = bpy.context.scene.vernissage.texture, easel.part("jobs.style_wanted").wanted_style
    texture.model, texture.model_folder, easel.style.prompt = "FOLDER", "/a/model", "a cat"
    assert (wanted(easel.style).request.model, wanted(easel.style).request.prompt) == ("mini", "")
    easel.style.method, easel.style.diffusion_steps, easel.style.steps = "DIFFUSION", 2, 500
    request = wanted(easel.style).request
    assert (request.model, request.prompt, request.steps) == ("/a/model", "a cat", 2)
    assert (request.ip_adapter, request.ip_adapter_scale) == ("", 1.0)
    easel.style.ip_adapter, easel.style.ip_adapter_scale = "/a/adapter", 0.5
    request = wanted(easel.style).request
    assert (request.ip_adapter, request.ip_adapter_scale) == ("/a/adapter", 0.5)
    easel.style.ip_adapter = ""
    texture.model_folder = ""
    with pytest.raises(RuntimeError, match="No model is chosen"):
        bpy.ops.vernissage.stylise_image(image="Photo")
    texture.model, easel.style.stroke_scale = "MINI", 2.0
    assert np.abs(pixels_of(stylise(easel)) - pixels_of(easel.image)).mean() > 0.02


def test_a_cancelled_list_ends_at_once(easel) -> None:
    picture = easel.part("jobs.picture").Picture.of_image(easel.image)
    settings = easel.part("preferences").read_settings(bpy.context)
    wanted = easel.part("jobs.style_wanted").wanted_style(easel.style)
    jobs = easel.part("jobs.style").StyleJobs([picture] * 500, wanted, settings, deliver=lambda job: None)
    while not jobs.running:
        jobs.tick(0.1)
    jobs.cancel()
    jobs.tick()
    assert jobs.is_finished
    assert [job.error.kind.value for job in jobs.failed] == ["cancelled"] * 500


def test_beside_the_blend_it_is_a_file(easel, tmp_path, addon) -> None:
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "scene.blend"))
    preferences = bpy.context.preferences.addons[addon.__name__].preferences
    preferences.image_storage = "BESIDE"
    try:
        image = stylise(easel)
    finally:
        preferences.image_storage = "PACK"
    assert image.packed_file is None
    assert Path(bpy.path.abspath(image.filepath)) == tmp_path / "textures" / "Photo_styled.png"
