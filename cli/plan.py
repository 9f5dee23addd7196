"""`--command vernissage texture --plan`: from where objects would be painted, and how much of them that shows."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from typing import Any

import bpy

from ..jobs.plan import ObjectPlan, ViewPlans
from ..jobs.target import Target
from ..preferences import read_settings
from ..protocol.errors import fill
from ..protocol.wire import to_json
from ..scene.files import opened_file
from .arguments import view_request
from .choice import check_prompts, choose_objects, with_cameras
from .outputs import check_outputs, write_json
from .progress import Bar, Lines, reporter, work_off
from .report import describe_error
from .signals import Stop, stopped_by_signals


def run(options: argparse.Namespace) -> int:
    """Plan, tell, report. Returns the exit code.

    Raises:
        UsageError: nothing was begun.
    """
    start = time.perf_counter()
    scene = opened_file()
    request = view_request(options)
    outputs = check_outputs(options, scene, [])
    objects, missing = choose_objects(options)
    check_prompts(options.object_prompts, [*(obj.name for obj in objects), *(name for name, _ in missing)])
    plans = ViewPlans(objects, with_cameras(request, options.cameras), read_settings(bpy.context),
                      prompts=dict(options.object_prompts), together=options.together,
                      target=Target(options.uv_layer, options.unwrap, options.active_slot))
    progress, stop = reporter(sys.stderr), Stop()
    with stopped_by_signals(stop.ask):
        work_off(plans, progress, stop)
    jobs = [*plans.jobs, *(ObjectPlan(name, 0, "", error=error) for name, error in missing)]
    _tell(plans, jobs, progress)
    if outputs.report is not None:
        write_json(outputs.report, _describe(plans, jobs, time.perf_counter() - start))
    return 1 if any(job.error for job in jobs) else 0


def _describe(plans: ViewPlans, jobs: Sequence[ObjectPlan], seconds: float) -> dict[str, Any]:
    return {
        "status": "cancelled" if plans.is_cancelled else "failed" if not plans.done
        else "partly done" if any(job.error for job in jobs) else "done",
        "seconds": round(seconds, 3),
        "scene": bpy.data.filepath,
        "view_count": plans.view_count,
        "coverage": plans.coverage if plans.done else None,
        "warnings": [fill(remark.sentence, remark.values) for remark in plans.remarks],
        "objects": [{
            "name": job.object_name,
            "error": None if job.error is None else describe_error(job.error),
            "view_count": job.views and len(job.views.cameras),
            "coverage": job.views and job.views.coverage,
            "area_m2": job.views and job.views.area,
            "cameras": to_json(job.views.cameras) if job.views else [],
        } for job in jobs],
    }


def _tell(plans: ViewPlans, jobs: Sequence[ObjectPlan], progress: Bar | Lines) -> None:
    for job in jobs:
        if job.views is None:
            progress.say(f"{job.object_name}: {job.error}")
        else:
            progress.say(f"{job.object_name}: {len(job.views.cameras)} views will see {job.views.coverage:.1%}")
    for remark in plans.remarks:
        progress.say(fill(remark.sentence, remark.values))
    if len(plans.done) > 1:
        progress.say(f"all: {plans.view_count} views will see {plans.coverage:.1%}")
