"""Helpers of the pipe's tests: other backends than ours, and waiting with a bound."""

from __future__ import annotations

import textwrap
import time
from pathlib import Path

import psutil

from vernissage.client.backend import Backend
from vernissage.protocol.messages import Event, Failed, Finished, Progress, Stage

PATIENCE_S = 300.0  # of a test for one job, on a machine that does other things; torch takes 3 s to import alone

RECIPE = """
import sys
sys.path[0] = {root!r}
del sys.modules["backend"]  # this file's own package; the real one is next
from backend import jobs
from backend.__main__ import set_environment
from backend.server import serve_standard_streams
from protocol.messages import TextureResult, Stage

{recipe}

jobs.run = run
set_environment()
sys.exit(serve_standard_streams())
"""

RESULT = """
def result(**fields):
    return TextureResult(**dict(
        texture="texture.png", size_px=64, coverage=1.0, planned_coverage=1.0, view_disagreement=0.0, view_count=1,
        evaluations=1, crossview_by_step=(0.2, 0.1), strayed=0, seam_step=0.0, seam_step_worst=0.3, seam_step_most=0.2,
        changed_outside=None, model="none", seed=0, steps=1, guidance_scale=1.0, device="cpu", seconds={}) | fields)
"""


def write_backend(folder: Path, source: str) -> Path:
    """An extension's folder whose `python -m backend` runs `source`."""
    package = folder / "backend"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "__main__.py").write_text(textwrap.dedent(source), encoding="utf-8")
    return folder


def write_recipe_backend(folder: Path, root: Path, recipe: str) -> Path:
    """The real backend, with `recipe` (which defines `run(request, job, models)`) for its jobs."""
    recipe = RESULT + textwrap.dedent(recipe)
    return write_backend(folder, RECIPE.format(root=str(root), recipe=recipe))


def wait_for_end(backend: Backend, job_id: str, timeout_s: float = PATIENCE_S) -> tuple[Finished | Failed, list[Event]]:
    """How the job ended, and all events until then."""
    ends, events = wait_for_ends(backend, job_id, timeout_s=timeout_s)
    return ends[job_id], events


def wait_for_ends(backend: Backend, *job_ids: str, timeout_s: float = PATIENCE_S) -> tuple[
        dict[str, Finished | Failed], list[Event]]:
    """How each of the jobs ended, and all events until the last of them."""
    ends: dict[str, Finished | Failed] = {}
    events: list[Event] = []
    until = time.monotonic() + timeout_s
    while not ends.keys() >= set(job_ids):
        assert time.monotonic() < until, f"{job_ids} did not end within {timeout_s} s; got {events}"
        new = backend.wait(0.2)
        events += new
        ends |= {event.job_id: event for event in new if isinstance(event, Finished | Failed)}
    return ends, events


def wait_for_stage(backend: Backend, job_id: str, stage: Stage, step: int = 0) -> None:
    """Until the job is at that step of that stage."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        for event in backend.wait(0.2):
            assert not isinstance(event, Finished | Failed), event
            if isinstance(event, Progress) and event.stage is stage and event.step >= step:
                return
    raise AssertionError(f"{job_id} never came to {stage}")


def has_ended(process_id: int, timeout_s: float) -> bool:
    """Whether the process is gone within that time; one that only waits to be collected is gone."""
    until = time.monotonic() + timeout_s
    while time.monotonic() < until:
        try:
            if psutil.Process(process_id).status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:
            return True
        time.sleep(0.01)
    return False
