"""The client with other backends than ours: old, broken, deaf, or none at all."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.backend.conftest import MakeJob
from tests.backend.pipe import (
    has_ended,
    wait_for_end,
    wait_for_ends,
    wait_for_stage,
    write_backend,
    write_recipe_backend,
)
from vernissage.client import current
from vernissage.client.backend import Backend
from vernissage.protocol.errors import ErrorKind
from vernissage.protocol.messages import PROTOCOL_VERSION, Failed, Finished, Ready, Stage, Started

READY = f'{{"kind":"ready","protocol_version":{PROTOCOL_VERSION},"python":"3.11","process_id":1}}'

MakeBackend = Callable[..., Backend]


@pytest.fixture
def stranger(tmp_path: Path) -> Iterator[MakeBackend]:
    """A client of a backend that runs the given source."""
    made: list[Backend] = []

    def make(source: str, **options: object) -> Backend:
        root = write_backend(tmp_path / f"stranger{len(made)}", source)
        made.append(Backend(Path(sys.executable), root, tmp_path / "backend.log", **options))
        return made[-1]

    yield make
    for backend in made:
        backend.close()


@pytest.fixture
def recipe(tmp_path: Path, root: Path) -> Iterator[MakeBackend]:
    """A client of the real backend with a recipe of the test's."""
    made: list[Backend] = []

    def make(source: str, **options: object) -> Backend:
        extension = write_recipe_backend(tmp_path / f"recipe{len(made)}", root, source)
        made.append(Backend(Path(sys.executable), extension, tmp_path / "backend.log", **options))
        return made[-1]

    yield make
    for backend in made:
        backend.close()


def failure(backend: Backend, folder: Path) -> Failed:
    end, _ = wait_for_end(backend, backend.run(folder), timeout_s=30.0)
    assert isinstance(end, Failed)
    assert end.remedy or end.error is ErrorKind.CANCELLED
    assert end.log_path
    return end


@pytest.mark.parametrize("ready", [
    '{"kind":"ready","protocol_version":0,"python":"3.11","process_id":1}',
    '{"kind":"ready","protocol_version":0}',
    '{"kind":"ready","protocol_version":99,"python":"3.11","process_id":1,"gpu":"new"}',
])
def test_another_version_is_one_error_with_its_remedy(stranger: MakeBackend, tmp_path: Path, ready: str) -> None:
    backend = stranger(f"import sys; print('''{ready}'''); sys.stdin.read()")
    end = failure(backend, tmp_path)
    assert end.error is ErrorKind.PROTOCOL
    assert f"the add-on version {PROTOCOL_VERSION}" in str(end.to_error())
    assert "Restart Blender" in end.remedy
    assert not backend.is_running
    assert backend.poll() == []


@pytest.mark.parametrize("line", ["Welcome!", "", '{"kind":"progress"}', "\\xff", "[" * 100_000])
def test_a_line_that_is_no_event_ends_the_conversation(stranger: MakeBackend, tmp_path: Path, line: str) -> None:
    backend = stranger(f"import sys; print('''{READY}'''); print('{line}'); sys.stdin.read()")
    assert failure(backend, tmp_path).error is ErrorKind.PROTOCOL
    assert not backend.is_running


def test_one_that_never_gets_ready(stranger: MakeBackend, tmp_path: Path) -> None:
    backend = stranger("import time; time.sleep(60)", handshake_timeout_s=0.5)
    end = failure(backend, tmp_path)
    assert end.error is ErrorKind.ENVIRONMENT
    assert "not ready within 0.5 s" in str(end.to_error())


