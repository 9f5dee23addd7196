"""Films through the operator, with Cycles and the real backend."""

from __future__ import annotations

import json
from pathlib import Path

import bpy
import numpy as np
import pytest

from tests.addon.test_cli_film import FRAMES, frames_of, stage
from tests.addon.test_operators_style import add, easel, pixels_of

__all__ = ["easel"]  # the fixture


@pytest.fixture
def film(easel, empty_scene, tmp_path) -> bpy.types.Scene:
    """A scene with motion; its film goes to `out`."""
    stage(empty_scene, moves=True)
    empty_scene.vernissage.film.folder = str(tmp_path / "out")
    yield empty_scene
    easel.part("jobs.current").current.forget_scene()


def settings_of(scene: bpy.types.Scene) -> dict[str, object]:
    """All of the scene's, its view layers' and its nodes' that is a plain value."""
    found: dict[str, object] = {name: getattr(scene, name) for name in ("frame_start", "frame_end", "frame_step",
                                                                        "frame_current")}
    found["before"] = scene.vernissage.film.before
    found["stylise_renders"] = scene.vernissage.style.stylise_renders
    owners = {"render": scene.render, "image": scene.render.image_settings, "layer": scene.view_layers[0]}
    for name, owner in owners.items():
        for prop in owner.bl_rna.properties:
            if prop.type in {"BOOLEAN", "INT", "FLOAT", "STRING", "ENUM"}:
                value = getattr(owner, prop.identifier)
                found[f"{name}.{prop.identifier}"] = tuple(value) if getattr(prop, "is_array", False) else value
    tree = scene.compositing_node_group if hasattr(scene, "compositing_node_group") else scene.node_tree
    for node in tree.nodes if tree else ():
        found[f"node {node.name}"] = [(socket.name, socket.is_linked) for socket in node.outputs if socket.enabled]
    return found


def with_nodes(scene: bpy.types.Scene) -> None:
    """A compositor that turns the picture's colours round."""
    if hasattr(scene, "compositing_node_group"):
        tree = scene.compositing_node_group = bpy.data.node_groups.new("Turned", "CompositorNodeTree")
        tree.interface.new_socket("Image", in_out="OUTPUT", socket_type="NodeSocketColor")
        out = tree.nodes.new("NodeGroupOutput")
    else:
        scene.use_nodes = True
        tree = scene.node_tree
        tree.nodes.clear()
        out = tree.nodes.new("CompositorNodeComposite")
    layers, invert = tree.nodes.new("CompositorNodeRLayers"), tree.nodes.new("CompositorNodeInvert")
    tree.links.new(layers.outputs["Image"], invert.inputs["Color"])
    tree.links.new(invert.outputs["Color"], out.inputs[0])


def test_the_button_makes_a_film_and_leaves_the_scene_as_it_was(easel, film, tmp_path, snapshot) -> None:
    with_nodes(film)
    film.frame_set(3)
    film.render.use_motion_blur = True
    film.render.filepath = "//mine_"
    film.render.image_settings.file_format = "JPEG"
    film.vernissage.style.stylise_renders = True
    film.vernissage.style.strength = 0
    before, settings = snapshot(), settings_of(film)
    assert bpy.ops.vernissage.stylise_film() == {"FINISHED"}
    job = easel.current.film.job
    assert settings_of(film) == settings
    assert list(frames_of(tmp_path / "out")) == [f"000{number}.png" for number in range(1, FRAMES + 1)]
    assert not list(tmp_path.glob("mine_*"))
    assert [remark.sentence for remark in job.remarks] == [
        "The film is rendered without motion blur, with which Cycles does not tell how things move."]
    image = bpy.data.images[job.image_name]
    assert (image.source, image.name, image.use_fake_user) == ("SEQUENCE", "Scene - stylised film", True)
    assert json.loads(image["report"])["result"]["made"] == FRAMES
    bpy.data.images.remove(image)
    after = snapshot()
    for state in (before, after):  # Blender's own, of the last render
        for name in [name for name in state if "Render Result" in name or "Viewer" in name]:
            del state[name]
    after["dirty"] = before["dirty"]
    assert after == before

    film.render.use_motion_blur = film.vernissage.style.stylise_renders = False
    film.frame_end = 1
    film.render.filepath = str(tmp_path / "seen_")
    film.render.image_settings.file_format = "PNG"
    bpy.ops.render.render(animation=True)
    shown = [pixels_of(bpy.data.images.load(str(path)))
             for path in (tmp_path / "out" / "0001.png", tmp_path / "seen_0001.png")]
    assert np.abs(shown[0] - shown[1])[..., :3].max() < 3 / 255  # the nodes were seen


def test_a_strip_lies_above_what_is_there(easel, film, tmp_path) -> None:
    strips = strips_of(film)
    strips.new_effect("Grey", "COLOR", 2, 1, **({"length": 5} if bpy.app.version >= (5, 0, 0) else {"frame_end": 6}))
    chosen = film.vernissage.film
    chosen.add_strip, chosen.use_range, chosen.start, chosen.end, chosen.anchor = True, True, 2, 3, "SCREEN"
    film.render.use_sequencer = True
    films = []
    for number in (1, 2):  # the second does not render the first one's strip
        assert bpy.ops.vernissage.stylise_film() == {"FINISHED"}
        strip = strips_of(film)[easel.current.film.job.strip_name]
        assert (strip.type, strip.channel, strip.frame_final_start, strip.frame_final_duration) == (
            "IMAGE", 2 + number, 2, 2)
        assert Path(bpy.path.abspath(strip.directory)) == tmp_path / "out"
        assert [element.filename for element in strip.elements] == ["0002.png", "0003.png"]
        films.append(frames_of(tmp_path / "out"))
    assert films[0] == films[1]


