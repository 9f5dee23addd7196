"""`--command vernissage style`: files given the look of others, one after another."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import bpy
from bpy.types import Object

from ..jobs.picture import Picture
from ..jobs.style import StyleJob, StyleJobs, Wanted
from ..jobs.style_file import check_is_ours, deliver_file, is_whole, styled_path
from ..jobs.texture_job import JobState
from ..preferences import read_settings
from ..protocol.errors import BadInput, ErrorKind, VernissageError, fill
from ..protocol.style import FIRST_STYLE, Style, StyleArea, StyleMethod, StyleRequest
from ..scene.files import files_read, opened_file
from ..scene.mattes import object_names
from ..scene.objects import find_objects
from ..scene.version import version
from .arguments import UsageError, absolute, checked
from .looks import chosen_looks, chosen_manner, describe_style, existing
from .outputs import check_outputs, write_json
from .progress import Bar, Lines, reporter, work_off
from .report import describe_error, describe_machine
from .signals import Stop, stopped_by_signals

_OTHER_PICTURES = (".bmp", ".exr", ".gif", ".hdr", ".jpeg", ".jpg", ".tga", ".tif", ".tiff", ".webp")
_UNBROUGHT = "-"  # a picture's file has its name once it is in the job's folder


def run(options: argparse.Namespace) -> int:
    """Stylise, write, report. Returns the exit code. A signal cancels the picture at work; what is written stays.

    Raises:
        UsageError: nothing was begun.
    """
    start = time.perf_counter()
    scene = opened_file()
    wanted = chosen_style(options, scene)
    paths = [absolute("PICTURE", text, scene) for text in options.pictures]
    inputs = {path.resolve() for path in [*paths, *(look.path for look in (*wanted.looks, wanted.mask) if look)]}
    if scene is not None:
        inputs.add(scene.resolve())
    used = files_read()
    targets = _targets(options, paths, scene)
    report = check_outputs(options, scene, [*inputs, *used], targets).report
    is_named = options.out is not None and targets == [absolute("out", options.out, scene)]
    kept = set(targets) & set(used) if is_named else set(targets)
    jobs, skipped = _planned(paths, targets, inputs, kept, skips=options.skip_existing)
    if any(job.state is JobState.WAITING and job.picture.path.is_file() for job in jobs):
        _make_folder(targets[0].parent)
    progress, stop = reporter(sys.stderr), Stop()
    with stopped_by_signals(stop.ask):
        _stylise(jobs, wanted, dict(zip(paths, targets, strict=True)), progress, stop)
    for path, target in skipped:
        progress.say(f"{path.name}: skipped, {target} is there")
    body = describe(jobs, skipped, wanted, time.perf_counter() - start, stop.is_asked)
    if stop.is_asked:
        progress.say("cancelled")
    if report is not None:
        write_json(report, body)
    return 0 if body["status"] == "done" else 1


def chosen_style(options: argparse.Namespace, scene: Path | None) -> Wanted:
    looks, styles = chosen_looks(options, scene)
    if not styles and options.method == StyleMethod.INSTANT:
        looks, styles = [None], [Style(fixed=FIRST_STYLE)]
    with checked():
        area = _area(options, styles)
        request = StyleRequest(
            name="", content=_UNBROUGHT, styles=() if area else tuple(styles), areas=(area,) if area else (),
            layer=options.layer, control="" if options.control is None else _UNBROUGHT,
            **chosen_manner(options, scene))
    mask, control = (None if text is None else existing(name, text, scene)
                     for name, text in (("mask", options.mask), ("control", options.control)))
    return Wanted(request, tuple(looks), mask, control)


def _area(options: argparse.Namespace, styles: Sequence[Style]) -> StyleArea | None:
    """What the pictures show of the chosen objects; None where they are stylised as a whole. Raises `UsageError`."""
    if options.outside and not (options.objects or options.collections):
        raise UsageError("--outside says nothing without --object or --collection: name what is to stay.")
    objects: list[Object] = []
    for name in options.objects:
        try:
            objects += find_objects([name], bpy.context.view_layer)
        except BadInput as error:
            raise UsageError(f"--object {name}: {error}") from error
    for name in options.collections:
        collection = bpy.data.collections.get(name)
        if collection is None:
            known = ", ".join(sorted(found.name for found in bpy.data.collections))
            raise UsageError(f"--collection {name} is not in the scene" + (f": its collections are {known}." if known
                                                                         else ", which has none."))
        objects += collection.all_objects
    if not (options.objects or options.collections) or not styles:
        return None
    return StyleArea(name=", ".join([*options.objects, *options.collections]), objects=object_names(objects),
                     is_outside=options.outside, styles=tuple(styles))


def _targets(options: argparse.Namespace, paths: Sequence[Path], scene: Path | None) -> list[Path]:
    """For each picture the file that it becomes. Raises `UsageError`."""
    if options.out is None:
        return [styled_path(path) for path in paths]
    out = absolute("out", options.out, scene)
    if out.suffix.lower() == ".png" and not out.is_dir():
        if len(paths) > 1:
            raise UsageError(f"--out {out} is one file, and there are {len(paths)} pictures: name a folder.")
        if not out.parent.is_dir():
            raise UsageError(f"--out {out} lies in a folder that does not exist: make {out.parent} first.")
        return [out]
    if out.suffix.lower() in _OTHER_PICTURES and not out.is_dir():
        raise UsageError(f"--out {out} must end in .png, or be a folder.")
    return [styled_path(path, out) for path in paths]


def _make_folder(path: Path) -> None:
    """Of the results. Raises `UsageError`."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"--out {path} cannot be a folder ({error.strerror or error}): name another.") from error