@pytest.mark.parametrize(("source", "kind", "words"), [
    ("import sys; sys.exit(3)", ErrorKind.ENVIRONMENT, "exit code 3"),
    ("import unheard_of", ErrorKind.ENVIRONMENT, "exit code 1"),
    ("import os; os.kill(os.getpid(), 11)", ErrorKind.BACKEND_DIED, "Starting (signal SIGSEGV)"),
    (f"print('''{READY}'''); import sys; sys.exit(0)", ErrorKind.BACKEND_DIED, "exit code 0"),
    (f"print('''{READY}'''); import os; os.abort()", ErrorKind.BACKEND_DIED, "SIGABRT"),
])
def test_one_that_ends(stranger: MakeBackend, tmp_path: Path, source: str, kind: ErrorKind, words: str) -> None:
    end = failure(stranger(source), tmp_path)
    assert end.error is kind
    assert words in str(end.to_error())


@pytest.mark.parametrize("kind", ["missing", "not executable", "text", "folder"])
def test_a_python_that_cannot_be_started(tmp_path: Path, root: Path, kind: str) -> None:
    python = tmp_path / "python"
    if kind == "folder":
        python.mkdir()
    elif kind != "missing":
        python.write_text("no program")
        python.chmod(stat.S_IRUSR | (stat.S_IXUSR if kind == "text" else 0))
    backend = Backend(python, root, tmp_path / "backend.log")
    end = failure(backend, tmp_path)
    assert end.error is ErrorKind.ENVIRONMENT
    assert str(python) in str(end.to_error())
    assert "preferences" in end.remedy


def test_a_python_without_the_packages(tmp_path: Path, root: Path, make_job: MakeJob) -> None:
    """A real Python that has nothing installed: it gets ready, and the job names what is missing."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "bare"], check=True)
    backend = Backend(tmp_path / "bare" / "bin" / "python", root, tmp_path / "backend.log")
    end = failure(backend, make_job())
    backend.close()
    assert end.error is ErrorKind.ENVIRONMENT
    assert "Repair the environment" in end.remedy


def test_a_log_that_cannot_be_written(tmp_path: Path, root: Path) -> None:
    (tmp_path / "file").write_text("")
    end = failure(Backend(Path(sys.executable), root, tmp_path / "file" / "backend.log"), tmp_path)
    assert end.error is ErrorKind.STORAGE
    assert str(tmp_path / "file") in str(end.to_error())


def test_a_log_on_a_full_disk_does_not_end_the_backend(root: Path, tmp_path: Path) -> None:
    backend = Backend(Path(sys.executable), root, Path("/dev/full"))
    for _ in range(2):
        end = failure(backend, tmp_path)
        assert (end.error, "no request" in str(end.to_error())) == (ErrorKind.BAD_INPUT, True)
    backend.close()


DEAF = """
    import time
    def run(request, job, models):
        with job.stage(Stage.LOAD): time.sleep(2.0 if request.seed else 600.0)
        return result()
