"""`--command vernissage film` as a process, with Cycles and the real backend."""

from __future__ import annotations

import importlib
import json
import os
import shutil
import signal
import time
from pathlib import Path

import bpy
import pytest

from tests.addon.test_cli_style import link_library, names, read
from tests.addon.test_cli_texture import run, start

pytestmark = pytest.mark.of_no_version
FRAMES = 4


def stage(scene: bpy.types.Scene, *, moves: bool) -> None:
    """A cube that goes to the right before a wall, 64 x 48."""
    bpy.ops.mesh.primitive_cube_add(size=1.6)
    cube = bpy.context.object
    if moves:
        for frame in (1, FRAMES):
            cube.location.x = 0.15 * frame - 0.5
            cube.keyframe_insert("location", frame=frame)
    bpy.ops.mesh.primitive_plane_add(size=12, location=(0, 0, -1))
    bpy.ops.object.camera_add(location=(0, 0, 8))
    scene.camera = bpy.context.object
    bpy.ops.object.light_add(type="SUN", location=(0, 0, 9), rotation=(0.5, 0.4, 0))
    scene.frame_start, scene.frame_end = 1, FRAMES
    scene.render.engine = "CYCLES"
    scene.cycles.samples, scene.cycles.use_denoising = 2, False
    scene.render.resolution_x, scene.render.resolution_y = 64, 48


@pytest.fixture
def scene(addon, empty_scene, tmp_path) -> Path:
    """A saved scene with motion."""
    stage(empty_scene, moves=True)
    path = tmp_path / "scene.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(path))
    return path


@pytest.fixture
def sequence(scene, tmp_path) -> Path:
    """Its frames as an artist renders them, as OpenEXR MultiLayer with the vector pass and the object index."""
    here = bpy.context.scene
    settings = here.render.image_settings
    if hasattr(settings, "media_type"):
        settings.media_type = "MULTI_LAYER_IMAGE"
    settings.file_format = "OPEN_EXR_MULTILAYER"
    layer = here.view_layers[0]
    layer.use_pass_vector = layer.use_pass_object_index = True
    here.render.filepath = str(tmp_path / "frames" / "shot_")
    bpy.ops.render.render(animation=True)
    return tmp_path / "frames"


def frames_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())
            if path.suffix in (".png", ".exr") and ".part" not in path.name}


def test_the_scenes_own_range_is_rendered_stylised_and_done_once(scene, tmp_path) -> None:
    out, report, before = tmp_path / "out", tmp_path / "out.json", scene.read_bytes()
    code, _, said = run(scene, "film", "--number", "7", "--out", out, "--report", report)
    assert code == 0, said
    assert scene.read_bytes() == before
    made = frames_of(out)
    assert list(made) == [f"000{number}.png" for number in range(1, FRAMES + 1)]
    assert read(out / "0001.png").shape == (48, 64, 4)
    assert made["0001.png"] != made["0004.png"]
    body = json.loads(report.read_text(encoding="utf-8"))
    assert (body["status"], body["made"], body["frames"]) == ("done", FRAMES, list(made))
    assert (body["error"], body["warnings"], body["cuts"]) == (None, [], [])
    assert {"Rendering the frames", "Transferring the style"} <= body["stages"].keys()
    assert not Path(body["request"]["folder"]).exists()  # a film is large
    written = {name: (out / name).stat().st_mtime_ns for name in made}

    code, _, said = run(scene, "film", "--number", "7", "--out", out, "--report", report)
    assert code == 0, said
    assert "Rendering" not in said
    assert {name: (out / name).stat().st_mtime_ns for name in made} == written
    body = json.loads(report.read_text(encoding="utf-8"))
    assert (body["status"], body["made"]) == ("done", 0)

    code, _, said = run(scene, "film", "--number", "8", "--out", out, "--start", "2", "--end", "3")
    assert code == 0, said
    again = frames_of(out)
    assert [name for name in made if again[name] != made[name]] == ["0002.png", "0003.png"]


def test_without_motion_the_frames_are_the_same_bit_by_bit(addon, empty_scene, tmp_path) -> None:
    stage(empty_scene, moves=False)
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "still.blend"))
    for kind in ("png16", "exr-half"):
        code, _, said = run(tmp_path / "still.blend", "film", "--out", tmp_path / kind, "--format", kind)
        assert code == 0, said
    png, exr = frames_of(tmp_path / "png16"), frames_of(tmp_path / "exr-half")
    assert (len(png), len(set(png.values()))) == (FRAMES, 1)
    assert (len(exr), len(set(exr.values()))) == (FRAMES, 1)
    seen, light = read(tmp_path / "png16" / "0001.png"), read(tmp_path / "exr-half" / "0001.exr")
    assert abs(seen - light).max() < 2e-3  # Blender gives both as light


