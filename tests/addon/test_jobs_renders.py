"""Renders that are stylised as they are written, without a window."""

from __future__ import annotations

from collections import deque
from pathlib import Path
from types import SimpleNamespace

import bpy
import numpy as np
import pytest

from tests.addon.test_operators_style import easel, pixels_of, render

__all__ = ["easel"]  # the fixture


@pytest.fixture
def film(easel, empty_scene, tmp_path) -> bpy.types.Scene:
    """A scene of three frames with a cube that moves, to be written as PNG."""
    render(empty_scene)
    easel.style.stylise_renders = True
    cube = bpy.data.objects["Cube"]
    for frame in (1, 3):
        cube.location.x = frame - 2
        cube.keyframe_insert("location", frame=frame)
    empty_scene.frame_start, empty_scene.frame_end = 1, 3
    (tmp_path / "out").mkdir()
    empty_scene.render.filepath = str(tmp_path / "out" / "shot_")
    return empty_scene


def read(path: Path) -> np.ndarray:
    image = bpy.data.images.load(str(path), check_existing=False)
    pixels = pixels_of(image).copy()
    bpy.data.images.remove(image)
    return pixels


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_each_frame_gets_a_styled_one_beside_it(film, tmp_path, capfd) -> None:
    bpy.ops.render.render(animation=True)
    folder = tmp_path / "out"
    assert names(folder) == [f"shot_000{frame}{styled}.png" for frame in (1, 2, 3) for styled in ("", "_styled")]
    frames = [read(folder / f"shot_000{frame}_styled.png") for frame in (1, 2, 3)]
    assert frames[0].shape == (48, 64, 4)
    for number, styled in enumerate(frames, 1):
        plain = read(folder / f"shot_000{number}.png")
        seen = plain[..., 3] > 0.99
        assert np.abs(styled - plain)[seen][:, :3].mean() > 0.05
        assert np.abs(styled[..., 3] - plain[..., 3]).max() < 0.01
    assert np.abs(frames[0] - frames[2]).max() > 0.1
    assert "Stylised:" in capfd.readouterr().err
    assert film.render.image_settings.color_depth == "8"
    before = {name: (folder / name).read_bytes() for name in names(folder)}
    bpy.ops.render.render(animation=True)  # its own it writes again, and the same
    assert {name: (folder / name).read_bytes() for name in names(folder) if "styled" in name} == {
        name: body for name, body in before.items() if "styled" in name}


def test_a_still_that_is_written_has_no_number(film, tmp_path) -> None:
    film.render.filepath = str(tmp_path / "out" / "still.png")
    bpy.ops.render.render(write_still=True)
    assert names(tmp_path / "out") == ["still.png", "still_styled.png"]


def test_openexr_is_stylised_as_it_is_seen(film, tmp_path) -> None:
    film.frame_end = 1
    bpy.ops.render.render(animation=True)
    as_png = (tmp_path / "out" / "shot_0001_styled.png").read_bytes()
    (tmp_path / "out" / "shot_0001_styled.png").unlink()
    film.render.image_settings.file_format = "OPEN_EXR"
    bpy.ops.render.render(animation=True)
    assert film.render.image_settings.file_format == "OPEN_EXR"
    assert (tmp_path / "out" / "shot_0001.exr").is_file()
    assert (tmp_path / "out" / "shot_0001_styled.png").read_bytes() == as_png


def test_a_light_file_is_seen_through_the_view_transform(easel, film, tmp_path) -> None:
    """As a window does it, where the frames are on the disk only."""
    film.frame_end = 1
    easel.style.strength = 0
    bpy.ops.render.render(animation=True)
    film.render.image_settings.file_format = "OPEN_EXR"
    film.render.image_settings.color_depth = "32"
    easel.style.stylise_renders = False
    bpy.ops.render.render(animation=True)
    seen = tmp_path / "seen.png"
    easel.part("scene.pictures").write_file_as_seen(tmp_path / "out" / "shot_0001.exr", film, seen)
    assert np.abs(read(seen) - read(tmp_path / "out" / "shot_0001_styled.png")).max() < 1e-3


