"""The backend's end of the pipe, line by line, without the client."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from protocol.errors import ErrorKind
from protocol.messages import (
    PROTOCOL_VERSION,
    Cancel,
    Command,
    Event,
    Failed,
    Finished,
    Hello,
    Progress,
    Ready,
    Run,
    Shutdown,
    Stage,
    Started,
)
from protocol.wire import decode_event, encode
from tests.backend.conftest import MakeJob
from tests.backend.pipe import write_recipe_backend

PATIENCE_S = 180.0


class Pipe:
    """A backend and the two ends of its pipe."""

    def __init__(self, folder: Path, log_path: Path) -> None:
        with log_path.open("wb") as log:
            self.process = subprocess.Popen([sys.executable, "-s", "-E", "-B", "-u", "-m", "backend"], cwd=folder,
                                            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log)
        self.log_path = log_path
        self._lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        for line in self.process.stdout:
            self._lines.put(line)

    def send(self, *commands: Command) -> None:
        for command in commands:
            self.process.stdin.write(encode(command))
        self.process.stdin.flush()

    def read(self) -> Event:
        return decode_event(self._lines.get(timeout=PATIENCE_S))

    def read_end(self) -> Finished | Failed:
        while not isinstance(event := self.read(), Finished | Failed):
            pass
        return event

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()


@pytest.fixture
def pipe_to(tmp_path: Path) -> Iterator[Callable[[Path], Pipe]]:
    pipes: list[Pipe] = []

    def start(folder: Path) -> Pipe:
        pipes.append(Pipe(folder, tmp_path / "stderr.log"))
        return pipes[-1]

    yield start
    for pipe in pipes:
        pipe.close()


@pytest.fixture
def pipe(pipe_to: Callable[[Path], Pipe], root: Path) -> Pipe:
    return pipe_to(root)


def test_hello_is_answered_with_ready(pipe: Pipe) -> None:
    pipe.send(Hello())
    assert pipe.read() == Ready(PROTOCOL_VERSION, ".".join(map(str, sys.version_info[:3])), pipe.process.pid)


def test_ready_comes_before_the_heavy_libraries(pipe_to: Callable[[Path], Pipe], root: Path, tmp_path: Path) -> None:
    folder = write_recipe_backend(tmp_path / "extension", root, """
        def run(request, job, models): pass
        heavy = {"torch", "numpy", "numba", "diffusers", "PIL", "scipy"} & set(sys.modules)
        assert not heavy, heavy
    """)
    pipe = pipe_to(folder)
    pipe.send(Hello())
    assert isinstance(pipe.read(), Ready)


def test_another_version_is_answered_and_its_jobs_refused(pipe: Pipe, tmp_path: Path) -> None:
    pipe.send(Hello(PROTOCOL_VERSION + 1), Run("a", str(tmp_path)))
    assert pipe.read().protocol_version == PROTOCOL_VERSION
    end = pipe.read()
    assert isinstance(end, Failed)
    assert (end.job_id, end.error) == ("a", ErrorKind.PROTOCOL)
    assert str(PROTOCOL_VERSION + 1) in str(end.to_error())
    assert "Restart Blender" in end.remedy


def test_a_job_without_hello_is_refused(pipe: Pipe, tmp_path: Path) -> None:
    pipe.send(Run("a", str(tmp_path)))
    assert pipe.read().error is ErrorKind.PROTOCOL


def test_lines_that_are_no_commands_are_passed_over(pipe: Pipe) -> None:
    for line in (b"", b"garbage", b"\xff\xfe", b'{"kind":"dance"}', b'{"kind":"run"}', b"[" * 100_000):
        pipe.process.stdin.write(line + b"\n")
    pipe.send(Hello())
    assert isinstance(pipe.read(), Ready)
    assert pipe.log_path.read_text().count("not understood") == 6


@pytest.mark.parametrize(("text", "kind", "words"), [
    (None, ErrorKind.BAD_INPUT, "no request at"),
    ("{not json", ErrorKind.BAD_INPUT, "not valid JSON"),
    (b"\xff\xfe\x00", ErrorKind.BAD_INPUT, "not UTF-8"),
    ('{"type": "poem", "protocol_version": 1}', ErrorKind.BAD_INPUT, "unknown type"),
    ('{"type": "texture", "protocol_version": 99}', ErrorKind.PROTOCOL, "version 99"),
    ('{"type": "texture", "protocol_version": 1}', ErrorKind.BAD_INPUT, "mesh is missing"),
])
def test_a_request_that_cannot_be_read_says_why(pipe: Pipe, tmp_path: Path, text: str | bytes | None,
                                                kind: ErrorKind, words: str) -> None:
    if text is not None:
        (tmp_path / "request.json").write_bytes(text if isinstance(text, bytes) else text.encode())
    pipe.send(Hello(), Run("a", str(tmp_path)))
    end = pipe.read_end()
    assert isinstance(end, Failed)
    assert end.error is kind
    assert words in str(end.to_error())
    assert end.remedy


def test_a_cancel_before_the_job_begins(pipe: Pipe, make_job: MakeJob) -> None:
    pipe.send(Hello(), Cancel("b"), Run("b", str(make_job())), Cancel("unheard of"))
    end = pipe.read_end()
    assert (end.job_id, end.error) == ("b", ErrorKind.CANCELLED)


NOISY = """
    import os, subprocess, warnings
    def run(request, job, models):
        print("print"); print("err", file=sys.stderr); os.write(1, b"write\\n"); os.system("echo shell")
        sys.__stdout__.write("stdout\\n"); subprocess.run([sys.executable, "-c", "print('child')"])
        warnings.warn("warned")
        print("\\udcff not UTF-8, 红")
        try: input("Trust remote code? [y/N] ")
        except EOFError: print("nobody answers")
        return result()
