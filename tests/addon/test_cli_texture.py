"""`--command vernissage` with the real backend: exit codes, files and reports.

Most run in this very process, on one warm backend; a process of its own is for what needs one: signals, a closed pipe,
another environment, what is left on the disk when it is gone.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import os
import resource
import signal
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import bpy
import pytest

ROOT = Path(__file__).resolve().parents[2]
QUICK = ["--views", "2", "--view-size", "128", "--texture-size", "128", "--steps", "2"]


def start(scene: Path, *words: object, **environment: str) -> subprocess.Popen[str]:
    """Blender's command line, as `dev.py blender` gives it. The profile is that of these tests."""
    command = [sys.executable, "-s", ROOT / "tools" / "bpy_shell.py", "-b", scene, "--command", "vernissage", *words]
    return subprocess.Popen([str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                            env={**os.environ, **environment})


def run_apart(scene: Path, *words: object, **environment: str) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of a process of its own."""
    process = start(scene, *words, **environment)
    out, said = process.communicate(timeout=180)
    return process.returncode, out, said


def run(scene: Path, *words: object) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of the command in this process, with the scene opened anew. What is open now goes.
    """
    bpy.ops.wm.open_mainfile(filepath=str(scene))
    cli = importlib.import_module("bl_ext.user_default.vernissage.cli")
    with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.redirect_stderr(io.StringIO()) as said:
        code = cli.execute([str(word) for word in words])
    return code, out.getvalue(), said.getvalue()


def run_here(addon: ModuleType, *words: object) -> int:
    """The command in this very process, where a test can put itself in between."""
    cli = importlib.import_module(f"{addon.__name__}.cli")
    return cli.execute(["texture", "--prompt", "x", *map(str, words)])


@pytest.fixture
def scene(addon: ModuleType, empty_scene: bpy.types.Scene, tmp_path: Path) -> Path:
    """A saved scene: a monkey, a sphere, a mesh without faces, a hidden cube, a lamp."""
    bpy.ops.mesh.primitive_monkey_add()
    bpy.ops.mesh.primitive_uv_sphere_add(segments=12, ring_count=8, location=(3, 0, 0))
    bpy.ops.mesh.primitive_cube_add()
    bpy.context.object.name = "Hidden"
    bpy.context.object.hide_set(True)
    empty_scene.collection.objects.link(bpy.data.objects.new("Bare", bpy.data.meshes.new("Bare")))
    bpy.ops.object.light_add()
    path = tmp_path / "scene.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(path))
    return path


def test_what_can_be_is_textured_saved_exported_and_reported(scene, tiny_model, tmp_path) -> None:
    before = scene.read_bytes()
    saved, exported, report = tmp_path / "out.blend", tmp_path / "out.glb", tmp_path / "out.json"
    code, _, said = run(scene, "texture", "--object", "Suzanne", "Nobody", "Sphere", "Bare", "--prompt", "red brick",
                        "--model", tiny_model, "--seed", 7, *QUICK, "--save", saved, "--export", exported,
                        "--report", report)
    assert code == 1, said
    assert scene.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.blend", "out.glb", "out.json", "scene.blend"]

    body = json.loads(report.read_text(encoding="utf-8"))
    assert body["status"] == "partly done"
    assert body["version"] == "0.1.0"
    assert body["machine"]["device"] == "cpu"
    objects = {entry["name"]: entry for entry in body["objects"]}
    assert list(objects) == ["Suzanne", "Nobody", "Sphere", "Bare"]
    assert {name: entry["status"] for name, entry in objects.items()} == {
        "Suzanne": "done", "Nobody": "failed", "Sphere": "done", "Bare": "failed"}
    for name in ("Suzanne", "Sphere"):
        entry = objects[name]
        assert 0 < entry["coverage"] <= 1
        assert entry["seed"] == 7
        assert entry["model"] == str(tiny_model)
        assert {"Painting views", "Baking", "Applying"} <= entry["seconds"].keys()
        assert Path(entry["files"]["texture"]).is_file()
        assert entry["error"] is None
    assert objects["Nobody"]["error"]["kind"] == "bad_input"
    assert objects["Bare"]["error"] == {"kind": "bad_input", "sentence": "Bare has no faces.",
                                        "remedy": "Choose an object with faces.", "log": ""}
    assert objects["Bare"]["coverage"] is None

    assert "Suzanne (1 of 3): Painting views" in said  # plain lines: stderr is no terminal here
    assert "\r" not in said
    assert "There is no object Nobody." in said

    bpy.ops.wm.open_mainfile(filepath=str(saved))
    for name in ("Suzanne", "Sphere"):
        nodes = bpy.data.objects[name].material_slots[0].material.node_tree.nodes
        image = next(node.image for node in nodes if node.bl_idname == "ShaderNodeTexImage")
        assert image.packed_file is not None
        assert tuple(image.size) == (128, 128)
    assert not bpy.data.objects["Hidden"].material_slots

    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True, load_ui=False)
    bpy.ops.import_scene.gltf(filepath=str(exported))
    assert {obj.name for obj in bpy.data.objects if obj.type == "MESH"} == {"Suzanne", "Sphere"}
    assert len([image for image in bpy.data.images if image.size[0] == 128]) == 2


