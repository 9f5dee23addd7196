"""`--command vernissage train-style` as a process, with the real backend."""

from __future__ import annotations

import importlib
import json
import os
import signal
from pathlib import Path

import bpy
import pytest

from tests.addon.conftest import _write_png
from tests.addon.test_cli_texture import run, start
from tests.addon.test_operators_style import blotches

pytestmark = pytest.mark.of_no_version

QUICK = ["--size", 64, "--crop", 64, "--batch", 2, "--start", 4, "--test-every", 1, "--penalty-every", 2]


@pytest.fixture
def scene(addon, empty_scene, tmp_path):
    """A saved scene; a style and four pictures lie beside it. No style was trained before, none is left."""
    _write_png(tmp_path / "look.png", blotches(80, 72, 3))
    (tmp_path / "photos").mkdir()
    for number in range(4):
        _write_png(tmp_path / "photos" / f"{number}.png", blotches(72, 80, 10 + number))
    path = tmp_path / "scene.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(path))
    yield path
    for style in styles(addon).glob("*.safetensors"):
        style.unlink()


def styles(addon) -> Path:
    return importlib.import_module(f"{addon.__name__}.jobs.trained_styles").styles_folder()


def test_a_style_is_trained_reported_and_used_by_its_name(addon, scene, tmp_path) -> None:
    report, board = tmp_path / "out.json", tmp_path / "board"
    code, _, said = run(scene, "train-style", "--style", tmp_path / "look.png", "--content", "//photos", "--rounds", 3,
                        "--optimiser", "sgd", "--rate", 1e-3, "--tensorboard", board, "--licence", "CC0-1.0",
                        *QUICK, "--report", report)
    assert code == 0, said
    assert said.splitlines()[-1] == f"look: {styles(addon) / 'look.safetensors'}"
    assert sum(line.startswith("step ") for line in said.splitlines()) >= 2
    assert "score" in said
    assert "losses: adversarial" in said
    assert sum(line.startswith("look: trained in ") for line in said.splitlines()) == 1
    assert list(board.glob("events.out.tfevents*"))
    body = json.loads(report.read_text(encoding="utf-8"))
    assert (body["status"], body["name"], body["contents"], body["held_out"]) == ("done", "look", 3, 1)
    assert body["request"]["styles"] == [str(tmp_path / "look.png")]
    assert body["request"]["contents"] == [str(tmp_path / "photos")]
    assert (body["request"]["optimiser"], body["request"]["rate"]) == ("sgd", 0.001)
    assert [test["round"] for test in body["tests"]] == [0, 1, 2, 3]
    assert all(test["score"] == test["patch_distance"] + test["content_loss"] for test in body["tests"])
    assert Path(body["sheet"]).is_file()

    code, _, said = run(scene, "style", tmp_path / "photos" / "0.png", "--trained", "look=2", "--out",
                        tmp_path / "a.png")
    assert code == 0, said
    assert (tmp_path / "a.png").is_file()
    code, _, said = run(scene, "style", tmp_path / "photos" / "0.png", "--trained", "nothing")
    assert code == 2
    assert "--trained nothing is not there: name a file, or one of look" in said

    before = (styles(addon) / "look.safetensors").read_bytes()
    code, _, said = run(scene, "train-style", "--style", tmp_path / "look.png", "--content", "//photos", "--name", "n",
                        *QUICK, "--report", styles(addon) / "n.safetensors")
    assert (code, "is a file that the run makes" in said) == (2, True)
    again = ["train-style", "--style", tmp_path / "look.png", "--content", "//photos", "--name", "look", "--rounds", 1,
             *QUICK]
    code, _, said = run(scene, *again)
    assert code == 2
    assert "There is a style look already" in said
    assert (styles(addon) / "look.safetensors").read_bytes() == before
    code, _, said = run(scene, *again, "--replace")
    assert code == 0, said


def test_ctrl_c_leaves_a_checkpoint_that_resumes(addon, scene, tmp_path) -> None:
    report = tmp_path / "out.json"
    process = start(scene, "train-style", "--style", tmp_path / "look.png", "--content", tmp_path / "photos",
                    "--rounds", 100000, "--patience", 0, *QUICK, "--report", report)
    while "step 2" not in process.stderr.readline():
        assert process.poll() is None
    os.kill(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=180)
    assert process.returncode == 1
    body = json.loads(report.read_text(encoding="utf-8"))
    assert body["status"] == "cancelled"
    folder = Path(body["resume"])
    assert f"kept in {folder}" in said
    assert not list(styles(addon).glob("*.safetensors"))

    for wrong, option in ((["--seed", 4], "seed"), (["--style", tmp_path / "look.png"], "style")):
        code, _, said = run(scene, "train-style", "--resume", folder, *wrong)
        assert code == 2
        assert f"--{option} cannot differ" in said
    rounds = round(body["figures"]["tested"]) + 3
    code, _, said = run(scene, "train-style", "--resume", folder, "--rounds", rounds, "--report", report, "--name",
                        "other", "--styles-folder", tmp_path / "list")
    assert code == 0, said
    body = json.loads(report.read_text(encoding="utf-8"))
    assert [test["round"] for test in body["tests"]] == list(range(rounds + 1))
    assert Path(body["style"]) == tmp_path / "list" / "other.safetensors"
    assert not list(styles(addon).glob("*.safetensors"))


@pytest.mark.parametrize(("words", "said"), [
    ([], "--style is missing"),
    (["--style", "{in}/gone.png"], "--style {in}/gone.png is not there"),
    (["--style", "{in}/look.png", "--content", "{in}/gone"], "--content {in}/gone is not there"),
    (["--style", "{in}/look.png", "--crop", "72"], "must be a multiple of 16"),
    (["--style", "{in}/look.png", "--rate", "nan"], "--rate is nan"),
    (["--style", "{in}/look.png", "--style-weight", "-1"], "--style-weight is -1"),
    (["--style", "{in}/look.png", "--name", "a/b"], "cannot be the name of a style"),
    (["--style", "{in}/look.png", "--optimiser", "lion"], "lion"),
    (["--resume", "{in}"], "--resume: {in} holds no training that can be gone on with."),
    (["--style", "{in}/look.png", "--report", "{in}/look.png"], "is a file that is read"),
])
def test_wrong_usage_begins_nothing(addon, scene, tmp_path, words: list[str], said: str) -> None:
    code, _, stderr = run(scene, "train-style", *(word.replace("{in}", str(tmp_path)) for word in words))
    assert code == 2
    assert said.replace("{in}", str(tmp_path)) in stderr.splitlines()[-1]
    assert not list(styles(addon).glob("*.safetensors"))
