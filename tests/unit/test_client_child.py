"""A child process whose parent never waits, and its log."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from vernissage.client.child import Child, clean_environment, rotate_log
from vernissage.protocol.errors import StorageError

AT_ONCE_S = 0.5  # measured: below 1 ms; a call that waits would wait for the minute that the child sleeps
PATIENCE_S = 20.0


def child_of(code: str, log_path: Path | None, *arguments: str) -> Child:
    return Child([sys.executable, "-u", "-c", code, *arguments], Path.cwd(), log_path)


def read_to_end(child: Child) -> list[bytes]:
    lines, until = [], time.monotonic() + PATIENCE_S
    while child.exit_code is None:
        lines += child.lines(0.1)
        assert time.monotonic() < until
    return lines


@contextmanager
def at_once() -> Iterator[None]:
    began = time.perf_counter()
    yield
    assert time.perf_counter() - began < AT_ONCE_S


def test_lines_come_whole_and_in_order(tmp_path: Path) -> None:
    code = "import os\nfor i in range(3000): os.write(1, b'%d' % i); os.write(1, b'\\r\\n')\nos.write(1, b'end')"
    child = child_of(code, tmp_path / "log")
    assert read_to_end(child) == [*(b"%d" % number for number in range(3000)), b"end"]
    assert child.exit_code == 0


def test_what_is_sent_arrives_and_stdin_can_be_closed(tmp_path: Path) -> None:
    child = child_of("import sys\nfor line in sys.stdin: print(line.strip()[::-1])", tmp_path / "log")
    child.send(b"abc\n")
    child.send(b"def\n")
    child.close_stdin()
    assert read_to_end(child) == [b"cba", b"fed"]


def test_stderr_goes_to_the_log_or_into_the_lines(tmp_path: Path) -> None:
    code = "import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)"
    child = child_of(code, tmp_path / "deep" / "log")
    assert read_to_end(child) == [b"out"]
    assert (tmp_path / "deep" / "log").read_text() == "err\n"
    assert child.exit_code == 3
    assert sorted(read_to_end(child_of(code, None))) == [b"err", b"out"]


@pytest.mark.parametrize("kind", ["missing", "folder", "not executable", "no program"])
def test_a_program_that_does_not_start_is_told_later(tmp_path: Path, kind: str) -> None:
    program = tmp_path / "python"
    if kind == "folder":
        program.mkdir()
    elif kind != "missing":
        program.write_bytes(b"\x00\x01\x02")
        program.chmod(0o644 if kind == "not executable" else 0o755)
    with at_once():
        child = Child([program], tmp_path, tmp_path / "log")
        child.send(b"hello\n")
    assert read_to_end(child) == []
    assert isinstance(child.start_error, OSError)
    assert child.exit_code == 127


def test_a_log_that_cannot_be_written_is_told_as_such(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    child = child_of("pass", tmp_path / "file" / "log")
    read_to_end(child)
    assert isinstance(child.start_error, StorageError)
    assert str(tmp_path / "file") in str(child.start_error)


def test_a_child_that_does_not_read_makes_nobody_wait(tmp_path: Path) -> None:
    child = child_of("import time; print(1); time.sleep(60)", tmp_path / "log")
    assert child.lines(PATIENCE_S) == [b"1"]
    with at_once():
        for _ in range(64):
            child.send(b"x" * 65536)  # a pipe holds one of these
        child.lines()
    with at_once():
        child.kill()
    assert child.wait(PATIENCE_S)
    read_to_end(child)
    assert child.exit_code == -signal.SIGKILL


PRIORITIES = """
import os, threading, time
time.sleep(0.2)
said = []
def ask():
    said.append(os.getpriority(os.PRIO_PROCESS, 0))
thread = threading.Thread(target=ask)
thread.start()
thread.join()
print(*said, os.getsid(0), os.getpgid(0) == os.getpid())
"""


@pytest.mark.parametrize("gives_way", [False, True])
def test_it_gives_way_when_asked_and_has_a_session_of_its_own(tmp_path: Path, gives_way: bool) -> None:
    child = Child([sys.executable, "-c", PRIORITIES], tmp_path, tmp_path / "log", gives_way=gives_way)
    (line,) = read_to_end(child)
    priority, session, leads = line.split()
    assert int(priority) == (10 if gives_way else os.getpriority(os.PRIO_PROCESS, 0))
    assert int(session) != os.getsid(0)
    assert leads == b"True"


def test_a_sandbox_that_refuses_to_change_priorities_is_no_reason_not_to_start(tmp_path, monkeypatch) -> None:
    asked: list[str] = []

    def refuse(*arguments: object) -> None:
        asked.append("asked")
        raise PermissionError

    monkeypatch.setattr(os, "setpriority", refuse)
    child = Child([sys.executable, "-c", "print('runs')"], tmp_path, tmp_path / "log", gives_way=True)
    assert read_to_end(child) == [b"runs"]
    assert asked == ["asked"]


def test_killing_takes_the_childs_children_too(tmp_path: Path) -> None:
    child = child_of("import subprocess, sys\n"
                     "p = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
                     "print(p.pid)\np.wait()", tmp_path / "log")
    until = time.monotonic() + PATIENCE_S
    while not (lines := child.lines(0.1)):
        assert time.monotonic() < until
    child.kill()
    assert child.wait(PATIENCE_S)
    assert has_ended(int(lines[0]))


def test_a_grandchild_that_keeps_the_pipe_does_not_hide_the_end(tmp_path: Path) -> None:
    child = child_of("import subprocess, sys\n"
                     "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
                     "sys.exit(5)", tmp_path / "log")
    read_to_end(child)
    assert child.exit_code == 5


def test_killing_before_it_started(tmp_path: Path) -> None:
    child = child_of("import time; time.sleep(60)", tmp_path / "log")
    child.kill()
    assert child.wait(PATIENCE_S)


def test_the_environment_has_nothing_that_leads_to_other_modules() -> None:
    clean = clean_environment({"PATH": "/bin", "PYTHONPATH": "/blender", "PYTHONHOME": "/x", "VIRTUAL_ENV": "/y",
                               "PIP_TARGET": "/z", "PIP_INDEX_URL": "http://mirror"})
    assert clean == {"PATH": "/bin", "PIP_INDEX_URL": "http://mirror"}


def test_logs_rotate_and_old_ones_go(tmp_path: Path) -> None:
    log = tmp_path / "backend.log"
    for number in range(6):
        log.write_text(f"{number}" * 11)
        rotate_log(log, limit_bytes=10, kept=3)
        assert not log.exists()
        log.write_text("small")
        rotate_log(log, limit_bytes=10, kept=3)
        assert log.read_text() == "small"
    assert {path.name for path in tmp_path.iterdir()} == {"backend.log", "backend.log.1", "backend.log.2"}
    assert (tmp_path / "backend.log.1").read_text() == "5" * 11
    assert (tmp_path / "backend.log.2").read_text() == "4" * 11


def has_ended(process_id: int) -> bool:
    """Whether a process that is not our child is gone, or only waits to be collected, within the patience."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        try:
            os.kill(process_id, 0)
            state = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()[0]
        except (ProcessLookupError, FileNotFoundError):
            return True
        if state == "Z":
            return True
        time.sleep(0.02)
    return False