"""


def test_what_libraries_print_and_ask_stays_off_the_protocol(pipe_to: Callable[[Path], Pipe], root: Path,
                                                             tmp_path: Path, make_job: MakeJob) -> None:
    pipe = pipe_to(write_recipe_backend(tmp_path / "extension", root, NOISY))
    pipe.send(Hello(), Run("a", str(make_job())), Run("b", str(make_job())))
    kinds = [type(pipe.read()) for _ in range(5)]
    assert kinds == [Ready, Started, Finished, Started, Finished]
    said = pipe.log_path.read_text(encoding="utf-8")
    for words in ("print", "err", "write", "shell", "stdout", "child", "warned", "nobody answers"):
        assert words in said


@pytest.mark.parametrize("cache", ["cache", "file/cache"])
def test_libraries_stay_offline_and_write_nothing_beside_the_code(cache: str, pipe_to: Callable[[Path], Pipe],
                                                                  root: Path, tmp_path: Path, make_job: MakeJob,
                                                                  monkeypatch: pytest.MonkeyPatch) -> None:
    """The kernels' cache is in the user's folder; where that cannot be written, in a temporary one."""
    (tmp_path / "file").touch()
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / cache))
    pipe = pipe_to(write_recipe_backend(tmp_path / "extension", root, """
        import os
        def run(request, job, models):
            assert os.environ["HF_HUB_OFFLINE"] == os.environ["TRANSFORMERS_OFFLINE"] == "1"
            return result(texture=os.environ["NUMBA_CACHE_DIR"])
    """))
    pipe.send(Hello(), Run("a", str(make_job())))
    folder = Path(pipe.read_end().result.texture)
    assert folder.is_dir()
    assert not folder.is_relative_to(root)
    if cache == "cache":
        assert folder.is_relative_to(tmp_path / "cache")
    else:
        folder.rmdir()


ERRORS = """
    import errno
    class OutOfMemoryError(RuntimeError): pass  # what torch calls its own
    raised = {
        "memory": lambda: MemoryError(),
        "torch": lambda: OutOfMemoryError("CUDA ran out"),
        "mps": lambda: RuntimeError("MPS backend out of memory (MPS allocated: 1 GB)"),
        "cpu": lambda: RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried"),
        "full": lambda: OSError(errno.ENOSPC, "No space left on device", "/disk/texture.png"),
        "full without number": lambda: OSError("Not enough free space to write 8 bytes"),
        "read only": lambda: OSError(errno.EROFS, "Read-only file system", "/disk/texture.png"),
        "no permission": lambda: PermissionError(errno.EACCES, "Permission denied", "/disk/texture.png"),
        "gone": lambda: FileNotFoundError(errno.ENOENT, "No such file", "/disk/weights"),
        "import": lambda: ModuleNotFoundError("No module named 'torch'", name="torch"),
        "exit": lambda: SystemExit(3),
        "interrupt": lambda: KeyboardInterrupt(),
        "fault": lambda: ValueError("odd {braces}\\nsecond line"),
    }
    def run(request, job, models):
        with job.stage(Stage.BAKE):
            if request.prompt == "nan": return result(coverage=float("nan"))
            raise raised[request.prompt]()
