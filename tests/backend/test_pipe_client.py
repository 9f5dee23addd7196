"""The client with the real backend: textures, cancels, deaths in each phase, and no orphan."""

from __future__ import annotations

import os
import signal
import statistics
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PIL import Image

from tests.backend.conftest import MakeJob
from tests.backend.pipe import has_ended, wait_for_end, wait_for_stage, write_recipe_backend
from vernissage.client.backend import Backend
from vernissage.protocol.errors import ErrorKind
from vernissage.protocol.messages import Failed, Finished, Progress, Ready, Stage, Started

LONG = {"steps": 200, "view_count": 8}  # minutes with the tiny model, if nobody stops it


def test_a_texture_from_the_first_word_to_the_file(backend: Backend, make_tiny_job: MakeJob) -> None:
    """A real job twice: the events in their order, the file, the same bytes again from the warm model."""
    folders = [make_tiny_job(steps=4), make_tiny_job(steps=4)]
    for number, folder in enumerate(folders):
        job_id = backend.run(folder)
        end, events = wait_for_end(backend, job_id)
        assert isinstance(end, Finished), end
        assert [type(event) for event in events[:2 - number]] == [Ready, Started][number:]
        progress = [event for event in events if isinstance(event, Progress)]
        assert {event.job_id for event in progress} == {job_id}
        assert {event.stage for event in progress} == set(Stage)
        fractions = [event.fraction for event in progress]
        assert fractions == sorted(fractions)
        assert 0.0 <= fractions[0] < fractions[-1] <= 1.0
        assert any(event.remaining_s is not None for event in progress)
        assert set(end.result.seconds) == {stage.value for stage in Stage}
    with Image.open(folders[0] / end.result.texture) as image:
        assert (image.size, image.mode) == ((64, 64), "RGB")
    assert (folders[0] / "texture.png").read_bytes() == (folders[1] / "texture.png").read_bytes()
    assert not [*folders[0].glob("*.part")]


def test_a_cancel_takes_effect_at_the_next_step(backend: Backend, make_tiny_job: MakeJob) -> None:
    job_id = backend.run(make_tiny_job(**LONG))
    wait_for_stage(backend, job_id, Stage.DENOISE, step=1)
    process_id = backend.process_id
    backend.cancel(job_id)
    began = time.monotonic()
    end, _ = wait_for_end(backend, job_id)
    assert time.monotonic() - began < 5.0  # measured: 0.05 s; a job that goes on takes minutes
    assert isinstance(end, Failed)
    assert end.error is ErrorKind.CANCELLED
    assert backend.process_id == process_id  # with its model warm
    end, _ = wait_for_end(backend, backend.run(make_tiny_job()))
    assert isinstance(end, Finished)


STOPS_ITSELF = """
    import contextlib, os, signal
    from pathlib import Path
    from backend.job import Job
    run, begin = jobs.run, Job.stage
    @contextlib.contextmanager
    def stage(self, stage, steps=0):
        with begin(self, stage, steps):
            if stage.name == os.environ.get("STOP_AT"): os.kill(os.getpid(), signal.SIGSTOP)
            yield
    Job.stage = stage
"""


@pytest.mark.parametrize("stage", [Stage.LOAD, Stage.DENOISE, Stage.BAKE])
def test_killed_in_a_phase(stage: Stage, root: Path, tmp_path: Path, make_tiny_job: MakeJob,
                           monkeypatch: pytest.MonkeyPatch) -> None:
    """The real backend with a real job stands still in that phase, then somebody kills it."""
    folder = write_recipe_backend(tmp_path / "extension", root, STOPS_ITSELF)
    backend = Backend(Path(sys.executable), folder, tmp_path / "backend.log")
    monkeypatch.setenv("STOP_AT", stage.name)
    job_folder = make_tiny_job()
    job_id = backend.run(job_folder)
    wait_for_stage(backend, job_id, stage)
    os.kill(backend.process_id, signal.SIGKILL)
    end, _ = wait_for_end(backend, job_id)
    assert isinstance(end, Failed)
    assert end.error is ErrorKind.BACKEND_DIED
    assert stage.value in str(end.to_error())
    assert "SIGKILL" in str(end.to_error())
    assert end.log_path == str(tmp_path / "backend.log")
    assert not (job_folder / "texture.png").exists()
    assert not backend.is_running
    if stage is Stage.BAKE:  # once is enough: the next job starts a new process
        monkeypatch.delenv("STOP_AT")
        end, _ = wait_for_end(backend, backend.run(make_tiny_job()))
        assert isinstance(end, Finished)
    backend.close()