def test_objects_painted_together_each_with_its_prompt(scene, tiny_model, tmp_path) -> None:
    report = tmp_path / "out.json"
    code, _, said = run(scene, "texture", "--object", "Suzanne", "Sphere", "--prompt", "red brick", "--object-prompt",
                        "Sphere", "blue ice", "--together", "--quality-map", "--model", tiny_model, *QUICK, "--report",
                        report)
    assert code == 0, said
    entries = json.loads(report.read_text(encoding="utf-8"))["objects"]
    assert [(entry["name"], entry["prompt"], entry["strayed"]) for entry in entries] == [
        ("Suzanne", "red brick", 0), ("Sphere", "blue ice", 0)]
    assert entries[0]["files"]["folder"] == entries[1]["files"]["folder"]
    assert entries[0]["files"]["texture"] != entries[1]["files"]["texture"]
    assert [Path(entry["files"]["quality_map"]).is_file() for entry in entries] == [True, True]
    for entry in entries:
        assert entry["unseen"] == pytest.approx(1 - entry["coverage"])
        assert entry["seam_step"] <= entry["seam_step_worst"]
        assert len(entry["crossview_by_step"]) >= 1


@pytest.mark.of_no_version
def test_ctrl_c_keeps_what_is_done_and_leaves_no_process(scene, tiny_model, tmp_path) -> None:
    saved, report = tmp_path / "out.blend", tmp_path / "out.json"
    process = start(scene, "texture", "--object", "Suzanne", "Sphere", "--prompt", "red brick", "--model", tiny_model,
                    *QUICK[:-1], 60, "--save", saved, "--report", report)
    lines = []
    for line in process.stderr:
        lines.append(line)
        if "Sphere (2 of 2): Painting views" in line:
            children = children_of(process.pid)
            assert children
            process.send_signal(signal.SIGINT)
            break
    _, rest = process.communicate(timeout=180)
    assert process.returncode == 1, "".join(lines) + rest
    assert not [child for child in children if is_alive(child)]
    body = json.loads(report.read_text(encoding="utf-8"))
    assert body["status"] == "cancelled"
    assert [entry["status"] for entry in body["objects"]] == ["done", "cancelled"]
    assert saved.is_file()


def test_ctrl_c_while_a_file_is_saved_finishes_that_one_and_begins_no_other(scene, addon, tmp_path, monkeypatch,
                                                                           capsys) -> None:
    texture = importlib.import_module(f"{addon.__name__}.cli.texture")
    saved, exported, report = tmp_path / "out.blend", tmp_path / "out.glb", tmp_path / "out.json"
    done = texture.TextureJob("Suzanne", bpy.data.objects["Suzanne"].session_uid, state=texture.JobState.DONE)
    save = texture.save_scene

    def interrupted(path: Path) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        save(path)

    monkeypatch.setattr(texture, "_texture", lambda *arguments: ([done], False))
    monkeypatch.setattr(texture, "save_scene", interrupted)
    assert run_here(addon, "--save", saved, "--export", exported, "--report", report) == 1
    assert saved.is_file()
    assert not exported.exists()
    assert json.loads(report.read_text(encoding="utf-8"))["status"] == "cancelled"
    assert capsys.readouterr().err.splitlines()[-1] == "cancelled"


