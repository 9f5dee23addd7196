"""A Python to build with: real ones, and programs that only look like one."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from vernissage.client import interpreter
from vernissage.client.interpreter import find_interpreter
from vernissage.protocol.errors import EnvironmentBroken

MakeProgram = Callable[..., Path]


@pytest.fixture
def program(tmp_path: Path) -> MakeProgram:
    """Makes an executable shell script."""
    def make(body: str, name: str = "python3") -> Path:
        path = tmp_path / "programs" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!/bin/sh\n{body}\n")
        path.chmod(0o755)
        return path

    return make


def test_the_chosen_python_is_used() -> None:
    assert find_interpreter(Path(sys.executable)) == Path(sys.executable)


@pytest.mark.parametrize(("body", "words"), [
    ("echo /usr/bin/python3; echo Python 3.10; echo complete", "is version 3.10: must be 3.11, 3.12 or 3.13"),
    ("echo /usr/bin/python3; echo Python 3.14; echo complete", "is version 3.14"),
    ("echo /usr/bin/python3; echo Python 3.12; echo no module named ensurepip >&2; exit 1", "lacks venv or ensurepip"),
    ("exit 9", "is not a Python (exit code 9)"),
    ("echo Blender 4.2.0; echo Read blend: python", "is not a Python"),
    ("kill -9 $$", "is not a Python"),
])
def test_a_chosen_program_that_will_not_do_says_why(program: MakeProgram, body: str, words: str) -> None:
    with pytest.raises(EnvironmentBroken) as caught:
        find_interpreter(program(body))
    assert words in str(caught.value)
    assert "3.11" in caught.value.remedy


def test_a_chosen_file_that_does_not_start_says_why(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentBroken, match="No such file"):
        find_interpreter(tmp_path / "python")
    (tmp_path / "python").write_text("not executable")
    with pytest.raises(EnvironmentBroken, match="Permission denied"):
        find_interpreter(tmp_path / "python")


def test_one_that_does_not_answer_is_left(program: MakeProgram, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interpreter, "PROBE_TIMEOUT_S", 0.3)
    with pytest.raises(EnvironmentBroken, match="no answer within"):
        find_interpreter(program("exec sleep 60"))


def test_the_path_is_searched_when_blender_is_no_python(program: MakeProgram, monkeypatch: pytest.MonkeyPatch) -> None:
    """Debian's Blender names itself as `sys.executable`; broken candidates are passed over."""
    program("exit 1", "python3.11")
    program(f'exec "{sys.executable}" "$@"', "python3.12")
    blender = program("echo started a second Blender > \"$0.started\"", "blender")
    monkeypatch.setattr(sys, "executable", str(blender))
    monkeypatch.setenv("PATH", str(blender.parent))
    found = find_interpreter()
    assert subprocess.run([found, "-c", "print(1)"], capture_output=True, check=True).stdout == b"1\n"
    assert not blender.with_name("blender.started").exists()


def test_none_at_all_has_a_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(EnvironmentBroken, match="No Python 3") as caught:
        find_interpreter()
    assert "python.org" in caught.value.remedy