def strips_of(scene: bpy.types.Scene):
    editor = scene.sequence_editor_create()
    return editor.strips if hasattr(editor, "strips") else editor.sequences


def test_it_is_one_step_back(easel, film, monkeypatch) -> None:
    pushed = []
    monkeypatch.setattr(easel.part("operators.stylise_film"), "push_undo_step", pushed.append)
    film.vernissage.film.add_strip = True
    film.frame_end = 2
    assert bpy.ops.vernissage.stylise_film() == {"FINISHED"}
    assert pushed == ["Stylise Scene"]


def test_what_cannot_be_filmed_says_so_and_leaves_the_scene_as_it_was(easel, film, tmp_path) -> None:
    settings = settings_of(film)

    def refused(match: str) -> None:
        with pytest.raises(RuntimeError, match=match):
            bpy.ops.vernissage.stylise_film()
        assert settings_of(film) == settings
        assert not (tmp_path / "out").exists()

    camera, film.camera = film.camera, None
    settings = settings_of(film)
    refused("The scene Scene has no camera")
    film.camera = camera
    for owner, name, value, match in (
            (film.render, "engine", "BLENDER_WORKBENCH", "does not tell how things move"),
            (film, "frame_step", 2, "Only one frame of 2"),
            (film.vernissage.style, "method", "GRAM", "No style is chosen"),
            (film.vernissage.style, "mask", easel.image, "without a mask"),
            (film.vernissage.film, "folder", "//here", "which was never saved"),
            (film.vernissage.film, "folder", " ", "no folder for the film")):
        before = getattr(owner, name)
        setattr(owner, name, value)
        settings = settings_of(film)
        refused(match)
        setattr(owner, name, before)
    add(easel, kind="FILE", path=str(tmp_path / "gone.png"))
    settings = settings_of(film)
    refused("There is no picture")
    style, texture = film.vernissage.style, film.vernissage.texture
    style.styles[0].path, style.method, style.follows = str(easel.look), "DIFFUSION", "NORMAL"
    texture.model, texture.model_folder, texture.controlnet = "FOLDER", str(tmp_path / "sd"), str(tmp_path / "normal")
    settings = settings_of(film)
    refused("do not tell which way surfaces face as the camera sees them")


def test_a_cancelled_film_goes_on_where_it_was(easel, film, tmp_path) -> None:
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "scene.blend"))
    wanted = wanted_of(easel, film, tmp_path / "out")
    settings, before = settings_of(film), easel.part("preferences").read_settings(bpy.context)
    delivered = []
    jobs = easel.part("jobs.film").FilmJobs(wanted, before, deliver=delivered.append)
    while not jobs.is_finished:
        jobs.tick(0.1)
        if jobs.job.shoot.done == 2:
            jobs.cancel()
    assert jobs.job.error.kind.value == "cancelled"
    assert (delivered, frames_of(tmp_path / "out"), settings_of(film)) == ([], {}, settings)
    kept = {path.name: path.stat().st_mtime_ns for path in jobs.job.folder.glob("0*.exr")}
    assert sorted(kept) == ["0001.exr", "0002.exr"]
    again = easel.part("jobs.film").FilmJobs(wanted, before, deliver=delivered.append)
    while not again.is_finished:
        again.tick(0.1)
    assert (again.job.error, again.job.shoot.count) == (None, 2)
    assert delivered == [again.job]
    assert len(frames_of(tmp_path / "out")) == FRAMES


def wanted_of(easel, scene: bpy.types.Scene, out: Path):
    style = easel.part("jobs.style_wanted").wanted_style(scene.vernissage.style)
    anchor = scene.vernissage.film.film_anchor()
    source = easel.part("jobs.film_source").SceneFrames.of_scene(scene, anchor, is_as_saved=True)
    return easel.part("jobs.film").FilmWanted(source, style, anchor, scene.vernissage.film.film_format(), out)


def test_a_file_saved_in_the_middle_of_a_frame_opens_as_it_was_before(easel, film, tmp_path) -> None:
    anchor = film.vernissage.film.film_anchor()
    settings = settings_of(film)
    easel.part("scene.film").prepare_frame(film, 2, tmp_path, anchor)
    assert film.view_layers[0].use_pass_vector
    assert settings_of(film) != settings
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "middle.blend"))
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "middle.blend"))
    assert settings_of(bpy.context.scene) == settings


def test_a_film_by_a_slow_method(easel, film, tmp_path) -> None:
    style = film.vernissage.style
    style.method, style.steps, style.seed = "GRAM", 1, 3
    add(easel, kind="FILE", path=str(easel.look))
    film.vernissage.film.anchor = "SCREEN"
    with pytest.raises(RuntimeError, match="would flicker"):
        bpy.ops.vernissage.stylise_film()
    assert not list((tmp_path / "out").glob("*.png"))
    film.vernissage.film.anchor = "SURFACE"
    assert bpy.ops.vernissage.stylise_film() == {"FINISHED"}
    assert len(frames_of(tmp_path / "out")) == FRAMES
    request = easel.part("jobs.current").current.film.job.request
    assert (request.method, request.steps, request.seed) == ("gram", 1, 3)