def test_light_of_files_is_seen_as_the_scene_s_wherever_it_is_named(easel, empty_scene, tmp_path) -> None:
    image = bpy.data.images.new("Light", 48, 32, float_buffer=True)
    image.pixels.foreach_set(np.tile(np.float32([3, 0.5, 0.1, 1]), 48 * 32))
    image.file_format = "OPEN_EXR"
    image.save(filepath=str(tmp_path / "light.exr"))
    empty_scene.view_settings.exposure = -1
    easel.part("scene.pictures").write_file_as_seen(tmp_path / "light.exr", empty_scene, tmp_path / "seen.png")
    seen = read(tmp_path / "seen.png")
    item = easel.style.styles.add()
    item.kind, item.path = "FILE", str(tmp_path / "light.exr")
    (tmp_path / "look.exr").write_bytes((tmp_path / "light.exr").read_bytes())
    (job,), _ = easel.part("cli.style")._planned([tmp_path / "light.exr"], [tmp_path / "out.png"], [], [], skips=False)
    options = SimpleNamespace(styles=[str(tmp_path / "look.exr=2")], numbers=[], trained=[])
    pictures = [job.picture, *easel.part("jobs.style_wanted").wanted_style(easel.style).looks,
                *easel.part("cli.looks").chosen_looks(options, None)[0]]
    for number, picture in enumerate(pictures):
        deque(picture.bring(tmp_path, f"brought{number}", lambda: 0.0))
        assert np.array_equal(read(tmp_path / f"brought{number}.png"), seen)
    (tmp_path / "light.exr").write_bytes(b"no picture")
    with pytest.raises(easel.part("protocol.errors").BadInput, match="is no picture that Blender reads"):
        deque(job.picture.bring(tmp_path, "broken", lambda: 0.0))


def test_what_fails_breaks_no_render_and_what_is_not_ours_stays(easel, film, tmp_path, capfd) -> None:
    mine = tmp_path / "out" / "shot_0002_styled.png"
    mine.write_bytes(b"the artist's own")
    bpy.ops.render.render(animation=True)
    assert mine.read_bytes() == b"the artist's own"
    assert len(names(tmp_path / "out")) == 6
    assert "shot_0002_styled.png is there already" in capfd.readouterr().err
    bpy.ops.vernissage.add_style()
    bpy.ops.render.render(animation=True)
    assert capfd.readouterr().err.count("Style 1 of the list has no picture.") == 3


def test_without_a_backend_the_frames_are_there_all_the_same(film, tmp_path, monkeypatch, capfd) -> None:
    monkeypatch.setenv("VERNISSAGE_PYTHON", "/nowhere/python")
    bpy.ops.render.render(animation=True)
    assert names(tmp_path / "out") == [f"shot_000{frame}.png" for frame in (1, 2, 3)]
    assert capfd.readouterr().err.count("/nowhere/python does not exist") == 3


def test_nothing_is_stylised_that_was_not_asked_for(easel, film, tmp_path) -> None:
    easel.style.stylise_renders = False
    bpy.ops.render.render(animation=True)
    assert names(tmp_path / "out") == [f"shot_000{frame}.png" for frame in (1, 2, 3)]


def test_a_styled_render_takes_the_place_of_the_one_before(easel) -> None:
    pictures = easel.part("scene.pictures")
    first, second = easel.image.copy(), easel.image.copy()
    first.name = "Render Result - styled"
    pictures.keep_newest_render(first)
    material = bpy.data.materials.new("Screen")
    material["picture"] = first
    pictures.keep_newest_render(second)
    assert material["picture"] == second
    assert second.name == "Render Result - styled"
    assert [image.name for image in bpy.data.images if image.get("stylised_render")] == [second.name]


@pytest.mark.parametrize(("late_s", "content", "is_found"), [(-1, b"png", True), (5, b"png", False), (-1, b"", False)])
def test_a_frame_that_was_written_as_esc_came_is_found(easel, film, tmp_path, late_s, content, is_found) -> None:
    """Blender has put the scene back to where it stood when it tells that the render was broken off."""
    renders = easel.part("jobs.renders")
    first, second = (Path(bpy.path.abspath(film.render.frame_path(frame=frame))) for frame in (1, 2))
    second.write_bytes(content)
    renders._rendering[film.name] = renders._Finished(film.name, [first], begun_s=second.stat().st_mtime + late_s)
    try:
        film.frame_current = 2
        renders._begin_frame(film)
        film.frame_current = 7
        renders._note_cancel(film)
        assert renders._finished.pop().frames == [first, *[second] * is_found]
        easel.style.stylise_renders = False  # in the middle
        renders._rendering[film.name] = renders._Finished(film.name, [first])
        renders._note_cancel(film)
        assert not renders._finished
    finally:
        renders._forget()