def _planned(paths: Sequence[Path], targets: Sequence[Path], inputs: Collection[Path], kept: Collection[Path], *,
             skips: bool) -> tuple[list[StyleJob], list[tuple[Path, Path]]]:
    """What is to be done, with what cannot be failed already, and what is left out as it is there.

    Args:
        kept: targets that are written over only if they are ours.
    """
    jobs, skipped = [], []
    taken: dict[Path, Path] = {}
    for path, target in zip(paths, targets, strict=True):
        job, real = StyleJob(path.name, Picture.of_file(path, bpy.context.scene.name)), target.resolve()
        try:
            if real in inputs:
                raise BadInput("{path} would be written over, and is read.", "Name another --out.", path=target)
            if taken.get(real) == path:
                raise BadInput("{path} is named twice.", "Name it once.", path=path)
            if real in taken:
                raise BadInput("{path} would become the same file as {other}.", "Stylise it in a command of its own, "
                               "with another --out.", path=path, other=taken[real])
            taken[real] = path
            if skips and is_whole(target):
                skipped.append((path, target))
                continue
            if target in kept:
                check_is_ours(target)
        except VernissageError as error:
            job.fail(error)
        jobs.append(job)
    return jobs, skipped


def _stylise(jobs: list[StyleJob], wanted: Wanted, targets: dict[Path, Path], progress: Bar | Lines, stop: Stop
             ) -> None:
    """Run what is waiting, and put what became of it in its place of the list."""
    waiting = [place for place, job in enumerate(jobs) if job.state is JobState.WAITING]
    told: set[int] = set()
    if not waiting:
        tell_ended(jobs, told, progress)
        return
    work = StyleJobs([jobs[place].picture for place in waiting], wanted, read_settings(bpy.context),
                     deliver=lambda job: deliver_file(job, targets[job.picture.path]))
    for place, job in zip(waiting, work.jobs, strict=True):
        jobs[place] = job
    work_off(work, progress, stop, lambda: tell_ended(jobs, told, progress))


def tell_ended(jobs: Sequence[StyleJob], told: set[int], progress: Bar | Lines) -> None:
    """A line for each that has ended since.

    Args:
        told: places of those that have one.
    """
    for place, job in enumerate(jobs):
        if place not in told and job.state in (JobState.DONE, JobState.FAILED):
            told.add(place)
            remarks = "".join(f" {fill(remark.sentence, remark.values)}" for remark in job.remarks)
            progress.say(f"{job.object_name}: {job.error or job.output or job.image_name}{remarks}")


def describe(jobs: Sequence[StyleJob], skipped: Sequence[tuple[Path, Path]], wanted: Wanted, seconds: float,
              was_cancelled: bool) -> dict[str, Any]:
    done = sum(job.state is JobState.DONE for job in jobs)
    status = "cancelled" if was_cancelled else "done" if done == len(jobs) else \
        "partly done" if done or skipped else "failed"
    return {
        "version": version(),
        "status": status,
        "seconds": round(seconds, 3),
        "machine": describe_machine(),
        "request": describe_style(wanted.request, wanted.looks),
        "pictures": [*(_describe_job(job) for job in jobs), *(
            {"name": path.name, "path": str(path), "status": "skipped", "error": None, "warnings": [],
             "output": str(target), "width_px": None, "height_px": None, "seconds": {}} for path, target in skipped)],
    }


def _describe_job(job: StyleJob) -> dict[str, Any]:
    """The same keys whatever became of it; null for what there is not."""
    is_cancelled = job.error is not None and job.error.kind is ErrorKind.CANCELLED
    return {
        "name": job.object_name,
        "path": None if job.picture.path is None else str(job.picture.path),
        "status": "cancelled" if is_cancelled else str(job.state),
        "error": None if job.error is None else describe_error(job.error),
        "warnings": [fill(remark.sentence, remark.values) for remark in job.remarks],
        "output": None if job.output is None else str(job.output),
        "width_px": job.result and job.result.width_px,
        "height_px": job.result and job.result.height_px,
        "seconds": {stage: round(taken, 4) for stage, taken in job.seconds.items()},
    }
