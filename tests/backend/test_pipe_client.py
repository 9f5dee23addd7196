"""The client with the real backend: textures, cancels, deaths in each phase, and no orphan."""

from __future__ import annotations

import json
import os
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image

from backend.job import STAGE_SHARES
from tests.backend.conftest import MakeJob
from tests.backend.pipe import PATIENCE_S, has_ended, wait_for_end, wait_for_stage, write_recipe_backend
from vernissage.client.backend import Backend
from vernissage.protocol.errors import ErrorKind
from vernissage.protocol.messages import Failed, Finished, Progress, Ready, Stage, Started, TextureResult
from vernissage.protocol.wire import from_json

LONG = {"steps": 200, "view_count": 8}  # minutes with the tiny model, if nobody stops it


STOPS_ITSELF = """
    import contextlib, os, signal
    from backend.job import Job
    run, begin = jobs.run, Job.stage
    @contextlib.contextmanager
    def stage(self, stage, steps=0):
        with begin(self, stage, steps):
            if (self.folder / f"stop at {stage.name}").exists(): os.kill(os.getpid(), signal.SIGSTOP)
            yield
    Job.stage = stage
"""


@pytest.fixture(scope="module")
def warm_backend(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backend]:
    """The real backend for all jobs here, because importing torch is the slow part of a short one. A file in a
    job's folder makes it stand still in a stage."""
    extension = write_recipe_backend(tmp_path_factory.mktemp("warm") / "extension", root, STOPS_ITSELF)
    backend = Backend(Path(sys.executable), extension, extension / "backend.log")
    yield backend
    backend.close()


def test_a_job_and_how_long_its_calls_keep_the_main_thread(warm_backend: Backend, make_tiny_job: MakeJob) -> None:
    """As a window does it: a poll each 20 ms from the start of the process to the end of the job."""
    durations = []

    def timed(call: Callable[..., object], *arguments: object) -> object:
        began = time.perf_counter()
        value = call(*arguments)
        durations.append(time.perf_counter() - began)
        return value

    job_id = timed(warm_backend.run, make_tiny_job())
    until = time.monotonic() + PATIENCE_S
    while not any(isinstance(event, Finished) for event in timed(warm_backend.poll)):
        assert time.monotonic() < until
        time.sleep(0.02)
    timed(warm_backend.cancel, job_id)
    print(f"{len(durations)} calls: median {statistics.median(durations) * 1e6:.0f} µs, "
          f"max {max(durations) * 1e3:.2f} ms")
    assert sorted(durations)[-3] < 0.05  # two may be the machine's, not ours


def test_a_texture_from_the_first_word_to_the_file(warm_backend: Backend, make_tiny_job: MakeJob, root: Path) -> None:
    """The events in their order, the file, and the same bytes from a replay without the pipe."""
    folder, replayed = make_tiny_job(steps=4), make_tiny_job(steps=4)
    job_id = warm_backend.run(folder)
    end, events = wait_for_end(warm_backend, job_id)
    assert isinstance(end, Finished), end
    events = [event for event in events if not isinstance(event, Ready)]
    progress = [event for event in events if isinstance(event, Progress)]
    assert isinstance(events[0], Started)
    assert {event.job_id for event in events} == {job_id}
    assert {event.stage for event in progress} == set(STAGE_SHARES) - {Stage.AGREE}  # which is timed only
    fractions = [event.fraction for event in progress]
    assert fractions == sorted(fractions)
    assert 0.0 <= fractions[0] < fractions[-1] <= 1.0
    assert any(event.remaining_s is not None for event in progress)
    assert set(end.result.seconds) == {stage.value for stage in STAGE_SHARES}
    with Image.open(folder / end.result.texture) as image:
        assert (image.size, image.mode) == ((64, 64), "RGB")

    run = subprocess.run([sys.executable, "-s", "-E", "-B", "-m", "backend", "run", replayed / "request.json"],
                         cwd=root, capture_output=True, timeout=PATIENCE_S, check=True)
    assert from_json(TextureResult, json.loads(run.stdout)).coverage == end.result.coverage
    assert b"Baking" in run.stderr
    assert (folder / "texture.png").read_bytes() == (replayed / "texture.png").read_bytes()
    assert {path.name for path in replayed.iterdir()} - {"surface-0.npy"} == {
        "mesh.npz", "preview.png", "request.json", "seen.png", "texture.png"}


def test_a_cancel_takes_effect_at_the_next_step(warm_backend: Backend, make_tiny_job: MakeJob) -> None:
    job_id = warm_backend.run(make_tiny_job(**LONG))
    wait_for_stage(warm_backend, job_id, Stage.DENOISE, step=1)
    process_id = warm_backend.process_id
    warm_backend.cancel(job_id)
    began = time.monotonic()
    end, _ = wait_for_end(warm_backend, job_id)
    latency_s = time.monotonic() - began
    print(f"cancelled after {latency_s * 1e3:.0f} ms")
    assert latency_s < 5.0  # a job that goes on takes minutes
    assert isinstance(end, Failed)
    assert end.error is ErrorKind.CANCELLED
    assert warm_backend.process_id == process_id  # with its model warm


def test_a_file_that_cannot_be_written_is_told_by_its_path(warm_backend: Backend, make_tiny_job: MakeJob) -> None:
    """Root may write anywhere, so a folder of that name is in the way."""
    folder = make_tiny_job()
    (folder / "texture.png").mkdir()
    end, _ = wait_for_end(warm_backend, warm_backend.run(folder))
    assert isinstance(end, Failed)
    assert end.error is ErrorKind.STORAGE
    assert str(folder) in str(end.to_error())
    assert [*(folder / "texture.png").iterdir()] == []


def test_a_missing_mesh_is_told_by_its_path(warm_backend: Backend, make_tiny_job: MakeJob) -> None:
    folder = make_tiny_job()
    (folder / "mesh.npz").unlink()
    end, _ = wait_for_end(warm_backend, warm_backend.run(folder))
    assert isinstance(end, Failed)
    assert end.error is ErrorKind.BAD_INPUT
    assert str(folder / "mesh.npz") in str(end.to_error())


def test_killed_in_each_phase_and_the_next_job_works(warm_backend: Backend, make_tiny_job: MakeJob) -> None:
    """A real job stands still in that phase, then somebody kills the process; the job after it gets further."""
    for stage in (Stage.DENOISE, Stage.LOAD, Stage.BAKE):
        folder = make_tiny_job()
        (folder / f"stop at {stage.name}").touch()
        job_id = warm_backend.run(folder)
        wait_for_stage(warm_backend, job_id, stage)
        os.kill(warm_backend.process_id, signal.SIGKILL)
        end, _ = wait_for_end(warm_backend, job_id)
        assert isinstance(end, Failed)
        assert end.error is ErrorKind.BACKEND_DIED
        assert f"{stage.value} (signal SIGKILL)" in str(end.to_error())
        assert end.log_path == str(warm_backend.log_path)
        assert not (folder / "texture.png").exists()
        assert not warm_backend.is_running


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
                         timeout=180, check=False)
    assert (run.returncode, run.stderr) == (0, b"")
    assert has_ended(int(run.stdout), 2.0)
