"""`--command vernissage film`: the opened scene, or a folder of frames, as a film in the look of others."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import Any

import bpy

from ..jobs.film import FilmJob, FilmJobs, FilmWanted
from ..jobs.film_folder import FILM_NAME
from ..jobs.film_source import FilmSource, FolderFrames, SceneFrames
from ..jobs.style import Wanted
from ..preferences import read_settings
from ..protocol.errors import ErrorKind, VernissageError, fill
from ..protocol.film import Anchor
from ..protocol.requests import PictureFormat
from ..protocol.style import FIRST_STYLE, Style, StyleMethod, StyleRequest
from ..scene.files import files_read, opened_file
from ..scene.film import view_transform
from ..scene.version import version
from .arguments import UsageError, absolute, checked
from .looks import chosen_looks, chosen_manner, describe_style
from .outputs import check_outputs, write_json
from .progress import reporter, work_off
from .report import describe_error, describe_machine
from .signals import Stop, stopped_by_signals

_FRAME_MAX = 1_048_574  # of Blender's timeline


def run(options: argparse.Namespace) -> int:
    """Render, stylise, report. Returns the exit code. A signal ends it after the frame at work; what is made stays.

    Raises:
        UsageError: nothing was begun.
    """
    start = time.perf_counter()
    opened = opened_file()
    looks, styles = chosen_looks(options, opened)
    if not styles and options.method == StyleMethod.INSTANT:
        looks, styles = [None], [Style(fixed=FIRST_STYLE)]
    with checked():
        style = StyleRequest(name="", content="-", styles=tuple(styles), **chosen_manner(options, opened))
    wanted = Wanted(style, tuple(looks))
    out = absolute("out", options.out, opened)
    frames = None if options.frames is None else _folder(options.frames, opened)
    _check_range(options)
    inputs = [*(look.path for look in looks if look is not None), *files_read()]
    report = check_outputs(options, opened, inputs, _results(options, out, frames)).report
    progress, stop = reporter(sys.stderr), Stop()
    job = FilmJob(bpy.context.scene.name, out=out)
    try:
        film = FilmWanted(_source(options, frames), wanted, Anchor(options.anchor), PictureFormat(options.format), out)
        work = FilmJobs(film, read_settings(bpy.context), deliver=lambda job: None)
        job = work.job
        with stopped_by_signals(stop.ask):
            work_off(work, progress, stop)
    except VernissageError as refusal:
        job.error = refusal
    remarks = "".join(f" {fill(remark.sentence, remark.values)}" for remark in job.remarks)
    is_old = job.error is None and job.result is not None and not job.result.made
    whole = " (complete already: left as it was)" if is_old else ""
    progress.say(f"{job.object_name}: {job.error or job.out}{whole}{remarks}")
    if stop.is_asked:
        progress.say("cancelled")
    if report is not None:
        write_json(report, _describe(job, wanted, time.perf_counter() - start))
    return 0 if job.error is None else 1


def _check_range(options: argparse.Namespace) -> None:
    """Raises:
        UsageError: there can be no such frames.
    """
    if options.step is not None and options.step < 1:
        raise UsageError(f"--step is {options.step}: must be at least 1.")
    for name, frame in (("start", options.start), ("end", options.end)):
        if frame is not None and abs(frame) > _FRAME_MAX:
            raise UsageError(f"--{name} is {frame}: must be from {-_FRAME_MAX} to {_FRAME_MAX}.")
    scene = bpy.context.scene
    start, end = options.start, options.end
    if options.frames is None:
        start = scene.frame_start if start is None else start
        end = scene.frame_end if end is None else end
    if start is not None and end is not None and end < start:
        raise UsageError(f"the film would start at {start} and end at {end}: let --end be no less than --start.")


def _results(options: argparse.Namespace, out: Path, frames: Path | None) -> list[Path]:
    """What the film's folder will hold. Of frames that cannot be, only what tells of the film."""
    suffix = PictureFormat(options.format).suffix
    try:
        names = _source(options, frames).files()
    except VernissageError:
        names = ()
    return [out / FILM_NAME, *(out / f"{Path(name).stem}{suffix}" for name in names)]


def _folder(text: str, opened: Path | None) -> Path:
    path = absolute("frames", text, opened)
    if not path.is_dir():
        raise UsageError(f"--frames {text} is not there: name a folder.")
    return path


def _source(options: argparse.Namespace, frames: Path | None) -> FilmSource:
    scene = bpy.context.scene
    if frames is None:
        return SceneFrames.of_scene(scene, Anchor(options.anchor), options.start, options.end, options.step,
                                    is_as_saved=True)
    return FolderFrames(frames.name, frames, options.start, options.end, options.step or 1,
                        Anchor(options.anchor), view_transform(scene))


def _describe(job: FilmJob, wanted: Wanted, seconds: float) -> dict[str, Any]:
    """The same keys whatever became of it; null for what there is not."""
    is_cancelled = job.error is not None and job.error.kind is ErrorKind.CANCELLED
    request, result = job.request, job.result
    return {
        "version": version(),
        "status": "cancelled" if is_cancelled else "done" if job.error is None else "failed",
        "seconds": round(seconds, 3),
        "scene": bpy.data.filepath,
        "machine": describe_machine(),
        "request": None if request is None else describe_style(request, wanted.looks),
        "error": None if job.error is None else describe_error(job.error),
        "warnings": [fill(remark.sentence, remark.values) for remark in job.remarks],
        "out": str(job.out),
        "frames": result and list(result.frames),
        "made": result and result.made,
        "cuts": result and list(result.cuts),
        "warp_error": result and result.warp_error,
        "stages": {stage: round(taken, 4) for stage, taken in job.seconds.items()},
    }
