"""Runs the tests, each folder under the Python that it is about. Nothing is skipped: a skip is a failure."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from . import desktop_blender, environments
from .failures import WorkshopError
from .places import DEV, ROOT
from .system_libraries import explain_missing
from .viewer import build_viewer

__all__ = ["PARTS", "run"]

PARTS = ("unit", "backend", "addon", "gui", "viewer")
AT_ONCE = 3  # installations: unpacking keeps one processor busy, the network none
RUNS_AT_ONCE = 3  # of pytest: much of their time they wait, for a window or for a backend to start
TINY_MODELS = DEV / "tiny-models"  # those that a run of the add-on's tests has made, for the others
NO_TESTS = 5  # pytest's exit code when it collected nothing
# Of the backend's tests, which are as long as two others' together: beside other parts they are four runs.
BACKEND_PIECES = ("test_style_[g-z]*.py", "test_[t-z]*.py", "test_style_[a-f]*.py")  # and what is left


@dataclass(frozen=True)
class Run:
    """One run of pytest.

    Attributes:
        part: the folder of its tests.
        needs: what has to be installed before, by the names of `_installations`.
        python: that runs it, once these are.
        files: of the folder; () for all.
    """

    name: str
    part: str
    needs: tuple[str, ...]
    python: Callable[[], Path]
    files: tuple[Path, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """One run of pytest, as its report file counts it."""

    name: str
    exit_code: int
    tests: int
    failed: int
    skipped: int
    seconds: float

    @property
    def is_good(self) -> bool:
        return self.exit_code == 0 and self.tests > 0 and self.skipped == 0


def run(parts: Sequence[str], pytest_arguments: Sequence[str]) -> int:
    """Run the named parts (all when empty); 0 when every test of each passed."""
    unknown = [part for part in parts if part not in PARTS]
    if unknown:
        raise WorkshopError(f"there is no part {', '.join(unknown)}; choose from {', '.join(PARTS)}.", 2)
    shutil.rmtree(TINY_MODELS, ignore_errors=True)
    runs = _runs([part for part in PARTS if part in (parts or PARTS)])
    with ThreadPoolExecutor(AT_ONCE) as installing, ThreadPoolExecutor(RUNS_AT_ONCE) as running:
        wanted = {need for run in runs for need in run.needs}
        installed = {name: installing.submit(install) for name, install in _installations().items() if name in wanted}
        begun = [running.submit(_begin, run, installed, pytest_arguments, quiet=len(runs) > 1) for run in runs]
        try:
            outcomes = [each.result() for each in begun]
        except BaseException:  # Ctrl-C: what has not begun never does
            for pool in (running, installing):
                pool.shutdown(wait=False, cancel_futures=True)
            raise
    _print_table(outcomes)
    return 0 if all(outcome.is_good for outcome in outcomes) else 1


def _installations() -> dict[str, Callable[[], object]]:
    """By name, in the order in which they begin: what the longest runs wait for comes first."""
    return {"backend": environments.backend, "desktop": desktop_blender.prepare,
            **{_wheel(version): functools.partial(environments.blender_module, version)
               for version in reversed(environments.BPY_TESTED)},
            "browser": environments.browser, "viewer": build_viewer}


def _wheel(version: str) -> str:
    return f"bpy {version}"


def _runs(parts: Sequence[str]) -> list[Run]:
    """Long ones first, and before all what waits for the fewest installations."""
    wheels = tuple(map(_wheel, environments.BPY_TESTED))
    runs: list[Run] = []
    for part in parts:
        match part:
            case "addon":
                runs += [Run(f"addon, bpy {version}", part, ("backend", "viewer", *wheels),
                             functools.partial(environments.blender_module, version))
                         for version in environments.BPY_TESTED]
            case "viewer":  # a wheel builds what is visited, of a plan that the backend checks
                runs.append(Run(part, part, ("browser", "backend", "viewer", _wheel(environments.BPY_DEMO)),
                                environments.browser))
            case "gui":  # the zip has the page in it and is built by a wheel's tool, and the oldest saves a file
                runs.append(Run(part, part, ("backend", "desktop", "viewer", *wheels), environments.backend))
            case "backend" if len(parts) > 1:
                runs += [Run(f"backend {number}", part, ("backend",), environments.backend, files)
                         for number, files in enumerate(_backend_pieces(), 1)]
            case _:
                runs.append(Run(part, part, ("backend",), environments.backend))
    order = ("backend 1", f"addon, bpy {environments.BPY_DEMO}", "gui", "backend", "addon", "viewer", "unit")
    return sorted(runs, key=lambda run: next(place for place, name in enumerate(order) if run.name.startswith(name)))


def _backend_pieces() -> list[tuple[Path, ...]]:
    """Every file of its tests once."""
    left = sorted((ROOT / "tests" / "backend").glob("test_*.py"))
    pieces = []
    for pattern in BACKEND_PIECES:
        pieces.append(tuple(path for path in left if path.match(pattern)))
        left = [path for path in left if not path.match(pattern)]
    return [*pieces, tuple(left)]


def _begin(run: Run, installed: Mapping[str, Future[object]], arguments: Sequence[str], *, quiet: bool) -> Outcome:
    """As soon as what it needs is there."""
    try:
        for need in run.needs:
            installed[need].result()
        python = run.python()
        if run.part == "addon":
            explain_missing(python)
    except WorkshopError as error:
        print(f"\n# {run.name}: {error}", flush=True)
        return Outcome(run.name, error.exit_code, 0, 0, 0, 0.0)
    if "backend" in run.needs:
        os.environ["VERNISSAGE_PYTHON"] = str(environments.backend())
    return _pytest(run, python, arguments, quiet=quiet)


def _pytest(run: Run, python: Path, arguments: Sequence[str], *, quiet: bool = False) -> Outcome:
    """Args:
        quiet: what it says is shown in one piece when it is over.
    """
    name = run.name
    report = DEV / "reports" / f"{name.replace(', ', '-').replace(' ', '-')}.xml"
    report.parent.mkdir(parents=True, exist_ok=True)
    report.unlink(missing_ok=True)
    title = f"\n# {name} ({python.relative_to(ROOT)})"
    print(f"{title}: begun" if quiet else title, flush=True)
    profile = DEV / f"profile-tests-{report.stem}"
    shutil.rmtree(profile, ignore_errors=True)  # each run starts with Blender's factory settings
    environment = {**os.environ, "BLENDER_USER_RESOURCES": str(profile), "NUMBA_CACHE_DIR": str(DEV / "numba"),
                   "VERNISSAGE_TINY_MODELS": str(TINY_MODELS),
                   "OPENBLAS_NUM_THREADS": "1"}  # on busy processors its threads wait for each other: 84 s, else 29
    start = time.monotonic()
    process = subprocess.run([python, "-m", "pytest", *(run.files or [f"tests/{run.part}"]), f"--junitxml={report}",
                              *arguments],
                             cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, check=False,
                             stdout=subprocess.PIPE if quiet else None, stderr=subprocess.STDOUT if quiet else None)
    seconds = time.monotonic() - start
    if quiet:
        print(f"{title}\n{process.stdout.decode(errors='replace')}", flush=True)
    if not report.exists():
        return Outcome(name, process.returncode or 1, 0, 0, 0, seconds)
    suites = list(ElementTree.parse(report).getroot().iter("testsuite"))
    counted = {key: sum(int(suite.get(key, 0)) for suite in suites)
               for key in ("tests", "failures", "errors", "skipped")}
    return Outcome(name, process.returncode, counted["tests"], counted["failures"] + counted["errors"],
                   counted["skipped"], seconds)


def _print_table(outcomes: Sequence[Outcome]) -> None:
    print(f"\n{'':<20}{'tests':>7}{'failed':>8}{'skipped':>9}{'seconds':>9}")
    for outcome in outcomes:
        remark = "" if outcome.is_good else "  FAILED"
        if outcome.exit_code < 0:
            remark = f"  ended by signal {-outcome.exit_code}"
        elif outcome.exit_code == NO_TESTS:
            remark = "  nothing ran"
        print(f"{outcome.name:<20}{outcome.tests:>7}{outcome.failed:>8}{outcome.skipped:>9}"
              f"{outcome.seconds:>9.0f}{remark}")
    total = sum(outcome.tests for outcome in outcomes)
    bad = [outcome.name for outcome in outcomes if not outcome.is_good]
    print(f"{total} tests; " + (f"not good: {', '.join(bad)}" if bad else "all passed, none skipped"), flush=True)