def test_ctrl_c_before_the_painting_begins_paints_nothing(scene, addon, tmp_path, monkeypatch) -> None:
    texture = importlib.import_module(f"{addon.__name__}.cli.texture")
    choose, report = texture.choose_objects, tmp_path / "out.json"

    def interrupted(options: object) -> object:
        os.kill(os.getpid(), signal.SIGINT)
        return choose(options)

    monkeypatch.setattr(texture, "choose_objects", interrupted)
    assert run_here(addon, "--object", "Suzanne", "--report", report) == 1
    body = json.loads(report.read_text(encoding="utf-8"))
    assert (body["status"], body["objects"][0]["status"]) == ("cancelled", "cancelled")


def test_what_cannot_be_selected_is_exported_all_the_same(scene, tiny_model, tmp_path) -> None:
    locked = bpy.data.collections.new("Locked")
    bpy.context.scene.collection.children.link(locked)
    for name in ("Suzanne", "Sphere"):
        locked.objects.link(bpy.data.objects[name])
        bpy.context.scene.collection.objects.unlink(bpy.data.objects[name])
    locked.hide_select = True
    bpy.data.objects["Sphere"].hide_select = True
    bpy.ops.wm.save_as_mainfile(filepath=str(scene))
    exported = tmp_path / "out.glb"
    code, _, said = run(scene, "texture", "--object", "Suzanne", "Sphere", "--prompt", "x", "--model", tiny_model,
                        *QUICK, "--export", exported)
    assert code == 0, said
    bpy.ops.wm.read_homefile(use_empty=True)
    bpy.ops.import_scene.gltf(filepath=str(exported))
    assert {"Suzanne", "Sphere"} <= {obj.name for obj in bpy.data.objects}


def test_every_visible_mesh_and_a_prompt_that_starts_with_a_dash(scene, tiny_model, tmp_path) -> None:
    bpy.data.objects.remove(bpy.data.objects["Bare"])
    bpy.ops.wm.save_as_mainfile(filepath=str(scene))
    report = tmp_path / "out.json"
    code, _, said = run(scene, "texture", "--prompt=-red-", "--model", tiny_model, *QUICK, "--save", scene,
                        "--report", report)
    assert code == 0, said
    body = json.loads(report.read_text(encoding="utf-8"))
    assert body["status"] == "done"
    assert [entry["name"] for entry in body["objects"]] == ["Sphere", "Suzanne"]
    bpy.ops.wm.open_mainfile(filepath=str(scene))  # --save may name the opened file
    assert bpy.data.objects["Sphere"].material_slots[0].material.name.startswith("Sphere")


def test_without_a_backend_every_object_says_so_and_nothing_is_saved(scene, tmp_path) -> None:
    saved, report = tmp_path / "out.blend", tmp_path / "out.json"
    code, _, said = run_apart(scene, "texture", "--object", "Suzanne", "--prompt", "x", "--save", saved, "--report",
                              report, VERNISSAGE_PYTHON="/nowhere/python")
    assert code == 1
    assert "/nowhere/python" in said
    entry = json.loads(report.read_text(encoding="utf-8"))["objects"][0]
    assert entry["error"]["kind"] == "environment"
    assert entry["error"]["remedy"]
    assert not saved.exists()


