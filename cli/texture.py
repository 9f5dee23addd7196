"""`--command vernissage texture` and `touch-up`: the job list of the panel, run to its end and written out."""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import io
import os
import re
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import bpy
from bpy.types import Object, Window

from ..jobs.retouch import Retouch
from ..jobs.target import Target
from ..jobs.texture import TextureJobs
from ..jobs.texture_job import CANCELLED, JobState, TextureJob
from ..preferences import read_settings
from ..protocol.errors import Cancelled, StorageError, VernissageError
from ..protocol.requests import TextureRequest
from ..scene.files import files_read, opened_file
from ..scene.gltf import check_tiles, in_known_form
from .arguments import texture_request
from .choice import check_prompts, choose_objects, with_cameras
from .outputs import Outputs, check_outputs, write_json
from .progress import Bar, Lines, reporter, work_off
from .report import Written, describe_run, outcome_line
from .signals import Stop, stopped_by_signals
from .touch_up import chosen_retouch


def run(options: argparse.Namespace) -> int:
    """Texture, save, export, report. Returns the exit code.

    A signal ends the painting, and what is done is written. One that comes while a file is written leaves that one
    whole and keeps the next from being begun; the report is written in any case.

    Raises:
        UsageError: nothing was begun.
    """
    stop = Stop()
    with stopped_by_signals(stop.ask):
        return _run(options, stop)


def _run(options: argparse.Namespace, stop: Stop) -> int:
    start = time.perf_counter()
    scene = opened_file()
    request = texture_request(options, scene)
    outputs = check_outputs(options, scene, files_read())
    retouch = chosen_retouch(options, scene) if options.action == "touch-up" else None
    progress = reporter(sys.stderr)
    jobs: list[TextureJob] = []
    was_cancelled = False
    try:
        objects, missing = choose_objects(options)
        unknown = [TextureJob(name, 0, state=JobState.FAILED, error=error) for name, error in missing]
        check_prompts(options.object_prompts, [*(obj.name for obj in objects), *(job.object_name for job in unknown)])
        request = with_cameras(request, options.cameras)
        jobs, was_cancelled = _texture(objects, request, retouch, options, progress, stop)
        jobs = _in_order([*jobs, *unknown], options.objects)
        written = _write_outputs(outputs, [job for job in jobs if job.state is JobState.DONE], stop)
    except VernissageError as error:
        written = [Written("scene", bpy.data.filepath, error)]
    was_cancelled = was_cancelled or stop.is_asked
    body = describe_run(jobs, request, outputs, written, time.perf_counter() - start, was_cancelled)
    if outputs.report is not None:
        written.append(attempt("report", outputs.report, lambda path: write_json(path, body)))
    _tell(jobs, written, outputs, progress)
    if was_cancelled:
        progress.say("cancelled")
    return 0 if body["status"] == "done" and not any(item.error for item in written) else 1


def _in_order(jobs: Sequence[TextureJob], names: Sequence[str] | None) -> list[TextureJob]:
    """As the command named them."""
    return sorted(jobs, key=lambda job: names.index(job.object_name)) if names else list(jobs)


def _texture(objects: Sequence[Object], request: TextureRequest, retouch: Retouch | None,
             options: argparse.Namespace, progress: Bar | Lines, stop: Stop) -> tuple[list[TextureJob], bool]:
    """Run the list; returns it, and whether somebody stopped it."""
    try:
        settings = dataclasses.replace(read_settings(bpy.context), pack=True)  # one file to hand on
    except VernissageError as error:
        return [TextureJob(obj.name, 0, state=JobState.FAILED, error=error) for obj in objects], False
    jobs = TextureJobs(objects, request, settings, prompts=dict(options.object_prompts),
                       together=options.together, retouch=retouch,
                       target=Target(options.uv_layer, options.unwrap, options.active_slot))
    ended: list[TextureJob] = []

    def tell_ended() -> None:
        for job in jobs.jobs:
            if job.state in (JobState.DONE, JobState.FAILED) and job not in ended:
                ended.append(job)
                progress.say(outcome_line(job))

    work_off(jobs, progress, stop, tell_ended)
    return jobs.jobs, jobs.is_cancelled


