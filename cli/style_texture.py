"""`--command vernissage style --texture`: textures of the opened scene in the look of others, one after another."""

from __future__ import annotations

import argparse
import dataclasses
import sys
import time

import bpy

from ..jobs.style import StyleJobs
from ..jobs.surface import SurfaceTexture, apply
from ..preferences import read_settings
from ..protocol.errors import BadInput
from ..protocol.wire import to_json
from ..scene.files import files_read, opened_file
from ..scene.objects import find_objects
from .arguments import UsageError
from .outputs import check_outputs, write_json
from .progress import reporter, work_off
from .signals import Stop, stopped_by_signals
from .style import chosen_style, describe, tell_ended
from .texture import attempt, save_scene

__all__ = ["run"]


def run(options: argparse.Namespace) -> int:
    """Stylise, save, report. Returns the exit code. A signal cancels the texture at work; what is done is saved.

    Raises:
        UsageError: nothing was begun.
    """
    start = time.perf_counter()
    scene = opened_file()
    wanted = chosen_style(options, scene)
    looks = [look.path for look in (*wanted.looks, wanted.mask) if look]
    outputs = check_outputs(options, scene, [*looks, *files_read()])
    try:
        objects = find_objects(options.textures, bpy.context.view_layer)
    except BadInput as error:
        raise UsageError(f"--texture: {error}") from error
    settings = dataclasses.replace(read_settings(bpy.context), pack=True)  # one file to hand on
    progress, stop = reporter(sys.stderr), Stop()
    told: set[int] = set()
    work = StyleJobs([SurfaceTexture.of_object(obj) for obj in objects], wanted, settings,
                     deliver=lambda job: apply(job, settings.pack))
    with stopped_by_signals(stop.ask):
        work_off(work, progress, stop, lambda: tell_ended(work.jobs, told, progress))
    body = describe(work.jobs, [], wanted, time.perf_counter() - start, stop.is_asked)
    for entry, job in zip(body["pictures"], work.jobs, strict=True):
        entry["image"], entry["result"] = job.image_name or None, job.result and to_json(job.result)
    written = attempt("scene", outputs.save, save_scene) if outputs.save is not None and work.done else None
    if written is not None:
        progress.say(f"{written.what}: {written.error or written.path}")
    if outputs.report is not None:
        write_json(outputs.report, body)
    return 0 if body["status"] == "done" and not (written and written.error) else 1