PARENT = """
import importlib.util, sys, time
from pathlib import Path
root, extension, log, job, stage = sys.argv[1:]
spec = importlib.util.spec_from_loader("vernissage", loader=None, is_package=True)
package = importlib.util.module_from_spec(spec)
package.__path__ = [root]
sys.modules["vernissage"] = package
from vernissage.client.backend import Backend
from vernissage.protocol.messages import Progress
backend = Backend(Path(sys.executable), Path(extension), Path(log))
backend.run(Path(job))
while True:
    for event in backend.wait(1.0):
        if isinstance(event, Progress) and event.stage.name == stage:
            print(backend.process_id, flush=True)
            time.sleep(600)
"""

NATIVE = """
    import ctypes
    sleep = {"native": ctypes.CDLL(None).sleep, "native with lock": ctypes.PyDLL(None).sleep}
    def run(request, job, models):
        with job.stage(Stage.DENOISE): sleep[request.prompt](600)
"""


# A native call that keeps the interpreter's lock is ended by Linux alone, see `end_with_client`.
@pytest.mark.parametrize("at", ["network step", "native", *(["native with lock"] if sys.platform == "linux" else [])])
def test_blender_killed_leaves_no_orphan(at: str, root: Path, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    if at == "network step":
        extension, job = root, request.getfixturevalue("make_tiny_job")(**LONG)
    else:
        extension = write_recipe_backend(tmp_path / "extension", root, NATIVE)
        job = request.getfixturevalue("make_job")(prompt=at)
    arguments = [root, extension, tmp_path / "log", job, "DENOISE"]
    with subprocess.Popen([sys.executable, "-c", PARENT, *map(str, arguments)], stdout=subprocess.PIPE) as parent:
        process_id = int(parent.stdout.readline())
        assert not has_ended(process_id, 0.2)
        parent.kill()
        parent.wait()
        assert has_ended(process_id, 2.0)


def test_blender_ends_and_takes_the_backend_along(root: Path, tmp_path: Path, make_job: MakeJob) -> None:
    """An orderly end, with a job at work: `close` runs at exit."""
    extension = write_recipe_backend(tmp_path / "extension", root, NATIVE)
    code = PARENT.replace("time.sleep(600)", "sys.exit(0)")
    arguments = [root, extension, tmp_path / "log", make_job(prompt="native"), "DENOISE"]
    run = subprocess.run([sys.executable, "-W", "error", "-c", code, *map(str, arguments)], capture_output=True,
                         timeout=60, check=False)
    assert (run.returncode, run.stderr) == (0, b"")
    assert has_ended(int(run.stdout), 2.0)


def test_a_folder_that_cannot_be_written_is_told_by_its_path(backend: Backend, make_tiny_job: MakeJob) -> None:
    """The result cannot be put in its place (root may write anywhere, so a folder of that name is in the way)."""
    folder = make_tiny_job()
    (folder / "texture.png").mkdir()
    end, _ = wait_for_end(backend, backend.run(folder))
    assert isinstance(end, Failed)
    assert end.error is ErrorKind.STORAGE
    assert str(folder) in str(end.to_error())


def test_calls_of_the_main_thread_are_short(backend: Backend, make_tiny_job: MakeJob) -> None:
    """As a window does it: a poll each 20 ms from the start of the process to the end of the job."""
    durations = []

    def timed(call: object, *arguments: object) -> object:
        began = time.perf_counter()
        value = call(*arguments)
        durations.append(time.perf_counter() - began)
        return value

    job_id = timed(backend.run, make_tiny_job())
    until = time.monotonic() + 90.0
    while not any(isinstance(event, Finished) for event in timed(backend.poll)):
        assert time.monotonic() < until
        time.sleep(0.02)
    timed(backend.cancel, job_id)
    print(f"{len(durations)} calls: median {statistics.median(durations) * 1e6:.0f} µs, "
          f"max {max(durations) * 1e3:.2f} ms")
    assert sorted(durations)[-3] < 0.05  # two may be the machine's, not ours