@pytest.mark.parametrize(("words", "said"), [
    (["texture", "--prompt", "x", "--views", "99"], "--views is 99"),
    (["texture", "--prompt", "x", "--report", "{scene}"], "is the opened scene"),
    (["texture", "--prompt", "x", "--save", "/proc/out.blend"], "cannot be written"),
    (["paint"], "invalid choice"),
    (["texture", "--prompt", "x", "--save", "/tmp/" + "a" * 300 + ".blend"], "cannot be written"),
    (["texture", "--prompt", "x", "--object", "Suzanne", "--object-prompt", "Cube", "y"], "no object of this name"),
    (["texture", "--prompt", "x", "--object-prompt", "Suzanne", " "], "is empty"),
    (["texture", "--prompt", "x", "--camera", "Suzanne"], "no camera Suzanne"),
])
def test_wrong_usage_begins_nothing(scene, words: list[str], said: str) -> None:
    before = scene.read_bytes()
    code, _, stderr = run(scene, *(word.format(scene=scene) for word in words))
    assert code == 2
    assert said in stderr.splitlines()[-1]
    assert scene.read_bytes() == before


def test_a_scene_that_shows_no_mesh_fails_with_its_sentence(addon, empty_scene, tmp_path) -> None:
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "empty.blend"))
    code, _, said = run(tmp_path / "empty.blend", "texture", "--prompt", "x", "--report", tmp_path / "out.json")
    assert code == 1
    assert "shows no mesh" in said
    assert json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))["status"] == "failed"


def test_a_full_disk_leaves_the_opened_file_as_it_was(scene, tmp_path) -> None:
    from vernissage.cli.texture import attempt, save_scene

    # No file grows beyond half of it, as on a full disk.
    before, limits = scene.read_bytes(), resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) // 2, limits[1]))
        written = attempt("scene", scene, save_scene)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)
    assert "could not be written" in str(written.error)
    assert scene.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["scene.blend"]


def test_half_a_file_is_not_taken_for_a_whole_one(scene, tmp_path) -> None:
    from vernissage.cli.texture import _check_whole
    from vernissage.protocol.errors import StorageError

    body, half = scene.read_bytes(), tmp_path / "half.blend"
    half.write_bytes(body)
    _check_whole(half, scene)
    assert not bpy.data.libraries
    for size in (0, 1000, len(body) // 2):
        half.write_bytes(body[:size])
        with pytest.raises(StorageError, match=r"scene.blend could not be written whole"):
            _check_whole(half, scene)


@pytest.mark.of_no_version
def test_nobody_reads_what_is_said_and_the_work_is_saved_all_the_same(scene, tiny_model, tmp_path) -> None:
    saved, exported = tmp_path / "out.blend", tmp_path / "out.glb"
    process = start(scene, "texture", "--object", "Sphere", "--prompt", "red brick", "--model", tiny_model, *QUICK,
                    "--save", saved, "--export", exported)
    process.stdout.close()
    process.stderr.close()
    assert process.wait(timeout=180) == 0
    assert saved.is_file()
    assert exported.is_file()


@pytest.mark.of_no_version
def test_a_million_faces(scene, tiny_model, tmp_path) -> None:
    bpy.ops.mesh.primitive_grid_add(x_subdivisions=1000, y_subdivisions=1000, calc_uvs=True)
    bpy.context.object.name = "Million"
    path, report = tmp_path / "million.blend", tmp_path / "million.json"
    bpy.ops.wm.save_as_mainfile(filepath=str(path))
    code, _, said = run(path, "texture", "--object", "Million", "--prompt", "red brick", "--model", tiny_model, *QUICK,
                        "--report", report)
    assert code == 0, said
    entry, = json.loads(report.read_text(encoding="utf-8"))["objects"]
    assert entry["coverage"] == 1


@pytest.mark.of_no_version
def test_check_and_install_tell_how_it_stands(scene) -> None:
    code, out, _ = run(scene, "check")
    assert code == 0
    assert json.loads(out.splitlines()[-1])["versions"]["torch"]
    code, _, said = run_apart(scene, "check", VERNISSAGE_PYTHON=sys.executable)
    assert code == 1
    assert "cannot run the backend" in said
    code, _, said = run(scene, "install")
    assert code == 1
    assert "--online-mode" in said


def children_of(process_id: int) -> list[int]:
    return [int(child) for task in Path(f"/proc/{process_id}/task").iterdir()
            for child in (task / "children").read_text().split()]


def is_alive(process_id: int) -> bool:
    try:
        state = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"
