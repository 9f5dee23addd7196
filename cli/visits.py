"""`--command vernissage visits`: how long the works of an exhibition are looked at."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import bpy

from ..jobs.texture_job import JobState
from ..jobs.visits import VisitsJob, VisitsReading
from ..preferences import read_settings
from ..protocol.errors import fill
from ..protocol.visits import VISITS_NAME, VISITS_PICTURE_NAME, Estimate, VisitsRequest
from ..scene.files import files_read, opened_file
from .arguments import UsageError, absolute, checked
from .exhibition_page import WEB
from .outputs import check_outputs, check_sources
from .plan_exhibition import deliver
from .progress import Bar, Lines, reporter, work_off
from .signals import Stop, stopped_by_signals


def run(options: argparse.Namespace) -> int:
    """Read, write, tell. Returns the exit code.

    Raises:
        UsageError: nothing was begun.
    """
    scene = opened_file()
    plan = absolute("plan", options.exhibition, scene)
    if not plan.is_file():
        raise UsageError(f"--plan {options.exhibition} is not there: name the exhibition.json of the exhibition.")
    visits = _existing("visits", options.visits, scene)
    unseen = _existing("unseen", options.unseen or (), scene)
    with checked():
        request = VisitsRequest(plan=str(plan), house=str(plan.parent / WEB / "house.json"), visits=visits,
                                unseen=unseen, seed=options.seed)
    out = absolute("out", options.out, scene)
    if out.exists() and not out.is_dir():
        raise UsageError(f"--out {options.out} is a file: name a folder.")
    results = {"report": out / VISITS_NAME, "picture": out / VISITS_PICTURE_NAME}
    check_outputs(options, scene, [plan, *map(Path, (*visits, *unseen)), *files_read()], list(results.values()))
    check_sources([plan, *map(Path, (*visits, *unseen))], list(results.values()))
    work = VisitsReading(plan.parent.name, request, read_settings(bpy.context),
                         deliver=lambda job: deliver(job, results))
    progress, stop = reporter(sys.stderr), Stop()
    with stopped_by_signals(stop.ask):
        work_off(work, progress, stop)
    _tell(work.job, results, progress)
    return 0 if work.job.state is JobState.DONE and not work.job.result.left_out else 1


def _existing(option: str, paths: list[str] | tuple[str, ...], scene: Path | None) -> tuple[str, ...]:
    found = [absolute(option, text, scene) for text in paths]
    for path in found:
        if not path.exists():
            raise UsageError(f"--{option} {path} is not there: name a file or a folder.")
    return tuple(map(str, found))


def _tell(job: VisitsJob, results: dict[str, Path], progress: Bar | Lines) -> None:
    for remark in job.remarks:
        progress.say(fill(remark.sentence, remark.values))
    if job.state is not JobState.DONE:
        progress.say(str(job.error))
        return
    for left_out in job.result.left_out:
        progress.say(f"left out: {left_out.to_error()}")
    for work in job.result.works:
        progress.say(f"{_said(work.seconds)}  {work.title}")
    for told in job.result.forecasts:
        progress.say(f"foretold: {told.seconds:.1f} s ({told.low:.1f} to {told.high:.1f})  {told.file}")
    progress.say(f"{job.result.visit_count} visits: {', '.join(str(path) for path in results.values())}")


def _said(seconds: Estimate) -> str:
    spread = "" if seconds.low is None else f" ({seconds.low:.1f} to {seconds.high:.1f})"
    return f"{seconds.mean:.1f} s{spread}"
