"""What became of each object, as JSON for machines and as lines for people. English on purpose: both are
read by scripts and in logs."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import bpy

from ..jobs.texture_job import JobState, TextureJob
from ..protocol.errors import ErrorKind, VernissageError, fill
from ..protocol.requests import TextureRequest
from ..protocol.wire import to_json
from ..scene.version import version
from .outputs import Outputs

__all__ = ["Written", "describe_error", "describe_machine", "describe_run", "outcome_line"]


@dataclass(frozen=True)
class Written:
    """One output of a run: written, or why not."""

    what: str
    path: str
    error: VernissageError | None = None


def describe_run(jobs: Sequence[TextureJob], request: TextureRequest, outputs: Outputs, written: Sequence[Written],
                 seconds: float, was_cancelled: bool) -> dict[str, Any]:
    """The report's body."""
    done = sum(job.state is JobState.DONE for job in jobs)
    failed_outputs = [item for item in written if item.error is not None]
    if was_cancelled:
        status = "cancelled"
    elif done == len(jobs) and not failed_outputs:
        status = "done"
    else:
        status = "partly done" if done else "failed"
    return {
        "version": version(),
        "status": status,
        "seconds": round(seconds, 3),
        "scene": bpy.data.filepath,
        "machine": {**describe_machine(),
                    "device": next((job.result.device for job in jobs if job.result is not None), None)},
        "request": {name: value for name, value in to_json(request).items() if name not in ("object_name", "mesh")},
        "files": {"save": _path(outputs.save), "export": _path(outputs.export)},
        "errors": [{"file": item.path, **describe_error(item.error)} for item in failed_outputs],
        "objects": [_describe_job(job, request) for job in jobs],
    }


def outcome_line(job: TextureJob) -> str:
    if job.error is not None:
        return f"{job.object_name}: {job.error}"
    remarks = "".join(f" {fill(remark.sentence, remark.values)}" for remark in job.remarks)
    return (f"{job.object_name}: textured, {job.result.coverage:.1%} painted, "
            f"{sum(job.seconds.values()):.1f} s.{remarks}")


def _describe_job(job: TextureJob, request: TextureRequest) -> dict[str, Any]:
    """The same keys whatever became of it; null for what there is not."""
    result = job.result
    error = job.error
    touch_up = getattr(job.request, "touch_up", None)
    is_cancelled = error is not None and error.kind is ErrorKind.CANCELLED
    return {
        "name": job.object_name,
        "prompt": job.prompt,
        "status": "cancelled" if is_cancelled else str(job.state),
        "error": None if error is None else describe_error(error),
        "warnings": [fill(remark.sentence, remark.values) for remark in job.remarks],
        "coverage": result and result.coverage,
        "unseen": result and 1 - result.coverage,
        "planned_coverage": result and result.planned_coverage,
        "view_disagreement": result and result.view_disagreement,
        "evaluations": result and result.evaluations,
        "crossview_by_step": result and list(result.crossview_by_step),
        "strayed": result and result.strayed,
        "changed_outside": result and result.changed_outside,
        "seam_step": result and result.seam_step,
        "seam_step_worst": result and result.seam_step_worst,
        "seam_step_most": result and result.seam_step_most,
        "tiles": result and to_json(result.tiles),
        "touch_up": None if touch_up is None else to_json(touch_up),
        "view_count": result.view_count if result else request.view_count,
        "texture_size_px": result.size_px if result else request.texture_size_px,
        "picture_format": str(job.request.picture_format if job.request else request.picture_format),
        "model": result.model if result else request.model,
        "seed": result.seed if result else request.seed,
        "steps": result.steps if result else request.steps,
        "guidance_scale": result.guidance_scale if result else request.guidance_scale,
        "device": result and result.device,
        "image": job.image_name or None,
        "seconds": {stage: round(seconds, 4) for stage, seconds in job.seconds.items()},
        "files": _job_files(job),
    }


def _job_files(job: TextureJob) -> dict[str, str]:
    if job.folder is None:
        return {}
    files = {"folder": str(job.folder)}
    if job.result is not None:
        files["texture"] = str(job.folder / job.result.texture)
        if job.result.quality_map:
            files["quality_map"] = str(job.folder / job.result.quality_map)
    return files


def describe_machine() -> dict[str, Any]:
    return {"system": platform.platform(), "processor": platform.machine(), "cpu_count": os.cpu_count(),
            "blender": bpy.app.version_string, "python": platform.python_version()}


def describe_error(error: VernissageError) -> dict[str, str]:
    return {"kind": str(error.kind), "sentence": fill(error.sentence, error.values),
            "remedy": fill(error.remedy, error.values), "log": error.log_path}


def _path(path: object) -> str | None:
    return None if path is None else str(path)