def _write_outputs(outputs: Outputs, done: Sequence[TextureJob], stop: Stop) -> list[Written]:
    """The scene and the textured objects; neither when nothing was textured. Who stopped the painting gets what is
    done; who stops the writing, no further file.
    """
    before = stop.count
    written = []
    for what, path, write in (("scene", outputs.save, save_scene),
                              ("export", outputs.export, lambda path: _export(path, done))):
        if path is not None and done:
            written.append(Written(what, str(path), Cancelled(CANCELLED)) if stop.count > before
                           else attempt(what, path, write))
    return written


def attempt(what: str, path: Path, write: Callable[[Path], None]) -> Written:
    try:
        write(path)
    except StorageError as error:
        return Written(what, str(path), error)
    except OSError as error:
        return Written(what, str(path), StorageError.from_os_error(path, error))
    except RuntimeError as error:  # what an operator of Blender's reports
        reason = [line for line in str(error).removeprefix("Error: ").splitlines() if line.strip()]
        said = next((line for line in reason if re.match(r"\w+(Error|Exception)\b", line)), reason[0])
        return Written(what, str(path), StorageError(
            "{path} could not be written: {reason}.", "Choose another folder, or free some space.", path=path,
            reason=said.strip().rstrip(".")))
    return Written(what, str(path))


def save_scene(path: Path, **options: bool) -> None:
    """Beside it first, read back, then in its place: on a full disk Blender reports success for half a file.

    Args:
        options: of `wm.save_as_mainfile`.
    """
    real = path.resolve()
    temporary = real.with_name(f".{os.getpid()}.part.blend")
    try:
        bpy.ops.wm.save_as_mainfile(filepath=str(temporary), copy=True, check_existing=False, **options)
        _check_whole(temporary, path)
        os.replace(temporary, real)
    finally:
        temporary.unlink(missing_ok=True)


def _check_whole(saved: Path, meant: Path) -> None:
    """Raises:
        StorageError: the file does not hold all objects of the scene.
    """
    objects = {obj.name for obj in bpy.data.objects if obj.library is None and obj.users}
    try:
        with bpy.data.libraries.load(str(saved)) as (found, _):
            is_whole = objects <= set(found.objects)
    except OSError:
        is_whole = False
    if not is_whole:
        raise StorageError("{path} could not be written whole.", "Free space on the disk, or choose another folder.",
                           path=meant)


def _export(path: Path, done: Sequence[TextureJob]) -> None:
    """The textured objects with their modifiers applied: what was painted is what is exported."""
    images = [bpy.data.images[job.image_name] for job in done]
    check_tiles(images, path)
    uids = {job.object_uid for job in done}
    objects = bpy.context.view_layer.objects
    selected = {obj for obj in objects if obj.select_get()}
    textured = [obj for obj in objects if obj.session_uid in uids]
    temporary = path.with_name(f".{os.getpid()}.part.glb")  # short: a name may be as long as the file system allows
    locked = [block for block in (*textured, *bpy.data.collections) if block.hide_select]
    try:
        for block in locked:  # what cannot be selected is not exported, and nobody is told
            block.hide_select = False
        for obj in objects:
            obj.select_set(obj in textured)
        if missing := [obj.name for obj in textured if not obj.select_get()]:
            raise StorageError("{path} could not be written: {names} cannot be selected.",
                               "Make its collection selectable in the Outliner.", path=path, names=", ".join(missing))
        # The exporter talks of its steps, and stops where nobody listens any more.
        with (tempfile.TemporaryDirectory() as folder, in_known_form(images, Path(folder)),
              bpy.context.temp_override(**_window()), contextlib.redirect_stdout(io.StringIO())):
            bpy.ops.export_scene.gltf(filepath=str(temporary), export_format="GLB", use_selection=True,
                                      export_apply=True)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
        for obj in objects:
            obj.select_set(obj in selected)
        for block in locked:
            block.hide_select = True


def _window() -> dict[str, Window]:
    """A window for the context: Blender gives a command none, but the exporter changes its cursor."""
    windows = bpy.context.window_manager.windows
    return {"window": windows[0]} if windows else {}


def _tell(jobs: Sequence[TextureJob], written: Sequence[Written], outputs: Outputs, progress: Bar | Lines) -> None:
    for job in jobs:
        if not job.object_uid:  # was never in the list, so nobody told yet
            progress.say(outcome_line(job))
    for item in written:
        progress.say(f"{item.what}: {item.error or item.path}")
    done = [job for job in jobs if job.state is JobState.DONE]
    if done and outputs.save is None and outputs.export is None:
        for job in done:
            progress.say(f"{job.object_name}: kept in {job.folder} only, as there is no --save and no --export")