def test_a_killed_film_goes_on_and_ends_in_the_same_bytes(scene, tmp_path) -> None:
    code, _, said = run(scene, "film", "--out", tmp_path / "whole")
    assert code == 0, said
    out = tmp_path / "out"
    process = start(scene, "film", "--out", out)
    rendered = 0
    while rendered < 2:
        assert process.poll() is None
        rendered += "Saved" in process.stdout.readline()
    process.kill()
    process.communicate()
    assert frames_of(out) == {}
    (job,) = jobs_of(out)
    kept = {path.name: path.stat().st_mtime_ns for path in job.glob("0*.exr")}
    assert 1 <= len(kept) < FRAMES

    process = start(scene, "film", "--out", out)
    while not frames_of(out):
        assert process.poll() is None
        time.sleep(0.005)
    assert {name: (job / name).stat().st_mtime_ns for name in kept if (job / name).is_file()}.items() <= kept.items()
    process.kill()
    process.communicate()
    first = {name: (out / name).stat().st_mtime_ns for name in frames_of(out)}

    code, _, said = run(scene, "film", "--out", out)
    assert code == 0, said
    assert frames_of(out) == frames_of(tmp_path / "whole")
    assert {name: (out / name).stat().st_mtime_ns for name in first} == first
    assert not job.exists()


def jobs_of(out: Path) -> list[Path]:
    """The job's folder of a film that was begun."""
    name = json.loads((out / "vernissage_film.json").read_text(encoding="utf-8"))["job"]
    return list(Path(os.environ["BLENDER_USER_RESOURCES"]).rglob(name))


def test_ctrl_c_keeps_what_is_there_and_says_so(scene, tmp_path) -> None:
    report = tmp_path / "out.json"
    process = start(scene, "film", "--out", tmp_path / "out", "--report", report)
    while "Saved" not in process.stdout.readline():
        assert process.poll() is None
    os.kill(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=180)
    assert process.returncode == 1, said
    assert said.splitlines()[-1] == "cancelled"
    assert json.loads(report.read_text(encoding="utf-8"))["status"] == "cancelled"


def test_frames_that_were_rendered_before(scene, sequence, tmp_path) -> None:
    before = frames_of(sequence)
    code, _, said = run(scene, "film", "--frames", sequence, "--out", tmp_path / "out", "--start", "2")
    assert code == 0, said
    assert names(tmp_path / "out") == ["shot_0002.png", "shot_0003.png", "shot_0004.png", "vernissage_film.json"]
    assert frames_of(sequence) == before


def test_with_no_strength_the_frames_are_what_blender_shows(scene, sequence, tmp_path) -> None:
    """Light is seen through the scene's view transform."""
    code, _, said = run(scene, "film", "--frames", sequence, "--out", tmp_path / "out", "--strength", "0", "--end", "1",
                        "--format", "png16")
    assert code == 0, said
    bpy.ops.wm.open_mainfile(filepath=str(scene))
    here = bpy.context.scene
    assert here.view_settings.view_transform == "AgX"
    here.frame_end = 1
    settings = here.render.image_settings
    settings.color_depth, settings.color_mode = "16", "RGBA"
    here.render.filepath = str(tmp_path / "seen_")
    bpy.ops.render.render(animation=True)
    assert abs(read(tmp_path / "out" / "shot_0001.png") - read(tmp_path / "seen_0001.png"))[..., :3].max() < 2e-3


def test_each_fault_of_a_sequence_has_its_sentence(scene, sequence, tmp_path) -> None:
    def refused(*words: object) -> str:
        report = tmp_path / "out.json"
        code, _, said = run(scene, "film", "--frames", sequence, "--out", tmp_path / "out", "--report", report, *words)
        assert code == 1, said
        error = json.loads(report.read_text(encoding="utf-8"))["error"]
        assert error["remedy"]
        return error["sentence"]

    shutil.copyfile(sequence / "shot_0001.exr", tmp_path / "first.exr")
    (sequence / "shot_0003.exr").rename(tmp_path / "third.exr")
    assert refused() == f"Number of frames that are missing in {sequence}: 1; the first is 3."
    stage_size(scene, 32, 48, sequence / "shot_0003.exr", vector=True)
    assert "48 × 32 px, those before it 64 × 48 px" in refused()
    stage_size(scene, 48, 64, sequence / "shot_0003.exr", vector=False)
    assert refused() == "shot_0003.exr has no vector pass."
    (sequence / "shot_0003.exr").write_bytes(b"no picture")
    assert "cannot be read" in refused()
    (tmp_path / "third.exr").rename(sequence / "shot_0003.exr")
    (sequence / "other_0001.exr").write_bytes(b"")
    assert "more than one film" in refused()
    (sequence / "other_0001.exr").unlink()
    (sequence / "shot_2.exr").write_bytes(b"")
    assert refused() == f"{sequence} holds frame 2 twice: shot_0002.exr and shot_2.exr."
    shutil.rmtree(sequence)
    sequence.mkdir()
    assert "no numbered frames" in refused()


