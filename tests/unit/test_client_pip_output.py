"""What pip printed on real runs, read as progress and as reasons."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vernissage.client.pip_output import PipProgress, pip_error
from vernissage.protocol.errors import EnvironmentBroken, StorageError, VernissageError

REQUIREMENTS = ["--extra-index-url https://download.pytorch.org/whl/cu130", "torch==2.13.0", "Jinja2==3.1.6",
                "typing_extensions==4.16.0", "pillow==13.0.0 ; sys_platform == 'linux'"]

INSTALL = """
Collecting torch==2.13.0 (from -r cpu.txt (line 3))
  Using cached torch-2.13.0-cp311-cp311-manylinux_2_28_x86_64.whl.metadata (28 kB)
Collecting Jinja2==3.1.6 (from -r common.txt (line 30))
  Downloading jinja2-3.1.6-py3-none-any.whl.metadata (2.9 kB)
Requirement already satisfied: typing_extensions==4.16.0 in ./lib
Collecting pillow==13.0.0
Downloading torch-2.13.0-cp311-cp311-manylinux_2_28_x86_64.whl (200.0 MB)
Progress 0 of 200000000
Progress 100000000 of 200000000
Progress 200000000 of 200000000
Downloading jinja2-3.1.6-py3-none-any.whl (134 kB)
Progress 134000 of 134000
Using cached pillow-13.0.0-cp311-cp311-manylinux_2_28_x86_64.whl (6.6 MB)
Installing collected packages: torch, jinja2, pillow
Successfully installed jinja2-3.1.6 pillow-13.0.0 torch-2.13.0
""".strip().splitlines()


def fractions(lines: list[str]) -> list[float]:
    progress = PipProgress(REQUIREMENTS)
    found = []
    for line in lines:
        progress.read(line)
        found.append(progress.fraction)
    return found


def test_progress_rises_with_the_bytes_of_the_large_package() -> None:
    found = fractions(INSTALL)
    assert found == sorted(found)
    assert found[-1] == 1.0
    start, half, whole = (found[INSTALL.index(f"Progress {part} of 200000000")] for part in (0, 100000000, 200000000))
    assert half - start == pytest.approx(whole - half, rel=0.2)
    assert whole - start > 0.5  # torch is most of it
    assert found[INSTALL.index("Installing collected packages: torch, jinja2, pillow")] < 0.9


def test_the_detail_names_the_package() -> None:
    progress = PipProgress(REQUIREMENTS)
    details = []
    for line in INSTALL:
        progress.read(line)
        details.append(progress.detail)
    assert details[0] == "torch"
    assert "torch 95 / 190 MB" in details


def test_unpacking_is_seen_in_the_folder(tmp_path: Path) -> None:
    progress = PipProgress(REQUIREMENTS)
    for line in INSTALL[:-1]:
        progress.read(line)
    assert progress.is_unpacking
    before = progress.fraction
    for name in ("jinja2-3.1.6", "torch-2.13.0+cu130", "pip-26.3"):
        (tmp_path / f"{name}.dist-info").mkdir()
        progress.look(tmp_path)
        assert before <= progress.fraction < 1.0
    assert progress.fraction > before + 0.2  # torch is most of it
    assert progress.detail == "2 / 4"


@pytest.mark.parametrize(("line", "name"), [
    ("Processing /tmp/run-15/with a space/varnish-1.0-py3-none-any.whl (from -r x.txt (line 1))", "varnish"),
    ("  Downloading https://host/whl/cu130/torch-2.13.0%2Bcu130-cp311-cp311-win_amd64.whl (2.5 GB)", "torch"),
    ("  Using cached typing_extensions-4.16.0-py3-none-any.whl (44 kB)", "typing_extensions"),
    ("  Downloading torch-2.13.0-cp311-cp311-win_amd64.whl.metadata (28 kB)", ""),
])
def test_files_are_named_by_their_package(line: str, name: str) -> None:
    progress = PipProgress(REQUIREMENTS)
    progress.read(line)
    assert progress.detail == name


@given(st.lists(st.sampled_from([*INSTALL, "", "Progress 5 of 0", "Downloading x", "WARNING: odd"]), max_size=40))
def test_any_order_keeps_it_between_nothing_and_all(lines: list[str]) -> None:
    found = fractions(lines)
    assert found == sorted(found)
    assert all(0.0 <= fraction <= 1.0 for fraction in found)


@pytest.mark.parametrize(("line", "kind", "words"), [
    ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", StorageError, "full"),
    ("ERROR: Could not install packages due to an OSError: [Errno 13] Permission denied: '/x'", StorageError,
     "permission"),
    ("WARNING: Retrying after connection broken by 'NewConnectionError(': Temporary failure in name resolution')'",
     EnvironmentBroken, "connection"),
    ("ERROR: No matching distribution found for torch==2.13.0+cu130", EnvironmentBroken, "torch==2.13.0+cu130"),
    ("ERROR: Could not find a version that suits.", EnvironmentBroken, "Could not find a version that suits"),
    ("MemoryError", EnvironmentBroken, "memory"),
    ("", EnvironmentBroken, "no message"),
])
def test_a_failure_is_told_by_its_cause(line: str, kind: type[VernissageError], words: str) -> None:
    error = pip_error(["Collecting torch", line, "note: more"] if line else [], Path("/env"), Path("/env/bin/python"))
    assert type(error) is kind
    assert words in str(error)
    assert error.remedy


def test_a_missing_network_is_told_before_the_package_that_was_not_found() -> None:
    error = pip_error(["Failed to establish a new connection", "ERROR: No matching distribution found for torch"],
                      Path("/env"), Path("/python"))
    assert "no connection" in str(error)
