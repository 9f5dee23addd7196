"""`--command vernissage plan-exhibition`: how artworks hang, as a plan to be looked at and edited."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import bpy

from ..client.job_folder import drop_job_folder
from ..jobs.exhibition import ExhibitionPlanJob, ExhibitionPlanning
from ..jobs.exhibition_wanted import copy_results, put_plan
from ..jobs.one_job import OneJob
from ..jobs.texture_job import JobState
from ..preferences import read_settings
from ..protocol.errors import VernissageError, fill
from ..protocol.exhibition import PLAN_NAME, PLAN_PICTURE_NAME, ExhibitionPlanRequest, works_in_rooms
from ..protocol.wire import to_json
from ..scene.files import files_read, opened_file
from ..scene.version import version
from .arguments import UsageError, absolute, checked
from .exhibition_brief import chosen_exhibition
from .made_surroundings import MadeSurrounding, chosen_surroundings, make_surroundings
from .outputs import check_outputs, write_json
from .painted_works import chosen_works, paint_works
from .picture import MadePicture
from .progress import Bar, Lines, reporter, work_off
from .report import describe_error, describe_machine
from .signals import Stop, stopped_by_signals


def run(options: argparse.Namespace) -> int:
    """Plan or check, write, tell what is wrong. Returns the exit code.

    Raises:
        UsageError: nothing was begun.
        StorageError: the report cannot be written.
    """
    start = time.perf_counter()
    scene = opened_file()
    out = absolute("out", options.out, scene)
    fields, paintings, surroundings = chosen_exhibition(options, scene, out)
    with checked():
        request = ExhibitionPlanRequest(**fields)
    results = plan_files(out, request, overwrite=options.overwrite)
    inputs = {Path(path) for path in (*request.works, request.sidecar, request.plan) if path}
    outputs = check_outputs(options, scene, [*inputs, *files_read()], list(results.values()))
    painted, made = chosen_works(paintings), chosen_surroundings(surroundings)
    name = request.title or (Path(request.plan) if request.plan else out).name
    work = ExhibitionPlanning(name, request, read_settings(bpy.context), deliver=lambda job: deliver_plan(job, results))
    progress, stop = reporter(sys.stderr), Stop()
    with stopped_by_signals(stop.ask):
        try:
            paint_works(painted, progress, stop)
            make_surroundings(made, progress, stop)
            work_off(work, progress, stop)
        except VernissageError as error:
            work.job.fail(error)
    _tell(work.job, results, progress)
    if outputs.report is not None:
        write_json(outputs.report,
                   _describe(work.job, results, request, [*painted, *made], time.perf_counter() - start))
    return 0 if _is_whole(work.job) else 1


def plan_files(out: Path, request: ExhibitionPlanRequest, *, overwrite: bool) -> dict[str, Path]:
    """What is to be written; a plan that somebody edited is not."""
    if out.exists() and not out.is_dir():
        raise UsageError(f"--out {out} is a file: name a folder.")
    if request.plan:
        return {"picture": out / PLAN_PICTURE_NAME}
    plan = out / PLAN_NAME
    if plan.exists() and not overwrite:
        raise UsageError(f"{plan} is there, and may have been edited: check it with --plan, replace it with "
                         "--overwrite, or name another --out.")
    return {"plan": plan, "picture": out / PLAN_PICTURE_NAME}


def deliver(job: OneJob, results: dict[str, Path]) -> None:
    copy_results(job, results)
    drop_job_folder(job.folder)


def deliver_plan(job: ExhibitionPlanJob, results: dict[str, Path]) -> None:
    """A plan that is there, and another, is kept."""
    if "plan" in results:
        put_plan(job, results["plan"].parent)
        results = {}
    deliver(job, results)


def _is_whole(job: ExhibitionPlanJob) -> bool:
    return job.state is JobState.DONE and not job.result.left_out and not job.result.faults


def _tell(job: ExhibitionPlanJob, results: dict[str, Path], progress: Bar | Lines) -> None:
    for remark in job.remarks:
        progress.say(fill(remark.sentence, remark.values))
    if job.state is not JobState.DONE:
        progress.say(str(job.error))
        return
    for left_out in job.result.left_out:
        progress.say(f"left out: {left_out.to_error()}")
    for fault in job.result.faults:
        progress.say(f"wrong: {fill(fault.sentence, fault.values)}")
    progress.say(f"{works_in_rooms(job.result.work_count, job.result.room_count)}, {job.result.floor_m2:g} m²: "
                 f"{', '.join(str(path) for path in results.values())}")


def _describe(job: ExhibitionPlanJob, results: dict[str, Path], request: ExhibitionPlanRequest,
              painted: Sequence[MadePicture | MadeSurrounding], seconds: float) -> dict[str, Any]:
    """The same keys whatever became of it; null for what there is not."""
    result = job.result
    return {
        "version": version(), "machine": describe_machine(), "seconds": round(seconds, 3),
        "status": "done" if _is_whole(job) else "partly done" if result else "failed",
        "error": None if job.error is None else describe_error(job.error),
        "request": {name: value for name, value in to_json(job.request or request).items()
                    if name not in ("fonts", "stills")},
        "files": {name: str(path) for name, path in results.items()} if job.state is JobState.DONE else {},
        "painted": [made.describe() for made in painted],
        "warnings": [fill(remark.sentence, remark.values) for remark in job.remarks],
        "left_out": [{"file": each.file, **describe_error(each.to_error())} for each in result.left_out]
        if result else [],
        "faults": [fill(fault.sentence, fault.values) for fault in result.faults] if result else [],
        "work_count": result and result.work_count,
        "room_count": result and result.room_count,
        "floor_m2": result and result.floor_m2,
        "stages": {stage: round(taken, 4) for stage, taken in job.seconds.items()},
    }