def stage_size(scene: Path, height: int, width: int, path: Path, *, vector: bool) -> None:
    """One frame of the scene's, of another size or without its motion."""
    bpy.ops.wm.open_mainfile(filepath=str(scene))
    here = bpy.context.scene
    here.render.resolution_x, here.render.resolution_y = width, height
    settings = here.render.image_settings
    if hasattr(settings, "media_type"):
        settings.media_type = "MULTI_LAYER_IMAGE"
    settings.file_format = "OPEN_EXR_MULTILAYER"
    here.view_layers[0].use_pass_vector = vector
    here.frame_start = here.frame_end = 3
    here.render.filepath = str(path.parent / "new_")
    bpy.ops.render.render(animation=True)
    (path.parent / "new_0003.exr").replace(path)


def test_what_is_not_ours_stays(scene, tmp_path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "0002.png").write_bytes(b"the artist's own")
    code, _, said = run(scene, "film", "--out", tmp_path / "out")
    assert code == 1
    assert "was not made by Vernissage" in said
    assert frames_of(tmp_path / "out") == {"0002.png": b"the artist's own"}


def test_a_second_run_in_the_folder_is_refused_until_the_first_ended_in_any_way(scene, tmp_path) -> None:
    out = tmp_path / "out"
    process = start(scene, "film", "--out", out)
    while "Saved" not in process.stdout.readline():
        assert process.poll() is None
    code, _, said = run(scene, "film", "--out", out, "--number", "8")
    assert (code, f"Another run is making a film in {out}." in said) == (1, True)
    process.kill()
    process.communicate()
    code, _, said = run(scene, "film", "--out", out, "--number", "8")
    assert code == 0, said
    assert names(out) == [*frames_of(out), "vernissage_film.json"]


def test_a_film_is_made_anew_when_something_that_the_scene_reads_changed(scene, tmp_path) -> None:
    library, out, report = tmp_path / "library.blend", tmp_path / "out", tmp_path / "out.json"
    link_library(library)
    bpy.ops.wm.save_as_mainfile(filepath=str(scene))

    def made() -> tuple[int, bool]:
        code, _, said = run(scene, "film", "--out", out, "--end", "2", "--report", report)
        assert code == 0, said
        return json.loads(report.read_text(encoding="utf-8"))["made"], "complete already" in said

    assert [made(), made()] == [(2, False), (0, True)]
    os.utime(library, ns=(1, 1))
    assert made() == (2, False)


@pytest.mark.parametrize(("words", "said"), [
    (["--strength", "2"], "--strength is 2.0"),
    (["--step", "0"], "--step is 0"),
    (["--frames", "/nowhere"], "is not there: name a folder"),
    (["--number", "26"], "There is no style 26"),
    (["--format", "gif"], "invalid choice"),
    (["--start", "5", "--end", "1"], "would start at 5 and end at 1"),
    (["--start", "5"], "would start at 5 and end at 4"),
    (["--end", "400000000"], "--end is 400000000: must be from -1048574 to 1048574."),
    (["--frames", "//", "--end", "400000000"], "--end is 400000000"),
    (["--report", "//out/0001.png"], "is a file that the run makes"),
    (["--report", "//out/vernissage_film.json"], "is a file that the run makes"),
])
def test_wrong_usage_begins_nothing(scene, tmp_path, words, said) -> None:
    if "--report" in words:
        (tmp_path / "out").mkdir()
    before = sorted(tmp_path.rglob("*"))
    code, _, stderr = run(scene, "film", "--out", tmp_path / "out", *words)
    assert code == 2
    assert said in stderr.splitlines()[-1]
    assert sorted(tmp_path.rglob("*")) == before


def test_motion_must_be_known(scene, tmp_path) -> None:
    code, _, said = run(scene, "film", "--out", tmp_path / "out", "--step", "2")
    assert (code, "motion is known from frame to frame" in said) == (1, True)
    code, _, said = run(scene, "film", "--out", tmp_path / "out", "--step", "2", "--anchor", "screen")
    assert code == 0, said
    assert list(frames_of(tmp_path / "out")) == ["0001.png", "0003.png"]


def test_of_a_folder_too_motion_is_known_from_frame_to_frame_only(addon, tmp_path) -> None:
    source, film = (importlib.import_module(f"{addon.__name__}.{name}")
                    for name in ("jobs.film_source", "protocol.film"))
    for number in range(3):
        (tmp_path / f"{number}.exr").touch()
    transform = film.ViewTransform(config="", display="", view="")
    fields = {"name": "film", "path": tmp_path, "start": None, "end": None, "transform": transform}
    with pytest.raises(Exception, match="motion is known from frame to frame"):
        source.FolderFrames(**fields, step=2, anchor=film.Anchor.SURFACE).files()
    assert source.FolderFrames(**fields, step=2, anchor=film.Anchor.SCREEN).files() == ("0.exr", "2.exr")
    assert len(source.FolderFrames(**fields, step=1, anchor=film.Anchor.SURFACE).files()) == 3