"""


def test_what_does_not_answer_a_cancel_is_killed_and_the_rest_goes_on(recipe: MakeBackend,
                                                                      make_job: MakeJob) -> None:
    backend = recipe(DEAF.replace("2.0", "0.0"), cancel_grace_s=0.5)
    deaf, next_one = backend.run(make_job(seed=0)), backend.run(make_job(seed=1))
    wait_for_stage(backend, deaf, Stage.LOAD)
    process_id = backend.process_id
    began = time.monotonic()
    backend.cancel(deaf)
    end, _ = wait_for_end(backend, deaf)
    assert 0.5 <= time.monotonic() - began < 5.0
    assert end.error is ErrorKind.CANCELLED
    assert has_ended(process_id, 2.0)
    end, _ = wait_for_end(backend, next_one)  # needs a new process, so it cannot have ended with the other
    assert isinstance(end, Finished)
    assert backend.process_id != process_id


def test_a_queued_job_is_cancelled_without_harm_to_the_running_one(recipe: MakeBackend, make_job: MakeJob) -> None:
    backend = recipe(DEAF)
    running, queued = backend.run(make_job(seed=1)), backend.run(make_job(seed=1))
    backend.cancel(queued)
    backend.cancel(queued)
    backend.cancel("unheard of")
    ends, _ = wait_for_ends(backend, running, queued)
    assert isinstance(ends[running], Finished)
    assert ends[queued].error is ErrorKind.CANCELLED


def test_close_does_not_wait_for_a_job_and_can_be_repeated(recipe: MakeBackend, make_job: MakeJob) -> None:
    backend = recipe(DEAF)
    wait_for_stage(backend, backend.run(make_job(seed=0)), Stage.LOAD)
    process_id = backend.process_id
    began = time.monotonic()
    backend.close()
    assert time.monotonic() - began < 2.0
    backend.close()
    assert has_ended(process_id, 1.0)
    assert (backend.is_running, backend.process_id, backend.poll()) == (False, None, [])
    end, _ = wait_for_end(backend, backend.run(make_job(seed=1)))  # and it can be used again
    assert isinstance(end, Finished)


def test_closing_one_that_ignores_everything_kills_it(stranger: MakeBackend, tmp_path: Path) -> None:
    backend = stranger(f"import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('''{READY}'''); "
                       "time.sleep(600)")
    backend.run(tmp_path)
    while not any(isinstance(event, Ready) for event in backend.wait(30.0)):
        pass
    process_id = backend.process_id
    backend.close()
    assert has_ended(process_id, 2.0)


def test_killed_between_jobs_is_not_noticed(recipe: MakeBackend, make_job: MakeJob) -> None:
    backend = recipe(DEAF.replace("2.0", "0.0"))
    for _ in range(2):
        end, events = wait_for_end(backend, backend.run(make_job(seed=1)))
        assert isinstance(end, Finished)
        assert isinstance(events[0], Ready)
        os.kill(backend.process_id, 9)
        assert has_ended(backend.process_id or 0, 5.0)


def test_run_right_after_a_death_keeps_both_jobs_apart(recipe: MakeBackend, make_job: MakeJob) -> None:
    """The second job is handed over before anybody has asked what became of the first."""
    backend = recipe(DEAF.replace("2.0", "0.0"))
    first = backend.run(make_job(seed=0))
    wait_for_stage(backend, first, Stage.LOAD)
    os.kill(backend.process_id, 9)
    second = backend.run(make_job(seed=1))
    ends, _ = wait_for_ends(backend, first, second)
    assert ends[first].error is ErrorKind.BACKEND_DIED
    assert isinstance(ends[second], Finished)


def test_a_full_pipe_does_not_make_the_caller_wait(stranger: MakeBackend, tmp_path: Path) -> None:
    """It never reads: ten megabytes of commands stay with the writing thread."""
    backend = stranger(f"import time; print('''{READY}'''); time.sleep(600)")
    folder = tmp_path / ("x" * 200)
    durations = []
    for _ in range(2000):
        began = time.perf_counter()
        job_id = backend.run(folder)
        durations.append(time.perf_counter() - began)
    backend.cancel(job_id)
    backend.poll()
    assert sorted(durations)[-3] < 0.05
    assert sum(durations) < 10.0


def test_events_of_jobs_that_are_over_are_dropped(recipe: MakeBackend, make_job: MakeJob) -> None:
    backend = recipe("""
        from protocol.messages import Preview
        def run(request, job, models):
            job._emit(Preview("somebody else", "/x.png"))
            return result()
    """)
    job_id = backend.run(make_job())
    _, events = wait_for_end(backend, job_id)
    assert [type(event) for event in events] == [Ready, Started, Finished]


def test_the_running_backend_lives_in_one_place(tmp_path: Path, root: Path) -> None:
    paths = (Path(sys.executable), root, tmp_path / "backend.log")
    first = current.get_backend(*paths)
    assert current.get_backend(*paths) is first
    assert current.running_backend() is None
    failure(first, tmp_path)
    assert current.running_backend() is first
    second = current.get_backend(*paths[:2], tmp_path / "other.log")
    assert second is not first
    assert not first.is_running
    current.close_backend()
    current.close_backend()
    assert current.running_backend() is None