"""


def test_whatever_a_job_raises_is_told_as_what_it_is(pipe_to: Callable[[Path], Pipe], root: Path, tmp_path: Path,
                                                     make_job: MakeJob) -> None:
    pipe = pipe_to(write_recipe_backend(tmp_path / "extension", root, ERRORS))
    pipe.send(Hello())
    expected = {
        "memory": (ErrorKind.OUT_OF_MEMORY, "memory"), "torch": (ErrorKind.OUT_OF_MEMORY, "memory"),
        "mps": (ErrorKind.OUT_OF_MEMORY, "memory"), "cpu": (ErrorKind.OUT_OF_MEMORY, "memory"),
        "full": (ErrorKind.STORAGE, "full: /disk/texture.png"), "full without number": (ErrorKind.STORAGE, "full"),
        "read only": (ErrorKind.STORAGE, "permission to write /disk/texture.png"),
        "no permission": (ErrorKind.STORAGE, "permission to write /disk/texture.png"),
        "gone": (ErrorKind.BAD_INPUT, "/disk/weights does not exist"),
        "import": (ErrorKind.ENVIRONMENT, "cannot load torch"),
        "exit": (ErrorKind.INTERNAL, "SystemExit: 3"), "interrupt": (ErrorKind.INTERNAL, "KeyboardInterrupt"),
        "fault": (ErrorKind.INTERNAL, "failed at this step: Baking (ValueError: odd {braces})"),
        "nan": (ErrorKind.INTERNAL, "ValueError"),
    }
    told = {}
    for prompt in expected:
        pipe.send(Run(prompt, str(make_job(prompt=prompt))))
        end = pipe.read_end()
        assert isinstance(end, Failed)
        assert end.remedy
        told[end.job_id] = (end.error, str(end.to_error()))
    for prompt, (kind, words) in expected.items():
        assert told[prompt][0] is kind, prompt
        assert words in told[prompt][1]
    assert "Traceback" in pipe.log_path.read_text()
    assert "odd {braces}" in pipe.log_path.read_text()


WAITING = """
    import ctypes, time
    sleep = {"python": time.sleep, "native": ctypes.CDLL(None).sleep, "native with lock": ctypes.PyDLL(None).sleep}
    def run(request, job, models):
        with job.stage(Stage.DENOISE, steps=1): sleep[request.prompt](60)
"""


@pytest.mark.parametrize("how", ["python", "native"])
def test_the_end_of_stdin_ends_it_in_the_middle_of_a_job(how: str, pipe_to: Callable[[Path], Pipe], root: Path,
                                                         tmp_path: Path, make_job: MakeJob) -> None:
    pipe = pipe_to(write_recipe_backend(tmp_path / "extension", root, WAITING))
    pipe.send(Hello(), Run("a", str(make_job(prompt=how))))
    while not isinstance(pipe.read(), Progress):
        pass
    pipe.process.stdin.close()
    assert pipe.process.wait(timeout=2.0) == 0


@pytest.mark.parametrize("during_job", [False, True])
def test_shutdown_ends_it(during_job: bool, pipe_to: Callable[[Path], Pipe], root: Path, tmp_path: Path,
                          make_job: MakeJob) -> None:
    pipe = pipe_to(write_recipe_backend(tmp_path / "extension", root, WAITING))
    pipe.send(Hello())
    pipe.read()
    if during_job:
        pipe.send(Run("a", str(make_job(prompt="python"))))
        pipe.read()
    pipe.send(Shutdown())
    assert pipe.process.wait(timeout=2.0) == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signals_end_it_quietly_in_native_code_too(number: int, pipe_to: Callable[[Path], Pipe], root: Path,
                                                   tmp_path: Path, make_job: MakeJob) -> None:
    pipe = pipe_to(write_recipe_backend(tmp_path / "extension", root, WAITING))
    pipe.send(Hello(), Run("a", str(make_job(prompt="native"))))
    while not isinstance(pipe.read(), Progress):
        pass
    os.kill(pipe.process.pid, number)
    assert pipe.process.wait(timeout=2.0) == -number
    assert "Traceback" not in pipe.log_path.read_text()


def test_nobody_reading_ends_it(pipe_to: Callable[[Path], Pipe], root: Path, tmp_path: Path,
                                make_job: MakeJob) -> None:
    folder = write_recipe_backend(tmp_path / "extension", root, """
        import time
        def run(request, job, models):
            with job.stage(Stage.DENOISE, steps=600):
                for _ in range(600): time.sleep(0.1); job.step()
    """)
    read_end, write_end = os.pipe()
    with (tmp_path / "stderr.log").open("wb") as log:
        process = subprocess.Popen([sys.executable, "-m", "backend"], cwd=folder, stdin=subprocess.PIPE,
                                   stdout=write_end, stderr=log)
    os.close(write_end)
    os.close(read_end)
    process.stdin.write(encode(Hello()) + encode(Run("a", str(make_job()))))
    process.stdin.flush()
    assert process.wait(timeout=10.0) == 0
    process.stdin.close()


def test_jobs_run_one_after_another_and_stages_are_told(pipe_to: Callable[[Path], Pipe], root: Path, tmp_path: Path,
                                                        make_job: MakeJob) -> None:
    pipe = pipe_to(write_recipe_backend(tmp_path / "extension", root, """
        def run(request, job, models):
            with job.stage(Stage.BAKE): pass
            return result(seed=request.seed, seconds=job.seconds)
    """))
    pipe.send(Hello(), *(Run(f"job{seed}", str(make_job(seed=seed))) for seed in range(3)))
    assert isinstance(pipe.read(), Ready)
    for seed in range(3):
        started, progress, finished = pipe.read(), pipe.read(), pipe.read()
        assert started == Started(f"job{seed}")
        assert (progress.job_id, progress.stage) == (f"job{seed}", Stage.BAKE)
        assert (finished.result.seed, [*finished.result.seconds]) == (seed, ["Baking"])
